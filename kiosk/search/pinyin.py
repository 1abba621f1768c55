"""Latin letters read as Chinese: laji, la ji and lajitong find 垃圾."""

from __future__ import annotations

from itertools import pairwise

from kiosk.search import chinese, typos
from kiosk.search.lexicon import PAIR, SYLLABLE
from kiosk.search.lookup import MAX_EXPANSION, Lookup, Range, Slot, slot

BESIDE = 0.45
"""A syllable without its neighbour: the same few hundred sounds mean thousands of characters."""
SINGLE = 0.8
"""The same when it is the whole query."""
TYPO = 0.75


def read(lookup: Lookup, words: list[str], unfinished: bool) -> list[Slot]:
    """The slots of words that are all pinyin, empty if they are not.

    Two syllables or more must stand together somewhere in the catalogue. While `unfinished`
    the last word may be the beginning of one.
    """
    syllables: list[str] = []
    for place, word in enumerate(words, 1):
        cut = chinese.segment(
            word, lambda piece: SYLLABLE + piece in lookup.lexicon, unfinished and place == len(words)
        )
        if not cut:
            return _mistyped(lookup, words)
        syllables += cut
    found = [lookup.tokens([PAIR + one + two]) for one, two in pairwise(syllables)]
    if found and unfinished and not found[-1]:
        found[-1] = _beginning(lookup, PAIR + syllables[-2] + syllables[-1])
    if len(syllables) == 1 and SYLLABLE + syllables[0] not in lookup.lexicon:
        return []
    if found and not any(found):
        return _mistyped(lookup, words)
    return _slots(lookup, syllables, found)


def _slots(lookup: Lookup, syllables: list[str], found: list[list[Range]]) -> list[Slot]:
    """One slot a syllable, with the pairs on both sides of it."""
    quality = BESIDE if len(syllables) > 1 else SINGLE
    least = lookup.worth(1) * BESIDE / 2
    slots = []
    for place, syllable in enumerate(syllables):
        ranges = lookup.tokens([SYLLABLE + syllable], quality)
        for neighbours in found[max(0, place - 1) : place + 1]:
            ranges += neighbours
        slots.append(slot(ranges, least))
    return slots


def _beginning(lookup: Lookup, start: str) -> list[Range]:
    numbers = list(lookup.lexicon.prefixed(start)[:MAX_EXPANSION])
    return lookup.expand(numbers, len(start))


def _mistyped(lookup: Lookup, words: list[str]) -> list[Slot]:
    """Two syllables with one letter wrong, together or apart: lai ji -> la ji."""
    joined = "".join(words)
    if len(words) > 2 or not typos.correctable(joined, "latin"):
        return []
    ranges = lookup.tokens((PAIR + one for one in sorted(typos.variants(joined, "latin"))), TYPO)
    return [slot(ranges)] * len(words) if ranges else []
