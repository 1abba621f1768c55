"""*I have a ticket number*: where it will be called."""

from __future__ import annotations

from textual.app import ComposeResult

from kiosk.i18n.marks import N_
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.words import Words


class TicketNumberScreen(VisitScreen):
    """This kiosk issues no tickets yet; it says so and names who knows."""

    hint = N_("The information desk knows when your number is called.")

    def body(self) -> ComposeResult:
        yield Heading(self.tr("Your ticket number"), self.metrics.heading, id="heading")
        yield Words(self.tr("This screen cannot see the waiting line yet."), id="promise")
        yield Words(
            self.tr(
                "Please show your number at the information desk: they will tell you when it is your turn."
            ),
            id="told",
        )
        yield Words(self.visitor.catalog.city.desk, id="desk")
