"""The code of a ticket's page, on a screen of its own where it has no room beside the ticket."""

from __future__ import annotations

from kiosk.ui.visitor.code import CodeScreen


class TicketPhoneScreen(CodeScreen):
    """`link` leads to the ticket's page."""

    def __init__(self, link: str) -> None:
        super().__init__()
        self._link = link

    @property
    def link(self) -> str:
        return self._link

    def purpose(self) -> str:
        return self.tr("Follow your place in the line on your phone")

    def on_unmount(self) -> None:
        """Textual may keep a screen that was left a little longer; where it leads goes now."""
        self._link = ""

    def press_done(self, value: str) -> None:
        self.visitor.back_or_end()
