"""Folding surveys: one row per response, with a column for every statement that was ever asked."""

from __future__ import annotations

import sqlite3
from typing import Any

from kiosk.journal.event import Event
from kiosk.journal.projections import parameters, skip
from kiosk.journal.survey_columns import PREFIX, column

# What surveys from before visitors were chosen do not say.
_BEFORE = {
    "department": "",
    "lane": "",
    "wait": "none",
    "audience": "visitor",
    "about": "",
    "stratum": "",
    "seed": "",
}

_STARTED = """INSERT OR IGNORE INTO survey_responses (chain, response, visit, survey, version, channel,
      audience, about, language, service, department, lane, wait, stratum, seed, design, statements, day,
      started_at, state{columns})
    VALUES (:event_chain, :response, :visit, :survey, :version, :channel, :audience,
      :about, :language, :service, :department, :lane, :wait, :stratum, :seed,
      coalesce((SELECT design FROM survey_sampling WHERE seed = :seed), ''),
      :statements, :event_day, :event_at,
      'started'{blanks})"""
_ASKED = """INSERT INTO survey_statements (survey, version, about, statement, times_asked)
    SELECT :survey, :version, :about, value, 1 FROM json_each(:statements) WHERE true
    ON CONFLICT DO UPDATE SET times_asked = times_asked + 1"""
_ANSWERED = """UPDATE survey_responses SET {column} = :answer
    WHERE chain = :event_chain AND response = :response AND state = 'started' AND {column} IS NOT NULL"""


def columns(cursor: sqlite3.Cursor) -> set[str]:
    """The statements that have a column."""
    names = cursor.execute("SELECT name FROM pragma_table_info('survey_responses')")
    return {name.removeprefix(PREFIX) for (name,) in names if name.startswith(PREFIX)}


def project_survey(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Fold survey.started or survey.answered; False when it was not legal and only counted."""
    values: dict[str, Any] = {**_BEFORE, **parameters(event)}
    if event.kind == "survey.answered":
        known = event.body["statement"] in columns(cursor)
        legal = known and _rows(cursor, _ANSWERED.format(column=column(event.body["statement"])), values)
        return True if legal else skip(cursor, event)
    asked = list(dict.fromkeys(event.body["statements"]))
    for statement in [name for name in asked if name not in columns(cursor)]:
        cursor.execute(f"ALTER TABLE survey_responses ADD COLUMN {column(statement)} TEXT")
    names = "".join(f", {column(statement)}" for statement in asked)
    if not _rows(cursor, _STARTED.format(columns=names, blanks=", ''" * len(asked)), values):
        return skip(cursor, event)
    cursor.execute(_ASKED, values)
    return True


def _rows(cursor: sqlite3.Cursor, statement: str, values: dict[str, Any]) -> int:
    return cursor.execute(statement, values).rowcount
