"""A QR code in half blocks: black on white in every theme, with its own quiet zone."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from kiosk.devices.qr import half_block_lines, matrix

INK = Style(color="#000000", bgcolor="#ffffff")


class QRCode(Widget):
    """The code of a payload; one module is one cell wide and half a cell high."""

    def __init__(self, payload: str) -> None:
        super().__init__()
        self.payload = payload
        self._lines = half_block_lines(matrix(payload))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return len(self._lines[0])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        return Strip([Segment(self._lines[y], INK)], len(self._lines[y]))
