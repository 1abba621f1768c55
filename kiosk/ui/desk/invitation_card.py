"""Whom to ask to the survey, in a line above the keys; nothing stands in the docent's way."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size

from kiosk.ui.desk.drawn import Drawn
from kiosk.ui.desk.invitations import Invitations, lines
from kiosk.ui.desk.parts import Line


class InvitationCard(Drawn):
    """Takes no room while nobody is to be asked."""

    def __init__(self, invitations: Invitations, **options: Any) -> None:
        super().__init__(**options)
        self.invitations = invitations
        self.display = invitations.latest is not None
        self._shown = (invitations.latest, invitations.others)

    def show(self) -> None:
        """Show them as they are now."""
        now = (self.invitations.latest, self.invitations.others)
        if now != self._shown:
            self._shown = now
            self.display = now[0] is not None
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(lines(self.invitations, max(width, 1), self.kiosk.messages))

    def lines(self) -> list[Line]:
        return lines(self.invitations, max(self.size.width, 1), self.kiosk.messages)
