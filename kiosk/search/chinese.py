"""Chinese as it is typed: Traditional characters, and pinyin without tones."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_LONGEST_SYLLABLE = 6


@cache
def _table() -> dict[int, int]:
    from kiosk.search.traditional import SIMPLIFIED, TRADITIONAL

    return str.maketrans(TRADITIONAL, SIMPLIFIED)


def simplify(text: str) -> str:
    """Traditional characters in everyday use become simplified; everything else stays."""
    return text.translate(_table()) if _HAN.search(text) else text


def pinyin(text: str) -> list[list[str]]:
    """The syllables, without tones, of every Chinese run of a simplified text: 垃圾 -> [["la", "ji"]].

    Imports pypinyin (150 ms, 20 MB): for building an index only. ü is written v.
    """
    runs = _HAN.findall(text)
    if not runs:
        return []
    from pypinyin import Style, lazy_pinyin

    return [lazy_pinyin(run, style=Style.NORMAL, errors="ignore") for run in runs]


def segment(word: str, known: Callable[[str], bool], unfinished: bool = False) -> list[str]:
    """Cut run-together pinyin into the fewest known syllables: lajitong -> la ji tong.

    While a word is `unfinished` its last piece may be the beginning of a syllable (up to three
    letters). Empty when the word is no pinyin.
    """
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            before, piece = best[start], word[start:end]
            if before is None or not known(piece):
                continue
            here = best[end]
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, piece]
    whole = best[-1]
    if whole is None and unfinished:
        for tail in range(1, min(3, len(word)) + 1):
            head = best[len(word) - tail]
            if head is not None:
                return [*head, word[-tail:]]
    return whole or []
