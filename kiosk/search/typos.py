"""Words one or two edits away, for a word that is in no vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.search.lexicon import Lexicon, letters

ONE_EDIT_FROM = 5
TWO_EDITS_FROM = 9
LONGEST = 40
"""Letters of a word that is corrected at most: longer ones have more variants than are worth making."""
_ALPHABETS = {
    "latin": "abcdefghijklmnopqrstuvwxyz",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "arabic": "ءابتثجحخدذرزسشصضطظعغفقكلمنهوي",
}


def correctable(word: str, script: str) -> bool:
    """Long enough but no monster, of one alphabet, and no digit in it."""
    alphabet = _ALPHABETS.get(script, "")
    return ONE_EDIT_FROM <= len(word) <= LONGEST and all(letter in alphabet for letter in word)


def near(lexicon: Lexicon, word: str, script: str) -> tuple[list[int], int]:
    """The tokens with the fewest edits (at most one from 5 letters, two from 9), and how many edits."""
    if not correctable(word, script):
        return [], 0
    found = {number for one in variants(word, script) if (number := lexicon.number(one)) is not None}
    if found or len(word) < TWO_EDITS_FROM:
        return sorted(found), 1
    return _two_edits(lexicon, word), 2


def prefixes(lexicon: Lexicon, word: str, script: str) -> Iterator[range]:
    """The ranges of tokens that begin with something one edit from an unfinished word."""
    if correctable(word, script):
        for one in sorted(variants(word, script)):
            if lexicon.begins(one):
                yield lexicon.prefixed(one)


def variants(word: str, script: str) -> set[str]:
    """Every string one deletion, swap of neighbours, replacement or insertion away."""
    found: set[str] = set()
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            found.add(head + tail[1:])
        if len(tail) > 1:
            found.add(head + tail[1] + tail[0] + tail[2:])
        for letter in _ALPHABETS[script]:
            found.add(head + letter + tail)
            if tail:
                found.add(head + letter + tail[1:])
    found.discard(word)
    return found


def _two_edits(lexicon: Lexicon, word: str) -> list[int]:
    """Tokens two edits away with the same first letter: people rarely mistype that one."""
    bits, low, high = letters(word), len(word) - 2, len(word) + 2
    return [
        number
        for number in lexicon.prefixed(word[0])
        if (lexicon.letters[number] ^ bits).bit_count() <= 4
        and low <= len(lexicon.tokens[number]) <= high
        and distance(word, lexicon.tokens[number], 2) <= 2
    ]


def distance(one: str, two: str, limit: int) -> int:
    """Edits between two words, a swap of neighbours counting once; stops above the limit."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return row[-1]
