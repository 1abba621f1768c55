"""Ticket numbers: each device of a site has blocks of its own, so that no two give out the same code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from kiosk.center.storage import Connection
from kiosk.center.writing import New
from kiosk.clock import Clock, stamp

BLOCK = 100
"""Numbers in a block; blocks begin at a hundred, or where the lane's range begins."""

Lane = tuple[str, int, int]
"""A lane's letter, and the first and last of its numbers; of a block the same."""

_OVERLAPPING = """SELECT first, last, device, granted_at FROM number_blocks
    WHERE home = :home AND letter = :letter AND first <= :last AND last >= :first"""
_GRANTED = """SELECT body FROM events JOIN chains USING (chain)
    WHERE chains.device = :device AND kind = 'numbers.granted' AND code = ''"""


def first_blocks(
    connection: Connection, home: str, device: str, lanes: Sequence[Lane], clock: Clock
) -> list[Lane]:
    """A block for each lane that has one left, in the caller's transaction; what the device has it keeps."""
    _lock(connection, home)
    blocks = []
    for letter, first, last in lanes:
        held = _held(connection, home, device, letter)
        blocks += held or [
            block for block in [_grant(connection, home, device, (letter, first, last), clock)] if block
        ]
    return blocks


def another(connection: Connection, home: str, device: str, lane: Lane, clock: Clock) -> Lane | None:
    """One more block of a lane for a device, None when none is left.

    A block that the device has not recorded yet is given again: its answer was lost on the way.
    """
    _lock(connection, home)
    known = {
        (body["letter"], body["first"])
        for (text,) in connection.rows(_GRANTED, device=device)
        for body in [json.loads(text)]
    }
    waiting = [block for block in _held(connection, home, device, lane[0]) if block[:2] not in known]
    return waiting[0] if waiting else _grant(connection, home, device, lane, clock)


def note(connection: Connection, home: str, device: str, events: Iterable[New], now: str) -> None:
    """Keep blocks that a device has recorded: after a backup was put back they may not be known here."""
    granted = (each.event.value for each in events if each.event.kind == "numbers.granted" and not each.code)
    connection.many(
        """INSERT INTO number_blocks VALUES (:home, :letter, :first, :last, :device, :now)
            ON CONFLICT (home, letter, first) DO NOTHING""",
        [{**body, "home": home, "device": device, "now": now} for body in granted],
    )


def release(connection: Connection, device: str, clock: Clock) -> None:
    """A device is revoked: its blocks are free from the next business day, when its codes are not in use."""
    connection.run(
        "UPDATE number_blocks SET granted_at = :now WHERE device = :device",
        now=stamp(clock.now()),
        device=device,
    )


def hand_over(connection: Connection, before: str, device: str) -> None:
    """A device is replaced: the new one goes on with its blocks."""
    connection.run(
        "UPDATE number_blocks SET device = :device WHERE device = :before", device=device, before=before
    )


def _lock(connection: Connection, home: str) -> None:
    """Nobody else gives out numbers of the site before this transaction ends."""
    connection.run("UPDATE sites SET feed = feed WHERE site = :home", home=home)


def _held(connection: Connection, home: str, device: str, letter: str) -> list[Lane]:
    rows = connection.rows(
        """SELECT letter, first, last FROM number_blocks
        WHERE home = :home AND device = :device AND letter = :letter ORDER BY granted_at, first""",
        home=home,
        device=device,
        letter=letter,
    )
    return [(letter, first, last) for letter, first, last in rows]


def _grant(connection: Connection, home: str, device: str, lane: Lane, clock: Clock) -> Lane | None:
    """The first block that is nobody's, or was a revoked device's before today."""
    letter = lane[0]
    for first, last in _blocks(*lane[1:]):
        taken = connection.rows(_OVERLAPPING, home=home, letter=letter, first=first, last=last)
        if all(_is_free(connection, holder, since, clock) for _, _, holder, since in taken):
            for begins, *_ in taken:
                connection.run(
                    "DELETE FROM number_blocks WHERE home = :home AND letter = :letter AND first = :first",
                    home=home,
                    letter=letter,
                    first=begins,
                )
            connection.run(
                "INSERT INTO number_blocks VALUES (:home, :letter, :first, :last, :device, :now)",
                home=home,
                letter=letter,
                first=first,
                last=last,
                device=device,
                now=stamp(clock.now()),
            )
            return letter, first, last
    return None


def _blocks(first: int, last: int) -> Iterator[tuple[int, int]]:
    """A lane's range cut at the hundreds."""
    while first <= last:
        end = min(first // BLOCK * BLOCK + BLOCK - 1, last)
        yield first, end
        first = end + 1


def _is_free(connection: Connection, holder: str, since: str, clock: Clock) -> bool:
    state = connection.value("SELECT state FROM devices WHERE device = :device", device=holder)
    return state == "revoked" and clock.day(datetime.fromisoformat(since)) < clock.day()
