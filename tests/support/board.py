"""The board beside a desk: two processes' worth of connections to one journal, and a room that listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from kiosk.catalog.model import Notice
from kiosk.clock import FixedClock
from kiosk.devices.announcer import Call
from kiosk.journal import Journal
from kiosk.line.line import Line
from kiosk.tickets.ticket import Ticket
from kiosk.ui.board.app import Announcing, BoardApp
from kiosk.ui.board.screen import BoardScreen
from kiosk.ui.library import Library
from kiosk.ui.recorder import Recorder
from tests.support.app import Kiosk, plain_settings, still_timers


class Room:
    """Stands in for the loudspeaker: a call is heard when a test lets it have its turn."""

    def __init__(self, shown: Callable[[Call], bool], bell: Callable[[], object]) -> None:
        self._shown = shown
        self.bell = bell
        self.waiting: deque[Call] = deque()
        self.heard: list[Call] = []
        self.closed = False

    def announce(self, call: Call) -> None:
        self.waiting.append(call)

    async def listen(self) -> None:
        """The next call has its turn, on a thread of its own as the real announcer's."""
        call = self.waiting.popleft()
        if await asyncio.to_thread(self._shown, call):
            self.heard.append(call)

    def close(self) -> None:
        self.closed = True


class Board(Kiosk):
    """A running board, and the desk whose calls it shows."""

    app: BoardApp
    room: Room

    def __init__(self, app: BoardApp, pilot: Pilot[None], clock: FixedClock, line: Line) -> None:
        super().__init__(app, pilot, clock)  # type: ignore[arg-type]
        self.line = line
        self.staff = line.journal.staff_of("Ana")

    @property
    def shown(self) -> BoardScreen:
        return self.app.board

    def words(self, which: str) -> str:
        """What the widget with an id says; nothing while it is not shown."""
        widget = self.shown.query_one(f"#{which}")
        seen = all(node.display and node.visible for node in widget.ancestors_with_self)
        return widget.words() if seen else ""  # type: ignore[attr-defined]

    @property
    def now(self) -> tuple[str, str]:
        """The large code and its counter."""
        return self.words("code"), self.words("counter")

    @property
    def others(self) -> list[str]:
        """The codes of the other calls, the latest first."""
        codes = [self.words(f"code-{place}") for place in range(self.shown.cards)]
        return [code for code in codes if code]

    def issue(self, lane: str = "bills", language: str = "en") -> Ticket:
        self.clock.advance(1)
        return self.line.issue(language=language, lane=lane, channel="desk")

    def call(self, counter: str, lane: str = "bills", language: str = "en") -> Ticket:
        """Somebody comes and is called at once."""
        ticket = self.issue(lane, language)
        self.clock.advance(1)
        return self.line.call(ticket.ticket, counter, self.staff)

    def finish(self, ticket: Ticket) -> None:
        self.clock.advance(1)
        if ticket.state == "called":
            self.line.serve(ticket.ticket, ticket.counter, self.staff)
        self.line.finish(ticket.ticket, self.staff)

    async def catch_up(self) -> None:
        """Read what the desk has recorded."""
        await self.app.update()
        await self.settle()

    async def listen(self) -> None:
        """The next call is announced."""
        await self.room.listen()
        await self.settle()

    async def wait(self, seconds: float) -> None:
        """Time passes, with the beat at its end."""
        self.clock.advance(seconds)
        await self.app.beat()
        await self.settle()


@asynccontextmanager
async def board(
    library: Library,
    data: Path,
    size: tuple[int, int] = (120, 34),
    languages: tuple[str, ...] = ("en",),
    notices: tuple[Notice, ...] = (),
    before: Callable[[Line, FixedClock], object] = lambda line, clock: None,
    practice: bool = False,
    announcer: Callable[..., Announcing] = Room,
    **screen: Any,
) -> AsyncIterator[Board]:
    """The board in a folder of its own; `before` is what happened before it was switched on.

    With another `announcer` than a Room nothing can be listened to.
    """
    settings = replace(plain_settings(data, **screen), languages=languages)
    clock = FixedClock()
    catalog = replace(library.loaded.catalog, notices=notices)
    own = replace(
        library, settings=settings, loaded=replace(library.loaded, catalog=catalog), troubles=[], _catalogs={}
    )
    desk = Journal.open(settings.journal, clock, practice=practice or None, durable=False)
    line = Line(desk, lambda: catalog, clock, settings)
    before(line, clock)
    recorder = Recorder(Journal.open(settings.journal, clock))
    made: list[Announcing] = []

    def make(*callbacks: Any) -> Announcing:
        made.append(announcer(*callbacks))
        return made[-1]

    app = BoardApp(own, recorder, clock, make)
    try:
        with still_timers():
            async with app.run_test(size=size) as pilot:
                shown = Board(app, pilot, clock, line)
                await shown.settle()
                shown.room = made[0]  # type: ignore[assignment]
                await shown.catch_up()
                yield shown
    finally:
        recorder.close()
        desk.close()
    assert getattr(made[0], "closed", True)
