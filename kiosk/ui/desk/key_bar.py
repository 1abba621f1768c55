"""Keys shown beside their actions; each can be clicked as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.geometry import Region, Size
from textual.message import Message

from kiosk.ui.desk.drawn import Drawn
from kiosk.ui.desk.keys import Group, Key, drawn, flow
from kiosk.ui.desk.parts import Line


class KeyBar(Drawn):
    """Groups of keys; clicking one is pressing it."""

    class Pressed(Message):
        """A key was clicked."""

        def __init__(self, key: Key) -> None:
            super().__init__()
            self.key = key

    def __init__(self, groups: Sequence[Group] = (), ground: str = "paper", **options: Any) -> None:
        super().__init__(**options)
        self.ground = ground
        self.groups = list(groups)
        self._made: tuple[int, list[Line]] | None = None

    def show(self, groups: Sequence[Group]) -> None:
        """Show other keys; drawn again is only what differs."""
        if list(groups) == self.groups:
            return
        before, self.groups = self.lines(), list(groups)
        self._made = None
        after = self.lines()
        if len(before) != len(after):
            self.refresh(layout=True)
            return
        changed = [y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def find(self, letter: str) -> Key | None:
        """The key of a letter as it is typed."""
        keys = (key for group in self.groups for key in group.keys)
        return next((key for key in keys if key.key.casefold() == letter.casefold()), None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(flow(self.groups, max(width, 1)))

    def lines(self) -> list[Line]:
        width = max(self.size.width, 1)
        if self._made is None or self._made[0] != width:
            self._made = (width, [drawn(line, self.ground) for line in flow(self.groups, width)])
        return self._made[1]

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        x, line = self.column(offset.x), flow(self.groups, max(self.size.width, 1))[offset.y]
        for _, placed in line:
            if placed and placed.start <= x < placed.stop:
                self.post_message(self.Pressed(placed.key))
