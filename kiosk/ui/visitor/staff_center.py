"""The pages for staff about the center: send everything now, and what the center has signed for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from kiosk.clock import Clock
from kiosk.errors import JournalError, KioskError, SyncError
from kiosk.i18n.formats import clock_time, date_and_time, date_line, number
from kiosk.i18n.marks import N_
from kiosk.journal import Journal
from kiosk.journal.survey_questions import Export
from kiosk.ui.facts import Fact
from kiosk.ui.visitor.staff_aside import aside
from kiosk.ui.visitor.staff_page import TextPage
from kiosk.ui.visitor.staff_pages import UNREADABLE
from kiosk.ui.widgets.target import Target

if TYPE_CHECKING:
    from kiosk.sync.exchange import Done
    from kiosk.sync.status import Standing

log = logging.getLogger(__name__)

LONGEST = 900
"""Seconds that a page which sends stays without a touch."""
SHOWN = 10
"""Days with receipts, and exports, that are listed."""
READ = 2000
"""Receipts that are looked at: there can be one for every ticket."""
FAILED = {
    "unreachable": (
        N_("The center can't be reached"),
        N_("See whether this machine has a network. Nothing is lost: it is sent as soon as it can be."),
    ),
    "not_center": (
        N_("Something else answers instead of the center"),
        N_("The network may want somebody to sign in first. Tell whoever looks after it. Nothing is lost."),
    ),
    "refused": (
        N_("The center does not accept this machine"),
        N_("Tell whoever looks after the center: this machine must be enrolled again. Nothing is lost."),
    ),
    "busy": (
        N_("It is being sent, and takes a while"),
        N_("Look again in a few minutes."),
    ),
    "other": (
        N_("It could not be sent"),
        N_("Please tell whoever looks after the kiosk. Nothing is lost: the kiosk still has everything."),
    ),
}
"""What went wrong, by the reason of SyncError, and what to do."""


class SyncScreen(TextPage):
    """Sends everything once when it opens, where there is a center; then what came of it."""

    hint = N_("Everything recorded here is sent to the center. The page says when it has arrived.")

    def __init__(self) -> None:
        super().__init__()
        self.state = "none"
        self.detail = ""
        self.progress = (0, 0)
        self.done_now: Done | None = None
        self.standing: Standing | None = None
        self.refused = False

    @property
    def patience(self) -> int:  # type: ignore[override]
        """Whoever waits for a slow network does not touch the screen."""
        return LONGEST if self.state == "sending" else 0

    def on_mount(self) -> None:
        self.set_interval(1, self.count)
        self._begin()

    def _begin(self) -> None:
        if (self.visitor.settings.data / "center.json").exists():
            self.state = "sending"
            self.run_worker(self._send(), exclusive=True)
        self.renew()

    def count(self) -> None:
        """Show that it goes on."""
        if self.state == "sending":
            self.say("told-0", self._so_far())

    async def _send(self) -> None:
        try:
            self.done_now, self.standing, self.refused = await aside(self._exchange)
            self.state = "done"
        except SyncError as problem:
            self._note(problem.reason if problem.reason in FAILED else "other", problem)
        except KioskError as problem:
            self._note("other", problem)
        self.visitor.idle.touch()
        self.renew()

    def _note(self, reason: str, problem: KioskError) -> None:
        self.state, self.detail = reason, problem.what
        log.warning("not sent: %s", problem.what)

    def _exchange(self) -> tuple[Done, Standing, bool]:
        """What came of it, how far everything has come, and whether the center would not take something.

        What somebody records meanwhile is not yet there either, and is sent by itself.
        """
        from kiosk.sync.agent import now
        from kiosk.sync.status import read, standing

        app = self.visitor
        journal = app.recorder.journal
        done = now(app.settings, journal, app.clock, self._told)
        return done, standing(journal), bool(done.pushed.held or read(app.settings.data).held)

    def _told(self, done: int, total: int) -> None:
        self.progress = (done, total)

    def headline(self) -> str:
        if self.state in FAILED:
            return self.tr(FAILED[self.state][0])
        if self.state == "sending":
            return self.tr("Sending to the center")
        if self.state == "done":
            return self.tr("Not all was taken") if self.refused else self.tr("Everything is at the center")
        return self.tr("Sync now")

    def told(self) -> Iterable[str]:
        if self.state in FAILED:
            yield self.tr(FAILED[self.state][1])
        elif self.state == "sending":
            yield self._so_far()
        elif self.state == "done":
            yield from self._remarks()
        else:
            yield self.tr("No center is set up on this machine, so there is nothing to send to.")
            yield self.tr("Carry the day on a USB stick instead: touch Export to USB.")

    def _so_far(self) -> str:
        done, total = self.progress
        if not total:
            return self.tr("Please wait.")
        code = self.kiosk.language.code
        return self.tr("Sent so far: {done} of {total}", done=number(done, code), total=number(total, code))

    def _remarks(self) -> Iterator[str]:
        if self.refused:
            yield self.tr("The center would not take some of it. Please tell whoever looks after the center.")
        if self.done_now and self.done_now.moved:
            yield self.tr("This machine was copied from another one. It has its own place at the center now.")

    def facts(self) -> list[Fact]:
        if self.detail:
            return [Fact(self.tr("Details"), (self.detail,), "quiet")]
        found, code = self.standing, self.kiosk.language.code
        if found is None:
            return []
        taken, there = number(found.taken, code), number(found.at_center, code)
        surveys = self.tr("{taken} taken, {there} at the center", taken=taken, there=there)
        facts = [Fact(self.tr("Surveys"), (surveys,))]
        if found.last_receipt:
            when = self.kiosk.clock.local(datetime.fromisoformat(found.last_receipt))
            facts.append(Fact(self.tr("Last receipt"), (date_and_time(when, code),)))
        return facts

    def ways(self) -> list[Target]:
        if self.state == "sending":
            return []
        if self.state == "done":
            return [self.done()]
        done = self.done()
        again = Target(self.tr("Try again"), "again", sign="◆", id="again")
        if self.state == "busy":
            return [done, again]
        done.remove_class("-accent")
        export = Target(self.tr("Export to USB"), "export", sign="→", id="export", classes="-accent")
        return [done, again, export] if self.state in FAILED else [done, export]

    def press_again(self, value: str) -> None:
        self.detail, self.progress = "", (0, 0)
        self._begin()

    def press_export(self, value: str) -> None:
        from kiosk.ui.visitor.staff_export import ExportDayScreen

        self.app.switch_screen(ExportDayScreen())


class Signed(NamedTuple):
    """What the center has signed for on a day of this city, by the network or by stick; the last time."""

    day: date
    via: str
    entries: int
    last: datetime


def signed(journal: Journal, clock: Clock) -> list[Signed]:
    """The receipts of the latest days, the latest first."""
    read = [(clock.local(datetime.fromisoformat(row.at)), row) for row in journal.receipts(READ)]
    found = []
    for (day, via), rows in groupby(
        sorted(read, key=lambda one: (one[0].date(), one[1].via, one[0]), reverse=True),
        key=lambda one: (one[0].date(), one[1].via),
    ):
        listed = list(rows)
        entries = sum(row.last - row.first + 1 for _, row in listed)
        found.append(Signed(day, via, entries, listed[0][0]))
    # The day that reading ended in may have more.
    return found[:-1] if len(read) == READ and len(found) > 1 else found


class ReceiptsScreen(TextPage):
    """What the center has signed for, and what was exported last."""

    hint = N_("The list shows what has arrived at the center and which days were exported, the latest first.")

    def __init__(self) -> None:
        super().__init__()
        self.signed: list[Signed] = []
        self.exports: list[Export] | None = None
        self.problem = ""

    def on_mount(self) -> None:
        self.run_worker(self._ask())

    async def _ask(self) -> None:
        clock = self.kiosk.clock
        try:
            self.signed = await self.visitor.recorder.ask(lambda journal: signed(journal, clock))
            self.exports = await self.visitor.recorder.ask(lambda journal: journal.exports(SHOWN))
        except JournalError:
            self.problem = UNREADABLE
        self.renew()

    def headline(self) -> str:
        return self.tr("Receipts")

    def told(self) -> Iterable[str]:
        if self.problem:
            yield self.tr(self.problem)
        elif self.exports == [] and not self.signed:
            yield self.tr("Nothing has been exported from this machine yet.")
        if self.exports is not None and not self.signed:
            yield self.tr("Receipts of the center appear here once there is one.")

    def facts(self) -> list[Fact]:
        return [*self._receipts(), *map(self._export, self.exports or ())]

    def _receipts(self) -> Iterator[Fact]:
        """A day each, with what came by stick and over the network below each other."""
        for day, found in islice(groupby(self.signed, lambda one: one.day), SHOWN):
            yield Fact(date_line(day, self.kiosk.language.code), tuple(map(self._arrived, found)))

    def _arrived(self, found: Signed) -> str:
        when = clock_time(found.last.time(), self.kiosk.language.code)
        if found.via == "stick":
            return self.trn(
                "{n} entry arrived on a stick, confirmed at {time}",
                "{n} entries arrived on a stick, confirmed at {time}",
                found.entries,
                time=when,
            )
        return self.trn(
            "{n} entry arrived over the network, confirmed at {time}",
            "{n} entries arrived over the network, the last at {time}",
            found.entries,
            time=when,
        )

    def _export(self, export: Export) -> Fact:
        code = self.kiosk.language.code
        when = date_and_time(self.kiosk.clock.local(datetime.fromisoformat(export.made_at)), code)
        told = self.tr("Revision {revision}, exported {when}", revision=export.revision, when=when)
        return Fact(date_line(export.day, code), (told,))
