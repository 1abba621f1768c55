"""An invented town hall for waits.py: one lane, day after day, event by event.

Counters open at 8:00 and work until nobody waits; the last ticket is taken at 16:30. One counter is away over
noon once its visitor is served; handling times are log-normal around a mean that differs from day to day;
arrivals swing over the day and between days; some are called twice and do not come; some have priority, two
of them in a row at most while others wait; counters take a breath between visitors and notice a newcomer
after a moment. Nobody leaves the line, is held or transferred.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from statistics import fmean
from typing import NamedTuple

from kiosk.tickets.estimate import Quote, Situation, estimate

DAYS = 40
"""Of one seed."""
HOUR, LAST_TICKET = 3600.0, 8.5 * 3600
BUSY = (0.8, 1.2, 1.35, 1.1, 0.9, 1.1, 1.1, 0.9, 0.5)
"""Arrivals of each hour from 8:00, in proportion; of the last one half an hour counts."""
IN_A_ROW, LEARNED_FROM, WALK = 2, 200, 30.0


@dataclass(frozen=True)
class Hall:
    """A town hall; times in seconds from 8:00, `mean` and `variation` of the time at the counter.

    Of each counter in turn `away` names the time in which it is not there. `load` is the share of the time
    of all counters that visitors ask for, `mix` between what a day's mean is multiplied by.
    """

    desks: int = 3
    mean: float = 720.0
    variation: float = 0.8
    load: float = 0.9
    away: tuple[tuple[float, float], ...] = ((4 * HOUR, 5 * HOUR),)
    no_show: float = 0.06
    priority: float = 0.08
    breath: float = 30.0
    mix: tuple[float, float] = (0.8, 1.25)

    def arrivals_per_hour(self) -> float:
        """Of an ordinary day, where BUSY is 1."""
        taken = self.mean * (1 - self.no_show) + 150 * self.no_show + self.breath
        there = self.desks * LAST_TICKET - sum(end - start for start, end in self.away)
        return self.load * there / taken / (sum(BUSY[:-1]) + BUSY[-1] / 2)


class Visitor(NamedTuple):
    """Somebody who was called: what was known at the issue, the wait in minutes, two waits before it."""

    situation: Situation
    quote: Quote | None
    waited: float
    last: float
    last_ten: float


@dataclass(eq=False)
class Ticket:
    """Somebody in the line."""

    at: float
    priority: bool
    known: tuple[Situation, Quote | None, float, float]


@dataclass(eq=False)
class Counter:
    """A counter: since when somebody was last called to it, and what keeps it from calling."""

    away: tuple[float, float] | None
    called: float | None = None
    resting: bool = False
    gone: bool = False


@dataclass
class Day:
    """One day, event by event; `handled` goes on from day to day."""

    hall: Hall
    rng: random.Random
    handled: deque[float]
    took: list[float]
    seen: list[Visitor] = field(default_factory=list)

    def __post_init__(self) -> None:
        hall = self.hall
        self.factor = math.exp(self.rng.uniform(*map(math.log, hall.mix)))
        self.spread = math.sqrt(math.log1p(hall.variation**2))
        away = [*hall.away, *[None] * hall.desks]
        self.counters = [Counter(away[number]) for number in range(hall.desks)]
        self.lines: tuple[deque[Ticket], deque[Ticket]] = (deque(), deque())
        """With priority, and the others."""
        self.streak = 0
        self.agenda: list[tuple[float, int, Callable[..., None], tuple[Counter, ...]]] = []
        self.number = count()

    def run(self) -> list[Visitor]:
        """Everybody who took a ticket, in the order of the calls."""
        for at in self._arrivals():
            self._plan(at, self.arrive)
        for counter in self.counters:
            if counter.away:
                self._plan(counter.away[0], self.ready, counter)
        while self.agenda:
            at, _, event, whom = heapq.heappop(self.agenda)
            event(at, *whom)
        return self.seen

    def _plan(self, at: float, event: Callable[..., None], *whom: Counter) -> None:
        heapq.heappush(self.agenda, (at, next(self.number), event, whom))

    def _arrivals(self) -> Iterator[float]:
        usual = self.hall.arrivals_per_hour() * self.rng.uniform(0.85, 1.15)
        at = 0.0
        while (at := at + self.rng.expovariate(usual * max(BUSY) / HOUR)) < LAST_TICKET:
            if self.rng.random() * max(BUSY) < BUSY[int(at / HOUR)]:
                yield at

    def arrive(self, at: float) -> None:
        priority = self.rng.random() < self.hall.priority
        situation = self._situation(at, priority)
        waits = [one.waited for one in self.seen[-10:]] or [0.0]
        known = (situation, estimate(situation), waits[-1], fmean(waits))
        self.lines[not priority].append(Ticket(at, priority, known))
        idle = next((one for one in self.counters if not (one.called or one.resting or one.gone)), None)
        if idle:
            idle.resting = True
            self._plan(at + self.rng.uniform(5, 25), self.ready, idle)

    def _situation(self, at: float, priority: bool) -> Situation:
        there = [counter for counter in self.counters if not counter.gone]
        calls = [counter.called for counter in there if counter.called is not None]
        taken = tuple(at - called for called in calls)
        return Situation(
            self._ahead(priority), len(there), len(there) - len(calls), taken, tuple(self.handled)
        )

    def _ahead(self, priority: bool) -> int:
        first, others = map(len, self.lines)
        before = max(0, IN_A_ROW - self.streak)
        if priority:
            return first + min(others, 0 if first < before else 1 + (first - before) // IN_A_ROW)
        return others + min(first, before + IN_A_ROW * others)

    def ready(self, at: float, counter: Counter) -> None:
        """Calls the next, goes away if it is time, or waits for somebody to come."""
        if counter.called is not None or counter.gone:
            return
        if counter.away and counter.away[0] <= at < counter.away[1]:
            counter.gone = True
            self._plan(counter.away[1], self.back, counter)
            return
        counter.resting = False
        first, others = self.lines
        if first or others:
            favoured = bool(first) and (self.streak < IN_A_ROW or not others)
            self.streak = self.streak + 1 if favoured else 0
            self._call(at, counter, (first if favoured else others).popleft())

    def back(self, at: float, counter: Counter) -> None:
        counter.gone = False
        self.ready(at, counter)

    def _call(self, at: float, counter: Counter, ticket: Ticket) -> None:
        situation, quote, last, last_ten = ticket.known
        self.seen.append(Visitor(situation, quote, (at - ticket.at) / 60, last, last_ten))
        counter.called = at
        if self.rng.random() < self.hall.no_show:
            self._plan(at + self.rng.uniform(60, 90), self.call_again, counter)
            return
        length = self.rng.lognormvariate(-(self.spread**2) / 2, self.spread)
        served = (self.hall.mean - WALK) * self.factor * length
        self._plan(at + self.rng.uniform(0.5, 1.5) * WALK + served, self.end, counter)

    def call_again(self, at: float, counter: Counter) -> None:
        counter.called = at
        self._plan(at + self.rng.uniform(60, 120), self.end, counter)

    def end(self, at: float, counter: Counter) -> None:
        self.handled.append(at - (counter.called or 0.0))
        self.took.append(self.handled[-1] / 60)
        counter.called, counter.resting = None, True
        self._plan(at + self.rng.uniform(0, 2) * self.hall.breath, self.ready, counter)


class Run(NamedTuple):
    """Everybody of some seeds, and the mean minutes that they took up a counter."""

    visitors: list[Visitor]
    mean: float


def simulated(hall: Hall, seeds: Iterable[int], days: int = DAYS) -> Run:
    """The days of a hall, one after the other, for each seed."""
    visitors: list[Visitor] = []
    took: list[float] = []
    for seed in seeds:
        rng, handled = random.Random(seed), deque[float](maxlen=LEARNED_FROM)
        for _ in range(days):
            visitors += Day(hall, rng, handled, took).run()
    return Run(visitors, fmean(took))
