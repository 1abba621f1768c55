"""A ticket as it stands after its events, and the times that are read from it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

WAITING, CALLED, SERVING, HOLD, NO_SHOW = "waiting", "called", "serving", "hold", "no_show"
FINISHED, LEFT, VOID = "finished", "left", "void"
STATES = (WAITING, CALLED, SERVING, HOLD, NO_SHOW, FINISHED, LEFT, VOID)
FINAL = (FINISHED, LEFT, VOID)
OPEN = (WAITING, CALLED, SERVING, HOLD)
"""States of a ticket that somebody may still be here for; a no-show is live until its day is closed."""

PRIORITIES = ("assisted", "booked")
"""What a docent may choose; nothing about health, nothing more than this is ever known."""
SIGN = "sign"
"""The interpreter somebody needs who signs."""

WaitBand = Literal["none", "under_5", "5_15", "15_30", "30_60", "over_60"]


class Ticket(NamedTuple):
    """One person's place in a line; a row of the table `tickets`, in the same order.

    Times are stamps (`YYYY-MM-DDTHH:MM:SS.mmmZ`) or "" where it has not come to that. `arrival` sorts
    tickets by when they were issued, on every machine alike. `priority` is "", `assisted` or `booked`;
    `interpreter` "", `sign` or a language. `ended_how` says who ended it (`left`: visitor, phone, desk,
    day_end) or why (`void`). `printing` is "" without a printer, else pending, ok, failed or reprinted.
    `last_call` sorts tickets by their latest call as `arrival` does by their issue.
    `also_called` names counters, divided by commas, whose call lost against another's. `latest` is the
    event that an undo would name; `skipped` counts events that were not legal. `late_at` is when they said
    that they are running late, until they are served.
    """

    ticket: str
    code: str
    lane: str
    first_lane: str
    service: str
    language: str
    channel: str
    priority: str
    interpreter: str
    state: str
    day: str
    arrival: str
    issued_at: str
    ahead: int
    quote_low: int | None
    quote_high: int | None
    first_called_at: str = ""
    last_called_at: str = ""
    calls: int = 0
    counter: str = ""
    staff: str = ""
    serving_at: str = ""
    ended_at: str = ""
    ended_how: str = ""
    time_accurate: bool = True
    printing: str = ""
    print_fault: str = ""
    also_called: str = ""
    latest: str = ""
    skipped: int = 0
    last_call: str = ""
    late_at: str = ""

    @property
    def waited(self) -> float | None:
        """Seconds from the issue to the first call; None before that."""
        return _spent(self.issued_at, self.first_called_at)

    @property
    def occupied(self) -> float | None:
        """Seconds that the counter was taken up, from the last call to the end; None before that."""
        return _spent(self.last_called_at, self.ended_at)

    @property
    def handled(self) -> float | None:
        """Seconds at the counter, from the beginning of the service to its end; None before that."""
        return _spent(self.serving_at, self.ended_at)


def seconds(start: str, end: str) -> float:
    """Seconds between two stamps; negative where a clock was set back between them."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _spent(start: str, end: str) -> float | None:
    """Seconds between two stamps, none where a clock was set back; None where one is missing."""
    return max(seconds(start, end), 0.0) if start and end else None


def wait_band(waited: float | None) -> WaitBand:
    """How long somebody waited, coarse enough to name nobody; `none` for who took no ticket."""
    if waited is None:
        return "none"
    minutes = waited / 60
    bands: tuple[tuple[float, WaitBand], ...] = ((5, "under_5"), (15, "5_15"), (30, "15_30"), (60, "30_60"))
    return next((band for most, band in bands if minutes < most), "over_60")
