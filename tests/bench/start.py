"""Measures the start: from the process's first moment to the first frame, against an empty Textual app.

Run: python tests/bench/start.py [--rounds 15]. Both start in turns on a pseudo-terminal of 120x34; the
kiosk is the command as staff start it, its supervisor's time included, with the full catalogue in all
languages and warm caches. The first frame is there with the bytes that make the last line of words
readable; then every process is stopped and its CPU time read to the nanosecond. The smallest of all
rounds counts. Ends with 1 when a number is not held.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from measure import Place, Row, Terminal, place, report
from yardsticks import READY

HOLD = 1.6
ATTRACT = "High contrast"
"""A target near the foot of the attract screen."""
HOME, RESULTS = "I have a ticket number", "These services fit"
WARM = 15.0
"""Seconds in which the attract screen has shown every language once or more, and drawn what it needs."""


def first_frame(start: Callable[[], Terminal], shown: str) -> tuple[float, float]:
    """Seconds of CPU time and of wall time until a text of the first frame is on screen."""
    terminal = start()
    try:
        moment = terminal.wait_bytes(shown)
        terminal.freeze()
        return terminal.cpu(), moment - terminal.started
    finally:
        terminal.close()


def warm(where: Place) -> None:
    """Fill the caches as a day's first start and its first visitor do: headings, search index, byte code."""
    terminal = where.kiosk()
    try:
        terminal.wait(ATTRACT, patience=60)
        terminal.settle(3, patience=WARM)
        terminal.tap_text("English")
        terminal.wait(HOME)
        terminal.settle()
        terminal.send("water bill")
        terminal.wait(RESULTS, patience=60)
        terminal.settle()
    finally:
        terminal.close()
    for _ in range(2):
        first_frame(where.kiosk, ATTRACT)
        first_frame(lambda: where.yardstick("empty"), READY)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    kiosk, empty = [], []
    with place() as where:
        warm(where)
        for _ in range(rounds):
            empty.append(first_frame(lambda: where.yardstick("empty"), READY))
            kiosk.append(first_frame(where.kiosk, ATTRACT))
    (cpu, wall), (empty_cpu, empty_wall) = (map(min, zip(*times, strict=True)) for times in (kiosk, empty))
    return report(
        f"start to first frame, minimum of {rounds}",
        [
            Row("CPU time, all processes", cpu * 1e3, empty_cpu * 1e3, "ms", HOLD),
            Row("wall time", wall * 1e3, empty_wall * 1e3, "ms"),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
