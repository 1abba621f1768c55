"""Draw the statements of one visit: the first always, the others so that all are covered evenly."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from kiosk.catalog.model import Statement, SurveyPlan


def draw(plan: SurveyPlan, visit: str, asked: Mapping[str, int], random: Random) -> tuple[Statement, ...]:
    """The statements to ask after a `visit` of a kind (`lookup` or `served`), in the survey's order.

    `asked` counts how often each statement id was asked before; the least asked come first and
    ties are drawn at random. At most `plan.ask`, fewer when fewer fit the visit.
    """
    fitting = [statement for statement in plan.statements if visit in statement.fits]
    always, others = fitting[:1], fitting[1:]
    order = {statement.id: (asked.get(statement.id, 0), random.random()) for statement in others}
    drawn = sorted(others, key=lambda statement: order[statement.id])[: max(plan.ask - len(always), 0)]
    return tuple(statement for statement in fitting if statement in always or statement in drawn)
