"""The ways to a printer (network, USB, serial, file) by python-escpos, none of which can block for long.

As the library has it, a name that is not found, a device that is full, a port that is held and a USB
transfer wait for ever; and each way tells of the same fault differently.
"""

from __future__ import annotations

import errno
import logging
import os
import queue
import re
import select
import shutil
import socket
import stat
import struct
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Protocol

from kiosk.errors import SettingsError
from kiosk.settings import Printer

PORT = 9100
BAUD = 9600
"""Where the address names none."""
UNSENT = 8192
"""Bytes that the system may hold back for a network printer: what is sent has been taken, but for these."""
PIECE = 4096
PAUSE = 0.01
"""Seconds between two tries to write to a device that is full."""
PRINTERS = 7
"""The USB class of printers."""
EXAMPLES = {
    "network": "192.168.1.50 or 192.168.1.50:9100",
    "usb": "04b8:0e15 (vendor:product, as `lsusb` lists them)",
    "serial": "/dev/ttyUSB0 or /dev/ttyUSB0:115200",
    "file": "/dev/usb/lp0",
}


class Wire(Protocol):
    """An open connection; what goes wrong is an OSError, and a TimeoutError what takes too long.

    `readable` while answers can come back. `pace` is the seconds that a byte takes, where that counts.
    """

    readable: bool
    pace: float

    def send(self, data: bytes, seconds: float) -> None:
        """Send all of the data."""

    def receive(self, seconds: float) -> bytes:
        """What has come, waiting for something if need be; nothing where nothing comes in time."""

    def close(self, whole: bool) -> None:
        """Let go; unless the `whole` slip was sent, what still waits in this machine is thrown away."""


def way(printer: Printer) -> Callable[[float], Wire]:
    """What opens the printer of the settings, given the seconds that it may take.

    Raises SettingsError for an address that is none.
    """
    match printer.kind:
        case "network" if found := re.fullmatch(r"([^\s:/]+)(?::(\d{1,5}))?", printer.address):
            return partial(_Network, found[1], int(found[2] or PORT))
        case "usb" if found := re.fullmatch(
            r"(?:0x)?([0-9a-fA-F]{1,4}):(?:0x)?([0-9a-fA-F]{1,4})", printer.address
        ):
            return partial(_Usb, int(found[1], 16), int(found[2], 16))
        case "serial" if found := re.fullmatch(r"(.+?)(?::(\d+))?", printer.address):
            return partial(_Serial, found[1], int(found[2] or BAUD))
        case "file" if printer.address:
            return partial(_File, Path(printer.address))
    raise SettingsError(
        f"'printer.address' can't be '{printer.address}' for a printer of the kind '{printer.kind}'",
        f"Write it as {EXAMPLES.get(printer.kind, 'the README says')}.",
    )


def escpos(name: str) -> Any:
    """A class of python-escpos, whose import would else log to the terminal and leave a folder behind."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
    from escpos import capabilities, printer  # type: ignore[import-untyped]

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    found = getattr(printer, name)
    if not found.is_usable():
        raise OSError(
            "a package for this kind of printer is missing: pip install 'python-escpos[usb,serial]'"
        )
    return found


def _opened(printer: Any) -> Any:
    """The device of a printer of python-escpos, which hides the cause in words."""
    from escpos.exceptions import DeviceNotFoundError  # type: ignore[import-untyped]

    try:
        printer.open()
    except DeviceNotFoundError as problem:
        cause = problem.__context__
        raise cause if isinstance(cause, OSError) else FileNotFoundError(str(problem)) from problem
    if printer.device is None:
        raise FileNotFoundError("no such device")
    return printer.device


class _Network:
    """A TCP connection."""

    pace = 0.0

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self.readable = True
        self._printer = escpos("Network")(_address(host, seconds), port, timeout=seconds)
        self._socket: socket.socket = _opened(self._printer)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)

    def send(self, data: bytes, seconds: float) -> None:
        self._socket.settimeout(seconds)
        self._printer._raw(data)

    def receive(self, seconds: float) -> bytes:
        self._socket.settimeout(max(seconds, 0))
        try:
            data: bytes = self._printer._read()
        except (TimeoutError, BlockingIOError):
            return b""
        # A one-way print server closes this direction and still takes what is sent.
        self.readable = bool(data)
        return data

    def close(self, whole: bool) -> None:
        if whole:
            # Closing with something unread would take back what the printer has not read either.
            while self.receive(0):
                pass
        else:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._printer.close()


def _address(host: str, seconds: float) -> str:
    """The IPv4 address of a host; asking for it has no time limit of its own."""
    found: queue.Queue[str | OSError] = queue.Queue()

    def look_up() -> None:
        try:
            found.put(socket.gethostbyname(host))
        except OSError as problem:
            found.put(problem)
        except UnicodeError as problem:
            found.put(OSError(f"{host}: {problem}"))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"{host}: no answer to the question for its address") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


class _Serial:
    """A serial port."""

    def __init__(self, device: str, baud: int, seconds: float) -> None:
        self.readable = True
        self.pace = 10 / baud
        self._printer = escpos("Serial")(device, baud, timeout=seconds)
        self._port = _opened(self._printer)

    def send(self, data: bytes, seconds: float) -> None:
        from serial import SerialTimeoutException  # type: ignore[import-untyped]

        self._port.write_timeout = seconds
        try:
            self._printer._raw(data)
        except SerialTimeoutException as problem:
            raise TimeoutError(str(problem)) from problem

    def receive(self, seconds: float) -> bytes:
        # The library's own reading waits for 16 bytes.
        self._port.timeout = max(seconds, 0)
        data: bytes = self._port.read(1)
        return data

    def close(self, whole: bool) -> None:
        if not whole:
            self._port.reset_output_buffer()
        self._printer.close()


class _Usb:
    """A USB device, by libusb."""

    pace = 0.0

    def __init__(self, vendor: int, product: int, seconds: float) -> None:
        self._printer = escpos("Usb")(vendor, product, timeout=_milliseconds(seconds))
        try:
            self._device = _opened(self._printer)
        except ValueError as problem:
            raise OSError(f"{problem}: install libusb (libusb-1.0-0)") from problem
        self._out, self._in = _endpoints(self._device)
        self.readable = self._in is not None

    def send(self, data: bytes, seconds: float) -> None:
        end = monotonic() + seconds
        while data:
            # The library's own writing takes part of the data for all of it.
            try:
                sent = self._device.write(self._out, data[:PIECE], _milliseconds(end - monotonic()))
            except OSError as problem:
                raise TimeoutError(str(problem)) if _late(problem) else problem from None
            data = data[sent:]
            if data and monotonic() > end:
                raise TimeoutError("the printer takes no more")

    def receive(self, seconds: float) -> bytes:
        try:
            return bytes(self._device.read(self._in, 64, _milliseconds(seconds)))
        except OSError as problem:
            if _late(problem):
                return b""
            raise

    def close(self, whole: bool) -> None:
        self._printer.close()


def _late(problem: OSError) -> bool:
    return problem.errno == errno.ETIMEDOUT


def _milliseconds(seconds: float) -> int:
    """For libusb, to which 0 means no limit."""
    return max(round(seconds * 1000), 1)


def _endpoints(device: Any) -> tuple[int, int | None]:
    """Where a printer is written to and read from: the numbers differ from maker to maker."""
    interfaces = [one for one in device.get_active_configuration() if one.bAlternateSetting == 0]
    # Some printers call themselves nothing in particular.
    for interface in sorted(interfaces, key=lambda one: one.bInterfaceClass != PRINTERS):
        bulk = [end.bEndpointAddress for end in interface if end.bmAttributes & 3 == 2]
        out = [address for address in bulk if not address & 0x80]
        back = [address for address in bulk if address & 0x80]
        if out:
            return out[0], back[0] if back else None
    raise OSError(errno.EACCES, "this USB device is no printer")


class _File:
    """A file or a device file; a device (`/dev/usb/lp0`) may answer, a file can't."""

    pace = 0.0

    def __init__(self, path: Path, seconds: float) -> None:
        device = path.exists() and stat.S_ISCHR(path.stat().st_mode)
        flags = os.O_RDWR if device else os.O_WRONLY | os.O_TRUNC
        if not path.is_relative_to("/dev"):
            flags |= os.O_CREAT  # a printer that is unplugged must not become a file
        self.readable = device
        # Without waiting, where the system has that: a printer that is off would hold a byte for ever.
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o600)

    def send(self, data: bytes, seconds: float) -> None:
        end = monotonic() + seconds
        while data:
            try:
                data = data[os.write(self._file, data) :]
            except BlockingIOError:
                if monotonic() > end:
                    raise TimeoutError("the device takes no more") from None
                sleep(PAUSE)
        # Linux takes back what its USB printer driver still holds when the device is closed.
        if not select.select([], [self._file], [], max(end - monotonic(), 0))[1]:
            raise TimeoutError("the device does not get to the end")

    def receive(self, seconds: float) -> bytes:
        try:
            if select.select([self._file], [], [], max(seconds, 0))[0]:
                data = os.read(self._file, 64)
                self.readable = bool(data)
                return data
        except BlockingIOError:
            pass
        except OSError as problem:
            if problem.errno not in (errno.EINVAL, errno.EIO):
                raise
            self.readable = False  # it can only be written to
        return b""

    def close(self, whole: bool) -> None:
        os.close(self._file)
