"""A kiosk's command in a process of its own that is killed before its n-th step to disk or network."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

_FILES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate")
_WRITES = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")


def kiosk(arguments: Sequence[str], die_at: int) -> int:
    """Run a command of the kiosk; its exit status, -9 when it was killed before a step."""
    # Forked from a process that has everything loaded: starting Python a hundred times takes minutes.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_LOADED])
    process = context.Process(target=_run, args=(list(arguments), die_at))
    process.start()
    process.join(120)
    assert process.exitcode is not None, "it hangs"
    return process.exitcode


_LOADED = ("kiosk.commands.group", "kiosk.commands.sync", "kiosk.sync.agent", "kiosk.sync.exchange", "httpx")


def _run(arguments: list[str], die_at: int) -> None:
    from kiosk.commands.group import group

    _say_nothing()
    _watch(die_at, Path(arguments[arguments.index("--data") + 1]))
    group.main(arguments)


def _say_nothing() -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)


def _watch(die_at: int, data: Path) -> None:
    """Count everything that others can see of this process, and die before one of it."""
    steps = count(1)

    def step(*what: object) -> None:
        if next(steps) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(event: str, given: tuple[Any, ...]) -> None:
        if event in _FILES or (event == "open" and _writes(given, data)):
            step(event, *given)

    def before(act: Callable[..., Any]) -> Callable[..., Any]:
        def acting(*given: Any, **named: Any) -> Any:
            step(act.__name__)
            return act(*given, **named)

        return acting

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **named)
        connection.set_trace_callback(lambda said: step(said) if said in _WRITES else None)
        return connection

    connect, sqlite3.connect = sqlite3.connect, connected
    os.fsync = before(os.fsync)
    for name in ("send", "sendall", "recv"):
        setattr(socket.socket, name, before(getattr(socket.socket, name)))
    sys.addaudithook(audited)


def _writes(given: tuple[Any, ...], data: Path) -> bool:
    path, _, flags = given
    return str(path).startswith(str(data)) and bool(flags & (os.O_WRONLY | os.O_RDWR))


class CenterProcess:
    """`kiosk center serve` in a process of its own; it can be told to die before its n-th database step."""

    def __init__(self, folder: Path, database: str) -> None:
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload([__name__, *_LOADED, *_CENTER])
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = ["center", "--folder", str(folder), "--database", database, "serve"]
        self.arguments += ["--port", str(self.port), "--url", self.url]
        # Without a lock, which the process would take along when it dies; one of its threads steps at a time.
        self.left = self.context.RawValue("i", 0)
        self.start()

    def start(self) -> None:
        """Begin, and wait until it answers."""
        self.left.value = 0
        self.process = self.context.Process(target=_serve, args=(self.arguments, self.left))
        self.process.start()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.exitcode is None
            # It has no other sign that it listens.
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return
            time.sleep(0.02)
        raise AssertionError("the center does not start")

    def dies_before(self, step: int) -> None:
        """The next steps are counted from now on."""
        self.left.value = step

    @property
    def killed(self) -> bool:
        """Whether it came so far; then it has ended."""
        if self.left.value:
            return False
        self.process.join(30)
        return bool(self.process.exitcode == -signal.SIGKILL)

    def end(self) -> None:
        """As a power cut."""
        self.process.kill()
        self.process.join(30)


_CENTER = ("kiosk.commands.center_serve", "kiosk.center.serving", "kiosk.center.opening", "psycopg")


def _serve(arguments: list[str], left: Any) -> None:
    from sqlalchemy import Engine, event

    from kiosk.commands.group import group

    _say_nothing()

    def step(*_: object) -> None:
        if left.value:
            left.value -= 1
            if not left.value:
                os.kill(os.getpid(), signal.SIGKILL)

    for what in ("before_cursor_execute", "commit"):
        event.listen(Engine, what, step)
    group.main(arguments)
