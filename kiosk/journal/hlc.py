"""The hybrid logical clock: times that never run backwards, compared as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

START = "000000000000-0000"
"""Earlier than every event."""

AHEAD = timedelta(minutes=5)
"""How far another machine's clock may be ahead of this one's time to be believed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST_COUNT = 0xFFFF
_FORM = re.compile(r"[0-9a-f]{12}-[0-9a-f]{4}")


def tick(last: str, moment: datetime) -> str:
    """The clock of the next event: 12 hex digits of UTC milliseconds, `-`, 4 hex digits of counter.

    It follows the wall clock, counts on when that stands still or has been set back, and is always
    greater than `last` (Kulkarni et al. 2014).
    """
    now = (moment - _EPOCH) // _MILLISECOND
    then, count = int(last[:12], 16), int(last[13:], 16)
    if now > then:
        return f"{now:012x}-0000"
    if count < _LAST_COUNT:
        return f"{then:012x}-{count + 1:04x}"
    return f"{then + 1:012x}-0000"


def is_clock(text: str) -> bool:
    """Whether a text has the form of a clock."""
    return _FORM.fullmatch(text) is not None


def believable(clock: str, moment: datetime) -> bool:
    """Whether a clock is at most AHEAD of the moment here, so that later events may follow it."""
    return is_clock(clock) and int(clock[:12], 16) <= (moment + AHEAD - _EPOCH) // _MILLISECOND
