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
from textual.widgets import Button, Static

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


class Echo(App[None]):
    """Shows what is typed, and a star for every touch; like the kiosk, without selecting text."""

    ALLOW_SELECT = False

    text = READY

    def compose(self) -> ComposeResult:
        yield Static(self.text)

    def on_key(self, event: events.Key) -> None:
        self.show("" if event.key == "enter" else self.text + (event.character or ""))

    def on_click(self) -> None:
        self.show(self.text + "*")

    def show(self, text: str) -> None:
        self.text = text
        self.query_one(Static).update(text)


class Twelve(Screen[None]):
    """Twelve buttons; any opens the next screen, Escape closes this one."""

    BINDINGS = [("escape", "app.pop_screen")]

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

    CSS = "Grid { grid-size: 3 4; } Button { width: 100%; }"

    def get_default_screen(self) -> Screen[None]:
        return Twelve("first")


APPS: dict[str, type[App[None]]] = {"empty": Empty, "echo": Echo, "two": Two}

if __name__ == "__main__":
    APPS[sys.argv[1]]().run()
