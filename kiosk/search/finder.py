"""What a visitor's words are answered with: the index, staff's verdicts, what others chose, the meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kiosk.search import blend, confidence
from kiosk.search.fold import units
from kiosk.search.hit import Hit, Result
from kiosk.search.rank import FINALISTS

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.search.index import Index
    from kiosk.search.meaning import Meaning


@dataclass
class Finder:
    """`first` answers by words alone, at every key; `final` weighs in the meaning, when there is any.

    `pinned` and `blocked` are by folded query. `prior` says how often services are chosen (shares).
    `meaning` may be set later, from any thread; `final` is for one thread at a time and may run beside
    `first`.
    """

    index: Index
    pinned: Mapping[str, str] = field(default_factory=dict)
    blocked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prior: Mapping[str, float] = field(default_factory=dict)
    meaning: Meaning | None = None

    @classmethod
    def of(cls, index: Index, catalog: Catalog, prior: Mapping[str, float]) -> Finder:
        """With the verdicts of the catalogue's `pin` and `block`."""
        pinned = {folded(query): service for query, service in catalog.pin.items()}
        blocked: dict[str, frozenset[str]] = {}
        for query, services in catalog.block.items():
            blocked[folded(query)] = blocked.get(folded(query), frozenset()).union(services)
        return cls(index, pinned, blocked, prior)

    def first(self, query: str, lang: str, typing: bool = True) -> Result:
        """The services whose words fit, best first, FINALISTS at most; never an error."""
        found = self.index.search(query, lang, FINALISTS, typing, self.prior)
        return self._judged(query, found)

    def final(self, query: str, first: Result) -> Result:
        """The same with what the query means; `first` itself without the extra `semantic`."""
        if self.meaning is None:
            return first
        nearness = self.meaning.near(first.asked, (hit.id for hit in first.hits))
        return self._judged(query, blend.blend(first, nearness), nearness.nearest)

    def search(self, query: str, lang: str, limit: int = 10, typing: bool = False) -> Result:
        """The final answer at once, for callers that can wait for it."""
        result = self.final(query, self.first(query, lang, typing))
        return replace(result, hits=result.hits[:limit])

    def _judged(self, query: str, found: Result, nearest: str = "") -> Result:
        """What staff know better. What speaks for a blocked service speaks for none that is left."""
        if not (self.pinned or self.blocked):
            return found
        key = folded(query)
        pinned, blocked = self.pinned.get(key, ""), self.blocked.get(key, frozenset())
        if not (key and (pinned or blocked)):
            return found
        hits = tuple(hit for hit in found.hits if hit.id not in blocked and hit.id != pinned)
        if not pinned:
            if hits[:1] == found.hits[:1] and nearest not in blocked:
                return replace(found, hits=hits)
            return replace(found, hits=hits, confident=False, features=confidence.words((), 0.0))
        top = next((hit for hit in found.hits if hit.id == pinned), Hit(pinned, 1.0, "", 1.0))
        hits = (replace(top, words=" ".join(query.split())), *hits)
        return replace(found, hits=hits[:FINALISTS], confident=True)


def folded(query: str) -> str:
    """A query without what does not matter when two are compared: case, accents, spaces, signs."""
    return " ".join(unit.folded for unit in units(query))
