"""What the pages for staff have in common: they belong to no visit, and are made of the same few parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from kiosk.i18n.marks import N_
from kiosk.i18n.script import wrap
from kiosk.ui.facts import Fact, paginate, rows
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.help import HelpScreen
from kiosk.ui.visitor.language import LanguageScreen
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.ui.visitor.app import VisitorApp

WAYS = 3
"""Rows of what can be touched."""


class _Outside:
    """Outside of any visit: *Start over* leads to the attract screen, which speaks its own language again."""

    hint = N_("This page is for staff.")

    @property
    def _visitor(self) -> VisitorApp:
        return cast("VisitorApp", self.app)  # type: ignore[attr-defined]

    def press_start_over(self, value: str) -> None:
        self.back_to(1)

    def press_language(self, value: str) -> None:
        self._visitor.push_screen(_Language())

    def press_help(self, value: str) -> None:
        self._visitor.push_screen(_Help(self.hint))

    def back_to(self, place: int) -> None:
        """Leave all pages but so many: 1 leads to the attract screen, 2 to the first page for staff."""
        while len(self._visitor.screen_stack) > place:
            self._visitor.pop_screen()

    def on_unmount(self) -> None:
        """Whoever leaves the last page leaves its language too."""
        app = self._visitor
        if app.is_running and app.current_mode == "attract" and len(app.screen_stack) == 1:
            first = app.first_language
            if app.language.code != first:
                app.visit.language = first
                app.speak(first)
                cast("StaffPage", app.screen).renew()


class _Language(_Outside, LanguageScreen):
    """The language of the pages for staff."""

    def press_language(self, value: str) -> None:
        """Already here."""


class _Help(_Outside, HelpScreen):
    """Help on a page for staff."""

    def press_help(self, value: str) -> None:
        """Already here."""


class StaffPage(_Outside, VisitScreen):
    """A page for staff."""


class TextPage(StaffPage):
    """A heading, words, facts on a card that is turned where it is long, and what to do next."""

    def __init__(self) -> None:
        super().__init__()
        self.turned = 0

    def headline(self) -> str:
        """The heading."""
        raise NotImplementedError

    def told(self) -> Iterable[str]:
        """Paragraphs below it."""
        return ()

    def facts(self) -> list[Fact]:
        """What stands on the card; without any there is none."""
        return []

    def ways(self) -> list[Target]:
        """What can be touched; the way back to the first page at least."""
        return [self.done()]

    def done(self) -> Target:
        """Back to the first page for staff."""
        return Target(self.tr("Done"), "done", sign="✓", id="done", classes="-accent")

    def body(self) -> ComposeResult:
        metrics, title = self.metrics, self.headline()
        drawn = metrics.heading if metrics.air else 0
        taken = (drawn or len(wrap(title, metrics.inner - 2))) + metrics.air
        yield Heading(title, drawn, id="heading")
        for place, text in enumerate(self.told()):
            yield Words(text, id=f"told-{place}", classes="-told")
            taken += len(wrap(text, metrics.inner - 2)) + metrics.air
        ways = self.ways()
        taken += (WAYS + metrics.gap) if ways else 0
        yield from self._card(metrics.body - taken)
        if ways:
            yield Horizontal(*self.sided(ways), id="ways")

    def _card(self, room: int) -> Iterator[Widget]:
        """The facts in so many rows, edge and the target that turns the pages included."""
        facts = self.facts()
        if not facts:
            return
        labels = self._labels(facts)
        found = rows(facts, self.metrics.inner - 4, labels, airy=False)
        pages = paginate(found, room - 2)
        if len(pages) > 1:
            pages = paginate(found, room - 2 - WAYS)
        self.turned %= len(pages)
        yield Vertical(FactCard(pages[self.turned], labels, id="facts"), id="card")
        if len(pages) > 1:
            words = self.tr("Read on ({page} of {pages})", page=self.turned + 1, pages=len(pages))
            yield Target(words, "more", sign="▸", id="more")

    def _labels(self, facts: list[Fact]) -> int:
        """Cells for the labels: what the longest one needs, but not more than half."""
        from kiosk.i18n.script import cell_width

        longest = max(cell_width(fact.label) for fact in facts)
        return min(longest + 2, self.metrics.inner // 2)

    def press_more(self, value: str) -> None:
        self.turned += 1
        self.renew()

    def press_done(self, value: str) -> None:
        self.back_to(2)
