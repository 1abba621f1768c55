"""What anyone could use instead: SQLite's FTS5 and rapidfuzz, given the same texts in all languages.

FTS5's tokenizer does not divide Chinese: a run of characters is one word to it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# numpy reads it when it is imported first: here, not in kiosk/search/nano.py, which asks for the same.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy
from quality import DEPTH, Row
from rapidfuzz import fuzz, process, utils

from kiosk.catalog.model import Catalog

COLUMNS = (2.0, 1.0, 0.5)
"""bm25 weights of name, keywords and summary: the best on the tuning half of eleven that were tried, all
within .03 of each other."""
SCORER = "token_set_ratio"
"""The better of the two on the tuning half: R@3 .90, `WRatio` .63."""


@dataclass(frozen=True)
class Text:
    """All that is said of a service, in all languages."""

    id: str
    names: tuple[str, ...]
    keywords: tuple[str, ...]
    summaries: tuple[str, ...]


def texts(catalogs: Mapping[str, Catalog]) -> Iterator[Text]:
    """What the kiosk's own index is built from; `catalogs` by language, English among them."""
    for services in zip(*(catalog.services for catalog in catalogs.values()), strict=True):
        own = services[0]
        yield Text(
            own.id,
            tuple(dict.fromkeys(name for one in services for name in (one.name, *one.former_names))),
            tuple(dict.fromkeys(phrase for phrases in own.keywords.values() for phrase in phrases)),
            tuple(dict.fromkeys(one.summary for one in services)),
        )


class Fts5:
    """A row a service; a query's words quoted and joined with OR, ranked by bm25."""

    name = "SQLite FTS5"

    def __init__(self, services: list[Text], columns: tuple[float, ...] = COLUMNS) -> None:
        self._order = f"bm25(services, 0, {', '.join(map(str, columns))})"
        self._rows = sqlite3.connect(":memory:")
        self._rows.execute(
            """CREATE VIRTUAL TABLE services USING fts5 (id UNINDEXED, name, keywords, summary,
               tokenize = 'porter unicode61 remove_diacritics 2')"""
        )
        self._rows.executemany(
            "INSERT INTO services VALUES (?, ?, ?, ?)",
            [(one.id, *map("\n".join, (one.names, one.keywords, one.summaries))) for one in services],
        )

    def answer(self, row: Row) -> list[str]:
        """The services, best first."""
        words = " OR ".join('"' + word.replace('"', '""') + '"' for word in row.query.split())
        found = self._rows.execute(
            f"SELECT id FROM services WHERE services MATCH ? ORDER BY {self._order} LIMIT {DEPTH}", (words,)
        )
        return [service for (service,) in found]


class Fuzzy:
    """The text most like the query decides, among names and keywords; the next best one between equals."""

    def __init__(self, services: list[Text], scorer: str = SCORER) -> None:
        self.name = f"rapidfuzz {scorer}"
        self._scorer = getattr(fuzz, scorer)
        self._ids = [one.id for one in services]
        phrases = [(*one.names, *one.keywords) for one in services]
        self._texts = [utils.default_process(text) for own in phrases for text in own]
        self._ends = numpy.cumsum([len(own) for own in phrases])

    def answer(self, row: Row) -> list[str]:
        """The services, best first."""
        asked = utils.default_process(row.query)
        scores = process.cdist([asked], self._texts, scorer=self._scorer, workers=-1)[0]
        by_service = [numpy.sort(own)[:-3:-1].tolist() for own in numpy.split(scores, self._ends[:-1])]
        order = sorted(range(len(self._ids)), key=by_service.__getitem__, reverse=True)
        return [self._ids[number] for number in order[:DEPTH]]
