"""Caches that would remember a visitor's words after the visit, emptied when it ends."""

from __future__ import annotations

from rich.cells import cached_cell_len
from textual._styles_cache import StylesCache

from kiosk.i18n import script


def forget_words() -> None:
    """Empty every cache that is keyed by text on screen, or keeps what was drawn.

    `StylesCache.get_inner_outer` also pins the drawn lines of dead widgets (Textual issue 6665).
    """
    script.forget()
    cached_cell_len.cache_clear()
    StylesCache.get_inner_outer.cache_clear()
