"""From rows of the journal to figures: scores of statements, the funnel of the sample, tables of groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.catalog.model import OwnStatement, Service, Statement
from kiosk.survey.rates import completion_rate, dispositions, rates
from kiosk.survey.score import AnswerCounts, Cell, StatementScore, score
from kiosk.survey.scorecard import Channel, ChannelStatement, GroupRow, GroupTable, SampleRow

if TYPE_CHECKING:
    from kiosk.journal.survey_questions import CountRow, FunnelRow

INVITED = "invited"
"""The channel that is the sample."""
SELF_SELECTED = ("convenience", "ticket", "phone")
"""Channels of people who came by themselves, in the order they are shown."""
KIND_OF = {"visit": "lookup", "ticket": "served", "answer": "served"}
"""After which kind of visit somebody is asked, by what made them eligible."""


@dataclass(frozen=True)
class Taken:
    """What the journal holds of a period: `counts` by a group, `funnel` by it too (else by service)."""

    counts: Sequence[CountRow] = ()
    funnel: Sequence[FunnelRow] = ()

    def asked(self) -> set[str]:
        """The statements that anybody was asked who went through to the end."""
        return {statement for row in self.counts for statement in row.statements}


def sample_score(taken: Taken, asked: str, fits: Fits | None = None) -> StatementScore:
    """The score of a statement in the sample; `fits` says which visitors could have been asked.

    Without it (nothing is known of the statement any more) only strata count that answered.
    """
    answers: dict[tuple[str, str], AnswerCounts] = {}
    for row in taken.counts:
        if row.channel == INVITED and asked in row.statements:
            key = (row.design, row.stratum)
            answers[key] = _add(answers.get(key, AnswerCounts()), row.statements[asked])
    weights: dict[tuple[str, str], int] = {}
    for unit in taken.funnel:
        key = (unit.design, unit.stratum)
        if fits(unit) if fits else key in answers:
            weights[key] = weights.get(key, 0) + unit.eligible
    return score(
        Cell(
            design, stratum, weights.get((design, stratum), 0), answers.get((design, stratum), AnswerCounts())
        )
        for design, stratum in sorted(answers.keys() | weights.keys())
    )


Fits = Callable[["FunnelRow"], bool]
"""Whether visitors of a row of the funnel could have been asked a statement."""


def fitting(statement: Statement, services: Mapping[str, Service] | None) -> Fits:
    """Who could be asked a statement: after which kind of visit and, a department's own, about which service.

    Without `services` the rows of the funnel are not by service, and only the kind of visit decides.
    """

    def fits(row: FunnelRow) -> bool:
        if KIND_OF.get(row.source) not in statement.fits:
            return False
        if services is None or not isinstance(statement, OwnStatement):
            return True
        service = services.get(row.group)
        named = not statement.services or row.group in statement.services
        return service is not None and service.department == statement.department and named

    return fits


def self_selected(taken: Taken, texts: Mapping[str, str]) -> tuple[Channel, ...]:
    """What people said who came by themselves, each channel apart; `texts` names the statements in order."""
    found = []
    for channel in SELF_SELECTED:
        rows = [row for row in taken.counts if row.channel == channel]
        if not rows:
            continue
        started, completed = sum(row.started for row in rows), sum(row.completed for row in rows)
        statements = tuple(
            ChannelStatement(name, text, channel_score(rows, name))
            for name, text in texts.items()
            if any(name in row.statements for row in rows)
        )
        found.append(Channel(channel, started, completed, completion_rate(completed, started), statements))
    return tuple(found)


def channel_score(rows: Iterable[CountRow], asked: str) -> StatementScore:
    """The score of a statement among people who chose to answer: counts and shares, never an interval."""
    counts = AnswerCounts()
    for row in rows:
        if asked in row.statements:
            counts = _add(counts, row.statements[asked])
    return score([Cell("", "", 0, counts)])


def sample_row(taken: Taken, name: str, stratum: str | None = None) -> SampleRow:
    """The funnel of a stratum, or of everybody, with its rates."""
    units = [row for row in taken.funnel if stratum is None or row.stratum == stratum]
    surveys = [
        row for row in taken.counts if row.channel == INVITED and (stratum is None or row.stratum == stratum)
    ]
    selected, declined = sum(row.selected for row in units), sum(row.declined for row in units)
    started, completed = sum(row.started for row in surveys), sum(row.completed for row in surveys)
    abandoned, partial = sum(row.abandoned for row in surveys), sum(row.partial for row in surveys)
    return SampleRow(
        stratum=stratum or "",
        name=name,
        eligible=sum(row.eligible for row in units),
        selected=selected,
        invited=sum(row.invited for row in units),
        declined=declined,
        accepted=sum(row.accepted for row in units),
        started=started,
        completed=completed,
        abandoned=abandoned,
        partial=partial,
        rates=rates(dispositions(selected, declined, completed, abandoned, partial)),
        completion=completion_rate(completed, started),
    )


def strata(taken: Taken) -> list[str]:
    """The strata of the sample, in the order of their names."""
    of_surveys = {row.stratum for row in taken.counts if row.channel == INVITED}
    return sorted({row.stratum for row in taken.funnel} | of_surveys)


def designs(taken: Taken) -> tuple[str, ...]:
    """How the visitors of the sample were chosen; "" where that was not recorded."""
    of_surveys = {row.design for row in taken.counts if row.channel == INVITED}
    return tuple(sorted({row.design for row in taken.funnel} | of_surveys))


def group_tables(
    by: str, taken: Taken, key_of: Callable[[str], str], name_of: Callable[[str], str], asked: list[Statement]
) -> tuple[GroupTable, ...]:
    """A table for each channel with answers; rows with the same key are one group."""
    tables = []
    for channel in (INVITED, *SELF_SELECTED):
        keys = {key_of(row.group) for row in taken.counts if row.channel == channel and row.completed}
        rows = [_group_row(channel, key, taken, key_of, name_of, asked) for key in keys]
        if rows:
            tables.append(GroupTable(by, channel, tuple(sorted(rows, key=_order(by)))))
    return tuple(tables)


def _group_row(
    channel: str,
    key: str,
    taken: Taken,
    key_of: Callable[[str], str],
    name_of: Callable[[str], str],
    asked: list[Statement],
) -> GroupRow:
    counts = [row for row in taken.counts if row.channel == channel and key_of(row.group) == key]
    own = Taken(counts, [row for row in taken.funnel if key_of(row.group) == key])
    scores = {
        statement.id: (
            sample_score(own, statement.id, fitting(statement, None))
            if channel == INVITED
            else channel_score(counts, statement.id)
        )
        for statement in asked
        if statement.id in own.asked()
    }
    return GroupRow(key, name_of(key), sum(row.completed for row in counts), scores)


def _order(by: str) -> Callable[[GroupRow], tuple[int, str]]:
    """Days and hours as they follow, others by how many answered."""
    if by in ("day", "hour"):
        return lambda row: (0, row.key)
    return lambda row: (-(row.n or 0), row.name)


def _add(one: AnswerCounts, other: Iterable[int]) -> AnswerCounts:
    return AnswerCounts(*(left + right for left, right in zip(one, other, strict=True)))
