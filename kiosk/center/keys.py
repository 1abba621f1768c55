"""The center's secrets: a key that signs (Ed25519) and one that sealed boxes are made for (X25519)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.signing import SigningKey

from kiosk.center.storage import Connection, Store
from kiosk.errors import CenterError
from kiosk.journal.signing import write_private

FILE = "center.key"
"""In the center's folder: two lines of 64 hex digits, readable by its owner alone."""


@dataclass(frozen=True)
class Keys:
    """Both private keys; every worker of a center has the same."""

    signing: SigningKey
    box: PrivateKey

    @property
    def key(self) -> str:
        """Public half of the signing key, 64 hex digits."""
        return self.signing.verify_key.encode().hex()

    @property
    def box_key(self) -> str:
        """Public key that devices seal to, 64 hex digits."""
        return self.box.public_key.encode().hex()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self.signing.sign(message).signature

    def open(self, sealed: bytes) -> bytes:
        """What a sealed box (libsodium) holds; raises CenterError when it was made for another center."""
        try:
            return SealedBox(self.box).decrypt(sealed)
        except (CryptoError, ValueError) as problem:
            raise CenterError(
                "this file was encrypted for another center, or is cut off",
                "Copy it from the stick again; if it is refused again, see whose kiosk it is.",
            ) from problem


def load(folder: Path) -> Keys:
    """The keys of a center's folder, made at its first start; raises CenterError for a file that is none."""
    file = folder / FILE
    try:
        if not file.exists():
            _make(file)
        content = file.read_bytes()
    except OSError as problem:
        raise CenterError(
            f"{file} can't be read or made: {problem.strerror}",
            "Type this as the user that the center runs as, and see that the folder is theirs.",
        ) from problem
    try:
        signing, box = (bytes.fromhex(line) for line in content.decode("ascii").split())
        return Keys(SigningKey(signing), PrivateKey(box))
    except (ValueError, CryptoError) as problem:
        raise CenterError(
            f"{file} is not the key of a center",
            "Put it back from the backup. Without it no kiosk believes this center; do not delete it.",
        ) from problem


def settle(store: Store, keys: Keys) -> None:
    """Remember at the first start whose database this is; raises CenterError for another center's."""
    with store.begin() as connection:
        connection.run(
            "INSERT INTO center (name, value) VALUES ('key', :key) ON CONFLICT (name) DO NOTHING",
            key=keys.key,
        )
        connection.run(
            "INSERT INTO center (name, value) VALUES ('epoch', :epoch) ON CONFLICT (name) DO NOTHING",
            epoch=token_hex(8),
        )
        known = connection.value("SELECT value FROM center WHERE name = 'key'")
    if known != keys.key:
        raise CenterError(
            "this database belongs to a center with another key",
            f"Put the {FILE} that belongs to it into the center's folder, or choose another database.",
        )


def epoch(connection: Connection) -> str:
    """Another one after a backup was put back: what devices remember of the center is void then."""
    return str(connection.value("SELECT value FROM center WHERE name = 'epoch'"))


def begin_epoch(store: Store) -> None:
    """Say that the database is an older one than devices have seen."""
    with store.begin() as connection:
        connection.run("UPDATE center SET value = :epoch WHERE name = 'epoch'", epoch=token_hex(8))


def _make(file: Path) -> None:
    """Make both keys; of two that start at once the second keeps the first's."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = file.with_name(f"{file.name}.{token_hex(4)}")
    pair = (SigningKey.generate().encode(), PrivateKey.generate().encode())
    write_private(made, "".join(f"{each.hex()}\n" for each in pair).encode())
    try:
        os.link(made, file)
    except FileExistsError:
        pass
    finally:
        made.unlink()
