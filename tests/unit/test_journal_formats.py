"""A journal of an older format is brought up to date and loses nothing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from sqlite_utils import Database

from kiosk.clock import FixedClock
from kiosk.journal import Journal, hlc, new_id
from kiosk.journal.canonical import NO_HASH, canonical
from kiosk.journal.event import FIELDS, sealed
from kiosk.journal.opening import APPLICATION_ID, FORMAT
from kiosk.journal.schema import MIGRATIONS

VISIT, RESPONSE = new_id(), new_id()
OLD = [
    ("journal.opened", {"format": 1, "practice": False, "key": "0" * 64, "aside": ""}),
    ("visit.started", {"visit": VISIT, "language": "en"}),
    (
        "survey.started",
        {
            "visit": VISIT,
            "response": RESPONSE,
            "survey": "exit",
            "version": 1,
            "channel": "invited",
            "language": "en",
            "service": "utility_pay",
            "statements": ["overall"],
        },
    ),
    ("survey.answered", {"response": RESPONSE, "statement": "overall", "answer": "4"}),
    ("survey.completed", {"response": RESPONSE}),
]


@pytest.fixture
def path(tmp_path):
    """A file as the first format had it."""
    return made(tmp_path / "kiosk.db", 1, "waiting_lines", OLD)


def made(path, version, stop, events):
    """A file of an older format, whose events nobody has folded."""
    with closing(sqlite3.connect(path)) as connection:
        MIGRATIONS.apply(Database(connection), stop_before=stop)
        connection.execute("INSERT INTO machine VALUES ('chain', 'k7m2x9qa')")
        previous, clock = NO_HASH, hlc.START
        for seq, (kind, body) in enumerate(events, 1):
            now = FixedClock().now()
            clock = hlc.tick(clock, now)
            head = (1, "k7m2x9qa", seq, f"00000000-0000-4000-8000-{seq:012d}", "local", kind)
            row = sealed((*head, "2026-11-23T16:41:00.000Z", "2026-11-23", clock), canonical(body), previous)
            connection.execute(
                f"INSERT INTO events ({', '.join(FIELDS)}) VALUES ({', '.join('?' * len(FIELDS))})", row
            )
            previous = row[-1]
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
    return path


def test_an_old_journal_goes_on_with_its_chain_and_folds_again(path):
    with Journal.open(path, FixedClock()) as journal:
        assert [event.kind for event in journal.events()] == [kind for kind, _ in OLD]
        assert journal.rebuild() == 0
        found = journal.rows("SELECT response, state, lane, wait FROM survey_responses")
        assert found == [(RESPONSE, "completed", "", "none")]
        journal.append("counter.opened", {"counter": "1", "staff": journal.staff_of("Ana")})
        assert journal.verify().events == len(OLD) + 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == FORMAT


def test_answers_of_the_second_format_stay_what_they_were(tmp_path):
    """Given, not applicable, skipped, not reached and not asked are five different things."""
    path = made(tmp_path / "kiosk.db", 2, "survey_by_sample", OLD[:1])
    asked = [
        ("a" * 32, ["overall", "facilities", "clarity", "fairness"]),
        ("b" * 32, ["overall", "timeliness"]),
    ]
    given = [
        ("a", "overall", "1"),
        ("a", "facilities", "na"),
        ("a", "clarity", "skipped"),
        ("b", "overall", "4"),
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        for response, statements in asked:
            connection.execute(
                """INSERT INTO survey_responses (chain, response, visit, survey, version, channel, language,
                     service, statements, day, started_at, state)
                   VALUES ('k7m2x9qa', ?, ?, 'exit', 1, 'convenience', 'vi', '', ?, '2026-11-23', '',
                     'abandoned')""",
                (response, VISIT, json.dumps(statements)),
            )
        for response, statement, value in given:
            connection.execute(
                "INSERT INTO survey_answers VALUES ('k7m2x9qa', ?, ?, ?, '')",
                (response * 32, statement, value),
            )
    with Journal.open(path, FixedClock()) as journal:
        first, second = journal.survey_responses(date(2026, 11, 23))
        assert first.answers == {"overall": "1", "facilities": "na", "clarity": "skipped", "fairness": ""}
        assert second.answers == {"overall": "4", "timeliness": ""}
        (counted,) = journal.survey_counts(date(2026, 11, 1), date(2026, 11, 30))
        assert (counted.started, counted.completed, counted.abandoned, counted.partial) == (2, 0, 2, 2)


def test_a_journal_of_the_third_format_keeps_its_plans_wordings_and_exports_as_its_own(tmp_path):
    path = made(tmp_path / "kiosk.db", 3, "among_others", OLD[:1])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            """INSERT INTO survey_sampling VALUES ('5eed', 'exit', 1, 'everyone', 1, 100, '{}', 'everyone',
                 '2026-11-23', '2026-11-23T16:41:00.000Z', '01a209484160-0000');
               INSERT INTO survey_wordings VALUES ('exit', 1, 'en', 'overall', 'Good', '2026-11-23', '01');
               INSERT INTO exports VALUES ('2026-11-23', 1, 1, 1, 1, '2026-11-23T17:00:00.000Z');
               INSERT INTO counters VALUES ('1', 'open', 's1', '2026-11-23T16:41:00.000Z', '01');
               INSERT INTO actions VALUES ('a', 'overall', '', '', '', 'open', 'e', '2026-11-23', '01');
            """
        )
    with Journal.open(path, FixedClock()) as journal:
        assert journal.survey_chosen().seed == "5eed"
        assert journal.wording_now("exit", 1, "en") == {"overall": "Good"}
        assert [(made.revision, made.chain) for made in journal.exports()] == [(1, "k7m2x9qa")]
        assert journal.rows("SELECT chain FROM counters UNION ALL SELECT chain FROM actions") == [
            ("k7m2x9qa",),
            ("k7m2x9qa",),
        ]
        assert (journal.delivered(), journal.numbers(), journal.enrolled()) == (0, {}, None)
        assert journal.surveys_taken() == (0, 0)
