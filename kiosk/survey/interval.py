"""How sure a share of a sample is: Wilson's interval, its form for weighted strata, and for a difference."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

Z95 = 1.959963984540054
"""So many standard deviations to both sides hold 95 % of a normal variable."""


class Interval(NamedTuple):
    """Both ends of a 95 % interval; shares from 0 to 1, or differences of two from -1 to 1."""

    low: float
    high: float


class Stratum(NamedTuple):
    """A part of the visitors: `weight` is its size in any unit, `successes` of its `n` answers count."""

    weight: float
    successes: int
    n: int


class Weighted(NamedTuple):
    """The share of all visitors, and how many answers of a simple random sample would be as sure."""

    share: float
    interval: Interval
    effective: float


def wilson(successes: float, n: float, z: float = Z95) -> Interval:
    """The score interval of a share; from 0 to 1 while there are no answers.

    Source: Wilson 1927; recommended for small samples by Brown, Cai and DasGupta 2001, Stat. Sci. 16:101.
    """
    spread = successes * (n - successes) / n if n else 0.0
    middle = (successes + z * z / 2) / (n + z * z)
    # A rounding error below nothing would be a root of a negative number.
    half = z * math.sqrt(max(spread, 0.0) + z * z / 4) / (n + z * z)
    low = 0.0 if successes <= 0 else max(middle - half, 0.0)
    high = 1.0 if successes >= n else min(middle + half, 1.0)
    return Interval(low, high)


def weighted(cells: Iterable[Stratum], z: float = Z95) -> Weighted | None:
    """The share over strata, each by its weight; None while one that has weight has under two answers.

    The interval is Wilson's with the effective sample size, which is never more than the answers there are;
    every stratum counts as a random sample with replacement, which errs to the side of a wider interval.
    Source: Franco, Little, Louis and Slud 2019, J. Surv. Stat. Methodol. 7:334; Kish 1965.
    """
    strata = [cell for cell in cells if cell.weight > 0]
    if not strata or any(cell.n < 2 for cell in strata):
        return None
    whole = math.fsum(cell.weight for cell in strata)
    parts = [(cell.weight / whole, cell.successes / cell.n, cell.n) for cell in strata]
    share = math.fsum(cell.weight * (cell.successes / cell.n) for cell in strata) / whole
    variance = math.fsum(part * part * p * (1 - p) / (n - 1) for part, p, n in parts)
    answers = sum(n for _, _, n in parts)
    if variance > 0 and 0 < share < 1:
        effective = share * (1 - share) / variance
    else:
        # Everybody within each stratum agrees, so that only the weights tell: Kish.
        effective = 1 / math.fsum(part * part / n for part, _, n in parts)
    effective = min(effective, answers)
    return Weighted(share, wilson(share * effective, effective, z), effective)


def difference(now: float, sure: Interval, before: float, was_sure: Interval) -> Interval:
    """The interval of `now - before`, two independent shares with their own intervals.

    Source: Newcombe 1998, Stat. Med. 17:873, method 10; for other intervals than Wilson's, Zou and Donner
    2008, Stat. Med. 27:1693.
    """
    change = now - before
    return Interval(
        change - math.hypot(now - sure.low, was_sure.high - before),
        change + math.hypot(sure.high - now, before - was_sure.low),
    )
