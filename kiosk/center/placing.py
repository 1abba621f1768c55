"""Forks: under which chain each event of a batch is kept, when a machine has more than one past.

A disk that was copied, or a file that was put back from a backup, gives two different events the same number.
The one that came first keeps the chain's name; the tail that came later goes, its bytes unchanged, under a
label: the chain, `~`, the first 8 digits of the hash of its first event. Everything is found by links: an
event's hash covers that of the event before, so that a hash is a whole past.

Within a chain or tail, neighbours always link. A tail has no gaps. A chain may have, as batches may come out
of order; what lies behind a gap and turns out to belong to another past moves to where its past is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Slot = tuple[str, int]
"""A chain or label, and a number in it."""


class Move(NamedTuple):
    """The events of `chain` from number `seq` on, as far as they go without a gap, belong to `to`."""

    chain: str
    seq: int
    to: str


@dataclass
class Placement:
    """Where events go: a label for each, and whether it was there before; then what moves, in this order.

    `made` are labels that may be new: their first number, and the chain that they go on from.
    """

    labels: list[str] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    made: dict[str, tuple[int, str]] = field(default_factory=dict)


def label_of(chain: str, seal: str) -> str:
    """The label of a tail whose first event has this hash."""
    return f"{chain}~{seal[:8]}"


def place(
    chain: str,
    first: int,
    previous: str,
    hashes: Sequence[str],
    there: Mapping[Slot, str],
    links: Callable[[str, int, str], bool],
) -> Placement:
    """Where the events with these hashes go, which begin with number `first` after the hash `previous`.

    `there` holds the hashes of the chain and its tails from number `first - 1` on; as long as there are no
    tails, to the one after the last is enough.
    `links(chain, seq, previous)` says whether an event that is there follows a hash.
    """
    return _Placing(chain, dict(there), links).place(first, previous, hashes)


class _Placing:
    def __init__(self, chain: str, there: dict[Slot, str], links: Callable[[str, int, str], bool]) -> None:
        self.chain = chain
        self.there = there
        self.where = {seal: label for (label, _), seal in there.items()}
        # Where an event lies now, while all that moves is still only planned.
        self.lies = {seal: slot for slot, seal in there.items()}
        self.labels = {chain, *self.where.values()}
        self.links = links
        self.done = Placement()

    def place(self, first: int, previous: str, hashes: Sequence[str]) -> Placement:
        parent, new = self.chain if first == 1 else self.where.get(previous), False
        for seq, seal in enumerate(hashes, first):
            if new:
                self._join(parent, seq, previous)
            known = seal in self.where
            if not known:
                label = self._label(seq, seal, parent, previous)
                self.there[label, seq], self.where[seal] = seal, label
            parent, previous, new = self.where[seal], seal, not known
            self.done.labels.append(parent)
            self.done.known.append(known)
        if new:
            self._join(parent, first + len(hashes), previous)
        return self.done

    def _label(self, seq: int, seal: str, parent: str | None, previous: str) -> str:
        """Where an event goes that is not there yet; what stands in its place without a past moves away."""
        if parent is None:
            parent = self.chain
            free = (parent, seq - 1) not in self.there and (parent, seq) not in self.there
        else:
            free = self._make_room(parent, seq, previous)
        return parent if free else self._tail(seq, seal, parent)

    def _make_room(self, parent: str, seq: int, previous: str) -> bool:
        """Whether an event can follow `previous` in a chain; what follows something else moves away."""
        slot = (parent, seq)
        if slot not in self.there:
            return True
        if self._links(slot, previous):
            return False
        self._move(parent, seq, self._tail(seq, self.there[slot], parent))
        return True

    def _join(self, parent: str | None, seq: int, previous: str) -> None:
        """What was there already, and follows an event that is new, belongs to the same chain."""
        if parent is None or not self._make_room(parent, seq, previous):
            return
        # What lies in the chain itself behind a gap comes first: it must not stay there.
        for label in sorted(self.labels):
            begins = (label, seq) in self.there and (label, seq - 1) not in self.there
            if begins and self._links((label, seq), previous):
                self._clear(parent, label, seq)
                self._move(label, seq, parent)
                return

    def _clear(self, parent: str, label: str, seq: int) -> None:
        """Move away whatever stands where the events of a tail, from a number on, are to stand."""
        previous = ""
        while seal := self.there.get((label, seq), ""):
            if other := self.there.get((parent, seq)):
                self._move(parent, seq, self._tail(seq, other, parent))
            previous, seq = seal, seq + 1
        self._make_room(parent, seq, previous)

    def _links(self, slot: Slot, previous: str) -> bool:
        return self.links(*self.lies[self.there[slot]], previous)

    def _tail(self, seq: int, seal: str, parent: str) -> str:
        label = label_of(self.chain, seal)
        self.done.made[label] = (seq, parent)
        self.labels.add(label)
        return label

    def _move(self, label: str, seq: int, to: str) -> None:
        self.done.moves.append(Move(label, seq, to))
        while seal := self.there.pop((label, seq), ""):
            self.there[to, seq] = seal
            self.where[seal] = to
            seq += 1
