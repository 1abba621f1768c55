"""What is taken out of visitors' words before they are kept."""

from __future__ import annotations

import re
from unicodedata import category, normalize

LONGEST = {
    "search.made": 60,
    "words.proposed": 60,
    "survey.commented": 1000,
    "fact.doubted": 200,
    "action.planned": 2000,
}
"""Characters kept of the words that come with a kind of event."""
QUERIES = ("search.made", "words.proposed")
"""Kinds whose words are what a visitor searched for."""

_ADDRESS = re.compile(r"\S*\s*[@\uff20\ufe6b]\s*\S*")
_DIGITS = re.compile(r"\d+")


def keepable(kind: str, text: str) -> str:
    """The words as they may be kept: a search loses digits and anything like an e-mail address.

    Comments are kept as written, for staff to redact; control characters go from both.
    """
    words = "".join(" " if category(character) in ("Cc", "Cs") else character for character in text).split()
    if kind in QUERIES:
        plain = _DIGITS.sub("", _ADDRESS.sub(" ", " ".join(words)))
        # What is left of "+1 (918) 555-0100" is no word any more.
        words = [word for word in plain.split() if any(map(str.isalpha, word))]
    return normalize("NFC", " ".join(words))[: LONGEST[kind]].strip()
