"""The visitor's own words again, as they were typed: what a result is shown with."""

from __future__ import annotations

import re
from collections.abc import Set

from kiosk.search.fold import Unit, units

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
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
            found.append(" " + _EDGES.sub("", chunk))
        else:
            found += (
                part.exact if number and part.script in SPACELESS else " " + part.exact
                for number, part in enumerate(parts)
            )
    if folded[: len(row)] == [unit.folded for unit in row]:
        return found
    return [unit.exact if unit.script in SPACELESS else " " + unit.exact for unit in row]
