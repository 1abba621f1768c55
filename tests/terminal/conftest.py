"""Real terminals for the tests of this folder, and the journal that the command leaves behind."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import Clock
from kiosk.journal import Journal
from kiosk.ui.base import DOUBLE_TOUCH
from tests.support.terminal import KIOSK, Terminal

Start = Callable[..., Terminal]
IMPATIENT = """
from kiosk.journal import opening
opening.BUSY_SECONDS = 0.05
from kiosk.cli import main
main()
"""
"""The real command in Python's words, but for how long it waits for a journal that is held."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Terminals come last and one after another: touches have their time, and the machine is quiet then."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.terminal)
        item.add_marker(pytest.mark.xdist_group("terminal"))
    items.sort(key=lambda item: item in here)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of the command; not made yet."""
    return tmp_path / "data"


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command in a terminal of its own, ended with the test."""
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed; install it (`apt install tmux`) to run the terminal tests")
    with ExitStack() as terminals:
        yield lambda *command, **how: terminals.enter_context(Terminal(*command, **how))


@pytest.fixture
def kiosk(start: Start, data: Path) -> Start:
    """Start the real `kiosk` on the data folder; arguments come after it, keywords go to Terminal."""
    return lambda *arguments, **how: start(KIOSK, "--data", data, *arguments, **how)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(
            f"a small disk can't be mounted here; run as root where mounting is allowed: {mounted.stderr}"
        )
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def plain(data: Path) -> None:
    """Settings with typed headings, so that every word of a screen can be found on it."""
    settings(data, '[screen]\ndisplay_type = "off"\n')


def settings(data: Path, text: str) -> None:
    """Write the data folder's kiosk.toml."""
    data.mkdir(parents=True, exist_ok=True)
    (data / "kiosk.toml").write_text(text, encoding="utf-8")


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in kiosk.db, read as staff would: by SQLite alone."""
    with closing(sqlite3.connect(data / "kiosk.db")) as connection:
        return connection.execute(query).fetchall()


def kinds(data: Path) -> list[str]:
    """The kinds of the recorded events, in order; the chain has been verified."""
    with Journal.open(data / "kiosk.db", Clock()) as journal:
        verdict = journal.verify()
        assert verdict.bad_seq is None, verdict.problem
        return [event.kind for event in journal.events()]


def fill(file: Path) -> None:
    """Write a file until its disk is full."""
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1 << 12))


def open_staff_page(terminal: Terminal) -> None:
    """Touch the four corners of the attract screen, clockwise from the top left."""
    right, bottom = (length - 1 for length in terminal.size)
    terminal.touch_at((0, 0), (right, 0), (right, bottom), (0, bottom))


def aim_again() -> None:
    """A person's pause before the next touch of the same kind; a faster one is taken for a bounce."""
    time.sleep(DOUBLE_TOUCH)
