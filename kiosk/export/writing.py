"""Writing a folder or an archive whole or not at all, to a stick that may be full, read-only or pulled out.

Everything is written beside the target as `.NAME.part`, put on the disk, and only then given its name.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, Literal, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from kiosk.errors import ExportError

File = tuple[str, Callable[[BinaryIO], object]]
"""A file's name and what writes its content; no folders within."""

LONGEST_NAME = 200
"""Characters of a name; what is put before and behind it must fit as well."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
# What FAT and Windows can't hold, or would read as a device or shorten.
_UNFIT = re.compile(
    r"""[\x00-\x1f\x7f<>:"/\\|?*] | ^[ ] | [. ]$ | ^[.]+$
        | ^(con|prn|aux|nul|com[0-9]|lpt[0-9])([.].*)?$""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a target: `already there` when it held the same bytes before.

    `kept` is where different content of before lies now, when it was `replaced`.
    """

    path: Path
    how: Literal["written", "already there", "replaced"]
    kept: Path | None = None


def write_folder(target: Path, files: Iterable[File]) -> Written:
    """Write a folder of files, in the order given: a file may tell of those before it.

    The folder it lies in must be there; it is never made, since a stick pulled out leaves its place behind.
    Raises ExportError, and ValueError for a name that FAT can't hold; then the target is as it was.
    """

    def fill(part: Path) -> None:
        part.mkdir()
        for name, write in _fitting(files):
            with (part / name).open("xb") as file:
                write(file)
                _to_disk(file)
        _folder_to_disk(part)

    return _whole(target, target.name, "", fill)


def write_zip(target: Path, files: Iterable[File]) -> Written:
    """Write the same files as a ZIP archive; as `write_folder`.

    The same content in the same order gives the same bytes: no times or owners are in it. It lists its files
    by name.
    """

    def fill(part: Path) -> None:
        with part.open("xb") as file:
            with ZipFile(file, "w") as archive:
                for name, write in _fitting(files):
                    with archive.open(_member(name), "w") as content:
                        write(cast(BinaryIO, content))
                archive.infolist().sort(key=lambda member: member.filename)
            _to_disk(file)

    return _whole(target, target.stem, target.suffix, fill)


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _EPOCH)
    member.compress_type = ZIP_DEFLATED
    member.create_system = 3
    member.external_attr = 0o644 << 16
    return member


def _fitting(files: Iterable[File]) -> Iterator[File]:
    """The files, once their names are sure to fit and to differ on a disk that ignores case."""
    seen = set()
    for name, write in files:
        _refuse_unfit(name)
        if name.casefold() in seen:
            raise ValueError(f"two files are named {name!r}")
        seen.add(name.casefold())
        yield name, write


def _refuse_unfit(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or _UNFIT.search(name):
        raise ValueError(f"{name!r} is no name for every disk")


def _whole(target: Path, stem: str, suffix: str, fill: Callable[[Path], None]) -> Written:
    """Fill the part beside the target and give it the target's name; what fails leaves all as it was."""
    _refuse_unfit(target.name)
    part = target.with_name(f".{target.name}.part")
    with _told(target), _alone(target.parent) as parent:
        try:
            _remove(part)  # of a run that was cut off
            fill(part)
            if not os.path.lexists(target):
                kept = None
            elif _same(part, target):
                _remove(part)
                _folder_to_disk(parent)
                return Written(target, "already there")
            else:
                kept = _free_name(target, stem, suffix)
            _place(part, target, kept, parent)
        except BaseException:
            # Without the stick nothing can be removed from it; the next run does.
            with suppress(OSError):
                _remove(part)
            raise
    return Written(target, "replaced" if kept else "written", kept)


def _place(part: Path, target: Path, kept: Path | None, parent: int) -> None:
    """Give the part its name and put both names on the disk, or leave them as they were."""
    try:
        if kept:
            target.rename(kept)
        part.rename(target)
        _folder_to_disk(parent)
        if not os.path.samestat(target.parent.stat(), os.fstat(parent)):
            raise OSError(errno.ENODEV, "another disk is in its place now")
    except OSError:
        if not os.path.lexists(part):
            with suppress(OSError):
                target.rename(part)
        if kept and not os.path.lexists(target):
            with suppress(OSError):
                kept.rename(target)
        raise


def _free_name(target: Path, stem: str, suffix: str) -> Path:
    number = 1
    while os.path.lexists(kept := target.with_name(f"{stem}.replaced-{number}{suffix}")):
        number += 1
    return kept


def _same(part: Path, target: Path) -> bool:
    """Whether two folders hold the same files, or two files the same bytes.

    The center may have put a receipt beside the batch.
    """
    if target.is_symlink() or part.is_dir() != target.is_dir():
        return False
    if not part.is_dir():
        return target.is_file() and _digest(part) == _digest(target)
    names = sorted(file.name for file in part.iterdir())
    if names != sorted(file.name for file in target.iterdir() if file.suffix != ".receipt"):
        return False
    return all(_same(part / name, target / name) for name in names)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _folder_to_disk(folder: Path | int) -> None:
    """Put a folder's names on the disk, where its file system can be told to; a path or an open folder."""
    handle = folder if isinstance(folder, int) else os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        if handle != folder:
            os.close(handle)


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """Hold a folder open with nobody else writing there this way; the lock ends with the process."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise ExportError(
                "busy",
                f"something else is being exported to {folder}",
                "Wait until it is done, then try again.",
            ) from problem
        except OSError:
            pass  # this file system has no locks
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Turn every OSError about the target into its ExportError."""
    try:
        yield
    except OSError as problem:
        raise _explained(problem, target) from problem


def _explained(problem: OSError, target: Path) -> ExportError:
    place, what = target.parent, f"{target.name} was not written"
    match problem.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return ExportError(
                "full",
                f"no space left in {place}; {what}",
                "Remove what is not needed from the stick, or take another one, and export again.",
            )
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return ExportError(
                "read_only",
                f"{place} may not be written to ({problem.strerror}); {what}",
                "Slide the stick's lock back, or take another stick or folder, and export again.",
            )
        case errno.EIO | errno.ENODEV | errno.ENOENT | errno.ENXIO:
            return ExportError(
                "gone",
                f"{place} is not there (any more), or its stick is broken ({problem.strerror}); {what}",
                "Put the stick in, or choose another folder, and export again. The kiosk still has it all.",
            )
        case errno.EFBIG:
            return ExportError(
                "too_large",
                f"{place} can't hold a file of this size; {what}",
                "Take a stick that holds larger files (exFAT), and export again.",
            )
    return ExportError(
        "other", f"{problem}; {what}", "Take another stick or another folder, and export again."
    )
