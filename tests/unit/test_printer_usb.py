"""A printer on USB, behind the real library and a bus of the test's own."""

from __future__ import annotations

import errno
import os
from array import array
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.devices.drawing import render
from kiosk.devices.printer import Fault, Outcome, Printer, Timeouts
from kiosk.devices.slip import Line, Slip
from kiosk.settings import Printer as PrinterSettings
from tests.support import escpos
from tests.support.escpos import Decoder, same

usb = pytest.importorskip("usb.backend")

SHORT = Timeouts(connecting=0.2, answering=0.2, sending=0.2)
SLIP = Slip((Line("P142", "huge", bold=True),))
OUT, BACK = 0x03, 0x84
"""Not the ones that the library takes for granted."""


class Bus(usb.IBackend):  # type: ignore[misc,name-defined]
    """A bus with one device: interface 0 is something else, interface 1 the printer."""

    def __init__(self) -> None:
        self.decoder = Decoder()
        self.fault: OSError | None = None
        self.classes = (3, 7)
        self.ends: dict[int, tuple[int, ...]] = {0: (0x81,), 1: (BACK, OUT)}

    def enumerate_devices(self) -> Iterator[str]:
        yield "printer"

    def get_device_descriptor(self, dev: str) -> Any:
        names = "bLength bDescriptorType bcdUSB bDeviceClass bDeviceSubClass bDeviceProtocol bMaxPacketSize0"
        names += " bcdDevice iManufacturer iProduct iSerialNumber address bus port_number speed"
        given = dict.fromkeys(names.split(), 0)
        return SimpleNamespace(
            **given, idVendor=0x04B8, idProduct=0x0E15, bNumConfigurations=1, port_numbers=None
        )

    def get_configuration_descriptor(self, dev: str, config: int) -> Any:
        if config:
            raise IndexError(config)
        names = "bLength bDescriptorType wTotalLength iConfiguration bmAttributes bMaxPower"
        given = dict.fromkeys(names.split(), 0)
        return SimpleNamespace(**given, bNumInterfaces=2, bConfigurationValue=1, extra_descriptors=[])

    def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> Any:
        if alt or intf not in self.ends:
            raise IndexError(intf)
        names = "bLength bDescriptorType bAlternateSetting bInterfaceSubClass bInterfaceProtocol iInterface"
        return SimpleNamespace(
            **dict.fromkeys(names.split(), 0),
            bInterfaceNumber=intf,
            bNumEndpoints=len(self.ends[intf]),
            bInterfaceClass=self.classes[intf],
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> Any:
        given = dict.fromkeys(["bLength", "bDescriptorType", "wMaxPacketSize", "bInterval", "bRefresh"], 0)
        kind = 3 if intf == 0 else 2
        return SimpleNamespace(
            **given,
            bSynchAddress=0,
            bEndpointAddress=self.ends[intf][ep],
            bmAttributes=kind,
            extra_descriptors=[],
        )

    def open_device(self, dev: str) -> str:
        return dev

    def close_device(self, dev_handle: str) -> None: ...

    def set_configuration(self, dev_handle: str, config_value: int) -> None: ...

    def get_configuration(self, dev_handle: str) -> int:
        return 1

    def claim_interface(self, dev_handle: str, intf: int) -> None:
        assert intf == 1

    def release_interface(self, dev_handle: str, intf: int) -> None: ...

    def reset_device(self, dev_handle: str) -> None: ...

    def bulk_write(self, dev_handle: str, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert (ep, timeout > 0) == (OUT, True)
        if self.fault:
            raise self.fault
        taken = bytes(data)[:1000]  # no transfer takes all
        self.decoder.feed(taken)
        return len(taken)

    def bulk_read(self, dev_handle: str, ep: int, intf: int, buff: Any, timeout: int) -> int:
        assert (ep, timeout > 0) == (BACK, True)
        if not self.decoder.answers:
            raise OSError(errno.ETIMEDOUT, "Operation timed out")
        answers = self.decoder.answers[: len(buff)]
        buff[: len(answers)] = array("B", answers)
        del self.decoder.answers[: len(answers)]
        return len(answers)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    from usb.backend import libusb1

    bus = Bus()
    monkeypatch.setattr(libusb1, "get_backend", lambda: bus)
    return bus


def printer(address: str = "04b8:0e15") -> Printer:
    return Printer(PrinterSettings("usb", address), SHORT)


def test_the_whole_slip_comes_out_however_little_a_transfer_takes(bus: Bus) -> None:
    assert printer().print_slip(SLIP) == Outcome(True)
    [printed] = bus.decoder.paper.slips
    assert same(printed, render(SLIP, 80))


def test_what_the_printer_says_is_heard(bus: Bus) -> None:
    bus.decoder.status = dict(escpos.NO_PAPER)
    assert printer().print_slip(SLIP) == Outcome(False, "no_paper")


def test_a_printer_that_calls_itself_nothing_in_particular_is_found(bus: Bus) -> None:
    bus.classes = (3, 0xFF)
    assert printer().print_slip(SLIP).ok


def test_a_printer_that_can_only_be_written_to_is_trusted(bus: Bus) -> None:
    bus.ends[1] = (OUT,)
    bus.decoder.status = dict(escpos.LITTLE_PAPER)
    assert printer().print_slip(SLIP).ok


def test_what_is_no_printer_is_an_error(bus: Bus) -> None:
    bus.ends[1] = ()
    outcome = printer().print_slip(SLIP)
    assert (outcome.fault, "no printer" in outcome.detail) == ("error", True)


def test_another_device_on_the_bus_is_not_taken_for_it(bus: Bus) -> None:
    assert printer("04b8:0e16").print_slip(SLIP).fault == "offline"
    assert bus.decoder.paper.rows == 0


@pytest.mark.parametrize(
    ("number", "fault"),
    [(errno.ENODEV, "offline"), (errno.ETIMEDOUT, "no_answer"), (errno.EPROTO, "error")],
)
def test_a_transfer_that_fails_has_its_name(bus: Bus, number: int, fault: Fault) -> None:
    bus.fault = OSError(number, os.strerror(number))
    assert printer().print_slip(SLIP).fault == fault
