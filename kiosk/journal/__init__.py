"""The machine's SQLite file: append-only events, and tables projected from them for people to read."""

from kiosk.journal.event import Event
from kiosk.journal.kinds import KINDS, new_id
from kiosk.journal.questions import Counter, Unanswered
from kiosk.journal.recover import close_open
from kiosk.journal.store import Journal, Verdict

__all__ = ["KINDS", "Counter", "Event", "Journal", "Unanswered", "Verdict", "close_open", "new_id"]
