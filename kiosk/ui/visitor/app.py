"""The visitor app: one visit at a time, forgotten when it ends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path, PurePath
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.screen import Screen

from kiosk.clock import Clock
from kiosk.errors import JournalError, KioskError, TicketRefused
from kiosk.i18n.marks import N_
from kiosk.ui import pin
from kiosk.ui.base import KioskApp
from kiosk.ui.forget import forget_words
from kiosk.ui.library import Library
from kiosk.ui.recorder import Recorder
from kiosk.ui.thinking import Thinker
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.visit import Visit
from kiosk.ui.watches import Gate, Idle

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog, Service
    from kiosk.journal import Journal
    from kiosk.line.line import Line
    from kiosk.line.view import Place
    from kiosk.tickets.ticket import Ticket
    from kiosk.ui.printing import Printing
    from kiosk.ui.visitor.surveying import Surveying


STYLES = Path(__file__).parents[1] / "styles"
CHOICES = timedelta(days=90)
"""How far back visitors' choices count for the order of results."""
LATER_STYLES = ("home", "results", "service", "qr", "survey", "pages", "staff", "ticket")
SCREENS = (
    "home",
    "language",
    "category",
    "results",
    "service",
    "take_along",
    "ticket_phone",
    "need",
    "survey",
    "help",
    "idle",
    "ticket",
    "ticket_number",
    "standing",
    "no_ticket",
    "print_page",
)


class VisitorApp(KioskApp):
    """Attract, visit, attract. `fault` is the language of a visit that a fault has just ended."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/base.tcss", "../styles/attract.tcss"]
    MODES = {"attract": AttractScreen}
    DEFAULT_MODE = "attract"

    def __init__(
        self,
        library: Library,
        recorder: Recorder,
        line: Callable[[], Line],
        clock: Clock,
        fault: str = "",
    ) -> None:
        self.library = library
        super().__init__(library.settings, clock, library.messages("en"), recorder.journal.practice)
        self.recorder = recorder
        self._make_line = line
        self.fault = fault
        self.random = Random()
        self.visit = Visit(self.first_language)
        self.staff_gate = Gate(clock)
        self.idle = Idle(clock, library.settings.screen.idle_seconds)
        self._ending = False
        self.thinker = Thinker(library)

    @cached_property
    def line(self) -> Line:
        """The waiting line, made when it is first needed: no ticket is taken on the first screen."""
        return self._make_line()

    @cached_property
    def printing(self) -> Printing:
        """The machine's printer."""
        from kiosk.ui.printing import Printing

        return Printing(self.settings, self.recorder, self.line)

    @cached_property
    def surveying(self) -> Surveying:
        """What the survey does with this visit."""
        from kiosk.ui.visitor.surveying import Surveying

        return Surveying(self)

    @property
    def first_language(self) -> str:
        """The language of the attract screen's own words."""
        return self.library.languages[0]

    @property
    def catalog(self) -> Catalog:
        """The catalogue in the language on screen."""
        return self.library.catalog(self.language.code)

    def service(self, service_id: str) -> Service:
        """A service in the language on screen."""
        return self.catalog.by_id[service_id]

    def on_mount(self) -> None:
        super().on_mount()
        self.speak(self.first_language)
        self.set_interval(1, self.watch_idle)

    def speak(self, code: str) -> None:
        """Change the language of everything on screen."""
        self.messages = self.library.messages(code)

    def prepare(self) -> None:
        """Load what the first frame did without: also the other screens and their styles."""
        if self.prepared:
            return
        for name in SCREENS:
            import_module(f"kiosk.ui.visitor.{name}")
        self.stylesheet.read_all([STYLES / f"{name}.tcss" for name in LATER_STYLES])
        super().prepare()
        self.thinker.study()
        self.learn_choices()
        self.close_past_days()

    def take_up_changes(self) -> bool:
        """Between visits, use a services.yaml that was changed; say whether it was."""
        changed = self.library.refresh()
        if changed:
            self.thinker.study()
        return changed

    @work(exclusive=True, group="days")
    async def close_past_days(self) -> None:
        """Who still stands in a line of a day that is over, as after a night switched off, has left."""
        line = self.line
        # What can't be written now is done with the next ticket; staff are told elsewhere.
        with suppress(JournalError):
            await self.recorder.ask(lambda _: line.close_past_days())

    @work(exclusive=True, group="choices")
    async def learn_choices(self) -> None:
        """Let the search know what visitors of the last months have really chosen."""
        from kiosk.search.choices import shares

        since = self.clock.day() - CHOICES
        # Without a journal that can be read the search only lacks a hint; staff are told elsewhere.
        with suppress(JournalError):
            counts = await self.recorder.ask(lambda journal: journal.services_viewed(since))
            self.library.choices.update(shares(counts))

    async def on_unmount(self) -> None:
        self.thinker.close()

    def begin_visit(self, code: str) -> None:
        """A visitor has chosen a language: home, with nothing left of anyone before."""
        from kiosk.ui.visitor.home import HomeScreen

        self._start(code)
        self._enter(HomeScreen)

    def begin_feedback(self) -> None:
        """A visitor wants to leave feedback without looking anything up."""
        self._start(self.language.code)
        self._enter(self.feedback)

    def feedback(self) -> Screen[Any]:
        """*Leave feedback*: the convenience channel, which is never invited."""
        from kiosk.survey.conduct import About
        from kiosk.ui.visitor.survey import InviteScreen

        return InviteScreen(About("served"))

    def _start(self, code: str) -> None:
        self.prepare()
        self.speak(code)
        self.visit = Visit(code)
        self._ending = False
        self.recorder.record("visit.started", {"visit": self.visit.id, "language": code})

    @work(group="enter")
    async def _enter(self, screen: Callable[[], Screen[Any]]) -> None:
        if "visit" in self._modes:
            return
        self.add_mode("visit", screen)
        await self.switch_mode("visit")
        # Textual 8.2.8 forgets this for a mode's first screen, and then can't switch it for another.
        self.screen_stack[0]._push_result_callback(self, None)

    @property
    def visiting(self) -> bool:
        """Whether somebody is in the middle of a visit."""
        return self.current_mode == "visit" and not self._ending

    def end_visit(self, how: str) -> None:
        """Forget the visitor: their screens, words and language are gone before attract shows."""
        if not self.visiting:
            return
        self._ending = True
        self.surveying.abandon()
        for screen in self.screen_stack:
            if isinstance(screen, VisitScreen):
                screen.record_unanswered()
        self.surveying.enter_frame()
        self.recorder.record(
            "visit.ended", {"visit": self.visit.id, "how": how, "language": self.visit.language}
        )
        self.leave_visit()

    @work(group="ticket")
    async def take_ticket(self, service: str, command: str) -> None:
        """Give out a ticket, once for the `command` of a service page, and show it, or why there is none."""
        from kiosk.ui.visitor.no_ticket import NoTicketScreen
        from kiosk.ui.visitor.survey import NotSavedScreen
        from kiosk.ui.visitor.ticket import TicketScreen

        line, code, printing = self.line, self.visit.language, self.printing.available

        def issue(journal: Journal) -> tuple[Ticket, Place]:
            ticket = line.issue(language=code, service=service, printing=printing, command=command)
            return ticket, line.place(ticket)

        taken = None
        try:
            taken = await self.recorder.ask(issue)
            shown: VisitScreen = TicketScreen(*taken)
        except TicketRefused as refused:
            shown = NoTicketScreen(service, refused.reason)
        except JournalError as problem:
            self.recorder.trouble = str(problem)
            shown = NotSavedScreen(N_("Your ticket could not be saved"))
        if self.visiting and any(getattr(screen, "command", "") == command for screen in self.screen_stack):
            self.visit.ticketed = self.visit.ticketed or taken is not None
            if not isinstance(self.screen, type(shown)):
                self.push_screen(shown)
        elif taken:
            await self._give_back(taken[0])

    async def _give_back(self, ticket: Ticket) -> None:
        """Whoever took it was gone before they could see it: nobody shall wait in their place."""
        with suppress(KioskError):
            await self.recorder.ask(lambda _: self.line.leave(ticket.ticket, "visitor"))

    @work(exclusive=True, group="leave")
    async def leave_visit(self) -> None:
        """Back to attract; the mode's whole stack of screens is destroyed."""
        self.visit = Visit(self.first_language)
        self.speak(self.first_language)
        self.thinker.forget()
        self.take_up_changes()
        self.learn_choices()
        await self.switch_mode("attract")
        await self.remove_mode("visit")
        forget_words()

    def finish_visit(self) -> None:
        """The visitor is done."""
        self.end_visit("finished")

    def back_or_end(self) -> None:
        """Back to the screen before; from the first screen of a visit, out of it."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.end_visit("start_over")

    def troubles(self) -> list[str]:
        """What staff should look after."""
        # Before the first frame nothing was printed.
        printer = [self.printing.trouble] if self.prepared and self.printing.trouble else []
        return [*self.library.troubles, *self.recorder.troubles(), *printer, *self._sync_troubles()]

    def _sync_troubles(self) -> list[str]:
        """What keeps this machine from sending; without a center nothing of that is loaded."""
        if not self.prepared or not (self.settings.data / "sync.json").exists():
            return []
        from kiosk.sync.status import attention

        return attention(self.settings.data, self.clock.now())

    def staff_line(self) -> str:
        """The attract screen's quiet line for staff: not locked, or something to look after."""
        tr = self.library.messages(self.first_language).tr
        unlocked = "" if self.locked else tr("Not locked: set a PIN with `kiosk pin`. Ctrl+Q leaves.")
        trouble = tr("Staff: please look at the staff page.") if self.troubles() else ""
        return " · ".join(part for part in (unlocked, trouble) if part)

    @property
    def locked(self) -> bool:
        """Whether a staff PIN is set."""
        return pin.is_set(self.settings.data)

    def open_staff(self) -> None:
        """The corner gesture was made; nobody can know a PIN that is not set."""
        from kiosk.ui.visitor.staff import PinScreen, StaffScreen

        self.push_screen(PinScreen() if self.locked else StaffScreen())

    def leave(self) -> None:
        """Staff leave the kiosk; the supervisor does not start it again."""
        if self.visiting:
            self.end_visit("finished")
        self.exit(return_code=0)

    def on_key(self, event: events.Key) -> None:
        """Until a PIN is set, Ctrl+Q leaves."""
        if event.key == "ctrl+q" and not self.locked:
            self.leave()

    async def on_event(self, event: events.Event) -> None:
        """Any touch or key keeps the visit alive; the pointer's drift does not."""
        if isinstance(event, (events.Key, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)):
            self.idle.touch()
        await super().on_event(event)

    def watch_idle(self) -> None:
        """Warn a visitor who has gone quiet."""
        from kiosk.ui.visitor.idle import IdleScreen

        patience = getattr(self.screen, "patience", 0)
        if not self.visiting and len(self.screen_stack) == 1:
            self.idle.touch()
        elif self.idle.due and self.idle.quiet >= patience and not isinstance(self.screen, IdleScreen):
            self.push_screen(IdleScreen(self.settings.screen.warning_seconds))

    def leave_idle(self) -> None:
        """Nobody answered the warning."""
        if self.current_mode == "visit":
            self.end_visit("idle")
        else:
            while len(self.screen_stack) > 1:
                self.pop_screen()
