"""The staff PIN: stored as a salted scrypt hash, checked in constant time."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kiosk.errors import SettingsError

COST = {"n": 2**14, "r": 8, "p": 1}


def _file(data: Path) -> Path:
    return data / "pin.json"


def is_set(data: Path) -> bool:
    """Whether staff have set a PIN on this machine."""
    return _file(data).exists()


def store(data: Path, pin: str) -> None:
    """Keep a PIN of 4 to 12 digits; raises SettingsError for anything else."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12):
        raise SettingsError("A PIN has 4 to 12 digits.", "Choose another one.")
    import hashlib
    import secrets

    salt = secrets.token_bytes(16)
    digest = hashlib.scrypt(pin.encode(), salt=salt, **COST)
    data.mkdir(parents=True, exist_ok=True)
    handle = os.open(_file(data), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"salt": salt.hex(), "scrypt": digest.hex()}, file)


def matches(data: Path, pin: str) -> bool:
    """Whether this is the PIN; a missing or unreadable file matches nothing."""
    try:
        kept = json.loads(_file(data).read_text(encoding="utf-8"))
        salt, digest = bytes.fromhex(kept["salt"]), bytes.fromhex(kept["scrypt"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    import hashlib
    import hmac

    return hmac.compare_digest(hashlib.scrypt(pin.encode(), salt=salt, **COST), digest)
