"""The attract picture: an art-deco skyline drawn from rectangles, or a picture file of the city's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, groupby
from pathlib import Path
from typing import Literal

from kiosk.errors import SettingsError
from kiosk.ui.blocks import CELLS, PIXELS, Mode

Role = Literal["sky", "far", "near", "edge", "light"]
"""Colours of a cell: ink `near` or `far` on sky, `edge` near ink on far, `light` wall round a lit window."""
Row = list[tuple[str, Role]]
"""One row of the picture in stretches of one role."""

Tiers = tuple[tuple[float, float], ...]
"""Storeys from the ground up: (share of the building's width, share of its height)."""
STEPPED: Tiers = ((1.0, 0.54), (0.76, 0.14), (0.5, 0.1), (0.26, 0.06))
SHOULDERS: Tiers = ((1.0, 0.42), (0.7, 0.4))
PLINTH: Tiers = ((1.0, 0.24), (0.72, 0.76))


@dataclass(frozen=True)
class Tower:
    """A building: `width` in cells, `height` as a share of the picture's, `top` in what the tiers leave.

    Where there is little room, only the towers of the lowest `rank` are drawn.
    """

    width: int
    height: float
    rank: int
    tiers: Tiers = ((1.0, 1.0),)
    top: Literal["mast", "roof", "slope"] = "mast"


TOWERS = (
    Tower(11, 0.34, 8),
    Tower(8, 0.60, 6, ((1.0, 0.82), (0.6, 0.18))),
    Tower(12, 0.40, 12, PLINTH),
    Tower(9, 0.80, 3, SHOULDERS, "roof"),
    Tower(12, 0.46, 7, ((1.0, 0.88), (0.4, 0.12))),
    Tower(7, 0.66, 10, ((1.0, 0.8),), "slope"),
    Tower(13, 1.0, 1, STEPPED),
    Tower(11, 0.52, 5, ((1.0, 0.92), (0.5, 0.08))),
    Tower(9, 0.74, 2, ((1.0, 0.94), (0.7, 0.06))),
    Tower(12, 0.38, 11, ((1.0, 0.72), (0.8, 0.28))),
    Tower(10, 0.92, 4, ((1.0, 0.36), (0.72, 0.34), (0.4, 0.12))),
    Tower(9, 0.50, 9, ((1.0, 0.82), (0.5, 0.18))),
    Tower(10, 0.66, 13, ((1.0, 0.5), (0.7, 0.3)), "roof"),
    Tower(12, 0.34, 14, PLINTH),
)
"""From left to right."""
FAR = (
    (8, 0.34),
    (4, 0.54),
    (6, 0.42),
    (9, 0.27),
    (5, 0.62),
    (7, 0.48),
    (4, 0.36),
    (6, 0.57),
    (3, 0.7),
    (7, 0.45),
)
"""Far houses as (width in cells, height), repeated as often as the width needs."""
WIDEST, TALLEST = 200, 40
"""Cells that a picture file may have."""
LIT = 60
"""Windows in a hundred that are lighted."""


@dataclass(frozen=True)
class _Scene:
    """The picture with all lights out, and the cells (row, column) that have a window."""

    cells: tuple[tuple[tuple[str, Role], ...], ...]
    windows: frozenset[tuple[int, int]]


def painted(width: int, height: int, tick: int = 0, mode: Mode = "sextant") -> list[Row]:
    """The skyline for a room of `width` x `height` cells; another `tick` lights other windows."""
    rows = _cells(width, height, tick, mode)
    return [
        [("".join(mark for mark, _ in group), role) for role, group in groupby(row, key=lambda cell: cell[1])]
        for row in rows
    ]


def skyline(width: int, height: int, tick: int = 0, mode: Mode = "sextant") -> list[str]:
    """The skyline in one colour, without the far houses: `height` rows of `width` characters."""
    rows = _cells(width, height, tick, mode)
    return ["".join(" " if role == "far" else mark for mark, role in row) for row in rows]


def from_file(path: Path) -> list[str]:
    """The city's own picture: rows of block or other one-column characters, all padded to the longest.

    Raises SettingsError naming the file and line.
    """
    try:
        rows = [row.rstrip() for row in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path}: {problem}", "Give a text file in UTF-8.") from problem
    while rows and not rows[-1]:
        rows.pop()
    if not rows or len(rows) > TALLEST:
        raise SettingsError(f"{path}: {len(rows)} rows", f"A picture has 1 to {TALLEST} rows.")
    for number, row in enumerate(rows, start=1):
        if len(row) > WIDEST:
            raise SettingsError(f"{path}:{number}: {len(row)} columns", f"At most {WIDEST} columns fit.")
        odd = next((mark for mark in row if not _is_one_column(mark)), None)
        if odd:
            raise SettingsError(
                f"{path}:{number}: the character U+{ord(odd):04X} is not one column wide",
                "Use block characters, letters and spaces; no tabs, emoji or wide characters.",
            )
    widest = max(map(len, rows))
    return [row.ljust(widest) for row in rows]


def _is_one_column(mark: str) -> bool:
    wide = unicodedata.east_asian_width(mark) in "WF"
    return not wide and unicodedata.category(mark)[0] not in "CM"


def fitted(picture: Sequence[str], width: int, height: int) -> list[str]:
    """A picture in a room of `width` x `height` cells: centred, on the last row, cut where too large."""
    cut = picture[max(len(picture) - height, 0) :] if height > 0 else []
    before = max((len(cut[0]) if cut else 0) - width, 0) // 2
    rows = [row[before : before + width].center(width) for row in cut]
    return [" " * width] * (height - len(rows)) + rows


def _cells(width: int, height: int, tick: int, mode: Mode) -> list[list[tuple[str, Role]]]:
    """Rows of cells with their characters and roles."""
    scene = _scene(width, height, mode)
    rows = [list(row) for row in scene.cells]
    for row, column in scene.windows:
        if _is_lit(row, column, tick):
            rows[row][column] = (_window(column, mode), "light")
    return rows


def _patterns(rows: Sequence[int], width: int, across: int) -> list[int]:
    full = (1 << across) - 1
    return [
        sum((row >> (across * column) & full) << (across * y) for y, row in enumerate(rows))
        for column in range(width)
    ]


def _cell(near: int, far: int, mode: Mode) -> tuple[str, Role]:
    """A cell has two colours: where near, far and sky meet, the smaller of far and sky gives way."""
    marks = CELLS[mode]
    behind = far & ~near
    if not near:
        return (marks[far], "far") if far else (" ", "sky")
    sky = (len(marks) - 1) & ~near & ~far
    return marks[near], "edge" if behind.bit_count() > sky.bit_count() else "near"


def _window(column: int, mode: Mode) -> str:
    """A cell of wall round a window: one pixel wide and two high, or the upper half."""
    if mode == "half":
        return CELLS[mode][0b10]
    return CELLS[mode][0b111111 & ~(0b0101 << column % 2)]


def _is_lit(row: int, column: int, tick: int) -> bool:
    """Every window keeps its own slow time, so that only a few change at one tick."""
    seed = _mixed(row * 4099 + column)
    turn = (tick + seed // 97) // (20 + seed % 41)
    return _mixed(seed + turn) % 100 < LIT


def _mixed(number: int) -> int:
    """A number that looks like chance but is always the same (the finalizer of MurmurHash3)."""
    number = (number ^ number >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    number = (number ^ number >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return number ^ number >> 16


@lru_cache(maxsize=8)
def _scene(width: int, height: int, mode: Mode) -> _Scene:
    across, down = PIXELS[mode]
    pixels = height * down
    near, far = [0] * pixels, [0] * pixels
    column = 0
    for size, share in cycle(FAR):
        if column >= width:
            break
        _fill(far, column * across, size * across, pixels - round(share * pixels), pixels)
        column += size
    _fill(near, 0, width * across, pixels - 1, pixels)
    windows: set[tuple[int, int]] = set()
    for left, tower_width, tower in _placed(width, height):
        for box in _build(near, tower, left * across, tower_width * across, pixels):
            windows.update(_windows(box, across, down))
    cells = []
    for top in range(0, pixels, down):
        front, back = (_patterns(rows[top : top + down], width, across) for rows in (near, far))
        cells.append(tuple(_cell(ink, behind, mode) for ink, behind in zip(front, back, strict=True)))
    return _Scene(tuple(cells), frozenset(windows))


def _placed(width: int, height: int) -> list[tuple[int, int, Tower]]:
    """The towers that have room, as (first column, columns, tower), spread over the width."""
    scale = min(max(height / 16, 0.75), 1.25)
    widths: dict[Tower, int] = {}
    for tower in sorted(TOWERS, key=lambda tower: tower.rank):
        columns = round(tower.width * scale / 2) * 2 + 1
        if sum(widths.values()) + columns + len(widths) + 2 <= width:
            widths[tower] = columns
    free, left = width - sum(widths.values()), 0
    places = []
    for index, tower in enumerate(sorted(widths, key=TOWERS.index), start=1):
        places.append((left + free * index // (len(widths) + 1), widths[tower], tower))
        left += widths[tower]
    return places


def _build(
    rows: list[int], tower: Tower, left: int, width: int, ground: int
) -> Iterator[tuple[int, int, int, int]]:
    """Fill in a tower's pixels; yields the boxes (left, right, top, bottom) that have windows."""
    full = tower.height * (ground - 1)
    bottom, storey = ground, width
    for share, part in tower.tiers:
        storey = max(round(share * width / 2), 1) * 2 - width % 2
        edge, top = left + (width - storey) // 2, bottom - max(round(part * full), 1)
        _fill(rows, edge, storey, top, bottom)
        yield edge, edge + storey, top, bottom
        bottom = top
    _crown(rows, tower.top, left + (width - storey) // 2, storey, bottom, round(ground - full))


def _crown(rows: list[int], kind: str, left: int, width: int, bottom: int, top: int) -> None:
    for y in range(max(top, 0), bottom):
        rest = (bottom - y) / max(bottom - top, 1)
        if kind == "mast":
            size, start = 2 - width % 2, left + (width - 1) // 2
        elif kind == "roof":
            size = max(round(width * (1 - rest) / 2) * 2, 0) + 2 - width % 2
            start = left + (width - size) // 2
        else:
            size = max(round(width * (1 - rest)), 1)
            start = left
        _fill(rows, start, size, y, y + 1)


def _fill(rows: list[int], left: int, width: int, top: int, bottom: int) -> None:
    for y in range(max(top, 0), min(bottom, len(rows))):
        rows[y] |= ((1 << width) - 1) << left


def _windows(box: tuple[int, int, int, int], across: int, down: int) -> Iterator[tuple[int, int]]:
    """The cells of a box with a window: every second column from both sides, not the top nor the ground."""
    left, right, top, bottom = box
    first, last = -(-(left + 1) // across), (right - 1) // across - 1
    columns = range(first, last + 1)
    for row in range(top // down + 1, bottom // down - (bottom % down == 0)):
        for column in columns:
            inwards = min(column - first, last - column)
            if inwards % 2 == 0 and last - first - 2 * inwards != 1:
                yield row, column
