"""Measures the desk with a full lane: a key that moves the choice, and *Next*, against the empty app's echo.

Run: python tests/bench/desk.py [--rounds 30] [--waiting 500]. Both run on pseudo-terminals of 120x34, in
turns. Time runs from the moment a key is written to the one at which the bytes arrive that make its result
stand on screen: the sign before the chosen ticket; the called one in the quiet line, its call durably in the
journal. The smallest of all rounds counts; the arrow key must hold, and a ticket that another process
issues must be seen within a quarter of a second.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measure import PATIENCE, ROOT, Place, Row, Terminal, low_and_middle, place, report
from yardsticks import READY

from kiosk import settings
from kiosk.catalog.load import load
from kiosk.clock import Clock, FixedClock
from kiosk.journal import Journal
from kiosk.line.line import Line

HOLD = 2.0
APPEARS = 250.0
"""Milliseconds in which a ticket that another process has issued is seen."""
PAUSE = 0.15
"""Seconds without any drawing before the next key."""
DOWN = "\x1b[B"
SERVICE = "utility_pay"
COUNTER = "2"


def a_line(data: Path, clock: Clock) -> Line:
    """The line of a folder for practice, as another process of the machine has it."""
    catalog = load(ROOT / "services.yaml")
    chosen = settings.load(data, ROOT / "services.yaml", practice=True)
    journal = Journal.open(chosen.journal, clock, practice=True, durable=False)
    return Line(journal, lambda: catalog, clock, chosen)


def issue(line: Line) -> str:
    """Give out a ticket; its code."""
    return line.issue(language="es", service=SERVICE, channel="desk").code


def fill(data: Path, waiting: int) -> list[str]:
    """A folder for practice with so many people waiting; their codes in order."""
    clock = FixedClock(moment=datetime.now(UTC) - timedelta(minutes=30))
    line = a_line(data, clock)
    codes = []
    for _ in range(waiting):
        clock.advance(1)
        codes.append(issue(line))
    line.journal.close()
    return codes


def desk(where: Place, data: Path) -> Terminal:
    """The desk of this checkout, signed in."""
    words = ["--data", str(data), "--practice", "desk", "--name", "Bench", "--counter", COUNTER]
    return Terminal([sys.executable, "-c", "from kiosk.cli import main; main()", *words], where.environment())


def learned(terminal: Terminal, data: Path) -> None:
    """Wait until the catalogue is learned, in the background: at a first start that takes some seconds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not any(data.glob("practice/cache/search-*.json")):
        terminal.settle(0.5, patience=0.5)
    terminal.settle(2, patience=2)


def timed(terminal: Terminal, keys: str, shown: str) -> float:
    """Seconds from a key until a text is on screen; then everything else is let through."""
    sent = terminal.send(keys)
    seconds = terminal.wait(lambda grid: shown in "\n".join(grid.lines())) - sent
    terminal.settle(PAUSE)
    return seconds


def echoed(echo: Terminal) -> float:
    """One letter echoed by the empty app."""
    seconds = timed(echo, "x", "x")
    echo.send("\r")
    echo.settle(PAUSE)
    return seconds


def arrivals(terminal: Terminal, data: Path, waiting: int, rounds: int) -> list[float]:
    """Seconds from a ticket that another process has issued until the desk counts it."""
    line, times = a_line(data, Clock()), []
    for number in range(waiting + 1, waiting + rounds + 1):
        issue(line)
        issued = time.perf_counter()
        times.append(terminal.wait(f"B {number}") - issued)
        terminal.settle(PAUSE)
    line.journal.close()
    return times


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--waiting", type=int, default=500)
    given = options.parse_args()
    arrows: list[float] = []
    calls: list[float] = []
    echoes: list[float] = []
    with place() as where:
        data = where.folder / "data"
        codes = fill(data, given.waiting)
        terminal, echo = desk(where, data), where.yardstick("echo")
        try:
            echo.wait(READY)
            echo.send("\r")
            terminal.wait(f"Next {codes[0]}", patience=60)
            learned(terminal, data)
            for code in codes[: given.rounds]:
                arrows.append(timed(terminal, DOWN, f"▸ {code}"))
                echoes.append(echoed(echo))
            new = arrivals(terminal, data, given.waiting, given.rounds // 3)
            for code in codes[: given.rounds // 3]:
                calls.append(timed(terminal, "n", f"{code} is called"))
                timed(terminal, "s", f"{code} is being served")
                timed(terminal, "f", f"{code} is finished")
                echoes.append(echoed(echo))
        finally:
            terminal.close()
            echo.close()
    return report(
        f"desk with {given.waiting} waiting, minimum of {given.rounds}",
        [
            *_rows("arrow key to the chosen ticket", arrows, echoes, HOLD),
            *_rows("N to the call", calls, echoes),
            Row("a new ticket issued elsewhere: median", low_and_middle(new)[1], APPEARS, "ms", 1.0),
        ],
    )


def _rows(what: str, measured: list[float], against: list[float], hold: float | None = None) -> list[Row]:
    (low, middle), (bare, bare_middle) = low_and_middle(measured), low_and_middle(against)
    return [
        Row(f"{what}: minimum", low, bare, "ms", hold),
        Row(f"{what}: median", middle, bare_middle, "ms"),
    ]


if __name__ == "__main__":
    sys.exit(main())
