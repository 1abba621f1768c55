"""The only source of time: UTC, the local business day, monotonic seconds; tests set it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass
class Clock:
    """Real time in a city's zone.

    `day_starts` is the local time at which a business day begins: what happens at 01:30
    still belongs to yesterday.
    """

    timezone: str = "America/Chicago"
    day_starts: wall_time = wall_time(4, 0)
    _zone: ZoneInfo = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.timezone)

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def local(self, moment: datetime | None = None) -> datetime:
        """A moment (default: now) in the city's zone."""
        return (moment or self.now()).astimezone(self._zone)

    def day(self, moment: datetime | None = None) -> date:
        """The local business day a moment belongs to."""
        local = self.local(moment)
        today = local.date()
        return today if local.time() >= self.day_starts else today - timedelta(days=1)

    def monotonic(self) -> float:
        """Seconds that never run backwards; only differences mean something."""
        return time.monotonic()


@dataclass
class FixedClock(Clock):
    """A clock that stands still until it is told to move; for tests and practice."""

    moment: datetime = datetime(2026, 11, 23, 16, 41, tzinfo=UTC)
    ticks: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self.moment += timedelta(seconds=seconds)
        self.ticks += seconds


@dataclass
class PracticeClock(Clock):
    """Time for practice, as a file says: it holds a moment (ISO 8601) that runs on from when it was written.

    Every process that reads the same file has the same time; another file put in its place (`os.replace`, so
    that nobody reads half of one) moves the clock, also back.
    While the file is missing or holds no moment it is the real time.
    """

    file: Path = Path()

    def now(self) -> datetime:
        real = super().now()
        try:
            moment = datetime.fromisoformat(self.file.read_text(encoding="ascii").strip())
            written = datetime.fromtimestamp(self.file.stat().st_mtime, UTC)
        except (OSError, ValueError):
            return real
        return moment.astimezone(UTC) + (real - written)


def stamp(moment: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, the form of every time in the journal."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
