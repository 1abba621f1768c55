"""The key made with a journal: its private half lies beside the file, its public half in event 1."""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.errors import JournalError


def key_file(path: Path) -> Path:
    """Where the private key of a journal lies: PEM (PKCS 8), readable by its owner alone."""
    return path.with_name(f"{path.name}.key")


def public_key(path: Path) -> str:
    """The public key of a journal as 64 hex digits; the Ed25519 pair is made when there is none yet.

    Raises JournalError when the file that lies there is no such key.
    """
    # Loading OpenSSL takes longer than opening the journal; only the first start pays for it.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    file = key_file(path)
    if file.exists():
        try:
            key = load_pem_private_key(file.read_bytes(), password=None)
        except ValueError as problem:
            raise _no_key(file) from problem
        if not isinstance(key, Ed25519PrivateKey):
            raise _no_key(file)
    else:
        key = Ed25519PrivateKey.generate()
        _write(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key.public_key().public_bytes_raw().hex()


def _write(file: Path, content: bytes) -> None:
    """Write at once or not at all, and never readable by others."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(file)


def _no_key(file: Path) -> JournalError:
    return JournalError(
        f"{file} is not an Ed25519 private key", "Move this file away; the kiosk makes a new one."
    )
