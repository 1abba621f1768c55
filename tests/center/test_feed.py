"""The feed of a site: read in pages, and waited for."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy.exc import OperationalError

from kiosk.center import append, feed, ledger
from kiosk.center.context import Center
from kiosk.errors import SyncError
from kiosk.journal import new_id
from kiosk.sync import page as pages
from kiosk.sync.answer import signed_by
from tests.support.center import Machine, register, site


def late(center: Center, home: str) -> None:
    with center.store.begin() as connection:
        append.append(connection, center, home, "ticket.late", {"ticket": new_id()})


@pytest.fixture
def machine(center: Center) -> Machine:
    machine = Machine(center.clock)
    for number in range(20):
        service = {"visit": new_id(), "service": "pets", "language": "en"}
        machine.append("service.viewed", service if number % 4 else {})
    register(center, site(center), machine)
    ledger.take(center, machine.batch(), "", "stick")
    return machine


def test_pages_hold_everything_that_counts_once_and_in_order(center: Center, machine: Machine) -> None:
    """A page may be empty where all of it lies in quarantine; `next` goes on all the same."""
    site(center, "harbor")
    late(center, "harbor")
    for limit in (1, 3, 500):
        seen, after = [], 0
        while (page := feed.page(center, "lobby", after, limit)).next > after:
            assert page.next - after <= limit
            seen += page.events
            after = page.next
        assert after == 21
        assert [event for _, event in seen] == [event for event in machine.held if event.body]


def test_a_page_reads_back_and_its_signature_covers_all_of_it(center: Center, machine: Machine) -> None:
    """What another network answers instead is no page."""
    page = feed.page(center, "lobby", 0)
    document = page.document()
    assert pages.parse(document) == page
    signature = center.keys.sign(document).hex()
    assert signed_by(center.keys.key, document, signature)
    assert not signed_by(center.keys.key, document.replace(b"pets", b"pots"), signature)
    assert not signed_by("0" * 64, document, signature) and not signed_by(center.keys.key, document, "xy")
    values = json.loads(document)
    for broken in (
        b"<html>Sign in</html>",
        b"[" * 50_000,
        b"\xff",
        document + b" ",
        document[:-1],
        json.dumps(values).encode(),
        document.replace(b'"after":0', b'"after":-1'),
        document.replace(b'"after":0', b'"after":99'),
        document.replace(b'"v":1', b'"v":"1"'),
        document.replace(machine.chain.encode(), b"OTHER-ONE"),
    ):
        with pytest.raises(SyncError) as raised:
            pages.parse(broken)
        assert raised.value.reason == "not_center"


async def test_whoever_waits_is_told_when_the_feed_of_their_site_grew(center: Center) -> None:
    """And nobody else; who asks about what is there already does not wait."""
    for name in ("lobby", "harbor"):
        site(center, name)
    watch = feed.Watch(center)
    lobby = [asyncio.create_task(watch.grown("lobby", 0, 30)) for _ in range(3)]
    harbor = asyncio.create_task(watch.grown("harbor", 0, 1))
    await asyncio.sleep(0)
    await asyncio.to_thread(late, center, "lobby")
    assert await asyncio.wait_for(asyncio.gather(*lobby), 20) == [True] * 3
    assert await watch.grown("lobby", 1, 5)
    assert not await watch.grown("lobby", 2, 0)
    assert await harbor is False
    await watch.close()


async def test_nobody_waits_and_nothing_is_asked(center: Center, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is left alone; a database that is away for a moment costs nobody their answer."""
    site(center)
    asked: list[bool] = []
    read = feed.Watch._read

    def counted(watch: feed.Watch) -> dict[str, int]:
        asked.append(True)
        if len(asked) == 1:
            raise OperationalError("SELECT", {}, Exception("away"))
        return read(watch)

    monkeypatch.setattr(feed.Watch, "_read", counted)
    monkeypatch.setattr(feed, "PAUSE", 0.01)
    monkeypatch.setattr(feed, "_AFTER_TROUBLE", 0.01)
    watch = feed.Watch(center)
    waiting = asyncio.create_task(watch.grown("lobby", 0, 30))
    await asyncio.to_thread(late, center, "lobby")
    assert await asyncio.wait_for(waiting, 20)
    task = watch._task
    assert task is not None
    await asyncio.wait_for(task, 5)
    before = len(asked)
    await asyncio.sleep(0.05)
    assert len(asked) == before


async def test_when_the_center_ends_nobody_is_kept_waiting(center: Center) -> None:
    """Devices and phones are answered at once, and ask again when it is back."""
    site(center)
    watch = feed.Watch(center)
    waiting = asyncio.create_task(watch.grown("lobby", 0, 30))
    await asyncio.sleep(0)
    watch.stop()
    assert await asyncio.wait_for(waiting, 5) is False
    assert await asyncio.wait_for(watch.grown("lobby", 0, 30), 5) is False
    await watch.close()
