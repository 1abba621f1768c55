"""How long people waited over all sites, what the quoted waits were worth, and who was gone when called."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from kiosk.center import projecting
from kiosk.center.bulk import listed, listing
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.survey.period import Span
from kiosk.tickets.score import Cell, Row, cell
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


@dataclass(frozen=True)
class _Ticket:
    group: str
    state: str
    row: Row | None


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
    tickets = list(_tickets(center, connection, period, homes, by))
    name = _names(center, connection, by)
    groups: dict[str, list[_Ticket]] = defaultdict(list)
    for ticket in tickets if by else ():
        groups[ticket.group].append(ticket)
    found = [_waits(group, name(group), some) for group, some in groups.items()]
    ordered = by in ("day", "hour")
    found.sort(key=lambda of: (0 if ordered else -of.tickets, of.group if ordered else of.name))
    return _waits("", "", tickets), found


def _tickets(
    center: Center, connection: Connection, period: Span, homes: Collection[str] | None, by: str
) -> Iterable[_Ticket]:
    column = {"site": "home", "lane": "first_lane", "department": "service", "hour": "''", "": "''"}.get(
        by, by
    )
    where = "" if homes is None else f" AND home IN ({listed(connection, 'homes')})"
    rows = connection.rows(
        f"""SELECT {column}, state, first_lane, issued_at, first_called_at, quote_low, quote_high,
                time_accurate
            FROM tickets WHERE day BETWEEN :first AND :last AND state <> '{VOID}'{where}""",
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        **({} if homes is None else {"homes": listing(sorted(homes))}),
    )
    services = center.catalog().by_id
    for group, state, lane, issued, called, low, high, accurate in rows:
        hour = center.clock.local(datetime.fromisoformat(issued)).hour
        if by == "hour":
            group = f"{hour:02}:00"
        elif by == "department":
            group = service.department if (service := services.get(group)) else ""
        waited = max(seconds(issued, called), 0.0) if called else None
        row = None if waited is None else Row(lane, hour, low, high, waited, bool(accurate))
        yield _Ticket(group, state, row)


def _waits(group: str, name: str, tickets: Collection[_Ticket]) -> Waits:
    rows = [ticket.row for ticket in tickets if ticket.row and ticket.row.accurate]
    minutes = sorted(row.waited / 60 for row in rows)
    return Waits(
        group=group,
        name=name,
        tickets=len(tickets),
        called=len(rows),
        middle=median(minutes) if minutes else None,
        nine_in_ten=minutes[math.ceil(0.9 * len(minutes)) - 1] if minutes else None,
        quotes=cell(rows),
        no_show=sum(ticket.state == NO_SHOW for ticket in tickets),
        left=sum(ticket.state == LEFT for ticket in tickets),
    )


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
