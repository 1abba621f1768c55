"""Ticket codes: a lane's letter and three digits, each used once a day and never while it is live."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

Numbers = tuple[int, int]
"""First and last number of a range, both included."""

_RANGE = re.compile(r"(\d{3})-(\d{3})", re.ASCII)
_TYPED = re.compile(r"([A-Z])(\d{3})", re.ASCII)


def numbers(text: str) -> Numbers:
    """A range written as `100-499`; raises ValueError for anything else."""
    found = _RANGE.fullmatch(text.strip())
    if not found or int(found[1]) > int(found[2]):
        raise ValueError("Write three-digit numbers as first-last, such as 100-499")
    return int(found[1]), int(found[2])


def within(lane: Numbers, blocks: Sequence[Numbers]) -> list[Numbers]:
    """What of some blocks lies in a lane's range, in their order."""
    cut = ((max(lane[0], first), min(lane[1], last)) for first, last in blocks)
    return [(first, last) for first, last in cut if first <= last]


def among(given: Iterable[str], blocks: Sequence[Numbers]) -> list[str]:
    """The codes whose numbers lie in some blocks, in their order."""
    return [code for code in given if any(first <= int(code[1:]) <= last for first, last in blocks)]


def next_code(letter: str, own: Sequence[Numbers], taken: Sequence[str]) -> str | None:
    """The code after the last one given out from the machine's own blocks, or None when all are taken.

    Block follows block. `taken` holds the codes with this letter that may not be given out now, the latest
    last.
    """
    numbers = list(dict.fromkeys(number for first, last in own for number in range(first, last + 1)))
    places = {number: place for place, number in enumerate(numbers)}
    used = [number for code in taken if (number := int(code[1:])) in places]
    start = places[used[-1]] + 1 if used else 0
    blocked = set(used)
    following = (number for number in (*numbers[start:], *numbers[:start]) if number not in blocked)
    return next((f"{letter}{number:03d}" for number in following), None)


def typed_code(text: str) -> str | None:
    """The code that somebody typed in whatever way (`b 104`, `B-104`); None when it is none."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = re.sub(r"[\s.\-–—#]", "", plain)
    # Arabic and other digits are digits too.
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in plain)
    return plain if _TYPED.fullmatch(plain) else None
