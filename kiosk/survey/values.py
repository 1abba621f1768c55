"""The scorecard as plain values for programs: `kiosk report survey --format json`.

Shares are from 0 to 1 with four places, targets and benchmarks in percent, days ISO dates; null is what there
is not, or what the public may not see (`held_back` says which). The keys:

- city, practice, public, audience, language, survey, version, today, limit
- period, previous, baseline (or null): first, last
- warnings, method: sentences in the language of the report
- statements: id, text, kind (standard, own, former), department, target (0: none), benchmark (percent,
  source), current, previous, baseline (a score or null), status, changed, gap, trend (first, last, n, agree),
  notes, held_back
- a score: n, agree, strongly, mean, mean_100, low, high, basis, weighted; for staff also na_share and counts:
  strongly_disagree, disagree, agree, strongly_agree, not_applicable, skipped
- sample: designs; total and strata: stratum, name, eligible, selected, invited, completed, rates; for staff
  also declined, accepted, started, partial, abandoned. rates by AAPOR's names: RR1, RR2, COOP1, REF1, CON1,
  and completion; the public has RR1 alone
- self_selected: channel, started, completed, completion, note, statements (id, text, score)
- work_on_first: statement, text, gap, plan (an id of plans or null)
- plans: id, statement, text, scope, scope_name, cause, action, owner, due, remeasure, state, overdue
- groups: by, channel, rows (key, name, completed, statements: score by id)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kiosk.survey import wording

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.survey.period import Span
    from kiosk.survey.score import StatementScore
    from kiosk.survey.scorecard import Channel, GroupTable, SampleRow, Scorecard, StatementCard

PLACES = 4
COUNTS = ("strongly_disagree", "disagree", "agree", "strongly_agree", "not_applicable", "skipped")
RATES = ("RR1", "RR2", "COOP1", "REF1", "CON1")


def values(card: Scorecard, messages: Messages) -> dict[str, Any]:
    """Everything, ready for `json.dumps`."""
    staff = not card.public
    total = card.sample.total
    return {
        "city": card.city,
        "practice": card.practice,
        "public": card.public,
        "audience": card.audience,
        "language": card.language,
        "survey": card.survey,
        "version": card.version,
        "today": card.today.isoformat(),
        "limit": card.limit,
        "period": _span(card.period),
        "previous": _span(card.previous),
        "baseline": _span(card.baseline) if card.baseline else None,
        "warnings": wording.warnings(card, messages),
        "method": wording.method(card, messages),
        "statements": [_statement(of, messages, staff) for of in card.statements],
        "sample": {
            "designs": list(card.sample.designs),
            "total": _sample(total, staff) if total else None,
            "strata": [_sample(row, staff) for row in card.sample.strata],
        },
        "self_selected": [_channel(channel, messages, staff) for channel in card.channels],
        "work_on_first": [
            {
                "statement": focus.card.id,
                "text": focus.card.text,
                "gap": _places(focus.card.gap),
                "plan": focus.plan.id if focus.plan else None,
            }
            for focus in card.focus
        ],
        "plans": [asdict(plan) for plan in card.plans],
        "groups": [_group(table, staff) for table in card.groups],
    }


def _span(span: Span) -> dict[str, str]:
    return {"first": span.first.isoformat(), "last": span.last.isoformat()}


def _places(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)


def _score(score: StatementScore | None, staff: bool) -> dict[str, Any] | None:
    if score is None:
        return None
    found: dict[str, Any] = {
        "n": score.n,
        "agree": _places(score.agree),
        "strongly": _places(score.strongly),
        "mean": _places(score.mean),
        "mean_100": _places(score.mean_100),
        "low": _places(score.interval.low) if score.interval else None,
        "high": _places(score.interval.high) if score.interval else None,
        "basis": score.basis,
        "weighted": score.weighted,
    }
    if staff:
        found["na_share"] = _places(score.na_share)
        found["counts"] = dict(zip(COUNTS, score.counts, strict=True))
    return found


def _statement(of: StatementCard, messages: Messages, staff: bool) -> dict[str, Any]:
    return {
        "id": of.id,
        "text": of.text,
        "kind": of.kind,
        "department": of.department,
        "target": of.target,
        "benchmark": asdict(of.benchmark) if of.benchmark else None,
        "current": _score(of.current, staff),
        "previous": _score(of.previous, staff),
        "baseline": _score(of.baseline, staff),
        "status": of.status,
        "changed": of.changed,
        "gap": _places(of.gap),
        "trend": [_span(at.period) | {"n": at.n, "agree": _places(at.agree)} for at in of.trend],
        "notes": list(wording.notes(of, messages)),
        "held_back": list(of.held_back),
    }


def _sample(row: SampleRow, staff: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "stratum": row.stratum,
        "name": row.name,
        "eligible": row.eligible,
        "selected": row.selected,
        "invited": row.invited,
        "completed": row.completed,
        "rates": {"RR1": _places(row.rates.response_1)},
    }
    if staff:
        names: Sequence[str] = ("declined", "accepted", "started", "partial", "abandoned")
        found |= {name: getattr(row, name) for name in names}
        found["rates"] = dict(zip(RATES, map(_places, row.rates), strict=True))
        found["rates"]["completion"] = _places(row.completion)
    return found


def _channel(channel: Channel, messages: Messages, staff: bool) -> dict[str, Any]:
    return {
        "channel": channel.channel,
        "started": channel.started,
        "completed": channel.completed,
        "completion": _places(channel.completion),
        "note": wording.self_selected(messages),
        "statements": [
            {"id": of.id, "text": of.text, "score": _score(of.score, staff)} for of in channel.statements
        ],
    }


def _group(table: GroupTable, staff: bool) -> dict[str, Any]:
    rows = [
        {
            "key": row.key,
            "name": row.name,
            "completed": row.n,
            "statements": {name: _score(score, staff) for name, score in row.scores.items()},
        }
        for row in table.rows
    ]
    return {"by": table.by, "channel": table.channel, "rows": rows}
