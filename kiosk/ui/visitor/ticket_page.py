"""One ticket on the screen: its number, the place in the line, what to have ready; kept up to date."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget

from kiosk.errors import JournalError
from kiosk.i18n.script import cell_width
from kiosk.line import words as ticket_words
from kiosk.line.view import Place
from kiosk.line.words import form_link
from kiosk.tickets.ticket import CALLED, FINAL, WAITING, Ticket
from kiosk.ui.facts import Fact, Row, paginate, rows
from kiosk.ui.online import center_url
from kiosk.ui.slips import phone_link
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.code import fits
from kiosk.ui.visitor.ticket_code import TicketCode
from kiosk.ui.visitor.ticket_plan import Plan, arrange, row_height
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.qr_code import QRCode
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.catalog.model import Lane, Service

EVERY = 2.0
"""Seconds between two looks at the line while a ticket is shown."""
HOLD = 0.3
"""Seconds after a touch begins in which nothing is composed anew: the target under it would be gone."""
STAYS = 60
"""Seconds that a number stays on the screen at least, however short the idle time is set."""


class TicketPage(VisitScreen):
    """Subclasses give the targets below the ticket in `ways()`; `slip_line()` is what is said of printing."""

    patience = STAYS
    slip_look = ""

    def __init__(self, ticket: Ticket, place: Place) -> None:
        super().__init__()
        self.ticket = ticket
        self.place = place
        self.page = 0
        self._finger = -1.0

    def on_mount(self) -> None:
        self.set_interval(EVERY, self.look)
        if self.query(QRCode) and not self.center:
            shown = {"visit": self.visit.id, "service": self.ticket.service}
            self.visitor.recorder.record("qr.shown", shown)

    def on_unmount(self) -> None:
        """Textual may keep a screen that was left a little longer; its number goes now."""
        self.ticket = self.ticket._replace(ticket="", code="")

    def on_screen_resume(self) -> None:
        # Textual calls the handlers of all classes; none calls another.
        self.look()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._finger = self.kiosk.clock.monotonic()

    def look(self) -> None:
        """Read the ticket and its place again, and show what has changed."""
        if self.ticket.ticket and self.is_current:
            self.run_worker(self._look(), exclusive=True, group="look")

    async def _look(self) -> None:
        recorder, line, which = self.visitor.recorder, self.visitor.line, self.ticket.ticket
        try:
            found = await recorder.ask(lambda journal: journal.ticket(which))
            place = await recorder.ask(lambda _: line.place(found)) if found else self.place
        except JournalError:
            return  # what is shown was true a moment ago, and is asked again soon
        if found and self.ticket.ticket and (found, place) != (self.ticket, self.place):
            self.ticket, self.place = found, place
            self.show_anew()

    def show_anew(self) -> None:
        """Compose the screen from its state, but not under a finger."""
        if 0 <= self.kiosk.clock.monotonic() - self._finger < HOLD:
            self.set_timer(HOLD, self.show_anew)
        elif self.ticket.ticket:
            self.renew()

    def speech(self) -> str:
        """The number is said letter by letter."""
        return ticket_words.spelled(super().speech())

    @property
    def lane(self) -> Lane | None:
        """The lane that the ticket waits in, in the language on screen."""
        return ticket_words.lane_of(self.ticket, self.visitor.catalog)

    @property
    def about(self) -> Service | None:
        """The service that the ticket was taken for."""
        return self.visitor.catalog.by_id.get(self.ticket.service)

    @cached_property
    def center(self) -> str:
        """Address of the center that has the ticket's page; "" without one."""
        return center_url(self.kiosk.settings.data, self.kiosk.practice)

    @property
    def link(self) -> str:
        """What the code for the phone holds while one waits: the ticket's page, else the form."""
        return self._phone[0] if self.ticket.state == WAITING else ""

    @property
    def form(self) -> str:
        """The address worth typing while one waits: nobody types that of a ticket's page."""
        return form_link(self.about) if self.about and self.ticket.state == WAITING else ""

    def ways(self) -> list[Target]:
        """The targets below the ticket."""
        raise NotImplementedError

    def slip_line(self) -> str:
        """What is said of the printed ticket now."""
        return ""

    def slip_lines(self) -> tuple[str, ...]:
        """Everything that may come to be said of it."""
        return ()

    def body(self) -> ComposeResult:
        ways = self._all_ways()
        more = Target(self._more(9), "more", sign="" if self.metrics.small else "▸", id="more")
        lines = self._lines()
        for targets in (ways, [*ways, more]):
            high = row_height(self.metrics, [way.title for way in targets])
            plan = self._plan(high, lines)
            pages, label_width = self._pages(plan)
            if len(pages) == 1:
                break
        self.page %= len(pages)
        card = Vertical(FactCard(pages[self.page], label_width, id="facts"), id="sheet")
        number = self._number(plan, lines)
        yield Container(*self._arranged(plan, number, card), id="standing", classes=_kind(plan))
        if len(pages) > 1:
            more.title = self._more(len(pages))
            ways.insert(1, more)
        if len(ways) == 1 and not self.metrics.small:
            # As wide as two of the targets below.
            ways[0].styles.width = (self.metrics.inner - self.metrics.gutter) // 2
        row = Horizontal(*self.sided(ways), id="ways")
        row.styles.height = high
        yield row

    def _all_ways(self) -> list[Target]:
        """Also to the ticket's page, where its code has no room here but has on a screen of its own."""
        ways, link = self.ways(), self.link
        high = row_height(self.metrics, [way.title for way in ways])
        if self.center and link and fits(link, self.metrics) and not self._plan(high, self._lines()).code:
            sign = "" if self.metrics.small else "▦"
            ways.insert(1, Target(self.tr("Watch on your phone"), "phone", sign=sign, id="on-phone"))
        return ways

    def press_phone(self, value: str) -> None:
        from kiosk.ui.visitor.ticket_phone import TicketPhoneScreen

        self.app.push_screen(TicketPhoneScreen(self.link))

    def _plan(self, taken: int, lines: list[tuple[str, str, str]]) -> Plan:
        """The plan beside targets that take so many rows."""
        drawn = self.kiosk.settings.screen.display_type != "off"
        said = [text for _, text, _ in lines]
        return arrange(self.metrics, drawn, taken, said, self.slip_lines(), self.link, self._told)

    def _more(self, pages: int) -> str:
        return self.tr("Read on ({page} of {pages})", page=self.page + 1, pages=pages)

    def _lines(self) -> list[tuple[str, str, str]]:
        """(id, words, look) of what stands with the number."""
        messages, state = self.kiosk.messages, self.ticket.state
        found = [("your-number", self.tr("Your number"), "-quiet")]
        if self.lane:
            found.append(("lane", self.lane.name, "-strong"))
        if state == WAITING:
            found.append(("ahead", ticket_words.ahead_line(self.place.ahead, messages), ""))
            found.append(("wait", ticket_words.wait_line(self.place.quote, messages), "-strong"))
        else:
            said = ticket_words.state_line(self.ticket, messages)
            found.append(("state", said, "-now" if state == CALLED else ""))
        return found

    def _number(self, plan: Plan, lines: list[tuple[str, str, str]]) -> list[Widget]:
        """The number and its words, below it or at its side; what is said of the slip comes last."""
        code = TicketCode(self.ticket.code, plan.number, id="ticket-code")
        words = [Words(text, id=name, classes=look) for name, text, look in lines]
        slip = [Words(self.slip_line(), id="slip", classes=self.slip_look)] if self.slip_line() else []
        if not plan.beside:
            return [words[0], code, *words[1:], *slip]
        code.styles.width = plan.column
        return [Horizontal(*self.sided([code, Vertical(*words, id="beside")]), id="top"), *slip]

    @property
    def _told(self) -> str:
        """What the code for the phone is for."""
        return self._phone[1]

    @property
    def _phone(self) -> tuple[str, str]:
        return phone_link(self.ticket, self.about, self.kiosk.messages, self.center)

    def _arranged(self, plan: Plan, number: list[Widget], card: Vertical) -> list[Widget]:
        if self.metrics.small:
            return [*number, card]
        if not plan.code:
            panel = Vertical(*number, id="number")
            panel.styles.width = plan.column
            return self.sided([panel, card])
        code = Container(QRCode(self.link), id="code")
        phone = Vertical(code, Words(self._told, id="code-told"), id="phone")
        phone.styles.width = plan.code
        return self.sided([Vertical(*number, card, id="number"), phone])

    def _pages(self, plan: Plan) -> tuple[list[list[Row]], int]:
        # What the page on the phone says as well stands beside its code only where there is room.
        for online, airy in ((True, self.metrics.air > 0), (True, False), (not plan.code, False)):
            found = self._facts(plan, online)
            label_width = max((cell_width(fact.label) for fact in found), default=0) + 3
            pages = paginate(rows(found, plan.facts.width, label_width, airy), plan.facts.height)
            if len(pages) == 1:
                break
        return pages, label_width

    def _facts(self, plan: Plan, online: bool) -> list[Fact]:
        """Where to go, what to have ready, how people are called; `online` with the form's address."""
        lane, about, messages = self.lane, self.about, self.kiosk.messages
        if self.ticket.state in FINAL:
            return [Fact(self.tr("In person"), (self.visitor.catalog.city.desk,))]
        found = [
            Fact(self.tr("Where"), ticket_words.go_lines(lane, messages) if lane else ()),
            Fact(self.tr("Have ready"), about.bring if about else ()),
        ]
        if online and self.form and not (plan.code and self.link == self.form):
            found.append(Fact(self.tr("Online"), (self.form.removeprefix("https://"),)))
        if lane and self.ticket.state == WAITING:
            found.append(Fact("", (ticket_words.order_line(lane, messages),), "quiet"))
        return [fact for fact in found if any(fact.lines)]

    def press_more(self, value: str) -> None:
        self.page += 1
        self.renew()

    def press_done(self, value: str) -> None:
        """The visitor has seen it; the visit ends without a survey, as the waiting is not over."""
        self.visitor.finish_visit()


def _kind(plan: Plan) -> str:
    return "-code" if plan.code else "-beside" if plan.beside else "-two"
