"""Words and meaning together: the more of a query the words cover, the more they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from heapq import nlargest
from typing import NamedTuple

from kiosk.search import confidence
from kiosk.search.hit import Hit, Result

KEPT = 30
"""Services that an answer names at most."""
NEARNESS = 3.3
"""What a cosine above the middle counts beside a score by words (tuned on one half of the rated queries)."""
UNCOVERED = 0.3
"""What the words decide when they cover nothing of the query."""


class Near(NamedTuple):
    """How near a service is to a query (cosine, -1 to 1), and by which text, if visitors may see it."""

    cosine: float
    matched: str


class Nearness(NamedTuple):
    """The nearest services and those asked for, by id; the middle of the cosines of all services; and
    how much nearer (difference of cosines) the query is to a service than to anything elsewhere."""

    services: Mapping[str, Near]
    middle: float
    nearer: float

    @property
    def nearest(self) -> str:
        """The nearest service of all, empty without any."""
        return max(self.services, key=lambda service: self.services[service].cosine, default="")


def blend(first: Result, nearness: Nearness) -> Result:
    """Rank again what words found with how near everything is; not by places but by how much was covered.

    A service that words did not find keeps no words of the visitor's; `first` is returned when
    nothing is near.
    """
    services = nearness.services
    if not services:
        return first
    by_words = {hit.id: hit for hit in first.hits}
    trust = UNCOVERED + (1 - UNCOVERED) * (first.hits[0].coverage if first.hits else 0.0)

    def score(service: str) -> float:
        said = by_words[service].score * trust if service in by_words else 0.0
        return said + NEARNESS * (services[service].cosine - nearness.middle)

    hits = tuple(
        replace(
            by_words.get(service) or Hit(service, 0.0, services[service].matched, 0.0), score=score(service)
        )
        for service in nlargest(KEPT, services, key=score)
    )
    likelihood = confidence.MEANING.likelihood(confidence.meaning(first.features, nearness.nearer))
    sure = first.telling and (confidence.exact(first.hits) or likelihood >= confidence.MEANING.threshold)
    return replace(first, hits=hits, confident=sure, likelihood=likelihood)
