"""The lines as they stand now: who waits where, in which order, how long it may take; read, never written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kiosk.catalog.model import Catalog, Lane
from kiosk.clock import Clock, stamp
from kiosk.line.opening import Opening, opening
from kiosk.tickets import codes
from kiosk.tickets.estimate import Quote, Situation, estimate
from kiosk.tickets.order import call_order, streak
from kiosk.tickets.ticket import CALLED, SERVING, WAITING, Ticket, seconds

if TYPE_CHECKING:
    from kiosk.journal import Counter, Journal

SILENT = timedelta(minutes=60)
"""A counter that did nothing for so long, with nobody there, is counted as closed."""
DESK = "desk"
"""The stratum of an answer that belongs to no lane."""
LEARNED_FROM = 200
"""Past tickets of a lane that the estimate learns from."""


@dataclass(frozen=True)
class LaneView:
    """One line: the waiting in the order of their calls, the others by arrival, and what it can do now.

    `counters` are open and call people of this lane; `numbers_left` this machine may still give out today.
    """

    lane: Lane
    waiting: tuple[Ticket, ...]
    others: tuple[Ticket, ...]
    counters: tuple[str, ...]
    numbers_left: int
    opening: Opening


@dataclass(frozen=True)
class Overview:
    """All lines of a business day, and every counter of the catalogue by name (None: never opened)."""

    day: date
    lanes: tuple[LaneView, ...]
    counters: dict[str, Counter | None]

    def lane(self, lane_id: str) -> LaneView | None:
        """The line of an id."""
        return next((view for view in self.lanes if view.lane.id == lane_id), None)

    def at_counter(self, counter: str) -> Ticket | None:
        """Who is called to a counter or being served there."""
        return next((ticket for view in self.lanes for ticket in view.others if is_at(ticket, counter)), None)


@dataclass(frozen=True)
class Place:
    """Somebody's place in a line: people before them, and the wait in minutes (None: not known yet)."""

    ahead: int
    quote: Quote | None


def is_at(ticket: Ticket, counter: str) -> bool:
    """Whether a ticket's person takes up a counter."""
    return ticket.counter == counter and ticket.state in (CALLED, SERVING)


def lanes_of(catalog: Catalog, counter: str) -> list[Lane]:
    """The lanes that a counter calls people of."""
    return [lane for lane in catalog.lanes if counter in lane.counters]


class View:
    """Reads the lines of a journal; `catalog` gives the catalogue in use now."""

    def __init__(
        self, journal: Journal, catalog: Callable[[], Catalog], clock: Clock, machine: codes.Numbers | None
    ) -> None:
        self.journal = journal
        self.catalog = catalog
        self.clock = clock
        self._machine = machine

    def overview(self) -> Overview:
        """Everything that desk and board show."""
        catalog, day = self.catalog(), self.clock.day()
        live = self.journal.tickets_live()
        known = {counter.counter: counter for counter in self.journal.counters()}
        names = dict.fromkeys(name for lane in catalog.lanes for name in lane.counters)
        active = self.active_counters(known.values(), live)
        lost = {ticket.lane: ticket.code[0] for ticket in live} | {lane.id: "" for lane in catalog.lanes}
        # A lane that left the catalogue is shown as long as somebody stands in it.
        lanes = [*catalog.lanes, *(Lane(name, letter, name) for name, letter in lost.items() if letter)]
        views = tuple(self._lane(lane, live, active) for lane in lanes)
        return Overview(day, views, {name: known.get(name) for name in names})

    def _lane(self, lane: Lane, live: Sequence[Ticket], active: Sequence[str]) -> LaneView:
        return LaneView(
            lane,
            tuple(self.queue(lane, live)),
            tuple(ticket for ticket in live if ticket.lane == lane.id and ticket.state != WAITING),
            tuple(name for name in lane.counters if name in active),
            self.numbers_left(lane),
            self.opening(lane),
        )

    def stratum(self, service: str, counter: str) -> str:
        """The lane that an answer at the desk stands for: the service's, else the counter's first."""
        catalog = self.catalog()
        known = catalog.by_id.get(service)
        lanes = [lane.id for lane in lanes_of(catalog, counter)]
        return known.lane if known and known.lane else next(iter(lanes), DESK)

    def lane(self, lane_id: str) -> Lane | None:
        """The lane of an id."""
        return next((lane for lane in self.catalog().lanes if lane.id == lane_id), None)

    def opening(self, lane: Lane, closed_on: Sequence[str] = ()) -> Opening:
        """Whether tickets of a lane can be taken now; `closed_on` are more closed days, as of a service."""
        return opening(lane, self.catalog().holidays, closed_on, self.clock.local())

    def own_numbers(self, lane: Lane) -> list[codes.Numbers]:
        """The numbers of a lane that this machine may give out: the center's blocks once it is enrolled."""
        whole = codes.numbers(lane.numbers)
        if self.journal.enrolled() is None:
            return codes.within(whole, [self._machine] if self._machine else [whole])
        return codes.within(whole, self.journal.numbers().get(lane.letter, []))

    def numbers_left(self, lane: Lane) -> int:
        """How many numbers of a lane this machine can still give out today."""
        day = self.clock.day()
        return sum(
            last - first + 1 - self.journal.numbers_taken(lane.letter, day, first, last)
            for first, last in self.own_numbers(lane)
        )

    def queue(self, lane: Lane, live: Sequence[Ticket]) -> list[Ticket]:
        """The waiting of a lane in the order of their calls."""
        waiting = [ticket for ticket in live if ticket.lane == lane.id and ticket.state == WAITING]
        calls = self.journal.calls_of_day(self.clock.day(), lane.in_a_row, lane.id)
        return call_order(waiting, streak(calls), lane.in_a_row)

    def place(self, ticket: Ticket) -> Place:
        """Where a waiting ticket stands, or would stand."""
        lane = self.lane(ticket.lane)
        if lane is None:
            return Place(0, None)
        live = [other for other in self.journal.tickets_live() if other.ticket != ticket.ticket]
        queue = self.queue(lane, [*live, ticket])
        ahead = next((number for number, other in enumerate(queue) if other.ticket == ticket.ticket), 0)
        return Place(ahead, estimate(self._situation(lane, ahead, live)))

    def _situation(self, lane: Lane, ahead: int, live: Sequence[Ticket]) -> Situation:
        active = self.active_counters(self.journal.counters(), live)
        desks = [name for name in lane.counters if name in active]
        there = [ticket for ticket in live if any(is_at(ticket, name) for name in desks)]
        taken = {ticket.counter for ticket in there}
        now = stamp(self.clock.now())
        past = (seconds(*times) for times in self.journal.times_at_counter(lane.id, LEARNED_FROM))
        return Situation(
            ahead=ahead,
            desks=sum(self._share(name, lane, live) for name in desks),
            free=len(desks) - len(taken),
            in_progress=tuple(max(seconds(ticket.last_called_at, now), 0) for ticket in there),
            handled=tuple(took for took in past if took > 0),
        )

    def _share(self, counter: str, lane: Lane, live: Sequence[Ticket]) -> float:
        """How much of a counter a lane has: it is shared with the other lanes where somebody waits."""
        others = [other.id for other in lanes_of(self.catalog(), counter) if other.id != lane.id]
        return 1 / (
            1 + len({ticket.lane for ticket in live if ticket.lane in others and ticket.state == WAITING})
        )

    def active_counters(self, counters: Iterable[Counter], live: Sequence[Ticket]) -> list[str]:
        """Counters that are open and did something within the last hour, or have somebody there."""
        silent_since = stamp(self.clock.now() - SILENT)
        return [
            counter.counter
            for counter in counters
            if counter.state == "open"
            and (counter.active_at >= silent_since or any(is_at(ticket, counter.counter) for ticket in live))
        ]
