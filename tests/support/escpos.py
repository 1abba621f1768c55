"""The printer's side of a job: a decoder of ESC/POS and a receiver on TCP that behaves, or does not."""

from __future__ import annotations

import os
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageOps

STATUS = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
"""What a printer answers to DLE EOT 1 to 4 while nothing is wrong."""
OPEN_COVER = STATUS | {1: 0x1A, 2: 0x16}
NO_PAPER = STATUS | {1: 0x1A, 2: 0x32, 4: 0x72}
LITTLE_PAPER = STATUS | {4: 0x1E}
BROKEN = STATUS | {1: 0x1A, 2: 0x52}


class NotEscPos(Exception):
    """The bytes are no command that this printer knows: it would print them as letters."""


@dataclass
class Paper:
    """What came out: each cut slip as an image of mode "1", and what hangs out uncut."""

    width: int = 0
    slips: list[Image.Image] = field(default_factory=list)
    bands: list[Image.Image] = field(default_factory=list)
    fed: int = 0
    """Lines fed since the last band."""

    @property
    def rows(self) -> int:
        """Rows of dots that are printed and not yet cut."""
        return sum(band.height for band in self.bands)

    def cut(self) -> None:
        assert self.fed >= 4, "the knife would cut through the last lines"
        image = Image.new("1", (max(band.width for band in self.bands), self.rows), 1)
        top = 0
        for band in self.bands:
            image.paste(band, (0, top))
            top += band.height
        self.slips.append(image)
        self.bands, self.fed = [], 0


class Decoder:
    """Carries out commands; bytes may come in any pieces. `answers` is what it would say back."""

    def __init__(self) -> None:
        self.paper = Paper()
        self.status = dict(STATUS)
        self.ends_after: int | None = None
        """Rows until the paper runs out."""
        self.answers = bytearray()
        self._waiting = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._waiting += data
        while self._waiting:
            if self.status != STATUS and self.status != LITTLE_PAPER:
                self._answer_at_once()
                return
            taken = self._command(bytes(self._waiting))
            if not taken:
                return
            del self._waiting[:taken]

    @property
    def unfinished(self) -> bytes:
        """The beginning of a command whose rest has not come."""
        return bytes(self._waiting)

    def _answer_at_once(self) -> None:
        """While printing stands still, questions about the status are answered in the midst of the data."""
        while (place := self._waiting.find(b"\x10\x04")) >= 0 and len(self._waiting) > place + 2:
            self.answers.append(self.status[self._waiting[place + 2]])
            del self._waiting[place : place + 3]

    def _command(self, data: bytes) -> int:
        """Carry out the first command; the bytes that it takes, 0 where it is not whole yet."""
        match data[:2]:
            case b"\x1b@":
                return 2
            case b"\x10\x04":
                if len(data) >= 3:
                    self.answers.append(self.status[data[2]])
                return 3 if len(data) >= 3 else 0
            case b"\x1dr":
                if len(data) >= 3:
                    self.answers.append(0x0C if self.status == NO_PAPER else 0x00)
                return 3 if len(data) >= 3 else 0
            case b"\x1bd":
                if len(data) >= 3:
                    self.paper.fed += data[2]
                return 3 if len(data) >= 3 else 0
            case b"\x1dV":
                if len(data) >= 3:
                    if data[2] not in (0, 1):
                        raise NotEscPos(data[:4].hex(" "))
                    self.paper.cut()
                return 3 if len(data) >= 3 else 0
            case b"\x1dv":
                return self._raster(data)
        if len(data) < 2:
            return 0
        raise NotEscPos(data[:8].hex(" "))

    def _raster(self, data: bytes) -> int:
        """GS v 0 m xL xH yL yH and the rows, eight dots in a byte, a set bit black."""
        if len(data) < 8:
            return 0
        if data[2:4] != b"0\x00":
            raise NotEscPos(data[:8].hex(" "))
        across, rows = data[4] + 256 * data[5], data[6] + 256 * data[7]
        end = 8 + across * rows
        if len(data) < end:
            return 0
        band = Image.frombytes("1", (8 * across, rows), data[8:end])
        self.paper.bands.append(ImageOps.invert(band.convert("L")).convert("1"))
        self.paper.fed = 0
        if self.ends_after is not None and self.paper.rows >= self.ends_after:
            self.status = dict(NO_PAPER)
        return end


def decoded(data: bytes) -> Paper:
    """What a printer makes of a whole job."""
    decoder = Decoder()
    decoder.feed(data)
    assert not decoder.unfinished, "the job ends within a command"
    return decoder.paper


def same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two images have the same dots."""
    return (
        one.size == other.size
        and ImageChops.difference(one.convert("L"), other.convert("L")).getbbox() is None
    )


class Receiver:
    """A printer: `decoder` says what it printed, `jobs` how often somebody connected.

    `silent` answers nothing, `deaf` takes the connection and reads only when all is over, `closes` hangs up,
    `one_way` closes only the direction back, `dies_after` stops reading and answering after so many bytes,
    `mutters_after` says something that nobody asked for.
    """

    def __init__(
        self,
        *,
        status: dict[int, int] | None = None,
        silent: bool = False,
        deaf: bool = False,
        closes: bool = False,
        one_way: bool = False,
        dies_after: int | None = None,
        mutters_after: int | None = None,
        ends_after: int | None = None,
    ) -> None:
        self.decoder = Decoder()
        self.decoder.status = dict(status or STATUS)
        self.decoder.ends_after = ends_after
        self.raw = bytearray()
        self.jobs = 0
        self.reset = False
        """Whether the kiosk took back what was still on its way."""
        self.trouble: list[Exception] = []
        self.taken = threading.Event()
        """Set when somebody has connected."""
        self.idle = threading.Condition()
        self._silent, self._deaf, self._closes = silent, deaf, closes
        self._one_way, self._dies_after, self._mutters_after = one_way, dies_after, mutters_after
        self._over = threading.Event()
        self._server = socket.socket()
        # As little as a printer has: then it shows that nobody reads.
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(1)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        """For the setting `printer.address`."""
        return "{}:{}".format(*self._server.getsockname())

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)
        assert not self._thread.is_alive()
        if self.trouble:
            raise self.trouble[0]

    def finished(self) -> None:
        """Wait until the job that was sent has been read to its end."""
        with self.idle:
            assert self.idle.wait_for(lambda: self.jobs and not self._busy, 5)

    _busy = False

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._busy = True
                self.jobs += 1
                self.taken.set()
                try:
                    self._talk(connection)
                except ConnectionError:
                    self.reset = True  # the kiosk has given up
                except (AssertionError, NotEscPos, LookupError) as problem:  # raised again where it is seen
                    self.trouble.append(problem)
                with self.idle:
                    self._busy = False
                    self.idle.notify_all()

    def _talk(self, connection: socket.socket) -> None:
        if self._deaf:
            self._over.wait(10)
            while connection.recv(4096):
                pass
        if self._one_way:
            connection.shutdown(socket.SHUT_WR)
        while not self._closes and (data := connection.recv(4096)):
            self.raw += data
            self.decoder.feed(data)
            if not (self._silent or self._one_way):
                connection.sendall(self.decoder.answers)
            self.decoder.answers.clear()
            if self._mutters_after is not None and len(self.raw) >= self._mutters_after:
                connection.sendall(b"\x11")
                self._mutters_after = None
            if self._dies_after is not None and len(self.raw) >= self._dies_after:
                self._over.wait(10)
                return


@contextmanager
def serial_printer(decoder: Decoder) -> Iterator[str]:
    """A device file with a printer behind it, as a serial port has."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)

    def work() -> None:
        with suppress(OSError):
            while data := os.read(master, 4096):
                decoder.feed(data)
                os.write(master, decoder.answers)
                decoder.answers.clear()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        os.close(slave)
        thread.join(5)
        os.close(master)
