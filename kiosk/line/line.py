"""Commands on the waiting line: each is decided and recorded in one transaction, once for its command id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kiosk.catalog.model import Catalog, Lane
from kiosk.clock import Clock, stamp
from kiosk.journal.kinds import new_id
from kiosk.line import refusals
from kiosk.line.view import Overview, Place, View, is_at, lanes_of
from kiosk.survey.conduct import Conduct
from kiosk.tickets import codes
from kiosk.tickets.fold import refusal
from kiosk.tickets.ticket import CALLED, HOLD, NO_SHOW, SERVING, WAITING, Ticket

if TYPE_CHECKING:
    from kiosk.journal import Journal
    from kiosk.journal.survey_questions import Unit
    from kiosk.settings import Settings


def new_command() -> str:
    """An id for a command; given again, the command is not carried out twice."""
    return str(uuid4())


def machine_numbers(settings: Settings) -> codes.Numbers | None:
    """This machine's share of every lane's numbers, checked where the settings are read."""
    return codes.numbers(settings.tickets.range) if settings.tickets.range else None


class Line:
    """The waiting line of this machine. Commands return the ticket as it is afterwards.

    They raise TicketRefused, with nothing recorded, for what is not possible now, and JournalError when it
    could not be recorded. `command` is an id from `new_command`.
    """

    def __init__(
        self, journal: Journal, catalog: Callable[[], Catalog], clock: Clock, settings: Settings
    ) -> None:
        self.journal = journal
        self.view = View(journal, catalog, clock, machine_numbers(settings))
        self._clock = clock
        self.survey = Conduct(journal, catalog, clock)

    def overview(self) -> Overview:
        """All lines as they stand now; days that are over are closed first."""
        self.close_past_days()
        return self.view.overview()

    def place(self, ticket: Ticket) -> Place:
        """Where a waiting ticket stands now."""
        return self.view.place(ticket)

    def find(self, typed: str) -> Ticket:
        """The ticket with a code, typed in whatever way."""
        code = codes.typed_code(typed)
        ticket = self.journal.ticket_of_code(code, self._clock.day()) if code else None
        if ticket is None:
            raise refusals.no_ticket(code or typed)
        return ticket

    def issue(
        self,
        *,
        language: str,
        service: str = "",
        lane: str = "",
        channel: str = "kiosk",
        priority: str = "",
        interpreter: str = "",
        printing: bool = False,
        command: str = "",
    ) -> Ticket:
        """Give out a ticket for a service, or for a lane alone.

        A docent (`channel` desk) may do so outside the hours; refused: closed, holiday, last_ticket, full,
        lane, service.
        """

        def work() -> Ticket:
            self.close_past_days()
            wanted = self._lane_for(service, lane)
            if channel == "kiosk":
                self._refuse_closed(wanted, service)
            ticket = self._blank(wanted, service, language, channel, priority, interpreter)
            body = _as_issued(ticket, self.view.place(ticket), printing)
            event = self.journal.append("ticket.issued", body, event_id=command or None)
            return self._ticket(event.body["ticket"])

        return self._once(command, work)

    def _lane_for(self, service: str, lane: str) -> Lane:
        catalog = self.view.catalog()
        if service and service not in catalog.by_id:
            raise refusals.no_service(service)
        wanted = lane or (catalog.by_id[service].lane if service else "")
        found = self.view.lane(wanted)
        if found is None:
            raise refusals.no_lane(wanted or service, [known.id for known in catalog.lanes])
        return found

    def _refuse_closed(self, lane: Lane, service: str) -> None:
        closed_on = self.view.catalog().by_id[service].closed_on if service else ()
        opening = self.view.opening(lane, closed_on)
        if not opening.open:
            raise refusals.closed(lane, opening)

    def _blank(
        self, lane: Lane, service: str, language: str, channel: str, priority: str, interpreter: str
    ) -> Ticket:
        """The ticket before its event, with the next code; it would arrive last."""
        day, own = self._clock.day(), self.view.own_numbers(lane)
        taken = self.journal.codes_taken(lane.letter, day)
        code = codes.next_code(lane.letter, own, taken) if own else None
        if code is None:
            raise refusals.full(lane)
        return Ticket(
            ticket=new_id(),
            code=code,
            lane=lane.id,
            first_lane=lane.id,
            service=service,
            language=language,
            channel=channel,
            priority=priority,
            interpreter=interpreter,
            state=WAITING,
            day=day.isoformat(),
            arrival="~",
            issued_at="",
            ahead=0,
            quote_low=None,
            quote_high=None,
        )

    def next(self, counter: str, staff: str, command: str = "") -> Ticket:
        """Call whoever is next for a counter; refused: busy, nobody, counter."""

        def work() -> Ticket:
            self.close_past_days()
            live = self.journal.tickets_live()
            self._refuse_busy(counter, live)
            lanes = lanes_of(self.view.catalog(), counter)
            if not lanes:
                raise refusals.no_counter(counter)
            heads = [queue[0] for lane in lanes if (queue := self.view.queue(lane, live))]
            if not heads:
                raise refusals.nobody(counter)
            chosen = min(heads, key=lambda ticket: ticket.arrival)
            self._open(counter, staff)
            return self._append("ticket.called", chosen, {"counter": counter, "staff": staff}, command)

        return self._once(command, work)

    def call(self, ticket: str, counter: str, staff: str, command: str = "") -> Ticket:
        """Call one ticket, or call it again."""

        def work() -> Ticket:
            self._refuse_busy(counter, [t for t in self.journal.tickets_live() if t.ticket != ticket])
            self._open(counter, staff)
            return self._step("ticket.called", ticket, {"counter": counter, "staff": staff}, command)

        return self._once(command, work)

    def _refuse_busy(self, counter: str, live: list[Ticket]) -> None:
        there = next((ticket for ticket in live if is_at(ticket, counter)), None)
        if there:
            raise refusals.busy(counter, there)

    def _open(self, counter: str, staff: str) -> None:
        known = {found.counter: found for found in self.journal.counters()}
        if counter not in known or known[counter].state != "open":
            self.journal.append("counter.opened", {"counter": counter, "staff": staff})

    def serve(self, ticket: str, counter: str, staff: str, command: str = "") -> Ticket:
        """The person came to the counter."""
        return self._do("ticket.serving", ticket, {"counter": counter, "staff": staff}, command)

    def finish(self, ticket: str, staff: str, command: str = "") -> Ticket:
        """The service is over; whether they are asked to the survey says `Journal.survey_unit`."""

        def work() -> Ticket:
            done = self._step("ticket.finished", ticket, {"staff": staff, "accurate": True}, command)
            self.survey.enter(done.ticket, "ticket", done.lane, done.service, done.language)
            return done

        return self._once(command, work)

    def hold(self, ticket: str, staff: str, command: str = "") -> Ticket:
        """Put aside for now; the staff who did so own it."""
        return self._do("ticket.held", ticket, {"staff": staff}, command)

    def put_back(self, ticket: str, staff: str, command: str = "") -> Ticket:
        """Back among the waiting, at the old place."""
        return self._do("ticket.returned", ticket, {"staff": staff}, command)

    def no_show(self, ticket: str, staff: str, command: str = "") -> Ticket:
        """Called, and nobody came."""
        return self._do("ticket.no_show", ticket, {"staff": staff}, command)

    def leave(self, ticket: str, how: str, command: str = "") -> Ticket:
        """Give the place back; `how` is visitor or desk."""
        return self._do("ticket.left", ticket, {"how": how}, command)

    def transfer(self, ticket: str, lane: str, staff: str, command: str = "") -> Ticket:
        """Send on to another lane; code and arrival stay."""
        if self.view.lane(lane) is None:
            raise refusals.no_lane(lane, [known.id for known in self.view.catalog().lanes])
        return self._do("ticket.transferred", ticket, {"lane": lane, "staff": staff}, command)

    def void(self, ticket: str, reason: str, staff: str, command: str = "") -> Ticket:
        """The ticket does not count: mistake, duplicate, test or other."""
        return self._do("ticket.voided", ticket, {"reason": reason, "staff": staff}, command)

    def undo(self, ticket: str, event: str, staff: str, command: str = "") -> Ticket:
        """Take back the latest step of a ticket, named by its event (`Ticket.latest`), on its own day."""

        def work() -> Ticket:
            found, undone = self._ticket(ticket), self.journal.event(event)
            today = self._clock.day().isoformat()
            if undone is None or undone.day != today or self._is_over(found.day, undone.at):
                raise refusals.step("undo", found, "ticket.undone")
            return self._append("ticket.undone", found, {"undoes": event, "staff": staff}, command)

        return self._once(command, work)

    def mark(self, ticket: str, priority: str, interpreter: str, staff: str, command: str = "") -> Ticket:
        """Choose the order of the call ("", assisted, booked) and an interpreter ("", sign, a language)."""
        body = {"priority": priority, "interpreter": interpreter, "staff": staff}
        return self._do("ticket.marked", ticket, body, command)

    def printed(self, ticket: str, ok: bool, fault: str = "") -> Ticket:
        """The ticket came out of the printer, or did not, and why."""
        return self._do("ticket.printed", ticket, {"outcome": "ok" if ok else "failed", "fault": fault}, "")

    def counter(self, counter: str, state: str, staff: str) -> None:
        """A counter is `opened`, `paused` or `closed`."""
        if not lanes_of(self.view.catalog(), counter):
            raise refusals.no_counter(counter)
        self.journal.append(f"counter.{state}", {"counter": counter, "staff": staff})

    def answered(self, service: str, language: str, counter: str, staff: str, command: str = "") -> Unit:
        """A question was answered at the desk; nobody had to wait. Returns them as one who could be
        invited to the survey.
        """

        def work() -> Unit:
            body = {"service": service, "language": language, "counter": counter, "staff": staff}
            event = self.journal.append("desk.answered", body, event_id=command or None)
            stratum = self.view.stratum(service, counter)
            return self.survey.enter(event.id.replace("-", ""), "answer", stratum, service, language)

        return self.journal.decide(work)

    def doubt(self, service: str, fact: str, staff: str, words: str = "", command: str = "") -> None:
        """A fact of the catalogue is wrong, says staff; `words` what is right."""
        body = {"service": service, "fact": fact, "staff": staff}
        self.journal.append("fact.doubted", body, text=words or None, event_id=command or None)

    def close_past_days(self) -> None:
        """Close the days before today that are still open: after a night, or days switched off."""
        today = self._clock.day().isoformat()
        if any(day < today for day in self.journal.days_with_live_tickets()):
            self.close_day(before=self._clock.day())

    def close_day(self, before: date | None = None) -> int:
        """Clear the lines of today, or of all days before one; the number of tickets that were ended.

        Who still waits has left, who is being served is finished with a time that is not accurate, who was
        called and never came is a no-show. Lanes that keep their line overnight stay as they are.
        """

        def work() -> int:
            today = self._clock.day().isoformat()
            open_days = self.journal.days_with_live_tickets()
            if before:
                days = [day for day in open_days if day < before.isoformat()]
            else:
                days = [*(day for day in open_days if day < today), today]
            kept = {lane.id for lane in self.view.catalog().lanes if lane.keeps_overnight}
            return sum(self._close(day, kept) for day in days)

        return self.journal.decide(work)

    def _close(self, day: str, kept: set[str]) -> int:
        live = [ticket for ticket in self.journal.tickets_live() if ticket.day == day]
        ended = [ticket for ticket in live if ticket.lane not in kept and ticket.state in _AT_DAY_END]
        for ticket in ended:
            kind, body = _AT_DAY_END[ticket.state]
            self.journal.append(kind, {"ticket": ticket.ticket, **body})
        if not any(ticket.lane in kept for ticket in live):
            self.journal.append("day.closed", {"closed": day})
        return len(ended)

    def _do(self, kind: str, ticket: str, body: dict[str, Any], command: str) -> Ticket:
        return self._once(command, lambda: self._step(kind, ticket, body, command))

    def _step(self, kind: str, ticket: str, body: dict[str, Any], command: str) -> Ticket:
        found = self._ticket(ticket)
        if found.state == NO_SHOW and self._is_over(found.day, found.ended_at):
            raise refusals.step("state", found, kind)  # the code may be somebody else's by now
        return self._append(kind, found, body, command)

    def _is_over(self, day: str, at: str) -> bool:
        """Whether the lines of a business day were cleared since something happened."""
        return at <= self.journal.closed_days().get(day, "")

    def _append(self, kind: str, ticket: Ticket, body: dict[str, Any], command: str) -> Ticket:
        """Record a step that is legal now; raises TicketRefused for one that is not."""
        why = refusal(ticket, kind, body, stamp(self._clock.now()))
        if why:
            raise refusals.step(why, ticket, kind)
        self.journal.append(kind, {"ticket": ticket.ticket, **body}, event_id=command or None)
        return self._ticket(ticket.ticket)

    def _once(self, command: str, work: Callable[[], Ticket]) -> Ticket:
        """Carry a command out, or return what became of the ticket it was about, if it was already."""

        def first_time() -> Ticket:
            known = self.journal.event(command) if command else None
            return self._ticket(known.body["ticket"]) if known else work()

        return self.journal.decide(first_time)

    def _ticket(self, ticket: str) -> Ticket:
        found = self.journal.ticket(ticket)
        if found is None:
            raise refusals.no_ticket(ticket)
        return found


def _as_issued(ticket: Ticket, place: Place, printing: bool) -> dict[str, Any]:
    """The body of the event that gives out a ticket, with what its visitor is told."""
    given = ("ticket", "code", "lane", "service", "language", "channel", "priority", "interpreter")
    low, high = (place.quote.low, place.quote.high) if place.quote else (-1, -1)
    told = {"ahead": place.ahead, "low": low, "high": high, "printing": printing}
    return {name: getattr(ticket, name) for name in given} | told


_AT_DAY_END: dict[str, tuple[str, dict[str, Any]]] = {
    WAITING: ("ticket.left", {"how": "day_end"}),
    HOLD: ("ticket.left", {"how": "day_end"}),
    CALLED: ("ticket.no_show", {"staff": ""}),
    SERVING: ("ticket.finished", {"staff": "", "accurate": False}),
}
