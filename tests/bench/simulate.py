"""Measures `kiosk simulate`: events a minute through the real lines and the real journal, without fsync.

Run: python tests/bench/simulate.py [FOLDER]. The folder decides which disk is used. The figure is of CPU
time, as wall time tells more of what else the machine does; the best of three counts. A month is run beside a
day, as no question to the journal may grow with what lies in it. Ends with 1 when the number is not held.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kiosk.catalog.load import find, load
from kiosk.practice.run import Summary, simulate
from kiosk.settings import Settings

HOLD, RUNS = 100_000, 3
SIZES = ((300, 1), (6000, 20))
"""People, and the days they come on."""


def best(folder: Path, people: int, days: int) -> Summary:
    """The fastest of several runs."""
    found = []
    for run in range(RUNS):
        settings = Settings(data=folder / f"{people}-{run}")
        catalog = load(find(settings), folder / "cache")
        found.append(
            simulate(settings, catalog, people, date(2026, 11, 20), days, run, seconds=time.process_time)
        )
    return max(found, key=lambda summary: summary.a_minute)


def main() -> int:
    held = True
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        for people, days in SIZES:
            done = best(Path(folder), people, days)
            held &= done.a_minute >= HOLD
            print(f"{people} people on {days} days: {done.events} events, ", end="")
            print(f"{done.a_minute} a minute (hold {HOLD})")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
