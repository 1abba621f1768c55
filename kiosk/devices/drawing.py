"""A slip as the dots of a thermal printer: 203 to the inch, black or white."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk.devices import qr
from kiosk.devices.lettering import Style, Written, draw, drawable, fold, write
from kiosk.devices.slip import Block, Code, Line, Rule, SizeName, Slip, Space
from kiosk.devices.typefaces import Look, Typeface, main_typeface, one_at_a_time

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

DOTS = {80: 576, 58: 384}
"""Dots across what is printed of a paper's width in millimeters."""
DOTS_A_MILLIMETER = 8
EMS: dict[int, dict[SizeName, int]] = {
    80: {"small": 24, "normal": 30, "large": 42, "huge": 200},
    58: {"small": 22, "normal": 26, "large": 34, "huge": 150},
}
"""Letter heights in dots by paper: small ones are 8 points, normal ones 10."""
MARGIN = 8
"""Dots left free at both sides."""
HANG = 0.45
"""Share of the em between a bullet and its text."""
ORPHAN = 0.25
"""Share of the width below which a last line looks lost."""
LEAST_MODULE, MOST_MODULE = 4, 8
"""Dots a module of a QR code: half a millimeter at least, one at most."""
CODE_SHARE = 0.62
"""Share of the paper's width that a code may take while its modules are larger than the least."""
RULE = 2
"""Dots a rule is thick."""


def render(slip: Slip, paper: int) -> Image.Image:
    """The slip as an image of mode "1", 576 dots wide for paper of 80 mm, 384 for 58 mm.

    White above and below is trimmed, but for a code's own. Raises OSError where a font file can't be read. A
    code that can't be made is left out, and logged.
    """
    from PIL import Image, ImageOps

    strips = [_strip(block, slip.rtl, paper) for block in slip.blocks]
    image = Image.new("1", (DOTS[paper], max(sum(strip.height for strip in strips), 1)), 1)
    top, kept = 0, []
    for block, strip in zip(slip.blocks, strips, strict=True):
        image.paste(strip, (0, top))
        kept += [top, top + strip.height] if isinstance(block, Code) and strip.height else []
        top += strip.height
    ink = ImageOps.invert(image.convert("L")).getbbox()
    if ink is None:
        return image.crop((0, 0, image.width, 1))
    return image.crop((0, min(ink[1], *kept, image.height), image.width, max(ink[3], *kept, 0)))


def _strip(block: Block, rtl: bool, paper: int) -> Image.Image:
    """One block across the whole paper."""
    match block:
        case Line():
            with one_at_a_time:
                return _Paragraph.of(block, rtl if block.rtl is None else block.rtl, paper).strip()
        case Code(payload):
            return _code(payload, DOTS[paper])
        case Rule():
            strip = _blank(DOTS[paper], RULE)
            strip.paste(0, (MARGIN, 0, DOTS[paper] - MARGIN, RULE))
            return strip
        case Space(millimeters):
            return _blank(DOTS[paper], round(millimeters * DOTS_A_MILLIMETER))


def _blank(width: int, height: int) -> Image.Image:
    from PIL import Image

    return Image.new("1", (width, height), 1)


def _code(payload: str, width: int) -> Image.Image:
    try:
        code = qr.matrix(payload)
    except ValueError as problem:
        log.warning("a slip goes without its code: %s", problem)
        return _blank(width, 0)
    module = max(LEAST_MODULE, min(MOST_MODULE, int(CODE_SHARE * width) // len(code)))
    if module * len(code) > width:
        log.warning("a slip goes without its code: %d modules need wider paper", len(code))
        return _blank(width, 0)
    strip = _blank(width, module * len(code))
    left = (width - module * len(code)) // 2
    for y, row in enumerate(code):
        for x, dark in enumerate(row):
            if dark:
                corner = left + x * module, y * module
                strip.paste(0, (*corner, corner[0] + module, corner[1] + module))
    return strip


@dataclass(frozen=True)
class _Paragraph:
    """A line of a slip, broken into lines of glyphs; `mark` hangs before the first one.

    `up` and `down` are the dots that each line takes above and below its baseline.
    """

    line: Line
    style: Style
    width: int
    lines: tuple[Written, ...]
    mark: Written | None
    up: int
    down: int

    @classmethod
    def of(cls, line: Line, rtl: bool, paper: int) -> _Paragraph:
        text, width = drawable(line.text), DOTS[paper]
        style = Style(EMS[paper][line.size], line.bold, rtl)
        main = main_typeface(text)
        room = width - 2 * MARGIN
        if line.size == "huge":
            style = _shrunk(text, style, main, room, EMS[paper]["large"])
        mark = write(drawable(line.mark), replace(style, bold=True)) if line.mark else None
        room -= _indent(mark, style)
        parts = _folded(text, style, main, room)
        if line.align == "center":
            parts = _balanced(text, parts, style, main, room)
        else:
            parts = _without_orphan(text, parts, style, main, room)
        lines = tuple(write(part, style, main) for part in parts)
        # One distance between lines wherever the script allows, so that lists are even; huge text has no air.
        look = main.look if main and line.size != "huge" else Look(up=0, down=0)
        up = max([round(look.up * style.em), *(line.ascent for line in lines)])
        down = max([round(look.down * style.em), *(line.descent for line in lines)])
        return cls(line, style, width, lines, mark, up, down)

    def strip(self) -> Image.Image:
        """The lines one under the other."""
        pitch = self.up + self.down
        strip = _blank(self.width, pitch * len(self.lines))
        for index, line in enumerate(self.lines):
            draw(line, strip, self._left(line), index * pitch + self.up)
        if self.mark and self.lines:
            right = self.width - MARGIN - self.mark.width
            draw(self.mark, strip, right if self.style.rtl else MARGIN, self.up)
        return strip

    def _left(self, line: Written) -> int:
        start, end = MARGIN, self.width - MARGIN - line.width
        if self.line.align == "center":
            return (self.width - line.width) // 2
        indent = _indent(self.mark, self.style)
        at_left = (self.line.align == "start") != self.style.rtl
        return (
            start + (0 if self.style.rtl else indent) if at_left else end - (indent if self.style.rtl else 0)
        )


def _indent(mark: Written | None, style: Style) -> int:
    return mark.width + round(HANG * style.em) if mark else 0


def _shrunk(text: str, style: Style, main: Typeface | None, room: int, least: int) -> Style:
    """The style at the largest em at which the text fits on one line, `least` where none does."""
    width = write(text, style, main).width
    em = style.em if width <= room else max(style.em * room // width, least)
    return replace(style, em=em)


def _folded(text: str, style: Style, main: Typeface | None, room: int) -> list[str]:
    return fold(text, lambda part: write(part, style, main).width <= room)


def _without_orphan(text: str, parts: list[str], style: Style, main: Typeface | None, room: int) -> list[str]:
    """The same number of lines, a little narrower where the last one would look lost."""
    for width in range(room, room // 2, -MARGIN):
        tried = _folded(text, style, main, width)
        if len(tried) < 2 or len(tried) != len(parts):
            break
        if write(tried[-1], style, main).width >= ORPHAN * room:
            return tried
    return parts


def _balanced(text: str, parts: list[str], style: Style, main: Typeface | None, room: int) -> list[str]:
    """The same number of lines as even as they get."""
    least, most = room // max(len(parts), 1), room
    while len(parts) > 1 and most - least > MARGIN:
        width = (least + most) // 2
        tried = _folded(text, style, main, width)
        if len(tried) > len(parts):
            least = width
        else:
            most, parts = width, tried
    return parts
