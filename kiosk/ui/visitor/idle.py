"""When nobody touches the screen: a warning that counts down, then everything is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from kiosk.ui.base import KioskScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.ui.visitor.app import VisitorApp


class IdleScreen(KioskScreen, ModalScreen[None]):
    """ "Are you still there?" with a countdown that any touch or key stops."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds

    def on_mount(self) -> None:
        self._ends = self.kiosk.clock.monotonic() + self.seconds
        self.set_interval(0.5, self.count)

    def body(self) -> ComposeResult:
        with Vertical(id="idle"):
            yield Heading(self.tr("Are you still there?"), min(self.metrics.heading, 4), id="idle-heading")
            yield Words(self._left(), id="idle-left", classes="-centre")
            yield Target(self.tr("Yes, go on"), "stay", sign="✓", classes="-accent", id="stay")

    def _left(self) -> str:
        seconds = self.seconds
        return self.trn(
            "Everything on this screen is cleared in {n} second.",
            "Everything on this screen is cleared in {n} seconds.",
            seconds,
        )

    def count(self) -> None:
        """Show the seconds left; at none, forget the visit."""
        left = int(self._ends - self.kiosk.clock.monotonic() + 0.999)
        if left <= 0:
            cast("VisitorApp", self.app).leave_idle()
        elif left != self.seconds:
            self.seconds = left
            self.say("idle-left", self._left())

    def press_stay(self, value: str) -> None:
        self.dismiss()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss()

    def on_click(self, event: events.Click) -> None:
        self.dismiss()
