"""The table `tickets`: each row a pure fold of its ticket's events, made anew whenever one arrives."""

from __future__ import annotations

import sqlite3

from kiosk.journal.event import FIELDS, Event, from_row
from kiosk.tickets.fold import folded
from kiosk.tickets.ticket import Ticket

COLUMNS = Ticket._fields
_EVENTS = f"SELECT {', '.join(FIELDS)} FROM events WHERE ticket = ?"
_ALL = f"SELECT {', '.join(FIELDS)} FROM events WHERE ticket IS NOT NULL ORDER BY ticket"
_PUT = f"INSERT OR REPLACE INTO tickets ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_FORGET_SKIPPED = "DELETE FROM skipped_events WHERE event_id IN (SELECT id FROM events WHERE ticket = ?)"
_SKIPPED = """INSERT INTO skipped_events (event_id, kind, day)
    SELECT id, kind, day FROM events WHERE id = ?"""
_WAS_SKIPPED = "SELECT skipped FROM tickets WHERE ticket = ?"


def refold_ticket(cursor: sqlite3.Cursor, ticket: str) -> list[str]:
    """Fold a ticket again; the ids of its events that were not legal, which are only counted."""
    rows = cursor.execute(_EVENTS, (ticket,)).fetchall()
    return _put(cursor, ticket, [from_row(row) for row in rows])


def project_all_tickets(cursor: sqlite3.Cursor) -> int:
    """Fold every ticket once, into an empty table; the number of events that were not legal."""
    skipped = 0
    group: list[Event] = []
    for event in map(from_row, cursor.execute(_ALL).fetchall()):
        if group and group[0].body["ticket"] != event.body["ticket"]:
            skipped += len(_put(cursor, group[0].body["ticket"], group))
            group = []
        group.append(event)
    return skipped + (len(_put(cursor, group[0].body["ticket"], group)) if group else 0)


def _put(cursor: sqlite3.Cursor, name: str, events: list[Event]) -> list[str]:
    ticket, skipped = folded(events)
    if ticket is None:
        return []
    before = cursor.execute(_WAS_SKIPPED, (name,)).fetchone()
    cursor.execute(_PUT, ticket)
    if skipped or (before and before[0]):
        # An event that came late may have made others illegal, or legal again.
        cursor.execute(_FORGET_SKIPPED, (name,))
        cursor.executemany(_SKIPPED, [(event_id,) for event_id in skipped])
    return skipped
