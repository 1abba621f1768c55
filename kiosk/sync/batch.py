"""The sealed batch: a slice of the journal as one signed file, the same for the network and for a stick.

JSON Lines, each canonical (RFC 8785) and ended by a line feed: a Header; the events, as they are hashed; the
words still held of them; a signature (Ed25519) of the header line without its line feed. The header holds the
hashes of all the rest, so that the signature covers every byte.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain as joined
from pathlib import Path
from typing import Any, BinaryIO, Self

from kiosk.errors import BatchError
from kiosk.journal import Event, Journal
from kiosk.journal.canonical import NO_HASH, canonical, chain_hash
from kiosk.journal.event import FIELDS
from kiosk.journal.questions import Words
from kiosk.journal.signing import sign

FORMAT = 1
"""Version of the batch's own form."""

LONGEST_LINE = 1 << 20
"""Bytes of the longest line that is read."""

_AGAIN = "Take the batch from the kiosk again; this file can't be used."
_HASH = '"[0-9a-f]{64}"'
_COUNT = "0|[1-9][0-9]*"
_TEXT = '".*"'
_HEADER_FORMS = {
    "format": _COUNT,
    "chain": '"[a-z0-9]{8}(~[0-9a-f]{8})?"',
    "site": _TEXT,
    "first": "[1-9][0-9]*",
    "last": _COUNT,
    "count": "[1-9][0-9]*",
    "previous": _HASH,
    "hash": _HASH,
    "sha256": _HASH,
    "texts": _COUNT,
    "texts_sha256": _HASH,
    "practice": "true|false",
    "key": _HASH,
}
_EVENT_FORMS = dict.fromkeys(FIELDS[:-1], _TEXT) | {"v": _COUNT, "seq": _COUNT, "body": r"\{.*\}"}
_WORDS_FORMS = dict.fromkeys(Words._fields, _TEXT)
_PROOF_FORMS = {"signature": '"[0-9a-f]{128}"'}


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: which events follow, and how to tell that nothing was changed.

    `site` is that of the last event; `previous` the hash before event `first`, `hash` that of event `last`;
    `sha256` and `texts_sha256` are taken of the bytes of the events' and of the words' lines; `texts` counts
    the latter; `key` is the public key of the chain, 64 hex digits.
    """

    format: int
    chain: str
    site: str
    first: int
    last: int
    count: int
    previous: str
    hash: str
    sha256: str
    texts: int
    texts_sha256: str
    practice: bool
    key: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch that was written: its file's name, size in bytes and SHA-256, and what is in it."""

    name: str
    sha256: str
    size: int
    first: int
    last: int
    count: int
    texts: int
    practice: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing wrong with a file; `line` is 0 when it can't be read at all."""

    line: int
    what: str


class _Tally:
    """Counts lines that pass through, and takes the hash of their bytes."""

    def __init__(self) -> None:
        self.count = 0
        self.size = 0
        self._hash = sha256()

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Self:
        tally = cls()
        deque(tally.through(lines), maxlen=0)
        return tally

    def through(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.add(line)
            yield line

    def add(self, line: bytes) -> None:
        self.count += 1
        self.size += len(line)
        self._hash.update(line)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def name(chain: str, first: int, last: int) -> str:
    """The name of a batch's file."""
    return f"{chain}-{first}-{last}.batch"


def seal(journal: Journal, first: int, last: int, out: BinaryIO) -> Sealed:
    """Write the events from `first` to `last` of this machine's chain with their words, in bounded memory.

    The same range gives the same bytes as long as the same words are held. Raises BatchError when the range
    is not in the journal, or the journal is not as it was written (with the first event that is not), and
    JournalError when it can't be read or signed. What is in `out` then is no batch.
    """
    header = _header_for(journal, first, last)
    head = _line(asdict(header))
    proof = _line({"signature": sign(journal.path, head[:-1]).hex()})
    whole, events, texts = _Tally(), _Tally(), _Tally()
    content = joined(
        [head],
        events.through(_event_lines(journal, first, last, header.previous)),
        texts.through(_text_lines(journal, first, last)),
        [proof],
    )
    for line in whole.through(content):
        out.write(line)
    if (events.sha256, texts.sha256) != (header.sha256, header.texts_sha256):
        raise BatchError(
            f"words in {journal.path} were removed or changed while events {first} to {last} were sealed",
            "Try again.",
        )
    counts = (first, last, header.count, header.texts)
    return Sealed(name(journal.chain, first, last), whole.sha256, whole.size, *counts, journal.practice)


def read(stream: BinaryIO, key: str = "") -> Iterator[Header | Event | Words]:
    """What a batch holds, in its order, in bounded memory: the header, the events, the words.

    Nothing of it is sure until the last item was read. Raises BatchError, with the line, for the first thing
    that is not as it was sealed; with a `key` (64 hex digits) also when another one sealed it. Without, the
    header's own key must have.
    """
    lines = _Lines(stream)
    head = lines.next("its header")
    header = _checked_header(head, key)
    yield header
    events, texts = _Tally(), _Tally()
    previous = header.previous
    for seq in range(header.first, header.last + 1):
        line = lines.next(f"event {seq}")
        event = _event_of(line, lines.number, header, seq, previous)
        events.add(line)
        previous = event.hash
        yield event
    if events.sha256 != header.sha256 or (previous, event.site) != (header.hash, header.site):
        raise _bad(lines.number, f"the events of lines 2 to {lines.number} are not those of the header")
    for number in range(header.texts):
        line = lines.next(f"text {number + 1} of {header.texts}")
        texts.add(line)
        yield Words(**_object(line, lines.number, "the text", _WORDS_FORMS))
    if texts.sha256 != header.texts_sha256:
        first = lines.number - header.texts + 1
        raise _bad(lines.number, f"the texts of lines {first} to {lines.number} are not those of the header")
    _check_signature(lines.next("the signature"), lines.number, header, head[:-1])
    lines.end()


def check(path: Path, key: str = "") -> Problem | None:
    """The first thing wrong with a batch's file, None when it is as it was sealed; `key` as for `read`."""
    try:
        with path.open("rb") as stream:
            deque(read(stream, key), maxlen=0)
    except BatchError as error:
        return Problem(error.line, error.what)
    except OSError as error:
        return Problem(0, f"{path} can't be read: {error.strerror}")
    return None


def _header_for(journal: Journal, first: int, last: int) -> Header:
    """Read the whole range once, and say what it holds."""
    opened, end = _event(journal, 1), _event(journal, last)
    before = _event(journal, first - 1) if first > 1 else None
    if not 1 <= first <= last or opened is None or end is None or (first > 1 and before is None):
        raise BatchError(
            f"events {first} to {last} are not all in {journal.path}",
            "Choose a range that this kiosk has recorded.",
        )
    previous = before.hash if before else NO_HASH
    events = _Tally.of(_event_lines(journal, first, last, previous))
    texts = _Tally.of(_text_lines(journal, first, last))
    return Header(
        format=FORMAT,
        chain=journal.chain,
        site=end.site,
        first=first,
        last=last,
        count=events.count,
        previous=previous,
        hash=end.hash,
        sha256=events.sha256,
        texts=texts.count,
        texts_sha256=texts.sha256,
        practice=journal.practice,
        key=opened.body["key"],
    )


def _event(journal: Journal, seq: int) -> Event | None:
    event = next(journal.events(seq - 1), None)
    return event if event is not None and event.seq == seq else None


def _event_lines(journal: Journal, first: int, last: int, previous: str) -> Iterator[bytes]:
    """The lines of a range whose events follow one another and `previous`."""
    seq = first
    for event in journal.events(first - 1):
        text = event.canonical()
        if event.seq != seq or event.hash != chain_hash(previous, text):
            break
        yield f"{text}\n".encode()
        if seq == last:
            return
        previous, seq = event.hash, seq + 1
    raise BatchError(
        f"event {seq} of {journal.path} is not as it was recorded; nothing was sealed",
        f"Keep the folder {journal.path.parent} as it is and tell whoever looks after the kiosk: "
        "somebody or something has changed this file.",
    )


def _text_lines(journal: Journal, first: int, last: int) -> Iterator[bytes]:
    return (_line(words._asdict()) for words in journal.texts_between(first, last))


def _line(value: dict[str, Any]) -> bytes:
    return f"{canonical(value)}\n".encode()


class _Lines:
    """The lines of a stream, counted from 1; `number` is that of the latest."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = 0

    def next(self, what: str) -> bytes:
        """The next line with its line feed; `what` it should be is told when it is not there."""
        line = self._stream.readline(LONGEST_LINE + 1)
        self.number += 1
        if not line:
            raise _bad(self.number, f"the file ends before {what}")
        if not line.endswith(b"\n"):
            raise _bad(self.number, f"{what} is cut off, or longer than {LONGEST_LINE} bytes")
        return line

    def end(self) -> None:
        if self._stream.read(1):
            raise _bad(self.number + 1, "there is more after the signature")


def _bad(line: int, what: str) -> BatchError:
    return BatchError(f"line {line}: {what}", _AGAIN, line)


def _object(line: bytes, number: int, what: str, forms: Mapping[str, str]) -> dict[str, Any]:
    """The object of a line in canonical form whose fields, as written, have just these forms."""
    try:
        value = json.loads(line)
        same = isinstance(value, dict) and _line(value) == line
    # RecursionError: a line of nothing but brackets.
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise _bad(number, f"{what} is not canonical JSON")
    if value.keys() != forms.keys():
        raise _bad(number, f"{what} has other fields than {', '.join(forms)}")
    for field, form in forms.items():
        if not re.fullmatch(form, canonical(value[field]), re.DOTALL):
            raise _bad(number, f"{what} has a field {field} that is not as it should be")
    return dict(value)


def _checked_header(line: bytes, key: str) -> Header:
    try:
        known = json.loads(line)["format"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise _bad(1, "this is not the header of a batch") from None
    if known != FORMAT:
        what = f"line 1: the batch has format {known}; this kiosk knows {FORMAT}"
        raise BatchError(what, "Use the newer kiosk that wrote it.", 1)
    header = Header(**_object(line, 1, "the header", _HEADER_FORMS))
    if header.count != header.last - header.first + 1:
        raise _bad(1, "first, last and count do not agree")
    if key and header.key != key:
        raise _bad(1, f"it was sealed with the key {header.key}, not with {key}")
    return header


def _event_of(line: bytes, number: int, header: Header, seq: int, previous: str) -> Event:
    values = _object(line, number, f"event {seq}", _EVENT_FORMS)
    if (values["chain"], values["seq"]) != (header.chain, seq):
        raise _bad(number, f"event {seq} of chain {header.chain} should be here")
    event = Event(**values, hash=chain_hash(previous, line[:-1].decode()))
    if seq == 1:
        if header.previous != NO_HASH or event.kind != "journal.opened":
            raise _bad(number, "a chain begins with the event journal.opened")
        if (event.body.get("key"), event.body.get("practice")) != (header.key, header.practice):
            raise _bad(number, "the chain was opened with another key or practice mark than the header's")
    return event


def _check_signature(line: bytes, number: int, header: Header, head: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signature = _object(line, number, "the signature", _PROOF_FORMS)["signature"]
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(header.key)).verify(bytes.fromhex(signature), head)
    except (InvalidSignature, ValueError):
        raise _bad(number, "the signature is not that of the header's key") from None
