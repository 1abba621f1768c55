"""Where somebody stands in the line, looked up by number, and the way out of the line."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal

from kiosk.errors import JournalError, TicketRefused
from kiosk.i18n.marks import N_
from kiosk.line import words as ticket_words
from kiosk.line.line import new_command
from kiosk.survey.conduct import About
from kiosk.tickets.ticket import CALLED, FINISHED, HOLD, LEFT, NO_SHOW, WAITING, Ticket, wait_band
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.survey import InviteScreen, NotSavedScreen
from kiosk.ui.visitor.ticket_page import TicketPage
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

MAY_LEAVE = (WAITING, CALLED, HOLD, NO_SHOW)
MAY_TELL = (FINISHED, LEFT, NO_SHOW)
"""States after which there is something to give feedback on."""


class StandingScreen(TicketPage):
    """The ticket as it stands now; it may be given back, and its visit judged when it is over."""

    hint = N_("Your place in the line is shown here. Touch Done when you have read it.")

    def ways(self) -> list[Target]:
        signs = ("", "", "") if self.metrics.small else ("✓", "★", "✕")
        found = [Target(self.tr("Done"), "done", sign=signs[0], id="done", classes="-accent")]
        if self.ticket.state in MAY_TELL:
            found.append(Target(self.tr("Leave feedback"), "feedback", sign=signs[1], id="feedback"))
        if self.ticket.state in MAY_LEAVE:
            found.append(Target(self.tr("I must leave"), "leave", sign=signs[2], id="leave"))
        return found

    def press_leave(self, value: str) -> None:
        self.app.push_screen(LeaveScreen(self.ticket, self.left))

    def left(self, ticket: Ticket) -> None:
        """The ticket was given back, or has moved on meanwhile."""
        self.ticket = ticket
        self.renew()

    def press_feedback(self, value: str) -> None:
        ticket = self.ticket
        kind, wait = "served" if ticket.state == FINISHED else "lookup", wait_band(ticket.waited)
        about = About(kind, ticket.service, ticket.lane, wait, unit=ticket.ticket, channel="ticket")
        self.app.push_screen(InviteScreen(about))


class LeaveScreen(VisitScreen):
    """One question before a place is given back."""

    hint = N_("Your place goes to the next person only if you say so.")

    def __init__(self, ticket: Ticket, left: Callable[[Ticket], None]) -> None:
        super().__init__()
        self.ticket = ticket
        self._left = left
        self._command = new_command()

    def body(self) -> ComposeResult:
        yield Heading(
            self.tr("Do you want to give your place back?"), self.metrics.heading, lines=2, id="heading"
        )
        told = self.tr(
            "Number {code} is then called no more, and everybody behind you moves up.", code=self.ticket.code
        )
        yield Words(told, id="promise")
        ways = [
            Target(self.tr("Yes, I must leave"), "leave", sign="✓", id="leave", classes="-answer"),
            Target(self.tr("No, keep my place"), "back", id="keep", classes="-accent -answer"),
        ]
        yield Horizontal(*self.sided(ways), id="answers")

    def speech(self) -> str:
        """The number is said letter by letter."""
        return ticket_words.spelled(super().speech())

    def press_leave(self, value: str) -> None:
        self.run_worker(self._leave(), group="leave", exclusive=True)

    async def _leave(self) -> None:
        which, line = self.ticket.ticket, self.visitor.line
        try:
            ticket = await self.visitor.recorder.ask(lambda _: line.leave(which, "visitor", self._command))
        except TicketRefused:
            # Called to the counter meanwhile, or ended: the screen below says so by itself.
            self.app.pop_screen()
        except JournalError:
            self.app.switch_screen(NotSavedScreen(N_("Your place could not be given back")))
        else:
            self._left(ticket)
            self.app.pop_screen()
