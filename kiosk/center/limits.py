"""How often and how much at once: rates by client, and the size of what is sent, before it is read."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import TypeVar

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.center.answers import Refused, answer, is_api
from kiosk.center.web.refusals import refusal

LARGEST_BATCH = 8 * 1024 * 1024
"""Bytes of a batch; a device halves what does not fit."""

LARGEST_BODY = 64 * 1024
"""Bytes of everything else that is sent, if no prefix of LARGEST names more."""

LARGEST = {"/api/v1/batches": LARGEST_BATCH, "/staff/catalog": 32 * 1024 * 1024}
"""Bytes by path, of what is sent there or below."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one each `60 / per_minute` seconds."""

    per_minute: float
    burst: float


RATES = {
    "device": Rate(600, 300),
    "wrong_token": Rate(20, 40),
    "enroll": Rate(10, 10),
    "wrong_code": Rate(10, 60),
    "sign_in": Rate(10, 10),
    "ticket": Rate(20, 20),
    "page": Rate(300, 200),
}
"""By what is asked; devices are told apart by their id, people by their address or their ticket."""

MISTAKES = 5
"""Failures within a while, of anybody, that are nothing unusual."""

DELAY, LONGEST_DELAY = 0.1, 3.0
"""Seconds that each one more adds to the answer for what can be guessed at, and the most."""

_REMEMBERED = 20_000

T = TypeVar("T")


class Limits:
    """Token buckets in the memory of one worker; nothing of whom they belong to is kept for longer.

    The least recently used go first when there are many, so that memory stays bounded.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, rate: str, who: str) -> float:
        """One more by somebody: 0 when that is allowed, else the seconds to wait."""
        allowed, now = RATES[rate], self._monotonic()
        with self._lock:
            left, then = self._buckets.pop((rate, who), (allowed.burst, now))
            left = min(allowed.burst, left + (now - then) * allowed.per_minute / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / allowed.per_minute
            self._buckets[rate, who] = (left - (not wait), now)
            if len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
        return wait

    def used(self, rate: str, who: str) -> float:
        """How much of the burst is used up now; takes nothing."""
        allowed = RATES[rate]
        left, then = self._buckets.get((rate, who), (allowed.burst, self._monotonic()))
        back = (self._monotonic() - then) * allowed.per_minute / 60
        return max(0.0, allowed.burst - left - back)

    def check(self, rate: str, who: str) -> None:
        """One more by somebody; raises Refused (429, Retry-After in seconds) when it is too often."""
        wait = self.take(rate, who)
        if wait:
            seconds = str(math.ceil(wait))
            raise Refused(
                429, "slow_down", "too many requests", "Wait and try again.", {"Retry-After": seconds}
            )


def limited(rate: str) -> Callable[[Request], None]:
    """A dependency of a route: so often per client address, else 429."""

    def check(request: Request) -> None:
        request.app.state.limits.check(rate, client(request))

    return check


async def slowly(request: Request, failures: str, work: Callable[[], Awaitable[T]]) -> T:
    """Do what can be guessed at: after some failures of anybody, later ones are answered late.

    `failures` is the rate that counts them, for all clients of this worker together.
    """
    limits: Limits = request.app.state.limits
    await asyncio.sleep(min(LONGEST_DELAY, max(0.0, limits.used(failures, "") - MISTAKES) * DELAY))
    try:
        return await work()
    except Refused as problem:
        if problem.status_code == 403:
            limits.take(failures, "")
        raise


def client(request: Request) -> str:
    """Who asks, as far as rates are concerned: the address, of IPv6 the half that a household shares."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:100]
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


class BodyLimits:
    """Refuses what is too large (413) before it is read, and what is compressed (415).

    A length that was not told, or told too small, is counted while it comes in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowed = _allowed(scope["path"])
        problem = _refusal(Headers(scope=scope), allowed)
        if problem:
            await _say(problem, scope, receive, send)
            return
        seen = 0

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > allowed:
                raise _too_large(allowed)
            return message

        await self.app(scope, receiving, send)


def _allowed(path: str) -> int:
    return next((size for prefix, size in LARGEST.items() if path.startswith(prefix)), LARGEST_BODY)


def _refusal(headers: Headers, allowed: int) -> Refused | None:
    coding = headers.get("content-encoding", "identity")
    if coding.strip().lower() != "identity":
        what, todo = "compressed bodies are not taken", "Send it as it is, without Content-Encoding."
        return Refused(415, "content_type", what, todo)
    told = headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit()):
        return Refused(400, "request", "Content-Length is not a number")
    # Python reads no number of thousands of digits, and none of these is small.
    return _too_large(allowed) if len(told) > 15 or int(told) > allowed else None


def _too_large(allowed: int) -> Refused:
    what = f"more than {allowed} bytes"
    return Refused(413, "too_large", what, "Send less at once.", {"Connection": "close"})


async def _say(problem: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    if is_api(scope["path"]):
        response: Response = answer(problem)
    else:
        response = refusal(Request(scope), problem.status_code, problem.headers)
    await response(scope, receive, send)
