"""What the answers say: statsmodels' figures, and no more than the way people were chosen allows."""

from __future__ import annotations

import math
import warnings
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.survey.interval import Interval, Stratum, difference, weighted, wilson
from kiosk.survey.rates import Dispositions, completion_rate, dispositions, rates
from kiosk.survey.score import AnswerCounts, Cell, changed, clear_gap, score, status

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
    from statsmodels.stats.weightstats import DescrStatsW

SMALL = st.integers(0, 300)
CHANCE = ("systematic 5", "random 20")


@st.composite
def shares(draw: st.DrawFn, least: int = 1) -> tuple[int, int]:
    n = draw(st.integers(least, 400))
    return draw(st.integers(0, n)), n


@st.composite
def strata(draw: st.DrawFn) -> list[Stratum]:
    sampled = draw(st.lists(shares(least=2), min_size=1, max_size=5))
    return [Stratum(draw(st.integers(1, 5000)), *counted) for counted in sampled]


answers = st.builds(AnswerCounts, SMALL, SMALL, SMALL, SMALL, SMALL, SMALL)


def values(counts: AnswerCounts) -> list[int]:
    """Every answer on the scale by itself, as a table of answers would hold it."""
    return [value for value, times in zip((1, 2, 3, 4), counts, strict=False) for _ in range(times)]


def one(counts: AnswerCounts, design: str = "random 20", weight: int = 1000):
    return score([Cell(design, "", weight, counts)])


def agreeing(successes: int, n: int, design: str = "random 20"):
    return one(AnswerCounts(c1=n - successes, c4=successes), design)


class TestWilson:
    @pytest.mark.parametrize(
        ("successes", "n", "low", "high"),
        [
            (0, 8, 0.0, 32.4),
            (8, 8, 67.6, 100.0),
            (9, 10, 59.6, 98.2),
            (45, 50, 78.6, 95.7),
            (180, 200, 85.1, 93.4),
            (7, 20, 18.1, 56.7),
        ],
    )
    def test_published_values(self, successes, n, low, high):
        interval = wilson(successes, n)
        assert (round(interval.low * 100, 1), round(interval.high * 100, 1)) == (low, high)

    @given(shares())
    def test_as_statsmodels(self, share):
        assert wilson(*share) == pytest.approx(proportion_confint(*share, method="wilson"), abs=1e-12)

    @given(shares())
    def test_holds_the_share_and_stays_within_0_and_1(self, share):
        low, high = wilson(*share)
        assert 0 <= low <= share[0] / share[1] <= high <= 1

    @given(st.integers(1, 300))
    def test_rises_with_every_success(self, n):
        intervals = [wilson(successes, n) for successes in range(n + 1)]
        assert all(one.low < two.low and one.high < two.high for one, two in pairwise(intervals))

    @given(shares(), st.integers(2, 50))
    def test_more_answers_are_surer(self, share, times):
        low, high = wilson(*share)
        surer = wilson(share[0] * times, share[1] * times)
        assert surer.high - surer.low < high - low

    def test_nothing_is_known_without_answers(self):
        assert wilson(0, 0) == (0, 1)


class TestWeighted:
    @given(strata())
    def test_share_variance_and_interval_as_statsmodels(self, cells):
        found = weighted(cells)
        whole = sum(cell.weight for cell in cells)
        data = [[1] * cell.successes + [0] * (cell.n - cell.successes) for cell in cells]
        parts = [cell.weight / whole for cell in cells]
        everybody = DescrStatsW(
            [value for some in data for value in some],
            [part / len(some) for part, some in zip(parts, data, strict=True) for _ in some],
        )
        assert found.share == pytest.approx(everybody.mean)
        variance = sum((p * DescrStatsW(some).std_mean) ** 2 for p, some in zip(parts, data, strict=True))
        if variance > 0:
            expected = min(everybody.mean * (1 - everybody.mean) / variance, len(everybody.data))
            assert found.effective == pytest.approx(expected)
        confidence = proportion_confint(found.share * found.effective, found.effective, method="wilson")
        assert found.interval == pytest.approx(confidence, abs=1e-9)

    @given(strata())
    def test_is_never_surer_than_all_its_answers_and_holds_its_share(self, cells):
        found = weighted(cells)
        assert 0 < found.effective <= sum(cell.n for cell in cells)
        assert found.interval.low <= found.share <= found.interval.high

    @given(strata(), st.sampled_from([0.5, 3, 1000]))
    def test_only_the_proportions_of_the_weights_count(self, cells, factor):
        scaled = weighted([cell._replace(weight=cell.weight * factor) for cell in cells])
        assert scaled.interval == pytest.approx(weighted(cells).interval, abs=1e-12)

    def test_all_agree_then_the_weights_alone_tell(self):
        """9 of 10 visitors stand behind 10 answers, so 40 answers are worth Kish's 12."""
        found = weighted([Stratum(90, 10, 10), Stratum(10, 30, 30)])
        assert found.share == 1
        assert found.effective == pytest.approx(1 / (0.9**2 / 10 + 0.1**2 / 30))
        assert found.interval == wilson(found.effective, found.effective)

    def test_strata_that_agree_within_and_differ_between_still_have_an_interval(self):
        found = weighted([Stratum(50, 5, 5), Stratum(50, 0, 5)])
        assert (found.share, found.effective) == (0.5, pytest.approx(10))

    @pytest.mark.parametrize("n", [0, 1])
    def test_a_stratum_of_visitors_with_under_two_answers_is_not_enough(self, n):
        assert weighted([Stratum(90, 40, 50), Stratum(10, n, n)]) is None
        assert weighted([Stratum(90, 40, 50), Stratum(0, n, n)]) is not None
        assert weighted([]) is None

    def test_holds_the_truth_in_95_of_100_samples(self):
        random = Random(7)
        town = [(700, 0.85, 25), (250, 0.6, 30), (50, 0.3, 40)]
        truth = sum(weight * p for weight, p, _ in town) / 1000
        held = 0
        for _ in range(3000):
            cells = [Stratum(weight, sum(random.random() < p for _ in range(n)), n) for weight, p, n in town]
            low, high = weighted(cells).interval
            held += low <= truth <= high
        assert 0.93 <= held / 3000 <= 0.97


class TestDifference:
    @given(shares(), shares())
    def test_as_statsmodels(self, now, before):
        found = difference(now[0] / now[1], wilson(*now), before[0] / before[1], wilson(*before))
        expected = confint_proportions_2indep(*now, *before, method="newcomb", compare="diff")
        assert found == pytest.approx(expected, abs=1e-9)


class TestRates:
    def test_city_of_ramsey(self):
        """Its citizen survey: 463 complete, 2 partial, 1,115 of unknown eligibility make 29 %."""
        found = rates(Dispositions(complete=463, partial=2, refusal=0, noncontact=0, unknown=1115))
        assert found.response_2 == 465 / 1580
        assert round(found.response_2 * 100) == 29
        assert found.response_1 == 463 / 1580

    def test_a_day_at_the_kiosk(self):
        """Of 100 chosen 20 declined; of 60 surveys 40 were completed, 5 half answered, 15 broken off."""
        of = dispositions(selected=100, declined=20, completed=40, abandoned=20, partial=5)
        assert of == Dispositions(complete=40, partial=5, refusal=35, noncontact=20)
        assert rates(of) == (0.40, 0.45, 0.50, 0.35, 0.80)
        assert completion_rate(completed=40, started=60) == 40 / 60

    def test_nobody_has_no_rate(self):
        assert rates(Dispositions(0, 0, 0, 0)) == (None,) * 5
        assert rates(Dispositions(0, 0, 0, 9)) == (0, 0, None, 0, 0)
        assert completion_rate(0, 0) is None

    def test_who_answers_after_midnight_makes_nobody_negative(self):
        assert dispositions(selected=3, declined=1, completed=3, abandoned=0, partial=0).noncontact == 0

    @given(SMALL, SMALL, SMALL, st.tuples(SMALL, SMALL).map(sorted))
    def test_every_visitor_is_counted_once(self, declined, completed, silent, left):
        partial, abandoned = left
        of = dispositions(declined + completed + abandoned + silent, declined, completed, abandoned, partial)
        assert sum(of) == declined + completed + abandoned + silent
        assert of.noncontact == silent
        assert all(rate is None or 0 <= rate <= 1 for rate in rates(of))


class TestScore:
    @given(answers)
    def test_shares_and_mean_are_those_of_the_answers_on_the_scale(self, counts):
        found = one(counts, "everyone")
        data = values(counts)
        assert (found.n, found.na, found.blank) == (len(data), counts.na, counts.skipped)
        if not data:
            assert (found.agree, found.strongly, found.mean, found.mean_100) == (None,) * 4
            return
        assert found.agree == sum(value >= 3 for value in data) / len(data)
        assert found.strongly == data.count(4) / len(data)
        assert found.mean == pytest.approx(DescrStatsW(data).mean)
        assert found.mean_100 == pytest.approx((DescrStatsW(data).mean - 1) / 3 * 100)
        assert found.na_share == counts.na / (counts.na + len(data))

    @given(
        st.lists(answers, min_size=1, max_size=4), st.sampled_from(["", "everyone", *CHANCE]), SMALL, SMALL
    )
    def test_not_applicable_and_blank_change_no_share(self, some, design, na, blank):
        cells = [Cell(design, f"lane {n}", 10, counts) for n, counts in enumerate(some)]
        more = [
            cell._replace(
                counts=cell.counts._replace(na=cell.counts.na + na, skipped=cell.counts.skipped + blank)
            )
            for cell in cells
        ]
        before, after = score(cells), score(more)
        names = ("agree", "strongly", "mean", "interval", "basis")
        assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
        assert after.na == before.na + na * len(some)
        assert after.blank == before.blank + blank * len(some)

    def test_not_applicable_is_not_zero(self):
        """The average of 4 and N/A is 4, as is told of a tool that says 2."""
        found = one(AnswerCounts(c4=1, na=1))
        assert (found.mean, found.agree, found.n, found.na, found.blank) == (4, 1, 1, 1, 0)

    def test_a_blank_is_not_not_applicable(self):
        found = one(AnswerCounts(c4=1, skipped=3))
        assert (found.na, found.blank, found.na_share) == (0, 3, 0)

    @given(answers, st.sampled_from(CHANCE))
    def test_a_sample_has_wilsons_interval(self, counts, design):
        found = one(counts, design)
        assert found.basis == "probability"
        assert not found.weighted
        if counts.n:
            assert found.interval == wilson(counts.c3 + counts.c4, counts.n)
        else:
            assert found.interval is None

    def test_the_lanes_of_a_sample_that_is_not_stratified_are_one_sample(self):
        lanes = [Cell("systematic 5", lane, 100, AnswerCounts(c1=1, c3=9)) for lane in ("bills", "permits")]
        assert score(lanes) == one(AnswerCounts(c1=2, c3=18), "systematic 5")

    @pytest.mark.parametrize(
        ("designs", "basis"),
        [
            ((), "none"),
            (("everyone",), "census"),
            (("",), "self_selected"),
            (("everyone", "random 20"), "mixed"),
            (("", "systematic 5"), "mixed"),
            (("by the moon",), "mixed"),
            (("systematic 5", "systematic 10", "random 20"), "probability"),
        ],
    )
    def test_only_chance_gives_an_interval(self, designs, basis):
        found = score([Cell(design, "", 100, AnswerCounts(2, 3, 10, 20)) for design in designs])
        assert found.basis == basis
        assert (found.interval is not None) == (basis == "probability")
        assert found.n == 35 * len(designs)
        if designs:
            assert found.agree == pytest.approx(30 / 35)

    @given(st.lists(st.tuples(st.integers(1, 5000), answers), min_size=1, max_size=4))
    def test_strata_count_by_their_visitors(self, lanes):
        assume(all(counts.n >= 2 for _, counts in lanes))
        design = "stratified bills 50 self_service 10"
        found = score(Cell(design, f"lane {n}", weight, counts) for n, (weight, counts) in enumerate(lanes))
        data = [value for _, counts in lanes for value in values(counts)]
        weights = [weight / counts.n for weight, counts in lanes for _ in range(counts.n)]
        assert found.weighted
        assert found.mean == pytest.approx(DescrStatsW(data, weights).mean)
        assert found.agree == pytest.approx(DescrStatsW([value >= 3 for value in data], weights).mean)
        assert found.strongly == pytest.approx(DescrStatsW([value == 4 for value in data], weights).mean)
        cells = [Stratum(weight, counts.agreeing, counts.n) for weight, counts in lanes]
        assert found.interval == weighted(cells).interval
        assert found.counts == tuple(map(sum, zip(*(counts for _, counts in lanes), strict=True)))

    def test_a_busy_lane_asked_rarely_weighs_what_it_is(self):
        """Half of the few were asked and are unhappy, a tenth of the many and are happy: 90 of 100 agree."""
        design = "stratified bills 50 self_service 10"
        found = score(
            [
                Cell(design, "bills", 100, AnswerCounts(c1=50)),
                Cell(design, "self_service", 900, AnswerCounts(c4=90)),
            ]
        )
        assert found.agree == 0.9
        assert found.mean == pytest.approx(0.1 * 1 + 0.9 * 4)
        assert (found.counts.c1, found.counts.c4, found.n) == (50, 90, 140)

    def test_several_designs_count_by_their_visitors_too(self):
        found = score(
            [
                Cell("systematic 2", "bills", 60, AnswerCounts(c1=30)),
                Cell("systematic 2", "permits", 40, AnswerCounts(c1=20)),
                Cell("random 10", "", 900, AnswerCounts(c4=90)),
            ]
        )
        assert (found.agree, found.weighted, found.basis) == (0.9, True, "probability")

    def test_one_answer_of_a_stratum_gives_a_share_without_an_interval_and_none_no_share(self):
        design = "stratified bills 50 permits 50"
        bills = Cell(design, "bills", 50, AnswerCounts(c4=9, c1=1))
        single = score([bills, Cell(design, "permits", 50, AnswerCounts(c1=1))])
        assert (single.agree, single.interval) == (0.45, None)
        silent = score([bills, Cell(design, "permits", 50, AnswerCounts(na=3))])
        assert (silent.agree, silent.mean, silent.interval, silent.n, silent.na) == (None, None, None, 10, 3)
        assert status(single, 0.9) == status(silent, 0.9) == "not_enough"

    def test_everybody_who_says_not_applicable_leaves_no_share(self):
        found = one(AnswerCounts(na=12))
        assert (found.basis, found.agree, found.interval, found.na_share) == ("probability", None, None, 1)


class TestStatus:
    @pytest.mark.parametrize(
        ("successes", "n", "target", "judged"),
        [
            (180, 200, 0.85, "on_target"),
            (180, 200, 0.90, "not_enough"),
            (7, 20, 0.90, "below_target"),
            (8, 8, 0.90, "not_enough"),
            (0, 8, 0.90, "below_target"),
            (45, 50, 0.0, "no_target"),
        ],
    )
    def test_a_sample_is_judged_by_its_whole_interval(self, successes, n, target, judged):
        assert status(agreeing(successes, n), target) == judged

    def test_a_census_is_judged_as_if_chance_had_chosen_who_answered(self):
        assert status(agreeing(190, 200, "everyone"), 0.85) == "on_target"
        assert status(agreeing(17, 20, "everyone"), 0.85) == "not_enough"
        assert status(agreeing(7, 20, "everyone"), 0.85) == "below_target"
        assert status(agreeing(0, 9, "everyone"), 0.85) == "not_enough"
        assert status(agreeing(0, 9, "everyone"), 0.85, minimum=9) == "below_target"
        assert agreeing(190, 200, "everyone").interval is None

    def test_people_who_chose_to_answer_are_never_judged(self):
        assert status(agreeing(0, 500, ""), 0.85) == "no_judgement"
        assert clear_gap(agreeing(0, 500, ""), 0.85) == 0

    def test_nothing_and_designs_that_do_not_go_together_are_not_enough(self):
        both = [Cell(design, "", 100, AnswerCounts(c4=100)) for design in ("everyone", "random 20")]
        assert status(score([]), 0.85) == status(score(both), 0.85) == "not_enough"

    def test_a_target_in_percent_is_refused(self):
        with pytest.raises(ValueError, match=r"85 % is 0\.85"):
            status(agreeing(1, 2), 85)

    @given(shares(), st.floats(0.01, 1))
    def test_the_gap_is_what_even_the_high_end_lacks(self, share, target):
        found = agreeing(*share)
        gap = clear_gap(found, target)
        assert (gap > 0) == (status(found, target) == "below_target")
        assert gap == pytest.approx(
            max(0.0, target - proportion_confint(*share, method="wilson")[1]), abs=1e-9
        )

    def test_the_gap_of_a_census_is_as_clear_as_that_of_a_sample(self):
        assert clear_gap(agreeing(7, 20, "everyone"), 0.85) == clear_gap(agreeing(7, 20), 0.85) > 0
        assert clear_gap(agreeing(1, 9, "everyone"), 0.85) == 0

    @given(st.integers(1, 200), st.floats(0.01, 1), st.sampled_from(["random 20", "everyone"]))
    def test_one_more_who_agrees_never_makes_it_worse(self, n, target, design):
        order = ["below_target", "not_enough", "on_target"]
        judged = [order.index(status(agreeing(yes, n, design), target)) for yes in range(n + 1)]
        assert judged == sorted(judged)
        gaps = [clear_gap(agreeing(yes, n, design), target) for yes in range(n + 1)]
        assert gaps == sorted(gaps, reverse=True)


class TestChanged:
    @given(shares(), shares())
    def test_two_samples_as_statsmodels(self, now, before):
        low, high = confint_proportions_2indep(*now, *before, method="newcomb", compare="diff")
        assume(min(abs(low), abs(high)) > 1e-9)
        expected = "up" if low > 0 else "down" if high < 0 else "no clear change"
        assert changed(agreeing(*now), agreeing(*before)) == expected

    def test_weighted_samples_are_compared_too(self):
        design = "stratified bills 50 permits 50"
        low, high = (
            score(
                Cell(design, lane, 100, AnswerCounts(c1=100 - yes, c3=yes)) for lane in ("bills", "permits")
            )
            for yes in (60, 90)
        )
        assert (changed(high, low), changed(low, high), changed(low, low)) == (
            "up",
            "down",
            "no clear change",
        )

    def test_a_census_changes_when_chance_does_not_explain_it(self):
        some, more = agreeing(100, 200, "everyone"), agreeing(160, 200, "everyone")
        assert changed(agreeing(16, 20, "everyone"), agreeing(15, 20, "everyone")) == "no clear change"
        assert (changed(more, some), changed(some, more), changed(some, some)) == (
            "up",
            "down",
            "no clear change",
        )
        assert changed(more, agreeing(9, 9, "everyone")) == ""

    @pytest.mark.parametrize("design", ["", "everyone"])
    def test_different_ways_of_asking_are_not_compared(self, design):
        assert changed(agreeing(45, 50), agreeing(5, 50, design)) == ""
        assert changed(agreeing(5, 50, design), agreeing(45, 50)) == ""
        assert changed(agreeing(45, 50, ""), agreeing(5, 50, "")) == ""
        assert changed(agreeing(45, 50), score([])) == ""


def test_an_interval_is_a_pair_of_shares():
    low, high = agreeing(45, 50).interval
    assert Interval(low, high) == wilson(45, 50)
    assert math.isclose(low, 0.786, abs_tol=5e-4)
