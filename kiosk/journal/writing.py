"""Writing events: what the next one follows, and the row it becomes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from kiosk.clock import Clock, stamp
from kiosk.journal import hlc, kinds, opening
from kiosk.journal.canonical import NO_HASH, canonical
from kiosk.journal.event import FIELDS, VERSION, Event, from_row, sealed
from kiosk.journal.privacy import keepable
from kiosk.journal.projections import project
from kiosk.journal.questions import OWN

COLUMNS = ", ".join(FIELDS)
INSERT = f"INTO events ({COLUMNS}) VALUES ({', '.join('?' * len(FIELDS))})"

_HEAD = f"""SELECT chain, seq, hash,
      max(clock, coalesce((SELECT value FROM machine WHERE name = 'clock'), '')), site
    FROM events WHERE chain = {OWN} ORDER BY seq DESC LIMIT 1"""
_KEEP_WORDS = """INSERT INTO visitor_text (event_id, kind, text, language, day) VALUES (?, ?, ?, coalesce(?,
    (SELECT language FROM survey_responses WHERE chain = ? AND response = ?), ''), ?)"""


class Head(NamedTuple):
    """What the next event follows; `clock` also what was merged from other machines."""

    chain: str
    seq: int
    hash: str
    clock: str
    site: str


def head_of(cursor: sqlite3.Cursor) -> Head:
    """The head of this machine's chain, which another process may have moved."""
    return Head(*cursor.execute(_HEAD).fetchone())


def insert(
    cursor: sqlite3.Cursor, clock: Clock, head: Head, kind: str, body: str, event_id: str | None = None
) -> Event:
    """Write the event that follows the head, with a body of canonical text, and fold it into the tables."""
    now = clock.now()
    values = (
        VERSION,
        head.chain,
        head.seq + 1,
        event_id or str(uuid4()),
        head.site,
        kind,
        stamp(now),
        clock.day(now).isoformat(),
        hlc.tick(head.clock, now),
    )
    row = sealed(values, body, head.hash)
    cursor.execute(f"INSERT {INSERT}", row)
    event = from_row(row)
    project(cursor, event)
    return event


def keep_words(cursor: sqlite3.Cursor, event: Event, text: str) -> None:
    """Keep what a visitor typed, beside the event."""
    words = keepable(event.kind, text)
    if words:
        body = event.body
        cursor.execute(
            _KEEP_WORDS,
            (event.id, event.kind, words, body.get("language"), event.chain, body.get("response"), event.day),
        )


def begin(
    connection: sqlite3.Connection, path: Path, clock: Clock, practice: bool, aside: Path | None
) -> None:
    """Write event 1 of a new file's chain, with the public half of a new key."""
    from kiosk.journal.signing import public_key

    chain = new_chain()
    connection.execute("INSERT INTO machine (name, value) VALUES ('chain', ?)", (chain,))
    head = Head(chain, 0, NO_HASH, hlc.START, "local")
    body = opened(practice, public_key(path), aside=aside.name if aside else "")
    insert(connection.cursor(), clock, head, "journal.opened", body)


def new_chain() -> str:
    """A name for a chain: 8 random letters and digits."""
    from secrets import choice
    from string import ascii_lowercase, digits

    return "".join(choice(ascii_lowercase + digits) for _ in range(8))


def opened(practice: bool, key: str, aside: str = "", follows: str = "") -> str:
    """The body of a chain's first event, as canonical text."""
    body = {"format": opening.FORMAT, "practice": practice, "key": key, "aside": aside, "follows": follows}
    kinds.check("journal.opened", body)
    return canonical(body)
