"""The ticket printer: what comes out of a real connection is the slip, once, and every fault has its name."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import zxingcpp

from kiosk.devices.drawing import render
from kiosk.devices.printer import Fault, Outcome, Printer, Timeouts, job
from kiosk.devices.slip import Code, Line, Rule, Slip, Space
from kiosk.settings import Printer as PrinterSettings
from tests.support import escpos
from tests.support.escpos import Decoder, Receiver, same

LINK = "https://www.cityoftulsa.org/permits/form"
SLIP = Slip(
    (Line("Your number", align="center"), Line("P142", "huge", bold=True), Rule(), Code(LINK), Space())
)
PATIENT = Timeouts(connecting=10, answering=10, sending=10)
"""For what works: however busy the machine is."""
SHORT = Timeouts(connecting=10, answering=0.2, sending=0.4)
"""For what hangs."""
SILENT = Timeouts(connecting=10, answering=0.2, sending=10)
"""For a printer that works and never answers."""


def network(receiver: Receiver, paper: int = 80, timeouts: Timeouts = PATIENT) -> Printer:
    return Printer(PrinterSettings("network", receiver.address, paper), timeouts)


@pytest.mark.parametrize("paper", [80, 58])
def test_what_the_printer_receives_is_the_slip_as_it_was_drawn(paper: int) -> None:
    with Receiver() as receiver:
        assert network(receiver, paper).print_slip(SLIP) == Outcome(True)
        receiver.finished()
    [printed] = receiver.decoder.paper.slips
    assert same(printed, render(SLIP, paper))
    assert printed.width == {80: 576, 58: 384}[paper]
    [code] = zxingcpp.read_barcodes(printed.convert("L"))
    assert code.text == LINK


def test_one_call_is_one_connection_and_one_slip_cut_off() -> None:
    with Receiver() as receiver:
        printer = network(receiver)
        for count in (1, 2):
            assert printer.print_slip(SLIP).ok
            receiver.finished()
            assert (receiver.jobs, len(receiver.decoder.paper.slips)) == (count, count)
    assert receiver.decoder.paper.bands == []


def test_one_job_at_a_time_in_a_process() -> None:
    """Two printers, as two screens would make them: the second waits until the first has given up."""
    ended: list[str] = []

    def send(receiver: Receiver, name: str, timeouts: Timeouts) -> threading.Thread:
        def work() -> None:
            network(receiver, timeouts=timeouts).print_slip(SLIP)
            ended.append(name)

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    with Receiver(deaf=True) as hanging, Receiver() as good:
        first = send(hanging, "hanging", SHORT)
        hanging.taken.wait(5)
        second = send(good, "good", PATIENT)
        first.join()
        second.join()
    assert ended == ["hanging", "good"]


@pytest.mark.parametrize(
    ("status", "fault"),
    [(escpos.OPEN_COVER, "cover_open"), (escpos.NO_PAPER, "no_paper"), (escpos.BROKEN, "error")],
)
def test_a_printer_that_says_why_not_gets_nothing_to_print(status: dict[int, int], fault: Fault) -> None:
    with Receiver(status=status) as receiver:
        assert network(receiver).print_slip(SLIP) == Outcome(False, fault)
    assert set(receiver.raw) <= set(b"\x10\x04\x02")


def test_little_paper_is_still_paper() -> None:
    with Receiver(status=escpos.LITTLE_PAPER) as receiver:
        assert network(receiver).print_slip(SLIP).ok


def test_paper_that_runs_out_halfway_is_a_failure() -> None:
    with Receiver(ends_after=200) as receiver:
        assert network(receiver).print_slip(SLIP).fault == "no_paper"
    assert receiver.decoder.paper.slips == []
    assert receiver.decoder.paper.rows < render(SLIP, 80).height


def test_paper_that_runs_out_with_the_last_line_is_a_failure_too() -> None:
    """The slip lies in the printer, not cut off: the visitor can't take it."""
    with Receiver(ends_after=render(SLIP, 80).height) as receiver:
        assert network(receiver).print_slip(SLIP).fault == "no_paper"


@pytest.mark.parametrize("one_way", [False, True])
def test_a_printer_that_never_answers_but_takes_the_slip_has_printed_it(one_way: bool) -> None:
    with Receiver(silent=not one_way, one_way=one_way) as receiver:
        assert network(receiver, timeouts=SILENT).print_slip(SLIP) == Outcome(True)
        receiver.finished()
    assert same(receiver.decoder.paper.slips[0], render(SLIP, 80))


def test_a_printer_that_takes_the_connection_and_never_reads_is_given_up() -> None:
    with Receiver(deaf=True) as receiver:
        outcome = network(receiver, timeouts=SHORT).print_slip(SLIP)
    assert (outcome.ok, outcome.fault) == (False, "no_answer")
    # It must not print half a ticket when it wakes up, after the visitor was told that there is none.
    assert receiver.reset


def test_a_printer_that_hangs_halfway_is_given_up() -> None:
    with Receiver(dies_after=20_000) as receiver:
        assert network(receiver, timeouts=SHORT).print_slip(SLIP).fault == "no_answer"


def test_a_printer_that_hangs_up_is_offline() -> None:
    with Receiver(closes=True) as receiver:
        assert network(receiver).print_slip(SLIP).fault == "offline"


def test_nobody_at_the_address_is_offline() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but not listening
        address = "{}:{}".format(*nobody.getsockname())
        outcome = Printer(PrinterSettings("network", address), PATIENT).print_slip(SLIP)
    assert outcome.fault == "offline"
    assert "refused" in outcome.detail


def test_a_printer_that_never_takes_the_connection_is_given_up() -> None:
    outcomes: list[Outcome] = []
    with socket.socket() as full, contextlib.ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):  # until the system answers nobody any more
            other = waiting.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(full.getsockname())
        address = "{}:{}".format(*full.getsockname())
        printer = Printer(PrinterSettings("network", address), Timeouts(0.2, 0.2, 0.2))
        thread = threading.Thread(target=lambda: outcomes.append(printer.print_slip(SLIP)), daemon=True)
        thread.start()
        thread.join(20)
    assert [outcome.fault for outcome in outcomes] == ["offline"]


def test_what_the_printer_mutters_while_it_prints_does_not_cut_the_slip_short() -> None:
    """A connection that is closed with something unread takes back what is still on its way."""
    with Receiver(silent=True, mutters_after=8192) as receiver:
        assert network(receiver, timeouts=SILENT).print_slip(SLIP).ok
        receiver.finished()
    assert not receiver.reset
    assert same(receiver.decoder.paper.slips[0], render(SLIP, 80))


def test_a_name_that_is_never_found_does_not_hold_the_kiosk_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "gethostbyname", lambda host: over.wait(30) and "127.0.0.1")
    outcome = Printer(PrinterSettings("network", "printer.lan"), Timeouts(0.1, 0.1, 0.1)).print_slip(SLIP)
    over.set()
    assert outcome.fault == "offline"
    assert "printer.lan" in outcome.detail


def test_after_a_failure_the_next_slip_is_printed_as_usual() -> None:
    with Receiver(status=escpos.NO_PAPER) as receiver:
        printer = network(receiver)
        assert printer.print_slip(SLIP).fault == "no_paper"
        receiver.finished()
        receiver.decoder.__init__()  # type: ignore[misc]
        assert printer.print_slip(SLIP).ok
        receiver.finished()
    assert len(receiver.decoder.paper.slips) == 1


class Scripted:
    """A printer that answers each question about paper with the next of `papers`, the last one for ever.

    Its answers take a moment; `waiting` has come before.
    """

    readable, pace = True, 0.0

    def __init__(self, *papers: int, waiting: bytes = b"", done: bool = True, fault: int = 0) -> None:
        self.papers = list(papers)
        self.waiting = waiting
        self.coming = b""
        self.done = done
        self.fault = fault

    def send(self, data: bytes, seconds: float) -> None:
        if data == b"\x10\x04\x02":
            self.coming += b"\x12"
        elif data == b"\x10\x04\x04":
            self.coming += bytes(self.papers[:1])
            del self.papers[: len(self.papers) > 1]
        elif data.startswith(b"\x1dr"):
            self.coming += b"\0" * self.done
        elif self.fault:
            raise OSError(self.fault, os.strerror(self.fault))

    def receive(self, seconds: float) -> bytes:
        if seconds and not self.waiting:
            self.waiting, self.coming = self.coming, b""
        data, self.waiting = self.waiting[:1], self.waiting[1:]
        return data

    def close(self, whole: bool) -> None: ...


def scripted(monkeypatch: pytest.MonkeyPatch, printer: Scripted) -> Outcome:
    monkeypatch.setattr("kiosk.devices.printer.way", lambda settings: lambda seconds: printer)
    return Printer(PrinterSettings("network", "printer"), SHORT).print_slip(SLIP)


def test_what_a_printer_says_unasked_is_not_taken_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scripted(monkeypatch, Scripted(0x12, waiting=b"\x16\x11\x13")) == Outcome(True)


def test_a_printer_with_a_large_memory_is_watched_until_it_has_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes the whole slip at once and runs out of paper later."""
    printer = Scripted(0x12, 0x12, 0x12, 0x72, done=False)
    assert scripted(monkeypatch, printer) == Outcome(False, "no_paper")


def test_a_printer_that_never_says_when_it_is_done_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scripted(monkeypatch, Scripted(0x12, done=False)) == Outcome(True)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, "no_paper"),
        (errno.ENODEV, "offline"),
        (errno.EPIPE, "offline"),
        (errno.EINVAL, "error"),
    ],
)
def test_what_the_system_says_while_it_prints(
    monkeypatch: pytest.MonkeyPatch, number: int, fault: Fault
) -> None:
    outcome = scripted(monkeypatch, Scripted(0x12, fault=number))
    assert (outcome.fault, os.strerror(number) in outcome.detail) == (fault, True)


def test_without_a_printer_nothing_is_tried() -> None:
    printer = Printer(PrinterSettings())
    assert not printer.available
    assert printer.print_slip(SLIP).fault == "offline"


def test_a_job_never_asks_more_of_the_printer_than_a_band_at_a_time() -> None:
    long = Slip(tuple(Line(f"Line {number}") for number in range(60)))
    bands: list[int] = []

    class Watched(Decoder):
        def _raster(self, data: bytes) -> int:
            taken = super()._raster(data)
            bands.extend([self.paper.bands[-1].height] if taken else [])
            return taken

    decoder = Watched()
    data = job(render(long, 80))
    for place in range(0, len(data), 7):  # in pieces, as a network delivers it
        decoder.feed(data[place : place + 7])
    assert max(bands) <= 128
    assert same(decoder.paper.slips[0], render(long, 80))


QUIET = """
import json, logging, sys
from kiosk.devices.printer import Printer, job
from kiosk.devices.drawing import render
from kiosk.devices.slip import Line, Slip
lazy = sorted({"PIL", "escpos", "uharfbuzz", "freetype", "qrcode", "serial", "usb"} & set(sys.modules))
job(render(Slip((Line("x"),)), 80))
print(json.dumps([lazy, [type(one).__name__ for one in logging.getLogger().handlers]]))
"""


def test_the_libraries_load_when_something_is_printed_and_say_nothing(tmp_path: Path) -> None:
    """python-escpos sets up logging to the terminal and leaves a folder behind with every start."""
    done = subprocess.run(
        [sys.executable, "-c", QUIET],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert json.loads(done.stdout) == [[], ["NullHandler"]]
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), Receiver(status=escpos.NO_PAPER) as receiver:
        network(receiver).print_slip(SLIP)
    assert "not printed: no_paper" in caplog.text
