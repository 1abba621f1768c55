"""Exports of a period: a table as CSV, or all of them with what their columns mean as ZIP."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import BinaryIO, cast

from kiosk.center.export_tables import NAMES, Wanted
from kiosk.export.table import HELD_BACK, Cell, Table

ALL = "all"
"""All tables in one ZIP."""


@dataclass
class Counted:
    """A table whose rows are counted while they are written, as a copy for spreadsheets."""

    table: Table
    rows: int = 0

    @cached_property
    def _counting(self) -> Table:
        return replace(self.table, rows=self._count)

    def _count(self) -> Iterator[tuple[Cell, ...]]:
        for row in self.table.rows():
            self.rows += 1
            yield row

    def write(self, out: BinaryIO) -> None:
        """Write it with a header; no cell is calculated by a spreadsheet."""
        self._counting.write_guarded(out)


def write(wanted: Wanted, what: str, out: BinaryIO) -> int:
    """Write one of NAMES as CSV, or ALL as ZIP with what their columns mean; how many rows there are."""
    if what != ALL:
        counted = Counted(wanted.table(what))
        counted.write(out)
        return counted.rows
    found = [Counted(wanted.table(name)) for name in NAMES]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _meanings(wanted, [of.table for of in found]))
        for of in found:
            with archive.open(f"{of.table.name}.csv", "w", force_zip64=True) as member:
                of.write(cast(BinaryIO, member))
    return sum(of.rows for of in found)


def _meanings(wanted: Wanted, tables: Iterable[Table]) -> str:
    sites = "all sites" if wanted.homes is None else ", ".join(sorted(wanted.homes))
    lines = [f"Export of {sites}, {wanted.period}", ""]
    lines += [f"{HELD_BACK} stands for a value that fewer than ten people share.", ""]
    for table in tables:
        lines += [f"{table.name}.csv: {table.title}. Order: {table.order}."]
        for column in table.columns:
            codes = "; ".join(f"{code}: {meaning}" for code, meaning in column.codes.items())
            lines.append(f"  {column.name}: {column.meaning}{f' ({codes})' if codes else ''}")
        lines.append("")
    return "\r\n".join(lines)
