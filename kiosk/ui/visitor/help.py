"""Help: what to do here, where the desk is, whom to call in an emergency and outside office hours."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.catalog.model import Contact
from kiosk.ui.facts import Fact, Row, paginate, rows
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target


class HelpScreen(VisitScreen):
    """`about` is the hint of the screen that help was asked on."""

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about
        self.page = 0

    def body(self) -> ComposeResult:
        metrics = self.metrics
        pages, label_width = self._pages()
        self.page %= len(pages)
        yield Heading(self.tr("Help"), metrics.heading if metrics.air else 0, id="heading")
        with Vertical(id="card"):
            yield FactCard(pages[self.page], label_width, id="facts")
        if len(pages) > 1:
            read_on = self.tr("Read on ({page} of {pages})", page=self.page + 1, pages=len(pages))
            yield Target(read_on, "more", sign="▸", id="more")

    def _pages(self) -> tuple[list[list[Row]], int]:
        metrics = self.metrics
        label_width = min(26, metrics.inner // 3)
        found = rows(self._facts(), metrics.inner - 4, label_width, airy=metrics.air > 0)
        height = metrics.body - (metrics.heading + 1 if metrics.air else 1) - 2
        pages = paginate(found, height)
        return (pages if len(pages) == 1 else paginate(found, height - 3)), label_width

    def _facts(self) -> list[Fact]:
        city = self.visitor.catalog.city
        return [
            Fact(self.tr("Here"), (self.tr(self.about),) if self.about else ()),
            Fact(self.tr("Emergency"), self._numbers(city.emergency), "alert"),
            Fact(self.tr("In person"), (city.desk,)),
            Fact(self.tr("Any question"), (city.desk_phone,)),
            Fact(self.tr("After hours"), self._numbers(city.after_hours)),
            Fact(
                self.tr("Without touch"),
                (self.tr("Arrow keys move, Enter chooses, Escape goes back."),),
            ),
        ]

    def _numbers(self, contacts: tuple[Contact, ...]) -> tuple[str, ...]:
        return tuple(self.tr("{number} · {note}", number=c.number, note=c.label) for c in contacts)

    def press_more(self, value: str) -> None:
        self.page += 1
        self.renew()

    def press_help(self, value: str) -> None:
        """Already here."""
