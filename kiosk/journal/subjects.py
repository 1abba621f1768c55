"""What events are about, folded again whenever one of another machine arrives, so that no order matters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from kiosk.journal.event import FIELDS, Event, from_row, root
from kiosk.journal.projections import apply
from kiosk.journal.questions import HAS_SUBJECT, SUBJECT
from kiosk.journal.ticket_rows import refold_ticket


class Subject(NamedTuple):
    """What is folded together: a ticket, visit, response, unit (who could be asked) or seed, by its id.

    A visit and a response belong to one machine's chain, the others (chain "") to the whole site.
    """

    what: str
    chain: str
    key: str


_KINDS = {
    "visit": ("visit.started", "visit.ended"),
    "response": (
        "survey.started",
        "survey.answered",
        "survey.completed",
        "survey.abandoned",
        "survey.commented",
    ),
    "unit": ("survey.eligible", "survey.invited", "survey.declined", "survey.accepted"),
    "seed": ("survey.sampled",),
}
"""Kinds whose order matters, by what they are about."""

_WHAT = {kind: what for what, kinds in _KINDS.items() for kind in kinds}
_COUNTED_IN_VISITS = ("service.viewed", "qr.shown", "search.made")

_COLUMNS = ", ".join(FIELDS)
# Roots of chains are 8 characters.
_EVENTS = f"""SELECT {_COLUMNS} FROM events WHERE {SUBJECT} = :key AND {HAS_SUBJECT}
    AND :chain IN ('', substr(chain, 1, 8)) ORDER BY clock, chain, seq"""
_CLEAR = {
    "visit": ("DELETE FROM visits WHERE chain = :chain AND visit = :key",),
    "response": (
        """UPDATE survey_statements AS asked SET times_asked = times_asked - (SELECT count(*)
             FROM json_each(it.statements) WHERE value = asked.statement)
           FROM survey_responses AS it WHERE it.chain = :chain AND it.response = :key
             AND asked.survey = it.survey AND asked.version = it.version AND asked.about = it.about""",
        "DELETE FROM survey_statements WHERE times_asked = 0",
        "DELETE FROM survey_responses WHERE chain = :chain AND response = :key",
    ),
    "unit": ("DELETE FROM survey_frame WHERE unit = :key",),
    "seed": ("DELETE FROM survey_sampling WHERE seed = :key",),
}


def subjects_of(event: Event) -> list[Subject]:
    """What has to be folded again because of an event; nothing where every order gives the same."""
    body = event.body
    if "ticket" in body and event.kind.startswith("ticket."):
        return [Subject("ticket", "", body["ticket"])]
    if event.kind in _COUNTED_IN_VISITS:
        return [Subject("visit", root(event.chain), body["visit"])]
    what = _WHAT.get(event.kind)
    if what is None or what not in body:
        return []
    return [Subject(what, root(event.chain) if what in ("visit", "response") else "", body[what])]


def refold(cursor: sqlite3.Cursor, subject: Subject) -> list[str]:
    """Fold all events of a subject again; the ids of those that were not legal and are only counted."""
    if subject.what == "ticket":
        return refold_ticket(cursor, subject.key)
    where = {"chain": subject.chain, "key": subject.key}
    found = map(from_row, cursor.execute(_EVENTS, where).fetchall())
    events = [event for event in found if _WHAT.get(event.kind) == subject.what]
    for statement in _CLEAR[subject.what]:
        cursor.execute(statement, where)
    ids = [(event.id,) for event in events]
    cursor.executemany("DELETE FROM skipped_events WHERE event_id = ?", ids)
    return [event.id for event in events if not apply(cursor, event)]


def take_in(cursor: sqlite3.Cursor, events: Iterable[Event]) -> None:
    """Fold events of other machines, which are in the table already, in whatever order they came."""
    touched: dict[Subject, None] = {}
    for event in events:
        touched.update(dict.fromkeys(subjects_of(event)))
        if event.kind not in _WHAT and not event.kind.startswith("ticket."):
            apply(cursor, event)
    for subject in touched:
        refold(cursor, subject)
