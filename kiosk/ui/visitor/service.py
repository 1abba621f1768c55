"""The service page: what it is, where, when, what to bring, what it costs, and what to do next."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget

from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width, wrap
from kiosk.line.line import new_command
from kiosk.ui.facts import Fact, Row, facts, footnotes, paginate, rows
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.take_along import take_label
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

SIGNS = {"ticket": "▤", "qr": "▦", "take": "▦", "more": "▸", "done": "✓", "print": "↓"}


BELOW = 4
"""Targets below the card, where they don't stand beside it."""


def _fitting(names: list[str], places: int) -> list[str]:
    """The names that fit: *More like this* gives way first, then phone and paper share one target."""
    if len(names) > places:
        names = [name for name in names if name != "similar"]
    if len(names) > places and {"qr", "print"} <= set(names):
        names = ["take" if name == "qr" else name for name in names if name != "print"]
    return names


class ServiceScreen(VisitScreen):
    """Facts on a card, paged when they don't fit; the actions beside or below it."""

    hint = N_("Read what to bring and where to go. Take the page along with your phone.")

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service
        self.page = 0
        # One for the whole visit to this screen: a double touch takes one ticket.
        self.command = new_command()

    def on_mount(self) -> None:
        self.visit.service = self.service
        self.visitor.recorder.record(
            "service.viewed",
            {"visit": self.visit.id, "service": self.service, "language": self.kiosk.language.code},
        )

    def body(self) -> ComposeResult:
        pages, label_width = self._pages()
        self.page %= len(pages)
        service = self.visitor.service(self.service)
        # On small screens the summary is the first of the facts: on every page it would leave no room.
        summary = [] if self.metrics.small else [Words(service.summary, id="summary")]
        card = Vertical(
            Heading(service.name, 0, id="heading"),
            *summary,
            FactCard(pages[self.page], label_width, id="facts"),
            id="card",
        )
        targets = self._actions(len(pages))
        if not self._beside:
            targets = [Horizontal(*self.sided(pair)) for pair in (targets[:2], targets[2:]) if pair]
        actions = Vertical(*targets, id="actions")
        beside: list[Widget] = [card, actions]
        if self.kiosk.language.rtl and self._beside:
            beside.reverse()
        yield Container(*beside, id="page", classes="-beside" if self._beside else "-below")

    @property
    def _beside(self) -> bool:
        return self.metrics.width >= 80

    @property
    def _card_width(self) -> int:
        """Columns of text on the card."""
        return self.metrics.inner - (self._action_width + self.metrics.gutter if self._beside else 0) - 4

    @property
    def _action_width(self) -> int:
        return 36 if self.metrics.width >= 110 else 26

    def _pages(self) -> tuple[list[list[Row]], int]:
        messages = self.kiosk.messages
        service = self.visitor.service(self.service)
        found = facts(service, messages)
        if self.metrics.small:
            found.insert(1 if service.alert else 0, Fact("", (service.summary,), "quiet"))
        unreviewed = messages.pending(self.service)
        found += [Fact("", (line,), "quiet") for line in footnotes(service, messages, unreviewed)]
        label_width = max((cell_width(fact.label) for fact in found), default=0) + 3
        blocks = rows(found, self._card_width, label_width, airy=self.metrics.air > 0)
        return paginate(blocks, self._rows(service.name, service.summary)), label_width

    def _rows(self, name: str, summary: str) -> int:
        """Rows left for facts under the name and the summary."""
        width = self._card_width
        used = len(wrap(name, width)) + (0 if self.metrics.small else len(wrap(summary, width)) + 1)
        return max(self.metrics.body - 2 - used - (0 if self._beside else 6), 3)

    def _actions(self, pages: int) -> list[Widget]:
        """What can be done next; the first is the one to do."""
        titles = self._titles(pages)
        names = _fitting(list(titles), self._places)
        signs = {} if self.metrics.small else SIGNS
        return [
            Target(
                titles.get(name) or self.tr("Take it with you"),
                name,
                sign=signs.get(name, ""),
                id=name,
                classes="-accent" if place == 0 and name in ("ticket", "qr", "take") else "",
            )
            for place, name in enumerate(names)
        ]

    def _titles(self, pages: int) -> dict[str, str]:
        """What the targets say, by the names of their actions, in order."""
        service = self.visitor.service(self.service)
        found = {
            "ticket": self.tr("Take a ticket") if service.lane else "",
            "qr": take_label(service, self.kiosk.messages) if service.link else "",
            "more": self._more(pages) if pages > 1 else "",
            "print": self.tr("Print this page") if self.visitor.printing.available else "",
            "done": self.tr("I have what I need"),
            "similar": self.tr("More like this"),
        }
        return {name: title for name, title in found.items() if title}

    @property
    def _places(self) -> int:
        """How many targets there is room for."""
        if not self._beside:
            return BELOW
        return (self.metrics.body + self.metrics.gap) // (3 + self.metrics.gap)

    def _more(self, pages: int) -> str:
        return self.tr("Read on ({page} of {pages})", page=self.page + 1, pages=pages)

    def press_more(self, value: str) -> None:
        self.page += 1
        self.renew()

    def press_ticket(self, value: str) -> None:
        self.visitor.take_ticket(self.service, self.command)

    def press_take(self, value: str) -> None:
        from kiosk.ui.visitor.take_along import TakeHowScreen

        self.app.push_screen(TakeHowScreen(self.service))

    def press_print(self, value: str) -> None:
        from kiosk.ui.visitor.print_page import PrintPageScreen

        self.app.push_screen(PrintPageScreen(self.service))

    def press_qr(self, value: str) -> None:
        from kiosk.ui.visitor.take_along import TakeAlongScreen

        self.app.push_screen(TakeAlongScreen(self.service))

    def press_done(self, value: str) -> None:
        from kiosk.ui.visitor.need import NeedScreen

        self.app.push_screen(NeedScreen(self.service))

    def press_similar(self, value: str) -> None:
        from kiosk.ui.visitor.category import CategoryScreen

        self.app.push_screen(CategoryScreen(self.visitor.service(self.service).category))
