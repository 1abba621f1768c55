"""Accents drawn by hand for small letters: at two or three pixels no outline tells an acute from a hook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GRAVE, ACUTE, CIRCUMFLEX, TILDE = "\u0300", "\u0301", "\u0302", "\u0303"
BREVE, DIAERESIS, HOOK = "\u0306", "\u0308", "\u0309"

SMALL = {
    GRAVE: ("##.", ".##"),
    ACUTE: (".##", "##."),
    CIRCUMFLEX: (".##.", "#..#"),
    TILDE: (".##.#", "#.##."),
    BREVE: ("#..#", ".##."),
    DIAERESIS: ("##.##", "##.##"),
    HOOK: ("##.", "..#", ".#."),
}
"""For letters (x-height) of up to eight pixels."""
FLAT = SMALL | {HOOK: ("###", "..#")}
"""For the smallest, where three rows of accent do not fit."""
BESIDE = FLAT | {CIRCUMFLEX: (".#.", "#.#"), BREVE: ("#.#", ".#."), TILDE: (".#.#", "#.#.")}
"""For two marks on the smallest, which then stand side by side."""
LARGE = {
    GRAVE: ("##..", ".##.", "..##"),
    ACUTE: ("..##", ".##.", "##.."),
    CIRCUMFLEX: ("..##..", ".####.", "##..##"),
    TILDE: (".###.##", "##.###."),
    BREVE: ("##..##", "##..##", ".####."),
    DIAERESIS: ("##..##", "##..##"),
    HOOK: ("###.", "..##", ".##."),
}
"""For letters of nine to eleven pixels."""


@dataclass(frozen=True)
class Accent:
    """Rows of pixels as in `Bitmap`; the letter's middle belongs below `middle`."""

    rows: tuple[int, ...]
    middle: float


def accent(marks: str, letter: int, tight: bool) -> Accent | None:
    """The marks above a letter, lowest first, for an x-height of `letter` pixels.

    `tight` keeps them low. None where outlines do better.
    """
    shapes = (FLAT if tight else SMALL) if letter < 9 else LARGE if letter < 12 else {}
    if not 1 <= len(marks) <= 2 or any(mark not in shapes for mark in marks):
        return None
    if len(marks) == 1:
        return Accent(_rows(shapes[marks]), len(shapes[marks][0]) / 2)
    if tight and letter < 9:
        return _stacked(BESIDE[marks[0]], BESIDE[marks[1]], marks[1], 0)
    return _stacked(shapes[marks[0]], shapes[marks[1]], marks[1], 1)


def _stacked(lower: Sequence[str], upper: Sequence[str], mark: str, rise: int) -> Accent:
    """Two marks: acute and hook stand `rise` rows higher at the right, grave at the left, tilde on top."""
    over = mark == TILDE and rise > 0
    below, above = len(lower[0]), len(upper[0])
    shift = (below - above) // 2 if over else -above if mark == GRAVE else below
    start = len(upper) if over else rise
    rows = [0] * max(len(upper), start + len(lower))
    for y, row in enumerate(_rows(upper)):
        rows[y] |= row << max(shift, 0)
    for y, row in enumerate(_rows(lower), start):
        rows[y] |= row << max(-shift, 0)
    return Accent(tuple(rows), max(-shift, 0) + len(lower[0]) / 2)


def _rows(shape: Sequence[str]) -> tuple[int, ...]:
    return tuple(sum(1 << x for x, mark in enumerate(row) if mark == "#") for row in shape)
