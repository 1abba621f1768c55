"""Tokens with which other programs of the city read figures; the database holds only their hashes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.clock import stamp
from kiosk.errors import CenterError

SCOPES = ("scores", "funnels", "waits")
"""What a token may read: one word for each kind of figures of /api/v1/figures."""

PREFIX = "kft_"
"""Every token begins so, that it is known for one where somebody left it lying."""

MAX_NAME = 60


@dataclass(frozen=True)
class Holder:
    """Whose token it is."""

    number: int
    name: str
    scopes: frozenset[str]
    last_used_day: str

    def may(self, scope: str) -> bool:
        """Whether these figures are for this token."""
        return scope in self.scopes


@dataclass(frozen=True)
class Token:
    """A token as the list shows it; times are stamps, '' for never."""

    number: int
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: str
    last_used_day: str
    revoked_at: str


def hashed(token: str) -> str:
    """What stands in the database for a token, session or link: 64 hex digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def holder(connection: Connection, token: str) -> Holder | None:
    """Whose token this is; None for one that is unknown or revoked. Changes nothing."""
    found = connection.row(
        """SELECT number, name, scopes, last_used_day FROM api_tokens
           WHERE token_hash = :hash AND revoked_at = ''""",
        hash=hashed(token),
    )
    if found is None:
        return None
    number, name, scopes, last_used_day = found
    return Holder(number, name, frozenset(scopes.split()), last_used_day)


def admit(center: Center, token: str) -> Holder | None:
    """As `holder`, and remembers the day on which the token was used (no time, no address)."""
    with center.store.read() as connection:
        found = holder(connection, token)
    today = center.clock.day().isoformat()
    if found is not None and found.last_used_day != today:
        with center.store.begin() as connection:
            connection.run(
                "UPDATE api_tokens SET last_used_day = :day WHERE number = :number",
                day=today,
                number=found.number,
            )
    return found


def make(connection: Connection, center: Center, name: str, scopes: Sequence[str], by: str) -> str:
    """A new token, shown this one time; raises CenterError for a name or scope that is none."""
    name = name.strip()
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise CenterError(
            "a token needs a name", f"Say in up to {MAX_NAME} characters who will use it, such as Open data."
        )
    if unknown or not scopes:
        raise CenterError(
            "a token needs to know what it may read", f"Choose one or more of {', '.join(SCOPES)}."
        )
    token = PREFIX + secrets.token_urlsafe(32)
    connection.run(
        """INSERT INTO api_tokens
               (name, token_hash, scopes, made_by, made_at, last_used_day, revoked_at)
           VALUES (:name, :hash, :scopes, :by, :at, '', '')""",
        name=name,
        hash=hashed(token),
        scopes=" ".join(scope for scope in SCOPES if scope in scopes),
        by=by,
        at=stamp(center.clock.now()),
    )
    return token


def revoke(connection: Connection, center: Center, number: int) -> Token:
    """End a token at once; raises CenterError when there is none, or it has ended already."""
    changed = connection.run(
        "UPDATE api_tokens SET revoked_at = :at WHERE number = :number AND revoked_at = ''",
        at=stamp(center.clock.now()),
        number=number,
    )
    if not changed:
        raise CenterError(f"no token {number} is in use", "See the list of tokens for its number.")
    return next(token for token in listed(connection) if token.number == number)


def listed(connection: Connection) -> list[Token]:
    """All tokens that were ever made, the newest first."""
    rows = connection.rows(
        """SELECT number, name, scopes, made_by, made_at, last_used_day, revoked_at
           FROM api_tokens ORDER BY number DESC"""
    )
    return [Token(row[0], row[1], tuple(row[2].split()), *row[3:]) for row in rows]
