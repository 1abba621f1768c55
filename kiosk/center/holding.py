"""What figures for everybody hold back: no two answers together tell a number of fewer than ten people.

Whoever may ask for figures may ask again, for another site or by something else, and subtract. So it is
decided for all that can be asked about a period together: a number of one site is part of that of all sites,
one of a group is part of that of everybody, and one of a service is part of its department's and its lane's.
Each such sum is looked at by itself: what only three or more that cross would tell together is not looked
for, nor what differs between periods.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kiosk.catalog.model import Service
from kiosk.center.context import Center
from kiosk.center.figures import Figures
from kiosk.center.storage import Connection
from kiosk.survey.assemble import RAW, Names
from kiosk.survey.cells import LIMIT
from kiosk.survey.figures import INVITED
from kiosk.survey.period import Span
from kiosk.tickets.ticket import LEFT, NO_SHOW, VOID

_TOGETHER = ("service", "department", "lane")
"""Groupings whose groups contain one another."""


@dataclass(frozen=True)
class About:
    """What was asked for: days, the sites (None: all), by what ("": nothing), the language of names."""

    period: Span
    homes: Collection[str] | None
    by: str
    language: str


class Place(NamedTuple):
    """Whom a number is about: a site ("" for all together), and a group of a grouping ("" for everybody)."""

    home: str
    by: str = ""
    group: str = ""


Group = tuple[str, str]
"""A grouping and one of its groups."""

Column = tuple[str, str]
"""A number that each place has: a channel and a statement or a step; "" and what is counted of tickets."""

Counts = Mapping[Column, Mapping[Place, int]]
"""The numbers of single sites: of everybody, and by all groupings that `groupings` names."""


@dataclass(frozen=True)
class Holding:
    """What is not said of each number, of all there is to ask (`sites` are all there are)."""

    sites: Collection[str]
    places: Mapping[Column, Collection[Place]]

    def holds(self, column: Column, about: About, group: str | None = None) -> bool:
        """Whether a number is held back of a group, of everybody for None. Of some sites what each shows."""
        homes: Collection[str] = ("",)
        if about.homes is not None and not set(about.homes) >= set(self.sites):
            homes = about.homes
        if about.by == "site" and group is not None:
            asked = [Place(group)]
        else:
            asked = [Place(home) if group is None else Place(home, about.by, group) for home in homes]
        held = self.places.get(column, ())
        return any(place in held for place in asked)


def groupings(by: str) -> tuple[str, ...]:
    """What must be counted by to know what can be said by one grouping; of sites apart nothing more."""
    if by in _TOGETHER:
        return _TOGETHER
    return () if by in ("", "site") else (by,)


def holding(center: Center, sites: Collection[str], counts: Counts) -> Holding:
    """Decide it."""
    inside = _inside(center.catalog().services)
    return Holding(sites, {column: _held(of, inside) for column, of in counts.items()})


def _inside(services: Iterable[Service]) -> Mapping[Group, Collection[Group]]:
    """What each service, department and lane is part of as a whole."""
    found: dict[Group, set[Group]] = defaultdict(set)
    departments: dict[str, set[str]] = defaultdict(set)
    lanes: dict[str, set[str]] = defaultdict(set)
    for service in services:
        department, lane = service.department, service.lane or ""
        found["service", service.id] = {("department", department), ("lane", lane)}
        departments[lane].add(department)
        lanes[department].add(lane)
    for by, outer, of in (("lane", "department", departments), ("department", "lane", lanes)):
        for group, others in of.items():
            if len(others) == 1:
                found[by, group] = {(outer, min(others))}
    return found


def _held(single: Mapping[Place, int], inside: Mapping[Group, Collection[Group]]) -> set[Place]:
    values = Counter(single)
    for place, count in single.items():
        values[place._replace(home="")] += count
    held = {place for place, count in values.items() if 0 < count < LIMIT}
    sums, known = _sums(values, inside), -1
    while len(held) > known:
        known = len(held)
        for total, of in sums:
            held |= _beside(total, of, values, held)
    return held


def _sums(
    values: Mapping[Place, int], inside: Mapping[Group, Collection[Group]]
) -> list[tuple[Place, list[Place]]]:
    """Every number that is the sum of others, and these."""
    found: dict[tuple[Place, str], list[Place]] = defaultdict(list)
    for place, count in values.items():
        if not count:
            continue
        if place.home:
            found[place._replace(home=""), "home"].append(place)
        if place.by:
            found[Place(place.home), place.by].append(place)
        for outer in inside.get((place.by, place.group), ()):
            found[Place(place.home, *outer), place.by].append(place)
    # Of a lane whose visitors came for no certain service too, its services tell nothing.
    sums = [(total, of) for (total, _), of in found.items() if values[total] == sum(values[at] for at in of)]
    # What is held back within a department is held back of everybody as well.
    return sorted(sums, key=lambda known: values[known[0]])


def _beside(
    total: Place, of: Iterable[Place], values: Mapping[Place, int], held: Collection[Place]
) -> set[Place]:
    """What must be held back with the places of one sum that are, so that none can be worked out from it."""
    counts = {place: values[place] for place in of}
    hidden = {place: count for place, count in counts.items() if place in held}
    if total in held:
        # Its parts would tell it.
        return set() if hidden else {min(counts, key=lambda place: (counts[place], place))}
    if not hidden:
        return set()
    more: set[Place] = set()
    rest = sorted(counts.keys() - hidden.keys(), key=lambda place: (counts[place], place))
    while _betrayed(hidden.values()) and rest:
        hidden[rest[0]] = counts[rest[0]]
        more.add(rest.pop(0))
    return {*more, total} if _betrayed(hidden.values()) else more


def _betrayed(hidden: Collection[int]) -> bool:
    """Whether the sum of what is held back, each known to be at least 1, is small or tells one of it."""
    return len(hidden) < 2 or sum(hidden) < LIMIT or sum(hidden) == len(hidden)


def of_answers(connection: Connection, about: About, names: Names) -> Counts:
    """Answers on the scale, by channel and statement."""
    found: dict[Column, Counter[Place]] = defaultdict(Counter)
    for figures, home, by, period in _each(connection, about):
        key = names.key(by)
        for row in figures.survey_counts(period.first, period.last, RAW.get(by, "")):
            for statement, given in row.statements.items():
                place = Place(home, by, key(row.group))
                found[row.channel, statement][place] += given.c1 + given.c2 + given.c3 + given.c4
    return found


def of_funnels(connection: Connection, about: About, names: Names) -> Counts:
    """Visitors at each step of a channel."""
    found: dict[Column, Counter[Place]] = defaultdict(Counter)
    for figures, home, by, period in _each(connection, about):
        key = names.key(by)
        for unit in figures.survey_funnel(period.first, period.last, RAW.get(by, "")):
            for step in ("eligible", "selected", "invited"):
                found[INVITED, step][Place(home, by, key(unit.group))] += getattr(unit, step)
        for row in figures.survey_counts(period.first, period.last, RAW.get(by, "")):
            found[row.channel, "completed"][Place(home, by, key(row.group))] += row.completed
    return found


def _each(connection: Connection, about: About) -> Iterable[tuple[Figures, str, str, Span]]:
    """Everything that surveys must be counted by."""
    for home in Figures(connection).sites():
        for by in ("", *groupings(about.by)):
            yield Figures(connection, [home]), home, by, about.period


_TICKETS = f"""SELECT home, {{group}}, count(*),
        count(*) FILTER (WHERE {{called}}),
        count(*) FILTER (WHERE {{called}} AND quote_low IS NOT NULL AND quote_high IS NOT NULL),
        count(*) FILTER (WHERE state = '{NO_SHOW}'), count(*) FILTER (WHERE state = '{LEFT}')
    FROM tickets WHERE day BETWEEN :first AND :last AND state <> '{VOID}' GROUP BY 1, 2"""
_CALLED = "first_called_at <> '' AND time_accurate = 1"
TICKETS = ("tickets", "called", "quoted", "no_show", "left")
"""What is counted of tickets; and `uncalled`, which the first two tell."""


def of_tickets(connection: Connection, center: Center, about: About) -> Counts:
    """Tickets as `waits` counts them, in the columns TICKETS."""
    services = center.catalog().by_id
    days = {"first": about.period.first.isoformat(), "last": about.period.last.isoformat()}
    found: dict[Column, Counter[Place]] = defaultdict(Counter)
    for by in ("", *groupings(about.by)):
        group = {"": "''", "lane": "first_lane", "department": "service", "hour": "substr(issued_at, 1, 13)"}
        asked = _TICKETS.format(group=group.get(by, by), called=_CALLED)
        for home, named, *counts in connection.rows(asked, **days):
            if by == "hour":
                named = f"{center.clock.local(datetime.fromisoformat(f'{named}:00Z')).hour:02}:00"
            elif by == "department":
                named = services[named].department if named in services else ""
            for name, count in zip(TICKETS, counts, strict=True):
                found["", name][Place(home, by, named)] += count
            found["", "uncalled"][Place(home, by, named)] += counts[0] - counts[1]
    return found
