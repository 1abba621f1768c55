"""Reduce text to the forms that are compared: one spelling per word, and units per script."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from kiosk.search import chinese


class Unit(NamedTuple):
    """A word, or one character or syllable in a script written without spaces.

    `exact` keeps the accents, `folded` does not; `script` is latin, arabic, cyrillic, han,
    syllable (Burmese, Thai, Lao, Khmer) or other.
    """

    exact: str
    folded: str
    script: str


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SYLLABIC = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff"
_UNIT = re.compile(f"[{_HAN}]|[{_SYLLABIC}]+|(?:[^\\W_{_HAN}{_SYLLABIC}]|[{_MARKS}])+")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_SYLLABIC_RUN = re.compile(f"[{_SYLLABIC}]")

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_POSSESSIVE = re.compile(r"'s?(?!\w)|(?<=\w)'(?=\w)")
_ABBREVIATION = re.compile(r"(?<!\w)(?:\w\.){2,}")

# NFD leaves these letters whole although a visitor without that key types the plain one.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "þ": "th"}
    | {"ة": "ه", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ٱ": "ا", "ہ": "ه", "ھ": "ه", "ـ": None}
)
_ZEROS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x1040, 0x17E0)
_PLAIN = {zero + n: str(n) for zero in _ZEROS for n in range(10)} | dict.fromkeys(map(ord, "‘’ʼʻ`´"), "'")
# й is a letter of its own in Russian and stemming needs it; Indic and Burmese signs are vowels.
_ACCENTS = re.compile("(?<!и)[\u0300-\u036f]|[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")

_BURMESE_START = re.compile("(?<!\u1039)(?=[\u1000-\u102a\u103f](?!\u1037?[\u1039\u103a]))")
_CLUSTER = "\u0e01-\u0e2e\u0e40-\u0e44\u0e81-\u0eae\u0ec0-\u0ec4\u1780-\u17b3"
_CLUSTER_START = re.compile(f"(?<!\u17d2)(?=[{_CLUSTER}])")

_ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال")
_SCRIPTS = (
    ("cyrillic", 0x0400, 0x052F),
    ("arabic", 0x0600, 0x08FF),
    ("latin", 0x0041, 0x024F),
    ("latin", 0x1E00, 0x1EFF),
)


def exact(text: str) -> str:
    """Lower case and standard width (NFKC), accents kept, invisible characters gone."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _ABBREVIATION.sub(lambda found: found.group().replace(".", ""), text)
    return _POSSESSIVE.sub("", text)


def fold(text: str) -> str:
    """One spelling: no case, accents, harakat or tatweel; plain letters; simplified Chinese."""
    return _fold(exact(text))


def _fold(text: str) -> str:
    if text.isascii():
        return text
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).translate(_LETTERS)
    return chinese.simplify(unicodedata.normalize("NFC", text))


def units(text: str) -> list[Unit]:
    """The words of a text in order; Chinese by character, Burmese and Thai by syllable."""
    found: list[Unit] = []
    for match in _UNIT.finditer(exact(text)):
        run = match.group()
        if run.isascii():
            found.append(Unit(run, run, "other" if run.isdigit() else "latin"))
        elif _HAN_CHARACTER.match(run):
            found.append(Unit(run, _fold(run), "han"))
        elif _SYLLABIC_RUN.match(run):
            found.extend(Unit(syllable, syllable, "syllable") for syllable in syllables(run))
        elif folded := _fold(run):
            found.append(Unit(run, folded, _script(folded)))
    return found


def pairs(row: list[Unit]) -> list[tuple[str, int]]:
    """Neighbours of one script joined, with the place of the first: pot hole -> pothole, 垃圾."""
    return [
        (one.folded + two.folded, place)
        for place, (one, two) in enumerate(pairwise(row))
        if one.script == two.script or {one.script, two.script} == {"latin", "other"}
    ]


def syllables(run: str) -> list[str]:
    """Split Burmese into syllables; Thai, Lao and Khmer into letters with their signs."""
    start = _BURMESE_START if "\u1000" <= run[0] <= "\u109f" else _CLUSTER_START
    return [part for part in start.split(run) if part]


def light(word: str) -> str:
    """A folded Arabic word without al-, wal-, bil-, lil- or wa-, if three letters remain."""
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    return word[1:] if word[:1] == "و" and len(word) >= 5 else word


def _script(folded: str) -> str:
    code = ord(folded[0])
    return next((name for name, low, high in _SCRIPTS if low <= code <= high), "other")
