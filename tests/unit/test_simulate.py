"""Practice days: what they look like, that they are made again by their seed, and where they may not go."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from kiosk.catalog.load import find, load
from kiosk.catalog.model import Holiday
from kiosk.clock import Clock, FixedClock
from kiosk.commands.group import group
from kiosk.errors import JournalError
from kiosk.journal import Journal
from kiosk.practice import model
from kiosk.practice.opinions import COMMENTS, opinion
from kiosk.practice.run import Summary, simulate
from kiosk.practice.timeline import Timeline
from kiosk.settings import Settings
from kiosk.tickets.ticket import FINISHED, LEFT, NO_SHOW, VOID
from tests.support.line import riverton

FRIDAY = date(2026, 11, 20)
DAYS = [date(2026, 11, day) for day in (17, 18, 19, 20)]
TULSA = ZoneInfo("America/Chicago")
BY_CHANCE = ("ticket", "unit", "undoes", "key")
"""Fields of events that no seed decides and nobody sees."""


def days(folder: Path, people: int = 300, seed: int = 4, **how: int) -> tuple[Summary, Journal]:
    """The summary and the journal of invented days; close it when done."""
    settings = Settings(data=folder)
    summary = simulate(settings, riverton(), people, FRIDAY, seed=seed, **how)
    return summary, Journal.open(settings.journal, Clock())


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory):
    """1,000 people in the four days up to a Friday."""
    summary, journal = days(tmp_path_factory.mktemp("week"), people=1000, days=4, seed=7)
    with journal:
        yield summary, journal


def seen(journal: Journal) -> list[tuple[str, str, str, dict[str, object]]]:
    """What happened and when, without what is random for privacy's sake."""
    return [
        (event.kind, event.at, event.day, {k: v for k, v in event.body.items() if k not in BY_CHANCE})
        for event in journal.events()
    ]


def test_the_first_event_says_practice_and_the_chain_is_whole(week):
    summary, journal = week
    first = next(journal.events())
    assert (first.kind, first.body["practice"]) == ("journal.opened", True)
    assert journal.verify().events == summary.events
    assert journal.verify().bad_seq is None


def test_people_come_on_the_last_open_days_while_the_lanes_are_open(week):
    summary, journal = week
    assert (summary.first, summary.last) == (date(2026, 11, 17), FRIDAY)
    started = [event for event in journal.events() if event.kind == "visit.started"]
    assert Counter(event.day for event in started).keys() == {f"2026-11-{day}" for day in (17, 18, 19, 20)}
    hours = Counter(datetime.fromisoformat(event.at).astimezone(TULSA).hour for event in started)
    assert min(hours) == 8
    assert max(hours) <= 17
    assert hours[9] > hours[15] < hours[12], "mornings and lunch are busiest"


def test_every_way_that_a_ticket_can_go_is_gone(week):
    _, journal = week
    tickets = [ticket for day in (17, 18, 19, 20) for ticket in journal.tickets_of_day(date(2026, 11, day))]
    ends = Counter((ticket.state, ticket.ended_how) for ticket in tickets)
    assert {state for state, _ in ends} == {FINISHED, LEFT, NO_SHOW, VOID}
    assert ends[FINISHED, ""] > len(tickets) / 2
    assert {how for state, how in ends if state == LEFT} == {"visitor", "desk", "day_end"}
    assert any(ticket.state == FINISHED and not ticket.time_accurate for ticket in tickets)
    assert {ticket.priority for ticket in tickets} == {"", "assisted", "booked"}
    assert {ticket.channel for ticket in tickets} == {"kiosk", "desk"}
    assert {ticket.printing for ticket in tickets} >= {"ok", "failed"}
    assert any(ticket.lane != ticket.first_lane for ticket in tickets)
    assert any(ticket.calls > 1 for ticket in tickets)
    kinds = {event.kind for event in journal.events()}
    assert kinds >= {f"ticket.{step}" for step in ("held", "returned", "transferred", "undone", "voided")}
    assert kinds >= {"counter.paused", "counter.closed", "desk.answered", "day.closed"}


def test_nothing_in_it_was_not_legal_and_no_code_came_twice_a_day(week):
    _, journal = week
    assert journal.rows("SELECT count(*) FROM skipped_events") == [(0,)]
    issued = [(event.day, event.body["code"]) for event in journal.events() if event.kind == "ticket.issued"]
    assert len(set(issued)) == len(issued)
    assert journal.rows("SELECT count(*) FROM visits WHERE ended_how IS NULL") == [(0,)]
    assert journal.rows("SELECT count(*) FROM survey_responses WHERE state = 'started'") == [(0,)]


def test_time_goes_on_through_everything_that_happens_at_once(week):
    _, journal = week
    times = [event.at for event in journal.events()]
    assert times == sorted(times)


def test_surveys_are_answered_skipped_and_left(week):
    _, journal = week
    responses = [row for day in DAYS for row in journal.survey_responses(day)]
    given = [value for row in responses for value in row.answers.values()]
    assert set(given) == {"1", "2", "3", "4", "na", "skipped", ""}
    assert {row.state for row in responses} == {"completed", "abandoned"}
    assert all(all(row.answers.values()) for row in responses if row.state == "completed")
    assert {row.channel for row in responses} == {"invited", "convenience", "ticket"}
    assert {row.wait for row in responses} > {"none", "under_5", "15_30"}
    assert {row.language for row in responses} == set(Settings().languages)
    employees = [row for row in responses if row.audience == "employee"]
    assert {row.channel for row in employees} == {"convenience"}
    assert 0 < len(employees) < len(responses) / 10
    plan = riverton().survey
    assert set(journal.survey_columns()) == {statement.id for statement in plan.everything}
    own = [row for row in responses if "cashier" in row.asked]
    assert {row.service for row in own} == {"utility_pay"}


def test_the_sample_is_who_was_selected_and_invited(week):
    """Everybody eligible is in the frame; docents forget some, some decline, some say nothing."""
    _, journal = week
    rows = journal.survey_funnel(DAYS[0], DAYS[-1])
    assert {row.stratum for row in rows} == {"bills", "help", "self_service"}
    assert {row.source for row in rows} == {"visit", "ticket", "answer"}
    assert {row.design for row in rows} == {"stratified bills 50 self_service 5"}
    eligible, selected, invited, declined, accepted = map(sum, zip(*(row[4:] for row in rows), strict=True))
    assert eligible > selected > invited > declined + accepted > declined > 0
    finished = [event for event in journal.events() if event.kind == "ticket.finished"]
    assert sum(row.eligible for row in rows if row.source == "ticket") == sum(
        event.body["accurate"] for event in finished
    )
    responses = [row for day in DAYS for row in journal.survey_responses(day)]
    sample = [row for row in responses if row.channel == "invited"]
    assert len(sample) == accepted
    assert all(row.stratum for row in sample)
    lookups = [event.body["visit"] for event in journal.events() if event.kind == "service.viewed"]
    entered = {event.body["unit"] for event in journal.events() if event.kind == "survey.eligible"}
    issued_in = sum(
        event.kind == "ticket.issued" and event.body["channel"] == "kiosk" for event in journal.events()
    )
    assert len(set(lookups) - entered) == issued_in, "all who read a page and took no ticket could be asked"


def test_some_leave_words_in_their_language_and_some_what_nobody_asked_for(week):
    _, journal = week
    words = journal.comments(DAYS[0], DAYS[-1])
    assert {comment.language for comment in words} >= {"en", "es"}
    assert all(comment.text in COMMENTS[comment.language] for comment in words)
    assert any(any(map(str.isdigit, comment.text)) for comment in words)


def test_statements_are_worded_in_the_language_of_the_person(week):
    _, journal = week
    said = {(wording.language, wording.text) for wording in journal.survey_wordings()}
    assert {language for language, _ in said} == set(Settings().languages)
    assert len(said) == len(journal.survey_wordings())


def test_a_rebuild_gives_the_same_tables(week):
    _, journal = week
    before = [journal.tickets_of_day(FRIDAY), journal.counters(), journal.closed_days()]
    assert journal.rebuild() == 0
    assert [journal.tickets_of_day(FRIDAY), journal.counters(), journal.closed_days()] == before


def test_the_same_seed_gives_the_same_days_and_another_seed_others(tmp_path):
    told = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        _, journal = days(tmp_path / name, people=40, seed=seed)
        with journal:
            told.append(seen(journal))
    assert told[0] == told[1]
    assert told[0] != told[2]


def test_a_crowd_that_no_line_can_hold_goes_away_and_nothing_breaks(tmp_path):
    summary, journal = days(tmp_path, people=700, days=1)
    with journal:
        states = Counter(ticket.state for ticket in journal.tickets_of_day(FRIDAY))
        assert states[LEFT] > 30
        assert states.total() == summary.tickets
        assert journal.verify().bad_seq is None


def test_a_real_folder_is_refused_and_left_alone(tmp_path):
    with Journal.open(tmp_path / "kiosk.db", FixedClock()):
        pass
    with pytest.raises(JournalError, match="is real and can't hold practice visits"):
        days(tmp_path, people=5)
    with Journal.open(tmp_path / "kiosk.db", FixedClock()) as journal:
        assert [event.kind for event in journal.events()] == ["journal.opened"]


def test_days_are_never_put_before_others(tmp_path):
    days(tmp_path, people=5)[1].close()
    with pytest.raises(JournalError, match="holds invented visits already"):
        days(tmp_path, people=5)


def kiosk(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(group, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_the_command_fills_a_folder_up_to_yesterday_and_says_what_is_in_it(tmp_path):
    status, told = kiosk("simulate", "--data", tmp_path / "x", "--visits", 30, "--seed", 3)
    assert status == 0, told
    assert "30 people" in told
    assert "a minute" in told
    with Journal.open(tmp_path / "x" / "kiosk.db", Clock()) as journal:
        assert journal.practice
        last = max(event.day for event in journal.events())
    today = Clock().day()
    assert today - timedelta(days=4) < date.fromisoformat(last) < today


def test_practice_is_a_folder_of_its_own_and_a_folder_must_be_named(tmp_path):
    assert kiosk("--data", tmp_path, "--practice", "simulate", "--visits", 3)[0] == 0
    assert (tmp_path / "practice" / "kiosk.db").is_file()
    assert not (tmp_path / "kiosk.db").exists()
    status, told = kiosk("simulate", "--visits", 3)
    assert status == 2
    assert "Name the folder" in told


def test_the_command_says_why_a_real_folder_is_refused(tmp_path):
    with Journal.open(tmp_path / "kiosk.db", FixedClock()):
        pass
    status, told = kiosk("--data", tmp_path, "simulate", "--visits", 3)
    assert status == 2
    assert "is real and can't hold practice visits" in told
    assert "What to do" in told


def test_lanes_are_closed_on_weekends_and_on_holidays_that_the_city_has_confirmed():
    catalog = load(find(Settings()))
    closed = replace(catalog, holidays=(Holiday("2026-11-19", "Founders' Day"),))
    sunday = date(2026, 11, 22)
    assert model.open_days(catalog, sunday, 3) == [date(2026, 11, day) for day in (18, 19, 20)]
    assert model.open_days(closed, sunday, 3) == [date(2026, 11, day) for day in (17, 18, 20)]
    opens, closes = model.open_hours(catalog, FRIDAY, TULSA)
    assert (opens, closes) == (
        datetime(2026, 11, 20, 14, tzinfo=UTC),
        datetime(2026, 11, 20, 23, tzinfo=UTC),
    )


def test_a_city_whose_lanes_never_open_has_people_all_the_same():
    catalog = load(find(Settings()))
    never = replace(catalog, lanes=tuple(replace(lane, hours=()) for lane in catalog.lanes))
    assert len(model.open_days(never, FRIDAY, 2)) == 2
    nobody = replace(catalog, lanes=())
    hours = model.open_hours(nobody, FRIDAY, TULSA)
    assert {person.way for person in model.people(nobody, ["en"], hours, 60, Random(1))} <= {
        "lookup",
        "desk",
        "feedback",
        "employee",
    }
    assert model.shifts(nobody, hours) == []


def test_people_are_many_kinds_of_people():
    catalog = load(find(Settings()))
    hours = model.open_hours(catalog, FRIDAY, TULSA)
    people = model.people(catalog, Settings().languages, hours, 2000, Random(4))
    languages = Counter(person.language for person in people)
    assert languages.keys() == set(Settings().languages)
    assert languages["en"] > languages["es"] > languages["ar"] > 0
    assert [person.arrives for person in people] == sorted(person.arrives for person in people)
    assert all(hours[0] <= person.arrives < hours[1] for person in people)
    assert {person.comes for person in people} == {"at_once", "late", "never"}
    assert {"", "sign", "es"} <= {person.interpreter for person in people}


def mean(statement: str, waited: float | None = None, lane: str = "") -> float:
    """What 2,000 people say of a statement, na and skipped left out."""
    random = Random(2)
    given = [opinion(statement, 0, waited, random, lane) for _ in range(2000)]
    told = [int(answer) for answer in given if answer.isdigit()]
    return sum(told) / len(told)


def test_who_waited_long_is_less_pleased_with_the_time_it_took():
    assert mean("timeliness") > mean("timeliness", 600) > mean("timeliness", 3600)
    assert mean("facilities", 1200) > mean("timeliness", 1200)


def test_statements_and_lanes_are_judged_differently():
    assert mean("knowledge") - mean("information") > 0.4
    lanes = [mean("clarity", lane=lane) for lane in ("bills", "court", "permits", "help")]
    assert max(lanes) - min(lanes) > 0.1


def test_two_people_take_turns_in_the_order_of_time_and_may_be_woken():
    clock = FixedClock()
    timeline, start, told = Timeline(clock), clock.moment, []

    def person(name, *pauses):
        for pause in (*pauses, None):
            told.append((name, (clock.moment - start).total_seconds()))
            if pause is None:
                return
            if name == "c":
                sleeper.append(timeline.current)
            yield pause

    sleeper = []

    def waker():
        yield 2
        timeline.wake(sleeper[0], 1)

    for steps in (person("a", 5, 5), person("b", 3, 3), person("c", 100), waker()):
        timeline.start(steps)
    while timeline.run(2):
        continue
    assert told == [("a", 0), ("b", 0), ("c", 0), ("b", 3), ("c", 3), ("a", 5), ("b", 6), ("a", 10)]
