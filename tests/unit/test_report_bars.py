"""Bars, funnels and trends: as long as the figures say, mirrored for Arabic, seen on every ground."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.report.bars import EIGHTHS, TICK, Drawing, Scale, bar, column, funnel, trend
from kiosk.ui.report.painted import ink_style
from kiosk.ui.report.words import percent
from kiosk.ui.theme import PALETTES, contrast

shares = st.floats(0, 1)
widths = st.integers(4, 90)


def eighths(drawing: Drawing, tones: set[str]) -> int:
    """Eighths of cells that have one of some tones."""
    total = 0
    for text, ink in zip(drawing.text, drawing.inks, strict=True):
        part = EIGHTHS.index(text) if text in EIGHTHS else 8
        total += part * (ink.fore in tones) + (8 - part) * (ink.back in tones)
    return total


@given(shares, widths)
def test_a_bar_is_as_long_as_its_share(share: float, width: int) -> None:
    drawing = bar(Scale(share), width)
    assert len(drawing.text) == width
    assert abs(eighths(drawing, {"fill"}) - share * width * 8) <= 1
    close = bar(Scale(share), width, close=True)
    assert abs(eighths(close, {"fill"}) - share * width * 8) <= 8


@given(shares, shares, shares, widths)
def test_the_interval_is_the_lighter_span(one: float, two: float, three: float, width: int) -> None:
    """From its low end, across the share, to its high end; an edge gives way within a cell of the others."""
    low, share, high = sorted((one, two, three))
    drawing = bar(Scale(share, low, high), width)
    assert abs(eighths(drawing, {"fill"}) - low * width * 8) <= 8
    assert abs(eighths(drawing, {"fill", "sure"}) - share * width * 8) <= 8
    assert abs(eighths(drawing, {"fill", "sure", "likely"}) - high * width * 8) <= 8


@given(shares, st.integers(1, 100), widths)
def test_the_target_is_a_tick_in_its_cell(share: float, target: int, width: int) -> None:
    drawing = bar(Scale(share, target=target / 100), width)
    assert (
        drawing.text.index(TICK) == column(target / 100, width) == min(int(target / 100 * width), width - 1)
    )
    assert drawing.text.count(TICK) == 1


@given(shares, shares, widths)
def test_a_bar_of_arabic_is_the_mirror_of_one_of_english(share: float, target: float, width: int) -> None:
    left, right = (bar(Scale(share, share / 2, target=target), width, rtl) for rtl in (False, True))
    assert eighths(left, {"fill"}) == eighths(right, {"fill"})
    assert (TICK in left.text) == (TICK in right.text)
    if TICK in left.text:
        assert left.text.index(TICK) == width - 1 - right.text.index(TICK)


@given(shares, shares, widths)
def test_a_funnel_narrows_in_the_middle(one: float, two: float, width: int) -> None:
    wide, narrow = funnel(max(one, two), width), funnel(min(one, two), width)
    assert len(wide.text.strip()) >= len(narrow.text.strip())
    assert wide.text == wide.text[::-1].translate(str.maketrans("▐▌", "▌▐"))
    assert bool(wide.text.strip()) == (max(one, two) > 0)


@given(st.lists(st.one_of(st.none(), shares), max_size=12), st.integers(1, 12))
def test_a_trend_ends_with_the_newest_period(points: Sequence[float | None], width: int) -> None:
    drawn, mirrored = trend(points, width), trend(points, width, rtl=True)
    assert len(drawn.text) == width
    assert drawn.text == mirrored.text[::-1]
    shown = list(points)[-width:]
    assert drawn.text.count("·") == shown.count(None)


@pytest.mark.parametrize("theme", PALETTES)
def test_a_tick_is_seen_on_everything_under_it(theme: str) -> None:
    drawing = bar(Scale(0.5, 0.3, 0.8, 0.1), 20)
    zones = {ink.back or ink.fore for ink in drawing.inks} - {"tick"}
    assert zones == {"fill", "sure", "likely", "track"}
    for zone in zones:
        ink = next(ink for ink in drawing.inks if ink.fore == "tick")._replace(back=zone)
        style = ink_style(PALETTES[theme], ink, "card")
        assert style.color and style.bgcolor
        assert contrast(style.color.name.upper(), style.bgcolor.name.upper()) >= 3


def test_a_share_just_below_its_target_does_not_read_as_the_target() -> None:
    assert percent(0.8487, 85) == "84.8%"
    assert percent(0.8512, 85) == "85%"
    assert percent(0.996) == "99%"
    assert percent(None) == "–"
