"""A batch that travels on a stick: encrypted so that only the center can read it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from kiosk.errors import SyncError
from kiosk.journal.signing import sign, sign_as

SUFFIX = ".sealed"
"""Follows the name of a batch in the name of its encrypted file."""


def sealed_box(journal: Path, content: bytes, box: str, chain: str = "") -> bytes:
    """A sealed box of libsodium for the center's public key `box` (64 hex digits).

    The same content gives the same bytes: the ephemeral key is no random one, but derived from a signature
    of the content by the key of its `chain`, else of the journal's own (which never leaves this machine).
    Raises JournalError when that key is missing, and SyncError for a `box` that is no key.
    """
    from nacl.bindings import crypto_box, crypto_scalarmult_base
    from nacl.encoding import RawEncoder
    from nacl.exceptions import CryptoError
    from nacl.hash import blake2b

    receiver = bytes.fromhex(box)
    message = b"sealed batch\n" + receiver + sha256(content).digest()
    secret = sha256(sign_as(journal, chain, message) if chain else sign(journal, message)).digest()
    sender = crypto_scalarmult_base(secret)
    nonce = blake2b(sender + receiver, digest_size=24, encoder=RawEncoder)
    try:
        return sender + crypto_box(content, nonce, receiver, secret)
    except CryptoError as problem:
        raise SyncError(
            "other", "the center's key in center.json is none", "Enrol this machine again."
        ) from problem
