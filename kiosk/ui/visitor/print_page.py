"""*Print this page*: the slip of a service's page, for people without a phone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from kiosk.i18n.marks import N_
from kiosk.ui.online import center_url
from kiosk.ui.slips import page_slip
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.devices.printer import Outcome

STATES = {
    "pending": (N_("Your page is printing below"), N_("It takes a few seconds.")),
    "ok": (N_("Take your page below"), N_("It says where to go, when, and what to bring.")),
    "failed": (
        N_("The printer is not working"),
        N_("Take the page along on your phone instead, or ask at the information desk."),
    ),
}


class PrintPageScreen(VisitScreen):
    """Prints once when it opens; `state` is pending, ok or failed."""

    hint = N_("The page comes out of the printer below.")

    class Printed(Message):
        """The printer is done with the page, or did not take it."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service
        self.state = "pending"

    def on_mount(self) -> None:
        app = self.visitor
        service = app.service(self.service)
        words, url = self.kiosk.messages, center_url(app.settings.data, app.practice)
        slip = page_slip(service, app.catalog, words, app.clock, app.practice, url)
        job = asyncio.ensure_future(app.printing.page(self.visit.id, self.service, slip))
        job.add_done_callback(self._told)

    def _told(self, job: asyncio.Future[Outcome]) -> None:
        if not job.cancelled():
            self.post_message(self.Printed(job.result()))

    def on_print_page_screen_printed(self, message: Printed) -> None:
        """Say what came of it."""
        self.state = "ok" if message.outcome.ok else "failed"
        self.renew()

    def body(self) -> ComposeResult:
        title, told = STATES[self.state]
        yield Words(self.visitor.service(self.service).name, classes="-quiet", id="about")
        yield Heading(self.tr(title), self.metrics.heading, lines=2, id="heading")
        yield Words(self.tr(told), id="promise")
        done = Target(self.tr("Done"), "done", sign="✓", id="done", classes="-answer")
        ways = [done]
        if self.state == "failed" and self.visitor.service(self.service).link:
            ways.append(Target(self.tr("On your phone"), "qr", sign="▦", id="qr", classes="-accent -answer"))
        else:
            done.add_class("-accent")
        yield Horizontal(*self.sided(ways), id="answers")

    def press_qr(self, value: str) -> None:
        from kiosk.ui.visitor.take_along import TakeAlongScreen

        self.app.switch_screen(TakeAlongScreen(self.service))

    def press_done(self, value: str) -> None:
        self.app.pop_screen()
