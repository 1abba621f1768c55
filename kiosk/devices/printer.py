"""The ticket printer: a slip as an ESC/POS job, sent within seconds or not at all, and what came of it."""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal

from kiosk.devices.drawing import render
from kiosk.devices.slip import Slip
from kiosk.devices.wires import Wire, escpos, way

if TYPE_CHECKING:
    from PIL import Image

    from kiosk.settings import Printer as PrinterSettings

log = logging.getLogger(__name__)

Fault = Literal["", "no_paper", "cover_open", "offline", "no_answer", "error"]

PROFILE = "TM-T20II"
"""python-escpos' description of a usual printer; its default one prints a complaint for every image."""
BAND = 128
"""Rows of dots sent in one command; cheap printers have little memory."""
SLOWEST = 400
"""Rows of dots that a slow printer prints in a second: 50 mm."""

ASK_STATUS = b"\x10\x04"
"""DLE EOT and a number: answered at once, whatever the printer is doing. 2: why offline, 4: paper."""
ASK_DONE = b"\x1dr\x01"
"""GS r 1: answered in its turn, when everything before it is done."""
COVER, FED, ERROR = 0x04, 0x20, 0x40
"""Bits of the answer to 2: the cover is open, printing has stopped for want of paper, an error."""
EMPTY = 0x60
"""Bits of the answer to 4: the paper has ended."""
CHATTER = 256
"""Times that something may come at once: what talks without end is no printer."""
BUSY = (errno.EACCES, errno.EPERM, errno.EISDIR, errno.EBUSY)
"""The printer is there, but not for us."""
GONE = (errno.ENODEV, errno.ENXIO, errno.EIO, errno.EPIPE, errno.ECONNRESET, errno.ECONNABORTED)


@dataclass(frozen=True)
class Outcome:
    """Whether a slip was printed; `fault` says why not, `detail` what the system said, for staff."""

    ok: bool
    fault: Fault = ""
    detail: str = ""


@dataclass(frozen=True)
class Timeouts:
    """Seconds: for connecting, for each answer, and for taking the slip (beyond a serial line's own time)."""

    connecting: float = 3.0
    answering: float = 2.0
    sending: float = 10.0


class _Unready(Exception):
    """The printer itself says why it does not print."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


_one_job = threading.Lock()


class Printer:
    """The printer of the settings; raises SettingsError where its address is none."""

    def __init__(self, settings: PrinterSettings, timeouts: Timeouts | None = None) -> None:
        self.paper = settings.paper
        self.available = settings.kind != "none"
        self._timeouts = timeouts or Timeouts()
        self._connect = way(settings) if self.available else None

    def print_slip(self, slip: Slip) -> Outcome:
        """Print a slip once and wait for what comes of it, one job at a time; never raises for the printer.

        It takes as long as printing does, some seconds, and not much more than the timeouts if the printer
        hangs: call it from a worker thread.
        """
        if self._connect is None:
            return Outcome(False, "offline", "no printer is set")
        with _one_job:
            outcome = self._print(slip, self._connect)
        if not outcome.ok:
            log.warning("a slip was not printed: %s (%s)", outcome.fault, outcome.detail)
        return outcome

    def _print(self, slip: Slip, connect: Callable[[float], Wire]) -> Outcome:
        try:
            image = render(slip, self.paper)
            data = job(image)
        except OSError as problem:
            return Outcome(False, "error", str(problem))
        try:
            wire = connect(self._timeouts.connecting)
        except OSError as problem:
            return Outcome(False, "error" if problem.errno in BUSY else "offline", str(problem))
        return _deliver(wire, data, image.height, self._timeouts)


def job(image: Image.Image) -> bytes:
    """The commands that print an image of mode "1" and cut the paper behind it."""
    printer = escpos("Dummy")(profile=PROFILE)
    printer.hw("INIT")
    printer.image(image, fragment_height=BAND)
    printer.cut("PART")
    data: bytes = printer.output
    return data


def _deliver(wire: Wire, data: bytes, rows: int, timeouts: Timeouts) -> Outcome:
    """Send a job over an open connection, which is closed then."""
    whole = False
    try:
        talk = _Talk(wire, timeouts.answering)
        talk.check()
        wire.send(data, timeouts.sending + wire.pace * len(data))
        if talk.answered:
            talk.wait_for_the_end(timeouts.answering + rows / SLOWEST)
        whole = True
        return Outcome(True)
    except _Unready as problem:
        return Outcome(False, problem.fault)
    except TimeoutError as problem:
        return Outcome(False, "no_answer", str(problem))
    except OSError as problem:
        return Outcome(False, _fault(problem), str(problem))
    finally:
        with suppress(OSError):
            wire.close(whole)


def _fault(problem: OSError) -> Fault:
    """What an error of the system while printing means."""
    if problem.errno == errno.ENOSPC:
        return "no_paper"  # as Linux has it for a USB printer
    gone = isinstance(problem, ConnectionError) or problem.errno in GONE
    return "offline" if gone else "error"


class _Talk:
    """Questions to a printer; `answered` is whether it ever gave an answer: many never do."""

    def __init__(self, wire: Wire, patience: float) -> None:
        self.answered = False
        self._wire = wire
        self._patience = patience
        self._done = False

    def check(self) -> bool:
        """Whether the printer says that it is ready; raises _Unready where it says that it is not."""
        offline = self._ask(2)
        if offline is None:
            return False
        if offline & COVER:
            raise _Unready("cover_open")
        paper = self._ask(4) or 0
        if offline & FED or paper & EMPTY:
            raise _Unready("no_paper")
        if offline & ERROR:
            raise _Unready("error")
        return True

    def wait_for_the_end(self, seconds: float) -> None:
        """Return when all is printed, or `seconds` have passed and the printer is still ready.

        Raises _Unready where it stops, OSError where it answers no more.
        """
        self._wire.send(ASK_DONE, self._patience)
        end = monotonic() + seconds
        ready = self.check()
        while not (self._done and ready) and monotonic() < end and self._wire.readable:
            self._hear(min(0.1, seconds))
            ready = self.check()
        if not self._wire.readable:
            raise ConnectionResetError("the printer closed the connection while it printed")
        if not ready:
            raise TimeoutError("the printer stopped answering while it printed")

    def _ask(self, number: int) -> int | None:
        """The answer to a question about its status; None where there comes none."""
        if not self._wire.readable:
            return None
        self._hear(0)  # what came unasked is no answer to this
        self._wire.send(ASK_STATUS + bytes([number]), self._patience)
        end = monotonic() + self._patience
        while (left := end - monotonic()) > 0 and self._wire.readable:
            if (answer := self._hear(left)) is not None:
                self.answered = True
                return answer
        return None

    def _hear(self, seconds: float) -> int | None:
        """The last status among what comes; notes when all is printed. Fixed bits tell which is which."""
        status = None
        data = self._wire.receive(seconds)
        for _ in range(CHATTER):
            if not data:
                break
            for byte in data:
                if byte & 0x93 == 0x12:
                    status = byte
                elif byte & 0x90 == 0:
                    self._done = True
            data = self._wire.receive(0)
        return status
