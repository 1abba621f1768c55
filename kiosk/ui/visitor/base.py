"""What every screen of a visit has: the bars, and the four ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.ui.base import KioskScreen
from kiosk.ui.widgets.bars import BottomBar, TopBar
from kiosk.ui.widgets.touch_list import TouchList

if TYPE_CHECKING:
    from kiosk.ui.visitor.app import VisitorApp
    from kiosk.ui.visitor.visit import Visit


class VisitorScreen(KioskScreen):
    """A screen of the visitor app; `hint` is what Help says about it.

    It stays `patience` seconds at least without a touch before the visitor is asked.
    """

    hint = ""
    patience = 0

    @property
    def visitor(self) -> VisitorApp:
        return cast("VisitorApp", self.app)

    @property
    def visit(self) -> Visit:
        return self.visitor.visit


class VisitScreen(VisitorScreen):
    """A screen between the bars; `list_page` is the page of its list, kept in another language or size."""

    list_page = 0

    @property
    def top_bar(self) -> bool:
        """Whether there is room for the bar above."""
        return True

    def compose(self) -> ComposeResult:
        self.remember()
        city = self.visitor.catalog.city
        if self.top_bar:
            yield TopBar(city.mark, city.name)
        with Vertical(id="body"):
            yield from self.body()
        yield BottomBar()

    def record_unanswered(self) -> None:
        """The visit ends here: keep what was asked and not answered."""

    def press_back(self, value: str) -> None:
        self.app.pop_screen()

    def press_start_over(self, value: str) -> None:
        self.visitor.end_visit("start_over")

    def press_language(self, value: str) -> None:
        from kiosk.ui.visitor.language import LanguageScreen

        self.app.push_screen(LanguageScreen())

    def press_help(self, value: str) -> None:
        from kiosk.ui.visitor.help import HelpScreen

        self.app.push_screen(HelpScreen(self.hint))

    def press_page(self, page: str) -> None:
        """Turn the page of the screen's list."""
        self.list_page = int(page)
        for items in self.query(TouchList):
            items.turn(int(page))

    def action_escape(self) -> None:
        self.press_back("")
