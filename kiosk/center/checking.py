"""Which events count and which lie in quarantine, and what an event is folded with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from kiosk.journal import kinds
from kiosk.journal.event import VERSION
from kiosk.journal.fields import is_event_id
from kiosk.sync.lines import EventLine

CODES: Mapping[str, str] = MappingProxyType(
    {
        "version": "The event has a form that this center does not know: update the center.",
        "time": "Its time, its business day or its clock is none.",
        "id": "Its id is none, or another event has it already.",
        "site": "It says that it happened at a site other than the device's.",
        "body": "What it holds does not fit its kind.",
        "words": "Words came with it, and its kind takes none; they were not kept.",
        "fold": "The center could not put it into the tables: a fault of the center, to be reported.",
    }
)
"""Why an event lies in quarantine: it is kept, but counts nowhere and is not passed on to other devices."""

UNENROLLED = "local"
"""The site of what a machine recorded before it belonged to one."""

# What nearly every event is like, found with one expression; days are looked at more closely then. A clock
# that was never set says 1970; earlier and later times than these no local time can be told of.
_USUAL = re.compile(
    r"((?:19|2\d)\d\d-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z "
    r"((?:19|2\d)\d\d-\d\d-\d\d) [0-9a-f]{12}-[0-9a-f]{4} "
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    re.ASCII,
)
_WORD = re.compile(r"[!-\[\]-~]{1,100}")
_FIELDS = {
    kind: tuple((name, field.fits) for name, field in known.fields.items())
    for kind, known in kinds.KINDS.items()
}
_RANDOM = re.compile(r"[0-9a-f]{32}")
_SUBJECTS = {
    "survey.started": "response",
    "survey.answered": "response",
    "survey.completed": "response",
    "survey.abandoned": "response",
    "survey.commented": "response",
    "survey.eligible": "unit",
    "survey.invited": "unit",
    "survey.declined": "unit",
    "survey.accepted": "unit",
    "survey.redacted": "event",
}


def subject(kind: str, body: Mapping[str, Any]) -> str:
    """What an event is folded with, "" for most kinds: its ticket, its response, whoever can be invited.

    For `survey.redacted` it is the event whose words were taken away, so that this is never forgotten.
    """
    value = body.get("ticket" if kind.startswith("ticket.") else _SUBJECTS.get(kind, ""), "")
    return value if isinstance(value, str) and (_RANDOM.fullmatch(value) or is_event_id(value)) else ""


def code_of(event: EventLine, home: str) -> str:
    """Why an event lies in quarantine, "" when it counts. Whether another has its id is not asked here."""
    if event.v != VERSION:
        return "version"
    usual = _USUAL.fullmatch(f"{event.at} {event.day} {event.clock} {event.id}")
    if usual is None:
        return "time" if is_event_id(event.id) else "id"
    if not (_is_day(usual[1]) and _is_day(usual[2])):
        return "time"
    if event.site not in (home, UNENROLLED):
        return "site"
    return "" if _fits(event.kind, event.value) else "body"


def is_word(text: str) -> bool:
    """Whether a text is as a kiosk writes the fields beside the body: what an index and COPY can hold."""
    return _WORD.fullmatch(text) is not None


def is_known(kind: str) -> bool:
    """Whether a kind is one that this center knows."""
    return kind in _FIELDS


def takes_words(kind: str, body: Mapping[str, Any]) -> bool:
    """Whether words of a visitor or of staff may come with an event; of a kind not known they may."""
    known = kinds.KINDS.get(kind)
    return known is None or (known.words != "never" and not body.get("chosen"))


def _fits(kind: str, body: Mapping[str, Any]) -> bool:
    """As kinds.readable, which is asked only about what is not exactly as events of today are."""
    fields = _FIELDS.get(kind, ())
    if len(fields) == len(body):
        for name, fits in fields:
            if name not in body or not fits(body[name]):
                break
        else:
            return True
    return kinds.readable(kind, body)


@lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
