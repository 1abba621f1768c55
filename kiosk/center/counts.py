"""Responses and frame counted by day, so that a million need not be looked at for each page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiosk.center import folds
from kiosk.center.bulk import listed, listing, quoted
from kiosk.center.storage import Connection

MOST = 250
"""Statements that there can be: a query of PostgreSQL returns at most 1664 columns, and each takes six."""

ANSWERS = range(1, 7)
"""What is counted of a statement, by folds.CODES."""

STATEMENTS = "SELECT statement, answers_in FROM statements ORDER BY statement"


def counted(column: str, answer: int) -> str:
    """The column, quoted, of `response_counts` that tells how often a statement was answered so."""
    return quoted(f"{column} {answer}")


def columns(connection: Connection) -> dict[str, str]:
    """Every statement that was ever asked, and its column in `responses`."""
    return dict(connection.rows(STATEMENTS))


def ensure(connection: Connection, asked: Iterable[str]) -> dict[str, str]:
    """As `columns`, after making those that are missing; before any other change of the transaction."""
    known = columns(connection)
    if all(statement in known for statement in asked):
        return known
    if connection.dialect == "postgresql":
        # Another worker may find the same ones missing.
        connection.run("LOCK TABLE statements IN SHARE ROW EXCLUSIVE MODE")
        known = columns(connection)
    for statement in sorted(set(asked) - known.keys()):
        name = folds.column(statement)
        connection.run("INSERT INTO statements VALUES (:asked, :name)", asked=statement, name=name)
        connection.run(f"ALTER TABLE responses ADD COLUMN {quoted(name)} SMALLINT")
        for answer in ANSWERS:
            connection.run(f"ALTER TABLE response_counts ADD COLUMN {counted(name, answer)} INTEGER")
        known[statement] = name
    return known


def count_responses(connection: Connection, home: str, days: Iterable[str], known: Mapping[str, str]) -> None:
    """Count the responses of a site's days again, whose `known` statements have columns."""
    names = [counted(name, answer) for name in known.values() for answer in ANSWERS]
    counts = [
        f"nullif(count(*) FILTER (WHERE state = 'completed' AND {quoted(name)} = {answer}), 0)"
        for name in known.values()
        for answer in ANSWERS
    ]
    groups = "home, day, audience, channel, design, stratum, state"
    partial = "count(*) FILTER (WHERE state = 'abandoned' AND 2 * given >= asked)"
    _again(
        connection,
        home,
        days,
        "response_counts",
        f"""INSERT INTO response_counts ({", ".join([groups, "responses", "partial", *names])})
            SELECT {", ".join([groups, "count(*)", partial, *counts])} FROM responses""",
        groups,
    )


def count_frame(connection: Connection, home: str, days: Iterable[str]) -> None:
    """Count a site's visitors of some days again who could be invited."""
    groups = "home, day, design, stratum, source"
    _again(
        connection,
        home,
        days,
        "frame_counts",
        f"""INSERT INTO frame_counts ({groups}, eligible, selected, invited, declined, accepted)
            SELECT {groups}, count(*), sum(selected), count(*) FILTER (WHERE invited_by <> ''),
                count(*) FILTER (WHERE outcome = 'declined'), count(*) FILTER (WHERE outcome = 'accepted')
            FROM frame""",
        groups,
    )


def _again(
    connection: Connection, home: str, days: Iterable[str], table: str, counting: str, groups: str
) -> None:
    which = f"home = :home AND day IN ({listed(connection, 'days')})"
    values = {"home": home, "days": listing(sorted(set(days)))}
    connection.run(f"DELETE FROM {table} WHERE {which}", **values)
    connection.run(f"{counting} WHERE {which} GROUP BY {groups}", **values)
