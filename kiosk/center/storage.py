"""The center's database: SQLite in one file, or PostgreSQL; the same explicit SQL on both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection as SQLConnection
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from kiosk.errors import CenterError

Dialect = Literal["sqlite", "postgresql"]

BUSY_SECONDS = 10.0
"""How long a worker waits for another one that writes the SQLite file."""

_ADDRESS = "Give --database postgresql+psycopg://USER@HOST/NAME, or leave it out for a SQLite file."

_AT_ONCE = 5000
"""Rows in memory of those that are read one by one."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


def sqlite_url(folder: Path) -> str:
    """The database of a center that names none: a file in its folder."""
    return f"sqlite:///{folder.absolute() / 'center.db'}"


class Connection:
    """One transaction. Statements name their parameters (`:name`) and are written for both dialects."""

    def __init__(self, raw: SQLConnection, dialect: Dialect) -> None:
        self.raw = raw
        self.dialect = dialect

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query, or of `RETURNING`, as plain tuples."""
        return [tuple(row) for row in self.raw.execute(text(statement), values)]

    def each(self, statement: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query one by one, of which only some are in memory at once."""
        found = self.raw.execute(text(statement).execution_options(yield_per=_AT_ONCE), values)
        return (tuple(row) for row in found)

    def row(self, statement: str, **values: Any) -> tuple[Any, ...] | None:
        """The first row, None where there is none."""
        found = self.raw.execute(text(statement), values).first()
        return None if found is None else tuple(found)

    def value(self, statement: str, **values: Any) -> Any:
        """The first column of the first row, None where there is none."""
        found = self.row(statement, **values)
        return None if found is None else found[0]

    def run(self, statement: str, **values: Any) -> int:
        """Change rows; how many."""
        return self.raw.execute(text(statement), values).rowcount

    def many(self, statement: str, values: Sequence[Mapping[str, Any]]) -> None:
        """The same statement for each set of values."""
        if values:
            self.raw.execute(text(statement), [dict(each) for each in values])

    @property
    def driver(self) -> Any:
        """The driver's own connection (sqlite3 or psycopg), inside the same transaction."""
        return self.raw.connection.driver_connection


class Store:
    """A database that is up to date; may be used from any thread, each transaction in one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect: Dialect = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"

    @classmethod
    def open(cls, url: str) -> Store:
        """Connect, and bring the tables up to date; raises CenterError where that is not possible."""
        from alembic.util import CommandError

        from kiosk.center.migrations import upgrade

        store = cls.connect(url)
        try:
            upgrade(store.engine)
        except DBAPIError as problem:
            store.close()
            raise _unreachable(url, problem) from problem
        except CommandError as problem:
            store.close()
            raise CenterError(
                f"the tables of {_shown(url)} are of a later version than this program",
                "Install that version, or put back the backup from before it was installed.",
            ) from problem
        return store

    @classmethod
    def connect(cls, url: str) -> Store:
        """Connect to a database whose tables are up to date already."""
        try:
            parsed = make_url(url)
        # ValueError: its port is no number.
        except (ArgumentError, ValueError) as problem:
            raise CenterError("what was given as --database is not an address", _ADDRESS) from problem
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise CenterError(
                f"a center can't keep its data in {parsed.get_backend_name()}",
                _ADDRESS,
            )
        if parsed.get_backend_name() == "sqlite":
            return cls(_sqlite(url))
        return cls(create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True))

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, undone by whatever is raised.

        In SQLite it has the file to itself from its first statement.
        """
        with self.engine.connect() as raw:
            connection = Connection(raw, self.dialect)
            if self.dialect == "sqlite":
                raw.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            raw.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment and changes nothing."""
        with self.engine.connect() as raw:
            if self.dialect == "sqlite":
                raw.exec_driver_sql("BEGIN")
            else:
                raw.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Connection(raw, self.dialect)
            raw.rollback()

    def close(self) -> None:
        """Let go of the database; may be called twice."""
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise _unreachable(url, problem) from problem
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        # Transactions begin as Store says, not as the driver guesses.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    return engine


def _unreachable(url: str, problem: Exception) -> CenterError:
    reason = str(getattr(problem, "orig", None) or problem).strip().splitlines()[0]
    return CenterError(
        f"the database {_shown(url)} can't be used: {reason}",
        "See that it runs, that the address is right, and that its user may create tables.",
    )


def _shown(url: str) -> str:
    """An address without its password."""
    return make_url(url).render_as_string(hide_password=True)
