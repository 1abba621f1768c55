"""What the center can be asked in figures: surveys as a journal is asked, over all its sites or some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from kiosk.catalog.texts import localize
from kiosk.center import projecting
from kiosk.center.bulk import listed, listing, quoted
from kiosk.center.context import Center
from kiosk.center.counts import ANSWERS, columns, counted
from kiosk.center.storage import Connection
from kiosk.i18n.messages import load
from kiosk.journal.survey_questions import Action, AnswerCounts, By, CountRow, FunnelRow, Wording
from kiosk.survey.assemble import Asked, Names, gather, scorecard
from kiosk.survey.figures import INVITED, Taken, group_tables
from kiosk.survey.period import Span, chosen, earlier
from kiosk.survey.public import public
from kiosk.survey.scorecard import Point, Scorecard

# What is counted by day already; the others are looked at one by one.
_COUNTED: dict[str, str] = {"": "''", "site": "it.home", "day": "it.day"}
_GROUPS: dict[str, str] = {
    "service": "it.service",
    "department": "it.department",
    "lane": "it.lane",
    "language": "it.language",
    "hour": "substr(it.started_at, 1, 13)",
}
_FRAME_COUNTED = _COUNTED | {"lane": "CASE it.stratum WHEN 'self_service' THEN '' ELSE it.stratum END"}
_FRAME_GROUPS: dict[str, str] = {
    "service": "it.service",
    # Whose service it is now the catalogue says.
    "department": "it.service",
    "language": "it.language",
    "hour": "substr(it.at, 1, 13)",
}


class Unanswered(NamedTuple):
    """Words that led to no service: as typed, the screen's language, how often, where, the last day."""

    text: str
    language: str
    times: int
    sites: tuple[str, ...]
    day: str


class Use(NamedTuple):
    """How the screens of a group were used: visits, those of them that searched, read a page, took it along.

    `needs` are answers to "Was this what you needed?", `met` those that were yes; `desk` questions that were
    answered at the desk.
    """

    group: str
    visits: int
    searched: int
    read: int
    took_along: int
    needs: int
    met: int
    desk: int


_USES: dict[str, tuple[str, str]] = {
    "visits": ("visits", "count(*)"),
    "searched": ("searches", "count(DISTINCT visit)"),
    "read": ("service_views", "count(DISTINCT visit)"),
    "took_along": ("pages_taken", "count(DISTINCT visit)"),
    "needs": ("needs_met", "count(*)"),
    "met": ("needs_met", "count(*) FILTER (WHERE answer = 'yes')"),
    "desk": ("desk_answers", "count(*)"),
}


class Figures:
    """Answers what `kiosk.survey.assemble.gather` asks, and more, within one transaction.

    `homes` are the sites to look at, None for all. Hours are of UTC with their date ("2026-11-23T16").
    """

    practice = False

    def __init__(self, connection: Connection, homes: Collection[str] | None = None) -> None:
        self.connection = connection
        if connection.dialect == "postgresql":
            # As `counts.ensure` locks them: in another order each could wait for the other.
            connection.run("LOCK TABLE responses, response_counts IN ACCESS SHARE MODE")
        self._homes = {} if homes is None else {"homes": listing(sorted(homes))}
        self._where = "" if homes is None else f" AND it.home IN ({listed(connection, 'homes')})"

    def sites(self) -> dict[str, str]:
        """The sites looked at, and what they are called."""
        where = self._where.replace("it.home", "it.site")
        named = f"SELECT site, title FROM sites AS it WHERE true{where} ORDER BY title, site"
        return dict(self.connection.rows(named, **self._homes))

    def survey_counts(
        self, first: date, last: date, by: By = "", audience: str = "visitor"
    ) -> list[CountRow]:
        """Responses and answers from a business day to another, both included, in one scan."""
        known = columns(self.connection)
        if by in _COUNTED:
            scan = _counted_scan(known, _COUNTED[by], self._where)
        else:
            scan = _scan(known, _GROUPS[by], self._where)
        found: dict[tuple[str, ...], CountRow] = {}
        for row in self._rows(scan, **_days(first, last), audience=audience):
            key, state, many, partial, given = row[:4], row[4], row[5], row[6], row[7:]
            of = found.setdefault(key, CountRow._make((*key, 0, 0, 0, 0, {})))
            of = of._replace(started=of.started + many)
            if state == "abandoned":
                of = of._replace(abandoned=many, partial=partial)
            elif state == "completed":
                of = of._replace(completed=many, statements=_statements(known, given))
            found[key] = of
        return list(found.values())

    def survey_funnel(self, first: date, last: date, by: By = "") -> list[FunnelRow]:
        """Who could be asked from a business day to another, both included, and what became of it."""
        if by in _FRAME_COUNTED:
            table, group = "frame_counts", _FRAME_COUNTED[by]
            counts = "sum(eligible), sum(selected), sum(invited), sum(declined), sum(accepted)"
        else:
            table, group = "frame", _FRAME_GROUPS[by]
            counts = """count(*), sum(selected), count(*) FILTER (WHERE invited_by <> ''),
                count(*) FILTER (WHERE outcome = 'declined'), count(*) FILTER (WHERE outcome = 'accepted')"""
        asked = f"""SELECT {group} AS named, design, stratum, source, {counts} FROM {table} AS it
            WHERE it.day BETWEEN :first AND :last{self._where}
            GROUP BY named, design, stratum, source ORDER BY named, design, stratum, source"""
        return [FunnelRow(*row) for row in self._rows(asked, **_days(first, last))]

    def survey_wordings(self) -> list[Wording]:
        """Every wording that was ever shown, the oldest first; what machines repeat stands once."""
        shown = f"""SELECT survey, version, language, statement, text, since FROM wordings AS it
            WHERE true{self._where} ORDER BY survey, version, statement, language, since, place"""
        found: list[Wording] = []
        for row in self._rows(shown):
            said = Wording(*row)
            if not found or found[-1]._replace(since="") != said._replace(since=""):
                found.append(said)
        return found

    def statements_unworded(self) -> dict[str, list[int]]:
        """Versions in which a statement was asked while what it said was not recorded at that site."""
        missing = f"""SELECT DISTINCT statement, version FROM statements_asked AS it WHERE NOT EXISTS (
                SELECT 1 FROM wordings AS said WHERE said.home = it.home AND said.survey = it.survey
                AND said.version = it.version AND said.statement = it.statement){self._where}
            ORDER BY statement, version"""
        found: dict[str, list[int]] = defaultdict(list)
        for statement, version in self._rows(missing):
            found[statement].append(version)
        return dict(found)

    def actions(self) -> list[Action]:
        """What staff plan and have done, the latest change first."""
        planned = f"""SELECT action, statement, scope, due, remeasure, state, it.day, coalesce(text, '')
            FROM actions AS it LEFT JOIN texts ON texts.event_id = it.event_id
            WHERE true{self._where} ORDER BY place DESC, action"""
        return [Action(*row) for row in self._rows(planned)]

    def words_unanswered(self, first: date, last: date) -> list[Unanswered]:
        """What visitors searched for and chose nothing, each spelling once, the most frequent first."""
        typed = f"""SELECT text, language, it.home, count(*), max(day) FROM texts AS it
            WHERE kind = 'search.made' AND day BETWEEN :first AND :last{self._where}
            GROUP BY text, language, it.home ORDER BY text, language, it.home"""
        found: dict[tuple[str, str], Unanswered] = {}
        for text, language, home, times, day in self._rows(typed, **_days(first, last)):
            one = Unanswered(text, language, times, (home,), day)
            known = found.get((text, language))
            if known:
                sites, latest = (*known.sites, home), max(known.day, day)
                one = Unanswered(text, language, known.times + times, sites, latest)
            found[text, language] = one
        return sorted(found.values(), key=lambda of: (-of.times, of.text, of.language))

    def searches(self, first: date, last: date) -> tuple[int, int]:
        """How many searches there were, and how many of them led to no service."""
        made = f"""SELECT count(*), count(*) FILTER (WHERE chosen = '') FROM searches AS it
            WHERE day BETWEEN :first AND :last{self._where}"""
        many, nothing = self._rows(made, **_days(first, last))[0]
        return many, nothing

    def uses(self, first: date, last: date, by: str = "") -> list[Use]:
        """How the screens were used from a business day to another, by "" (all), site or day."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for name, (table, what) in _USES.items():
            used = f"""SELECT {_COUNTED[by]} AS named, {what} FROM {table} AS it
                WHERE it.day BETWEEN :first AND :last{self._where} GROUP BY named"""
            for group, many in self._rows(used, **_days(first, last)):
                found[group][name] = many
        return [Use(group, **dict.fromkeys(_USES, 0) | found[group]) for group in sorted(found)]

    def _rows(self, query: str, **values: str) -> list[tuple[Any, ...]]:
        return self.connection.rows(query, **values, **self._homes)


def _days(first: date, last: date) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()}


def _statements(known: Mapping[str, str], given: Sequence[int | None]) -> dict[str, AnswerCounts]:
    """The counts of a row by statement, without those that nobody was asked."""
    each = len(ANSWERS)
    counts = (
        AnswerCounts(*(many or 0 for many in given[at : at + each])) for at in range(0, len(given), each)
    )
    return {name: of for name, of in zip(known, counts, strict=True) if any(of)}


def _counted_scan(known: Mapping[str, str], group: str, where: str) -> str:
    """Groups, channels, designs, strata, states; responses, partial ones, six counts of each statement."""
    sums = "".join(f", sum({counted(name, answer)})" for name in known.values() for answer in ANSWERS)
    return f"""SELECT {group} AS named, channel, design, stratum, state, sum(responses), sum(partial){sums}
        FROM response_counts AS it WHERE it.day BETWEEN :first AND :last AND audience = :audience{where}
        GROUP BY named, channel, design, stratum, state"""


def _scan(known: Mapping[str, str], group: str, where: str) -> str:
    """As `_counted_scan`, from the responses themselves."""
    counts = "".join(
        f", count(*) FILTER (WHERE {quoted(name)} = {answer})"
        for name in known.values()
        for answer in ANSWERS
    )
    return f"""SELECT {group} AS named, channel, design, stratum, state, count(*),
            count(*) FILTER (WHERE state = 'abandoned' AND 2 * given >= asked){counts}
        FROM responses AS it WHERE it.day BETWEEN :first AND :last AND audience = :audience{where}
        GROUP BY named, channel, design, stratum, state"""


@dataclass(frozen=True)
class Trend:
    """How a statement fared in a group: the periods before, the oldest first, then the current one."""

    key: str
    name: str
    points: tuple[Point, ...]


def scorecard_of(
    center: Center,
    language: str,
    period: Span | None = None,
    homes: Collection[str] | None = None,
    groupings: tuple[str, ...] = (),
    audience: str = "visitor",
) -> Scorecard:
    """The scorecard for staff, of some sites or all (None), in a language; a month up to yesterday.

    `groupings` are some of scorecard.GROUPINGS. Raises LocaleError for a language that there is not.
    """
    asked = Asked(period or chosen(center.clock.day()), audience, groupings)
    projecting.catch_up_all(center)
    with center.store.read() as connection:
        return scorecard_within(center, Figures(connection, homes), language, asked)


def scorecard_within(center: Center, figures: Figures, language: str, asked: Asked) -> Scorecard:
    """As `scorecard_of`, within the transaction of `figures`."""
    messages, catalog = load(language), center.catalog()
    material = gather(figures, catalog, asked, center.clock.day())
    material = replace(material, sites=figures.sites())
    return scorecard(asked, material, catalog, messages, center.clock)


def public_scorecard(
    center: Center,
    language: str,
    period: Span | None = None,
    homes: Collection[str] | None = None,
    groupings: tuple[str, ...] = (),
) -> Scorecard:
    """As `scorecard_of`, without numbers that fewer than ten people stand behind."""
    return public(scorecard_of(center, language, period, homes, groupings))


def trends(
    center: Center,
    language: str,
    period: Span,
    statement: str = "",
    homes: Collection[str] | None = None,
    by: By = "department",
) -> list[Trend]:
    """The share of the sample that agrees with a statement (else the first) by group, over nine periods.

    For staff; of groups with an answer in any of the periods.
    """
    messages = load(language)
    shown = localize(center.catalog(), messages.service_text)
    asked = [of for of in shown.survey.everything if of.id == statement] or [shown.survey.statements[0]]
    spans = [*earlier(period), period]
    found: dict[str, Trend] = {}
    projecting.catch_up_all(center)
    with center.store.read() as connection:
        figures = Figures(connection, homes)
        names = Names(shown, messages, center.clock, figures.sites())
        for number, span in enumerate(spans):
            counts = figures.survey_counts(span.first, span.last, by)
            taken = Taken(counts, figures.survey_funnel(span.first, span.last, by))
            for table in group_tables(by, taken, names.key(by), names.name(by), asked):
                for row in table.rows if table.channel == INVITED else ():
                    blank = Trend(row.key, row.name, tuple(Point(of, 0, None) for of in spans))
                    known = found.setdefault(row.key, blank)
                    score = row.scores.get(asked[0].id)
                    point = Point(span, score.n if score else 0, score.agree if score else None)
                    points = (*known.points[:number], point, *known.points[number + 1 :])
                    found[row.key] = replace(known, points=points)
    return sorted(found.values(), key=lambda trend: trend.name)
