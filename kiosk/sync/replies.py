"""What a reply means that is not the one hoped for, and how long to wait before the next try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

from kiosk.errors import SyncError
from kiosk.sync.answer import not_center

LEAST = 1.0
MOST = 3600.0
"""Seconds between two tries."""
MOST_UNREACHED = 60.0
"""Seconds between two tries that nobody answers: they burden nobody, and desks are to meet again soon."""
LONGEST_WISH = 24 * 3600.0
"""Seconds that an answer may ask to be left alone; a longer wish is a mistake."""

LATER = (408, 425, 429)
"""Statuses that pass by themselves, as those from 500 do."""

TOO_LARGE = 413
"""Of the center or of a proxy before it, which does not know its form of an error: less at once may pass."""

_LONGEST_TOLD = 500


@dataclass(frozen=True)
class Reply:
    """What came back: its status, media type, header fields (lower case) and content."""

    status: int
    kind: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class Later(SyncError):
    """Nobody answers (`answered` False), or not now; `wish`: seconds for which it asked to be left alone."""

    def __init__(self, what: str, next_step: str, answered: bool = False, wish: float = 0.0) -> None:
        super().__init__("unreachable", what, next_step)
        self.answered = answered
        self.wish = wish


class Refused(SyncError):
    """The center does not want this machine (any more); `code` is its word for why."""

    def __init__(self, code: str, what: str, next_step: str) -> None:
        super().__init__("refused", what, next_step)
        self.code = code


class NotTaken(SyncError):
    """The center does not take what was sent; `status` and its word for why, "" where a proxy said it."""

    def __init__(self, status: int, code: str, what: str, next_step: str) -> None:
        super().__init__("other", what, next_step)
        self.status = status
        self.code = code


def pause(tries: int, answered: bool, wish: float, random: Random) -> float:
    """Seconds to wait after so many tries in a row that failed: full jitter, and never less than was wished.

    From 1 s, doubling, to an hour where somebody answers, to a minute where nobody does.
    """
    most = MOST if answered else MOST_UNREACHED
    chosen = random.uniform(LEAST, max(LEAST, min(most, 2.0 ** min(tries, 16))))
    return chosen if wish <= 0 else min(wish, LONGEST_WISH) + min(chosen, MOST_UNREACHED)


def wished(reply: Reply, now: datetime) -> float:
    """Seconds of an answer's Retry-After, 0 without one: a number, or a date by the answer's own clock."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = _moment(value)
    if moment is None:
        return 0.0
    here = _moment(reply.headers.get("date", "")) or now
    return max((moment - here).total_seconds(), 0.0)


def problem(reply: Reply, now: datetime) -> SyncError:
    """What is wrong when an answer is not the one hoped for.

    Only the center's own form of an error is believed: a network that wants a sign-in answers in its name.
    """
    if reply.status in LATER or reply.status >= 500:
        return Later(
            f"the center can't take anything now (status {reply.status})",
            "Nothing to do: it is tried again by itself. If it lasts, tell whoever looks after the center.",
            answered=True,
            wish=wished(reply, now),
        )
    told = _told(reply)
    if told is None and reply.status == TOO_LARGE:
        return NotTaken(
            TOO_LARGE,
            "",
            "something on the way to the center takes no more at once (status 413)",
            "Let the proxy in front of the center take bodies of 8 MB.",
        )
    if told is None or not 400 <= reply.status < 500:
        return not_center("an answer")
    code, what, next_step = told
    if reply.status in (401, 403):
        step = next_step or "Make a new code at the center and type `kiosk enroll URL CODE` here."
        return Refused(code, f"the center does not accept this machine: {what}", step)
    return NotTaken(reply.status, code, f"the center did not take it: {what}", next_step)


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(reply: Reply) -> tuple[str, str, str] | None:
    """The center's word, what it says and what to do, where the answer is an error in its form."""
    if reply.kind != "application/json":
        return None
    try:
        value = json.loads(reply.content)
    except (ValueError, RecursionError):
        return None
    names = ("code", "what", "next")
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        return None
    code, what, next_step = (_plain(value[name]) for name in names)
    return code, what, next_step


def _plain(text: str) -> str:
    """Words from outside, short and on one line."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_LONGEST_TOLD]
