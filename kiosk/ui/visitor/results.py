"""Search: results at every key, with the visitor's own words beside the official name."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.geometry import Size

from kiosk.i18n.marks import N_
from kiosk.ui.visitor.home import EXAMPLES, FIELD
from kiosk.ui.visitor.typing import TypingScreen
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.touch_list import Item, TouchList, column_width, item_rows
from kiosk.ui.widgets.words import Words

LIMIT = 8
"""Results shown at most: more overwhelm."""


class ResultsScreen(TypingScreen):
    """The query is the screen's state; the on-screen keyboard gives way to a real one."""

    hint = N_("Type what you need. The services that fit appear as you type; touch one.")

    def __init__(self, query: str = "") -> None:
        super().__init__(query, keyboard=not query)
        self._ids: tuple[str, ...] = ()
        self._confident = False
        self._recorded = ""

    def on_mount(self) -> None:
        self.search()

    async def recompose(self) -> None:
        await super().recompose()
        self.search()

    def body(self) -> ComposeResult:
        with Horizontal(id="query"):
            yield Target(
                self.shown(), "keyboard", sign="▸", id="field", classes="-field", quiet=not self.typed
            )
            yield Target(self.tr("Erase"), "clear", sign="✕" if self.metrics.width >= 80 else "", id="clear")
        room = self._room()
        yield Words("", id="said")
        yield TouchList([], room, columns=self._columns(), rows=self._item_rows(room), id="list")
        if self.keyboard:
            yield self.keys()
            return
        with Container(id="desk-line"):
            yield Words(self.tr("Not here? The information desk can help."), id="desk-words")
            yield Target(self.tr("All services"), "browse", id="browse")

    def _columns(self) -> int:
        return 1 if self.metrics.width < 80 or (self.metrics.air and not self.keyboard) else 2

    def _room(self) -> Size:
        metrics = self.metrics
        taken = FIELD + metrics.gap + (self.keyboard_rows or FIELD + metrics.gap)
        body = metrics.body if self.top_bar else metrics.body + metrics.top
        return Size(metrics.inner, max(body - taken - self._said_rows(), 3))

    def _said_rows(self) -> int:
        return 1 if self.metrics.height >= 24 else 0

    def _item_rows(self, room: Size) -> int:
        """Rows that hold the longest service name, and what was said where there is room."""
        width = column_width(room.width, self._columns(), self.metrics.gutter)
        names = [Item(s.name, s.id) for s in self.visitor.catalog.services]
        wanted = item_rows(names, width) + (1 if self.metrics.air else 0)
        return min(wanted, room.height)

    def changed(self) -> None:
        self.search()

    def search(self) -> None:
        """Show what fits the words typed so far; once more after the screen was composed again."""
        results = self.query(TouchList).first() if self.query(TouchList) else None
        if results is None:
            return
        limit = min(LIMIT, results.capacity)
        result = self.visitor.library.index.search(self.typed, self.kiosk.language.code, limit=limit)
        self._ids = tuple(hit.id for hit in result.hits)
        self._confident = result.confident
        catalog = self.visitor.catalog
        items = [self._item(catalog.by_id[hit.id].name, hit.id, hit.matched) for hit in result.hits]
        results.show(items)
        self.set_class(not items, "-nothing")
        self.say("said", self._said(len(items)))

    def _item(self, name: str, service: str, matched: str) -> Item:
        match = self.tr("people say “{words}”", words=matched) if matched and self.metrics.air else ""
        return Item(name, service, "service", match=match if matched.casefold() != name.casefold() else "")

    def _said(self, count: int) -> str:
        if not self.typed.strip():
            return self.tr(EXAMPLES)
        if not count:
            return self.tr("Nothing here goes by these words. Try another word, or ask at the desk.")
        if not self._confident:
            return self.tr("Maybe one of these:")
        return self.tr("These services fit:")

    def press_browse(self, value: str) -> None:
        self.press_back(value)

    def press_back(self, value: str) -> None:
        self._record("")
        super().press_back(value)

    def press_service(self, service: str) -> None:
        from kiosk.ui.visitor.service import ServiceScreen

        self._record(service)
        self.app.push_screen(ServiceScreen(service))

    def _record(self, chosen: str) -> None:
        """One event per query; its words only when nothing was found or chosen."""
        words = self.typed.strip()
        if words and words != self._recorded:
            self._recorded = self.visit.query = words
            body = {
                "visit": self.visit.id,
                "language": self.kiosk.language.code,
                "results": len(self._ids),
                "chosen": chosen,
                "confident": self._confident,
            }
            self.visitor.recorder.record("search.made", body, text=None if chosen else words)
