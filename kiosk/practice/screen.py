"""Invented visitors at the screen: they look up, take tickets, answer the survey, or walk away."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple

from kiosk.errors import TicketRefused
from kiosk.practice.model import DESK, FEEDBACK, LOOKUP, TICKET, Person, opinion
from kiosk.practice.timeline import Steps
from kiosk.practice.town import Town
from kiosk.survey.draw import draw
from kiosk.tickets.ticket import WAITING, wait_band

SEARCHES, FINDS, SURE = 0.6, 0.93, 0.8
READS_MORE, TAKES_ALONG, PRINTS = 0.25, 0.35, 0.04
ANSWERS_NEED, NEEDS = 0.75, {"yes": 78, "partly": 14, "no": 8}
WALKS_AWAY, STARTS_OVER = 0.07, 0.1
ANSWERS, DECLINES, GIVES_UP = 0.42, 0.42, 0.04
IDLE = 85
"""Seconds after which the screen ends a visit by itself."""
LOOKS_AT_PLACE, SAYS_SO = 0.12, 0.5
ASSISTED, BOOKED, BY_DESK = 0.04, 0.05, 0.06
NOT_PRINTED = 0.01
NOT_FOUND = (
    "zoo hours",
    "drivers licence",
    "lost wallet",
    "wifi password",
    "social security card",
    "notary",
    "car title",
    "bus pass",
)
"""Words that lead nowhere, for `kiosk words`."""


Ending = Generator[float, None, str]
"""Steps that lead to how the visit ends."""


class About(NamedTuple):
    """What a survey is about: service and lane, "" where it is about none, and the seconds waited."""

    service: str = ""
    lane: str = ""
    waited: float | None = None


class Visit:
    """One person's visit at the screen."""

    def __init__(self, town: Town, person: Person) -> None:
        self.town = town
        self.person = person
        self.id = town.new_id()

    def come(self) -> Steps:
        """What this person came for."""
        ways = {LOOKUP: self.lookup, TICKET: self.ticket, DESK: self.ask, FEEDBACK: self.feedback}
        return ways[self.person.way]()

    def lookup(self) -> Steps:
        """Find a service, read, take it along, say whether it was that, and perhaps answer the survey."""
        yield from self._find()
        how = "finished"
        if self.town.happens(WALKS_AWAY):
            yield IDLE
            how = "idle"
        elif self.town.happens(STARTS_OVER):
            how = "start_over"
        else:
            yield from self._need()
            how = yield from self._survey("lookup", "invited", About(self.person.service), keen=False)
        self._end(how)

    def ticket(self) -> Steps:
        """Find the service and take a ticket for it at the screen, or ask a docent for one."""
        random = self.town.random.random()
        if random < BY_DESK + ASSISTED + BOOKED:
            priority = "assisted" if random < ASSISTED else "booked" if random < ASSISTED + BOOKED else ""
            yield self._reads(20)
            self._take("desk", priority)
            return
        yield from self._find()
        self._take("kiosk", "")
        yield self._reads(8)
        self._end("finished")

    def ask(self) -> Steps:
        """A question to a docent, at once and without a ticket."""
        town = self.town
        yield self._reads(40)
        open_ones = [name for name in (*town.free, *town.back) if name in town.back]
        if open_ones:
            staff = town.journal.staff_of("Ana")
            town.line.answered(self.person.service, self.person.language, open_ones[0], staff)

    def feedback(self) -> Steps:
        """*Leave feedback* at the first screen: anybody, about anything."""
        self._begin()
        yield self._reads(6)
        self._end((yield from self._survey("served", "convenience", About(), keen=True)))

    def after_service(self, lane: str, waited: float | None) -> Steps:
        """*I have a ticket number*, when it is over: the survey, which keeps no number."""
        self._begin()
        yield self._reads(15)
        about = About(self.person.service, lane, waited)
        self._end((yield from self._survey("served", "ticket", about, keen=True)))

    def _find(self) -> Steps:
        person, town = self.person, self.town
        self._begin()
        yield self._reads(9)
        if town.happens(SEARCHES):
            if person.language == "en" and not town.happens(FINDS):
                self._search(town.random.choice(NOT_FOUND))
                yield self._reads(12)
            self._search()
        yield self._reads(5)
        self._view(person.service)
        yield self._reads(22)
        if town.happens(READS_MORE):
            self._view(town.random.choice(town.catalog.services).id)
            yield self._reads(12)
            self._view(person.service)
        if town.happens(TAKES_ALONG):
            self._record("qr.shown", {"service": person.service})
            yield self._reads(15)
        if town.happens(PRINTS):
            self._record("page.printed", {"service": person.service, "outcome": "ok", "fault": ""})

    def _search(self, words: str = "") -> None:
        """A search; with words it led nowhere."""
        found = 0 if words else self.town.random.randint(1, 8)
        body = {
            "language": self.person.language,
            "results": found,
            "chosen": "" if words else self.person.service,
            "confident": not words and self.town.happens(SURE),
        }
        self._record("search.made", body, words or None)

    def _view(self, service: str) -> None:
        self._record("service.viewed", {"service": service, "language": self.person.language})

    def _need(self) -> Steps:
        if self.town.happens(ANSWERS_NEED):
            answer = self.town.random.choices(list(NEEDS), list(NEEDS.values()))[0]
            self._record("need.answered", {"service": self.person.service, "answer": answer})
        yield self._reads(4)

    def _take(self, channel: str, priority: str) -> None:
        """Take a ticket, unless the line is closed or full; then wait for the call."""
        town, person = self.town, self.person
        try:
            ticket = town.line.issue(
                language=person.language,
                service=person.service,
                channel=channel,
                priority=priority,
                interpreter=person.interpreter if channel == "desk" else "",
                printing=True,
            )
        except TicketRefused as refused:
            if refused.reason not in ("closed", "holiday", "last_ticket", "full"):
                raise
            return
        failed = town.happens(NOT_PRINTED)
        town.line.printed(ticket.ticket, not failed, "no_paper" if failed else "")
        town.people[ticket.ticket] = person
        town.somebody_waits(ticket.lane)
        town.timeline.start(self._wait(ticket.ticket), after=person.patience)
        if town.happens(LOOKS_AT_PLACE):
            town.timeline.start(Visit(town, person)._look(ticket.ticket), after=town.about(400))

    def _wait(self, ticket: str) -> Steps:
        """It takes too long: give the place back at the screen, or just go."""
        yield 0
        town, found = self.town, self.town.journal.ticket(ticket)
        if found is None or found.state != WAITING:
            return
        if town.happens(SAYS_SO):
            leaving = Visit(town, self.person)
            leaving._begin()
            yield self._reads(15)
            still = town.journal.ticket(ticket)
            if still and still.state == WAITING:
                town.line.leave(ticket, "visitor")
            leaving._end("finished")
        town.gone.add(ticket)

    def _look(self, ticket: str) -> Steps:
        """Where am I in the line?"""
        found = self.town.journal.ticket(ticket)
        if found and found.state == WAITING:
            self._begin()
            yield self._reads(15)
            self._end("finished")

    def _survey(self, kind: str, channel: str, about: About, keen: bool) -> Ending:
        """The invitation and what follows, as at the screen; returns how the visit ends."""
        part = self.town.random.random()
        self._record("survey.invited", {"channel": channel})
        yield self._reads(5)
        if keen or part < ANSWERS:
            return (yield from self._answers(kind, channel, about))
        if part < ANSWERS + DECLINES:
            self._record("survey.declined", {"channel": channel})
            return "finished"
        yield IDLE
        return "idle"

    def _answers(self, kind: str, channel: str, about: About) -> Ending:
        town, plan = self.town, self.town.catalog.survey
        asked = draw(plan, kind, town.journal.times_asked(plan.id, plan.version), town.random)
        response = self._begin_answers([statement.id for statement in asked], channel, about)
        for statement in asked:
            yield self._reads(7)
            if town.happens(GIVES_UP):
                how = "finished" if town.happens(0.5) else "idle"
                yield IDLE if how == "idle" else 1
                town.record("survey.abandoned", {"response": response, "at": statement.id})
                return how
            answer = opinion(statement.id, self.person.mood, about.waited, town.random)
            given = {"response": response, "statement": statement.id, "answer": answer}
            town.record("survey.answered", given)
        town.record("survey.completed", {"response": response})
        yield self._reads(5)
        return "finished"

    def _begin_answers(self, statements: list[str], channel: str, about: About) -> str:
        response, plan = self.town.new_id(), self.town.catalog.survey
        body = {
            "response": response,
            "survey": plan.id,
            "version": plan.version,
            "channel": channel,
            "language": self.person.language,
            "service": about.service,
            "lane": about.lane,
            "wait": wait_band(about.waited),
            "statements": statements,
        }
        self._record("survey.started", body)
        return response

    def _reads(self, seconds: float) -> float:
        """How long something takes this person."""
        return self.town.about(seconds) * self.person.pace

    def _record(self, kind: str, body: Mapping[str, Any], text: str | None = None) -> None:
        self.town.record(kind, {"visit": self.id, **body}, text)

    def _begin(self) -> None:
        self._record("visit.started", {"language": self.person.language})

    def _end(self, how: str) -> None:
        self._record("visit.ended", {"how": how, "language": self.person.language})
