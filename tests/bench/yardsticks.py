"""The empty apps that the visitor app is measured against; each does the least that can be compared.

Run by the benches in a pseudo-terminal: python tests/bench/yardsticks.py empty|echo|two
"""

from __future__ import annotations

import sys

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Grid
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button

READY = "ready when you are"
"""What the first frame of every yardstick says."""


class Blank(Screen[None]):
    """No widget at all; the words tell when the frame is there."""

    def render(self) -> Content:
        return Content(READY)


class Empty(App[None]):
    """What Textual itself costs."""

    def get_default_screen(self) -> Screen[None]:
        return Blank()


class Line(Widget):
    """One row of text."""

    DEFAULT_CSS = "Line { height: 1; }"
    text = READY

    def render(self) -> Content:
        return Content(self.text)


class Echo(App[None]):
    """Shows what is typed, in one row that is drawn again at every key."""

    def compose(self) -> ComposeResult:
        yield Line()

    def on_key(self, event: events.Key) -> None:
        line = self.query_one(Line)
        if event.key == "backspace":
            line.text = line.text[:-1]
        elif event.key == "enter":
            line.text = ""
        elif event.character:
            line.text += event.character
        line.refresh()


class Twelve(Screen[None]):
    """Twelve buttons; any opens the next screen, Escape closes this one."""

    BINDINGS = [("escape", "app.pop_screen")]
    CSS = "Twelve Grid { grid-size: 3 4; } Twelve Button { width: 100%; }"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.prefix = name

    def compose(self) -> ComposeResult:
        with Grid():
            for number in range(1, 13):
                yield Button(READY if (self.prefix, number) == ("first", 1) else f"{self.prefix} {number}")

    def on_button_pressed(self) -> None:
        self.app.push_screen(Twelve("second"))


class Two(App[None]):
    """The same switch of screens with nothing else on them."""

    def get_default_screen(self) -> Screen[None]:
        return Twelve("first")


APPS: dict[str, type[App[None]]] = {"empty": Empty, "echo": Echo, "two": Two}

if __name__ == "__main__":
    APPS[sys.argv[1]]().run()
