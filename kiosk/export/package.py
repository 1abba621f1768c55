"""The files of a day's folder, in the order they are written: each may tell of those before it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, BinaryIO, cast

from kiosk.export.dictionary import dictionary
from kiosk.export.method import method_note
from kiosk.export.reading import Day
from kiosk.export.table import Table, marked
from kiosk.export.tables import tables
from kiosk.export.writing import File
from kiosk.journal.event import root
from kiosk.journal.signing import sign_as
from kiosk.journal.survey_questions import Export
from kiosk.sync import batch, sealing

PRACTICE = "PRACTICE_"
"""Begins the name of every file that is not real."""


@dataclass
class _Tally:
    """Passes bytes on to a file, counts them and takes their hash."""

    out: BinaryIO
    size: int = 0
    hash: Any = field(default_factory=sha256)

    def write(self, content: bytes) -> int:
        self.size += len(content)
        self.hash.update(content)
        return self.out.write(content)


class Package:
    """A day's folder: the sealed events that the `plan` names, and what is made for people.

    With a `box`, the public key of a center, only that can read the batch. `files` may be written once, in
    their order.
    """

    def __init__(self, day: Day, plan: Export, box: str = "") -> None:
        self._day = day
        self._box = box
        self._plan = plan
        self._key: str = next(day.journal.events(0, root(plan.chain))).body["key"]
        self._sums: dict[str, str] = {}
        self._resources: list[dict[str, Any]] = []
        made = tables(day)
        made.append(dictionary(day, made, self.named))
        self._tables = [marked(table) for table in made] if day.journal.practice else made

    def named(self, file: str) -> str:
        """The name of a file, which says when it is not real."""
        return f"{PRACTICE}{file}" if self._day.journal.practice else file

    def files(self) -> Iterator[File]:
        """Every file and what writes it."""
        name = batch.name(self._plan.chain, self._plan.first, self._plan.last)
        about = {"name": "batch", "title": "The sealed batch for the center"}
        yield self._file(f"{name}{sealing.SUFFIX}" if self._box else name, self._write_batch, about)
        for table in self._tables:
            yield self._file(f"{table.name}.csv", table.write, _tabular(table))
        for table in self._tables:
            yield self._file(f"spreadsheet_{table.name}.csv", table.write_guarded, _copy(table))
        note = {"name": "method", "title": "How it was done, and how to read it", "encoding": "utf-8"}
        yield self._file("METHOD.md", self._write_note, note)
        yield self._file("datapackage.json", self._write_description)
        yield self._file("SHA256SUMS", lambda out: out.write(self._checksums()))
        yield self._file("SHA256SUMS.sig", self._write_signature)

    def _file(
        self, name: str, write: Callable[[BinaryIO], object], about: dict[str, Any] | None = None
    ) -> File:
        """A file that is counted and hashed on its way; `about` makes it a resource of the package."""
        path = self.named(name)

        def counted(out: BinaryIO) -> None:
            tally = _Tally(out)
            write(cast(BinaryIO, tally))
            digest = tally.hash.hexdigest()
            self._sums[path] = digest
            if about is not None:
                about.update(path=path, hash=f"sha256:{digest}", bytes=tally.size)
                self._resources.append(about)

        return path, counted

    def _write_batch(self, out: BinaryIO) -> None:
        journal, plan = self._day.journal, self._plan
        whole = io.BytesIO() if self._box else out
        batch.seal(journal, plan.first, plan.last, whole, plan.chain)
        if isinstance(whole, io.BytesIO):
            out.write(sealing.sealed_box(journal.path, whole.getvalue(), self._box, plan.chain))

    def _write_note(self, out: BinaryIO) -> None:
        out.write(
            method_note(self._day, self._plan.revision, self._key, self.named, bool(self._box)).encode()
        )

    def _write_description(self, out: BinaryIO) -> None:
        day = self._day
        practice = day.journal.practice
        described = {
            "profile": "data-package",
            "name": f"survey-{self._plan.chain.replace('~', '-')}-{day.day}",
            "title": f"{'PRACTICE: ' if practice else ''}The survey on {day.day}",
            "description": f"How it was done and how to read it: {self.named('METHOD.md')}",
            "day": day.day.isoformat(),
            "revision": self._plan.revision,
            "site": day.site,
            "practice": practice,
            "public_key": self._key,
            "resources": self._resources,
        }
        out.write((json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode())

    def _checksums(self) -> bytes:
        """As `sha256sum --binary` writes and checks them."""
        return "".join(f"{digest} *{name}\n" for name, digest in sorted(self._sums.items())).encode()

    def _write_signature(self, out: BinaryIO) -> None:
        # The checksums are in _sums too by now; what was signed is what was written then.
        del self._sums[self.named("SHA256SUMS")]
        signature = sign_as(self._day.journal.path, self._plan.chain, self._checksums())
        out.write(signature.hex().encode() + b"\n")


_CSV = {
    "format": "csv",
    "mediatype": "text/csv",
    "encoding": "utf-8",
    "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
}


def _tabular(table: Table) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "description": f"Order of the rows: {table.order}.",
        **_CSV,
        "schema": table.schema(),
    }


def _copy(table: Table) -> dict[str, Any]:
    """The copy for spreadsheets: every cell is text, since some are not what they were."""
    fields = [{"name": column.name, "type": "string"} for column in table.columns]
    return {
        "profile": "data-resource",
        "name": f"spreadsheet-{table.name}",
        "title": f"{table.title}: copy for spreadsheets",
        **_CSV,
        "schema": {"fields": fields, "missingValues": [""]},
    }
