"""Export to USB: writing the day; then what was written, or what went wrong and what to do."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.devices.sticks import Stick, sticks
from kiosk.errors import ExportError, KioskError
from kiosk.i18n.formats import date_line, number
from kiosk.i18n.marks import N_
from kiosk.ui.facts import Fact
from kiosk.ui.visitor.staff_aside import aside
from kiosk.ui.visitor.staff_page import TextPage
from kiosk.ui.widgets.target import Target

if TYPE_CHECKING:
    from kiosk.export.day import Exported

log = logging.getLogger(__name__)

LONGEST = 900
"""Seconds that a page which writes stays without a touch."""
FAILED = {
    "full": (
        N_("The stick is full"),
        N_("Take another stick, or delete from this one on another computer what is not needed."),
    ),
    "read_only": (
        N_("The stick can't be written on"),
        N_("If it has a small switch on its side, slide it back. Else take another stick."),
    ),
    "gone": (
        N_("The stick was pulled out too early"),
        N_("Plug it in again and export again. Nothing is lost: the kiosk still has everything."),
    ),
    "busy": (
        N_("Something else is being written to the stick"),
        N_("Wait a minute, then try again."),
    ),
    "too_large": (
        N_("The stick can't hold so large a file"),
        N_("Take another stick, best one formatted with exFAT."),
    ),
    "other": (
        N_("The day could not be written"),
        N_("Take another stick and try again. Nothing is lost: the kiosk still has everything."),
    ),
    "journal": (
        N_("The day could not be put together"),
        N_("Please tell whoever looks after the kiosk. Nothing was changed."),
    ),
}
"""What went wrong, by the reason of ExportError or `journal`, and what to do."""


class ExportScreen(TextPage):
    """3. Writing, and 4. what came of it. The writing goes on beside the screen."""

    hint = N_("Leave the stick in until the page says that you may pull it out.")

    def __init__(self, day: date, stick: Stick, root: Path) -> None:
        super().__init__()
        self.day = day
        self.stick = stick
        self.root = root
        self.written: Exported | None = None
        self.failed = ""
        self.detail = ""
        self.seconds = 0

    @property
    def writing(self) -> bool:
        """Whether it is not known yet what came of it."""
        return self.written is None and not self.failed

    @property
    def patience(self) -> int:  # type: ignore[override]
        """Whoever waits for a slow stick does not touch the screen."""
        return LONGEST if self.writing else 0

    def on_mount(self) -> None:
        self.set_interval(1, self.count)
        self.run_worker(self._export())

    def count(self) -> None:
        """Show that it goes on."""
        if self.writing:
            self.seconds += 1
            self.say("told-1", self._since())

    async def _export(self) -> None:
        try:
            self.written = await aside(self._write)
        except ExportError as problem:
            self._note(problem.reason if problem.reason in FAILED else "other", problem)
        except KioskError as problem:
            self._note("journal", problem)
        except OSError as problem:
            self._note("gone", problem)
        self.visitor.idle.touch()
        self.renew()

    def _note(self, reason: str, problem: Exception) -> None:
        self.failed, self.detail = reason, getattr(problem, "what", "") or str(problem)
        log.warning("the day %s was not exported: %s", self.day, problem)

    def _write(self) -> Exported:
        """Write the day, have the system write everything out, and look whether the stick is still there."""
        from kiosk.export.day import export

        if not self.stick.writable:
            raise ExportError("read_only", f"{self.stick.path} may not be written to")
        app = self.visitor
        journal = app.recorder.journal
        done = export(
            journal,
            app.library.loaded.catalog,
            app.clock,
            self.day,
            self.stick.path,
            practice=journal.practice,
        )
        os.sync()
        there = any(stick.path == self.stick.path for stick in sticks(self.root))
        if not there or not (done.path and done.path.exists()):
            raise ExportError("gone", f"{self.stick.path} is not there any more")
        return done

    def headline(self) -> str:
        if self.failed:
            return self.tr(FAILED[self.failed][0])
        if self.written:
            return self.tr("Done. You may pull out the stick.")
        return self.tr("Writing to the stick")

    def told(self) -> Iterable[str]:
        if self.failed:
            yield self.tr(FAILED[self.failed][1])
        elif self.written is None:
            yield self.tr("Please wait, and leave the stick in.")
            yield self._since()
        else:
            yield from self._remarks(self.written)

    def _since(self) -> str:
        return self.trn("{n} second so far", "{n} seconds so far", self.seconds)

    def _remarks(self, written: Exported) -> Iterable[str]:
        if self.kiosk.practice:
            yield self.tr("These are invented visits, for practice; every file says so.")
        if written.receipts:
            yield self.trn(
                "{n} receipt of the center was on the stick, and was read.",
                "{n} receipts of the center were on the stick, and were read.",
                written.receipts,
            )
        if written.already_there:
            yield self.tr("The stick already had all of it; nothing has changed since.")
        if written.unfinished:
            yield self.tr("The day is not over yet. Export it again tomorrow: that will be a new revision.")

    def facts(self) -> list[Fact]:
        if self.written is None:
            return [Fact(self.tr("Details"), (self.detail,), "quiet")] if self.detail else []
        code, written = self.kiosk.language.code, self.written
        return [
            Fact(self.tr("Day"), (date_line(written.day, code),)),
            Fact(self.tr("Surveys"), (number(written.responses, code),)),
            Fact(self.tr("Revision"), (number(written.revision, code),)),
            Fact(self.tr("Stick"), (self.stick.label,)),
            Fact(self.tr("Folder"), (written.path.name if written.path else "",)),
        ]

    def ways(self) -> list[Target]:
        if self.writing:
            return []
        if not self.failed:
            return [self.done()]
        again = Target(self.tr("Try again"), "again", sign="→", id="again", classes="-accent")
        return [Target(self.tr("Not now"), "done", id="done"), again]

    def press_again(self, value: str) -> None:
        from kiosk.ui.visitor.staff_export import ExportStickScreen

        screen = ExportStickScreen(self.day)
        screen.root = self.root
        self.app.switch_screen(screen)

    def press_back(self, value: str) -> None:
        """While it writes there is no way out: nobody shall pull out the stick unawares."""
        if not self.writing:
            super().press_back(value)

    def press_start_over(self, value: str) -> None:
        if not self.writing:
            super().press_start_over(value)
