"""How long people waited over all sites, what the quoted waits were worth, and who was gone when called."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from kiosk.center import projecting
from kiosk.center.bulk import listed, listing
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.survey.period import Span
from kiosk.tickets.score import Cell, Tally
from kiosk.tickets.ticket import LEFT, NO_SHOW, VOID, seconds

GROUPINGS = ("site", "lane", "service", "department", "language", "day", "hour")
"""What waits can be shown by; a ticket that went on to another lane counts for its first."""


@dataclass(frozen=True)
class Waits:
    """The tickets of a group, void ones apart: how many, and what became of them.

    `middle` and `nine_in_ten` are minutes from the ticket to the first call that half and nine in ten of the
    `called` waited at most; None where nobody was called whose wait is known. `quotes` is what quoted waits
    were worth. `no_show` were called and did not come, `left` went (or stayed to the end of the day) before
    they were served.
    """

    group: str
    name: str
    tickets: int
    called: int
    middle: float | None
    nine_in_ten: float | None
    quotes: Cell
    no_show: int
    left: int


_Ticket = tuple[str, float | None, int | None, int | None]
"""State, seconds to the first call where they were measured, and the quote in minutes, low and high."""


class _Group:
    """What has been counted of a group: tickets come one by one, and a year of a large city has many."""

    def __init__(self) -> None:
        self.tickets = self.no_show = self.left = 0
        self._minutes = array("d")
        self._quotes = Tally()

    def add(self, state: str, waited: float | None, low: int | None, high: int | None) -> None:
        """One more ticket, as _Ticket has it."""
        self.tickets += 1
        self.no_show += state == NO_SHOW
        self.left += state == LEFT
        if waited is not None:
            self._minutes.append(waited / 60)
            self._quotes.add(low, high, waited)

    def figures(self, group: str, name: str) -> Waits:
        """The figures of all that were added."""
        minutes = sorted(self._minutes)
        return Waits(
            group=group,
            name=name,
            tickets=self.tickets,
            called=len(minutes),
            middle=median(minutes) if minutes else None,
            nine_in_ten=minutes[math.ceil(0.9 * len(minutes)) - 1] if minutes else None,
            quotes=self._quotes.cell(),
            no_show=self.no_show,
            left=self.left,
        )


def waits(
    center: Center, period: Span, homes: Collection[str] | None = None, by: str = ""
) -> tuple[Waits, list[Waits]]:
    """Everybody together, and by one of GROUPINGS the groups (none for ""); of some sites or all (None).

    Days and hours follow one another, other groups by how many tickets they have.
    """
    projecting.catch_up_all(center)
    with center.store.read() as connection:
        return waits_within(center, connection, period, homes, by)


def waits_within(
    center: Center, connection: Connection, period: Span, homes: Collection[str] | None, by: str
) -> tuple[Waits, list[Waits]]:
    """As `waits`, within a transaction."""
    everybody = _Group()
    groups: dict[str, _Group] = defaultdict(_Group)
    for group, ticket in _tickets(center, connection, period, homes, by):
        everybody.add(*ticket)
        if by:
            groups[group].add(*ticket)
    name = _names(center, connection, by)
    found = [some.figures(group, name(group)) for group, some in groups.items()]
    ordered = by in ("day", "hour")
    found.sort(key=lambda of: (0 if ordered else -of.tickets, of.group if ordered else of.name))
    return everybody.figures("", ""), found


def _tickets(
    center: Center, connection: Connection, period: Span, homes: Collection[str] | None, by: str
) -> Iterator[tuple[str, _Ticket]]:
    """Each ticket with its group."""
    column = {"site": "home", "lane": "first_lane", "department": "service", "hour": "issued_at"}
    where = "" if homes is None else f" AND home IN ({listed(connection, 'homes')})"
    rows = connection.each(
        f"""SELECT {column.get(by, by) or "''"}, state, issued_at, first_called_at, quote_low, quote_high,
                time_accurate
            FROM tickets WHERE day BETWEEN :first AND :last AND state <> '{VOID}'{where}""",
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        **({} if homes is None else {"homes": listing(sorted(homes))}),
    )
    services = center.catalog().by_id
    for group, state, issued, called, low, high, accurate in rows:
        if by == "hour":
            group = f"{center.clock.local(datetime.fromisoformat(group)).hour:02}:00"
        elif by == "department":
            group = service.department if (service := services.get(group)) else ""
        waited = max(seconds(issued, called), 0.0) if called and accurate else None
        yield group, (state, waited, low, high)


def _names(center: Center, connection: Connection, by: str) -> Callable[[str], str]:
    """What people call a group, in the language of the catalogue's source."""
    catalog = center.catalog()
    names: dict[str, str] = {}
    if by == "site":
        names = dict(connection.rows("SELECT site, title FROM sites"))
    elif by == "lane":
        names = {lane.id: lane.name for lane in catalog.lanes}
    elif by == "service":
        names = {service.id: service.name for service in catalog.services}
    elif by == "department":
        names = {department.id: department.name for department in catalog.departments}
    return lambda group: names.get(group, group)
