"""Days with surveys, made the way a kiosk makes them: tickets through the lines, answers through Conduct.

Run: python -m tests.support.survey_day FOLDER RESPONSES fills a folder for practice.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Self

from kiosk.catalog.load import load
from kiosk.catalog.model import Catalog, Sampling, SurveyPlan
from kiosk.catalog.texts import localize
from kiosk.clock import FixedClock
from kiosk.i18n import messages
from kiosk.journal import Journal, new_id
from kiosk.line.line import Line
from kiosk.settings import Settings
from kiosk.survey.conduct import About, Begun, Conduct
from kiosk.tickets.ticket import wait_band

SERVICES = Path(__file__).parents[2] / "services.yaml"
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""09:00 in Tulsa."""
LANGUAGES = ("en", "es", "vi", "zh_Hans", "ar")
OFTEN = (60, 20, 9, 6, 5)
"""How many of a hundred visitors choose each language."""
SAMPLING = Sampling("systematic", every=2)


@cache
def real() -> Catalog:
    """The real catalogue."""
    return load(SERVICES)


def catalog_with(sampling: Sampling | None = None) -> Catalog:
    """The real catalogue with a plan of sampling, and lines that are always open."""
    catalog = real()
    lanes = tuple(replace(lane, hours=(), last_ticket="") for lane in catalog.lanes)
    survey = replace(catalog.survey, sampling=sampling or SAMPLING)
    return replace(catalog, survey=survey, lanes=lanes)


@cache
def plan_in(language: str) -> SurveyPlan:
    """The survey as it is shown in a language."""
    return localize(real(), messages.load(language).service_text).survey


class SurveyDay:
    """A kiosk whose clock stands still until somebody comes; a context that closes its journal."""

    def __init__(self, folder: Path, practice: bool = False, catalog: Catalog | None = None) -> None:
        self.clock = self.a_clock()
        self.settings = Settings(data=folder)
        self.journal = Journal.open(self.settings.journal, self.clock, practice=practice, durable=False)
        self.catalog = catalog or catalog_with()
        self.line = Line(self.journal, lambda: self.catalog, self.clock, self.settings)
        self.conduct = Conduct(self.journal, lambda: self.catalog, self.clock)
        self.random = Random(7)
        self.responses = 0
        self.staff = self.journal.staff_of("Ada")

    @staticmethod
    def a_clock() -> FixedClock:
        return FixedClock(moment=MONDAY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.journal.close()

    def fill(self, responses: int) -> None:
        """Let visitors come until so many have begun the survey, in one transaction."""

        def work() -> None:
            while self.responses < responses:
                self.clock.advance(8)
                language = self.random.choices(LANGUAGES, OFTEN)[0]
                if self.random.random() < 0.6:
                    self.served(language)
                elif self.random.random() < 0.8:
                    self.looks_up(language)
                else:
                    self.answer(self.begin(About("lookup"), language))

        self.journal.decide(work)

    def served(self, language: str) -> None:
        """Somebody with a ticket, who may be invited afterwards."""
        lane = self.random.choices(("bills", "court", "permits", "help"), (50, 30, 19, 1))[0]
        service = next(service.id for service in self.catalog.services if service.lane == lane)
        counter = next(lane_.counters[0] for lane_ in self.catalog.lanes if lane_.id == lane)
        ticket = self.line.issue(language=language, service=service)
        self.clock.advance(self.random.choices((5, 400, 1000), (94, 5, 1))[0])
        self.line.next(counter, self.staff)
        self.clock.advance(5)
        self.line.serve(ticket.ticket, counter, self.staff)
        self.clock.advance(5)
        ticket = self.line.finish(ticket.ticket, self.staff)
        about = About("served", service, lane, wait_band(ticket.waited), ticket.ticket, "ticket")
        self.asked(ticket.ticket, about, language)

    def looks_up(self, language: str) -> None:
        """Somebody who only looked something up."""
        unit = new_id()
        self.conduct.enter(unit, "visit", "self_service", "utility_pay", language)
        self.asked(unit, About("lookup", "utility_pay", unit=unit), language)

    def asked(self, unit: str, about: About, language: str) -> None:
        """Invite who is selected; most say yes."""
        known = self.journal.survey_unit(unit)
        assert known is not None
        if not known.selected:
            return
        self.conduct.invite(unit, "screen")
        if self.random.random() < 0.2:
            self.conduct.decline(unit)
        else:
            self.answer(self.begin(about, language))

    def begin(self, about: About, language: str, plan: SurveyPlan | None = None) -> Begun:
        """A survey begins."""
        self.responses += 1
        shown = plan or replace(plan_in(language), sampling=self.catalog.survey.sampling)
        return self.conduct.begin(new_id(), about, language, shown, self.random)

    def answer(self, begun: Begun) -> None:
        """Every statement, or up to where somebody walks away."""
        walks_away = self.random.random() < 0.1
        for place, statement in enumerate(begun.statements):
            if walks_away and place == 2:
                self.journal.append("survey.abandoned", {"response": begun.response, "at": statement.id})
                return
            value = self.random.choices(("1", "2", "3", "4", "na", "skipped"), (5, 10, 30, 40, 10, 5))[0]
            self.say(begun, statement.id, value)
        self.complete(begun)
        if self.random.random() < 0.1:
            self.comment(
                begun, self.random.choice(("Thank you", "谢谢你们的帮助", "شكراً لكم", "Muy amables"))
            )

    def say(self, begun: Begun, statement: str, value: str) -> None:
        body = {"response": begun.response, "statement": statement, "answer": value}
        self.journal.append("survey.answered", body)

    def complete(self, begun: Begun) -> None:
        self.journal.append("survey.completed", {"response": begun.response})

    def comment(self, begun: Begun, words: str) -> str:
        """A comment; the id of its event."""
        return self.journal.append("survey.commented", {"response": begun.response}, text=words).id


if __name__ == "__main__":
    with SurveyDay(Path(sys.argv[1]), practice=True) as day:
        day.fill(int(sys.argv[2]))
