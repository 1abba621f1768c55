"""Measures the journal: durable append against a bare INSERT, open, refold of 50,000 events.

Run: python tests/bench/append.py [FOLDER]. The folder decides which disk is measured. Append and INSERT
run in turns on the same disk with the same pragmas into tables of the same form; the smallest time of
each counts. Ends with 1 when a number is not held.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kiosk.clock import Clock
from kiosk.journal import Journal, new_id
from kiosk.journal.opening import PRAGMAS

PAIRS, ROUNDS, BLOCK = 6, 200, 5
HOLD_RATIO, HOLD_REBUILD, EVENTS = 1.6, 1.0, 50_000
BARE = "INSERT INTO events VALUES (?, 'k7m2x9qa', ?, 1, 'local', 'service.viewed', ?, ?, ?, ?, ?)"


def bare_table(path: Path) -> sqlite3.Connection:
    """A table with the journal's columns and keys, and nothing that computes anything."""
    connection = sqlite3.connect(path)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute(
        """CREATE TABLE events (id TEXT PRIMARY KEY, chain TEXT, seq INTEGER, v INTEGER, site TEXT, kind TEXT,
           at TEXT, day TEXT, clock TEXT, body TEXT, hash TEXT, UNIQUE (chain, seq)) STRICT"""
    )
    return connection


def block_time(step: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(BLOCK):
        step()
    return (time.perf_counter() - start) / BLOCK


def compare(folder: Path) -> float:
    """Print and return append / INSERT: the smallest block times over several fresh pairs of files."""
    pairs = [measure(Path(tempfile.mkdtemp(dir=folder))) for _ in range(PAIRS)]
    durable, bare = (min(times) for times in zip(*pairs, strict=True))
    print(f"append: {durable * 1e6:.0f} us, bare INSERT {bare * 1e6:.0f} us, ", end="")
    print(f"ratio {durable / bare:.2f} (hold {HOLD_RATIO})")
    return durable / bare


def measure(folder: Path) -> tuple[float, float]:
    """The smallest block times of append and of INSERT, in turns, into two new files."""
    journal = Journal.open(folder / "kiosk.db", Clock())
    visit = new_id()
    journal.append("visit.started", {"visit": visit, "language": "en"})
    body = {"visit": visit, "service": "utility_pay", "language": "en"}
    table, numbers = bare_table(folder / "bare.db"), iter(range(1, 10**9))
    words = ("2026-11-23T16:41:00.000Z", "2026-11-23", "019ab1c2d3e4-0000", str(body), "0" * 64)

    def insert() -> None:
        table.execute(BARE, (str(uuid4()), next(numbers), *words))
        table.commit()

    durable, bare = float("inf"), float("inf")
    for _ in range(ROUNDS):
        bare = min(bare, block_time(insert))
        durable = min(durable, block_time(lambda: journal.append("service.viewed", body)))
    journal.close()
    table.close()
    return durable, bare


def fill(journal: Journal, count: int) -> None:
    """Whole visits, without waiting for the disk after each event."""
    journal.rows("PRAGMA synchronous = OFF")
    while count > 0:
        count -= len(visit := one_visit())
        for kind, body in visit:
            journal.append(kind, body)
    journal.rows("PRAGMA synchronous = FULL")


def one_visit() -> list[tuple[str, dict[str, object]]]:
    visit, response = {"visit": new_id()}, {"response": new_id()}
    statements = ["overall", "information", "hours", "facilities"]
    start = {"survey": "city", "version": 1, "channel": "invited", "language": "en", "service": "utility_pay"}
    start |= {"department": "", "lane": "", "wait": "none", "audience": "visitor", "about": "lookup"}
    start |= {"stratum": "", "seed": ""}
    return [
        ("visit.started", visit | {"language": "en"}),
        ("search.made", visit | {"language": "en", "results": 3, "chosen": "utility_pay", "confident": True}),
        ("service.viewed", visit | {"language": "en", "service": "utility_pay"}),
        ("qr.shown", visit | {"service": "utility_pay"}),
        ("survey.started", visit | response | start | {"statements": statements}),
        *(("survey.answered", response | {"statement": name, "answer": "4"}) for name in statements),
        ("survey.completed", response),
        ("visit.ended", visit | {"how": "finished", "language": "en"}),
    ]


def fold(folder: Path) -> float:
    """Print open, rebuild and verify over many events; return the seconds of the rebuild."""
    path = folder / "many.db"
    with Journal.open(path, Clock()) as journal:
        fill(journal, EVENTS)
        seconds = min(timed(journal.rebuild) for _ in range(3))
        checked = timed(journal.verify)
    opened = min(timed(lambda: Journal.open(path, Clock()).close()) for _ in range(5))
    print(f"rebuild of {EVENTS} events: {seconds:.2f} s (hold {HOLD_REBUILD:.0f} s); verify: {checked:.2f} s")
    print(f"open of {path.stat().st_size / 1e6:.0f} MB, nothing due: {opened * 1e3:.1f} ms")
    return seconds


def timed(step: Callable[[], object]) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def main() -> int:
    where = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=where) as folder:
        ratio = compare(Path(folder))
        seconds = fold(Path(folder))
    return 0 if ratio <= HOLD_RATIO and seconds <= HOLD_REBUILD else 1


if __name__ == "__main__":
    sys.exit(main())
