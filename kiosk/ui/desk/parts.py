"""Lines of coloured parts, cut and padded to cells; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.i18n.script import cell_width

ELLIPSIS = "…"
LEAST = 4
"""Cells in which a text that is cut still says something."""


@dataclass(frozen=True, slots=True)
class Part:
    """Text in a tone: ink, bold, quiet, accent, warm; cap (of a key), flat (of one that does nothing now);
    field (being typed), idle (a field that is not).

    With a `width` it is cut and padded to so many cells; at its `end` where the line's end is. Of a `picture`
    blanks are part, and it stands as it is in every language.
    """

    text: str
    tone: str = "ink"
    width: int = -1
    end: bool = False
    picture: bool = False

    @property
    def cells(self) -> int:
        """Cells it takes."""
        return cell_width(self.text) if self.width < 0 else self.width


@dataclass(frozen=True, slots=True)
class Line:
    """Parts in the order of reading, on a ground: card, soft, accent (what is chosen), paper."""

    parts: Sequence[Part] = ()
    ground: str = "card"

    @property
    def text(self) -> str:
        """The words alone."""
        return " ".join(part.text.strip() for part in self.parts if part.text.strip())


def cut(text: str, width: int) -> str:
    """As much of a text as stands in `width` cells, with an ellipsis where something is missing."""
    if cell_width(text) <= width:
        return text
    used, kept = 0, ""
    for character in text:
        used += cell_width(character)
        if used >= width:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS if width > 0 else ""


def spread(start: Sequence[Part], middle: Part, end: Sequence[Part], width: int) -> list[Part]:
    """A line of `width` cells: `middle` gets what start and end leave, and is not cut to next to nothing;
    without room the end gives way, the first of it first.
    """
    end = [replace(part, end=True) for part in end]
    while end and sum(part.cells for part in (*start, *end)) + 1 > width:
        end.pop(0)
    room = max(width - sum(part.cells for part in (*start, *end)), 0)
    text = middle.text if room >= min(LEAST, cell_width(middle.text)) else ""
    return [*start, Part(text, middle.tone, room, middle.end), *end]
