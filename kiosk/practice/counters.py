"""Invented docents: they call, wait, serve, hold, send on, forget and make mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk.errors import TicketRefused
from kiosk.practice.model import LUNCH, Person, Shift
from kiosk.practice.screen import Visit, comes_along
from kiosk.practice.timeline import Steps
from kiosk.practice.town import Town
from kiosk.tickets.ticket import HOLD, NO_SHOW, Ticket

OVERTIME = timedelta(minutes=30)
"""How long after closing those who still wait are served."""
CALLS_AGAIN, COMES_BACK, COMES_TO_THE_DESK = 0.6, 0.6, 0.5
HOLDS, SENDS_ON, VOIDS, SLIPS, FORGETS, GOES_HOME = 0.05, 0.06, 0.008, 0.01, 0.4, 0.3
NEVER_BACK = 0.15
"""Share of the people on hold who are not seen again."""
GIVES_FEEDBACK = 0.05
"""Share of those nobody asks who look for the survey by themselves."""


class Counter:
    """One shift at one counter."""

    def __init__(self, town: Town, shift: Shift) -> None:
        self.town = town
        self.line = town.line
        self.shift = shift
        self.name = shift.counter
        self.staff = town.journal.staff_of(shift.staff)
        self._to_eat = True
        self._home = False
        self._aside: list[str] = []
        town.back[self.name] = []

    def work(self) -> Steps:
        """From opening to closing, or until the line is empty, at most half an hour longer."""
        self.line.counter(self.name, "opened", self.staff)
        while not self._home and self.town.now < self.shift.closes + OVERTIME:
            if self._to_eat and self.town.now >= self.shift.lunch:
                yield from self._lunch()
            ticket = self._call()
            if ticket:
                yield from self._attend(ticket)
                yield self.town.about(10)
            elif self.town.now >= self.shift.closes:
                break
            else:
                yield from self._rest()
        self._leave()

    def _lunch(self) -> Steps:
        self._to_eat = False
        self.line.counter(self.name, "paused", self.staff)
        yield LUNCH.total_seconds()
        self.line.counter(self.name, "opened", self.staff)

    def _rest(self) -> Steps:
        """Nothing to do until somebody comes, lunch or the end of the day."""
        assert self.town.timeline.current is not None
        self.town.free[self.name] = self.town.timeline.current
        until = self.shift.lunch if self._to_eat else self.shift.closes
        yield (until - self.town.now).total_seconds() + 1
        self.town.free.pop(self.name, None)

    def _leave(self) -> None:
        """The end of the day: who is still on hold is sent home, unless that is forgotten."""
        for ticket in dict.fromkeys([*self.town.back.pop(self.name), *self._aside]):
            found = self.town.journal.ticket(ticket)
            if found and found.state in (HOLD, NO_SHOW) and not self.town.happens(FORGETS):
                self.line.leave(ticket, "desk")
        self.line.counter(self.name, "closed", self.staff)

    def _call(self) -> Ticket | None:
        """Whoever came back to this counter, else the next in line."""
        waiting = self.town.back[self.name]
        while waiting:
            found = self.town.journal.ticket(waiting.pop(0))
            if found and found.state in (HOLD, NO_SHOW):
                return self.line.call(found.ticket, self.name, self.staff)
        try:
            return self.line.next(self.name, self.staff)
        except TicketRefused as refused:
            if refused.reason != "nobody":
                raise
            return None

    def _attend(self, ticket: Ticket) -> Steps:
        """Somebody was called: they come and are served, or do not come."""
        town, person = self.town, self.town.people.get(ticket.ticket)
        if town.happens(VOIDS):
            yield town.about(20)
            self.line.void(ticket.ticket, town.random.choice(("mistake", "duplicate", "other")), self.staff)
            return
        came = person is not None and ticket.ticket not in town.gone and person.comes == "at_once"
        if not came:
            yield 25 + town.about(15)
            if town.happens(CALLS_AGAIN):
                self.line.call(ticket.ticket, self.name, self.staff)
                yield 25 + town.about(15)
                came = person is not None and person.comes == "late" and ticket.ticket not in town.gone
        if came and person is not None:
            yield from self._serve(ticket, person)
        else:
            self.line.no_show(ticket.ticket, self.staff)
            if person is not None and person.comes == "late" and town.happens(COMES_BACK):
                town.timeline.start(self._comes_back(ticket), after=town.about(420))

    def _serve(self, ticket: Ticket, person: Person) -> Steps:
        town, first = self.town, not ticket.serving_at and ticket.calls == 1
        yield town.about(18)
        self.line.serve(ticket.ticket, self.name, self.staff)
        yield person.handling * 0.3
        if town.happens(SLIPS):
            held = self.line.hold(ticket.ticket, self.staff)
            yield 4
            self.line.undo(ticket.ticket, held.latest, self.staff)
        if first and town.happens(HOLDS):
            self.line.hold(ticket.ticket, self.staff)
            self._aside.append(ticket.ticket)
            if not town.happens(NEVER_BACK):
                town.timeline.start(self._comes_back(ticket), after=town.about(500))
            return
        elsewhere = [lane.id for lane in town.catalog.lanes if lane.id != ticket.lane]
        if first and elsewhere and town.happens(SENDS_ON):
            sent = self.line.transfer(ticket.ticket, town.random.choice(elsewhere), self.staff)
            town.somebody_waits(sent.lane)
            return
        yield person.handling * 0.7
        if town.now > self.shift.closes and town.happens(GOES_HOME):
            self._home = True
            return
        finished = self.line.finish(ticket.ticket, self.staff)
        self._part(finished, person)

    def _part(self, ticket: Ticket, person: Person) -> None:
        """Served: who is selected is invited to the survey."""
        town = self.town
        town.people.pop(ticket.ticket, None)
        unit = town.journal.survey_unit(ticket.ticket)
        assert unit is not None, "to finish a ticket enters them"
        if comes_along(town, unit) if unit.selected else town.happens(GIVES_FEEDBACK):
            town.timeline.start(Visit(town, person).after_service(ticket), after=town.about(60))

    def _comes_back(self, ticket: Ticket) -> Steps:
        """Somebody on hold, or who missed the call, stands at the counter or waits in line again."""
        yield 0
        town, found = self.town, self.town.journal.ticket(ticket.ticket)
        if found is None or found.state not in (HOLD, NO_SHOW):
            return
        if found.state == NO_SHOW and not town.happens(COMES_TO_THE_DESK):
            self._found_again(found)
        elif self.name in town.back:
            self._found(found)
            town.back[self.name].append(found.ticket)
            town.wake(self.name)

    def _found_again(self, ticket: Ticket) -> None:
        self._found(ticket)
        self.line.put_back(ticket.ticket, self.staff)
        self.town.somebody_waits(ticket.lane)

    def _found(self, ticket: Ticket) -> None:
        """From now on they come when they are called."""
        person = self.town.people.get(ticket.ticket)
        if person is not None:
            self.town.people[ticket.ticket] = replace(person, comes="at_once")
