"""What quoted waits were worth, on rows counted by hand."""

from __future__ import annotations

import pytest

from kiosk.tickets.score import Cell, Row, over, score, under

ROWS = [
    Row("help", 9, 0, 0, 45),  # now, and it was
    Row("bills", 9, 5, 15, 12 * 60),  # 2 minutes from the middle
    Row("bills", 9, 5, 15, 16 * 60),  # over, 6 minutes
    Row("bills", 10, 20, 30, 19 * 60),  # under, 6 minutes
    Row("bills", 10, None, None, 7 * 60),
    Row("bills", 10, 20, 30, 26 * 60),  # 1 minute
    Row("bills", 11, None, None, 30 * 60),
    Row("bills", 11, 5, 10, 9000, accurate=False),
]


def test_by_lane_and_hour_by_lane_and_in_total():
    scored = score(ROWS)
    assert scored.hours == {
        ("bills", 9): Cell(2, 0, 4.0, 0.5, 0.0),
        ("bills", 10): Cell(2, 1, 3.5, 0.0, 0.5),
        ("bills", 11): Cell(0, 1, None, None, None),
        ("help", 9): Cell(1, 0, 0.75, 0.0, 0.0),
    }
    assert list(scored.hours) == [("bills", 9), ("bills", 10), ("bills", 11), ("help", 9)]
    assert scored.lanes == {"bills": Cell(4, 2, 4.0, 0.25, 0.25), "help": Cell(1, 0, 0.75, 0.0, 0.0)}
    assert scored.total == Cell(5, 2, 2.0, 0.2, 0.2)


def test_without_anybody_there_is_no_figure_rather_than_a_good_one():
    nobody = score([])
    assert (nobody.hours, nobody.lanes) == ({}, {})
    assert nobody.total == Cell(0, 0, None, None, None)
    assert score([Row("bills", 9, 5, 10, 60, accurate=False)]) == nobody


@pytest.mark.parametrize(
    ("low", "high", "waited", "verdict"),
    [
        (5, 15, 300, (False, False)),
        (5, 15, 299, (True, False)),
        (5, 15, 900, (False, False)),
        (5, 15, 901, (False, True)),
        (0, 0, 0, (False, False)),
        (0, 0, 60, (False, False)),
        (0, 0, 61, (False, True)),
    ],
)
def test_both_ends_belong_to_the_range_and_now_is_within_a_minute(low, high, waited, verdict):
    assert (under(low, waited), over(high, waited)) == verdict


def test_hours_after_midnight_stay_behind_the_evening():
    late = [Row("bills", hour, 5, 15, 600) for hour in (22, 23, 0, 1)]
    assert [hour for _, hour in score(late).hours] == [22, 23, 0, 1]
