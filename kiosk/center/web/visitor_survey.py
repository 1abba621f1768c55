"""The exit survey on the visitor's own phone: the same survey, in the center's own chain of the site."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from random import Random, SystemRandom

from kiosk.catalog.model import Catalog, Statement, SurveyPlan
from kiosk.center.append import append
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.center.web import visitor_line
from kiosk.center.web.visitor_ticket import MAY_TELL
from kiosk.clock import stamp
from kiosk.journal.kinds import new_id
from kiosk.survey.conduct import About
from kiosk.survey.draw import draw, own
from kiosk.tickets.page import is_token
from kiosk.tickets.ticket import FINISHED, Ticket, wait_band

LEFT_AFTER = timedelta(minutes=30)
"""Without an answer for so long a survey was left in the middle."""
ANSWERS = ("1", "2", "3", "4", "na", "skipped")

_UNIT = "SELECT home, source, stratum, service, language, day, outcome FROM frame WHERE page = :page"
_OUTCOME = "SELECT outcome FROM frame WHERE home = :home AND unit = :unit"
_ROW = "SELECT home, response, seen_at FROM phone_surveys WHERE page = :page"
_CLAIM = """INSERT INTO phone_surveys VALUES (:page, :home, :response, :day, :at)
    ON CONFLICT (page) DO NOTHING"""
_SEEN = "UPDATE phone_surveys SET seen_at = :at WHERE page = :page AND response <> ''"
_OVER = "UPDATE phone_surveys SET response = '' WHERE page = :page"
_LEFT = "SELECT page FROM phone_surveys WHERE home = :home AND response <> '' AND seen_at < :since"
_FORGET = "DELETE FROM phone_surveys WHERE response = '' AND day < :day"
_EVENTS = """SELECT kind, body FROM events WHERE subject = :response AND home = :home AND code = ''
    AND kind IN ('survey.started', 'survey.answered') ORDER BY clock, chain, seq"""
_ASKED = """SELECT statement, times FROM phone_statements
    WHERE home = :home AND survey = :survey AND version = :version AND about = :about"""
_COUNT = """INSERT INTO phone_statements VALUES (:home, :survey, :version, :about, :statement, 1)
    ON CONFLICT (home, survey, version, about, statement) DO UPDATE SET times = phone_statements.times + 1"""
_WORDED = """SELECT statement, text FROM wordings
    WHERE home = :home AND survey = :survey AND version = :version AND language = :language ORDER BY place"""


@dataclass(frozen=True)
class Occasion:
    """What a page's survey is about, at which site, in which language; `used` when a kiosk had it."""

    page: str
    home: str
    about: About
    language: str
    used: bool = False


@dataclass(frozen=True)
class Progress:
    """A survey on its way: the ids of its statements in order, and the answers given so far."""

    response: str
    statements: tuple[str, ...]
    answers: dict[str, str]

    @property
    def place(self) -> int:
        """The first statement without an answer."""
        missing = (place for place, name in enumerate(self.statements) if name not in self.answers)
        return next(missing, len(self.statements) - 1)


def occasion(center: Center, page: str) -> Occasion | None:
    """The survey of a page: of a ticket whose visit is over, or of an invitation of today; else None."""
    found = visitor_line.standing(center, page)
    if found is not None:
        home, _, standing = found
        return _of_ticket(center, page, home, standing.ticket)
    return None if visitor_line.find(center, page) else _of_invitation(center, page)


def is_over(connection: Connection, page: str) -> bool:
    """Whether the survey of a page was finished or left."""
    row = connection.row(_ROW, page=page)
    return row is not None and row[1] == ""


def is_answered(connection: Connection, page: str, home: str, ticket: str) -> bool:
    """Whether a ticket's visitor was asked: here, or at a kiosk."""
    return is_over(connection, page) or connection.value(_OUTCOME, home=home, unit=ticket) == "accepted"


def progress(connection: Connection, page: str) -> Progress | None:
    """The survey of a page as far as it has come; None when it has not begun, or is over."""
    row = connection.row(_ROW, page=page)
    if row is None or not row[1]:
        return None
    home, response, _ = row
    started: tuple[str, ...] = ()
    answers = {}
    for kind, text in connection.rows(_EVENTS, response=response, home=home):
        body = json.loads(text)
        if kind == "survey.started":
            started = tuple(body["statements"])
        else:
            answers[body["statement"]] = body["answer"]
    return Progress(response, started, answers)


def begin(connection: Connection, center: Center, of: Occasion, catalog: Catalog, language: str) -> None:
    """Draw the statements and record the start; for each page once. `catalog` is in the language shown."""
    random, plan = SystemRandom(), catalog.survey
    response = new_id()
    day, at = center.clock.day().isoformat(), _now(center)
    connection.run(_FORGET, day=day)
    if not connection.run(_CLAIM, page=of.page, home=of.home, response=response, day=day, at=at):
        return
    word(connection, center, of.home, plan, language)
    asked = _drawn(connection, of, catalog, random)
    service = catalog.by_id.get(of.about.service)
    body = {
        "visit": new_id(),
        "response": response,
        "survey": plan.id,
        "version": plan.version,
        "channel": "phone",
        "audience": "visitor",
        "about": of.about.kind,
        "language": language,
        "service": of.about.service,
        "department": service.department if service else "",
        "lane": of.about.lane,
        "wait": of.about.wait,
        "stratum": "",
        "seed": "",
        "statements": [statement.id for statement in asked],
    }
    append(connection, center, of.home, "survey.started", body)


def answer(
    connection: Connection,
    center: Center,
    of: Occasion,
    statement: str,
    given: str,
    plan: SurveyPlan,
    language: str,
) -> None:
    """Record an answer, and with the last one that the survey is complete; said again it changes nothing."""
    found = _held(connection, center, of.page)
    if found is None or statement not in found.statements or given not in ANSWERS:
        return
    word(connection, center, of.home, plan, language)
    if found.answers.get(statement) != given:
        body = {"response": found.response, "statement": statement, "answer": given}
        append(connection, center, of.home, "survey.answered", body)
    if {*found.answers, statement} >= set(found.statements):
        connection.run(_OVER, page=of.page)
        append(connection, center, of.home, "survey.completed", {"response": found.response})


def stop(connection: Connection, center: Center, page: str, home: str) -> None:
    """Record that the visitor stopped in the middle."""
    found = _held(connection, center, page)
    if found is not None:
        connection.run(_OVER, page=page)
        body = {"response": found.response, "at": found.statements[found.place]}
        append(connection, center, home, "survey.abandoned", body)


def sweep(center: Center, home: str) -> None:
    """Record which surveys of a site were left in the middle."""
    since = stamp(center.clock.now() - LEFT_AFTER)
    with center.store.read() as connection:
        left = connection.rows(_LEFT, home=home, since=since)
    for (page,) in left:
        with center.store.begin() as connection:
            stop(connection, center, page, home)


def word(connection: Connection, center: Center, home: str, plan: SurveyPlan, language: str) -> None:
    """Record what the statements say in a language, if it is not what the site was told last."""
    texts = {statement.id: statement.text for statement in plan.everything if not statement.retired}
    about = {"survey": plan.id, "version": plan.version, "language": language}
    known = dict(connection.rows(_WORDED, home=home, **about))
    if any(known.get(name) != text for name, text in texts.items()):
        append(connection, center, home, "survey.worded", {**about, "statements": texts})


def count(of: Occasion, catalog: Catalog) -> int:
    """How many statements would be asked."""
    return len(_statements(of, catalog, {}, Random(0)))


def _statements(
    of: Occasion, catalog: Catalog, asked: dict[str, int], random: Random
) -> tuple[Statement, ...]:
    plan, service = catalog.survey, catalog.by_id.get(of.about.service)
    return (*draw(plan, of.about.kind, asked, random), *own(plan, service, of.about.kind))


def _drawn(connection: Connection, of: Occasion, catalog: Catalog, random: Random) -> tuple[Statement, ...]:
    """The statements to ask, counted."""
    about = {"survey": catalog.survey.id, "version": catalog.survey.version, "about": of.about.kind}
    asked = dict(connection.rows(_ASKED, home=of.home, **about))
    statements = _statements(of, catalog, asked, random)
    # In one order: two that begin at once don't wait for each other for ever.
    names = sorted(statement.id for statement in statements)
    connection.many(_COUNT, [{"home": of.home, "statement": name, **about} for name in names])
    return statements


def _of_ticket(center: Center, page: str, home: str, ticket: Ticket) -> Occasion | None:
    if ticket.state not in MAY_TELL:
        return None
    kind = "served" if ticket.state == FINISHED else "lookup"
    about = About(kind, ticket.service, ticket.lane, wait_band(ticket.waited), channel="phone")
    with center.store.read() as connection:
        outcome = connection.value(_OUTCOME, home=home, unit=ticket.ticket)
    return Occasion(page, home, about, ticket.language, outcome == "accepted")


def _of_invitation(center: Center, page: str) -> Occasion | None:
    def known() -> tuple[str, ...] | None:
        with center.store.read() as connection:
            return connection.row(_UNIT, page=page)

    row = visitor_line.first_known(center, known) if is_token(page) else None
    if row is None:
        return None
    home, source, stratum, service, language, day, outcome = row
    if day < center.clock.day().isoformat():
        return None
    lane = stratum if stratum in {lane.id for lane in center.catalog().lanes} else ""
    about = About("lookup" if source == "visit" else "served", service, lane, channel="phone")
    return Occasion(page, home, about, language, outcome == "accepted")


def _held(connection: Connection, center: Center, page: str) -> Progress | None:
    """The survey of a page, kept from others until the transaction ends; None as `progress`."""
    return progress(connection, page) if connection.run(_SEEN, page=page, at=_now(center)) else None


def _now(center: Center) -> str:
    return stamp(center.clock.now())
