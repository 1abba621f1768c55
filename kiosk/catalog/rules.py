"""Rules between the entries of a catalogue, where every text knows its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, combinations

from kiosk.catalog.kinds import nearest
from kiosk.catalog.model import SELF_SERVICE, WEEK, Catalog, Hours, Lane, Sampling, Service
from kiosk.catalog.nodes import Placed, Problem, place_of
from kiosk.catalog.schema import AUDIENCES, HOUR, LANGUAGES, VISITS, is_date

RESERVED = ("category", "city", "department", "holiday", "lane", "notice", "survey")
"""First parts of message contexts, which a service id would collide with."""
STRATA = (SELF_SERVICE, "desk")
"""Strata of the survey that are no lanes."""
INVITATIONS = "Z"

KEYWORDS_WANTED = {"en": 6, "es": 6}
KEYWORDS_WANTED_ELSE = 3
FEWEST_CATEGORIES, MOST_CATEGORIES = 6, 9

CODE_BITS = 86 * 8
"""Data bits of a QR code of version 5, level M: the largest that stands in 24 rows of half blocks
with a border of 4 ((37 + 8) / 2 rows; version 6 needs 25). ISO/IEC 18004, table 7."""


def fits_code(link: str) -> bool:
    """Whether a link fits a QR code of 24 rows: 84 bytes, or 122 of the alphanumeric characters."""
    data = link.encode()
    if re.fullmatch(rb"[0-9]*", data):
        bits = 10 + len(data) // 3 * 10 + (0, 4, 7)[len(data) % 3]
    elif re.fullmatch(rb"[0-9A-Z $%*+\-./:]*", data):
        bits = 9 + len(data) // 2 * 11 + len(data) % 2 * 6
    else:
        bits = 8 + len(data) * 8
    return bits + 4 <= CODE_BITS


def keywords_wanted(language: str) -> int:
    """Phrases a service should have in a language."""
    return KEYWORDS_WANTED.get(language, KEYWORDS_WANTED_ELSE)


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Everything wrong between entries; blanks, already reported, are passed over."""
    for rule in RULES:
        yield from rule(catalog)


def _repeated(label: str, texts: Iterable[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for text in filter(None, texts):
        first = seen.setdefault(text.casefold(), text)
        if first is not text:
            line = place_of(first)[0]
            yield Problem(place_of(text), f"{label} '{text}' is taken (line {line}): each must be its own")


def _unique(catalog: Catalog) -> Iterator[Problem]:
    yield from _repeated("the category id", (item.id for item in catalog.categories))
    yield from _repeated("the department id", (item.id for item in catalog.departments))
    yield from _repeated("the lane id", (item.id for item in catalog.lanes))
    yield from _repeated("the lane letter", (item.letter for item in catalog.lanes))
    yield from _repeated("the statement id", (item.id for item in catalog.survey.everything))
    yield from _repeated("the service id", (item.id for item in catalog.services))
    yield from _repeated("the service name", (item.name for item in catalog.services))


def _reserved(catalog: Catalog) -> Iterator[Problem]:
    for lane in catalog.lanes:
        if lane.id in STRATA:
            what = f"a lane can't have the id '{lane.id}': {', '.join(STRATA)} are reserved"
            yield Problem(place_of(lane.id), what)
        if lane.letter == INVITATIONS:
            what = f"a lane can't have the letter {INVITATIONS}: it begins the numbers of survey invitations"
            yield Problem(place_of(lane.letter), what)
    for service in catalog.services:
        if service.id in RESERVED:
            what = f"a service can't have the id '{service.id}': {', '.join(RESERVED)} are reserved"
            yield Problem(place_of(service.id), what)


def _references(catalog: Catalog) -> Iterator[Problem]:
    known = {
        "category": tuple(item.id for item in catalog.categories),
        "department": tuple(item.id for item in catalog.departments),
        "lane": tuple(item.id for item in catalog.lanes),
    }
    for service in catalog.services:
        for key, ids in known.items():
            named = getattr(service, key)
            if named and named not in ids:
                choice = f"allowed are {', '.join(filter(None, ids)) or 'none, as none is defined'}"
                yield Problem(place_of(named), f"unknown {key} '{named}'{nearest(named, ids)}: {choice}")


def _keywords_against_names(catalog: Catalog) -> Iterator[Problem]:
    owner = {service.name.casefold(): service for service in catalog.services if service.name}
    for service in catalog.services:
        for phrase in (phrase for phrases in service.keywords.values() for phrase in phrases):
            other = owner.get(phrase.casefold())
            if other and other is not service and other.name != service.name:
                what = f"the keyword '{phrase}' is the name of the service '{other.id}': use other words"
                yield Problem(place_of(phrase), what)


def _keywords_shared(catalog: Catalog) -> Iterator[Problem]:
    reasons = {phrase.casefold() for phrase in catalog.shared}
    first: dict[str, tuple[str, Service]] = {}
    shared: set[str] = set()
    for service in catalog.services:
        for phrase in (phrase for phrases in service.keywords.values() for phrase in phrases if phrase):
            key = phrase.casefold()
            other, owner = first.setdefault(key, (phrase, service))
            if owner is not service:
                shared.add(key)
                if key not in reasons:
                    what = (
                        f"the keyword '{phrase}' also leads to '{owner.id}' (line {place_of(other)[0]}): "
                        "keep it at one, or give the reason under 'shared'"
                    )
                    yield Problem(place_of(phrase), what, fatal=False)
    for phrase in catalog.shared:
        if phrase.casefold() not in shared:
            what = f"'shared' gives a reason for '{phrase}', which is no keyword of two services: remove it"
            yield Problem(place_of(phrase), what, fatal=False)


def _verdicts(catalog: Catalog) -> Iterator[Problem]:
    known = tuple(service.id for service in catalog.services)
    named = [("pin", query, service) for query, service in catalog.pin.items()]
    named += [("block", query, service) for query, all_ in catalog.block.items() for service in all_]
    for key, query, service in named:
        if service and service not in known:
            what = f"unknown service '{service}' in '{key}.{query}'{nearest(service, known)}"
            yield Problem(place_of(service), f"{what}: allowed is the id of a service")
    blocked = {query.casefold(): services for query, services in catalog.block.items()}
    for query, service in catalog.pin.items():
        for other in blocked.get(query.casefold(), ()):
            if service and other == service:
                what = (
                    f"'{query}' is pinned to '{service}' and blocks it (line {place_of(other)[0]}): keep one"
                )
                yield Problem(place_of(service), what)


def _links(catalog: Catalog) -> Iterator[Problem]:
    for service in catalog.services:
        link = service.link
        if isinstance(link, Placed) and not fits_code(link):
            remedy = "write a shorter one" if service.short_url else "add a short_url"
            size = f"{len(link.encode())} bytes, 84 allowed"
            what = f"the address fits no QR code of 24 rows ({size}): {remedy}"
            yield Problem(link.place, what)


def _hours(catalog: Catalog) -> Iterator[Problem]:
    hours = [lane.hours for lane in catalog.lanes] + [service.hours for service in catalog.services]
    for row in chain.from_iterable(hours):
        if HOUR.accepts(row.open) and HOUR.accepts(row.close) and row.open >= row.close:
            what = (
                f"closes at {row.close}, opens at {row.open}: allowed is later; past midnight is a second row"
            )
            yield Problem(place_of(row.close), what)


def _lanes(catalog: Catalog) -> Iterator[Problem]:
    used = {service.lane for service in catalog.services}
    for lane in catalog.lanes:
        if lane.id and catalog.services and lane.id not in used:
            what = f"no service has the lane '{lane.id}': give it services or remove it"
            yield Problem(place_of(lane.id), what, fatal=False)
        rows = [row for row in lane.hours if HOUR.accepts(row.open) and HOUR.accepts(row.close)]
        rows = [row for row in rows if row.open < row.close]
        yield from _overlaps(rows)
        # Hours that are wrong have been reported; what they leave open says nothing about the last ticket.
        if len(rows) == len(lane.hours) and HOUR.accepts(lane.last_ticket):
            yield from _last_ticket(lane)


def _overlaps(rows: list[Hours]) -> Iterator[Problem]:
    for one, other in combinations(rows, 2):
        days = [day for day in WEEK if day in one.days and day in other.days]
        if days and one.open < other.close and other.open < one.close:
            what = (
                f"overlaps with the row of line {place_of(one.open)[0]} on {', '.join(days)}: "
                "allowed are rows that follow each other"
            )
            yield Problem(place_of(other.open), what)


def _last_ticket(lane: Lane) -> Iterator[Problem]:
    last = lane.last_ticket
    opens = {day: min((row.open for row in lane.hours if day in row.days), default="") for day in WEEK}
    without = [day for day in WEEK if opens[day] >= last]
    if not lane.hours:
        what = f"the last ticket at {last} belongs to no hours: give the lane hours, or leave the key out"
    elif not any(row.open < last <= row.close for row in lane.hours):
        what = f"the last ticket at {last} is outside of every day's hours: allowed is a time within them"
    elif without:
        what = f"no ticket could be taken on {', '.join(without)}: the lane opens at {last} or later"
    else:
        return
    yield Problem(place_of(last), what)


def _notices(catalog: Catalog) -> Iterator[Problem]:
    for notice in catalog.notices:
        if is_date(notice.start) and is_date(notice.end) and notice.end < notice.start:
            what = f"the notice ends on {notice.end}: allowed is its start, {notice.start}, or later"
            yield Problem(place_of(notice.end), what)


def _categories(catalog: Catalog) -> Iterator[Problem]:
    used = {service.category for service in catalog.services}
    for category in catalog.categories:
        if category.id and catalog.services and category.id not in used:
            what = f"no service has the category '{category.id}': give it services or remove it"
            yield Problem(place_of(category.id), what)
    count = len(catalog.categories)
    if count and not FEWEST_CATEGORIES <= count <= MOST_CATEGORIES:
        what = f"{count} categories: {FEWEST_CATEGORIES} to {MOST_CATEGORIES} fit the home screen"
        yield Problem(place_of(catalog.categories[0].id), what, fatal=False)


def _survey(catalog: Catalog) -> Iterator[Problem]:
    plan = catalog.survey
    asked = [statement for statement in plan.statements if not statement.retired]
    for visit in VISITS:
        fitting = sum(visit in statement.fits for statement in asked)
        if plan.statements and plan.ask > fitting:
            what = (
                f"asks {plan.ask} statements, but {fitting} are for '{visit}': allowed are {fitting} at most"
            )
            yield Problem(place_of(plan.ask), what)
    for audience in AUDIENCES if plan.statements else ():
        if not any(audience in statement.audience and "served" in statement.fits for statement in asked):
            what = f"no statement is for the audience '{audience}' after being served: at least one is needed"
            yield Problem(place_of(plan.id), what)
    if plan.baseline and plan.baseline.start > plan.baseline.end:
        what = f"the baseline ends ({plan.baseline.end}) before it begins ({plan.baseline.start})"
        yield Problem(place_of(plan.baseline.end), what)
    yield from _sampling(plan.sampling, [lane.id for lane in catalog.lanes])
    yield from _own_statements(catalog)


NEEDED = {"systematic": "every", "random": "percent", "stratified": "rates"}
"""What each method of sampling must be told."""


def _sampling(sampling: Sampling, lanes: list[str]) -> Iterator[Problem]:
    needed = NEEDED.get(sampling.method)
    for key in NEEDED.values():
        given = getattr(sampling, key)
        if bool(given) != (key == needed):
            state = "needs" if key == needed else "takes no"
            yield Problem(place_of(sampling.method), f"the method '{sampling.method}' {state} '{key}'")
    for stratum in sampling.rates:
        if stratum not in (SELF_SERVICE, *lanes):
            known = ", ".join((SELF_SERVICE, *lanes))
            near = nearest(stratum, (SELF_SERVICE, *lanes))
            what = f"there is no lane '{stratum}' to sample{near}: allowed are {known}"
            yield Problem(place_of(stratum), what)


MOST_OWN = 2
"""Statements of its own that a department may have asked about a service."""


def _own_statements(catalog: Catalog) -> Iterator[Problem]:
    departments = {department.id for department in catalog.departments}
    services = {service.id: service.department for service in reversed(catalog.services)}
    for statement in catalog.survey.extra:
        if statement.department not in departments:
            what = f"the statement '{statement.id}' is of the unknown department '{statement.department}'"
            yield Problem(place_of(statement.department or statement.id), what)
            continue
        for service in statement.services:
            # A service of an unknown department has been reported already.
            if services.get(service, "") in {"", *departments} - {statement.department}:
                what = f"the service '{service}' is not one of the department '{statement.department}'"
                yield Problem(place_of(service), what)
    for service, department in services.items():
        found = [s for s in catalog.survey.extra if not s.retired and s.department == department]
        about = [s for s in found if not s.services or service in s.services]
        if department and len(about) > MOST_OWN:
            what = (
                f"asks {len(about)} statements of its own about '{service}': allowed are {MOST_OWN} at most"
            )
            yield Problem(place_of(about[MOST_OWN].id), what)
            return


def _keyword_counts(catalog: Catalog) -> Iterator[Problem]:
    for service in catalog.services:
        short = ", ".join(_short(service))
        if short:
            what = f"the service '{service.id}' has few keywords ({short}): visitors' own words find it"
            yield Problem(place_of(service.id), what, fatal=False)


def _short(service: Service) -> Iterator[str]:
    for language in LANGUAGES:
        count, wanted = len(service.keywords.get(language, ())), keywords_wanted(language)
        if count < wanted:
            yield f"{language} {count} of {wanted}"


RULES: tuple[Callable[[Catalog], Iterator[Problem]], ...] = (
    _unique,
    _reserved,
    _references,
    _keywords_against_names,
    _keywords_shared,
    _verdicts,
    _links,
    _hours,
    _lanes,
    _notices,
    _categories,
    _survey,
    _keyword_counts,
)
