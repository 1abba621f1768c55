"""Forks by themselves, without a database: thousands of pasts in any order."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.center.placing import Placement, Slot, label_of, place
from kiosk.journal.canonical import NO_HASH

CHAIN = "abcd1234"


def past(*names: object) -> list[str]:
    """The hashes of a chain of events with these names."""
    hashes: list[str] = []
    for name in names:
        hashes.append(sha256(f"{hashes[-1] if hashes else NO_HASH}{name}".encode()).hexdigest())
    return hashes


class Held:
    """What the database would hold: the hash of each slot, and the hash that it follows."""

    def __init__(self, pasts: Sequence[Sequence[str]]) -> None:
        self.slots: dict[Slot, str] = {}
        self.before = {
            seal: before for one in pasts for before, seal in zip([NO_HASH, *one], one, strict=False)
        }

    def take(self, one: Sequence[str], first: int, last: int) -> Placement:
        previous = one[first - 2] if first > 1 else NO_HASH
        tails = len({label for label, _ in self.slots}) > 1
        near = {
            slot: seal
            for slot, seal in self.slots.items()
            if slot[1] >= first - 1 and (tails or slot[1] <= last + 1)
        }
        hashes = one[first - 1 : last]
        done = place(CHAIN, first, previous, hashes, near, self.follows)
        for label, seq, to in done.moves:
            while (seal := self.slots.pop((label, seq), None)) is not None:
                assert (to, seq) not in self.slots
                self.slots[to, seq] = seal
                seq += 1
        for seq, (label, known, seal) in enumerate(zip(done.labels, done.known, hashes, strict=True), first):
            assert known == ((label, seq) in self.slots)
            assert self.slots.setdefault((label, seq), seal) == seal
        self.check()
        return done

    def follows(self, chain: str, seq: int, previous: str) -> bool:
        return self.before[self.slots[chain, seq]] == previous

    def check(self) -> None:
        """Neighbours link; tails are called after their first event, and have no gaps."""
        for (label, seq), seal in self.slots.items():
            if before := self.slots.get((label, seq - 1)):
                assert self.before[seal] == before
            elif label != CHAIN:
                assert label == label_of(CHAIN, seal)


@st.composite
def pasts(draw: st.DrawFn) -> list[list[str]]:
    """Up to four machines with the same chain: copies of one another with other futures."""
    lives: list[list[object]] = [list(range(draw(st.integers(1, 8))))]
    for machine in range(1, draw(st.integers(2, 4))):
        of = draw(st.sampled_from(lives))
        kept = of[: draw(st.integers(1, len(of)))]
        lives.append(kept + [f"{machine}.{number}" for number in range(draw(st.integers(0, 8)))])
    return [past(*life) for life in lives]


def arrive(lives: list[list[str]], data: st.DataObject) -> None:
    """Ranges of any length in any order, some again; in the end nothing has a gap and nothing is lost."""
    sent = []
    for life in lives:
        cuts = sorted(data.draw(st.sets(st.integers(1, len(life)), max_size=5)) | {len(life)})
        sent += [(life, first + 1, last) for first, last in zip([0, *cuts], cuts, strict=False)]
        again = data.draw(st.integers(1, len(life)))
        sent.append((life, again, data.draw(st.integers(again, len(life)))))
    held = Held(lives)
    new = 0
    for life, first, last in data.draw(st.permutations(sent)):
        new += held.take(life, first, last).known.count(False)
    assert sorted(held.slots.values()) == sorted({seal for life in lives for seal in life})
    assert new == len(held.slots)
    assert all((label, seq - 1) in held.slots for label, seq in held.slots if label == CHAIN and seq > 1)


@given(lives=pasts(), data=st.data())
@settings(max_examples=150, deadline=None)
def test_however_pasts_arrive_each_event_lies_where_its_past_is(
    lives: list[list[str]], data: st.DataObject
) -> None:
    """Machines with a common past send in any order."""
    arrive(lives, data)


@pytest.mark.slow
@given(lives=pasts(), data=st.data())
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_pasts(lives: list[list[str]], data: st.DataObject) -> None:
    """The same for longer."""
    arrive(lives, data)


def test_the_plain_case_asks_nothing() -> None:
    """What follows the head goes on with it."""

    def never(*_: object) -> bool:
        raise AssertionError("asked")

    done = place(CHAIN, 3, "b", ["c", "d"], {(CHAIN, 2): "b"}, never)
    assert done == Placement([CHAIN] * 2, [False] * 2)
