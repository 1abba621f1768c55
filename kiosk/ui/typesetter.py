"""One face of a font: runs of text shaped by HarfBuzz, glyphs drawn by FreeType fitted to few pixels.

FreeType's hinter fits outlines to the pixel grid across and down, each at its own scale: cells are taller
than wide, and a picture that is drawn square and stretched afterwards has ragged stems.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kiosk.ui.accents import Accent, accent
from kiosk.ui.dots import DOT, UNIT, Stamp, take_dots, with_dots
from kiosk.ui.fonts import Face, opened

HORN = "\u031b"


@dataclass(frozen=True)
class Shaped:
    """A glyph of a shaped run, measured in 64ths; `kern` is the part of the advance that the pair adds."""

    letter: str
    glyph: int
    x: int
    y: int
    advance: int
    kern: int


@lru_cache(maxsize=8)
def typesetter(face: Face) -> Typesetter:
    """The one typesetter of a face."""
    return Typesetter(face)


class Typesetter:
    """One face with both libraries set to the same size."""

    def __init__(self, face: Face) -> None:
        import freetype  # type: ignore[import-untyped]
        import uharfbuzz  # type: ignore[import-untyped]

        self._freetype = freetype
        self._harfbuzz = uharfbuzz
        self._face = opened(face)
        blob = uharfbuzz.Blob.from_file_path(str(face.path))
        self._font = uharfbuzz.Font(uharfbuzz.Face(blob, face.index))
        self._stamps: dict[tuple[int, int, int], Stamp] = {}
        self._fit_flags = freetype.FT_LOAD_FORCE_AUTOHINT | freetype.FT_LOAD_TARGET_MONO
        self._exact_flags = freetype.FT_LOAD_FORCE_AUTOHINT | freetype.FT_LOAD_TARGET_LIGHT
        self.stem = self._stem()

    def _stem(self) -> float:
        """The width of an upright stroke as a share of the em; 0 where the font has none to measure."""
        glyph = self._font.get_nominal_glyph(ord("ı"))
        extents = self._font.get_glyph_extents(glyph) if glyph else None
        return extents.width / self._font.face.upem if extents else 0.0

    def resize(self, em: float, stretch: float) -> None:
        """Set the em in pixels down; across it is `stretch` times as many."""
        scale = (round(em * stretch * UNIT), round(em * UNIT))
        if scale != tuple(self._font.scale):
            self._font.scale = scale
            self._stamps.clear()
        self._face.set_char_size(*scale, 72, 72)

    def shape(self, text: str, rtl: bool) -> list[Shaped]:
        """The glyphs of a run from left to right."""
        buffer = self._harfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        self._harfbuzz.shape(self._font, buffer)
        return [
            Shaped(
                text[info.cluster],
                info.codepoint,
                place.x_offset,
                place.y_offset,
                place.x_advance,
                place.x_advance - self._font.get_glyph_h_advance(info.codepoint),
            )
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        ]

    def exact(self, glyph: int, fraction: int) -> Stamp:
        """A glyph fitted to the grid only down, moved right by 64ths of a pixel, with its dots as blocks."""
        key = (glyph, self._exact_flags, fraction)
        if key not in self._stamps:
            self._load(glyph, self._exact_flags, fraction)
            slot = self._face.glyph
            across, down = self._font.scale
            dots = take_dots(slot.outline._FT_Outline, DOT * across, DOT * down)
            self._stamps[key] = with_dots(self._rendered(slot), dots)
        return self._stamps[key]

    def fitted(self, shaped: Shaped, gap: int) -> Stamp:
        """A glyph fitted to the pixel grid both ways, its accents `gap` pixels above.

        Fitting flattens accents to bars: only the letter is fitted, and its accent drawn by hand or, when
        there are pixels enough, as the outline has it.
        """
        bare, marks = _parts(shaped.letter)
        base = self._font.get_nominal_glyph(ord(bare)) if marks else None
        if not base:
            return self._fit(shaped.glyph)
        letter = self._fit(base)
        above = accent(marks, self._fit(self._font.get_nominal_glyph(ord("x")) or base).top, gap == 0)
        if above:
            left = letter.left + round(_width(letter.rows) / 2 - above.middle)
        else:
            above, left = self._outlined(shaped.glyph, base, letter)
        if gap == 0 and HORN in unicodedata.normalize("NFD", bare):
            gap = -1  # the horn's row is the accent's too
        return _joined(letter, above, left, gap)

    def _outlined(self, glyph: int, base: int, letter: Stamp) -> tuple[Accent, int]:
        """The accent that the outline of a glyph has above that of its letter, and its first column."""
        plain, accented = self._loose(base), self._loose(glyph)
        rows = list(accented.rows[: max(accented.top - plain.top, 0)])
        while rows and not rows[-1]:
            rows.pop()
        left = accented.left + (letter.left - plain.left) + (_width(letter.rows) - _width(plain.rows)) // 2
        return Accent(tuple(rows), 0), left

    def _fit(self, glyph: int) -> Stamp:
        return self._stamp(glyph, self._fit_flags)

    def _loose(self, glyph: int) -> Stamp:
        return self._stamp(glyph, self._freetype.FT_LOAD_NO_HINTING)

    def _stamp(self, glyph: int, flags: int) -> Stamp:
        key = (glyph, flags, 0)
        if key not in self._stamps:
            self._load(glyph, flags, 0)
            self._stamps[key] = self._rendered(self._face.glyph)
        return self._stamps[key]

    def _load(self, glyph: int, flags: int, fraction: int) -> None:
        upright = self._freetype.Matrix(0x10000, 0, 0, 0x10000)
        self._face.set_transform(upright, self._freetype.Vector(fraction, 0))
        self._face.load_glyph(glyph, flags)

    def _rendered(self, slot: Any) -> Stamp:
        advance = slot.advance.x
        slot.render(self._freetype.FT_RENDER_MODE_MONO)
        return Stamp(_rows(slot.bitmap), slot.bitmap_left, slot.bitmap_top, advance)


def _joined(letter: Stamp, above: Accent, left: int, gap: int) -> Stamp:
    """A letter with its accent, whose first column is `left` from the pen."""
    first, lift = min(left, letter.left), len(above.rows) + gap
    rows = [row << (left - first) for row in above.rows] + [0] * (len(letter.rows) + gap)
    for y, row in enumerate(letter.rows, lift):
        rows[y] |= row << (letter.left - first)
    return Stamp(tuple(rows), first, letter.top + lift, letter.advance)


def _rows(bitmap: Any) -> tuple[int, ...]:
    """FreeType's rows (leftmost pixel in the highest bit) as ours (in the lowest)."""
    ink, pitch = bytes(bitmap.buffer), bitmap.pitch
    starts = range(0, bitmap.rows * pitch, pitch)
    return tuple(_mirrored(int.from_bytes(ink[start : start + pitch], "big"), 8 * pitch) for start in starts)


def _mirrored(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def _width(rows: Sequence[int]) -> int:
    return max((row.bit_length() for row in rows), default=0)


def _parts(letter: str) -> tuple[str, str]:
    """A letter and the marks above it, lowest first; no marks where it can't be had without them."""
    parts = unicodedata.normalize("NFD", letter)
    marks = "".join(mark for mark in parts if unicodedata.combining(mark) == 230)
    bare = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in marks))
    return ({"i": "ı", "j": "ȷ"}.get(bare, bare), marks) if marks and len(bare) == 1 else (letter, "")
