"""The attract screen: the city, the time, and an invitation in every language."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.marks import N_
from kiosk.ui.notices import said
from kiosk.ui.visitor.base import VisitorScreen
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

INVITATION = N_("Touch your language to start")
TURN = 6
"""Seconds each language's welcome stays."""
CORNERS = ("top-left", "top-right", "bottom-right", "bottom-left")


class AttractScreen(VisitorScreen):
    """Touching a language starts; touching anywhere else asks for one."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = 0
        self._left = False
        self._corners: list[tuple[str, float]] = []

    def on_mount(self) -> None:
        self.set_interval(TURN, self.turn_welcome)

    def on_screen_resume(self) -> None:
        """Begin anew after a visit; at the start there is nothing to compose again."""
        if self._left:
            self._left, self.turn = False, 0
            self.set_focus(None)
            self.renew()

    def on_screen_suspend(self) -> None:
        self._left = True

    def compose(self) -> ComposeResult:
        self.remember()
        city = self.visitor.catalog.city
        yield TopBar(city.mark, city.name)
        with Vertical(id="attract"):
            yield from self.body()

    def body(self) -> ComposeResult:
        yield Picture(id="picture")
        yield Heading(self.welcome(), self.metrics.heading, id="welcome")
        yield Words(self._invitation(), id="invitation")
        notices = Words(self._notices(), id="notices")
        notices.display = bool(notices.words())
        yield notices
        with Vertical(id="languages"):
            codes = self.visitor.library.languages
            side = 3 if self.metrics.small else len(codes)
            for first in range(0, len(codes), side):
                yield Horizontal(*map(self._start, codes[first : first + side]))
        yield Horizontal(*self.more(), id="attract-more")
        status = Words(self._status(), id="status")
        status.rtl = LANGUAGES[self.visitor.fault].rtl if self.visitor.fault else None
        yield status

    def more(self) -> list[Target]:
        """What else can be touched, below the languages."""
        return [
            Target(self.tr("Leave feedback"), "feedback", sign="★", id="feedback"),
            self.contrast(),
        ]

    def contrast(self) -> Target:
        """Changes the colours."""
        return Target(self._contrast_label(), "contrast", sign="●", id="contrast")

    def _start(self, code: str) -> Target:
        language = LANGUAGES[code]
        return Target(language.name, "start", code, spoken=language.english, id=f"start-{code}")

    @property
    def code(self) -> str:
        """The language that is welcomed now."""
        codes = self.visitor.library.languages
        return codes[self.turn % len(codes)]

    def welcome(self) -> str:
        """The large words."""
        return self.visitor.library.catalog(self.code).city.welcome

    def _invitation(self) -> str:
        return self.visitor.library.messages(self.code).tr(INVITATION)

    def _contrast_label(self) -> str:
        return self.tr("Standard colors") if self.app.theme == "contrast" else self.tr("High contrast")

    def _status(self) -> str:
        """A word to the visitor after a fault, and to staff when something needs them."""
        app = self.visitor
        if app.fault:
            return app.library.messages(app.fault).tr("Sorry, something went wrong. Please start again.")
        return app.staff_line()

    def _notices(self) -> str:
        """What the City announces today, in the language that is welcomed."""
        library = self.visitor.library
        notices = said(library.catalog(self.code), library.messages(self.code), self.visitor.clock.day())
        return "\n".join(notices)

    def turn_welcome(self) -> None:
        """Welcome the next language's speakers."""
        if self.is_current:
            self.turn += 1
            self.visitor.fault = ""
            rtl = LANGUAGES[self.code].rtl
            self.say("welcome", self.welcome(), rtl)
            self.say("invitation", self._invitation(), rtl)
            self.say("notices", self._notices(), rtl)
            self.say("status", self._status())
            if self.visitor.take_up_changes():
                self.renew()

    def press_start(self, code: str) -> None:
        self.visitor.begin_visit(code)

    def press_feedback(self, value: str) -> None:
        self.visitor.begin_feedback()

    def press_contrast(self, value: str) -> None:
        self.app.theme = self.visitor.settings.screen.theme if self.app.theme == "contrast" else "contrast"
        self.renew()

    def on_click(self, event: events.Click) -> None:
        """Anywhere else: choose a language first; the four corners in a row call staff."""
        corner = self._corner(event.screen_x, event.screen_y)
        if corner and self._gesture(corner):
            self.visitor.open_staff()
        elif not corner:
            self._choose()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "space") and self.focused is None:
            self._choose()

    def _choose(self) -> None:
        self.visitor.prepare()
        from kiosk.ui.visitor.language import LanguageScreen

        self.app.push_screen(LanguageScreen(starting=True))

    def _corner(self, x: int, y: int) -> str:
        width, height = self.app.size
        row = "top" if y < 3 else "bottom" if y >= height - 3 else ""
        side = "left" if x < 6 else "right" if x >= width - 6 else ""
        return f"{row}-{side}" if row and side else ""

    def _gesture(self, corner: str) -> bool:
        """Whether the four corners were touched clockwise within eight seconds."""
        now = self.kiosk.clock.monotonic()
        self._corners = [*self._corners[-3:], (corner, now)]
        names = tuple(name for name, _ in self._corners)
        return names == CORNERS and now - self._corners[0][1] <= 8
