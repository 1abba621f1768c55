"""What a lookup shows: the services that fit, and everything about one of them in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual import events
from textual.message import Message

from kiosk.i18n.script import wrap
from kiosk.ui.desk.drawn import Drawn
from kiosk.ui.desk.mine import all_facts, fact_blocks, fact_line, label_width
from kiosk.ui.desk.parts import Line, Part
from kiosk.ui.facts import paginate

if TYPE_CHECKING:
    from kiosk.catalog.model import Service


AIRY = 12
"""Rows from which there is air between facts."""


class Found(NamedTuple):
    """A service that fits, and why, in a quiet line."""

    service: str
    name: str
    why: str = ""


class FoundList(Drawn):
    """Services of two lines each; one is chosen."""

    class Chosen(Message):
        """Another service has been chosen."""

    class Opened(Message):
        """The chosen one was clicked once more."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.found: list[Found] = []
        self.note = ""
        self.place = 0

    @property
    def chosen(self) -> str:
        """The id of the chosen service; nothing where there is none, or it is about none."""
        return self.found[self.place].service if self.found else ""

    def show(self, found: list[Found], note: str) -> None:
        """Show other services, the first one chosen; the note stands above."""
        self.found, self.note, self.place = found, note, 0
        self.refresh()

    def move(self, by: int) -> None:
        """Choose the next or the previous one."""
        place = min(max(self.place + by, 0), max(len(self.found) - 1, 0))
        if place != self.place:
            self.place = place
            self.refresh()
            self.post_message(self.Chosen())

    def lines(self) -> list[Line]:
        return [line for line, _ in self._numbered()]

    def _numbered(self) -> list[tuple[Line, int]]:
        """The visible lines, each with the place of its service (-1 for none)."""
        width, height = self.size.width, self.size.height
        lines = [(Line([Part(" "), Part(row, "quiet")]), -1) for row in wrap(self.note, width - 2) if row]
        above = len(lines)
        for place, found in enumerate(self.found):
            chosen = place == self.place
            ground = "accent" if chosen else "card"
            sign = Part("▸ " if chosen else "  ", "accent")
            names = [Part(row, "bold") for row in wrap(found.name, max(width - 4, 1))]
            why = [Part(found.why, "quiet", width - 4)] if found.why else []
            for number, part in enumerate([*names, *why]):
                lines.append((Line([Part(" "), sign if not number else Part("  "), part], ground), place))
        last = max((y for y, (_, place) in enumerate(lines) if place == self.place), default=0)
        first = max(last + 1 - height, 0)
        return [*lines[:above], *lines[above + first :]] if first else lines

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        lines = self._numbered()
        if offset is None or event.button != 1 or offset.y >= len(lines):
            return
        place = lines[offset.y][1]
        if place == self.place:
            self.post_message(self.Opened())
        elif place >= 0:
            self.move(place - self.place)


class ServiceCard(Drawn):
    """A service: its name, what staff should say, then everything visitors can read, page by page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.service: Service | None = None
        self.page = 0

    def show(self, service: Service | None) -> None:
        """Show a service from its first page."""
        if service is not self.service:
            self.service, self.page = service, 0
            self.refresh()

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self._pages())

    def turn(self, by: int) -> None:
        """Show another page; after the last comes the first."""
        self.page = (self.page + by) % max(self.pages, 1)
        self.refresh()

    def _head(self) -> list[Line]:
        service, width = self.service, max(self.size.width - 2, 1)
        if service is None:
            return []
        names = [Line([Part(" "), Part(row, "accent")]) for row in wrap(service.name, width)]
        return [
            *names,
            *(Line([Part(" "), Part(row, "quiet")]) for row in wrap(service.summary, width)),
            Line(),
        ]

    def _pages(self) -> list[list[Line]]:
        if self.service is None:
            return []
        found, height = all_facts(self.service, self.kiosk.messages), self._room
        blocks = fact_blocks(found, self.size.width, airy=height > AIRY)
        return [[fact_line(row, label_width(found)) for row in page] for page in paginate(blocks, height)]

    @property
    def _room(self) -> int:
        """Rows between the head and the number of the page."""
        return max(self.size.height - len(self._head()) - 1, 1)

    def lines(self) -> list[Line]:
        pages = self._pages()
        if not pages:
            return []
        head, page = self._head(), pages[self.page % len(pages)]
        shown = [*head, *page, *[Line()] * (self._room - len(page))]
        if len(pages) > 1:
            said = self.kiosk.messages.tr("Page {page} of {pages}", page=self.page + 1, pages=len(pages))
            shown.append(Line([Part(" "), Part(said, "quiet")]))
        return shown
