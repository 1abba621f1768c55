"""What everybody in an invented city hall shares: the journal, the lines, the time, and chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from kiosk.catalog.model import SurveyPlan
from kiosk.catalog.texts import localize
from kiosk.clock import FixedClock
from kiosk.errors import LocaleError
from kiosk.i18n.messages import load
from kiosk.line.view import lanes_of
from kiosk.practice.model import Person
from kiosk.practice.timeline import Process, Timeline

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.journal import Journal
    from kiosk.line.line import Line
    from kiosk.settings import Settings

REACTION = (2.0, 9.0)
"""Seconds until somebody at a free counter sees that a person waits."""


class Town:
    """One city hall. `people` holds who has which ticket, `gone` the tickets nobody is here for any more.

    `free` are the counters with nothing to do, and what they wait in; `back` the tickets of people who
    are to be called again by a counter, without waiting in line.
    """

    def __init__(
        self,
        journal: Journal,
        line: Line,
        catalog: Catalog,
        clock: FixedClock,
        settings: Settings,
        random: Random,
    ) -> None:
        self.journal = journal
        self.line = line
        self.catalog = catalog
        self.settings = settings
        self.random = random
        self.timeline = Timeline(clock)
        self.people: dict[str, Person] = {}
        self.gone: set[str] = set()
        self.free: dict[str, Process] = {}
        self.back: dict[str, list[str]] = {}
        self._plans: dict[str, SurveyPlan] = {}

    @property
    def now(self) -> datetime:
        return self.timeline.clock.moment

    def record(self, kind: str, body: Mapping[str, Any], text: str | None = None) -> None:
        """Let an event happen now."""
        self.journal.append(kind, body, text)

    def new_id(self) -> str:
        """A random identifier that the seed decides, so that a day can be made again."""
        return f"{self.random.getrandbits(128):032x}"

    def plan(self, language: str) -> SurveyPlan:
        """The survey as somebody reads it who has chosen a language."""
        if language not in self._plans:
            try:
                translate = load(language).service_text
            except LocaleError:
                self._plans[language] = self.catalog.survey
            else:
                self._plans[language] = localize(replace(self.catalog, services=()), translate).survey
        return self._plans[language]

    def happens(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        return self.random.random() < share

    def about(self, seconds: float) -> float:
        """A time that takes so long as a rule."""
        return seconds * self.random.lognormvariate(0, 0.4)

    def somebody_waits(self, lane: str) -> None:
        """A free counter of the lane sees it."""
        for counter in self.free:
            if any(found.id == lane for found in lanes_of(self.catalog, counter)):
                self.wake(counter)
                return

    def wake(self, counter: str) -> None:
        """A counter has something to do, if it had nothing."""
        process = self.free.pop(counter, None)
        if process:
            self.timeline.wake(process, self.random.uniform(*REACTION))
