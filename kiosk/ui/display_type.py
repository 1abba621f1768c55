"""Display type: headings, ticket codes and the board drawn into block characters, with a cache on disk.

cache = TypeCache(settings.cache)
drawing = cache.draw(Request("Welcome to City Hall", rows=(5, 4), width=112))
lines = drawing.lines if drawing else ("Welcome to City Hall",)
"""

from __future__ import annotations

import json
import os
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.ui.blocks import PIXELS, Mode, pack

if TYPE_CHECKING:
    from kiosk.ui.fonts import Font

CELL_ASPECT = 1.95
"""Height of a terminal cell as a multiple of its width, where it is not measured."""
SQUEEZES = (1.0, 0.92, 0.85)
"""How narrow letters may become before a text takes a second line or a smaller size."""
FORMAT = 1
"""Goes into the cache's keys: raise it when the same text would be drawn differently."""
SEXTANT_TERMINALS = ("foot", "kitty", "wezterm", "ghostty", "contour")
"""Terminals that draw sextants themselves, without gaps and without a font."""


@dataclass(frozen=True)
class Drawing:
    """Rows of block characters, each `width` cells long; no rows where a text can't be drawn."""

    lines: tuple[str, ...]
    width: int


@dataclass(frozen=True)
class Request:
    """What is to be drawn, how high, and how wide at most.

    `rows` are the heights of one line in cells to choose from, `height` the rows there are for all lines and
    the air between (0: any number). `rtl` is the paragraph's direction, `cell_aspect` a cell's height as a
    multiple of its width.
    """

    text: str
    rows: tuple[int, ...]
    width: int
    max_lines: int = 2
    height: int = 0
    mode: Mode = "sextant"
    rtl: bool = False
    cell_aspect: float = CELL_ASPECT


def mode_for_terminal(env: Mapping[str, str]) -> Mode:
    """Sextants where the terminal is known to draw them itself, half blocks elsewhere."""
    names = " ".join(env.get(name, "") for name in ("TERM", "TERM_PROGRAM", "TERMINAL_NAME")).lower()
    known = "KITTY_WINDOW_ID" in env or any(name in names for name in SEXTANT_TERMINALS)
    return "sextant" if known else "half"


def draw(
    text: str,
    rows: int,
    width: int,
    mode: Mode = "sextant",
    rtl: bool = False,
    *,
    cell_aspect: float = CELL_ASPECT,
    squeeze: float = 1.0,
    fonts: Sequence[Font] | None = None,
) -> Drawing | None:
    """Draw a text on one line, `rows` cells high and at most `width` cells wide.

    `squeeze` narrows the letters; `fonts` are the installed ones unless given. None where it does not fit, a
    character is in no font, or the script is not legible at this height.
    """
    request = Request(text, (rows,), width, mode=mode, rtl=rtl, cell_aspect=cell_aspect)
    return _draw_lines((text,), rows, squeeze, request, fonts)


def draw_fitted(request: Request, fonts: Sequence[Font] | None = None) -> Drawing | None:
    """Draw a text as large as it fits: for each height from the largest one line, then two balanced ones."""
    attempts = (
        (texts, rows, squeeze)
        for rows in sorted(request.rows, reverse=True)
        for texts in _divisions(request, rows)
        for squeeze in SQUEEZES
    )
    drawings = (_draw_lines(texts, rows, squeeze, request, fonts) for texts, rows, squeeze in attempts)
    return next((drawing for drawing in drawings if drawing), None)


def _divisions(request: Request, rows: int) -> Iterator[tuple[str, ...]]:
    """The text in one line, then in two of about the same length, as far as the height allows."""
    if not request.height or rows <= request.height:
        yield (request.text,)
    halves = balanced(request.text) if request.max_lines > 1 else None
    if halves and (not request.height or 2 * rows + 1 <= request.height):
        yield halves


def balanced(text: str) -> tuple[str, str] | None:
    """The text in two lines of about the same length; None where there is no place to break it."""
    breaks = [index for index in range(1, len(text)) if _may_break(text[index - 1], text[index])]
    halves = [(text[:index].strip(), text[index:].strip()) for index in breaks]
    return min((half for half in halves if all(half)), key=lambda half: max(map(_length, half)), default=None)


def _may_break(before: str, after: str) -> bool:
    """After a space or a zero width space, and between Chinese characters but not beside punctuation."""
    return before in " \u200b" or (_is_ideograph(before) and _is_ideograph(after))


def _is_ideograph(character: str) -> bool:
    return unicodedata.east_asian_width(character) == "W" and unicodedata.category(character) == "Lo"


def _length(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def _draw_lines(
    texts: Sequence[str], rows: int, squeeze: float, request: Request, fonts: Sequence[Font] | None
) -> Drawing | None:
    across, down = PIXELS[request.mode]
    stretch = request.cell_aspect * across / down * squeeze
    try:
        from kiosk.ui.fonts import installed
        from kiosk.ui.ink import draw_ink

        bitmaps = draw_ink(texts, rows * down, stretch, request.rtl, installed() if fonts is None else fonts)
    except (ImportError, OSError):
        return None  # the font libraries or a font file can't be read here: the words are typed instead
    if not bitmaps or max(bitmap.width for bitmap in bitmaps) > request.width * across:
        return None
    blocks = [pack(bitmap, request.mode) for bitmap in bitmaps]
    width = max(len(lines[0]) for lines in blocks)
    aligned = [
        [line.rjust(width) if request.rtl else line.ljust(width) for line in lines] for lines in blocks
    ]
    separated = [line for lines in aligned for line in (" " * width, *lines)]
    return Drawing(tuple(separated[1:]), width)


class TypeCache:
    """Drawings on disk, one small file each, so that a known heading needs no font library.

    A file that can't be read is drawn again; one that can't be written is drawn again next time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "display-type"

    @cached_property
    def _fonts(self) -> str:
        from kiosk.ui.fonts import version

        return version()

    def draw(self, request: Request) -> Drawing | None:
        """The cached drawing, or a new one that is then cached; None where the text can't be drawn."""
        drawing = self.get(request)
        if drawing is None:
            drawing = draw_fitted(request) or Drawing((), 0)
            self.put(request, drawing)
        return drawing if drawing.lines else None

    def get(self, request: Request) -> Drawing | None:
        """The cached drawing, without rows where the text can't be drawn; None where nothing is cached."""
        key = self._key(request)
        try:
            stored = json.loads(self._file(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        lines = stored.get("lines") if isinstance(stored, dict) and stored.get("key") == key else None
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            return None
        width = len(lines[0]) if lines else 0
        return Drawing(tuple(lines), width) if all(len(line) == width for line in lines) else None

    def put(self, request: Request, drawing: Drawing) -> None:
        """Keep a drawing; a full or read-only disk is no error."""
        key = self._key(request)
        content = json.dumps({"key": key, "lines": drawing.lines}, ensure_ascii=False)
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".new")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            Path(name).replace(self._file(key))

    def _key(self, request: Request) -> str:
        return json.dumps([FORMAT, self._fonts, asdict(request)], sort_keys=True)

    def _file(self, key: str) -> Path:
        return self.folder / f"{sha256(key.encode()).hexdigest()[:32]}.json"
