"""Lines of text drawn as ink: runs by font and direction, side by side, at a size that clips none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from kiosk.devices.typefaces import one_at_a_time
from kiosk.ui.blocks import Bitmap
from kiosk.ui.dots import UNIT, Stamp
from kiosk.ui.fonts import Font, Look, choose
from kiosk.ui.typesetter import Shaped, Typesetter, typesetter

STEP = 0.25
"""Pixels by which the em shrinks until no ink is clipped."""
WITH_GAP = 0.78
"""Share of the full em down to which accents keep an empty row below them."""
ROOM_FOR_GAP = 12
"""Pixels below which they never do."""
BOLDER = 0.1
"""Pixels by which a lighter weight's stroke must come nearer to whole pixels to be taken."""
MARGIN = 64
"""Pixels left free before the first glyph, for ink that hangs out to the left."""


@dataclass(frozen=True)
class Run:
    """Characters of one font and one direction."""

    text: str
    font: Font
    rtl: bool


def clean(text: str) -> str:
    """The text composed (NFC), without format and control characters, white space made single."""
    composed = unicodedata.normalize("NFC", text)
    shown = (mark for mark in composed if mark.isspace() or unicodedata.category(mark) not in ("Cc", "Cf"))
    return " ".join("".join(shown).split())


def draw_ink(
    texts: Sequence[str], height: int, stretch: float, rtl: bool, fonts: Sequence[Font]
) -> list[Bitmap] | None:
    """Each text as a picture `height` pixels high, all at one size and with the baseline in the same place.

    `stretch` is the em's width as a multiple of its height, both in pixels. None where a character is in no
    font, or where the script is not legible or its marks do not fit at this height.
    """
    with one_at_a_time:
        lines = [visual_runs(clean(text), rtl, fonts) for text in texts]
        longest = max((run for line in lines for run in line), key=lambda run: len(run.text), default=None)
        if longest is None or not all(lines) or height < longest.font.look.least:
            return None
        for em, gap in _sizes(longest.font.look, height):
            written = [_Line(height, longest.font, em, stretch, gap).write(line) for line in lines]
            if not any(line.clipped for line in written):
                return [line.bitmap() for line in written]
    return None


def _sizes(look: Look, height: int) -> Iterator[tuple[float, int]]:
    """Ems to try, the largest first, with the empty rows between a letter and its accent."""
    full = look.fill * height
    steps = range(int(full * (1 - look.smallest) / STEP) + 1)
    if height >= ROOM_FOR_GAP and not look.joined:
        yield from ((full - STEP * step, 1) for step in steps if STEP * step <= full * (1 - WITH_GAP))
    yield from ((full - STEP * step, 0) for step in steps)


def visual_runs(text: str, rtl: bool, fonts: Sequence[Font]) -> list[Run]:
    """The text in runs from left to right; none where some character is in no font."""
    chosen = choose(text, fonts) or ()
    runs, index = [], 0
    for (font, level), group in groupby(zip(chosen, _levels(text, rtl), strict=False)):
        size = len(list(group))
        runs.append((level, Run(text[index : index + size], font, level % 2 == 1)))
        index += size
    return [run for _, run in _reordered(runs)]


def _levels(text: str, rtl: bool) -> list[int]:
    """The embedding level of each character (Unicode Annex 9)."""
    if not rtl and not any(unicodedata.bidirectional(mark) in ("R", "AL", "AN") for mark in text):
        return [0] * len(text)
    from bidi import algorithm  # type: ignore[import-untyped]

    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(rtl), "LR"[rtl]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    return [character["level"] for character in storage["chars"]]


def _reordered(runs: list[tuple[int, Run]]) -> list[tuple[int, Run]]:
    """Rule L2: from the highest level down, reverse what stands together at that level or above."""
    for threshold in range(max((level for level, _ in runs), default=0), 0, -1):
        turned: list[tuple[int, Run]] = []
        for deep, group in groupby(runs, key=lambda run: run[0] >= threshold):
            together = list(group)
            turned += reversed(together) if deep else together
        runs = turned
    return runs


class _Line:
    """A line that is being written, in rows of pixels as in `Bitmap`, with room for ink too high or low."""

    def __init__(self, height: int, main: Font, em: float, stretch: float, gap: int) -> None:
        self.height = height
        self.main = main
        self.em = em
        self.stretch = stretch
        self.gap = gap
        self.base = height + ceil(main.look.base * height)
        self.rows = [0] * (3 * height)
        self.pen = MARGIN * UNIT

    def write(self, runs: Sequence[Run]) -> _Line:
        """Add the runs from left to right."""
        for run in runs:
            em = self.em * self.main.look.tall / run.font.look.tall
            setter = self._typesetter(run.font, em)
            setter.resize(em, self.stretch)
            for shaped in setter.shape(run.text, run.rtl):
                if run.font.look.joined:
                    self._exactly(setter, shaped)
                else:
                    self._fitted(setter, shaped)
        return self

    def _typesetter(self, font: Font, em: float) -> Typesetter:
        """The bold face, or the lighter one where it is clearer.

        That is at small sizes, and where its upright strokes come nearer to whole pixels: fitting makes those
        whole but leaves slanted ones, and a word of both looks spotted.
        """
        light = typesetter(font.light)
        if self.height < font.look.light_below:
            return light
        bold = typesetter(font.bold)
        strokes = [setter.stem * em * self.stretch for setter in (bold, light)]
        uneven = [abs(stroke - round(stroke)) for stroke in strokes]
        strong = round(strokes[1]) >= min(round(strokes[0]), 2)
        return light if strong and uneven[0] > uneven[1] + BOLDER else bold

    def _exactly(self, setter: Typesetter, shaped: Shaped) -> None:
        """Put a glyph where it belongs to a 64th of a pixel, so that strokes meet."""
        column, fraction = divmod(self.pen + shaped.x, UNIT)
        self._put(setter.exact(shaped.glyph, fraction), column, shaped.y)
        self.pen += shaped.advance

    def _fitted(self, setter: Typesetter, shaped: Shaped) -> None:
        """Put a glyph on whole pixels, with a clear column between it and what stands before it."""
        stamp = setter.fitted(shaped, self.gap)
        column = round((self.pen + shaped.x) / UNIT)
        if shaped.advance:
            clear = (shift for shift in range(3) if not self._touches(stamp, column + shift, shaped.y))
            shift = next(clear, 0)
            column += shift
            self.pen += UNIT * (shift + round(stamp.advance / UNIT) + round(shaped.kern / UNIT))
        self._put(stamp, column, shaped.y)

    def _touches(self, stamp: Stamp, column: int, rise: int) -> bool:
        top = self.base - stamp.top - round(rise / UNIT)
        left = max(column + stamp.left - 1, 0)
        return any(
            self.rows[top + y] & ((row | row << 1) << left)
            for y, row in enumerate(stamp.rows)
            if 0 <= top + y < len(self.rows)
        )

    def _put(self, stamp: Stamp, column: int, rise: int) -> None:
        top = self.base - stamp.top - round(rise / UNIT)
        left = max(column + stamp.left, 0)
        for y, row in enumerate(stamp.rows):
            if 0 <= top + y < len(self.rows):
                self.rows[top + y] |= row << left

    @property
    def clipped(self) -> bool:
        """Whether there is ink above or below the line's height."""
        return any(self.rows[: self.height]) or any(self.rows[2 * self.height :])

    def bitmap(self) -> Bitmap:
        """The line without the empty columns before and after its ink."""
        rows = self.rows[self.height : 2 * self.height]
        every = 0
        for row in rows:
            every |= row
        left = (every & -every).bit_length() - 1 if every else 0
        return Bitmap((every >> left).bit_length(), tuple(row >> left for row in rows))
