"""A Babel extractor: the translatable texts of services.yaml with their contexts and lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from kiosk.catalog.nodes import place_of
from kiosk.catalog.parse import parse
from kiosk.catalog.texts import localize
from kiosk.errors import CatalogError

Message = tuple[int, str, tuple[str, str], list[str]]


def extract(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any] | Collection[str],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Message]:
    """Yield (line, "pgettext", (context, English), no comments), as Babel's extraction interface asks.

    In a mapping file: `services = kiosk.catalog.extract:extract` under `[extractors]`, then
    `[services: services.yaml]`. Raises CatalogError for a file with errors: extracting half of it
    would drop the other half's translations.
    """
    parsed = parse(fileobj.read())
    if parsed.errors:
        raise CatalogError("services.yaml has errors", "Run `kiosk check`, correct them.", parsed.errors)
    found: list[Message] = []

    def note(context: str, english: str) -> str:
        found.append((place_of(english)[0], "pgettext", (context, str(english)), []))
        return english

    localize(parsed.catalog, note)
    yield from sorted(found)
