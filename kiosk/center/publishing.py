"""The catalogue for all kiosks: checked, numbered, signed and kept; the latest version is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import NamedTuple

from kiosk.catalog.check import Translated, report
from kiosk.catalog.load import PACKAGE, load
from kiosk.catalog.model import Catalog
from kiosk.catalog.parse import parse
from kiosk.catalog.texts import texts
from kiosk.center import audit
from kiosk.center.append import append
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.clock import stamp
from kiosk.errors import CatalogError, CenterError
from kiosk.i18n import checks
from kiosk.i18n.catalogs import completeness
from kiosk.i18n.languages import TRANSLATED
from kiosk.i18n.messages import DOMAINS, Messages, find_locales, po_path
from kiosk.i18n.messages import load as load_messages
from kiosk.sync import bundle

KEPT = 3
"""Catalogues that are kept open in a worker."""

_LATEST = "SELECT version, sha256, signature FROM catalogs ORDER BY version DESC LIMIT 1"
_BEFORE = """SELECT version FROM catalogs WHERE sha256 <> (SELECT sha256 FROM catalogs
    ORDER BY version DESC LIMIT 1) ORDER BY version DESC LIMIT 1"""
_CONTENT = "SELECT bundle FROM catalogs WHERE version = :version"
_PUBLISH = """INSERT INTO catalogs VALUES (:version, :sha, :content, :signature, :note, :by, :now)"""


class Published(NamedTuple):
    """A version of the catalogue as kiosks get it; `signature` (hex) is of `bundle.signed_text`."""

    version: int
    sha256: str
    bundle: bytes
    signature: str


class Checked(NamedTuple):
    """A catalogue that may be published, and what staff should know about it."""

    bundle: bytes
    warnings: tuple[str, ...]


class _Open(NamedTuple):
    """A version that is read, its files in a folder of this process."""

    catalog: Catalog
    folder: TemporaryDirectory[str]
    messages: dict[str, Messages]


_kept: dict[str, Published] = {}
_open: dict[str, _Open] = {}
_opening = Lock()


def check(services: Path, locales: Path) -> Checked:
    """Look at everything as `kiosk check` does, and pack it.

    Raises CatalogError with every line that is wrong in services.yaml, LocaleError for a file of translations
    that can't be read. What is not translated is a warning: kiosks show it in English.
    """
    first = report(services)
    if not first.ok:
        what = f"{services} is refused: {len(first.errors)} of its lines are wrong"
        raise CatalogError(what, "Correct them, then publish again.", first.errors)
    codes = [code for code in TRANSLATED if po_path(locales, code, "services").is_file()]
    content = services.read_bytes()
    wanted = list(texts(parse(content, services.name).catalog))
    lacking = {code: frozenset(completeness(code, "services", wanted, locales).missing) for code in codes}
    found = report(services, {code: _translated(missing) for code, missing in lacking.items()})
    without = (f"{code}: no {po_path(locales, code, 'services')}" for code in TRANSLATED if code not in codes)
    files = {bundle.SERVICES: content, **dict(_translations(locales, codes))}
    return Checked(bundle.pack(files), (*found.warnings, *without, *_faults(locales, codes)))


def _translated(missing: frozenset[tuple[str, str]]) -> Translated:
    return lambda context, english: (context, english) not in missing


def _translations(locales: Path, codes: list[str]) -> Iterator[tuple[str, bytes]]:
    for code in codes:
        for domain in DOMAINS:
            po = po_path(locales, code, domain)
            if po.is_file():
                yield f"locales/{code}/LC_MESSAGES/{domain}.po", po.read_bytes()


def _faults(locales: Path, codes: list[str]) -> Iterator[str]:
    for code in codes:
        for domain in DOMAINS:
            if po_path(locales, code, domain).is_file():
                yield from checks.problems(code, domain, locales)


def publish(center: Center, checked: Checked, note: str, account: str) -> Published:
    """Make a catalogue the one in force, as a new version; kiosks take it within a minute.

    `account` is who publishes it, audit.COMMAND_LINE on the command line.
    """
    return _publish(center, checked.bundle, note, account, "published")


def rollback(center: Center, version: int | None, account: str) -> Published:
    """Publish an earlier version once more, as a new one; without a number the latest that was different."""
    with center.store.read() as connection:
        chosen = connection.value(_BEFORE) if version is None else version
        content = connection.value(_CONTENT, version=chosen)
    if content is None:
        raise CenterError(
            "no other catalogue was published" if version is None else f"there is no version {version}",
            "`kiosk center rollback --list` shows what there is.",
        )
    return _publish(center, bytes(content), f"as version {chosen}", account, "rolled_back")


class Version(NamedTuple):
    """A line of the history."""

    version: int
    sha256: str
    note: str
    by: str
    at: str


def history(center: Center) -> list[Version]:
    """Everything that was ever published, the latest first."""
    listed = "SELECT version, sha256, note, published_by, published_at FROM catalogs ORDER BY version DESC"
    with center.store.read() as connection:
        return [Version(*row) for row in connection.rows(listed)]


def _publish(center: Center, content: bytes, note: str, account: str, action: str) -> Published:
    sha = bundle.digest(content)
    with center.store.begin() as connection:
        # One at a time: the row is there since the center's first start.
        connection.run("UPDATE center SET value = value WHERE name = 'key'")
        version = (connection.value("SELECT max(version) FROM catalogs") or 0) + 1
        signature = center.keys.sign(bundle.signed_text(version, sha)).hex()
        connection.run(
            _PUBLISH,
            version=version,
            sha=sha,
            content=content,
            signature=signature,
            note=note,
            by=account,
            now=stamp(center.clock.now()),
        )
        audit.note(connection, center, account, action, f"version {version}", note=note)
        _tell(connection, center, {"version": version, "sha256": sha})
    return Published(version, sha, content, signature)


def _tell(connection: Connection, center: Center, body: Mapping[str, object]) -> None:
    for (site,) in connection.rows("SELECT site FROM sites ORDER BY site"):
        append(connection, center, site, "catalog.published", body)


def current(center: Center) -> Published | None:
    """The catalogue in force, None before the first; its bytes are read once in a process."""
    with center.store.read() as connection:
        latest = connection.row(_LATEST)
        if latest is None:
            return None
        version, sha, signature = latest
        found = _kept.get(signature)
        if found is None:
            content = connection.value(
                "SELECT bundle FROM catalogs WHERE version = :version", version=version
            )
            found = Published(version, sha, bytes(content), signature)
            _kept.clear()
            _kept[signature] = found
    return found


def catalog(center: Center) -> Catalog:
    """The catalogue in force; before the first was published the one that came with this version."""
    found = _opened(center)
    return found.catalog if found else _packaged()


def messages(center: Center, language: str) -> Messages:
    """The messages that belong to it; raises LocaleError for a language that is not known."""
    found = _opened(center)
    if found is None:
        return _packaged_messages(language)
    if language not in found.messages:
        locales = Path(found.folder.name) / "locales"
        found.messages[language] = load_messages(language, locales, find_locales())
    return found.messages[language]


def _opened(center: Center) -> _Open | None:
    published = current(center)
    if published is None:
        return None
    with _opening:
        if published.sha256 not in _open:
            while len(_open) >= KEPT:
                del _open[next(iter(_open))]
            _open[published.sha256] = _read(published)
        return _open[published.sha256]


def _read(published: Published) -> _Open:
    folder = TemporaryDirectory(prefix="kiosk-center-")
    for name, content in bundle.unpack(published.bundle).items():
        file = Path(folder.name) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return _Open(load(Path(folder.name) / bundle.SERVICES), folder, {})


@lru_cache(maxsize=1)
def _packaged() -> Catalog:
    places = (PACKAGE.parent / bundle.SERVICES, PACKAGE / "data" / bundle.SERVICES)
    return load(next(place for place in places if place.is_file()))


@lru_cache
def _packaged_messages(language: str) -> Messages:
    return load_messages(language)
