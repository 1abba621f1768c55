"""Invented people and working days: who comes when and wants what, who works when; drawn from a seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from random import Random

from kiosk.catalog.model import WEEK, Catalog, Lane, Service

LOOKUP, TICKET, DESK, FEEDBACK, EMPLOYEE = "lookup", "ticket", "desk", "feedback", "employee"
WAYS: Mapping[str, int] = {LOOKUP: 45, TICKET: 44, DESK: 8, FEEDBACK: 2, EMPLOYEE: 1}
"""What people come for, in percent: to look something up, to be served, to ask, to leave feedback; and
employees of the City who judge a department that helped them.
"""
A_DAY = 300
"""People on a usual day."""
WEEKDAYS = (1.25, 1.05, 0.95, 0.95, 0.9, 0.6, 0.5)
"""How busy the days of a week are, Monday first."""
PEAKS = ((0.3, 0.12, 0.07), (0.25, 0.48, 0.06))
"""The morning and lunch: share of the people, the middle, and the deviation, as parts of the open hours."""
LOAD = 0.85
"""How much of their time counters are taken up, as far as handling times of 2 to 12 minutes allow."""
SHORTEST, LONGEST = 120.0, 720.0
HANDLING_CV = 0.8
PATIENCE = 2100.0
"""Seconds that half of the people are ready to wait."""
FIRST_LANGUAGES = (72, 15)
"""Percent who speak the first and the second language; the others share the rest."""
STAFF = ("Ana", "Ben", "Chi", "Dana", "Eli", "Fay", "Gus", "Hana", "Ivo", "Jo")
LUNCH = timedelta(minutes=40)
USUAL_HOURS = ("08:00", "17:00")
"""For lanes that name none: nobody comes at night."""

Span = tuple[datetime, datetime]
"""From opening to closing, in UTC."""


@dataclass(frozen=True)
class Person:
    """Somebody who comes: what for, and what they are like.

    `patience` and `handling` are seconds: waiting before they give up, and at the counter. `pace` says how
    slowly they read and touch, 1 the usual; `mood` how kindly they judge, 0 the usual. `comes` is whether
    they come when called: `at_once`, `late` or `never`. The interpreter is "", `sign` or a language.
    """

    arrives: datetime
    way: str
    language: str
    service: str
    patience: float
    handling: float
    pace: float
    mood: float
    comes: str
    interpreter: str


@dataclass(frozen=True)
class Shift:
    """Somebody's day at a counter; `lunch` is when it begins."""

    counter: str
    staff: str
    opens: datetime
    lunch: datetime
    closes: datetime


def open_days(catalog: Catalog, last: date, count: int) -> list[date]:
    """The last days with open lanes, up to and with one, the oldest first; all days when none ever opens."""
    found: list[date] = []
    day = last
    while len(found) < count:
        if day < last - timedelta(days=60) and not found:
            return [last - timedelta(days=ago) for ago in reversed(range(count))]
        if _rows(catalog, day):
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def open_hours(catalog: Catalog, day: date, zone: tzinfo) -> Span:
    """From the first lane's opening to the last one's closing."""
    rows = _rows(catalog, day) or [USUAL_HOURS]
    return _moment(day, min(opens for opens, _ in rows), zone), _moment(
        day, max(closes for _, closes in rows), zone
    )


def _rows(catalog: Catalog, day: date) -> list[tuple[str, str]]:
    """The hours of all lanes on a day."""
    free = any(holiday.date == day.isoformat() and not holiday.example for holiday in catalog.holidays)
    named = [
        (row.open, row.close)
        for lane in catalog.lanes
        for row in lane.hours
        if not free and row.open and WEEK[day.weekday()] in row.days
    ]
    return named or [USUAL_HOURS for lane in catalog.lanes[:1] if not lane.hours]


def _moment(day: date, clock: str, zone: tzinfo) -> datetime:
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def busyness(day: date, random: Random) -> float:
    """How many people come on a day, beside a usual one."""
    return WEEKDAYS[day.weekday()] * random.uniform(0.85, 1.15)


def people(
    catalog: Catalog, languages: Sequence[str], hours: Span, count: int, random: Random
) -> list[Person]:
    """So many people for one day, in order of arrival."""
    usual = _handling_means(catalog, hours, count)
    arrivals = sorted(_arrival(hours, random) for _ in range(count))
    return [_person(arrives, catalog, languages, usual, random) for arrives in arrivals]


def _arrival(hours: Span, random: Random) -> datetime:
    opens, closes = hours
    part = random.random()
    for share, middle, deviation in PEAKS:
        if part < share:
            place = random.gauss(middle, deviation)
            if 0 <= place < 1:
                return opens + (closes - opens) * place
            break
        part -= share
    return opens + (closes - opens) * random.random()


def _person(
    arrives: datetime,
    catalog: Catalog,
    languages: Sequence[str],
    usual: Mapping[str, float],
    random: Random,
) -> Person:
    way = random.choices(list(WAYS), list(WAYS.values()))[0]
    service = _service(catalog, way, random)
    served = any(lane.id == service.lane for lane in catalog.lanes)
    language = _language(languages, random)
    needs = random.random()
    return Person(
        arrives=arrives,
        way=way if served or way != TICKET else LOOKUP,
        language=language,
        service=service.id,
        patience=PATIENCE * random.lognormvariate(0, 0.7),
        handling=_handling(usual.get(service.lane, LONGEST), random),
        pace=random.lognormvariate(0, 0.35),
        mood=random.gauss(0, 0.7),
        comes=random.choices(("at_once", "late", "never"), (91, 4, 5))[0],
        interpreter="sign" if needs < 0.01 else language if needs < 0.2 and language != languages[0] else "",
    )


def _service(catalog: Catalog, way: str, random: Random) -> Service:
    """Those named first are asked for most; for a ticket first a lane by its counters, then its service."""
    offered: Sequence[Service] = catalog.services
    if way == TICKET and catalog.lanes:
        lane = random.choices(catalog.lanes, [_staffed(catalog, lane) for lane in catalog.lanes])[0]
        offered = [service for service in catalog.services if service.lane == lane.id] or offered
    return random.choices(offered, [(place + 1) ** -0.7 for place in range(len(offered))])[0]


def _language(languages: Sequence[str], random: Random) -> str:
    rest = max(len(languages) - len(FIRST_LANGUAGES), 1)
    others = [(100 - sum(FIRST_LANGUAGES)) / rest] * len(languages)
    return random.choices(languages, [*FIRST_LANGUAGES, *others][: len(languages)])[0]


def _staffed(catalog: Catalog, lane: Lane) -> float:
    """Counters of a lane, those shared with other lanes in part."""
    return sum(1 / sum(name in other.counters for other in catalog.lanes) for name in lane.counters) or 0.1


def _handling_means(catalog: Catalog, hours: Span, count: int) -> dict[str, float]:
    """Seconds at the counter by lane, such that the counters are busy and not hopelessly so."""
    staffed = {lane.id: _staffed(catalog, lane) for lane in catalog.lanes}
    tickets = max(count * WAYS[TICKET] / sum(WAYS.values()), 1)
    seconds = LOAD * sum(staffed.values()) * ((hours[1] - hours[0]) - LUNCH).total_seconds() / tickets
    return dict.fromkeys(staffed, min(max(seconds, SHORTEST), LONGEST))


def _handling(mean: float, random: Random) -> float:
    variance = math.log(1 + HANDLING_CV**2)
    return random.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


def shifts(catalog: Catalog, hours: Span) -> list[Shift]:
    """Everybody's day at the counters of all lanes; nobody who shares a lane goes to lunch at once."""
    opens, closes = hours
    names = list(dict.fromkeys(name for lane in catalog.lanes for name in lane.counters))
    first = opens + (closes - opens) * 0.36
    return [
        Shift(name, STAFF[place % len(STAFF)], opens, first + LUNCH * (place % 4), closes)
        for place, name in enumerate(names)
    ]
