"""A journal among others: events of other machines, in whatever order they come, and its own place there."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clock import FixedClock
from kiosk.journal import Journal, close_open, hlc, new_id
from kiosk.journal.device import Enrolled
from kiosk.journal.projections import TABLES

IDS = st.sampled_from([f"{number:032x}" for number in range(2)])
KEY = "ab" * 32
DAY = date(2026, 11, 23)
PLAN = {"survey": "city", "version": 1, "method": "everyone", "every": 1, "percent": 100, "rates": {}}
START = {
    "survey": "city",
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
}
UNIT = {"source": "visit", "stratum": "bills", "service": "", "language": "en", "code": ""}
TICKET = {
    "lane": "bills",
    "service": "",
    "language": "en",
    "channel": "kiosk",
    "priority": "",
    "interpreter": "",
    "ahead": 0,
    "low": 1,
    "high": 5,
    "printing": False,
}
AT = {"counter": "1", "staff": "s1"}


def step(kind, more=(), **fields):
    return st.tuples(st.just(kind), st.fixed_dictionaries({**{n: st.just(v) for n, v in more}, **fields}))


STEPS = st.one_of(
    step("visit.started", visit=IDS, language=st.sampled_from(["en", "ar"])),
    step("visit.ended", visit=IDS, how=st.sampled_from(["idle", "finished"]), language=st.just("en")),
    step("service.viewed", visit=IDS, service=st.just("pay"), language=st.just("en")),
    step("survey.sampled", PLAN.items(), seed=IDS),
    step("survey.eligible", UNIT.items(), unit=IDS, seed=IDS, ordinal=st.just(0), selected=st.booleans()),
    step("survey.invited", unit=IDS, by=st.sampled_from(["screen", "desk"])),
    step("survey.declined", unit=IDS),
    step("survey.accepted", unit=IDS),
    step(
        "survey.started",
        START.items(),
        visit=IDS,
        response=IDS,
        seed=IDS,
        statements=st.sampled_from([["overall"], ["overall", "hours"]]),
    ),
    step(
        "survey.answered",
        response=IDS,
        statement=st.sampled_from(["overall", "hours"]),
        answer=st.sampled_from(["1", "4"]),
    ),
    step("survey.completed", response=IDS),
    step("survey.abandoned", response=IDS, at=st.just("hours")),
    step(
        "survey.worded",
        {"survey": "city", "version": 1, "language": "en"}.items(),
        statements=st.sampled_from([{"overall": "Good"}, {"overall": "Very good"}]),
    ),
    step(
        "action.planned",
        {"statement": "overall", "scope": "", "due": "", "remeasure": "", "staff": ""}.items(),
        action=IDS,
        state=st.sampled_from(["open", "done"]),
    ),
    step("counter.opened", AT.items()),
    step("counter.closed", AT.items()),
    step("day.closed", closed=st.sampled_from(["2026-11-22", "2026-11-23"])),
    step("numbers.granted", letter=st.just("B"), first=st.just(100), last=st.sampled_from([199, 299])),
    step("ticket.issued", TICKET.items(), ticket=IDS, code=st.just("B101")),
    step("ticket.called", AT.items(), ticket=IDS),
    step("ticket.serving", AT.items(), ticket=IDS),
    step("ticket.late", ticket=IDS),
    step("ticket.left", ticket=IDS, how=st.sampled_from(["phone", "desk"])),
)
LIFE = st.lists(
    st.tuples(st.integers(0, 1), STEPS, st.sampled_from([0, 0, 1, -400, 400])), min_size=30, max_size=60
)


@pytest.fixture(scope="module")
def blanks(tmp_path_factory):
    """New journals to copy, which is faster than to make each."""
    folders = [tmp_path_factory.mktemp("blank") for _ in range(6)]
    for folder in folders:
        with Journal.open(folder / "kiosk.db", FixedClock()) as journal:
            journal.clear_log()
    return folders


@pytest.fixture
def made(blanks, tmp_path_factory):
    """Opens journals in folders of their own, without waiting for the disk, and closes them again."""
    journals = []

    def make(moment=None):
        clock = FixedClock(moment=moment) if moment else FixedClock()
        folder = tmp_path_factory.mktemp("j") / "data"
        shutil.copytree(blanks[len(journals) % len(blanks)], folder)
        journals.append(Journal.open(folder / "kiosk.db", clock, durable=False))
        return journals[-1]

    yield make
    for journal in journals:
        journal.close()


def feed(*journals):
    return [(event.chain, event) for journal in journals for event in journal.events()]


def tables(journal):
    """Every folded table, its rows as named values; a column that a row leaves empty is no value."""
    found = {}
    for table in TABLES:
        names = [row[1] for row in journal.rows(f"PRAGMA table_info({table})")]
        rows = [dict(zip(names, row, strict=True)) for row in journal.rows(f"SELECT * FROM {table}")]
        found[table] = sorted(
            repr([item for item in sorted(row.items()) if item[1] is not None]) for row in rows
        )
    return found


def visit(journal, **ended):
    name = new_id()
    journal.append("visit.started", {"visit": name, "language": "en"})
    journal.append("visit.ended", {"visit": name, "how": "finished", "language": "en"})
    return name


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=LIFE, random=st.randoms(use_true_random=False))
def test_events_of_other_machines_give_the_same_tables_in_whatever_order_they_come(made, life, random):
    here, there, third = made(), made(), made()
    for at, (kind, body), seconds in life:
        journal = (here, there)[at]
        journal.clock.advance(seconds)
        journal.append(kind, body)
    expected = made()
    expected.receive(feed(here, there), 1)
    known = tables(expected)
    page = feed(here, there)
    random.shuffle(page)
    for at in range(0, len(page), 12):
        third.receive(page[max(at - 3, 0) : at + 12], at)
    assert tables(third) == known
    skipped = len(known["skipped_events"])
    assert third.rebuild() == skipped
    assert tables(third) == known
    here.receive([entry for entry in page if entry[0] == there.chain], 2)
    assert tables(here) == known


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=LIFE)
def test_what_is_appended_between_pages_is_folded_as_if_everything_came_in_order(made, life):
    here, there = made(), made()
    sent = 0
    for at, (kind, body), seconds in life:
        journal = (here, there)[at]
        journal.clock.advance(abs(seconds))
        journal.append(kind, body)
        if at and seconds == 1:
            here.receive(feed(there)[sent:], sent)
            sent = len(feed(there))
    here.receive(feed(there), 99)
    before = tables(here)
    assert here.rebuild() == len(before["skipped_events"])
    assert tables(here) == before


def test_a_page_is_new_once_and_the_position_is_remembered(made):
    here, there = made(), made()
    visit(there)
    page = feed(there)
    assert here.feed_position() == 0
    assert here.receive(page[:2], 2) == 2
    assert here.receive(page, 3) == 1
    assert here.receive(page, 3) == 0
    assert here.feed_position() == 3
    assert [event.chain for event in here.events()] == [here.chain]
    assert list(here.events(chain=there.chain)) == [event for _, event in page]


def test_what_happened_elsewhere_breaks_neither_the_own_chain_nor_what_is_open_here(made):
    here, there = made(), made()
    there.append("visit.started", {"visit": new_id(), "language": "en"})
    here.receive(feed(there), 2)
    assert close_open(here) == 0, "the visitor at the other machine is still there"
    assert here.events_of_day(DAY) == {"journal.opened": 1}
    assert here.append("visit.started", {"visit": new_id(), "language": "en"}).seq == 2
    assert here.verify().bad_seq is None
    assert close_open(here) == 1


def test_later_events_are_later_than_those_of_others_but_not_than_a_clock_that_is_far_ahead(made):
    start = FixedClock().moment
    here, near, far = made(start), made(start + timedelta(minutes=4)), made(start + timedelta(hours=1))
    for journal in (near, far):
        visit(journal)
    here.receive(feed(near), 1)
    mine = here.append("visit.started", {"visit": new_id(), "language": "en"})
    assert mine.clock > max(event.clock for _, event in feed(near))
    assert mine.at == "2026-11-23T16:41:00.000Z"
    here.receive(feed(far), 2)
    mine = here.append("visit.started", {"visit": new_id(), "language": "en"})
    assert mine.clock < min(event.clock for _, event in feed(far)[1:])
    assert len(list(here.events(chain=far.chain))) == 3
    assert here.merge_clock(hlc.tick(hlc.START, start + timedelta(minutes=4, seconds=59)))
    assert not here.merge_clock(hlc.tick(hlc.START, start + timedelta(minutes=6)))
    assert not here.merge_clock("tomorrow")
    later = here.append("visit.started", {"visit": new_id(), "language": "en"})
    assert later.clock == hlc.tick(hlc.tick(hlc.START, start + timedelta(minutes=4, seconds=59)), start)


def test_words_that_staff_took_out_at_the_center_are_gone_here_too(made):
    here, center = made(), made()
    response = new_id()
    here.append(
        "survey.started", {**START, "visit": new_id(), "response": response, "seed": "", "statements": ["a"]}
    )
    comment = here.append("survey.commented", {"response": response}, text="Ana was kind")
    kept = here.append("survey.commented", {"response": response}, text="And so was Ben")
    center.append("survey.redacted", {"event": comment.id, "part": "all", "staff": ""})
    here.receive(feed(center), 1)
    assert [words.event for words in here.texts_between(1, 9)] == [kept.id]
    assert b"Ana was kind" not in here.path.read_bytes()
    assert here.verify().bad_seq is None


def test_an_event_that_this_version_cannot_read_is_kept_whole_and_stops_nothing(made):
    here, there = made(), made()
    visit(there)
    (label, first), (_, second), (_, third) = feed(there)
    odd = [
        second._replace(body={"visit": 5}),
        second._replace(id=str(uuid4()), seq=8, clock="noon"),
        third._replace(id=str(uuid4()), seq=9, kind="visit.dreamt", body={"of": "sheep"}),
    ]
    assert here.receive([(label, event) for event in (first, *odd, third)], 5) == 3
    assert here.rows("SELECT count(*) FROM unreadable_events") == [(2,)]
    assert [event.kind for event in here.events(chain=label)] == [
        "journal.opened",
        "visit.ended",
        "visit.dreamt",
    ]
    assert here.rebuild() == 1, "the visit that ended never began here"


def test_a_visitor_counted_at_the_desk_accepts_at_the_kiosk_before_the_desk_has_sent_anything(made):
    desk, kiosk, third = made(), made(), made()
    unit, seed = new_id(), new_id()
    desk.append("survey.sampled", PLAN | {"seed": seed})
    desk.append("survey.eligible", UNIT | {"unit": unit, "seed": seed, "ordinal": 0, "selected": True})
    kiosk.receive(feed(desk), 3)
    kiosk.append("survey.accepted", {"unit": unit})
    third.receive(feed(kiosk), 2)
    assert third.survey_unit(unit) is None
    third.receive(feed(desk), 5)
    assert third.survey_unit(unit).outcome == "accepted"
    assert third.survey_funnel(DAY, DAY)[0].design == "everyone"
    assert third.rows("SELECT count(*) FROM skipped_events") == [(0,)]


def test_each_machine_chooses_by_its_own_plan_and_remembers_its_own_wordings(made):
    here, there = made(), made()
    mine, theirs = new_id(), new_id()
    worded = {"survey": "city", "version": 1, "language": "en", "statements": {"overall": "Good"}}
    here.append("survey.sampled", PLAN | {"seed": mine})
    here.append("survey.eligible", UNIT | {"unit": new_id(), "seed": mine, "ordinal": 0, "selected": True})
    here.append("survey.worded", worded)
    there.clock.advance(60)
    there.append("survey.sampled", PLAN | {"seed": theirs})
    there.append("survey.worded", worded)
    for number in range(3):
        unit = {"unit": new_id(), "seed": theirs, "ordinal": number, "selected": True}
        there.append("survey.eligible", UNIT | unit)
    there.append("survey.worded", worded | {"statements": {"overall": "Very good"}})
    here.receive(feed(there), 9)
    assert (here.survey_chosen().seed, here.survey_chosen().eligible) == (mine, 1)
    assert here.survey_funnel(DAY, DAY)[0].eligible == 4, "reports show the whole site"
    assert here.wording_now("city", 1, "en") == {"overall": "Good"}
    assert [wording.text for wording in here.survey_wordings()] == ["Good", "Very good"]


def test_an_enrolment_and_its_numbers_are_events_with_the_new_site(made):
    journal = made()
    visit(journal)
    assert journal.enrolled() is None
    event = journal.enroll(device := new_id(), "city-hall", KEY, [("B", 100, 199), ("P", 500, 599)])
    assert journal.enroll(device, "city-hall", KEY, [("B", 100, 199), ("B", 300, 399)]) == event
    assert journal.enrolled() == Enrolled(device, "city-hall", KEY)
    assert journal.numbers() == {"B": [(100, 199), (300, 399)], "P": [(500, 599)]}
    assert [(it.kind, it.site) for it in journal.events(3)] == [
        ("center.enrolled", "city-hall"),
        *[("numbers.granted", "city-hall")] * 3,
    ]
    assert journal.head() == (7, journal.hash_at(7))
    assert journal.hash_at(8) is None
    with pytest.raises(ValueError, match="letter can't be 'bills'"):
        journal.enroll(device, "city-hall", KEY, [("bills", 1, 2)])


def test_numbers_of_another_machine_are_not_ones_own(made):
    here, there = made(), made()
    there.enroll(new_id(), "city-hall", KEY, [("B", 100, 199)])
    here.receive(feed(there), 3)
    assert here.numbers() == {}
    assert here.enrolled() is None


def test_an_opening_from_before_there_was_a_center_can_still_be_received(made):
    here, there = made(), made()
    (label, opened), *_ = feed(there)
    old = {name: value for name, value in opened.body.items() if name != "follows"}
    assert here.receive([(label, opened._replace(body=old))], 1) == 1


def test_another_program_sees_in_plain_tables_what_happened_at_the_site(made):
    here, there = made(), made()
    visit(there)
    here.receive(feed(there), 3)
    with closing(sqlite3.connect(here.path)) as connection:
        assert connection.execute("SELECT chain, ended_how FROM visits").fetchall() == [
            (there.chain, "finished")
        ]


def test_an_export_changes_when_its_tables_do_and_not_before(made):
    from kiosk.journal.export_questions import Span, day_span, touched

    here, there = made(), made(datetime(2026, 11, 23, 17, tzinfo=UTC))
    visit(here)
    span = day_span(here, DAY)
    assert span == Span(here.chain, 1, 1, 3, 3)
    batch = (here.chain, 1, 3)
    before = touched(here, DAY, *batch)
    assert before == 3
    ticket, response = new_id(), new_id()
    there.append("ticket.issued", TICKET | {"ticket": ticket, "code": "B101"})
    survey = {"visit": new_id(), "response": response, "seed": "", "statements": ["a"]}
    there.append("survey.started", START | survey)
    there.clock.advance(86400)
    there.append("catalog.taken", {"version": 1, "sha256": KEY, "outcome": "taken"})
    visit(there)
    there.append("ticket.left", {"ticket": ticket, "how": "day_end"})
    there.append("survey.abandoned", {"response": response, "at": ""})
    page = feed(there)
    here.receive([page[0], *page[3:6]], 4)
    assert touched(here, DAY, *batch) == before, "nothing of it stands in the day's tables"
    for number in (1, 2, 6, 7):
        here.receive([page[number]], 5)
        now = touched(here, DAY, *batch)
        assert now > before
        before = now
    assert day_span(here, DAY) == span
