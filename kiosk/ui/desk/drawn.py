"""A widget drawn line by line from coloured parts: nothing is laid out, only what changed is drawn again."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kiosk.i18n.script import cell_width, visual
from kiosk.ui.desk.parts import Line, Part, cut
from kiosk.ui.theme import Palette
from kiosk.ui.widgets.words import Scripted

TONES = {
    "ink": ("ink", False),
    "bold": ("ink", True),
    "quiet": ("quiet", False),
    "accent": ("accent", True),
    "warm": ("warm", True),
}
CAPS = {
    "cap": ("on_accent", "accent"),
    "flat": ("quiet", "soft"),
    "field": ("ink", "soft"),
    "idle": ("ink", "paper"),
}
"""Tones with a ground of their own: foreground and background."""


@lru_cache(maxsize=512)
def style(colours: Palette, tone: str, ground: str) -> Style:
    """The style of a tone on a ground; on the accent every tone is the one that can be read there."""
    if ground == "accent":
        fore, back = ("accent", "on_accent") if tone in CAPS else ("on_accent", "accent")
        bold = tone in CAPS or TONES[tone][1]
    elif tone in CAPS:
        (fore, back), bold = CAPS[tone], tone == "cap"
    else:
        (fore, bold), back = TONES[tone], ground
    return Style(color=getattr(colours, fore), bgcolor=getattr(colours, back), bold=bold)


class Drawn(Scripted):
    """Subclasses say what stands on each line of the content; lines end with the ground of their own."""

    def lines(self) -> list[Line]:
        """All lines, also those that are not on screen."""
        raise NotImplementedError

    def line(self, y: int) -> Line:
        """The line at a row of the content."""
        found = self.lines()
        return found[y] if y < len(found) else Line()

    def words(self) -> str:
        return "\n".join(text for line in self.lines() if (text := line.text))

    def render_line(self, y: int) -> Strip:
        line, width, kiosk = self.line(y), self.size.width, self.kiosk
        rtl, colours, shaping = kiosk.language.rtl, kiosk.colours, kiosk.bidi == "app"
        segments = [
            Segment(padded(part, rtl, shaping), style(colours, part.tone, line.ground)) for part in line.parts
        ]
        rest = Segment(
            " " * max(width - sum(part.cells for part in line.parts), 0), style(colours, "ink", line.ground)
        )
        segments.append(rest)
        return Strip(segments[::-1] if rtl else segments).adjust_cell_length(
            width, style(colours, "ink", line.ground)
        )

    def column(self, x: int) -> int:
        """A column of the content, counted from where reading begins."""
        return self.size.width - 1 - x if self.kiosk.language.rtl else x


def padded(part: Part, rtl: bool, shaping: bool) -> str:
    """A part as it stands in its cells."""
    if part.picture:
        return part.text
    text = part.text if part.width < 0 else cut(part.text, part.width)
    words = text.strip(" ")
    before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    if rtl:
        before, after, words = after, before, words.replace("▸", "◂")
    shown = visual(words, rtl) if shaping else words
    text = " " * before + shown + " " * after if words else text
    # Shaped Arabic may be narrower than the cells that were counted for it.
    air = " " * (part.cells - cell_width(text))
    return air + text if part.end != rtl else text + air
