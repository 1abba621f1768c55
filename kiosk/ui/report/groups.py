"""One statement by service, department, lane, language, site, day or hour; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width
from kiosk.survey.wording import interval
from kiosk.ui.desk.parts import Line, Part
from kiosk.ui.report.bars import FULL, Drawing, Ink, Scale, bar
from kiosk.ui.report.chart import Block, Room, Sheet
from kiosk.ui.report.layout import AIR, paragraph
from kiosk.ui.report.overview import WIDE, axis
from kiosk.ui.report.words import Telling, percent

if TYPE_CHECKING:
    from kiosk.survey.scorecard import GroupRow, GroupTable, StatementCard

BY = (
    ("s", N_("Service"), "service"),
    ("d", N_("Department"), "department"),
    ("l", N_("Line"), "lane"),
    ("a", N_("Language"), "language"),
    ("y", N_("Day"), "day"),
    ("h", N_("Hour"), "hour"),
    ("i", N_("Site"), "site"),
)
"""Keys of what figures may be shown by."""
INVITED = "invited"
AGREE, ANSWERS, INTERVAL = 8, 9, 8
"""Cells of the figures' columns."""


class Choice(NamedTuple):
    """What the table is about."""

    table: GroupTable | None
    statement: StatementCard | None


def sheet(choice: Choice, telling: Telling, room: Room) -> Sheet:
    """Rows with bars; a row with few answers says so, and its bar is pale."""
    tr, width = telling.messages.tr, room.width
    card, table = choice.statement, choice.table
    if card is None or table is None or not table.rows:
        text = tr("There are no answers to show in this way.")
        return Sheet([], [Block([Line(), *paragraph(text, width)])])
    few = tr("? under {n} answers", n=telling.card.limit) if width >= WIDE else "?"
    rest = width - AGREE - ANSWERS - max(cell_width(few), INTERVAL) - 5
    name = min(max((cell_width(row.name) for row in table.rows), default=0), rest * 11 // 20)
    picture = max(rest - name - 2, 4)
    head = [
        *paragraph(card.text, width, "bold", "paper"),
        Line(
            [
                AIR,
                Part("", "quiet", name + 2),
                *axis(picture, telling),
                Part(tr("agree"), "quiet", AGREE, end=True),
                Part(tr("answers"), "quiet", ANSWERS, end=True),
            ],
            "paper",
        ),
    ]
    lines = [_row(row, card, few, telling, (name, picture)) for row in table.rows]
    return Sheet(head, [Block([line]) for line in lines])


def _row(row: GroupRow, card: StatementCard, few: str, telling: Telling, cells: tuple[int, int]) -> Line:
    """A group with the share that agreed; words in place of figures where there are none."""
    messages, (name, picture) = telling.messages, cells
    start = [AIR, Part(row.name, "ink", name), Part("  ")]
    if card.id not in row.scores:
        return Line([*start, Part(messages.tr("not asked"), "quiet")])
    score = row.scores[card.id]
    if score is None:
        return Line([*start, Part(messages.tr("held back"), "quiet")])
    if score.agree is None:
        return Line([*start, Part(messages.tr("nobody answered"), "quiet")])
    rare = score.n < telling.card.limit
    low, high = score.interval or (None, None)
    shown: Drawing = bar(Scale(score.agree, low, high, card.target / 100), picture, telling.rtl, close=True)
    if rare:
        shown = bar(Scale(score.agree, target=card.target / 100), picture, telling.rtl, "likely", close=True)
    return Line(
        [
            *start,
            shown,
            Part(percent(score.agree, card.target), "quiet" if rare else "bold", AGREE, end=True),
            Part(str(score.n), "ink", ANSWERS, end=True),
            Part("  "),
            Part(few, "warm") if rare else Part(interval(score), "quiet"),
        ]
    )


def legend(telling: Telling) -> list[Part]:
    """What a pale bar means."""
    pale = Drawing(FULL * 2, inks=(Ink("likely"),) * 2)
    said = telling.messages.tr("? under {n} answers: chance alone may explain it", n=telling.card.limit)
    return [AIR, pale, Part(f" {said}", "quiet")]
