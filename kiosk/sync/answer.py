"""What every document of the center has in common: canonical JSON, and a signature that can be checked."""

from __future__ import annotations

import json
from typing import Any

from kiosk.errors import SyncError
from kiosk.journal.canonical import canonical


def object_of(document: bytes, what: str) -> dict[str, Any]:
    """The object that canonical JSON holds; raises SyncError (`not_center`) when it is no `what`."""
    try:
        value = json.loads(document)
        same = isinstance(value, dict) and canonical(value).encode() == document
    # RecursionError: an answer of nothing but brackets.
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise not_center(what)
    return dict(value)


def not_center(what: str) -> SyncError:
    """The error for an answer that is no `what`."""
    return SyncError(
        "not_center",
        f"what came is not {what} of the center",
        "See whether the network asks for a sign-in first, and that the center's address is right.",
    )


def signed_by(key: str, message: bytes, signature: str) -> bool:
    """Whether `signature` (hex) of a message was made with the private half of `key` (64 hex digits)."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(bytes.fromhex(key)).verify(message, bytes.fromhex(signature))
    # ValueError: no hex digits, or too few or too many of them.
    except (BadSignatureError, ValueError):
        return False
    return True


def is_count(value: Any) -> bool:
    """Whether a value is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
