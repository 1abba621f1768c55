"""What a machine keeps of its enrolment: which center, which site, and the token that opens it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kiosk.errors import SyncError
from kiosk.journal.signing import write_private

FILE = "center.json"
"""In the data folder, readable by its owner alone."""

Block = tuple[str, int, int]
"""Ticket numbers of this machine: a lane's letter, the first and the last, both included."""

_KEY = "[0-9a-f]{64}"
_FORMS = {
    "url": r"https?://[^\s/?#]+[^\s?#]*[^\s?#/]",
    "device": "[0-9a-f]{32}",
    "token": r"[\x21-\x7e]{16,200}",
    "site": r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}",
    "title": ".*",
    "key": _KEY,
    "box": _KEY,
    "chain": "[a-z0-9]{8}",
}


@dataclass(frozen=True)
class Membership:
    """A machine's place at a center.

    `url` is the center's address without a slash at the end; `key` signs what it says and `box` is what
    batches on a stick are sealed to (64 hex digits each). `chain` is the one that was enrolled as this
    `device`, and `numbers` are the blocks that were given with it. `earlier`: what was recorded here under
    chains before that one is to be sent too.
    """

    url: str
    device: str
    token: str = field(repr=False)
    site: str
    title: str
    key: str
    box: str
    chain: str
    numbers: tuple[Block, ...] = ()
    earlier: bool = False


def load(data: Path) -> Membership | None:
    """The membership of a data folder, None where it is not enrolled; raises SyncError for a damaged file."""
    file = data / FILE
    try:
        return of_values(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as problem:
        # Which value it was is not told: one of them is a secret.
        raise SyncError(
            "not_enrolled",
            f"{file} can't be read or is damaged",
            "Enrol this machine again: make a code at the center and type `kiosk enroll URL CODE`.",
        ) from problem


def needed(data: Path) -> Membership:
    """As `load`; raises SyncError (`not_enrolled`) where there is none."""
    found = load(data)
    if found is None:
        raise SyncError(
            "not_enrolled",
            f"{data} is not enrolled at a center",
            "Make a code at the center (`kiosk center enroll SITE NAME`), and type `kiosk enroll URL CODE` "
            "here.",
        )
    return found


def of_values(values: Any) -> Membership:
    """The membership that a JSON object tells; raises ValueError where it tells none."""
    if not isinstance(values, dict) or values.keys() != {*_FORMS, "numbers", "earlier"}:
        raise ValueError("not the fields of a membership")
    for name, form in _FORMS.items():
        if not isinstance(values[name], str) or not re.fullmatch(form, values[name]):
            raise ValueError(f"{name} is not as it should be")
    if not isinstance(values["earlier"], bool):
        raise ValueError("earlier is not as it should be")
    return Membership(**{**values, "numbers": blocks(values["numbers"])})


def blocks(value: Any) -> tuple[Block, ...]:
    """Blocks of numbers as JSON tells them; raises ValueError for anything else."""
    if not isinstance(value, list):
        raise ValueError("numbers is no list")
    found = []
    for each in value:
        if not isinstance(each, dict) or each.keys() != {"letter", "first", "last"}:
            raise ValueError("a block of numbers has other fields")
        letter, first, last = each["letter"], each["first"], each["last"]
        if not (isinstance(letter, str) and re.fullmatch("[A-Z]", letter)):
            raise ValueError("a block of numbers has no letter")
        if not (type(first) is int and type(last) is int and 0 <= first <= last <= 999):
            raise ValueError("a block of numbers is none")
        found.append((letter, first, last))
    return tuple(found)


def listed(numbers: tuple[Block, ...]) -> list[dict[str, Any]]:
    """Blocks of numbers, or the lanes' ranges, as JSON tells them."""
    return [{"letter": letter, "first": first, "last": last} for letter, first, last in numbers]


def store(data: Path, membership: Membership) -> None:
    """Put it on the disk, whole or not at all, for the owner's eyes only; raises SyncError."""
    values = {**asdict(membership), "numbers": listed(membership.numbers)}
    try:
        write_private(data / FILE, json.dumps(values, ensure_ascii=False, indent=1).encode())
    except OSError as problem:
        raise SyncError(
            "other",
            f"{data / FILE} can't be written: {problem.strerror}",
            "Make room on the disk, see that the folder may be written to, and try the same again.",
        ) from problem
