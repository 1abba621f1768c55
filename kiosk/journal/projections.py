"""How each kind of event changes the tables that people read: explicit SQL, a pure fold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from kiosk.journal.event import Event, root
from kiosk.journal.kinds import BEFORE

TABLES = (
    "visits",
    "service_views",
    "qr_codes_shown",
    "searches",
    "needs_met",
    "survey_sampling",
    "survey_frame",
    "survey_responses",
    "survey_statements",
    "survey_wordings",
    "actions",
    "pages_printed",
    "tickets",
    "counters",
    "desk_answers",
    "doubted_facts",
    "closed_days",
    "ticket_numbers",
    "skipped_events",
)
"""Every table that `rebuild` empties and folds again; visitors' words are not in events, so not here."""

_COUNTER = """INSERT INTO counters (counter, state, staff, changed_at, clock, chain)
    VALUES (:counter, '{state}', :staff, :event_at, :event_clock, :event_chain)
    ON CONFLICT DO UPDATE SET state = excluded.state, staff = excluded.staff, clock = excluded.clock,
        changed_at = excluded.changed_at, chain = excluded.chain
    WHERE (excluded.clock, excluded.chain) > (clock, counters.chain)"""

_COUNT_BY_THEN = """(SELECT count(*) FROM {table} AS it JOIN events AS happened ON happened.id = it.event_id
    WHERE it.chain = visits.chain AND it.visit = visits.visit
      AND (happened.clock, happened.chain, happened.seq) < (:event_clock, :event_chain, :event_seq))"""

# The first statement of a kind decides: when it changes no row, the event is not legal in the state it
# meets, and is counted in skipped_events. Parameters are the body's fields and event_*.
_FOLDS: dict[str, tuple[str, ...]] = {
    "visit.started": (
        """INSERT OR IGNORE INTO visits (chain, visit, day, started_at, language)
           VALUES (:event_root, :visit, :event_day, :event_at, :language)""",
    ),
    "visit.ended": (
        f"""UPDATE visits SET ended_at = :event_at, ended_how = :how, ended_language = :language,
             services_viewed = {_COUNT_BY_THEN.format(table="service_views")},
             qr_codes_shown = {_COUNT_BY_THEN.format(table="qr_codes_shown")},
             searches = {_COUNT_BY_THEN.format(table="searches")}
           WHERE chain = :event_root AND visit = :visit AND ended_how IS NULL""",
    ),
    "service.viewed": (
        """INSERT INTO service_views (event_id, chain, visit, service, language, day, at)
           VALUES (:event_id, :event_root, :visit, :service, :language, :event_day, :event_at)""",
    ),
    "qr.shown": (
        """INSERT INTO qr_codes_shown (event_id, chain, visit, service, day, at)
           VALUES (:event_id, :event_root, :visit, :service, :event_day, :event_at)""",
    ),
    "need.answered": (
        """INSERT INTO needs_met (event_id, chain, visit, service, answer, day, at)
           VALUES (:event_id, :event_root, :visit, :service, :answer, :event_day, :event_at)""",
    ),
    "search.made": (
        """INSERT INTO searches (event_id, chain, visit, language, results, chosen, confident, day, at)
           VALUES (:event_id, :event_root, :visit, :language, :results, :chosen, :confident,
                   :event_day, :event_at)""",
    ),
    "survey.sampled": (
        """INSERT OR IGNORE INTO survey_sampling
             (seed, survey, version, method, every, percent, rates, design, day, at, clock, chain)
           VALUES (:seed, :survey, :version, :method, :every, :percent, :rates, :design,
                   :event_day, :event_at, :event_clock, :event_chain)""",
        # Whom the seed decided about may have come from another machine before the plan did.
        "UPDATE survey_frame SET design = :design WHERE seed = :seed AND design <> :design",
        """UPDATE survey_responses SET design = :design
           WHERE seed = :seed AND seed <> '' AND design <> :design""",
    ),
    "survey.eligible": (
        """INSERT OR IGNORE INTO survey_frame (unit, source, stratum, service, language, seed, design,
             ordinal, selected, code, day, at, invited_by, outcome)
           VALUES (:unit, :source, :stratum, :service, :language, :seed,
             coalesce((SELECT design FROM survey_sampling WHERE seed = :seed), ''),
             :ordinal, :selected, :code, :event_day, :event_at, '', '')""",
    ),
    "survey.invited": (
        "UPDATE survey_frame SET invited_by = :by WHERE unit = :unit AND selected AND invited_by = ''",
    ),
    "survey.declined": (
        "UPDATE survey_frame SET outcome = 'declined' WHERE unit = :unit AND selected AND outcome = ''",
    ),
    "survey.accepted": (
        """UPDATE survey_frame SET outcome = 'accepted'
           WHERE unit = :unit AND selected AND outcome <> 'accepted'""",
    ),
    "survey.worded": (
        """INSERT OR IGNORE INTO survey_wordings
             (survey, version, language, statement, text, since, clock, chain)
           SELECT :survey, :version, :language, key, value, :event_day, :event_clock, :event_chain
           FROM json_each(:statements)""",
    ),
    "action.planned": (
        """INSERT INTO actions (action, statement, scope, due, remeasure, state, event_id, day, clock, chain)
           VALUES (:action, :statement, :scope, :due, :remeasure, :state, :event_id, :event_day, :event_clock,
             :event_chain)
           ON CONFLICT DO UPDATE SET statement = excluded.statement, scope = excluded.scope,
             due = excluded.due, remeasure = excluded.remeasure, state = excluded.state,
             event_id = excluded.event_id, day = excluded.day, clock = excluded.clock, chain = excluded.chain
           WHERE (excluded.clock, excluded.chain) > (clock, actions.chain)""",
    ),
    "survey.completed": (
        """UPDATE survey_responses SET state = 'completed', finished_at = :event_at
           WHERE chain = :event_root AND response = :response AND state = 'started'""",
    ),
    "survey.abandoned": (
        """UPDATE survey_responses SET state = 'abandoned', finished_at = :event_at, abandoned_at = :at
           WHERE chain = :event_root AND response = :response AND state = 'started'""",
    ),
    "survey.commented": (
        """UPDATE survey_responses SET commented = 1
           WHERE chain = :event_root AND response = :response AND state <> 'abandoned'""",
    ),
    "page.printed": (
        """INSERT INTO pages_printed (event_id, service, outcome, fault, day)
           VALUES (:event_id, :service, :outcome, :fault, :event_day)""",
    ),
    "counter.opened": (_COUNTER.format(state="open"),),
    "counter.paused": (_COUNTER.format(state="paused"),),
    "counter.closed": (_COUNTER.format(state="closed"),),
    "desk.answered": (
        """INSERT INTO desk_answers (event_id, service, language, counter, staff, day, at)
           VALUES (:event_id, :service, :language, :counter, :staff, :event_day, :event_at)""",
    ),
    "fact.doubted": (
        """INSERT INTO doubted_facts (event_id, service, fact, staff, day)
           VALUES (:event_id, :service, :fact, :staff, :event_day)""",
    ),
    "day.closed": (
        """INSERT INTO closed_days (day, closed_at) VALUES (:closed, :event_at)
           ON CONFLICT DO UPDATE SET closed_at = max(closed_at, excluded.closed_at)""",
    ),
    "numbers.granted": (
        """INSERT OR IGNORE INTO ticket_numbers (chain, letter, first, last)
           VALUES (:event_chain, :letter, :first, :last)""",
    ),
}

_ALWAYS_LEGAL = {"counter.opened", "counter.paused", "counter.closed", "action.planned", "numbers.granted"}
"""Kinds of which the latest counts: an older one that comes later changes nothing, and was legal."""

SHARED = {"survey.sampled", "survey.eligible", "survey.invited", "survey.declined", "survey.accepted"}
"""Kinds about somebody or something that several machines may record, beside those of tickets."""

_SKIPPED = "INSERT INTO skipped_events (event_id, kind, day) VALUES (:event_id, :event_kind, :event_day)"


def project(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Fold an event that this machine appends; False when it was not legal and only counted."""
    if event.kind in SHARED or event.kind.startswith("ticket."):
        # The first screen shows no ticket; it need not wait for what folds them.
        from kiosk.journal.subjects import refold, subjects_of

        return not any(event.id in refold(cursor, subject) for subject in subjects_of(event))
    return apply(cursor, event)


def apply(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Fold an event that is later than all others of what it is about; False as for `project`."""
    if event.kind in ("survey.started", "survey.answered"):
        from kiosk.journal.survey_rows import project_survey

        return project_survey(cursor, event)
    folds = _FOLDS.get(event.kind)
    if folds is None or (event.kind in BEFORE and "unit" not in event.body):
        return True
    values = parameters(event)
    if cursor.execute(folds[0], values).rowcount == 0 and event.kind not in _ALWAYS_LEGAL:
        return skip(cursor, event)
    for statement in folds[1:]:
        cursor.execute(statement, values)
    return True


def parameters(event: Event) -> dict[str, Any]:
    """What the statements of a fold may name: the body's fields, lists and objects as JSON, and event_*."""
    values = dict(event.body)
    for name, value in event.body.items():
        if isinstance(value, (list, dict)):
            values[name] = json.dumps(value, ensure_ascii=False)
    if event.kind == "survey.sampled":
        values["design"] = design(event.body)
    values["event_id"] = event.id
    values["event_clock"] = event.clock
    values["event_chain"] = event.chain
    values["event_root"] = root(event.chain)
    values["event_seq"] = event.seq
    values["event_kind"] = event.kind
    values["event_day"] = event.day
    values["event_at"] = event.at
    return values


def design(plan: Mapping[str, Any]) -> str:
    """A method of sampling with its numbers, in words: "systematic 5", "stratified bills 50 help 10"."""
    rates = " ".join(f"{stratum} {rate}" for stratum, rate in sorted(plan["rates"].items()))
    numbers = {"systematic": plan["every"], "random": plan["percent"], "stratified": rates}
    return f"{plan['method']} {numbers.get(plan['method'], '')}".strip()


def skip(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Count an event that is not legal in the state it met; False."""
    cursor.execute(_SKIPPED, {"event_id": event.id, "event_kind": event.kind, "event_day": event.day})
    return False
