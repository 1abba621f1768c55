"""The attract picture: a skyline made of text, with lights that change slowly."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from kiosk.ui.skyline import skyline

BEAT = 2.5
"""Seconds between changes of the lights: well under 1 Hz."""


class Picture(Widget):
    """Fills its room with the city's skyline."""

    tick = 0

    def on_mount(self) -> None:
        if getattr(self.app, "settings").screen.motion:  # noqa: B009
            self.set_interval(BEAT, self.twinkle)

    def twinkle(self) -> None:
        """Let the lights change."""
        if self.screen.is_current:
            self.tick += 1
            self.refresh()

    def render(self) -> Content:
        width, height = self.content_size
        return Content("\n".join(skyline(width, height, self.tick)))
