"""A worker for questions that grow stale: only the newest one waiting is answered."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)

NICENESS = 10
"""How far the worker steps back when the processor is busy (nice, 0 to 19)."""


class Latest(Generic[Answer]):
    """One thread, started by the first question, that does the work of the newest one.

    A question asked while another is waiting takes its place; the one that was replaced is never
    answered. `close()` may be called twice and does not wait for work under way.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: tuple[Callable[[], Answer], Callable[[Answer], object]] | None = None
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = self._working = False

    def ask(self, work: Callable[[], Answer], answered: Callable[[Answer], object]) -> None:
        """Do the work in the background; `answered` is called on the worker's thread."""
        with self._change:
            if self._closed:
                return
            self._waiting = (work, answered)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._change.notify_all()

    def forget(self) -> None:
        """Drop the question that waits."""
        with self._change:
            self._waiting = None

    def finish(self, timeout: float) -> bool:
        """Wait, for so many seconds at most, until nothing waits and nothing is under way."""
        with self._change:
            return self._change.wait_for(lambda: self._waiting is None and not self._working, timeout)

    def close(self) -> None:
        """Answer nothing more."""
        with self._change:
            self._closed, self._waiting = True, None
            self._change.notify_all()

    def _run(self) -> None:
        step_back()
        while True:
            with self._change:
                self._working = False
                self._change.notify_all()
                self._change.wait_for(lambda: self._waiting is not None or self._closed)
                if self._waiting is None:
                    return
                (work, answered), self._waiting = self._waiting, None
                self._working = True
            try:
                self._answer(work, answered)
            except Exception:  # whatever fails here only fails to improve an answer that is on screen
                log.exception("%s: a question was given up", self._name)
            # A visitor's words may be in these; nothing of them stays until the next question.
            del work, answered

    def _answer(self, work: Callable[[], Answer], answered: Callable[[Answer], object]) -> None:
        answer = work()
        if not self._closed:
            answered(answer)


def step_back() -> None:
    """Let the screen's thread go first: on Linux niceness belongs to a thread and those it starts."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
