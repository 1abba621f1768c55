"""What to work on first, and what staff do about it; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.i18n.script import cell_width, wrap
from kiosk.survey.wording import STATES, day, interval
from kiosk.ui.desk.parts import Line, Part, spread
from kiosk.ui.report.bars import bar
from kiosk.ui.report.chart import Block, Room, Sheet
from kiosk.ui.report.layout import AIR, beside, labelled, paragraph, title
from kiosk.ui.report.words import Telling, percent, scale

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.survey.actions import Plan
    from kiosk.survey.scorecard import Focus, StatementCard

WIDE = 100
"""Cells from which cause and action stand side by side."""


def sheet(telling: Telling, room: Room) -> Sheet:
    """Statements that are clearly below their target, the largest gap first, then all other plans."""
    tr, card, width = telling.messages.tr, telling.card, room.width
    blocks: list[Block] = []
    for place, focus in enumerate(card.focus, 1):
        blocks.append(
            Block(_focus(place, focus, telling, width, focus.card.id == room.chosen), focus.card.id)
        )
    if not blocks:
        text = tr("No statement is clearly below its target in these days.")
        blocks.append(Block([Line(), *paragraph(text, width), Line()]))
    shown = {focus.plan.id for focus in card.focus if focus.plan}
    others = [plan for plan in card.plans if plan.id not in shown]
    if others:
        blocks.append(Block([title(tr("Other plans"), width)]))
    for plan in others:
        blocks.append(
            Block([*paragraph(plan.text, width, "bold"), *plan_lines(plan, telling, width), Line()])
        )
    return Sheet([], blocks)


def _focus(place: int, focus: Focus, telling: Telling, width: int, chosen: bool) -> list[Line]:
    messages, card = telling.messages, focus.card
    ground = "soft" if chosen else "card"
    sign = Part(" ▸ " if chosen else "   ", "accent")
    warning = Part(f"! {_gap(card, messages)}", "warm")
    lines = _named(f"{place}", card.text, warning, sign, width, ground)
    shown = scale(card, card.current)
    if shown and card.current:
        words = [
            Part(percent(card.current.agree, card.target), "bold", 7, end=True),
            Part(interval(card.current), "quiet", 11, end=True),
            Part(messages.trn("{n} answer", "{n} answers", card.current.n), "quiet", 16, end=True),
        ]
        room = max(width - sum(part.cells for part in words) - 7, 8)
        lines.append(Line([Part("      "), bar(shown, room, telling.rtl), *words, AIR], ground))
    if focus.plan:
        lines += plan_lines(focus.plan, telling, width, indent=5)
    else:
        text_ = messages.tr("Nothing is planned. Enter it with: kiosk actions set {id}", id=card.id)
        lines += [Line([Part("     "), *line.parts]) for line in paragraph(text_, width - 5, "quiet")]
    return [*lines, Line()]


def _gap(card: StatementCard, messages: Messages) -> str:
    """How far a statement is below its target, at the least."""
    n = int(card.gap * 100 + 1e-9)
    if not n:
        return messages.tr("below {target}%", target=card.target)
    return messages.trn(
        "at least {n} point below {target}%", "at least {n} points below {target}%", n, target=card.target
    )


def _named(place: str, text: str, warning: Part, sign: Part, width: int, ground: str) -> list[Line]:
    """A statement with its number, and what is wrong beside it, or below where there is no room."""
    number = Part(place, "bold", 3)
    if 6 + cell_width(text) + 2 + warning.cells + 1 <= width:
        return [Line(spread([sign, number], Part(text, "bold"), [Part("  "), warning, AIR], width), ground)]
    first, *others = (Part(row, "bold") for row in wrap(text, width - 7))
    below = [Line([Part(" " * 6), part], ground) for part in (*others, warning)]
    return [Line([sign, number, first], ground), *below]


def plan_lines(plan: Plan, telling: Telling, width: int, indent: int = 0) -> list[Line]:
    """A plan in quiet labels: cause, action, owner, due, re-measure."""
    tr, code = telling.messages.tr, telling.messages.language.code
    due = plan.due and day(plan.due, code)
    if plan.overdue:
        due = tr("! {day}: overdue", day=due)
    scope = plan.scope_name
    facts = [
        (tr("For"), scope, "ink"),
        (tr("Cause"), plan.cause, "ink"),
        (tr("Action"), plan.action, "ink"),
        (tr("Who"), plan.owner, "ink"),
        (tr("Due"), due, "warm" if plan.overdue else "ink"),
        (tr("Measure again"), plan.remeasure and day(plan.remeasure, code), "ink"),
        (tr("State"), tr(STATES[plan.state]), "quiet"),
    ]
    label = max(cell_width(name) for name, _, _ in facts) + 2
    room = width - indent
    if room < WIDE:
        rows = [line for name, text, tone in facts for line in labelled(name, text, label, room, tone)]
    else:
        rows = _in_two(facts, label, room)
    return [Line([Part(" " * indent), *row.parts]) for row in rows] if indent else rows


def _in_two(facts: list[tuple[str, str, str]], label: int, width: int) -> list[Line]:
    """Who and when beside what."""
    left = width * 3 // 5
    what = [line for name, text, tone in facts[:3] for line in labelled(name, text, label, left, tone)]
    when = [
        line for name, text, tone in facts[3:] for line in labelled(name, text, label, width - left - 2, tone)
    ]
    return beside(what, when, left)
