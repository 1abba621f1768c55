"""Home: say what you need in your own words, or choose what it is about."""

from __future__ import annotations

from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size

from kiosk.i18n.marks import N_
from kiosk.ui.metrics import Metrics
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.touch_list import Item, Plan, TouchList, plan

EXAMPLES = N_("In your own words: water bill, old couch, lost dog …")
FIELD = 3
"""Rows of the search field."""
WAYS = 3
"""Rows of the targets that are not lookups."""


def arrange(metrics: Metrics, categories: list[Item], ways: int) -> tuple[int, list[Item], Size, Plan]:
    """(heading rows, categories with or without their hints, room, cut): the roomiest that fits one page.

    `ways` is the height in rows of what stands below the categories.
    """
    plain = [Item(i.title, i.value, i.action) for i in categories]
    columns = 3 if metrics.columns > 1 else 2
    for heading, choice in ((metrics.heading, categories), (metrics.heading, plain), (0, plain)):
        taken = max(heading, 1) + FIELD + ways + 3 * metrics.gap
        room = Size(metrics.inner, metrics.body + metrics.air - taken)
        cut = plan(choice, room, columns, metrics.gap, metrics.gutter)
        if cut.pages == 1:
            break
    return heading, choice, room, cut


class HomeScreen(VisitScreen):
    """The search field, the categories, and the two things that are not lookups."""

    hint = N_("Touch the white field and type what you need, or touch what it is about.")

    def body(self) -> ComposeResult:
        small = self.metrics.small
        categories = [Item(c.name, c.id, "category", c.hint) for c in self.visitor.catalog.categories]
        ways = [
            Item(self.tr("I have a ticket number"), "", "ticket", sign="▤"),
            Item(self.tr("Leave feedback"), "", "feedback", sign="★"),
        ]
        listed = [*categories, *(replace(way, sign="") for way in ways)] if small else categories
        heading, items, room, cut = arrange(self.metrics, listed, 0 if small else WAYS)
        title = Heading(self.tr("What do you need today?"), heading, id="heading")
        if heading and not self.metrics.gap and room.height > cut.rows * cut.capacity // cut.columns:
            title.styles.margin = (0, 0, 1, 0)
        yield title
        yield Target(
            self.tr("Type what you need") if small else self.tr(EXAMPLES),
            "search",
            sign="▸",
            id="field",
            quiet=True,
            classes="-field",
        )
        yield TouchList(items, room, columns=cut.columns, page=self.list_page, id="list")
        if not small:
            targets = [Target(way.title, way.action, sign=way.sign, id=way.action) for way in ways]
            yield Horizontal(*self.sided(targets), id="ways")

    def press_back(self, value: str) -> None:
        self.press_language(value)

    def press_category(self, category: str) -> None:
        from kiosk.ui.visitor.category import CategoryScreen

        self.app.push_screen(CategoryScreen(category))

    def press_search(self, typed: str) -> None:
        from kiosk.ui.visitor.results import ResultsScreen

        self.app.push_screen(ResultsScreen(typed))

    def press_ticket(self, value: str) -> None:
        from kiosk.ui.visitor.ticket_number import TicketNumberScreen

        self.app.push_screen(TicketNumberScreen())

    def press_feedback(self, value: str) -> None:
        self.app.push_screen(self.visitor.feedback())

    def on_key(self, event: events.Key) -> None:
        """Typing on a real keyboard starts a search; what was typed at once belongs there too."""
        if self.app.screen is not self:
            event.stop()
            self.app.screen.post_message(events.Key(event.key, event.character))
        elif event.is_printable and event.character and not event.character.isspace():
            event.stop()
            self.press_search(event.character)
