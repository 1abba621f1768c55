"""The attract picture: a skyline made of text, with lights that change slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from kiosk.ui.skyline import Row, painted

if TYPE_CHECKING:
    from kiosk.ui.base import KioskApp

BEAT = 2.5
"""Seconds between changes of the lights: well under 1 Hz."""


class Picture(Widget):
    """Fills its room with the city's skyline."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "picture--sky",
        "picture--far",
        "picture--near",
        "picture--edge",
        "picture--light",
    }

    def __init__(self, **options: str) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.tick = 0
        self._painted: tuple[Size, int, list[Row]] | None = None

    @property
    def kiosk(self) -> KioskApp:
        return cast("KioskApp", self.app)

    def on_mount(self) -> None:
        if self.kiosk.settings.screen.motion:
            self.set_interval(BEAT, self.twinkle)

    def twinkle(self) -> None:
        """Let the lights change."""
        if self.screen.is_current:
            self.tick += 1
            self.refresh()

    def _rows(self) -> list[Row]:
        if self._painted is None or self._painted[:2] != (self.size, self.tick):
            rows = painted(*self.size, self.tick, self.kiosk.blocks)
            self._painted = (self.size, self.tick, rows)
        return self._painted[2]

    def render_line(self, y: int) -> Strip:
        # Straight to segments: as styled content the picture took longer than the rest of the screen.
        rows = self._rows()
        row = rows[y] if y < len(rows) else []
        segments = [Segment(text, self.get_component_rich_style(f"picture--{role}")) for text, role in row]
        return Strip(segments).adjust_cell_length(self.size.width)
