"""A ticket that was just taken: its number, and its slip coming out of the printer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.message import Message

from kiosk.i18n.marks import N_
from kiosk.line.view import Place
from kiosk.tickets.ticket import Ticket
from kiosk.ui.slips import ticket_slip
from kiosk.ui.visitor.ticket_page import TicketPage
from kiosk.ui.widgets.target import Target

if TYPE_CHECKING:
    from kiosk.devices.printer import Outcome

SLIP = {
    "": N_("Please remember your number, or photograph it."),
    "pending": N_("Your ticket is printing below."),
    "ok": N_("Take your ticket below."),
    "failed": N_("The printer is not working: please remember your number or photograph it."),
}


class TicketScreen(TicketPage):
    """`printing` is where the slip is: "" without a printer, else pending, ok or failed."""

    hint = N_("Keep your number. Touch Done when you have read everything.")

    class Printed(Message):
        """The printer is done with the slip, or did not take it."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    def __init__(self, ticket: Ticket, place: Place) -> None:
        super().__init__(ticket, place)
        self.printing = "ok" if ticket.printing == "reprinted" else ticket.printing

    def on_mount(self) -> None:
        if self.printing == "pending":
            self.print_slip()

    def print_slip(self) -> None:
        """Print the slip; while it is being printed, wait for that job."""
        app = self.visitor
        words = app.catalog, self.kiosk.messages
        slip = ticket_slip(self.ticket, *words, app.clock, self.place, app.practice, self.center)
        self.printing = "pending"
        asyncio.ensure_future(app.printing.ticket(self.ticket, slip)).add_done_callback(self._out)

    def _out(self, job: asyncio.Future[Outcome]) -> None:
        if not job.cancelled():
            self.post_message(self.Printed(job.result()))

    def on_ticket_screen_printed(self, message: Printed) -> None:
        """Say what came of it."""
        self.printing = "ok" if message.outcome.ok else "failed"
        self.show_anew()

    @property
    def slip_look(self) -> str:  # type: ignore[override]
        return "-failed" if self.printing == "failed" else ""

    def slip_line(self) -> str:
        return self.tr(SLIP[self.printing])

    def slip_lines(self) -> tuple[str, ...]:
        if not self.printing:
            return (self.slip_line(),)
        return tuple(self.tr(text) for state, text in SLIP.items() if state)

    def ways(self) -> list[Target]:
        found = [Target(self.tr("Done"), "done", sign="✓", id="done", classes="-accent")]
        if self.visitor.printing.available:
            again = Target(
                self.tr("Print again"), "again", sign="" if self.metrics.small else "▤", id="again"
            )
            again.visible = self.printing != "pending"
            found.append(again)
        return found

    def press_again(self, value: str) -> None:
        if self.printing != "pending":
            self.print_slip()
            self.show_anew()
