"""The tables, as named migrations; imported only when one is due."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from kiosk.journal.device_schema import DEVICES
from kiosk.journal.survey_schema import SURVEY

MIGRATIONS = Migrations("kiosk")

# One statement each. Times are UTC, days are local business days; rows of the tables below `events`
# are folded from events (projections.py) and can be made again, except visitor_text.
_FIRST = (
    """CREATE TABLE events (
        id TEXT PRIMARY KEY,
        chain TEXT NOT NULL,
        seq INTEGER NOT NULL,
        v INTEGER NOT NULL,
        site TEXT NOT NULL,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        day TEXT NOT NULL,
        clock TEXT NOT NULL,
        body TEXT NOT NULL, -- canonical JSON
        hash TEXT NOT NULL, -- SHA-256 over the previous hash and this event
        UNIQUE (chain, seq)
    ) STRICT""",
    """CREATE TABLE machine (
        name TEXT PRIMARY KEY, -- 'chain': the chain this machine appends to
        value TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE visitor_text (
        event_id TEXT PRIMARY KEY REFERENCES events(id),
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        language TEXT NOT NULL,
        day TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE visits (
        chain TEXT NOT NULL,
        visit TEXT NOT NULL,
        day TEXT NOT NULL,
        started_at TEXT NOT NULL,
        language TEXT NOT NULL,
        ended_at TEXT,
        ended_how TEXT, -- finished, start_over, idle, fault, restart; null while open
        ended_language TEXT,
        services_viewed INTEGER, -- counted when the visit ends, as the next two
        qr_codes_shown INTEGER,
        searches INTEGER,
        PRIMARY KEY (chain, visit)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX visits_open ON visits (chain, started_at) WHERE ended_how IS NULL",
    """CREATE TABLE service_views (
        event_id TEXT NOT NULL REFERENCES events(id),
        chain TEXT NOT NULL,
        visit TEXT NOT NULL,
        service TEXT NOT NULL,
        language TEXT NOT NULL,
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (chain, visit, event_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE qr_codes_shown (
        event_id TEXT NOT NULL REFERENCES events(id),
        chain TEXT NOT NULL,
        visit TEXT NOT NULL,
        service TEXT NOT NULL,
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (chain, visit, event_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE searches (
        event_id TEXT NOT NULL REFERENCES events(id),
        chain TEXT NOT NULL,
        visit TEXT NOT NULL,
        language TEXT NOT NULL,
        results INTEGER NOT NULL,
        chosen TEXT NOT NULL, -- service id, '' when none was chosen
        confident INTEGER NOT NULL,
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (chain, visit, event_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE needs_met (
        event_id TEXT NOT NULL REFERENCES events(id),
        chain TEXT NOT NULL,
        visit TEXT NOT NULL,
        service TEXT NOT NULL,
        answer TEXT NOT NULL, -- to 'Was this what you needed?': yes, partly, no
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (chain, visit, event_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE survey_invitations (
        chain TEXT NOT NULL,
        visit TEXT NOT NULL,
        channel TEXT NOT NULL,
        day TEXT NOT NULL,
        invited_at TEXT NOT NULL,
        outcome TEXT, -- declined, started; null when neither
        PRIMARY KEY (chain, visit, channel)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE survey_responses (
        chain TEXT NOT NULL,
        response TEXT NOT NULL,
        visit TEXT NOT NULL,
        survey TEXT NOT NULL,
        version INTEGER NOT NULL,
        channel TEXT NOT NULL,
        language TEXT NOT NULL,
        service TEXT NOT NULL, -- '' when none
        statements TEXT NOT NULL, -- JSON list of those asked, in order
        day TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        state TEXT NOT NULL, -- started, completed, abandoned
        abandoned_at TEXT, -- the statement shown when it was abandoned
        commented INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (chain, response)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX survey_responses_open ON survey_responses (chain, started_at) WHERE state = 'started'",
    """CREATE TABLE survey_answers (
        chain TEXT NOT NULL,
        response TEXT NOT NULL,
        statement TEXT NOT NULL,
        value TEXT NOT NULL, -- 1 strongly disagree … 4 strongly agree, na, skipped
        answered_at TEXT NOT NULL,
        PRIMARY KEY (chain, response, statement)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE survey_statements (
        survey TEXT NOT NULL,
        version INTEGER NOT NULL,
        statement TEXT NOT NULL,
        times_asked INTEGER NOT NULL,
        PRIMARY KEY (survey, version, statement)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE skipped_events (
        event_id TEXT NOT NULL REFERENCES events(id), -- not legal in the state it met
        kind TEXT NOT NULL,
        day TEXT NOT NULL
    ) STRICT""",
)


_LINES = (
    # Found in the body, so that an event is still written as it is hashed and nothing is said twice.
    """ALTER TABLE events ADD COLUMN ticket TEXT
       GENERATED ALWAYS AS (json_extract(body, '$.ticket')) VIRTUAL""",
    "CREATE INDEX events_of_ticket ON events (ticket) WHERE ticket IS NOT NULL",
    # The fields of tickets.ticket.Ticket, in their order.
    """CREATE TABLE tickets (
        ticket TEXT PRIMARY KEY,
        code TEXT NOT NULL,
        lane TEXT NOT NULL, -- the line it stands in now
        first_lane TEXT NOT NULL,
        service TEXT NOT NULL, -- '' when it was taken for no certain service
        language TEXT NOT NULL,
        channel TEXT NOT NULL, -- kiosk, desk
        priority TEXT NOT NULL, -- '', assisted, booked
        interpreter TEXT NOT NULL, -- '', sign, or a language
        state TEXT NOT NULL, -- waiting, called, serving, hold, no_show, finished, left, void
        day TEXT NOT NULL, -- the business day it was taken
        arrival TEXT NOT NULL, -- sorts tickets by when they were taken, on every machine alike
        issued_at TEXT NOT NULL,
        ahead INTEGER NOT NULL, -- people before it when it was taken
        quote_low INTEGER, -- minutes quoted then, null when not known
        quote_high INTEGER,
        first_called_at TEXT NOT NULL, -- '' before it came to that, as with the times below
        last_called_at TEXT NOT NULL,
        calls INTEGER NOT NULL,
        counter TEXT NOT NULL,
        staff TEXT NOT NULL,
        serving_at TEXT NOT NULL,
        ended_at TEXT NOT NULL,
        ended_how TEXT NOT NULL, -- left: visitor, desk, day_end; void: its reason
        time_accurate INTEGER NOT NULL,
        printing TEXT NOT NULL, -- '', pending, ok, failed, reprinted
        print_fault TEXT NOT NULL,
        also_called TEXT NOT NULL, -- counters whose call lost against another's
        latest TEXT NOT NULL, -- the event an undo would name
        skipped INTEGER NOT NULL, -- events that were not legal
        last_call TEXT NOT NULL -- sorts tickets by their latest call, as arrival by when they were taken
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX tickets_of_day ON tickets (day, state)",
    "CREATE INDEX tickets_in_state ON tickets (state, day)",
    "CREATE INDEX tickets_called ON tickets (day, last_call) WHERE last_call <> ''",
    "CREATE INDEX tickets_at_counter ON tickets (counter, last_call)",
    "CREATE INDEX tickets_ended ON tickets (lane, ended_at) WHERE ended_at <> ''",
    """CREATE TABLE counters (
        counter TEXT PRIMARY KEY,
        state TEXT NOT NULL, -- open, paused, closed
        staff TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        clock TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE desk_answers (
        event_id TEXT PRIMARY KEY REFERENCES events(id),
        service TEXT NOT NULL, -- '' when it was about none of the services
        language TEXT NOT NULL,
        counter TEXT NOT NULL,
        staff TEXT NOT NULL,
        day TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE doubted_facts (
        event_id TEXT PRIMARY KEY REFERENCES events(id),
        service TEXT NOT NULL,
        fact TEXT NOT NULL,
        staff TEXT NOT NULL,
        day TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE pages_printed (
        event_id TEXT PRIMARY KEY REFERENCES events(id),
        service TEXT NOT NULL,
        outcome TEXT NOT NULL, -- ok, failed
        fault TEXT NOT NULL,
        day TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE closed_days (
        day TEXT PRIMARY KEY,
        closed_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE staff (
        staff TEXT PRIMARY KEY, -- s1, s2: what events say
        name TEXT NOT NULL, -- stays on this machine
        folded TEXT NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID""",
    "ALTER TABLE survey_responses ADD COLUMN lane TEXT NOT NULL DEFAULT ''",
    # How long they had waited: none, under_5, 5_15, 15_30, 30_60, over_60 minutes.
    "ALTER TABLE survey_responses ADD COLUMN wait TEXT NOT NULL DEFAULT 'none'",
)


@MIGRATIONS()
def journal_and_visits(db: Database) -> None:
    """Events, visitors' words, visits and surveys."""
    for statement in _FIRST:
        db.execute(statement)


@MIGRATIONS()
def waiting_lines(db: Database) -> None:
    """Tickets, counters, answers at the desk, and the names of staff."""
    for statement in _LINES:
        db.execute(statement)


@MIGRATIONS()
def survey_by_sample(db: Database) -> None:
    """Who could be asked and who was; answers as one row per response; wordings, actions, exports."""
    for statement in SURVEY:
        db.execute(statement)
    answered = db.execute("SELECT DISTINCT value FROM survey_responses, json_each(statements) ORDER BY value")
    for (name,) in answered.fetchall():
        db.execute(f'ALTER TABLE survey_responses ADD COLUMN "answer {name}" TEXT')
        db.execute(
            f"""UPDATE survey_responses SET "answer {name}" = coalesce((SELECT value FROM survey_answers AS it
                WHERE it.chain = survey_responses.chain AND it.response = survey_responses.response
                AND it.statement = ?), '') WHERE ? IN (SELECT value FROM json_each(statements))""",
            (name, name),
        )
    db.execute("DROP TABLE survey_answers")


@MIGRATIONS()
def among_others(db: Database) -> None:
    """Events of other machines in the same tables; numbers of its own, receipts."""
    for statement in DEVICES:
        db.execute(statement)


def migrate(connection: sqlite3.Connection) -> int:
    """Apply what is due inside the transaction that is open; the format reached."""
    MIGRATIONS.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
    return len(MIGRATIONS.applied(Database(connection, recursive_triggers=False, execute_plugins=False)))
