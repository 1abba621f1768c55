"""A paged list of targets: never scrolled, never more than fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

PAGER = 3
"""Rows of the page-turning targets."""
STRETCH = 2
"""Rows an item may grow where there is room."""
HOLD = 0.4
"""Seconds after a touch begins in which items should keep their places: nothing moves away under a finger."""


@dataclass(frozen=True)
class Item:
    """One line to choose; the screen's `press_<action>` receives `value`."""

    title: str
    value: str
    action: str = "choose"
    detail: str = ""
    match: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Plan:
    """How a list is cut: columns, rows of one item in cells, items on a page, pages."""

    columns: int
    rows: int
    capacity: int
    pages: int


def item_rows(items: Sequence[Item], width: int) -> int:
    """Rows of the tallest item, edge included, in a column of `width` cells."""
    return max((_rows(entry, width - 4) for entry in items), default=1) + 2


def plan(items: Sequence[Item], room: Size, columns: int, gap: int, gutter: int, rows: int = 0) -> Plan:
    """Cut a list for a room in cells so that no word is lost.

    Every item has the height of the tallest, and a little more where there is room, unless `rows`
    fixes it; a pager takes its rows only when it is needed.
    """
    fixed = bool(rows)
    rows = rows or item_rows(items, column_width(room.width, columns, gutter))
    full = max((room.height + gap) // (rows + gap), 1) * columns
    if fixed and len(items) <= full:
        return Plan(columns, rows, full, 1)
    if len(items) <= full:
        lines = max(-(-len(items) // columns), 1)
        spare = room.height + gap - lines * (rows + gap)
        return Plan(columns, rows + min(spare // lines, STRETCH), lines * columns, 1)
    paged = max((room.height - PAGER) // (rows + gap), 1) * columns
    return Plan(columns, rows, paged, -(-len(items) // paged))


def column_width(width: int, columns: int, gutter: int) -> int:
    """Cells of one column."""
    return (width - gutter * (columns - 1)) // columns


def _rows(item: Item, width: int) -> int:
    beside = max(width - (cell_width(item.sign) + 2 if item.sign else 0), 1)
    below = sum(len(wrap(text, max(width, 1))) for text in (item.detail, item.match) if text)
    return len(wrap(item.title, beside)) + below


class TouchList(Container):
    """Targets in columns, with *previous* and *next* below when they do not fit on one page."""

    class LetGo(Message):
        """Items may move again after a touch."""

    def __init__(
        self,
        items: Sequence[Item],
        room: Size,
        *,
        columns: int,
        page: int = 0,
        rows: int = 0,
        each: str = "item",
        **options: Any,
    ) -> None:
        """Show `page` of the items in `room` cells; the screen's `press_page` turns pages.

        `each` begins the ids of the targets, for a screen with several lists.
        """
        super().__init__(**options)
        self._each = each
        self._items = list(items)
        self._room = room
        self._columns = columns
        self._rows = rows
        self.page = page
        self._composed = (0, 0, False)
        self._hold: Timer | None = None

    @property
    def capacity(self) -> int:
        """Items that fit on one page without a pager."""
        return plan([], self._room, self._columns, *self._gaps, rows=self._rows).capacity

    @property
    def _gaps(self) -> tuple[int, int]:
        return self._screen.metrics.gap, self._screen.metrics.gutter

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A touch begins."""
        if self._hold:
            self._hold.stop()
        self._hold = self.set_timer(HOLD, self._let_go)

    @property
    def touched(self) -> bool:
        """Whether a touch has just begun; what did not come from the visitor waits until LetGo."""
        return self._hold is not None

    def _let_go(self) -> None:
        self._hold = None
        self.post_message(self.LetGo())

    def show(self, items: Sequence[Item], page: int = 0) -> None:
        """Show other items, or another page; targets are kept where the cut stays the same."""
        self._items, self.page = list(items), page
        cut = self._cut()
        if self._composed == (cut.rows, cut.capacity, cut.pages > 1):
            self._fill(cut)
        else:
            self.refresh(recompose=True)

    def turn(self, page: int) -> None:
        """Show another page of the same items."""
        self.show(self._items, page)

    def _cut(self) -> Plan:
        return plan(self._items, self._room, self._columns, *self._gaps, rows=self._rows)

    @property
    def _screen(self) -> Any:
        return self.screen

    def compose(self) -> ComposeResult:
        cut = self._cut()
        self._composed = (cut.rows, cut.capacity, cut.pages > 1)
        metrics = self._screen.metrics
        shown = self._page(cut)
        for start in range(0, cut.capacity, cut.columns):
            slots = [self._slot(number, shown) for number in range(start, start + cut.columns)]
            for slot in slots[1:]:
                slot.styles.margin = (0, 0, 0, metrics.gutter)
            if self.screen.has_class("-rtl"):
                slots.reverse()
                for slot in slots:
                    slot.styles.margin = 0 if slot is slots[0] else (0, 0, 0, metrics.gutter)
            row = Horizontal(*slots, classes="-row")
            row.styles.height = cut.rows
            row.styles.margin = (0, 0, metrics.gap if start + cut.columns < cut.capacity else 0, 0)
            yield row
        if cut.pages > 1:
            pager = self._pager(cut.pages)
            pager.styles.margin = (metrics.gap, 0, 0, 0)
            yield pager

    def _slot(self, number: int, shown: Sequence[Item]) -> Target:
        """The target at a place of the page, with its item if there is one."""
        if number >= len(shown):
            target = Target("", "choose", id=f"{self._each}-{number}", classes="-item")
            target.empty = True
            return target
        item = shown[number]
        return Target(
            item.title,
            item.action,
            item.value,
            detail=item.detail,
            match=item.match,
            sign=item.sign,
            id=f"{self._each}-{number}",
            classes="-item",
        )

    def on_mount(self) -> None:
        self._fill(self._cut())

    async def recompose(self) -> None:
        await super().recompose()
        self._fill(self._cut())

    def _fill(self, cut: Plan) -> None:
        """Put the page's items into the targets."""
        shown = self._page(cut)
        targets = {target.id: target for target in self.query(Target)}
        for index in range(cut.capacity):
            target = targets.get(f"{self._each}-{index}")
            if target is None:  # being composed again; filled when that is done
                return
            if index < len(shown):
                item = shown[index]
                target.become(item.title, item.action, item.value, item.detail, item.match, item.sign)
            else:
                target.vanish()
        if cut.pages > 1 and "page-next" in targets:
            self._turn(cut.pages, targets["page-previous"], targets["page-next"])

    def _page(self, cut: Plan) -> list[Item]:
        """The items of the page shown, which is one of the pages there are."""
        self.page = max(0, min(self.page, cut.pages - 1))
        return self._items[self.page * cut.capacity : (self.page + 1) * cut.capacity]

    def _pager(self, pages: int) -> Horizontal:
        tr = self._screen.tr
        previous = Target(tr("Previous"), "page", sign="←", id="page-previous", repeats=True)
        following = Target(tr("Next"), "page", sign="→", id="page-next", repeats=True)
        self._aim(pages, previous, following)
        widgets: list[Widget] = [
            previous,
            Words(self._where(pages), classes="-centre", id="page-words"),
            following,
        ]
        return Horizontal(
            *(reversed(widgets) if self.screen.has_class("-rtl") else widgets), classes="-pager"
        )

    def _where(self, pages: int) -> str:
        words: str = self._screen.tr("Page {page} of {pages}", page=self.page + 1, pages=pages)
        return words

    def _turn(self, pages: int, previous: Target, following: Target) -> None:
        self._aim(pages, previous, following)
        self._screen.say("page-words", self._where(pages))

    def _aim(self, pages: int, previous: Target, following: Target) -> None:
        """Where the two lead from this page; one that leads nowhere is not shown."""
        previous.value, following.value = str(self.page - 1), str(self.page + 1)
        for target, leads in ((previous, self.page > 0), (following, self.page < pages - 1)):
            if target.visible != leads:
                target.visible = leads
