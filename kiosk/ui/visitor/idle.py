"""When nobody touches the screen: a warning that counts down, then everything is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from kiosk.clock import Clock
from kiosk.ui.base import KioskScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.ui.visitor.app import VisitorApp


class Idle:
    """Seconds since the last touch, by the monotonic clock: a stalled timer can't extend a visit."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock = clock
        self._limit = limit
        self._last = clock.monotonic()

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._clock.monotonic()

    @property
    def quiet(self) -> float:
        """Seconds since the last touch."""
        return self._clock.monotonic() - self._last

    @property
    def due(self) -> bool:
        """Whether it is time to warn."""
        return self.quiet >= self._limit


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
            self.query_one("#idle-left", Words).say(self._left())

    def press_stay(self, value: str) -> None:
        self.dismiss()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss()

    def on_click(self, event: events.Click) -> None:
        self.dismiss()
