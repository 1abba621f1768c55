"""The catalogue that the center published: fetched, checked, tried, and only then put in force.

It lies in DATA/catalog/<SHA-256>; `current` is a link to the one in force, which running kiosks notice.
"""

from __future__ import annotations

import logging
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from kiosk.catalog.load import load
from kiosk.catalog.texts import localize
from kiosk.errors import CatalogError, LocaleError, SyncError
from kiosk.i18n.messages import find_locales
from kiosk.i18n.messages import load as load_messages
from kiosk.sync import bundle, status
from kiosk.sync.answer import not_center

if TYPE_CHECKING:
    from kiosk.journal import Journal
    from kiosk.settings import Settings
    from kiosk.sync.client import Client
    from kiosk.sync.replies import Reply

log = logging.getLogger(__name__)

KEPT = 2
"""Catalogues that stay beside the one in force."""
CURRENT, REFUSED, NEWEST = "current", "refused", "newest"
"""The link, the file that names the last catalogue that was not taken, and that with the newest number."""


def in_force(data: Path) -> str:
    """The SHA-256 of the published catalogue that is shown, "" for none."""
    link = data / "catalog" / CURRENT
    try:
        name = str(link.readlink())
    except OSError:
        return ""
    return name if len(name) == 64 and (link / bundle.SERVICES).is_file() else ""


def take(settings: Settings, client: Client, journal: Journal) -> str:
    """Fetch what is published: "" where that is nothing new, else taken or refused.

    A catalogue that this kiosk can't show is never put in force, and not fetched twice. Raises what the
    client raises, SyncError `not_center` for one that the center did not sign, and `other` for one of an
    earlier number (going back is a new number too) or when it can't be written.
    """
    folder = settings.data / "catalog"
    shown, refused = in_force(settings.data), _refused(folder)
    reply = client.catalog(refused or shown)
    if reply is None:
        return ""
    version, sha = _signed(client, reply)
    if sha in (shown, refused):
        _forget(folder)
        return ""
    epoch = status.read(settings.data).epoch
    _refuse_older(folder, version, epoch)
    outcome = "taken"
    try:
        try:
            _put(settings, folder, sha, reply.content)
        except (CatalogError, LocaleError) as problem:
            log.warning("catalogue version %s of the center is refused: %s", version, problem)
            outcome = "refused"
        _tell(journal, version, sha, outcome)
        if outcome == "taken":
            _write(folder / NEWEST, f"{version} {epoch}")
            _switch(folder, sha)
        else:
            _write(folder / REFUSED, sha)
    except OSError as problem:
        raise _unwritten(folder, problem) from problem
    return outcome


def _signed(client: Client, reply: Reply) -> tuple[int, str]:
    """Number and SHA-256 of a catalogue that the center signed."""
    number, sha = reply.headers.get("kiosk-catalog-version", ""), bundle.digest(reply.content)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise not_center("a catalogue")
    if not client.signed(bundle.signed_text(int(number), sha), reply):
        raise not_center("a catalogue")
    return int(number), sha


def _refuse_older(folder: Path, version: int, epoch: str) -> None:
    """An answer that is kept somewhere on the way must not come back after a newer one was taken."""
    try:
        newest, since = (folder / NEWEST).read_text(encoding="ascii").split(" ")
        older = version < int(newest) and epoch == since
    except (OSError, ValueError):
        return
    if older:
        raise SyncError(
            "other",
            f"the center offers version {version} of the catalogue, and this kiosk has version {newest}",
            "If the center was put back from a backup, type `kiosk center restored` there.",
        )


def _put(settings: Settings, folder: Path, sha: str, content: bytes) -> None:
    """Unpack and try it in a folder of its own, which has its name only when all is well."""
    part = folder / f".{sha}.part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        for name, file in bundle.unpack(content).items():
            _write(part / name, file)
        _try(settings, part)
        shutil.rmtree(folder / sha, ignore_errors=True)
        part.replace(folder / sha)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _try(settings: Settings, folder: Path) -> None:
    """Load it as the kiosk would, in all its languages; raises CatalogError, LocaleError."""
    catalog = load(folder / bundle.SERVICES, settings.cache)
    for code in settings.languages:
        messages = load_messages(code, folder / "locales", find_locales())
        localize(catalog, messages.service_text)
        if messages.problem:
            raise messages.problem


def _switch(folder: Path, sha: str) -> None:
    """Put a catalogue in force at once; who reads meanwhile has the old one or the new one whole."""
    link = folder / f".{CURRENT}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(sha)
    if (folder / CURRENT).is_dir() and not (folder / CURRENT).is_symlink():
        # Somebody made a folder by hand; it stays beside.
        (folder / CURRENT).rename(folder / f"{CURRENT}.old")
    link.replace(folder / CURRENT)
    _sync_folder(folder)
    _forget(folder)
    others = [one for one in folder.iterdir() if len(one.name) == 64 and one.name != sha]
    for old in sorted(others, key=lambda one: one.stat().st_mtime_ns, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _tell(journal: Journal, version: int, sha: str, outcome: str) -> None:
    """Record it once, even where the power fails before it is done."""
    seed = f"{journal.chain} {version} {sha} {outcome}"
    event_id = str(UUID(bytes=sha256(seed.encode()).digest()[:16], version=4))
    journal.append(
        "catalog.taken", {"version": version, "sha256": sha, "outcome": outcome}, event_id=event_id
    )


def _refused(folder: Path) -> str:
    try:
        return (folder / REFUSED).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _forget(folder: Path) -> None:
    (folder / REFUSED).unlink(missing_ok=True)


def _write(file: Path, content: bytes | str) -> None:
    """Write a file to the disk before anything relies on it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritten(folder: Path, problem: OSError) -> SyncError:
    return SyncError(
        "other",
        f"the catalogue of the center can't be written to {folder}: {problem.strerror or problem}",
        "Make room on the disk and see that the folder may be written to; it is tried again.",
    )
