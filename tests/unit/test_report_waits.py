"""`kiosk report waits`: the evening's figures of what was promised in the morning."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kiosk.clock import FixedClock
from kiosk.commands.group import group
from tests.support.line import MONDAY, a_line

PAY, ASK, DAY = "utility_pay", "general_311", "2026-11-23"


@pytest.fixture
def clock():
    return FixedClock(moment=MONDAY)


@pytest.fixture
def line(tmp_path, clock):
    """Stays open, as in a kiosk that runs beside the command."""
    line = a_line(tmp_path, clock)
    yield line
    line.journal.close()


@pytest.fixture
def ana(line):
    return line.journal.staff_of("Ana")


def take(line, minutes_before, service=PAY):
    """A ticket is taken, and some minutes go by."""
    ticket = line.issue(language="en", service=service, channel="desk")
    line._clock.advance(minutes_before * 60)
    return ticket


def serve(line, staff, counter, minutes=5.0):
    ticket = line.next(counter, staff)
    line.serve(ticket.ticket, counter, staff)
    line._clock.advance(minutes * 60)
    return line.finish(ticket.ticket, staff)


def report(tmp_path, *arguments):
    result = CliRunner().invoke(group, ["--data", str(tmp_path), "report", "waits", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def figures(tmp_path, *arguments):
    status, output = report(tmp_path, "--json", *arguments)
    assert status == 0, output
    return json.loads(output)


def a_morning(line, staff):
    """Counter 1 takes bills: one before anything is known, five at once, and one with a range."""
    take(line, 2)
    for _ in range(5):
        serve(line, staff, "1")
        take(line, 0.5)
    serve(line, staff, "1")
    line._clock.advance(60)
    first = take(line, 0)
    line.next("1", staff)
    quoted = take(line, 20)
    line.serve(first.ticket, "1", staff)
    line.finish(first.ticket, staff)
    serve(line, staff, "1")
    return quoted


def test_each_quote_is_held_against_the_wait_that_came_of_it(tmp_path, line, ana):
    quoted = a_morning(line, ana)
    low, high = quoted.quote_low, quoted.quote_high
    assert 0 < high < 20
    told = figures(tmp_path, "--day", DAY)
    assert told["day"] == DAY
    assert [(cell["lane"], cell["hour"]) for cell in told["hours"]] == [("bills", 10)]
    # Five were called within a minute of "now" and one after it, and the last waited 20 minutes.
    assert (told["total"]["quoted"], told["total"]["not_known"]) == (7, 1)
    assert told["total"]["over"] == pytest.approx(1 / 7)
    assert told["total"]["under"] == 0
    assert told["total"]["error"] == pytest.approx(0.5)
    assert abs(20 - (low + high) / 2) > 0.5


def test_the_table_has_a_line_an_hour_a_lane_and_all(tmp_path, line, ana, clock):
    a_morning(line, ana)
    clock.moment = MONDAY.replace(hour=19)
    take(line, 10, ASK)
    serve(line, ana, "6")
    status, output = report(tmp_path, "--day", DAY)
    assert status == 0
    rows = [row.split() for row in output.splitlines()[3:]]
    assert [row[:2] for row in rows] == [
        ["bills", "10:00"],
        ["bills", "all"],
        ["help", "13:00"],
        ["help", "all"],
        ["all", "all"],
    ]
    assert rows[0][2:] == ["7", "1", "0.5", "14%", "0%"]
    assert output.splitlines()[5].endswith("nothing was quoted")
    assert "Practice" in output


def test_only_the_called_with_a_known_time_count(tmp_path, line, ana, clock):
    a_morning(line, ana)
    whole = figures(tmp_path, "--day", DAY)
    waiting = take(line, 1)
    left = take(line, 1)
    line.leave(left.ticket, "visitor")
    line.leave(waiting.ticket, "visitor")
    wrong = take(line, 1)
    line.next("1", ana)
    line.void(wrong.ticket, "test", ana)
    unfinished = take(line, 1)
    line.next("1", ana)
    line.serve(unfinished.ticket, "1", ana)
    clock.moment = MONDAY.replace(day=24)
    line.close_past_days()
    assert not line.journal.ticket(unfinished.ticket).time_accurate
    assert figures(tmp_path, "--day", DAY)["total"] == whole["total"]


def test_who_went_on_to_another_lane_counts_for_the_first(tmp_path, line, ana):
    take(line, 3)
    called = line.next("1", ana)
    line.transfer(called.ticket, "help", ana)
    line._clock.advance(3600)
    line.next("6", ana)
    assert [(cell["lane"], cell["hour"]) for cell in figures(tmp_path, "--day", DAY)["hours"]] == [
        ("bills", 10)
    ]


def test_a_day_without_anybody_says_so(tmp_path, line):
    assert report(tmp_path, "--day", "2026-11-20")[1].splitlines()[1] == (
        "Nobody was called on 2026-11-20 whose wait is known."
    )
    assert figures(tmp_path, "--day", "2026-11-20")["total"]["error"] is None


def test_without_a_day_it_is_today(tmp_path, line):
    from kiosk.clock import Clock

    assert figures(tmp_path)["day"] == Clock().day().isoformat()


def test_a_folder_without_a_journal_is_refused_and_stays_empty(tmp_path):
    status, output = report(tmp_path / "nowhere")
    assert status == 2
    assert "there is no journal" in output
    assert not (tmp_path / "nowhere").exists()
