"""Passwords of accounts: what may be one, and argon2id hashes whose checking always takes as long."""

from __future__ import annotations

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kiosk.errors import CenterError

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""

AT_ONCE = 2
"""Hashes computed at the same time: each takes 64 MiB, and nobody shall fill the memory with them."""

_hasher = PasswordHasher()
_turn = BoundedSemaphore(AT_ONCE)


def check(name: str, password: str) -> None:
    """Raise CenterError for a password that is too easily guessed."""
    said = password.casefold()
    if len(password) < SHORTEST:
        problem = f"the password has fewer than {SHORTEST} characters"
    elif len(password) > LONGEST:
        problem = f"the password has more than {LONGEST} characters"
    elif len(set(said)) < 5:
        problem = "the password is the same few characters again and again"
    elif said.replace(name.casefold(), "", 1).strip("0123456789!._-") == "":
        problem = "the password is the name"
    else:
        return
    raise CenterError(problem, "Take four or five words that have nothing to do with each other.")


def hashed(password: str) -> str:
    """An argon2id hash with its parameters and salt."""
    with _turn:
        return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether it is this password; takes as long for a hash that is "" (nobody has that name)."""
    nobody = _nobody()
    with _turn:
        try:
            return _hasher.verify(password_hash or nobody, password) and password_hash != ""
        except (Argon2Error, InvalidHashError):
            return False


def outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobody() -> str:
    return hashed(secrets.token_hex())
