"""The docent's own counter beside the queue, with the code in display type and a clock that runs."""

from __future__ import annotations

from typing import Any

from textual.geometry import Region

from kiosk.ui.desk.drawn import Drawn
from kiosk.ui.desk.mine import brief, card
from kiosk.ui.desk.parts import Line
from kiosk.ui.desk.rows import Telling
from kiosk.ui.desk.sight import Sight

LARGE, SMALL = 5, 4
"""Rows of the code in display type, where there is room for much and for little."""
LOW = 12
"""Rows below which the card says only the most important."""


class CounterCard(Drawn):
    """Who is at the counter. Made anew when something happened; each second only its clock."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._shown: tuple[Sight, str, Telling] | None = None
        self._lines: list[Line] = []
        self._clock = -1

    def show(self, sight: Sight, counter: str, telling: Telling) -> None:
        """Show the counter as it is now."""
        self._shown = (sight, counter, telling)
        before = self._lines
        self._make()
        if before != self._lines:
            self.refresh()

    def tick(self, telling: Telling) -> None:
        """A second later: only the clock is drawn again."""
        if self._shown and self._clock >= 0:
            self._shown = (*self._shown[:2], telling)
            self._make()
            self.refresh(Region(0, self._clock, self.size.width, 1))

    def on_resize(self) -> None:
        self._make()
        self.refresh()

    def _make(self) -> None:
        width, height = self.size.width, self.size.height
        if self._shown is None or not width:
            return
        sight, counter, telling = self._shown
        if height < LOW:
            self._lines, self._clock = brief(sight, counter, telling, width, height)
            return
        ticket = sight.here(counter)
        rows = LARGE if height > 2 * LOW else SMALL
        drawn: tuple[str, ...] = (
            self.kiosk.draw_type(ticket.code, rows, width - 3, 1, rows, False) if ticket else ()
        )
        self._lines, self._clock = card(sight, counter, telling, drawn, width, height)

    def lines(self) -> list[Line]:
        return self._lines
