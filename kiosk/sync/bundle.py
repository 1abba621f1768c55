"""A catalogue as it is published: services.yaml and its translations in one ZIP, always of the same bytes.

What the center signs is `signed_text` of it, so that a catalogue is believed wherever it comes from.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from hashlib import sha256

from kiosk.errors import CatalogError

SERVICES = "services.yaml"
LARGEST = 16 << 20
"""Bytes of the largest bundle, and of the largest file in one."""
LARGEST_WHOLE = 64 << 20
"""Bytes of all files of a bundle together."""

_MEMBER = re.compile(
    r"services\.yaml|locales/[A-Za-z]{2,3}(_[A-Za-z]{2,8})?/LC_MESSAGES/(services|kiosk)\.po"
)
_DATE = (1980, 1, 1, 0, 0, 0)


def digest(bundle: bytes) -> str:
    """The SHA-256 that a bundle is known by, 64 hex digits."""
    return sha256(bundle).hexdigest()


def signed_text(version: int, sha: str) -> bytes:
    """What the center signs of a published catalogue."""
    return f"catalog\n{version}\n{sha}".encode()


def pack(files: Mapping[str, bytes]) -> bytes:
    """The bundle of some files by their names; raises CatalogError where kiosks would refuse it."""
    _check(files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _DATE)
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[name], zipfile.ZIP_DEFLATED)
    if len(packed.getvalue()) > LARGEST:
        raise _refused("is larger than 16 MB")
    return packed.getvalue()


def unpack(bundle: bytes) -> dict[str, bytes]:
    """The files of a bundle by their names, in memory; raises CatalogError for anything that is none."""
    if len(bundle) > LARGEST:
        raise _refused("is larger than 16 MB")
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            for member in archive.infolist():
                _check_name(member.filename)
                if member.filename in files:
                    raise _refused(f"holds {member.filename} twice")
                # Whatever size the archive's directory tells, no more than this is unpacked.
                with archive.open(member) as stream:
                    files[member.filename] = stream.read(LARGEST + 1)
                _check_sizes(files)
    # The library has no one error for what is no archive, or a packed or encrypted one that it can't read.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as wrong:
        raise _refused(f"is no archive ({wrong})") from wrong
    _check(files)
    return files


def _check(files: Mapping[str, bytes]) -> None:
    for name in files:
        _check_name(name)
    if SERVICES not in files:
        raise _refused(f"has no {SERVICES}")
    _check_sizes(files)


def _check_sizes(files: Mapping[str, bytes]) -> None:
    if any(len(content) > LARGEST for content in files.values()):
        raise _refused("holds a file larger than 16 MB")
    if sum(map(len, files.values())) > LARGEST_WHOLE:
        raise _refused("holds more than 64 MB")


def _check_name(name: str) -> None:
    if not _MEMBER.fullmatch(name):
        raise _refused(f"holds a file {name[:80]!r}, which is not part of a catalogue")


def _refused(why: str) -> CatalogError:
    return CatalogError(
        f"the catalogue {why}",
        "Publish services.yaml and its translations again with `kiosk center publish`.",
    )
