"""What fits on a screen of any size from 55x18 up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.metrics import measure

WIDTHS, HEIGHTS = st.integers(55, 260), st.integers(18, 90)
LIST = 6
"""Rows that a list with a pager needs: one item and the pager."""
HEADING = 1


@given(WIDTHS, HEIGHTS, st.booleans())
def test_every_size_leaves_room_for_a_list_under_its_heading(width: int, height: int, drawn: bool) -> None:
    metrics = measure(width, height, drawn)
    assert metrics.body - max(metrics.heading, HEADING) - metrics.gap >= LIST
    assert metrics.inner == width - 2 * metrics.margin


@given(WIDTHS, HEIGHTS, st.booleans())
def test_bars_air_and_body_fill_the_screen(width: int, height: int, drawn: bool) -> None:
    metrics = measure(width, height, drawn)
    assert metrics.top + metrics.body + 2 * metrics.air + 3 + metrics.below == height


@given(WIDTHS, HEIGHTS)
def test_columns_hold_a_target_each_and_four_fit_into_the_bar(width: int, height: int) -> None:
    metrics = measure(width, height)
    for columns in (metrics.columns, 4):
        assert (metrics.inner - (columns - 1) * metrics.gutter) // columns >= 12


@given(WIDTHS, HEIGHTS, st.integers(0, 40), st.integers(0, 20))
def test_a_larger_screen_never_shows_less(width: int, height: int, more: int, higher: int) -> None:
    small, large = measure(width, height), measure(width + more, height + higher)
    assert small.columns <= large.columns
    assert small.heading <= large.heading


@pytest.mark.parametrize(
    ("size", "top", "gap", "columns", "margin"),
    [
        ((55, 18), 1, 0, 1, 1),
        ((79, 24), 1, 0, 1, 1),
        ((80, 24), 1, 0, 2, 2),
        ((80, 23), 1, 0, 1, 2),
        ((120, 34), 3, 1, 2, 4),
        ((160, 45), 3, 1, 2, 4),
    ],
)
def test_the_sizes_of_the_design(
    size: tuple[int, int], top: int, gap: int, columns: int, margin: int
) -> None:
    """A one-row bar, no gaps and one column at 55x18; margins of 1, 2 and 4 columns."""
    metrics = measure(*size)
    assert (metrics.top, metrics.gap, metrics.columns, metrics.margin) == (top, gap, columns, margin)


def test_headings_are_typed_where_room_is_short_or_drawing_is_off() -> None:
    assert measure(55, 18).heading == 0
    assert measure(160, 45, drawn=False).heading == 0
    assert 0 < measure(80, 24).heading < measure(120, 34).heading < measure(160, 45).heading
