"""The scorecard as values: what a period's answers say, and how much of it can be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from kiosk.survey.period import Span

if TYPE_CHECKING:
    from kiosk.catalog.model import Benchmark
    from kiosk.survey.actions import Plan
    from kiosk.survey.rates import Rates
    from kiosk.survey.score import StatementScore

STANDARD, OWN, FORMER = "standard", "own", "former"
"""Kinds of statements: of the survey, of a department, and those that are asked no more."""
GROUPINGS = ("service", "department", "lane", "language", "site", "day", "hour")
"""What figures can be shown by."""


@dataclass(frozen=True)
class Point:
    """A period of a trend: how many answers, and the share that agreed; None: no answers, or held back."""

    period: Span
    n: int | None
    agree: float | None


@dataclass(frozen=True)
class StatementCard:
    """One statement. Its scores are of the sample alone.

    A score is None when there is none to show: no baseline is set, or `held_back` names it ("current",
    "previous", "baseline") because too few answered for the public. `target` is a percentage, 0 for none.
    `status` and `changed` are what `score.status` and `score.changed` say of the current period, `gap` how
    far the target lies above even the high end of the interval (0: not clear). `trend` has up to eight
    earlier periods, the oldest first, then the current one. `reworded` names versions in which the text
    changed within the days compared, `unknown` those whose wording was not recorded. `department` is a name.
    """

    id: str
    text: str
    kind: str
    department: str
    target: int
    benchmark: Benchmark | None
    baseline: StatementScore | None
    previous: StatementScore | None
    current: StatementScore | None
    status: str
    changed: str
    gap: float
    trend: tuple[Point, ...]
    reworded: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    held_back: tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleRow:
    """How many could be asked, and what became of it, in a stratum ("" is all of them).

    `started`, `completed`, `partial` and `abandoned` count surveys that invitations led to; the others count
    visitors. `partial` are those of the abandoned that were at least half answered.
    """

    stratum: str
    name: str
    eligible: int
    selected: int
    invited: int
    declined: int
    accepted: int
    started: int
    completed: int
    abandoned: int
    partial: int
    rates: Rates
    completion: float | None


@dataclass(frozen=True)
class Sample:
    """Who was chosen and how: the designs recorded, and rows; `total` None when held back.

    `names` are what people call the strata, those without a row included.
    """

    designs: tuple[str, ...]
    total: SampleRow | None
    strata: tuple[SampleRow, ...]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ChannelStatement:
    """A statement as people answered who chose to; None when held back."""

    id: str
    text: str
    score: StatementScore | None


@dataclass(frozen=True)
class Channel:
    """People who came by themselves: `convenience`, `ticket` or `phone`. Counts are None when held back."""

    channel: str
    started: int | None
    completed: int | None
    completion: float | None
    statements: tuple[ChannelStatement, ...]


@dataclass(frozen=True)
class GroupRow:
    """One group: its key, its name for people, surveys completed and the scores of its statements.

    `n` is None, and so are scores, when held back; a statement that the group was not asked is not there.
    """

    key: str
    name: str
    n: int | None
    scores: Mapping[str, StatementScore | None]


@dataclass(frozen=True)
class GroupTable:
    """Figures by one of GROUPINGS, of one channel: `invited` is the sample."""

    by: str
    channel: str
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True)
class Focus:
    """What to work on: a statement that is clearly below its target, and the plan for it, if there is one."""

    card: StatementCard
    plan: Plan | None


@dataclass(frozen=True)
class Scorecard:
    """Everything a report shows, for staff or (`public`) for everybody.

    `started` counts all surveys of the period, of every channel. `ahead`: the period reaches into days that
    have not come; `not_over`: it includes today. `focus` begins with the largest gap. `plans` are all that
    staff wrote down, the open ones first. `limit` is the number of respondents under which the public sees
    nothing. `later` tells that there are surveys of days that have not come, `example` that the City has not
    confirmed target and sampling.
    """

    city: str
    practice: bool
    public: bool
    audience: str
    language: str
    survey: str
    version: int
    today: date
    period: Span
    previous: Span
    baseline: Span | None
    started: int
    statements: tuple[StatementCard, ...]
    sample: Sample
    channels: tuple[Channel, ...]
    focus: tuple[Focus, ...]
    plans: tuple[Plan, ...]
    groups: tuple[GroupTable, ...]
    limit: int = 10
    later: bool = False
    example: bool = False

    @property
    def empty(self) -> bool:
        """Nobody was eligible and nobody began a survey."""
        return not self.started and not (self.sample.total and self.sample.total.eligible)

    @property
    def not_over(self) -> bool:
        return self.period.first <= self.today <= self.period.last

    @property
    def ahead(self) -> bool:
        return self.period.last > self.today
