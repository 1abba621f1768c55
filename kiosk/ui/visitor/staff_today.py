"""What a day has brought so far, in numbers for staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kiosk.i18n.script import cell_width
from kiosk.tickets.ticket import FINISHED, VOID

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.journal import Journal


class Today(NamedTuple):
    """How often on one business day of this machine; `issued` leaves out void tickets."""

    visits: int = 0
    lookups: int = 0
    issued: int = 0
    finished: int = 0
    invited: int = 0
    completed: int = 0
    declined: int = 0
    comments: int = 0


def count(journal: Journal, day: date) -> Today:
    """Count a business day; raises JournalError."""
    kinds = Counter(journal.events_of_day(day))
    states = Counter(ticket.state for ticket in journal.tickets_of_day(day))
    return Today(
        visits=kinds["visit.started"],
        lookups=kinds["service.viewed"],
        issued=states.total() - states[VOID],
        finished=states[FINISHED],
        invited=kinds["survey.invited"],
        completed=kinds["survey.completed"],
        declined=kinds["survey.declined"],
        comments=kinds["survey.commented"],
    )


def flowing(parts: Iterable[str], width: int) -> str:
    """Parts with a dot between two on one line, in lines of at most so many cells."""
    found: list[str] = []
    for part in parts:
        longer = f"{found[-1]} · {part}" if found else part
        if found and cell_width(longer) <= width:
            found[-1] = longer
        else:
            found.append(part)
    return "\n".join(found)


def lines(today: Today, messages: Messages) -> list[str]:
    """The numbers in words."""
    tr = messages.tr
    return [
        tr("Visits today: {n}", n=today.visits),
        tr("Pages read: {n}", n=today.lookups),
        tr("Comments: {n}", n=today.comments),
        tr("Tickets: {issued} given out, {finished} finished", issued=today.issued, finished=today.finished),
        tr(
            "Surveys: {invited} invited, {completed} completed, {declined} declined",
            invited=today.invited,
            completed=today.completed,
            declined=today.declined,
        ),
    ]
