"""A machine that carries the survey out, with a plan that may change and a journal that may be reopened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from kiosk.catalog.model import Catalog, Sampling, Statement, SurveyPlan
from kiosk.clock import FixedClock
from kiosk.journal import Journal, new_id
from kiosk.journal.event import Event
from kiosk.journal.survey_questions import Unit
from kiosk.survey.conduct import About, Begun, Conduct
from tests.support.line import riverton

SERVED = ("served",)
STATEMENTS = (
    Statement("overall", "It was good"),
    *(Statement(f"both{n}", f"Both {n}") for n in range(3)),
    *(Statement(f"staff{n}", f"Staff {n}", SERVED) for n in range(6)),
)
DAY = timedelta(days=1).total_seconds()


def numbered(seed: int) -> Callable[[], str]:
    """Makes the same ids again."""
    random = Random(seed)
    return lambda: f"{random.getrandbits(128):032x}"


class Hall:
    """A machine whose plan may change and whose journal may be reopened."""

    def __init__(self, folder: Path, sampling: Sampling | None = None, seed: int = 1) -> None:
        self.folder, self.clock = folder, FixedClock()
        self.plan = SurveyPlan("exit", 1, 4, STATEMENTS, sampling=sampling or Sampling())
        self.make_id, self.random = numbered(seed), Random(seed)
        self.open()

    def open(self) -> None:
        self.journal = Journal.open(self.folder / "kiosk.db", self.clock, durable=False)
        self.conduct = Conduct(self.journal, self.catalog, self.clock, self.make_id)

    def catalog(self) -> Catalog:
        return replace(riverton(), survey=self.plan)

    def change(self, **changes: object) -> None:
        self.plan = replace(self.plan, **changes)  # type: ignore[arg-type]

    def enter(self, stratum: str = "self_service", source: str = "visit") -> Unit:
        return self.conduct.enter(new_id(), source, stratum, "", "en")

    def begin(self, about: About | None = None, language: str = "en") -> Begun:
        about = about or About("served")
        return self.conduct.begin(new_id(), about, language, self.plan, self.random)

    def answer(self, begun: Begun, value: str = "4") -> None:
        for statement in begun.statements:
            given = {"response": begun.response, "statement": statement.id, "answer": value}
            self.journal.append("survey.answered", given)
        self.journal.append("survey.completed", {"response": begun.response})

    def events(self, kind: str) -> list[Event]:
        return [event for event in self.journal.events() if event.kind == kind]
