"""Keeping a damaged journal aside, so that a new one can begin and nothing is deleted."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from kiosk.errors import JournalCorrupt
from kiosk.journal import failures, opening
from kiosk.journal.signing import key_file

TRIES = 50
"""How often to ask, within the busy timeout, whether the other programs have let go."""

# Where SQLite's own locks lie in a file (SHARED_FIRST and SHARED_SIZE in its os.h).
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510


def set_aside(path: Path, stamp: str) -> Path | None:
    """Rename a damaged journal with its log and keys to `kiosk.db.corrupt-STAMP`, and say where it is.

    None when it is not damaged (any more): another process has been here. Connections of this process
    must be closed. Raises JournalLocked while another program has the file open, because SQLite would
    go on writing into the renamed file and, closing it, delete the log of the new one.
    """
    with opening.folder_lock(path):
        if not _is_damaged(path):
            return None
        aside = _free_name(path, stamp)
        with _nobody_else(path):
            # The file first: should this be cut off, a log without its file is found damaged again, while
            # a file without its log might pass for sound and go on from an earlier event.
            keys = [file.name for file in path.parent.iterdir() if file.name.startswith(key_file(path).name)]
            for part in (path.name, f"{path.name}-wal", f"{path.name}-shm", *keys):
                with suppress(FileNotFoundError):
                    path.with_name(part).rename(path.with_name(part.replace(path.name, aside.name, 1)))
        failures.suspicion(path).unlink(missing_ok=True)
        return aside


def _is_damaged(path: Path) -> bool:
    try:
        with failures.told(path):
            opening.refuse_lost_file(path)
            with closing(
                sqlite3.connect(path, timeout=opening.BUSY_SECONDS, isolation_level=None)
            ) as connection:
                opening.check_whole(connection, path)
                if opening.format_of(connection, path):
                    opening.identity(connection, path)
    except JournalCorrupt:
        return True
    return False


def _free_name(path: Path, stamp: str) -> Path:
    name = path.with_name(f"{path.name}.corrupt-{stamp}")
    count = 1
    while name.exists():
        count += 1
        name = path.with_name(f"{path.name}.corrupt-{stamp}-{count}")
    return name


@contextmanager
def _nobody_else(path: Path) -> Iterator[None]:
    """Hold the lock that every connection in WAL mode shares, so that none can be open elsewhere."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield
        return
    try:
        for rest in reversed(range(TRIES)):
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
                break
            except BlockingIOError as problem:
                if not rest:
                    why = "it is damaged, and another program still has it open"
                    raise failures.locked(path, why) from problem
                time.sleep(opening.BUSY_SECONDS / TRIES)
        yield
    finally:
        os.close(handle)
