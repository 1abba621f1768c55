"""From slots to services: how much of the query each phrase and each service covers."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from kiosk.search import plan
from kiosk.search.lookup import Slot

if TYPE_CHECKING:
    from kiosk.search.index import Index

CONFIDENT_SCORE = 0.45
CONFIDENT_COVERAGE = 0.6
"""Provisional: set by eye on the first catalogue, not calibrated against rated questions."""

MAX_POSTINGS = 1_500
"""Of one token; the most telling phrases come first."""
MAX_WORK = 8_000
"""Postings visited for one query."""
FINALISTS = 30
SCREEN_LANGUAGE = 1.08
BEST, COVERAGE, SUPPORT = 0.55, 0.35, 0.10
"""What a score is made of: the best phrase, the share of the query found anywhere, other phrases."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A service: score 0 to about 1, `coverage` the share of the query its words explain (0 to 1).

    `matched` is the name or keyword that fits best, as written in the catalogue; empty when
    only the summary or the category fits.
    """

    id: str
    score: float
    matched: str
    coverage: float


@dataclass(frozen=True, slots=True)
class Result:
    """Hits, best first; `confident` when the first is likely right; `work` in postings visited."""

    hits: tuple[Hit, ...] = ()
    confident: bool = False
    work: int = 0


def search(index: Index, query: str, lang: str, limit: int, typing: bool) -> Result:
    """Rank the services for a query; see Index.search."""
    slots, telling = plan.read(index, query, lang, typing)
    full = sum(slot.full for slot in slots if slot.counts)
    if not full:
        return Result()
    match = _Match(index, slots)
    hits = [hit for service in match.finalists() if (hit := match.hit(service, full, lang))]
    hits.sort(key=lambda hit: -hit.score)
    return Result(tuple(hits[:limit]), telling and _sure(hits), match.work)


def _sure(hits: list[Hit]) -> bool:
    return bool(hits) and hits[0].score >= CONFIDENT_SCORE and hits[0].coverage >= CONFIDENT_COVERAGE


class _Match:
    """What each slot found: value per phrase, and the sums."""

    def __init__(self, index: Index, slots: list[Slot]) -> None:
        self.index = index
        self.work = 0
        self.found: list[tuple[dict[int, float], bool]] = []
        self.services: dict[int, float] = {}
        # The rarest words first, so that a budget that runs out is missed least.
        for slot in sorted(slots, key=lambda slot: sum(end - start for _, start, end in slot.ranges)):
            found = self._visit(slot)
            self.found.append((found, slot.counts))
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
        """The services that cover most of the query, in the catalogue's order where equal."""
        return nlargest(FINALISTS, self.services, key=lambda service: (self.services[service], -service))

    def hit(self, service: int, full: float, lang: str) -> Hit:
        """The service with its best phrase."""
        index = self.index
        scores: list[float] = []
        matched, matched_score = "", 0.0
        own = index.members[index.first[service] : index.first[service + 1]]
        for phrase in sorted(self.touched.intersection(own)):
            score = self._phrase(phrase, full, lang)
            scores.append(score)
            if index.texts[phrase] and score > matched_score:
                matched, matched_score = index.texts[phrase], score
        scores.sort(reverse=True)
        support = min(1.0, sum(scores[1:4]) / 2)
        coverage = min(1.0, self.services[service] / full)
        total = BEST * scores[0] + COVERAGE * coverage + SUPPORT * support
        return Hit(index.ids[service], total, matched, coverage)

    def _phrase(self, phrase: int, full: float, lang: str) -> float:
        """How well a phrase and the query are the same: both must be covered by the other."""
        index = self.index
        value, hits = 0.0, 0
        for found, counts in self.found:
            if phrase in found:
                value += found[phrase]
                hits += counts
        told = min(1.0, hits / index.length[phrase])
        score = index.weight[phrase] * min(1.0, value / full) * (0.6 + 0.4 * told)
        return score * SCREEN_LANGUAGE if index.languages[index.language[phrase]] == lang else score
