"""Ticket codes: a lane's letter and three digits, each used once a day and never while it is live."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

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


def within(lane: Numbers, machine: Numbers | None) -> Numbers | None:
    """The numbers of a lane that this machine may give out; None when they have none in common."""
    if machine is None:
        return lane
    first, last = max(lane[0], machine[0]), min(lane[1], machine[1])
    return (first, last) if first <= last else None


def next_code(letter: str, own: Numbers, taken: Sequence[str]) -> str | None:
    """The code after the last one given out from the machine's own numbers, or None when all are taken.

    `taken` holds the codes with this letter that may not be given out now, the latest last.
    """
    first, last = own
    used = [int(code[1:]) for code in taken if first <= int(code[1:]) <= last]
    start = used[-1] + 1 if used else first
    blocked = set(used)
    for number in (*range(start, last + 1), *range(first, min(start, last + 1))):
        if number not in blocked:
            return f"{letter}{number:03d}"
    return None


def typed_code(text: str) -> str | None:
    """The code that somebody typed in whatever way (`b 104`, `B-104`); None when it is none."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = re.sub(r"[\s.\-–—#]", "", plain)
    # Arabic and other digits are digits too.
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in plain)
    return plain if _TYPED.fullmatch(plain) else None
