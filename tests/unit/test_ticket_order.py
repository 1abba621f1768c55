"""Who is called next, and which number a ticket gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.tickets.codes import next_code, numbers, typed_code, within
from kiosk.tickets.order import call_order, streak
from tests.unit.test_ticket_fold import Story

ONE = Story().ticket()


def queue(kinds: str):
    """Waiting tickets in order of arrival: p with priority, n without."""
    return [
        ONE._replace(ticket=f"{n}", arrival=f"{n:04}", priority="booked" if kind == "p" else "")
        for n, kind in enumerate(kinds)
    ]


def called(waiting, streak=0, in_a_row=2):
    return "".join("p" if ticket.priority else "n" for ticket in call_order(waiting, streak, in_a_row))


def test_by_arrival_with_priority_first_and_two_in_a_row_at_most():
    assert called(queue("nnnpppp")) == "ppnppnn"
    assert called(queue("nnnpppp"), streak=2) == "nppnppn"
    assert called(queue("nnn")) == "nnn"
    assert called(queue("pp"), streak=9) == "pp"


@given(st.text("pn", max_size=30), st.integers(0, 5), st.integers(1, 4))
def test_priority_is_bounded_and_within_its_kind_everybody_keeps_their_place(kinds, before, in_a_row):
    ordered = call_order(queue(kinds), before, in_a_row)
    assert sorted(ticket.ticket for ticket in ordered) == sorted(ticket.ticket for ticket in queue(kinds))
    for kind in ("booked", ""):
        arrivals = [ticket.arrival for ticket in ordered if ticket.priority == kind]
        assert arrivals == sorted(arrivals)
    row, others = before, kinds.count("n")
    for ticket in ordered:
        if ticket.priority:
            row += 1
            assert row <= max(in_a_row, 1) or not others
        else:
            row, others = 0, others - 1


@given(st.text("pn", max_size=30), st.integers(0, 5))
def test_calling_one_by_one_keeps_the_order_that_was_shown(kinds, before):
    waiting, row, one_by_one = queue(kinds), before, []
    while waiting:
        head = call_order(waiting, row)[0]
        one_by_one.append(head)
        waiting.remove(head)
        row = row + 1 if head.priority else 0
    assert one_by_one == call_order(queue(kinds), before)


def test_a_streak_is_counted_from_the_latest_call():
    assert streak(queue("ppnp")) == 2
    assert streak(queue("npp")) == 0
    assert streak([]) == 0


def test_codes_follow_one_another_and_begin_again_at_the_first_that_is_free():
    assert next_code("B", [(100, 999)], []) == "B100"
    assert next_code("B", [(100, 999)], ["B100", "B101"]) == "B102"
    assert next_code("B", [(100, 102)], ["B101", "B102"]) == "B100"
    assert next_code("B", [(100, 102)], ["B100", "B101", "B102"]) is None
    # A number of another machine's range says nothing about ours.
    assert next_code("B", [(500, 509)], ["B100", "B107"]) == "B500"


def test_block_follows_block():
    blocks = [(100, 101), (300, 301)]
    codes = []
    while (code := next_code("B", blocks, codes)) is not None:
        codes.append(code)
    assert codes == ["B100", "B101", "B300", "B301"]
    assert next_code("B", blocks, ["B300", "B301"]) == "B100"
    assert next_code("B", [], []) is None


@given(
    st.lists(st.integers(100, 119), unique=True),
    st.lists(st.tuples(st.integers(100, 119), st.integers(0, 9)), max_size=3),
)
def test_a_code_that_is_taken_is_never_given_out(taken, blocks):
    own = [(first, min(first + length, 119)) for first, length in blocks]
    code = next_code("B", own, [f"B{number}" for number in taken])
    free = {number for first, last in own for number in range(first, last + 1)} - set(taken)
    assert (code is None) == (not free)
    assert code is None or int(code[1:]) in free


@pytest.mark.parametrize("typed", ["B104", "b104", " b-104 ", "B 1 0 4", "B104", "b.104", "B١٠٤"])
def test_a_code_is_read_in_whatever_way_it_is_typed(typed):
    assert typed_code(typed) == "B104"


@pytest.mark.parametrize("typed", ["", "104", "B10", "B1045", "BB104", "B10x", "²104"])
def test_what_is_no_code_is_none(typed):
    assert typed_code(typed) is None


def test_a_machine_gives_out_its_own_share_of_a_lanes_numbers():
    assert numbers("100-499") == (100, 499)
    assert within((100, 999), [(500, 599), (100, 199)]) == [(500, 599), (100, 199)]
    assert within((150, 550), [(500, 599), (100, 199)]) == [(500, 550), (150, 199)]
    assert within((100, 199), [(200, 299)]) == []


@pytest.mark.parametrize("text", ["", "100", "499-100", "1-5", "100-4999", "a-b"])
def test_a_range_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="100-499"):
        numbers(text)
