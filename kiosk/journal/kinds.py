"""Everything that can happen: the kinds of events and what their bodies hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of a body may hold: in words, and as a test."""

    allowed: str
    fits: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: what happened, the fields of its body (all required), and visitor's words.

    Words never stand in the body; `words` says whether they may, must or must not come along to be
    kept in the table `visitor_text`.
    """

    meaning: str
    fields: Mapping[str, Field]
    words: Literal["never", "optional", "required"] = "never"


def new_id() -> str:
    """A random identifier for a visit or a response: 32 hex digits that lead to no person."""
    return uuid4().hex


def _matches(pattern: str) -> Callable[[Any], bool]:
    match = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and match(value) is not None


def _choice(*values: str) -> Field:
    return Field(" or ".join(values), lambda value: isinstance(value, str) and value in values)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


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
FILE = Field('the name of a file, or ""', _matches(r"[^/\s]{0,200}"))

KINDS: dict[str, Kind] = {
    "journal.opened": Kind(
        "A file and its chain began: format, practice or real, public key, the damaged file it replaces.",
        {"format": COUNT, "practice": FLAG, "key": KEY, "aside": FILE},
    ),
    "visit.started": Kind("A visitor touched the screen.", {"visit": RANDOM, "language": NAME}),
    "visit.ended": Kind(
        "The visit is over: finished, begun again, left idle, a fault, or found open at a restart.",
        {
            "visit": RANDOM,
            "how": _choice("finished", "start_over", "idle", "fault", "restart"),
            "language": NAME,
        },
    ),
    "service.viewed": Kind("A service page was read.", {"visit": RANDOM, "service": NAME, "language": NAME}),
    "qr.shown": Kind("The QR code of a service was shown.", {"visit": RANDOM, "service": NAME}),
    "need.answered": Kind(
        '"Was this what you needed?" was answered.',
        {"visit": RANDOM, "service": NAME, "answer": _choice("yes", "partly", "no")},
    ),
    "search.made": Kind(
        "A search ended: how many results, the service chosen; the words only when none was chosen.",
        {"visit": RANDOM, "language": NAME, "results": COUNT, "chosen": NAME_OR_NONE, "confident": FLAG},
        words="optional",
    ),
    "words.proposed": Kind(
        "Staff propose a keyword where the catalogue is not edited: the service and the keyword's language.",
        {"service": NAME, "language": NAME},
        words="required",
    ),
    "survey.invited": Kind("A visitor was asked to take the survey.", {"visit": RANDOM, "channel": NAME}),
    "survey.declined": Kind("The visitor declined.", {"visit": RANDOM, "channel": NAME}),
    "survey.started": Kind(
        "A survey began: the statements this visitor is asked, in order.",
        {
            "visit": RANDOM,
            "response": RANDOM,
            "survey": NAME,
            "version": COUNT,
            "channel": NAME,
            "language": NAME,
            "service": NAME_OR_NONE,
            "statements": NAMES,
        },
    ),
    "survey.answered": Kind(
        "A statement was answered (1 strongly disagree to 4 strongly agree), not applicable, or skipped.",
        {"response": RANDOM, "statement": NAME, "answer": _choice("1", "2", "3", "4", "na", "skipped")},
    ),
    "survey.completed": Kind("The visitor went through to the end.", {"response": RANDOM}),
    "survey.abandoned": Kind("The visitor stopped at a statement.", {"response": RANDOM, "at": NAME_OR_NONE}),
    "survey.commented": Kind("The visitor left a comment.", {"response": RANDOM}, words="required"),
}


def check(kind: str, body: Mapping[str, Any], text: str | None = None) -> None:
    """Refuse an unknown kind, a body with other fields than its kind has, or words out of place.

    Raises ValueError naming the kind, the field and what is allowed: a mistake of the program.
    """
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"unknown kind {kind!r}; known: {', '.join(KINDS)}")
    if body.keys() != known.fields.keys():
        missing = ", ".join(sorted(known.fields.keys() - body.keys())) or "nothing"
        unknown = ", ".join(sorted(map(str, body.keys() - known.fields.keys()))) or "nothing"
        raise ValueError(f"{kind}: missing {missing}; unknown {unknown}")
    for name, field in known.fields.items():
        if not field.fits(body[name]):
            raise ValueError(f"{kind}: {name} can't be {body[name]!r}; allowed: {field.allowed}")
    _check_words(kind, known, body, text)


def check_event_id(value: str) -> None:
    """Refuse an event id that is not a UUIDv4 in its usual form."""
    try:
        good = UUID(value).version == 4 and str(UUID(value)) == value
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"event id {value!r} is not a lower-case UUIDv4 with dashes")


def _check_words(kind: str, known: Kind, body: Mapping[str, Any], text: str | None) -> None:
    if text is not None and known.words == "never":
        raise ValueError(f"{kind}: takes no text")
    if text is None and known.words == "required":
        raise ValueError(f"{kind}: needs its text")
    if text is not None and body.get("chosen"):
        raise ValueError(f"{kind}: the words are kept only when nothing was chosen")
