"""From slots to services: how much of the query each phrase and each service covers."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nlargest
from typing import TYPE_CHECKING

from kiosk.search import confidence, plan
from kiosk.search.hit import Hit, Result
from kiosk.search.lookup import Slot

if TYPE_CHECKING:
    from kiosk.search.index import Index

MAX_POSTINGS = 1_500
"""Of one token; the most telling phrases come first."""
MAX_WORK = 3_000
"""Postings visited for one query."""
FINALISTS = 30
SCREEN_LANGUAGE = 1.08
BEST, COVERAGE, SUPPORT = 0.55, 0.35, 0.10
"""What a score is made of: the best phrase, the share of the query found anywhere, other phrases."""
PRIOR = 0.05
"""How much more the service that visitors choose most often scores, other things being equal."""


def search(
    index: Index, query: str, lang: str, limit: int, typing: bool, prior: Mapping[str, float]
) -> Result:
    """Rank the services for a query; see Index.search."""
    reading = plan.read(index, query, lang, typing)
    match = _Match(index, reading, lang, prior)
    if not match.full:
        return Result()
    ranked = sorted(map(match.hit, match.finalists()), key=lambda hit: -hit.score)
    features = confidence.words(ranked, reading.latin)
    likelihood = confidence.WORDS.likelihood(features)
    sure = reading.telling and (confidence.exact(ranked) or likelihood >= confidence.WORDS.threshold)
    return Result(
        tuple(ranked[:limit]), sure, match.work, likelihood, reading.telling, features, reading.asked
    )


class _Match:
    """What each slot found: value per phrase, and the sums."""

    def __init__(self, index: Index, reading: plan.Reading, lang: str, prior: Mapping[str, float]) -> None:
        self.index = index
        self.reading = reading
        self.lang = lang
        self.prior = prior
        self.full = sum(slot.full for slot in reading.slots if slot.counts)
        self.work = 0
        self.found: list[tuple[dict[int, float], Slot]] = []
        self.services: dict[int, float] = {}
        # The rarest words first, so that a budget that runs out is missed least.
        for slot in sorted(reading.slots, key=lambda slot: sum(end - start for _, start, end in slot.ranges)):
            found = self._visit(slot)
            self.found.append((found, slot))
            self._add(found)
        self.touched = set().union(*(found for found, _ in self.found))

    def _visit(self, slot: Slot) -> dict[int, float]:
        found: dict[int, float] = {}
        postings = self.index.lexicon.postings
        chosen = []
        for value, start, end in reversed(slot.ranges):
            end = min(end, start + min(MAX_POSTINGS, MAX_WORK - self.work))
            self.work += end - start
            chosen.append((value, start, end))
        for value, start, end in reversed(chosen):
            found.update(dict.fromkeys(postings[start:end], value))
        return found

    def _add(self, found: dict[int, float]) -> None:
        service_of, weight = self.index.service, self.index.weight
        best: dict[int, float] = {}
        for phrase, value in found.items():
            service = service_of[phrase]
            value *= weight[phrase]
            if value > best.get(service, 0.0):
                best[service] = value
        for service, value in best.items():
            self.services[service] = self.services.get(service, 0.0) + value

    def finalists(self) -> list[int]:
        """The services that cover most of the query, in the order of the catalogue, which decides a tie."""
        return sorted(nlargest(FINALISTS, self.services, key=self.services.__getitem__))

    def hit(self, service: int) -> Hit:
        """The service with its best phrase."""
        index = self.index
        scores: list[tuple[float, float, int]] = []
        matched, matched_score = "", 0.0
        own = index.members[index.first[service] : index.first[service + 1]]
        for phrase in sorted(self.touched.intersection(own)):
            score, told = self._phrase(phrase)
            scores.append((score, told, -phrase))
            if index.texts[phrase] and score > matched_score:
                matched, matched_score = index.texts[phrase], score
        scores.sort(reverse=True)
        best, told, number = scores[0]
        support = min(1.0, sum(score for score, _, _ in scores[1:4]) / 2)
        found, name = self.services[service], index.ids[service]
        coverage = min(1.0, found / self.full)
        total = BEST * best + COVERAGE * coverage + SUPPORT * support
        total *= 1 + PRIOR * self.prior.get(name, 0.0)
        worth = found * self.reading.density
        return Hit(name, total, matched, coverage, told, worth, self.reading.said(self._places(-number)))

    def _places(self, phrase: int) -> set[int]:
        """Where in the query the words stand that count and occur in a phrase."""
        return {
            place for found, slot in self.found if slot.counts and phrase in found for place in slot.places
        }

    def _phrase(self, phrase: int) -> tuple[float, float]:
        """How well a phrase and the query are the same, both covered by the other; and the phrase's share."""
        index = self.index
        value, hits = 0.0, 0
        for found, slot in self.found:
            if phrase in found:
                value += found[phrase]
                hits += slot.counts
        told = min(1.0, hits / index.length[phrase])
        score = index.weight[phrase] * min(1.0, value / self.full) * (0.6 + 0.4 * told)
        spoken = index.languages[index.language[phrase]] == self.lang
        return (score * SCREEN_LANGUAGE if spoken else score), told
