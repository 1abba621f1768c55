"""The lines of a site as its events at the center say, for the pages of those who wait in them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

from kiosk.center import projecting
from kiosk.center.context import Center
from kiosk.center.storage import Connection, Store
from kiosk.journal.questions import Counter
from kiosk.line.view import LEARNED_FROM, Place, View
from kiosk.tickets.page import is_token
from kiosk.tickets.ticket import CALLED, SERVING, Ticket

if TYPE_CHECKING:
    from kiosk.journal import Journal

Found = TypeVar("Found")

KEPT = 100
"""Sites whose lines are kept in memory until something happens there."""

_TICKET = f"SELECT {', '.join(Ticket._fields)} FROM tickets"
_FIND = _TICKET.replace("SELECT ", "SELECT home, ") + " WHERE page = :page"
_LIVE = (
    _TICKET
    + """ WHERE home = :home AND (state IN ('waiting', 'called', 'serving', 'hold') OR (state = 'no_show'
    AND day >= coalesce((SELECT max(day) FROM closed_days WHERE home = :home), '')
    AND day NOT IN (SELECT day FROM closed_days WHERE home = :home))) ORDER BY arrival"""
)
_CALLED = (
    _TICKET
    + """ WHERE home = :home AND last_call <> '' AND state <> 'waiting' AND day = :day AND lane = :lane
    ORDER BY last_call DESC LIMIT :most"""
)
_TIMES = """SELECT last_called_at, ended_at FROM tickets WHERE home = :home AND lane = :lane
    AND ended_at <> '' AND state IN ('finished', 'no_show') AND time_accurate = 1
    ORDER BY ended_at DESC LIMIT :most"""
_COUNTERS = "SELECT counter, state, staff, changed_at FROM counters WHERE home = :home ORDER BY counter"
_ACTIVE = """SELECT counter, max(last_called_at), max(serving_at), max(ended_at) FROM tickets
    WHERE home = :home AND day = :day AND counter <> '' GROUP BY counter"""
_BEHIND = "SELECT site FROM sites WHERE feed > folded"


class Standing(NamedTuple):
    """A ticket, its place, and who is at the counters of its line: (code, counter), the latest call first."""

    ticket: Ticket
    place: Place
    serving: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Lines:
    """Everything about the lines of a site at one `position` of its feed; asked as a journal would be."""

    position: int
    live: tuple[Ticket, ...]
    known: tuple[Counter, ...]
    calls: dict[str, list[Ticket]]
    times: dict[str, list[tuple[str, str]]]

    def tickets_live(self) -> list[Ticket]:
        """Everybody in a line, and who did not show up today, in order of arrival."""
        return list(self.live)

    def counters(self) -> list[Counter]:
        """Every counter that was ever opened."""
        return list(self.known)

    def calls_of_day(self, day: date, limit: int, lane: str = "") -> list[Ticket]:
        """The tickets of a lane that were called today, the latest call first."""
        return self.calls.get(lane, [])[:limit]

    def times_at_counter(self, lane: str, limit: int) -> list[tuple[str, str]]:
        """When the latest people of a lane were called and when they were done, the oldest first."""
        return self.times.get(lane, [])[-limit:]


_lines: WeakKeyDictionary[Store, OrderedDict[tuple[str, str], Lines]] = WeakKeyDictionary()
_reading = Lock()


def find(center: Center, page: str) -> tuple[str, Ticket] | None:
    """The site and the ticket of a page's token; None for a ticket that has not arrived here."""

    def known() -> tuple[str, Ticket] | None:
        with center.store.read() as connection:
            row = connection.row(_FIND, page=page)
        return (row[0], _ticket(row[1:])) if row else None

    return first_known(center, known) if is_token(page) else None


def first_known(center: Center, known: Callable[[], Found | None]) -> Found | None:
    """What is found in the tables that people read; where it is not, after all that arrived was folded."""
    found = known()
    if found is not None:
        return found
    with center.store.read() as connection:
        behind = [site for (site,) in connection.rows(_BEHIND)]
    for site in behind:
        projecting.catch_up(center, site)
    # With nothing behind too: somebody else may have folded it since the first look.
    return known()


def is_gone(center: Center, ticket: Ticket) -> bool:
    """Whether a ticket's page is over: on the business day after, unless its line keeps it."""
    if ticket.day >= center.clock.day().isoformat():
        return False
    lane = next((lane for lane in center.catalog().lanes if lane.id == ticket.lane), None)
    return ticket.state not in ("waiting", "hold", "called", "serving") or not (lane and lane.keeps_overnight)


def standing(center: Center, page: str) -> tuple[str, int, Standing] | None:
    """Site, position in its feed, and where a ticket stands now; None where there is nothing to show."""
    found = find(center, page)
    if found is None:
        return None
    home, ticket = found
    lines = _current(center, home)
    ticket = _now(center, home, lines, ticket)
    if is_gone(center, ticket):
        return None
    catalog = center.catalog()
    view = View(cast("Journal", lines), lambda: catalog, center.clock, None)
    at_counters = [of for of in lines.live if of.lane == ticket.lane and of.state in (CALLED, SERVING)]
    latest = sorted(at_counters, key=lambda of: of.last_call, reverse=True)
    serving = tuple((of.code, of.counter) for of in latest)
    return home, lines.position, Standing(ticket, view.place(ticket), serving)


def _now(center: Center, home: str, lines: Lines, ticket: Ticket) -> Ticket:
    """The ticket as it is in the lines, else as its table has it after they were read."""
    live = next((of for of in lines.live if of.ticket == ticket.ticket), None)
    if live is not None:
        return live
    with center.store.read() as connection:
        row = connection.row(
            f"{_TICKET} WHERE home = :home AND ticket = :ticket", home=home, ticket=ticket.ticket
        )
    return _ticket(row) if row else ticket


def _current(center: Center, home: str) -> Lines:
    """The lines of a site, read once for everybody who looks at them until something happens."""
    day = center.clock.day().isoformat()
    key = (home, day)
    with center.store.read() as connection:
        position = connection.value("SELECT feed FROM sites WHERE site = :home", home=home)
    with _reading:
        of_store = _lines.setdefault(center.store, OrderedDict())
        kept = of_store.get(key)
        if kept is None or kept.position < position:
            projecting.catch_up(center, home)
            with center.store.read() as connection:
                kept = of_store[key] = _read(connection, center, home, day)
            while len(of_store) > KEPT:
                of_store.popitem(last=False)
    return kept


def _read(connection: Connection, center: Center, home: str, day: str) -> Lines:
    position = connection.value("SELECT folded FROM sites WHERE site = :home", home=home)
    rows = partial(connection.rows, home=home)
    active = {counter: max(times) for counter, *times in rows(_ACTIVE, day=day)}
    known = tuple(
        Counter(counter, state, staff, changed, max(changed, active.get(counter, "")))
        for counter, state, staff, changed in rows(_COUNTERS)
    )
    lanes = center.catalog().lanes
    return Lines(
        position,
        tuple(map(_ticket, rows(_LIVE))),
        known,
        {
            of.id: [_ticket(row) for row in rows(_CALLED, day=day, lane=of.id, most=of.in_a_row)]
            for of in lanes
        },
        {of.id: [(a, b) for a, b in rows(_TIMES, lane=of.id, most=LEARNED_FROM)][::-1] for of in lanes},
    )


def _ticket(row: tuple[object, ...]) -> Ticket:
    ticket = Ticket._make(row)
    return ticket._replace(time_accurate=bool(ticket.time_accurate))
