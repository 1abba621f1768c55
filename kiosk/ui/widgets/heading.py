"""A heading in display type where the terminal, the font and the room allow it; bold words otherwise."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.geometry import Size

from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.widgets.words import Scripted


class Heading(Scripted):
    """`rows` is the height of one drawn line in cells, 0 meaning typed; `room` the rows for all lines.

    A heading that can't be drawn keeps its height, so that nothing below it moves. The plain text
    stays what the widget says, for speech and tests.
    """

    def __init__(self, text: str, rows: int, *, lines: int = 1, room: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self._text = text
        self._rows = rows
        self._lines = lines
        self._room = room
        self._drawn: tuple[int, tuple[str, ...]] | None = None

    def words(self) -> str:
        return self._text

    def say(self, text: str) -> None:
        """Show other words."""
        if text != self._text:
            self._text = text
            self._drawn = None
            self.refresh(layout=True)

    def drawn(self, width: int) -> tuple[str, ...]:
        """Rows of block characters for a width in cells; empty when it must be typed."""
        if self._drawn is None or self._drawn[0] != width:
            lines = self._draw(width) if self._rows else ()
            self._drawn = (width, lines)
        return self._drawn[1]

    def _draw(self, width: int) -> tuple[str, ...]:
        return self.kiosk.draw_type(self._text, self._rows, width, self._lines, self._room, self.from_right)

    def forget(self) -> None:
        """Draw again: a font has become available."""
        self._drawn = None
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        drawn = self.drawn(container.width)
        return max((cell_width(line) for line in drawn), default=0) or min(
            cell_width(self._text), container.width
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        typed = len(wrap(self._text, max(width, 1))) or 1
        return len(self.drawn(width)) or max(typed, self._rows)

    def render(self) -> Content:
        width = max(self.content_size.width, 1)
        lines = self.drawn(width) or tuple(self.shaped(line) for line in wrap(self._text, width))
        return Content("\n".join(lines))
