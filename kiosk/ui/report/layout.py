"""Lines side by side, headed and wrapped; pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.desk.parts import Line, Part, cut
from kiosk.ui.report.bars import Drawing, Ink

AIR = Part(" ")


def paragraph(text: str, width: int, tone: str = "ink", ground: str = "card") -> list[Line]:
    """A text on as many lines as it needs, a cell from either edge; none without a text."""
    rows = wrap(text, max(width - 2, 1)) if text else []
    return [Line([AIR, Part(row, tone)], ground) for row in rows]


def title(text: str, width: int, end: str = "") -> Line:
    """The head of a section: a rule goes on to what is said at its end."""
    shown = cut(text, width - 2)
    rest = width - cell_width(shown) - (cell_width(end) + 1 if end else 0) - 3
    rule = Drawing("─" * max(rest, 0), inks=(Ink("apart"),) * max(rest, 0))
    parts = [AIR, Part(shown, "bold"), AIR, rule]
    return Line([*parts, AIR, Part(end, "quiet")] if end and rest > 0 else parts)


def labelled(label: str, text: str, label_width: int, width: int, tone: str = "ink") -> list[Line]:
    """A quiet label with its text beside it; none without a text."""
    rows = wrap(text, max(width - label_width - 2, 1)) if text else []
    return [
        Line([AIR, Part(label if not number else "", "quiet", label_width), Part(row, tone)])
        for number, row in enumerate(rows)
    ]


def beside(left: Sequence[Line], right: Sequence[Line], width: int, gap: int = 2) -> list[Line]:
    """Two columns of a card; the left one has `width` cells."""
    found = []
    for one, other in zip_longest(left, right, fillvalue=Line()):
        rest = max(width - sum(part.cells for part in one.parts), 0) + gap
        found.append(Line([*one.parts, Part(" " * rest), *other.parts]))
    return found
