"""The board's one screen: the code and the counter as large as they go; the rest is quiet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget

from kiosk.i18n.script import wrap
from kiosk.tickets.ticket import Ticket
from kiosk.ui.base import KioskScreen
from kiosk.ui.board.calls import LISTED
from kiosk.ui.board.large import Large
from kiosk.ui.notices import said
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.ui.board.app import BoardApp

FLASHES = 3
BEAT = 0.5
"""Seconds that a flash is lit, and dark: once a second, far under the three that may harm."""
DRAWN_CARDS, LARGE_CARDS = 30, 60
"""Rows of the screen from which the codes of other calls are drawn, and from which their counters are."""

QUIET = 5
"""Of so many rows one at most is for who waits, and one for a notice."""


class BoardScreen(KioskScreen):
    """Says everything anew in place; it is composed again only for another size or direction of reading."""

    def __init__(self) -> None:
        super().__init__()
        self.lit = 0
        self._mirrored = False
        self._flashing: Timer | None = None

    @property
    def board(self) -> BoardApp:
        return cast("BoardApp", self.app)

    @property
    def cards(self) -> int:
        """How many other calls have room."""
        width = self.metrics.width
        return min(LISTED - 1, 3 if width < 80 else 4 if width < 110 else 5)

    def remember(self) -> None:
        super().remember()
        self._mirrored = self.kiosk.language.rtl
        self.set_class(self.metrics.height >= DRAWN_CARDS, "-drawn")
        self.set_class(self.metrics.height >= LARGE_CARDS, "-large")

    def compose(self) -> ComposeResult:
        self.remember()
        city = self.board.catalog.city
        yield TopBar(city.mark, city.name)
        with Vertical(id="board"):
            yield from self.body()

    def on_mount(self) -> None:
        self.tell()

    async def recompose(self) -> None:
        """Compose again and say everything before it is painted."""
        with self.app.batch_update():
            await super().recompose()
            self.tell()

    def body(self) -> ComposeResult:
        with Vertical(id="welcome"):
            yield Heading("", self.metrics.heading, lines=2, id="greeting")
            yield Words("", id="hint", classes="-quiet")
        with Vertical(id="now"):
            yield Words("", id="now-label")
            yield Large("", id="code")
            yield Large("", id="counter")
        with Vertical(id="others"):
            yield Words("", id="others-label", classes="-quiet")
            yield Horizontal(*self.sided([self._card(place) for place in range(self.cards)]))
        yield Words("", id="waiting", classes="-quiet")
        yield Words("", id="notice")

    def _card(self, place: int) -> Widget:
        height = self.metrics.height
        code = Large("", id=f"code-{place}", classes="-code")
        counter = Large if height >= LARGE_CARDS else Words
        return Vertical(code, counter("", id=f"counter-{place}", classes="-counter"), classes="-card")

    def tell(self) -> None:
        """Show what is called, who waits and what the City says, in the language of the moment."""
        if self._mirrored != self.kiosk.language.rtl:
            self.renew()
        elif self.query("#notice"):
            self._tell_bar()
            self._tell_calls()
            self._tell_rest()

    def _tell_bar(self) -> None:
        for bar in self.query(TopBar):
            bar.city = self.board.catalog.city.name
            if self.kiosk.prepared:
                bar.tell_time()
            bar.refresh()

    def _tell_calls(self) -> None:
        view = self.board.calls.view
        self.query_one("#welcome").display = view.now is None
        self.query_one("#now").display = view.now is not None
        self.query_one("#now").set_class(view.announced, "-new").set_class(self.lit % 2 == 1, "-lit")
        self.say("greeting", self.board.catalog.city.welcome)
        self.say("hint", self.tr("Your number will be shown here."))
        self.say("now-label", self.tr("Now serving"))
        self._call_out("code", "counter", view.now)
        self.query_one("#others").display = bool(view.others)
        self.say("others-label", self.tr("Latest calls"))
        for place in range(self.cards):
            call = view.others[place] if place < len(view.others) else None
            self._call_out(f"code-{place}", f"counter-{place}", call)
            for code in self.query(f"#code-{place}"):
                cast(Widget, code.parent).visible = call is not None

    def _call_out(self, code_id: str, counter_id: str, call: Ticket | None) -> None:
        code, counter = (call.code, call.counter) if call else ("", "")
        words = self.tr("Counter {counter}", counter=counter) if call else ""
        self.say(code_id, code)
        for place in self.query(f"#{counter_id}"):
            if isinstance(place, Large):
                place.call_out(words, counter)
            else:
                self.say(counter_id, words)

    def _tell_rest(self) -> None:
        """Who waits, and one notice for as long as all languages take; where room is short, in turns."""
        board = self.board
        notices = said(board.catalog, board.messages, board.clock.day())
        tight = self.has_class("-tight")
        pages = range(0 if tight else 1, len(notices) + 1)
        page = pages[board.round % len(pages)] if pages else 0
        self.say("waiting", self._waiting(board.language.code))
        self.say("notice", notices[page - 1] if page else "")
        self.query_one("#waiting").display = not (page and tight)
        self.query_one("#notice").display = bool(page)
        self._keep_height()

    def _waiting(self, code: str) -> str:
        """The lines of people in one language."""
        tr, lanes = self.board.library.messages(code).tr, self.board.library.catalog(code).lanes
        waiting = self.board.calls.view.waiting
        # L10n: a line of people and how many wait in it, as in "Bills and payments 4"
        counts = [tr("{lane} {count}", lane=lane.name, count=waiting.get(lane.id, 0)) for lane in lanes]
        # L10n: how many people wait in each line, as in "Waiting: Court and fines 2 · Permits 0"
        return tr("Waiting: {lanes}", lanes=" · ".join(counts)) if counts else ""

    def _keep_height(self) -> None:
        """Give the quiet lines the room that they need in any language, so that nothing above them moves."""
        board, day = self.board, self.board.clock.day()
        codes = board.library.languages
        waiting = self._rows(self._waiting(code) for code in codes)
        notices = self._rows(
            text
            for code in codes
            for text in said(board.library.catalog(code), board.library.messages(code), day)
        )
        if self.has_class("-tight"):
            waiting = notices = max(waiting, notices)
        self.query_one("#waiting").styles.height = waiting
        self.query_one("#notice").styles.height = notices

    def _rows(self, texts: Iterable[str]) -> int:
        most = max((len(wrap(text, self.metrics.inner)) for text in texts), default=0)
        return min(most, self.metrics.height // QUIET)

    def announce(self) -> None:
        """A call is new: show it, and let it flash where things may move."""
        self.tell()
        self._stop_flashing()
        if self.kiosk.settings.screen.motion:
            self.lit = 2 * FLASHES
            self.flash()
            self._flashing = self.set_interval(BEAT, self.flash)

    def flash(self) -> None:
        """One beat: lit after dark, dark after lit, then over."""
        self.lit = max(self.lit - 1, 0)
        for now in self.query("#now"):
            now.set_class(self.lit % 2 == 1, "-lit")
        if not self.lit:
            self._stop_flashing()

    def _stop_flashing(self) -> None:
        if self._flashing:
            self._flashing.stop()
            self._flashing = None
