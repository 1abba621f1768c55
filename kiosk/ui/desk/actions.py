"""What the docent's keys do: each once, one after the other, on the journal's thread, and told in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from kiosk.errors import JournalError, TicketRefused
from kiosk.line.line import new_command
from kiosk.ui.desk import wording
from kiosk.ui.desk.docent import DEEDS, Docent, issue_of, mark_of, step_of
from kiosk.ui.desk.invitations import SAID

if TYPE_CHECKING:
    from kiosk.journal.survey_questions import Unit
    from kiosk.tickets.ticket import Ticket
    from kiosk.ui.desk.app import DeskApp

Done = TypeVar("Done")
Found = Callable[[], "Ticket | None"]
"""Finds the ticket that a key is about, when its turn has come."""
CHOSEN = ("call", "put_back", "left", "void", "mark", "reprint")
"""Actions that are also about a ticket that is chosen in the queue."""
ASKS = ("call", "recall")
"""Actions that ask the center first, where this machine belongs to one."""


class _Said(Exception):
    """Why nothing was done, in words for the docent."""


class Actions:
    """The steps of a docent; a key that is pressed again while it is still at work is not heard."""

    def __init__(self, desk: DeskApp) -> None:
        self._desk = desk
        self._turn = asyncio.Lock()
        self._under_way: set[str] = set()

    def step(self, action: str, whom: Found, value: str = "") -> None:
        """Do what a key does to a ticket."""
        self._start(
            action, lambda who, command: self._step(action, who, self._found(action, whom), value, command)
        )

    async def _step(self, action: str, who: Docent, ticket: Ticket, value: str, command: str) -> str:
        line, tr = self._desk.line, self._desk.messages.tr

        def work() -> tuple[Ticket, Unit | None]:
            # Finished a second time somebody is not asked a second time.
            known = line.journal.survey_unit(ticket.ticket)
            after = DEEDS[action](line, who, ticket, value, command)
            return after, None if known else line.journal.survey_unit(ticket.ticket)

        after, entered = await self._recorded(work, ticket, asks=action in ASKS)
        who.steps.append(step_of(line, who, after))
        who.invitations.add(entered, after.code, self._desk.clock.monotonic())
        if action == "transfer":
            lane = next((lane.name for lane in self._desk.catalog.lanes if lane.id == after.lane), after.lane)
            return tr("{code} waits for {lane} now.", code=after.code, lane=lane)
        return wording.done(action, after, self._desk.messages)

    def next(self) -> None:
        """Call whoever is next."""

        async def call(who: Docent, command: str) -> str:
            line = self._desk.line
            ticket = await self._recorded(lambda: line.next(who.counter, who.staff, command), asks=True)
            who.steps.append(step_of(line, who, ticket))
            return wording.done("next", ticket, self._desk.messages)

        self._start("next", call)

    def undo(self) -> None:
        """Take back the docent's own latest step; one that can't be taken back any more is forgotten."""

        async def take_back(who: Docent, command: str) -> str:
            if not who.steps:
                raise _Said(self._desk.messages.tr("There is nothing to take back."))
            step = who.steps[-1]
            try:
                ticket = await self._recorded(lambda: step.take_back(command))
            except _Said:
                who.steps.pop()
                raise
            who.steps.pop()
            return wording.done("undo", ticket, self._desk.messages)

        self._start("undo", take_back)

    def mark(self, whom: Found, priority: str, interpreter: str) -> None:
        """Choose the order of the call, and an interpreter."""

        async def mark(who: Docent, command: str) -> str:
            line, before = self._desk.line, self._found("mark", whom)
            marked = (before.ticket, priority, interpreter, who.staff, command)
            after = await self._recorded(lambda: line.mark(*marked), before)
            who.steps.append(mark_of(line, who, before))
            return wording.done("mark", after, self._desk.messages)

        self._start("mark", mark)

    def issue(self, service: str, lane: str, language: str, priority: str, interpreter: str) -> None:
        """Give out a ticket, printed where there is a printer."""

        async def issue(who: Docent, command: str) -> str:
            desk, line = self._desk, self._desk.line
            ticket = await self._recorded(
                lambda: line.issue(
                    language=language,
                    service=service,
                    lane=lane,
                    channel="desk",
                    priority=priority,
                    interpreter=interpreter,
                    printing=desk.printing.available,
                    command=command,
                )
            )
            who.steps.append(issue_of(line, who, ticket))
            if desk.printing.available:
                desk.print_ticket(ticket)
            place = await desk.recorder.ask(lambda _: line.place(ticket))
            return wording.issued(ticket, place, desk.messages)

        self._start("issue", issue)

    def reprint(self, whom: Found) -> None:
        """Print a ticket once more."""

        async def reprint(who: Docent, command: str) -> str:
            desk, ticket = self._desk, self._found("reprint", whom)
            if not desk.printing.available:
                raise _Said(desk.messages.tr("There is no printer here."))
            desk.print_ticket(ticket)
            return desk.messages.tr("{code} is printed once more.", code=ticket.code)

        self._start("reprint", reprint)

    def counter(self, state: str) -> None:
        """Open, pause or close the counter."""

        async def change(who: Docent, command: str) -> str:
            desk = self._desk
            await desk.recorder.ask(lambda _: desk.line.counter(who.counter, state, who.staff))
            return desk.messages.tr(wording.COUNTERS[state], counter=who.counter)

        self._start("counter", change)

    def answered(self, service: str, language: str) -> None:
        """Count a question that was answered here; nobody had to wait."""

        async def count(who: Docent, command: str) -> str:
            desk, given = self._desk, (service, language, who.counter, who.staff, command)
            unit = await desk.recorder.ask(lambda _: desk.line.answered(*given))
            who.invitations.add(unit, unit.code, desk.clock.monotonic())
            today = sum(desk.sight.answered.values()) + 1 if desk.sight else 1
            return desk.messages.trn(
                "Answered: {n} question at the desk today.",
                "Answered: {n} questions at the desk today.",
                today,
            )

        self._start("answered", count)

    def survey(self, outcome: str, unit: str) -> None:
        """Note that somebody was asked to the survey (`invited`), or was and said no (`declined`)."""
        desk, survey, docent = self._desk, self._desk.line.survey, self._desk.docent
        asked = docent.invitations.meant(unit, desk.clock.monotonic()) if docent else None
        if asked is None:
            return

        async def note(who: Docent, command: str) -> str:
            def work() -> None:
                survey.invite(unit, "desk")
                if outcome == "declined":
                    survey.decline(unit)

            await desk.recorder.ask(lambda journal: journal.decide(work))
            who.invitations.drop([unit], desk.clock.monotonic())
            return desk.messages.tr(SAID[outcome], number=asked.number)

        self._start("survey", note)

    def doubt(self, service: str, fact: str, words: str) -> None:
        """Note that a fact of the catalogue is wrong."""

        async def note(who: Docent, command: str) -> str:
            desk, given = self._desk, (service, fact, who.staff, words, command)
            await desk.recorder.ask(lambda _: desk.line.doubt(*given))
            return desk.messages.tr("Noted for whoever looks after the catalogue. Thank you.")

        self._start("doubt", note)

    def end_day(self) -> None:
        """Clear the lines of today."""

        async def end(who: Docent, command: str) -> str:
            desk = self._desk
            ended = await desk.recorder.ask(lambda _: desk.line.close_day())
            who.steps.clear()
            return desk.messages.trn(
                "The day is closed: {n} ticket was ended.",
                "The day is closed: {n} tickets were ended.",
                ended,
            )

        self._start("day_end", end)

    def _found(self, action: str, whom: Found) -> Ticket:
        ticket = whom()
        if ticket is None:
            words = wording.CHOOSE_FIRST if action in CHOSEN else wording.NOBODY_HERE
            raise _Said(self._desk.messages.tr(words))
        return ticket

    async def _recorded(
        self, work: Callable[[], Done], ticket: Ticket | None = None, asks: bool = False
    ) -> Done:
        """Carry a command out; raises _Said where it is not possible now.

        One that `asks` the center waits for it on a thread of its own; the journal's is free meanwhile.
        """
        desk = self._desk
        try:
            if asks and desk.line.claims is not None:
                return await asyncio.to_thread(work)
            return await desk.recorder.ask(lambda _: work())
        except TicketRefused as problem:
            await desk.reread()
            if desk.sight is None or desk.docent is None:
                raise _Said("") from problem
            now = (desk.sight.ticket(ticket.ticket) or ticket) if ticket else None
            counter, messages = desk.docent.counter, desk.messages
            words = wording.refused(problem, now, desk.sight, counter, desk.now, messages)
            raise _Said(words) from problem

    def _start(self, action: str, work: Callable[[Docent, str], Awaitable[str]]) -> None:
        if action not in self._under_way and self._desk.docent is not None:
            self._under_way.add(action)
            self._desk.run_worker(self._carry_out(action, self._desk.docent, work))

    async def _carry_out(
        self, action: str, who: Docent, work: Callable[[Docent, str], Awaitable[str]]
    ) -> None:
        desk = self._desk
        try:
            async with self._turn:
                said = await work(who, new_command())
                await desk.reread()
            desk.tell(said)
        except _Said as reason:
            desk.tell(str(reason), refused=True)
        except JournalError as problem:
            desk.tell(problem.what, refused=True)
        finally:
            self._under_way.discard(action)
