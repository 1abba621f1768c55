"""The bars that stay in place: city and time above; Back, Start over, Language, Help below."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Scripted

BAR = (
    ("←", N_("Back"), "back"),
    ("⌂", N_("Start over"), "start_over"),
    ("◆", N_("Language"), "language"),
    ("?", N_("Help"), "help"),
)


class TopBar(Scripted):
    """The city's mark and name on one side, date and time on the other."""

    def __init__(self, mark: str, city: str) -> None:
        super().__init__()
        self.mark = mark
        self.city = city
        self.moment = ""

    def words(self) -> str:
        return "\n".join(part for part in (self._city(), self.moment) if part)

    def _city(self) -> str:
        """The city's name; on every screen of a kiosk for practice it says so."""
        return self.kiosk.messages.city(self.city, self.kiosk.practice)

    def on_mount(self) -> None:
        # Dates need Babel's data: after the first frame, not before.
        if self.kiosk.prepared:
            self.tell_time()
        self.set_interval(5, self.tell_time)

    def tell_time(self) -> None:
        """Show the present minute."""
        from kiosk.i18n.formats import date_and_time

        moment = date_and_time(self.kiosk.clock.local(), self.kiosk.language.code)
        if moment != self.moment:
            self.moment = moment
            self.refresh()

    def render(self) -> Content:
        rtl = self.kiosk.language.rtl
        width = self.content_size.width
        city, moment = self.shaped(self._city()), self.shaped(self.moment)
        taken = cell_width(self.mark) + 2 + cell_width(city)
        if taken + 2 + cell_width(moment) > width:
            moment = ""
        air = Content(" " * max(width - taken - cell_width(moment), 0))
        parts = [Content(self.mark), Content("  "), Content(city), air, Content(moment)]
        return Content("").join(reversed(parts) if rtl else parts)


class BottomBar(Horizontal):
    """The four ways out of any screen, in the same order everywhere."""

    def compose(self) -> ComposeResult:
        screen = self.screen
        tr = screen.tr  # type: ignore[attr-defined]
        small = screen.metrics.width < 80  # type: ignore[attr-defined]
        targets = [
            Target(tr(label), action, sign="" if small else sign, id=f"bar-{action}", classes="-bar")
            for sign, label, action in BAR
        ]
        yield from reversed(targets) if screen.has_class("-rtl") else targets
