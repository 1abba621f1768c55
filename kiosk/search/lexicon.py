"""Every token of the catalogue, sorted, with the phrases it occurs in; flat arrays, no dict per posting."""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import byteorder
from typing import Any

SYLLABLE = "~"
"""Marks a pinyin syllable, so that shi or can never meet an English word."""
PAIR = "~~"
"""Marks two neighbouring pinyin syllables joined."""

_COLUMNS = ("starts", "postings", "services", "languages", "letters")


@dataclass(slots=True)
class Posting:
    """What is known of one token while building: phrases ascending, services, language bits."""

    phrases: list[int] = field(default_factory=list)
    services: set[int] = field(default_factory=set)
    languages: int = 0


class Lexicon:
    """Tokens by number, in code point order, so that a prefix is a range of numbers.

    `postings[starts[n]:starts[n + 1]]` are the phrases of token n, `services[n]` in how many
    services it occurs, `languages[n]` a bit for each language it occurs in, `letters[n]` a bit
    for each letter (code point modulo 32).
    """

    __slots__ = ("_number", "languages", "letters", "postings", "services", "starts", "tokens")

    def __init__(
        self,
        tokens: list[str],
        starts: array[int],
        postings: array[int],
        services: array[int],
        languages: array[int],
        letters: array[int],
    ) -> None:
        self.tokens = tokens
        self.starts = starts
        self.postings = postings
        self.services = services
        self.languages = languages
        self.letters = letters
        self._number = {token: number for number, token in enumerate(tokens)}

    @classmethod
    def build(cls, found: Mapping[str, Posting]) -> Lexicon:
        """Lay the postings of all tokens end to end."""
        tokens = sorted(found)
        starts, postings = array("I", [0]), array("I")
        for token in tokens:
            postings.extend(found[token].phrases)
            starts.append(len(postings))
        return cls(
            tokens,
            starts,
            postings,
            array("I", (len(found[token].services) for token in tokens)),
            array("I", (found[token].languages for token in tokens)),
            array("I", (letters(token) for token in tokens)),
        )

    def number(self, token: str) -> int | None:
        """The token's number, or None."""
        return self._number.get(token)

    def __contains__(self, token: str) -> bool:
        return token in self._number

    def prefixed(self, prefix: str) -> range:
        """The numbers of all tokens that begin with the prefix."""
        low = bisect_left(self.tokens, prefix)
        return range(low, bisect_left(self.tokens, prefix + "\U0010ffff", low))

    def begins(self, prefix: str) -> bool:
        """Whether any token begins with the prefix."""
        low = bisect_left(self.tokens, prefix)
        return low < len(self.tokens) and self.tokens[low].startswith(prefix)

    def to_dict(self) -> dict[str, Any]:
        """Values that JSON can carry."""
        return {"tokens": "\n".join(self.tokens)} | {name: pack(getattr(self, name)) for name in _COLUMNS}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Lexicon:
        """The inverse of to_dict."""
        tokens = raw["tokens"].split("\n") if raw["tokens"] else []
        return cls(tokens, *(unpack("I", raw[name]) for name in _COLUMNS))


def letters(token: str) -> int:
    """The letters of a word as bits; words within n edits differ in at most 2n of them."""
    bits = 0
    for character in token:
        bits |= 1 << (ord(character) & 31)
    return bits


def pack(values: array[Any]) -> str:
    """An array as base64 text, little-endian."""
    if byteorder == "big":
        values = values[:]
        values.byteswap()
    return b64encode(values.tobytes()).decode("ascii")


def unpack(kind: str, text: str) -> array[Any]:
    """The inverse of pack for an array of that type code."""
    values: array[Any] = array(kind)
    values.frombytes(b64decode(text, validate=True))
    if byteorder == "big":
        values.byteswap()
    return values
