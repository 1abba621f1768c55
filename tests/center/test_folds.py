"""Folding events into rows: the same whatever order they came in, however often."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.center import folds
from kiosk.center.folds import RULES, Rule
from kiosk.clock import Clock
from kiosk.journal import Journal
from kiosk.journal.event import Event
from kiosk.journal.kinds import KINDS
from kiosk.practice.run import simulate
from kiosk.settings import Settings
from tests.support.arrivals import subject
from tests.support.line import riverton

LATER = ("survey.answered", "survey.completed", "survey.abandoned", "survey.commented")
ASKED = ("overall", "clarity")
STARTED = {
    "visit": "a" * 32,
    "response": "b" * 32,
    "survey": "exit",
    "version": 1,
    "channel": "invited",
    "audience": "visitor",
    "about": "served",
    "language": "en",
    "service": "",
    "department": "",
    "lane": "",
    "wait": "none",
    "stratum": "",
    "seed": "",
    "statements": list(ASKED),
}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """Two invented days."""
    kept = Settings(data=tmp_path_factory.mktemp("days"))
    simulate(kept, riverton(), 60, date(2026, 11, 20), days=2, seed=3)
    with Journal.open(kept.journal, Clock()) as journal:
        return list(journal.events())


def event(number: int, kind: str, body: dict[str, Any]) -> Event:
    clock = f"{number:012x}-0000"
    at = "2026-11-23T16:41:00.000Z"
    return Event(1, "abcd1234", number, f"e{number}", "lobby", kind, at, "2026-11-23", clock, body, "")


@st.composite
def surveys(draw: st.DrawFn) -> list[Event]:
    """A survey with whatever may follow, in the order in which it happened."""
    found = [event(1, "survey.started", STARTED)]
    for number, kind in enumerate(draw(st.lists(st.sampled_from(LATER), max_size=8)), 2):
        body: dict[str, Any] = {"response": STARTED["response"]}
        if kind == "survey.answered":
            body["statement"] = draw(st.sampled_from((*ASKED, "never_asked")))
            body["answer"] = draw(st.sampled_from(("1", "2", "3", "4", "na", "skipped")))
        if kind == "survey.abandoned":
            body["at"] = draw(st.sampled_from(ASKED))
        found.append(event(number, kind, body))
    return found


def at_the_kiosk(path: Path, happened: list[Event]) -> tuple[Any, ...]:
    """The state, the comment and the answers as the journal's own table has them."""
    with Journal.open(path, Clock(), durable=False) as journal:
        for one in happened:
            text = "words" if one.kind == "survey.commented" else None
            journal.append(one.kind, one.body, text)
        columns = ", ".join(f'"answer {name}"' for name in ASKED)
        return journal.rows(
            f"SELECT state, coalesce(abandoned_at, ''), commented, {columns} FROM survey_responses"
        )[0]


@settings(max_examples=30, deadline=None)
@given(happened=surveys(), seed=st.integers(0, 99))
def test_a_survey_is_what_the_kiosk_says_in_any_order(tmp_path_factory, happened, seed):
    state, abandoned_at, commented, *given_ = at_the_kiosk(tmp_path_factory.mktemp("one") / "k.db", happened)
    found = folds.response(Random(seed).sample(happened * 2, len(happened) * 2))
    assert found is not None
    assert (found.row["state"], found.row["abandoned_at"]) == (state, abandoned_at)
    assert found.row["commented"] == commented
    assert found.answers == {name: folds.CODES[answer] for name, answer in zip(ASKED, given_, strict=True)}


def test_without_the_event_that_began_it_there_is_nothing_yet():
    answered = event(2, "survey.answered", {"response": "b" * 32, "statement": "overall", "answer": "4"})
    assert folds.response([answered]) is None
    assert folds.unit([event(3, "survey.invited", {"unit": "a" * 32, "by": "desk"})]) is None


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_days_fold_to_the_same_rows_in_any_order(events, seed):
    def rows(happened: list[Event]) -> dict[tuple[str, str], Any]:
        together: dict[tuple[str, str], list[Event]] = {}
        for one in happened:
            if folds.folded_with(one.kind):
                together.setdefault((folds.folded_with(one.kind), subject(one)), []).append(one)
        fold = {"ticket": folds.ticket, "response": folds.response, "unit": folds.unit}
        return {key: fold[key[0]](some) for key, some in together.items()}

    assert rows(Random(seed).sample(events, len(events))) == rows(events)


places = st.integers(0, 4).map(lambda number: f"{number}")


@given(rows=st.lists(places, min_size=1, max_size=6), seed=st.integers(0, 99))
def test_of_rows_with_one_key_the_same_stays_in_any_order(rows, seed):
    """Counters and plans show what came last, sampling and visits what came first."""

    def left(rule: Rule, order: list[str]) -> Any:
        kept = {"place": order[0], "closed_at": order[0]}
        for value in order[1:]:
            kept = rule.chosen(kept, {"place": value, "closed_at": value})
        return kept

    shuffled = Random(seed).sample(rows, len(rows))
    for table in ("counters", "actions", "closed_days"):
        assert left(RULES[table], shuffled)["place"] == max(rows)
    for table in ("samplings", "visits"):
        assert left(RULES[table], shuffled)["place"] == min(rows)


def test_every_kind_of_event_is_folded_or_known_to_show_nothing():
    """A kind that is forgotten here would be missing from every report."""
    shows_nothing = {
        *("journal.opened", "visit.ended", "words.proposed", "survey.redacted", "center.enrolled"),
        *("numbers.granted", "catalog.taken", "catalog.published"),
    }
    forgotten = {kind for kind in KINDS if not folds.folded_with(kind) and kind not in folds._ROWS}
    assert forgotten <= shows_nothing


@given(names=st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", fullmatch=True), unique=True))
def test_statements_never_share_a_column(names):
    made = [folds.column(name).lower() for name in names]
    assert len(set(made)) == len(made)
    assert all(len(f"{name} 6") <= 63 for name in made)


def test_a_character_that_no_database_stores_is_refused(events):
    worded = next(one for one in events if one.kind == "survey.worded")
    texts = worded.body["statements"] | {"overall": "nul\0"}
    with pytest.raises(ValueError, match="NUL"):
        folds.rows(worded._replace(body=worded.body | {"statements": texts}))
