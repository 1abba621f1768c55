"""Facts in two columns: quiet label, ink value; mirrored for right-to-left scripts."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.content import Content

from kiosk.i18n.script import cell_width
from kiosk.ui.facts import Row
from kiosk.ui.widgets.words import Scripted


class FactCard(Scripted):
    """One page of facts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fact--label", "fact--plain", "fact--quiet", "fact--alert"}

    def __init__(self, page: list[Row], label_width: int, **options: Any) -> None:
        super().__init__(**options)
        self.page = page
        self.label_width = label_width

    def words(self) -> str:
        return "\n".join(
            ": ".join(p for p in (row.label.strip("\0"), row.text) if p) for row in self.page if row.text
        )

    def render(self) -> Content:
        return Content("\n").join(self._row(row) for row in self.page) if self.page else Content("")

    def _row(self, row: Row) -> Content:
        text = Content.styled(self.shaped(row.text), self.get_visual_style(f"fact--{row.tone}", partial=True))
        if row.label == "\0":
            return text
        shown = self.shaped(row.label)
        label = Content.styled(shown, self.get_visual_style("fact--label", partial=True))
        air = " " * max(self.label_width - cell_width(shown), 0)
        return (
            Content.assemble(text, air, label)
            if self.kiosk.language.rtl
            else Content.assemble(label, air, text)
        )
