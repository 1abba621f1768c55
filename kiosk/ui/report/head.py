"""What stands above and below a chart: the period and its figures, and what the signs mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from textual.geometry import Size

from kiosk.i18n.script import cell_width, wrap
from kiosk.survey.wording import days
from kiosk.ui.desk.parts import Line, Part, spread
from kiosk.ui.report.chart import Chart
from kiosk.ui.report.layout import AIR
from kiosk.ui.report.painted import Painted
from kiosk.ui.report.words import counted, percent, warnings

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.survey.scorecard import Scorecard
    from kiosk.ui.report.app import ReportApp


class Figures(Painted):
    """The period and what it holds; one line with the view's title, or several beside a drawn one."""

    def __init__(self, title: str, **options: Any) -> None:
        super().__init__(**options)
        self.title_words = title

    @property
    def _card(self) -> Scorecard:
        return cast("ReportApp", self.app).card

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._made(width))

    def lines(self) -> list[Line]:
        return self._made(max(self.size.width, 1))

    def _made(self, width: int) -> list[Line]:
        card, messages = self._card, self.kiosk.messages
        period = days(card.period, messages.language.code)
        employees = messages.tr("Answers of employees") if card.audience == "employee" else ""
        odd = [row for text in warnings(card, messages) for row in wrap(f"! {text}", max(width - 2, 1))]
        if self.title_words:
            start = [AIR, Part(self.title_words, "accent"), Part(f"  {period}", "bold")]
            room = width - sum(part.cells for part in start) - 2
            ends = (text for text in _people(card, messages) if cell_width(text) <= room)
            first = Line(spread(start, Part(""), [Part(next(ends, ""), "quiet"), AIR], width), "paper")
            more = [Part(employees, "bold"), *(Part(text, "warm") for text in odd)]
            return [first, *(Line([AIR, part], "paper") for part in more if part.text)]
        texts = [
            Part(period, "bold"),
            Part(employees, "bold"),
            Part(next(iter(_people(card, messages)), ""), "quiet"),
            Part(_reached(card, messages), "quiet"),
            *(Part(text, "warm") for text in odd),
        ]
        return [Line(spread([], Part(""), [text], width), "paper") for text in texts if text.text]


def _people(card: Scorecard, messages: Messages) -> list[str]:
    """How many finished, and what part of those chosen that is; then in fewer words."""
    total = card.sample.total
    if total is None:
        return []
    finished = messages.trn("{n} finished survey", "{n} finished surveys", total.completed)
    if total.rates.response_1 is None:
        return [finished]
    rate = percent(total.rates.response_1)
    return [messages.tr("{finished} · response rate {share}", finished=finished, share=rate), finished]


def _reached(card: Scorecard, messages: Messages) -> str:
    asked = [one for one in card.statements if one.kind != "former" and one.target]
    reached = sum(one.status == "on_target" for one in asked)
    return counted(len(asked), reached, messages) if asked else ""


class Foot(Painted):
    """What the drawings mean, and how many lines lie below."""

    def __init__(self, legend: Callable[[], list[Part]], **options: Any) -> None:
        super().__init__(**options)
        self._legend = legend

    def lines(self) -> list[Line]:
        hidden = sum(chart.hidden for chart in self.screen.query(Chart))
        more = self.kiosk.messages.tr("↓ {n} more", n=hidden) if hidden else ""
        end = [Part(more, "quiet"), AIR] if more else []
        room = self.size.width - sum(part.cells for part in end)
        parts: list[Part] = []
        for part in self._legend():
            if sum(one.cells for one in (*parts, part)) <= room:
                parts.append(part)
        rest = Part(" " * max(room - sum(part.cells for part in parts), 0))
        return [Line([*parts, rest, *end], "paper")]
