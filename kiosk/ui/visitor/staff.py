"""Behind the corner gesture: a PIN, then what needs attention, the day's numbers and what staff can do."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from kiosk.errors import JournalError
from kiosk.i18n.marks import N_
from kiosk.i18n.script import wrap
from kiosk.ui import pin
from kiosk.ui.base import AGAIN
from kiosk.ui.visitor.staff_page import WAYS, StaffPage
from kiosk.ui.visitor.staff_today import Today, count, flowing, lines
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words


class PinScreen(StaffPage):
    """Digits only; wrong PINs close the pad for a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""

    def body(self) -> ComposeResult:
        yield Heading(self.tr("Staff only"), 0, id="heading")
        yield Words(self.tr("Enter the PIN"), id="pin-shown")
        with Vertical(id="pad"):
            for row in ("123", "456", "789"):
                yield Horizontal(*(Target(digit, "digit", digit, repeats=True) for digit in row))
            yield Horizontal(
                Target(self.tr("Erase"), "erase", repeats=True),
                Target("0", "digit", "0", repeats=True),
                Target(self.tr("Enter"), "enter", classes="-accent"),
            )

    def press_digit(self, digit: str) -> None:
        self.typed = (self.typed + digit)[:12]
        self._show("●" * len(self.typed))

    def press_erase(self, value: str) -> None:
        self.typed = self.typed[:-1]
        self._show("●" * len(self.typed))

    def press_enter(self, value: str) -> None:
        typed, self.typed = self.typed, ""
        gate = self.visitor.staff_gate
        if gate.closed:
            self._show(self.tr("Too many wrong PINs. Please wait a minute."))
        elif pin.matches(self.visitor.settings.data, typed):
            gate.passed()
            self.app.switch_screen(StaffScreen())
        else:
            gate.failed()
            self._show(self.tr("That is not the PIN."))

    def _show(self, words: str) -> None:
        self.say("pin-shown", words or self.tr("Enter the PIN"))

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character.isdigit():
            self.press_digit(event.character)
        elif event.key == "backspace":
            self.press_erase("")
        elif event.key == "enter" and self.focused is None:
            self.press_enter("")


TASKS = (
    ("export", N_("Export to USB"), "→"),
    ("close", N_("Close the day"), "●"),
    ("sync", N_("Sync now"), "◆"),
    ("receipts", N_("Receipts"), "▤"),
    ("printer", N_("Printer test"), "▦"),
    ("volume", N_("Volume"), "♪"),
    ("restart", N_("Restart"), "○"),
    ("leave", N_("Leave the kiosk"), "✕"),
)
"""What staff can do: the action, its words, its sign."""
ATTENTION = ("attention", N_("What needs attention"), "?")
SIDE = 2
"""Tasks side by side, at every size."""
FEW = 6
"""Lines of what needs attention that are shown even where not all tasks stand on one page then."""
TALLEST = 5
"""Rows of a task where there is room."""


class StaffScreen(StaffPage):
    """What needs attention, the numbers of today, and what staff can do."""

    hint = N_("This page is for staff. Touch what you want to do; Back leads to the first screen.")

    def __init__(self) -> None:
        super().__init__()
        self.today: Today | None = None
        self._troubles: list[str] = []
        self.turned = 0

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.run_worker(self._count(), group="count", exclusive=True)

    async def _count(self) -> None:
        day = self.kiosk.clock.day()
        try:
            found = await self.visitor.recorder.ask(lambda journal: count(journal, day))
        except JournalError as problem:
            self.visitor.recorder.trouble = str(problem)
            found = self.today or Today()
        before, self.today = self._numbers(), found
        # Composed again only if something below moves: nothing else may give way under a finger.
        same = self._troubles == self.visitor.troubles()
        if same and self._numbers().count("\n") == before.count("\n"):
            self.say("numbers", self._numbers())
        else:
            self.renew()

    def _numbers(self) -> str:
        return flowing(lines(self.today or Today(), self.kiosk.messages), self.metrics.inner - 2)

    def body(self) -> ComposeResult:
        self._troubles = self.visitor.troubles()
        metrics, found = self.metrics, "\n".join(self._troubles)
        drawn, width = metrics.heading if metrics.air and not found else 0, metrics.inner - 2
        numbers = self._numbers()
        taken = max(drawn, 1) + len(wrap(numbers, width)) + 3 * metrics.air
        shown = wrap(found or self.tr("Nothing needs attention."), width)
        most = self._most(metrics.body - taken)
        yield Heading(self.tr("Staff"), drawn, id="heading")
        yield Words("\n".join(shown[:most]), id="troubles", classes="-told")
        yield Words(numbers, id="numbers", classes="-told -quiet")
        tasks = [ATTENTION, *TASKS] if len(shown) > most else list(TASKS)
        yield from self._grid(tasks, metrics.body - taken - min(len(shown), most))

    def _most(self, room: int) -> int:
        """Lines for what needs attention: what all tasks leave, else a few beside some of the tasks."""
        step = WAYS + self.metrics.gap
        all_rows = -(-(len(TASKS) + 1) // SIDE)
        return max(room - all_rows * step, min(FEW, room - 2 * step - WAYS), 1)

    def _grid(self, tasks: list[tuple[str, str, str]], room: int) -> Iterator[Widget]:
        """The tasks in so many rows; where they don't fit, one target turns them."""
        gap = self.metrics.gap
        pages = [tasks]
        if self._height(tasks, room) < WAYS:
            size = max((room - WAYS) // (WAYS + gap), 1) * SIDE
            pages = [tasks[first : first + size] for first in range(0, len(tasks), size)]
        # An odd number of rows: the words stand in the middle.
        height = (min(max(self._height(tasks, room), WAYS), TALLEST) - 1) // 2 * 2 + 1
        page = pages[self.turned % len(pages)]
        for first in range(0, len(page), SIDE):
            row = Horizontal(*self.sided([self._target(*task) for task in page[first : first + SIDE]]))
            row.add_class("-tasks")
            row.styles.height = height
            yield row
        if len(pages) > 1:
            number = self.turned % len(pages) + 1
            more = self.tr("More ({page} of {pages})", page=number, pages=len(pages))
            yield Target(more, "more", sign="▸", id="more")

    def _height(self, tasks: list[tuple[str, str, str]], room: int) -> int:
        """Rows for each task if all stand on one page."""
        count = -(-len(tasks) // SIDE)
        return (room + self.metrics.gap) // count - self.metrics.gap

    def _target(self, action: str, words: str, sign: str) -> Target:
        look = "-item -accent" if action == "export" else "-item"
        return Target(self.tr(words), action, sign=sign, id=action, classes=look)

    def press_more(self, value: str) -> None:
        self.turned += 1
        self.renew()

    def press_attention(self, value: str) -> None:
        from kiosk.ui.visitor.staff_pages import AttentionScreen

        self.app.push_screen(AttentionScreen())

    def press_export(self, value: str) -> None:
        from kiosk.ui.visitor.staff_export import ExportDayScreen

        self.app.push_screen(ExportDayScreen())

    def press_sync(self, value: str) -> None:
        from kiosk.ui.visitor.staff_center import SyncScreen

        self.app.push_screen(SyncScreen())

    def press_receipts(self, value: str) -> None:
        from kiosk.ui.visitor.staff_center import ReceiptsScreen

        self.app.push_screen(ReceiptsScreen())

    def press_printer(self, value: str) -> None:
        from kiosk.ui.visitor.staff_pages import PrinterScreen

        self.app.push_screen(PrinterScreen())

    def press_close(self, value: str) -> None:
        from kiosk.ui.visitor.staff_pages import CloseDayScreen

        self.app.push_screen(CloseDayScreen())

    def press_volume(self, value: str) -> None:
        from kiosk.ui.visitor.staff_volume import VolumeScreen

        self.app.push_screen(VolumeScreen())

    def press_restart(self, value: str) -> None:
        """The supervisor starts the app again at once."""
        self.app.exit(return_code=AGAIN)

    def press_leave(self, value: str) -> None:
        self.visitor.leave()
