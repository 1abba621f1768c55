"""What SQLite and the system report, said so that a person knows what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.errors import JournalCorrupt, JournalError, JournalFull, JournalLocked, JournalReadOnly

# Result codes of SQLite that the sqlite3 module does not name in every build.
_SHORT_READ = 522
_MOVED = 1032


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn every sqlite3.Error and OSError about the journal into its JournalError."""
    try:
        yield
    except sqlite3.Error as problem:
        raise of_sqlite(problem, path) from problem
    except OSError as problem:
        raise _of_system(problem, path) from problem


def of_sqlite(problem: sqlite3.Error, path: Path) -> JournalError:
    """The JournalError for what SQLite reports.

    Damage leaves a mark, so that the next start reads the whole file before it trusts it.
    """
    error = _explained(problem, path)
    if isinstance(error, JournalCorrupt):
        # A disk that takes no more files changes nothing about the damage.
        with suppress(OSError):
            suspicion(path).touch()
    return error


def suspicion(path: Path) -> Path:
    """The empty file that says: damage was met here, check the whole journal at the next start."""
    return path.with_name(f"{path.name}.suspect")


def locked(path: Path, why: str) -> JournalLocked:
    return JournalLocked(
        f"{path} is in use: {why}", "Close other programs that have this file open, then try again."
    )


def corrupt(path: Path, why: str) -> JournalCorrupt:
    return JournalCorrupt(
        f"{path} is damaged: {why}",
        "Start the kiosk again: it keeps the damaged file aside beside it and begins a new one.",
    )


def read_only(path: Path, why: str) -> JournalReadOnly:
    return JournalReadOnly(
        f"{path} can't be opened for writing: {why}",
        f"Let this user write the file and the folder {path.parent}, or choose another folder with --data.",
    )


def full(path: Path) -> JournalFull:
    return JournalFull(
        f"no space left on the disk of {path}; nothing was recorded",
        f"Free some space on the disk that holds {path.parent}, then go on.",
    )


def _explained(problem: sqlite3.Error, path: Path) -> JournalError:
    code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code == _MOVED:
        return JournalError(f"{path} was moved away while it was open", "Start the kiosk again.")
    if code == _SHORT_READ:
        return corrupt(path, "it ends too early")
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return locked(path, "another program has held it too long")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return corrupt(path, str(problem))
        case sqlite3.SQLITE_FULL:
            return full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return read_only(path, str(problem))
        case sqlite3.SQLITE_IOERR if _no_space(path):
            return full(path)
    return JournalError(
        f"{path}: {problem}", "Check the disk; what was recorded before is still in the file."
    )


def _of_system(problem: OSError, path: Path) -> JournalError:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return full(path)
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return read_only(path, str(problem))
    return JournalError(f"{path}: {problem}", "Choose another folder with --data, or mend this one.")


def _no_space(path: Path) -> bool:
    """Whether the disk is so full that a failed write means just that (some reports say only 'I/O error')."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < 1 << 20
