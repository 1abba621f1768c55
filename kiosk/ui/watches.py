"""What the app counts by the monotonic clock: quiet seconds, and wrong PINs."""

from __future__ import annotations

from kiosk.clock import Clock

TRIES = 5
PAUSE = 60
"""Seconds the pad is closed after too many wrong PINs."""


class Idle:
    """Seconds since the last touch, by the monotonic clock: a stalled timer can't extend a visit."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock = clock
        self._limit = limit
        self._last = clock.monotonic()

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._clock.monotonic()

    @property
    def quiet(self) -> float:
        """Seconds since the last touch."""
        return self._clock.monotonic() - self._last

    @property
    def due(self) -> bool:
        """Whether it is time to warn."""
        return self.quiet >= self._limit


class Gate:
    """Counts wrong PINs across visits to the pad."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong = 0
        self._until = -1.0

    @property
    def closed(self) -> bool:
        """Whether the pad is closed after too many wrong PINs."""
        return self._now() < self._until

    def failed(self) -> None:
        """A wrong PIN."""
        self._wrong += 1
        if self._wrong >= TRIES:
            self._wrong, self._until = 0, self._now() + PAUSE

    def passed(self) -> None:
        """The right one."""
        self._wrong = 0

    def _now(self) -> float:
        return self._clock.monotonic()
