"""Glyphs as pixels, the dots of Arabic letters as clean blocks: they tell letters apart and blur first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

UNIT = 64
"""FreeType and HarfBuzz are set to count in 64ths of a pixel."""
DOT = 0.21
"""Share of the em that a dot is smaller than, across and down."""


@dataclass(frozen=True)
class Stamp:
    """A glyph's pixels, the first of them `left` of and `top` above the pen; `advance` is in 64ths."""

    rows: tuple[int, ...]
    left: int
    top: int
    advance: int


@dataclass(frozen=True)
class Dot:
    """A dot's box, `bottom` counted upwards from the baseline."""

    left: int
    bottom: int
    width: int
    height: int

    def bits(self, shift: int) -> int:
        """One row of it, for a box in whole pixels, from column `shift`."""
        return ((1 << self.width) - 1) << (self.left - shift)


def take_dots(outline: Any, across: float, down: float) -> list[Dot]:
    """The dots of a glyph in 64ths of a pixel, taken out of its outline (FreeType's own, changed in place).

    A dot is a contour smaller than `across` x `down` that runs the way of the largest one (others are holes).
    """
    contours = [
        (span, [(outline.points[i].x, outline.points[i].y) for i in span]) for span in _contours(outline)
    ]
    largest = max((_area(points) for _, points in contours), key=abs, default=0)
    dots = []
    for span, points in contours:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        dot = Dot(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        if dot.width < across and dot.height < down and _area(points) * largest > 0:
            dots.append(dot)
            for index in span:  # a contour in one point has no ink
                outline.points[index].x, outline.points[index].y = points[0]
    return dots


def _contours(outline: Any) -> Iterator[range]:
    start = 0
    for index in range(outline.n_contours):
        yield range(start, outline.contours[index] + 1)
        start = outline.contours[index] + 1


def _area(points: Sequence[tuple[int, int]]) -> int:
    """Twice the signed area of a polygon."""
    following = [*points[1:], *points[:1]]
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(points, following, strict=True))


def with_dots(body: Stamp, dots: Sequence[Dot]) -> Stamp:
    """A glyph with its dots as blocks of whole pixels that touch neither each other's sides nor the body."""
    if not dots:
        return body
    middle = UNIT * (body.top - len(body.rows) / 2)
    away = 1 if sum(dot.bottom for dot in dots) > len(dots) * middle else -1
    blocks = _blocks(dots, away)
    shift = min([body.left, *(block.left for block in blocks)])
    ink = {body.top - 1 - y: row << (body.left - shift) for y, row in enumerate(body.rows)}
    clear = (move for move in (0, away) if not any(_meets(block, move, shift, ink) for block in blocks))
    move = next(clear, 0)
    for block in blocks:
        for y in range(block.bottom + move, block.bottom + move + block.height):
            ink[y] = ink.get(y, 0) | block.bits(shift)
    top, bottom = max(ink), min(ink)
    return Stamp(tuple(ink.get(y, 0) for y in range(top, bottom - 1, -1)), shift, top + 1, body.advance)


def _blocks(dots: Sequence[Dot], away: int) -> list[Dot]:
    """The dots in whole pixels with room between them; `away` leads from the letter (1 is up)."""
    blocks: list[Dot] = []
    for dot in sorted(dots, key=lambda dot: (away * round(dot.bottom / UNIT), dot.left)):
        width, height = max(round(dot.width / UNIT), 1), max(round(dot.height / UNIT), 1)
        left, bottom = round(dot.left / UNIT), round(dot.bottom / UNIT)
        beside = [other.left + other.width + 1 for other in blocks if other.bottom == bottom]
        block = Dot(max([left, *beside]), bottom, width, height)
        while any(_touch(block, other) for other in blocks):
            block = replace(block, bottom=block.bottom + away)
        blocks.append(block)
    return blocks


def _touch(one: Dot, other: Dot) -> bool:
    """Whether two blocks share a side or more."""
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.bottom + one.height, other.bottom + other.height) - max(one.bottom, other.bottom)
    return min(across, down) >= 0 and max(across, down) > 0


def _meets(block: Dot, move: int, shift: int, ink: Mapping[int, int]) -> bool:
    """Whether a block stands on ink or right above or below it."""
    bottom = block.bottom + move
    return any(ink.get(y, 0) & block.bits(shift) for y in range(bottom - 1, bottom + block.height + 1))
