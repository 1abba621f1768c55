"""Export to USB: which day, and which stick."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from textual.app import ComposeResult
from textual.geometry import Size

from kiosk.devices.sticks import Stick, sticks
from kiosk.errors import JournalError
from kiosk.i18n.formats import date_line, number
from kiosk.i18n.marks import N_
from kiosk.i18n.script import wrap
from kiosk.journal import Journal
from kiosk.journal.export_questions import last_day_before
from kiosk.ui.visitor.staff_aside import aside
from kiosk.ui.visitor.staff_page import StaffPage
from kiosk.ui.visitor.staff_pages import UNREADABLE
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.touch_list import Item, TouchList
from kiosk.ui.widgets.words import Words

DAYS = 8
"""Days to choose from."""
LOOK = 1.0
"""Seconds between two looks at which sticks are plugged in."""


class Day(NamedTuple):
    """A business day with events; `revision` is what was last exported of it, 0 for nothing."""

    day: date
    over: bool
    revision: int


def days(journal: Journal, today: date) -> list[Day]:
    """The last days on which anything happened: those that are over, the newest first; then today."""
    revisions: dict[str, int] = {}
    for export in journal.exports():
        revisions[export.day] = max(export.revision, revisions.get(export.day, 0))
    found: list[Day] = []
    day: date | None = today + timedelta(days=1)
    while len(found) < DAYS and day and (day := last_day_before(journal, day)):
        found.append(Day(day, day < today, revisions.get(day.isoformat(), 0)))
    return sorted(found, key=lambda it: (not it.over, -it.day.toordinal()))


class _ChoicePage(StaffPage):
    """A heading, a line of words, and a list to choose from."""

    def choices(self) -> list[Item]:
        """What can be chosen."""
        raise NotImplementedError

    def chosen_from(self, title: str, told: str) -> ComposeResult:
        """The page with a heading and words."""
        metrics, items = self.metrics, self.choices()
        drawn = metrics.heading if metrics.air else 0
        yield Heading(title, drawn, id="heading")
        if told:
            yield Words(told, id="told-0", classes="-told")
        taken = (drawn or len(wrap(title, metrics.inner - 2))) + metrics.air
        taken += (len(wrap(told, metrics.inner - 2)) + metrics.air) if told else 0
        if items:
            room = Size(metrics.inner, metrics.body - taken)
            yield TouchList(items, room, columns=metrics.columns, page=self.list_page, id="list")


class ExportDayScreen(_ChoicePage):
    """1. Which day."""

    hint = N_("Touch the day that you want to carry away.")

    def __init__(self) -> None:
        super().__init__()
        self.days: list[Day] | None = None
        self.problem = ""

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.run_worker(self._ask(), group="days", exclusive=True)

    async def _ask(self) -> None:
        today, before = self.kiosk.clock.day(), self.days
        try:
            self.days = await self.visitor.recorder.ask(lambda journal: days(journal, today))
        except JournalError:
            self.problem = UNREADABLE
        if self.problem or self.days != before:
            self.renew()

    def body(self) -> ComposeResult:
        told = self.tr(self.problem) if self.problem else ""
        if self.days == []:
            told = self.tr("Nothing has been recorded on this machine yet.")
        yield from self.chosen_from(self.tr("Which day?"), told)

    def choices(self) -> list[Item]:
        return [self._item(day) for day in self.days or ()]

    def _item(self, day: Day) -> Item:
        if not day.over:
            detail = self.tr("Today: not over yet")
        elif day.revision:
            detail = self.tr("Exported before, revision {revision}", revision=day.revision)
        else:
            detail = self.tr("Not exported yet")
        name = date_line(day.day, self.kiosk.language.code)
        return Item(name, day.day.isoformat(), "day", detail, sign="✓" if day.revision else "")

    def press_day(self, value: str) -> None:
        self.app.push_screen(ExportStickScreen(date.fromisoformat(value)))


class ExportStickScreen(_ChoicePage):
    """2. Which stick; one that is plugged in meanwhile appears by itself. `root` holds proc, sys and dev."""

    hint = N_("Plug in a USB stick, wait until it is in the list, then touch it.")
    root = Path("/")

    def __init__(self, day: date) -> None:
        super().__init__()
        self.day = day
        self.sticks: list[Stick] | None = None
        self._looking = False

    def on_mount(self) -> None:
        self.set_interval(LOOK, self.look)
        self.look()

    def look(self) -> None:
        """See which sticks there are, unless a look is still under way: one that hangs must not pile up."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look(), group="look")

    async def _look(self) -> None:
        root = self.root
        found = await aside(lambda: sticks(root))
        self._looking = False
        shown, self.sticks = self._items(), found
        if shown != self._items():
            self.renew()

    def body(self) -> ComposeResult:
        day = date_line(self.day, self.kiosk.language.code)
        if self.sticks:
            yield from self.chosen_from(self.tr("Which stick?"), self.tr("To carry away: {day}", day=day))
        else:
            told = self.tr("It appears here by itself a few seconds later.")
            yield from self.chosen_from(self.tr("Plug in a USB stick"), told)

    def choices(self) -> list[Item]:
        return self._items() or []

    def _items(self) -> list[Item] | None:
        """The sticks as they are shown; None before the first look."""
        return None if self.sticks is None else list(map(self._item, self.sticks))

    def _item(self, stick: Stick) -> Item:
        detail = self._free(stick.free_bytes) if stick.writable else self.tr("Can't be written on")
        return Item(stick.label, str(stick.path), "stick", detail, sign="▦")

    def _free(self, size: int) -> str:
        code = self.kiosk.language.code
        if size >= 10**9:
            return self.tr("{size} GB free", size=number(size // 10**9, code))
        return self.tr("{size} MB free", size=number(size // 10**6, code))

    def press_stick(self, path: str) -> None:
        from kiosk.ui.visitor.staff_writing import ExportScreen

        stick = next((stick for stick in self.sticks or () if str(stick.path) == path), None)
        if stick:
            self.app.switch_screen(ExportScreen(self.day, stick, self.root))
