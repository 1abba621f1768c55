"""What a machine asks of its center; every answer is checked before it is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx

from kiosk.clock import Clock
from kiosk.errors import SyncError
from kiosk.sync import page as pages
from kiosk.sync import receipt as receipts
from kiosk.sync.answer import is_count, not_center, signed_by
from kiosk.sync.membership import Membership
from kiosk.sync.replies import Reply, problem
from kiosk.sync.wire import READ, Wire

BATCH = "application/x-kiosk-batch"
JSON = "application/json"
ZIP = "application/zip"
SLACK = 10.0
"""Seconds that the answer to a long poll may take longer than was asked for."""
LONGEST_CATALOG = 64 << 20


class Reached(NamedTuple):
    """How far a chain has come at the center: all up to `last` (with its hash) has arrived; `highest` of all.

    `at` is the hash of the event that was asked about, "" where the center does not have it. `epoch` is
    another one after the center was put back from a backup.
    """

    last: int
    hash: str
    highest: int
    at: str
    epoch: str


class Client:
    """A machine's dealings with its center; may be used from any thread, and closed by any.

    `answers` counts those that were believed. Every call raises Later, Refused, NotTaken
    (kiosk.sync.replies), or SyncError `not_center` for an answer that is not the center's.
    """

    def __init__(
        self,
        membership: Membership,
        clock: Clock,
        catalog: Callable[[], str] = lambda: "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.membership = membership
        self.wire = Wire(membership.url, clock, membership.token, catalog, transport)
        self.answers = 0

    def push(self, content: bytes) -> receipts.Receipt:
        """The receipt for a batch, signed by the center; whether it is for this one the caller checks."""
        reply = self.wire.ask("POST", "/batches", content, {"content-type": BATCH}, seconds=4 * READ)
        self._expect(reply, 201, JSON)
        receipt = receipts.parse(reply.content)
        if not receipts.verify(receipt, self.membership.key):
            raise not_center("a receipt")
        return receipt

    def reached(self, chain: str, at: int) -> Reached:
        """How far this machine's own chain has come there."""
        reply = self.wire.ask("GET", f"/chains/{chain}?at={at}")
        self._expect(reply, 200, JSON)
        values = parsed(reply, "how far a chain has come")
        there = values.get("at") or {}
        last, highest = values.get("last", 0), values.get("highest", 0)
        counted = is_count(last) and is_count(highest)
        if values.get("chain") != chain or not counted or not isinstance(there, dict):
            raise not_center("how far a chain has come")
        hashes = (str(values.get("hash")), str(there.get("hash") or ""))
        return Reached(int(last), hashes[0], int(highest), hashes[1], str(values.get("epoch", "")))

    def feed(self, after: int, wait: int = 0) -> pages.Page:
        """What came into the site's feed after a position; waits so many seconds for something to come."""
        seconds = READ if not wait else wait + SLACK
        reply = self.wire.ask("GET", f"/feed?after={after}&wait={wait}", seconds=seconds)
        self._expect(reply, 200, JSON)
        if not self.signed(reply.content, reply):
            raise not_center("a page")
        page = pages.parse(reply.content)
        if (page.site, page.after) != (self.membership.site, after):
            raise not_center("a page")
        return page

    def post(self, path: str, body: Mapping[str, Any], status: int, seconds: float = READ) -> dict[str, Any]:
        """The JSON object that answers another one with just this status."""
        values = post(self.wire, path, body, status, seconds)
        self.answers += 1
        return values

    def catalog(self, known: str) -> Reply | None:
        """The published catalogue where it is another than the `known` one (SHA-256, "" for none), else None.

        Its signature must still be checked: that is the catalogue's own.
        """
        headers = {"if-none-match": f'"{known}"'} if known else {}
        reply = self.wire.ask("GET", "/catalog", headers=headers, seconds=4 * READ, longest=LONGEST_CATALOG)
        # Only the center itself says in its own form that there is none.
        if reply.status == 304 or getattr(self._problem(reply), "status", 0) == 404:
            self.answers += 1
            return None
        self._expect(reply, 200, ZIP)
        return reply

    def signed(self, message: bytes, reply: Reply) -> bool:
        """Whether the center has signed a message in an answer's Kiosk-Signature."""
        return signed_by(self.membership.key, message, reply.headers.get("kiosk-signature", ""))

    def close(self) -> None:
        """Let go of the connections; may be called twice."""
        self.wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _expect(self, reply: Reply, status: int, kind: str) -> None:
        expect(self.wire, reply, status, kind)
        self.answers += 1

    def _problem(self, reply: Reply) -> SyncError:
        return problem(reply, self.wire.clock.now())


def post(
    wire: Wire, path: str, body: Mapping[str, Any], status: int, seconds: float = READ
) -> dict[str, Any]:
    """The JSON object that answers another one with just this status; raises as `Client`."""
    sent = json.dumps(body, ensure_ascii=False).encode()
    reply = wire.ask("POST", path, sent, {"content-type": JSON}, seconds=seconds)
    expect(wire, reply, status, JSON)
    return parsed(reply, "an answer")


def expect(wire: Wire, reply: Reply, status: int, kind: str) -> None:
    """Raise what is wrong with an answer of another status or media type."""
    if reply.status != status:
        raise problem(reply, wire.clock.now())
    if reply.kind != kind:
        raise not_center("an answer")


def parsed(reply: Reply, what: str) -> dict[str, Any]:
    """The JSON object of an answer; raises SyncError (`not_center`) where it holds none."""
    try:
        value = json.loads(reply.content)
    except (ValueError, RecursionError):
        raise not_center(what) from None
    if not isinstance(value, dict):
        raise not_center(what)
    return value


def text_of(values: Mapping[str, Any], name: str, form: str) -> str:
    """A text of an answer in a form; raises SyncError (`not_center`) for anything else."""
    value = values.get(name)
    if not isinstance(value, str) or not re.fullmatch(form, value):
        raise not_center("an answer")
    return value
