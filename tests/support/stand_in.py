"""A small center over real HTTP for tests of a kiosk's side: keeps hashes, signs, misbehaves when told.

It knows one site and judges nothing; the real one is tested in tests/center.
"""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Signal
from threading import RLock, Thread
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from kiosk.journal.canonical import NO_HASH, canonical
from kiosk.journal.event import Event
from kiosk.sync import batch
from kiosk.sync.answer import signed_by
from kiosk.sync.page import Page
from kiosk.sync.receipt import Fork, Receipt

PREFIX = "/api/v1"
JSON = {"Content-Type": "application/json"}
LOGIN_PAGE = b"<html><title>Welcome to the library's Wi-Fi</title><form>Sign in</form></html>"


class Reply(NamedTuple):
    """What is sent back: `cut` announces more than it sends, and `drop` closes without a word."""

    status: int
    content: bytes = b""
    headers: dict[str, str] = {}
    cut: bool = False
    drop: bool = False


def problem(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    """An error in the center's own form."""
    told = {"code": code, "what": f"it is {code}", "next": "tell the staff"}
    return Reply(status, json.dumps(told).encode(), {**JSON, **(headers or {})})


def login_page(status: int = 200) -> Reply:
    """What a network answers that wants a sign-in first."""
    return Reply(status, LOGIN_PAGE, {"Content-Type": "text/html"})


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A kiosk that is killed hangs up."""


Answer = Callable[[Asked, Callable[[], Reply]], Reply]
"""Answers a request, perhaps with what the center would have."""


class StandIn:
    """A context: the server runs until its end. `odd` holds (method and path prefix, answer) to use first."""

    def __init__(self, port: int = 0) -> None:
        self.signing, self.box = SigningKey.generate(), PrivateKey.generate()
        self.key = self.signing.verify_key.encode().hex()
        self.asked: list[Asked] = []
        self.odd: deque[tuple[str, Answer]] = deque()
        self.hashes: dict[tuple[str, int], str] = {}
        self.feed: list[tuple[str, Event]] = []
        self.devices: dict[str, tuple[str, str]] = {}
        self.codes: dict[str, tuple[str, str]] = {"ABCD-EFGH": ("", "")}
        self.epoch = "00" * 8
        self.grown = Signal()
        self._lock = RLock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                stand_in._handle(self)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                """Tests need no log."""

        self._server = _Server(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def oddly(self, where: str, *answers: Reply | Answer) -> None:
        """Give the next requests that begin so (`POST /batches`) other answers, one each."""
        for answer in answers:
            given = answer if callable(answer) else _always(answer)
            self.odd.append((where, given))

    def sequence(self, chain: str) -> list[int]:
        """The numbers of a chain's events that are here, each once."""
        return sorted(seq for name, seq in self.hashes if name == chain)

    def pushes(self) -> list[tuple[int, int]]:
        """Which ranges were sent, in order."""
        heads = [json.loads(one.content.split(b"\n")[0]) for one in self.asked if one.path == "/batches"]
        return [(head["first"], head["last"]) for head in heads]

    def carried(self, content: bytes) -> bytes:
        """The receipt for a batch that came on a stick."""
        return self._take(content).content

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        path = handler.path.removeprefix(PREFIX)
        asked = Asked(handler.command, path, headers, handler.rfile.read(length))
        with self._lock:
            self.asked.append(asked)
            answer = self._odd_one(f"{asked.method} {path}")
        reply = answer(asked, lambda: self._answer(asked)) if answer else self._answer(asked)
        if reply.drop:
            handler.close_connection = True
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.content) + reply.cut))
        handler.end_headers()
        handler.wfile.write(reply.content)
        handler.close_connection |= reply.cut

    def _odd_one(self, line: str) -> Answer | None:
        for place, (where, answer) in enumerate(self.odd):
            if line.startswith(where):
                del self.odd[place]
                return answer
        return None

    def _answer(self, asked: Asked) -> Reply:
        path = urlsplit(asked.path)
        query = {name: int(value[0]) for name, value in parse_qs(path.query).items()}
        match asked.method, path.path.split("/")[1:]:
            case "GET", ["center"]:
                return self._json(200, self._about())
            case "POST", ["enroll"]:
                return self._enroll(json.loads(asked.content))
            case "POST", ["chains"]:
                return self._go_on(asked, json.loads(asked.content))
            case "GET", ["chains", chain]:
                return self._json(200, self._reached(chain))
            case "POST", ["batches"]:
                return self._take(asked.content)
            case "GET", ["feed"]:
                return self._page(query["after"], query["wait"])
            case "POST", ["numbers"]:
                return problem(409, "none_left")
            case _:
                return problem(404, "none_published")

    def _json(self, status: int, values: Any) -> Reply:
        return Reply(status, json.dumps(values).encode(), JSON)

    def _about(self) -> dict[str, str]:
        keys = {"key": self.key, "box": bytes(self.box.public_key).hex()}
        return {"name": "stand-in", **keys, "version": "1", "time": "2026-11-23T16:41:00.000Z", "epoch": ""}

    def _enroll(self, values: dict[str, Any]) -> Reply:
        if not _proved(values, values["key"], "proof"):
            return problem(403, "proof")
        holder = (values["chain"], values["key"])
        if self.codes.get(values["code"]) not in (("", ""), holder):
            return problem(403, "code")
        self.codes[values["code"]] = holder
        return self._json(201, self._member(values["chain"], values["key"]))

    def _go_on(self, asked: Asked, values: dict[str, Any]) -> Reply:
        chain, last = values["follows"], values["last"]
        old = next((key for name, key in self.devices.values() if name == chain.split("~")[0]), "")
        if not (_proved(values, old, "proof") and _proved(values, values["key"], "proof_new")):
            return problem(403, "proof")
        if self.hashes.get((chain, last)) != values["hash"]:
            return problem(409, "tail")
        return self._json(201, self._member(values["chain"], values["key"]))

    def _member(self, chain: str, key: str) -> dict[str, Any]:
        device = sha256(f"{chain}{key}".encode()).hexdigest()[:32]
        first = 100 * (1 + len({*self.devices, device} - {device}))
        self.devices[device] = (chain, key)
        return {
            "device": device,
            "token": f"token-of-{device}",
            "site": "lobby",
            "title": "The Lobby",
            "key": self.key,
            "box": bytes(self.box.public_key).hex(),
            "numbers": [{"letter": "B", "first": first, "last": first + 99}],
        }

    def _reached(self, chain: str) -> dict[str, Any]:
        last = 0
        while (chain, last + 1) in self.hashes:
            last += 1
        here = self.hashes.get((chain, last), NO_HASH)
        highest = max([0, *self.sequence(chain)])
        return {
            "chain": chain,
            "last": last,
            "hash": here,
            "highest": highest,
            "at": None,
            "epoch": self.epoch,
        }

    def _take(self, content: bytes) -> Reply:
        with self._lock:
            head, *events = (item for item in batch.read(io.BytesIO(content)) if not hasattr(item, "text"))
            assert isinstance(head, batch.Header)
            label, new = self._where(head.previous) or head.chain, 0
            for event in events:
                assert isinstance(event, Event)
                known = self._where(event.hash)
                if known:
                    label = known
                elif (label, event.seq) in self.hashes:
                    label = f"{event.chain}~{event.hash[:8]}"
                if not known:
                    self.hashes[label, event.seq] = event.hash
                    self.feed.append((label, event))
                    new += 1
            forked = Fork(min(self.sequence(label)), label) if "~" in label else None
            self.grown.set()
            return Reply(201, self._receipt(content, head, new, forked).document(), JSON)

    def _where(self, digest: str) -> str:
        return next((label for (label, _), known in self.hashes.items() if known == digest), "")

    def _receipt(self, content: bytes, head: batch.Header, new: int, forked: Fork | None) -> Receipt:
        receipt = Receipt(
            f"{head.chain}-{head.first}-{head.last}",
            sha256(content).hexdigest(),
            head.chain,
            head.first,
            head.last,
            new,
            head.count - new,
            (),
            forked,
            "2026-11-23T22:05:00.000Z",
            self.key,
        )
        return replace(receipt, signature=self.signing.sign(receipt.message()).signature.hex())

    def _page(self, after: int, wait: int) -> Reply:
        if wait and after >= len(self.feed):
            self.grown.wait(wait)
        with self._lock:
            self.grown.clear()
            events = tuple(self.feed[after : after + 500])
        document = Page("lobby", after, after + len(events), events).document()
        signature = self.signing.sign(document).signature.hex()
        return Reply(200, document, {**JSON, "Kiosk-Signature": signature})


def _always(reply: Reply) -> Answer:
    return lambda asked, usual: reply


def _proved(values: dict[str, Any], key: str, name: str) -> bool:
    rest = {field: value for field, value in values.items() if not field.startswith("proof")}
    return bool(key) and signed_by(key, canonical(rest).encode(), values[name])
