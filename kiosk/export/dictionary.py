"""The data dictionary: every column and code of every file, and every wording that was ever shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kiosk.export.reading import Day
from kiosk.export.table import HELD_BACK, Cell, Column, Table
from kiosk.journal.survey_questions import Wording

_KINDS = {
    "file": "what a file holds",
    "column": "what a column means",
    "code": "what a value in a column means",
    "wording": "what a statement said, exactly as it was shown",
}
_COLUMNS = (
    Column("kind", "What the row tells.", codes=_KINDS),
    Column("file", "The file that it is about.", required=False),
    Column("column", "The column that it is about.", required=False),
    Column("type", "Of a column: string, integer or date.", required=False),
    Column("code", "A value as it stands in the file; (empty) for an empty cell.", required=False),
    Column("meaning", "What the file, the column or the value means.", required=False),
    Column("survey", "Of a wording: the survey, by its id.", required=False),
    Column("version", "Of a wording: the version of the survey.", "integer", required=False, minimum=0),
    Column("statement", "Of a wording: the statement, by its id.", required=False),
    Column("language", "Of a wording: its language.", required=False),
    Column("text", "Of a wording: what was shown.", required=False),
    Column("since", "Of a wording: the first business day it was shown.", "date", required=False),
)
_WIDTH = len(_COLUMNS)
_HELD_BACK = "A value that fewer than 10 in this file share, or one more so that those can't be worked out."
_NOT_ASKED = "The statement was not asked."


def dictionary(day: Day, tables: Sequence[Table], named: Callable[[str], str]) -> Table:
    """The dictionary of these tables and of itself; `named` gives the name of a file."""

    def rows() -> Iterator[tuple[Cell, ...]]:
        for table in (*tables, itself):
            yield from _about_table(table, named(f"{table.name}.csv"))
        yield from _about_names(day, tables, named)
        for wording in shown_by(day):
            survey, version, language, statement, text, since = wording
            yield ("wording", *[""] * 5, survey, version, statement, language, text, since)

    itself = Table(
        "dictionary",
        "Data dictionary",
        "files and their columns, then what ids stand for, then wordings",
        _COLUMNS,
        rows,
    )
    return itself


def shown_by(day: Day) -> Iterable[Wording]:
    """Every wording shown up to the end of the day; what is shown later belongs to later exports."""
    return (words for words in day.journal.survey_wordings() if words.since <= day.day.isoformat())


def _about_table(table: Table, file: str) -> Iterator[tuple[Cell, ...]]:
    yield _row("file", file, "", "", "", f"{table.title}; a copy for spreadsheets lies beside it.")
    statements = table.name == "responses"
    for column in table.columns:
        yield _row("column", file, column.name, column.kind, "", column.meaning)
        for code, meaning in column.codes.items():
            yield _row("code", file, column.name, "", code, meaning)
        if statements and "NA" in column.codes:
            yield _row("code", file, column.name, "", "(empty)", _NOT_ASKED)
        if column.shared:
            yield _row("code", file, column.name, "", HELD_BACK, _HELD_BACK)


def _about_names(
    day: Day, tables: Sequence[Table], named: Callable[[str], str]
) -> Iterator[tuple[Cell, ...]]:
    """What ids of the catalogue stand for: all of them, as those that occur may be held back."""
    catalog = day.catalog
    names = {
        "service": {service.id: service.name for service in catalog.services},
        "department": {department.id: department.name for department in catalog.departments},
        "lane": {lane.id: lane.name for lane in catalog.lanes},
    }
    for table in tables:
        for column in table.columns:
            for code, name in names.get(column.name, {}).items():
                yield _row("code", named(f"{table.name}.csv"), column.name, "", code, name)


def _row(*cells: Cell) -> tuple[Cell, ...]:
    return (*cells, *[""] * (_WIDTH - len(cells)))
