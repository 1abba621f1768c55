"""The locked-down App and Screen that the visitor app, the desk and the board share."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events
from textual.app import App, ComposeResult, ScreenStackError
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from kiosk.clock import Clock
from kiosk.i18n.languages import Language
from kiosk.ui.blocks import Mode
from kiosk.ui.css import SteadyStylesheet
from kiosk.ui.display_type import Request, TypeCache, mode_for_terminal
from kiosk.ui.metrics import Metrics, measure
from kiosk.ui.theme import PALETTES, Palette, palette, textual_theme
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Scripted, Words

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.settings import Settings

log = logging.getLogger(__name__)
T = TypeVar("T", bound=Widget)
AGAIN = 3
"""Return code of an app that staff want started again at once."""
DOUBLE_TOUCH = 0.3
"""Seconds in which a second touch on the same screen counts as the first one's bounce."""


class KioskApp(App[None], inherit_bindings=False):
    """No palette, no quit key, no selection, no links, no clipboard, no traceback on screen."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    COMMANDS: ClassVar[set[Any]] = set()
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, settings: Settings, clock: Clock, messages: Messages, practice: bool = False) -> None:
        super().__init__()
        self.settings = settings
        self.practice = practice
        self.clock = clock
        self.messages = messages
        self.bidi = settings.screen.bidi
        self._mode = _display_mode(settings.screen.display_type)
        self._type = TypeCache(settings.cache)
        self._drawn: dict[Request, tuple[str, ...]] = {}
        self.prepared = False
        for name in PALETTES:
            self.register_theme(textual_theme(name, settings.screen.accent if name != "contrast" else ""))
        # Before anything is styled: no watcher needs to know.
        self.set_reactive(KioskApp.theme, settings.screen.theme)
        self.stylesheet = SteadyStylesheet(variables=self.get_css_variables())

    @property
    def language(self) -> Language:
        """The language on screen now."""
        return self.messages.language

    @property
    def colours(self) -> Palette:
        """The colours of the theme on screen."""
        return palette(self.theme, self.settings.screen.accent if self.theme != "contrast" else "")

    @property
    def metrics(self) -> Metrics:
        """What fits on the terminal as it is now."""
        drawn = self.settings.screen.display_type != "off"
        return measure(*self.size, drawn=drawn, dense=self.language.dense)

    @property
    def blocks(self) -> Mode:
        """Which block characters this terminal draws without gaps."""
        return self._mode or mode_for_terminal(os.environ)

    def draw_type(
        self, text: str, rows: int, width: int, lines: int, room: int, rtl: bool
    ) -> tuple[str, ...]:
        """Display type for a text, a line `rows` cells high or a little less, all lines at most `room`.

        Empty where the text must be typed.
        Before the first frame only what the cache holds: the font libraries take longer than the frame.
        """
        if self._mode is None:
            return ()
        heights = tuple(range(max(3, rows - 1), rows + 1))
        request = Request(text, heights, width, lines, room, self._mode, rtl)
        if request not in self._drawn:
            drawing = self._type.draw(request) if self.prepared else self._type.get(request)
            if drawing is None and not self.prepared:
                return ()
            self._drawn[request] = drawing.lines if drawing else ()
        return self._drawn[request]

    def post_display_hook(self) -> None:
        """The first frame is out: now what it did without."""
        if not self.prepared and self.screen_stack and self.screen.is_mounted:
            self.call_later(self.prepare)

    def prepare(self) -> None:
        """Load what the first frame did without: font libraries, dates. Once."""
        if self.prepared:
            return
        self.prepared = True
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        for heading in self.screen.query(Heading):
            heading.forget()
        for bar in self.screen.query(TopBar):
            bar.tell_time()

    async def on_event(self, event: events.Event) -> None:
        """Drop pastes: no clipboard reaches a public screen."""
        if not isinstance(event, events.Paste):
            await super().on_event(event)

    def on_mount(self) -> None:
        """Leave by SIGTERM and SIGHUP with the terminal restored; never stop by SIGTSTP."""
        if self.is_headless:
            return
        import asyncio

        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(name, self.exit)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    def _fatal_error(self) -> None:
        """Log the fault without local variables and close; the supervisor starts the app again."""
        kind, error, trace = sys.exc_info()
        lines = traceback.format_exception(kind, error, trace) if kind else [repr(self._exception)]
        where = "start"
        # Between two screens there is none; the fault must be told and the app closed all the same.
        with suppress(ScreenStackError):
            where = type(self.screen).__name__
        log.error("fault on %s:\n%s", where, "".join(lines))
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """Never show what went wrong to a visitor."""
        self._fatal_error()

    def copy_to_clipboard(self, text: str) -> None:
        """Visitors' words stay here."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """No browser opens over the kiosk."""

    async def action_quit(self) -> None:
        """Nothing quits the app but staff."""


class KioskScreen(Screen[None], inherit_bindings=False):
    """A screen composed from its state, the language and the size; any change composes it again.

    Subclasses give `body()` and methods `press_<action>(value)` for their targets.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk('up')", show=False),
        Binding("down", "walk('down')", show=False),
        Binding("left", "walk('left')", show=False),
        Binding("right", "walk('right')", show=False),
        Binding("tab", "step(1)", show=False),
        Binding("shift+tab", "step(-1)", show=False),
        Binding("escape", "escape", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._composed_for: tuple[str, Size] | None = None
        self._touched = ("", -1.0)

    @property
    def kiosk(self) -> KioskApp:
        """The app, by its own type."""
        return cast("KioskApp", self.app)

    @property
    def metrics(self) -> Metrics:
        return self.kiosk.metrics

    def tr(self, message: str, **values: Any) -> str:
        """A message in the language on screen."""
        return self.kiosk.messages.tr(message, **values)

    def trn(self, one: str, many: str, n: int, **values: Any) -> str:
        """A message that depends on a number."""
        return self.kiosk.messages.trn(one, many, n, **values)

    def sided(self, widgets: list[T]) -> list[T]:
        """Widgets that stand side by side, in the order of the script's direction."""
        return widgets[::-1] if self.kiosk.language.rtl else widgets

    def body(self) -> ComposeResult:
        """The widgets of the screen, between the bars."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        self.remember()
        yield from self.body()

    def remember(self) -> None:
        """Note the language and the size that this composition is for."""
        self._composed_for = (self.kiosk.language.code, self.app.size)
        self.set_class(self.kiosk.language.rtl, "-rtl")
        self.set_class(self.metrics.top == 1, "-tight")
        self.set_class(self.metrics.width < 80, "-small")
        self.set_class(self.metrics.below > 0, "-tall")

    def on_resize(self) -> None:
        self._compose_again()

    def on_screen_resume(self) -> None:
        self._compose_again()

    def _compose_again(self) -> None:
        if self._composed_for and self._composed_for != (self.kiosk.language.code, self.app.size):
            self.renew()

    def renew(self, keep_focus: bool = True) -> None:
        """Compose the screen again from its state; the focus stays on the same place."""
        focused = self.focused.id if self.focused and keep_focus else None
        self.refresh(recompose=True)
        if focused:
            self.call_after_refresh(self._refocus, focused)

    def _refocus(self, widget_id: str) -> None:
        for widget in self.query(f"#{widget_id}"):
            widget.focus(scroll_visible=False)

    def say(self, place: str, text: str, rtl: bool | None = None) -> None:
        """Show other words at a place; while the screen is being composed again there is none yet."""
        for words in self.query(f"#{place}"):
            if isinstance(words, Words | Heading):
                words.rtl = rtl
                words.say(text)

    def on_target_pressed(self, event: Target.Pressed) -> None:
        """Carry out `press_<action>`, once per touch."""
        event.stop()
        target, now = event.target, self.kiosk.clock.monotonic()
        before, moment = self._touched
        self._touched = (target.action, now)
        if not target.repeats and before == target.action and now - moment < DOUBLE_TOUCH:
            return
        # A screen that is being left is no longer the app's, though still current.
        if self.app.screen is self:
            getattr(self, f"press_{target.action}")(target.value)

    def action_escape(self) -> None:
        """Escape goes back, where the screen has a way back."""

    def action_walk(self, direction: str) -> None:
        """Move the focus to the nearest target in a direction; from nowhere, to the first."""
        targets, start = self._readable(), self.focused
        if start is None or start not in targets:
            self.action_step(1)
            return
        nearest = min(
            (w for w in targets if w is not start and _lies(start, w, direction)),
            key=lambda w: _distance(start, w, direction, self.kiosk.language.rtl),
            default=None,
        )
        if nearest is not None:
            nearest.focus(scroll_visible=False)

    def action_step(self, by: int) -> None:
        """Move the focus to the next or the previous target in the order of reading."""
        targets = self._readable()
        if targets:
            place = targets.index(self.focused) + by if self.focused in targets else min(by, 0)
            targets[place % len(targets)].focus(scroll_visible=False)

    def _readable(self) -> list[Widget]:
        """What can have the focus, row by row, from the side where the script begins."""
        way = -1 if self.kiosk.language.rtl else 1
        shown = [widget for widget in self.focus_chain if widget.focusable and widget.region]
        return sorted(shown, key=lambda widget: (widget.region.y, way * widget.region.x))

    def speech(self) -> str:
        """What a blind visitor needs: the words in order, then the choices as "1 of N"."""
        plain = [w.words() for w in self._scripted() if not isinstance(w, Target)]
        choices = [w.words() for w in self._scripted() if isinstance(w, Target) and not w.has_class("-bar")]
        numbered = [
            self.tr("{index} of {count}: {label}", index=index, count=len(choices), label=label)
            for index, label in enumerate(choices, 1)
        ]
        return "\n".join(part for part in plain + numbered if part)

    def _scripted(self) -> Iterable[Scripted]:
        return (w for w in self.query(Scripted) if w.display and w.is_on_screen)


def _display_mode(setting: str) -> Mode | None:
    """How headings are drawn; None where they are typed."""
    if setting == "off":
        return None
    return mode_for_terminal(os.environ) if setting == "auto" else cast("Mode", setting)


def _lies(start: Widget, other: Widget, direction: str) -> bool:
    """Whether `other` lies in a direction from `start`, beyond its edge."""
    a, b = start.region, other.region
    return {
        "up": b.bottom <= a.y,
        "down": b.y >= a.bottom,
        "left": b.right <= a.x,
        "right": b.x >= a.right,
    }[direction]


def _distance(start: Widget, other: Widget, direction: str, rtl: bool) -> tuple[int, int]:
    """Gap along the direction plus what it lies aside (a cell is twice as high as wide); then the edge
    at which reading begins."""
    a, b = start.region, other.region
    down = max(b.y - a.bottom, a.y - b.bottom, 0) * 2
    across = max(b.x - a.right, a.x - b.right, 0)
    along, aside = (down, across) if direction in ("up", "down") else (across, down)
    return (along + 3 * aside, (abs(b.right - a.right) if rtl else abs(b.x - a.x)) + 2 * abs(b.y - a.y))
