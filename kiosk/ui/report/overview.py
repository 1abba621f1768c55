"""All statements at a glance: a bar of those who agree, how sure that is, the target, the status; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kiosk.i18n.script import cell_width, wrap
from kiosk.survey.wording import interval
from kiosk.ui.desk.parts import Line, Part, cut, spread
from kiosk.ui.report.bars import FULL, TICK, Drawing, Ink, bar, column, trend
from kiosk.ui.report.chart import Block, Room, Sheet
from kiosk.ui.report.layout import AIR, title
from kiosk.ui.report.words import CHANGES, STANDINGS, Telling, percent, scale, standing

if TYPE_CHECKING:
    from kiosk.survey.scorecard import StatementCard

WIDE = 100
"""Cells from which a statement stands beside its bar; below, it stands above."""
SIGN, SHARE, TREND = 3, 6, 9
"""Cells of the columns whose words do not change."""


class Columns(NamedTuple):
    """Cells of the columns that depend on the room and the words."""

    text: int
    bar: int
    counts: int
    status: int


def sheet(telling: Telling, room: Room) -> Sheet:
    """The statements in the order of the survey, then the departments' own, then former ones."""
    columns = measured(telling, room.width)
    cards = telling.card.statements
    # Air only where all of them still stand on the screen.
    airy = room.width >= WIDE and room.height >= 3 * len(cards)
    blocks: list[Block] = []
    kind = ""
    for card in cards:
        group = card.kind if card.kind != "own" else f"own {card.department}"
        if group != kind and group != "standard":
            blocks.append(Block([title(_group(card, telling), room.width)]))
        kind = group
        chosen = card.id == room.chosen
        lines = (_wide if room.width >= WIDE else _narrow)(card, telling, columns, room.width, chosen)
        blocks.append(Block([*lines, *([Line()] if airy else [])], card.id))
    return Sheet([_head(telling, columns, room.width)], blocks)


def measured(telling: Telling, width: int) -> Columns:
    """The columns for a width: what words need first, then the bar, then the statements."""
    tr = telling.messages.tr
    brief = width < WIDE
    widest = max(cell_width(standing(name, telling.messages, brief).text) for name in STANDINGS)
    counts = max(cell_width(tr("answers")), 5) + 2
    if brief:
        return Columns(
            width - 2 * SIGN - widest, width - SIGN - SHARE - counts - 10 - TREND - 2, counts, widest
        )
    rest = width - SIGN - SHARE - counts - widest - TREND - 6
    return Columns(rest * 11 // 20, rest - rest * 11 // 20 - 2, counts, widest)


def _group(card: StatementCard, telling: Telling) -> str:
    tr = telling.messages.tr
    if card.kind == "own":
        return tr("Asked by {department}", department=card.department)
    return tr("Asked no more")


def axis(width: int, telling: Telling) -> list[Part]:
    """The scale above bars: nothing, half, everybody."""
    whole = percent(1.0)
    if width < 2 * (cell_width(whole) + 2):
        return [Part("0", "quiet", 1), Part(whole, "quiet", width - 1, end=True)]
    half = width // 2 - 1
    end = Part(whole, "quiet", width - half - 2, end=True)
    return [Part("0", "quiet", half), Part("50", "quiet", 2), end]


def _head(telling: Telling, columns: Columns, width: int) -> Line:
    tr = telling.messages.tr
    agree = [
        Part(tr("agree"), "quiet", SHARE + 1, end=True),
        Part(tr("answers"), "quiet", columns.counts, end=True),
    ]
    start = [Part(" " * SIGN)]
    end = [Part(tr("trend"), "quiet", TREND, end=True), AIR]
    if width < WIDE:
        return Line([*start, *axis(columns.bar, telling), *agree, Part(" " * 10), *end], "paper")
    texts = [Part(tr("statement"), "quiet", columns.text), Part("  ")]
    status = [Part("  "), Part("", "quiet", columns.status)]
    return Line([*start, *texts, *axis(columns.bar, telling), *agree, *status, *end], "paper")


def _bar(card: StatementCard, width: int, telling: Telling) -> Part:
    shown = scale(card, card.current)
    if shown is None:
        return Drawing("▁" * width, inks=(Ink("track"),) * width)
    return bar(shown, width, telling.rtl)


def _figures(card: StatementCard, columns: Columns) -> list[Part]:
    score = card.current
    share = percent(score.agree if score else None, card.target)
    n = str(score.n) if score else "–"
    return [Part(share, "bold", SHARE + 1, end=True), Part(n, "ink", columns.counts, end=True)]


def _trend(card: StatementCard, telling: Telling) -> Part:
    return trend([point.agree for point in card.trend], TREND - 1, telling.rtl)


def _wide(
    card: StatementCard, telling: Telling, columns: Columns, width: int, chosen: bool
) -> Iterator[Line]:
    """Two lines: the statement wrapped beside its bar; interval, target and change below the figures."""
    messages, ground = telling.messages, "soft" if chosen else "card"
    texts = wrap(card.text, columns.text)
    if len(texts) > 2:
        texts = [texts[0], cut(" ".join(texts[1:]), columns.text)]
    first, second = (Part(text, "bold" if chosen else "ink", columns.text) for text in (*texts, "")[:2])
    said = standing(card.status, messages)
    start = [Part(" ▸ " if chosen else "   ", "accent"), first, Part("  ")]
    status = [Part("  "), Part(said.text, said.tone, columns.status), AIR]
    figures = _figures(card, columns)
    shown = [_bar(card, columns.bar, telling), *figures, *status, _trend(card, telling), AIR]
    yield Line([*start, *shown], ground)
    change = messages.tr(CHANGES[card.changed]) if card.changed else ""
    below = [
        Part(_target(card, columns.bar, telling), "quiet", columns.bar),
        Part(interval(card.current), "quiet", SHARE + 1 + columns.counts, end=True),
        Part(f"    {change}", "quiet", columns.status + TREND + 2),
    ]
    yield Line([Part("   "), second, Part("  "), *below], ground)


def _target(card: StatementCard, width: int, telling: Telling) -> str:
    """The target below its tick, where not all statements have the same."""
    if not card.target or common_target(telling):
        return ""
    text = percent(card.target / 100)
    return " " * min(column(card.target / 100, width), width - cell_width(text)) + text


def common_target(telling: Telling) -> int:
    """The one target of all statements that have one; 0 where they differ."""
    targets = {card.target for card in telling.card.statements if card.target}
    return targets.pop() if len(targets) == 1 else 0


def _narrow(
    card: StatementCard, telling: Telling, columns: Columns, width: int, chosen: bool
) -> Iterator[Line]:
    """Two lines: the statement and how it stands, then its bar and figures."""
    messages, ground = telling.messages, "soft" if chosen else "card"
    said = standing(card.status, messages, brief=True)
    sign = Part(" ▸ " if chosen else "   ", "accent")
    text = Part(card.text, "bold" if chosen else "ink")
    yield Line(spread([sign], text, [Part("  "), said, AIR], width), ground)
    yield Line(
        [
            Part("   "),
            _bar(card, columns.bar, telling),
            *_figures(card, columns),
            Part(interval(card.current), "quiet", 10, end=True),
            AIR,
            _trend(card, telling),
            AIR,
        ],
        ground,
    )


def legend(telling: Telling) -> list[Part]:
    """What the parts of a bar mean."""
    tr = telling.messages.tr
    agree, sure = tr("agree"), tr("range it lies in, 19 times in 20")
    found = [AIR, _key("fill"), Part(f" {agree}   ", "quiet")]
    if any(card.current and card.current.interval for card in telling.card.statements):
        found += [_key("sure", "likely"), Part(f" {sure}   ", "quiet")]
    if any(card.target for card in telling.card.statements):
        same = common_target(telling)
        words = tr("target {target}%", target=same) if same else tr("target")
        found += [Drawing(TICK, inks=(Ink("tick"),)), Part(f" {words}", "quiet")]
    return found


def _key(*tones: str) -> Drawing:
    return Drawing(FULL * 2, inks=tuple(Ink(tone) for tone in (tones * 2)[:2]))
