"""Batches that were carried here: found in files, folders and ZIP archives that anybody may have made."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from kiosk.center import ledger
from kiosk.center.context import Center
from kiosk.errors import BatchRefused, CenterError
from kiosk.sync.receipt import SUFFIX, Receipt

SEALED = ".batch.sealed"
ENDINGS = (".batch", SEALED)

LARGEST = 256 << 20
"""Bytes of the largest batch that is read: some 800,000 events."""

MOST = 1000
"""Batches in one archive, at most."""

_COPY_AGAIN = "Copy it from the stick again."


class Found(NamedTuple):
    """A batch that was found: how it is called, where its receipt goes, and its bytes or why there are none.

    `name` holds nothing that a terminal would not show as it is.
    """

    name: str
    folder: Path
    content: bytes
    problem: str


class Imported(NamedTuple):
    """What became of a batch: its receipt and where that lies (None: it could not be written), or why not."""

    name: str
    receipt: Receipt | None
    file: Path | None
    problem: str


def found(place: Path) -> Iterator[Found]:
    """The batches of a file, of a folder and all in it, or of a ZIP archive; links are not followed."""
    if place.is_dir():
        for folder, _, names in sorted(os.walk(place)):
            for name in sorted(names):
                file = Path(folder) / name
                if name.endswith(ENDINGS) and not name.startswith(".") and not file.is_symlink():
                    yield _of_file(file)
    # Sealed bytes are random: one stick in some thousand has a file that looks like an archive.
    elif not place.name.endswith(ENDINGS) and zipfile.is_zipfile(place):
        yield from _of_archive(place)
    else:
        yield _of_file(place)


def take(center: Center, batch: Found, receipts: Path | None = None) -> Imported:
    """Take a batch into the ledger, and write its receipt beside it, or into another folder."""
    try:
        if batch.problem:
            raise BatchRefused("unreadable", batch.problem, _COPY_AGAIN)
        content = batch.content
        if batch.name.endswith(SEALED):
            content = _opened(center, content)
    except BatchRefused as problem:
        # What the ledger never sees it can't note.
        ledger.note(center, problem, "", "stick", batch.name)
        return Imported(batch.name, None, None, str(problem))
    try:
        receipt = ledger.take(center, content, "", "stick", batch.name)
    except BatchRefused as problem:
        return Imported(batch.name, None, None, str(problem))
    return Imported(batch.name, receipt, _write(receipt, receipts or batch.folder), "")


def _opened(center: Center, content: bytes) -> bytes:
    try:
        return center.keys.open(content)
    except CenterError as problem:
        raise BatchRefused("unreadable", problem.what, problem.next_step) from problem


def _of_file(file: Path) -> Found:
    name = _shown(file.name)
    try:
        with file.open("rb") as stream:
            return _read(name, file.parent, stream)
    except OSError as problem:
        return Found(name, file.parent, b"", f"it can't be read: {problem.strerror}")


def _of_archive(file: Path) -> Iterator[Found]:
    """What is in an archive, read piece by piece and never unpacked; names in it are only looked at."""
    try:
        with zipfile.ZipFile(file) as archive:
            inside = [entry for entry in archive.infolist() if entry.filename.endswith(ENDINGS)]
            if len(inside) > MOST:
                yield Found(_shown(file.name), file.parent, b"", f"it holds more than {MOST} batches")
                return
            for entry in inside:
                yield _of_entry(file, archive, entry)
    except (zipfile.BadZipFile, OSError) as problem:
        yield Found(_shown(file.name), file.parent, b"", f"the archive can't be read: {problem}")


def _of_entry(file: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Found:
    name = _shown(f"{file.name}: {entry.filename}")
    try:
        with archive.open(entry) as stream:
            return _read(name, file.parent, stream)
    # RuntimeError and NotImplementedError: with a password, or packed in a way that is not known here.
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError) as problem:
        return Found(name, file.parent, b"", f"it can't be read: {problem}")


def _read(name: str, folder: Path, stream: IO[bytes]) -> Found:
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        return Found(name, folder, b"", f"it is larger than {LARGEST >> 20} MB: no kiosk writes such a batch")
    return Found(name, folder, content, "")


def _write(receipt: Receipt, folder: Path) -> Path | None:
    """Write a receipt's file whole or not at all; its name is of what was checked, not of the stick."""
    file = folder / f"{receipt.batch_id}{SUFFIX}"
    part = folder / f".{file.name}.part"
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as out:
            out.write(receipt.document())
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return None
    return file


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[-200:]
