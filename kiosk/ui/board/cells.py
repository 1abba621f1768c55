"""Letters and digits built of cells without any font, for codes where no font can be drawn."""

from __future__ import annotations

from kiosk.ui.blocks import PIXELS, Bitmap, Mode, pack
from kiosk.ui.display_type import CELL_ASPECT

ACROSS, DOWN = 5, 7
"""Dots of a character."""
WIDEST, NARROWEST = 1.3, 0.7
"""Width of a dot as a multiple of its height."""

DOTS = {
    **dict(zip("01234", ("ehhhhhe", "4c4444e", "eh1248v", "v2421he", "26aiv22"), strict=True)),
    **dict(zip("56789", ("vgu11he", "68guhhe", "v124888", "ehhehhe", "ehhf12c"), strict=True)),
    **dict(zip("ABCDE", ("ehhvhhh", "uhhuhhu", "ehggghe", "sihhhis", "vgguggv"), strict=True)),
    **dict(zip("FGHIJ", ("vgguggg", "ehgnhhf", "hhhvhhh", "e44444e", "72222ic"), strict=True)),
    **dict(zip("KLMNO", ("hikokih", "ggggggv", "hrllhhh", "hhpljhh", "ehhhhhe"), strict=True)),
    **dict(zip("PQRST", ("uhhuggg", "ehhhlid", "uhhukih", "fgge11u", "v444444"), strict=True)),
    **dict(zip("UVWXYZ", ("hhhhhhe", "hhhhha4", "hhhllla", "hha4ahh", "hhha444", "v1248gv"), strict=True)),
}
"""A row of dots is a digit of base 32, its highest bit the dot on the left."""


def draw_plain(text: str, width: int, height: int, mode: Mode) -> tuple[str, ...]:
    """Rows of block characters, as large as fits into a room in cells.

    Empty where it does not fit, or where a character is neither a digit nor a Latin capital.
    """
    if not text or not set(text) <= DOTS.keys():
        return ()
    across, down = PIXELS[mode]
    square = CELL_ASPECT * across / down
    columns = (ACROSS + 1) * len(text) - 1
    wide = width * across // columns
    high = min(height * down // DOWN, int(wide / square / NARROWEST))
    wide = min(wide, int(high * square * WIDEST))
    if not wide or not high:
        return ()
    return pack(_enlarged(text, columns, wide, high), mode)


def _enlarged(text: str, columns: int, wide: int, high: int) -> Bitmap:
    """The text's dots, each `wide` x `high` pixels."""
    rows = []
    for y in range(DOWN):
        dots = "0".join(f"{int(DOTS[character][y], 32):05b}" for character in text)
        row = sum(((1 << wide) - 1) << (x * wide) for x, dot in enumerate(dots) if dot == "1")
        rows += [row] * high
    return Bitmap(columns * wide, tuple(rows))
