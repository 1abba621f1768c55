"""Sites, devices, their chains and every event that arrived, with what was sent along and refused."""

from alembic import op

revision = "0001"
down_revision = None

# Times are stamps (UTC); flags are 0 or 1; `home` is the site a row belongs to.
_TABLES = (
    """CREATE TABLE center (
        name TEXT PRIMARY KEY, -- 'key': public key of this center; 'epoch': changes when a backup is put back
        value TEXT NOT NULL
    )""",
    """CREATE TABLE sites (
        site TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        feed BIGINT NOT NULL, -- position of its latest event
        folded BIGINT NOT NULL, -- position up to which events are in the tables that people read
        clock TEXT NOT NULL, -- hybrid logical clock: later than all that was merged
        made_at TEXT NOT NULL
    )""",
    """CREATE TABLE devices (
        device TEXT PRIMARY KEY, -- 32 hex digits
        home TEXT NOT NULL REFERENCES sites (site),
        name TEXT NOT NULL,
        state TEXT NOT NULL, -- active, revoked, replaced
        chain TEXT NOT NULL, -- the one it appends to now
        key TEXT NOT NULL, -- of that chain
        token_hash TEXT NOT NULL UNIQUE, -- SHA-256 of its bearer token
        enrolled_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        skew_ms BIGINT NOT NULL, -- its clock minus ours, when it was seen last
        version TEXT NOT NULL, -- of the kiosk
        catalog TEXT NOT NULL, -- SHA-256 of the published catalogue it shows, '' for none
        copy_of TEXT NOT NULL, -- the device whose disk or backup it came from, ''
        replaced_by TEXT NOT NULL -- ''
    )""",
    """CREATE TABLE enrolments (
        code_hash TEXT PRIMARY KEY, -- SHA-256 of the one-time code
        home TEXT NOT NULL REFERENCES sites (site),
        name TEXT NOT NULL,
        replaces TEXT NOT NULL, -- device, ''
        made_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        used_at TEXT NOT NULL -- '' before
    )""",
    """CREATE TABLE chains (
        chain TEXT PRIMARY KEY, -- abcd1234, or abcd1234~0123abcd for a divergent tail
        home TEXT NOT NULL REFERENCES sites (site),
        device TEXT NOT NULL, -- '' for the center's own chain of a site
        key TEXT NOT NULL,
        first BIGINT NOT NULL, -- 1, but for a divergent tail
        last BIGINT NOT NULL, -- all from `first` to here have arrived
        last_hash TEXT NOT NULL, -- of event `last`
        highest BIGINT NOT NULL, -- of what has arrived; greater than `last` while there is a gap
        follows TEXT NOT NULL, -- the chain that it goes on from, ''
        made_at TEXT NOT NULL
    )""",
    """CREATE TABLE events (
        chain TEXT NOT NULL REFERENCES chains (chain),
        seq BIGINT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        v BIGINT NOT NULL,
        site TEXT NOT NULL, -- as the event says: 'local' before the machine belonged to one
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        day TEXT NOT NULL,
        clock TEXT NOT NULL,
        body TEXT NOT NULL, -- canonical JSON
        hash TEXT NOT NULL,
        home TEXT NOT NULL,
        position BIGINT NOT NULL, -- in the feed of its home, without gaps
        subject TEXT NOT NULL, -- what it is folded with: a ticket, a response, a visitor who can be invited
        code TEXT NOT NULL, -- why it lies in quarantine, '' when it counts
        received_at TEXT NOT NULL,
        PRIMARY KEY (chain, seq)
    )""",
    "CREATE UNIQUE INDEX events_in_feed ON events (home, position)",
    "CREATE INDEX events_of_subject ON events (subject) WHERE subject <> ''",
    "CREATE INDEX events_of_day ON events (home, day, kind)",
    "CREATE INDEX events_in_quarantine ON events (home, received_at) WHERE code <> ''",
    """CREATE TABLE texts (
        event_id TEXT PRIMARY KEY REFERENCES events (id),
        home TEXT NOT NULL,
        kind TEXT NOT NULL,
        language TEXT NOT NULL,
        day TEXT NOT NULL,
        text TEXT NOT NULL
    )""",
    "CREATE INDEX texts_of_kind ON texts (kind, day)",
    """CREATE TABLE batches (
        number {identity},
        sha256 TEXT NOT NULL,
        chain TEXT NOT NULL,
        home TEXT NOT NULL,
        device TEXT NOT NULL,
        first BIGINT NOT NULL,
        last BIGINT NOT NULL,
        via TEXT NOT NULL, -- network, stick
        accepted BIGINT NOT NULL,
        duplicate BIGINT NOT NULL,
        rejected BIGINT NOT NULL,
        received_at TEXT NOT NULL,
        receipt TEXT NOT NULL -- as it was answered
    )""",
    "CREATE INDEX batches_of_device ON batches (device, received_at)",
    """CREATE TABLE refusals (
        number {identity},
        at TEXT NOT NULL,
        via TEXT NOT NULL,
        device TEXT NOT NULL, -- '' when not known
        name TEXT NOT NULL, -- of the file, '' from the network
        code TEXT NOT NULL,
        what TEXT NOT NULL
    )""",
    """CREATE TABLE number_blocks (
        home TEXT NOT NULL REFERENCES sites (site),
        letter TEXT NOT NULL,
        first BIGINT NOT NULL,
        last BIGINT NOT NULL,
        device TEXT NOT NULL REFERENCES devices (device),
        granted_at TEXT NOT NULL,
        PRIMARY KEY (home, letter, first)
    )""",
    """CREATE TABLE claims (
        ticket TEXT PRIMARY KEY,
        home TEXT NOT NULL REFERENCES sites (site),
        command TEXT NOT NULL,
        device TEXT NOT NULL,
        counter TEXT NOT NULL,
        clock TEXT NOT NULL,
        at TEXT NOT NULL
    )""",
    """CREATE TABLE catalogs (
        version BIGINT PRIMARY KEY,
        sha256 TEXT NOT NULL,
        bundle {bytes} NOT NULL,
        signature TEXT NOT NULL,
        note TEXT NOT NULL,
        published_by TEXT NOT NULL,
        published_at TEXT NOT NULL
    )""",
)


def upgrade() -> None:
    """Make the tables."""
    if op.get_bind().dialect.name == "sqlite":
        types = {"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "bytes": "BLOB"}
    else:
        types = {"identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes": "BYTEA"}
    for statement in _TABLES:
        for name, kind in types.items():
            statement = statement.replace(f"{{{name}}}", kind)
        op.execute(statement)
