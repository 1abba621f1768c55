"""A widget of lines in which bars are drawn between the words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kiosk.ui.desk.drawn import CAPS, TONES, Drawn, padded
from kiosk.ui.desk.parts import Line, Part
from kiosk.ui.report.bars import Drawing, Ink
from kiosk.ui.theme import Palette, contrast

SURE, LIKELY = 0.66, 0.33
"""How much of the accent is in the halves of an interval."""
TRACK = 0.35
"""How much of the edges' colour is in what lies behind a bar."""


def mixed(one: str, other: str, share: float) -> str:
    """A colour with `share` (0 to 1) of `one` in `other`, `#RRGGBB` each."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


@lru_cache(maxsize=256)
def colour(colours: Palette, tone: str, ground: str) -> str:
    """The colour of a tone of a drawing on a ground."""
    track = mixed(colours.edge, colours.card, TRACK)
    zones = {
        "": getattr(colours, ground),
        "fill": colours.accent,
        "sure": mixed(colours.accent, track, SURE),
        "likely": mixed(colours.accent, track, LIKELY),
        "track": track,
        "apart": colours.edge,
    }
    return zones[tone] if tone in zones else str(getattr(colours, tone))


@lru_cache(maxsize=512)
def ink_style(colours: Palette, ink: Ink, ground: str) -> Style:
    """The style of a cell; a tick has whichever colour is seen best on what lies under it."""
    back = colour(colours, ink.back, ground)
    if ink.fore == "tick":
        fore = max((colours.ink, colours.card, colours.warm), key=lambda one: contrast(one, back))
    else:
        fore = colour(colours, ink.fore, ground)
    return Style(color=fore, bgcolor=back, bold=ink.fore == "tick")


@lru_cache(maxsize=512)
def style(colours: Palette, tone: str, ground: str) -> Style:
    """The style of words of a tone on a ground."""
    if tone in CAPS:
        fore, back = CAPS[tone]
        return Style(color=getattr(colours, fore), bgcolor=getattr(colours, back), bold=tone == "cap")
    fore, bold = TONES[tone]
    return Style(color=getattr(colours, fore), bgcolor=getattr(colours, ground), bold=bold)


class Painted(Drawn):
    """Words as on the desk, with drawings; what is drawn says nothing, its words stand beside it."""

    def words(self) -> str:
        return "\n".join(text for line in self.lines() if (text := said(line)))

    def render_line(self, y: int) -> Strip:
        line, width, kiosk = self.line(y), self.size.width, self.kiosk
        rtl, colours = kiosk.language.rtl, kiosk.colours
        pieces = [list(self._segments(part, line.ground)) for part in line.parts]
        rest = max(width - sum(part.cells for part in line.parts), 0)
        pieces.append([Segment(" " * rest, style(colours, "ink", line.ground))])
        ordered = reversed(pieces) if rtl else pieces
        strip = Strip([segment for piece in ordered for segment in piece])
        return strip.adjust_cell_length(width, style(colours, "ink", line.ground))

    def _segments(self, part: Part, ground: str) -> Iterator[Segment]:
        kiosk = self.kiosk
        if not isinstance(part, Drawing):
            text = padded(part, kiosk.language.rtl, kiosk.bidi == "app")
            yield Segment(text, style(kiosk.colours, part.tone, ground))
            return
        for ink, cells in groupby(zip(part.text, part.inks, strict=True), key=lambda cell: cell[1]):
            text = "".join(character for character, _ in cells)
            yield Segment(text, ink_style(kiosk.colours, ink, ground))


def said(line: Line) -> str:
    """The words of a line without its drawings."""
    return Line([part for part in line.parts if not isinstance(part, Drawing)]).text
