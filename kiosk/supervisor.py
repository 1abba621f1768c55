"""A small parent that runs the app, restores the terminal after any death and starts it again."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Self

LEFT = 0
"""Exit status: staff left the kiosk."""
AGAIN = 3
"""Exit status: staff want it started again at once."""
REFUSED = 2
"""Exit status: it can't start (settings, catalogue, journal); on a first start the message is out."""
FAULT = 70
"""Exit status of a fault; plus the place of the visitor's language in LANGUAGES."""
CALM_AFTER = 5
"""Faults in a row after which the screen waits calmly for help."""
CALM_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""How long a start must last for its end not to count as one more fault in a row."""
GRACE_SECONDS = 10.0
"""How long the app may take to leave when it is told to, longer than a write may; then it is killed."""

LEAVE_KEY = b"\x11"
"""Ctrl+Q."""

# In this order: frame updates, mouse, paste, focus, keyboard, resize reports, line wrap, cursor, colours;
# the alternate screen first, so that the rest reaches the screen that stays.
RESTORE = (
    "\x1b[?2026l\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    "\x1b[?2004l\x1b[?1004l\x1b[<u\x1b[?2048l\x1b[?7h\x1b[?25h\x1b[0m"
)
BLANK = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
"""An empty alternate screen without a cursor."""


def pause_after(faults: int) -> float:
    """Seconds to wait before the next start: none at first, then doubling, then calm."""
    if faults >= CALM_AFTER:
        return CALM_SECONDS
    return 0.0 if faults <= 1 else 0.25 * 2 ** (faults - 2)


def in_a_row(faults: int, lasted: float) -> int:
    """Faults in a row, after one more that ended a start which lasted some seconds."""
    return 1 if lasted >= STEADY_SECONDS else faults + 1


def language_of(status: int) -> str:
    """The language of the visitor whom a fault met; the first one when nothing is known."""
    from kiosk.i18n.languages import LANGUAGES

    codes, place = list(LANGUAGES), status - FAULT
    return codes[place] if 0 <= place < len(codes) else codes[0]


def supervise(
    start: Callable[[str], int],
    tell: Callable[[str, bool], None],
    leaves: Callable[[float], bool],
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Start the app again and again until staff leave it; the exit status for the shell.

    `start(fault)` runs it, told the language of the visit that a fault has just ended ("" at first), and
    returns its exit status, negative for a signal. `tell(language, calm)` shows what the visitor reads
    until the next start, nothing in the language "". `leaves(seconds)` waits that long, and says whether
    staff leave meanwhile.
    """
    fault, faults, first = "", 0, True
    while True:
        began = clock()
        status = start(fault)
        # Refused later on, when nobody may be near, it tries again: the disk may have space by then.
        if status == LEFT or (status == REFUSED and first):
            return status
        first = False
        if status == AGAIN:
            fault, faults = "", 0
        else:
            fault = language_of(status)
            faults = in_a_row(faults, clock() - began)
        tell(fault, faults >= CALM_AFTER)
        if leaves(pause_after(faults)):
            return LEFT


class Keeper:
    """The edge of `supervise`: signals, the child process and the terminal.

    `run(fault)` is the app; `told(language, calm)` is the text of the screen between two starts;
    `locked()` says whether Ctrl+Q must not leave that screen. A context: when it ends, signals and
    terminal are as they were found.
    """

    def __init__(
        self, run: Callable[[str], int], told: Callable[[str, bool], str], locked: Callable[[], bool]
    ) -> None:
        self._run = run
        self._told = told
        self._locked = locked
        self._child = 0
        self._stopping = False
        self._touched = False
        self._handlers: dict[signal.Signals, Any] = {}
        self._modes: list[Any] = []

    def __enter__(self) -> Self:
        import termios

        for number in _FROM_KEYS:
            self._handlers[number] = signal.signal(number, signal.SIG_IGN)
        for number in _STOPPING:
            self._handlers[number] = signal.signal(number, self._stop)
        self._handlers[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._kill)
        self._modes = termios.tcgetattr(_stdin())
        unseen = termios.tcgetattr(_stdin())
        unseen[0] &= ~termios.IXON
        unseen[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(_stdin(), termios.TCSANOW, unseen)
        return self

    def __exit__(self, *_: object) -> None:
        import termios

        # A refused start has not touched the screen; its message is to stay where it is.
        if self._touched:
            _write(RESTORE)
        with suppress(termios.error):
            termios.tcsetattr(_stdin(), termios.TCSAFLUSH, self._modes)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(self, fault: str) -> int:
        """Run the app in a child process; its exit status, or minus the signal that killed it."""
        import termios

        with suppress(termios.error):
            termios.tcflush(_stdin(), termios.TCIFLUSH)
        # A signal before the child is known could not be passed on to it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        child = os.fork()
        if child == 0:
            self._be_the_app(fault)
        self._child = child
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self._child = 0
        self._touched |= status != REFUSED
        return LEFT if self._stopping else status

    def _be_the_app(self, fault: str) -> None:
        status = FAULT
        try:
            for number in (*_STOPPING, signal.SIGALRM):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
            status = self._run(fault)
        finally:
            # Never back into the supervisor's frames, whatever was raised.
            os._exit(status)

    def tell(self, language: str, calm: bool) -> None:
        """Show the screen between two starts, over whatever the app left."""
        text = ""
        # Whatever is wrong with the words, the next start matters more.
        with suppress(Exception):
            text = self._told(language, calm) if language else ""
        self._touched = True
        _write(RESTORE + BLANK + text)

    def leaves(self, seconds: float) -> bool:
        """Wait; True as soon as staff leave: by a signal, by hanging up, by Ctrl+Q unless it is locked."""
        until = time.monotonic() + seconds
        while not self._stopping:
            left = until - time.monotonic()
            if left <= 0:
                return False
            if self._key_leaves(min(left, 0.1)):
                return True
        return True

    def _key_leaves(self, seconds: float) -> bool:
        try:
            if not select.select([_stdin()], [], [], seconds)[0]:
                return False
            typed = os.read(_stdin(), 1024)
        except OSError:
            return True
        return not typed or (LEAVE_KEY in typed and not self._locked())

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        self._signal_child(signal.SIGTERM)
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def _kill(self, number: int, frame: FrameType | None) -> None:
        self._signal_child(signal.SIGKILL)

    def _signal_child(self, number: signal.Signals) -> None:
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, number)


_FROM_KEYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP)
"""What Ctrl+C, Ctrl+\\ and Ctrl+Z send while the app is not there to read them as keys."""
_STOPPING = (signal.SIGTERM, signal.SIGHUP)


def _stdin() -> int:
    return sys.__stdin__.fileno()  # type: ignore[union-attr]


def _write(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.__stderr__.write(text)  # type: ignore[union-attr]
        sys.__stderr__.flush()  # type: ignore[union-attr]
