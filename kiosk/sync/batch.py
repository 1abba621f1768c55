"""The sealed batch: a slice of the journal as one signed file, the same for the network and for a stick.

JSON Lines, each canonical (RFC 8785) and ended by a line feed: a Header; the events, as they are hashed; the
words still held of them; a signature (Ed25519) of the header line without its line feed. The header holds the
hashes of all the rest, so that the signature covers every byte.
"""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain as joined
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from kiosk.errors import BatchError
from kiosk.journal import Event, Journal
from kiosk.journal.canonical import NO_HASH, chain_hash
from kiosk.journal.event import root
from kiosk.journal.questions import Words
from kiosk.journal.signing import sign_as
from kiosk.sync.lines import COUNT, TEXT, EventLine, Lines, bad, event_of, object_of, written

FORMAT = 1
"""Version of the batch's own form."""

_HASH = '"[0-9a-f]{64}"'
_HEADER_FORMS = {
    "format": COUNT,
    "chain": '"[a-z0-9]{8}(~[0-9a-f]{8})?"',
    "site": TEXT,
    "first": "[1-9][0-9]*",
    "last": COUNT,
    "count": "[1-9][0-9]*",
    "previous": _HASH,
    "hash": _HASH,
    "sha256": _HASH,
    "texts": COUNT,
    "texts_sha256": _HASH,
    "practice": "true|false",
    "key": _HASH,
}
_WORDS_FORMS = dict.fromkeys(Words._fields, TEXT)
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


class Held(NamedTuple):
    """An event as a batch holds it, and the hash by which the next one follows it."""

    line: EventLine
    hash: str

    def event(self) -> Event:
        """The same as the journal has it."""
        *head, _, value = self.line
        return Event._make((*head, value, self.hash))


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


def seal(journal: Journal, first: int, last: int, out: BinaryIO, chain: str = "") -> Sealed:
    """Write the events from `first` to `last` of this machine's chain with their words, in bounded memory.

    `chain` may be one that it had before, or the label of a tail that it went on from; its key must be here.
    The same range gives the same bytes as long as the same words are held. Raises BatchError when the range
    is not in the journal, or the journal is not as it was written (with the first event that is not), and
    JournalError when it can't be read or signed. What is in `out` then is no batch.
    """
    # The machine may move on to another chain meanwhile; this stays the one that was asked for.
    chain = chain or journal.chain
    header = _header_for(journal, chain, first, last)
    head = written(asdict(header))
    proof = written({"signature": sign_as(journal.path, chain, head[:-1]).hex()})
    whole, events, texts = _Tally(), _Tally(), _Tally()
    content = joined(
        [head],
        events.through(_event_lines(journal, chain, first, last, header.previous)),
        texts.through(_text_lines(journal, chain, first, last)),
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
    return Sealed(name(chain, first, last), whole.sha256, whole.size, *counts, journal.practice)


def read(stream: BinaryIO, key: str = "") -> Iterator[Header | Event | Words]:
    """What a batch holds, in its order, in bounded memory: the header, the events, the words.

    Nothing of it is sure until the last item was read. Raises BatchError, with the line, for the first thing
    that is not as it was sealed; with a `key` (64 hex digits) also when another one sealed it. Without, the
    header's own key must have.
    """
    for item in unseal(stream, key):
        yield item.event() if isinstance(item, Held) else item


def unseal(stream: BinaryIO, key: str = "") -> Iterator[Header | Held | Words]:
    """As `read`, but the events with their bodies as they were written."""
    lines = Lines(stream)
    head = lines.next("its header")
    header = _checked_header(head, key)
    yield header
    events, texts = _Tally(), _Tally()
    previous, site, chain = header.previous, "", root(header.chain)
    for seq in range(header.first, header.last + 1):
        line = lines.next(f"event {seq}")
        held = _event_of(line, lines.number, header, chain, seq, previous)
        events.add(line)
        previous, site = held.hash, held.line.site
        yield held
    if events.sha256 != header.sha256 or (previous, site) != (header.hash, header.site):
        raise bad(lines.number, f"the events of lines 2 to {lines.number} are not those of the header")
    for number in range(header.texts):
        line = lines.next(f"text {number + 1} of {header.texts}")
        texts.add(line)
        yield Words(**object_of(line, lines.number, "the text", _WORDS_FORMS))
    if texts.sha256 != header.texts_sha256:
        first = lines.number - header.texts + 1
        raise bad(lines.number, f"the texts of lines {first} to {lines.number} are not those of the header")
    _check_signature(lines.next("the signature"), lines.number, header, head[:-1])
    lines.end()


def header_of(content: bytes) -> Header:
    """What a batch says of itself, before any of it is believed; raises BatchError when it is none."""
    return _checked_header(Lines(io.BytesIO(content)).next("its header"), "")


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


def _header_for(journal: Journal, chain: str, first: int, last: int) -> Header:
    """Read the whole range once, and say what it holds."""
    opened, end = _event(journal, root(chain), 1), _event(journal, chain, last)
    before = None
    if first > 1:
        before = _event(journal, chain, first - 1) or _event(journal, root(chain), first - 1)
    if not 1 <= first <= last or opened is None or end is None or (first > 1 and before is None):
        raise BatchError(
            f"events {first} to {last} are not all in {journal.path}",
            "Choose a range that this kiosk has recorded.",
        )
    previous = before.hash if before else NO_HASH
    events = _Tally.of(_event_lines(journal, chain, first, last, previous))
    texts = _Tally.of(_text_lines(journal, chain, first, last))
    return Header(
        format=FORMAT,
        chain=chain,
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


def _event(journal: Journal, chain: str, seq: int) -> Event | None:
    event = next(journal.events(seq - 1, chain), None)
    return event if event is not None and event.seq == seq else None


def _event_lines(journal: Journal, chain: str, first: int, last: int, previous: str) -> Iterator[bytes]:
    """The lines of a range whose events follow one another and `previous`."""
    seq = first
    for event in journal.events(first - 1, chain):
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


def _text_lines(journal: Journal, chain: str, first: int, last: int) -> Iterator[bytes]:
    return (written(words._asdict()) for words in journal.texts_between(first, last, chain))


def _checked_header(line: bytes, key: str) -> Header:
    try:
        known = json.loads(line)["format"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise bad(1, "this is not the header of a batch") from None
    if known != FORMAT:
        what = f"line 1: the batch has format {known}; this kiosk knows {FORMAT}"
        raise BatchError(what, "Use the newer kiosk that wrote it.", 1)
    header = Header(**object_of(line, 1, "the header", _HEADER_FORMS))
    if header.count != header.last - header.first + 1:
        raise bad(1, "first, last and count do not agree")
    if key and header.key != key:
        raise bad(1, f"it was sealed with the key {header.key}, not with {key}")
    return header


def _event_of(line: bytes, number: int, header: Header, chain: str, seq: int, previous: str) -> Held:
    event = event_of(line, number, seq)
    if event.chain != chain or event.seq != seq:
        raise bad(number, f"event {seq} of chain {header.chain} should be here")
    # As chain_hash, of the bytes that are here already.
    held = Held(event, sha256(previous.encode() + line[:-1]).hexdigest())
    if seq == 1:
        if header.previous != NO_HASH or event.kind != "journal.opened":
            raise bad(number, "a chain begins with the event journal.opened")
        if (event.value.get("key"), event.value.get("practice")) != (header.key, header.practice):
            raise bad(number, "the chain was opened with another key or practice mark than the header's")
    return held


def _check_signature(line: bytes, number: int, header: Header, head: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signature = object_of(line, number, "the signature", _PROOF_FORMS)["signature"]
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(header.key)).verify(bytes.fromhex(signature), head)
    except (InvalidSignature, ValueError):
        raise bad(number, "the signature is not that of the header's key") from None
