"""Counts of few people are left out, and nobody can work them out from what is left."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from kiosk.survey.cells import Place, held_back, held_back_table, total_held_back

TELLING = st.sampled_from([0, 0, 1, 1, 2, 3, 5, 9, 10, 11, 25, 60, 300])


@st.composite
def tables(draw: st.DrawFn) -> dict[str, dict[str, int]]:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return {f"r{i}": {f"c{j}": draw(TELLING) for j in range(columns)} for i in range(rows)}


def totals(table: dict[str, dict[str, int]]) -> dict[Place, int]:
    """Every number of a published table."""
    rows, columns = [*table, None], [*next(iter(table.values()), {}), None]
    return {
        (row, column): sum(
            table[r][c] for r in table for c in table[r] if row in (r, None) and column in (c, None)
        )
        for row, column in product(rows, columns)
    }


def worked_out(table: dict[str, dict[str, int]], held: set[Place]) -> set[Place]:
    """What a reader finds out who solves the table: places of one value. Linear programs, not our way."""
    numbers = totals(table)
    unknown = sorted(held, key=str)
    known = [place for place in numbers if place not in held]
    rows, right = [], []
    for place in numbers:
        if None not in place:
            continue
        row, column = place
        # A total is the sum over whichever of its two sides is missing; that of everybody twice.
        if column is None:
            rows.append([(p, 1) for p in numbers if p[0] == row and p[1] is not None] + [(place, -1)])
        if row is None:
            rows.append([(p, 1) for p in numbers if p[1] == column and p[0] is not None] + [(place, -1)])
    matrix = []
    for terms in rows:
        matrix.append([sum(sign for p, sign in terms if p == u) for u in unknown])
        right.append(-sum(sign * numbers[p] for p, sign in terms if p in known))
    found = set()
    for index, place in enumerate(unknown):
        ends = []
        for sign in (1, -1):
            goal = [sign if n == index else 0 for n in range(len(unknown))]
            solved = linprog(goal, A_eq=matrix, b_eq=right, bounds=(1, 10_000), method="highs")
            assert solved.status == 0, solved.message
            ends.append(sign * solved.fun)
        if ends[1] - ends[0] < 0.5:
            found.add(place)
    return found


class TestOneTotal:
    def test_enough_everywhere_nothing_is_left_out(self):
        assert held_back({"English": 120, "Spanish": 40, "Farsi": 0}) == set()

    def test_one_small_count_takes_the_next_smallest_along(self):
        assert held_back({"English": 120, "Spanish": 40, "Farsi": 3, "Thai": 0}) == {"Farsi", "Spanish"}

    def test_two_small_ones_of_fewer_than_ten_together_take_a_third(self):
        assert held_back({"a": 3, "b": 4, "c": 80, "d": 30}) == {"a", "b", "d"}
        assert held_back({"a": 3, "b": 7, "c": 80}) == {"a", "b"}

    def test_a_count_alone_is_its_total(self):
        assert held_back({"a": 3, "b": 0}) == {"a"}
        assert total_held_back({"a": 3, "b": 0})
        assert not total_held_back({"a": 30, "b": 0})
        assert not total_held_back({"a": 3, "b": 40})
        assert held_back({}) == set()
        assert not total_held_back({"a": 0})

    def test_ten_single_visitors_are_known_by_their_total(self):
        """Noughts are published, so that ten counts with ten visitors can only be one each."""
        singles = {f"service {n}": 1 for n in range(10)}
        assert total_held_back(singles)
        assert held_back(singles | {"busy": 50}) == {*singles, "busy"}
        assert not total_held_back(singles | {"busy": 50})

    @given(
        st.dictionaries(st.text("abcdef", min_size=1, max_size=2), TELLING, max_size=8), st.integers(2, 15)
    )
    def test_what_is_left_out_has_more_than_one_possible_value(self, counts, limit):
        held = held_back(counts, limit)
        assert held >= {name for name, count in counts.items() if 0 < count < limit}
        assert all(counts[name] for name in held)
        if not held:
            return
        hidden = sum(counts.values()) - sum(count for name, count in counts.items() if name not in held)
        known = not (len(held) >= 2 and hidden >= limit and hidden - len(held) > 0)
        assert total_held_back(counts, limit) == known
        # A total that can be published only fails where single visitors fill it.
        if known and sum(counts.values()) >= limit:
            assert set(counts.values()) <= {0, 1}

    @given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), TELLING, max_size=8))
    def test_no_more_is_left_out_than_needed(self, counts):
        held = held_back(counts)
        small = {name for name in held if counts[name] < 10}
        extra = held - small
        assert len(extra) <= 1
        assert bool(held) == bool(small)


class TestTable:
    def test_enough_everywhere_nothing_is_left_out(self):
        assert held_back_table({"a": {"x": 10, "y": 0}, "b": {"x": 30, "y": 50}}) == set()
        assert held_back_table({}) == set()

    def test_one_small_cell_takes_a_square_of_the_cheapest(self):
        table = {
            "bills": {"en": 3, "es": 20, "zh": 90},
            "permits": {"en": 30, "es": 25, "zh": 95},
            "trash": {"en": 400, "es": 500, "zh": 600},
        }
        assert held_back_table(table) == set(product(("bills", "permits"), ("en", "es")))

    def test_a_row_of_few_people_loses_its_total_too(self):
        table = {"a": {"x": 3, "y": 2}, "b": {"x": 50, "y": 60}, "c": {"x": 70, "y": 80}}
        held = held_back_table(table)
        assert {("a", "x"), ("a", "y"), ("a", None), ("b", None)} <= held
        assert ("c", None) not in held
        assert (None, None) not in held
        assert worked_out(table, held) == set()

    def test_the_small_cells_alone_would_be_worked_out(self):
        """The test's own reader: it finds the number that a subtraction gives away."""
        table = {"a": {"x": 3, "y": 20}, "b": {"x": 30, "y": 25}}
        assert worked_out(table, {("a", "x")}) == {("a", "x")}
        assert worked_out(table, {("a", "x"), ("a", "y")}) == {("a", "x"), ("a", "y")}
        assert worked_out(table, set(product("ab", "xy"))) == set()

    def test_a_cell_between_two_squares_is_not_given_away(self):
        """Each line holds back two or more, and still the sums of three lines together betray ("c", "z")."""
        table = {
            "a": {"w": 5, "x": 8, "y": 70, "z": 70},
            "b": {"w": 8, "x": 5, "y": 70, "z": 70},
            "c": {"w": 70, "x": 8, "y": 70, "z": 70},
            "d": {"w": 70, "x": 70, "y": 8, "z": 8},
            "e": {"w": 70, "x": 70, "y": 8, "z": 8},
        }
        small = {(row, column) for row in table for column, count in table[row].items() if count < 10}
        assert ("c", "x") in worked_out(table, small)
        assert worked_out(table, held_back_table(table)) == set()

    def test_single_visitors_that_fill_their_totals_take_the_total_of_everybody(self):
        """Twelve rows of one visitor each: with any of the totals all of them would be known."""
        singles = {f"row {n}": {"x": 1} for n in range(12)}
        assert held_back_table(singles) == set(totals(singles))

    def test_columns_that_a_row_lacks_are_nought(self):
        whole = {"a": {"x": 3, "y": 0}, "b": {"x": 40, "y": 50}}
        assert held_back_table({"a": {"x": 3}, "b": whole["b"]}) == held_back_table(whole)

    @settings(max_examples=40, deadline=None)
    @given(tables())
    def test_nothing_left_out_can_be_worked_out(self, table):
        numbers = totals(table)
        held = held_back_table(table)
        assert held >= {place for place, number in numbers.items() if 0 < number < 10}
        assert all(numbers[place] for place in held)
        assert worked_out(table, held) == set()

    @given(tables())
    def test_no_published_total_gives_away_a_sum_of_few(self, table):
        numbers, held = totals(table), held_back_table(table)
        for row in table:
            hidden = [numbers[place] for place in held if place[0] == row and place[1] is not None]
            assert (row, None) in held or not hidden or (len(hidden) >= 2 and sum(hidden) >= 10)
        for column in next(iter(table.values())):
            hidden = [numbers[place] for place in held if place[1] == column and place[0] is not None]
            assert (None, column) in held or not hidden or (len(hidden) >= 2 and sum(hidden) >= 10)

    @given(tables())
    def test_the_total_of_everybody_goes_only_when_it_must(self, table):
        numbers, held = totals(table), held_back_table(table)
        if (None, None) in held:
            cells = [number for place, number in numbers.items() if None not in place and number]
            assert sum(cells) < 10 or set(cells) == {1}
