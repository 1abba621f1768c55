"""What a visitor does on the page of their ticket: running late, giving the place back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.center.append import append
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.center.web.visitor_ticket import MAY_BE_LATE
from kiosk.clock import stamp
from kiosk.journal.event import from_row
from kiosk.tickets.fold import fold, refusal
from kiosk.tickets.ticket import Ticket

_LOCK = "UPDATE sites SET feed = feed WHERE site = :home"
_EVENTS = """SELECT v, chain, seq, id, site, kind, at, day, clock, body, hash FROM events
    WHERE subject = :ticket AND home = :home AND code = ''"""


def late(center: Center, home: str, ticket: str) -> None:
    """The visitor is running late; said again, or of a ticket that nobody waits for, it changes nothing."""
    with center.store.begin() as connection:
        now = _settled(connection, home, ticket)
        if now is not None and now.state in MAY_BE_LATE and not now.late_at:
            append(connection, center, home, "ticket.late", {"ticket": ticket})


def leave(center: Center, home: str, ticket: str) -> None:
    """The visitor gives the place back; where that is not possible any more it changes nothing."""
    body: Mapping[str, Any] = {"ticket": ticket, "how": "phone"}
    with center.store.begin() as connection:
        now = _settled(connection, home, ticket)
        if now is not None and not refusal(now, "ticket.left", body, stamp(center.clock.now())):
            append(connection, center, home, "ticket.left", body)


def _settled(connection: Connection, home: str, ticket: str) -> Ticket | None:
    """The ticket by all of its events that have arrived; nothing arrives until the transaction ends.

    So a button that is pushed twice at once, or while a counter calls, is judged by what came before it.
    """
    connection.run(_LOCK, home=home)
    rows = connection.rows(_EVENTS, ticket=ticket, home=home)
    return fold(map(from_row, rows))
