"""What everybody may see of a scorecard: nothing that fewer than ten people stand behind.

Whatever a reader could find out by subtracting from a published total is held back as well (`cells`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.survey.actions import OPEN
from kiosk.survey.cells import LIMIT, held_back
from kiosk.survey.scorecard import (
    Channel,
    GroupRow,
    GroupTable,
    Point,
    SampleRow,
    Scorecard,
    StatementCard,
)

if TYPE_CHECKING:
    from kiosk.survey.score import StatementScore


def public(card: Scorecard, limit: int = LIMIT) -> Scorecard:
    """The scorecard without small numbers, without the parts of the sample, and without who does what.

    Reports of it show no counts of single answers either: see `values.values` and the texts.
    """
    statements = tuple(_statement(of, limit) for of in card.statements)
    tables = [_table(table, limit) for table in card.groups]
    shown = {of.id: of for of in statements}
    return replace(
        card,
        public=True,
        statements=statements,
        sample=replace(card.sample, total=_total(card.sample.total, limit), strata=()),
        channels=tuple(_channel(channel, limit) for channel in card.channels),
        focus=tuple(
            replace(focus, card=shown[focus.card.id], plan=None)
            for focus in card.focus
            if "current" not in shown[focus.card.id].held_back
        ),
        plans=tuple(replace(plan, cause="", owner="") for plan in card.plans if plan.state == OPEN),
        groups=tuple(table for table in tables if any(row.n is not None for row in table.rows)),
        limit=limit,
    )


def _small(count: int, limit: int) -> bool:
    return 0 < count < limit


def _score(score: StatementScore | None, limit: int) -> StatementScore | None:
    return None if score is None or _small(score.n, limit) else score


def _statement(of: StatementCard, limit: int) -> StatementCard:
    scores = {name: getattr(of, name) for name in ("current", "previous", "baseline")}
    held = tuple(name for name, score in scores.items() if score and _small(score.n, limit))
    current_held = "current" in held
    return replace(
        of,
        current=_score(of.current, limit),
        previous=_score(of.previous, limit),
        baseline=_score(of.baseline, limit),
        status="not_enough" if current_held else of.status,
        changed="" if current_held or "previous" in held else of.changed,
        gap=0.0 if current_held else of.gap,
        trend=tuple(Point(at.period, None, None) if _small(at.n or 0, limit) else at for at in of.trend),
        held_back=held,
    )


def _total(total: SampleRow | None, limit: int) -> SampleRow | None:
    """The funnel of everybody, unless one of the numbers that are shown is small."""
    if total is None:
        return None
    shown = (total.eligible, total.selected, total.invited, total.completed)
    return None if any(_small(count, limit) for count in shown) else total


def _channel(channel: Channel, limit: int) -> Channel:
    """Without those who began: their number would tell how few did not go on."""
    few = _small(channel.completed or 0, limit)
    statements = tuple(
        replace(of, score=None if few else _score(of.score, limit)) for of in channel.statements
    )
    completed = None if few else channel.completed
    return replace(channel, started=None, completed=completed, completion=None, statements=statements)


def _table(table: GroupTable, limit: int) -> GroupTable:
    """Each column is held back with what would betray it; groups that are not shown stand at the end."""
    held = held_back({row.key: row.n or 0 for row in table.rows}, limit)
    statements = list(dict.fromkeys(name for row in table.rows for name in row.scores))
    columns = {
        name: held_back({row.key: of.n for row in table.rows if (of := row.scores.get(name))}, limit)
        for name in statements
    }

    def shown(row: GroupRow) -> GroupRow:
        hidden = row.key in held
        scores = {
            name: None if hidden or row.key in columns[name] else score for name, score in row.scores.items()
        }
        return replace(row, n=None if hidden else row.n, scores=scores)

    rows = map(shown, table.rows)
    return replace(
        table, rows=tuple(sorted(rows, key=lambda row: (row.n is None, row.name if row.n is None else "")))
    )
