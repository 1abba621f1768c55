"""The book of who did what at the center: written on, never changed (the database refuses it)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.clock import stamp
from kiosk.journal.canonical import canonical

ACTIONS = {
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "password_set": "Set a password",
    "account_added": "Added an account",
    "account_link": "Made a link that sets a password",
    "account_role": "Changed a role",
    "account_disabled": "Disabled an account",
    "account_enabled": "Enabled an account",
    "enrolment_code": "Made an enrolment code",
    "device_renamed": "Renamed a device",
    "device_revoked": "Revoked a device",
    "exported": "Exported",
    "redacted": "Took words out of a comment",
    "published": "Published a catalogue",
    "rolled_back": "Went back to an earlier catalogue",
    "token_made": "Made a token",
    "token_revoked": "Revoked a token",
}
"""What can stand in the book, in words."""

COMMAND_LINE = ""
"""The account of what was done on the command line, where nobody signs in."""


@dataclass(frozen=True)
class Entry:
    """A line of the book; `at` a stamp, `account` "" for the command line."""

    number: int
    at: str
    account: str
    action: str
    about: str
    details: dict[str, Any]

    @property
    def said(self) -> str:
        """What was done, in words."""
        return ACTIONS.get(self.action, self.action)


def note(
    connection: Connection, center: Center, account: str, action: str, about: str = "", **details: str | int
) -> None:
    """Write a line, in the transaction of what it tells of; never a secret, never what a visitor wrote."""
    if action not in ACTIONS:
        raise ValueError(f"the book knows no action {action!r}")
    connection.run(
        """INSERT INTO audit (at, account, action, about, details)
           VALUES (:at, :account, :action, :about, :details)""",
        at=stamp(center.clock.now()),
        account=account,
        action=action,
        about=about,
        details=canonical(details),
    )


def entries(
    connection: Connection, account: str | None = None, action: str = "", before: int = 0, limit: int = 100
) -> list[Entry]:
    """Lines, the newest first: of one account, of one action, and older than the line `before` (0: all)."""
    rows = connection.rows(
        """SELECT number, at, account, action, about, details FROM audit
           WHERE (:anybody = 1 OR account = :account) AND (:action = '' OR action = :action)
             AND (:before = 0 OR number < :before)
           ORDER BY number DESC LIMIT :limit""",
        anybody=int(account is None),
        account=account or "",
        action=action,
        before=before,
        limit=limit,
    )
    return [
        Entry(number, at, account, action, about, json.loads(details))
        for number, at, account, action, about, details in rows
    ]
