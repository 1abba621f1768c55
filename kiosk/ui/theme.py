"""Colours by role for the three themes, and the arithmetic of contrast (WCAG 2.2)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from textual.theme import Theme

from kiosk.errors import SettingsError


@dataclass(frozen=True)
class Palette:
    """One colour per role, `#RRGGBB`; near, far and light are the picture's."""

    paper: str
    card: str
    ink: str
    quiet: str
    edge: str
    accent: str
    on_accent: str
    soft: str
    warm: str
    bar: str
    on_bar: str
    near: str
    far: str
    light: str


PALETTES = {
    "paper": Palette(
        paper="#F6F3EC",
        card="#FFFFFF",
        ink="#16202E",
        quiet="#4A5568",
        edge="#857C6A",
        accent="#00505C",
        on_accent="#FFFFFF",
        soft="#E3EEEC",
        warm="#B4480F",
        bar="#16202E",
        on_bar="#F6F3EC",
        near="#00505C",
        far="#C9D7D4",
        light="#F6F3EC",
    ),
    "night": Palette(
        paper="#0F1720",
        card="#18232F",
        ink="#F2EFE8",
        quiet="#A9B4C0",
        edge="#6F8296",
        accent="#7FD1C7",
        on_accent="#06231F",
        soft="#16302F",
        warm="#FFB45C",
        bar="#070C12",
        on_bar="#F2EFE8",
        near="#2D545A",
        far="#1A2A32",
        light="#FFD68C",
    ),
    "contrast": Palette(
        paper="#000000",
        card="#000000",
        ink="#FFFFFF",
        quiet="#E6E6E6",
        edge="#FFFFFF",
        accent="#FFE14D",
        on_accent="#000000",
        soft="#1A1A1A",
        warm="#FFB36B",
        bar="#000000",
        on_bar="#FFFFFF",
        near="#FFFFFF",
        far="#3A3A3A",
        light="#000000",
    ),
}

TEXT_CONTRAST = {"paper": 4.5, "night": 4.5, "contrast": 7.0}


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB`, 0 to 1."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=8)
def palette(theme: str, accent: str = "") -> Palette:
    """The theme's colours with the city's own accent; SettingsError when that can't be read."""
    chosen = PALETTES[theme]
    if not accent:
        return chosen
    if not re.fullmatch("#[0-9A-Fa-f]{6}", accent):
        raise SettingsError(f"screen.accent can't be {accent!r}", "Write it as #RRGGBB.")
    text = max(("#FFFFFF", "#000000"), key=lambda ink: contrast(ink, accent))
    worst = min(contrast(accent, chosen.paper), contrast(accent, chosen.card), contrast(accent, text))
    least = TEXT_CONTRAST[theme]
    if worst < least:
        raise SettingsError(
            f"screen.accent {accent} has contrast {worst:.1f} on the {theme} theme, {least} is needed",
            "Choose a darker accent for paper, a lighter one for night and contrast.",
        )
    return replace(chosen, accent=accent, on_accent=text)


def textual_theme(name: str, accent: str = "") -> Theme:
    """The palette as a Textual theme; roles become CSS variables ($paper, $ink, …)."""
    colours = palette(name, accent)
    roles = {role.replace("_", "-"): value for role, value in asdict(colours).items()}
    return Theme(
        name=name,
        primary=colours.accent,
        foreground=colours.ink,
        background=colours.paper,
        surface=colours.card,
        panel=colours.card,
        dark=name != "paper",
        variables=roles,
    )
