"""Which services.yaml is used, and the catalogue in it: from the cache, checked, or the last good copy."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from kiosk.catalog import cache as kept
from kiosk.catalog.model import Catalog
from kiosk.errors import CatalogError
from kiosk.settings import Settings

PACKAGE = Path(__file__).resolve().parents[1]

Origin = Literal["own", "published", "packaged"]
"""The city's own file, one that a center sent, or the copy inside an installation."""

Stamp = tuple[int, int, int] | None
"""Time of the last change in nanoseconds, size, and which file it is; None for one that is not there."""


@dataclass(frozen=True)
class Loaded:
    """A catalogue in use and the file it came from.

    `problems` are lines for staff: why the file that should be used is not. `stale` says that
    another one, the last good copy or the one that came with the kiosk, is shown instead.
    """

    catalog: Catalog
    path: Path
    problems: tuple[str, ...] = ()
    stale: bool = False
    watched: tuple[tuple[Path, Stamp], ...] = ()


def candidates(settings: Settings) -> tuple[Path, ...]:
    """Every place a services.yaml is looked for, the first that exists wins."""
    published = settings.data / "catalog" / "current"
    return (
        *([settings.services] if settings.services else []),
        published / "services.yaml" if published.is_dir() else published,
        PACKAGE.parent / "services.yaml",
        PACKAGE / "data" / "services.yaml",
    )


def find(settings: Settings) -> Path:
    """The services.yaml to use; one that is set (--services) is returned even if it is missing.

    Raises CatalogError when there is none.
    """
    places = candidates(settings)
    if settings.services:
        return places[0]
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(map(str, places))
    raise CatalogError(f"no services.yaml: looked for {looked}", "Give one with --services FILE.")


def origin(path: Path, settings: Settings) -> Origin:
    """Whose file a services.yaml is: only the city's own is meant to be edited here."""
    place = path.resolve()
    published = (settings.data / "catalog" / "current").resolve()
    if place == published or published in place.parents:
        return "published"
    return "packaged" if place == (PACKAGE / "data" / "services.yaml").resolve() else "own"


def load(path: Path, cache: Path | None = None) -> Catalog:
    """The catalogue of a services.yaml; `cache` is a folder that makes the next time fast.

    Raises CatalogError with every problem as `file:line:column: what is wrong and what is allowed`.
    """
    return _catalog(path, _bytes(path), cache)


def load_or_last_good(settings: Settings) -> Loaded:
    """The catalogue a running kiosk shows: a bad file is reported, and the last good copy used.

    Without a last good copy the next of `candidates` that loads. Raises CatalogError only when
    nothing loads at all.
    """
    watched = tuple((place, _stamp(place)) for place in candidates(settings))
    try:
        wanted = find(settings)
        return Loaded(_load_and_keep(wanted, settings), wanted, watched=watched)
    except CatalogError as bad:
        for path in (_last_good(settings), *candidates(settings)):
            with suppress(CatalogError):
                catalog = load(path, settings.cache)
                return Loaded(catalog, path, bad.problems or (bad.what,), stale=True, watched=watched)
        raise


def changed(loaded: Loaded) -> bool:
    """Whether a file that was looked at has appeared, gone or changed since; costs a few stat calls."""
    return any(_stamp(place) != stamp for place, stamp in loaded.watched)


def _last_good(settings: Settings) -> Path:
    return settings.data / "catalog" / "last-good.yaml"


def _load_and_keep(path: Path, settings: Settings) -> Catalog:
    """Load a file and keep its bytes as the last good copy, marked with the file's own time."""
    stamp = _stamp(path)
    data = _bytes(path)
    catalog = _catalog(path, data, settings.cache)
    copy = _last_good(settings)
    if stamp and (_stamp(copy) or ())[:2] != stamp[:2]:
        # A data folder that can't be written must not keep a good catalogue from being shown.
        with suppress(OSError):
            kept.write_atomically(copy, data)
            os.utime(copy, ns=(stamp[0], stamp[0]))
    return catalog


def _catalog(path: Path, data: bytes, cache: Path | None) -> Catalog:
    digest = hashlib.sha256(data).hexdigest()
    found = kept.read(cache, digest) if cache else None
    if found:
        return found
    catalog = _parse(path, data, digest)
    if cache:
        kept.write(cache, catalog)
    return catalog


def _parse(path: Path, data: bytes, digest: str) -> Catalog:
    from kiosk.catalog.parse import parse

    parsed = parse(data, path.name)
    if parsed.errors:
        count = len(parsed.errors)
        what = f"{path} is refused: {count} problem{'s' if count > 1 else ''}"
        raise CatalogError(what, "Correct them, then run `kiosk check`.", parsed.errors)
    # Through JSON, so that a first load and a cached one give the same plain values.
    return kept.loads(kept.dumps(replace(parsed.catalog, digest=digest)))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        what = f"{path} can't be read: {wrong.strerror or wrong}"
        raise CatalogError(what, "Give a services.yaml that this user may read.", (what,)) from wrong


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
