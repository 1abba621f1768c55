"""The parsed catalogue as JSON: rows that dataclasses are rebuilt from, checked by their own hash."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import types
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from stat import S_IMODE
from typing import Any, Union, get_args, get_origin, get_type_hints

from kiosk.catalog import model

FORMAT = 1
"""Raise when the same file would give another catalogue (new rules, new meaning of a field)."""
KEPT = 4
"""Cached catalogues that stay in the folder."""

Reader = Callable[[Any], Any]


def _fingerprint() -> str:
    """The shape of the model, so that a row written for another shape is never read."""
    classes = [cls for cls in vars(model).values() if isinstance(cls, type) and is_dataclass(cls)]
    shape = "|".join(f"{cls.__name__}.{item.name}:{item.type}" for cls in classes for item in fields(cls))
    return f"{FORMAT}.{zlib.crc32(shape.encode()):08x}"


def cache_file(folder: Path, digest: str) -> Path:
    """Where the catalogue of a file with this SHA-256 is kept."""
    return folder / f"catalog-{_fingerprint()}-{digest}.json"


def dumps(catalog: model.Catalog) -> bytes:
    """JSON of nested rows: each dataclass a list of its fields in order."""
    return json.dumps(_row(catalog), ensure_ascii=False, separators=(",", ":")).encode()


def loads(data: bytes) -> model.Catalog:
    """The catalogue that `dumps` wrote."""
    catalog: model.Catalog = _record(model.Catalog)(json.loads(data))
    return catalog


def read(folder: Path, digest: str) -> model.Catalog | None:
    """The cached catalogue of a file, or None when there is none or it is damaged."""
    try:
        checksum, data = cache_file(folder, digest).read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    return loads(data) if json.dumps(_sha256(data)).encode() == checksum else None


def write(folder: Path, catalog: model.Catalog) -> None:
    """Keep a catalogue for the next start; a folder that can't be written only costs time then."""
    data = dumps(catalog)
    with suppress(OSError):
        write_atomically(
            cache_file(folder, catalog.digest), json.dumps(_sha256(data)).encode() + b"\n" + data
        )
        aged = sorted(folder.glob("catalog-*.json"), key=lambda file: file.stat().st_mtime_ns)
        for file in aged[:-KEPT]:
            file.unlink(missing_ok=True)


def write_atomically(file: Path, data: bytes, like: os.stat_result | None = None) -> None:
    """Put a whole file in its place, or leave what was there; raises OSError.

    With `like` the new file has the mode of another and, as far as this user may give it, its owner.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with new.open("wb") as stream:
            if like:
                with suppress(OSError):
                    os.fchown(stream.fileno(), like.st_uid, like.st_gid)
                os.fchmod(stream.fileno(), S_IMODE(like.st_mode))
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _row(value: Any) -> Any:
    if is_dataclass(value):
        return [_row(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, tuple):
        return [_row(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _row(item) for key, item in value.items()}
    return value


@functools.cache
def _record(cls: type) -> Reader:
    """Rebuilds one dataclass from its row; type hints are resolved once per class."""
    hints = get_type_hints(cls)
    readers = [(at, _reader(hints[item.name])) for at, item in enumerate(fields(cls))]
    nested = [(at, reader) for at, reader in readers if reader]

    def build(row: list[Any]) -> Any:
        for at, reader in nested:
            row[at] = reader(row[at])
        return cls(*row)

    return build


def _reader(hint: Any) -> Reader | None:
    """How a field of this type is read from JSON; None when it is there as it is."""
    arguments = get_args(hint)
    if is_dataclass(hint):
        return _record(hint)  # type: ignore[arg-type]
    if get_origin(hint) in (types.UnionType, Union):
        inner = _reader(arguments[0])
        return inner and (lambda value: None if value is None else inner(value))
    if get_origin(hint) is tuple:
        each = _reader(arguments[0])
        return (lambda rows: tuple(map(each, rows))) if each else tuple
    if get_origin(hint) is Mapping:
        entry = _reader(arguments[1])
        return entry and (lambda pairs: {key: entry(value) for key, value in pairs.items()})
    return None
