"""How long it may take: a range that grows with the line, "now", or nothing while nothing is known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.tickets.estimate import (
    Quote,
    Situation,
    estimate,
    gamma_quantile,
    gamma_share,
    learned,
    remaining,
    rounded,
)
from tests.bench.hall import Hall, simulated
from tests.bench.waits import middle, range_held, ranged

TEN_MINUTES = (300.0, 900.0, 600.0, 450.0, 750.0) * 8
BUSY = Situation(ahead=4, desks=2, free=0, in_progress=(200.0, 400.0), handled=TEN_MINUTES)

durations = st.floats(1, 4 * 3600)


@st.composite
def situations(draw):
    free = draw(st.integers(0, 4))
    there = draw(st.lists(st.floats(0, 4 * 3600), max_size=6))
    desks = draw(st.one_of(st.integers(1, 8).map(float), st.sampled_from([0.33, 0.5, 1.5, 2.5])))
    handled = draw(st.lists(durations, min_size=5, max_size=60))
    return Situation(draw(st.integers(0, 500)), desks, free, tuple(there), tuple(handled))


def ends(situation):
    quote = estimate(situation)
    return quote.low, quote.high


def test_five_ahead_at_two_counters_of_ten_minutes():
    low, high = ends(BUSY)
    assert low < 5 * 10 / 2 < high
    assert (low, high) == (20, 40)


def test_nothing_is_said_below_five_visitors_or_without_a_counter():
    assert estimate(replace(BUSY, handled=TEN_MINUTES[:4])) is None
    assert estimate(replace(BUSY, handled=TEN_MINUTES[:5])) is not None
    assert estimate(replace(BUSY, desks=0, in_progress=())) is None
    assert estimate(replace(BUSY, desks=0, free=1, ahead=0)) is None


def test_now_when_somebody_is_free_and_nobody_ahead_even_on_the_first_day():
    assert estimate(replace(BUSY, ahead=0, free=1)) == Quote(0, 0)
    assert estimate(Situation(0, 3, 3, (), ())) == Quote(0, 0)
    assert estimate(replace(BUSY, ahead=1, free=1)).high > 0
    assert estimate(replace(BUSY, ahead=0)).high > 0


@given(situations(), st.integers(1, 50))
def test_more_people_ahead_never_make_the_wait_shorter(situation, more):
    low, high = ends(situation)
    later_low, later_high = ends(replace(situation, ahead=situation.ahead + more))
    assert later_low >= low
    assert later_high >= high


@given(situations(), st.floats(0.25, 4))
def test_more_counters_never_make_the_wait_longer(situation, more):
    low, high = ends(situation)
    sooner_low, sooner_high = ends(replace(situation, desks=situation.desks + more))
    assert sooner_low <= low
    assert sooner_high <= high


@given(situations())
def test_a_range_is_whole_kind_minutes_and_never_one_number(situation):
    quote = estimate(situation)
    if situation.free and not situation.ahead:
        assert quote == Quote(0, 0)
        return
    assert 0 <= quote.low < quote.high
    for minutes in (quote.low, quote.high):
        assert minutes % (1 if minutes < 10 else 5 if minutes < 60 else 10) == 0


def test_minutes_are_rounded_as_a_person_would_say_them():
    said = [(0.2, 3.1), (3.4, 3.6), (4.4, 11), (12.6, 31), (41, 62), (58, 58.5), (71, 146)]
    assert [rounded(*minutes) for minutes in said] == [
        Quote(*quote) for quote in [(0, 4), (3, 4), (4, 15), (15, 35), (40, 70), (60, 70), (70, 150)]
    ]


def test_a_slower_day_is_learned_and_one_forgotten_key_is_not():
    usual = learned((600.0,) * 200)[0]
    slow = learned((600.0,) * 160 + (900.0,) * 40)[0]
    assert usual == pytest.approx(600)
    assert 690 < slow < 780
    forgotten = learned((600.0,) * 199 + (4 * 3600.0,))[0]
    assert forgotten < 1.12 * usual


def test_who_was_just_called_will_take_longer_than_who_is_about_to_end():
    fresh = estimate(replace(BUSY, ahead=0, in_progress=(0.0, 0.0)))
    old = estimate(replace(BUSY, ahead=0, in_progress=(500.0, 500.0)))
    assert (fresh.low, fresh.high) > (old.low, old.high)


@given(st.floats(0, 1e6), st.floats(1, 1e4), st.floats(0.4, 1.2))
def test_what_is_left_of_a_visit_stays_within_two_usual_ones(taken, mean, variation):
    assert 0 <= remaining(taken, mean, variation) <= 2 * mean


def test_what_is_left_of_a_log_normal_visit():
    # E[X | X > 1] - 1 of a log-normal of mean 1 and variation 0.8, by numeric integration.
    spread = math.sqrt(math.log1p(0.64))
    steps = [1 + (number + 0.5) / 500 for number in range(50_000)]
    density = [math.exp(-((math.log(x) + spread**2 / 2) ** 2) / 2 / spread**2) / x for x in steps]
    excess = sum(d * (x - 1) for d, x in zip(density, steps, strict=True)) / sum(density)
    assert remaining(720, 720, 0.8) == pytest.approx(720 * excess, rel=1e-3)


@pytest.mark.parametrize(
    ("share", "freedom", "chi_square"),
    [
        (0.5, 1, 0.454936423119572),
        (0.9, 2, 4.605170185988092),
        (0.1, 10, 4.865182051925328),
        (0.95, 10, 18.307038053275146),
        (0.9, 100, 118.498003811062),
    ],
)
def test_gamma_quantiles_are_those_of_the_chi_square_tables(share, freedom, chi_square):
    assert 2 * gamma_quantile(share, freedom / 2) == pytest.approx(chi_square, rel=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.1, 500))
def test_a_gamma_quantile_is_where_its_share_lies(share, shape):
    assert gamma_share(gamma_quantile(share, shape), shape) == pytest.approx(share, abs=1e-9)


def test_most_ranges_hold_on_days_with_a_counter_away_at_noon():
    run = simulated(Hall(), seeds=[9], days=6)
    held = range_held(quoted := ranged(run.visitors))
    assert held.people > 300
    assert 0.7 <= held.covered <= 0.9
    assert held.over <= 0.17
    distance = sum(abs(one.waited - middle(one)) for one in quoted)
    assert distance < sum(abs(one.waited - one.last) for one in quoted)


def test_the_same_seed_gives_the_same_days():
    first, second = (simulated(Hall(), seeds=[3], days=1) for _ in range(2))
    assert first == second
    assert first != simulated(Hall(), seeds=[4], days=1)
