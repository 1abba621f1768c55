"""What the pages for visitors remember: how often a short link was used, and surveys answered on a phone."""

from alembic import op

revision = "0004"
down_revision = "0003"

# Nothing here leads to a person: no address, no program, no place they came from.
_TABLES = (
    """CREATE TABLE link_counts (
        day TEXT NOT NULL, -- local business day
        service TEXT NOT NULL,
        times BIGINT NOT NULL,
        PRIMARY KEY (day, service)
    )""",
    """CREATE TABLE phone_surveys (
        page TEXT PRIMARY KEY, -- token of the ticket or invitation it belongs to: one survey for each
        home TEXT NOT NULL REFERENCES sites (site),
        response TEXT NOT NULL, -- '' when it is over: nothing leads from a ticket to finished answers
        day TEXT NOT NULL, -- local business day it began; the row goes with its page
        seen_at TEXT NOT NULL
    )""",
    "CREATE INDEX phone_surveys_open ON phone_surveys (home, seen_at) WHERE response <> ''",
    """CREATE TABLE phone_statements (
        home TEXT NOT NULL REFERENCES sites (site),
        survey TEXT NOT NULL,
        version BIGINT NOT NULL,
        about TEXT NOT NULL, -- lookup, served
        statement TEXT NOT NULL,
        times BIGINT NOT NULL, -- asked on phones, so that all are covered evenly
        PRIMARY KEY (home, survey, version, about, statement)
    )""",
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _TABLES:
        op.execute(statement)
