"""The ways to a printer besides the network: files, device files, serial ports; and their addresses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kiosk.devices.drawing import render
from kiosk.devices.printer import Outcome, Printer, Timeouts
from kiosk.devices.slip import Line, Rule, Slip
from kiosk.devices.wires import way
from kiosk.errors import SettingsError
from kiosk.settings import Printer as PrinterSettings
from tests.support import escpos
from tests.support.escpos import Decoder, Receiver, decoded, same, serial_printer

SLIP = Slip((Line("Your number", align="center"), Line("P142", "huge", bold=True), Rule()))
PATIENT = Timeouts(connecting=10, answering=10, sending=10)
"""For what works: however busy the machine is."""
SHORT = Timeouts(connecting=0.2, answering=0.2, sending=0.2)
"""For what hangs."""
SILENT = Timeouts(connecting=10, answering=0.2, sending=10)
"""For a printer that works and never answers."""


def test_a_file_gets_the_same_bytes_as_the_network(tmp_path: Path) -> None:
    path = tmp_path / "slip.bin"
    for _ in range(2):  # the second slip takes the place of the first
        assert Printer(PrinterSettings("file", str(path)), PATIENT).print_slip(SLIP) == Outcome(True)
    with Receiver(silent=True) as receiver:
        assert Printer(PrinterSettings("network", receiver.address), SILENT).print_slip(SLIP).ok
        receiver.finished()
    assert bytes(receiver.raw).removeprefix(b"\x10\x04\x02") == path.read_bytes()
    assert same(decoded(path.read_bytes()).slips[0], render(SLIP, 80))


def test_an_unplugged_device_file_is_offline_and_not_made_into_a_file() -> None:
    path = Path("/dev/kiosk-test-no-printer")
    try:
        assert Printer(PrinterSettings("file", str(path)), PATIENT).print_slip(SLIP).fault == "offline"
        assert not path.exists()
    finally:
        path.unlink(missing_ok=True)


def test_a_pipe_that_nobody_empties_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    printer = Printer(PrinterSettings("file", str(path)), SHORT)
    assert printer.print_slip(SLIP).fault == "offline"
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    assert printer.print_slip(Slip((Line("A\n" * 60, "large"),))).fault == "no_answer"
    os.close(reader)


def test_what_may_not_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    outcome = Printer(PrinterSettings("file", str(tmp_path)), PATIENT).print_slip(SLIP)
    assert outcome.fault == "error"
    assert str(tmp_path) in outcome.detail


@pytest.mark.parametrize("kind", ["file", "serial"])
def test_a_device_that_answers_is_asked(kind: str) -> None:
    if kind == "serial":
        pytest.importorskip("serial")
    decoder = Decoder()
    with serial_printer(decoder) as path:
        printer = Printer(PrinterSettings(kind, path + ":115200" * (kind == "serial")), PATIENT)
        assert printer.print_slip(SLIP) == Outcome(True)
        assert same(decoder.paper.slips[0], render(SLIP, 80))
        decoder.status = dict(escpos.OPEN_COVER)
        assert printer.print_slip(SLIP) == Outcome(False, "cover_open")


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        *(("network", address) for address in ("", "a b", "host:", "host:port", "http://host")),
        *(("usb", address) for address in ("", "04b8", "04b8:", "printer:0e15", "04b8:0e155")),
        ("serial", ""),
        ("file", ""),
    ],
)
def test_an_address_that_is_none_says_how_to_write_it(kind: str, address: str) -> None:
    with pytest.raises(SettingsError, match=r"printer\.address") as refused:
        Printer(PrinterSettings(kind, address))
    assert "Write it as" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "address", "read"),
    [
        ("network", "192.168.1.50", ("192.168.1.50", 9100)),
        ("network", "printer.lan:9101", ("printer.lan", 9101)),
        ("usb", "04b8:0e15", (0x04B8, 0x0E15)),
        ("serial", "/dev/ttyUSB0", ("/dev/ttyUSB0", 9600)),
        ("serial", "COM3:115200", ("COM3", 115200)),
        ("file", "/dev/usb/lp0", (Path("/dev/usb/lp0"),)),
    ],
)
def test_addresses_are_read_as_the_settings_say(kind: str, address: str, read: tuple[Any, ...]) -> None:
    assert way(PrinterSettings(kind, address)).args == read  # type: ignore[attr-defined]


def test_a_usb_printer_that_is_not_plugged_in_is_not_a_crash() -> None:
    """Without libusb it is an error that says what to install; with it, the printer is offline."""
    outcome = Printer(PrinterSettings("usb", "0001:0001"), PATIENT).print_slip(SLIP)
    assert (outcome.fault == "offline") or (outcome.fault == "error" and "install" in outcome.detail)
