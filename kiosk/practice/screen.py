"""Invented visitors at the screen: they look up, take tickets, answer the survey, or walk away."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from kiosk.catalog.model import SELF_SERVICE
from kiosk.errors import TicketRefused
from kiosk.journal.survey_questions import Unit
from kiosk.practice.model import DESK, EMPLOYEE, FEEDBACK, LOOKUP, TICKET, Person
from kiosk.practice.opinions import comment, opinion
from kiosk.practice.timeline import Steps
from kiosk.practice.town import Town
from kiosk.survey.conduct import About
from kiosk.tickets.ticket import FINISHED, WAITING, Ticket, wait_band

SEARCHES, FINDS, SURE = 0.6, 0.93, 0.8
READS_MORE, TAKES_ALONG, PRINTS = 0.25, 0.35, 0.04
ANSWERS_NEED, NEEDS = 0.75, {"yes": 78, "partly": 14, "no": 8}
WALKS_AWAY, STARTS_OVER = 0.07, 0.1
ANSWERS, DECLINES, GIVES_UP = 0.42, 0.42, 0.04
INVITES = 0.88
"""Share of the people selected whom docents ask, as they should."""
SAYS_NO, COMES_ALONG = 0.28, 0.5
"""Of those asked at a counter: declines, and comes to the screen; the others say yes and go."""
COMMENTS, COMPLAINS = 0.08, 0.2
"""Of those who answer, adds a few words; of those who give up waiting and say so, judges that."""
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


def comes_along(town: Town, unit: Unit) -> bool:
    """Whether a docent invites somebody who is selected, and they come to the screen."""
    if not town.happens(INVITES):
        return False
    town.line.survey.invite(unit.unit, "desk")
    part = town.random.random()
    if part < SAYS_NO:
        town.line.survey.decline(unit.unit)
    return SAYS_NO <= part < SAYS_NO + COMES_ALONG


class Visit:
    """One person's visit at the screen."""

    def __init__(self, town: Town, person: Person) -> None:
        self.town = town
        self.person = person
        self.id = town.new_id()

    def come(self) -> Steps:
        """What this person came for."""
        ways = {
            LOOKUP: self.lookup,
            TICKET: self.ticket,
            DESK: self.ask,
            FEEDBACK: self.feedback,
            EMPLOYEE: self.employee,
        }
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
            how = yield from self._asked()
        self._leave_lookup(how)

    def ticket(self) -> Steps:
        """Find the service and take a ticket for it at the screen, or ask a docent for one."""
        random = self.town.random.random()
        if random < BY_DESK + ASSISTED + BOOKED:
            priority = "assisted" if random < ASSISTED else "booked" if random < ASSISTED + BOOKED else ""
            yield self._reads(20)
            self._take("desk", priority)
            return
        yield from self._find()
        taken = self._take("kiosk", "")
        yield self._reads(8)
        if taken:
            self._end("finished")
        else:
            self._leave_lookup("finished")

    def ask(self) -> Steps:
        """A question to a docent, at once and without a ticket."""
        town = self.town
        yield self._reads(40)
        open_ones = [name for name in (*town.free, *town.back) if name in town.back]
        if open_ones:
            staff = town.journal.staff_of("Ana")
            unit = town.line.answered(self.person.service, self.person.language, open_ones[0], staff)
            if unit.selected and comes_along(town, unit):
                town.timeline.start(Visit(town, self.person)._after_answer(unit), after=town.about(60))

    def feedback(self) -> Steps:
        """*Leave feedback* at the first screen: anybody, about anything."""
        self._begin()
        yield self._reads(6)
        self._end((yield from self._answers(About("served"))))

    def employee(self) -> Steps:
        """Somebody of the City, at a staff desk, about a department that helped them."""
        town = self.town
        if not any("employee" in statement.audience for statement in town.catalog.survey.statements):
            return
        helped = town.random.choice(town.catalog.departments).id if town.catalog.departments else ""
        self._begin()
        yield self._reads(10)
        self._end((yield from self._answers(About("served", audience="employee", department=helped))))

    def after_service(self, ticket: Ticket) -> Steps:
        """*I have a ticket number*, when it is over: the survey, which keeps no number."""
        self._begin()
        yield self._reads(15)
        self._end((yield from self._answers(_of(ticket), ticket.waited)))

    def _after_answer(self, unit: Unit) -> Steps:
        """*I have a ticket number*, with the number of an invitation."""
        self._begin()
        yield self._reads(15)
        known = any(lane.id == unit.stratum for lane in self.town.catalog.lanes)
        about = About("served", unit.service, unit.stratum if known else "", unit=unit.unit)
        self._end((yield from self._answers(about)))

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

    def _take(self, channel: str, priority: str) -> bool:
        """Take a ticket, unless the line is closed or full, and wait for the call; whether it was taken."""
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
            return False
        failed = town.happens(NOT_PRINTED)
        town.line.printed(ticket.ticket, not failed, "no_paper" if failed else "")
        town.people[ticket.ticket] = person
        town.somebody_waits(ticket.lane)
        town.timeline.start(self._wait(ticket.ticket), after=person.patience)
        if town.happens(LOOKS_AT_PLACE):
            town.timeline.start(Visit(town, person)._look(ticket.ticket), after=town.about(400))
        return True

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
            still, how = town.journal.ticket(ticket), "finished"
            if still and still.state == WAITING:
                left = town.line.leave(ticket, "visitor")
                if town.happens(COMPLAINS):
                    how = yield from leaving._answers(_of(left), self.person.patience)
            leaving._end(how)
        town.gone.add(ticket)

    def _look(self, ticket: str) -> Steps:
        """Where am I in the line?"""
        found = self.town.journal.ticket(ticket)
        if found and found.state == WAITING:
            self._begin()
            yield self._reads(15)
            self._end("finished")

    def _enter_frame(self) -> Unit:
        """A lookup is over: this person could be asked; said again it changes nothing."""
        person = self.person
        return self.town.line.survey.enter(self.id, "visit", SELF_SERVICE, person.service, person.language)

    def _asked(self) -> Ending:
        """After a lookup: the invitation for who is selected; returns how the visit ends."""
        survey, unit = self.town.line.survey, self._enter_frame()
        if not unit.selected:
            yield self._reads(3)
            return "finished"
        survey.invite(unit.unit, "screen")
        yield self._reads(5)
        part = self.town.random.random()
        if part < ANSWERS:
            return (yield from self._answers(About("lookup", self.person.service, unit=unit.unit)))
        if part < ANSWERS + DECLINES:
            survey.decline(unit.unit)
            return "finished"
        yield IDLE
        return "idle"

    def _answers(self, about: About, waited: float | None = None) -> Ending:
        """The survey as at the screen, about a visit with so many seconds of waiting."""
        town, language = self.town, self.person.language
        begun = town.line.survey.begin(self.id, about, language, town.plan(language), town.random)
        response = {"response": begun.response}
        for statement in begun.statements:
            yield self._reads(7)
            if town.happens(GIVES_UP):
                how = "finished" if town.happens(0.5) else "idle"
                yield IDLE if how == "idle" else 1
                town.record("survey.abandoned", {**response, "at": statement.id})
                return how
            mood, lookup = self.person.mood, about.kind == "lookup"
            answer = opinion(statement.id, mood, waited, town.random, about.lane, lookup)
            town.record("survey.answered", {**response, "statement": statement.id, "answer": answer})
        if town.happens(COMMENTS):
            yield self._reads(20)
            town.record("survey.commented", response, comment(language, town.random))
        town.record("survey.completed", response)
        yield self._reads(5)
        return "finished"

    def _reads(self, seconds: float) -> float:
        """How long something takes this person."""
        return self.town.about(seconds) * self.person.pace

    def _record(self, kind: str, body: Mapping[str, Any], text: str | None = None) -> None:
        self.town.record(kind, {"visit": self.id, **body}, text)

    def _begin(self) -> None:
        self._record("visit.started", {"language": self.person.language})

    def _end(self, how: str) -> None:
        self._record("visit.ended", {"how": how, "language": self.person.language})

    def _leave_lookup(self, how: str) -> None:
        self._enter_frame()
        self._end(how)


def _of(ticket: Ticket) -> About:
    """What feedback on one's own ticket is about."""
    kind = "served" if ticket.state == FINISHED else "lookup"
    wait = wait_band(ticket.waited)
    return About(kind, ticket.service, ticket.lane, wait, unit=ticket.ticket, channel="ticket")
