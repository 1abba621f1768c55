"""Arabic as it stands in the cells: shaped, reordered, with numbers and addresses left as they are.

A module of its own, for what it needs is loaded only when Arabic is first shown.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arabic_reshaper import ArabicReshaper  # type: ignore[import-untyped]

ZERO_WIDTH_SPACE = "\u200b"
JOINERS = "\u200c\u200d"
RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
LETTER = rf"[^\W{RTL}]"
NEUTRAL = rf"[^\w{RTL}()\[\]{{}}<>«»·]"
PAIR = rf"\((?:{LETTER}|{NEUTRAL})*\)|\[(?:{LETTER}|{NEUTRAL})*\]"
SIGN = "[$€£#@+]"
LTR_RUN = re.compile(rf"{SIGN}?{LETTER}(?:(?:{NEUTRAL}|{PAIR})*{LETTER})*(?: ?(?:{PAIR}))*[%°/]*")
"""Left-to-right words and numbers with what stands between them; brackets only in pairs."""
NUMBER = re.compile(rf"{SIGN}?\w(?:[^\s\w()\[\]–—]*\w| \w)*[%°]?")
"""One number of such a run: a phone, a time, an amount; spaces only inside it, as in "918 596 2100".

A range with a dash is two numbers, read from the right."""

ISOLATE, END_ISOLATE = "\u2066", "\u2069"
MARKER = "\u034f"
"""A mark that follows its bracket through reordering: before it afterwards means right to left."""
BRACKET = r"[()\[\]{}<>«»‹›]"
MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
ORDERED_BRACKET = re.compile(rf"({BRACKET}){MARKER}|{MARKER}({BRACKET})")
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
WITHOUT_MARKS = str.maketrans("", "", MARKER + DIRECTIONS + ZERO_WIDTH_SPACE)
WITHOUT_JOINERS = str.maketrans("", "", JOINERS)


def ordered(line: str, rtl: bool) -> str:
    """One wrapped line, shaped and in the order of the cells; `rtl` is the direction of the paragraph."""
    from bidi import get_display  # type: ignore[import-untyped]

    text = _shaper().reshape(line.translate(WITHOUT_MARKS)).translate(WITHOUT_JOINERS)
    # python-bidi orders but doesn't mirror: the marker tells which way each bracket went.
    isolated = LTR_RUN.sub(lambda run: _isolate(run[0], rtl), text)
    marked = re.sub(BRACKET, rf"\g<0>{MARKER}", isolated)
    reordered: str = get_display(marked, base_dir="R" if rtl else "L")
    return ORDERED_BRACKET.sub(_mirror, reordered).translate(WITHOUT_MARKS)


def isolated(text: str) -> str:
    """The same for a browser, which orders by itself: within Arabic, left-to-right runs are wholes."""
    if not re.search(f"[{RTL}]", text):
        return text
    return LTR_RUN.sub(lambda run: _isolate(run[0], True), text)


def _mirror(bracket: re.Match[str]) -> str:
    left_to_right, right_to_left = bracket.groups()
    return left_to_right or MIRRORED[right_to_left]


def _isolate(run: str, rtl: bool) -> str:
    """Keep a run with Latin words together as a whole, one of figures alone number by number."""
    if any(character.isalpha() for character in run):
        return f"{ISOLATE}{run}{END_ISOLATE}" if rtl else run
    return NUMBER.sub(rf"{ISOLATE}\g<0>{END_ISOLATE}", run)


@lru_cache(maxsize=1)
def _shaper() -> ArabicReshaper:
    """Shaping with the ligatures a monospaced font has: lam-alef alone, in the block Forms-B."""
    from arabic_reshaper import ArabicReshaper
    from arabic_reshaper.ligatures import LIGATURES  # type: ignore[import-untyped]

    return ArabicReshaper({name: "\ufef5" <= forms[0] <= "\ufefc" for name, (_, forms) in LIGATURES})
