"""The visitor's own words again, as they were typed: what a result is shown with."""

from __future__ import annotations

from collections.abc import Iterator, Set
from unicodedata import category

from kiosk.search.fold import Unit, units

SPACELESS = ("han", "syllable")
"""Scripts whose units are characters or syllables."""


def words(typed: list[str], places: Set[int], stops: Set[int]) -> str:
    """The words at these places of a query, with the stop words between them: "old couch".

    Where a word that did not count was left out in between, an ellipsis stands for it.
    """
    shown = ""
    before = -1
    for place in sorted(places):
        if shown:
            between = range(before + 1, place)
            if all(one in stops for one in between):
                shown += "".join(typed[one] for one in between)
            else:
                shown += " …" if typed[place].startswith(" ") else "…"
        shown += typed[place]
        before = place
    return shown.strip()


def typed(query: str, row: list[Unit]) -> list[str]:
    """Each unit as it was typed, with a space before it where one belongs."""
    found: list[str] = []
    folded: list[str] = []
    for chunk in query.split():
        parts = units(chunk)
        folded += (part.folded for part in parts)
        if len(parts) == 1:
            found.append(" " + (_bare(chunk) or parts[0].exact))
        else:
            found += (
                shown if number and part.script in SPACELESS else " " + shown
                for number, (part, shown) in enumerate(zip(parts, _cut(chunk, parts), strict=True))
            )
    if folded[: len(row)] == [unit.folded for unit in row]:
        return found
    return [unit.exact if unit.script in SPACELESS else " " + unit.exact for unit in row]


def _bare(chunk: str) -> str:
    """A word without the signs around it; accents and vowel signs belong to it, even at its end."""
    shown = "".join(character for character in chunk if character.isprintable())
    kept = [place for place, character in enumerate(shown) if category(character)[0] in "LMN"]
    return shown[kept[0] : kept[-1] + 1] if kept else ""


def _cut(chunk: str, parts: list[Unit]) -> Iterator[str]:
    """The parts of a chunk as they stand in it: W-9 is W and 9."""
    lower = chunk.lower()
    end = 0
    for part in parts:
        start = lower.find(part.exact, end) if len(lower) == len(chunk) else -1
        if start < 0:
            yield part.exact
        else:
            end = start + len(part.exact)
            yield chunk[start:end]
