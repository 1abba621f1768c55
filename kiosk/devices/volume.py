"""How loud this machine is: off, low, medium or high, in the file `volume` of its data folder.

It is read at every sound, so that what staff choose at one screen is heard at the next call.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from enum import IntEnum
from pathlib import Path


class Volume(IntEnum):
    """The value is the percentage of full amplitude: each step down is 8 to 10 decibels, half as loud."""

    OFF = 0
    LOW = 12
    MEDIUM = 36
    HIGH = 100


USUAL = Volume.HIGH
"""Where nothing was chosen."""


def read(data: Path) -> Volume:
    """What was chosen for a data folder; the usual volume where the file is missing or says nothing known."""
    try:
        said = _file(data).read_text(encoding="ascii").strip()
        return Volume[said.upper()]
    except (OSError, ValueError, KeyError):
        return USUAL


def store(data: Path, volume: Volume) -> None:
    """Keep a volume; whoever reads meanwhile gets the old one or the new one. Raises OSError."""
    data.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(prefix="volume.", suffix=".part", dir=data)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{volume.name.lower()}\n")
            file.flush()
            os.fsync(file.fileno())
        # The board may run as another user.
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(_file(data))
    except BaseException:
        with suppress(OSError):
            Path(unfinished).unlink()
        raise


def _file(data: Path) -> Path:
    return data / "volume"
