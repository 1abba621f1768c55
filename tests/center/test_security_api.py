"""What strangers, revoked devices and forged requests get from the interface for devices: nothing."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from kiosk.center import devices
from kiosk.center.context import Center
from kiosk.center.limits import LARGEST_BATCH, LARGEST_BODY
from tests.support import center as support
from tests.support.center_server import Machine, by, code, enrolled, served, talking

DOORS = [
    ("GET", "/feed"),
    ("GET", "/chains/k3v9x2ma"),
    ("GET", "/catalog"),
    ("POST", "/batches"),
    ("POST", "/chains"),
    ("POST", "/claims"),
    ("POST", "/numbers"),
]
BATCH = {"content-type": "application/x-kiosk-batch"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}])
def test_without_a_token_nothing_opens(center: Center, header: dict[str, str]) -> None:
    """No token, a wrong one and another scheme are answered alike."""
    with talking(center) as client:
        for method, path in DOORS:
            answer = client.request(method, path, headers={**header, **_kind(path)}, content=_body(path))
            assert answer.status_code == 401, path
            assert answer.json()["code"] == "token"
            assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_is_not_in_the_address(center: Center) -> None:
    """Where it would stand in logs and histories it opens nothing."""
    with talking(center) as client:
        token = enrolled(client, center, Machine())["token"]
        for name in ("token", "access_token", "authorization"):
            assert client.get(f"/feed?{name}={token}").status_code == 401


def test_who_tries_tokens_is_stopped(center: Center) -> None:
    """Guessing becomes slow, and whoever has a token goes on meanwhile."""
    with talking(center) as client:
        member = enrolled(client, center, Machine())
        statuses = {
            client.get("/feed", headers={"Authorization": f"Bearer {number}"}).status_code
            for number in range(60)
        }
        assert statuses == {401, 429}
        assert client.get("/chains/k3v9x2ma", headers=by(member)).status_code == 200


def test_a_revoked_device_gets_nothing(center: Center) -> None:
    """Every door is closed to it, and says why."""
    with talking(center) as client:
        member = enrolled(client, center, Machine())
        with center.store.begin() as connection:
            devices.revoke(connection, member["device"], center.clock)
        for method, path in DOORS:
            answer = client.request(method, path, headers=by(member) | _kind(path), content=_body(path))
            assert (answer.status_code, answer.json()["code"]) == (403, "revoked"), path


def test_a_device_sends_only_its_own(center: Center, tmp_path: Path) -> None:
    """A batch of another device's chain is refused, also of the same site; nothing of it is kept."""
    home = support.site(center, "city-hall")
    journal, device = support.device(center, home, tmp_path)
    with journal, talking(center) as client:
        thief = enrolled(client, center, Machine(), name="Lobby 2")
        stranger = enrolled(client, center, Machine("m8qf20zt"), site="library")
        for member in (thief, stranger):
            answer = client.post("/batches", content=support.batch(journal), headers=by(member) | BATCH)
            assert (answer.status_code, answer.json()["code"]) == (422, "device")
            assert client.get(f"/chains/{journal.chain}", headers=by(member)).status_code == 404
        assert client.get("/feed", headers=by(thief)).json()["events"] == []
        taken = client.post("/batches", content=support.batch(journal), headers=by({"token": device}) | BATCH)
        assert taken.status_code == 201
        assert client.get("/feed", headers=by(stranger)).json()["events"] == []
        assert client.get("/feed", headers=by(thief)).json()["events"] != []


def test_a_batch_that_is_sent_again(center: Center, tmp_path: Path) -> None:
    """Whoever recorded a request and plays it again adds nothing."""
    home = support.site(center, "city-hall")
    journal, device = support.device(center, home, tmp_path)
    with journal, talking(center) as client:
        content, header = support.batch(journal), by({"token": device}) | BATCH
        first, second = (client.post("/batches", content=content, headers=header).json() for _ in range(2))
    assert (first["accepted"], first["duplicate"]) == (1, 0)
    assert (second["accepted"], second["duplicate"]) == (0, 1)


def test_an_enrolment_that_is_played_again(center: Center) -> None:
    """With a recorded request, but not the key, a stranger gets a token only while the code lives; the real
    machine notices at once, and staff can end it."""
    machine = Machine()
    with talking(center) as client:
        asked = machine.asks(code(center))
        real = client.post("/enroll", json=asked).json()
        stolen = client.post("/enroll", json=asked).json()
        assert client.get("/feed", headers=by(real)).status_code == 401
        with center.store.begin() as connection:
            devices.revoke(connection, stolen["device"], center.clock)
        assert client.post("/enroll", json=asked).status_code == 403
        assert client.get("/feed", headers=by(stolen)).status_code == 403


def test_what_is_no_batch(center: Center, tmp_path: Path) -> None:
    """Forged, cut off, practice and nonsense are refused with a code, never with a fault."""
    home = support.site(center, "city-hall")
    journal, device = support.device(center, home, tmp_path)
    with journal, talking(center) as client:
        good = support.batch(journal)
        bad = [b"", b"\x00" * 100, b"[" * 50_000, b"{}\n{}\n", good[:-40], good[::-1], good + good]
        bad += [good.replace(b"local", b"other"), gzip.compress(good), b'{"format": 9}\n']
        for content in bad:
            answer = client.post("/batches", content=content, headers=by({"token": device}) | BATCH)
            assert answer.status_code == 422, content[:60]
            assert answer.json()["code"] == "unreadable"
        assert client.get(f"/chains/{journal.chain}", headers=by({"token": device})).json()["highest"] == 0


@pytest.fixture
def door(center: Center) -> Iterator[tuple[str, int, str]]:
    """Host and port of a served center, and a token."""
    with served(center) as address, httpx.Client(base_url=f"{address}/api/v1") as client:
        token = enrolled(client, center, Machine())["token"]
        parts = urlsplit(address)
        assert parts.hostname
        assert parts.port
        yield parts.hostname, parts.port, token


def test_too_much_that_is_told_before(door: tuple[str, int, str]) -> None:
    """The answer comes before a byte of it is sent."""
    for path, size in (("batches", LARGEST_BATCH), ("claims", LARGEST_BODY), ("enroll", LARGEST_BODY)):
        head = f"Content-Type: application/x-kiosk-batch\r\nContent-Length: {size + 1}\r\n"
        assert _raw(door, f"POST /api/v1/{path} HTTP/1.1", head) == (413, "too_large")
    assert _raw(door, "GET /api/v1/feed HTTP/1.1", f"Content-Length: {'9' * 400}\r\n")[0] in (400, 413)


def test_too_much_that_is_not_told(door: tuple[str, int, str]) -> None:
    """Without a length it is counted while it comes; a batch must tell its length."""
    part = b"10000\r\n" + b" " * 65536 + b"\r\n"
    head = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    assert _raw(door, "POST /api/v1/claims HTTP/1.1", head, part * 3) == (413, "too_large")
    head = head.replace("application/json", "application/x-kiosk-batch")
    assert _raw(door, "POST /api/v1/batches HTTP/1.1", head, part * 3) == (411, "length")


def test_what_is_compressed(door: tuple[str, int, str]) -> None:
    """Nothing is unpacked, so nothing can burst."""
    bomb = gzip.compress(b" " * 50_000_000)
    for coding in ("gzip", "deflate", "br", "GZIP, identity"):
        head = f"Content-Type: application/x-kiosk-batch\r\nContent-Encoding: {coding}\r\n"
        head += f"Content-Length: {len(bomb)}\r\n"
        assert _raw(door, "POST /api/v1/batches HTTP/1.1", head, bomb) == (415, "content_type")


@pytest.mark.parametrize("kind", ["", "application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_another_kind_of_content(center: Center, kind: str) -> None:
    """What is not sent as a batch is none."""
    with talking(center) as client:
        member = enrolled(client, center, Machine())
        answer = client.post("/batches", content=b"x", headers=by(member) | {"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type")


PATHS = [
    "/static/../app.py",
    "/static/%2e%2e/%2e%2e/keys.py",
    "/static/..%2f..%2fkeys.py",
    "/static//etc/passwd",
    "/static/%00",
    "/static/..%5c..%5ckeys.py",
    "/api/v1/chains/..%2f..%2fx",
    "/api/v1/chains/%00%00%00%00%00%00%00%00",
    "/api/v1/chains/k3v9x2ma%00",
    "/api/v1/chains/k3v9x2ma%0a",
    "/api/v1/chains/'%20OR%201=1--",
    "/%ff%fe",
]


def test_tricks_in_paths(door: tuple[str, int, str]) -> None:
    """They lead nowhere."""
    for path in PATHS:
        status, _ = _raw(door, f"GET {path} HTTP/1.1")
        assert status in (400, 404, 422), path


QUERIES = [
    "after=-1",
    "after=9007199254740992",
    "after=99999999999999999999999",
    "after=1e3",
    "after=%00",
    "after=",
    "wait=26",
    "wait=-1",
    "wait=nan",
]


def test_tricks_in_numbers(door: tuple[str, int, str]) -> None:
    """A number that can't be is refused, and no database sees it."""
    for query in QUERIES:
        assert _raw(door, f"GET /api/v1/feed?{query} HTTP/1.1") == (422, "form"), query


BODIES = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b"[" * 60_000,
    b'{"command": 1}',
    b'{"\\ud800": 1}',
    b'{"command": "\\ud800", "ticket": "\\u0000", "counter": "\\ud83d"}',
    b'{"command": "0b0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11", "ticket": "'
    + b"1f" * 16
    + b'", "counter": "\\u0000"}',
    b'{"command": "0b0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11", "ticket": "'
    + b"1f" * 16
    + b'", "counter": "\\ud800"}',
    b'{"command": "0b0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11\\n", "ticket": "'
    + b"1f" * 16
    + b'", "counter": "1"}',
    b'{"x": ' + b"9" * 5000 + b"}",
    b'{"x": NaN}',
]


def test_tricks_in_json(door: tuple[str, int, str]) -> None:
    """Whatever is sent as a claim is refused in the usual form."""
    for body in BODIES:
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        status, found = _raw(door, "POST /api/v1/claims HTTP/1.1", head, body)
        assert status in (400, 422), body
        assert found in ("request", "form"), body


@pytest.mark.parametrize(
    "head",
    [
        "Kiosk-Time: yesterday\r\nKiosk-Version: \x01\x02\r\nKiosk-Catalog: ../..\r\n",
        "Kiosk-Time: 9999-99-99T99:99:99.999Z\r\nKiosk-Version: " + "9" * 5000 + "\r\n",
        "Kiosk-Time: 0001-01-01T00:00:00.000Z\r\nKiosk-Catalog: " + "f" * 65 + "\r\n",
        "X-Forwarded-For: 1.2.3.4, \x80\xff\r\n",
        "If-None-Match: \"'--\r\n",
    ],
)
def test_odd_headers(door: tuple[str, int, str], head: str, center: Center) -> None:
    """What a device tells of itself is passed over when it can't be; the rest is served."""
    status, _ = _raw(door, "GET /api/v1/chains/k3v9x2ma HTTP/1.1", head)
    assert status in (200, 400)
    with center.store.read() as connection:
        for known in devices.known(connection):
            assert known.device.version in ("", "1.0.0")
            assert known.device.catalog == ""
            assert abs(known.device.skew_ms) <= 10**12


def _raw(door: tuple[str, int, str], line: str, head: str = "", body: bytes = b"") -> tuple[int, str]:
    """Status and code of the answer to a request that is written by hand; `` for another form of answer."""
    host, port, token = door
    request = (
        f"{line}\r\nHost: center.example\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n{head}\r\n"
    )
    with socket.create_connection((host, port), timeout=20) as wire:
        wire.sendall(request.encode("latin-1"))
        # It may be answered, and closed, before all of it was sent.
        with suppress(OSError):
            wire.sendall(body)
        answer = b""
        while part := _part(wire):
            answer += part
    head_bytes, _, content = answer.partition(b"\r\n\r\n")
    status = int(head_bytes.split()[1])
    try:
        return status, json.loads(content)["code"]
    except (ValueError, KeyError, TypeError):
        return status, ""


def _part(wire: socket.socket) -> bytes:
    try:
        return wire.recv(65536)
    except ConnectionResetError:
        return b""


def _kind(path: str) -> dict[str, str]:
    return BATCH if path == "/batches" else {"content-type": "application/json"}


def _body(path: str) -> bytes:
    """A body of the right form, so that only the token is what is wrong."""
    tail = {"follows": "k3v9x2ma", "last": 1, "hash": "7" * 64, "proof_new": "9c" * 64}
    bodies = {
        "/claims": {"command": "0b0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11", "ticket": "1f" * 16, "counter": "2"},
        "/numbers": {"letter": "B", "first": 100, "last": 499},
        "/chains": {name: value for name, value in Machine().asks("").items() if name != "code"} | tail,
    }
    return json.dumps(bodies[path]).encode() if path in bodies else b"x"
