"""Canonical JSON (RFC 8785) and the hash that chains events."""

from __future__ import annotations

from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any
from unicodedata import normalize

LARGEST = 2**53 - 1
"""Largest integer every JSON reader holds exactly (RFC 7493); its negative is the smallest."""

NO_HASH = "0" * 64
"""What stands before the hash of event 1."""

_CONSTANTS = {None: "null", True: "true", False: "false"}


def canonical(value: Any) -> str:
    """The canonical text of a value: keys in the order of RFC 8785, no spaces, strings in NFC.

    Its bytes are UTF-8. Raises ValueError for what has no single canonical form: floats, integers beyond
    2^53-1, unpaired surrogates, keys that are not strings or become equal in NFC, and other types.
    """
    if isinstance(value, str):
        return quoted(_composed(value))
    if isinstance(value, dict):
        return _object(value)
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError(f"integer {value} is beyond 2^53-1: write it as a string")
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(canonical, value))}]"
    if isinstance(value, float):
        raise ValueError(f"float {value!r}: write it as an integer in a smaller unit, or as a string")
    raise ValueError(f"{type(value).__name__} has no form in JSON")


def chain_hash(previous: str, text: str) -> str:
    """Lower-case hex SHA-256 of the previous hash (64 ASCII characters) and the canonical bytes."""
    return sha256((previous + text).encode()).hexdigest()


def _composed(value: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError as problem:
        raise ValueError(f"{value!r} holds half a surrogate pair") from problem
    return normalize("NFC", value)


def _object(value: dict[Any, Any]) -> str:
    members = {_name(key): canonical(item) for key, item in value.items()}
    if len(members) < len(value):
        raise ValueError(f"of the keys {list(value)!r} two are the same in NFC")
    order = sorted(members) if "".join(members).isascii() else sorted(members, key=_utf16)
    return f"{{{','.join([f'{quoted(name)}:{members[name]}' for name in order])}}}"


def _name(key: Any) -> str:
    if not isinstance(key, str):
        raise ValueError(f"key {key!r} is not a string")
    return _composed(key)


def _utf16(name: str) -> bytes:
    """RFC 8785 sorts by UTF-16 code units, which differs from code points above U+FFFF."""
    return name.encode("utf-16-be")
