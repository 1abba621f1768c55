"""The desk: somebody signs in at a counter, calls people, and looks things up for them."""

from __future__ import annotations

import logging
from asyncio import to_thread
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work

from kiosk.clock import Clock, stamp
from kiosk.errors import JournalError
from kiosk.ui import pin
from kiosk.ui.base import KioskApp
from kiosk.ui.changes import Changes
from kiosk.ui.desk import wording
from kiosk.ui.desk.actions import Actions
from kiosk.ui.desk.base import DeskScreen
from kiosk.ui.desk.docent import Docent
from kiosk.ui.desk.invitations import printed, settled
from kiosk.ui.desk.queue import QueueScreen
from kiosk.ui.desk.sight import Sight, company, look
from kiosk.ui.desk.sign_in import SignInScreen
from kiosk.ui.library import Library
from kiosk.ui.printing import Printing
from kiosk.ui.recorder import Recorder
from kiosk.ui.thinking import Thinker
from kiosk.ui.watches import Gate

if TYPE_CHECKING:
    from textual.screen import Screen

    from kiosk.catalog.model import Catalog
    from kiosk.i18n.messages import Messages
    from kiosk.journal import Journal
    from kiosk.line.claims import Claims
    from kiosk.line.line import Line
    from kiosk.tickets.ticket import Ticket
    from kiosk.ui.desk.invitations import Invitation

log = logging.getLogger(__name__)
MINUTE = 60.0
"""Seconds between two readings where nothing seems to have changed: hours begin, days end."""
COMPANY = 3.0
"""Seconds between two looks at whether the other desks are reached: the journal does not tell."""


class Told(NamedTuple):
    """What came of the last key, in one line."""

    text: str = ""
    refused: bool = False


class DeskApp(KioskApp):
    """Sign in, then the queue. `name` and `counter` go straight in where no PIN is set."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/base.tcss", "../styles/desk.tcss"]

    def __init__(
        self,
        library: Library,
        recorder: Recorder,
        line: Line,
        clock: Clock,
        name: str = "",
        counter: str = "",
    ) -> None:
        self.library = library
        words = library.messages(library.languages[0])
        super().__init__(library.settings, clock, words, recorder.journal.practice)
        self.recorder = recorder
        self.line = line
        self.given = (name.strip(), counter)
        self.gate = Gate(clock)
        self.docent: Docent | None = None
        self.sight: Sight | None = None
        self.told = Told()
        self.thinker = Thinker(library)
        self.changes = Changes(recorder, self.reread)
        self.actions = Actions(self)
        self.printing = Printing(library.settings, recorder, line)
        self.survey_url = ""
        """The center that a printed invitation leads to; "" where none can be printed."""

    def get_default_screen(self) -> Screen[None]:
        return SignInScreen(*self.given)

    @property
    def catalog(self) -> Catalog:
        """The catalogue in the language of the desk."""
        return self.library.catalog(self.language.code)

    @property
    def locked(self) -> bool:
        """Whether a staff PIN is set."""
        return pin.is_set(self.settings.data)

    @property
    def counters(self) -> list[str]:
        """The counters of all lines."""
        return list(dict.fromkeys(name for lane in self.catalog.lanes for name in lane.counters))

    @property
    def now(self) -> str:
        """The present moment as a stamp."""
        return stamp(self.clock.now())

    def on_mount(self) -> None:
        self.changes.start(self)
        self.set_interval(MINUTE, self.refresh_all)
        self.set_interval(COMPANY, self.watch_company)
        name, counter = self.given
        if name and counter in self.counters and not self.locked:
            self.sign_in(name, counter)

    def prepare(self) -> None:
        """After the first frame: learn the catalogue for the search, and find the other desks."""
        if not self.prepared:
            super().prepare()
            self.thinker.study()
            self.meet_others()

    @work(exclusive=True, group="others")
    async def meet_others(self) -> None:
        """Once this machine belongs to a center: ask it before each call, and lead phones to its survey."""
        from kiosk.ui.online import center_url

        before = self.line.claims, self.survey_url
        if self.line.claims is None:
            self.line.claims = await to_thread(way_to_center, self.line.journal, self.clock)
        if self.printing.available:
            self.survey_url = await to_thread(center_url, self.settings.data, self.practice)
        if before != (self.line.claims, self.survey_url):
            await self.reread()

    async def on_unmount(self) -> None:
        self.thinker.close()

    @work
    async def sign_in(self, name: str, counter: str) -> None:
        """Open a counter for somebody, and show the queue."""
        if self.docent is not None:
            return
        docent = self.docent = Docent(name, "", counter)
        try:
            docent.staff = await self.recorder.ask(lambda journal: journal.staff_of(name))
            await self.recorder.ask(lambda _: self.line.counter(counter, "opened", docent.staff))
            await self.changes.look()
            self.sight = await self.recorder.ask(lambda _: look(self.line))
        except JournalError as problem:
            self.docent = None
            self.tell(problem.what, refused=True)
            return
        self.tell(self.messages.tr("Counter {counter} is open.", counter=counter))
        self.push_screen(QueueScreen())

    @work
    async def sign_out(self, leave: bool) -> None:
        """Close the counter and forget who was there; with `leave` the desk ends."""
        docent, self.docent = self.docent, None
        if docent is None:
            return
        try:
            await self.recorder.ask(lambda _: self.line.counter(docent.counter, "closed", docent.staff))
        except JournalError as problem:
            # The docent goes all the same; a silent counter counts as closed after an hour.
            log.error("not recorded: %s", problem)
        self.told = Told()
        if leave:
            self.exit(return_code=0)
            return
        while len(self.screen_stack) > 1:
            self.pop_screen()

    async def reread(self) -> None:
        """Read the lines again and show them."""
        if self.docent is None:
            return
        invitations = self.docent.invitations
        try:
            self.sight = await self.recorder.ask(lambda _: look(self.line))
            units = invitations.units
            gone = await self.recorder.ask(lambda journal: settled(journal, units))
            invitations.drop(gone, self.clock.monotonic())
        except JournalError as problem:
            self.tell(problem.what, refused=True)
            return
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.show()

    async def watch_company(self) -> None:
        """Show it soon when the other desks can't be reached any more, or again."""
        sight = self.sight
        if sight is None or not sight.company or self.docent is None:
            return
        # What can't be read now will be read later; the recorder tells staff what is wrong.
        with suppress(JournalError):
            if await self.recorder.ask(lambda _: company(self.line)) != sight.company:
                await self.reread()

    async def refresh_all(self) -> None:
        """What changes by itself: the hour, the day, a new services.yaml, a center that was joined."""
        if self.library.refresh():
            self.thinker.ready = False
            self.thinker.study()
        self.meet_others()
        await self.reread()

    @work
    async def print_ticket(self, ticket: Ticket) -> None:
        """Print a ticket in its visitor's language; say so where it did not come out."""
        from kiosk.ui.online import center_url
        from kiosk.ui.slips import ticket_slip

        catalog, messages = self._in_language_of(ticket.language)
        url = center_url(self.settings.data, self.practice)
        slip = ticket_slip(ticket, catalog, messages, self.clock, practice=self.practice, url=url)
        outcome = await self.printing.ticket(ticket, slip)
        await self.reread()
        if not outcome.ok:
            self.tell(wording.unprinted(ticket, outcome.fault, self.messages), refused=True)

    @work
    async def print_invitation(self, asked: Invitation) -> None:
        """Print somebody's invitation in their language; they are invited when it has come out."""
        from kiosk.ui.slips import invitation_slip

        number, url = asked.number, self.survey_url
        try:
            unit = await self.recorder.ask(lambda journal: journal.survey_unit(asked.unit))
            if unit is None or not url:
                return
            self.tell(self.messages.tr("The invitation for {number} is being printed.", number=number))
            slip = invitation_slip(unit, number, *self._in_language_of(unit.language), url, self.practice)
            outcome = await self.printing.invitation(asked.unit, slip)
            if outcome.ok:
                await self.recorder.ask(lambda _: self.line.survey.invite(asked.unit, "desk"))
        except JournalError as problem:
            self.tell(problem.what, refused=True)
            return
        await self.reread()
        self.tell(printed(asked, outcome.fault, self.messages), refused=not outcome.ok)

    def _in_language_of(self, code: str) -> tuple[Catalog, Messages]:
        """Catalogue and messages for a visitor of a language; in the desk's where it is not offered."""
        code = code if code in self.library.languages else self.language.code
        return self.library.catalog(code), self.library.messages(code)

    def tell(self, text: str, refused: bool = False) -> None:
        """Say in one quiet line what came of a key."""
        self.told = Told(text, refused)
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.show_told()


def way_to_center(journal: Journal, clock: Clock) -> Claims | None:
    """How the center of this machine is asked; None while it belongs to none."""
    if journal.enrolled() is None:
        return None
    from kiosk.sync.claiming import CenterClaims

    return CenterClaims(journal.path.parent, journal, clock)
