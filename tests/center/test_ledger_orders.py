"""The ledger, whatever comes in whatever order, at once, again, or while the center dies."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import count, pairwise
from pathlib import Path
from random import Random
from threading import Event as Signal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.center import append, feed, ledger
from kiosk.center import keys as center_keys
from kiosk.center.context import Center
from kiosk.center.placing import label_of
from kiosk.center.storage import Store
from kiosk.clock import FixedClock
from kiosk.journal import new_id
from kiosk.journal.canonical import NO_HASH
from tests.support.center import Machine, register, site

PAGE = {"visit": new_id(), "service": "pets", "language": "en"}
_sites = count(1)


def looks(machine: Machine, many: int) -> None:
    for _ in range(many):
        machine.append("service.viewed", PAGE)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """One center for all examples, each with machines and a site of its own; nothing waits for the disk."""
    folder = tmp_path_factory.mktemp("shared")
    store = Store.open(f"sqlite:///{folder / 'center.db'}")
    with store.engine.connect() as raw:
        raw.exec_driver_sql("PRAGMA synchronous = OFF")
    yield Center(store, center_keys.load(folder), FixedClock(), "https://center.example", lambda: None)
    store.close()


@st.composite
def pasts(draw: st.DrawFn) -> list[Machine]:
    """One to three machines: of their own, or copies of an earlier one with another future."""
    machines = [Machine(FixedClock())]
    looks(machines[0], draw(st.integers(0, 9)))
    for _ in range(draw(st.integers(0, 2))):
        of = draw(st.sampled_from(machines))
        if draw(st.booleans()):
            machine = of.fork()
            machine.held = machine.held[: draw(st.integers(1, len(of.held)))]
        else:
            machine = Machine(FixedClock())
        looks(machine, draw(st.integers(0, 9)))
        machines.append(machine)
    return machines


def rows(center: Center, home: str) -> list[tuple[str, int, str, int]]:
    with center.store.read() as connection:
        return connection.rows(
            "SELECT chain, seq, hash, position FROM events WHERE home = :home ORDER BY position", home=home
        )


@given(machines=pasts(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_order_splitting_and_repetition_gives_every_event_once(
    shared: Center, machines: list[Machine], data: st.DataObject
) -> None:
    """Ranges of chains and their copies come as they like; in the end all is there, once, and linked."""
    home = site(shared, f"site{next(_sites)}")
    for chain in {machine.chain: machine for machine in machines}.values():
        register(shared, home, chain)
    sent: list[tuple[Machine, int, int]] = []
    for machine in machines:
        cuts = sorted(data.draw(st.sets(st.integers(1, len(machine.held)), max_size=3)) | {len(machine.held)})
        sent += [(machine, first + 1, last) for first, last in pairwise([0, *cuts])]
        again = data.draw(st.integers(1, len(machine.held)))
        sent.append((machine, again, data.draw(st.integers(again, len(machine.held)))))
    taken = [
        ledger.take(shared, machine.batch(first, last), "", "stick")
        for machine, first, last in data.draw(st.permutations(sent))
    ]
    kept = rows(shared, home)
    everything = {event.hash: event for machine in machines for event in machine.held}
    assert Counter(seal for _, _, seal, _ in kept) == Counter(everything.keys())
    assert [position for *_, position in kept] == list(range(1, len(kept) + 1))
    assert sum(receipt.accepted for receipt in taken) == len(everything)
    assert not any(receipt.rejected for receipt in taken)
    check_links(shared, kept, machines)
    feed_of = [event for _, event in feed.page(shared, home, 0).events]
    assert sorted(event.hash for event in feed_of) == sorted(everything)


def check_links(center: Center, kept: list[tuple[str, int, str, int]], machines: list[Machine]) -> None:
    """Neighbours link, nothing has a gap, and every row of `chains` says how far its chain goes."""
    before = {NO_HASH: NO_HASH}
    for machine in machines:
        before |= {event.hash: last.hash for last, event in pairwise(machine.held)}
    ends: dict[str, list[tuple[int, str]]] = {}
    for label, seq, seal, _ in sorted(kept):
        ends.setdefault(label, []).append((seq, seal))
    for label, held in ends.items():
        assert [seq for seq, _ in held] == list(range(held[0][0], held[0][0] + len(held)))
        assert all(before[seal] == last for (_, last), (_, seal) in pairwise(held))
        assert held[0][0] == 1 or label == label_of(label[:8], held[0][1])
        with center.store.read() as connection:
            row = connection.row(
                "SELECT first, last, last_hash, highest FROM chains WHERE chain = :chain", chain=label
            )
        assert row == (held[0][0], *held[-1], held[-1][0])
    with center.store.read() as connection:
        tails = connection.rows("SELECT chain FROM chains WHERE chain LIKE '%~%'")
    mine = {chain for (chain,) in tails if chain[:8] in {machine.chain for machine in machines}}
    assert mine == {label for label in ends if "~" in label}


@pytest.fixture
def home(center: Center) -> str:
    return site(center)


def test_readers_with_a_cursor_see_every_event_once_while_others_write(center: Center, home: str) -> None:
    """No number is passed over because a smaller one was committed later, by devices or by the center."""
    other, done = site(center, "harbor"), Signal()
    machines = [Machine(FixedClock()) for _ in range(4)]
    for machine, of in zip(machines, (home, home, home, other), strict=True):
        looks(machine, 59)
        register(center, of, machine)

    def send(machine: Machine) -> None:
        for first in range(1, 60, 4):
            ledger.take(center, machine.batch(first, first + 3), "", "network")

    def record() -> None:
        for _ in range(15):
            with center.store.begin() as connection:
                append.append(connection, center, home, "ticket.late", {"ticket": new_id()})

    def read(of: str) -> list[str]:
        seen, after, last = [], 0, False
        while not last:
            last = done.is_set()
            while (page := feed.page(center, of, after, 7)).next > after:
                seen += [event.id for _, event in page.events]
                after = page.next
        return seen

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read, of) for of in (home, other)]
        writers = [pool.submit(send, machine) for machine in machines] + [pool.submit(record)]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        seen = [reader.result() for reader in readers]
    assert len(seen[0]) == len(set(seen[0])) == 3 * 60 + 16
    assert sorted(seen[1]) == sorted(event.id for event in machines[3].held)
    for of in (home, other):
        kept = rows(center, of)
        assert [position for *_, position in kept] == list(range(1, len(kept) + 1))


def test_the_same_batch_from_many_sides_at_once_counts_once(center: Center, home: str) -> None:
    """A device that sends again before the answer came, while somebody imports its stick."""
    machine = Machine(FixedClock())
    looks(machine, 99)
    register(center, home, machine)
    parts = [machine.batch(), machine.batch(1, 60), machine.batch(30), machine.batch()]
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda part: ledger.take(center, part, "", "network"), parts))
    assert sum(receipt.accepted for receipt in taken) == 100
    assert {receipt.forked for receipt in taken} == {None}
    assert len(rows(center, home)) == 100


def test_an_id_that_comes_twice_at_once_counts_once(center: Center, home: str) -> None:
    """Two machines claim the same event at the same moment, from two sites."""
    machines = [Machine(FixedClock()) for _ in range(2)]
    same = [machines[0].append("service.viewed", PAGE).id for _ in range(30)]
    for event_id in same:
        machines[1].append("service.viewed", PAGE, id=event_id)
    register(center, home, machines[0])
    register(center, site(center, "harbor"), machines[1])
    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda each: ledger.take(center, each.batch(), "", "network"), machines))
    assert sorted(receipt.accepted for receipt in taken) == [1, 31]
    assert {each.code for receipt in taken for each in receipt.rejected} == {"id"}
    with center.store.read() as connection:
        assert connection.value("SELECT count(*) FROM events") == 62


_DIES = """
import os, signal, sys
from pathlib import Path
from kiosk.center import chains, keys, ledger, writing
from kiosk.center.context import Center
from kiosk.center.storage import Store
from kiosk.clock import FixedClock
database, folder, file, step = sys.argv[1:]
center = Center(Store.connect(database), keys.load(Path(folder)), FixedClock(), "", lambda: None)
module = chains if step == "settle" else writing
whole = getattr(module, step)
def dying(*given):
    whole(*given)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(module, step, dying)
ledger.take(center, Path(file).read_bytes(), "", "stick")
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", ["insert", "keep_words", "settle"])
def test_a_center_killed_in_the_middle_keeps_nothing_half(
    center: Center, home: str, database: str, tmp_path: Path, step: str
) -> None:
    """After a power cut in the middle of a batch it is as if it had not come; sent again it counts once."""
    machine = Machine(FixedClock())
    looks(machine, 499)
    register(center, home, machine)
    ledger.take(center, machine.batch(1, 10), "", "stick")
    file = tmp_path / "a.batch"
    file.write_bytes(machine.batch())
    arguments = [sys.executable, "-c", _DIES, database, str(tmp_path / "keys"), str(file), step]
    died = subprocess.run(arguments, cwd=Path(__file__).parents[2], env=os.environ, capture_output=True)
    assert died.returncode == -9, died.stderr
    kept = rows(center, home)
    assert [seq for _, seq, _, _ in kept] == list(range(1, 11))
    with center.store.read() as connection:
        assert connection.value("SELECT feed FROM sites WHERE site = :home", home=home) == 10
        assert connection.value("SELECT count(*) FROM batches") == 1
    taken = ledger.take(center, machine.batch(), "", "stick")
    assert (taken.accepted, taken.duplicate) == (490, 10)
    assert [position for *_, position in rows(center, home)] == list(range(1, 501))


@pytest.mark.slow
def test_a_hundred_kiosks_at_once_lose_nothing(center: Center) -> None:
    """Ten sites, 2,000 events each kiosk, batches of any size in any order, and some of them twice."""
    if center.store.dialect == "sqlite":
        pytest.skip("many kiosks at once need PostgreSQL")
    random = Random(7)
    machines = [Machine(FixedClock()) for _ in range(100)]
    parts = []
    for number, machine in enumerate(machines):
        looks(machine, 1999)
        register(center, site(center, f"site{number % 10}"), machine)
        cuts = [0, *sorted(random.sample(range(1, 2000), 3)), 2000]
        mine = [machine.batch(first + 1, last) for first, last in pairwise(cuts)]
        parts += [*mine, random.choice(mine)]
    random.shuffle(parts)
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda part: ledger.take(center, part, "", "network"), parts))
    assert sum(receipt.accepted for receipt in taken) == 200_000
    digest = sha256()
    for number in range(10):
        kept = rows(center, f"site{number}")
        assert [position for *_, position in kept] == list(range(1, 20_001))
        digest.update("".join(sorted(seal for _, _, seal, _ in kept)).encode())
    expected = sha256()
    for number in range(10):
        mine = [event.hash for machine in machines[number::10] for event in machine.held]
        expected.update("".join(sorted(mine)).encode())
    assert digest.digest() == expected.digest()
    with center.store.read() as connection:
        assert connection.rows("SELECT DISTINCT first, last, highest FROM chains") == [(1, 2000, 2000)]
