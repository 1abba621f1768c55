"""A network on loopback that does to requests what real ones do: each meets the next fault planned."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self

What = Literal[
    "pass",
    "drop",  # the connection ends before the center has seen anything
    "cut_request",  # the center sees half of the body
    "lose_reply",  # the center has done it, and the kiosk never hears
    "cut_reply",  # half of the reply arrives
    "twice",  # the center gets the request twice; the second answer arrives
    "late",  # the request waits on its way
    "login_page",  # somebody else answers, with 200
    "redirect",
    "status",
]

LOGIN = b"<!doctype html><title>Welcome to the free network</title><form>Room number</form>"
_SKIPPED = {"connection", "transfer-encoding", "keep-alive", "content-length", "date", "server"}


@dataclass(frozen=True)
class Fault:
    """What happens to one request; `status`, `headers` and `content` are of an answer made up on the way."""

    what: What
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b"not now"
    seconds: float = 0.2


PASS = Fault("pass")


class BadNetwork:
    """Forwards to a port of this machine. Faults `planned` meet the next requests to paths under `on`.

    `through` is set once one of them has passed unharmed with nothing planned any more.
    """

    def __init__(self, port: int, on: str = "/api/v1/") -> None:
        self.port, self.on = port, on
        self.planned: deque[Fault] = deque()
        self.met: Counter[str] = Counter()
        self.requests: list[tuple[str, str]] = []
        self.through = threading.Event()
        self._lock = threading.Lock()
        network = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_way(self) -> None:
                network._handle(self)

            do_GET = do_POST = do_HEAD = handle_one_way

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where the kiosk believes the center to be."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def plan(self, *faults: Fault) -> None:
        """These meet the next requests, in order; all after them pass."""
        self.planned.extend(faults)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, to_kiosk: BaseHTTPRequestHandler) -> None:
        body = to_kiosk.rfile.read(int(to_kiosk.headers.get("Content-Length") or 0))
        with self._lock:
            matches = to_kiosk.path.startswith(self.on)
            fault = self.planned.popleft() if matches and self.planned else PASS
            self.met[fault.what] += 1
            self.requests.append((to_kiosk.command, to_kiosk.path))
        with suppress(OSError, http.client.HTTPException):
            getattr(self, f"_{fault.what}")(to_kiosk, body, fault)
            if matches and fault is PASS and not self.planned:
                self.through.set()
            return
        _hang_up(to_kiosk)

    def _pass(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        _answer(to_kiosk, *self._forward(to_kiosk, body))

    def _drop(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        _hang_up(to_kiosk)

    def _cut_request(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        fields = [f"{name}: {value}" for name, value in to_kiosk.headers.items()]
        head = "\r\n".join([f"{to_kiosk.command} {to_kiosk.path} HTTP/1.1", *fields, "", ""])
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as upstream:
            upstream.sendall(head.encode("latin-1"))
            upstream.sendall(body[: len(body) // 2])
        _hang_up(to_kiosk)

    def _lose_reply(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        self._forward(to_kiosk, body)
        _hang_up(to_kiosk)

    def _cut_reply(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        status, headers, content = self._forward(to_kiosk, body)
        _answer(to_kiosk, status, headers, content, sent=len(content) // 2)
        _hang_up(to_kiosk)

    def _twice(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        self._forward(to_kiosk, body)
        _answer(to_kiosk, *self._forward(to_kiosk, body))

    def _late(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        # The delay is the fault itself, not a wait for something.
        time.sleep(fault.seconds)
        self._pass(to_kiosk, body, fault)

    def _login_page(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        _answer(to_kiosk, 200, {"Content-Type": "text/html"}, LOGIN)

    def _redirect(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        _answer(to_kiosk, 302, {"Location": "http://login.invalid/"}, b"")

    def _status(self, to_kiosk: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        _answer(to_kiosk, fault.status, {"Content-Type": "text/plain", **fault.headers}, fault.content)

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            headers = {name: value for name, value in request.headers.items() if name.lower() != "connection"}
            upstream.request(request.command, request.path, body or None, headers)
            answer = upstream.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _SKIPPED}
            return answer.status, kept, answer.read()
        finally:
            upstream.close()


def _answer(
    to_kiosk: BaseHTTPRequestHandler, status: int, headers: dict[str, str], content: bytes, sent: int = -1
) -> None:
    to_kiosk.send_response(status)
    for name, value in headers.items():
        to_kiosk.send_header(name, value)
    to_kiosk.send_header("Content-Length", str(len(content)))
    to_kiosk.end_headers()
    to_kiosk.wfile.write(content if sent < 0 else content[:sent])
    to_kiosk.wfile.flush()


def _hang_up(to_kiosk: BaseHTTPRequestHandler) -> None:
    to_kiosk.close_connection = True
    with suppress(OSError):
        to_kiosk.connection.shutdown(socket.SHUT_RDWR)
