"""Calling people: whoever is next, or one person; where other desks call too the center is asked first."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from kiosk.errors import TicketRefused
from kiosk.line import refusals
from kiosk.line.steps import Steps, new_command
from kiosk.line.view import is_at, lanes_of
from kiosk.tickets.ticket import Ticket

if TYPE_CHECKING:
    from kiosk.line.claims import Claim, Claims

ASKED = 5
"""People that others may have called first before a desk gives up to call whoever is next."""
OVERTAKEN = ("state", "counter", "ticket")
"""Why a ticket that was granted can't be called any more: something happened here meanwhile."""


class Calls(Steps):
    """Commands that say a name. `claims` is the way to the center of a machine that is enrolled.

    The center is asked before anything is decided, so that nobody waits for the file meanwhile.
    """

    claims: Claims | None = None

    def next(self, counter: str, staff: str, command: str = "") -> Ticket:
        """Call whoever is next for a counter; refused: busy, nobody, counter, elsewhere."""
        passed: list[str] = []
        if self.claims is not None:
            command = command or new_command()
        while self.claims is not None and self.journal.event(command) is None:
            head = self.journal.decide(lambda: self._head(counter, passed))
            claim = self.claims.ask(head.ticket, counter, command)
            if claim is None:
                break
            if claim.granted:
                try:
                    return self._call_granted(claim, head.ticket, staff, command)
                except TicketRefused as problem:
                    if problem.reason not in OVERTAKEN:
                        raise
            else:
                self.claims.catch_up()
            passed.append(head.ticket)

        def work() -> Ticket:
            return self._called(self._head(counter, passed), counter, staff, command)

        return self._once(command, work)

    def call(self, ticket: str, counter: str, staff: str, command: str = "") -> Ticket:
        """Call one ticket, or call it again; refused also: elsewhere."""
        if self.claims is not None:
            command = command or new_command()
        if self.claims is not None and self.journal.event(command) is None:
            found = self.journal.decide(lambda: self._callable(ticket, counter))
            claim = None if is_at(found, counter) else self.claims.ask(ticket, counter, command)
            if claim is not None and claim.granted:
                return self._call_granted(claim, ticket, staff, command)
            if claim is not None:
                self.claims.catch_up()
                self.journal.decide(lambda: self._callable(ticket, counter))
                raise refusals.elsewhere(claim.counter)
        return self._once(
            command, lambda: self._called(self._callable(ticket, counter), counter, staff, command)
        )

    def _call_granted(self, claim: Claim, ticket: str, staff: str, command: str) -> Ticket:
        """Record a call that the center granted, later than all that it knew."""
        counter = claim.counter
        self.journal.merge_clock(claim.clock)
        return self._once(
            command, lambda: self._called(self._callable(ticket, counter), counter, staff, command)
        )

    def _head(self, counter: str, passed: Collection[str]) -> Ticket:
        """Whoever is next for a counter, but for those that others have called first."""
        self.close_past_days()
        live = self.journal.tickets_live()
        self._refuse_busy(counter, live)
        lanes = lanes_of(self.view.catalog(), counter)
        if not lanes:
            raise refusals.no_counter(counter)
        queues = [self.view.queue(lane, live) for lane in lanes]
        heads = [next((one for one in queue if one.ticket not in passed), None) for queue in queues]
        found = [head for head in heads if head is not None]
        if passed and (not found or len(passed) >= ASKED):
            raise refusals.elsewhere("")
        if not found:
            raise refusals.nobody(counter)
        return min(found, key=lambda ticket: ticket.arrival)

    def _callable(self, ticket: str, counter: str) -> Ticket:
        """The ticket, where it can be called to a counter now."""
        self._refuse_busy(counter, [other for other in self.journal.tickets_live() if other.ticket != ticket])
        found = self._standing("ticket.called", ticket)
        self._refuse_illegal("ticket.called", found, {"counter": counter})
        return found

    def _called(self, ticket: Ticket, counter: str, staff: str, command: str) -> Ticket:
        self._open(counter, staff)
        return self._append("ticket.called", ticket, {"counter": counter, "staff": staff}, command)

    def _refuse_busy(self, counter: str, live: list[Ticket]) -> None:
        there = next((ticket for ticket in live if is_at(ticket, counter)), None)
        if there:
            raise refusals.busy(counter, there)

    def _open(self, counter: str, staff: str) -> None:
        known = {found.counter: found for found in self.journal.counters()}
        if counter not in known or known[counter].state != "open":
            self.journal.append("counter.opened", {"counter": counter, "staff": staff})
