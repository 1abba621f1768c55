"""Keeping `kiosk sync --live` running beside an app, as long as the app runs."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

from kiosk.commands.running import Folders
from kiosk.errors import SyncError
from kiosk.settings import Settings

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at whether somebody sends."""
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before the next start, after so many ends in a row."""
STEADY = 60.0
"""Seconds that a start must last for its end not to be one more in a row."""
COMMAND = "from kiosk.cli import main; main()"


def keep(settings: Settings, folders: Folders, stop: Event) -> None:
    """Start it whenever nobody sends, until `stop` is set. It ends by itself when this process does."""
    child: subprocess.Popen[bytes] | None = None
    ends, began = 0, 0.0
    while not stop.wait(LOOK):
        if child and child.poll() is None:
            continue
        if child:
            ends = 1 if time.monotonic() - began > STEADY else ends + 1
            child = None
            if stop.wait(PAUSES[min(ends, len(PAUSES)) - 1]):
                return
        if enrolled(settings.data) and free(settings.data):
            began = time.monotonic()
            try:
                child = _start(settings, folders)
            except OSError as problem:
                # What a thread says by itself would go to the visitor's screen.
                log.warning("sending could not be started: %s", problem)
    if child and child.stdin:
        child.stdin.close()


def enrolled(data: Path) -> bool:
    """Whether a data folder belongs to a center, as far as can be told without reading it."""
    return (data / "center.json").exists()


def free(data: Path) -> bool:
    """Whether nobody sends: on one data folder all apps share the process that does."""
    from kiosk.sync.lock import alone

    try:
        with alone(data):
            return True
    except SyncError:
        return False


def _start(settings: Settings, folders: Folders) -> subprocess.Popen[bytes]:
    """Its standard input ends with this process, however that dies; nothing of it reaches the terminal."""
    command = [sys.executable, "-c", COMMAND, "--data", str(settings.data)]
    if folders.services:
        command += ["--services", str(folders.services)]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [*command, "sync", "--live", "--attached"],
        stdin=subprocess.PIPE,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    )
