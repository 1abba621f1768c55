"""When a lane gives tickets: its hours, the last ticket, holidays, midnight, hours that clocks skip."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kiosk.catalog.model import WEEK, Holiday, Hours, Lane
from kiosk.line.opening import DAYS_AHEAD, Opening, opening

TULSA = ZoneInfo("America/Chicago")
WORKDAYS = WEEK[:5]
CHRISTMAS = Holiday("2026-12-25", "Christmas Day")


def lane(*hours: Hours, last_ticket: str = "") -> Lane:
    return Lane("bills", "B", "Bills and payments", hours=hours, last_ticket=last_ticket)


OFFICE = lane(Hours(WORKDAYS, "08:00", "17:00"), last_ticket="16:45")
LUNCH = lane(Hours(WORKDAYS, "08:00", "12:00"), Hours(WORKDAYS, "13:00", "17:00"))
NIGHT = lane(Hours(("fri",), "22:00", "24:00"), Hours(("sat",), "00:00", "02:00"))
ALWAYS = lane()


def at(day: str, clock: str, fold: int = 0) -> datetime:
    """A local time in Tulsa."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), TULSA).replace(fold=fold)


def said(found: datetime | None) -> str:
    """A moment as the wall clock shows it, with its offset."""
    return found.isoformat(timespec="minutes") if found else ""


def ask(line: Lane, moment: datetime, *holidays: Holiday, closed: tuple[str, ...] = ()) -> Opening:
    return opening(line, holidays, closed, moment)


# Monday is 2026-11-23.
@pytest.mark.parametrize(
    ("clock", "open_", "reason", "next_open"),
    [
        ("00:00", False, "closed", "2026-11-23T08:00-06:00"),
        ("07:59:59", False, "closed", "2026-11-23T08:00-06:00"),
        ("08:00", True, "", ""),
        ("16:44:59", True, "", ""),
        ("16:45", False, "last_ticket", "2026-11-24T08:00-06:00"),
        ("16:59:59", False, "last_ticket", "2026-11-24T08:00-06:00"),
        ("17:00", False, "closed", "2026-11-24T08:00-06:00"),
        ("23:59:59", False, "closed", "2026-11-24T08:00-06:00"),
    ],
)
def test_a_day_at_the_office(clock: str, open_: bool, reason: str, next_open: str) -> None:
    found = ask(OFFICE, at("2026-11-23", clock))
    assert (found.open, found.reason, said(found.next_open)) == (open_, reason, next_open)
    assert said(found.closes) == ("2026-11-23T16:45-06:00" if open_ else "")


def test_after_friday_comes_monday() -> None:
    assert said(ask(OFFICE, at("2026-11-27", "16:50")).next_open) == "2026-11-30T08:00-06:00"
    assert ask(OFFICE, at("2026-11-28", "10:00")).reason == "closed"


def test_without_a_last_ticket_they_are_given_until_closing() -> None:
    line = lane(Hours(WORKDAYS, "08:00", "17:00"))
    assert said(ask(line, at("2026-11-23", "16:59")).closes) == "2026-11-23T17:00-06:00"
    assert ask(line, at("2026-11-23", "17:00")).reason == "closed"


def test_a_lunch_break_closes_and_says_when_it_ends() -> None:
    assert said(ask(LUNCH, at("2026-11-23", "11:00")).closes) == "2026-11-23T12:00-06:00"
    lunch = ask(LUNCH, at("2026-11-23", "12:30"))
    assert (lunch.reason, said(lunch.next_open)) == ("closed", "2026-11-23T13:00-06:00")


def test_rows_that_touch_are_one() -> None:
    line = lane(Hours(("mon",), "12:00", "17:00", "windows"), Hours(WORKDAYS, "08:00", "12:00", "desk"))
    assert said(ask(line, at("2026-11-23", "11:59")).closes) == "2026-11-23T17:00-06:00"
    assert said(ask(line, at("2026-11-24", "11:59")).closes) == "2026-11-24T12:00-06:00"


def test_a_last_ticket_in_the_morning_leaves_the_afternoon_to_those_who_wait() -> None:
    line = lane(*LUNCH.hours, last_ticket="11:30")
    for clock, reason in (("11:45", "last_ticket"), ("12:30", "closed"), ("14:00", "last_ticket")):
        found = ask(line, at("2026-11-23", clock))
        assert (found.reason, said(found.next_open)) == (reason, "2026-11-24T08:00-06:00")


def test_a_lane_that_is_open_past_midnight() -> None:
    assert said(ask(NIGHT, at("2026-11-27", "23:59:59")).closes) == "2026-11-28T00:00-06:00"
    assert said(ask(NIGHT, at("2026-11-28", "00:00")).closes) == "2026-11-28T02:00-06:00"
    assert said(ask(NIGHT, at("2026-11-28", "02:00")).next_open) == "2026-12-04T22:00-06:00"


def test_a_day_of_24_hours_ends_at_midnight() -> None:
    line = lane(Hours(WEEK, "00:00", "24:00"))
    assert said(ask(line, at("2026-11-23", "00:00")).closes) == "2026-11-24T00:00-06:00"
    assert ask(line, at("2026-11-23", "23:59:59")).open


def test_a_confirmed_holiday_closes_the_whole_day_and_is_named() -> None:
    for clock in ("00:00", "10:00", "23:59"):
        found = ask(OFFICE, at("2026-12-25", clock), CHRISTMAS)
        assert (found.open, found.reason, found.holiday) == (False, "holiday", "Christmas Day")
        assert said(found.next_open) == "2026-12-28T08:00-06:00"
    assert said(ask(OFFICE, at("2026-12-24", "17:30"), CHRISTMAS).next_open) == "2026-12-28T08:00-06:00"


def test_a_holiday_the_city_has_not_confirmed_closes_nothing() -> None:
    example = Holiday("2026-12-25", "Christmas Day", example=True)
    assert ask(OFFICE, at("2026-12-25", "10:00"), example).open


def test_a_service_may_be_closed_on_a_day_of_its_own() -> None:
    found = ask(OFFICE, at("2026-12-24", "10:00"), CHRISTMAS, closed=("2026-12-24", "2026-12-28"))
    assert (found.open, found.reason, found.holiday) == (False, "closed", "")
    assert said(found.next_open) == "2026-12-29T08:00-06:00"


@pytest.mark.parametrize("clock", ["00:00", "03:30", "23:59:59"])
def test_a_lane_without_hours_is_always_open(clock: str) -> None:
    assert ask(ALWAYS, at("2026-12-25", clock), CHRISTMAS) == Opening(True)


def test_a_lane_without_hours_keeps_to_the_closed_days_of_a_service() -> None:
    found = ask(ALWAYS, at("2026-12-25", "10:00"), closed=("2026-12-25",))
    assert (found.reason, said(found.next_open)) == ("closed", "2026-12-26T00:00-06:00")


def test_beyond_two_weeks_nothing_is_promised() -> None:
    start = date(2026, 11, 23)
    closed = tuple((start + timedelta(days=ahead)).isoformat() for ahead in range(DAYS_AHEAD + 1))
    assert (
        said(ask(OFFICE, at("2026-11-23", "10:00"), closed=closed[:-1]).next_open) == "2026-12-07T08:00-06:00"
    )
    assert ask(OFFICE, at("2026-11-23", "10:00"), closed=closed).next_open is None


# Clocks go back on Sunday 2026-11-01 and forward on Sunday 2027-03-14, at 02:00.
@pytest.mark.parametrize(
    ("friday", "monday"),
    [("2026-10-30", "2026-11-02T08:00-06:00"), ("2027-03-12", "2027-03-15T08:00-05:00")],
)
def test_monday_opens_at_eight_whatever_the_clocks_did_on_sunday(friday: str, monday: str) -> None:
    found = ask(OFFICE, at(friday, "18:00"))
    assert said(found.next_open) == monday
    assert found.next_open is not None and ask(OFFICE, found.next_open).open


@pytest.mark.parametrize(("day", "offset"), [("2026-11-01", "-06:00"), ("2027-03-14", "-05:00")])
def test_the_sunday_itself_opens_and_closes_by_the_wall_clock(day: str, offset: str) -> None:
    line = lane(Hours(("sun",), "08:00", "17:00"))
    assert said(ask(line, at(day, "00:30")).next_open) == f"{day}T08:00{offset}"
    assert not ask(line, at(day, "07:59")).open
    assert said(ask(line, at(day, "08:00")).closes) == f"{day}T17:00{offset}"
    assert not ask(line, at(day, "17:00")).open


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    line = lane(Hours(("sun",), "01:00", "01:30"))
    moments = [
        at("2026-11-01", "01:00"),
        at("2026-11-01", "01:29", 0),
        at("2026-11-01", "01:00", 1),
        at("2026-11-01", "01:29", 1),
    ]
    assert all(ask(line, moment).open for moment in moments)
    assert said(ask(line, moments[0]).closes) == "2026-11-01T01:30-06:00"
    assert not ask(line, at("2026-11-01", "01:30", 1)).open


def test_an_hour_that_is_skipped_is_no_opening() -> None:
    line = lane(Hours(("sun",), "02:00", "03:00"))
    assert said(ask(line, at("2027-03-14", "01:59")).next_open) == "2027-03-21T02:00-05:00"


def test_an_opening_in_the_skipped_hour_is_said_as_a_time_that_exists() -> None:
    line = lane(Hours(("sun",), "02:30", "06:00"))
    found = ask(line, at("2027-03-14", "01:00"))
    assert said(found.next_open) == "2027-03-14T03:30-05:00"
    assert found.next_open is not None and ask(line, found.next_open).open
    earlier = lane(Hours(("sun",), "02:30", "02:45"), Hours(("sun",), "03:00", "06:00"))
    assert said(ask(earlier, at("2027-03-14", "01:00")).next_open) == "2027-03-14T03:00-05:00"


quarters = st.integers(0, 96).map(lambda number: f"{number // 4:02d}:{number % 4 * 15:02d}")


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    """Lanes with hours, as `kiosk check` lets them pass but for what overlaps."""
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        opens, closes = sorted(draw(st.lists(quarters, min_size=2, max_size=2, unique=True)))
        rows.append(Hours(tuple(draw(st.sets(st.sampled_from(WEEK), min_size=1))), opens, closes))
    return lane(*rows, last_ticket=draw(st.just("") | quarters))


def around(*days: str) -> st.SearchStrategy[datetime]:
    """Any second of some ten days around the days given, in local time."""
    starts = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]
    return st.builds(
        lambda start, seconds: (start + timedelta(seconds=seconds)).astimezone(TULSA),
        st.sampled_from(starts),
        st.integers(-5 * 86_400, 5 * 86_400),
    )


moments = around("2026-11-01", "2027-03-14", "2026-12-25")
dates = st.sampled_from(["2026-11-01", "2026-11-02", "2027-03-14", "2027-03-15", "2026-12-25", "2026-12-28"])
holidays = st.lists(st.builds(Holiday, dates, st.just("a holiday"), st.booleans()), max_size=3)
closings = st.lists(dates, max_size=2)


@settings(max_examples=300)
@given(lanes(), holidays, closings, moments)
def test_a_lane_is_open_by_the_wall_clock(
    line: Lane, free: list[Holiday], closed: list[str], now: datetime
) -> None:
    """Asked in the plainest way, apart from the nights in which the clocks are changed."""
    today, clock = now.date().isoformat(), now.strftime("%H:%M")
    assume(not (today in ("2026-11-01", "2027-03-14") and clock < "04:00"))
    until = line.last_ticket or "24:00"
    within = [row for row in line.hours if WEEK[now.weekday()] in row.days and row.open <= clock < row.close]
    shut = today in closed or today in [day.date for day in free if not day.example]
    assert opening(line, free, closed, now).open == (bool(within) and clock < until and not shut)


@settings(max_examples=300)
@given(lanes(), holidays, closings, moments, st.data())
def test_the_next_opening_is_one_and_there_is_none_before_it(
    line: Lane, free: list[Holiday], closed: list[str], now: datetime, data: st.DataObject
) -> None:
    found = opening(line, free, closed, now)
    assert (found.next_open is None) or not found.open
    end = found.next_open or now + timedelta(days=DAYS_AHEAD)
    assert end.timestamp() >= now.timestamp()
    if found.next_open:
        assert opening(line, free, closed, found.next_open).open
    if not found.open:
        seconds = data.draw(st.floats(0, 0.999)) * (end.timestamp() - now.timestamp())
        between = (now.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(TULSA)
        assert not opening(line, free, closed, between).open


@settings(max_examples=300)
@given(lanes(), holidays, closings, moments)
def test_never_open_on_a_holiday_and_the_reason_always_fits(
    line: Lane, free: list[Holiday], closed: list[str], now: datetime
) -> None:
    found = opening(line, free, closed, now)
    holiday = now.date().isoformat() in [day.date for day in free if not day.example]
    assert not (found.open and (holiday or now.date().isoformat() in closed))
    assert (found.reason == "holiday") == holiday == bool(found.holiday)
    assert (found.reason == "") == found.open
    assert found.reason != "last_ticket" or line.last_ticket


@settings(max_examples=300)
@given(lanes(), moments)
def test_tickets_end_when_it_says(line: Lane, now: datetime) -> None:
    found = opening(line, (), (), now)
    assert (found.closes is not None) == found.open
    if found.closes:
        before = (found.closes.astimezone(UTC) - timedelta(seconds=1)).astimezone(TULSA)
        assert opening(line, (), (), before).open
        # At midnight the next day may go on at once.
        again = opening(line, (), (), found.closes)
        assert not again.open or found.closes.time() == time(0, 0)
