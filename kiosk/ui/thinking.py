"""Learning the catalogue and weighing what a query means, both beside the screen's own thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.search.latest import Latest
    from kiosk.ui.library import Library


class Thinker:
    """What is asked of it is answered later; of several questions only the newest."""

    def __init__(self, library: Library) -> None:
        self.ready = False
        """Whether the catalogue can be searched; at a machine's first start not for some seconds."""
        self._library = library
        self._leaving = Event()
        self._latest: Latest[Any] | None = None

    def study(self) -> None:
        """Learn the catalogue in the background."""
        from kiosk.search.latest import step_back

        def learn() -> None:
            step_back()
            if self._library.finder:
                self.ready = True
            self._library.learn(self._leaving.is_set)

        Thread(target=learn, name="study", daemon=True).start()

    def think(self, work: Callable[[], Any], answered: Callable[[Any], object]) -> None:
        """Do something on the thread that thinks; `answered` is called there."""
        if self._latest is None:
            from kiosk.search.latest import Latest

            self._latest = Latest("meaning")
        self._latest.ask(work, answered)

    @property
    def latest(self) -> Latest[Any] | None:
        """The thread that thinks, once something was asked."""
        return self._latest

    def forget(self) -> None:
        """Answer nothing that was asked before."""
        if self._latest:
            self._latest.forget()

    def close(self) -> None:
        """Answer nothing more."""
        self._leaving.set()
        if self._latest:
            self._latest.close()
