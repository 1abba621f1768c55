"""Bars, targets and trends made of cells, mirrored where the script runs from the right; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kiosk.ui.desk.parts import Part

EIGHTHS = " ▏▎▍▌▋▊▉"
"""Blocks that fill so many eighths of a cell from the left."""
FULL, LOWER = "█", "▇"
"""A cell of a bar, and of one that stands close to others: air above it parts them."""
TICK = "┃"
STEPS = "▁▂▃▄▅▆▇█"
SMALLEST_RANGE = 0.1
"""Shares that a trend spans at least: a change of a point or two must not look like a cliff."""


class Ink(NamedTuple):
    """Tones of a cell: fill, sure and likely (below and above the share, within the interval), track, tick,
    quiet, accent; "" is the ground of the line."""

    fore: str
    back: str = ""


@dataclass(frozen=True, slots=True)
class Drawing(Part):
    """Characters with an ink each, as they stand in the cells from the left; it says nothing."""

    inks: tuple[Ink, ...] = ()


class Scale(NamedTuple):
    """What a bar shows, as shares 0 to 1: the share itself, its interval, and the target (0: none)."""

    share: float
    low: float | None = None
    high: float | None = None
    target: float = 0.0


def bar(scale: Scale, width: int, rtl: bool = False, tone: str = "fill", close: bool = False) -> Drawing:
    """A bar of `width` cells, an eighth of a cell exact, with the target as a tick in its cell.

    Bars that stand `close`, one right above the other, are a whole cell exact.
    """
    edges = _edges(scale, width, tone, 8 if close else 1)
    cells = [_cell(number, edges, LOWER if close else FULL) for number in range(width)]
    if scale.target > 0 and width:
        place = column(scale.target, width)
        cells[place] = (TICK, Ink("tick", _zone(8 * place + 4, edges)))
    if rtl:
        cells = [_mirrored(*cell) for cell in reversed(cells)]
    return Drawing("".join(text for text, _ in cells), inks=tuple(ink for _, ink in cells))


def column(share: float, width: int) -> int:
    """The cell of a share, counted from where the bar begins."""
    return min(max(int(share * width), 0), width - 1)


Edges = list[tuple[int, str]]
"""Zones from the start: where each ends, in eighths of a cell, and its tone."""


def _edges(scale: Scale, width: int, tone: str, step: int) -> Edges:
    def eighths(share: float) -> int:
        """To the next step; a little is never nothing."""
        share = min(max(share, 0.0), 1.0)
        return max(round(share * width * 8 / step), int(share > 0)) * step

    middle = eighths(scale.share)
    low, high = scale.low, scale.high
    if low is None or high is None:
        return [(middle, tone), (8 * width, "track")]
    return [(eighths(low), tone), (middle, "sure"), (eighths(high), "likely"), (8 * width, "track")]


def _zone(place: int, edges: Edges) -> str:
    return next((tone for end, tone in edges if place < end), "track")


def _cell(number: int, edges: Edges, full: str) -> tuple[str, Ink]:
    """A cell parted at the one edge within it; of several the share's, else the last, counts."""
    start = 8 * number
    inside = [end for end, _ in edges if start < end < start + 8]
    left, right = _zone(start, edges), _zone(start + 7, edges)
    if not inside or left == right:
        return full, Ink(left)
    share = edges[-3][0] if len(edges) > 2 else inside[-1]
    place = share if share in inside else inside[-1]
    return EIGHTHS[place - start], Ink(left, right)


def _mirrored(text: str, ink: Ink) -> tuple[str, Ink]:
    if text in EIGHTHS[1:]:
        return EIGHTHS[8 - EIGHTHS.index(text)], Ink(ink.back, ink.fore)
    return text, ink


def trend(points: Sequence[float | None], width: int, rtl: bool = False) -> Drawing:
    """Shares of earlier periods and this one as steps, the last `width` of them; a dot where there is none.

    The lowest of them is the lowest step; the newest stands where reading ends.
    """
    shown = list(points)[-width:] if width else []
    known = [point for point in shown if point is not None]
    low = min(known, default=0.0)
    span = max(max(known, default=0.0) - low, SMALLEST_RANGE)
    texts = ["·" if point is None else _step((point - low) / span) for point in shown]
    inks = [Ink("quiet")] * len(texts)
    if inks:
        inks[-1] = Ink("accent")
    air = width - len(texts)
    cells = [(" ", Ink("quiet"))] * air + list(zip(texts, inks, strict=True))
    if rtl:
        cells.reverse()
    return Drawing("".join(text for text, _ in cells), inks=tuple(ink for _, ink in cells))


def _step(height: float) -> str:
    return STEPS[min(round(height * (len(STEPS) - 1)), len(STEPS) - 1)]


def funnel(share: float, width: int) -> Drawing:
    """A bar in the middle of `width` cells, half a cell exact at either end; anything at all is seen."""
    width -= width % 2
    side = min(round(share * width), width)
    if share > 0:
        side = max(side, 1)
    full, half = divmod(side, 2)
    air = width // 2 - full - half
    text = " " * air + "▐" * half + "█" * 2 * full + "▌" * half + " " * air
    return Drawing(text, inks=(Ink("fill"),) * len(text))
