"""The queue as one widget: only visible rows are made, only rows that changed are drawn again."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.geometry import Region
from textual.message import Message

from kiosk.i18n.marks import N_
from kiosk.tickets.ticket import Ticket
from kiosk.ui.desk.drawn import Drawn
from kiosk.ui.desk.parts import Line, Part, spread
from kiosk.ui.desk.rows import Row, Telling, heads, row_line, service_name
from kiosk.ui.desk.wording import fault_words

STRIP = 1
"""Rows above the queue, with all sections at a glance."""
WHEEL = 3
"""Rows that one notch of the mouse wheel moves."""
SHORT = {"hold": N_("hold"), "elsewhere": N_("called"), "away": N_("no-shows")}


class QueueTable(Drawn):
    """Rows below a strip of sections; one ticket may be chosen, by arrows or the mouse.

    `top` is the first row that is shown. The chosen ticket stays chosen while it is in the queue.
    """

    class Chosen(Message):
        """Another ticket, or none, has been chosen, or other rows are visible."""

    class Opened(Message):
        """The chosen ticket was clicked once more."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rows: list[Row] = []
        self.telling: Telling | None = None
        self.top = 0
        self.chosen = ""
        self._places: dict[str, int] = {}

    @property
    def ticket(self) -> Ticket | None:
        """The chosen ticket."""
        place = self._places.get(self.chosen)
        return self.rows[place].ticket if place is not None else None

    @property
    def room(self) -> int:
        """Rows of the queue that are visible at once."""
        return max(self.size.height - STRIP, 1)

    def show(self, rows: list[Row], telling: Telling) -> None:
        """Show the queue as it is now, at the same place; the choice goes where its ticket is."""
        before = self._places.get(self.chosen)
        self.rows, self.telling = rows, telling
        self._places = {row.ticket.ticket: place for place, row in enumerate(rows) if row.ticket}
        now = self._places.get(self.chosen)
        if before is not None and now is not None and self._is_seen(before):
            self.top += now - before
        self.top = self._bounded(self.top)
        if self.chosen and now is None:
            self.chosen = ""
            self.post_message(self.Chosen())
        self.refresh()

    def _is_seen(self, place: int) -> bool:
        return self.top <= place < self.top + self.room

    def choose(self, ticket_id: str) -> None:
        """Choose a ticket, or none with ""."""
        before, self.chosen = self._places.get(self.chosen), ticket_id
        now, top = self._places.get(ticket_id), self.top
        if now is not None:
            # The head of a section is shown with its first ticket.
            first = now - 1 if now and self.rows[now - 1].ticket is None else now
            if not self.top <= first <= now < self.top + self.room:
                # Half a page at once: the eye finds it again, and the next keys draw two rows only.
                self.top = self._bounded(first - self.room // 2)
        if self.top != top:
            self.refresh()
        else:
            places = [place for place in (before, now) if place is not None]
            lines = [place - self.top + STRIP for place in places if self._is_seen(place)]
            self.refresh(*(Region(0, y, self.size.width, 1) for y in lines))
        self.post_message(self.Chosen())

    def move(self, by: int) -> None:
        """Choose the ticket so many rows further; from nowhere, the first or the last that is visible."""
        start = self._places.get(self.chosen)
        if start is None:
            start = self.top - 1 if by > 0 else min(self.top + self.room, len(self.rows))
            by = 1 if by > 0 else -1
        way = 1 if by > 0 else -1
        goal = min(max(start + by, 0), len(self.rows) - 1)
        ahead = range(goal, len(self.rows) if way > 0 else -1, way)
        behind = range(goal, -1 if way > 0 else len(self.rows), -way)
        for place in (*ahead, *behind):
            ticket = self.rows[place].ticket
            if ticket:
                if ticket.ticket != self.chosen:
                    self.choose(ticket.ticket)
                return

    def go_to_end(self, last: bool) -> None:
        """Choose the first ticket of all, or the last."""
        tickets = [row.ticket.ticket for row in self.rows if row.ticket]
        if tickets:
            self.choose(tickets[-1 if last else 0])

    def jump(self, by: int) -> None:
        """Choose the first ticket of the next or the previous section that has one."""
        firsts = [place + 1 for place in heads(self.rows) if self._holds_ticket(place + 1)]
        here = self._places.get(self.chosen, -1 if by > 0 else len(self.rows))
        found = [place for place in firsts if (place > here if by > 0 else place < here)]
        if found:
            self._choose_place(found[0] if by > 0 else found[-1])

    def _holds_ticket(self, place: int) -> bool:
        return place < len(self.rows) and self.rows[place].ticket is not None

    def _choose_place(self, place: int) -> None:
        ticket = self.rows[place].ticket
        if ticket:
            self.top = self._bounded(place - 1)
            self.choose(ticket.ticket)
            self.refresh()

    def scroll(self, by: int) -> None:
        """Show other rows; what is chosen stays."""
        top = self._bounded(self.top + by)
        if top != self.top:
            self.top = top
            self.refresh()
            self.post_message(self.Chosen())

    def _bounded(self, top: int) -> int:
        return min(max(top, 0), max(len(self.rows) - self.room, 0))

    def on_resize(self) -> None:
        self.top = self._bounded(self.top)
        self.post_message(self.Chosen())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.scroll(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.scroll(-WHEEL)

    def on_click(self, event: events.Click) -> None:
        """Choose the row, or open it when it is chosen already; in the strip, go to the section."""
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        if offset.y < STRIP:
            self._click_strip(self.column(offset.x))
            return
        place = self.top + offset.y - STRIP
        ticket = self.rows[place].ticket if place < len(self.rows) and offset.y <= self.room else None
        if ticket and ticket.ticket == self.chosen:
            self.post_message(self.Opened())
        elif ticket:
            self.choose(ticket.ticket)

    def _click_strip(self, x: int) -> None:
        at = 1
        for place, text in self._sections():
            if at <= x < at + len(text):
                if self._holds_ticket(place + 1):
                    self._choose_place(place + 1)
                return
            at += len(text) + 3

    def _sections(self) -> list[tuple[int, str]]:
        """Where each section begins, and what the strip says of it."""
        tr = self.telling.messages.tr if self.telling else str
        return [
            (
                place,
                f"{row.view.lane.letter} {row.people}"
                if row.view
                else f"{tr(SHORT[row.section])} {row.people}",
            )
            for place in heads(self.rows)
            for row in (self.rows[place],)
        ]

    def lines(self) -> list[Line]:
        return [self._strip(), *(self._row(place) for place in range(len(self.rows)))]

    def line(self, y: int) -> Line:
        if y < STRIP:
            return self._strip()
        place = self.top + y - STRIP
        return self._row(place) if place < len(self.rows) else Line()

    def _row(self, place: int) -> Line:
        row = self.rows[place]
        chosen = row.ticket is not None and row.ticket.ticket == self.chosen
        assert self.telling is not None, "rows come with it"
        return row_line(row, self.telling, self.size.width, chosen)

    def _strip(self) -> Line:
        parts = [Part(" ")]
        for place, text in self._sections():
            parts.append(Part(text, "bold" if self.rows[place].people else "quiet"))
            parts.append(Part("   "))
        return Line(parts, "paper")

    def foot(self, width: int) -> Line:
        """More about the chosen ticket, and how many rows lie below."""
        telling, ticket = self.telling, self.ticket
        if telling is None:
            return Line(ground="paper")
        below = len(self.rows) - self.top - self.room
        end = [Part(telling.messages.tr("↓ {n} more", n=below), "quiet"), Part(" ")] if below > 0 else []
        said = about(ticket, telling) if ticket else telling.messages.tr("↑ ↓ choose a ticket")
        return Line(spread([Part(" ")], Part(said, "quiet"), end, width), "paper")


class Foot(Drawn):
    """The line below the queue; apart from it, so that moving the choice draws two rows and no more."""

    def __init__(self, table: QueueTable, **options: Any) -> None:
        super().__init__(**options)
        self.table = table

    def lines(self) -> list[Line]:
        return [self.table.foot(self.size.width)]


def about(ticket: Ticket, telling: Telling) -> str:
    """What the row has no room for: when it came, what was quoted, the service, the printer's fault."""
    tr = telling.messages.tr
    found = [ticket.code]
    if ticket.print_fault:
        found.append(tr("not printed: {fault}", fault=fault_words(ticket.print_fault, telling.messages)))
    if ticket.quote_high is not None and ticket.quote_low is not None:
        found.append(tr("told {low}–{high} min", low=ticket.quote_low, high=ticket.quote_high))
    if ticket.calls:
        found.append(telling.messages.trn("called once", "called {n} times", ticket.calls))
    found.append(service_name(ticket, telling.catalog))
    return " · ".join(part for part in found if part)
