"""Script work for a grid of cells: width, line breaking, Arabic shaping and order, cleaning.

Text is kept in logical order everywhere; `wrap` it first, then `visual` each line just before it is drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from kiosk.i18n.languages import LANGUAGES

ZERO_WIDTH_SPACE = "\u200b"
JOINERS = "\u200c\u200d"
ZERO_WIDTH = {"Mn", "Mc", "Me", "Cc", "Cf", "Zl", "Zp"}
SOFT_HYPHEN = "\u00ad"

OPENING = frozenset("（「『【《〈［｛〔“‘([{«")
CLOSING = frozenset("。，、．）」』】》〉］｝〕！？：；％…—–·”’)]},.!?:;%»،؛؟")
GAP = re.compile(f"([ \t\r\f\v\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000{ZERO_WIDTH_SPACE}]+)")
AFTER = frozenset("/?&=-_.@")
"""Where a word wider than a line, such as an address, is best broken."""


@lru_cache(maxsize=8192)
def _character_width(character: str) -> int:
    if unicodedata.category(character) in ZERO_WIDTH:
        return int(character == SOFT_HYPHEN)  # terminals draw it
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@lru_cache(maxsize=8192)
def cell_width(text: str) -> int:
    """Terminal cells the text takes: as the screen library counts, without importing it."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_character_width, text))


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines of at most `width` cells, in logical order.

    Words stay whole unless one is wider than a line; between Chinese characters any place will do except
    before closing and after opening punctuation; U+200B allows a break and is dropped. Line breaks of the
    text are kept, runs of spaces become one. Only a single character wider than the line overflows.
    """
    return [line for paragraph in text.split("\n") for line in _wrap_paragraph(paragraph, width)]


def _wrap_paragraph(paragraph: str, width: int) -> Iterator[str]:
    line, used = "", 0
    for gap, atom in _atoms(paragraph):
        needed = cell_width(atom)
        if used and used + len(gap) + needed <= width:
            line, used = f"{line}{gap}{atom}", used + len(gap) + needed
            continue
        if line:
            yield line
        *full, line = _hard_break(atom, width) if needed > width else (atom,)
        yield from full
        used = cell_width(line)
    yield line


def _atoms(paragraph: str) -> Iterator[tuple[str, str]]:
    """Unbreakable pieces, each with the gap (a space or nothing) before it."""
    before, held = "", ""
    gap = ""
    for part in GAP.split(paragraph):
        if not part or GAP.match(part):
            gap = " " if part.strip(ZERO_WIDTH_SPACE) else gap
            continue
        for piece in _pieces(part):
            if held and _stick(held[-1], piece[0]):
                held += gap + piece
            else:
                if held:
                    yield before, held
                before, held = gap, piece
            gap = ""
    if held:
        yield before, held


def _pieces(word: str) -> Iterator[str]:
    """A word cut wherever Chinese may be broken."""
    start = 0
    for here in range(1, len(word)):
        before, after = word[here - 1], word[here]
        if (_is_wide(before) or _is_wide(after)) and _may_part(before, after):
            yield word[start:here]
            start = here
    yield word[start:]


def _is_wide(character: str) -> bool:
    return _character_width(character) == 2


def _stick(before: str, after: str) -> bool:
    """Whether no line may end and begin between these two."""
    return before in OPENING or after in CLOSING


def _may_part(before: str, after: str) -> bool:
    return _character_width(after) > 0 and " " not in (before, after) and not _stick(before, after)


def _hard_break(atom: str, width: int) -> list[str]:
    """Cut what is wider than a line; marks stay with their letter, addresses break after a sign."""
    lines = []
    while (cut := _cut(atom, width)) < len(atom):
        lines.append(atom[:cut].rstrip(" "))
        atom = atom[cut:].lstrip(" ")
    return [*lines, atom]


def _cut(atom: str, width: int) -> int:
    """Where the first line of an atom ends; at least one character stands on it."""
    used = 0
    for end, character in enumerate(atom):
        cells = _character_width(character)
        used += cells
        if used > width and cells and end:
            break
    else:
        return len(atom)
    possible = [here for here in range(end // 2 + 1, end + 1) if _may_part(atom[here - 1], atom[here])]
    best = [here for here in possible if atom[here - 1] in AFTER]
    return max(best or possible or [end])


UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
HAS_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
NAMES = {language.name: language.shaped for language in LANGUAGES.values() if language.shaped}
"""Names of languages, known by heart."""


@lru_cache(maxsize=4096)
def visual(line: str, rtl: bool) -> str:
    """One wrapped line as it stands in the cells, left to right: Arabic shaped and reordered.

    `rtl` is the direction of the paragraph. A line without right-to-left letters comes back as it is.
    Numbers, codes and addresses keep their order (the bidirectional algorithm turns 918-596-2100 round
    after an Arabic word). Never wider than the logical line; lam-alef makes it narrower.
    """
    if not HAS_RTL.search(line):
        return line
    if line in NAMES:
        return NAMES[line]
    from kiosk.i18n.bidi import ordered

    return ordered(line, rtl)


def clean(text: str, limit: int | None = None) -> str:
    """Text from outside, fit to be shown: Unicode form NFC, without control and direction characters.

    Line breaks stay, tabs become spaces. U+200B stays (a break), and the joiners after a letter that is
    not Latin, where they change its shape. `limit` counts characters and never parts a letter from its marks.
    """
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")):
        if character in JOINERS:
            if kept and kept[-1] > "\u0590" and unicodedata.category(kept[-1])[0] in "LM":
                kept.append(character)
        elif character in "\n\u200b" or unicodedata.category(character) not in UNSHOWN:
            kept.append(character)
    cleaned = unicodedata.normalize("NFC", "".join(kept))
    return cleaned if limit is None else _head(cleaned, limit)


def _head(text: str, limit: int) -> str:
    end = min(max(limit, 0), len(text))
    while 0 < end < len(text) and unicodedata.category(text[end]) in ("Mn", "Mc", "Me"):
        end -= 1
    return text[:end]


def forget() -> None:
    """Empty the caches that hold what visitors typed."""
    cell_width.cache_clear()
    visual.cache_clear()
