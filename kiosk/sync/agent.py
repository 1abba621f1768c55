"""The one process of a data folder that sends and takes in, all the time or once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Thread

import httpx

from kiosk.clock import Clock
from kiosk.errors import KioskError, SyncError
from kiosk.journal import Journal
from kiosk.settings import Settings
from kiosk.sync import membership, status
from kiosk.sync.exchange import Done, Exchange, refusal
from kiosk.sync.lock import alone, asked, poke
from kiosk.sync.push import Progress
from kiosk.sync.replies import Later, NotTaken, pause
from kiosk.sync.status import Notes

LOOK = 0.1
"""Seconds between two looks at whether something was recorded."""
CARE = 60.0
"""Seconds between two looks at numbers and catalogue."""
POLL = 25
"""Seconds for which the center keeps a request for the feed open."""
PATIENCE = 60.0
"""Seconds that somebody waits for the process that sends already."""

Pause = Callable[[int, bool, float, Random], float]
"""How long to wait, in seconds: as `kiosk.sync.replies.pause`."""

log = logging.getLogger(__name__)


def now(settings: Settings, journal: Journal, clock: Clock, progress: Progress) -> Done:
    """Exchange everything at once: here, or by the process that sends all the time. Raises KioskError."""
    try:
        with alone(settings.data):
            return _once(settings, journal, clock, progress)
    except SyncError as problem:
        if problem.reason != "busy":
            raise
    return _by_the_other(settings.data, journal, progress)


def _once(settings: Settings, journal: Journal, clock: Clock, progress: Progress) -> Done:
    notes = Notes(settings.data, clock)
    exchange = Exchange(settings, journal, clock, notes)
    try:
        done = exchange.all(progress)
        notes.reached("push")
        return done
    except KioskError as problem:
        notes.failed("push", problem)
        raise
    finally:
        exchange.close()


def _by_the_other(data: Path, journal: Journal, progress: Progress) -> Done:
    begun, last = journal.delivered(), journal.head()[0]
    wish, until = poke(data), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        state = status.read(data)
        sent = journal.delivered() - begun
        progress(min(sent, last - begun), last - begun)
        if state.asked >= wish:
            if state.trouble:
                raise SyncError(state.trouble.reason, state.trouble.what, state.trouble.next_step)
            done = Done()
            done.pushed.events = sent
            return done
        time.sleep(LOOK)
    raise SyncError(
        "busy", "the process that sends all the time has not come to an end yet", "Look again in a minute."
    )


class _Retry:
    """When something that failed may be tried again."""

    def __init__(self, pause: Pause) -> None:
        self._pause = pause
        self._random = Random()
        self._tries = 0
        self._due = 0.0

    @property
    def ready(self) -> bool:
        return time.monotonic() >= self._due

    def passed(self) -> None:
        self._tries, self._due = 0, 0.0

    def failed(self, problem: KioskError) -> None:
        self._tries += 1
        if refusal(problem):
            self._due = float("inf")
            return
        answered = isinstance(problem, NotTaken) or (isinstance(problem, Later) and problem.answered)
        wish = problem.wish if isinstance(problem, Later) else 0.0
        self._due = time.monotonic() + self._pause(self._tries, answered, wish, self._random)


class Agent:
    """Sends what is recorded as soon as it is, and takes in what others record, until `stop`.

    `pauses` says how long to wait after failures.
    `run` is for the thread that made it; it raises what nobody has foreseen, to be started again.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        clock: Clock,
        stop: Event,
        transport: httpx.BaseTransport | None = None,
        pauses: Pause | None = None,
    ) -> None:
        self._data = settings.data
        self._journal = journal
        self._stop = stop
        self._notes = Notes(settings.data, clock)
        self._exchange = Exchange(settings, journal, clock, self._notes, transport)
        self._sending, self._taking, self._caring = (_Retry(pauses or pause) for _ in range(3))
        self._fault: BaseException | None = None
        self._cared = float("-inf")
        self._checked = False

    def run(self) -> None:
        """Until `stop` is set. The caller is `alone`."""
        Thread(target=self._follow, name="feed", daemon=True).start()
        sent, wish, enrolled = -1, asked(self._data), self._enrolment()
        while not self._stop.wait(LOOK):
            version, wanted, member = self._journal.data_version(), asked(self._data), self._enrolment()
            if (wanted, member) != (wish, enrolled):
                self._wake()
                enrolled = member
            everything, late = wanted != wish, self._long_ago()
            if self._sending.ready and (everything or late or version != sent):
                sent = version if self._try("push", partial(self._send, everything), self._sending) else -1
            if (everything or late) and self._sending.ready and self._caring.ready:
                # What it records is this connection's own, which `data_version` does not tell.
                sent = -1 if self._try(status.CARE, self._care, self._caring) else sent
            if everything:
                wish = wanted
                self._notes.answer(wish)
            enrolled = self._enrolment() if self._sending.ready else enrolled
        self._exchange.close()
        if self._fault:
            raise self._fault

    def _wake(self) -> None:
        """Try again at once, whatever went wrong before."""
        self._sending.passed()
        self._taking.passed()
        self._caring.passed()
        self._checked, self._cared = False, float("-inf")

    def _long_ago(self) -> bool:
        return time.monotonic() >= self._cared + CARE

    def _send(self, everything: bool) -> None:
        self._exchange.push(check=not self._checked, everything=everything)
        self._checked = True

    def _care(self) -> None:
        """See to numbers and the catalogue; what is wrong there keeps nothing from being sent."""
        self._cared = time.monotonic()
        self._exchange.care()

    def _follow(self) -> None:
        """Take in the feed, in a thread of its own; a fault ends the whole."""
        try:
            while not self._stop.is_set():
                if self._exchange.client is None or not self._taking.ready:
                    self._stop.wait(LOOK)
                elif not self._try("pull", lambda: self._exchange.pull(POLL), self._taking):
                    self._exchange.unsure()
        except BaseException as fault:  # noqa: BLE001 - it is raised again where the process can end
            self._fault = fault
            self._stop.set()

    def _try(self, part: str, work: Callable[[], object], retry: _Retry) -> bool:
        before = self._exchange.answers
        try:
            work()
        except KioskError as problem:
            log.warning("%s: %s", part, problem.what)
            retry.failed(problem)
            self._checked = False
            self._notes.failed(part, problem)
            return False
        retry.passed()
        if self._exchange.answers > before:
            self._notes.reached(part)
        return True

    def _enrolment(self) -> int:
        try:
            return (self._data / membership.FILE).stat().st_mtime_ns
        except OSError:
            return 0
