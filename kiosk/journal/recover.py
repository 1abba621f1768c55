"""Closing what was left open when the process died."""

from __future__ import annotations

from kiosk.journal.questions import OPEN_VISITS
from kiosk.journal.store import Journal


def close_open(journal: Journal) -> int:
    """Abandon unfinished surveys, keeping their answers, and end open visits; the number of events.

    For the start of the one process that makes visits: whatever is open then, nobody is coming back to.
    """
    responses = journal.responses_open()
    for response, statement in responses:
        journal.append("survey.abandoned", {"response": response, "at": statement})
    visits = journal.rows(f"{OPEN_VISITS} ORDER BY started_at, visit")
    for visit, language in visits:
        journal.append("visit.ended", {"visit": visit, "how": "restart", "language": language})
    return len(responses) + len(visits)
