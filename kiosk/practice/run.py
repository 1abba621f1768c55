"""Whole days in an invented city hall, through the real lines into a real journal marked as practice."""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.clock import Clock, FixedClock
from kiosk.errors import JournalError
from kiosk.journal import Journal
from kiosk.line.line import Line
from kiosk.practice import model
from kiosk.practice.counters import OVERTIME, Counter
from kiosk.practice.screen import Visit
from kiosk.practice.timeline import Steps
from kiosk.practice.town import Town
from kiosk.survey.conduct import Conduct

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.settings import Settings

CLOSES_DAY = 0.85
"""Share of the evenings on which somebody ends the day; else the next morning does."""
EARLY, LOCKS_UP = timedelta(minutes=20), timedelta(hours=1)
"""When a day begins before its lanes open, and when it ends after the last counter."""


STEPS = 500
"""Steps of people recorded at once."""


@dataclass(frozen=True)
class Summary:
    """What happened: first and last day, people, how often things were done, events, and seconds it took."""

    first: date
    last: date
    people: int
    visits: int
    tickets: int
    calls: int
    surveys: int
    events: int
    seconds: float

    @property
    def a_minute(self) -> int:
        """Events a minute."""
        return round(self.events / max(self.seconds, 1e-9) * 60)


def simulate(
    settings: Settings,
    catalog: Catalog,
    people: int,
    last: date,
    days: int | None = None,
    seed: int = 0,
    seconds: Callable[[], float] = time.perf_counter,
) -> Summary:
    """Let so many people come on `days` with open lanes, none after `last`; by default some 300 a day.

    The folder must hold no journal yet. What people see of it is the same for the same arguments. Raises
    JournalError for a folder that has one, real or not.
    """
    began = seconds()
    _refuse_used(settings.journal, FixedClock(settings.timezone, settings.day_starts))
    random, zone = Random(seed), ZoneInfo(settings.timezone)
    dates = model.open_days(catalog, last, days or max(round(people / model.A_DAY), 1))
    hours = {day: model.open_hours(catalog, day, zone) for day in dates}
    clock = FixedClock(settings.timezone, settings.day_starts, moment=hours[dates[0]][0] - EARLY)
    with Journal.open(settings.journal, clock, practice=True, durable=False) as journal:
        line = Line(journal, lambda: catalog, clock, settings)
        town = Town(journal, line, catalog, clock, settings, random)
        # Seeds of the sampling and ids of responses are the same for the same arguments, too.
        line.survey = Conduct(journal, lambda: catalog, clock, make_id=town.new_id)
        come = Tally(random.choices(dates, [model.busyness(day, random) for day in dates], k=people))
        for day in dates:
            town.timeline.start(_day(town, hours[day], come[day]), at=hours[day][0] - EARLY)
        # Many steps in one transaction: nobody else waits for this file, and a commit costs as an event does.
        while journal.decide(lambda: town.timeline.run(STEPS)):
            continue
        kinds = Tally(event.kind for event in journal.events())
    return _summary(dates, people, kinds, seconds() - began)


def _refuse_used(path: Path, clock: Clock) -> None:
    """Invented days neither mix with real visits nor lie before others."""
    if path.exists() and path.stat().st_size:
        Journal.open(path, clock, practice=True).close()
        raise JournalError(
            f"{path} holds invented visits already; more can't be put before or among them",
            "Name a folder that is empty or not there yet: kiosk simulate --data DIR.",
        )


def _summary(dates: list[date], people: int, kinds: Tally[str], seconds: float) -> Summary:
    return Summary(
        first=dates[0],
        last=dates[-1],
        people=people,
        visits=kinds["visit.started"],
        tickets=kinds["ticket.issued"],
        calls=kinds["ticket.called"],
        surveys=kinds["survey.started"],
        events=kinds.total(),
        seconds=seconds,
    )


def _day(town: Town, hours: model.Span, count: int) -> Steps:
    for person in model.people(town.catalog, town.settings.languages, hours, count, town.random):
        town.timeline.start(Visit(town, person).come(), at=person.arrives)
    for shift in model.shifts(town.catalog, hours):
        town.timeline.start(Counter(town, shift).work(), at=shift.opens)
    yield (hours[1] + OVERTIME + LOCKS_UP - town.now).total_seconds()
    if town.happens(CLOSES_DAY):
        town.line.close_day()
    town.people.clear()
    town.gone.clear()
