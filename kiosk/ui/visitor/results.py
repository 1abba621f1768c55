"""Search: results at every key, with the visitor's own words beside the official name."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.geometry import Size
from textual.message import Message

from kiosk.i18n.marks import N_
from kiosk.search.hit import Hit, Result
from kiosk.ui.visitor.home import EXAMPLES, FIELD
from kiosk.ui.visitor.typing import TypingScreen
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.touch_list import Item, TouchList, column_width, item_rows, plan
from kiosk.ui.widgets.words import Words

LIMIT = 8
"""Results shown at most: more overwhelm."""
GUESSES = 3
"""Results shown at most when none is likely right."""
TOPICS = 5
"""Columns of the topics below the guesses."""


class ResultsScreen(TypingScreen):
    """The query is the screen's state; the on-screen keyboard gives way to a real one.

    Words are answered at once, at every key; what they mean follows when it is known, if the words
    are still the same. Without a likely answer there are guesses, the topics and the desk.
    """

    hint = N_("Type what you need. The services that fit appear as you type; touch one.")

    class Reconsidered(Message):
        """The meaning of a query has been weighed."""

        def __init__(self, query: str, language: str, result: Result) -> None:
            super().__init__()
            self.query = query
            self.language = language
            self.result = result

    def __init__(self, query: str = "") -> None:
        super().__init__(query, keyboard=not query)
        self._result = Result()
        self._better: Result | None = None
        self._recorded = ""

    def on_mount(self) -> None:
        self.search()

    async def recompose(self) -> None:
        await super().recompose()
        self.search()

    def on_unmount(self) -> None:
        self._result, self._better = Result(), None
        super().on_unmount()

    def body(self) -> ComposeResult:
        erase = Target(self.tr("Erase"), "clear", sign="✕" if self.metrics.width >= 80 else "", id="clear")
        yield Horizontal(*self.sided([self.field(), erase]), id="query")
        room = self._room()
        yield Words("", id="said")
        yield TouchList([], room, columns=self._columns, rows=self._item_rows(room), id="list")
        if self.keyboard:
            yield self.keys()
            return
        if not self.metrics.small:
            yield from self._unsure(room)
        desk = [Words(self._desk(), id="desk-words"), Target(self.tr("All services"), "browse", id="browse")]
        yield Container(*self.sided(desk), id="desk-line")

    def _unsure(self, room: Size) -> ComposeResult:
        """Guesses in a row and the topics below, in the list's place; without air, in the desk line's too."""
        height = room.height if self.metrics.air else room.height + FIELD
        with Container(id="unsure"):
            width = column_width(room.width, GUESSES, self.metrics.gutter)
            rows = item_rows([Item(name, "") for name in self._names()], width) + 1
            yield TouchList(
                [], Size(room.width, rows), columns=GUESSES, rows=rows, each="guess", id="guesses"
            )
            topics = [Item(c.name, c.id, "category") for c in self.visitor.catalog.categories]
            left = Size(room.width, height - rows - self.metrics.gap)
            columns = TOPICS if plan(topics, left, TOPICS, *self._gaps).pages == 1 else GUESSES
            yield TouchList(topics, left, columns=columns, each="topic", id="topics")

    @property
    def _gaps(self) -> tuple[int, int]:
        return self.metrics.gap, self.metrics.gutter

    @property
    def _columns(self) -> int:
        return 1 if self.metrics.small else 2

    def _names(self) -> list[str]:
        return [service.name for service in self.visitor.catalog.services]

    def _room(self) -> Size:
        metrics = self.metrics
        taken = FIELD + metrics.gap + (self.keyboard_rows or FIELD + metrics.gap)
        body = metrics.body if self.top_bar else metrics.body + metrics.top
        return Size(metrics.inner, max(body - taken - self._said_rows(), 3))

    def _said_rows(self) -> int:
        return 1 if self.metrics.height >= 24 else 0

    def _item_rows(self, room: Size) -> int:
        """Rows that hold the longest service name; one more for what was said, unless that leaves one row."""
        width = column_width(room.width, self._columns, self.metrics.gutter)
        rows = item_rows([Item(name, "") for name in self._names()], width)
        without, beside = (plan([], room, 1, *self._gaps, rows=high).capacity for high in (rows, rows + 1))
        return min(rows if beside < min(without, 2) else rows + 1, room.height)

    def changed(self) -> None:
        self.search()

    def search(self) -> None:
        """Answer the words typed so far, and ask what they mean; once more after a new composition."""
        query, language = self.typed, self.kiosk.language.code
        finder = self.visitor.library.finder
        first = finder.first(query, language)
        self._better = None
        self._show(first)
        if finder.meaning is not None and first.telling:
            self.visitor.thinker.think(
                lambda: finder.final(query, first),
                lambda result: self.post_message(self.Reconsidered(query, language, result)),
            )

    def on_results_screen_reconsidered(self, message: Reconsidered) -> None:
        """What the words mean is known; they may have changed meanwhile."""
        if (message.query, message.language) == (self.typed, self.kiosk.language.code):
            self._better = message.result
            self.on_touch_list_let_go()

    def on_touch_list_let_go(self) -> None:
        """Show the better answer, unless a finger is on the list."""
        if self._better is not None and not any(found.touched for found in self.query(TouchList)):
            self._show(self._better)
            self._better = None

    def _show(self, result: Result) -> None:
        lists = {found.id: found for found in self.query(TouchList)}
        if "list" not in lists:
            return
        self._result = result
        unsure = bool(self.typed.strip()) and not result.confident
        guessing = unsure and "guesses" in lists
        self.set_class(guessing, "-unsure")
        shown = lists["guesses" if guessing else "list"]
        items = self._items(result, min(GUESSES if unsure else LIMIT, shown.capacity))
        self.set_class(not items, "-nothing")
        said = self._said(len(items))
        self.say("said", said)
        # On a small screen the line above the list is not shown while there is a list.
        self.say("desk-words", said if unsure and items and self.metrics.small else self._desk())
        if unsure and self.keyboard and items and shown.capacity > 1:
            items = [*items[: shown.capacity - 1], Item(self.tr("All services"), "", "browse")]
        shown.show(items)

    def _items(self, result: Result, most: int) -> list[Item]:
        by_id = self.visitor.catalog.by_id
        hits = [hit for hit in result.hits if hit.id in by_id][:most]
        return [Item(by_id[hit.id].name, hit.id, "service", match=self._why(hit)) for hit in hits]

    def _why(self, hit: Hit) -> str:
        """The visitor's own words that led here; else what people who speak this language say."""
        service = self.visitor.catalog.by_id[hit.id]
        if hit.words:
            return self.tr("you said “{words}”", words=hit.words)
        if hit.matched in service.keywords.get(self.kiosk.language.code, ()):
            return self.tr("people say “{words}”", words=hit.matched)
        return ""

    def _desk(self) -> str:
        return self.tr("Not here? The information desk can help.")

    def _said(self, count: int) -> str:
        if not self.typed.strip():
            return self.tr(EXAMPLES)
        if not count:
            return self.tr("Nothing here goes by these words. Try another word, or ask at the desk.")
        if not self._result.confident:
            return self.tr("We are not sure. Is it one of these? The information desk can help too.")
        return self.tr("These services fit:")

    def press_browse(self, value: str) -> None:
        self.press_back(value)

    def press_back(self, value: str) -> None:
        self.record_unanswered()
        super().press_back(value)

    def press_clear(self, value: str) -> None:
        self.record_unanswered()
        super().press_clear(value)

    def press_category(self, category: str) -> None:
        from kiosk.ui.visitor.category import CategoryScreen

        self.record_unanswered()
        self.app.push_screen(CategoryScreen(category))

    def press_service(self, service: str) -> None:
        from kiosk.ui.visitor.service import ServiceScreen

        self._record(service)
        self.app.push_screen(ServiceScreen(service))

    def record_unanswered(self) -> None:
        """Keep the words that led to nothing, for staff to add to a service."""
        self._record("")

    def _record(self, chosen: str) -> None:
        """One event per query; its words only when nothing was found or chosen."""
        words = self.typed.strip()
        if words and words != self._recorded:
            self._recorded = self.visit.query = words
            body = {
                "visit": self.visit.id,
                "language": self.kiosk.language.code,
                "results": len(self._result.hits),
                "chosen": chosen,
                "confident": self._result.confident,
            }
            self.visitor.recorder.record("search.made", body, text=None if chosen else words)
