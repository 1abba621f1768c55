"""Accounts of staff: a name, a role, and a password that is only known by its hash."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from kiosk.center import passwords
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.center.tokens import hashed
from kiosk.clock import stamp
from kiosk.errors import CenterError

ROLES = ("viewer", "staff", "editor", "admin")
"""Each may do all that those before it may."""

MEANING = {
    "viewer": "sees devices, scorecards and waits",
    "staff": "also sees comments and searches, and exports",
    "editor": "also publishes catalogues",
    "admin": "also manages devices, accounts and tokens, and reads the audit log",
}

LINK_HOURS = 24
"""How long a link that sets a password can be used."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,59}")
_COLUMNS = "name, password_hash, role, state, made_by, made_at, signed_in_at"


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in; `state` is active or disabled, `signed_in_at` a stamp or ""."""

    name: str
    password_hash: str
    role: str
    state: str
    made_by: str
    made_at: str
    signed_in_at: str

    @property
    def active(self) -> bool:
        return self.state == "active"

    def may(self, role: str) -> bool:
        """Whether what needs that role is allowed."""
        return ROLES.index(self.role) >= ROLES.index(role)


def named(name: str) -> str:
    """A name as it is kept: capital letters and spaces around it mean nothing."""
    return name.strip().casefold()


def find(connection: Connection, name: str) -> Account | None:
    """The account of that name."""
    row = connection.row(f"SELECT {_COLUMNS} FROM accounts WHERE name = :name", name=named(name))
    return None if row is None else Account(*row)


def get(connection: Connection, name: str) -> Account:
    """As `find`; raises CenterError when there is none."""
    found = find(connection, name)
    if found is None:
        raise CenterError(f"there is no account {name!r}", "See the list of accounts.")
    return found


def listed(connection: Connection) -> list[Account]:
    """All accounts by name."""
    return [Account(*row) for row in connection.rows(f"SELECT {_COLUMNS} FROM accounts ORDER BY name")]


def add(connection: Connection, center: Center, name: str, role: str, by: str) -> Account:
    """A new account that has no password yet; raises CenterError for a name that is taken or none."""
    name = named(name)
    if not _NAME.fullmatch(name):
        raise CenterError(
            "an account needs a name", "Use up to 60 letters, digits, dots or hyphens, such as m.rivera."
        )
    _known(role)
    made = connection.run(
        f"""INSERT INTO accounts ({_COLUMNS}, link_hash, link_until)
            VALUES (:name, '', :role, 'active', :by, :at, '', '', '') ON CONFLICT (name) DO NOTHING""",
        name=name,
        role=role,
        by=by,
        at=stamp(center.clock.now()),
    )
    if not made:
        raise CenterError(f"there is an account {name} already", "Choose another name, or change its role.")
    return get(connection, name)


def set_password(connection: Connection, name: str, password_hash: str) -> None:
    """From now on only this password counts: every session and link of the account ends."""
    connection.run(
        """UPDATE accounts SET password_hash = :hash, link_hash = '', link_until = ''
           WHERE name = :name""",
        hash=password_hash,
        name=name,
    )
    _sign_out(connection, name)


def link(connection: Connection, center: Center, name: str) -> str:
    """A one-time token with which the account's password can be set for a day; an earlier one ends."""
    account = get(connection, name)
    if not account.active:
        raise CenterError(f"the account {account.name} is disabled", "Enable it first.")
    token = secrets.token_urlsafe(32)
    connection.run(
        "UPDATE accounts SET link_hash = :hash, link_until = :until WHERE name = :name",
        hash=hashed(token),
        until=stamp(center.clock.now() + timedelta(hours=LINK_HOURS)),
        name=account.name,
    )
    return token


def of_link(connection: Connection, center: Center, token: str) -> Account | None:
    """Whose password a link sets; None when it was used, is too old or never was."""
    row = connection.row(
        f"""SELECT {_COLUMNS} FROM accounts
            WHERE link_hash = :hash AND link_hash <> '' AND link_until > :now AND state = 'active'""",
        hash=hashed(token),
        now=stamp(center.clock.now()),
    )
    return None if row is None else Account(*row)


def password_of(account: str, password: str) -> str:
    """The hash of a password that may be one; raises CenterError. Slow: call it outside transactions."""
    passwords.check(account, password)
    return passwords.hashed(password)


def change_role(connection: Connection, name: str, role: str) -> Account:
    """Give another role, from the next page on; raises CenterError for the last one who is admin."""
    _known(role)
    account = get(connection, name)
    if role != "admin":
        _keep_an_admin(connection, account)
    connection.run("UPDATE accounts SET role = :role WHERE name = :name", role=role, name=account.name)
    return get(connection, account.name)


def disable(connection: Connection, name: str) -> Account:
    """End all sessions and let nobody sign in; raises CenterError for the last one who is admin."""
    account = get(connection, name)
    _keep_an_admin(connection, account)
    connection.run(
        "UPDATE accounts SET state = 'disabled', link_hash = '', link_until = '' WHERE name = :name",
        name=account.name,
    )
    _sign_out(connection, account.name)
    return account


def enable(connection: Connection, name: str) -> Account:
    """Let somebody sign in again."""
    account = get(connection, name)
    connection.run("UPDATE accounts SET state = 'active' WHERE name = :name", name=account.name)
    return account


def _sign_out(connection: Connection, name: str) -> None:
    connection.run("DELETE FROM sessions WHERE account = :name", name=name)
    connection.run("DELETE FROM browsers WHERE account = :name", name=name)


def _known(role: str) -> None:
    if role not in ROLES:
        raise CenterError(f"there is no role {role!r}", f"Choose one of {', '.join(ROLES)}.")


def _keep_an_admin(connection: Connection, account: Account) -> None:
    lock = "" if connection.dialect == "sqlite" else " FOR UPDATE"
    admins = connection.rows(
        f"SELECT name FROM accounts WHERE role = 'admin' AND state = 'active' ORDER BY name{lock}"
    )
    if admins == [(account.name,)]:
        raise CenterError(
            f"{account.name} is the only admin", "Make somebody else an admin first, then try again."
        )
