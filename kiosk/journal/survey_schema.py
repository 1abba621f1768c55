"""The tables of the survey: who could be asked, who was, the answers; wordings, plans, exports."""

from __future__ import annotations

SURVEY = (
    "ALTER TABLE survey_responses RENAME TO responses_before",
    # With a rowid, unlike before: the responses of a day then lie together, and a year is read in one go.
    """CREATE TABLE survey_responses (
        chain TEXT NOT NULL,
        response TEXT NOT NULL,
        visit TEXT NOT NULL,
        survey TEXT NOT NULL,
        version INTEGER NOT NULL,
        channel TEXT NOT NULL, -- invited: the sample; convenience, ticket: who came by themselves
        audience TEXT NOT NULL, -- visitor, employee
        about TEXT NOT NULL, -- after which kind of visit: lookup, served
        language TEXT NOT NULL,
        service TEXT NOT NULL, -- '' when none
        department TEXT NOT NULL, -- whose service it was then, or who helped an employee
        lane TEXT NOT NULL,
        wait TEXT NOT NULL, -- none, under_5, 5_15, 15_30, 30_60, over_60 minutes
        stratum TEXT NOT NULL, -- of those invited: a lane, or self_service; else ''
        seed TEXT NOT NULL, -- which decided that they are invited; else ''
        design TEXT NOT NULL, -- how, in words: what may be counted together
        statements TEXT NOT NULL, -- JSON list of those asked, in order
        day TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        state TEXT NOT NULL, -- started, completed, abandoned
        abandoned_at TEXT, -- the statement shown when it was abandoned
        commented INTEGER NOT NULL DEFAULT 0,
        UNIQUE (chain, response)
    ) STRICT""",
    """INSERT INTO survey_responses
        SELECT chain, response, visit, survey, version, channel, 'visitor', '', language, service, '', lane,
            wait, '', '', '', statements, day, started_at, finished_at, state, abandoned_at, commented
        FROM responses_before ORDER BY day, started_at""",
    "DROP TABLE responses_before",
    "CREATE INDEX survey_responses_open ON survey_responses (chain, started_at) WHERE state = 'started'",
    "CREATE INDEX survey_responses_of_day ON survey_responses (day)",
    "DROP TABLE survey_statements",
    """CREATE TABLE survey_statements (
        survey TEXT NOT NULL,
        version INTEGER NOT NULL,
        about TEXT NOT NULL,
        statement TEXT NOT NULL,
        times_asked INTEGER NOT NULL,
        PRIMARY KEY (survey, version, about, statement)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE survey_sampling (
        seed TEXT PRIMARY KEY,
        survey TEXT NOT NULL,
        version INTEGER NOT NULL,
        method TEXT NOT NULL, -- everyone, systematic, random, stratified
        every INTEGER NOT NULL,
        percent INTEGER NOT NULL,
        rates TEXT NOT NULL, -- JSON: percentages by stratum
        design TEXT NOT NULL, -- method and numbers in words: what may be counted together
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        clock TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX survey_sampling_latest ON survey_sampling (clock)",
    """CREATE TABLE survey_frame (
        unit TEXT NOT NULL UNIQUE,
        source TEXT NOT NULL, -- visit, ticket, answer
        stratum TEXT NOT NULL, -- a lane, or self_service
        service TEXT NOT NULL,
        language TEXT NOT NULL,
        seed TEXT NOT NULL,
        design TEXT NOT NULL,
        ordinal INTEGER NOT NULL, -- among those of the same seed, from 0
        selected INTEGER NOT NULL,
        code TEXT NOT NULL, -- the number on an invitation by the desk
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        invited_by TEXT NOT NULL, -- '', screen, desk
        outcome TEXT NOT NULL -- '', declined, accepted
    ) STRICT""",
    "CREATE INDEX survey_frame_of_seed ON survey_frame (seed, ordinal)",
    "CREATE INDEX survey_frame_of_day ON survey_frame (day)",
    "CREATE INDEX survey_frame_codes ON survey_frame (day, code) WHERE code <> ''",
    "DROP TABLE survey_invitations",
    """CREATE TABLE survey_wordings (
        survey TEXT NOT NULL,
        version INTEGER NOT NULL,
        language TEXT NOT NULL,
        statement TEXT NOT NULL,
        text TEXT NOT NULL,
        since TEXT NOT NULL, -- the first business day it was shown
        clock TEXT NOT NULL,
        PRIMARY KEY (survey, version, language, statement, clock)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE actions (
        action TEXT PRIMARY KEY,
        statement TEXT NOT NULL,
        scope TEXT NOT NULL, -- a service, department or lane; '' for the whole city
        due TEXT NOT NULL,
        remeasure TEXT NOT NULL,
        state TEXT NOT NULL, -- open, done, dropped
        event_id TEXT NOT NULL, -- whose words are in visitor_text
        day TEXT NOT NULL,
        clock TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # What was written to sticks and folders: this machine's own note, not folded from events.
    """CREATE TABLE exports (
        day TEXT NOT NULL,
        revision INTEGER NOT NULL,
        first INTEGER NOT NULL, -- events in its batch
        last INTEGER NOT NULL,
        touched INTEGER NOT NULL, -- the last event by then that changes the day's tables
        made_at TEXT NOT NULL,
        PRIMARY KEY (day, revision)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX events_of_day ON events (day, seq)",
    "CREATE INDEX events_of_redaction ON events (chain, seq) WHERE kind = 'survey.redacted'",
)
