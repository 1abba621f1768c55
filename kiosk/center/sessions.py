"""Signing in: sessions that end by themselves, and guessing that gets slower the longer it fails."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.center import accounts, audit, passwords
from kiosk.center.accounts import Account
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.center.tokens import hashed
from kiosk.clock import stamp

IDLE = timedelta(minutes=30)
"""After so long without a page a session has ended."""
LONGEST = timedelta(hours=12)
"""So long a session lasts at most."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last page is remembered: not every page writes to the database."""
KNOWN_FOR = timedelta(days=180)
"""So long a browser that signed in is known for one."""

FREE_TRIES = 5
LONGEST_WAIT = 300
"""Seconds between two tries at most, so that nobody is kept out for good by somebody else's guesses."""


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in; `csrf` is what every form of the session carries."""

    account: Account
    csrf: str
    token: str

    def allows(self, csrf: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode("utf-8", "replace"))


@dataclass(frozen=True)
class SignedIn:
    """What the two cookies hold: the session, and that this browser is known for the account."""

    session: str
    browser: str


@dataclass(frozen=True)
class Refused:
    """Name or password is wrong, or it was tried too often: `wait` seconds, 0 for another try now."""

    wait: int


def wait(failures: int) -> int:
    """Seconds from one failed try to the next one."""
    return 0 if failures < FREE_TRIES else min(2 ** min(failures - FREE_TRIES + 1, 20), LONGEST_WAIT)


def sign_in(center: Center, name: str, password: str, browser: str = "") -> SignedIn | Refused:
    """Begin a session, always a new one; the same work and the same answer whoever it is.

    Tries are counted by name, also of names that nobody has. A `browser` that signed in to the account before
    is counted by itself, so that guesses from elsewhere never keep its owner waiting.
    """
    name = accounts.named(name)
    with center.store.begin() as connection:
        who = _who(connection, center, name, browser)
        seconds = _try(connection, center, who)
        account = accounts.find(connection, name)
    if seconds:
        return Refused(seconds)
    known = account.password_hash if account else ""
    if not passwords.fits(known, password) or account is None or not account.active:
        return Refused(0)
    renewed = passwords.hashed(password) if passwords.outdated(known) else ""
    with center.store.begin() as connection:
        again = accounts.find(connection, name)
        if again is None or not again.active or again.password_hash != known:
            return Refused(0)
        if renewed:
            connection.run(
                "UPDATE accounts SET password_hash = :hash WHERE name = :name", hash=renewed, name=name
            )
        connection.run("DELETE FROM attempts WHERE who = :who", who=who)
        audit.note(connection, center, name, "signed_in")
        return begin(connection, center, name)


def begin(connection: Connection, center: Center, name: str) -> SignedIn:
    """A new session of an account, in a browser that is known from now on; forgets those that have ended."""
    now = center.clock.now()
    made = SignedIn(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    connection.run(
        "DELETE FROM sessions WHERE seen_at <= :idle OR began_at <= :oldest",
        idle=stamp(now - IDLE),
        oldest=stamp(now - LONGEST),
    )
    connection.run("DELETE FROM browsers WHERE used_at <= :oldest", oldest=stamp(now - KNOWN_FOR))
    connection.run(
        "DELETE FROM attempts WHERE last_at <= :old AND last_at <> ''", old=stamp(now - timedelta(days=1))
    )
    connection.run(
        """INSERT INTO sessions (token_hash, account, csrf, began_at, seen_at)
           VALUES (:hash, :account, :csrf, :at, :at)""",
        hash=hashed(made.session),
        account=name,
        csrf=secrets.token_urlsafe(32),
        at=stamp(now),
    )
    connection.run(
        "INSERT INTO browsers (token_hash, account, used_at) VALUES (:hash, :account, :at)",
        hash=hashed(made.browser),
        account=name,
        at=stamp(now),
    )
    connection.run("UPDATE accounts SET signed_in_at = :at WHERE name = :name", at=stamp(now), name=name)
    return made


def find(center: Center, token: str) -> Session | None:
    """The session that a cookie names; None when it ended, or its account was disabled."""
    now = center.clock.now()
    with center.store.read() as connection:
        row = connection.row(
            """SELECT accounts.name, password_hash, role, state, made_by, made_at, signed_in_at, csrf, seen_at
               FROM sessions JOIN accounts ON accounts.name = sessions.account
               WHERE token_hash = :hash AND state = 'active' AND seen_at > :idle AND began_at > :oldest""",
            hash=hashed(token),
            idle=stamp(now - IDLE),
            oldest=stamp(now - LONGEST),
        )
    if row is None:
        return None
    if row[8] <= stamp(now - SEEN_EVERY):
        with center.store.begin() as connection:
            connection.run(
                "UPDATE sessions SET seen_at = :at WHERE token_hash = :hash",
                at=stamp(now),
                hash=hashed(token),
            )
    return Session(Account(*row[:7]), row[7], token)


def end(connection: Connection, center: Center, session: Session) -> None:
    """Sign out; the cookie is worth nothing from now on."""
    drop(connection, session.token)
    audit.note(connection, center, session.account.name, "signed_out")


def drop(connection: Connection, token: str) -> None:
    """End a session in whose place there is another one."""
    connection.run("DELETE FROM sessions WHERE token_hash = :hash", hash=hashed(token))


def _who(connection: Connection, center: Center, name: str, browser: str) -> str:
    """Under what a try is counted."""
    known = browser and connection.value(
        "SELECT account FROM browsers WHERE token_hash = :hash AND used_at > :oldest",
        hash=hashed(browser),
        oldest=stamp(center.clock.now() - KNOWN_FOR),
    )
    return hashed(f"{name}\n{browser}" if known == name else name)


def _try(connection: Connection, center: Center, who: str) -> int:
    """Count a try before it is known how it ends, so that many at once are no way around.

    Seconds still to wait, 0 for go on; a try that has to wait is not counted.
    """
    now = center.clock.now()
    connection.run(
        "INSERT INTO attempts (who, failures, last_at) VALUES (:who, 0, '') ON CONFLICT (who) DO NOTHING",
        who=who,
    )
    lock = "" if connection.dialect == "sqlite" else " FOR UPDATE"
    found = connection.row(f"SELECT failures, last_at FROM attempts WHERE who = :who{lock}", who=who)
    assert found is not None
    failures, last = found
    if failures and wait(failures):
        left = datetime.fromisoformat(last) + timedelta(seconds=wait(failures)) - now
        if left > timedelta(0):
            return int(left.total_seconds()) + 1
    connection.run(
        "UPDATE attempts SET failures = failures + 1, last_at = :at WHERE who = :who",
        at=stamp(now),
        who=who,
    )
    return 0
