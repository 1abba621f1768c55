"""Which desk calls a ticket: the center grants it to one of them, under the lock of the site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.clock import stamp
from kiosk.journal import hlc
from kiosk.journal.event import FIELDS, Event, from_row
from kiosk.line.claims import Claim
from kiosk.tickets.fold import fold, refusal

HOLDS = timedelta(seconds=60)
"""How long a ticket is kept for a desk whose call has not arrived yet."""

# A ticket has its id in common with the visitor who may be asked to the survey.
_EVENTS = f"""SELECT {", ".join(FIELDS)} FROM events
    WHERE subject = :ticket AND home = :home AND code = '' AND kind LIKE 'ticket.%'"""
_CLAIMED = "SELECT home, device, counter, command, clock, at FROM claims WHERE ticket = :ticket"
_CLAIM = """INSERT INTO claims VALUES (:ticket, :home, :command, :device, :counter, :clock, :at)
    ON CONFLICT (ticket) DO UPDATE SET home = excluded.home, command = excluded.command,
    device = excluded.device, counter = excluded.counter, clock = excluded.clock, at = excluded.at"""


class _Claimed(NamedTuple):
    """Who asked for a ticket the last time, with which command, and when; `clock` is what was answered."""

    home: str
    device: str
    counter: str
    command: str
    clock: str
    at: str


def ask(center: Center, home: str, device: str, command: str, ticket: str, counter: str) -> Claim:
    """Grant a call to a device's counter, or say which counter has the ticket.

    `command` is the id of the call's event: asked again the answer is the same. A ticket that has not arrived
    here yet is granted, as nobody else can know it.
    """
    with center.store.begin() as connection:
        clock = connection.value("UPDATE sites SET feed = feed WHERE site = :home RETURNING clock", home=home)
        row = connection.row(_CLAIMED, ticket=ticket)
        claimed = _Claimed(*row) if row else None
        if claimed and (claimed.home, claimed.command, claimed.counter) == (home, command, counter):
            return Claim(True, counter, claimed.clock)
        events = _events(connection, home, ticket)
        other = _taken(events, counter)
        if other is None:
            other = _waits(center, claimed, (home, device, counter), events)
        if other is not None:
            return Claim(False, other, clock)
        now = center.clock.now()
        clock = hlc.tick(clock, now)
        connection.run("UPDATE sites SET clock = :clock WHERE site = :home", clock=clock, home=home)
        values = {"ticket": ticket, "home": home, "command": command, "device": device, "counter": counter}
        connection.run(_CLAIM, **values, clock=clock, at=stamp(now))
        return Claim(True, counter, clock)


def _events(connection: Connection, home: str, ticket: str) -> list[Event]:
    return [from_row(row) for row in connection.rows(_EVENTS, ticket=ticket, home=home)]


def _taken(events: Sequence[Event], counter: str) -> str | None:
    """Who has a ticket that can't be called from here, "" for nobody; None when it can.

    Whether its own counter calls it too soon again that desk knows by itself.
    """
    found = fold(events)
    if found is None:
        return None
    why = refusal(found, "ticket.called", {"counter": counter}, _latest(events))
    return found.counter if why in ("state", "counter") else None


def _latest(events: Sequence[Event]) -> str:
    """The latest time that events tell."""
    return max(event.at for event in events)


def _waits(
    center: Center, claimed: _Claimed | None, asks: tuple[str, str, str], events: Sequence[Event]
) -> str | None:
    """The counter that a ticket is kept for: it asked a moment ago, and its call is on the way.

    `asks` is who asks now, as (home, device, counter): for itself a ticket is not kept.
    """
    if claimed is None or claimed[:3] == asks:
        return None
    if claimed.at <= stamp(center.clock.now() - HOLDS):
        return None
    arrived = any(
        event.kind == "ticket.called"
        and event.body["counter"] == claimed.counter
        and event.clock > claimed.clock
        for event in events
    )
    return None if arrived else claimed.counter
