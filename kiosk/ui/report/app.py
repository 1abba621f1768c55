"""The scorecard on a terminal: bars for staff, by keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from kiosk.ui.base import KioskApp
from kiosk.ui.report.screens import VIEWS, GroupsScreen, OverviewScreen, ReportScreen, StatementScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from kiosk.clock import Clock
    from kiosk.i18n.messages import Messages
    from kiosk.settings import Settings
    from kiosk.survey.scorecard import GroupTable, Scorecard

Load = Callable[[str], Sequence["GroupTable"]]
"""Makes the tables of one of `scorecard.GROUPINGS`."""
FIRST = "service"
"""What figures are grouped by until another is chosen."""


class ReportApp(KioskApp):
    """Shows one scorecard, in the language of its texts.

    `load` is asked once for the tables that the scorecard has not got; `by` is the grouping to begin with.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/base.tcss", "../styles/report.tcss"]

    def __init__(
        self,
        card: Scorecard,
        settings: Settings,
        clock: Clock,
        messages: Messages,
        mark: str = "◆",
        by: str = "",
        load: Load | None = None,
    ) -> None:
        super().__init__(settings, clock, messages, card.practice)
        self.card = card
        self.mark = mark
        self.by = by or FIRST
        self._begins_grouped = bool(by)
        self._load = load
        self._tables: dict[str, Sequence[GroupTable]] = {}
        for table in card.groups:
            self._tables[table.by] = [*self._tables.get(table.by, ()), table]
        self._statement = ""

    def get_default_screen(self) -> Screen[None]:
        return OverviewScreen()

    def on_mount(self) -> None:
        super().on_mount()
        if self._begins_grouped:
            self.show(GroupsScreen.NAME)

    def _view(self, name: str) -> ReportScreen:
        if name == GroupsScreen.NAME:
            return GroupsScreen(self.by, self._statement)
        return next(view for view in VIEWS if name == view.NAME)()

    def tables(self, by: str) -> Sequence[GroupTable]:
        """The tables of a grouping, each made once."""
        if by not in self._tables:
            self._tables[by] = self._load(by) if self._load else ()
        return self._tables[by]

    def show(self, name: str) -> None:
        """Show a view; the overview lies below all others, of which one is open at a time."""
        if isinstance(self.screen, StatementScreen):
            self.pop_screen()
        if isinstance(self.screen, ReportScreen) and name == self.screen.NAME:
            return
        if name == OverviewScreen.NAME:
            self.pop_screen()
        elif len(self.screen_stack) > 1:
            self.switch_screen(self._view(name))
        else:
            self.push_screen(self._view(name))

    def step(self, by: int) -> None:
        """Show the next view, or the one before."""
        names = [view.NAME for view in VIEWS]
        here = self.screen.NAME if isinstance(self.screen, ReportScreen) else ""
        if here in names:
            self.show(names[(names.index(here) + by) % len(names)])

    def open_statement(self, statement: str) -> None:
        """Show everything about one statement."""
        self._statement = statement
        self.push_screen(StatementScreen(statement))

    def remember_statement(self, statement: str) -> None:
        """The statement that was looked at last; the groups begin with it, the overview goes to it."""
        self._statement = statement
        for screen in self.screen_stack:
            if isinstance(screen, OverviewScreen):
                screen.chart.choose(statement)


def run(
    card: Scorecard,
    settings: Settings,
    clock: Clock,
    messages: Messages,
    mark: str = "◆",
    by: str = "",
    load: Load | None = None,
) -> int:
    """Show a scorecard until staff leave; returns the exit status, 0 unless something went wrong."""
    app = ReportApp(card, settings, clock, messages, mark, by, load)
    app.run()
    return app.return_code or 0
