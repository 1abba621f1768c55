"""Something to touch: a sign, a title and quiet lines inside a visible edge."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.style import Style

from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.widgets.words import Scripted

MIRRORED = {"←": "→", "→": "←"}


class Target(Scripted, can_focus=True):
    """A touch target of at least 3 rows by 12 columns; acts on release, or on Enter.

    `action` names the screen's method `press_<action>`, called with `value`. A target that
    `repeats` (a keyboard key) answers every touch; the others ignore a second one that
    follows at once.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", show=False)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"target--title", "target--detail", "target--match"}

    class Pressed(Message):
        """A visitor touched the target."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

        @property
        def control(self) -> Target:
            return self.target

    def __init__(
        self,
        title: str,
        action: str,
        value: str = "",
        *,
        detail: str = "",
        match: str = "",
        sign: str = "",
        spoken: str = "",
        repeats: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.title = title
        self.action = action
        self.value = value
        self.detail = detail
        self.match = match
        self.sign = sign
        self.spoken = spoken
        self.repeats = repeats

    def words(self) -> str:
        """Title, then detail and match, as they are read aloud."""
        return "\n".join(part for part in (self.spoken or self.title, self.detail, self.match) if part)

    def become(self, title: str, value: str, detail: str = "", match: str = "") -> None:
        """Show another item in the same place."""
        self.title, self.value, self.detail, self.match = title, value, detail, match
        self.refresh()

    def action_press(self) -> None:
        self.post_message(self.Pressed(self))

    def _forward_event(self, event: events.Event) -> None:
        """Tell the screen of a touch at once: through queues of their own, fast touches on several
        targets would overtake each other, and letters change places."""
        if not isinstance(event, events.Click):
            super()._forward_event(event)
        elif event.button == 1:
            self.screen.post_message(self.Pressed(self))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_width(self._label())

    def lines(self, width: int) -> list[tuple[str, str]]:
        """(component class, wrapped logical line) for a content width in cells."""
        rows = [("target--title", line) for line in wrap(self.title, self._beside_sign(width))]
        rows += [("target--detail", line) for line in wrap(self.detail, width)] if self.detail else []
        rows += [("target--match", line) for line in wrap(self.match, width)] if self.match else []
        return rows

    def _beside_sign(self, width: int) -> int:
        """Cells for the title; the sign gives way where it would break the title into more lines."""
        beside = width - cell_width(self.sign) - 2
        if not self.sign or beside < 1 or len(wrap(self.title, beside)) > len(wrap(self.title, width)):
            return width
        return beside

    def _label(self) -> str:
        return f"{self.sign}  {self.title}" if self.sign else self.title

    def render(self) -> Content:
        width, height = self.content_size
        styles = {name: self.get_visual_style(name, partial=True) for name in self.COMPONENT_CLASSES}
        rows = self.lines(max(width, 1))[: max(height, 1)]
        shown = [self._row(index, line, styles[name]) for index, (name, line) in enumerate(rows)]
        return Content("\n").join(shown)

    def _row(self, index: int, line: str, style: Style) -> Content:
        text = Content.styled(self.shaped(line), style)
        if index or self._beside_sign(self.content_size.width) == self.content_size.width:
            return text
        if self.kiosk.language.rtl:
            return Content.assemble(text, "  ", MIRRORED.get(self.sign, self.sign))
        return Content.assemble(self.sign, "  ", text)
