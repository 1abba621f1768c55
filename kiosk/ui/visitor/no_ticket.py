"""No ticket now: why, when there are tickets again, and what can be done without waiting."""

from __future__ import annotations

from datetime import time

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from kiosk.catalog.model import Lane
from kiosk.i18n.formats import clock_time, date_and_time, hours_lines
from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width, wrap
from kiosk.line.opening import Opening, opening
from kiosk.ui.facts import Fact, Row, facts, paginate, rows
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.take_along import take_label
from kiosk.ui.visitor.ticket_plan import row_height
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

WHY = {
    "closed": (N_("This line is closed now"), N_("Outside its hours it gives out no tickets.")),
    "holiday": (N_("The line is closed today"), N_("City offices are closed today: {holiday}")),
    "last_ticket": (
        N_("No more tickets today"),
        N_("The counters are still helping everybody who has a ticket."),
    ),
    "full": (N_("No more tickets today"), N_("All numbers of today have been given out.")),
}
OTHERWISE = (N_("No tickets here now"), N_("This line can't be joined on this screen."))


class NoTicketScreen(VisitScreen):
    """`reason` is that of a TicketRefused."""

    hint = N_("Read when the line opens again, and what can be done without waiting.")

    def __init__(self, service: str, reason: str) -> None:
        super().__init__()
        self.service = service
        self.reason = reason
        self.page = 0

    @property
    def lane(self) -> Lane | None:
        """The service's lane, in the language on screen."""
        catalog = self.visitor.catalog
        wanted = catalog.by_id[self.service].lane
        return next((lane for lane in catalog.lanes if lane.id == wanted), None)

    def body(self) -> ComposeResult:
        metrics, ways, told = self.metrics, self._ways(), self._told()
        more = Target(self._more(9), "more", id="more")
        heading = metrics.heading if metrics.air else 0
        said = sum(len(wrap(text, metrics.inner - 2)) for _, text, _ in told)
        for targets in (ways, [*ways, more]):
            high = row_height(metrics, [way.title for way in targets])
            room = metrics.body - max(heading, 1) - said - high - 3 * metrics.gap - 2
            pages, label_width = self._pages(room)
            if len(pages) == 1:
                break
        self.page %= len(pages)
        yield Heading(self.tr(WHY.get(self.reason, OTHERWISE)[0]), heading, id="heading")
        for name, text, look in told:
            yield Words(text, id=name, classes=look)
        yield Vertical(FactCard(pages[self.page], label_width, id="facts"), id="sheet")
        if len(pages) > 1:
            more.title = self._more(len(pages))
            ways.insert(1, more)
        row = Horizontal(*self.sided(ways), id="ways")
        row.styles.height = high
        yield row

    def _told(self) -> list[tuple[str, str, str]]:
        """(id, words, look): why there is no ticket, and when there are tickets again."""
        why = WHY.get(self.reason, OTHERWISE)[1]
        told = self.tr(why, holiday=self._holiday()) if self.reason == "holiday" else self.tr(why)
        again = self._again()
        found = [("why", told, "-quiet")]
        if again:
            found.append(("again", self.tr("Tickets again: {moment}", moment=again), "-strong"))
        return [*found, ("instead", self.tr("What you can do without waiting:"), "-quiet")]

    def _more(self, pages: int) -> str:
        return self.tr("Read on ({page} of {pages})", page=self.page + 1, pages=pages)

    def _pages(self, height: int) -> tuple[list[list[Row]], int]:
        found = self._facts()
        label_width = max(cell_width(fact.label) for fact in found) + 3
        for airy in (self.metrics.air > 0, False):
            pages = paginate(rows(found, self.metrics.inner - 4, label_width, airy), height)
            if len(pages) == 1:
                break
        return pages, label_width

    def _facts(self) -> list[Fact]:
        """The ways that need no ticket, then when there are any."""
        service, city = self.visitor.service(self.service), self.visitor.catalog.city
        reached = (self.tr("Phone"), self.tr("E-mail"))
        found = [
            Fact(self.tr("Online"), (self._address(),)),
            *(fact for fact in facts(service, self.kiosk.messages) if fact.label in reached),
            Fact(self.tr("In person"), tuple(line for line in (city.desk, city.desk_phone) if line)),
            Fact(self.tr("Ticket hours"), self._hours()),
        ]
        return [fact for fact in found if any(fact.lines)]

    def _address(self) -> str:
        link = self.visitor.service(self.service).link
        return "" if link.startswith("tel:") else link.removeprefix("https://")

    def _again(self) -> str:
        """When the line next gives out tickets, as the language writes it; "" where that is not known."""
        found = self._opening()
        if found and found.open and found.closes:
            # Open, but nothing is left to give out: then the next time after today's end.
            found = self._opening(found)
        moment = found.next_open if found else None
        return date_and_time(moment, self.kiosk.language.code) if moment else ""

    def _opening(self, after: Opening | None = None) -> Opening | None:
        """The opening of the lane now, or at the end of another one."""
        lane, catalog = self.lane, self.visitor.catalog
        if lane is None:
            return None
        moment = after.closes if after and after.closes else self.visitor.clock.local()
        return opening(lane, catalog.holidays, catalog.by_id[self.service].closed_on, moment)

    def _holiday(self) -> str:
        found = self._opening()
        return found.holiday if found else ""

    def _hours(self) -> tuple[str, ...]:
        lane = self.lane
        if lane is None or not lane.hours:
            return ()
        lines = hours_lines(lane.hours, self.kiosk.messages)
        if lane.last_ticket:
            last = clock_time(time.fromisoformat(lane.last_ticket), self.kiosk.language.code)
            lines.append(self.tr("Last ticket at {time}", time=last))
        return tuple(lines)

    def _ways(self) -> list[Target]:
        service, sign = self.visitor.service(self.service), not self.metrics.small
        found = []
        if service.link:
            title = take_label(service, self.kiosk.messages)
            found.append(Target(title, "qr", sign="▦" * sign, id="qr", classes="-accent"))
        done = Target(self.tr("Done"), "done", sign="✓" * sign, id="done")
        return [*found, done]

    def press_more(self, value: str) -> None:
        self.page += 1
        self.renew()

    def press_qr(self, value: str) -> None:
        from kiosk.ui.visitor.take_along import TakeAlongScreen

        self.app.push_screen(TakeAlongScreen(self.service))

    def press_done(self, value: str) -> None:
        from kiosk.ui.visitor.need import NeedScreen

        self.app.push_screen(NeedScreen(self.service))
