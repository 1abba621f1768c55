"""The QR code, full screen: the form, the page or the phone number goes along on the visitor's phone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget

from kiosk.devices.qr import columns_needed, rows_needed
from kiosk.i18n.marks import N_
from kiosk.ui.metrics import Metrics
from kiosk.ui.online import center_url, service_link
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.widgets.bars import BAR
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.qr_code import QRCode
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.catalog.model import Service
    from kiosk.i18n.messages import Messages

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


def take_label(service: Service, messages: Messages) -> str:
    """What the target that leads here says."""
    if service.online.form_url:
        return messages.tr("Take the form with you")
    return messages.tr("Take it with you") if service.online.url else messages.tr("Call from your phone")


class TakeAlongScreen(VisitScreen):
    """Where the code does not fit, the address stands there to be typed."""

    hint = N_("Open the camera of your phone and point it at the square.")

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def on_mount(self) -> None:
        if fits(self._link, self.metrics):
            self.visitor.recorder.record("qr.shown", {"visit": self.visit.id, "service": self.service})

    @property
    def _link(self) -> str:
        return service_link(self.visitor.service(self.service), self._center)

    @cached_property
    def _center(self) -> str:
        return center_url(self.kiosk.settings.data, self.kiosk.practice)

    def compose(self) -> ComposeResult:
        if not bars_give_way(self.metrics):
            yield from super().compose()
            return
        self.remember()
        yield from self.body()

    def body(self) -> ComposeResult:
        shown = fits(self._link, self.metrics)
        code: list[Widget] = [Container(QRCode(self._link), id="code")] if shown else []
        beside = [*code, Vertical(*self._words(shown), *self._targets(), id="take-words")]
        yield Container(
            *self.sided(beside), id="take", classes="-alone" if bars_give_way(self.metrics) else ""
        )

    def _words(self, shown: bool) -> list[Widget]:
        service = self.visitor.service(self.service)
        words: list[Widget] = [Heading(service.name, 0, id="heading")]
        if self.kiosk.practice and bars_give_way(self.metrics):
            words.insert(0, Words(self.tr("Practice"), id="practice"))
        if not shown:
            told = (
                self.tr("Call this number:")
                if self._is_phone
                else self.tr("Type this address on your phone:")
            )
            words.append(Words(told, id="told"))
        elif self.metrics.height >= 24:
            words.append(Words(self.tr("Point your phone's camera at the square."), id="told"))
        words.append(Words(self._link.removeprefix("tel:").removeprefix("https://"), id="address"))
        return words

    @property
    def _is_phone(self) -> bool:
        return self._link.startswith("tel:")

    def _targets(self) -> list[Target]:
        done = Target(self.tr("I have it"), "done", sign="✓", id="done", classes="-accent")
        if not bars_give_way(self.metrics):
            return [done]
        bar = [
            Target(self.tr(label), action, sign=sign, id=f"bar-{action}", classes="-bar")
            for sign, label, action in BAR
        ]
        return [done, *bar]

    def press_done(self, value: str) -> None:
        from kiosk.ui.visitor.need import NeedScreen

        self.app.switch_screen(NeedScreen(self.service))


class TakeHowScreen(VisitScreen):
    """Where one target stands for both: on the phone or on paper."""

    hint = N_("Touch how you want to take the page along.")

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def body(self) -> ComposeResult:
        yield Words(self.visitor.service(self.service).name, classes="-quiet", id="about")
        yield Heading(self.tr("How do you want to take it along?"), self.metrics.heading, id="heading")
        ways = [
            Target(self.tr("On your phone"), "qr", sign="▦", id="qr", classes="-accent -answer"),
            Target(self.tr("On paper"), "print", sign="▤", id="print", classes="-answer"),
        ]
        yield Horizontal(*self.sided(ways), id="answers")

    def press_qr(self, value: str) -> None:
        self.app.switch_screen(TakeAlongScreen(self.service))

    def press_print(self, value: str) -> None:
        from kiosk.ui.visitor.print_page import PrintPageScreen

        self.app.switch_screen(PrintPageScreen(self.service))
