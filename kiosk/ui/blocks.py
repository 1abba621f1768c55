"""Pictures packed into block characters: sextants (2 x 3 pixels a cell) or half blocks (1 x 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Mode = Literal["sextant", "half"]


def _sextants() -> str:
    """The 64 characters by pattern: bit 0 is the upper left pixel, bit 1 its right neighbour, then downwards.

    U+1FB00 to U+1FB3B leave out four patterns that Unicode already had as other characters.
    """
    old = {0: " ", 0b010101: "▌", 0b101010: "▐", 0b111111: "█"}
    new = (chr(code) for code in range(0x1FB00, 0x1FB3C))
    return "".join(old[pattern] if pattern in old else next(new) for pattern in range(64))


CELLS: dict[Mode, str] = {"sextant": _sextants(), "half": " ▀▄█"}
"""Characters by pattern for each mode."""
PIXELS: dict[Mode, tuple[int, int]] = {"sextant": (2, 3), "half": (1, 2)}
"""Pixels across and down in one cell."""


@dataclass(frozen=True)
class Bitmap:
    """A picture of ink: bit x of `rows[y]` is the pixel in column x, row y."""

    width: int
    rows: tuple[int, ...]


def from_bools(rows: Iterable[Sequence[bool]]) -> Bitmap:
    """A picture from rows of truth values of one length."""
    grid = [list(row) for row in rows]
    return Bitmap(
        max((len(row) for row in grid), default=0),
        tuple(sum(1 << x for x, ink in enumerate(row) if ink) for row in grid),
    )


def pack(bitmap: Bitmap, mode: Mode) -> tuple[str, ...]:
    """One string of block characters for each row of cells; what does not fill a cell is left empty."""
    across, down = PIXELS[mode]
    characters, full = CELLS[mode], (1 << across) - 1
    columns = -(-bitmap.width // across)
    lines = []
    for top in range(0, len(bitmap.rows), down):
        group = bitmap.rows[top : top + down]
        patterns = (
            sum((row >> (across * column) & full) << (across * y) for y, row in enumerate(group))
            for column in range(columns)
        )
        lines.append("".join(characters[pattern] for pattern in patterns))
    return tuple(lines)


def unpack(lines: Sequence[str], mode: Mode) -> Bitmap:
    """The picture that block characters show; the reverse of `pack` for whole cells."""
    across, down = PIXELS[mode]
    full = (1 << across) - 1
    pattern = {character: index for index, character in enumerate(CELLS[mode])}
    rows = []
    for line in lines:
        for y in range(down):
            rows.append(
                sum((pattern[mark] >> (across * y) & full) << (across * x) for x, mark in enumerate(line))
            )
    return Bitmap(across * max((len(line) for line in lines), default=0), tuple(rows))
