"""Sending what this machine has recorded, slice by slice, until the center has signed for all of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

from kiosk.clock import stamp
from kiosk.errors import BatchError
from kiosk.journal import Journal, receipts
from kiosk.sync import batch
from kiosk.sync.answer import not_center
from kiosk.sync.client import Client
from kiosk.sync.noted import row
from kiosk.sync.receipt import Receipt, Rejected
from kiosk.sync.replies import NotTaken, Refused
from kiosk.sync.status import Held

MOST_EVENTS = 2000
"""Events of a batch."""
MOST_BYTES = 8 << 20
"""Bytes of a batch; a center takes no more."""
TRIES = 3
"""Times a slice is sealed whose words are being taken out meanwhile."""

ABOUT_THE_BATCH = (400, 409, 415, 422)
"""Statuses that refuse what was sent; others refuse the machine or the way it asked."""
ABOUT_THE_MACHINE = ("foreign", "device", "revoked", "practice")
"""Words of the center, with one of those statuses, that the next batch would meet too."""

Progress = Callable[[int, int], object]
"""Told how many events were sent, of how many."""


@dataclass
class Pushed:
    """What came of sending: events that the center has signed for, how many were new to it, and troubles.

    `forked`: the center has another past for the own chain.
    """

    events: int = 0
    batches: int = 0
    accepted: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    forked: bool = False

    def __add__(self, other: Self) -> Pushed:
        return Pushed(
            self.events + other.events,
            self.batches + other.batches,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.held + other.held,
            self.forked or other.forked,
        )


def spans(first: int, last: int, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The numbers from `first` to `last` that none of the ranges holds, as ranges in order."""
    left = []
    for start, end in sorted(taken):
        if start > last:
            break
        if start > first:
            left.append((first, start - 1))
        first = max(first, end + 1)
    return [*left, (first, last)] if first <= last else left


def due(journal: Journal, held: Iterable[Held] = (), since: int | None = None) -> list[tuple[int, int]]:
    """Ranges of the own chain that the center has not signed for, without those it would not take.

    With `since` all after that event, whether it was signed for or not.
    """
    chain, last = journal.chain, journal.head()[0]
    if since is not None:
        return spans(since + 1, last, ())
    first = journal.delivered() + 1
    avoided = [(each.first, each.last) for each in held if each.chain == chain]
    if avoided and first <= last:
        # Behind a gap that was left there may be more that arrived.
        avoided += receipts.beyond(journal, first - 1)
    return spans(first, last, avoided)


def push(
    journal: Journal,
    client: Client,
    progress: Progress,
    ranges: list[tuple[int, int]],
    hold: Callable[[Held], object] = lambda held: None,
    chain: str = "",
) -> Pushed:
    """Send ranges of the own chain; each slice that the center has signed for is noted in the journal.

    What it would not take is told to `hold`, and the rest goes on. `chain` may be one that this machine had
    before, or the label of a tail. Raises SyncError as `Client`, Refused also where the center does not take
    any batch of this machine, BatchError and JournalError.
    """
    sender = _Sender(journal, client, hold, chain or journal.chain)
    total = sum(last - first + 1 for first, last in ranges)
    for first, last in ranges:
        while first <= last:
            first = sender.send(first, last)
            progress(sender.passed, total)
    return sender.pushed


class _Sender:
    """Sends slices; remembers how large one may be."""

    def __init__(self, journal: Journal, client: Client, hold: Callable[[Held], object], chain: str) -> None:
        self._journal = journal
        self._client = client
        self._hold = hold
        self._chain = chain
        self._size = MOST_EVENTS
        self.pushed = Pushed()
        self.passed = 0

    def send(self, first: int, last: int) -> int:
        """Send a slice that begins with `first`; the number of the event that comes next."""
        last = min(last, first + self._size - 1)
        sealed, content = _sealed(self._journal, first, last, self._chain)
        try:
            if len(content) > MOST_BYTES:
                raise _too_large(sealed)
            receipt = self._client.push(content)
        except NotTaken as problem:
            if problem.status == 413 and first < last:
                self._size = (last - first + 1) // 2
                return first
            self._set_aside(sealed, problem)
        else:
            _check(receipt, sealed, self._chain)
            self._journal.note_receipt(row(receipt, "network"))
            self._count(receipt)
        self.passed += sealed.count
        return last + 1

    def _set_aside(self, sealed: batch.Sealed, problem: NotTaken) -> None:
        if problem.code in ABOUT_THE_MACHINE:
            raise Refused(problem.code, problem.what, problem.next_step) from problem
        if problem.status not in (*ABOUT_THE_BATCH, 413) or not problem.code:
            raise problem
        if problem.status == 413:
            # It was this one event that made all the others too large.
            self._size = MOST_EVENTS
        now = stamp(self._client.wire.clock.now())
        code = "too_large" if problem.status == 413 else problem.code
        held = Held(self._chain, sealed.first, sealed.last, code, problem.what, now)
        self.pushed.held.append(held)
        self._hold(held)

    def _count(self, receipt: Receipt) -> None:
        self.pushed.batches += 1
        self.pushed.events += receipt.last - receipt.first + 1
        self.pushed.accepted += receipt.accepted
        self.pushed.rejected += receipt.rejected
        self.pushed.forked |= receipt.forked is not None


def _sealed(journal: Journal, first: int, last: int, chain: str) -> tuple[batch.Sealed, bytes]:
    for tried in range(1, TRIES + 1):
        out = io.BytesIO()
        try:
            return batch.seal(journal, first, last, out, chain), out.getvalue()
        except BatchError:
            if tried == TRIES:
                raise
    raise AssertionError("unreachable")


def _too_large(sealed: batch.Sealed) -> NotTaken:
    return NotTaken(413, "too_large", f"events {sealed.first} to {sealed.last} have {sealed.size} bytes", "")


def _check(receipt: Receipt, sealed: batch.Sealed, chain: str) -> None:
    """A receipt counts only for just what was sent."""
    meant = (sealed.name.removesuffix(".batch"), sealed.sha256, chain, sealed.first, sealed.last)
    if (receipt.batch_id, receipt.sha256, receipt.chain, receipt.first, receipt.last) != meant:
        raise not_center("the receipt for what was sent")
