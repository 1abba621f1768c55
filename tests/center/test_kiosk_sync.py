"""Kiosks and the real center over real HTTP: enrolling, sending, taking in, copies, sticks."""

from __future__ import annotations

import io
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from nacl.public import SealedBox

from kiosk.catalog.load import load
from kiosk.center import ledger
from kiosk.center.context import Center
from kiosk.clock import Clock, FixedClock
from kiosk.errors import SyncError
from kiosk.export.day import export
from kiosk.journal import Journal, new_id
from kiosk.settings import Settings
from kiosk.sync import carried, membership
from kiosk.sync.agent import Agent, now
from kiosk.sync.batch import seal
from kiosk.sync.exchange import Done, ranges
from kiosk.sync.joining import enroll
from kiosk.sync.lock import alone
from tests.support.center_server import code, served

SERVICES = Path(__file__).parents[1] / "data" / "services.yaml"
LONG = 10.0


@pytest.fixture
def url(center: Center) -> Iterator[str]:
    """The address of the running center."""
    with served(center) as address:
        yield address


def until(true) -> None:  # type: ignore[no-untyped-def]
    """Wait for what another thread does."""
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


class Machine:
    """A kiosk that is enrolled; close its journal."""

    def __init__(self, center: Center, data: Path) -> None:
        self.settings = Settings(data=data, services=SERVICES)
        self.clock = center.clock
        self.journal = Journal.open(data / "kiosk.db", center.clock, durable=False)

    @classmethod
    def enrolled(cls, center: Center, url: str, data: Path, name: str = "Lobby 1") -> Machine:
        machine = cls(center, data)
        enroll(machine.journal, url, code(center, "lobby", name), ranges(load(SERVICES)), center.clock)
        return machine

    def again(self) -> Journal:
        """The same journal, as another process has it."""
        return Journal.open(self.journal.path, self.clock, durable=False)

    def visit(self) -> str:
        visit = new_id()
        event = self.journal.append("visit.started", {"visit": visit, "language": "en"})
        self.journal.append("visit.ended", {"visit": visit, "how": "finished", "language": "en"})
        return event.id

    def send(self) -> Done:
        return now(self.settings, self.journal, self.clock, lambda done, total: None)


def ids(center: Center) -> list[str]:
    with center.store.read() as connection:
        return sorted(row[0] for row in connection.rows("SELECT id FROM events"))


def recorded(*machines: Machine) -> list[str]:
    found = {row[0] for machine in machines for row in machine.journal.rows("SELECT id FROM events")}
    return sorted(found)


def test_two_machines_of_a_site_have_each_others_events_and_numbers_of_their_own(
    center: Center, url: str, tmp_path: Path
) -> None:
    first = Machine.enrolled(center, url, tmp_path / "1")
    second = Machine.enrolled(center, url, tmp_path / "2", "Lobby 2")
    for machine in (first, second):
        machine.visit()
        sent = machine.send()
        assert sent.pushed.events == machine.journal.head()[0]
        assert not sent.pushed.rejected
    first.send()
    assert first.journal.delivered() == first.journal.head()[0]
    assert ids(center) == recorded(first) == recorded(second)
    mine, theirs = first.journal.numbers(), second.journal.numbers()
    assert mine
    assert all(not set(mine[letter]) & set(theirs[letter]) for letter in mine)


def copied(center: Center, url: str, tmp_path: Path) -> tuple[Machine, Machine]:
    """A machine that has sent something, and one with a copy of its disk."""
    first = Machine.enrolled(center, url, tmp_path / "1")
    first.visit()
    first.send()
    first.journal.clear_log()
    shutil.copytree(tmp_path / "1", tmp_path / "2")
    return first, Machine(center, tmp_path / "2")


def test_copied_disks_become_machines_of_their_own(center: Center, url: str, tmp_path: Path) -> None:
    first, second = copied(center, url, tmp_path)
    first.visit()
    first.send()
    for _ in range(3):
        second.visit()
    assert second.send().moved
    assert second.journal.chain != first.journal.chain
    for machine in (first, second, first, second):
        machine.visit()
        assert not machine.send().moved
    first.send()
    assert ids(center) == recorded(first) == recorded(second)
    with center.store.read() as connection:
        names = [row[0] for row in connection.rows("SELECT name FROM devices ORDER BY name")]
    assert names == ["Lobby 1", "Lobby 1 (2)"]
    assert second.journal.numbers()


def test_by_stick_and_by_network_it_counts_once_and_the_receipt_travels_back(
    center: Center, url: str, tmp_path: Path, clock: FixedClock
) -> None:
    machine = Machine.enrolled(center, url, tmp_path / "1")
    machine.visit()
    (stick := tmp_path / "stick").mkdir()
    done = export(machine.journal, load(SERVICES), clock, clock.day(), stick)
    assert done.path
    (sealed,) = done.path.glob("*.batch.sealed")
    content = center.keys.open(sealed.read_bytes())
    assert content == SealedBox(center.keys.box).decrypt(sealed.read_bytes())
    receipt = ledger.take(center, content, "", "stick", sealed.name)
    (done.path / f"{receipt.batch_id}.receipt").write_bytes(receipt.document())
    assert carried.take_all(machine.journal, center.keys.key, stick) == 1
    assert machine.journal.delivered() == machine.journal.head()[0]
    assert machine.send().pushed.events == 0
    assert ids(center) == recorded(machine)


def test_a_receipt_travels_back_to_a_machine_that_has_another_name_by_now(
    center: Center, url: str, tmp_path: Path
) -> None:
    machine = Machine.enrolled(center, url, tmp_path / "1")
    machine.visit()
    journal, last = machine.journal, machine.journal.head()[0]
    seal(journal, 1, last - 1, sealed := io.BytesIO())
    receipt = ledger.take(center, sealed.getvalue(), "", "stick")
    (tmp_path / f"{receipt.batch_id}.receipt").write_bytes(receipt.document())
    assert journal.step_aside(last, last, f"{journal.chain}~{(journal.hash_at(last) or '')[:8]}")
    assert carried.take_all(journal, center.keys.key, tmp_path) == 1
    assert [(row.chain, row.last) for row in journal.receipts()] == [(receipt.chain, last - 1)]


def test_a_revoked_machine_is_told_and_keeps_everything(center: Center, url: str, tmp_path: Path) -> None:
    machine = Machine.enrolled(center, url, tmp_path / "1")
    with center.store.begin() as connection:
        connection.run("UPDATE devices SET state = 'revoked'")
    machine.visit()
    with pytest.raises(SyncError) as problem:
        machine.send()
    assert problem.value.reason == "refused"
    assert machine.journal.delivered() == 0
    with center.store.begin() as connection:
        connection.run("UPDATE devices SET state = 'active'")
    machine.send()
    assert ids(center) == recorded(machine)


def test_a_wrong_token_is_refused(center: Center, url: str, tmp_path: Path) -> None:
    machine = Machine.enrolled(center, url, tmp_path / "1")
    member = membership.needed(tmp_path / "1")
    membership.store(tmp_path / "1", replace(member, token="x" * 43))
    with pytest.raises(SyncError) as problem:
        machine.send()
    assert problem.value.reason == "refused"


@contextmanager
def running(*machines: Machine) -> Iterator[None]:
    """Each machine sends and takes in all the time, in a thread with a journal of its own."""
    stop = threading.Event()

    def run(machine: Machine) -> None:
        with machine.again() as own, alone(machine.settings.data):
            Agent(machine.settings, own, Clock(), stop).run()

    threads = [threading.Thread(target=run, args=(machine,), daemon=True) for machine in machines]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(LONG)


def test_what_one_machine_records_is_at_the_other_within_a_second(
    center: Center, url: str, tmp_path: Path
) -> None:
    """Measured where nothing else runs; here only that it comes without being asked for."""
    first, second = (Machine.enrolled(center, url, tmp_path / str(n), f"Lobby {n}") for n in (1, 2))
    with running(first, second):
        for _ in range(3):
            event = first.visit()
            until(lambda event=event: second.journal.event(event))
            event = second.visit()
            until(lambda event=event: first.journal.event(event))


def test_a_copy_that_is_online_gets_what_passed_by_before_it_knew_that_it_is_one(
    center: Center, url: str, tmp_path: Path
) -> None:
    """The first one's events came to it under its own name; it waits for the feed when it finds out."""
    first, second = copied(center, url, tmp_path)
    with running(second):
        event = first.visit()
        first.send()
        until(lambda: second.journal.feed_position() == first.journal.feed_position())
        assert second.journal.event(event) is None
        own = second.visit()
        until(lambda: second.journal.chain != first.journal.chain)
        until(lambda: second.journal.event(event))
        first.send()
        assert first.journal.event(own)
