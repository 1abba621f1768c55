"""Text in any script: wrapped, shaped and reordered by us, never parsed as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from kiosk.i18n.script import cell_width, visual, wrap

if TYPE_CHECKING:
    from kiosk.ui.base import KioskApp


class Scripted(Widget):
    """A widget that shows words in the visitor's script."""

    @property
    def kiosk(self) -> KioskApp:
        """The app, by its own type."""
        return cast("KioskApp", self.app)

    rtl: bool | None = None
    """The direction of the words, where it is not that of the language on screen."""

    @property
    def from_right(self) -> bool:
        """Whether the words run from right to left."""
        return self.kiosk.language.rtl if self.rtl is None else self.rtl

    def shaped(self, line: str) -> str:
        """One wrapped line as the terminal must receive it."""
        return visual(line, self.from_right) if self.kiosk.bidi == "app" else line

    def words(self) -> str:
        """What the widget says, as plain logical text; for speech and tests."""
        raise NotImplementedError


class Words(Scripted):
    """A paragraph; its height is the number of wrapped lines."""

    def __init__(self, text: str, **options: Any) -> None:
        super().__init__(**options)
        self._text = text

    def words(self) -> str:
        return self._text

    def say(self, text: str) -> None:
        """Show other words."""
        if text != self._text:
            self._text = text
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return max((cell_width(line) for line in self._text.split("\n")), default=0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(wrap(self._text, max(width, 1))) or 1

    def render(self) -> Content:
        lines = wrap(self._text, max(self.content_size.width, 1))
        return Content("\n".join(self.shaped(line) for line in lines))
