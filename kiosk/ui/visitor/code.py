"""A QR code as large as the screen allows, with words and the ways on beside it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from kiosk.devices.qr import columns_needed, rows_needed
from kiosk.i18n.marks import N_
from kiosk.i18n.script import wrap
from kiosk.ui.metrics import Metrics
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.bars import BAR
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.qr_code import QRCode
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

AROUND = 6
"""Columns about the words that stand alone beside the code."""
BESIDE = 24
"""Columns that words and targets need beside the code."""


def bars_give_way(metrics: Metrics) -> bool:
    """On low screens both bars give way to one column of targets beside the code."""
    return metrics.height < 34


def fits(payload: str, metrics: Metrics) -> bool:
    """Whether the code can be shown whole at this size."""
    height = metrics.height if bars_give_way(metrics) else metrics.body
    margin = 0 if bars_give_way(metrics) else metrics.margin
    return rows_needed(payload) <= height and columns_needed(payload) + BESIDE + margin <= metrics.width


class CodeScreen(VisitScreen):
    """Subclasses say what the code holds (`link`), and what is said of it."""

    hint = N_("Open the camera of your phone and point it at the square.")

    @property
    def link(self) -> str:
        """What the code holds."""
        raise NotImplementedError

    def purpose(self) -> str:
        """What the code is for."""
        raise NotImplementedError

    def told(self) -> str:
        """What to do; "" where there is no room to say it, or no code."""
        return self.tr("Point your phone's camera at the square.") if fits(self.link, self.metrics) else ""

    def address(self) -> str:
        """What can be typed instead, "" for nothing."""
        return ""

    def press_done(self, value: str) -> None:
        """The visitor has the code."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        if not bars_give_way(self.metrics):
            yield from super().compose()
            return
        self.remember()
        yield from self.body()

    def body(self) -> ComposeResult:
        code: list[Widget] = []
        if fits(self.link, self.metrics):
            code.append(Container(QRCode(self.link), id="code"))
        words, targets = self._words(), self._targets()
        beside = [*code, Vertical(*words, *targets, id="take-words")]
        yield Container(*self.sided(beside), id="take", classes=self._look(words, targets))

    def _look(self, words: list[Words | Heading], targets: list[Target]) -> str:
        """Without bars, and with air where not all of the height is needed."""
        if not bars_give_way(self.metrics):
            return ""
        shown = fits(self.link, self.metrics)
        width = self.metrics.width - (columns_needed(self.link) if shown else 0) - AROUND
        rows = sum(len(wrap(each.words(), max(width, 1))) for each in words) + 3 * len(targets)
        return "-alone -airy" if rows + 1 < self.metrics.height else "-alone"

    def _words(self) -> list[Words | Heading]:
        words: list[Words | Heading] = [Heading(self.purpose(), 0, id="heading")]
        if self.kiosk.practice and bars_give_way(self.metrics):
            words.insert(0, Words(self.tr("Practice"), id="practice"))
        for name, text in (("told", self.told()), ("address", self.address())):
            if text:
                words.append(Words(text, id=name))
        return words

    def _targets(self) -> list[Target]:
        done = Target(self.tr("I have it"), "done", sign="✓", id="done", classes="-accent")
        if not bars_give_way(self.metrics):
            return [done]
        bar = [
            Target(self.tr(label), action, sign=sign, id=f"bar-{action}", classes="-bar")
            for sign, label, action in BAR
        ]
        return [done, *bar]
