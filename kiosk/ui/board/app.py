"""The board: shows each call within a moment, announces one after the other, speaks all languages in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import events

from kiosk.clock import Clock
from kiosk.devices.announcer import Call
from kiosk.devices.speech import spoken_code
from kiosk.errors import JournalError
from kiosk.ui import pin
from kiosk.ui.base import KioskApp
from kiosk.ui.board.calls import ANNOUNCED, LISTED, Calls, Today
from kiosk.ui.board.screen import BoardScreen
from kiosk.ui.changes import Changes
from kiosk.ui.library import Library
from kiosk.ui.recorder import Recorder

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.journal import Journal
    from kiosk.tickets.ticket import Ticket

TURN = ANNOUNCED
"""Seconds each language stays."""
ENDED = 5 * LISTED
"""Calls of the day that are read beside the tickets still open: some have left or are void."""


class Announcing(Protocol):
    """What the board asks of `devices.announcer.Announcer`."""

    def announce(self, call: Call) -> None: ...
    def close(self) -> None: ...


class BoardApp(KioskApp):
    """Reads the journal after every change. `announcer` is told what shows a call and what rings the bell."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/base.tcss", "../styles/board.tcss"]

    def __init__(
        self,
        library: Library,
        recorder: Recorder,
        clock: Clock,
        announcer: Callable[[Callable[[Call], bool], Callable[[], object]], Announcing],
    ) -> None:
        self.library = library
        first = library.languages[0]
        super().__init__(library.settings, clock, library.messages(first), recorder.journal.practice)
        self.recorder = recorder
        self.changes = Changes(recorder, self.update)
        self.calls = Calls()
        self.turns = 0
        self._make_announcer = announcer
        self._announcer: Announcing | None = None
        self._turned = clock.monotonic()
        self._read: date | None = None

    def get_default_screen(self) -> BoardScreen:
        return BoardScreen()

    @property
    def catalog(self) -> Catalog:
        """The catalogue in the language on screen."""
        return self.library.catalog(self.language.code)

    @property
    def round(self) -> int:
        """How often all languages have had their turn."""
        return self.turns // len(self.library.languages)

    @property
    def board(self) -> BoardScreen:
        """The one screen."""
        screen = self.screen_stack[0]
        assert isinstance(screen, BoardScreen)
        return screen

    def on_mount(self) -> None:
        super().on_mount()
        self._announcer = self._make_announcer(self.take_turn, lambda: self.call_later(self.bell))
        self.call_later(self.begin)
        self.set_interval(1, self.beat)

    async def begin(self) -> None:
        """Read the journal, then go on looking for changes."""
        await self.changes.look()
        self.changes.start(self)

    async def on_unmount(self) -> None:
        if self._announcer:
            self._announcer.close()

    async def update(self) -> None:
        """Read the tickets and show what changed; what can't be read now is read at the next beat."""
        day, noticed = self.clock.day(), self.calls.noticed_last
        self._read = None
        try:
            tickets = await self.recorder.ask(lambda journal: read(journal, day, noticed))
        except JournalError:
            return
        self._read = day
        overnight = {lane.id for lane in self.catalog.lanes if lane.keeps_overnight}
        for ticket in self.calls.take(tickets, Today(day, overnight, self.clock.day)):
            if self._announcer:
                self._announcer.announce(self.spoken(ticket))
        self.board.tell()

    def spoken(self, ticket: Ticket) -> Call:
        """A call as it is to be announced, in the visitor's language where it is still offered."""
        messages = self.messages
        if ticket.language in self.library.languages:
            messages = self.library.messages(ticket.language)
        # L10n: spoken to the room; the code comes sign by sign, as in "Number B 1 0 4, counter 3"
        text = messages.tr(
            "Number {code}, counter {counter}", code=spoken_code(ticket.code), counter=ticket.counter
        )
        return Call(ticket.code, ticket.counter, messages.language.code, text, ticket.last_called_at)

    def take_turn(self, call: Call) -> bool:
        """The turn of a call has come, says the announcer's thread; answers whether it still holds."""
        self.call_later(self.show_call, call)
        return (call.code, call.at) in self.calls.still_called

    def show_call(self, call: Call) -> None:
        """Show the call that is announced, in its visitor's language."""
        if self.calls.announce(call.code, call.at, self.clock.monotonic()):
            self.speak(call.language)
            self.board.announce()

    def speak(self, code: str) -> None:
        """Change the language of everything on screen."""
        self.messages = self.library.messages(code)

    async def beat(self) -> None:
        """Every second: a new day, a call that is no longer new, the next language's turn."""
        now = self.clock.monotonic()
        if self._read != self.clock.day():
            await self.update()
        if self.calls.lapse(now):
            self.board.tell()
        if now - self._turned >= TURN and not self.calls.view.announced:
            self._turned = now
            self.turn_language()

    def turn_language(self) -> None:
        """Speak to the next language's readers; between two languages a changed services.yaml is taken up."""
        self.library.refresh()
        codes = self.library.languages
        here = codes.index(self.language.code) if self.language.code in codes else -1
        self.turns += 1
        self.speak(codes[(here + 1) % len(codes)])
        self.board.tell()

    def on_key(self, event: events.Key) -> None:
        """Until a PIN is set, Ctrl+Q leaves."""
        if event.key == "ctrl+q" and not pin.is_set(self.settings.data):
            self.exit(return_code=0)


def read(journal: Journal, day: date, noticed: Iterable[str]) -> list[Ticket]:
    """The tickets that the board may show: all live ones, those called last, those that were `noticed`."""
    ended = journal.calls_of_day(day, ENDED)
    live = journal.tickets_live()
    found = {ticket.ticket: ticket for ticket in (*ended, *live)}
    missing = [journal.ticket(name) for name in dict.fromkeys(noticed) if name not in found]
    return [*found.values(), *filter(None, missing)]
