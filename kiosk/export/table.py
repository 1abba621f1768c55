"""A table of an export: its columns with their meaning, and its rows as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

HELD_BACK = "HELD_BACK"
"""Stands for a value that too few share."""

BOM = b"\xef\xbb\xbf"

Cell = str | int | None
"""None is written as an empty cell."""

# Characters that make a spreadsheet calculate: OWASP's list, and their forms in other widths.
_FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f]*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫−]")


@dataclass(frozen=True)
class Column:
    """A column. `codes` say what its values mean; they are all there are, unless it is `open`.

    `kind` is a type of Frictionless: string, integer, date. A `shared` one holds HELD_BACK for values that
    fewer than ten share, a number in it is text then.
    """

    name: str
    meaning: str
    kind: str = "string"
    codes: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    required: bool = True
    minimum: int | None = None
    pattern: str = ""
    shared: bool = False

    def described(self) -> dict[str, Any]:
        """The field of a Frictionless Table Schema."""
        limits: dict[str, Any] = {"required": True} if self.required else {}
        if self.codes and not self.open:
            limits["enum"] = [*self.codes, *([HELD_BACK] if self.shared else [])]
        if self.minimum is not None:
            limits["minimum"] = self.minimum
        if self.pattern:
            limits["pattern"] = self.pattern
        constraints = {"constraints": limits} if limits else {}
        return {"name": self.name, "type": self.kind, "description": self.meaning, **constraints}


@dataclass(frozen=True)
class Table:
    """A file of rows. `key` names the columns that tell its rows apart; `order` says how they are sorted.

    `refers` maps a column to the table whose column of the same name it points to.
    """

    name: str
    title: str
    order: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[tuple[Cell, ...]]]
    key: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        """The Frictionless Table Schema (v1)."""
        keys: dict[str, Any] = {"primaryKey": list(self.key)} if self.key else {}
        if self.refers:
            keys["foreignKeys"] = [
                {"fields": [column], "reference": {"resource": table, "fields": [column]}}
                for column, table in self.refers.items()
            ]
        # Only an empty cell is missing: NA is a value.
        return {"fields": [column.described() for column in self.columns], "missingValues": [""], **keys}

    def write(self, out: BinaryIO) -> None:
        """Write it as RFC 4180 says: UTF-8, CRLF, quotes where they are needed; by rows."""
        writer = csv.writer(_Utf8(out), lineterminator="\r\n")
        writer.writerow([column.name for column in self.columns])
        writer.writerows(self.rows())

    def write_guarded(self, out: BinaryIO) -> None:
        """Write the copy for spreadsheets: no cell is calculated, and Excel sees that it is UTF-8."""
        out.write(BOM)
        writer = csv.writer(_Utf8(out), lineterminator="\r\n")
        writer.writerow([guarded(column.name) for column in self.columns])
        writer.writerows(map(guarded, row) for row in self.rows())


def guarded(cell: Cell) -> Cell:
    """A cell with ' before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def marked(table: Table) -> Table:
    """The table with a first column that says it is practice."""
    column = Column("practice", "These visitors are invented.", codes={"PRACTICE": "not real"})

    def rows() -> Iterator[tuple[Cell, ...]]:
        return (("PRACTICE", *row) for row in table.rows())

    return Table(
        table.name, table.title, table.order, (column, *table.columns), rows, table.key, table.refers
    )


class _Utf8:
    """What csv writes text to."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode())
