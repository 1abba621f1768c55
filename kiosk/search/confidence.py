"""Knowing when not to know: how likely it is that a query is one that something here answers.

Two logistic models, for words alone and for words with meaning, fitted by `tests/bench/calibrate.py` on
the tuning half of the rated queries. At the thresholds 8 and 5 % of the questions there that nothing
here answers would still be shown as answered, by models fitted without them.
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


WORDS = Weights(-7.35, (4.129, 0.7693, 3.312, 0.3148, 0.1679, -0.4121), 0.675)
MEANING = Weights(-6.133, (2.893, 1.286, 2.39, 0.2928, 0.1846, -0.8088, 57.67), 0.652)

ALL = 0.985
"""The share from which on nothing is missing."""
MOST_LACKING = 10.0
"""Long questions may leave more unsaid than short ones; but nothing beyond this speaks for an answer."""


def words(hits: Sequence[Hit], latin: float) -> tuple[float, ...]:
    """Features of the first hit: coverage, lead, what it told, its worth, the worth of what it lacks.

    And the share of the query that is in Latin letters: other scripts share fewer words by chance.
    """
    if not hits or not hits[0].coverage:
        return 0.0, 0.0, 0.0, 0.0, 0.0, latin
    first = hits[0]
    lead = first.score - (hits[1].score if len(hits) > 1 else 0.0)
    lacking = min(MOST_LACKING, first.worth * (1 / first.coverage - 1))
    return first.coverage, lead, first.told, first.worth, lacking, latin


def exact(hits: Sequence[Hit]) -> bool:
    """Whether the first hit's text and the query say the same, neither less nor more: always sure."""
    return bool(hits) and hits[0].coverage > ALL and hits[0].told > ALL


def meaning(by_words: Sequence[float], nearer: float) -> tuple[float, ...]:
    """The same with `nearer`: how much nearer the query is to a service than to anything else."""
    return *by_words, nearer
