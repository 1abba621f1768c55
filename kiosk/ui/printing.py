"""Printing from a screen: on a thread of its own, one job for a ticket at a time, the outcome recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING

from kiosk.errors import KioskError

if TYPE_CHECKING:
    from kiosk.devices.printer import Outcome, Printer
    from kiosk.devices.slip import Slip
    from kiosk.line.line import Line
    from kiosk.settings import Settings
    from kiosk.tickets.ticket import Ticket
    from kiosk.ui.recorder import Recorder

log = logging.getLogger(__name__)


class Printing:
    """The machine's printer as the screens use it; the font libraries are loaded by the first job.

    A job goes on when the screen that asked for it has been left.
    """

    def __init__(self, settings: Settings, recorder: Recorder, line: Line) -> None:
        self.available = settings.printer.kind != "none"
        self.trouble = ""
        """Why the last job did not come out, for staff."""
        self._settings = settings.printer
        self._recorder = recorder
        self._line = line
        self._jobs: dict[str, asyncio.Task[Outcome]] = {}

    @property
    def busy(self) -> bool:
        """Whether anything is being printed now."""
        return bool(self._jobs)

    async def ticket(self, ticket: Ticket, slip: Slip) -> Outcome:
        """Print a ticket and record what came of it; while it is being printed, the outcome of that job."""

        def record(outcome: Outcome) -> None:
            self._line.printed(ticket.ticket, outcome.ok, outcome.fault)

        return await self._once(ticket.ticket, lambda: self._carry_out(slip, record))

    async def page(self, visit: str, service: str, slip: Slip) -> Outcome:
        """Print a service's page and record what came of it; one job at a time for a visit and a service."""

        def record(outcome: Outcome) -> None:
            body = {"visit": visit, "service": service, "fault": outcome.fault}
            self._recorder.record("page.printed", body | {"outcome": "ok" if outcome.ok else "failed"})

        return await self._once(f"{visit} {service}", lambda: self._carry_out(slip, record))

    async def invitation(self, unit: str, slip: Slip) -> Outcome:
        """Print an invitation to the survey, one at a time for somebody; that they were invited is recorded
        by who hands it over.
        """
        return await self._once(f"invitation {unit}", lambda: self._carry_out(slip))

    async def finish(self) -> None:
        """Wait until nothing is being printed any more."""
        while self._jobs:
            await asyncio.wait(self._jobs.values())

    async def _once(self, job: str, work: Callable[[], Coroutine[None, None, Outcome]]) -> Outcome:
        """Start a job unless the same one is under way; who waits may go away, the job goes on."""
        task = self._jobs.get(job)
        if task is None:
            task = self._jobs[job] = asyncio.create_task(work())
            task.add_done_callback(lambda _: self._jobs.pop(job, None))
        return await asyncio.shield(task)

    async def _carry_out(self, slip: Slip, record: Callable[[Outcome], None] | None = None) -> Outcome:
        outcome = await self._print(slip)
        self.trouble = "" if outcome.ok else f"The printer does not print: {outcome.fault} {outcome.detail}"
        if record is None:
            return outcome
        try:
            await self._recorder.ask(lambda _: record(outcome))
        except KioskError as problem:
            # The slip is out, or is not; the visitor is told that, and staff the rest.
            log.error("not recorded: %s", problem)
        return outcome

    async def _print(self, slip: Slip) -> Outcome:
        """Hand a slip to the printer, on a thread that can't keep the app from ending while it hangs."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Outcome] = loop.create_future()

        def work() -> None:
            outcome = self._print_now(slip)
            # The app may have been closed meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(done.set_result, outcome)

        Thread(target=work, name="printer", daemon=True).start()
        return await done

    def _print_now(self, slip: Slip) -> Outcome:
        from kiosk.devices import lettering
        from kiosk.devices.printer import Outcome

        try:
            return self._printer.print_slip(slip)
        except KioskError as problem:
            return Outcome(False, "error", str(problem))
        except Exception as problem:
            # Whatever it is: the visitor reads the number on screen, and goes on.
            log.exception("a slip could not be printed")
            return Outcome(False, "error", type(problem).__name__)
        finally:
            # It remembers lines, and with them a visitor's number.
            lettering.write.cache_clear()

    @cached_property
    def _printer(self) -> Printer:
        from kiosk.devices.printer import Printer

        return Printer(self._settings)
