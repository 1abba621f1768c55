"""What devices do with the center, over real HTTP: send, follow the feed, ask, and go on after a fork."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from kiosk.center import append, devices, keys
from kiosk.center.context import Center
from kiosk.clock import FixedClock, stamp
from kiosk.journal import Journal, new_id
from kiosk.sync import page as pages
from kiosk.sync import receipt as receipts
from kiosk.sync.answer import signed_by
from tests.support import center as support
from tests.support.center_server import LANES, Machine, by, code, enrolled, talking

BATCH = {"content-type": "application/x-kiosk-batch"}


@pytest.fixture
def lobby(center: Center, tmp_path: Path) -> Any:
    """A journal that is a device's of the site city-hall, and the header that its machine sends."""
    journal, device = support.device(center, support.site(center, "city-hall"), tmp_path)
    with journal:
        yield journal, by({"token": device})


def test_a_batch_gets_its_receipt(center: Center, lobby: tuple[Journal, dict[str, str]]) -> None:
    """201, signed by the center, for just these bytes; then the center says how far it has come."""
    journal, header = lobby
    _visit(journal)
    content = support.batch(journal)
    with talking(center) as client:
        answer = client.post("/batches", content=content, headers=header | BATCH)
        last = client.get(f"/chains/{journal.chain}?at=1", headers=header).json()
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    receipt = receipts.parse(answer.content)
    assert receipts.verify(receipt, center.keys.key)
    assert (receipt.first, receipt.last, receipt.accepted) == (1, 3, 3)
    events = list(journal.events())
    assert (last["last"], last["highest"], last["hash"]) == (3, 3, events[2].hash)
    assert last["at"] == {"seq": 1, "hash": events[0].hash}


def test_other_machines_read_it_at_once(center: Center, lobby: tuple[Journal, dict[str, str]]) -> None:
    """Who waits for news has them well within a second of the receipt, signed by the center."""
    journal, header = lobby
    _visit(journal)
    with talking(center) as client:
        other = by(enrolled(client, center, Machine()))
        found: list[httpx.Response] = []
        waiting = threading.Thread(
            target=lambda: found.append(client.get("/feed?after=0&wait=20", headers=other))
        )
        waiting.start()
        client.post("/batches", content=support.batch(journal), headers=header | BATCH)
        since = time.monotonic()
        waiting.join(10)
        assert time.monotonic() - since < 2
    answer = found[0]
    assert signed_by(center.keys.key, answer.content, answer.headers["kiosk-signature"])
    page = pages.parse(answer.content)
    assert [event.kind for _, event in page.events] == ["journal.opened", "visit.started", "visit.ended"]
    assert (page.site, page.after, page.next) == ("city-hall", 0, 3)


def test_no_news(center: Center) -> None:
    """Who waits in vain gets an empty page when the time is over, and may ask again from there."""
    with talking(center) as client:
        other = by(enrolled(client, center, Machine()))
        since = time.monotonic()
        page = pages.parse(client.get("/feed?after=0&wait=1", headers=other).content)
        assert time.monotonic() - since >= 0.9
    assert (page.next, page.events) == (0, ())


def test_who_is_revoked_while_waiting(center: Center) -> None:
    """Gets nothing that came after."""
    with talking(center) as client:
        member = enrolled(client, center, Machine())
        found: list[httpx.Response] = []
        waiting = threading.Thread(
            target=lambda: found.append(client.get("/feed?after=0&wait=20", headers=by(member)))
        )
        waiting.start()
        _wait_until_seen(center, member["device"])
        with center.store.begin() as connection:
            devices.revoke(connection, member["device"], center.clock)
            body = {"version": 1, "sha256": "7" * 64}
            append.append(connection, center, "city-hall", "catalog.published", body)
        waiting.join(10)
    assert found[0].status_code == 403


def test_staff_see_how_a_device_is(center: Center, clock: FixedClock) -> None:
    """When it was seen, how far its clock is off, which kiosk and which catalogue it runs."""
    with talking(center) as client:
        member = enrolled(client, center, Machine())
        late = stamp(clock.now().replace(minute=43))
        told = {"Kiosk-Time": late, "Kiosk-Version": "1.2.3", "Kiosk-Catalog": "ab" * 32}
        client.get("/feed", headers=by(member) | told)
    with center.store.read() as connection:
        (known,) = devices.known(connection)
    assert known.device.seen_at == stamp(clock.now())
    assert known.device.skew_ms == 120_000
    assert (known.device.version, known.device.catalog) == ("1.2.3", "ab" * 32)
    assert (known.device.name, known.events, known.gap) == ("Lobby 1", 0, 0)


def test_a_counter_asks_before_it_calls(center: Center) -> None:
    """The first is granted the ticket, the second is told who has it; a lost answer is given again."""
    asked = {"command": "0b0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11", "ticket": "1f" * 16, "counter": "2"}
    with talking(center) as client:
        one = by(enrolled(client, center, Machine()))
        two = by(enrolled(client, center, Machine("m8qf20zt"), name="Desk"))
        first, again = (client.post("/claims", json=asked, headers=one).json() for _ in range(2))
        other = asked | {"command": "5d0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11", "counter": "4"}
        second = client.post("/claims", json=other, headers=two).json()
    assert (first["granted"], first["counter"]) == (True, "2")
    assert again == first
    assert (second["granted"], second["counter"]) == (False, "2")


def test_more_numbers(center: Center) -> None:
    """A block after the other, until none is left; then it is said."""
    lane = LANES[0]
    with talking(center) as client:
        one = by(enrolled(client, center, Machine()))
        other = enrolled(client, center, Machine("m8qf20zt"), name="Desk")
        assert other["numbers"] == [{"letter": "B", "first": 200, "last": 299}]
        again = client.post("/numbers", json=lane, headers=one)
        assert (again.status_code, again.json()) == (201, {"letter": "B", "first": 100, "last": 199})
        none = client.post("/numbers", json={"letter": "C", "first": 5, "last": 4}, headers=one)
    assert (none.status_code, none.json()["code"]) == (409, "none_left")


def test_a_journal_that_forked(center: Center, tmp_path: Path) -> None:
    """The machine is a device of its own from then on; its twin goes on undisturbed; nothing is lost."""
    home = support.site(center, "city-hall")
    journal, device = support.device(center, home, tmp_path)
    with journal, talking(center) as client:
        old = by({"token": device})
        content = support.batch(journal)
        client.post("/batches", content=content, headers=old | BATCH)
        opened = next(journal.events())
        new = Machine("m8qf20zt")
        asked = _goes_on(journal, new, journal.chain, 1, opened.hash)
        first, again = (client.post("/chains", json=asked, headers=old).json() for _ in range(2))
        assert first["device"] == again["device"] != device
        assert client.get("/chains/m8qf20zt", headers=by(again)).status_code == 200
        assert client.get("/chains/m8qf20zt", headers=by(first)).status_code == 401
        assert client.get(f"/chains/{journal.chain}", headers=old).status_code == 200
        # What it recorded before it forked may come from either of the two.
        for header in (old, by(again)):
            assert client.post("/batches", content=content, headers=header | BATCH).json()["duplicate"] == 1
        chain = journal.chain
    with center.store.read() as connection:
        named = {known.device.name: known.device for known in devices.known(connection)}
        follows = connection.value("SELECT follows FROM chains WHERE chain = 'm8qf20zt'")
    assert named.keys() == {"Lobby 1", "Lobby 1 (2)"}
    assert named["Lobby 1 (2)"].copy_of == device
    assert follows == chain


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"last": 2}, 409, "tail"),
        ({"hash": "7" * 64}, 409, "tail"),
        ({"follows": "zzzzzzzz"}, 409, "tail"),
        ({"follows": "m8qf20zt~01234567"}, 409, "tail"),
        ({"proof": "00" * 64}, 403, "proof"),
        ({"proof_new": "00" * 64}, 403, "proof"),
    ],
)
def test_a_fork_that_is_none(
    center: Center, tmp_path: Path, changed: dict[str, Any], status: int, code: str
) -> None:
    """A new chain goes on from what has arrived of the device itself, and both keys say so."""
    home = support.site(center, "city-hall")
    journal, device = support.device(center, home, tmp_path)
    with journal, talking(center) as client:
        old = by({"token": device})
        client.post("/batches", content=support.batch(journal), headers=old | BATCH)
        values = {"follows": journal.chain, "last": 1, "hash": next(journal.events()).hash} | changed
        asked = _goes_on(journal, Machine("m8qf20zt"), values["follows"], values["last"], values["hash"])
        answer = client.post("/chains", json=asked | changed, headers=old)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_is_published_yet(center: Center) -> None:
    """A center without a catalogue says so; kiosks keep their own."""
    with talking(center) as client:
        answer = client.get("/catalog", headers=by(enrolled(client, center, Machine())))
    assert (answer.status_code, answer.json()["code"]) == (404, "none_published")


def test_the_catalogue_is_sent_once(center: Center) -> None:
    """Who names the one that is published gets it not again; its number and signature come along."""
    with center.store.begin() as connection:
        connection.run(
            """INSERT INTO catalogs VALUES (1, :sha256, :bundle, :signature, '', 'test', :at)""",
            sha256="ab" * 32,
            bundle=b"PK a zip",
            signature="9c" * 64,
            at=stamp(center.clock.now()),
        )
    with talking(center) as client:
        header = by(enrolled(client, center, Machine()))
        answer = client.get("/catalog", headers=header)
        assert (answer.status_code, answer.content) == (200, b"PK a zip")
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["kiosk-catalog-version"] == "1"
        assert answer.headers["kiosk-signature"] == "9c" * 64
        known = {"If-None-Match": answer.headers["etag"]}
        again = client.get("/catalog", headers=header | known)
        other = client.get("/catalog", headers=header | {"If-None-Match": f'"{"cd" * 32}"'})
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_a_center_from_a_backup(center: Center) -> None:
    """Devices can tell that it knows less than they were told."""
    with talking(center) as client:
        header = by(enrolled(client, center, Machine()))
        before = client.get("/chains/k3v9x2ma", headers=header).json()["epoch"]
        assert client.get("/center").json()["epoch"] == before
        keys.begin_epoch(center.store)
        assert client.get("/chains/k3v9x2ma", headers=header).json()["epoch"] != before


def test_devices_come_at_once(center: Center) -> None:
    """Many machines that enrol and ask at the same moment all get their own."""
    machines = [Machine(f"chain{number:03}") for number in range(8)]
    with talking(center) as client:
        asked = [machine.asks(code(center, name=machine.chain)) for machine in machines]
        found: list[Any] = []
        threads = [
            threading.Thread(target=lambda body=body: found.append(client.post("/enroll", json=body)))
            for body in asked
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert [answer.status_code for answer in found] == [201] * 8
    assert len({answer.json()["device"] for answer in found}) == 8
    # Four blocks of a hundred are in the range; nobody shares one.
    blocks = [block["first"] for answer in found for block in answer.json()["numbers"]]
    assert sorted(blocks) == [100, 200, 300, 400]


def _visit(journal: Journal) -> None:
    visit = new_id()
    journal.append("visit.started", {"visit": visit, "language": "en"})
    journal.append("visit.ended", {"visit": visit, "how": "finished", "language": "en"})


def _goes_on(journal: Journal, new: Machine, follows: str, last: int, hash: str) -> dict[str, Any]:
    """What a machine sends after it opened a new chain."""
    from kiosk.journal.canonical import canonical
    from kiosk.journal.signing import sign

    rest = {
        "chain": new.chain,
        "key": new.public,
        "follows": follows,
        "last": last,
        "hash": hash,
        "lanes": LANES,
        "version": "1.0.0",
    }
    proof = sign(journal.path, canonical(rest).encode()).hex()
    return rest | {"proof": proof, "proof_new": new.signs(rest)}


def _wait_until_seen(center: Center, device: str) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with center.store.read() as connection:
            found = devices.find(connection, device)
        if found is not None and found.seen_at:
            return
        time.sleep(0.02)
    raise AssertionError("it never came")
