"""The queue as rows of a table: the counter's own lines first, each in the order of its calls; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kiosk.i18n.marks import N_
from kiosk.line.view import LaneView
from kiosk.tickets.ticket import HOLD, NO_SHOW, SERVING, SIGN, WAITING, Ticket, seconds
from kiosk.ui.desk.parts import Line, Part, spread
from kiosk.ui.desk.sight import Sight, language_name

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.i18n.messages import Messages

PRIORITY = {"assisted": N_("★ assisted"), "booked": N_("★ booked")}
OTHERS = {"hold": N_("On hold"), "elsewhere": N_("At other counters"), "away": N_("Did not come")}
UNPRINTED = 30.0
"""Seconds after which a ticket that the printer has not confirmed counts as not printed."""
CODE, AGE, LANGUAGE = 6, 9, 11
"""Cells of the columns."""
NARROW = 56
"""Cells below which the language gives way to the service."""


class Row(NamedTuple):
    """A row of the table: the head of a section, with its lane where it is one, or a ticket below it.

    Sections are lanes by their id, `hold`, `elsewhere` and `away`.
    """

    section: str
    ticket: Ticket | None = None
    view: LaneView | None = None
    people: int = 0


@dataclass(frozen=True)
class Telling:
    """What rows are written with: the words, the catalogue in their language, and the moment (a stamp)."""

    messages: Messages
    catalog: Catalog
    names: dict[str, str]
    now: str
    next_up: str = ""


def rows(sight: Sight, counter: str) -> list[Row]:
    """All rows for a counter; who is there itself is shown beside the table."""
    own = sight.own_lanes(counter)
    lanes = [*own, *(view for view in sight.overview.lanes if view not in own)]
    found: list[Row] = []
    for view in lanes:
        found.append(Row(view.lane.id, view=view, people=len(view.waiting)))
        found += [Row(view.lane.id, ticket) for ticket in view.waiting]
    for section, tickets in (
        ("hold", sight.others(HOLD)),
        ("elsewhere", sight.elsewhere(counter)),
        ("away", sight.others(NO_SHOW)),
    ):
        if tickets:
            found.append(Row(section, people=len(tickets)))
            found += [Row(section, ticket) for ticket in tickets]
    return found


def heads(found: Sequence[Row]) -> list[int]:
    """Where the sections begin."""
    return [place for place, row in enumerate(found) if row.ticket is None]


def row_line(row: Row, telling: Telling, width: int, chosen: bool = False) -> Line:
    """A row of `width` cells."""
    if row.ticket:
        return _ticket_line(row.ticket, telling, width, chosen)
    return _head_line(row, telling, width)


def _head_line(row: Row, telling: Telling, width: int) -> Line:
    tr, trn = telling.messages.tr, telling.messages.trn
    if row.view is None:
        start = [Part(" "), Part(tr(OTHERS[row.section]), "bold")]
        return Line(spread(start, Part(""), [Part(str(row.people), "quiet"), Part(" ")], width), "soft")
    lane, view = row.view.lane, row.view
    start = [Part(" "), Part(f" {lane.letter} ", "cap"), Part(" ")]
    said = [trn("{n} waiting", "{n} waiting", row.people)]
    if not view.counters:
        said.append(tr("no counter open"))
    end = [Part(" · ".join(said), "quiet"), Part(" ")]
    # A line has its names in the catalogue's own language; the docent may read another.
    name = next((of.name for of in telling.catalog.lanes if of.id == lane.id), lane.name)
    return Line(spread(start, Part(name, "bold"), end, width), "soft")


def _ticket_line(ticket: Ticket, telling: Telling, width: int, chosen: bool) -> Line:
    first = ticket.ticket == telling.next_up
    arrow = " ← " if telling.messages.language.rtl else " → "
    sign = " ▸ " if chosen else arrow if first else "   "
    start = [
        Part(sign, "accent"),
        Part(ticket.code, "bold", CODE),
        Part(age(_since(ticket), telling.now, telling.messages), "ink", AGE - 2, end=True),
        Part("  "),
    ]
    if width >= NARROW:
        start.append(Part(language_name(ticket.language, telling.messages), "ink", LANGUAGE))
    tags = [part for tag in marks(ticket, telling) for part in (Part("  "), tag)]
    service = Part(service_name(ticket, telling.catalog), "quiet")
    return Line(spread(start, service, [*tags, Part(" ")], width), "accent" if chosen else "card")


def _since(ticket: Ticket) -> str:
    """When what the section says began; for the waiting and those on hold, when they came."""
    times = {WAITING: ticket.issued_at, HOLD: ticket.issued_at, NO_SHOW: ticket.ended_at}
    return times.get(ticket.state) or ticket.last_called_at or ticket.issued_at


def age(since: str, now: str, messages: Messages) -> str:
    """How long ago, in whole minutes: "12 min", "1 h 05"."""
    minutes = max(int(seconds(since, now) // 60), 0)
    if minutes < 60:
        return messages.tr("{n} min", n=minutes)
    # L10n: hours and minutes of waiting, as in "1 h 05"
    return messages.tr("{hours} h {minutes:02}", hours=minutes // 60, minutes=minutes % 60)


def marks(ticket: Ticket, telling: Telling) -> list[Part]:
    """What a docent must not miss: who holds it, late, priority, interpreter, not printed, at which counter.

    In a narrow row the first give way: who is at another counter is somebody else's care.
    """
    tr = telling.messages.tr
    found: list[Part] = []
    if ticket.state == HOLD and ticket.staff:
        found.append(Part(tr("held by {name}", name=telling.names.get(ticket.staff, ticket.staff)), "quiet"))
    if ticket.late_at and ticket.state != SERVING:
        found.append(Part(tr("running late"), "warm"))
    if ticket.also_called:
        found.append(Part(also_called(ticket, telling.messages), "warm"))
    if ticket.priority:
        found.append(Part(tr(PRIORITY[ticket.priority]), "accent"))
    if ticket.interpreter:
        found.append(Part(interpreter(ticket, telling.messages), "accent"))
    if unprinted(ticket, telling.now):
        found.append(Part(tr("not printed"), "warm"))
    if ticket.state not in (WAITING, HOLD, NO_SHOW):
        place = (
            N_("served at counter {counter}")
            if ticket.state == SERVING
            else N_("called to counter {counter}")
        )
        found.append(Part(tr(place, counter=ticket.counter), "quiet"))
    return found


def also_called(ticket: Ticket, messages: Messages) -> str:
    """That another counter called the same person at the same time."""
    return messages.tr("also called at counter {counter}", counter=", ".join(ticket.also_called.split(",")))


def interpreter(ticket: Ticket, messages: Messages) -> str:
    """Which interpreter somebody needs."""
    if ticket.interpreter == SIGN:
        return messages.tr("sign interpreter")
    return messages.tr("{language} interpreter", language=language_name(ticket.interpreter, messages))


def unprinted(ticket: Ticket, now: str) -> bool:
    """Whether somebody may stand there without paper."""
    if ticket.printing == "pending":
        return seconds(ticket.issued_at, now) > UNPRINTED
    return ticket.printing == "failed"


def service_name(ticket: Ticket, catalog: Catalog) -> str:
    """What somebody came for; nothing for a ticket of a line alone, or a service that is gone."""
    service = catalog.by_id.get(ticket.service)
    return service.name if service else ""
