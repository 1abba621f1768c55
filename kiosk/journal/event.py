"""An event: one thing that happened, as it stands in the chain."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from kiosk.journal.canonical import canonical, chain_hash

VERSION = 1
"""Version of the event's own form."""


class Event(NamedTuple):
    """One thing that happened; never changed, a correction is another event.

    `seq` counts from 1 without gaps within `chain`, which a divergent tail is kept under a label of (see
    `root`); `at` is `YYYY-MM-DDTHH:MM:SS.mmmZ`; `day` the local
    business day as an ISO date; `clock` see `hlc`. `hash` covers all the others and the previous hash.
    """

    v: int
    chain: str
    seq: int
    id: str
    site: str
    kind: str
    at: str
    day: str
    clock: str
    body: dict[str, Any]
    hash: str

    def canonical(self) -> str:
        """The text the hash is taken of: every field but the hash; the chain as it was called then."""
        return _written(self._replace(chain=root(self.chain))[:_BODY], canonical(self.body))

    def hashed(self, previous: str) -> str:
        """What the hash must be after `previous`."""
        return chain_hash(previous, self.canonical())


def root(chain: str) -> str:
    """The chain that events were recorded in: the label of a divergent tail without what tells it apart."""
    return chain.partition("~")[0]


Row = tuple[Any, ...]
"""A row of `events` in the order of FIELDS: as an Event, but the body as canonical text."""

FIELDS = Event._fields
"""The columns of the table `events`."""

_BODY = FIELDS.index("body")

# Canonical text has no spaces around it to look for.
_parse = json.JSONDecoder().raw_decode


def sealed(head: Row, body: str, previous: str) -> Row:
    """The row of an event, from the values before its body and the hash that its own follows."""
    return (*head, body, chain_hash(previous, _written(head, body)))


def from_row(row: Row) -> Event:
    """The event of a row."""
    return Event._make((*row[:_BODY], _parse(row[_BODY])[0], row[_BODY + 1]))


def to_row(event: Event) -> Row:
    """The row of an event."""
    return (*event[:_BODY], canonical(event.body), event.hash)


def _written(head: Row, body: str) -> str:
    """RFC 8785 by hand: an append is measured against a bare INSERT, and these keys never change."""
    v, chain, seq, event_id, site, kind, at, day, clock = head
    return (
        f'{{"at":{quoted(at)},"body":{body},"chain":{quoted(chain)},"clock":{quoted(clock)},'
        f'"day":{quoted(day)},"id":{quoted(event_id)},"kind":{quoted(kind)},"seq":{seq},'
        f'"site":{quoted(site)},"v":{v}}}'
    )
