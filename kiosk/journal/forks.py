"""One's own chain, and stepping aside from it when another file has used its numbers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from kiosk.journal import writing
from kiosk.journal.canonical import LARGEST, NO_HASH
from kiosk.journal.device import Device
from kiosk.journal.event import root
from kiosk.journal.questions import OPEN_RESPONSES, OPEN_VISITS, OWN
from kiosk.journal.ticket_rows import refold_ticket

_OPENED = "SELECT coalesce(json_extract(body, '$.follows'), '') FROM events WHERE chain = ? AND seq = 1"
_BOUNDS = "SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM events WHERE chain = ?"
_OPEN = f"SELECT EXISTS ({OPEN_VISITS}) OR EXISTS ({OPEN_RESPONSES})"
_TICKETS = "SELECT DISTINCT ticket FROM events WHERE chain = :chain AND seq >= :first AND ticket IS NOT NULL"
_RELABEL = (
    "UPDATE events SET chain = :label WHERE chain = :chain AND seq >= :first",
    # What a table says of the chain itself; visits and responses keep the name they were recorded under.
    *(
        f"UPDATE {table} SET chain = :label WHERE chain = :chain AND clock >= :clock"
        for table in ("survey_sampling", "survey_wordings", "counters", "actions")
    ),
    "DELETE FROM ticket_numbers WHERE chain = :chain",
    """INSERT OR IGNORE INTO ticket_numbers SELECT chain, json_extract(body, '$.letter'),
         json_extract(body, '$.first'), json_extract(body, '$.last') FROM events
       WHERE kind = 'numbers.granted' AND chain IN (:chain, :label)""",
    # What was recorded under those numbers elsewhere has passed by in the feed.
    "DELETE FROM machine WHERE name = 'feed'",
)


class Stretch(NamedTuple):
    """Events that this machine recorded: those of a chain, or of a label, from a number up to another."""

    chain: str
    first: int
    last: int


def stretches(journal: Device) -> Iterator[Stretch]:
    """Everything that this machine recorded, the latest first: see `Device.stretches`."""
    chain, end = journal.chain, LARGEST
    while chain:
        first, last = journal.rows(_BOUNDS, chain)[0]
        yield Stretch(chain, first, min(last, end))
        if "~" in chain:
            chain, end = root(chain), first - 1
        else:
            opened = journal.rows(_OPENED, chain)
            chain, end = (opened[0][0] if opened else ""), LARGEST


def head(journal: Device) -> tuple[int, str]:
    """Number and hash of the own chain's last event."""
    last = f"SELECT seq, hash FROM events WHERE chain = {OWN} ORDER BY seq DESC LIMIT 1"
    seq, digest = journal.rows(last)[0]
    return seq, digest


def hash_at(journal: Device, seq: int) -> str | None:
    """The hash of an event of the own chain."""
    found = journal.rows(f"SELECT hash FROM events WHERE chain = {OWN} AND seq = ?", seq)
    return str(found[0][0]) if found else None


def step_aside(journal: Device, first: int, last: int, label: str) -> bool:
    """Put the own events from `first` on under a label, and begin a new chain; see `Device.step_aside`."""
    from kiosk.journal.signing import forget_key, new_key

    name = writing.new_chain()

    def work(cursor: sqlite3.Cursor) -> bool:
        before = writing.head_of(cursor)
        if not re.fullmatch(rf"{before.chain}~[0-9a-f]{{8}}", label) or not 1 < first <= last:
            raise ValueError(f"events {first} to {last} of {before.chain} can't be kept under {label!r}")
        if before.seq != last or cursor.execute(_OPEN).fetchone()[0]:
            return False
        # On the disk before the chain that names it; cut off in between, a key is left that opens nothing.
        key = new_key(journal.path, name)
        _relabel(cursor, before.chain, first, label)
        cursor.execute("UPDATE machine SET value = ? WHERE name = 'chain'", (name,))
        start = writing.Head(name, 0, NO_HASH, before.clock, before.site)
        body = writing.opened(journal.practice, key, follows=label)
        writing.insert(cursor, journal.clock, start, "journal.opened", body)
        return True

    try:
        return journal.write(work)
    except BaseException:
        forget_key(journal.path, name)
        raise


def _relabel(cursor: sqlite3.Cursor, chain: str, first: int, label: str) -> None:
    """Move the events, and everything in the tables that tells their chain."""
    values: dict[str, object] = {"chain": chain, "first": first, "label": label}
    where = "SELECT clock FROM events WHERE chain = :chain AND seq = :first"
    values["clock"] = cursor.execute(where, values).fetchone()[0]
    tickets = cursor.execute(_TICKETS, values).fetchall()
    for statement in _RELABEL:
        cursor.execute(statement, values)
    for (ticket,) in tickets:
        refold_ticket(cursor, ticket)
