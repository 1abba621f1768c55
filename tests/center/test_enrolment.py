"""A machine becomes a device: codes, proofs, a lost answer, replaced and revoked machines, copies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from kiosk.center import devices
from kiosk.center.context import Center
from kiosk.center.enrolment import LETTERS, make_code
from kiosk.clock import FixedClock
from kiosk.errors import CenterError
from tests.support.center_server import Machine, by, code, enrolled, talking


def test_a_machine_becomes_a_device(center: Center) -> None:
    """With a code from staff a machine gets its site, its numbers and the center's keys."""
    machine = Machine()
    with talking(center) as client:
        member = enrolled(client, center, machine, title="City Hall")
        greeting = client.get("/center").json()
        own = client.get("/chains/k3v9x2ma", headers=by(member)).json()
    assert (member["site"], member["title"]) == ("city-hall", "City Hall")
    assert (member["key"], member["box"]) == (greeting["key"], greeting["box"])
    assert member["numbers"] == [{"letter": "B", "first": 100, "last": 199}]
    assert (own["last"], own["hash"], own["highest"], own["at"]) == (0, "0" * 64, 0, None)


def test_a_code_is_easy_to_read_out(center: Center) -> None:
    """Eight letters and digits none of which looks like another, typed in whatever way."""
    shown = code(center)
    assert len(shown) == 9
    assert shown[4] == "-"
    assert not set("0O1ILU") & set(LETTERS)
    with talking(center) as client:
        typed = f" {shown.replace('-', ' ').lower()}"
        assert client.post("/enroll", json=Machine().asks(typed)).status_code == 201


def test_the_database_holds_no_secret(center: Center) -> None:
    """Neither a code nor a token can be read there."""
    with talking(center) as client:
        shown = code(center)
        token = client.post("/enroll", json=Machine().asks(shown)).json()["token"]
    with center.store.read() as connection:
        rows = str(connection.rows("SELECT * FROM devices") + connection.rows("SELECT * FROM enrolments"))
    assert token not in rows
    assert shown not in rows
    assert shown.replace("-", "") not in rows


def test_a_code_is_for_one_machine(center: Center) -> None:
    """Another machine can't use it again."""
    with talking(center) as client:
        shown = code(center)
        assert client.post("/enroll", json=Machine().asks(shown)).status_code == 201
        again = client.post("/enroll", json=Machine("m8qf20zt").asks(shown))
    assert _said(again) == (403, "code")


def test_an_answer_that_got_lost(center: Center) -> None:
    """The same machine may ask again with its code: it is the same device, and only the new token counts."""
    machine = Machine()
    with talking(center) as client:
        asked = machine.asks(code(center))
        first, second = (client.post("/enroll", json=asked).json() for _ in range(2))
        assert (first["device"], first["numbers"]) == (second["device"], second["numbers"])
        assert client.get("/feed", headers=by(first)).status_code == 401
        assert client.get("/chains/k3v9x2ma", headers=by(second)).status_code == 200


def test_a_code_grows_old(center: Center, clock: FixedClock) -> None:
    """After its hours it is worth nothing, also to whom it was worth something before."""
    machine = Machine()
    with talking(center) as client:
        used, unused = machine.asks(code(center, hours=2)), Machine("m8qf20zt").asks(code(center, hours=2))
        assert client.post("/enroll", json=used).status_code == 201
        clock.advance(timedelta(hours=2).total_seconds())
        assert _said(client.post("/enroll", json=used)) == (403, "code")
        assert _said(client.post("/enroll", json=unused)) == (403, "code")


@pytest.mark.parametrize("changed", ["chain", "key", "follows", "version", "lanes"])
def test_nobody_enrols_the_journal_of_another(center: Center, changed: str) -> None:
    """Everything that is asked is signed by the journal's own key."""
    other: dict[str, Any] = {
        "chain": "zzzzzzzz",
        "key": Machine().public,
        "follows": "m8qf20zt~0123abcd",
        "version": "2.0.0",
        "lanes": [{"letter": "C", "first": 1, "last": 9}],
    }
    with talking(center) as client:
        asked = Machine().asks(code(center)) | {changed: other[changed]}
        assert _said(client.post("/enroll", json=asked)) == (403, "proof")


def test_a_journal_that_was_copied(center: Center) -> None:
    """A second machine with the same journal is told what to do, and its code can still be used."""
    machine = Machine()
    with talking(center) as client:
        enrolled(client, center, machine)
        shown = code(center, name="Lobby 2")
        refused = client.post("/enroll", json=machine.asks(shown))
        assert _said(refused) == (409, "chain_known")
        assert "Lobby 1" in refused.json()["what"]
        assert client.post("/enroll", json=Machine("m8qf20zt").asks(shown)).status_code == 201


def test_a_journal_of_the_same_name_with_another_key(center: Center) -> None:
    """Who revoked a device can't be made to believe another key for its chain."""
    with talking(center) as client:
        member = enrolled(client, center, Machine())
        _revoke(center, member["device"])
        refused = client.post("/enroll", json=Machine().asks(code(center)))
    assert _said(refused) == (409, "chain_known")


def test_a_revoked_device(center: Center) -> None:
    """It is told so at once, and can be enrolled again with its journal."""
    machine = Machine()
    with talking(center) as client:
        member = enrolled(client, center, machine)
        _revoke(center, member["device"])
        assert _said(client.get("/chains/k3v9x2ma", headers=by(member))) == (403, "revoked")
        again = enrolled(client, center, machine)
        assert again["device"] != member["device"]
        assert client.get("/chains/k3v9x2ma", headers=by(again)).status_code == 200
        assert _said(client.get("/chains/k3v9x2ma", headers=by(member))) == (403, "revoked")


def test_a_device_that_is_replaced(center: Center) -> None:
    """The new machine goes on with the numbers; the old one is not believed from then on."""
    with talking(center) as client:
        old = enrolled(client, center, Machine())
        shown = code(center, replaces=old["device"])
        assert client.get("/chains/k3v9x2ma", headers=by(old)).status_code == 200
        new = client.post("/enroll", json=Machine("m8qf20zt").asks(shown)).json()
        assert new["numbers"] == old["numbers"]
        assert _said(client.get("/chains/k3v9x2ma", headers=by(old))) == (403, "replaced")
    with center.store.read() as connection:
        found = devices.find(connection, old["device"])
    assert found is not None
    assert found.replaced_by == new["device"]


def test_a_machine_that_lost_its_token(center: Center) -> None:
    """It takes its own place again with its own journal."""
    machine = Machine()
    with talking(center) as client:
        old = enrolled(client, center, machine)
        new = enrolled(client, center, machine, replaces=old["device"])
        assert new["numbers"] == old["numbers"]
        assert client.get("/chains/k3v9x2ma", headers=by(new)).status_code == 200


def test_a_machine_that_moves_to_another_site(center: Center) -> None:
    """What it recorded belongs to its site: it is told to begin a new journal."""
    machine = Machine()
    with talking(center) as client:
        member = enrolled(client, center, machine)
        _revoke(center, member["device"])
        refused = client.post("/enroll", json=machine.asks(code(center, site="library")))
    assert _said(refused) == (409, "other_site")
    assert "city-hall" in refused.json()["what"]


def test_many_wrong_codes(center: Center) -> None:
    """Guessing is stopped, and it is said when to try again."""
    with talking(center) as client:
        answers = [client.post("/enroll", json=Machine().asks("AAAA-AAAA")) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


@pytest.mark.parametrize("site", ["", "a b", "../x", "local", "ä", "x" * 101])
def test_a_site_that_can_not_be(center: Center, site: str) -> None:
    """Staff are told what an id of a site looks like."""
    with pytest.raises(CenterError, match="site"):
        code(center, site=site)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61, "\x00"])
def test_a_name_that_can_not_be(center: Center, name: str) -> None:
    """A name stands in one line."""
    with pytest.raises(CenterError, match="name"):
        code(center, name=name)


def test_a_device_of_another_site_is_not_replaced(center: Center) -> None:
    """The id must be one of the same site."""
    with talking(center) as client:
        member = enrolled(client, center, Machine())
    with pytest.raises(CenterError, match="library"), center.store.begin() as connection:
        make_code(connection, center, "library", "Desk", replaces=member["device"])


def _revoke(center: Center, device: str) -> None:
    with center.store.begin() as connection:
        devices.revoke(connection, device, center.clock)


def _said(answer: httpx.Response) -> tuple[int, str]:
    """Status and code; every refusal says what happened and what to do."""
    told = answer.json()
    assert told.keys() == {"code", "what", "next"}
    assert told["what"]
    assert told["next"]
    return answer.status_code, told["code"]
