"""The attract picture: a skyline made of text, with lights that change slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.content import Content
from textual.widget import Widget

from kiosk.ui.skyline import painted

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
    tick = 0

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

    def render(self) -> Content:
        width, height = self.content_size
        rows = painted(width, height, self.tick, self.kiosk.blocks)
        return Content("\n").join(
            Content.assemble(*((text, self.get_visual_style(f"picture--{role}")) for text, role in row))
            for row in rows
        )
