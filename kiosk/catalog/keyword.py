"""A visitor's word as a keyword of a service: what is refused, and the file it is written into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from kiosk.catalog import cache
from kiosk.catalog.kinds import nearest
from kiosk.catalog.model import Catalog, Service
from kiosk.catalog.nodes import Problem, Scalar, place_of
from kiosk.catalog.parse import parse
from kiosk.catalog.schema import KEYWORD, LANGUAGES
from kiosk.errors import CatalogError


@dataclass(frozen=True)
class Keyword:
    """A phrase that is to lead to a service, in a language; `reason` says why other services share it."""

    phrase: str
    service: str
    language: str
    reason: str = ""

    @classmethod
    def of(cls, phrase: str, service: str, language: str, reason: str | None = None) -> Keyword:
        """As it is kept: composed (NFC), white space collapsed; raises CatalogError for nothing visible."""
        why = "" if reason is None else _visible(reason, "the reason")
        return cls(_visible(phrase, "the query"), service, language, why)


def assign(path: Path, wanted: Keyword) -> int:
    """Write a keyword into a services.yaml, whole or not at all; the line that it stands in.

    Raises CatalogError when it is refused or the file can't be written; the file is then as it was.
    """
    from kiosk.catalog.edit import with_keyword

    file = path.resolve()
    data = read(path)
    edited = with_keyword(data, checked(data, wanted, str(path)), wanted, str(path))
    try:
        if file.read_bytes() != data:
            raise CatalogError(f"{path} was changed by someone else meanwhile", "Assign the word once more.")
        # Replacing needs the folder alone; a file that is kept from being written must stay all the same.
        file.open("ab").close()
        cache.write_atomically(file, edited.data, like=file.stat())
    except OSError as wrong:
        raise _unusable(path, "written", wrong) from wrong
    return edited.line


def read(path: Path) -> bytes:
    """The bytes of a services.yaml; raises CatalogError when this user can't read them."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise _unusable(path, "read", wrong) from wrong


def checked(data: bytes, wanted: Keyword, file: str) -> Catalog:
    """The catalogue of a services.yaml that the keyword may be added to; raises CatalogError when not."""
    parsed = parse(data, file)
    if parsed.errors:
        more = f" (and {len(parsed.errors) - 1} more)" if len(parsed.errors) > 1 else ""
        what = f"{parsed.errors[0]}{more}; nothing is written into a file with errors"
        raise CatalogError(what, "Correct it, run `kiosk check`, then assign the word.", parsed.errors)
    for refusal in _refusals(parsed.catalog, wanted, file):
        raise refusal
    return parsed.catalog


def _visible(text: str, label: str) -> str:
    plain = " ".join(normalize("NFC", text).split())
    problems: list[Problem] = []
    KEYWORD.build(Scalar((1, 1), plain), label, problems)
    if not plain:
        raise CatalogError(f"{label} is empty", "Give the visitors' words, in quotation marks.")
    if problems:
        raise CatalogError(problems[0].what, "Type it anew, without what can't be seen.")
    return plain


def _refusals(catalog: Catalog, wanted: Keyword, file: str) -> Iterator[CatalogError]:
    known = tuple(service.id for service in catalog.services)
    if wanted.language not in LANGUAGES:
        near = nearest(wanted.language, LANGUAGES)
        yield CatalogError(
            f"{file}: keywords can't be in the language '{wanted.language}'{near}",
            f"Give one of {', '.join(LANGUAGES)} with --lang.",
        )
    if wanted.service not in known:
        yield CatalogError(
            f"{file} has no service '{wanted.service}'{nearest(wanted.service, known)}",
            "Give the id of a service, as `kiosk search` shows it first in each line.",
        )
    key = wanted.phrase.casefold()
    for phrase in catalog.by_id[wanted.service].keywords.get(wanted.language, ()):
        if phrase.casefold() == key:
            yield CatalogError(
                f"{_at(file, phrase)}: '{phrase}' is already a keyword of '{wanted.service}'",
                "Nothing is left to do.",
            )
    for query, services in catalog.block.items():
        for service in services:
            if query.casefold() == key and service == wanted.service:
                yield CatalogError(
                    f"{_at(file, service)}: 'block' keeps '{query}' from showing '{service}'",
                    "Remove it there first, if visitors are to find the service by it.",
                )
    yield from _shared(catalog, wanted, file)


def _shared(catalog: Catalog, wanted: Keyword, file: str) -> Iterator[CatalogError]:
    """What stands against a phrase that leads elsewhere too, or a reason that is not needed."""
    key = wanted.phrase.casefold()
    others = [service for service in catalog.services if service.id != wanted.service]
    for service in others:
        if service.name.casefold() == key:
            yield CatalogError(
                f"{_at(file, service.name)}: '{wanted.phrase}' is the name of the service '{service.id}'",
                "A name leads to its own service alone: assign other words.",
            )
    reasoned = next((phrase for phrase in catalog.shared if phrase.casefold() == key), None)
    if reasoned is not None and wanted.reason:
        yield CatalogError(
            f"{_at(file, reasoned)}: '{reasoned}' already has a reason to be shared",
            "Leave out --shared, or change the reason there.",
        )
    elsewhere = next(_owners(others, key), None)
    if elsewhere and reasoned is None and not wanted.reason:
        phrase, service = elsewhere
        yield CatalogError(
            f"{_at(file, phrase)}: '{phrase}' already leads to '{service.id}'",
            'Keep it at one service, or say why both share it: --shared "REASON".',
        )
    if not elsewhere and wanted.reason:
        yield CatalogError(
            f"{file}: '{wanted.phrase}' is a keyword of no other service, so nothing is shared",
            "Leave out --shared.",
        )


def _owners(services: list[Service], key: str) -> Iterator[tuple[str, Service]]:
    for service in services:
        for phrase in (phrase for phrases in service.keywords.values() for phrase in phrases):
            if phrase.casefold() == key:
                yield phrase, service


def _at(file: str, text: str) -> str:
    return f"{file}:{place_of(text)[0]}"


def _unusable(path: Path, done: str, wrong: OSError) -> CatalogError:
    return CatalogError(
        f"{path} can't be {done}: {wrong.strerror or wrong}; nothing was changed",
        f"Let this user write the file and the folder {path.parent}, or assign where the file is kept.",
    )
