"""How each kind of event changes the tables that people read: explicit SQL, a pure fold."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from kiosk.journal.event import Event

TABLES = (
    "visits",
    "service_views",
    "qr_codes_shown",
    "searches",
    "needs_met",
    "survey_invitations",
    "survey_responses",
    "survey_answers",
    "survey_statements",
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
    "survey.invited": (
        """INSERT OR IGNORE INTO survey_invitations (chain, visit, channel, day, invited_at)
           VALUES (:event_chain, :visit, :channel, :event_day, :event_at)""",
    ),
    "survey.declined": (
        """UPDATE survey_invitations SET outcome = 'declined'
           WHERE chain = :event_chain AND visit = :visit AND channel = :channel AND outcome IS NULL""",
    ),
    "survey.started": (
        """INSERT OR IGNORE INTO survey_responses
             (chain, response, visit, survey, version, channel, language, service, lane, wait, statements,
              day, started_at, state)
           VALUES (:event_chain, :response, :visit, :survey, :version, :channel, :language, :service,
                   :lane, :wait, :statements, :event_day, :event_at, 'started')""",
        """UPDATE survey_invitations SET outcome = 'started'
           WHERE chain = :event_chain AND visit = :visit AND channel = :channel AND outcome IS NULL""",
        """INSERT INTO survey_statements (survey, version, statement, times_asked)
           SELECT :survey, :version, value, 1 FROM json_each(:statements) WHERE true
           ON CONFLICT DO UPDATE SET times_asked = times_asked + 1""",
    ),
    "survey.answered": (
        """INSERT INTO survey_answers (chain, response, statement, value, answered_at)
           SELECT chain, response, :statement, :answer, :event_at FROM survey_responses
           WHERE chain = :event_chain AND response = :response AND state = 'started'
           ON CONFLICT DO UPDATE SET value = excluded.value, answered_at = excluded.answered_at""",
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

_SKIPPED = "INSERT INTO skipped_events (event_id, kind, day) VALUES (:event_id, :event_kind, :event_day)"


def project(cursor: sqlite3.Cursor, event: Event) -> bool:
    """Fold one event into the tables; False when it was not legal and only counted."""
    if event.kind.startswith("ticket."):
        # The first screen shows no ticket; it need not wait for what folds them.
        from kiosk.journal.ticket_rows import project_ticket

        return project_ticket(cursor, event)
    folds = _FOLDS.get(event.kind)
    if folds is None:
        return True
    values = _parameters(event)
    if cursor.execute(folds[0], values).rowcount == 0:
        cursor.execute(_SKIPPED, values)
        return False
    for statement in folds[1:]:
        cursor.execute(statement, values)
    return True


def _parameters(event: Event) -> dict[str, Any]:
    values = {
        name: json.dumps(value) if isinstance(value, list) else value for name, value in event.body.items()
    }
    if event.kind == "survey.started":
        # Surveys of before there were lines.
        values = {"lane": "", "wait": "none", **values}
    values["event_id"] = event.id
    values["event_clock"] = event.clock
    values["event_chain"] = event.chain
    values["event_kind"] = event.kind
    values["event_day"] = event.day
    values["event_at"] = event.at
    return values
