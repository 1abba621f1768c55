"""Everything that can happen: the kinds of events and what their bodies hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from kiosk.journal.fields import (
    CHAIN_OR_NONE,
    CODE,
    CODE_OR_NONE,
    COUNT,
    COUNTER,
    DATE,
    DATE_OR_NONE,
    EVENT_ID,
    FILE,
    FLAG,
    KEY,
    LETTER,
    MINUTES,
    NAME,
    NAME_OR_NONE,
    NAMES,
    PRIORITY,
    RANDOM,
    RANDOM_OR_NONE,
    RATES,
    STAFF,
    STAFF_OR_NONE,
    WAIT_BAND,
    WORDING,
    Field,
    choice,
    is_event_id,
)


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


TICKET = {"ticket": RANDOM}
BY_STAFF = {**TICKET, "staff": STAFF}
AT_COUNTER = {"counter": COUNTER, "staff": STAFF}

KINDS: dict[str, Kind] = {
    "journal.opened": Kind(
        "A chain began: format, practice or real, key, the damaged file or the chain before it.",
        {"format": COUNT, "practice": FLAG, "key": KEY, "aside": FILE, "follows": CHAIN_OR_NONE},
    ),
    "visit.started": Kind("A visitor touched the screen.", {"visit": RANDOM, "language": NAME}),
    "visit.ended": Kind(
        "The visit is over: finished, begun again, left idle, a fault, or found open at a restart.",
        {
            "visit": RANDOM,
            "how": choice("finished", "start_over", "idle", "fault", "restart"),
            "language": NAME,
        },
    ),
    "service.viewed": Kind("A service page was read.", {"visit": RANDOM, "service": NAME, "language": NAME}),
    "qr.shown": Kind("The QR code of a service was shown.", {"visit": RANDOM, "service": NAME}),
    "need.answered": Kind(
        '"Was this what you needed?" was answered.',
        {"visit": RANDOM, "service": NAME, "answer": choice("yes", "partly", "no")},
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
            "method": choice("everyone", "systematic", "random", "stratified"),
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
            "source": choice("visit", "ticket", "answer"),
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
        {"unit": RANDOM, "by": choice("screen", "desk")},
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
            "channel": choice("invited", "convenience", "ticket", "phone"),
            "audience": choice("visitor", "employee"),
            "about": choice("lookup", "served"),
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
        {"response": RANDOM, "statement": NAME, "answer": choice("1", "2", "3", "4", "na", "skipped")},
    ),
    "survey.completed": Kind("The visitor went through to the end.", {"response": RANDOM}),
    "survey.abandoned": Kind("The visitor stopped at a statement.", {"response": RANDOM, "at": NAME_OR_NONE}),
    "survey.commented": Kind("The visitor left a comment.", {"response": RANDOM}, words="required"),
    "survey.redacted": Kind(
        "Staff took words out of a comment: those that look like somebody's data, or all.",
        {"event": EVENT_ID, "part": choice("flagged", "all"), "staff": STAFF_OR_NONE},
    ),
    "action.planned": Kind(
        "What staff do about a statement, as it stands now; cause, action and owner in their words.",
        {
            "action": RANDOM,
            "statement": NAME,
            "scope": NAME_OR_NONE,
            "due": DATE_OR_NONE,
            "remeasure": DATE_OR_NONE,
            "state": choice("open", "done", "dropped"),
            "staff": STAFF_OR_NONE,
        },
        words="optional",
    ),
    "page.printed": Kind(
        "A service page was printed, or could not be: the printer's fault.",
        {"visit": RANDOM, "service": NAME, "outcome": choice("ok", "failed"), "fault": NAME_OR_NONE},
    ),
    "ticket.issued": Kind(
        "Somebody took a place in a line: how many were ahead, the minutes quoted (0 to 0 is now).",
        {
            **TICKET,
            "code": CODE,
            "lane": NAME,
            "service": NAME_OR_NONE,
            "language": NAME,
            "channel": choice("kiosk", "desk"),
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
        "Left before being served: said so here, at the desk or on the phone, or the day ended.",
        {**TICKET, "how": choice("visitor", "desk", "phone", "day_end")},
    ),
    "ticket.late": Kind("They said on the phone that they are running late.", TICKET),
    "ticket.transferred": Kind("Sent on to another lane, with code and arrival.", {**BY_STAFF, "lane": NAME}),
    "ticket.voided": Kind(
        "The ticket does not count.",
        {**BY_STAFF, "reason": choice("mistake", "duplicate", "test", "other")},
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
        {**TICKET, "outcome": choice("ok", "failed"), "fault": NAME_OR_NONE},
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
    "center.enrolled": Kind(
        "A center took this machine in: as which device, at which site; and the center's key.",
        {"device": RANDOM, "site": NAME, "key": KEY},
    ),
    "numbers.granted": Kind(
        "Ticket numbers that this machine alone gives out: a letter, from the first to the last.",
        {"letter": LETTER, "first": COUNT, "last": COUNT},
    ),
    "catalog.taken": Kind(
        "A catalogue that the center published is shown from now on, or can't be.",
        {"version": COUNT, "sha256": KEY, "outcome": choice("taken", "refused")},
    ),
    "catalog.published": Kind("The center published a catalogue.", {"version": COUNT, "sha256": KEY}),
}


LATER: dict[str, frozenset[str]] = {
    "journal.opened": frozenset({"follows"}),
    "survey.started": frozenset({"audience", "about", "department", "lane", "wait", "stratum", "seed"}),
}
"""Fields that older events of a kind lack."""
BEFORE = {"survey.invited": {"visit", "channel"}, "survey.declined": {"visit", "channel"}}
"""Fields of invitations from before visitors were chosen; they lead nowhere."""


def readable(kind: str, body: Mapping[str, Any]) -> bool:
    """Whether a body, perhaps of an older version, can be folded; a kind that is not known can be kept."""
    known = KINDS.get(kind)
    if known is None:
        return True
    if kind in BEFORE and "unit" not in body:
        return body.keys() <= BEFORE[kind]
    missing = known.fields.keys() - body.keys()
    return (
        not missing - LATER.get(kind, frozenset())
        and not body.keys() - known.fields.keys()
        and all(field.fits(body[name]) for name, field in known.fields.items() if name in body)
    )


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
    if not is_event_id(value):
        raise ValueError(f"event id {value!r} is not a lower-case UUIDv4 with dashes")


def _check_words(kind: str, known: Kind, body: Mapping[str, Any], text: str | None) -> None:
    if text is not None and known.words == "never":
        raise ValueError(f"{kind}: takes no text")
    if text is None and known.words == "required":
        raise ValueError(f"{kind}: needs its text")
    if text is not None and body.get("chosen"):
        raise ValueError(f"{kind}: the words are kept only when nothing was chosen")
