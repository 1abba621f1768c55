"""The center's own chain of a site: what happens at the center, recorded as a machine would record it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from kiosk.center import chains, writing
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.center.writing import New
from kiosk.clock import stamp
from kiosk.errors import CenterError
from kiosk.journal import hlc, kinds
from kiosk.journal.canonical import NO_HASH, canonical
from kiosk.journal.event import FIELDS, VERSION, Event, from_row
from kiosk.journal.opening import FORMAT
from kiosk.journal.questions import Words
from kiosk.journal.writing import new_chain
from kiosk.sync.lines import EventLine

_FIELDS = ", ".join(FIELDS)
_HEAD = """SELECT chain, last, last_hash FROM chains AS own WHERE home = :home AND device = ''
    AND NOT EXISTS (SELECT 1 FROM chains AS later WHERE later.follows = own.chain)"""
_LANGUAGE = "SELECT body FROM events WHERE subject = :response AND kind = 'survey.started' AND home = :home"


class _Head(NamedTuple):
    """What the next event follows."""

    chain: str
    seq: int
    hash: str


def append(
    connection: Connection,
    center: Center,
    home: str,
    kind: str,
    body: Mapping[str, Any],
    text: str | None = None,
    event_id: str | None = None,
) -> Event:
    """Record that something happened at a site's center, as part of the caller's transaction.

    `text` are words that a visitor typed; they never go into the event. With an `event_id` that was appended
    before, the event of that time is returned and nothing is written. The site is locked until the
    transaction ends. Raises ValueError for what `kinds` does not allow, CenterError for an unknown site.
    """
    kinds.check(kind, body, text)
    if event_id is not None:
        kinds.check_event_id(event_id)
    clock = _lock(connection, home)
    known = _known(connection, home, event_id) if event_id else None
    if known is not None:
        return known
    now = center.clock.now()
    head = connection.row(_HEAD, home=home)
    if head is None:
        head, clock = _open(connection, center, home, clock, now)
    new = _write(connection, center, home, _Head(*head), clock, now, kind, body, event_id or str(uuid4()))
    if text is not None:
        language = str(body.get("language") or _language(connection, home, body))
        words = Words(new.event.id, kind, language, new.event.day, text)
        writing.keep_words(connection, home, [new], [words])
    writing.redact(connection, home, [new])
    *values, _, value = new.event
    return Event._make((*values, value, new.hash))


def begin_again(center: Center) -> None:
    """Let every site's chain go on as another one, after a backup was put back.

    Machines hold what the old one said since the backup, and would take nothing else under its numbers.
    """
    with center.store.begin() as connection:
        for (home,) in connection.rows("SELECT site FROM sites ORDER BY site"):
            clock, head = _lock(connection, home), connection.row(_HEAD, home=home)
            if head is not None:
                _open(connection, center, home, clock, center.clock.now(), follows=head[0])


def _lock(connection: Connection, home: str) -> str:
    """Keep others from writing to a site; its clock. No chain of a device may be locked after this.

    Rows that only name the site, as those that folding makes, are let pass.
    """
    locked = " FOR NO KEY UPDATE" if connection.dialect == "postgresql" else ""
    clock = connection.value(f"SELECT clock FROM sites WHERE site = :home{locked}", home=home)
    if clock is None:
        raise CenterError(f"there is no site {home}", "Make it with: kiosk center enroll SITE NAME")
    return str(clock)


def _known(connection: Connection, home: str, event_id: str) -> Event | None:
    row = connection.row(f"SELECT {_FIELDS}, home FROM events WHERE id = :id", id=event_id)
    if row is not None and row[-1] != home:
        raise CenterError(f"the event {event_id} is another site's", "Take a new id.")
    return None if row is None else from_row(row[:-1])


def _open(
    connection: Connection, center: Center, home: str, clock: str, now: datetime, follows: str = ""
) -> tuple[tuple[str, int, str], str]:
    """Begin the chain of a site; its head, and the clock of its first event."""
    chain = new_chain()
    key = center.keys.key
    chains.make(connection, chain, home, "", key, follows, stamp(now))
    body = {"format": FORMAT, "practice": False, "key": key, "aside": "", "follows": follows}
    head = _Head(chain, 0, NO_HASH)
    new = _write(connection, center, home, head, clock, now, "journal.opened", body, str(uuid4()))
    return (chain, 1, new.hash), new.event.clock


def _write(
    connection: Connection,
    center: Center,
    home: str,
    head: _Head,
    clock: str,
    now: datetime,
    kind: str,
    body: Mapping[str, Any],
    event_id: str,
) -> New:
    day = center.clock.day(now).isoformat()
    values = (VERSION, head.chain, head.seq + 1, event_id, home, kind, stamp(now), day, hlc.tick(clock, now))
    line = EventLine(*values, canonical(dict(body)), dict(body))
    seal = Event(*values, dict(body), "").hashed(head.hash)
    new = New(head.chain, line, seal, "")
    writing.insert(connection, home, [new], now, line.clock)
    connection.run(
        "UPDATE chains SET last = :seq, last_hash = :hash, highest = :seq WHERE chain = :chain",
        seq=line.seq,
        hash=seal,
        chain=head.chain,
    )
    return new


def _language(connection: Connection, home: str, body: Mapping[str, Any]) -> str:
    """The language of the survey that words belong to."""
    begun = connection.value(_LANGUAGE, response=body.get("response", ""), home=home)
    return str(json.loads(begun)["language"]) if begun else ""
