"""What an export asks of the journal: a picture that stands still, and what one day's files depend on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from kiosk.clock import Clock
from kiosk.journal.questions import Questions
from kiosk.journal.store import Journal


class FrameRow(NamedTuple):
    """Visitors of a day who could be asked under one seed, in one stratum, and what became of it."""

    seed: str
    survey: str
    version: int
    method: str
    every: int
    percent: int
    rates: dict[str, int]
    design: str
    stratum: str
    eligible: int
    selected: int
    invited: int
    declined: int
    accepted: int


# A plus keeps SQLite from walking the whole chain where a day or a ticket is few rows.
_OWN = "(SELECT value FROM machine WHERE name = 'chain')"


@contextmanager
def standing_still(journal: Journal, clock: Clock) -> Iterator[Journal]:
    """The journal as it is now, whatever is appended meanwhile; for reading alone, and for one thread."""
    with Journal.open(journal.path, clock) as picture:
        picture.rows("BEGIN")
        # SQLite takes the picture at the first reading.
        head(picture)
        yield picture


def head(journal: Questions) -> tuple[int, str]:
    """The number of this machine's last event, and its site."""
    last = f"SELECT seq, site FROM events WHERE chain = {_OWN} ORDER BY seq DESC LIMIT 1"
    seq, site = journal.rows(last)[0]
    return seq, site


def last_day_before(journal: Questions, day: date) -> date | None:
    """The latest business day before another on which this machine recorded something."""
    found = f"SELECT day FROM events WHERE day < ? AND +chain = {_OWN} ORDER BY day DESC LIMIT 1"
    return _date(journal.rows(found, day.isoformat()))


def first_day_from(journal: Questions, day: date) -> date | None:
    """The earliest business day on or after another on which this machine recorded something."""
    found = f"SELECT day FROM events WHERE day >= ? AND +chain = {_OWN} ORDER BY day LIMIT 1"
    return _date(journal.rows(found, day.isoformat()))


def touched(journal: Questions, day: date, first: int, last: int) -> int:
    """The last event that changes what an export of a day with the events `first` to `last` holds.

    Beside those of the day itself: what happened to its tickets and surveys on a later day, as when a
    machine was off at night, and words taken out of anything in the batch.
    """
    tickets = f"""SELECT max(seq) FROM tickets CROSS JOIN events USING (ticket)
        WHERE tickets.day = ? AND +events.chain = {_OWN}"""
    # Only what ended after the day's last event can have ended on another day.
    surveys = f"""SELECT max(seq) FROM survey_responses AS it CROSS JOIN events
          ON events.day > it.day AND events.day <= date(it.finished_at, '+1 day')
          AND events.at = it.finished_at AND +events.chain = it.chain
          AND events.kind IN ('survey.completed', 'survey.abandoned')
        WHERE it.day = ?1 AND it.chain = {_OWN} AND it.finished_at >
          (SELECT max(at) FROM events WHERE day = ?1)"""
    words = f"""SELECT max(later.seq) FROM events AS later JOIN events AS of
          ON of.id = json_extract(later.body, '$.event')
        WHERE later.kind = 'survey.redacted' AND later.chain = {_OWN} AND later.seq > ?1
          AND of.chain = later.chain AND of.seq BETWEEN ?1 AND ?2"""
    return max(
        journal.rows(tickets, day.isoformat())[0][0] or 0,
        journal.rows(surveys, day.isoformat())[0][0] or 0,
        journal.rows(words, first, last)[0][0] or 0,
    )


def frame_of_day(journal: Questions, day: date) -> list[FrameRow]:
    """Who could be asked on a business day, by seed and stratum."""
    counted = """SELECT it.seed, coalesce(survey, ''), coalesce(version, 0), coalesce(method, ''),
            coalesce(every, 0), coalesce(percent, 0), coalesce(rates, '{}'), it.design, stratum,
            count(*), sum(selected), count(*) FILTER (WHERE invited_by <> ''),
            count(*) FILTER (WHERE outcome = 'declined'), count(*) FILTER (WHERE outcome = 'accepted')
        FROM survey_frame AS it LEFT JOIN survey_sampling AS plan USING (seed)
        WHERE it.day = ? GROUP BY it.seed, stratum ORDER BY plan.clock, it.seed, stratum"""
    rows = journal.rows(counted, day.isoformat())
    return [FrameRow._make((*row[:6], json.loads(row[6]), *row[7:])) for row in rows]


def _date(rows: list[tuple[str]]) -> date | None:
    return date.fromisoformat(rows[0][0]) if rows else None
