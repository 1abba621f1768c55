"""Words as large as their place allows, drawn from cells to be read from across a room."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Any

from kiosk.i18n.script import cell_width
from kiosk.ui.blocks import Mode
from kiosk.ui.board.cells import draw_plain
from kiosk.ui.display_type import draw
from kiosk.ui.widgets.heading import Heading

LEAST = 3
"""Rows below which nothing is drawn."""
INK = 0.75
"""Share of a line's height that capitals and digits take; the rest is room for accents and tails."""
SQUEEZE = 0.9
"""How narrow letters may become to be taller."""
ANY_WIDTH = 10_000
AIR = "   "
"""Between typed words and digits built of cells."""


class Large(Heading):
    """Fills its place with one line in display type; where no font can, digits are built of cells.

    `digits` are what then must be seen from afar, where the text is more than that.
    """

    def __init__(self, text: str, digits: str = "", **options: Any) -> None:
        super().__init__(text, rows=1, **options)
        self._digits = digits

    def call_out(self, text: str, digits: str = "") -> None:
        """Show other words."""
        self._digits = digits
        self.say(text)

    def drawn(self, width: int) -> tuple[str, ...]:
        """Rows of block characters for a width in cells; empty when it must be typed."""
        kiosk, height = self.kiosk, self.content_size.height
        if kiosk.settings.screen.display_type == "off" or not self._text:
            return ()
        mode = kiosk.blocks
        drawn = largest(self._text, width, height, mode, self.from_right) if kiosk.prepared else ()
        return drawn or draw_plain(self._text, width, height, mode) or self._beside_digits(width, height)

    def _beside_digits(self, width: int, height: int) -> tuple[str, ...]:
        """The typed words, and beside them the digits alone built of cells."""
        words = self.shaped(self._text)
        room = width - cell_width(words) - len(AIR)
        built = draw_plain(self._digits, room, height, self.kiosk.blocks)
        beside = [" " * cell_width(words)] * len(built)
        if built:
            beside[len(built) // 2] = words
        pairs = zip(built, beside, strict=True) if self.from_right else zip(beside, built, strict=True)
        return tuple(AIR.join(pair) for pair in pairs)


@lru_cache(maxsize=256)
def largest(text: str, width: int, height: int, mode: Mode, rtl: bool) -> tuple[str, ...]:
    """One line in display type, as large as fits into a room in cells, without empty rows around it.

    Empty where no font has the characters or they would not be legible.
    """
    rows = ceil(height / INK)
    squeeze = 1.0
    while rows >= LEAST:
        drawing = draw(text, rows, ANY_WIDTH, mode, rtl, squeeze=squeeze)
        if drawing is None:
            rows -= 1
            continue
        lines = _cropped(drawing.lines)
        if drawing.width <= width and len(lines) <= height:
            return lines
        share = min(height / len(lines), width / drawing.width)
        if drawing.width > width and squeeze != SQUEEZE:
            squeeze, share = SQUEEZE, min(share / SQUEEZE, 1)
        rows = min(rows - 1, int(rows * share))
    return ()


def _cropped(lines: tuple[str, ...]) -> tuple[str, ...]:
    inked = [place for place, line in enumerate(lines) if line.strip()]
    return lines[inked[0] : inked[-1] + 1] if inked else ()
