"""What the fields of events may hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of a body may hold: in words, and as a test."""

    allowed: str
    fits: Callable[[Any], bool]


def _matches(pattern: str) -> Callable[[Any], bool]:
    # Compiled when first needed: a start needs few of them.
    known: list[re.Pattern[str]] = []

    def fits(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if not known:
            known.append(re.compile(pattern, re.ASCII))
        return known[0].fullmatch(value) is not None

    return fits


def choice(*values: str) -> Field:
    return Field(" or ".join(values), lambda value: isinstance(value, str) and value in values)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_event_id(value: Any) -> bool:
    try:
        return UUID(value).version == 4 and str(UUID(value)) == value
    except (ValueError, AttributeError, TypeError):
        return False


# Names are ASCII without spaces, so that nothing a visitor typed can slip into a body.
_name = _matches(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")

RANDOM = Field("32 hex digits, as made by new_id()", _matches(r"[0-9a-f]{32}"))
NAME = Field("an id of the catalogue: letters, digits, _ . -", _name)
NAME_OR_NONE = Field('an id of the catalogue, or ""', lambda value: value == "" or _name(value))
NAMES = Field(
    "a list of ids, at least one",
    lambda value: isinstance(value, list) and all(map(_name, value)) and value != [],
)
COUNT = Field("a whole number from 0", _count)
FLAG = Field("true or false", lambda value: isinstance(value, bool))
KEY = Field("64 hex digits", _matches(r"[0-9a-f]{64}"))
CODE = Field("a ticket's code, a letter and three digits (B104)", _matches(r"[A-Z]\d{3}"))
LETTER = Field("a letter, A to Z", _matches(r"[A-Z]"))
CHAIN_OR_NONE = Field(
    'the name of a chain (k7m2x9qa, k7m2x9qa~0123abcd), or ""', _matches(r"([a-z0-9]{8}(~[0-9a-f]{8})?)?")
)
COUNTER = Field("a counter's name, 1 to 12 characters", _matches(r"[^\x00-\x1f]{1,12}"))
STAFF = Field("s and a number (s3)", _matches(r"s[1-9]\d{0,5}"))
STAFF_OR_NONE = Field('s and a number (s3), or ""', _matches(r"(s[1-9]\d{0,5})?"))
MINUTES = Field("whole minutes, -1 for not known", lambda value: _count(value) or value == -1)
DATE = Field("a day as YYYY-MM-DD", _matches(r"\d{4}-\d\d-\d\d"))
DATE_OR_NONE = Field('a day as YYYY-MM-DD, or ""', _matches(r"(\d{4}-\d\d-\d\d)?"))
RANDOM_OR_NONE = Field('32 hex digits, or ""', _matches(r"([0-9a-f]{32})?"))
CODE_OR_NONE = Field('a letter and three digits, or ""', _matches(r"([A-Z]\d{3})?"))
EVENT_ID = Field("the id of an event", is_event_id)
RATES = Field(
    "whole percentages by stratum",
    lambda value: isinstance(value, dict) and all(_name(name) and _count(of) for name, of in value.items()),
)
WORDING = Field(
    "texts of the catalogue by statement id, at most 500 characters each",
    lambda value: (
        isinstance(value, dict)
        and value != {}
        and all(
            _name(name) and isinstance(text, str) and 0 < len(text) <= 500 for name, text in value.items()
        )
    ),
)
PRIORITY = choice("", "assisted", "booked")
WAIT_BAND = choice("none", "under_5", "5_15", "15_30", "30_60", "over_60")
FILE = Field('the name of a file, or ""', _matches(r"[^/\s]{0,200}"))
