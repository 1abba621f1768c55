"""The tables that people read at the center: the same as at the kiosk, however the events came."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import pytest

from kiosk.center import folds, ledger, projecting
from kiosk.center.context import Center
from kiosk.center.counts import columns
from kiosk.center.figures import Figures
from kiosk.clock import Clock
from kiosk.i18n import messages
from kiosk.journal import Journal
from kiosk.journal.event import Event
from kiosk.practice.run import simulate
from kiosk.settings import Settings
from kiosk.survey.assemble import Asked, gather, scorecard
from kiosk.survey.period import Span
from kiosk.tickets.ticket import Ticket
from tests.support.arrivals import arrive, texts
from tests.support.center import batch, register, site
from tests.support.line import riverton
from tests.support.survey_day import MONDAY, SurveyDay

FIRST, LAST = date(2026, 11, 18), date(2026, 11, 20)
EXACT = {
    "frame": (
        "survey_frame",
        "unit source stratum service language seed design ordinal selected code day at invited_by outcome",
    ),
    "samplings": ("survey_sampling", "seed survey version method design day"),
    "wordings": ("survey_wordings", "survey version language statement text since"),
    "counters": ("counters", "counter state staff changed_at"),
    "closed_days": ("closed_days", "day closed_at"),
    "visits": ("visits", "visit language day"),
    "searches": ("searches", "event_id visit language results chosen confident day"),
    "service_views": ("service_views", "event_id visit service language day"),
    "needs_met": ("needs_met", "event_id visit service answer day"),
    "desk_answers": ("desk_answers", "event_id service language day"),
    "doubted_facts": ("doubted_facts", "event_id service fact day"),
    "responses": (
        "survey_responses",
        "response chain survey version channel audience about language service department lane wait stratum"
        " seed design day started_at state commented",
    ),
}
"""Tables of the center, what they are called at the kiosk, and the columns that both have."""


@dataclass
class Days:
    """Three invented days at a kiosk."""

    journal: Journal
    events: list[Event]

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        return sorted(self.journal.rows(f"SELECT {columns.replace(' ', ', ')} FROM {table}"), key=repr)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    settings = Settings(data=tmp_path_factory.mktemp("days"))
    simulate(settings, riverton(), 160, LAST, days=3, seed=11)
    with Journal.open(settings.journal, Clock()) as journal:
        yield Days(journal, list(journal.events()))


@pytest.fixture
def home(center: Center, days: Days) -> str:
    """A site that the kiosk's chain belongs to."""
    name = site(center)
    register(center, name, days.journal)
    return name


def kept(center: Center, table: str, names: str) -> list[tuple[Any, ...]]:
    with center.store.read() as connection:
        return sorted(connection.rows(f"SELECT {names.replace(' ', ', ')} FROM {table}"), key=repr)


def answers(center: Center) -> dict[str, dict[str, int]]:
    """The answers of each response, by statement."""
    with center.store.read() as connection:
        known = columns(connection)
        listed = "".join(f', "{name}"' for name in known.values())
        rows = connection.rows(f"SELECT response{listed} FROM responses")
    return {
        response: {name: given for name, given in zip(known, values, strict=True) if given is not None}
        for response, *values in rows
    }


def in_pieces(center: Center, home: str, events: list[Event], random: Random) -> None:
    """Let events arrive in pieces; between them the tables are brought up to date, or not."""
    while events:
        piece, events = events[: (cut := random.randint(1, 900))], events[cut:]
        arrive(center, home, piece)
        if random.random() < 0.6:
            projecting.catch_up(center, home)
    projecting.catch_up(center, home)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_any_order_and_any_cut_give_the_tables_of_the_kiosk(center, home, days, seed, monkeypatch):
    """Also when the event that says how visitors are chosen comes after those who were."""
    random = Random(seed)
    monkeypatch.setattr(projecting, "PAGE", random.choice((70, 500, 2000)))
    shuffled = random.sample(days.events, len(days.events)) if seed else days.events
    in_pieces(center, home, shuffled, random)
    for table, (there, names) in EXACT.items():
        assert kept(center, table, names) == days.rows(there, names), table
    assert kept(center, "tickets", " ".join(Ticket._fields)) == days.rows("tickets", " ".join(Ticket._fields))
    given = {
        of.response: {name: folds.CODES[answer] for name, answer in of.answers.items()}
        for day in (18, 19, 20)
        for of in days.journal.survey_responses(date(2026, 11, day))
    }
    assert answers(center) == given
    assert len(given) > 10


def test_the_reports_are_those_of_the_kiosk(center, home, days):
    in_pieces(center, home, Random(5).sample(days.events, len(days.events)), Random(6))
    catalog, told = riverton(), messages.load("en")
    groupings = ("service", "department", "lane", "language", "day", "hour")
    asked = Asked(Span(FIRST, LAST), groupings=groupings)
    with center.store.read() as connection:
        there = gather(Figures(connection), catalog, asked, LAST)
        here = gather(days.journal, catalog, asked, LAST)
        for one, other in [(there.current, here.current)] + [
            (there.groups[by], here.groups[by]) for by in groupings
        ]:
            assert sorted(one.counts, key=repr) == sorted(other.counts, key=repr)
            assert sorted(one.funnel, key=repr) == sorted(other.funnel, key=repr)
    cards = [scorecard(asked, material, catalog, told, center.clock) for material in (there, here)]
    assert cards[0].statements == cards[1].statements
    assert cards[0].sample == cards[1].sample
    assert cards[0].groups == cards[1].groups


def test_batches_that_came_out_of_order_and_twice_count_once(center, tmp_path):
    """Through the ledger, as a kiosk sends them."""
    name = site(center)
    with SurveyDay(tmp_path) as day:
        day.fill(25)
        register(center, name, day.journal)
        last = max(event.seq for event in day.journal.events())
        cuts = sorted({1, *Random(2).sample(range(2, last), 9)})
        pieces = [*zip(cuts, [cut - 1 for cut in cuts[1:]] + [last], strict=True)] * 2
        for first, end in Random(3).sample(pieces, len(pieces)):
            ledger.take(center, batch(day.journal, first, end), "", "stick")
            projecting.catch_up(center, name)
        today = MONDAY.date()
        with center.store.read() as connection:
            there = Figures(connection)
            assert there.survey_counts(today, today) == day.journal.survey_counts(today, today)
            assert there.survey_funnel(today, today) == day.journal.survey_funnel(today, today)
            assert there.statements_unworded() == day.journal.statements_unworded() == {}
    assert kept(center, "events WHERE code <> ''", "id") == []


def test_sites_are_counted_apart_and_together(center, home, days, tmp_path):
    arrive(center, home, days.events)
    other = site(center, "annex")
    with Journal.open(tmp_path / "kiosk.db", center.clock) as second:
        register(center, other, second)
        second.append("visit.started", {"visit": "0" * 32, "language": "es"})
        arrive(center, other, second.events())
    assert projecting.catch_up_all(center) == len(days.events) + 2
    with center.store.read() as connection:
        both, one = Figures(connection), Figures(connection, [other])
        assert {use.group: use.visits for use in one.uses(FIRST, date.max, "site")} == {"annex": 1}
        assert both.sites() == {"annex": "Annex", "lobby": "Lobby"}
        alone = sum(row.started for row in Figures(connection, [home]).survey_counts(FIRST, LAST))
        assert sum(row.started for row in both.survey_counts(FIRST, LAST, "site")) == alone > 0
        assert one.survey_counts(FIRST, LAST) == []


def test_words_that_found_nothing_say_how_often_and_where(center, home, days, tmp_path):
    arrive(center, home, days.events)
    texts(center, home, days.journal)
    with center.store.read() as connection:
        found = Figures(connection).words_unanswered(FIRST, LAST)
    assert {(words.text, words.times) for words in found} == {
        (words.text, words.times) for words in days.journal.words_unanswered()
    }
    assert found and all(words.sites == (home,) for words in found)


def test_what_can_not_be_folded_goes_to_quarantine_and_stops_nothing(center, home, days, monkeypatch):
    """A mistake of the program about one event: the ticket is shown without it, all others as ever."""
    broken = next(event for event in days.events if event.kind == "ticket.called")
    fold = folds.ticket

    def stumbling(events: list[Event]) -> Any:
        if any(event.id == broken.id for event in events):
            raise RuntimeError("a mistake")
        return fold(events)

    monkeypatch.setitem(projecting._FOLDS, folds.TICKET, stumbling)
    arrive(center, home, days.events)
    assert projecting.catch_up(center, home) == len(days.events)
    assert kept(center, "events WHERE code <> ''", "id code") == [(broken.id, "fold")]
    assert len(kept(center, "tickets", "ticket")) == len(days.rows("tickets", "ticket"))
    monkeypatch.undo()
    arrive(center, home, [])
    assert projecting.catch_up(center, home) == 0


def test_two_workers_at_once_fold_every_event_once(center, home, days, monkeypatch):
    monkeypatch.setattr(projecting, "PAGE", 100)
    arrive(center, home, days.events)
    done: list[int] = []
    workers = [
        threading.Thread(target=lambda: done.append(projecting.catch_up(center, home))) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(done) == len(days.events)
    assert len(kept(center, "responses", "response")) == len(days.rows("survey_responses", "response"))


def test_statements_with_odd_ids_have_columns_of_their_own(center, home, days):
    """Ids that differ in capitals alone, or only after what a column's name can hold."""
    odd = ["Clear", "clear", "clear.and-simple", "x" * 99 + "1", "x" * 99 + "2"]
    started = next(event for event in days.events if event.kind == "survey.started")
    answered = next(event for event in days.events if event.kind == "survey.answered")
    response = started.body["response"]
    events = [started._replace(body=started.body | {"statements": odd})]
    for number, name in enumerate(odd):
        body = {"response": response, "statement": name, "answer": str(number % 4 + 1)}
        events.append(answered._replace(seq=9000 + number, id=f"made-{number}", body=body))
    arrive(center, home, events)
    projecting.catch_up(center, home)
    assert answers(center)[response] == dict(zip(odd, (1, 2, 3, 4, 1), strict=True))
    assert json.loads(kept(center, "responses", "statements")[0][0]) == odd
