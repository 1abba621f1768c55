"""Events of the other machines of a site, taken in from the feed that the center signed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from kiosk.journal import hlc, kinds
from kiosk.journal.canonical import canonical
from kiosk.journal.device import Device
from kiosk.journal.event import Event, to_row
from kiosk.journal.subjects import take_in
from kiosk.journal.writing import INSERT

_TAKE = f"INSERT OR IGNORE {INSERT}"
_KEEP = "INSERT OR IGNORE INTO unreadable_events (id, chain, seq, event) VALUES (?, ?, ?, ?)"
_NOTE = "INSERT OR REPLACE INTO machine (name, value) VALUES (?, ?)"
_NOTED = "SELECT value FROM machine WHERE name = ?"


def receive(journal: Device, page: Sequence[tuple[str, Event]], position: int) -> int:
    """Take in a page of the feed; see `Device.receive`."""

    def work(cursor: sqlite3.Cursor) -> tuple[int, bool]:
        # What is under the own name and not here was another file's. The center tells of it when events of
        # ours arrive there under the same numbers; then it comes again, see `forks.step_aside`.
        own = journal.chain
        theirs = (event._replace(chain=label) for label, event in page if label != own)
        new = [event for event in theirs if _keep(cursor, event)]
        take_in(cursor, new)
        redacted = [(event.body["event"],) for event in new if event.kind == "survey.redacted"]
        dropped = cursor.executemany("DELETE FROM visitor_text WHERE event_id = ?", redacted).rowcount
        _merge(journal, cursor, [event.clock for event in new])
        cursor.execute(_NOTE, ("feed", str(position)))
        return len(new), dropped > 0

    count, dropped = journal.write(work)
    if dropped:
        journal.clear_log()
    return count


def feed_position(journal: Device) -> int:
    """Up to where the feed was taken in."""
    return next((int(value) for (value,) in journal.rows(_NOTED, "feed")), 0)


def merge_clock(journal: Device, clock: str) -> bool:
    """Make later events later than a clock that can be believed."""
    return journal.write(lambda cursor: _merge(journal, cursor, [clock]))


def _keep(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Put an event where it belongs; whether it is a new one that can be folded."""
    if kinds.readable(event.kind, event.body) and hlc.is_clock(event.clock) and _is_stamp(event.at):
        return cursor.execute(_TAKE, to_row(event)).rowcount > 0
    whole = canonical({**event._asdict(), "body": event.body})
    cursor.execute(_KEEP, (event.id, event.chain, event.seq, whole))
    return False


def _merge(journal: Device, cursor: sqlite3.Cursor, clocks: Sequence[str]) -> bool:
    now = journal.clock.now()
    latest = max((clock for clock in clocks if hlc.believable(clock, now)), default="")
    known = cursor.execute(_NOTED, ("clock",)).fetchone()
    if latest > (known[0] if known else ""):
        cursor.execute(_NOTE, ("clock", latest))
    return bool(latest)


def _is_stamp(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        return False
