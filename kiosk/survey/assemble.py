"""Put a scorecard together: from the catalogue and what the journal holds of the periods to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from kiosk.catalog.model import SELF_SERVICE, OwnStatement, Statement
from kiosk.catalog.texts import localize
from kiosk.i18n.formats import clock_time
from kiosk.i18n.languages import LANGUAGES, SOURCE
from kiosk.survey import figures
from kiosk.survey.actions import Plan, open_plan, plans, scopes
from kiosk.survey.figures import Taken, fitting, sample_score
from kiosk.survey.period import Span, earlier, of_plan
from kiosk.survey.score import changed, clear_gap, status
from kiosk.survey.scorecard import (
    FORMER,
    OWN,
    STANDARD,
    Focus,
    GroupTable,
    Point,
    Sample,
    Scorecard,
    StatementCard,
)

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.clock import Clock
    from kiosk.i18n.messages import Messages
    from kiosk.journal.survey_questions import Action, By, CountRow, FunnelRow, Wording

RAW: dict[str, By] = {"department": "department", "hour": "hour", "service": "service", "lane": "lane"}
RAW |= {"language": "language", "site": "site", "day": "day"}
"""By what the journal groups for one of `scorecard.GROUPINGS`."""


class Held(Protocol):
    """What a report asks: of a machine's journal, or of a center over many."""

    @property
    def practice(self) -> bool: ...
    def survey_counts(self, first: date, last: date, by: By, audience: str) -> list[CountRow]: ...
    def survey_funnel(self, first: date, last: date, by: By) -> list[FunnelRow]: ...
    def survey_wordings(self) -> list[Wording]: ...
    def statements_unworded(self) -> dict[str, list[int]]: ...
    def actions(self) -> list[Action]: ...


@dataclass(frozen=True)
class Asked:
    """What a report shall be about; `groupings` some of `scorecard.GROUPINGS`."""

    period: Span
    audience: str = "visitor"
    groupings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """What there is for a report.

    `earlier` are the periods before the current one, the oldest first, so that the last is the previous one.
    `groups` are the current period by each grouping. `versions` are those in which statements were asked
    whose wording was not recorded. `sites` says what places are called, where more than one is reported on.
    """

    current: Taken
    earlier: Sequence[Taken]
    baseline: Taken | None = None
    groups: Mapping[str, Taken] = field(default_factory=dict)
    wordings: Sequence[Wording] = ()
    versions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    actions: Sequence[Action] = ()
    practice: bool = False
    later: bool = False
    sites: Mapping[str, str] = field(default_factory=dict)


def gather(journal: Held, catalog: Catalog, asked: Asked, today: date) -> Material:
    """Read what `scorecard` needs, a scan of the responses for each period and grouping."""

    # Which service somebody came for matters to departments' own statements alone.
    own = any(isinstance(statement, OwnStatement) for statement in catalog.survey.everything)
    whole: By = "service" if own else ""

    def taken(span: Span, by: By = "", funnel_by: By = whole) -> Taken:
        units = journal.survey_funnel(span.first, span.last, funnel_by) if asked.audience == "visitor" else []
        return Taken(journal.survey_counts(span.first, span.last, by, asked.audience), units)

    baseline = of_plan(catalog.survey.baseline)
    return Material(
        current=taken(asked.period),
        earlier=[taken(span) for span in earlier(asked.period)],
        baseline=taken(baseline) if baseline else None,
        groups={by: taken(asked.period, RAW[by], RAW[by]) for by in asked.groupings},
        wordings=journal.survey_wordings(),
        versions=journal.statements_unworded(),
        actions=journal.actions(),
        practice=journal.practice,
        later=bool(journal.survey_counts(today + timedelta(days=1), date.max, "", asked.audience)),
    )


def scorecard(
    asked: Asked, material: Material, catalog: Catalog, messages: Messages, clock: Clock
) -> Scorecard:
    """The scorecard of a period in the language of `messages`; for staff, see `public.public`.

    `clock` says which day is today and what local hour a moment was.
    """
    shown = localize(catalog, messages.service_text)
    cards = _Cards(asked, material, shown, messages)
    statements = cards.all()
    texts, today = {card.id: card.text for card in statements}, clock.day()
    for action in material.actions:
        texts.setdefault(action.statement, cards.text_of(action.statement))
    written = plans(material.actions, texts, scopes(shown), today)
    names = Names(shown, messages, clock, material.sites)
    return Scorecard(
        city=shown.city.name,
        practice=material.practice,
        public=False,
        audience=asked.audience,
        language=messages.language.code,
        survey=catalog.survey.id,
        version=catalog.survey.version,
        today=today,
        period=asked.period,
        previous=asked.period.before(),
        baseline=of_plan(catalog.survey.baseline),
        started=sum(row.started for row in material.current.counts),
        statements=statements,
        sample=_sample(material, names),
        channels=figures.self_selected(material.current, texts),
        focus=_focus(statements, written),
        plans=tuple(written),
        groups=tuple(table for by in asked.groupings for table in _groups(by, material, shown, asked, names)),
        later=material.later,
        example=catalog.survey.example,
    )


def _sample(material: Material, names: Names) -> Sample:
    """What came of the sampling, in all and by stratum."""
    current = material.current
    rows = [figures.sample_row(current, names.stratum(name), name) for name in figures.strata(current)]
    total = figures.sample_row(current, "")
    return Sample(figures.designs(current), total, tuple(rows), names.strata())


def _focus(statements: Iterable[StatementCard], written: Sequence[Plan]) -> tuple[Focus, ...]:
    """Statements clearly below their target, the largest gap first."""
    below = sorted((card for card in statements if card.gap > 0), key=lambda card: -card.gap)
    return tuple(Focus(card, open_plan(written, card.id)) for card in below)


def _groups(
    by: str, material: Material, shown: Catalog, asked: Asked, names: Names
) -> tuple[GroupTable, ...]:
    standard = [
        statement
        for statement in shown.survey.statements
        if not statement.retired and asked.audience in statement.audience
    ]
    return figures.group_tables(by, material.groups[by], names.key(by), names.name(by), standard)


class _Cards:
    """Makes the statements' cards of one report."""

    def __init__(self, asked: Asked, material: Material, shown: Catalog, messages: Messages) -> None:
        self.asked, self.material, self.shown, self.messages = asked, material, shown, messages
        self.departments = {department.id: department.name for department in shown.departments}
        self.of_plan = {statement.id: statement for statement in shown.survey.everything}

    def all(self) -> tuple[StatementCard, ...]:
        """Standard statements in the survey's order, the departments' own, then those asked no more."""
        now = [
            statement
            for statement in self.shown.survey.everything
            if not statement.retired and self.asked.audience in statement.audience
        ]
        material = self.material
        taken = [material.current, *material.earlier, *([material.baseline] if material.baseline else [])]
        others = {name for of in taken for name in of.asked()} - {statement.id for statement in now}
        order = {name: number for number, name in enumerate(self.of_plan)}
        former = sorted(others, key=lambda name: (order.get(name, len(order)), name))
        return tuple(self.card(statement.id) for statement in now) + tuple(map(self.former, former))

    def card(self, name: str) -> StatementCard:
        """A statement that is asked now."""
        statement = self.of_plan[name]
        target = statement.target or self.shown.survey.target
        if isinstance(statement, OwnStatement):
            department = self.departments.get(statement.department, statement.department)
            return self._scored(statement, name, OWN, department, target)
        return self._scored(statement, name, STANDARD, "", target)

    def former(self, name: str) -> StatementCard:
        """A statement that is asked no more: it is shown, and judged by nothing."""
        return self._scored(self.of_plan.get(name), name, FORMER, "", 0)

    def _scored(
        self, statement: Statement | None, name: str, kind: str, department: str, target: int
    ) -> StatementCard:
        fits = fitting(statement, self.shown.by_id) if statement else None
        material = self.material
        current = sample_score(material.current, name, fits)
        before = [sample_score(taken, name, fits) for taken in material.earlier]
        spans = [*earlier(self.asked.period, len(before)), self.asked.period]
        return StatementCard(
            id=name,
            text=self.text_of(name),
            kind=kind,
            department=department,
            target=target,
            benchmark=statement.benchmark if statement else None,
            baseline=sample_score(material.baseline, name, fits) if material.baseline else None,
            previous=before[-1],
            current=current,
            status=status(current, target / 100),
            changed=changed(current, before[-1]),
            gap=clear_gap(current, target / 100),
            trend=tuple(
                Point(span, of.n, of.agree) for span, of in zip(spans, [*before, current], strict=True)
            ),
            reworded=self._reworded(name),
            unknown=tuple(material.versions.get(name, ())),
        )

    def text_of(self, name: str) -> str:
        """What a statement says now, else what was last recorded of it, else its id."""
        if name in self.of_plan:
            return self.of_plan[name].text
        said = {of.language: of.text for of in self.material.wordings if of.statement == name}
        for language in (self.messages.language.code, SOURCE, *said):
            if language in said:
                return said[language]
        return self.messages.tr("{statement} (its wording was not recorded)", statement=name)

    def _reworded(self, name: str) -> tuple[int, ...]:
        """Versions in which the text became another one within the days that are compared."""
        language = self.messages.language.code
        rows = [of for of in self.material.wordings if of.statement == name]
        own = [of for of in rows if of.language == language] or [of for of in rows if of.language == SOURCE]
        said = sorted(own, key=lambda of: (of.since, of.version))
        starts = [self.asked.period.before(len(self.material.earlier)).first]
        compared = of_plan(self.shown.survey.baseline)
        first = min([*starts, *([compared.first] if compared else [])]).isoformat()
        last = self.asked.period.last.isoformat()
        changes = [
            new.version for old, new in pairwise(said) if new.text != old.text and first < new.since <= last
        ]
        return tuple(dict.fromkeys(changes))


class Names:
    """What groups and strata are called."""

    def __init__(self, shown: Catalog, messages: Messages, clock: Clock, sites: Mapping[str, str]) -> None:
        self.shown, self.messages, self.clock, self.sites = shown, messages, clock, sites
        self.departments = {department.id: department.name for department in shown.departments}
        self.lanes = {lane.id: lane.name for lane in shown.lanes}

    def stratum(self, name: str) -> str:
        """A lane, or those who only looked something up."""
        if name == SELF_SERVICE:
            return self.messages.tr("Looked something up")
        return self.lanes.get(name, name) or self.messages.tr("Not recorded")

    def strata(self) -> dict[str, str]:
        """All that there can be."""
        return {name: self.stratum(name) for name in (*self.lanes, SELF_SERVICE)}

    def key(self, by: str) -> Callable[[str], str]:
        """From what the journal groups by to the key of the group."""
        if by == "department":
            # Visitors who could be asked are counted by service: whose it is now is all that is known.
            return lambda name: of.department if (of := self.shown.by_id.get(name)) else name
        if by == "hour":
            return self._hour
        return lambda group: group

    def _hour(self, group: str) -> str:
        """The local hour of a UTC hour: "10:00"."""
        moment = datetime.fromisoformat(f"{group}:00").replace(tzinfo=UTC)
        return f"{self.clock.local(moment):%H}:00"

    def name(self, by: str) -> Callable[[str], str]:
        """From the key of a group to what people call it."""
        tr = self.messages.tr
        if by == "hour":
            return lambda key: clock_time(datetime.strptime(key, "%H:%M").time(), self.messages.language.code)
        if by == "language":
            return lambda key: LANGUAGES[key].name if key in LANGUAGES else key
        names = {
            "service": {service.id: service.name for service in self.shown.services},
            "department": self.departments,
            "lane": self.lanes,
            "site": self.sites,
        }.get(by, {})
        nothing = {"lane": tr("No line"), "department": tr("No department"), "service": tr("No service")}
        return lambda key: names.get(key, key) or nothing.get(by, tr("Not recorded"))
