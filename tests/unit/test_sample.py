"""Who is selected: exactly what the method says, decided by the seed and the number alone."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Sampling
from kiosk.survey.sample import chosen, start

SEEDS = [f"{number:032x}" for number in (1, 7, 2026, 2**100 + 3)]
seeds = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")


def share(sampling: Sampling, seed: str, stratum: str = "bills", count: int = 4000) -> float:
    return sum(chosen(sampling, seed, number, stratum) for number in range(count)) / count


def within(found: float, percent: int, count: int = 4000) -> bool:
    """Whether a share lies where 99.99 % of the binomial ones do."""
    expected = percent / 100
    return abs(found - expected) <= 3.9 * sqrt(expected * (1 - expected) / count)


@given(seeds, st.integers(0, 10**9))
def test_everyone_is_everyone(seed: str, number: int) -> None:
    assert chosen(Sampling(), seed, number, "bills")


@given(seeds, st.integers(1, 50), st.integers(1, 300))
def test_systematic_takes_exactly_every_nth_from_a_start_the_seed_draws(
    seed: str, every: int, count: int
) -> None:
    sampling = Sampling("systematic", every=every)
    selected = [number for number in range(count) if chosen(sampling, seed, number, "bills")]
    assert 0 <= start(seed, every) < every
    assert selected == list(range(start(seed, every), count, every))


def test_every_start_comes_up() -> None:
    """And none much more often than another: over 5,000 days each of 5 about 1,000 times."""
    starts = [start(f"{day:032x}", 5) for day in range(5000)]
    assert all(within(starts.count(number) / 5000, 20, 5000) for number in range(5))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("percent", [1, 20, 50, 99])
def test_random_keeps_within_its_binomial_bounds(seed: str, percent: int) -> None:
    assert within(share(Sampling("random", percent=percent), seed), percent)


def test_all_or_nobody_by_chance() -> None:
    assert share(Sampling("random", percent=100), SEEDS[0]) == 1
    assert share(Sampling("random", percent=0), SEEDS[0]) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_stratified_goes_by_the_rate_of_each_stratum(seed: str) -> None:
    """A stratum that is not named is not sampled."""
    sampling = Sampling("stratified", rates={"bills": 50, "self_service": 10, "all": 100})
    assert within(share(sampling, seed, "bills"), 50)
    assert within(share(sampling, seed, "self_service"), 10)
    assert share(sampling, seed, "all") == 1
    assert share(sampling, seed, "court") == 0


@given(seeds, st.integers(0, 10**6), st.sampled_from(["bills", "self_service"]))
def test_the_same_seed_and_number_decide_the_same(seed: str, number: int, stratum: str) -> None:
    sampling = Sampling("stratified", rates={"bills": 50, "self_service": 10})
    assert chosen(sampling, seed, number, stratum) == chosen(sampling, seed, number, stratum)


def test_another_seed_selects_others() -> None:
    sampling = Sampling("random", percent=50)
    first, second = ([chosen(sampling, seed, number, "bills") for number in range(200)] for seed in SEEDS[:2])
    assert first != second
