"""Many queries at once: rows of JSON in, rows of JSON out, one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kiosk.errors import KioskError
from kiosk.search.finder import Finder

EXAMPLE = '{"qid": "1", "query": "trash", "lang": "en"}'


def answer(lines: Iterable[str | bytes], finder: Finder, limit: int = 10) -> Iterator[str]:
    """Yield a line of JSON `{"qid", "ids", "confident"}` for every line `{"qid", "query", "lang"}`.

    Holds one row at a time. Blank lines are passed over; `lang` may be missing. Raises KioskError
    naming the file (if `lines` is one) and the line when a row can't be read.
    """
    source = str(getattr(lines, "name", "queries"))
    for number, line in _numbered(lines, source):
        if line.strip():
            row = _row(line, f"{source}:{number}")
            result = finder.search(row["query"], row.get("lang", ""), limit)
            ids = [hit.id for hit in result.hits]
            found = {"qid": row["qid"], "ids": ids, "confident": result.confident}
            # Half a surrogate pair is legal JSON as \ud800, but no UTF-8: it leaves as it came.
            yield json.dumps(found, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _numbered(lines: Iterable[str | bytes], source: str) -> Iterator[tuple[int, str | bytes]]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            yield number, line
    except UnicodeDecodeError as problem:
        # A file opened as text is decoded in blocks: the place is somewhere after this line.
        raise _error(f"{source}, after line {number}", f"is not UTF-8 ({problem.reason})") from problem


def _row(line: str | bytes, where: str) -> dict[str, Any]:
    try:
        row = json.loads((line.decode("utf-8") if isinstance(line, bytes) else line).removeprefix("\ufeff"))
    except (ValueError, RecursionError) as problem:
        raise _error(where, f"is no JSON ({problem})") from problem
    if not isinstance(row, dict):
        raise _error(where, "is no JSON object")
    for key, kinds in (("qid", (str, int)), ("query", str), ("lang", str)):
        if key not in row and key != "lang":
            raise _error(where, f'has no "{key}"')
        if key in row and not isinstance(row[key], kinds):
            raise _error(where, f'"{key}" can\'t be {json.dumps(row[key])[:40]}')
    return row


def _error(where: str, what: str) -> KioskError:
    return KioskError(f"{where}: {what}", f"Each line is a row like {EXAMPLE}.")
