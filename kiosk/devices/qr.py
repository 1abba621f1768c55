"""QR codes as modules and as half blocks: level M, quiet zone of four modules, smallest version that fits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

Matrix = tuple[tuple[bool, ...], ...]
"""Rows of modules with the quiet zone; True is dark."""

BORDER = 4
BLOCKS = " ▄▀█"
"""Half blocks by pattern (upper * 2 + lower): ink is dark, so they must be drawn black on white."""


@lru_cache(maxsize=8)
def matrix(payload: str) -> Matrix:
    """The code of a payload (a URL or `tel:` number, not empty), in alphanumeric or byte mode as it allows.

    Raises ValueError when no version holds it. Kept for the last few: a screen asks for it several times.
    """
    from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]
    from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]
    from qrcode.main import QRCode  # type: ignore[import-untyped]

    code = QRCode(error_correction=ERROR_CORRECT_M, border=BORDER)
    code.add_data(payload)
    try:
        return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())
    except (DataOverflowError, ValueError) as problem:
        raise ValueError(f"{len(payload)} characters fit no QR code of level M") from problem


def columns_needed(payload: str) -> int:
    """Cells across: one module is one cell wide."""
    return len(matrix(payload)[0])


def rows_needed(payload: str) -> int:
    """Cells down: two modules to a cell, an odd number rounded up."""
    return -(-len(matrix(payload)) // 2)


def half_block_lines(code: Matrix) -> list[str]:
    """The modules as half blocks, dark modules as ink; an odd last row gets a light one below."""
    rows: list[Sequence[bool]] = list(code)
    if len(rows) % 2:
        rows.append((False,) * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(BLOCKS[2 * up + down] for up, down in zip(*pair, strict=True)) for pair in pairs]
