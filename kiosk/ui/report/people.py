"""How people were chosen and how many answered; those who came by themselves apart; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kiosk.i18n.formats import number
from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width
from kiosk.survey.wording import CHANNELS, designed, self_selected
from kiosk.ui.desk.parts import Line, Part
from kiosk.ui.report.bars import Drawing, Scale, bar, funnel
from kiosk.ui.report.chart import Block, Room, Sheet
from kiosk.ui.report.layout import AIR, beside, labelled, paragraph, title
from kiosk.ui.report.words import Telling, percent

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.survey.scorecard import Channel, SampleRow

STEPS = (
    ("eligible", N_("Could be asked")),
    ("selected", N_("Chosen")),
    ("invited", N_("Invited")),
    ("started", N_("Began")),
    ("completed", N_("Finished")),
)
RATES = (
    ("response_1", N_("Response rate (AAPOR RR1)")),
    ("response_2", N_("with half-answered ones (RR2)")),
    ("cooperation_1", N_("Cooperation rate (COOP1)")),
    ("refusal_1", N_("Refusal rate (REF1)")),
    ("contact_1", N_("Contact rate (CON1)")),
)
WIDE, TALL = 100, 26
"""Cells from which rates stand beside the funnel, and lines from which it is two lines high."""
COUNT = 8


def sheet(telling: Telling, room: Room) -> Sheet:
    """The sample from those who could be asked to those who finished, then everybody else."""
    width, card, tr = room.width, telling.card, telling.messages.tr
    lines = [title(tr("Chosen by this kiosk"), width)]
    for design in card.sample.designs:
        lines += paragraph(designed(design, card, telling.messages), width)
    total = card.sample.total
    if total is None:
        lines += paragraph(tr("held back"), width, "quiet")
    elif width >= WIDE:
        left = width * 3 // 5
        shown = list(_funnel(total, telling, left, 2 if room.height >= TALL else 1))
        lines += [Line(), *beside(shown, list(_rates(total, telling, width - left - 3)), left, 3)]
    else:
        lines += [Line(), *_funnel(total, telling, width, 1), Line(), *_rates(total, telling, width)]
    if len(card.sample.strata) > 1:
        lines += [Line(), *_strata(telling, width)]
    for channel in card.channels:
        lines += [Line(), *_channel(channel, telling, width)]
    return Sheet([], [Block(lines)])


def _funnel(row: SampleRow, telling: Telling, width: int, high: int) -> Iterator[Line]:
    """Bars that narrow, each with its count and what part it is of the one above."""
    messages = telling.messages
    label = max(cell_width(messages.tr(name)) for _, name in STEPS) + 2
    room = max(width - label - COUNT - 9, 4)
    above = row.eligible
    public = telling.card.public
    for field, name in STEPS:
        if public and field == "started":
            continue
        count: int = getattr(row, field)
        drawing = funnel(count / row.eligible if row.eligible else 0.0, room)
        part = "" if field == "eligible" else percent(count / above if above else None)
        yield Line(
            [
                AIR,
                Part(messages.tr(name), "ink", label),
                drawing,
                Part(number(count, messages.language.code), "bold", COUNT, end=True),
                Part(part, "quiet", 7, end=True),
            ]
        )
        for _ in range(high - 1):
            yield Line([AIR, Part(" " * label), drawing])
        above = count
    if telling.card.sample.designs:
        yield from paragraph(messages.tr("Each percentage is of the bar above it."), width, "quiet")


def _rates(row: SampleRow, telling: Telling, width: int) -> Iterator[Line]:
    """The rates by AAPOR's names, and what became of the rest."""
    messages = telling.messages
    shown = RATES[:1] if telling.card.public else RATES
    facts = [(messages.tr(name), percent(getattr(row.rates, field))) for field, name in shown]
    if not telling.card.public:
        facts.append((messages.tr("Completion rate"), percent(row.completion)))
        facts.append((messages.tr("Declined"), number(row.declined, messages.language.code)))
        facts.append((messages.tr("Stopped before the end"), number(row.abandoned, messages.language.code)))
    label = max(cell_width(name) for name, _ in facts) + 2
    for name, text in facts:
        yield Line([AIR, Part(name, "quiet", min(label, width - 8)), Part(text, "bold", 6, end=True)])


def _strata(telling: Telling, width: int) -> Iterator[Line]:
    """Where people were chosen, group by group."""
    messages = telling.messages
    tr, code = messages.tr, messages.language.code
    heads = [tr("chosen"), tr("finished"), tr("response")]
    cells = [max(cell_width(name) + 2, 9) for name in heads]
    room = max(width - sum(cells) - 3, 10)
    name, picture = room * 2 // 5, room - room * 2 // 5 - 2
    yield title(tr("Group by group"), width)
    head = [Part(text, "quiet", cell, end=True) for text, cell in zip(heads, cells, strict=True)]
    yield Line([AIR, Part("", "quiet", name + 2 + picture), *head])
    for row in telling.card.sample.strata:
        rate = row.rates.response_1
        yield Line(
            [
                AIR,
                Part(row.name, "ink", name),
                Part("  "),
                bar(Scale(rate or 0.0), picture, telling.rtl, close=True),
                Part(number(row.selected, code), "ink", cells[0], end=True),
                Part(number(row.completed, code), "ink", cells[1], end=True),
                Part(percent(rate), "bold", cells[2], end=True),
            ]
        )


def _channel(channel: Channel, telling: Telling, width: int) -> Iterator[Line]:
    """People who chose to answer: counts and shares, never an interval, a target or a verdict."""
    messages = telling.messages
    tr = messages.tr
    yield title(tr(CHANNELS.get(channel.channel, channel.channel)), width, _counts(channel, messages))
    yield from paragraph(self_selected(messages), width, "quiet")
    room = max(width * 2 // 5, 10)
    for statement in channel.statements:
        score = statement.score
        if score is None:
            yield from labelled(statement.text, tr("held back"), room, width, "quiet")
        elif score.agree is not None:
            shown: Drawing = bar(Scale(score.agree), max(width - room - 18, 4), telling.rtl, "quiet", True)
            yield Line(
                [
                    AIR,
                    Part(statement.text, "ink", room),
                    AIR,
                    shown,
                    Part(percent(score.agree), "bold", 7, end=True),
                    Part(str(score.n), "quiet", 7, end=True),
                ]
            )


def _counts(channel: Channel, messages: Messages) -> str:
    if channel.completed is None:
        return messages.tr("held back")
    if channel.started is None:
        return messages.tr("{n} finished", n=channel.completed)
    return messages.tr(
        "{completed} of {started} finished · completion rate {share}",
        completed=channel.completed,
        started=channel.started,
        share=percent(channel.completion),
    )
