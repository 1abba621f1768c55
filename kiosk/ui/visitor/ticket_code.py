"""A ticket's number in display type."""

from __future__ import annotations

from textual.geometry import Size

from kiosk.i18n.script import cell_width
from kiosk.ui.visitor.ticket_plan import SMALLEST
from kiosk.ui.widgets.heading import Heading

APART = ("  ", " ")
"""Between two characters of a number; less where the column is narrow."""
TRIMMED = 3
"""Rows that a line of display type has at most for what hangs below letters; a number has nothing there."""


class TicketCode(Heading):
    """A number as high as fits, at most its `rows`.

    Each character is drawn by itself, so that the caches of drawings learn no visitor's number.
    """

    def _draw(self, width: int) -> tuple[str, ...]:
        heights = range(self._rows + TRIMMED, SMALLEST - 1, -1)
        tries = (self._drawn_at(high, width, apart) for apart in APART for high in heights)
        return next(filter(None, tries), ())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The same for every number, so that nothing below it moves while one is typed."""
        return max(self._rows, 1)

    def _drawn_at(self, high: int, width: int, apart: str) -> tuple[str, ...]:
        marks = [self.kiosk.draw_type(mark, high, width, 1, high, False) for mark in self._text]
        if len({len(lines) for lines in marks}) != 1:
            return ()
        lines = tuple(apart.join(parts) for parts in zip(*marks, strict=True))
        inked = [place for place, line in enumerate(lines) if line.strip()]
        lines = lines[inked[0] : inked[-1] + 1] if inked else ()
        fits = len(lines) <= self._rows and all(cell_width(line) <= width for line in lines)
        return lines if fits else ()
