"""Text as glyphs in dots: runs by font and direction, shaped by HarfBuzz, drawn by FreeType.

Not Pillow's own text: its shaping needs the system's libfribidi, and without it Arabic comes out in single
letters and Burmese in pieces, silently.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kiosk.devices.typefaces import Face, Typeface, main_typeface, opened, typeface_of, typefaces
from kiosk.i18n.bidi import LTR_RUN, NUMBER, RTL
from kiosk.i18n.script import GAP, HAS_RTL, JOINERS, ZERO_WIDTH_SPACE, cell_width, clean, wrap

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

UNIT = 64
"""Parts of a dot that HarfBuzz and FreeType count in."""
RTL_RUN = re.compile(rf"[{RTL}](?:[\W\d{RTL}]*[{RTL}])?")
"""Right-to-left words in a left-to-right line, with what stands between them."""
ARABIC_NUMBER = re.compile("[\u0660-\u0669\u06f0-\u06f9](?:[.,:/\u066b\u066c]?[\u0660-\u0669\u06f0-\u06f9])*")
SYLLABLE = re.compile("(?<=[\u1000-\u109f])(?<!\u1039)(?=[\u1000-\u102a\u103f](?!\u1037?\u103a|\u1039))")
"""Between two syllables of a Burmese word: before a consonant that closes none and is stacked under none."""


@dataclass(frozen=True)
class Style:
    """`em` in dots, for Latin letters; `rtl` is the direction of the paragraph."""

    em: int
    bold: bool = False
    rtl: bool = False


@dataclass(frozen=True)
class Glyph:
    """A glyph of a face at an em in dots; its origin from the line's left end and baseline in units, y up."""

    face: Face
    em: int
    joined: bool
    index: int
    x: int
    y: int


@dataclass(frozen=True)
class Written:
    """A line of glyphs; its `width` and its ink's `ascent` and `descent` from the baseline, in whole dots."""

    glyphs: tuple[Glyph, ...]
    width: int
    ascent: int
    descent: int


def drawable(text: str) -> str:
    """The text cleaned, without the characters that no installed font has; the log names those."""
    cleaned = clean(text)
    missing = {mark for mark in cleaned if not _transparent(mark) and typeface_of(mark) is None}
    if missing:
        named = ", ".join(f"U+{ord(mark):04X}" for mark in sorted(missing))
        log.warning("left out of a slip, for no installed font has them: %s", named)
    return "".join(mark for mark in cleaned if mark not in missing)


def _transparent(character: str) -> bool:
    return character in JOINERS or character in f"\n{ZERO_WIDTH_SPACE}"


def fold(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Break text into the longest lines that fit, at the places where `wrap` would break them."""
    lines = []
    for paragraph in text.split("\n"):
        rest = GAP.sub(_one_gap, SYLLABLE.sub(ZERO_WIDTH_SPACE, paragraph)).strip(f" {ZERO_WIDTH_SPACE}")
        while rest:
            lines.append(_longest(rest, fits))
            rest = _after(lines[-1], rest)
    return lines


def _one_gap(gap: re.Match[str]) -> str:
    return " " if gap[0].strip(ZERO_WIDTH_SPACE) else ZERO_WIDTH_SPACE


def _longest(text: str, fits: Callable[[str], bool]) -> str:
    """The first line of the text at the largest number of cells at which it fits."""
    least, most = 1, max(cell_width(text), 1)
    line = wrap(text, most)[0]
    if fits(line):
        return line
    while most - least > 1:
        cells = (least + most) // 2
        if fits(wrap(text, cells)[0]):
            least = cells
        else:
            most = cells
    return wrap(text, least)[0]


def _after(line: str, text: str) -> str:
    """What is left of the text behind its first line, which lacks only breaks of no width."""
    place = 0
    for character in line:
        while text[place] != character:
            place += 1
        place += 1
    return text[place:].lstrip(f" {ZERO_WIDTH_SPACE}")


def levels(line: str, rtl: bool) -> list[int]:
    """The embedding level of each character: odd from right to left, each above the one that it stands in.

    As `kiosk.i18n.bidi.ordered` has it on screen: numbers, codes and addresses stay as they are.
    """
    found = [int(rtl)] * len(line)
    inner = LTR_RUN if rtl else RTL_RUN
    for run in inner.finditer(line) if rtl or HAS_RTL.search(line) else ():
        for start, end in _spans(run, rtl):
            found[start:end] = [found[start] + 1] * (end - start)
    for number in ARABIC_NUMBER.finditer(line):
        found[slice(*number.span())] = [2] * len(number[0])
    for here, character in enumerate(line):
        if here and unicodedata.category(character)[0] == "M":
            found[here] = found[here - 1]
    return found


def _spans(run: re.Match[str], rtl: bool) -> Iterator[tuple[int, int]]:
    """What goes a level up, once for each level: a run with words as a whole, one of figures alone number by
    number; in right-to-left words the whole, and its numbers once more."""
    if not rtl or any(character.isalpha() for character in run[0]):
        yield run.span()
    if not rtl or not any(character.isalpha() for character in run[0]):
        for number in NUMBER.finditer(run[0]):
            if any(character.isascii() and character.isdigit() for character in number[0]):
                yield run.start() + number.start(), run.start() + number.end()


@lru_cache(maxsize=512)
def write(line: str, style: Style, main: Typeface | None = None) -> Written:
    """A line of `drawable` text shaped and in visual order; `main` as in `typefaces`, of the whole text."""
    main = main or main_typeface(line)
    glyphs: list[Glyph] = []
    pen = top = bottom = 0
    for text, typeface, rtl in visual_runs(line, style.rtl, main):
        # Figures of another typeface are as large as those beside them.
        scale = max(typeface.look.scale, main.look.scale if main else 1)
        face, em = typeface.face(style.bold), round(style.em * scale)
        font, buffer = _shaper(face, em), _shape(face, em, text, rtl)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            origin = pen + place.x_offset, place.y_offset
            glyphs.append(Glyph(face, em, typeface.look.joined, info.codepoint, *origin))
            if (extents := font.get_glyph_extents(info.codepoint)) is not None:
                top = max(top, place.y_offset + extents.y_bearing)
                bottom = min(bottom, place.y_offset + extents.y_bearing + extents.height)
            pen += place.x_advance
    return Written(tuple(glyphs), -(-pen // UNIT), -(-top // UNIT), -(bottom // UNIT))


def visual_runs(line: str, rtl: bool, main: Typeface | None) -> list[tuple[str, Typeface, bool]]:
    """Runs of one font and direction from left to right."""
    runs, place = [], 0
    keys = zip(typefaces(line, main), levels(line, rtl), strict=True)
    for (typeface, level), same in groupby(keys):
        size = len(list(same))
        runs.append((level, (line[place : place + size], typeface, level % 2 == 1)))
        place += size
    # Rule L2 of Unicode Annex 9: from the highest level down, reverse what stands together at or above it.
    for threshold in range(max((level for level, _ in runs), default=0), 0, -1):
        turned: list[tuple[int, tuple[str, Typeface, bool]]] = []
        for deep, group in groupby(runs, key=lambda run: run[0] >= threshold):
            together = list(group)
            turned += reversed(together) if deep else together
        runs = turned
    return [run for _, run in runs]


@lru_cache(maxsize=64)
def _shaper(face: Face, em: int) -> Any:
    import uharfbuzz  # type: ignore[import-untyped]

    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(face.path)), face.index))
    font.scale = (em * UNIT, em * UNIT)
    return font


def _shape(face: Face, em: int, text: str, rtl: bool) -> Any:
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    uharfbuzz.shape(_shaper(face, em), buffer)
    return buffer


def draw(written: Written, image: Image.Image, left: int, baseline: int) -> None:
    """Put a line's ink, black, into an image of one bit a dot."""
    for glyph in written.glyphs:
        column, fraction = divmod(glyph.x, UNIT) if glyph.joined else (round(glyph.x / UNIT), 0)
        stamp, across, up = _stamp(glyph.face, glyph.em, glyph.joined, glyph.index, fraction)
        if stamp is not None:
            image.paste(0, (left + column + across, baseline - up - round(glyph.y / UNIT)), stamp)


@lru_cache(maxsize=2048)
def _stamp(
    face: Face, em: int, joined: bool, index: int, fraction: int
) -> tuple[Image.Image | None, int, int]:
    """A glyph's ink as a mask, with its left and top from the origin; joined ones are fitted only down."""
    import freetype  # type: ignore[import-untyped]
    from PIL import Image

    target = freetype.FT_LOAD_TARGET_LIGHT if joined else freetype.FT_LOAD_TARGET_MONO
    font = opened(face)
    font.set_char_size(em * UNIT, em * UNIT, 72, 72)
    font.set_transform(freetype.Matrix(0x10000, 0, 0, 0x10000), freetype.Vector(fraction, 0))
    font.load_glyph(index, freetype.FT_LOAD_FORCE_AUTOHINT | target)
    font.glyph.render(freetype.FT_RENDER_MODE_MONO)
    ink = font.glyph.bitmap
    if not ink.width or not ink.rows:
        return None, 0, 0
    mask = Image.frombytes("1", (ink.width, ink.rows), bytes(ink.buffer), "raw", "1", ink.pitch)
    return mask, font.glyph.bitmap_left, font.glyph.bitmap_top
