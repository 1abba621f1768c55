"""The search index: every phrase of every service in all languages, built once and kept as a file."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import accumulate, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from kiosk.catalog.model import Catalog
from kiosk.search import chinese, rank
from kiosk.search.fold import Unit, fold, pairs, units
from kiosk.search.hit import Hit, Result
from kiosk.search.lexicon import PAIR, SYLLABLE, Lexicon, Posting, pack, unpack
from kiosk.search.stems import Stemmers
from kiosk.search.stopwords import is_stop

__all__ = ["FORMAT", "Hit", "Index", "Result", "build", "cached"]

FORMAT = 1
"""Raise it whenever folding, tokens, weights or the layout change: older files are then rebuilt."""

NAME, KEYWORD, FORMER, SUMMARY, CATEGORY = range(5)
_WEIGHTS = (1.0, 1.0, 0.95, 0.5, 0.25)


class Phrase(NamedTuple):
    """One text of one service: its name, a keyword, its summary … in one language."""

    service: int
    language: str
    field: int
    text: str


class Index:
    """What search needs of the catalogue. Phrases are numbered from the most to the least telling,
    so that a visit of postings that is cut short has seen the best of them.

    `service`, `language`, `length` (in words that count) and `weight` belong to phrase n;
    `members[first[s]:first[s + 1]]` are the phrases of service s. Not for two threads at once.
    """

    def __init__(
        self,
        ids: list[str],
        languages: list[str],
        texts: list[str],
        columns: tuple[array[int], array[int], array[int], array[float]],
        lexicon: Lexicon,
    ) -> None:
        self.ids = ids
        self.languages = languages
        self.texts = texts
        self.service, self.language, self.length, self.weight = columns
        self.lexicon = lexicon
        self.stemmers = Stemmers()
        counts = [0] * len(ids)
        for service in self.service:
            counts[service] += 1
        self.first = array("I", accumulate(counts, initial=0))
        self.members = array("I", sorted(range(len(self.service)), key=self.service.__getitem__))

    def search(
        self,
        query: str,
        lang: str,
        limit: int = 10,
        typing: bool = True,
        prior: Mapping[str, float] = MappingProxyType({}),
    ) -> Result:
        """The services that fit a query best, never an error.

        `lang` is the screen's language (a small bonus; the query may be in any); with `typing`
        the last word may be the beginning of one. `prior` says of services how often they are
        chosen, from 0 to 1 for the most usual; it decides between those that fit alike.
        """
        return rank.search(self, query, self._nearest(lang), limit, typing, prior)

    def _nearest(self, lang: str) -> str:
        """The index's own code for a language: zh, zh-CN and zh_Hans_US are all zh_Hans."""
        if lang in self.languages:
            return lang
        spoken = lang.replace("-", "_").partition("_")[0].lower()
        return next((one for one in self.languages if one.partition("_")[0] == spoken), lang)

    def to_json(self) -> str:
        """The whole index as JSON text."""
        columns = (self.service, self.language, self.length, self.weight)
        return json.dumps(
            {
                "format": FORMAT,
                "ids": self.ids,
                "languages": self.languages,
                "texts": "\n".join(self.texts),
                "columns": [pack(column) for column in columns],
                "lexicon": self.lexicon.to_dict(),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Index:
        """The inverse of to_json; ValueError when the text is of another format or damaged."""
        raw = json.loads(text)
        try:
            if raw["format"] != FORMAT:
                raise ValueError(f"search index of format {raw['format']}, not {FORMAT}")
            service, language, length, weight = map(unpack, "IBBf", raw["columns"])
            texts = raw["texts"].split("\n")
            lexicon = Lexicon.from_dict(raw["lexicon"])
            return cls(raw["ids"], raw["languages"], texts, (service, language, length, weight), lexicon)
        except (KeyError, TypeError, AttributeError, IndexError) as problem:
            raise ValueError(f"damaged search index: {problem!r}") from problem


def build(catalog: Catalog, localized: Mapping[str, Catalog]) -> Index:
    """Index the catalogue in English and every translation; `localized` maps language -> Catalog."""
    languages = list(dict.fromkeys(["en", *localized, *_keyword_languages(catalog)]))
    stemmers = Stemmers(memo=True)
    rows = []
    for phrase in _phrases(catalog, {"en": catalog} | dict(localized)):
        row = units(phrase.text)
        if row:
            length = _length(row, phrase.language)
            rows.append((_WEIGHTS[phrase.field] * (0.98 + 0.02 / length), phrase, row, length))
    rows.sort(key=lambda entry: -entry[0])
    found: dict[str, Posting] = {}
    for number, (_, phrase, row, _) in enumerate(rows):
        bit = 1 << languages.index(phrase.language)
        for token in _tokens(row, phrase, stemmers):
            posting = found.setdefault(token, Posting())
            posting.phrases.append(number)
            posting.services.add(phrase.service)
            posting.languages |= bit
    columns = (
        array("I", (phrase.service for _, phrase, _, _ in rows)),
        array("B", (languages.index(phrase.language) for _, phrase, _, _ in rows)),
        array("B", (length for _, _, _, length in rows)),
        array("f", (weight for weight, _, _, _ in rows)),
    )
    texts = [" ".join(phrase.text.split()) if phrase.field <= FORMER else "" for _, phrase, _, _ in rows]
    return Index([one.id for one in catalog.services], languages, texts, columns, Lexicon.build(found))


def cached(folder: Path | None, key: str, make: Callable[[], Index]) -> Index:
    """The index from DATA/cache, or made and kept there for the next start.

    `key` names the content: anything that changes with the catalogue or a translation. A file that
    is missing, damaged or of an older format is replaced; a folder that can't be written is no error.
    """
    if folder is None:
        return make()
    file = folder / f"search-{FORMAT}-{sha256(key.encode()).hexdigest()[:16]}.json"
    # A cache is only ever a saving: whatever is wrong with it, the index can be made anew.
    with suppress(OSError, ValueError):
        return Index.from_json(file.read_text(encoding="utf-8"))
    index = make()
    with suppress(OSError):
        _write(file, index.to_json())
    return index


def _write(file: Path, text: str) -> None:
    """Replace the file at once, and remove those of earlier catalogues."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)
    for old in file.parent.glob("search-*"):
        if old != file:
            old.unlink(missing_ok=True)


def _keyword_languages(catalog: Catalog) -> list[str]:
    return [language for service in catalog.services for language in service.keywords]


def _phrases(catalog: Catalog, localized: Mapping[str, Catalog]) -> Iterator[Phrase]:
    """Every text to be found; a translation that only repeats the English is left out."""
    for number, service in enumerate(catalog.services):
        for language, phrases in service.keywords.items():
            yield from (Phrase(number, language, KEYWORD, text) for text in phrases)
    english: set[tuple[int, int, str]] = set()
    for language, copy in localized.items():
        categories = {category.id: category.name for category in copy.categories}
        for number, service in enumerate(copy.services):
            texts = [(NAME, service.name), (SUMMARY, service.summary)]
            texts += [(FORMER, name) for name in service.former_names]
            texts += [(CATEGORY, categories.get(service.category, ""))]
            for field, text in texts:
                if language == "en":
                    english.add((number, field, text))
                elif (number, field, text) in english:
                    continue
                yield Phrase(number, language, field, text)


def _length(row: list[Unit], language: str) -> int:
    """Words that count, 1 to 255."""
    return min(255, max(1, sum(not is_stop(unit, language, True) for unit in row)))


def _tokens(row: list[Unit], phrase: Phrase, stemmers: Stemmers) -> set[str]:
    """Everything under which a phrase is found; joined neighbours only in names and keywords."""
    found: set[str] = set()
    for unit in row:
        found.add(unit.folded)
        found.update(form for form, _ in stemmers.forms(unit.folded, unit.script, phrase.language))
        if unit.script == "latin":
            found.add(unit.exact)
    telling = phrase.field <= FORMER
    found.update(
        joined for joined, place in pairs(row) if telling or row[place].script in ("han", "syllable")
    )
    if telling:
        for sounds in chinese.pinyin(fold(phrase.text)):
            found.update(SYLLABLE + sound for sound in sounds)
            found.update(PAIR + one + two for one, two in pairwise(sounds))
    return found
