"""The rated queries, their halves and groups, one typo in each, and how good a ranking of services is.

Shared by search.py, which reports, and calibrate.py, which tunes: only the half `tune` may be used for that.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from kiosk.search import stopwords  # noqa: E402
from kiosk.search.finder import Finder, folded  # noqa: E402
from kiosk.search.fold import Unit, fold, units  # noqa: E402
from kiosk.search.hit import Result  # noqa: E402
from kiosk.search.stems import Stemmers  # noqa: E402
from kiosk.settings import Settings  # noqa: E402
from kiosk.ui.library import Library  # noqa: E402

RATED = Path(__file__).with_name("rated")
CACHE = Path(tempfile.gettempdir()) / "kiosk-bench"
HALVES = ("tune", "report")
LANGUAGES = ("en", "es", "vi", "zh_Hans", "ar")
DEPTH = 10
"""Services of an answer that are looked at; a right one further down counts as not found."""
TYPO_FROM = 5
"""Letters of the shortest word that gets a typo."""

_STEMMERS = Stemmers(memo=True)
_WORD = re.compile(r"[^\W\d_]+")
_KEYS = {
    "latin": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "arabic": ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ"),
}


@dataclass(frozen=True)
class Row:
    """A rated query: `ids` are the right answers, none for what no service answers."""

    qid: str
    lang: str
    query: str
    ids: tuple[str, ...]
    typo: bool = False

    @property
    def half(self) -> str:
        """`tune` or `report`; a row with a typo is in the half of the row it was made from."""
        return half(self.qid)


def half(qid: str) -> str:
    """Half of a row by its qid, so that rows may come and go without moving the others."""
    return HALVES[crc32(qid.encode()) % 2]


def rated(folder: Path = RATED) -> tuple[list[Row], int]:
    """All rows, and how many were left out because an earlier row of the language asks the same.

    The same words in both halves would let what was tuned on be reported.
    """
    found: dict[tuple[str, str], Row] = {}
    count = 0
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            row = Row(raw["qid"], raw["lang"], raw["query"], tuple(raw["ids"]))
            found.setdefault((row.lang, folded(row.query)), row)
            count += 1
    return list(found.values()), count - len(found)


# Typos


def typos(rows: Iterable[Row]) -> list[Row]:
    """Each row that has an answer with one typo in it; rows without a word long enough are left out."""
    found = ((row, misspelled(row.query, row.qid)) for row in rows if row.ids)
    return [replace(row, query=query, typo=True) for row, query in found if query]


def misspelled(query: str, seed: str) -> str:
    """The query with one edit in its longest word, always the same for a seed; empty without such a word."""
    query = unicodedata.normalize("NFC", query)
    words = [word for word in _WORD.finditer(query) if len(word[0]) >= TYPO_FROM and _keyboard(word[0])]
    if not words:
        return ""
    word = max(words, key=lambda found: len(found[0]))
    return query[: word.start()] + _edited(word[0], random.Random(seed)) + query[word.end() :]


def _keyboard(word: str) -> str:
    """The script of a word when it is one that gets typos."""
    scripts = {unit.script for unit in units(word)}
    script = scripts.pop() if len(scripts) == 1 else ""
    return script if script in _KEYS else ""


def _edited(word: str, chance: random.Random) -> str:
    """Two letters swapped, or one left out, doubled or replaced: anywhere but at the first."""
    swaps = [one for one in range(1, len(word) - 1) if word[one] != word[one + 1]]
    kind = chance.choice(("swap", "drop", "double", "replace") if swaps else ("drop", "double", "replace"))
    place = chance.choice(swaps) if kind == "swap" else chance.randrange(1, len(word))
    head, letter, tail = word[:place], word[place], word[place + 1 :]
    if kind == "swap":
        return head + tail[0] + letter + tail[1:]
    if kind == "drop":
        return head + tail
    return head + (letter * 2 if kind == "double" else _beside(word, place, chance)) + tail


def _beside(word: str, place: int, chance: random.Random) -> str:
    """A letter beside the right one on the keyboard; any other where that one has no key of its own."""
    keys = _KEYS[_keyboard(word)]
    letter = word[place].lower()
    row = next((row for row in keys if letter in row), "")
    at = row.find(letter)
    near = row[max(0, at - 1) : at] + row[at + 1 : at + 2] if row else "".join(keys)
    # A letter that only differs in its accent is no typo for a search that does not look at accents.
    return chance.choice([one for one in near if fold(one) != fold(letter)])


# Groups


def groups(row: Row, names: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """The groups a row with an answer counts in; `names` are the official ones, by language and service."""
    if row.typo:
        return "typos", f"{row.lang}, typos"
    own = [names[row.lang][service] for service in row.ids if service in names[row.lang]]
    word = "shared word" if shares_word(row.query, own, row.lang) else "no shared word"
    return "all", row.lang, word, f"{row.lang}, {word}"


def group_names() -> list[str]:
    """All groups in the order in which they are printed."""
    kinds = ("shared word", "no shared word", "typos")
    return ["all", *LANGUAGES, *kinds, *(f"{lang}, {kind}" for kind in kinds for lang in LANGUAGES)]


def shares_word(query: str, names: Iterable[str], lang: str) -> bool:
    """Whether a query says a word of one of the names: not a stop word, and whatever its ending."""
    asked = _content(query, lang)
    return any(asked & _content(name, lang) for name in names)


def _content(text: str, lang: str) -> set[str]:
    """The words that count with their stems; Chinese as pairs of neighbours."""
    row = units(text)
    accents = any(unit.exact != unit.folded for unit in row if unit.script == "latin")
    found = set(_bigrams(row))
    for unit in row:
        if unit.script != "han" and not stopwords.is_stop(unit, lang, accents):
            found.add(unit.folded)
            found.update(form for form, _ in _STEMMERS.forms(unit.folded, unit.script, lang))
    return found


def _bigrams(row: Sequence[Unit]) -> Iterator[str]:
    """Neighbouring Chinese characters unless both belong to stop words."""
    text = "".join(unit.folded if unit.script == "han" else " " for unit in row)
    stops = stopwords.chinese(text)
    for place, (one, two) in enumerate(pairwise(text)):
        if " " not in (one, two) and not {place, place + 1} <= stops:
            yield one + two


# Metrics


class Figures(NamedTuple):
    """How often a right answer is first, in the first three and five; and the mean of 1 / its place."""

    rows: int
    r1: float
    r3: float
    r5: float
    mrr: float


def place(ids: Sequence[str], right: Iterable[str]) -> int:
    """The place of the best right answer, from 1; 0 when it is not among the first DEPTH."""
    wanted = frozenset(right)
    return next((number for number, one in enumerate(ids[:DEPTH], 1) if one in wanted), 0)


def figures(places: Sequence[int]) -> Figures:
    """The metrics of some rows, from the places of their right answers."""
    count = max(1, len(places))
    r1, r3, r5 = (sum(0 < one <= most for one in places) / count for most in (1, 3, 5))
    return Figures(len(places), r1, r3, r5, sum(1 / one for one in places if one) / count)


# Answers


def opened(cache: Path) -> Library:
    """The catalogue as it is; what is derived from it is kept in the folder for the next run."""
    return Library.open(Settings(data=cache))


class Answer(NamedTuple):
    """What the kiosk says to a row by words alone, and with meaning where that is installed."""

    row: Row
    words: Result
    meaning: Result | None


def answer(finder: Finder, row: Row) -> Answer:
    """A row asked as a whole query, not while typing."""
    first = finder.first(row.query, row.lang, typing=False)
    return Answer(row, first, finder.final(row.query, first) if finder.meaning else None)
