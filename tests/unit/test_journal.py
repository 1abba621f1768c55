"""The journal as its users see it: what is recorded, read again, folded and checked."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clock import FixedClock
from kiosk.errors import JournalError
from kiosk.journal import KINDS, Journal, close_open, new_id
from kiosk.journal.event import FIELDS
from kiosk.journal.opening import FORMAT
from kiosk.journal.projections import TABLES

ROOT = Path(__file__).parents[2]
STATEMENTS = ["overall", "information", "hours", "facilities"]


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "kiosk.db"


@pytest.fixture
def journal(path, clock):
    with Journal.open(path, clock) as journal:
        yield journal


def seen(path, query, *parameters):
    """What another program reads in the file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, parameters)]


def start_survey(journal, visit, **changed):
    response = new_id()
    body = {
        "visit": visit,
        "response": response,
        "survey": "city",
        "version": 1,
        "channel": "invited",
        "audience": "visitor",
        "about": "served",
        "language": "es",
        "service": "utility_pay",
        "department": "finance",
        "lane": "bills",
        "wait": "5_15",
        "stratum": "bills",
        "seed": "",
        "statements": STATEMENTS,
    }
    journal.append("survey.started", body | changed)
    return response


def start_visit(journal, language="es"):
    visit = new_id()
    journal.append("visit.started", {"visit": visit, "language": language})
    return visit


def test_the_first_event_says_what_the_file_is(journal, path):
    first = next(journal.events())
    assert (first.seq, first.kind, first.site, first.v) == (1, "journal.opened", "local", 1)
    assert first.body["format"] == FORMAT
    assert first.body["practice"] is False
    assert first.chain == journal.chain
    assert len(journal.chain) == 8
    assert journal.aside is None
    assert seen(path, "PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    assert journal.rows("PRAGMA synchronous") == [(2,)]


def test_the_private_key_lies_beside_the_file_for_its_owner_alone(journal, path):
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    file = path.with_name("kiosk.db.key")
    assert file.stat().st_mode & 0o777 == 0o600
    private = load_pem_private_key(file.read_bytes(), password=None)
    assert private.public_key().public_bytes_raw().hex() == next(journal.events()).body["key"]


def test_an_event_is_there_again_after_opening_the_file_anew(journal, path, clock):
    event = journal.append("visit.started", {"visit": new_id(), "language": "vi"})
    journal.close()
    with Journal.open(path, clock) as again:
        assert list(again.events(after=1)) == [event]
        assert again.append("visit.started", {"visit": new_id(), "language": "en"}).seq == 3
        assert again.chain == event.chain


def test_time_day_and_clock_are_fixed_when_the_event_is_recorded(journal, clock):
    clock.moment = datetime(2026, 11, 24, 9, 30, 0, 123_999, tzinfo=UTC)
    event = journal.append("visit.started", {"visit": new_id(), "language": "en"})
    assert event.at == "2026-11-24T09:30:00.123Z"
    assert event.day == "2026-11-23", "03:30 in Tulsa still belongs to the day before"
    clock.advance(-3600)
    later = journal.append("visit.started", {"visit": new_id(), "language": "en"})
    assert later.at < event.at
    assert later.clock > event.clock


def test_events_are_read_page_by_page_from_anywhere(journal, monkeypatch):
    monkeypatch.setattr("kiosk.journal.store.PAGE", 3)
    for _ in range(9):
        start_visit(journal)
    assert [event.seq for event in journal.events()] == list(range(1, 11))
    assert [event.seq for event in journal.events(after=7)] == [8, 9, 10]
    assert list(journal.events(after=10)) == []


def test_the_same_event_id_is_recorded_once(journal):
    body = {"visit": new_id(), "language": "en"}
    first = journal.append("visit.started", body, event_id="7b0c3a52-6c57-4c55-8a8e-5b3c3cf2f0a1")
    assert journal.append("visit.started", body, event_id=first.id) == first
    assert [event.seq for event in journal.events()] == [1, 2]


def test_a_body_is_recorded_composed_and_in_canonical_order(journal, path):
    event = journal.append("visit.started", {"visit": new_id(), "language": "en"})
    stored = seen(path, "SELECT body FROM events WHERE seq = 2")[0]["body"]
    assert stored == f'{{"language":"en","visit":"{event.body["visit"]}"}}'


@pytest.mark.parametrize(
    ("kind", "body", "text", "said"),
    [
        ("visit.begun", {}, None, "unknown kind 'visit.begun'; known: journal.opened, visit.started"),
        ("visit.started", {"visit": "a" * 32}, None, "missing language; unknown nothing"),
        ("visit.started", {"visit": "a" * 32, "language": "en", "name": "Ana"}, None, "unknown name"),
        ("visit.started", {"visit": "Ana", "language": "en"}, None, "visit can't be 'Ana'; allowed: 32 hex"),
        ("visit.started", {"visit": "a" * 32, "language": "my words"}, None, "language can't be 'my words'"),
        ("survey.answered", {"response": "a" * 32, "statement": "q", "answer": 4}, None, "1 or 2 or 3 or 4"),
        ("survey.completed", {"response": "a" * 32}, "words", "takes no text"),
        ("survey.commented", {"response": "a" * 32}, None, "needs its text"),
        ("words.proposed", {"service": "pothole", "language": "en"}, None, "needs its text"),
        ("words.proposed", {"service": "my words", "language": "en"}, "axle", "service can't be 'my words'"),
        (
            "search.made",
            {"visit": "a" * 32, "language": "en", "results": True, "chosen": "", "confident": True},
            None,
            "results can't be True",
        ),
        (
            "search.made",
            {"visit": "a" * 32, "language": "en", "results": 2, "chosen": "pets", "confident": True},
            "dog",
            "only when nothing was chosen",
        ),
    ],
)
def test_a_mistaken_event_is_refused_before_anything_is_written(journal, kind, body, text, said):
    with pytest.raises(ValueError, match=said):
        journal.append(kind, body, text=text)
    assert len(list(journal.events())) == 1


def test_an_event_id_that_is_no_random_uuid_is_refused(journal):
    with pytest.raises(ValueError, match="not a lower-case UUIDv4"):
        journal.append("visit.started", {"visit": new_id(), "language": "en"}, event_id="42")


def test_a_whole_visit_can_be_read_in_plain_tables(journal, path, clock):
    visit = start_visit(journal)
    journal.append(
        "search.made",
        {"visit": visit, "language": "es", "results": 4, "chosen": "utility_pay", "confident": True},
    )
    journal.append("service.viewed", {"visit": visit, "service": "utility_pay", "language": "es"})
    journal.append("qr.shown", {"visit": visit, "service": "utility_pay"})
    journal.append("need.answered", {"visit": visit, "service": "utility_pay", "answer": "partly"})
    response = start_survey(journal, visit)
    for statement, answer in zip(STATEMENTS, ["4", "na", "skipped", "1"], strict=True):
        journal.append("survey.answered", {"response": response, "statement": statement, "answer": answer})
    clock.advance(60)
    journal.append("survey.completed", {"response": response})
    journal.append("visit.ended", {"visit": visit, "how": "finished", "language": "en"})

    assert seen(path, "SELECT * FROM visits") == [
        {
            "chain": journal.chain,
            "visit": visit,
            "day": "2026-11-23",
            "started_at": "2026-11-23T16:41:00.000Z",
            "language": "es",
            "ended_at": "2026-11-23T16:42:00.000Z",
            "ended_how": "finished",
            "ended_language": "en",
            "services_viewed": 1,
            "qr_codes_shown": 1,
            "searches": 1,
        }
    ]
    assert seen(path, "SELECT service, language FROM service_views") == [
        {"service": "utility_pay", "language": "es"}
    ]
    assert seen(path, "SELECT service FROM qr_codes_shown") == [{"service": "utility_pay"}]
    assert seen(path, "SELECT results, chosen, confident FROM searches") == [
        {"results": 4, "chosen": "utility_pay", "confident": 1}
    ]
    assert seen(path, "SELECT service, answer FROM needs_met") == [
        {"service": "utility_pay", "answer": "partly"}
    ]
    assert seen(path, "SELECT visit, state, started_at, finished_at, service FROM survey_responses") == [
        {
            "visit": visit,
            "state": "completed",
            "started_at": "2026-11-23T16:41:00.000Z",
            "finished_at": "2026-11-23T16:42:00.000Z",
            "service": "utility_pay",
        }
    ]
    assert seen(
        path,
        """SELECT "answer overall", "answer information", "answer hours", "answer facilities"
           FROM survey_responses WHERE response = ?""",
        response,
    ) == [
        {
            "answer overall": "4",
            "answer information": "na",
            "answer hours": "skipped",
            "answer facilities": "1",
        }
    ]
    assert seen(path, "SELECT * FROM skipped_events") == []


def test_visitors_words_stand_in_their_own_table_and_can_go_without_breaking_the_chain(journal, path):
    visit = start_visit(journal)
    search = {"visit": visit, "language": "vi", "results": 0, "chosen": "", "confident": False}
    event = journal.append("search.made", search, text="giấy phép 42 ana@example.org")
    response = start_survey(journal, visit)
    comment = journal.append("survey.commented", {"response": response}, text="Very kind")
    assert seen(path, "SELECT * FROM visitor_text ORDER BY rowid") == [
        {
            "event_id": event.id,
            "kind": "search.made",
            "text": "giấy phép",
            "language": "vi",
            "day": event.day,
        },
        {
            "event_id": comment.id,
            "kind": "survey.commented",
            "text": "Very kind",
            "language": "es",
            "day": event.day,
        },
    ]
    bodies = " ".join(row["body"] for row in seen(path, "SELECT body FROM events"))
    assert "phép" not in bodies
    assert "kind" not in bodies
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM visitor_text")
    assert journal.verify().bad_seq is None


def test_searches_that_led_to_nothing_are_counted_by_spelling_the_latest_first(journal, clock):
    search = {"visit": start_visit(journal), "language": "es", "results": 0, "chosen": "", "confident": False}
    for text in ("sopa", "Sopa", "sopa"):
        journal.append("search.made", search, text=text)
    clock.advance(86400)
    journal.append("search.made", search | {"language": "en"}, text="Sopa")
    journal.append("search.made", search | {"chosen": "utility_pay"})
    journal.append("words.proposed", {"service": "utility_pay", "language": "es"}, text="sopa")
    rows = [("Sopa", "en", 1, "2026-11-24"), ("sopa", "es", 2, "2026-11-23"), ("Sopa", "es", 1, "2026-11-23")]
    assert journal.words_unanswered() == rows
    assert journal.words_unanswered(date(2026, 11, 24)) == rows[:1]


def test_a_proposed_word_changes_no_table_and_its_words_are_in_no_event(journal, path):
    event = journal.append("words.proposed", {"service": "pothole", "language": "en"}, text="axle 7 breaker")
    assert event.body == {"service": "pothole", "language": "en"}
    assert seen(path, "SELECT kind, text FROM visitor_text") == [
        {"kind": "words.proposed", "text": "axle breaker"}
    ]
    assert journal.rebuild() == 0
    assert sum(seen(path, f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in TABLES) == 0


def test_nothing_is_kept_of_words_that_were_only_a_number(journal, path):
    search = {"visit": start_visit(journal), "language": "en", "results": 0, "chosen": "", "confident": False}
    journal.append("search.made", search, text="918 555 0100")
    assert seen(path, "SELECT * FROM visitor_text") == []


def test_events_that_are_not_legal_are_recorded_counted_and_change_nothing(journal, path):
    visit = start_visit(journal)
    response = start_survey(journal, visit)
    journal.append("survey.answered", {"response": response, "statement": "overall", "answer": "2"})
    journal.append("survey.answered", {"response": response, "statement": "overall", "answer": "3"})
    journal.append("survey.completed", {"response": response})
    journal.append("survey.answered", {"response": response, "statement": "overall", "answer": "1"})
    journal.append("survey.abandoned", {"response": response, "at": "hours"})
    journal.append("visit.ended", {"visit": visit, "how": "idle", "language": "es"})
    journal.append("visit.ended", {"visit": visit, "how": "fault", "language": "es"})
    assert [row["kind"] for row in seen(path, "SELECT kind FROM skipped_events")] == [
        "survey.answered",
        "survey.abandoned",
        "visit.ended",
    ]
    assert seen(path, 'SELECT "answer overall" FROM survey_responses') == [{"answer overall": "3"}]
    assert seen(path, "SELECT ended_how FROM visits") == [{"ended_how": "idle"}]
    assert seen(path, "SELECT state FROM survey_responses") == [{"state": "completed"}]


def test_it_is_known_how_often_each_statement_was_asked(journal):
    visit = start_visit(journal)
    start_survey(journal, visit)
    start_survey(journal, visit, statements=["overall", "staff"])
    start_survey(journal, visit, version=2)
    assert journal.times_asked("city", 1, "served") == {
        "overall": 2,
        "information": 1,
        "hours": 1,
        "facilities": 1,
        "staff": 1,
    }
    assert journal.times_asked("city", 9, "served") == {}


def test_what_was_open_when_the_process_died_is_closed_and_the_answers_stay(journal, path, clock):
    finished, left = start_visit(journal), start_visit(journal)
    journal.append("visit.ended", {"visit": finished, "how": "finished", "language": "es"})
    response = start_survey(journal, left)
    journal.append("survey.answered", {"response": response, "statement": "overall", "answer": "4"})
    journal.append("survey.answered", {"response": response, "statement": "information", "answer": "skipped"})
    journal.close()
    with Journal.open(path, clock) as again:
        assert close_open(again) == 2
        assert [(event.kind, event.body) for event in list(again.events())[-2:]] == [
            ("survey.abandoned", {"response": response, "at": "hours"}),
            ("visit.ended", {"visit": left, "how": "restart", "language": "es"}),
        ]
        assert close_open(again) == 0
    assert seen(path, "SELECT state, abandoned_at FROM survey_responses") == [
        {"state": "abandoned", "abandoned_at": "hours"}
    ]
    assert seen(path, 'SELECT "answer information", "answer hours" FROM survey_responses') == [
        {"answer information": "skipped", "answer hours": ""}
    ]


def test_a_survey_that_died_after_its_last_answer_is_abandoned_nowhere(journal, path):
    response = start_survey(journal, start_visit(journal), statements=["overall"])
    journal.append("survey.answered", {"response": response, "statement": "overall", "answer": "4"})
    close_open(journal)
    assert seen(path, "SELECT abandoned_at FROM survey_responses") == [{"abandoned_at": ""}]


def test_a_change_by_another_program_is_noticed(journal, path, clock):
    before = journal.data_version()
    assert journal.data_version() == before
    with Journal.open(path, clock) as other:
        start_visit(other)
    assert journal.data_version() != before


@pytest.mark.parametrize(
    ("change", "bad", "said"),
    [
        ("UPDATE events SET body = replace(body, '\"es\"', '\"en\"') WHERE seq = 3", 3, "does not match"),
        ("UPDATE events SET at = '2026-01-01T00:00:00.000Z' WHERE seq = 1", 1, "does not match"),
        ("UPDATE events SET hash = upper(hash) WHERE seq = 4", 4, "does not match"),
        ("DELETE FROM events WHERE seq = 4", 4, "event 4 is missing"),
    ],
)
def test_checking_finds_the_first_event_that_was_changed(journal, path, change, bad, said):
    for _ in range(5):
        start_visit(journal)
    assert journal.verify().events == 6
    assert journal.verify().bad_seq is None
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)
    verdict = journal.verify()
    assert (verdict.events, verdict.bad_seq) == (bad - 1, bad)
    assert said in verdict.problem


VISITS = st.sampled_from([f"{number:032x}" for number in range(3)])
NAMES = st.sampled_from(STATEMENTS)
LANGUAGES = st.sampled_from(["en", "ar"])
STEPS = st.one_of(
    st.tuples(st.just("visit.started"), st.fixed_dictionaries({"visit": VISITS, "language": LANGUAGES})),
    st.tuples(
        st.just("visit.ended"),
        st.fixed_dictionaries({"visit": VISITS, "language": LANGUAGES, "how": st.just("idle")}),
    ),
    st.tuples(
        st.just("service.viewed"),
        st.fixed_dictionaries({"visit": VISITS, "service": NAMES, "language": LANGUAGES}),
    ),
    st.tuples(
        st.just("survey.started"),
        st.fixed_dictionaries(
            {
                "visit": VISITS,
                "response": VISITS,
                "survey": st.just("city"),
                "version": st.just(1),
                "channel": st.just("invited"),
                "audience": st.just("visitor"),
                "about": st.sampled_from(["lookup", "served"]),
                "language": LANGUAGES,
                "service": st.just(""),
                "lane": st.just(""),
                "wait": st.just("none"),
                "department": st.just(""),
                "stratum": st.just(""),
                "seed": st.just(""),
                "statements": st.lists(NAMES, min_size=1, max_size=4, unique=True),
            }
        ),
    ),
    st.tuples(
        st.just("survey.answered"),
        st.fixed_dictionaries({"response": VISITS, "statement": NAMES, "answer": st.just("3")}),
    ),
    st.tuples(st.just("survey.completed"), st.fixed_dictionaries({"response": VISITS})),
    st.tuples(st.just("survey.abandoned"), st.fixed_dictionaries({"response": VISITS, "at": NAMES})),
)


def tables(journal):
    return {name: sorted(journal.rows(f"SELECT * FROM {name}"), key=repr) for name in TABLES}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=12))
def test_folding_all_events_again_gives_the_same_tables(journal, steps):
    for kind, body in steps:
        journal.append(kind, body)
    before = tables(journal)
    assert journal.rebuild() == len(before["skipped_events"])
    assert tables(journal) == before


def test_threads_may_share_a_journal(journal):
    threads = [threading.Thread(target=lambda: [start_visit(journal) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.verify().events == 81


def test_practice_and_real_visits_never_share_a_file(path, clock):
    with Journal.open(path, clock, practice=True) as journal:
        assert journal.practice
    with pytest.raises(JournalError, match="for practice and can't hold real visits"):
        Journal.open(path, clock, practice=False)
    with Journal.open(path, clock) as journal:
        assert journal.practice
        assert len(list(journal.events())) == 1


def test_the_format_counts_the_migrations(journal, path):
    from kiosk.journal.schema import MIGRATIONS

    assert seen(path, "PRAGMA user_version") == [{"user_version": FORMAT}]
    assert len(seen(path, "SELECT name FROM _sqlite_migrations")) == FORMAT
    with closing(sqlite3.connect(":memory:")) as empty:
        from sqlite_utils import Database

        assert len(MIGRATIONS.pending(Database(empty))) == FORMAT


def test_the_columns_of_events_are_the_fields_of_an_event(journal, path):
    columns = {row["name"] for row in seen(path, "PRAGMA table_info(events)")}
    assert columns == set(FIELDS)


def test_every_kind_that_changes_a_table_is_folded(journal):
    from kiosk.journal.projections import _FOLDS

    nothing = {"journal.opened", "words.proposed", "survey.redacted"}
    nothing |= {"center.enrolled", "catalog.taken", "catalog.published"}
    elsewhere = {"survey.started", "survey.answered", *(kind for kind in KINDS if kind[:7] == "ticket.")}
    assert _FOLDS.keys() == KINDS.keys() - nothing - elsewhere


def test_a_warm_start_imports_neither_schema_tools_nor_cryptography(journal, path):
    journal.close()
    program = """
import sys
from pathlib import Path
from kiosk.clock import Clock
from kiosk.journal import Journal, close_open, new_id
with Journal.open(Path(sys.argv[1]), Clock(), keep_aside=True) as journal:
    close_open(journal)
    journal.append("visit.started", {"visit": new_id(), "language": "en"})
print([name for name in ("sqlite_utils", "cryptography", "fcntl", "textual") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
