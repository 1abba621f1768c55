"""Colours by role: readable in every theme, and a city's own accent only where it can be read."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import SettingsError
from kiosk.ui.theme import PALETTES, TEXT_CONTRAST, contrast, palette, textual_theme

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06X}")
TEXT = [
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "soft"),
    ("quiet", "paper"),
    ("quiet", "card"),
    ("accent", "card"),
    ("on_accent", "accent"),
    ("warm", "paper"),
    ("warm", "card"),
    ("on_bar", "bar"),
]
"""What is written in which colour on which."""
EDGES = [("edge", "paper"), ("edge", "card"), ("accent", "paper"), ("accent", "soft"), ("warm", "card")]


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read(theme: str, ink: str, paper: str) -> None:
    colours = asdict(PALETTES[theme])
    assert contrast(colours[ink], colours[paper]) >= TEXT_CONTRAST[theme]


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize(("edge", "paper"), EDGES)
def test_edges_can_be_seen(theme: str, edge: str, paper: str) -> None:
    colours = asdict(PALETTES[theme])
    assert contrast(colours[edge], colours[paper]) >= 3


def test_contrast_is_the_one_of_wcag() -> None:
    """Known values: black on white, equal colours, and the ratios named in the design."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert contrast("#857C6A", "#F6F3EC") == pytest.approx(3.7, abs=0.05)


@given(COLOURS, COLOURS)
def test_contrast_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.001


@given(st.sampled_from(list(PALETTES)), COLOURS)
def test_a_citys_accent_is_readable_or_refused(theme: str, accent: str) -> None:
    try:
        colours = palette(theme, accent)
    except SettingsError as problem:
        assert accent in problem.what
        assert problem.next_step
        return
    assert colours.accent == accent
    for ink, paper in ((accent, colours.paper), (accent, colours.card), (colours.on_accent, accent)):
        assert contrast(ink, paper) >= TEXT_CONTRAST[theme]


@pytest.mark.parametrize(
    "accent", ["teal", "#12", "#GG0000", "00505C", "#00505C80", "#00505C;", "rgb(0,80,92)"]
)
def test_an_accent_that_is_no_colour_is_refused(accent: str) -> None:
    with pytest.raises(SettingsError, match="RRGGBB"):
        palette("paper", accent)


def test_the_accent_of_the_settings_reaches_the_screen() -> None:
    assert textual_theme("paper", "#7A1F1F").variables["accent"] == "#7A1F1F"
    assert textual_theme("paper").variables["accent"] == PALETTES["paper"].accent


@pytest.mark.parametrize("name", PALETTES)
def test_every_role_is_a_variable_of_the_styles(name: str) -> None:
    theme = textual_theme(name)
    assert theme.variables.keys() == {role.replace("_", "-") for role in asdict(PALETTES[name])}
    assert theme.dark == (name != "paper")
