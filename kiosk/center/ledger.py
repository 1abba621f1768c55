"""The ledger: takes a sealed batch, by network or by stick, so that every event of it counts exactly once."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from kiosk.center import chains, devices, numbers, writing
from kiosk.center.checking import CODES, code_of, is_known, is_word, subject, takes_words
from kiosk.center.context import Center
from kiosk.center.devices import ACTIVE, REVOKED
from kiosk.center.placing import Placement, place
from kiosk.center.storage import Connection
from kiosk.center.writing import New
from kiosk.clock import stamp
from kiosk.errors import BatchError, BatchRefused
from kiosk.journal.event import root
from kiosk.journal.questions import Words
from kiosk.sync import batch
from kiosk.sync.batch import Header, Held
from kiosk.sync.receipt import Fork, Receipt, Rejected

__all__ = ["CODES", "note", "subject", "take"]

_AGAIN = "Take the batch from the kiosk again."
_ENROL = "See whose kiosk it is; enrol it at this center, then send the batch again."

_OWNER = """SELECT chains.home, chains.device, chains.key, coalesce(devices.state, '') FROM chains
    LEFT JOIN devices ON devices.device = chains.device WHERE chains.chain = :chain"""
_REFUSED = """INSERT INTO refusals (at, via, device, name, code, what)
    VALUES (:at, :via, :device, :name, :code, :what)"""
_TAKEN = """INSERT INTO batches (sha256, chain, home, device, first, last, via, accepted, duplicate, rejected,
        received_at, receipt)
    VALUES (:sha256, :chain, :home, :device, :first, :last, :via, :accepted, :duplicate, :rejected,
        :at, :receipt)"""


class _Owner(NamedTuple):
    """Whose a chain is: its site, its device, its public key, the device's state; `new`: not known yet."""

    home: str
    device: str
    key: str
    state: str
    new: bool = False


@dataclass(frozen=True)
class _Batch:
    """A batch that was read to its end; `codes` say of each event whether it counts."""

    header: Header
    sha256: str
    owner: _Owner
    events: Sequence[Held]
    codes: Sequence[str]
    texts: Sequence[Words]

    @property
    def chain(self) -> str:
        """The chain, also when the batch was sealed under the label of its tail."""
        return root(self.header.chain)

    @property
    def follows(self) -> str:
        """Of a chain's first batch: what the chain goes on from, "" for nothing."""
        return str(self.events[0].line.value.get("follows", ""))


def take(center: Center, content: bytes, device: str, via: str, name: str = "") -> Receipt:
    """Take a batch: all of it or nothing; it is in the database when this returns.

    `device` is who sends it, "" for a file from a stick: then the chain says whose it is. `via` is `network`
    or `stick`, `name` that of the file. An event that does not count (see CODES) is kept in quarantine.
    Raises BatchRefused, which is noted for staff.
    """
    try:
        header = _header(content)
        with center.store.read() as connection:
            owner = _owner(connection, header, device)
        read = _read(content, header, owner)
        with center.store.begin() as connection:
            if owner.new:
                chains.make(
                    connection,
                    read.chain,
                    owner.home,
                    device,
                    owner.key,
                    read.follows,
                    stamp(center.clock.now()),
                )
            # What may have changed while it was read: a device that was revoked just now.
            if _owner(connection, header, device, lock=True).key != owner.key:
                raise BatchRefused("foreign", f"the chain {read.chain} was opened with another key", _ENROL)
            return _take(center, connection, read, via)
    except BatchRefused as refusal:
        note(center, refusal, device, via, name)
        raise


def _header(content: bytes) -> Header:
    try:
        header = batch.header_of(content)
    except BatchError as problem:
        raise _unreadable(problem) from problem
    if header.practice:
        raise BatchRefused(
            "practice", "what was recorded for practice is not taken", "Send the batch of the real visits."
        )
    return header


def _owner(connection: Connection, header: Header, device: str, lock: bool = False) -> _Owner:
    """Whose a chain is; raises BatchRefused when that is nobody, or not who sends it, or was turned away.

    A machine that went on under a chain of its own also sends what it recorded before under another: as much
    as its disk holds, if this center does not have it, or not any more.
    """
    chain = root(header.chain)
    locked = " FOR UPDATE OF chains" if lock and connection.dialect == "postgresql" else ""
    found = connection.row(f"{_OWNER}{locked}", chain=chain)
    owner = _Owner(*found) if found else None
    sender = devices.find(connection, device) if device else None
    goes_on = sender is not None and chains.goes_on_from(connection, sender.chain, chain)
    if owner is None and sender and goes_on and header.first == 1:
        owner = _Owner(sender.home, device, header.key, sender.state, new=True)
    if owner is None or not owner.device:
        raise BatchRefused("foreign", f"no device of this center has the chain {chain}", _ENROL)
    if device and device != owner.device and not goes_on:
        raise BatchRefused("device", f"the chain {chain} is another device's", _ENROL)
    # What a device that was replaced recorded before may still come from a stick.
    state = sender.state if sender else owner.state
    if state == REVOKED or (sender and state != ACTIVE):
        raise BatchRefused(
            "revoked",
            f"the device with the chain {chain} was revoked",
            "Enrol it again if that was a mistake.",
        )
    return owner


def _read(content: bytes, header: Header, owner: _Owner) -> _Batch:
    """Check every byte of a batch against the key that its chain was enrolled with."""
    events: list[Held] = []
    texts: list[Words] = []
    try:
        for item in batch.unseal(io.BytesIO(content), owner.key):
            if isinstance(item, Held):
                events.append(item)
            elif isinstance(item, Words):
                texts.append(item)
    except BatchError as problem:
        raise _unreadable(problem) from problem
    codes = _codes(events, texts, owner.home)
    return _Batch(header, sha256(content).hexdigest(), owner, events, codes, texts)


def _codes(events: Iterable[Held], texts: Sequence[Words], home: str) -> list[str]:
    """Whether each event counts."""
    worded = {words.event for words in texts}
    codes, ids = [], set()
    for line, _ in events:
        code = "id" if line.id in ids else code_of(line, home)
        if (code or not is_known(line.kind)) and not all(map(is_word, line[3:9])):
            raise BatchRefused("unreadable", f"event {line.seq} was not written by a kiosk", _AGAIN)
        ids.add(line.id)
        if not code and line.id in worded and not takes_words(line.kind, line.value):
            code = "words"
        codes.append(code)
    if worded - ids:
        raise BatchRefused("unreadable", "it holds words of events that are not in it", _AGAIN)
    return codes


def _take(center: Center, connection: Connection, read: _Batch, via: str) -> Receipt:
    now, header, home = center.clock.now(), read.header, read.owner.home
    around = chains.around(connection, read.chain, header.first - 1, header.last + 1)
    placed = place(
        read.chain,
        header.first,
        header.previous,
        [held.hash for held in read.events],
        {slot: seal for slot, (seal, _) in around.items()},
        lambda chain, seq, previous: chains.follows(connection, chain, seq, previous),
    )
    chains.move(connection, read.chain, placed, stamp(now))
    new = [
        New(label, held.line, held.hash, code)
        for held, code, label, known in zip(read.events, read.codes, placed.labels, placed.known, strict=True)
        if not known
    ]
    new = writing.insert(connection, home, new, now)
    writing.keep_words(connection, home, new, read.texts)
    writing.redact(connection, home, new)
    numbers.note(connection, home, read.owner.device, new, stamp(now))
    chains.settle(connection, new, placed)
    codes = dict(around.values()) | {each.hash: each.code for each in new}
    forked = _forked(connection, placed)
    receipt = _receipt(center, read, [codes[held.hash] for held in read.events], placed, forked, stamp(now))
    _keep(connection, read.owner, receipt, via)
    return receipt


def _keep(connection: Connection, owner: _Owner, receipt: Receipt, via: str) -> None:
    connection.run(
        _TAKEN,
        sha256=receipt.sha256,
        chain=receipt.chain,
        home=owner.home,
        device=owner.device,
        first=receipt.first,
        last=receipt.last,
        via=via,
        accepted=receipt.accepted,
        duplicate=receipt.duplicate,
        rejected=len(receipt.rejected),
        at=receipt.at,
        receipt=receipt.document().decode(),
    )


def _forked(connection: Connection, placed: Placement) -> Fork | None:
    """The tail that the last event belongs to: where the machine's past is another than the center's."""
    label = placed.labels[-1]
    if "~" not in label:
        return None
    return Fork(connection.value("SELECT first FROM chains WHERE chain = :chain", chain=label), label)


def _receipt(
    center: Center, read: _Batch, codes: Sequence[str], placed: Placement, forked: Fork | None, at: str
) -> Receipt:
    counts = Counter(known for known, code in zip(placed.known, codes, strict=True) if not code)
    header = read.header
    receipt = Receipt(
        batch_id=batch.name(header.chain, header.first, header.last).removesuffix(".batch"),
        sha256=read.sha256,
        chain=header.chain,
        first=header.first,
        last=header.last,
        accepted=counts[False],
        duplicate=counts[True],
        rejected=tuple(Rejected(seq, code) for seq, code in enumerate(codes, header.first) if code),
        forked=forked,
        at=at,
        key=center.keys.key,
    )
    return replace(receipt, signature=center.keys.sign(receipt.message()).hex())


def _unreadable(problem: BatchError) -> BatchRefused:
    return BatchRefused("unreadable", problem.what, problem.next_step)


def note(center: Center, refusal: BatchRefused, device: str, via: str, name: str) -> None:
    """Staff see what was refused; of what a sender made up only what can be shown."""
    shown = {"name": name, "what": refusal.what}
    values = {field: json.dumps(text, ensure_ascii=False)[1:-1][:500] for field, text in shown.items()}
    with center.store.begin() as connection:
        connection.run(
            _REFUSED, at=stamp(center.clock.now()), via=via, device=device, code=refusal.code, **values
        )
