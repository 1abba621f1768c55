"""What a machine among others needs: whose plans and words these are, numbers of its own, receipts."""

from __future__ import annotations

from kiosk.journal.questions import FORKED, HAS_SUBJECT, OWN, SUBJECT, TO_FIND

DEVICES = (
    "ALTER TABLE tickets ADD COLUMN late_at TEXT NOT NULL DEFAULT ''",
    # What is folded together when an event of another machine arrives, in whatever order they come. An index
    # costs every append something, so these are few.
    f"CREATE INDEX events_of_subject ON events ({SUBJECT}) WHERE {HAS_SUBJECT}",
    f"CREATE INDEX events_to_find ON events (kind, chain, seq) WHERE {TO_FIND}",
    "CREATE INDEX skipped_events_by_id ON skipped_events (event_id)",
    "CREATE INDEX survey_responses_of_seed ON survey_responses (seed) WHERE seed <> ''",
    "ALTER TABLE survey_sampling ADD COLUMN chain TEXT NOT NULL DEFAULT ''",
    f"UPDATE survey_sampling SET chain = {OWN}",
    "DROP INDEX survey_sampling_latest",
    "CREATE INDEX survey_sampling_latest ON survey_sampling (chain, clock)",
    "ALTER TABLE counters ADD COLUMN chain TEXT NOT NULL DEFAULT ''",
    f"UPDATE counters SET chain = {OWN}",
    "ALTER TABLE actions ADD COLUMN chain TEXT NOT NULL DEFAULT ''",
    f"UPDATE actions SET chain = {OWN}",
    "ALTER TABLE survey_wordings RENAME TO wordings_before",
    """CREATE TABLE survey_wordings (
        survey TEXT NOT NULL,
        version INTEGER NOT NULL,
        language TEXT NOT NULL,
        statement TEXT NOT NULL,
        text TEXT NOT NULL,
        since TEXT NOT NULL, -- the first business day it was shown
        clock TEXT NOT NULL,
        chain TEXT NOT NULL, -- of the machine that showed it
        PRIMARY KEY (survey, version, language, statement, clock, chain)
    ) STRICT, WITHOUT ROWID""",
    f"""INSERT INTO survey_wordings
        SELECT survey, version, language, statement, text, since, clock, {OWN} FROM wordings_before""",
    "DROP TABLE wordings_before",
    "ALTER TABLE exports RENAME TO exports_before",
    """CREATE TABLE exports (
        chain TEXT NOT NULL, -- whose events are in its batch
        day TEXT NOT NULL,
        revision INTEGER NOT NULL,
        first INTEGER NOT NULL, -- events in its batch
        last INTEGER NOT NULL,
        touched INTEGER NOT NULL, -- rowid of the last event by then that changes the day's tables
        made_at TEXT NOT NULL,
        PRIMARY KEY (chain, day, revision)
    ) STRICT, WITHOUT ROWID""",
    f"""INSERT INTO exports SELECT {OWN}, day, revision, first, last, touched, made_at FROM exports_before""",
    "DROP TABLE exports_before",
    """CREATE TABLE ticket_numbers (
        chain TEXT NOT NULL, -- of the machine that gives them out
        letter TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (chain, letter, first, last)
    ) STRICT, WITHOUT ROWID""",
    # The tables below are this machine's own notes, not folded from events.
    """CREATE TABLE receipts (
        sha256 TEXT NOT NULL, -- of the batch
        chain TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        accepted INTEGER NOT NULL,
        duplicate INTEGER NOT NULL,
        rejected TEXT NOT NULL, -- JSON list of seq and code
        at TEXT NOT NULL, -- by the center's clock
        via TEXT NOT NULL, -- network, stick
        document TEXT NOT NULL, -- as the center signed it
        PRIMARY KEY (sha256, at, via)
    ) STRICT, WITHOUT ROWID""",
    # A machine that sends at once gets hundreds of receipts a day: nothing reads all of them.
    "CREATE INDEX receipts_of_chain ON receipts (chain, last, first)",
    f"CREATE INDEX receipts_of_forks ON receipts (chain) WHERE {FORKED}",
    "CREATE INDEX receipts_latest ON receipts (at)",
    """CREATE TABLE delivered (
        chain TEXT PRIMARY KEY,
        last INTEGER NOT NULL -- all events from the first to this one have a receipt
    ) STRICT, WITHOUT ROWID""",
    # Events of other machines that this version can't fold: kept whole for one that can.
    """CREATE TABLE unreadable_events (
        id TEXT PRIMARY KEY,
        chain TEXT NOT NULL,
        seq INTEGER NOT NULL,
        event TEXT NOT NULL -- canonical JSON
    ) STRICT, WITHOUT ROWID""",
)
