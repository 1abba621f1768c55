"""A desk asks the center before it calls somebody; without an answer in time it goes on alone."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from kiosk.clock import Clock, stamp
from kiosk.errors import KioskError
from kiosk.line.claims import Claim
from kiosk.sync import membership, status
from kiosk.sync.answer import not_center
from kiosk.sync.client import Client
from kiosk.sync.pull import pull

if TYPE_CHECKING:
    import httpx

    from kiosk.journal import Journal

log = logging.getLogger(__name__)

PATIENCE = 1.5
"""Seconds that a docent waits for the center."""
ALONE = 15.0
"""Seconds for which the center is not asked again after it did not answer."""
STALE = timedelta(minutes=3)
"""A last contact that is older says that this machine's sending does not work."""

_CLOCK = re.compile(r"[0-9a-f]{12}-[0-9a-f]{4}")

Answer = TypeVar("Answer")


class _Errand(Generic[Answer]):
    """Something done beside, one at a time; who waits for it gives up after a while, and it goes on alone.

    A thread, as looking up a name in a network that is gone has no time limit of its own.
    """

    def __init__(self) -> None:
        self._busy = Lock()

    def within(self, seconds: float, work: Callable[[], Answer]) -> Answer | None:
        """What came of it; None for an error, or when it takes longer."""
        if not self._busy.acquire(blocking=False):
            return None
        found: SimpleQueue[Answer | None] = SimpleQueue()

        def run() -> None:
            try:
                found.put(work())
            except KioskError as problem:
                log.info("the center was not asked: %s", problem)
                found.put(None)
            except Exception:
                # Nobody else would hear of it, and what a thread says by itself goes to the screen.
                log.exception("fault while the center was asked")
                found.put(None)
            finally:
                self._busy.release()

        Thread(target=run, name="claim", daemon=True).start()
        try:
            return found.get(timeout=seconds)
        except Empty:
            return None


class CenterClaims:
    """As kiosk.line.claims.Claims, for a data folder that is enrolled; may be used from any thread."""

    def __init__(
        self, data: Path, journal: Journal, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._data = data
        self._journal = journal
        self._clock = clock
        self._transport = transport
        self._client: Client | None = None
        self._opening = Lock()
        self._asking: _Errand[Claim] = _Errand()
        self._pulling: _Errand[int] = _Errand()
        self._not_before = float("-inf")

    @property
    def company(self) -> str:
        """As kiosk.line.claims.Claims; `alone` also where what is recorded here does not reach the center."""
        known = status.read(self._data)
        cut_off = known.trouble if known.trouble and known.trouble.part != status.CARE else None
        if cut_off and cut_off.reason == "refused":
            return "refused"
        recent = known.contact > stamp(self._clock.now() - STALE)
        asked_in_vain = self._clock.monotonic() < self._not_before
        return "alone" if cut_off or asked_in_vain or not recent else "together"

    def ask(self, ticket: str, counter: str, command: str) -> Claim | None:
        """Ask for a ticket before it is called; None where the center can't be reached: go on alone."""
        if self._clock.monotonic() < self._not_before:
            return None
        claim = self._asking.within(PATIENCE, lambda: self._asked(ticket, counter, command))
        if claim is None:
            self._not_before = self._clock.monotonic() + ALONE
        return claim

    def catch_up(self) -> None:
        """Take in what the other machines of the site have recorded, as far as it comes in time."""
        self._pulling.within(PATIENCE, lambda: pull(self._journal, self._opened()))

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        if self._client is not None:
            self._client.close()

    def _asked(self, ticket: str, counter: str, command: str) -> Claim:
        wanted = {"command": command, "ticket": ticket, "counter": counter}
        answer = self._opened().post("/claims", wanted, 200, seconds=PATIENCE)
        granted, other, clock = (answer.get(name) for name in ("granted", "counter", "clock"))
        if not (isinstance(granted, bool) and isinstance(other, str) and isinstance(clock, str)):
            raise not_center("a claim")
        if not _CLOCK.fullmatch(clock):
            raise not_center("a claim")
        return Claim(granted, counter if granted else other, clock)

    def _opened(self) -> Client:
        """The client of the membership that the folder has now."""
        with self._opening:
            wanted = membership.needed(self._data)
            if self._client is None or self._client.membership != wanted:
                self.close()
                self._client = Client(wanted, self._clock, transport=self._transport)
            return self._client
