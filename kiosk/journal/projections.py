"""How each kind of event changes the tables that people read: explicit SQL, a pure fold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from kiosk.journal.event import Event

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
    "skipped_events",
)
"""Every table that `rebuild` empties and folds again; visitors' words are not in events, so not here."""

_COUNTER = """INSERT INTO counters (counter, state, staff, changed_at, clock)
    VALUES (:counter, '{state}', :staff, :event_at, :event_clock)
    ON CONFLICT DO UPDATE SET state = excluded.state, staff = excluded.staff, clock = excluded.clock,
        changed_at = excluded.changed_at WHERE excluded.clock > clock"""

# The first statement of a kind decides: when it changes no row, the event is not legal in the state it
# meets, and is counted in skipped_events. Parameters are the body's fields and event_*.
_FOLDS: dict[str, tuple[str, ...]] = {
    "visit.started": (
        """INSERT OR IGNORE INTO visits (chain, visit, day, started_at, language)
           VALUES (:event_chain, :visit, :event_day, :event_at, :language)""",
    ),
    "visit.ended": (
        """UPDATE visits SET ended_at = :event_at, ended_how = :how, ended_language = :language,
             services_viewed = (SELECT count(*) FROM service_views AS it
                                WHERE it.chain = visits.chain AND it.visit = visits.visit),
             qr_codes_shown = (SELECT count(*) FROM qr_codes_shown AS it
                               WHERE it.chain = visits.chain AND it.visit = visits.visit),
             searches = (SELECT count(*) FROM searches AS it
                         WHERE it.chain = visits.chain AND it.visit = visits.visit)
           WHERE chain = :event_chain AND visit = :visit AND ended_how IS NULL""",
    ),
    "service.viewed": (
        """INSERT INTO service_views (event_id, chain, visit, service, language, day, at)
           VALUES (:event_id, :event_chain, :visit, :service, :language, :event_day, :event_at)""",
    ),
    "qr.shown": (
        """INSERT INTO qr_codes_shown (event_id, chain, visit, service, day, at)
           VALUES (:event_id, :event_chain, :visit, :service, :event_day, :event_at)""",
    ),
    "need.answered": (
        """INSERT INTO needs_met (event_id, chain, visit, service, answer, day, at)
           VALUES (:event_id, :event_chain, :visit, :service, :answer, :event_day, :event_at)""",
    ),
    "search.made": (
        """INSERT INTO searches (event_id, chain, visit, language, results, chosen, confident, day, at)
           VALUES (:event_id, :event_chain, :visit, :language, :results, :chosen, :confident,
                   :event_day, :event_at)""",
    ),
    "survey.sampled": (
        """INSERT OR IGNORE INTO survey_sampling
             (seed, survey, version, method, every, percent, rates, design, day, at, clock)
           VALUES (:seed, :survey, :version, :method, :every, :percent, :rates, :design,
                   :event_day, :event_at, :event_clock)""",
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
        """INSERT OR IGNORE INTO survey_wordings (survey, version, language, statement, text, since, clock)
           SELECT :survey, :version, :language, key, value, :event_day, :event_clock
           FROM json_each(:statements)""",
    ),
    "action.planned": (
        """INSERT INTO actions (action, statement, scope, due, remeasure, state, event_id, day, clock)
           VALUES (:action, :statement, :scope, :due, :remeasure, :state, :event_id, :event_day, :event_clock)
           ON CONFLICT DO UPDATE SET statement = excluded.statement, scope = excluded.scope,
             due = excluded.due, remeasure = excluded.remeasure, state = excluded.state,
             event_id = excluded.event_id, day = excluded.day, clock = excluded.clock
           WHERE excluded.clock > clock""",
    ),
    "survey.completed": (
        """UPDATE survey_responses SET state = 'completed', finished_at = :event_at
           WHERE chain = :event_chain AND response = :response AND state = 'started'""",
    ),
    "survey.abandoned": (
        """UPDATE survey_responses SET state = 'abandoned', finished_at = :event_at, abandoned_at = :at
           WHERE chain = :event_chain AND response = :response AND state = 'started'""",
    ),
    "survey.commented": (
        """UPDATE survey_responses SET commented = 1
           WHERE chain = :event_chain AND response = :response AND state <> 'abandoned'""",
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
}

# Fields of invitations from before visitors were chosen: nobody was selected, so they lead nowhere.
_OLD: dict[str, set[str]] = {"survey.invited": {"visit"}, "survey.declined": {"visit"}}

_SKIPPED = "INSERT INTO skipped_events (event_id, kind, day) VALUES (:event_id, :event_kind, :event_day)"


def project(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Fold one event into the tables; False when it was not legal and only counted."""
    if event.kind.startswith("ticket."):
        # The first screen shows no ticket; it need not wait for what folds them.
        from kiosk.journal.ticket_rows import project_ticket

        return project_ticket(cursor, event)
    if event.kind in ("survey.started", "survey.answered"):
        from kiosk.journal.survey_rows import project_survey

        return project_survey(cursor, event)
    folds = _FOLDS.get(event.kind)
    if folds is None:
        return True
    values = parameters(event)
    if event.body.keys() & _OLD.get(event.kind, set()):
        return True
    if cursor.execute(folds[0], values).rowcount == 0:
        return skip(cursor, event)
    for statement in folds[1:]:
        cursor.execute(statement, values)
    return True


def parameters(event: Event) -> dict[str, Any]:
    """What the statements of a fold may name: the body's fields, lists and objects as JSON, and event_*."""
    values = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for name, value in event.body.items()
    }
    if event.kind == "survey.sampled":
        values["design"] = design(event.body)
    values["event_id"] = event.id
    values["event_clock"] = event.clock
    values["event_chain"] = event.chain
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
