"""What `kiosk check` says about a services.yaml: problems, counts, examples, completeness per language."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kiosk.catalog.model import Catalog
from kiosk.catalog.parse import Parsed, parse
from kiosk.catalog.rules import keywords_wanted
from kiosk.catalog.schema import LANGUAGES
from kiosk.catalog.texts import texts

Translated = Callable[[str, str], bool]
"""Whether a text, given by context and English, has a translation."""


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    done: int
    total: int

    @property
    def complete(self) -> bool:
        return self.done == self.total

    def __str__(self) -> str:
        """Rounded down: 100 % only when nothing is missing."""
        return f"{100 * self.done // self.total if self.total else 100} % ({self.done}/{self.total})"


Cell = Share | int | str | bool


@dataclass(frozen=True)
class Report:
    """The state of one services.yaml; `languages` holds a row of named cells for each language."""

    path: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    languages: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the file may be used."""
        return not self.errors

    def with_columns(self, cells: Mapping[str, Mapping[str, Cell]]) -> Report:
        """A copy with more cells in the rows of some languages (interface, to review, fonts)."""
        codes = (*self.languages, *(code for code in cells if code not in self.languages))
        rows = {code: {**self.languages.get(code, {}), **cells.get(code, {})} for code in codes}
        return replace(self, languages=rows)

    def as_json(self) -> dict[str, Any]:
        """Plain values for machines."""
        return {**asdict(self), "ok": self.ok}

    def lines(self) -> list[str]:
        """The report for people, problems first."""
        return [
            f"services: {self.path}",
            *(f"error: {line}" for line in self.errors),
            *(f"warning: {line}" for line in self.warnings),
            *([", ".join(f"{name}: {count}" for name, count in self.counts.items())] if self.counts else []),
            *(f"example, not confirmed by the City: {item}" for item in self.examples),
            *_table(self.languages),
            f"{len(self.errors)} errors, {len(self.warnings)} warnings",
        ]


def report(path: Path, translated: Mapping[str, Translated] | None = None) -> Report:
    """Check a services.yaml, always from the file itself; nothing is raised for a bad one.

    `translated` says for each language which texts have a translation.
    """
    try:
        parsed = parse(path.read_bytes(), path.name)
    except OSError as wrong:
        return Report(str(path), (f"{path} can't be read: {wrong.strerror or wrong}",), ())
    catalog = parsed.catalog
    missing = {code: _missing(catalog, has) for code, has in (translated or {}).items()}
    return Report(
        str(path),
        parsed.errors,
        parsed.warnings + tuple(_untranslated(missing)),
        _counts(catalog),
        tuple(_examples(catalog)),
        _rows(parsed, missing),
    )


def _missing(catalog: Catalog, has: Translated) -> list[str]:
    return [context for context, english in texts(catalog) if not has(context, english)]


def _untranslated(missing: Mapping[str, list[str]]) -> Iterator[str]:
    for code, contexts in missing.items():
        if contexts:
            more = f" and {len(contexts) - 3} more" if len(contexts) > 3 else ""
            yield f"{code}: not translated: {', '.join(contexts[:3])}{more}"


def _counts(catalog: Catalog) -> dict[str, int]:
    return {
        "services": len(catalog.services),
        "of others": sum(service.redirect is not None for service in catalog.services),
        "categories": len(catalog.categories),
        "departments": len(catalog.departments),
        "lanes": len(catalog.lanes),
        "holidays": len(catalog.holidays),
        "notices": len(catalog.notices),
        "statements": len(catalog.survey.statements),
        "texts": sum(1 for _ in texts(catalog)),
    }


def _examples(catalog: Catalog) -> Iterator[str]:
    for lane in catalog.lanes:
        if lane.example:
            yield f"lane {lane.letter} {lane.name}"
    for holiday in catalog.holidays:
        if holiday.example:
            yield f"holiday {holiday.date} {holiday.name}"
    if catalog.survey.example:
        yield f"survey {catalog.survey.id}: target and sampling"


def _rows(parsed: Parsed, missing: Mapping[str, list[str]]) -> dict[str, dict[str, Cell]]:
    total = sum(1 for _ in texts(parsed.catalog))
    rows: dict[str, dict[str, Cell]] = {
        code: {"keywords": _keywords(parsed.catalog, code)} for code in LANGUAGES
    }
    for code, contexts in missing.items():
        rows.setdefault(code, {})["services"] = Share(total - len(contexts), total)
    return rows


def _keywords(catalog: Catalog, language: str) -> Share:
    """Services that have as many phrases in a language as wanted."""
    wanted = keywords_wanted(language)
    enough = sum(len(service.keywords.get(language, ())) >= wanted for service in catalog.services)
    return Share(enough, len(catalog.services))


def _table(rows: Mapping[str, Mapping[str, Cell]]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    table = [
        ["language", *names],
        *([code, *(_cell(row.get(name)) for name in names)] for code, row in rows.items()),
    ]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(_pad(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]


def _cell(cell: Cell | None) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "-" if cell is None else str(cell)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
