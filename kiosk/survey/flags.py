"""What in a comment looks like a phone number, an e-mail address, a payment card or a social-security number.

For staff, who decide: nothing is altered because of a flag alone. It looks like one rather too often than too
seldom, but a house number, a year, a ticket's code or 311 by itself never does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

REMOVED = "[removed]"

Span = tuple[int, int]
"""Where something starts and ends, as in a slice."""

_SAME = str.maketrans({"−": "-", "٫": ".", "。": ".", "｡": ".", "·": ".", "・": ".", "•": ".", "․": "."})
_FOUND = "\0"

_BETWEEN = r"[ .\-]{0,3}"
# The letters of scripts that are written with spaces; in others an address would take its sentence along.
_LETTERS = "A-Za-z\u00c0-\u024f\u0370-\u052f\u0620-\u064a\u0671-\u06d3"
_EMAIL = re.compile(
    rf"[{_LETTERS}\d._%+\-]{{1,64}} ?@ ?(?:[{_LETTERS}\d\-]{{1,63}}\.){{1,8}}[{_LETTERS}]{{2,24}}"
)
_RUN = re.compile(r"\d(?:[ .\-]{0,3}\d)*")
_GROUP = re.compile(r"\d+")
# Three, two and four digits, not five and four as in a ZIP code. Nothing is given out with the area 000, 666
# or 9xx, the group 00, the serial 0000.
_SSN = re.compile(
    r"(?<!\d)(?!000|666|9)\d{3}(?:[ .\-]{1,3}(?!00)\d\d[ .\-]{1,3}|(?!00)\d\d)(?!0000)\d{4}(?!\d)"
)
_THREE = r"(?!.11)[2-9]\d\d"
_PHONES = tuple(
    re.compile(rf"(?<!\d){pattern}(?!\d)")
    for pattern in (
        # North America, with the area code and without; then in the form with + that every country has.
        rf"(?:\+?1{_BETWEEN})?\(?{_THREE}\)?[ .\-/]{{0,3}}{_THREE}{_BETWEEN}\d{{4}}",
        rf"{_THREE} ?[.\-] ?\d{{4}}",
        r"\+[ (]{0,2}\d(?:[ .\-()/]{0,3}\d){7,14}",
        # As people write them in countries where a number starts with 0, and mobile numbers of China.
        rf"\(?(?=0(?:\D{{0,3}}\d){{8}})0[1-9]\d{{0,3}}\)?[ .\-/]{{0,3}}\d{{3,4}}{_BETWEEN}\d{{3,4}}",
        rf"1[3-9]\d{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}",
    )
)
_CARD_DIGITS = range(13, 20)


def flags(text: str) -> frozenset[str]:
    """Which of `phone`, `email`, `card` and `ssn` a text seems to hold, in digits of any script or width."""
    return frozenset(kind for kind, _ in _found(text))


def redacted(text: str) -> str:
    """The text with each of them replaced by `[removed]`; all else is kept as it was."""
    kept, after = [], 0
    for start, end in sorted(span for _, span in _found(text)):
        kept += [text[after:start], REMOVED]
        after = end
    return "".join([*kept, text[after:]])


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a card's number (ISO/IEC 7812-1)."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def _found(text: str) -> list[tuple[str, Span]]:
    """Kinds and places, none of which overlap; looked for again until what is left holds nothing more."""
    plain, places = _plain(text)
    found: list[tuple[str, Span]] = []
    before = -1
    while len(found) != before:
        before = len(found)
        for kind, search in _KINDS:
            for start, end in _joined(search(plain)):
                plain = plain[:start] + _FOUND * (end - start) + plain[end:]
                found.append((kind, (places[start], places[end - 1] + 1)))
    return found


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in standard width and digits, one kind of dash and space, and where each character was."""
    characters, places = [], []
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        # Marks of direction and signs on letters come between digits and mean nothing there.
        if category in ("Cf", "Mn", "Me"):
            continue
        if category == "Nd":
            character = str(unicodedata.decimal(character))
        elif category == "Pd":
            character = "-"
        elif character.isspace():
            character = " "
        else:
            wide = unicodedata.normalize("NFKC", character)
            character = (wide if len(wide) == 1 else character).translate(_SAME)
        characters.append(character)
        places.append(place)
    return "".join(characters), places


def _emails(plain: str) -> Iterator[Span]:
    return (match.span() for match in _EMAIL.finditer(plain))


def _cards(plain: str) -> Iterator[Span]:
    """Numbers as on a card, within longer rows of digits too, but not after the + of a phone number."""
    for run in _RUN.finditer(plain):
        groups = [match.span() for match in _GROUP.finditer(plain, *run.span())]
        for first, (start, _) in enumerate(groups):
            if plain[:start].rstrip(" (").endswith("+"):
                continue
            digits = ""
            for last in range(first, len(groups)):
                digits += plain[slice(*groups[last])]
                if len(digits) >= _CARD_DIGITS.stop:
                    break
                whole = first == 0 and last == len(groups) - 1
                # Cards are printed in fours, or in four, six and five; two phone numbers in a row are not.
                printed = whole or all(to - at >= 4 for at, to in groups[first:last])
                if printed and len(digits) in _CARD_DIGITS and luhn(digits):
                    yield start, groups[last][1]


def _ssns(plain: str) -> Iterator[Span]:
    return (match.span() for match in _SSN.finditer(plain))


def _phones(plain: str) -> Iterator[Span]:
    return (match.span() for phone in _PHONES for match in phone.finditer(plain))


_KINDS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("email", _emails),
    ("card", _cards),
    ("ssn", _ssns),
    ("phone", _phones),
)


def _joined(spans: Iterator[Span]) -> list[Span]:
    """The spans in order, those that overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
