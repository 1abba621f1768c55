"""The survey alone, as at a staff desk: the visitor app with another first screen."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size
from textual.screen import Screen

from kiosk.i18n.marks import N_
from kiosk.survey.conduct import About
from kiosk.ui.visitor.app import VisitorApp
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.survey import InviteScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.touch_list import Item, TouchList


class StationScreen(AttractScreen):
    """The first screen: every language leads to the survey."""

    def welcome(self) -> str:
        return self.visitor.library.messages(self.code).tr("How did it go?")

    def more(self) -> list[Target]:
        return [self.contrast()]


class StationApp(VisitorApp):
    """A visit is a survey; of an `employee` of the City it is about a department that helped them."""

    MODES = {"attract": StationScreen}

    def __init__(self, *parts: Any, audience: str = "visitor") -> None:
        super().__init__(*parts)
        self.audience = audience

    def begin_visit(self, code: str) -> None:
        """Somebody has chosen a language."""
        self._start(code)
        self._enter(DepartmentScreen if self.audience == "employee" else self.feedback)

    def feedback(self, department: str = "") -> Screen[Any]:
        """The promise of a short survey; it is never an invitation."""
        return InviteScreen(About("served", audience=self.audience, department=department))


class DepartmentScreen(VisitScreen):
    """Whom an employee judges; it may be passed over."""

    hint = N_("Touch the department that helped you. Turn the page with Next.")

    def body(self) -> ComposeResult:
        metrics = self.metrics
        # Fewer pages to turn are worth more than a drawn heading.
        heading = metrics.heading if metrics.height >= 40 else 0
        yield Heading(self.tr("Which department helped you?"), heading, id="heading")
        taken = max(heading, 1) + 2 * metrics.gap + 3
        known = sorted(self.visitor.catalog.departments, key=lambda department: department.name)
        items = [Item(department.name, department.id, "department") for department in known]
        room = Size(metrics.inner, metrics.body - taken)
        yield TouchList(items, room, columns=metrics.columns, page=self.list_page, id="list")
        yield Horizontal(Target(self.tr("Skip"), "department", sign="→", id="skip"), id="ways")

    def press_department(self, department: str) -> None:
        app = self.visitor
        assert isinstance(app, StationApp), "only there it is shown"
        self.app.push_screen(app.feedback(department))

    def press_back(self, value: str) -> None:
        self.visitor.back_or_end()
