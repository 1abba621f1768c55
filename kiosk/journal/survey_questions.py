"""What can be asked of the journal about surveys: who could be asked, who was, and what they answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple

from kiosk.journal.questions import OPEN_RESPONSES, OWN, Questions
from kiosk.journal.survey_columns import PREFIX, counting, responses

By = Literal["", "service", "department", "lane", "language", "day", "hour", "site"]
"""What figures are grouped by. An hour is one of UTC with its date ("2026-11-23T16")."""

_GROUPS: dict[str, str] = {
    "": "''",
    "service": "it.service",
    "department": "it.department",
    "lane": "it.lane",
    "language": "it.language",
    "day": "it.day",
    "hour": "substr(it.started_at, 1, 13)",
    "site": "(SELECT site FROM events WHERE chain = it.chain ORDER BY seq DESC LIMIT 1)",
}
_FRAME_GROUPS = _GROUPS | {
    "department": "it.service",
    "lane": "CASE it.stratum WHEN 'self_service' THEN '' ELSE it.stratum END",
    "hour": "substr(it.at, 1, 13)",
    "site": f"(SELECT site FROM events WHERE chain = {OWN} ORDER BY seq DESC LIMIT 1)",
}


class Unit(NamedTuple):
    """Somebody who could be invited. `invited_by` is "", screen or desk; `outcome` "", declined, accepted."""

    unit: str
    source: str
    stratum: str
    service: str
    language: str
    seed: str
    selected: bool
    code: str
    day: str
    invited_by: str
    outcome: str


class Chosen(NamedTuple):
    """How visitors are chosen under a seed, and how many were eligible under it so far."""

    seed: str
    survey: str
    version: int
    method: str
    every: int
    percent: int
    rates: dict[str, int]
    design: str
    day: str
    eligible: int


class AnswerCounts(NamedTuple):
    """How completed responses answered a statement; who was not asked is in none of them."""

    c1: int = 0
    c2: int = 0
    c3: int = 0
    c4: int = 0
    na: int = 0
    skipped: int = 0


class CountRow(NamedTuple):
    """Responses of a group, a channel (`invited` is the sample), a design and a stratum.

    Abandoned ones are `partial` when at least half of what was asked has an answer, not applicable included.
    """

    group: str
    channel: str
    design: str
    stratum: str
    started: int
    completed: int
    abandoned: int
    partial: int
    statements: Mapping[str, AnswerCounts]


class FunnelRow(NamedTuple):
    """Visitors of a group, a design and a stratum: how many could be, were chosen, asked, and said what."""

    group: str
    design: str
    stratum: str
    source: str
    eligible: int
    selected: int
    invited: int
    declined: int
    accepted: int


class ResponseRow(NamedTuple):
    """One response. `asked` are its statements in order; `answers` has each, "" where it was not reached."""

    response: str
    survey: str
    version: int
    channel: str
    audience: str
    about: str
    language: str
    service: str
    department: str
    lane: str
    wait: str
    stratum: str
    design: str
    day: str
    started_at: str
    state: str
    abandoned_at: str
    asked: tuple[str, ...]
    answers: dict[str, str]


class Wording(NamedTuple):
    """What a statement said in a language from a business day on."""

    survey: str
    version: int
    language: str
    statement: str
    text: str
    since: str


class Comment(NamedTuple):
    """A comment still held, with what its response was about; nothing leads to the response itself."""

    event_id: str
    day: str
    language: str
    service: str
    lane: str
    text: str


class Action(NamedTuple):
    """What staff do about a statement; `words` is JSON of cause, action and owner, "" when there are none."""

    action: str
    statement: str
    scope: str
    due: str
    remeasure: str
    state: str
    day: str
    words: str


class Export(NamedTuple):
    """A day that was written for somebody to carry: the events in its batch, and when (a stamp).

    `chain` is whose events they are; "" for this machine's own now.
    """

    day: str
    revision: int
    first: int
    last: int
    touched: int
    made_at: str
    chain: str = ""


class SurveyQuestions(Questions):
    """Reading questions about surveys."""

    def times_asked(self, survey: str, version: int, about: str) -> dict[str, int]:
        """How often each statement has been asked after a kind of visit; absent means never."""
        asked = """SELECT statement, times_asked FROM survey_statements
            WHERE survey = ? AND version = ? AND about = ?"""
        return dict(self.rows(asked, survey, version, about))

    def survey_columns(self) -> list[str]:
        """Every statement that was ever asked, in the order of the first time."""
        names = [name for (name,) in self.rows("SELECT name FROM pragma_table_info('survey_responses')")]
        return [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]

    def survey_counts(
        self, first: date, last: date, by: By = "", audience: str = "visitor"
    ) -> list[CountRow]:
        """Responses and answers from a business day to another, both included, in one scan."""
        known, found = self.survey_columns(), dict[tuple[str, ...], CountRow]()
        for row in self.rows(counting(known, _GROUPS[by]), first.isoformat(), last.isoformat(), audience):
            key, state, many, partial, given = row[:4], row[4], row[5], row[6], row[7:]
            of = found.setdefault(key, CountRow._make((*key, 0, 0, 0, 0, {})))
            of = of._replace(started=of.started + many)
            if state == "abandoned":
                of = of._replace(abandoned=many, partial=partial)
            elif state == "completed":
                counts = [AnswerCounts._make(given[at : at + 6]) for at in range(0, len(given), 6)]
                asked = {name: count for name, count in zip(known, counts, strict=True) if any(count)}
                of = of._replace(completed=many, statements=asked)
            found[key] = of
        return list(found.values())

    def survey_funnel(self, first: date, last: date, by: By = "") -> list[FunnelRow]:
        """Who could be asked from a business day to another, both included, and what became of it."""
        counted = f"""SELECT {_FRAME_GROUPS[by]}, design, stratum, source,
                count(*), sum(selected),
                count(*) FILTER (WHERE invited_by <> ''), count(*) FILTER (WHERE outcome = 'declined'),
                count(*) FILTER (WHERE outcome = 'accepted')
            FROM survey_frame AS it
            WHERE it.day BETWEEN ? AND ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
        return [FunnelRow(*row) for row in self.rows(counted, first.isoformat(), last.isoformat())]

    def survey_responses(self, day: date) -> Iterator[ResponseRow]:
        """The responses that began on a business day, ordered by their random ids."""
        known = self.survey_columns()
        last = ""
        while page := self.rows(responses(known), day.isoformat(), last):
            for row in page:
                asked = tuple(json.loads(row[17]))
                answers = dict(zip(known, row[18:], strict=True))
                given = {name: answers[name] or "" for name in asked}
                yield ResponseRow._make((*row[:17], asked, given))
            last = page[-1][0]

    def responses_open(self) -> list[tuple[str, str]]:
        """Surveys of this machine that nobody has ended, and the first statement without an answer."""
        found = []
        for response, day in self.rows(f"{OPEN_RESPONSES} ORDER BY started_at, response"):
            row = next(it for it in self.survey_responses(date.fromisoformat(day)) if it.response == response)
            found.append((response, next((name for name in row.asked if not row.answers[name]), "")))
        return found

    def survey_wordings(self) -> list[Wording]:
        """Every wording that was ever shown, the oldest first; once where several machines show the same."""
        shown = """SELECT survey, version, language, statement, text, since FROM survey_wordings
            ORDER BY survey, version, statement, language, clock, chain"""
        known = [Wording(*row) for row in self.rows(shown)]
        return [now for before, now in zip([None, *known], known, strict=False) if not _same(before, now)]

    def statements_unworded(self) -> dict[str, list[int]]:
        """Versions in which a statement was asked here while what it said was not recorded."""
        missing = """SELECT DISTINCT statement, version FROM survey_statements AS asked WHERE NOT EXISTS (
                SELECT 1 FROM survey_wordings AS said WHERE said.survey = asked.survey
                AND said.version = asked.version AND said.statement = asked.statement)
            ORDER BY statement, version"""
        found: dict[str, list[int]] = {}
        for statement, version in self.rows(missing):
            found.setdefault(statement, []).append(version)
        return found

    def wording_now(self, survey: str, version: int, language: str) -> dict[str, str]:
        """What the statements of a survey said the last time in a language on this machine."""
        said = f"""SELECT statement, text FROM survey_wordings
            WHERE survey = ? AND version = ? AND language = ? AND chain = {OWN} ORDER BY clock"""
        return dict(self.rows(said, survey, version, language))

    def comments(self, first: date, last: date) -> list[Comment]:
        """Comments still held of business days, in an order that says nothing."""
        held = """SELECT event_id, text.day, text.language, coalesce(service, ''), coalesce(lane, ''), text
            FROM visitor_text AS text JOIN events ON events.id = event_id
            LEFT JOIN survey_responses AS it ON it.chain = events.chain
              AND it.response = json_extract(events.body, '$.response')
            WHERE text.kind = 'survey.commented' AND text.day BETWEEN ? AND ? ORDER BY event_id"""
        return [Comment(*row) for row in self.rows(held, first.isoformat(), last.isoformat())]

    def survey_chosen(self) -> Chosen | None:
        """How visitors are chosen now on this machine: the latest plan that it recorded."""
        latest = f"""SELECT seed, survey, version, method, every, percent, rates, design, day,
                (SELECT coalesce(max(ordinal) + 1, 0) FROM survey_frame AS it WHERE it.seed = plan.seed)
            FROM survey_sampling AS plan WHERE chain = {OWN} ORDER BY clock DESC LIMIT 1"""
        for row in self.rows(latest):
            return Chosen._make((*row[:6], json.loads(row[6]), *row[7:]))
        return None

    def survey_unit(self, unit: str) -> Unit | None:
        """Somebody who could be invited, by the id of their visit, ticket or answer."""
        return self._unit("unit = ?", unit)

    def survey_unit_of_code(self, code: str, day: date) -> Unit | None:
        """Whom the desk gave an invitation number on a business day; the latest who has not used it yet."""
        given = "day = ? AND code = ? AND code <> '' ORDER BY outcome = 'accepted', at DESC"
        return self._unit(given, day.isoformat(), code)

    def codes_of_invitations(self, day: date) -> list[str]:
        """The invitation numbers that were given out on a business day at the site, the latest last."""
        given = "SELECT code FROM survey_frame WHERE day = ? AND code <> '' ORDER BY at, ordinal"
        return [code for (code,) in self.rows(given, day.isoformat())]

    def actions(self) -> list[Action]:
        """What staff plan and have done, the latest change first."""
        planned = """SELECT action, statement, scope, due, remeasure, state, actions.day, coalesce(text, '')
            FROM actions LEFT JOIN visitor_text USING (event_id) ORDER BY clock DESC"""
        return [Action(*row) for row in self.rows(planned)]

    def exports(self, limit: int = -1) -> list[Export]:
        """What was written for somebody to carry, the latest first."""
        made = """SELECT day, revision, first, last, touched, made_at, chain FROM exports
            ORDER BY made_at DESC, day DESC, revision DESC LIMIT ?"""
        return [Export(*row) for row in self.rows(made, limit)]

    def _unit(self, where: str, *parameters: object) -> Unit | None:
        fields = ", ".join(Unit._fields)
        for row in self.rows(f"SELECT {fields} FROM survey_frame WHERE {where}", *parameters):
            found = Unit._make(row)
            return found._replace(selected=bool(found.selected))
        return None


def _same(before: Wording | None, now: Wording) -> bool:
    """Whether a statement still says what it said."""
    return before is not None and before._replace(since="") == now._replace(since="")
