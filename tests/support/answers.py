"""A survey carried out by hand: who comes, who is invited, and exactly what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

from kiosk.catalog.model import Catalog, Sampling
from kiosk.clock import FixedClock
from kiosk.i18n.messages import load
from kiosk.journal import Journal
from kiosk.journal.kinds import new_id
from kiosk.survey.assemble import Asked, gather, scorecard
from kiosk.survey.conduct import About, Conduct
from kiosk.survey.period import Span
from kiosk.survey.scorecard import Scorecard, StatementCard
from tests.support.line import riverton

MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""10:00 in the city."""
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))


def city() -> Catalog:
    """The test city, inviting everybody to answer all its statements, without a baseline."""
    known = riverton()
    plan = replace(known.survey, ask=9, sampling=Sampling("everyone"), baseline=None)
    return replace(known, survey=plan)


class Hall:
    """A city hall with one machine; its clock stands at MONDAY until it is moved."""

    def __init__(self, folder: Path, catalog: Catalog | None = None, practice: bool | None = None) -> None:
        self.catalog = catalog or city()
        self.clock = FixedClock(moment=MONDAY)
        self.journal = Journal.open(folder / "kiosk.db", self.clock, practice, durable=False)
        self.conduct = Conduct(self.journal, lambda: self.catalog, self.clock)

    def on(self, day: date, hour: int = 16) -> Hall:
        """Go to a day, at an hour of UTC."""
        self.clock.moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        return self

    def comes(self, lane: str = "", service: str = "utility_pay", language: str = "en") -> str:
        """Somebody becomes eligible, at a counter of a lane or (none) at the screen; who they are."""
        unit, source = new_id(), "ticket" if lane else "visit"
        self.conduct.enter(unit, source, lane or "self_service", service, language)
        return unit

    def answers(
        self,
        given: Mapping[str, str],
        lane: str = "bills",
        channel: str = "",
        left_at: str = "",
        service: str = "utility_pay",
        language: str = "en",
    ) -> bool:
        """Somebody comes and answers what is `given` by statement, skipping the rest; False: not chosen.

        With a `channel` they came by themselves; `left_at` is the statement where they walk away.
        """
        unit = "" if channel else self.comes(lane, service, language)
        if unit:
            known = self.journal.survey_unit(unit)
            assert known is not None
            if not known.selected:
                return False
        about = About("served" if lane else "lookup", service, lane, "none", unit, channel or "convenience")
        begun = self.conduct.begin(new_id(), about, language, self.catalog.survey, Random(1))
        for statement in begun.statements:
            if statement.id == left_at:
                self.record("survey.abandoned", {"response": begun.response, "at": left_at})
                return True
            answer = given.get(statement.id, "skipped")
            body = {"response": begun.response, "statement": statement.id, "answer": answer}
            self.record("survey.answered", body)
        self.record("survey.completed", {"response": begun.response})
        return True

    def many(self, count: int, given: Mapping[str, str], **how: Any) -> None:
        """The same answers so many times."""
        for _ in range(count):
            self.answers(given, **how)

    def record(self, kind: str, body: Mapping[str, Any]) -> None:
        self.journal.append(kind, body)

    def card(
        self, *by: str, period: Span = NOVEMBER, language: str = "en", audience: str = "visitor"
    ) -> Scorecard:
        """The scorecard for staff."""
        asked = Asked(period, audience, by)
        material = gather(self.journal, self.catalog, asked, self.clock.day())
        return scorecard(asked, material, self.catalog, load(language), self.clock)


def of(card: Scorecard, statement: str) -> StatementCard:
    """The card of a statement."""
    return next(one for one in card.statements if one.id == statement)
