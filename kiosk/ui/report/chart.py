"""Blocks of lines below a head that stays; one block may be chosen, by arrows or the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from textual import events
from textual.message import Message

from kiosk.ui.desk.parts import Line
from kiosk.ui.report.painted import Painted

WHEEL = 3
"""Lines that one notch of the mouse wheel moves."""


class Block(NamedTuple):
    """Lines that belong together; with a `value` the block may be chosen."""

    lines: list[Line]
    value: str = ""


class Room(NamedTuple):
    """What a chart is made for: cells and lines, and the value that is chosen."""

    width: int
    height: int
    chosen: str


class Sheet(NamedTuple):
    """What a chart shows: lines that stay, then blocks."""

    head: list[Line]
    blocks: list[Block]

    @property
    def values(self) -> list[str]:
        """What may be chosen, in order."""
        return [block.value for block in self.blocks if block.value]


class Chart(Painted):
    """Makes its sheet for the room it has. Without anything to choose the arrows move the lines."""

    class Chosen(Message):
        """Another block has been chosen, or other lines are visible."""

    class Opened(Message):
        """The chosen block was clicked once more."""

    def __init__(self, make: Callable[[Room], Sheet], chosen: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._make = make
        self._made: tuple[Room, Sheet] | None = None
        self.chosen = chosen
        self.top = 0

    @property
    def sheet(self) -> Sheet:
        """What is shown now; the first block is chosen where none is."""
        room = Room(max(self.size.width, 1), self.size.height, self.chosen)
        if self._made is None or self._made[0] != room:
            sheet = self._make(room)
            if sheet.values and self.chosen not in sheet.values:
                self.chosen = sheet.values[0]
                room = room._replace(chosen=self.chosen)
                sheet = self._make(room)
            self._made = (room, sheet)
        return self._made[1]

    def renew(self) -> None:
        """Make the sheet again, of other figures, from its top."""
        self._made, self.top = None, 0
        self.refresh()

    def lines(self) -> list[Line]:
        """All lines, also those that are not on screen."""
        return [*self.sheet.head, *self._below]

    @property
    def _below(self) -> list[Line]:
        return [line for block in self.sheet.blocks for line in block.lines]

    @property
    def room(self) -> int:
        """Lines below the head that are visible at once."""
        return max(self.size.height - len(self.sheet.head), 1)

    @property
    def hidden(self) -> int:
        """Lines that lie below the last visible one."""
        return max(len(self._below) - self.top - self.room, 0)

    def line(self, y: int) -> Line:
        head, below = self.sheet.head, self._below
        if y < len(head):
            return head[y]
        place = self.top + y - len(head)
        return below[place] if place < len(below) else Line()

    def move(self, by: int) -> None:
        """Choose the block so many further, or move the lines where none can be chosen."""
        values = self.sheet.values
        if not values:
            self.scroll(by)
            return
        place = min(max(values.index(self.chosen) + by, 0), len(values) - 1)
        self.choose(values[place])

    def choose(self, value: str) -> None:
        """Choose a block and bring it into view."""
        self.chosen = value
        first = 0
        for block in self.sheet.blocks:
            last = first + len(block.lines)
            if block.value == value:
                # From the first block on, what stands above it is shown as well.
                first = 0 if value == self.sheet.values[0] else first
                self.top = max(min(self.top, first), last - self.room)
            first = last
        self.refresh()
        self.post_message(self.Chosen())

    def turn(self, by: int) -> None:
        """A screenful further."""
        values = self.sheet.values
        most = max((len(block.lines) for block in self.sheet.blocks), default=1)
        self.move(by * max(self.room // most, 1) if values else by * max(self.room - 1, 1))

    def go_to_end(self, last: bool) -> None:
        """Go to the last block or line, or to the first."""
        self.move(len(self._below) * (1 if last else -1))

    def scroll(self, by: int) -> None:
        """Show other lines; what is chosen stays."""
        top = min(max(self.top + by, 0), max(len(self._below) - self.room, 0))
        if top != self.top:
            self.top = top
            self.refresh()
            self.post_message(self.Chosen())

    def on_resize(self) -> None:
        self.top = min(self.top, max(len(self._below) - self.room, 0))
        if self.chosen:
            self.choose(self.chosen)
        self.post_message(self.Chosen())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.scroll(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.scroll(-WHEEL)

    def on_click(self, event: events.Click) -> None:
        """Choose the block, or open it when it is chosen already."""
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        place = self.top + offset.y - len(self.sheet.head)
        for block in self.sheet.blocks:
            if 0 <= place < len(block.lines) and block.value:
                if block.value == self.chosen:
                    self.post_message(self.Opened())
                else:
                    self.choose(block.value)
                return
            place -= len(block.lines)
