"""Many people at once in one order of time: each a generator that yields the seconds until its next step."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from kiosk.clock import FixedClock

Steps = Generator[float, None, None]
"""What somebody does; each value is how long it takes until they do the next."""


@dataclass
class Process:
    """Somebody under way; `due` is the number of the entry that goes on with them, older ones are void."""

    steps: Steps
    due: int = 0


class Timeline:
    """Goes on with whoever is next, and moves the clock there."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.current: Process | None = None
        self._heap: list[tuple[datetime, int, Process]] = []
        self._number = 0

    def start(self, steps: Steps, at: datetime | None = None, after: float = 0.0) -> None:
        """Begin at a moment, or seconds after now; never in the past."""
        moment = at or self.clock.moment + timedelta(seconds=after)
        self._enter(Process(steps), max(moment, self.clock.moment))

    def wake(self, process: Process, after: float) -> None:
        """Go on with somebody earlier than they meant to."""
        self._enter(process, self.clock.moment + timedelta(seconds=after))

    def run(self, steps: int) -> bool:
        """Go on for so many steps; whether anybody is left."""
        for _ in range(steps):
            if not self._heap:
                break
            moment, number, process = heappop(self._heap)
            if number != process.due:
                continue
            self.clock.moment = moment
            self.current = process
            pause = next(process.steps, None)
            if pause is not None:
                self._enter(process, moment + timedelta(seconds=max(pause, 0.0)))
        return bool(self._heap)

    def _enter(self, process: Process, moment: datetime) -> None:
        self._number += 1
        process.due = self._number
        heappush(self._heap, (moment, self._number, process))
