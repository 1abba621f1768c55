"""A screen on which a visitor types, on the screen's keyboard or on a real one."""

from __future__ import annotations

from textual import events

from kiosk.i18n.script import clean
from kiosk.ui.keyboards import LAYOUTS, type_key
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.keyboard import Keyboard, keyboard_rows
from kiosk.ui.widgets.target import Target


class TypingScreen(VisitScreen):
    """`typed` is the text so far; the target with the id `field` shows it.

    Subclasses say in `changed()` what follows from a key.
    """

    longest = 60
    """Characters that can be typed."""

    def __init__(self, typed: str = "", keyboard: bool = True) -> None:
        super().__init__()
        self.typed = typed
        self.keyboard = keyboard
        self.key_layer = 0

    def on_unmount(self) -> None:
        """Textual may keep a screen that was left a little longer; its words go now."""
        self.typed = ""

    def changed(self) -> None:
        """The text is another one."""

    def shown(self) -> str:
        """The text with a cursor, or an invitation to type."""
        return f"{self.typed}▏" if self.typed else self.tr("Type what you need")

    def field(self) -> Target:
        """The field; touching it shows or hides the keyboard."""
        return Target(self.shown(), "keyboard", sign="▸", id="field", classes="-field", quiet=not self.typed)

    def keys(self) -> Keyboard:
        """The on-screen keyboard in the visitor's language."""
        return Keyboard(self.kiosk.language.code, self.key_layer)

    @property
    def top_bar(self) -> bool:
        """The keyboard takes its row on small screens, but never the word that this is practice."""
        return self.kiosk.practice or not (self.keyboard and self.metrics.small)

    @property
    def keyboard_rows(self) -> int:
        """Rows the on-screen keyboard takes now."""
        return keyboard_rows(self.metrics) if self.keyboard else 0

    def type(self, text: str) -> None:
        """Put another text into the field."""
        text = clean(text)[: self.longest]
        if text != self.typed:
            self.typed = text
            for field in self.query("#field").results(Target):
                field.title, field.quiet = self.shown(), not self.typed
                field.refresh()
            self.changed()

    def press_key(self, key: str) -> None:
        layout = LAYOUTS.get(self.kiosk.language.code, LAYOUTS["en"])
        self.type(type_key(self.typed, key, layout.tones))

    def press_erase(self, value: str) -> None:
        self.type(self.typed[:-1])

    def press_clear(self, value: str) -> None:
        self.type("")

    def press_layer(self, layer: str) -> None:
        self.key_layer = int(layer)
        self.renew()

    def press_keyboard(self, value: str) -> None:
        self.keyboard = not self.keyboard
        self.renew()

    def on_key(self, event: events.Key) -> None:
        """A real keyboard: its characters, also composed ones, go to the field."""
        if event.key == "backspace":
            self.press_erase("")
        elif event.is_printable and event.character:
            self.type(self.typed + event.character)
        else:
            return
        event.stop()
        if self.keyboard:
            self.keyboard = False
            self.renew()
