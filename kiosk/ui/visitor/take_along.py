"""The QR code, full screen: the form, the page or the phone number goes along on the visitor's phone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from kiosk.i18n.marks import N_
from kiosk.ui.online import center_url, service_link
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.code import CodeScreen, fits
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.catalog.model import Service
    from kiosk.i18n.messages import Messages


def take_label(service: Service, messages: Messages) -> str:
    """What the target that leads here says."""
    if service.online.form_url:
        return messages.tr("Take the form with you")
    return messages.tr("Take it with you") if service.online.url else messages.tr("Call from your phone")


class TakeAlongScreen(CodeScreen):
    """Where the code does not fit, the address stands there to be typed."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def on_mount(self) -> None:
        if fits(self.link, self.metrics):
            self.visitor.recorder.record("qr.shown", {"visit": self.visit.id, "service": self.service})

    @property
    def link(self) -> str:
        return service_link(self.visitor.service(self.service), self._center)

    @cached_property
    def _center(self) -> str:
        return center_url(self.kiosk.settings.data, self.kiosk.practice)

    def purpose(self) -> str:
        return self.visitor.service(self.service).name

    def told(self) -> str:
        if fits(self.link, self.metrics):
            return super().told() if self.metrics.height >= 24 else ""
        is_phone = self.link.startswith("tel:")
        return self.tr("Call this number:") if is_phone else self.tr("Type this address on your phone:")

    def address(self) -> str:
        return self.link.removeprefix("tel:").removeprefix("https://")

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
