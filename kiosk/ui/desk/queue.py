"""The desk's main screen: the queue, the docent's own counter, and the keys for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.ui.desk import sheets
from kiosk.ui.desk.base import DeskScreen
from kiosk.ui.desk.counter_card import CounterCard
from kiosk.ui.desk.docent import DEEDS
from kiosk.ui.desk.invitation_card import InvitationCard
from kiosk.ui.desk.invitations import group as survey_keys
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.desk.keys import Group, groups, possible, subject
from kiosk.ui.desk.rows import Telling, rows
from kiosk.ui.desk.table import Foot, QueueTable

if TYPE_CHECKING:
    from kiosk.tickets.ticket import Ticket

AGES = 10.0
"""Seconds between two looks at how long everybody has waited."""
MOVES: dict[str, Callable[[QueueTable], None]] = {
    "down": lambda table: table.move(1),
    "up": lambda table: table.move(-1),
    "pagedown": lambda table: table.move(table.room),
    "pageup": lambda table: table.move(-table.room),
    "home": lambda table: table.go_to_end(False),
    "end": lambda table: table.go_to_end(True),
    "tab": lambda table: table.jump(1),
    "shift+tab": lambda table: table.jump(-1),
    "escape": lambda table: table.choose(""),
}
"""What keys do in the queue."""


class QueueScreen(DeskScreen):
    """Keys are letters; arrows choose a ticket, Enter shows what can be done with it, Escape lets it go."""

    def body(self) -> ComposeResult:
        table = QueueTable(id="queue")
        # One container and no more: each one that a row lies in is drawn again with it.
        with Vertical(id="panels"):
            yield CounterCard(id="mine")
            yield table
            yield Foot(table, id="foot")
        yield self.told()
        yield InvitationCard(self.invitations, id="invitation")
        yield KeyBar(self._groups(), id="keys")

    def on_mount(self) -> None:
        self.set_interval(AGES, self.show)
        self.set_interval(1, self._tick)
        self.show()

    async def recompose(self) -> None:
        chosen, top = self._table_state()
        await super().recompose()
        for table in self.query(QueueTable):
            table.chosen, table.top = chosen, top
        self.call_after_refresh(self.show)

    def _table_state(self) -> tuple[str, int]:
        return next(((table.chosen, table.top) for table in self.query(QueueTable)), ("", 0))

    @property
    def chosen(self) -> Ticket | None:
        """The ticket that is chosen in the queue."""
        return next((table.ticket for table in self.query(QueueTable)), None)

    def telling(self) -> Telling:
        """What everything here is written with."""
        desk, sight, docent = self.desk, self.desk.sight, self.desk.docent
        first = sight.next_up(docent.counter) if sight and docent else None
        names = sight.names if sight else {}
        return Telling(desk.messages, desk.catalog, names, desk.now, first.ticket if first else "")

    def show(self) -> None:
        """Show the lines as they were last read, with the ages of this moment."""
        sight, docent = self.desk.sight, self.desk.docent
        if sight is None or docent is None:
            return
        telling = self.telling()
        for table in self.query(QueueTable):
            table.show(rows(sight, docent.counter), telling)
        for foot in self.query(Foot):
            foot.refresh()
        for mine in self.query(CounterCard):
            mine.show(sight, docent.counter, telling)
        self.show_invitations()
        self._show_keys()

    def _tick(self) -> None:
        for mine in self.query(CounterCard):
            mine.tick(self.telling())

    def _groups(self) -> list[Group]:
        """The survey first: the other keys stay where they are on screen when it comes and goes."""
        prints = bool(self.desk.survey_url)
        return [*survey_keys(self.invitations, self.desk.messages, prints=prints), *self._steps()]

    def _steps(self) -> list[Group]:
        desk, docent = self.desk, self.desk.docent
        if desk.sight is None or docent is None:
            return []
        undoes = docent.steps[-1].code if docent.steps else ""
        return groups(desk.sight, docent.counter, self.chosen, undoes, desk.printing.available, desk.messages)

    def _show_keys(self) -> None:
        for bar in self.query(KeyBar):
            bar.show(self._groups())

    def on_queue_table_chosen(self) -> None:
        for foot in self.query(Foot):
            foot.refresh()
        self._show_keys()

    def on_queue_table_opened(self) -> None:
        self.press_open("")

    def subject(self, action: str) -> Ticket | None:
        """The ticket that an action is about now."""
        sight, docent = self.desk.sight, self.desk.docent
        return subject(action, sight, docent.counter, self.chosen) if sight and docent else None

    def act(self, action: str, value: str = "") -> None:
        """What a key does to a ticket at once is in DEEDS; the others ask something first."""
        special = getattr(self, f"press_{action}", None)
        if special:
            special(value)
        elif action in DEEDS:
            self.desk.actions.step(action, lambda: self.subject(action), value)

    def press_next(self, value: str) -> None:
        self.desk.actions.next()

    def press_undo(self, value: str) -> None:
        self.desk.actions.undo()

    def press_reprint(self, value: str) -> None:
        self.desk.actions.reprint(lambda: self.subject("reprint"))

    def _about(self, action: str) -> Ticket | None:
        """The ticket to ask something about; where that leads to nothing the step itself says why."""
        ticket = self.subject(action)
        if ticket and possible(action, ticket):
            return ticket
        value = ticket.lane if ticket and action == "transfer" else "mistake"
        self.desk.actions.step(action, lambda: ticket, value)
        return None

    def press_transfer(self, value: str) -> None:
        ticket = self._about("transfer")
        if ticket:
            self.app.push_screen(sheets.transfer(self.desk, ticket))

    def press_void(self, value: str) -> None:
        ticket = self._about("void")
        if ticket:
            self.app.push_screen(sheets.void(self.desk, ticket))

    def press_mark(self, value: str) -> None:
        ticket = self._about("mark")
        if ticket:
            self.app.push_screen(sheets.mark(self.desk, ticket))

    def press_open(self, value: str) -> None:
        """What can be done with the chosen ticket."""
        ticket = self.chosen
        if ticket:
            self.app.push_screen(sheets.ticket(self.desk, ticket, self._steps()[1], self.act))

    def press_issue(self, value: str) -> None:
        self.app.push_screen(sheets.issue(self.desk))

    def press_lookup(self, value: str) -> None:
        from kiosk.ui.desk.lookup import LookupScreen

        here = self.subject("lookup")
        self.app.push_screen(LookupScreen(service=here.service if here else ""))

    def press_answered(self, value: str) -> None:
        from kiosk.ui.desk.lookup import LookupScreen

        self.app.push_screen(LookupScreen("answered"))

    def press_doubt(self, value: str) -> None:
        from kiosk.ui.desk.lookup import LookupScreen

        here = self.subject("doubt")
        if here and here.service in self.desk.catalog.by_id:
            self.app.push_screen(sheets.doubt(self.desk, here.service))
        else:
            self.app.push_screen(LookupScreen("doubt"))

    def press_counter(self, value: str) -> None:
        self.app.push_screen(sheets.counter(self.desk))

    def press_day_end(self, value: str) -> None:
        self.app.push_screen(sheets.day_end(self.desk))

    def press_leave(self, value: str) -> None:
        self.app.push_screen(sheets.leave(self.desk))

    def on_key(self, event: events.Key) -> None:
        """All keys, the arrows too: as bindings they would take a turn through the app first."""
        if event.key == "ctrl+q":
            self.press_leave("")
        elif event.key == "enter":
            self.press_open("")
        elif event.key in MOVES:
            MOVES[event.key](self.query_one(QueueTable))
        elif event.is_printable and event.character:
            key = self.query_one(KeyBar).find(event.character)
            if key:
                self.act(key.action, key.value)
        else:
            return
        event.stop()
