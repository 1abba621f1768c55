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
    VALUES (:event_root, :response, :visit, :survey, :version, :channel, :audience,
      :about, :language, :service, :department, :lane, :wait, :stratum, :seed,
      coalesce((SELECT design FROM survey_sampling WHERE seed = :seed), ''),
      :statements, :event_day, :event_at,
      'started'{blanks})"""
_ASKED = """INSERT INTO survey_statements (survey, version, about, statement, times_asked)
    SELECT :survey, :version, :about, value, 1 FROM json_each(:statements) WHERE true
    ON CONFLICT DO UPDATE SET times_asked = times_asked + 1"""
_ANSWERED = """UPDATE survey_responses SET {column} = :answer
    WHERE chain = :event_root AND response = :response AND state = 'started' AND {column} IS NOT NULL"""


def project_survey(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Fold survey.started or survey.answered; False when it was not legal and only counted."""
    values: dict[str, Any] = {**_BEFORE, **parameters(event)}
    if event.kind == "survey.answered":
        answered = _ANSWERED.format(column=column(event.body["statement"]))
        return True if _rows(cursor, answered, values) else skip(cursor, event)
    asked = list(dict.fromkeys(event.body["statements"]))
    names = "".join(f", {column(statement)}" for statement in asked)
    started = _STARTED.format(columns=names, blanks=", ''" * len(asked))
    found = _rows(cursor, started, values)
    if found is None:
        _add_columns(cursor, asked)
        found = _rows(cursor, started, values)
    if not found:
        return skip(cursor, event)
    cursor.execute(_ASKED, values)
    return True


def _add_columns(cursor: sqlite3.Cursor, asked: list[str]) -> None:
    """A column for each statement that is asked for the first time."""
    names = {name for (name,) in cursor.execute("SELECT name FROM pragma_table_info('survey_responses')")}
    for statement in [statement for statement in asked if PREFIX + statement not in names]:
        cursor.execute(f"ALTER TABLE survey_responses ADD COLUMN {column(statement)} TEXT")


def _rows(cursor: sqlite3.Cursor, statement: str, values: dict[str, Any]) -> int | None:
    """How many rows a statement changed; None where a statement of the survey has no column yet."""
    try:
        return cursor.execute(statement, values).rowcount
    except sqlite3.OperationalError as problem:
        # Asking for the columns before every answer would take longer than the answer.
        if "no such column" in str(problem) or "has no column named" in str(problem):
            return None
        raise
