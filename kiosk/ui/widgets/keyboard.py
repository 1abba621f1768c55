"""The on-screen keyboard: keys are targets that answer every touch."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Horizontal

from kiosk.ui.keyboards import LAYOUTS, Layout
from kiosk.ui.metrics import Metrics
from kiosk.ui.widgets.target import Target


def keyboard_rows(metrics: Metrics) -> int:
    """Rows of the keyboard: three of keys, higher where there is room."""
    return 12 if metrics.height >= 40 else 9


class Keyboard(Container):
    """Posts `press_key`, `press_erase` and `press_layer` to the screen it stands on."""

    def __init__(self, language: str, layer: int = 0) -> None:
        super().__init__()
        self.keys: Layout = LAYOUTS.get(language, LAYOUTS["en"])
        self.key_layer = layer % len(self.keys.layers)

    def compose(self) -> ComposeResult:
        tr = self._screen.tr
        following = (self.key_layer + 1) % len(self.keys.layers)
        erase = _key("⌫", "erase", spoken=tr("Erase"))
        layer = _key(self.keys.signs[following], "layer", str(following))
        space = _key("␣", "key", " ", spoken=tr("Space"), wide=True)
        for number, row in enumerate(self.keys.layers[self.key_layer]):
            keys = [_key(letter, "key", letter) for letter in row]
            if number == 1:
                keys.append(erase)
            if number == 2:
                keys = [layer, *keys, space]
            if self.screen.has_class("-rtl"):
                keys.reverse()
            line = Horizontal(*keys, classes="-keys")
            line.styles.height = keyboard_rows(self._screen.metrics) // 3
            yield line

    @property
    def _screen(self) -> Any:
        return self.screen


def _key(title: str, action: str, value: str = "", spoken: str = "", wide: bool = False) -> Target:
    return Target(title, action, value, spoken=spoken, repeats=True, classes="-key -wide" if wide else "-key")
