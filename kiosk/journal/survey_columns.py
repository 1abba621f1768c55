"""How the columns of statements are named, in the table that has a row for each survey."""

from __future__ import annotations

PREFIX = "answer "
"""How the column of a statement begins.

It holds NULL where the statement was not asked, '' where the visitor did not get to it, else 1 (strongly
disagree) to 4, na or skipped."""


def column(statement: str) -> str:
    """The name of a statement's column, quoted for SQL; ids hold no quotes."""
    return f'"{PREFIX}{statement}"'
