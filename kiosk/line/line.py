"""Commands on the waiting line: each is decided and recorded in one transaction, once for its command id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiosk.catalog.model import Lane
from kiosk.journal.kinds import new_id
from kiosk.line import refusals
from kiosk.line.calls import Calls
from kiosk.line.steps import new_command
from kiosk.line.view import Overview, Place, lanes_of
from kiosk.tickets import codes
from kiosk.tickets.ticket import WAITING, Ticket

if TYPE_CHECKING:
    from kiosk.journal.survey_questions import Unit

__all__ = ["Line", "new_command"]


class Line(Calls):
    """The waiting line of this machine. Commands return the ticket as it is afterwards.

    They raise TicketRefused, with nothing recorded, for what is not possible now, and JournalError when it
    could not be recorded. `command` is an id from `new_command`.
    """

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
        no_numbers, lane, service.
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
        code = codes.next_code(lane.letter, own, self.journal.codes_taken(lane.letter, day))
        if code is None:
            lacking = not own and self.journal.enrolled() is not None
            raise refusals.no_numbers(lane) if lacking else refusals.full(lane)
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


def _as_issued(ticket: Ticket, place: Place, printing: bool) -> dict[str, Any]:
    """The body of the event that gives out a ticket, with what its visitor is told."""
    given = ("ticket", "code", "lane", "service", "language", "channel", "priority", "interpreter")
    low, high = (place.quote.low, place.quote.high) if place.quote else (-1, -1)
    told = {"ahead": place.ahead, "low": low, "high": high, "printing": printing}
    return {name: getattr(ticket, name) for name in given} | told
