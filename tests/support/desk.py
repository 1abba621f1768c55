"""The desk on the real catalogue, driven by keys and the mouse; several may share one journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.clock import FixedClock
from kiosk.journal import Journal
from kiosk.line.line import Line
from kiosk.settings import Printer, Settings
from kiosk.tickets.ticket import Ticket
from kiosk.ui.desk.app import DeskApp
from kiosk.ui.desk.drawn import Drawn
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.desk.keys import flow
from kiosk.ui.desk.table import STRIP, QueueTable
from kiosk.ui.library import Library
from kiosk.ui.recorder import Recorder
from tests.support.app import Kiosk, plain_settings, still_timers

SERVICES = {"B": "utility_pay", "C": "court_pay_ticket", "P": "building_permit", "H": "general_311"}
"""A service for each line."""


class Desk(Kiosk):
    """A running desk and the docent at it."""

    app: Any

    @property
    def told(self) -> str:
        """The quiet line."""
        told: str = self.app.told.text
        return told

    @property
    def here(self) -> str:
        """Code and state of who is at the counter; nothing where nobody is."""
        ticket = self.app.sight.here(self.app.docent.counter)
        return f"{ticket.code} {ticket.state}" if ticket else ""

    @property
    def table(self) -> QueueTable:
        return self.screen.query_one(QueueTable)

    @property
    def codes(self) -> list[str]:
        """The codes in the queue from top to bottom."""
        return [row.ticket.code for row in self.table.rows if row.ticket]

    def row(self, code: str) -> str:
        """The words of a ticket's row."""
        place = self.codes.index(code)
        lines = [line for line in self.table.lines()[STRIP:] if line.ground != "soft"]
        return " ".join(lines[place].text.split())

    def shown(self, which: str) -> str:
        """The words of a drawn widget."""
        return self.screen.query_one(f"#{which}", Drawn).words()

    async def sign_in(self, name: str, counter: str) -> None:
        """Type a name, choose a counter, open it."""
        await self.press(*name, "enter", counter, "enter")

    async def choose(self, code: str) -> None:
        """Go to a ticket of the queue by arrows."""
        for _ in range(len(self.codes) + 1):
            ticket = self.table.ticket
            if ticket and ticket.code == code:
                return
            await self.press("down")
        raise AssertionError(f"{code} can't be reached; the queue is {self.codes}")

    async def click_key(self, letter: str) -> None:
        """Click a key where it is shown."""
        bar = self.screen.query_one(KeyBar)
        for y, line in enumerate(flow(bar.groups, bar.size.width)):
            for _, placed in line:
                if placed and placed.key.key == letter:
                    x = bar.content_region.x + bar.column(placed.start + 1)
                    await self.touch_at(x, bar.content_region.y + y)
                    return
        raise AssertionError(f"no key {letter} in {bar.words()}")

    async def click_row(self, code: str) -> None:
        """Click a ticket that is visible in the queue."""
        table = self.table
        place = next(n for n, row in enumerate(table.rows) if row.ticket and row.ticket.code == code)
        region = table.content_region
        await self.touch_at(region.x + 5, region.y + STRIP + place - table.top)

    async def ticket(self, code: str) -> Ticket:
        """A ticket as the journal has it."""
        found: Ticket = await self.app.recorder.ask(lambda _: self.app.line.find(code))
        return found


def a_line(library: Library, settings: Settings, clock: FixedClock) -> Line:
    """The waiting line as another process of this machine has it; close `line.journal` when done."""
    journal = Journal.open(settings.journal, clock, durable=False)
    return Line(journal, lambda: library.loaded.catalog, clock, settings)


@asynccontextmanager
async def desk(
    library: Library,
    data: Path,
    *,
    size: tuple[int, int] = (100, 30),
    waiting: str = "",
    name: str = "",
    counter: str = "",
    clock: FixedClock | None = None,
    printer: Printer | None = None,
    languages: tuple[str, ...] = (),
    **screen: Any,
) -> AsyncIterator[Desk]:
    """A desk in a folder, with a ticket for each letter of `waiting`, issued a minute apart."""
    settings = plain_settings(data, **screen)
    settings = replace(
        settings, printer=printer or settings.printer, languages=languages or settings.languages
    )
    clock = clock or FixedClock()
    own = replace(library, settings=settings, troubles=[])
    line = a_line(own, settings, clock)
    for letter in waiting:
        line.issue(language="es", service=SERVICES[letter], channel="desk")
        clock.advance(60)
    recorder = Recorder(line.journal)
    app = DeskApp(own, recorder, line, clock, name, counter)
    app.thinker.ready = True
    try:
        with still_timers():
            async with app.run_test(size=size) as pilot:
                found = Desk(app, pilot, clock)  # type: ignore[arg-type]
                await found.settle()
                yield found
    finally:
        recorder.close()
