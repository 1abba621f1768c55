"""What a search answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A service: score 0 to about 1, `coverage` the share of the query its words explain (0 to 1).

    `matched` is the name or keyword that fits best, as written in the catalogue; empty when
    only the summary or the category fits. `told` is the share of the best text's words that the query
    says, `worth` how telling the words found are (inverse document frequencies, added; a Chinese
    character is half a word). `words` are the visitor's own that the best text shares.
    """

    id: str
    score: float
    matched: str
    coverage: float
    told: float = 0.0
    worth: float = 0.0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """Hits, best first; `work` in postings visited.

    `likelihood` (0 to 1) says how surely the query is one that something here answers; `telling` is
    false when it says too little to be sure of anything. Both together make it `confident`. `features`
    are what the likelihood by words was made of, `asked` is the query without the words that say nothing.
    """

    hits: tuple[Hit, ...] = ()
    confident: bool = False
    work: int = 0
    likelihood: float = 0.0
    telling: bool = False
    features: tuple[float, ...] = (0.0,) * 6
    asked: str = ""
