"""What every screen of the desk has: the bar above, and a line that says what came of the last key."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from kiosk.ui.base import KioskScreen
from kiosk.ui.desk.invitation_card import InvitationCard
from kiosk.ui.desk.invitations import Invitations
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.ui.desk.app import DeskApp

BESIDE = 100
"""Columns from which two panels stand side by side."""


class DeskScreen(KioskScreen):
    """A screen of the desk; its keys are letters, so nothing on it takes the focus."""

    @property
    def desk(self) -> DeskApp:
        return cast("DeskApp", self.app)

    @property
    def wide(self) -> bool:
        """Whether two panels stand side by side."""
        return self.metrics.width >= BESIDE

    def compose(self) -> ComposeResult:
        self.remember()
        self.set_class(self.wide, "-wide")
        city = self.desk.catalog.city
        yield TopBar(city.mark, self.title_line())
        yield from self.body()

    def title_line(self) -> str:
        """The city, and who is at which counter."""
        city, docent = self.desk.catalog.city.name, self.desk.docent
        if docent is None:
            return city
        return self.tr(
            "{city} · Counter {counter} · {name}", city=city, counter=docent.counter, name=docent.name
        )

    def told(self) -> Words:
        """The quiet line for what came of the last key."""
        words = Words(self.desk.told.text, id="told")
        words.set_class(self.desk.told.refused, "-refused")
        return words

    def show_told(self) -> None:
        """Say what came of the last key."""
        for words in self.query("#told").results(Words):
            words.set_class(self.desk.told.refused, "-refused")
            words.say(self.desk.told.text)

    def show(self) -> None:
        """Show what was read anew; nothing on a screen that shows none of it."""

    @property
    def invitations(self) -> Invitations:
        """Whom the docent should ask to the survey."""
        docent = self.desk.docent
        return docent.invitations if docent else Invitations()

    def show_invitations(self) -> None:
        """Show whom to ask to the survey now."""
        self.invitations.expire(self.desk.clock.monotonic())
        for card in self.query(InvitationCard):
            card.show()

    def press_survey_invited(self, unit: str) -> None:
        self.desk.actions.survey("invited", unit)

    def press_survey_declined(self, unit: str) -> None:
        self.desk.actions.survey("declined", unit)

    def press_survey_print(self, unit: str) -> None:
        asked = self.invitations.meant(unit, self.desk.clock.monotonic())
        if asked:
            self.desk.print_invitation(asked)

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """A click on a key is a press of it."""
        event.stop()
        self.act(event.key.action, event.key.value)

    def act(self, action: str, value: str = "") -> None:
        """Carry out `press_<action>`."""
        getattr(self, f"press_{action}")(value)

    def press_back(self, value: str) -> None:
        if self.app.screen is self:
            self.app.pop_screen()

    def action_escape(self) -> None:
        self.press_back("")


class Overlay(DeskScreen, ModalScreen[None]):
    """A sheet over the screen that it belongs to."""

    def compose(self) -> ComposeResult:
        self.remember()
        with Vertical(id="sheet"):
            yield from self.body()
