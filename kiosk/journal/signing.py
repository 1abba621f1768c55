"""The key made with a journal: its private half lies beside the file, its public half in event 1."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import JournalError
from kiosk.journal import failures

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_OPENED = """SELECT json_extract(body, '$.key') FROM events WHERE seq = 1
    AND chain = (SELECT value FROM machine WHERE name = 'chain')"""


def key_file(path: Path) -> Path:
    """Where the private key of a journal lies: PEM (PKCS 8), readable by its owner alone."""
    return path.with_name(f"{path.name}.key")


def public_key(path: Path) -> str:
    """The public key of a journal as 64 hex digits; the Ed25519 pair is made when there is none yet.

    Raises JournalError when the file that lies there is no such key.
    """
    # Loading OpenSSL takes longer than opening the journal; only the first start pays for it.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    file = key_file(path)
    if file.exists():
        key = _private_key(file)
    else:
        key = Ed25519PrivateKey.generate()
        _write(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key.public_key().public_bytes_raw().hex()


def sign(path: Path, message: bytes) -> bytes:
    """The Ed25519 signature (64 bytes) of a message by the key that a journal was opened with.

    Raises JournalError when its file is missing, is no key, or is another journal's.
    """
    file = key_file(path)
    with failures.told(path):
        if not file.exists():
            raise _cannot_sign(path, f"{file} is missing")
        key = _private_key(file)
    if key.public_key().public_bytes_raw().hex() != _key_of_event_1(path):
        raise _cannot_sign(path, f"{file} is not the key that this journal was opened with")
    return key.sign(message)


def _private_key(file: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    # TypeError: it is locked with a password.
    except (ValueError, TypeError) as problem:
        raise _no_key(file) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(file)
    return key


def _key_of_event_1(path: Path) -> str:
    with (
        failures.told(path),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        row = connection.execute(_OPENED).fetchone()
    if row is None:
        raise failures.corrupt(path, "its first event is missing")
    return str(row[0])


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


def _cannot_sign(path: Path, why: str) -> JournalError:
    return JournalError(
        f"{why}; nothing of {path} can be signed",
        f"Put {key_file(path).name} back from a copy of the folder {path.parent}. All that was recorded is "
        "still in the journal.",
    )
