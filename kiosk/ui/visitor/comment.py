"""An optional comment after the last statement, where the settings ask for one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from kiosk.i18n.marks import N_
from kiosk.ui.visitor.typing import TypingScreen
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words


class CommentScreen(TypingScreen):
    """Words are kept apart from the answers; nobody is asked for a name."""

    hint = N_("You may write a few words, or go on without.")
    longest = 200

    def body(self) -> ComposeResult:
        if not self.metrics.small:
            heading = self.metrics.heading if self.metrics.air else 0
            yield Heading(self.tr("Anything you want to add?"), heading, id="heading")
        yield Words(self.tr("Please do not write names, phone numbers or addresses."), id="promise")
        line = [
            self.field(),
            Target(self.tr("Send"), "send", id="send", classes="-accent"),
            Target(self.tr("Skip"), "skip", id="skip"),
        ]
        yield Horizontal(*self.sided(line), id="query")
        if self.keyboard:
            yield self.keys()

    def shown(self) -> str:
        return f"{self.typed[-self._visible :]}▏" if self.typed else self.tr("Type here")

    @property
    def _visible(self) -> int:
        """Characters of the end of the text that the field shows."""
        return max(self.metrics.inner // 2 - 10, 10)

    def press_send(self, value: str) -> None:
        words = self.typed.strip()
        if words and self.visit.response is not None:
            self.visitor.recorder.record("survey.commented", {"response": self.visit.response.id}, text=words)
        self.press_skip(value)

    def press_skip(self, value: str) -> None:
        self.run_worker(self.visitor.surveying.complete(), exclusive=True)

    def press_back(self, value: str) -> None:
        self.press_skip(value)
