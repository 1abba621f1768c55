"""Behind the corner gesture: a PIN, then what needs attention and the way out of the kiosk."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from kiosk.i18n.marks import N_
from kiosk.ui import pin
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words


class _StaffPage(VisitScreen):
    """Not part of any visit: every way out leads back to the attract screen."""

    hint = N_("This page is for staff.")

    def press_start_over(self, value: str) -> None:
        self.press_back(value)


class PinScreen(_StaffPage):
    """Digits only; wrong PINs close the pad for a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""

    def body(self) -> ComposeResult:
        yield Heading(self.tr("Staff only"), 0, id="heading")
        yield Words(self.tr("Enter the PIN"), id="pin-shown")
        with Vertical(id="pad"):
            for row in ("123", "456", "789"):
                yield Horizontal(*(Target(digit, "digit", digit, repeats=True) for digit in row))
            yield Horizontal(
                Target(self.tr("Erase"), "erase", repeats=True),
                Target("0", "digit", "0", repeats=True),
                Target(self.tr("Enter"), "enter", classes="-accent"),
            )

    def press_digit(self, digit: str) -> None:
        self.typed = (self.typed + digit)[:12]
        self._show("●" * len(self.typed))

    def press_erase(self, value: str) -> None:
        self.typed = self.typed[:-1]
        self._show("●" * len(self.typed))

    def press_enter(self, value: str) -> None:
        typed, self.typed = self.typed, ""
        gate = self.visitor.staff_gate
        if gate.closed:
            self._show(self.tr("Too many wrong PINs. Please wait a minute."))
        elif pin.matches(self.visitor.settings.data, typed):
            gate.passed()
            self.app.switch_screen(StaffScreen())
        else:
            gate.failed()
            self._show(self.tr("That is not the PIN."))

    def _show(self, words: str) -> None:
        self.say("pin-shown", words or self.tr("Enter the PIN"))

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character.isdigit():
            self.press_digit(event.character)
        elif event.key == "backspace":
            self.press_erase("")
        elif event.key == "enter" and self.focused is None:
            self.press_enter("")


class StaffScreen(_StaffPage):
    """What needs attention, and the way out."""

    def body(self) -> ComposeResult:
        yield Heading(self.tr("Staff"), 0, id="heading")
        troubles = self.visitor.troubles()
        yield Words("\n".join(troubles) if troubles else self.tr("Nothing needs attention."), id="troubles")
        with Horizontal(id="ways"):
            yield Target(self.tr("Leave the kiosk"), "leave", id="leave", classes="-accent")

    def press_leave(self, value: str) -> None:
        self.visitor.leave()
