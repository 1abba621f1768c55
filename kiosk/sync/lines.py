"""The lines of a batch: read one by one, and believed only when they are canonical and of the right form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from json.encoder import JSONEncoder
from typing import Any, BinaryIO, NamedTuple, NoReturn

from kiosk.errors import BatchError
from kiosk.journal.canonical import LARGEST, canonical
from kiosk.journal.event import FIELDS

LONGEST_LINE = 1 << 20
"""Bytes of the longest line that is read."""

COUNT = "0|[1-9][0-9]*"
TEXT = '".*"'
AGAIN = "Take the batch from the kiosk again; this file can't be used."

_EVENT_FORMS = dict.fromkeys(FIELDS[:-1], TEXT) | {"v": COUNT, "seq": COUNT, "body": r"\{.*\}"}

# Nearly every event is plain ASCII without a character that JSON escapes: then one expression finds all its
# fields, in their canonical order, and only its body is left to be looked at.
_PLAIN = r'"([^"\\\x00-\x1f]*)"'
_SMALL = r"(0|[1-9][0-9]{0,14})"
_EVENT = re.compile(
    rf'\{{"at":{_PLAIN},"body":(\{{.*\}}),"chain":{_PLAIN},"clock":{_PLAIN},"day":{_PLAIN},"id":{_PLAIN},'
    rf'"kind":{_PLAIN},"seq":{_SMALL},"site":{_PLAIN},"v":{_SMALL}\}}\n'
)


class EventLine(NamedTuple):
    """An event's fields as they were sealed; `body` is canonical text, `value` what it says."""

    v: int
    chain: str
    seq: int
    id: str
    site: str
    kind: str
    at: str
    day: str
    clock: str
    body: str
    value: dict[str, Any]


class Lines:
    """The lines of a stream, counted from 1; `number` is that of the latest."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = 0

    def next(self, what: str) -> bytes:
        """The next line with its line feed; `what` it should be is told when it is not there."""
        line = self._stream.readline(LONGEST_LINE + 1)
        self.number += 1
        if not line:
            raise bad(self.number, f"the file ends before {what}")
        if not line.endswith(b"\n"):
            raise bad(self.number, f"{what} is cut off, or longer than {LONGEST_LINE} bytes")
        return line

    def end(self) -> None:
        """Refuse anything more."""
        if self._stream.read(1):
            raise bad(self.number + 1, "there is more after the signature")


def bad(line: int, what: str) -> BatchError:
    """The error for a line that is not as it was sealed."""
    return BatchError(f"line {line}: {what}", AGAIN, line)


def written(value: dict[str, Any]) -> bytes:
    """The line of an object."""
    return f"{canonical(value)}\n".encode()


def object_of(line: bytes, number: int, what: str, forms: Mapping[str, str]) -> dict[str, Any]:
    """The object of a line in canonical form whose fields, as written, have just these forms."""
    try:
        value = json.loads(line)
        same = isinstance(value, dict) and written(value) == line
    # RecursionError: a line of nothing but brackets.
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise bad(number, f"{what} is not canonical JSON")
    if value.keys() != forms.keys():
        raise bad(number, f"{what} has other fields than {', '.join(forms)}")
    for field, form in forms.items():
        if not re.fullmatch(form, canonical(value[field]), re.DOTALL):
            raise bad(number, f"{what} has a field {field} that is not as it should be")
    return dict(value)


def event_of(line: bytes, number: int, seq: int) -> EventLine:
    """The event of a line, as strictly as `object_of` has it; `seq` is the one that should stand there."""
    found = _EVENT.fullmatch(line.decode()) if line.isascii() else None
    if found is not None:
        at, body, chain, clock, day, event_id, kind, number_in_chain, site, v = found.groups()
        value = _plain_object(body)
        if value is not None:
            head = (int(v), chain, int(number_in_chain), event_id, site, kind, at, day, clock, body, value)
            return EventLine._make(head)
    values = object_of(line, number, f"event {seq}", _EVENT_FORMS)
    return EventLine(**values | {"body": canonical(values["body"])}, value=values["body"])


def _plain_object(text: str) -> dict[str, Any] | None:
    """The object of an ASCII text that is canonical; None for what must be looked at more closely.

    Python's own writer makes the same of ASCII as RFC 8785, but for floats and numbers that are too large.
    """
    try:
        value, end = _decode(text)
        return value if end == len(text) and isinstance(value, dict) and _encode(value) == text else None
    except (ValueError, RecursionError):
        return None


def _no_float(text: str) -> NoReturn:
    raise ValueError(text)


def _exact(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(text)
    return number


_decode = json.JSONDecoder(parse_float=_no_float, parse_int=_exact, parse_constant=_no_float).raw_decode
_encode = JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
