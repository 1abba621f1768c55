"""What an export asks of the journal: a picture that stands still, and what one day's files depend on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from kiosk.clock import Clock
from kiosk.journal.device import Device
from kiosk.journal.questions import HAS_SUBJECT, SUBJECT, TO_FIND, Questions
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


class Span(NamedTuple):
    """First and last event of a business day in a chain, or label, of this machine: `begin` to `end`."""

    chain: str
    begin: int
    first: int
    last: int
    end: int


# Parameters: the day, the first and the last event of the batch, its chain. A plus keeps SQLite from walking
# the whole chain where a day is few rows.
_TOUCHED = (
    """SELECT max(rowid) FROM events
        WHERE day = ?1 AND (+chain = ?4 OR kind GLOB 'survey.*' OR kind GLOB 'ticket.*') AND ?2 <= ?3""",
    """SELECT max(events.rowid) FROM tickets CROSS JOIN events USING (ticket)
        WHERE tickets.day = ?1 AND ?2 <= ?3 AND ?4 <> ''""",
    f"""SELECT max(later.rowid) FROM survey_responses AS it
        CROSS JOIN events AS later ON {SUBJECT} = +it.response AND {HAS_SUBJECT}
          AND +later.day > ?1
        WHERE it.day = ?1 AND ?2 <= ?3 AND ?4 <> ''""",
    f"""SELECT max(later.rowid) FROM survey_frame AS it
        CROSS JOIN events AS later ON {SUBJECT} = +it.unit AND {HAS_SUBJECT} AND +later.day > ?1
        WHERE it.day = ?1 AND ?2 <= ?3 AND ?4 <> ''""",
    """SELECT max(+later.rowid) FROM events AS later CROSS JOIN events AS of
          ON of.id = json_extract(later.body, '$.event')
        WHERE later.kind = 'survey.redacted' AND of.chain = ?4 AND of.seq BETWEEN ?2 AND ?3
          AND ?1 <> ''""",
    f"""SELECT max(+rowid) FROM events
        WHERE kind = 'survey.worded' AND {TO_FIND} AND day <= ?1 AND chain <> ?4 AND ?2 <= ?3""",
    f"""SELECT max(events.rowid) FROM (SELECT seed FROM survey_frame WHERE day = ?1
          UNION SELECT seed FROM survey_responses WHERE day = ?1 AND seed <> '') AS it
        CROSS JOIN events ON {SUBJECT} = +it.seed AND {HAS_SUBJECT}
        WHERE events.chain <> ?4 AND ?2 <= ?3""",
)


@contextmanager
def standing_still(journal: Journal, clock: Clock) -> Iterator[Journal]:
    """The journal as it is now, whatever is appended meanwhile; for reading alone, and for one thread."""
    with Journal.open(journal.path, clock) as picture:
        picture.rows("BEGIN")
        # SQLite takes the picture at the first reading.
        picture.head()
        yield picture


def day_span(journal: Device, day: date) -> Span | None:
    """What this machine recorded on a business day, under the latest of its chains that has any of it."""
    span = "SELECT min(seq), max(seq) FROM events WHERE day = ? AND +chain = ? AND seq <= ?"
    for chain, begin, end in journal.stretches():
        first, last = journal.rows(span, day.isoformat(), chain, end)[0]
        if first is not None:
            return Span(chain, begin, first, last, end)
    return None


def last_day_before(journal: Device, day: date) -> date | None:
    """The latest business day before another on which this machine recorded something."""
    found = "SELECT day FROM events WHERE day < ? AND +chain = ? AND seq <= ? ORDER BY day DESC LIMIT 1"
    return max(_days(journal, found, day), default=None)


def first_day_from(journal: Device, day: date) -> date | None:
    """The earliest business day on or after another on which this machine recorded something."""
    found = "SELECT day FROM events WHERE day >= ? AND +chain = ? AND seq <= ? ORDER BY day LIMIT 1"
    return min(_days(journal, found, day), default=None)


def _days(journal: Device, found: str, day: date) -> Iterator[date]:
    """The answers of all chains that this machine had."""
    for chain, _, end in journal.stretches():
        for (one,) in journal.rows(found, day.isoformat(), chain, end):
            yield date.fromisoformat(one)


def touched(journal: Questions, day: date, chain: str, first: int, last: int) -> int:
    """When the latest event was written here that changes what an export of a day holds: its rowid.

    `first` and `last` are the events of its batch, of a `chain`. Beside the day's own events: those of the
    other machines of the site, what happened to its tickets, surveys and invitations on a later day, words
    taken out of anything in the batch, and what other machines say of statements and of how visitors were
    chosen. Where no other machine is known, a rowid is the number of the event.
    """
    values = (day.isoformat(), first, last, chain)
    return max(journal.rows(question, *values)[0][0] or 0 for question in _TOUCHED)


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
