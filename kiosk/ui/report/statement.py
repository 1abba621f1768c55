"""Everything about one statement: its answers, the course of time, the target and the plan; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width
from kiosk.survey.wording import days, interval, notes
from kiosk.ui.desk.parts import Line, Part
from kiosk.ui.report.bars import Scale, bar, trend
from kiosk.ui.report.chart import Block, Room, Sheet
from kiosk.ui.report.layout import AIR, beside, labelled, paragraph, title
from kiosk.ui.report.plans import plan_lines
from kiosk.ui.report.words import CHANGES, Telling, meaning, percent, scale, standing

if TYPE_CHECKING:
    from kiosk.survey.score import StatementScore
    from kiosk.survey.scorecard import StatementCard

ANSWERS = (
    ("c4", N_("Strongly agree"), "fill"),
    ("c3", N_("Agree"), "fill"),
    ("c2", N_("Disagree"), "warm"),
    ("c1", N_("Strongly disagree"), "warm"),
    ("na", N_("Not applicable"), "quiet"),
    ("skipped", N_("Left blank"), "quiet"),
)
"""Answers in the order shown, with the tone of their bars."""
WIDE = 100
"""Cells from which two columns stand side by side."""
HIGH = 20
"""Lines from which the large bar is two lines high."""
COUNT = 6


def sheet(card: StatementCard, telling: Telling, room: Room) -> Sheet:
    """The page of a statement."""
    width = room.width
    if width < WIDE:
        lines = [
            *_now(card, telling, width),
            Line(),
            *_answers(card, telling, width),
            Line(),
            *_over_time(card, telling, width),
            *_below(card, telling, width),
        ]
        return Sheet([], [Block(lines)])
    left = (width - 3) // 2
    columns = beside(
        list(_answers(card, telling, left)), list(_over_time(card, telling, width - left - 3)), left, 3
    )
    top = list(_now(card, telling, width, room.height >= HIGH))
    return Sheet([], [Block([*top, Line(), *columns, *_below(card, telling, width)])])


def _now(card: StatementCard, telling: Telling, width: int, high: bool = False) -> Iterator[Line]:
    """The wording, one large bar, and what it allows to say."""
    messages, score = telling.messages, card.current
    yield Line()
    yield from paragraph(card.text, width, "bold")
    yield Line()
    shown = scale(card, score)
    if shown and score:
        said = standing(card.status, messages)
        figures = [percent(score.agree, card.target), interval(score)]
        words = [Part(figures[0], "bold"), Part(f"  {figures[1]}" if figures[1] else "", "quiet")]
        words += [Part("   "), said]
        room = max(width - sum(part.cells for part in words) - 4, 10)
        large = bar(shown, room, telling.rtl)
        yield Line([AIR, large, Part("  "), *words])
        if high:
            yield Line([AIR, large])
        yield Line()
    yield from paragraph(meaning(card, messages), width)
    for note in notes(card, messages):
        yield from paragraph(note, width, "quiet")


def _answers(card: StatementCard, telling: Telling, width: int) -> Iterator[Line]:
    """How often each answer was given."""
    messages, score = telling.messages, card.current
    n = score.n if score else 0
    yield title(messages.tr("Answers"), width, messages.trn("{n} answer", "{n} answers", n) if score else "")
    if score is None:
        yield from paragraph(messages.tr("held back"), width, "quiet")
        return
    if telling.card.public:
        yield from paragraph(messages.tr("How often each answer was given is for staff."), width, "quiet")
        return
    label = max(cell_width(messages.tr(name)) for _, name, _ in ANSWERS) + 2
    most = max(*score.counts, 1)
    room = max(width - label - COUNT - 9, 4)
    for field, name, tone in ANSWERS:
        count = getattr(score.counts, field)
        share = percent(count / n) if n and field.startswith("c") else ""
        yield Line(
            [
                AIR,
                Part(messages.tr(name), "ink" if field.startswith("c") else "quiet", label),
                bar(Scale(count / most), room, telling.rtl, tone, close=True),
                Part(str(count), "bold", COUNT, end=True),
                Part(share, "quiet", 7, end=True),
            ]
        )


def _over_time(card: StatementCard, telling: Telling, width: int) -> Iterator[Line]:
    """Baseline, previous and current period, what others reach, and the trend."""
    messages, whole = telling.messages, telling.card
    tr = messages.tr
    yield title(tr("Compared"), width, tr(CHANGES[card.changed]) if card.changed else "")
    label = max(cell_width(tr(name)) for name in ("Now", "Before", "Baseline", "Elsewhere", "Target")) + 2
    rows = (
        ("current", tr("Now"), card.current),
        ("previous", tr("Before"), card.previous),
        ("baseline", tr("Baseline"), card.baseline),
    )
    for field, name, score in rows:
        yield _period(card, field, name, score, label, telling, width)
    if card.benchmark:
        share = card.benchmark.percent / 100
        yield _compared(tr("Elsewhere"), Scale(share), percent(share), "", label, telling, width, "quiet")
        yield from labelled("", card.benchmark.source, label, width, "quiet")
    else:
        yield from labelled(tr("Elsewhere"), tr("no benchmark entered"), label, width, "quiet")
    target = percent(card.target / 100) if card.target else tr("no target set")
    yield from labelled(tr("Target"), target, label, width)
    yield Line()
    points = [point.agree for point in card.trend]
    if any(point is not None for point in points):
        line = trend(points, len(points), telling.rtl)
        first = days(whole.period.before(len(points) - 1), messages.language.code)
        since = tr("since {days}", days=first)
        yield Line(
            [
                AIR,
                Part(tr("Trend"), "quiet", label),
                line,
                Part(f"  {since}", "quiet"),
            ]
        )


def _period(
    card: StatementCard,
    field: str,
    name: str,
    score: StatementScore | None,
    label: int,
    telling: Telling,
    width: int,
) -> Line:
    """One period as a bar; in words where there is none."""
    tr = telling.messages.tr
    shown = scale(card, score)
    if shown is None or score is None:
        why = tr("nobody answered")
        if field in card.held_back:
            why = tr("held back")
        elif field == "baseline" and telling.card.baseline is None:
            why = tr("no baseline set")
        return Line([AIR, Part(name, "quiet", label), Part(why, "quiet")])
    more = interval(score) or telling.messages.trn("{n} answer", "{n} answers", score.n)
    share = percent(score.agree, card.target)
    return _compared(name, shown, share, more, label, telling, width)


def _compared(
    name: str,
    shown: Scale,
    share: str,
    more: str,
    label: int,
    telling: Telling,
    width: int,
    tone: str = "fill",
) -> Line:
    room = max(width - label - 22, 4)
    return Line(
        [
            AIR,
            Part(name, "ink", label),
            bar(shown, room, telling.rtl, tone, close=True),
            Part(share, "bold", 7, end=True),
            Part("  "),
            Part(more, "quiet", 11),
        ]
    )


def _below(card: StatementCard, telling: Telling, width: int) -> list[Line]:
    """The action plan for the statement."""
    tr = telling.messages.tr
    plans = [plan for plan in telling.card.plans if plan.statement == card.id]
    lines = [Line(), title(tr("What we do about it"), width)]
    for plan in plans:
        lines += plan_lines(plan, telling, width)
    if not plans:
        lines += paragraph(
            tr("Nothing is planned. Enter it with: kiosk actions set {id}", id=card.id), width, "quiet"
        )
    return lines
