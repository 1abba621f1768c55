"""Something to touch: a sign, a title and quiet lines inside a visible edge."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.style import Style

from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.widgets.words import Scripted

MIRRORED = {"←": "→", "→": "←", "▸": "◂"}
GAP = "   "
"""Between a title and the match beside it."""


class Target(Scripted, can_focus=True):
    """A touch target of at least 3 rows by 12 columns; acts on release, or on Enter.

    `action` names the screen's method `press_<action>`, called with `value`. A target that
    `repeats` (a keyboard key) answers every touch; the others ignore a second one that
    follows at once.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", show=False)]

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
        quiet: bool = False,
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
        self.quiet = quiet
        self.empty = False

    @property
    def focusable(self) -> bool:
        return not self.empty and super().focusable

    def words(self) -> str:
        """Title, then detail and match, as they are read aloud."""
        return "\n".join(part for part in (self.spoken or self.title, self.detail, self.match) if part)

    def become(self, title: str, action: str, value: str, detail: str, match: str, sign: str) -> None:
        """Show another item in the same place; drawn again only when that changes something."""
        before = (self.title, self.detail, self.match, self.sign, self.empty)
        self.empty = False
        self.title, self.detail, self.match, self.sign = title, detail, match, sign
        self.action, self.value = action, value
        if before != (title, detail, match, sign, False):
            self.refresh()

    def vanish(self) -> None:
        """Show nothing and react to nothing; the place is kept, so that nothing else moves."""
        if not self.empty:
            self.empty, self.title, self.detail, self.match, self.spoken = True, "", "", "", ""
            self.refresh()

    def action_press(self) -> None:
        self.post_message(self.Pressed(self))

    def _forward_event(self, event: events.Event) -> None:
        """Tell the screen of a touch at once: through queues of their own, fast touches on several
        targets would overtake each other, and letters change places."""
        if not isinstance(event, events.Click):
            super()._forward_event(event)
        elif event.button == 1 and not self.empty and self.is_attached:
            # One that gave way under the finger, to a screen composed again, is no target any more.
            self.screen.post_message(self.Pressed(self))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_width(self._label())

    def lines(self, width: int) -> list[tuple[str, str]]:
        """(role, wrapped logical line) for a content width in cells; roles are title, detail and match.

        A match has lines of its own only where the target is high enough for all of them.
        """
        rows = [("title", line) for line in wrap(self.title, self._beside_sign(width))]
        rows += [("detail", line) for line in wrap(self.detail, width)] if self.detail else []
        match = [("match", line) for line in wrap(self.match, width)] if self.match else []
        return rows + match if len(rows) + len(match) <= self.content_size.height else rows

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
        styles = self._styles()
        rows = self.lines(max(width, 1))[: max(height, 1)]
        shown = [self._row(index, line, styles[role]) for index, (role, line) in enumerate(rows)]
        if self._match_beside(rows[-1], width):
            match = Content.styled(self.shaped(self.match), styles["match"])
            parts = (match, GAP, shown[-1]) if self.kiosk.language.rtl else (shown[-1], GAP, match)
            shown[-1] = Content.assemble(*parts)
        return Content("\n").join(shown)

    def _match_beside(self, last: tuple[str, str], width: int) -> bool:
        """Whether the match, having no line of its own, stands beside the last line of the title."""
        role, line = last
        fits = cell_width(line) + len(GAP) + cell_width(self.match) <= self._beside_sign(width)
        return bool(self.match) and role == "title" and fits

    def _styles(self) -> dict[str, Style]:
        """Styles by role. Not component classes: styling those took longer than the rest of a target."""
        colours = self.kiosk.colours
        second = colours.on_accent if self.has_class("-accent") else colours.quiet
        title = Style(foreground=Color.parse(colours.quiet)) if self.quiet else Style(bold=True)
        return {
            "title": title,
            "detail": Style(foreground=Color.parse(second)),
            "match": Style(foreground=Color.parse(colours.accent)),
        }

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self.empty:
            return super().render_lines(crop)
        blank = Strip.blank(crop.width, RichStyle(bgcolor=self.kiosk.colours.paper))
        return [blank] * crop.height

    def _row(self, index: int, line: str, style: Style) -> Content:
        text = Content.styled(self.shaped(line), style)
        if index or self._beside_sign(self.content_size.width) == self.content_size.width:
            return text
        if self.kiosk.language.rtl:
            return Content.assemble(text, "  ", MIRRORED.get(self.sign, self.sign))
        return Content.assemble(self.sign, "  ", text)
