"""The services of one category."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.geometry import Size

from kiosk.i18n.marks import N_
from kiosk.ui.metrics import Metrics
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.touch_list import Item, TouchList, plan


def arrange(metrics: Metrics, items: list[Item]) -> tuple[int, list[Item], Size]:
    """(heading rows, items, room): summaries are shown where two pages hold the whole category."""
    plain = [Item(i.title, i.value, i.action) for i in items]
    for heading, choice, pages in (
        (metrics.heading, items, 1 if metrics.air else 0),
        (metrics.heading, plain, 2),
        (0, plain, 99),
    ):
        room = Size(metrics.inner, metrics.body - max(heading, 1) - metrics.gap)
        if plan(choice, room, metrics.columns, metrics.gap, metrics.gutter).pages <= pages:
            break
    return heading, choice, room


class CategoryScreen(VisitScreen):
    """What can be chosen here is the service itself: nobody is sent from list to list."""

    hint = N_("Touch the service you need. Turn the page with Next.")

    def __init__(self, category: str) -> None:
        super().__init__()
        self.category = category

    def body(self) -> ComposeResult:
        catalog = self.visitor.catalog
        name = next(c.name for c in catalog.categories if c.id == self.category)
        items = [Item(s.name, s.id, "service", s.summary) for s in catalog.in_category(self.category)]
        heading, items, room = arrange(self.metrics, items)
        yield Heading(name, heading, id="heading")
        yield TouchList(items, room, columns=self.metrics.columns, page=self.list_page, id="list")

    def press_service(self, service: str) -> None:
        from kiosk.ui.visitor.service import ServiceScreen

        self.app.push_screen(ServiceScreen(service))
