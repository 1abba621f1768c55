"""The columns of statements, in the table that has a row for each survey: their names, and reading them."""

from __future__ import annotations

PREFIX = "answer "
"""How the column of a statement begins.

It holds NULL where the statement was not asked, '' where the visitor did not get to it, else 1 (strongly
disagree) to 4, na or skipped."""


VALUES = ("1", "2", "3", "4", "na", "skipped")
"""What an answer may be; '' stands where the visitor did not get to a statement."""


def column(statement: str) -> str:
    """The name of a statement's column, quoted for SQL; ids hold no quotes."""
    return f'"{PREFIX}{statement}"'


def counting(statements: list[str], group: str) -> str:
    """The scan of `survey_counts`: groups, channels, designs, strata, states; six counts of a statement."""
    given = " + ".join(f"coalesce({column(name)} IN ('1', '2', '3', '4', 'na'), 0)" for name in statements)
    counts = "".join(
        f", count(*) FILTER (WHERE {column(name)} = '{value}')" for name in statements for value in VALUES
    )
    return f"""SELECT {group}, channel, design, stratum, state, count(*),
            count(*) FILTER (WHERE state = 'abandoned'
                AND 2 * ({given or 0}) >= json_array_length(statements))
            {counts}
        FROM survey_responses AS it WHERE it.day BETWEEN ? AND ? AND audience = ?
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""


def responses(statements: list[str]) -> str:
    """A page of a day's responses."""
    answers = "".join(f", {column(name)}" for name in statements)
    return f"""SELECT response, it.survey, it.version, channel, audience, about, language, service,
            department, lane, wait, stratum, design, it.day, started_at, state, coalesce(abandoned_at, ''),
            statements{answers}
        FROM survey_responses AS it
        WHERE it.day = ? AND response > ? ORDER BY response LIMIT 500"""
