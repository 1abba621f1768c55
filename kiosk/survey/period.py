"""The days a report is about: a month up to yesterday, the same number of days before, and what is odd."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.catalog.model import Period

MONTH = 30
"""Days of the default period."""
EARLIER = 8
"""How many periods before the current one a trend shows."""


@dataclass(frozen=True, order=True)
class Span:
    """Business days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self, times: int = 1) -> Span:
        """As many days, `times` periods earlier."""
        return Span(_back(self.first, self.days * times), _back(self.last, self.days * times))

    def __str__(self) -> str:
        return f"{self.first} to {self.last}" if self.first != self.last else f"{self.first}"


def _back(day: date, days: int) -> date:
    """So many days earlier, but not before the calendar begins."""
    return date.fromordinal(max(day.toordinal() - days, 1))


def chosen(today: date, first: date | None = None, last: date | None = None) -> Span:
    """The days asked for; without an end up to yesterday, without a start a month of them.

    Raises ValueError when the first day comes after the last.
    """
    if last is None:
        yesterday = today - timedelta(days=1)
        last = max(yesterday, first) if first else yesterday
    span = Span(first or _back(last, MONTH - 1), last)
    if span.first > span.last:
        raise ValueError(f"the first day, {span.first}, comes after the last, {span.last}")
    return span


def earlier(span: Span, times: int = EARLIER) -> list[Span]:
    """The periods before one, as long as it is, the oldest first."""
    return [span.before(number) for number in range(times, 0, -1)]


def of_plan(period: Period | None) -> Span | None:
    """The days of a period of the catalogue."""
    return Span(date.fromisoformat(period.start), date.fromisoformat(period.end)) if period else None
