"""Accounts of staff, their sessions, tokens for figures, and the book of who did what."""

from alembic import op

revision = "0003"
down_revision = "0002"

# Times are stamps (UTC). Nothing here holds a password, a token or a code, only their hashes.
_TABLES = (
    """CREATE TABLE accounts (
        name TEXT PRIMARY KEY,
        password_hash TEXT NOT NULL, -- argon2id; '' until one is set
        role TEXT NOT NULL, -- viewer, staff, editor, admin
        state TEXT NOT NULL, -- active, disabled
        link_hash TEXT NOT NULL, -- SHA-256 of the one-time link that sets a password, '' for none
        link_until TEXT NOT NULL, -- ''
        made_by TEXT NOT NULL,
        made_at TEXT NOT NULL,
        signed_in_at TEXT NOT NULL -- '' before the first time
    )""",
    "CREATE UNIQUE INDEX accounts_by_link ON accounts (link_hash) WHERE link_hash <> ''",
    """CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY, -- SHA-256 of what the cookie holds
        account TEXT NOT NULL REFERENCES accounts (name),
        csrf TEXT NOT NULL, -- what the forms of this session carry
        began_at TEXT NOT NULL,
        seen_at TEXT NOT NULL
    )""",
    "CREATE INDEX sessions_of_account ON sessions (account)",
    """CREATE TABLE browsers (
        token_hash TEXT PRIMARY KEY, -- SHA-256 of the cookie that a browser keeps after it signed in
        account TEXT NOT NULL REFERENCES accounts (name),
        used_at TEXT NOT NULL
    )""",
    """CREATE TABLE attempts (
        who TEXT PRIMARY KEY, -- SHA-256 of the name that was tried, and of the known browser if it was one
        failures BIGINT NOT NULL, -- since the last success
        last_at TEXT NOT NULL
    )""",
    """CREATE TABLE api_tokens (
        number {identity},
        name TEXT NOT NULL,
        token_hash TEXT NOT NULL UNIQUE, -- SHA-256
        scopes TEXT NOT NULL, -- words with spaces between
        made_by TEXT NOT NULL,
        made_at TEXT NOT NULL,
        last_used_day TEXT NOT NULL, -- ''
        revoked_at TEXT NOT NULL -- ''
    )""",
    """CREATE TABLE audit (
        number {identity},
        at TEXT NOT NULL,
        account TEXT NOT NULL, -- '' for what was done on the command line
        action TEXT NOT NULL, -- such as export or redact
        about TEXT NOT NULL, -- the device, account, comment or file it was done to
        details TEXT NOT NULL -- canonical JSON; no secrets, nothing that a visitor wrote
    )""",
)

# The book is only ever written on: the database itself refuses to change or tear out a page.
_SQLITE_GUARDS = (
    """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
       BEGIN SELECT RAISE(ABORT, 'audit is append only'); END""",
    """CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
       BEGIN SELECT RAISE(ABORT, 'audit is append only'); END""",
)
_POSTGRESQL_GUARDS = (
    """CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'audit is append only'; END $$""",
    """CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
       FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
)


def upgrade() -> None:
    """Make the tables."""
    if op.get_bind().dialect.name == "sqlite":
        identity, guards = "INTEGER PRIMARY KEY AUTOINCREMENT", _SQLITE_GUARDS
    else:
        identity, guards = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", _POSTGRESQL_GUARDS
    for statement in _TABLES:
        op.execute(statement.replace("{identity}", identity))
    for statement in guards:
        op.execute(statement)
