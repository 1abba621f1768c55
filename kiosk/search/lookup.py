"""What tokens are worth, and where their postings lie."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from typing import NamedTuple

from kiosk.search.lexicon import Lexicon

MAX_EXPANSION = 300
"""Tokens that one unfinished or mistyped word may stand for."""
PREFIX = 0.5
"""A word that only begins as typed, beside the word itself (1); more the more of it is typed."""

Range = tuple[float, int, int]
"""Value, start and end of postings."""


class Slot(NamedTuple):
    """One word of the query: its alternatives, least value first, and the most it can give.

    A slot that does not `count` ranks, but is no part of what has to be covered. `places` are the
    units of the query that it was read from.
    """

    ranges: list[Range]
    full: float
    counts: bool = True
    places: range = range(0)


def slot(ranges: list[Range], least: float = 0.0, counts: bool = True) -> Slot:
    """A slot of these alternatives, which can give `least` even if none of them is that good."""
    ranges.sort()
    return Slot(ranges, max(most(ranges), least), counts)


def most(ranges: list[Range]) -> float:
    """The highest value; 0 without any."""
    return max((value for value, _, _ in ranges), default=0.0)


class Lookup:
    """A lexicon with the number of services, which makes rare tokens worth more than common ones."""

    def __init__(self, lexicon: Lexicon, services: int) -> None:
        self.lexicon = lexicon
        self._services = services

    def worth(self, services: int) -> float:
        """Inverse document frequency of what occurs in so many services."""
        return log((self._services + 1) / (min(services, self._services) + 0.5))

    def common(self, tokens: Iterable[str]) -> tuple[list[int], float]:
        """The known ones of several forms of one word, and what the commonest of them is worth."""
        numbers = [number for token in tokens if (number := self.lexicon.number(token)) is not None]
        return numbers, self.worth(max((self.lexicon.services[number] for number in numbers), default=1))

    def range(self, number: int, value: float) -> Range:
        return value, self.lexicon.starts[number], self.lexicon.starts[number + 1]

    def tokens(self, tokens: Iterable[str], quality: float = 1.0) -> list[Range]:
        """The known ones of some tokens, each with its own worth."""
        numbers = (self.lexicon.number(token) for token in tokens)
        return self.numbers((number for number in numbers if number is not None), quality)

    def numbers(self, numbers: Iterable[int], quality: float = 1.0) -> list[Range]:
        """Tokens by number, each with its own worth."""
        return [self.range(number, self.worth(self.lexicon.services[number]) * quality) for number in numbers]

    def prefix(self, start: str, quality: float = 1.0) -> list[Range]:
        """Everything that begins so and is longer."""
        numbers = self.lexicon.prefixed(start)[:MAX_EXPANSION]
        longer = [number for number in numbers if self.lexicon.tokens[number] != start]
        return self.expand(longer, len(start), quality)

    def expand(self, numbers: list[int], typed: int, quality: float = 1.0) -> list[Range]:
        """What an unfinished word of so many letters may become: worth as much as all of it together."""
        worth = self.worth(sum(self.lexicon.services[number] for number in numbers)) * quality
        tokens = self.lexicon.tokens
        shares = ((number, min(1.0, typed / len(tokens[number]))) for number in numbers)
        return [self.range(number, worth * (PREFIX + (1 - PREFIX) * share)) for number, share in shares]
