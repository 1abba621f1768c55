"""Measures surveys at the size of a year on one device: 200,000 responses on 365 days.

Run: python tests/bench/survey.py [--responses N] [--folder DIR]. Responses, visitors who could be asked and
the events of the year are written straight into the tables, with hashes that lead nowhere; the day that is
exported is made as a kiosk makes it. `survey_counts` and its yardstick, one scan of the same rows with 50
filtered counts, run in turns; the smallest CPU time of each counts. Ends with 1 when a number is not held.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kiosk.clock import FixedClock
from kiosk.export.day import export
from kiosk.journal import Journal
from kiosk.journal.survey_questions import Export
from tests.support.survey_day import LANGUAGES, MONDAY, OFTEN, SurveyDay

DAYS, ROUNDS, EVENTS_EACH = 365, 5, 8
FIRST, LAST = date(2025, 11, 23), date(2026, 11, 22)
HOLD_RATIO, HOLD_SECONDS = 1.5, 1.0
EXPORT_SECONDS, EXPORT_MEGABYTES = 5.0, 50.0
STATEMENTS = (
    "overall",
    "knowledge",
    "convenience",
    "facilities",
    "timeliness",
    "fairness",
    "interactions",
    "clarity",
    "attention",
    "information",
)
VALUES = ("1", "2", "3", "4", "na", "skipped")
WEIGHTS = (5, 10, 30, 40, 10, 5)


def fill(path: Path, responses: int) -> None:
    """A year before the day that is exported."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        chain = connection.execute("SELECT value FROM machine").fetchone()[0]
        known = {row[1] for row in connection.execute("PRAGMA table_info(survey_responses)")}
        for name in STATEMENTS:
            if f"answer {name}" not in known:
                connection.execute(f'ALTER TABLE survey_responses ADD COLUMN "answer {name}" TEXT')
        head = connection.execute("SELECT max(seq) FROM events").fetchone()[0]
        columns = ", ".join(f'"answer {name}"' for name in STATEMENTS)
        connection.executemany(
            f"""INSERT INTO survey_responses (chain, response, visit, survey, version, channel, audience,
                  about, language, service, department, lane, wait, stratum, seed, design, statements, day,
                  started_at,
                  finished_at, state, abandoned_at, {columns})
                VALUES ({", ".join("?" * (22 + len(STATEMENTS)))})""",
            year_of_responses(chain, responses),
        )
        connection.executemany(
            """INSERT INTO survey_sampling
               VALUES (?, 'exit', 1, 'systematic', 2, 0, '{}', 'systematic 2', ?, ?, '')""",
            ((seed_of(day), str(day), f"{day}T14:00:00.000Z") for day in days()),
        )
        connection.executemany(
            """INSERT INTO survey_frame
               VALUES (?, 'visit', ?, 'utility_pay', 'en', ?, 'systematic 2', ?, ?, '', ?, ?, '', '')""",
            year_of_visitors(responses),
        )
        connection.executemany(
            """INSERT INTO events (id, chain, seq, v, site, kind, at, day, clock, body, hash)
               VALUES (?, ?, ?, 1, 'local', 'survey.answered', ?, ?, ?, ?, ?)""",
            year_of_events(chain, head, responses * EVENTS_EACH),
        )
        connection.commit()


def days() -> Iterator[date]:
    return (FIRST + timedelta(days=number) for number in range(DAYS))


def seed_of(day: date) -> str:
    return f"{day:%Y%m%d}".rjust(32, "0")


def year_of_responses(chain: str, count: int) -> Iterator[tuple[object, ...]]:
    random = Random(7)
    for number in range(count):
        day = FIRST + timedelta(days=number * DAYS // count)
        asked = [STATEMENTS[0], *random.sample(STATEMENTS[1:], 3)]
        listed = "[" + ", ".join(f'"{name}"' for name in asked) + "]"
        state = random.choices(("completed", "abandoned"), (92, 8))[0]
        given = dict(zip(asked, random.choices(VALUES, WEIGHTS, k=4), strict=True))
        if state == "abandoned":
            given[asked[-1]] = given[asked[-2]] = ""
        invited = random.random() < 0.8
        at = f"{day}T{random.randrange(14, 23)}:{random.randrange(60):02}:00.000Z"
        stratum = random.choice(("bills", "court", "permits", "help", "self_service"))
        lane = "" if stratum == "self_service" else stratum
        yield (
            chain,
            f"{random.getrandbits(128):032x}",
            f"{random.getrandbits(128):032x}",
            "exit",
            1,
            "invited" if invited else "convenience",
            "visitor",
            "served" if lane else "lookup",
            random.choices(LANGUAGES, OFTEN)[0],
            "utility_pay",
            "utility_billing",
            lane,
            "5_15" if lane else "none",
            stratum if invited else "",
            seed_of(day) if invited else "",
            "systematic 2" if invited else "",
            listed,
            str(day),
            at,
            at,
            state,
            asked[-2] if state == "abandoned" else None,
            *(given.get(name) for name in STATEMENTS),
        )


def year_of_visitors(count: int) -> Iterator[tuple[object, ...]]:
    for number in range(count * 2):
        day = FIRST + timedelta(days=number * DAYS // (count * 2))
        at = f"{day}T16:00:00.000Z"
        yield f"{number:032x}", "self_service", seed_of(day), number, number % 2, str(day), at


def year_of_events(chain: str, head: int, count: int) -> Iterator[tuple[object, ...]]:
    random = Random(8)
    for number in range(count):
        day = FIRST + timedelta(days=number * DAYS // count)
        body = f'{{"answer":"4","response":"{random.getrandbits(128):032x}","statement":"overall"}}'
        row = (f"{random.getrandbits(128):032x}", chain, head + 1 + number, f"{day}T16:00:00.000Z", str(day))
        yield (*row, "019ab1c2d3e4-0000", body, f"{random.getrandbits(256):064x}")


def yardstick(connection: sqlite3.Connection, first: date, last: date) -> None:
    """One scan of the same rows with 50 filtered counts."""
    counts = ", ".join(
        f"""count(*) FILTER (WHERE "answer {name}" = '{value}')"""
        for name in STATEMENTS
        for value in VALUES[:5]
    )
    scan = f"SELECT {counts} FROM survey_responses WHERE day BETWEEN ? AND ?"
    connection.execute(scan, (str(first), str(last))).fetchall()


def times(step: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    step()
    return time.process_time() - cpu, time.perf_counter() - wall


def scans(path: Path) -> bool:
    """Print the scorecard's scan against its yardstick."""
    held = True
    with (
        Journal.open(path, FixedClock(moment=MONDAY)) as journal,
        closing(sqlite3.connect(path)) as connection,
    ):
        for what, first in (("a year", FIRST), ("a month", LAST - timedelta(days=29))):
            ours, bare = [], []
            for _ in range(ROUNDS):
                bare.append(times(lambda first=first: yardstick(connection, first, LAST)))  # type: ignore[misc]
                ours.append(times(lambda first=first: journal.survey_counts(first, LAST)))  # type: ignore[misc]
            cpu, wall = (min(column) for column in zip(*ours, strict=True))
            bare_cpu = min(bare)[0]
            told = sum(row.started for row in journal.survey_counts(first, LAST))
            held &= cpu / bare_cpu <= HOLD_RATIO and cpu <= HOLD_SECONDS
            print(
                f"survey_counts over {what}, {told} responses: {cpu:.3f} s CPU, {wall:.3f} s wall "
                f"(hold {HOLD_SECONDS:.0f} s); 50 filtered counts {bare_cpu:.3f} s; "
                f"ratio {cpu / bare_cpu:.2f} (hold {HOLD_RATIO})"
            )
    return held


def exporting(day: SurveyDay, folder: Path) -> bool:
    """Print what the export of a day takes: time first, then memory by a second one that is traced."""
    what = date(2026, 11, 23)

    def carry(name: str) -> None:
        stick = folder / name
        stick.mkdir()
        export(day.journal, day.catalog, day.clock, what, stick)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, wall = times(lambda: carry("first"))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    again = times(lambda: carry("again"))[0]
    tracemalloc.start()
    carry("traced")
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    size = sum(file.stat().st_size for file in (folder / "first").rglob("*") if file.is_file()) / 1e6
    print(
        f"export of a day with {day.responses} responses, {size:.1f} MB: {cpu:.2f} s CPU, {wall:.2f} s wall "
        f"(hold {EXPORT_SECONDS:.0f} s); again {again:.2f} s; peak memory {peak:.1f} MB traced "
        f"(hold {EXPORT_MEGABYTES:.0f} MB), process grew by {grown:.1f} MB"
    )
    return cpu <= EXPORT_SECONDS and peak <= EXPORT_MEGABYTES


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--responses", type=int, default=200_000)
    options.add_argument("--folder", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-", dir=chosen.folder) as folder:
        path = Path(folder) / "data" / "kiosk.db"
        Journal.open(path, FixedClock(moment=MONDAY - timedelta(days=DAYS))).close()
        took = times(lambda: fill(path, chosen.responses))[1]
        size = path.stat().st_size / 1e6
        print(f"{chosen.responses} responses on {DAYS} days, {size:.0f} MB, filled in {took:.0f} s")
        with SurveyDay(path.parent) as day:
            last = 1 + chosen.responses * EVENTS_EACH
            day.journal.note_export(Export(str(LAST), 1, 1, last, last, "2026-11-23T14:00:00.000Z"))
            day.fill(550)
            held = scans(path)
            held &= exporting(day, Path(folder))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
