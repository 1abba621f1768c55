"""Choose a language: every language in its own script; the place is kept."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.geometry import Size

from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.marks import N_
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.touch_list import Item, TouchList


class LanguageScreen(VisitScreen):
    """`starting` is the choice before a visit; otherwise the visit goes on where it was."""

    hint = N_("Touch the language you want to read.")

    def __init__(self, starting: bool = False) -> None:
        super().__init__()
        self.starting = starting

    def body(self) -> ComposeResult:
        metrics = self.metrics
        yield Heading(self.tr("Choose your language"), metrics.heading, id="heading")
        items = [
            Item(LANGUAGES[code].name, code, "speak", sign="✓" if self._is_current(code) else "")
            for code in self.visitor.library.languages
        ]
        room = Size(metrics.inner, metrics.body - max(metrics.heading, 1) - metrics.gap)
        yield TouchList(items, room, columns=metrics.columns, rows=5 if metrics.air else 3, id="list")

    def _is_current(self, code: str) -> bool:
        return not self.starting and code == self.kiosk.language.code

    def press_speak(self, code: str) -> None:
        self.app.pop_screen()
        if self.starting:
            self.visitor.begin_visit(code)
        else:
            self.visit.language = code
            self.visitor.speak(code)
            self.visitor.surveying.reword()

    def press_language(self, value: str) -> None:
        """Already here."""

    def press_start_over(self, value: str) -> None:
        if self.starting:
            self.app.pop_screen()
        else:
            super().press_start_over(value)
