"""The key made with a journal: its private half lies beside the file, its public half in event 1."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import JournalError
from kiosk.journal import failures
from kiosk.journal.event import root
from kiosk.journal.questions import OWN

# Loading OpenSSL takes longer than opening the journal; only what makes a key or signs pays for it.
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_OPENED = f"""SELECT chain, json_extract(body, '$.key') FROM events WHERE seq = 1
    AND chain = coalesce(?, {OWN})"""


def key_file(path: Path, chain: str = "") -> Path:
    """Where the private key of a journal lies: PEM (PKCS 8), readable by its owner alone.

    That of a `chain` begun later, after others had used the first one's numbers, lies beside it.
    """
    return path.with_name(f"{path.name}.key.{chain}" if chain else f"{path.name}.key")


def public_key(path: Path) -> str:
    """The public key of a journal as 64 hex digits; the Ed25519 pair is made when there is none yet.

    Raises JournalError when the file that lies there is no such key.
    """
    file = key_file(path)
    return _public(_private_key(file)) if file.exists() else _made(file)


def new_key(path: Path, chain: str) -> str:
    """Make the key of a chain that is to begin; its public half as 64 hex digits."""
    return _made(key_file(path, chain))


def forget_key(path: Path, chain: str) -> None:
    """Remove the key of a chain that did not begin."""
    key_file(path, chain).unlink(missing_ok=True)


def sign(path: Path, message: bytes) -> bytes:
    """The Ed25519 signature (64 bytes) of a message by the key of the chain that a journal appends to.

    Raises JournalError when its file is missing, is no key, or is another journal's.
    """
    return _signed(path, None, message)


def sign_as(path: Path, chain: str, message: bytes) -> bytes:
    """As `sign`, by the key of another chain that this machine has had; its label is as good as its name."""
    return _signed(path, root(chain), message)


def _signed(path: Path, chain: str | None, message: bytes) -> bytes:
    name, public = _key_of_event_1(path, chain)
    with failures.told(path):
        file = key_file(path, name)
        if not file.exists():
            file = key_file(path)
        if not file.exists():
            raise _cannot_sign(path, f"{file} is missing")
        key = _private_key(file)
    if _public(key) != public:
        raise _cannot_sign(path, f"{file} is not the key that this journal was opened with")
    return key.sign(message)


def _made(file: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    write_private(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return _public(key)


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


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


def _key_of_event_1(path: Path, chain: str | None) -> tuple[str, str]:
    """The name of a chain, None for the one appended to, and the public key it was opened with."""
    with (
        failures.told(path),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        row = connection.execute(_OPENED, (chain,)).fetchone()
    if row is None:
        raise failures.corrupt(path, "its first event is missing")
    return row[0], row[1]


def write_private(file: Path, content: bytes) -> None:
    """Write at once or not at all, on the disk when this returns, and never readable by others."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


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
