"""Belonging to a center: as which device, with which ticket numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from kiosk.journal import kinds, writing
from kiosk.journal.canonical import canonical
from kiosk.journal.device import Device, Enrolled
from kiosk.journal.event import Event, from_row
from kiosk.journal.forks import stretches
from kiosk.journal.questions import OWN, TO_FIND

_LATEST = f"""SELECT {writing.COLUMNS} FROM events WHERE kind = 'center.enrolled' AND {TO_FIND} AND chain = ?
    AND seq <= ? ORDER BY seq DESC LIMIT 1"""


def enrolled(journal: Device) -> Enrolled | None:
    """The latest enrolment of the own chain, or of the chain that it goes on from."""
    for stretch in stretches(journal):
        found = journal.rows(_LATEST, stretch.chain, stretch.last)
        if found:
            return _of(from_row(found[0]))
    return None


def enroll(journal: Device, now: Enrolled, numbers: Sequence[tuple[str, int, int]]) -> Event:
    """Record an enrolment and its numbers in one transaction; what the own chain has already only once."""
    body = now._asdict()
    blocks = [{"letter": letter, "first": first, "last": last} for letter, first, last in numbers]
    kinds.check("center.enrolled", body)
    for block in blocks:
        kinds.check("numbers.granted", block)

    def work(cursor: sqlite3.Cursor) -> Event:
        head = writing.head_of(cursor)
        before = cursor.execute(_LATEST, (head.chain, head.seq)).fetchone()
        event = from_row(before) if before else None
        if event is None or _of(event) != now:
            at_site = head._replace(site=now.site)
            event = writing.insert(cursor, journal.clock, at_site, "center.enrolled", canonical(body))
        known = _blocks(journal)
        for block in blocks:
            if tuple(block.values()) not in known:
                head = writing.head_of(cursor)
                writing.insert(cursor, journal.clock, head, "numbers.granted", canonical(block))
        return event

    return journal.write(work)


def numbers(journal: Device) -> dict[str, list[tuple[int, int]]]:
    """The blocks of the own chain by letter, each letter's in order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for letter, first, last in _blocks(journal):
        found.setdefault(letter, []).append((first, last))
    return found


def _blocks(journal: Device) -> list[tuple[str, int, int]]:
    granted = (
        f"SELECT letter, first, last FROM ticket_numbers WHERE chain = {OWN} ORDER BY letter, first, last"
    )
    return [(letter, first, last) for letter, first, last in journal.rows(granted)]


def _of(event: Event) -> Enrolled:
    return Enrolled(event.body["device"], event.body["site"], event.body["key"])
