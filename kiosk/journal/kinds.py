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
    # Compiled when first needed, and kept by `re`: a start needs few of them.
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


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
CODE = Field("a ticket's code, a letter and three digits (B104)", _matches(r"[A-Z]\d{3}"))
COUNTER = Field("a counter's name, 1 to 12 characters", _matches(r"[^\x00-\x1f]{1,12}"))
STAFF = Field("s and a number (s3)", _matches(r"s[1-9]\d{0,5}"))
STAFF_OR_NONE = Field('s and a number (s3), or ""', _matches(r"(s[1-9]\d{0,5})?"))
MINUTES = Field("whole minutes, -1 for not known", lambda value: _count(value) or value == -1)
DATE = Field("a day as YYYY-MM-DD", _matches(r"\d{4}-\d\d-\d\d"))
DATE_OR_NONE = Field('a day as YYYY-MM-DD, or ""', _matches(r"(\d{4}-\d\d-\d\d)?"))
RANDOM_OR_NONE = Field('32 hex digits, or ""', _matches(r"([0-9a-f]{32})?"))
CODE_OR_NONE = Field('a letter and three digits, or ""', _matches(r"([A-Z]\d{3})?"))
EVENT_ID = Field("the id of an event", lambda value: _is_event_id(value))
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
PRIORITY = _choice("", "assisted", "booked")
WAIT_BAND = _choice("none", "under_5", "5_15", "15_30", "30_60", "over_60")
TICKET = {"ticket": RANDOM}
BY_STAFF = {**TICKET, "staff": STAFF}
AT_COUNTER = {"counter": COUNTER, "staff": STAFF}
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
    "survey.sampled": Kind(
        "Who is invited from now on: the method, its numbers, and the seed that decides.",
        {
            "survey": NAME,
            "version": COUNT,
            "method": _choice("everyone", "systematic", "random", "stratified"),
            "every": COUNT,
            "percent": COUNT,
            "rates": RATES,
            "seed": RANDOM,
        },
    ),
    "survey.eligible": Kind(
        "Somebody could be invited: the how-manieth under a seed, in which stratum, and whether they are.",
        {
            "unit": RANDOM,
            "source": _choice("visit", "ticket", "answer"),
            "stratum": NAME,
            "service": NAME_OR_NONE,
            "language": NAME,
            "seed": RANDOM,
            "ordinal": COUNT,
            "selected": FLAG,
            "code": CODE_OR_NONE,
        },
    ),
    "survey.invited": Kind(
        "Somebody who was selected was asked to take the survey.",
        {"unit": RANDOM, "by": _choice("screen", "desk")},
    ),
    "survey.declined": Kind("They declined.", {"unit": RANDOM}),
    "survey.accepted": Kind("Their invitation led to a survey; to which one is not said.", {"unit": RANDOM}),
    "survey.worded": Kind(
        "What the statements say from now on, in a language.",
        {"survey": NAME, "version": COUNT, "language": NAME, "statements": WORDING},
    ),
    "survey.started": Kind(
        "A survey began: the statements this visitor is asked, in order. Only `invited` is the sample.",
        {
            "visit": RANDOM,
            "response": RANDOM,
            "survey": NAME,
            "version": COUNT,
            "channel": _choice("invited", "convenience", "ticket"),
            "audience": _choice("visitor", "employee"),
            "about": _choice("lookup", "served"),
            "language": NAME,
            "service": NAME_OR_NONE,
            "department": NAME_OR_NONE,
            "lane": NAME_OR_NONE,
            "wait": WAIT_BAND,
            "stratum": NAME_OR_NONE,
            "seed": RANDOM_OR_NONE,
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
    "survey.redacted": Kind(
        "Staff took words out of a comment: those that look like somebody's data, or all.",
        {"event": EVENT_ID, "part": _choice("flagged", "all"), "staff": STAFF_OR_NONE},
    ),
    "action.planned": Kind(
        "What staff do about a statement, as it stands now; cause, action and owner in their words.",
        {
            "action": RANDOM,
            "statement": NAME,
            "scope": NAME_OR_NONE,
            "due": DATE_OR_NONE,
            "remeasure": DATE_OR_NONE,
            "state": _choice("open", "done", "dropped"),
            "staff": STAFF_OR_NONE,
        },
        words="optional",
    ),
    "page.printed": Kind(
        "A service page was printed, or could not be: the printer's fault.",
        {"visit": RANDOM, "service": NAME, "outcome": _choice("ok", "failed"), "fault": NAME_OR_NONE},
    ),
    "ticket.issued": Kind(
        "Somebody took a place in a line: how many were ahead, the minutes quoted (0 to 0 is now).",
        {
            **TICKET,
            "code": CODE,
            "lane": NAME,
            "service": NAME_OR_NONE,
            "language": NAME,
            "channel": _choice("kiosk", "desk"),
            "priority": PRIORITY,
            "interpreter": NAME_OR_NONE,
            "ahead": COUNT,
            "low": MINUTES,
            "high": MINUTES,
            "printing": FLAG,
        },
    ),
    "ticket.called": Kind("A counter called the ticket, or called it again.", {**TICKET, **AT_COUNTER}),
    "ticket.serving": Kind("The person came; the service began.", {**TICKET, **AT_COUNTER}),
    "ticket.finished": Kind(
        "The service is over; `accurate` is false when nobody pressed the key at that moment.",
        {**TICKET, "staff": STAFF_OR_NONE, "accurate": FLAG},
    ),
    "ticket.held": Kind("Put aside for now, by whom.", BY_STAFF),
    "ticket.returned": Kind("Back among the waiting, at the old place.", BY_STAFF),
    "ticket.no_show": Kind("Called, and nobody came.", {**TICKET, "staff": STAFF_OR_NONE}),
    "ticket.left": Kind(
        "Left before being served: said so here, at the desk, or the day ended.",
        {**TICKET, "how": _choice("visitor", "desk", "day_end")},
    ),
    "ticket.transferred": Kind("Sent on to another lane, with code and arrival.", {**BY_STAFF, "lane": NAME}),
    "ticket.voided": Kind(
        "The ticket does not count.",
        {**BY_STAFF, "reason": _choice("mistake", "duplicate", "test", "other")},
    ),
    "ticket.undone": Kind(
        "The ticket's latest step was a mistake and does not count: the id of its event.",
        {**BY_STAFF, "undoes": EVENT_ID},
    ),
    "ticket.marked": Kind(
        "The docent chose the order of the call, or an interpreter.",
        {**BY_STAFF, "priority": PRIORITY, "interpreter": NAME_OR_NONE},
    ),
    "ticket.printed": Kind(
        "The ticket came out of the printer, or did not: the printer's fault.",
        {**TICKET, "outcome": _choice("ok", "failed"), "fault": NAME_OR_NONE},
    ),
    "counter.opened": Kind("A counter calls people from now on.", AT_COUNTER),
    "counter.paused": Kind("A counter calls nobody for a while.", AT_COUNTER),
    "counter.closed": Kind("A counter is closed.", AT_COUNTER),
    "desk.answered": Kind(
        "A question was answered at the desk; nobody had to wait.",
        {**AT_COUNTER, "service": NAME_OR_NONE, "language": NAME},
    ),
    "fact.doubted": Kind(
        "Staff say that a fact of the catalogue is wrong: which one, and in their words what is right.",
        {"service": NAME, "fact": NAME, "staff": STAFF},
        words="optional",
    ),
    "day.closed": Kind(
        "The lines of a business day were cleared; whoever still waited has left.", {"closed": DATE}
    ),
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
    if not _is_event_id(value):
        raise ValueError(f"event id {value!r} is not a lower-case UUIDv4 with dashes")


def _is_event_id(value: Any) -> bool:
    try:
        return UUID(value).version == 4 and str(UUID(value)) == value
    except (ValueError, AttributeError, TypeError):
        return False


def _check_words(kind: str, known: Kind, body: Mapping[str, Any], text: str | None) -> None:
    if text is not None and known.words == "never":
        raise ValueError(f"{kind}: takes no text")
    if text is None and known.words == "required":
        raise ValueError(f"{kind}: needs its text")
    if text is not None and body.get("chosen"):
        raise ValueError(f"{kind}: the words are kept only when nothing was chosen")
