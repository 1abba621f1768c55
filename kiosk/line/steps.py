"""How every command on the waiting line is carried out: decided and recorded at once, once for its id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kiosk.catalog.model import Catalog
from kiosk.clock import Clock, stamp
from kiosk.line import refusals
from kiosk.line.view import View
from kiosk.survey.conduct import Conduct
from kiosk.tickets import codes
from kiosk.tickets.fold import refusal
from kiosk.tickets.ticket import CALLED, HOLD, NO_SHOW, SERVING, WAITING, Ticket

if TYPE_CHECKING:
    from kiosk.journal import Journal
    from kiosk.settings import Settings


def new_command() -> str:
    """An id for a command; given again, the command is not carried out twice."""
    return str(uuid4())


def machine_numbers(settings: Settings) -> codes.Numbers | None:
    """This machine's share of every lane's numbers, checked where the settings are read."""
    return codes.numbers(settings.tickets.range) if settings.tickets.range else None


class Steps:
    """A journal, what can be seen of its lines, and the steps of tickets; the end of a day is many steps."""

    def __init__(
        self, journal: Journal, catalog: Callable[[], Catalog], clock: Clock, settings: Settings
    ) -> None:
        self.journal = journal
        self.view = View(journal, catalog, clock, machine_numbers(settings))
        self._clock = clock
        self.survey = Conduct(journal, catalog, clock)

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
        return self._append(kind, self._standing(kind, ticket), body, command)

    def _standing(self, kind: str, ticket: str) -> Ticket:
        """The ticket a step is about, unless its day is over."""
        found = self._ticket(ticket)
        if found.state == NO_SHOW and self._is_over(found.day, found.ended_at):
            raise refusals.step("state", found, kind)  # the code may be somebody else's by now
        return found

    def _is_over(self, day: str, at: str) -> bool:
        """Whether the lines of a business day were cleared since something happened."""
        return at <= self.journal.closed_days().get(day, "")

    def _append(self, kind: str, ticket: Ticket, body: dict[str, Any], command: str) -> Ticket:
        """Record a step that is legal now; raises TicketRefused for one that is not."""
        self._refuse_illegal(kind, ticket, body)
        self.journal.append(kind, {"ticket": ticket.ticket, **body}, event_id=command or None)
        return self._ticket(ticket.ticket)

    def _refuse_illegal(self, kind: str, ticket: Ticket, body: dict[str, Any]) -> None:
        why = refusal(ticket, kind, body, stamp(self._clock.now()))
        if why:
            raise refusals.step(why, ticket, kind)

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


_AT_DAY_END: dict[str, tuple[str, dict[str, Any]]] = {
    WAITING: ("ticket.left", {"how": "day_end"}),
    HOLD: ("ticket.left", {"how": "day_end"}),
    CALLED: ("ticket.no_show", {"staff": ""}),
    SERVING: ("ticket.finished", {"staff": "", "accurate": False}),
}
