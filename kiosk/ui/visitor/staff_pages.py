"""The short pages for staff: what needs attention, the printer, the end of the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from kiosk.errors import JournalError
from kiosk.i18n.marks import N_
from kiosk.journal import Journal
from kiosk.line.line import Line
from kiosk.tickets.ticket import CALLED, HOLD, SERVING, WAITING
from kiosk.ui.facts import Fact
from kiosk.ui.visitor.staff_aside import aside
from kiosk.ui.visitor.staff_page import TextPage
from kiosk.ui.widgets.target import Target

UNREADABLE = N_("The journal can't be read now. Please try again.")


class AttentionScreen(TextPage):
    """Everything that staff should look after, where the first page has no room for it."""

    hint = N_("Read what is wrong and what to do about it.")

    def headline(self) -> str:
        return self.tr("What needs attention")

    def facts(self) -> list[Fact]:
        return [Fact("", tuple(trouble.split("\n"))) for trouble in self.visitor.troubles()]


TESTED = {
    "none": (N_("No printer is set"), N_("In kiosk.toml, set kind and address under [printer].")),
    "pending": (N_("The test is printing"), N_("It takes a few seconds.")),
    "ok": (
        N_("The test came out"),
        N_("Every language must be easy to read, and a phone must read the code."),
    ),
    "no_paper": (
        N_("The printer has no paper"),
        N_("Put in a new roll, close the cover, and try again."),
    ),
    "cover_open": (N_("The printer's cover is open"), N_("Close it until it clicks, and try again.")),
    "offline": (
        N_("The printer can't be reached"),
        N_("See that it is switched on and that its cable is in at both ends. Then try again."),
    ),
    "no_answer": (
        N_("The printer stopped answering"),
        N_("Switch it off and on again, take off what has come out, and try again."),
    ),
    "error": (
        N_("The printer reports an error"),
        N_("Look for a blinking light and for jammed paper. Then try again."),
    ),
}
"""What became of the test, by its fault, and what to do."""


class PrinterScreen(TextPage):
    """Prints the test slip once when it opens; `state` is a key of TESTED."""

    hint = N_("A test comes out of the printer. The page says whether it did.")

    def __init__(self) -> None:
        super().__init__()
        self.state = "pending"
        self.detail = ""

    def on_mount(self) -> None:
        self._print()

    def _print(self) -> None:
        self.state = "pending" if self.visitor.printing.available else "none"
        if self.state == "pending":
            self.run_worker(self._job(), exclusive=True)
        self.renew()

    async def _job(self) -> None:
        from kiosk.devices.printer import Printer
        from kiosk.devices.sample import sample_slip

        settings = self.visitor.settings
        outcome = await aside(lambda: Printer(settings.printer).print_slip(sample_slip(settings)))
        self.state, self.detail = outcome.fault or "ok", outcome.detail
        if outcome.ok:
            self.visitor.printing.trouble = ""
        self.renew()

    def headline(self) -> str:
        return self.tr(TESTED[self.state][0])

    def told(self) -> Iterable[str]:
        yield self.tr(TESTED[self.state][1])

    def facts(self) -> list[Fact]:
        """What the system said, in its own words."""
        return [Fact(self.tr("Details"), (self.detail,), "quiet")] if self.detail else []

    def ways(self) -> list[Target]:
        if self.state in ("none", "pending"):
            return [self.done()]
        return [Target(self.tr("Print again"), "again", sign="▤", id="again"), self.done()]

    def press_again(self, value: str) -> None:
        self._print()


class Ending(NamedTuple):
    """Whom the end of the day meets: people in lines that end, and those in lines kept overnight."""

    waiting: int
    called: int
    served: int
    kept: int


def ending(line: Line) -> Ending:
    """Count the people in the lines now; raises JournalError."""
    overnight = {lane.id for lane in line.view.catalog().lanes if lane.keeps_overnight}
    live = line.journal.tickets_live()
    states = Counter(ticket.state for ticket in live if ticket.lane not in overnight)
    kept = sum(ticket.lane in overnight and ticket.state in (WAITING, HOLD) for ticket in live)
    return Ending(states[WAITING] + states[HOLD], states[CALLED], states[SERVING], kept)


class CloseDayScreen(TextPage):
    """One question that says what will happen; then what did."""

    hint = N_("Close the day when everybody has gone home.")

    def __init__(self) -> None:
        super().__init__()
        self.ending: Ending | None = None
        self.ended: int | None = None
        self.problem = ""

    def on_mount(self) -> None:
        self.run_worker(self._ask())

    async def _ask(self) -> None:
        line = self.visitor.line
        try:
            self.ending = await self.visitor.recorder.ask(lambda journal: ending(line))
        except JournalError:
            self.problem = UNREADABLE
        self.renew()

    def headline(self) -> str:
        return self.tr("Close the day?") if self.ended is None else self.tr("The day is closed")

    def told(self) -> Iterable[str]:
        if self.problem:
            yield self.tr(self.problem)
        elif self.ended is not None:
            yield self._did(self.ended)
        elif self.ending is not None:
            yield from self._will(self.ending)

    def _will(self, found: Ending) -> Iterable[str]:
        trn = self.trn
        if not any(found[:3]):
            yield self.tr("Nobody is waiting.")
        if found.waiting:
            yield trn(
                "{n} person is still waiting and will be marked as left.",
                "{n} people are still waiting and will be marked as left.",
                found.waiting,
            )
        if found.called:
            yield trn(
                "{n} person was called and has not come; they will be marked as not here.",
                "{n} people were called and have not come; they will be marked as not here.",
                found.called,
            )
        if found.served:
            yield trn(
                "{n} person is being served; they will be marked as finished.",
                "{n} people are being served; they will be marked as finished.",
                found.served,
            )
        if found.kept:
            yield trn(
                "{n} person keeps their place until tomorrow.",
                "{n} people keep their places until tomorrow.",
                found.kept,
            )

    def _did(self, ended: int) -> str:
        if not ended:
            return self.tr("Nobody was waiting.")
        return self.trn("{n} ticket was ended.", "{n} tickets were ended.", ended)

    def ways(self) -> list[Target]:
        if self.ending is None or self.ended is not None:
            return [self.done()]
        close = Target(self.tr("Close the day"), "close", sign="✓", id="close", classes="-accent")
        return [Target(self.tr("Not now"), "done", id="done"), close]

    def press_close(self, value: str) -> None:
        self.run_worker(self._close(), group="close", exclusive=True)

    async def _close(self) -> None:
        line = self.visitor.line

        def work(journal: Journal) -> int:
            return line.close_day()

        try:
            self.ended, self.problem = await self.visitor.recorder.ask(work), ""
        except JournalError as problem:
            self.visitor.recorder.trouble = str(problem)
            self.problem = N_("The day could not be closed. Please try again.")
        self.renew()
