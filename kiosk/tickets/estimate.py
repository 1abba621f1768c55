"""How long somebody will wait, learned from the lane's own visitors: a range, "now", or not known yet.

The work before somebody's turn is one handling time for each person ahead, one for the turn itself, and what
those at the counters still need beyond or below the usual; the open desks share it. It is taken as a gamma
variable (a sum of handling times is close to one), widened for what a line cannot know. Its 10 % and 90 %
quantiles are the range. How well that holds is measured by tests/bench/waits.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5
"""Past visitors without whom nothing is said."""
SHARES = (0.1, 0.9)
"""Of waits that end below the range, and below its upper end."""
RECENT, RECENT_DOUBT = 40, 60
"""The latest visitors show what today is like; so many would weigh as much as the lane's whole history."""
LONGEST = 5.0
"""How many times the lane's mean a recent visit counts at most: somebody forgot to press a key."""
USUAL_VARIATION, VARIATION_DOUBT = 0.8, 20
"""Variation (deviation / mean) of handling times before any are known, and how many visitors it weighs."""
VARIATION = (0.4, 1.2)
"""The least and the most that is believed of a variation."""
BETWEEN = 1.07
"""What comes in between and nobody counts: the breath between two visitors, priority that arrives later."""
UNKNOWN = 0.15
"""Deviation / mean of what the next hour may bring: desks that close or open, a slow day."""
LEAST_WORK = 0.2
"""Handling times that are still ahead at the least, however long those at the counters have been there."""


@dataclass(frozen=True)
class Quote:
    """Whole minutes, both ends included; `high` 0 means now."""

    low: int
    high: int


@dataclass(frozen=True)
class Situation:
    """What is known of a line when somebody asks how long.

    `ahead` people will be called before. `desks` that serve the lane are open now, one that is shared with
    another lane counting as a part; at `free` of them nobody is. `in_progress` has the seconds since the last
    call of everybody called or being served there, `handled` the seconds from call to end of the lane's past
    visitors, no-shows included, the oldest first, at most the latest 200.
    """

    ahead: int
    desks: float
    free: int
    in_progress: tuple[float, ...]
    handled: tuple[float, ...]


def estimate(situation: Situation) -> Quote | None:
    """The wait in kindly rounded minutes, right for four in five; None while nothing is known."""
    if situation.desks <= 0:
        return None
    if situation.free > 0 and situation.ahead <= 0:
        return Quote(0, 0)
    if len(situation.handled) < FEWEST:
        return None
    low, high = predicted(situation)
    return rounded(low / 60, high / 60)


def predicted(situation: Situation) -> tuple[float, float]:
    """The 10 % and the 90 % quantile of the wait in seconds; takes a desk and a past visitor for granted."""
    mean, variation = learned(situation.handled)
    # What somebody at a counter still needs on average, whenever one looks.
    usual = mean * (1 + variation**2) / 2
    there = [remaining(taken, mean, variation) - usual for taken in situation.in_progress]
    there += [-usual] * situation.free
    # Of a desk that is shared, only this lane's part counts.
    beyond = sum(there) * min(1.0, situation.desks / len(there)) if there else 0.0
    work = BETWEEN * max(LEAST_WORK * mean, (situation.ahead + 1) * mean + beyond)
    # The chance in each handling time, then what all of them share: the lane's mean, and the next hour.
    shared = variation**2 / len(situation.handled) + UNKNOWN**2
    shape = 1 / (variation**2 * mean / work + shared)
    low, high = (gamma_quantile(share, shape) * work / shape / situation.desks for share in SHARES)
    return low, high


def learned(handled: Sequence[float]) -> tuple[float, float]:
    """Mean in seconds and variation of the next handling times: recent ones, shrunk toward the history."""
    count, recent = len(handled), handled[-RECENT:]
    history = max(1.0, sum(handled) / count)
    lately = sum(min(taken, LONGEST * history) for taken in recent) / len(recent)
    weight = len(recent) / (len(recent) + RECENT_DOUBT)
    deviation = math.sqrt(sum((taken - history) ** 2 for taken in handled) / max(1, count - 1))
    known = count / (count + VARIATION_DOUBT)
    variation = known * deviation / history + (1 - known) * USUAL_VARIATION
    return (
        max(1.0, weight * lately + (1 - weight) * history),
        min(max(variation, VARIATION[0]), VARIATION[1]),
    )


def remaining(taken: float, mean: float, variation: float) -> float:
    """Seconds that a visit of log-normal length is expected to last on after `taken`, two means at most."""
    if taken < 1:
        return mean
    spread = math.sqrt(math.log1p(variation**2))
    place = math.log(taken / mean) / spread + spread / 2
    lasts = math.erfc(place / math.sqrt(2))
    longer = mean * math.erfc((place - spread) / math.sqrt(2))
    return min(longer / lasts - taken, 2 * mean) if lasts > 1e-9 else 2 * mean


def gamma_quantile(share: float, shape: float) -> float:
    """What a gamma variable of scale 1 stays below with probability `share`; both above 0, `share` below 1.

    Newton's steps from near the median, halved where they leave the bracket.
    """
    # The first term of the series alone is too large a probability, so its quantile is never too large.
    low, high = math.exp((math.log(share) + math.lgamma(shape + 1)) / shape), math.inf
    value = max(shape - 1 / 3, low)
    for _ in range(100):
        excess = gamma_share(value, shape) - share
        low, high = (low, value) if excess > 0 else (value, high)
        slope = math.exp((shape - 1) * math.log(value) - value - math.lgamma(shape))
        better = value - excess / slope if slope > 0 else math.inf
        if not low <= better <= high:
            better = (low + high) / 2 if high < math.inf else 2 * value
        if abs(better - value) <= 1e-12 * value:
            break
        value = better
    return value


def gamma_share(value: float, shape: float) -> float:
    """The probability that a gamma variable of scale 1 stays below a value, by its series."""
    term = total = 1 / shape
    divisor = shape
    while term > total * 1e-16:
        divisor += 1
        term *= value / divisor
        total += term
    return total * math.exp(shape * math.log(value) - value - math.lgamma(shape)) if value > 0 else 0.0


def rounded(low: float, high: float) -> Quote:
    """Minutes as a person would say them: the nearest below, the next above, and never one number alone."""
    kind = _step(low)
    first = math.floor(low / kind + 0.5) * kind
    kind = _step(high)
    last = math.ceil(high / kind) * kind
    return Quote(first, max(last, first + _step(first)))


def _step(minutes: float) -> int:
    """To which minutes a wait is rounded."""
    return 1 if minutes < 10 else 5 if minutes < 60 else 10
