"""A scorecard worth looking at, and the screens that show it, driven by keys and the mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.catalog.model import Benchmark
from kiosk.clock import FixedClock
from kiosk.i18n.messages import load
from kiosk.i18n.script import visual
from kiosk.survey.actions import Plan
from kiosk.survey.period import Span
from kiosk.survey.rates import completion_rate, dispositions, rates
from kiosk.survey.score import AnswerCounts, Cell, StatementScore, changed, clear_gap, score, status
from kiosk.survey.scorecard import (
    Channel,
    ChannelStatement,
    Focus,
    GroupRow,
    GroupTable,
    Point,
    Sample,
    SampleRow,
    Scorecard,
    StatementCard,
)
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.desk.keys import flow
from kiosk.ui.report.app import ReportApp
from kiosk.ui.report.chart import Chart
from tests.support.app import Kiosk, plain_settings, still_timers

PERIOD = Span(date(2026, 10, 28), date(2026, 11, 26))
TEXTS = {
    "overall": "My overall experience with this service was positive",
    "knowledge": "Employees demonstrated knowledge and expertise in this service",
    "convenience": "Business hours and location were convenient",
    "facilities": "Facilities were safe and clean",
    "timeliness": "Services were provided in a timely manner",
    "fairness": "Staff was fair in their exercise of judgment and application of policies and procedures",
    "interactions": "Staff maintained positive interactions",
    "clarity": "Staff communicated clearly",
    "attention": "Customers were given adequate individual attention by staff",
    "information": "It felt easy to get information about policies and procedures for this service",
}
ANSWERS = {
    "overall": (12, 21, 160, 219),
    "knowledge": (3, 7, 52, 88),
    "convenience": (14, 38, 70, 49),
    "facilities": (2, 6, 61, 90),
    "timeliness": (21, 40, 55, 31),
    "fairness": (4, 11, 60, 66),
    "interactions": (2, 5, 50, 95),
    "clarity": (3, 9, 57, 78),
    "attention": (5, 14, 58, 64),
    "information": (9, 18, 66, 60),
}
TARGET = 85
PLAN = Plan(
    id="0" * 32,
    statement="timeliness",
    text=TEXTS["timeliness"],
    scope="",
    scope_name="",
    cause="Two windows are closed over lunch, when most people come",
    action="Keep three cashier windows open from 11 to 1; greet at the door on the first of the month",
    owner="Utility Billing, shift lead",
    due="2026-12-15",
    remeasure="2027-01-31",
    state="open",
    overdue=False,
)


def counted(c1: int, c2: int, c3: int, c4: int, na: int = 6, blank: int = 3) -> StatementScore:
    """A score of a systematic sample."""
    return score([Cell("systematic 5", "", 4000, AnswerCounts(c1, c2, c3, c4, na, blank))])


def a_card(name: str, counts: tuple[int, int, int, int], before: tuple[int, int, int, int]) -> StatementCard:
    """A statement whose target is 85%."""
    now, then = counted(*counts), counted(*before)
    points = [0.78, 0.8, None, 0.79, 0.83, 0.84, 0.82, then.agree, now.agree]
    trend = tuple(Point(PERIOD.before(8 - age), 120, agree) for age, agree in enumerate(points))
    return StatementCard(
        name,
        TEXTS[name],
        "standard",
        "",
        TARGET,
        Benchmark(82, "National Community Survey 2025") if name == "overall" else None,
        None,
        then,
        now,
        status(now, TARGET / 100),
        changed(now, then),
        clear_gap(now, TARGET / 100),
        trend,
    )


def a_row(stratum: str, name: str, *figures: int) -> SampleRow:
    """Eligible, selected, invited, declined, started, completed and half-answered, with their rates."""
    eligible, selected, invited, declined, started, completed, partial = figures
    stopped = started - completed
    return SampleRow(
        stratum=stratum,
        name=name,
        eligible=eligible,
        selected=selected,
        invited=invited,
        declined=declined,
        accepted=started,
        started=started,
        completed=completed,
        abandoned=stopped,
        partial=partial,
        rates=rates(dispositions(selected, declined, completed, stopped, partial)),
        completion=completion_rate(completed, started),
    )


def a_table(by: str, groups: dict[str, tuple[int, int, int, int]]) -> GroupTable:
    rows = [
        GroupRow(name.lower(), name, sum(counts) + 4, {"overall": counted(*counts), "clarity": None})
        for name, counts in groups.items()
    ]
    return GroupTable(by, "invited", tuple(rows))


def a_sample() -> Sample:
    """One visitor in five, in three strata."""
    return Sample(
        ("systematic 5",),
        a_row("", "All", 4812, 962, 874, 271, 512, 431, 40),
        (
            a_row("bills", "Bills and payments", 2100, 420, 390, 110, 240, 205, 18),
            a_row("court", "Court and fines", 1300, 260, 240, 80, 130, 104, 12),
            a_row("self_service", "Looked something up", 1412, 282, 244, 81, 142, 122, 10),
        ),
    )


def a_channel() -> Channel:
    """People who left feedback by themselves."""
    chose = replace(counted(9, 4, 6, 3), basis="self_selected", interval=None)
    return Channel("convenience", 28, 22, 22 / 28, (ChannelStatement("overall", TEXTS["overall"], chose),))


def some_groups() -> tuple[GroupTable, ...]:
    """By service, one of them with few answers, and by language."""
    services = {
        "Pay a City utility bill": (4, 9, 60, 80),
        "Pay a traffic ticket": (6, 8, 22, 14),
        "Building permit": (0, 1, 3, 2),
    }
    languages = {"English": (6, 12, 90, 130), "Español": (2, 3, 30, 41)}
    return a_table("service", services), a_table("language", languages)


def a_scorecard(**changes: Any) -> Scorecard:
    """A month worth looking at."""
    cards = tuple(
        a_card(name, counts, (counts[0] + 3, counts[1] + 5, counts[2], max(counts[3] - 9, 0)))
        for name, counts in ANSWERS.items()
    )
    below = sorted((card for card in cards if card.gap), key=lambda card: -card.gap)
    base = Scorecard(
        city="City of Tulsa",
        practice=False,
        public=False,
        audience="visitor",
        language="en",
        survey="exit",
        version=1,
        today=date(2026, 11, 27),
        period=PERIOD,
        previous=PERIOD.before(),
        baseline=None,
        started=540,
        statements=cards,
        sample=a_sample(),
        channels=(a_channel(),),
        focus=tuple(Focus(card, PLAN if card.id == PLAN.statement else None) for card in below),
        plans=(PLAN,),
        groups=some_groups(),
    )
    return replace(base, **changes)


class Report(Kiosk):
    """The running screens and the member of staff at them."""

    app: Any

    @property
    def chart(self) -> Chart:
        return self.screen.query_one(Chart)

    @property
    def chosen(self) -> str:
        return self.chart.chosen

    def row(self, words: str) -> int:
        """The row of the screen on which words stand."""
        rows = self.text().split("\n")
        return next(y for y, row in enumerate(rows) if words in row)

    def painted(self, y: int) -> list[tuple[str, str, str]]:
        """The cells of a row: character, colour and ground."""
        strip = self.screen._compositor.render_strips()[y]
        return [
            (character, _colour(segment.style, "color"), _colour(segment.style, "bgcolor"))
            for segment in strip
            for character in segment.text
        ]

    def said(self, english: str, **values: object) -> str:
        """Words as they stand on the screen in its language."""
        messages = self.app.messages
        return visual(messages.tr(english, **values), messages.language.rtl)

    async def seen(self) -> str:
        """Everything the chart shows, going down to its end."""
        found = [self.text()]
        while self.chart.hidden:
            await self.press("pagedown")
            found.append(self.text())
        return "\n".join(found)

    async def click_key(self, name: str) -> None:
        """Click a key where it is shown."""
        bar = self.screen.query_one(KeyBar)
        for y, line in enumerate(flow(bar.groups, bar.size.width)):
            for _, placed in line:
                if placed and placed.key.key == name:
                    x = bar.content_region.x + bar.column(placed.start + 1)
                    await self.touch_at(x, bar.content_region.y + y)
                    return
        raise AssertionError(f"no key {name} in {bar.words()}")


def _colour(style: Any, which: str) -> str:
    """The name of a colour of a style; nothing where it has none."""
    found = getattr(style, which, None)
    return found.name.casefold() if found else ""


@asynccontextmanager
async def report(
    data: Path,
    size: tuple[int, int] = (120, 34),
    code: str = "en",
    card: Scorecard | None = None,
    **more: Any,
) -> AsyncIterator[Report]:
    """The screens of a scorecard."""
    clock = FixedClock()
    shown = card or a_scorecard(language=code)
    app = ReportApp(shown, plain_settings(data), clock, load(code), **more)
    with still_timers():
        async with app.run_test(size=size) as pilot:
            found = Report(app, pilot, clock)  # type: ignore[arg-type]
            await found.settle()
            yield found
