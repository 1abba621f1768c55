"""What the quoted waits were worth, once everybody was called."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One person called: the lane and the local hour of the ticket, what was quoted, what came of it.

    `low` and `high` are minutes, both None where nothing was known yet; `waited` is in seconds, and
    `accurate` says whether it was measured.
    """

    lane: str
    hour: int
    low: int | None
    high: int | None
    waited: float
    accurate: bool = True


@dataclass(frozen=True)
class Cell:
    """The figures of some rows; those of the quotes are None where nothing was quoted.

    `error` is the median distance in minutes of the wait from the middle of the quote; `over` and `under`
    are the shares of quotes that ended after the upper and before the lower bound.
    """

    quoted: int
    not_known: int
    error: float | None
    over: float | None
    under: float | None


@dataclass(frozen=True)
class Score:
    """The cells of a day: by lane and hour, by lane, and of everybody."""

    hours: dict[tuple[str, int], Cell]
    lanes: dict[str, Cell]
    total: Cell


def score(rows: Iterable[Row]) -> Score:
    """The figures of all rows with an accurate time; lanes by name, their hours in the order of the rows."""
    hours: dict[tuple[str, int], list[Row]] = defaultdict(list)
    lanes: dict[str, list[Row]] = defaultdict(list)
    counted = sorted((row for row in rows if row.accurate), key=lambda row: row.lane)
    for row in counted:
        hours[row.lane, row.hour].append(row)
        lanes[row.lane].append(row)
    return Score(
        {key: cell(some) for key, some in hours.items()},
        {lane: cell(some) for lane, some in lanes.items()},
        cell(counted),
    )


class Tally:
    """The figures of people who are added one by one, in a few bytes each."""

    def __init__(self) -> None:
        self._off = array("d")
        self._not_known = self._over = self._under = 0

    def add(self, low: int | None, high: int | None, waited: float) -> None:
        """Somebody who was called, as a Row has them."""
        if low is None or high is None:
            self._not_known += 1
            return
        self._off.append(off(low, high, waited))
        self._over += over(high, waited)
        self._under += under(low, waited)

    def cell(self) -> Cell:
        """The figures so far."""
        quoted = len(self._off)
        if not quoted:
            return Cell(0, self._not_known, None, None, None)
        return Cell(quoted, self._not_known, median(self._off), self._over / quoted, self._under / quoted)


def cell(rows: Iterable[Row]) -> Cell:
    """The figures of rows, whether their times are accurate or not."""
    tally = Tally()
    for row in rows:
        tally.add(row.low, row.high, row.waited)
    return tally.cell()


def off(low: int, high: int, waited: float) -> float:
    """Minutes between a wait of some seconds and the middle of its quote."""
    return abs(waited / 60 - (low + high) / 2)


def over(high: int, waited: float) -> bool:
    """Whether a wait of some seconds was longer than quoted; "now" is kept by a call within a minute."""
    return waited > 60 * max(high, 1)


def under(low: int, waited: float) -> bool:
    """Whether a wait of some seconds was shorter than quoted."""
    return waited < 60 * low
