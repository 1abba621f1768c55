""" "Was this what you needed?", and what else can be done when it was not."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size

from kiosk.catalog.model import Service
from kiosk.i18n.marks import N_
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.touch_list import Item, TouchList
from kiosk.ui.widgets.words import Words


class NeedScreen(VisitScreen):
    """One question, three answers; it may be passed over."""

    hint = N_("Touch the answer that fits. Your answer is anonymous.")

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def body(self) -> ComposeResult:
        yield Words(self.visitor.service(self.service).name, classes="-quiet", id="about")
        yield Heading(self.tr("Was this what you needed?"), self.metrics.heading, lines=2, id="heading")
        answers = [
            Target(self.tr("Yes"), "answer", "yes", sign="✓", id="yes", classes="-answer"),
            Target(self.tr("Partly"), "answer", "partly", sign="◐", id="partly", classes="-answer"),
            Target(self.tr("No"), "answer", "no", sign="✕", id="no", classes="-answer"),
        ]
        yield Horizontal(*self.sided(answers), id="answers")

    def press_answer(self, answer: str) -> None:
        self.visitor.recorder.record(
            "need.answered", {"visit": self.visit.id, "service": self.service, "answer": answer}
        )
        if answer == "no":
            self.app.switch_screen(OtherScreen(self.service))
        else:
            self.visitor.surveying.finish_lookup()


class OtherScreen(VisitScreen):
    """It was not this: the nearest other services, the desk, and the way on."""

    hint = N_("Touch another service, or ask at the information desk.")

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def body(self) -> ComposeResult:
        metrics = self.metrics
        heading = metrics.heading if metrics.air else 0
        yield Heading(self.tr("Let us find it"), heading, id="heading")
        yield Words(self.visitor.catalog.city.desk, id="desk")
        taken = max(heading, 1) + 2 * metrics.gap + 2 + 3 + metrics.gap
        items = [Item(s.name, s.id, "service") for s in self._others()]
        room = Size(metrics.inner, metrics.body - taken)
        yield TouchList(items, room, columns=metrics.columns, page=self.list_page, id="list")
        ways = [
            Target(self.tr("Search again"), "search", sign="▸", id="search"),
            Target(self.tr("Finish"), "finish", sign="✓", id="finish", classes="-accent"),
        ]
        yield Horizontal(*self.sided(ways), id="ways")

    def _others(self) -> list[Service]:
        """What else the visitor's words fit, then the category's other services."""
        catalog, words = self.visitor.catalog, self.visit.query
        hits = self.visitor.library.finder.first(words, self.kiosk.language.code).hits if words else ()
        near = [catalog.by_id[hit.id] for hit in hits[:4]]
        near += catalog.in_category(catalog.by_id[self.service].category)
        others = {service.id: service for service in near if service.id != self.service}
        return list(others.values())[:8]

    def press_service(self, service: str) -> None:
        from kiosk.ui.visitor.service import ServiceScreen

        self.app.switch_screen(ServiceScreen(service))

    def press_search(self, value: str) -> None:
        from kiosk.ui.visitor.results import ResultsScreen

        self.app.switch_screen(ResultsScreen())

    def press_finish(self, value: str) -> None:
        self.visitor.surveying.finish_lookup()
