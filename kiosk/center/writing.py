"""How events come into the database: numbered in the feed of their site, many at once, with their words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kiosk.center.checking import subject, takes_words
from kiosk.center.storage import Connection
from kiosk.clock import stamp
from kiosk.errors import CenterError
from kiosk.journal import hlc
from kiosk.journal.privacy import LONGEST, keepable
from kiosk.journal.questions import Words
from kiosk.survey.flags import redacted
from kiosk.sync.lines import EventLine

AHEAD = timedelta(minutes=5)
"""A clock that is further ahead of the center's time is kept with its event, but the center's clock is not
moved by it."""

_COLUMNS = (
    "chain, seq, id, v, site, kind, at, day, clock, body, hash, home, position, subject, code, received_at"
)
_COPY = f"COPY events ({_COLUMNS}) FROM STDIN"
_INSERT = f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"
_NUMBER = """UPDATE sites SET feed = feed + :count,
        clock = CASE WHEN clock < :clock THEN :clock ELSE clock END
    WHERE site = :home RETURNING feed"""
_KEEP = """INSERT INTO texts (event_id, home, kind, language, day, text)
    VALUES (:event, :home, :kind, :language, :day, :text) ON CONFLICT (event_id) DO NOTHING"""


_REDACTED = "SELECT subject, body FROM events WHERE kind = 'survey.redacted' AND home = :home AND code = ''"
_LANGUAGE = re.compile(r"[A-Za-z0-9_-]{0,20}")
_OTHER = "survey.commented"
"""Words of a kind that is not known yet are kept as comments are."""


class New(NamedTuple):
    """An event that is new: the chain or label it is kept under, its hash, its code ("" when it counts)."""

    label: str
    event: EventLine
    hash: str
    code: str

    @property
    def stored_id(self) -> str:
        """The id it is kept under: an event whose id another one has goes by its hash too."""
        return f"{self.event.id}~{self.hash}" if self.code == "id" else self.event.id


def number(connection: Connection, home: str, count: int, clock: str) -> int:
    """Lock a site, give away the next positions of its feed and merge a clock; the first of the positions."""
    feed = connection.value(_NUMBER, home=home, count=count, clock=clock)
    if feed is None:
        raise CenterError(f"there is no site {home}", "Make it with: kiosk center enroll SITE NAME")
    return int(feed) - count + 1


def merged_clock(events: Iterable[New], now: datetime) -> str:
    """The latest clock among events that count, without those that are too far ahead."""
    latest = hlc.tick(hlc.START, now + AHEAD)
    clocks = (new.event.clock for new in events if not new.code and new.event.clock <= latest)
    return max(clocks, default=hlc.START)


def insert(
    connection: Connection, home: str, events: Sequence[New], now: datetime, clock: str = ""
) -> list[New]:
    """Write new events into the feed of their site; as they were written, for an id may be another's.

    The chains they belong to are there, and locked. Locks the site until the transaction ends, and merges
    the events' clocks, or the given one.
    """
    if not events:
        return []
    first = number(connection, home, len(events), clock or merged_clock(events, now))
    connection.run("SAVEPOINT events")
    try:
        _write(connection, home, events, first, now)
    except connection.raw.dialect.loaded_dbapi.IntegrityError:
        connection.run("ROLLBACK TO SAVEPOINT events")
        known = _known_ids(connection, [new.event.id for new in events])
        events = [new._replace(code="id") if new.event.id in known else new for new in events]
        _write(connection, home, events, first, now)
    connection.run("RELEASE SAVEPOINT events")
    return list(events)


def keep_words(connection: Connection, home: str, events: Sequence[New], texts: Iterable[Words]) -> None:
    """Keep the words that came with new events, but for those that were taken away before."""
    by_id = {new.event.id: new for new in events}
    found = ((by_id[words.event], words) for words in texts if words.event in by_id)
    values = [
        {
            "event": new.stored_id,
            "home": home,
            "kind": new.event.kind,
            "language": words.language if _LANGUAGE.fullmatch(words.language) else "",
            "day": new.event.day,
            "text": keepable(new.event.kind if new.event.kind in LONGEST else _OTHER, words.text),
        }
        for new, words in found
        if takes_words(new.event.kind, new.event.value)
    ]
    connection.many(_KEEP, [value for value in values if value["text"]])
    if values:
        _redact_again(connection, home, [value["event"] for value in values])


def redact(connection: Connection, home: str, events: Iterable[New]) -> None:
    """Take away the words that new events of the kind `survey.redacted` name."""
    for new in events:
        if new.event.kind == "survey.redacted" and not new.code:
            _take_away(connection, home, new.event.value["event"], new.event.value["part"])


def _redact_again(connection: Connection, home: str, ids: Sequence[str]) -> None:
    """Words that come once more, or later than what took them away, are not kept either."""
    listed = _listed(connection)
    for event, body in connection.rows(
        f"{_REDACTED} AND subject IN ({listed})", home=home, ids=json.dumps(ids)
    ):
        _take_away(connection, home, event, json.loads(body)["part"])


def _take_away(connection: Connection, home: str, event: str, part: str) -> None:
    if part == "all":
        connection.run("DELETE FROM texts WHERE event_id = :event AND home = :home", event=event, home=home)
        return
    held = connection.value(
        "SELECT text FROM texts WHERE event_id = :event AND home = :home", event=event, home=home
    )
    if held:
        connection.run(
            "UPDATE texts SET text = :text WHERE event_id = :event", text=redacted(held), event=event
        )


def _write(connection: Connection, home: str, events: Sequence[New], first: int, now: datetime) -> None:
    at = stamp(now)
    if connection.dialect == "sqlite":
        rows = [_row(new, home, position, at) for position, new in enumerate(events, first)]
        connection.driver.executemany(_INSERT, rows)
        return
    lines = [_line(new, home, position, at) for position, new in enumerate(events, first)]
    with connection.driver.cursor().copy(_COPY) as copy:
        copy.write("".join(lines))


def _row(new: New, home: str, position: int, at: str) -> tuple[Any, ...]:
    label, event, seal, code = new
    v, _, seq, _, site, kind, happened, day, clock, body, value = event
    about = "" if code else subject(kind, value)
    head = (label, seq, new.stored_id, v, site, kind, happened, day, clock)
    return (*head, body, seal, home, position, about, code, at)


def _line(new: New, home: str, position: int, at: str) -> str:
    """The row for COPY; of what it takes for more than itself only backslashes can be there, in bodies."""
    label, event, seal, code = new
    v, _, seq, event_id, site, kind, happened, day, clock, body, value = event
    if code:
        event_id, about = new.stored_id, ""
    else:
        about = subject(kind, value)
    if "\\" in body:
        body = body.replace("\\", "\\\\")
    return (
        f"{label}\t{seq}\t{event_id}\t{v}\t{site}\t{kind}\t{happened}\t{day}\t{clock}\t{body}\t{seal}"
        f"\t{home}\t{position}\t{about}\t{code}\t{at}\n"
    )


def _known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    known = f"SELECT id FROM events WHERE id IN ({_listed(connection)})"
    return {row[0] for row in connection.rows(known, ids=json.dumps(ids))}


def _listed(connection: Connection) -> str:
    """A query of the texts in the JSON list `:ids`."""
    if connection.dialect == "sqlite":
        return "SELECT value FROM json_each(:ids)"
    return "SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))"
