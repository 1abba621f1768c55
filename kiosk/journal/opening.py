"""Opening the SQLite file: refuse what is not ours, make it or bring it up to date."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import JournalError
from kiosk.journal import failures

FORMAT = 4
"""Number of migrations in schema.py; stands in the file as `PRAGMA user_version`."""

APPLICATION_ID = 0x4B494F53
"""`PRAGMA application_id` of every journal: the letters KIOS."""

BUSY_SECONDS = 5.0

# FULL: a commit is on the disk before append returns, whatever happens to the power. What is deleted, such as
# words that staff take out, is overwritten.
PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON")

Make = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Identity:
    """Which chain this machine appends to, and whether the file is for practice."""

    chain: str
    practice: bool


def connect(path: Path, make: Make, durable: bool = True) -> sqlite3.Connection:
    """A connection to a journal of our format; `make` fills a new or older file in one transaction.

    Without `durable` nothing waits for the disk: for invented visits alone.

    Raises sqlite3.Error, OSError, or JournalError for what is not a journal of ours.
    """
    if not path.exists() or path.stat().st_size == 0:
        with folder_lock(path):
            refuse_lost_file(path)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        if failures.suspicion(path).exists():
            check_whole(connection, path)
        if format_of(connection, path) < FORMAT:
            _make(connection, path, make)
        else:
            _configure(connection)
        if not durable:
            connection.execute("PRAGMA synchronous = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def format_of(connection: sqlite3.Connection, path: Path) -> int:
    """The format of the file, 0 for an empty one; refuses other programs' files and newer formats."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        return 0
    if application != APPLICATION_ID:
        raise JournalError(f"{path} is the database of another program", "Choose another folder with --data.")
    if version > FORMAT:
        raise JournalError(
            f"{path} has format {version}; this kiosk knows up to {FORMAT}",
            "Install the newer kiosk that wrote this file.",
        )
    return version


def identity(connection: sqlite3.Connection, path: Path) -> Identity:
    """Read the first event and touch the last; raises JournalReadOnly and the like before a visitor does.

    Beginning to write is free as long as nothing is written, and tells whether it will be possible.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        opened = connection.execute(
            """SELECT chain, body FROM events WHERE seq = 1
               AND chain = (SELECT value FROM machine WHERE name = 'chain')"""
        ).fetchone()
        connection.execute("SELECT id, hash FROM events ORDER BY rowid DESC LIMIT 1").fetchone()
    finally:
        connection.execute("ROLLBACK")
    if opened is None:
        raise failures.corrupt(path, "its first event is missing")
    return Identity(opened[0], json.loads(opened[1])["practice"])


def marked_practice(path: Path) -> bool:
    """Whether a file is a journal for practice; False where none can be read, and opening it will tell."""
    try:
        if not path.is_file():
            return False
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            row = connection.execute(
                """SELECT json_extract(body, '$.practice') FROM events WHERE seq = 1
                   AND chain = (SELECT value FROM machine WHERE name = 'chain')"""
            ).fetchone()
        finally:
            connection.close()
    except (sqlite3.Error, OSError):
        return False
    return bool(row and row[0])


def check_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Read every page, since damage was met before; a file found sound is no longer suspected."""
    answer = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if answer != "ok":
        raise failures.corrupt(path, answer)
    failures.suspicion(path).unlink(missing_ok=True)


def refuse_lost_file(path: Path) -> None:
    """Refuse an empty or missing file whose log is still there: SQLite would delete the log."""
    log = path.with_name(f"{path.name}-wal")
    empty = not path.exists() or path.stat().st_size == 0
    if empty and log.exists() and log.stat().st_size:
        raise failures.corrupt(path, f"it is empty or gone, but its log {log.name} is not")


@contextmanager
def folder_lock(path: Path) -> Iterator[None]:
    """Let one process at a time make or replace the journal; the lock ends with the process."""
    import fcntl

    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _configure(connection: sqlite3.Connection) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _make(connection: sqlite3.Connection, path: Path, make: Make) -> None:
    with folder_lock(path):
        _configure(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if format_of(connection, path) < FORMAT:
                make(connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
