"""Draw the statements of one visit: the first always, the others so that all are covered evenly."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from kiosk.catalog.model import OwnStatement, Service, Statement, SurveyPlan


def draw(
    plan: SurveyPlan, about: str, asked: Mapping[str, int], random: Random, audience: str = "visitor"
) -> tuple[Statement, ...]:
    """The statements to ask after a visit of a kind (`lookup` or `served`), in the survey's order.

    `asked` counts how often each statement id was asked after such visits; the least asked come first and
    ties are drawn at random. At most `plan.ask`, fewer when fewer fit.
    """
    fitting = [statement for statement in plan.statements if _fits(statement, about, audience)]
    always, others = fitting[:1], fitting[1:]
    order = {statement.id: (asked.get(statement.id, 0), random.random()) for statement in others}
    drawn = sorted(others, key=lambda statement: order[statement.id])[: max(plan.ask - len(always), 0)]
    return tuple(statement for statement in fitting if statement in always or statement in drawn)


def own(
    plan: SurveyPlan, service: Service | None, about: str, audience: str = "visitor", department: str = ""
) -> tuple[OwnStatement, ...]:
    """What the department asks about a service, or about itself where no service is known."""
    of = service.department if service else department
    return tuple(
        statement
        for statement in plan.extra
        if _fits(statement, about, audience)
        and statement.department == of != ""
        and (not statement.services or (service is not None and service.id in statement.services))
    )


def _fits(statement: Statement, about: str, audience: str) -> bool:
    return not statement.retired and about in statement.fits and audience in statement.audience
