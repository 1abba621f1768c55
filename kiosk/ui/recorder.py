"""Writes events in order on one background thread; the screens never wait for the disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from kiosk.errors import JournalError
from kiosk.journal import Journal

log = logging.getLogger(__name__)
T = TypeVar("T")


class Recorder:
    """A journal with one writer thread. `trouble` is the last failure, shown to staff."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.trouble = ""
        self._aside: str = next(journal.events()).body["aside"]
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    def troubles(self) -> list[str]:
        """What staff should look after: a damaged file that lies beside this one, and the last failure."""
        found = [self.trouble] if self.trouble else []
        if self._aside and any(self.journal.path.parent.glob(f"{self._aside}*")):
            found.append(
                f"The journal was damaged. It is kept in {self.journal.path.with_name(self._aside)}; "
                "a new one has begun.\n  What to do: copy that file to a safe place, then move it away."
            )
        return found

    def record(self, kind: str, body: dict[str, Any], text: str | None = None) -> None:
        """Record without waiting; a failure is logged and shown to staff."""
        self._submit(self.journal.append, kind, body, text).add_done_callback(self._noted)

    def do(self, work: Callable[[Journal], object]) -> None:
        """Let something be decided and recorded without waiting; a failure is logged and shown to staff."""
        self._submit(work, self.journal).add_done_callback(self._noted)

    async def record_durably(self, kind: str, body: dict[str, Any], text: str | None = None) -> bool:
        """Record and wait until it is on disk; False when it could not be written."""
        future = self._submit(self.journal.append, kind, body, text)
        future.add_done_callback(self._noted)
        try:
            # A screen that goes away meanwhile must not take the record with it.
            await asyncio.shield(asyncio.wrap_future(future))
        except JournalError:
            return False
        return True

    async def ask(self, question: Callable[[Journal], T]) -> T:
        """The answer to a question put to the journal, in order with what is being written.

        Raises JournalError when the journal can't be read.
        """
        return await asyncio.wrap_future(self._submit(question, self.journal))

    def close(self) -> None:
        """Finish what is being written and close the file."""
        self._thread.submit(self.journal.close)
        self._thread.shutdown(wait=True)

    def _submit(self, work: Callable[..., T], *values: Any) -> Future[T]:
        return self._thread.submit(work, *values)

    def _noted(self, future: Future[Any]) -> None:
        problem = future.exception()
        if problem is None:
            self.trouble = ""
        else:
            self.trouble = str(problem)
            log.error("not recorded: %s", problem)
