"""Announces calls to the room one after another: shown, a chime, the code spoken; none cuts off another."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.clock import Clock
from kiosk.devices import chime, speech
from kiosk.devices.speech import Child
from kiosk.devices.volume import USUAL, Volume
from kiosk.settings import Sound

log = logging.getLogger(__name__)

HOLD = 6.0
"""Seconds that a call has the board to itself, even without a sound."""
MOST_WAITING = 20
"""Calls that wait to be heard; before more than these the oldest ones are only shown."""
CLOSING = 5.0
"""Seconds to wait for the worker; longer only if `shown` waits for the thread that closes."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a ticket. `text` is what is said, in `language`; `at` is the stamp of the call itself.

    A recall is the same code with another `at`.
    """

    code: str
    counter: str
    language: str
    text: str
    at: str


class Announcer:
    """A queue of calls and one thread that announces them in order.

    `shown` and `bell` are called on that thread and must not wait for the one that calls `close`.
    `shown` may answer False for a call that no longer holds: it is passed over in silence.
    `bell` stands in for the chime where nothing can play it; `folder` keeps the chime. `volume` is asked at
    every sound. `wait` sleeps so many seconds and returns early when the announcer closes; tests put in
    their own.
    """

    def __init__(
        self,
        shown: Callable[[Call], object],
        bell: Callable[[], object],
        sound: Sound,
        folder: Path,
        clock: Clock,
        hold: float = HOLD,
        wait: Callable[[float], object] | None = None,
        volume: Callable[[], Volume] = lambda: USUAL,
    ) -> None:
        self._shown, self._bell = shown, bell
        self._sound, self._folder = sound, folder
        self._clock, self._hold = clock, hold
        self._volume = volume
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._child = Child()
        self._waiting: deque[Call] = deque()
        self._current: Call | None = None
        self._change = threading.Condition()
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._work, name="announcer", daemon=True)
        self._thread.start()

    def announce(self, call: Call) -> None:
        """Put a call at the end of the queue; one that waits or is being announced is not put in again."""
        with self._change:
            known = [*self._waiting, self._current] if self._current else self._waiting
            if not any((call.code, call.at) == (other.code, other.at) for other in known):
                self._waiting.append(call)
                self._change.notify()

    def close(self) -> None:
        """Fall silent at once and announce nothing more; may be called twice."""
        self._closed.set()
        with self._change:
            self._change.notify()
        self._child.close()
        if threading.current_thread() is not self._thread:
            self._thread.join(CLOSING)

    def _work(self) -> None:
        while (call := self._next()) is not None:
            begun = self._clock.monotonic()
            holds = self._guarded(self._shown, call)
            if holds is False or self._closed.is_set() or self._too_many():
                continue  # taken back meanwhile; or too many: the newest must not be heard minutes late
            self._chime()
            self._speak(call)
            rest = self._hold - (self._clock.monotonic() - begun)
            if rest > 0 and not self._closed.is_set():
                self._wait(rest)

    def _next(self) -> Call | None:
        """The call whose turn it is, as soon as there is one; None when the announcer has closed."""
        with self._change:
            self._current = None
            self._change.wait_for(lambda: self._waiting or self._closed.is_set())
            if self._closed.is_set():
                return None
            self._current = self._waiting.popleft()
            return self._current

    def _too_many(self) -> bool:
        with self._change:
            return len(self._waiting) > MOST_WAITING

    def _chime(self) -> None:
        """Play the chime with the first player that can, else ring the bell."""
        volume = self._volume()
        if not self._sound.chime or volume is Volume.OFF:
            return
        try:
            commands = chime.commands(self._folder, volume)
        except OSError as problem:
            self._fault("chime", f"{problem}. Free the disk or its folder; the terminal's bell rings.")
            commands = []
        if not any(self._played(command, chime.LONGEST) for command in commands):
            self._guarded(self._bell)

    def _speak(self, call: Call) -> None:
        volume = self._volume()
        if self._sound.speech and volume is not Volume.OFF:
            command = speech.command(call.text, call.language, volume)
            if command:
                self._played(command, speech.LONGEST)

    def _played(self, command: Sequence[str], longest: float) -> bool:
        problem = self._child.run(command, longest)
        if problem:
            self._fault(command[0], f"{problem}. Try it in a terminal of this machine.")
        return not problem

    def _fault(self, name: str, problem: str) -> None:
        """Log a fault, once for each program: it would come again with every call."""
        if name not in self._told:
            self._told.add(name)
            log.warning("%s: %s", name, problem)

    def _guarded(self, callback: Callable[..., object], *arguments: object) -> object:
        try:
            return callback(*arguments)
        except Exception:  # whatever fails on the screen, the people who wait must still hear their numbers
            log.exception("The board could not show or ring a call")
            return None
