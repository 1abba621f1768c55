"""Knowing when not to know: how likely it is that a query is one that something here answers.

Two logistic models, for words alone and for words with meaning, fitted by `tests/bench/calibrate.py` on
the tuning half of the rated queries. At each threshold about one in twelve of the questions that
nothing here answers would still be shown as answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from kiosk.search.hit import Hit


class Weights(NamedTuple):
    """A logistic model: a constant, a weight for each feature, and where "sure" begins."""

    bias: float
    features: tuple[float, ...]
    threshold: float

    def likelihood(self, features: Sequence[float]) -> float:
        """Between 0 and 1."""
        total = self.bias + sum(w * x for w, x in zip(self.features, features, strict=True))
        return 1 / (1 + exp(-max(-50.0, min(50.0, total))))


WORDS = Weights(-7.563, (3.869, 1.011, 3.402, 0.3138, 0.1623), 0.65)
MEANING = Weights(-6.474, (2.531, 1.615, 2.562, 0.2713, 0.1634, 54.11), 0.53)


def words(hits: Sequence[Hit]) -> tuple[float, ...]:
    """Features of the first hit: coverage, lead, what it told, its worth, the worth of what it lacks."""
    if not hits or not hits[0].coverage:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    first = hits[0]
    lead = first.score - (hits[1].score if len(hits) > 1 else 0.0)
    lacking = first.worth * (1 / first.coverage - 1)
    return first.coverage, lead, first.told, first.worth, lacking


def meaning(hits: Sequence[Hit], nearer: float) -> tuple[float, ...]:
    """The same with `nearer`: how much nearer the query is to a service than to anything else."""
    return *words(hits), nearer
