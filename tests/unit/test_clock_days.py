"""The waiting line across nights, daylight saving, clocks that are set back, and days switched off."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kiosk.catalog.model import WEEK, Hours
from kiosk.clock import Clock, FixedClock, PracticeClock, stamp
from kiosk.commands.running import open_journal
from kiosk.errors import TicketRefused
from kiosk.journal import Journal
from kiosk.settings import Settings
from kiosk.tickets.fold import COOL_DOWN
from kiosk.tickets.ticket import FINISHED, HOLD, LEFT, NO_SHOW, SERVING, WAITING, wait_band
from tests.support.line import a_line, riverton, with_lane

PAY, ASK = "utility_pay", "general_311"
EVERY_DAY = (Hours(WEEK, "08:00", "17:00"),)
AUTUMN, SPRING = date(2026, 11, 1), date(2027, 3, 14)
"""Sundays on which Tulsa's clocks are set back and forward at 02:00."""


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


MONDAY = utc(2026, 11, 23, 16)
"""10:00 in Tulsa."""


def night_city():
    """Riverton with lane H always open and lane B open every day."""
    return with_lane(with_lane(riverton(), "help", hours=()), "bills", hours=EVERY_DAY)


@pytest.fixture
def opened(tmp_path):
    """Open a line at a moment; more than one in folders of their own."""
    lines = []

    def open_at(moment: datetime, catalog=None, numbers: str = ""):
        clock = FixedClock(moment=moment)
        line = a_line(tmp_path / str(len(lines)), clock, catalog or night_city(), numbers)
        lines.append(line)
        return SimpleNamespace(
            line=line, clock=clock, journal=line.journal, ana=line.journal.staff_of("Ana"), folder=tmp_path
        )

    yield open_at
    for line in lines:
        line.journal.close()


def take(here, service: str = ASK, **how):
    """Somebody takes a ticket; the next one comes a minute later."""
    ticket = here.line.issue(language="en", service=service, **how)
    here.clock.advance(60)
    return ticket


def now(here, ticket):
    """The ticket as it stands."""
    return here.journal.ticket(ticket.ticket)


@pytest.mark.parametrize(
    ("before", "after", "local"),
    [
        (utc(2026, 11, 1, 6, 30), utc(2026, 11, 1, 7, 10), "01:10"),
        (utc(2027, 3, 14, 7, 45), utc(2027, 3, 14, 8, 25), "03:25"),
    ],
    ids=["autumn", "spring"],
)
def test_who_waits_while_the_clocks_change_has_waited_as_long_as_it_took(opened, before, after, local):
    here = opened(before)
    ticket = take(here)
    here.clock.moment = after
    assert f"{here.clock.local():%H:%M}" == local
    called = here.line.next("6", here.ana)
    assert called.ticket == ticket.ticket
    assert called.waited == 40 * 60
    assert called.time_accurate
    here.line.serve(called.ticket, "6", here.ana)
    here.clock.advance(600)
    assert here.line.finish(called.ticket, here.ana).handled == 600


@pytest.mark.parametrize("day", [AUTUMN, SPRING], ids=["autumn", "spring"])
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_lanes_open_at_eight_by_the_clock_on_the_wall(opened, day, days):
    that = day + timedelta(days=days)
    here = opened(datetime(that.year, that.month, that.day, 12, tzinfo=UTC))
    while here.clock.local().strftime("%H:%M") != "07:59":
        here.clock.advance(60)
    with pytest.raises(TicketRefused) as refused:
        take(here, PAY)
    assert refused.value.reason == "closed"
    view = here.line.overview().lane("bills")
    assert f"{view.opening.next_open:%Y-%m-%d %H:%M}" == f"{that} 08:00"
    here.clock.advance(60)
    assert take(here, PAY).code == "B100"


@pytest.mark.parametrize("day", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_the_evening_before_the_clocks_change_the_next_opening_is_eight(opened, day):
    here = opened(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=1))
    opening = here.line.overview().lane("bills").opening
    assert f"{opening.next_open:%Y-%m-%d %H:%M}" == f"{day} 08:00"


@pytest.mark.parametrize("day", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_the_day_of_a_change_still_begins_at_four(opened, day):
    here = opened(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=6))
    codes = []
    while here.clock.local().strftime("%H:%M") < "04:10":
        codes.append((here.clock.local().strftime("%H:%M") < "04:00", take(here).code))
        here.clock.advance(9 * 60)
    before = [code for early, code in codes if early]
    assert before == [f"H{number}" for number in range(100, 100 + len(before))]
    assert [code for early, code in codes if not early] == ["H100"]
    assert list(here.journal.closed_days()) == [str(day - timedelta(days=1))]


def set_back(here, seconds: float = 3600) -> None:
    """Somebody sets the machine's clock back; what only counts seconds goes on."""
    here.clock.moment -= timedelta(seconds=seconds)


def test_after_the_clock_was_set_back_the_line_is_as_it_was(opened):
    here = opened(MONDAY)
    early = [take(here) for _ in range(3)]
    set_back(here)
    late = [take(here) for _ in range(3)]
    waiting = here.line.overview().lane("help").waiting
    assert [ticket.code for ticket in waiting] == [ticket.code for ticket in early + late]
    assert len({ticket.code for ticket in waiting}) == 6
    assert [here.line.place(ticket).ahead for ticket in waiting] == [0, 1, 2, 3, 4, 5]
    assert [here.line.next(counter, here.ana).code for counter in ("2", "6")] == ["H100", "H101"]


def test_times_taken_with_a_clock_that_was_set_back_are_marked_and_never_negative(opened):
    here = opened(MONDAY)
    waiting, at_counter = take(here), take(here)
    assert waiting.time_accurate
    first = here.line.next("6", here.ana)
    here.line.serve(first.ticket, "6", here.ana)
    set_back(here)
    finished = here.line.finish(first.ticket, here.ana)
    called = here.line.next("6", here.ana)
    assert called.ticket == at_counter.ticket
    assert not finished.time_accurate
    assert not called.time_accurate
    for ticket in (finished, called):
        for took in (ticket.waited, ticket.occupied, ticket.handled):
            assert took is None or took >= 0
    assert wait_band(called.waited) in ("under_5", "5_15")


def test_a_clock_that_was_set_back_does_not_keep_a_docent_from_calling_again(opened):
    here = opened(MONDAY)
    ticket = take(here)
    here.line.next("6", here.ana)
    set_back(here)
    assert here.line.call(ticket.ticket, "6", here.ana).calls == 2
    with pytest.raises(TicketRefused) as refused:
        here.line.call(ticket.ticket, "6", here.ana)
    assert refused.value.reason == "cool_down"
    here.clock.advance(COOL_DOWN)
    assert here.line.call(ticket.ticket, "6", here.ana).calls == 3


def test_the_rule_of_priority_holds_over_a_clock_that_was_set_back(opened):
    here = opened(MONDAY)
    for priority in ("", "", "", "booked", "booked", "booked"):
        take(here, channel="desk", priority=priority)
    order = []
    for number in range(6):
        ticket = here.line.next("6", here.ana)
        here.line.serve(ticket.ticket, "6", here.ana)
        order.append(here.line.finish(ticket.ticket, here.ana).priority)
        here.clock.advance(30)
        if number == 1:
            set_back(here)
    assert order == ["booked", "booked", "", "booked", "", ""], "two in a row, then one of the others"


def test_after_the_clock_was_set_back_the_latest_call_is_the_latest(opened):
    here = opened(MONDAY)
    for _ in range(2):
        take(here)
    first = here.line.next("2", here.ana)
    set_back(here)
    second = here.line.next("6", here.ana)
    calls = here.journal.calls_of_day(here.clock.day(), 2)
    assert [ticket.code for ticket in calls] == [second.code, first.code]


def test_nothing_that_is_quoted_is_negative_after_the_clock_was_set_back(opened):
    here = opened(MONDAY)
    for _ in range(6):
        take(here)
    for _ in range(6):
        ticket = here.line.next("6", here.ana)
        here.line.serve(ticket.ticket, "6", here.ana)
        here.clock.advance(300)
        here.line.finish(ticket.ticket, here.ana)
    take(here)
    here.line.next("6", here.ana)
    set_back(here)
    quoted = take(here)
    assert quoted.quote_low is not None
    assert 0 <= quoted.quote_low <= quoted.quote_high <= 60


def test_codes_go_on_over_midnight_until_four(opened):
    here = opened(utc(2026, 11, 24, 4, 30))  # 22:30 on Monday
    codes = {}
    for _ in range(8):
        at = f"{here.clock.local():%a %H:%M}"
        codes[at] = take(here).code
        here.clock.advance(59 * 60)
    assert codes == {
        "Mon 22:30": "H100",
        "Mon 23:30": "H101",
        "Tue 00:30": "H102",
        "Tue 01:30": "H103",
        "Tue 02:30": "H104",
        "Tue 03:30": "H105",
        "Tue 04:30": "H100",
        "Tue 05:30": "H101",
    }
    assert {ticket.day for ticket in here.journal.tickets_of_day(date(2026, 11, 23))} == {"2026-11-23"}


@pytest.mark.parametrize("hour", [9, 19, 23], ids=["morning", "evening", "night"])
def test_a_counter_that_does_something_every_half_hour_is_open_at_any_hour(opened, hour):
    here = opened(MONDAY + timedelta(hours=hour - 10))
    here.line.counter("6", "opened", here.ana)
    for _ in range(3):
        ticket = take(here)
        here.clock.advance(29 * 60)
        here.line.next("6", here.ana)
        here.line.serve(ticket.ticket, "6", here.ana)
        here.line.finish(ticket.ticket, here.ana)
    assert here.line.overview().lane("help").counters == ("6",)


def test_at_four_whoever_is_still_in_a_line_is_sent_home_on_the_day_they_came(opened):
    here = opened(utc(2026, 11, 24, 3))  # 21:00 on Monday
    served, called, held, away, waiting = (take(here) for _ in range(5))
    line, ana = here.line, here.ana
    line.next("6", ana)
    line.serve(served.ticket, "6", ana)
    line.next("2", ana)
    line.hold(called.ticket, ana)
    line.call(away.ticket, "2", ana)
    line.no_show(away.ticket, ana)
    line.call(held.ticket, "2", ana)
    here.clock.moment = utc(2026, 11, 24, 9, 59)
    assert len(line.overview().lane("help").others) == 4, "a minute before four all are there"
    here.clock.advance(60)
    assert line.overview().lane("help").others == ()
    ends = [now(here, ticket) for ticket in (served, held, called, waiting, away)]
    assert [(ticket.state, ticket.ended_how) for ticket in ends] == [
        (FINISHED, ""),
        (NO_SHOW, ""),
        (LEFT, "day_end"),
        (LEFT, "day_end"),
        (NO_SHOW, ""),
    ]
    assert [ticket.time_accurate for ticket in ends] == [False, True, True, True, True]
    assert {ticket.day for ticket in ends} == {"2026-11-23"}
    assert len(here.journal.tickets_of_day(date(2026, 11, 23))) == 5
    assert here.journal.tickets_live() == []
    assert list(here.journal.closed_days()) == ["2026-11-23"]


@pytest.mark.parametrize("key", ["call", "put_back", "leave", "undo"])
def test_who_did_not_come_yesterday_is_brought_back_by_no_key_today(opened, key):
    here = opened(MONDAY)
    ticket = take(here)
    here.line.next("6", here.ana)
    away = here.line.no_show(ticket.ticket, here.ana)
    here.clock.advance(24 * 3600)
    assert take(here).code == away.code, "the number goes to somebody else"
    keys = {
        "call": lambda: here.line.call(away.ticket, "6", here.ana),
        "put_back": lambda: here.line.put_back(away.ticket, here.ana),
        "leave": lambda: here.line.leave(away.ticket, "visitor"),
        "undo": lambda: here.line.undo(away.ticket, away.latest, here.ana),
    }
    with pytest.raises(TicketRefused):
        keys[key]()
    assert now(here, away).state == NO_SHOW


def test_a_finish_of_yesterday_is_not_undone_today_when_nobody_was_left_over(opened):
    here = opened(MONDAY)
    ticket = take(here)
    here.line.next("6", here.ana)
    here.line.serve(ticket.ticket, "6", here.ana)
    finished = here.line.finish(ticket.ticket, here.ana)
    here.clock.advance(24 * 3600)
    here.line.overview()
    with pytest.raises(TicketRefused):
        here.line.undo(ticket.ticket, finished.latest, here.ana)
    assert now(here, ticket).state == FINISHED


def test_a_lane_that_keeps_its_line_overnight_goes_on_with_codes_and_order(opened):
    here = opened(MONDAY, with_lane(night_city(), "help", keeps_overnight=True))
    kept, held, day_lane = take(here), take(here), take(here, PAY)
    here.line.call(held.ticket, "6", here.ana)
    here.line.hold(held.ticket, here.ana)
    here.clock.advance(24 * 3600)
    new = [take(here), take(here)]
    assert [now(here, ticket).state for ticket in (kept, held, day_lane)] == [WAITING, HOLD, LEFT]
    assert [ticket.code for ticket in here.line.overview().lane("help").waiting] == [
        kept.code,
        *(ticket.code for ticket in new),
    ]
    assert len({kept.code, held.code, *(ticket.code for ticket in new)}) == 4
    assert here.line.find("h100").ticket == kept.ticket
    assert here.line.next("6", here.ana).ticket == kept.ticket
    assert now(here, kept).day == "2026-11-23"


def test_a_machine_switched_off_for_three_days_closes_the_days_that_had_tickets(opened):
    here = opened(MONDAY)
    left = [take(here) for _ in range(3)]
    here.clock.advance(3 * 24 * 3600)
    before = len(list(here.journal.events()))
    today = take(here)
    assert (today.code, today.day) == ("H100", "2026-11-26")
    assert {now(here, ticket).state for ticket in left} == {LEFT}
    assert list(here.journal.closed_days()) == ["2026-11-23"]
    events = list(here.journal.events())[before:]
    assert [event.kind for event in events] == ["ticket.left"] * 3 + ["day.closed", "ticket.issued"]
    assert {event.day for event in events} == {"2026-11-26"}, "events tell when, tickets whose"


def test_days_that_a_kept_line_goes_through_are_closed_one_by_one_when_it_is_empty(opened):
    here = opened(MONDAY, with_lane(night_city(), "help", keeps_overnight=True))
    kept = take(here)
    for _ in range(3):
        here.clock.advance(24 * 3600)
        take(here, PAY)
        here.line.overview()
    assert list(here.journal.closed_days()) == ["2026-11-24", "2026-11-25"]
    here.line.next("6", here.ana)
    here.line.serve(kept.ticket, "6", here.ana)
    here.line.finish(kept.ticket, here.ana)
    assert here.line.close_day() == 1
    assert set(here.journal.closed_days()) >= {"2026-11-24", "2026-11-25", "2026-11-26"}


def test_two_machines_with_ranges_of_their_own_give_no_code_twice(opened):
    left, right = opened(MONDAY, numbers="100-499"), opened(MONDAY, numbers="500-899")
    codes = [take(here).code for here in (left, right) for _ in range(150)]
    assert len(set(codes)) == 300
    assert codes[0] == "H100" and codes[150] == "H500"


def test_a_range_that_is_used_up_is_full_until_four(opened):
    here = opened(MONDAY, numbers="100-102")
    assert [take(here).code for _ in range(3)] == ["H100", "H101", "H102"]
    with pytest.raises(TicketRefused) as refused:
        take(here)
    assert refused.value.reason == "full"
    here.clock.moment = utc(2026, 11, 24, 10)
    assert take(here).code == "H100"


def test_a_clock_that_ran_two_days_ahead_leaves_no_code_twice_and_no_order_changed(opened):
    here = opened(MONDAY + timedelta(days=2))
    ahead = take(here)
    here.clock.moment = MONDAY
    tickets = [take(here) for _ in range(3)]
    assert len({ticket.code for ticket in (ahead, *tickets)}) == 4
    assert not any(ticket.time_accurate for ticket in tickets)
    waiting = here.line.overview().lane("help").waiting
    assert [ticket.ticket for ticket in waiting] == [ticket.ticket for ticket in (ahead, *tickets)]


JUMPS = st.lists(
    st.one_of(st.integers(5, 900), st.integers(-7200, 7200), st.sampled_from([-3600, 3600, 86400])),
    min_size=5,
    max_size=40,
)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(jumps=JUMPS, seed=st.integers(0, 10**6))
def test_whatever_the_clock_does_codes_are_unique_order_stays_and_the_chain_is_whole(opened, jumps, seed):
    here, random = opened(MONDAY), Random(seed)
    issued = []
    for jump in jumps:
        here.clock.moment += timedelta(seconds=jump)
        issued.append(here.line.issue(language="en", service=ASK, channel="desk"))
        counter = random.choice(("2", "6"))
        there = here.line.overview().at_counter(counter)
        if there is None:
            there = here.line.next(counter, here.ana)
        step(here, there, counter, random)
        live = here.journal.tickets_live()
        assert len({ticket.code for ticket in live}) == len(live)
        waiting = [ticket.ticket for ticket in here.line.overview().lane("help").waiting]
        assert waiting == [ticket.ticket for ticket in issued if ticket.ticket in waiting]
        quote = here.line.place(issued[-1]).quote
        assert quote is None or 0 <= quote.low <= quote.high
    codes = [(ticket.day, ticket.code) for ticket in issued]
    assert len(set(codes)) == len(codes)
    assert here.journal.verify().bad_seq is None
    before = {ticket.ticket: now(here, ticket) for ticket in issued}
    assert here.journal.rebuild() == 0
    assert before == {ticket.ticket: now(here, ticket) for ticket in issued}


def step(here, ticket, counter: str, random: Random) -> None:
    """One of the keys that a docent may press now."""
    ways = {
        SERVING: (lambda: here.line.finish(ticket.ticket, here.ana),),
        "called": (
            lambda: here.line.serve(ticket.ticket, counter, here.ana),
            lambda: here.line.no_show(ticket.ticket, here.ana),
            lambda: here.line.hold(ticket.ticket, here.ana),
            lambda: here.line.put_back(ticket.ticket, here.ana),
        ),
    }
    random.choice(ways[ticket.state])()


def moved(file: Path, moment: datetime, ago: float = 0.0) -> None:
    """Write a moment as if some seconds ago."""
    file.write_text(stamp(moment), encoding="ascii")
    written = datetime.now(UTC).timestamp() - ago
    os.utime(file, (written, written))


def test_a_practice_clock_runs_on_from_what_its_file_says_and_can_be_set_back(tmp_path):
    file = tmp_path / "clock"
    clock = PracticeClock(file=file)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    moved(file, MONDAY, ago=600)
    assert timedelta(seconds=600) <= clock.now() - MONDAY < timedelta(seconds=660)
    moved(file, MONDAY - timedelta(hours=1))
    assert clock.now() < MONDAY
    file.write_text("half past nine", encoding="ascii")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_clock_of_a_file_is_honoured_in_practice_folders_alone(tmp_path, monkeypatch):
    file = tmp_path / "clock"
    moved(file, MONDAY)
    monkeypatch.setenv("KIOSK_CLOCK", str(file))
    real, practice = Settings(data=tmp_path / "real"), Settings(data=tmp_path / "practice")
    with open_journal(real, False)[0] as journal:
        assert not journal.practice
    with open_journal(practice, True)[0] as journal:
        assert journal.practice
    for settings, kind in ((real, Clock), (practice, PracticeClock)):
        journal, clock = open_journal(settings, False)
        journal.close()
        assert type(clock) is kind
    with Journal.open(real.journal, Clock()) as journal:
        assert next(journal.events()).at[:10] == f"{datetime.now(UTC):%Y-%m-%d}"
