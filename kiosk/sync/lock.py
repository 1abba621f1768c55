"""One process of a data folder sends; what it is told by others. Light, for the apps that start it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import SyncError

LOCK = "sync.lock"
ASKED = "sync.asked"
"""Files of the data folder: held by who sends, and touched by who wants it done now."""


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Be the one that sends; raises SyncError, `busy` while another one is. Ends with the process."""
    import fcntl

    try:
        handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise SyncError(
            "other",
            f"{data / LOCK} can't be opened: {problem.strerror}",
            "Make room on the disk, and see that the folder may be written to.",
        ) from problem
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SyncError(
                "busy", f"another process sends what is in {data}", "Wait until it is done."
            ) from None
        yield
    finally:
        os.close(handle)


def poke(data: Path) -> int:
    """Ask the process that sends to try now, whatever went wrong before; the wish, as its answer names it."""
    before, file = asked(data), data / ASKED
    file.touch()
    # Two wishes within a tick of the file system's clock are two.
    os.utime(file, ns=(mark := max(before + 1, file.stat().st_mtime_ns), mark))
    return asked(data)


def asked(data: Path) -> int:
    """The latest wish, 0 for none."""
    try:
        return (data / ASKED).stat().st_mtime_ns
    except OSError:
        return 0
