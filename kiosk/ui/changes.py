"""Noticing what another process has recorded: the file is asked ten times a second whether it changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.errors import JournalError

if TYPE_CHECKING:
    from textual.app import App

    from kiosk.ui.recorder import Recorder

EVERY = 0.1
"""Seconds between two questions."""


class Changes:
    """Calls `changed` at the first look, and after every change that another process made to the journal.

    Where that could not read the journal it is called again at the next look.
    """

    def __init__(self, recorder: Recorder, changed: Callable[[], Awaitable[None] | None]) -> None:
        self._recorder = recorder
        self._changed = changed
        self._seen = -1
        self._asking = False

    def start(self, app: App[None]) -> None:
        """Begin to look, from the app's own timers."""
        app.set_interval(EVERY, self.look)

    async def look(self) -> None:
        """Ask once; while an answer is awaited nothing is asked again."""
        if self._asking:
            return
        self._asking = True
        try:
            # What can't be read now will be read later; the recorder tells staff what is wrong.
            with suppress(JournalError):
                version = await self._recorder.ask(lambda journal: journal.data_version())
                if version != self._seen:
                    done = self._changed()
                    if done is not None:
                        await done
                    self._seen = version
        finally:
            self._asking = False
