"""A small valid services.yaml that uses every key, and ways to change it."""

from __future__ import annotations

from pathlib import Path

from kiosk.catalog.load import load
from kiosk.catalog.model import Catalog
from kiosk.catalog.parse import parse

MARK = "‸"
"""Marks the place of a problem in a text."""
FILE = Path(__file__).resolve().parents[1] / "data" / "services.yaml"
VALID = FILE.read_text(encoding="utf-8")
VERDICTS = VALID[VALID.index("\npin:\n") :]


def changed(old: str, new: str, text: str = VALID) -> str:
    """The text, the small file's unless given, with its one `old` replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
    return text.replace(old, new)


def without(line: str, text: str = VALID) -> str:
    """The text without the one line that holds `line`."""
    return "".join(row for row in changed(line, "\0", text).splitlines(keepends=True) if "\0" not in row)


def write(folder: Path, text: str = VALID) -> Path:
    """A services.yaml with this text in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "services.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def small() -> Catalog:
    """The small catalogue as values."""
    return load(FILE)


def marked(text: str) -> tuple[str, str]:
    """The text without its mark, and the mark's place as line:column."""
    before, after = text.split(MARK)
    return before + after, f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def errors(text: str) -> tuple[str, ...]:
    return parse(text.encode()).errors


def warnings(text: str) -> tuple[str, ...]:
    """The warnings of a text that is not refused."""
    parsed = parse(text.encode())
    assert parsed.errors == ()
    return parsed.warnings
