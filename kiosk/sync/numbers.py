"""Ticket numbers from the center: another block before those of today come to an end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kiosk.sync import membership
from kiosk.sync.answer import not_center
from kiosk.sync.replies import NotTaken
from kiosk.tickets import codes

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog, Lane
    from kiosk.clock import Clock
    from kiosk.journal import Journal
    from kiosk.sync.client import Client

log = logging.getLogger(__name__)

FEW = 20
"""Numbers of a lane that are left when another block is asked for: 80 of a hundred are taken."""


def top_up(journal: Journal, client: Client, catalog: Catalog, clock: Clock) -> list[membership.Block]:
    """Ask for another block of each lane that has few numbers left today, and record what was given.

    A lane whose numbers are all given out stays as it is. Raises what the client raises.
    """
    given = []
    for lane in catalog.lanes:
        held = journal.numbers().get(lane.letter, [])
        if _left(journal, clock, lane, held) <= FEW:
            block = _asked(client, lane)
            if block is not None and block[1:] not in held:
                letter, first, last = block
                journal.append("numbers.granted", {"letter": letter, "first": first, "last": last})
                given.append(block)
    return given


def _left(journal: Journal, clock: Clock, lane: Lane, held: list[codes.Numbers]) -> int:
    day = clock.day()
    return sum(
        last - first + 1 - journal.numbers_taken(lane.letter, day, first, last)
        for first, last in codes.within(codes.numbers(lane.numbers), held)
    )


def _asked(client: Client, lane: Lane) -> membership.Block | None:
    """One more block of a lane, None when there is none left."""
    first, last = codes.numbers(lane.numbers)
    wanted = {"letter": lane.letter, "first": first, "last": last}
    try:
        answer = client.post("/numbers", wanted, 201)
    except NotTaken as problem:
        if problem.code != "none_left":
            raise
        log.warning("lane %s: %s", lane.letter, problem.what)
        return None
    try:
        (block,) = membership.blocks([answer])
    except ValueError:
        raise not_center("a block of numbers") from None
    if block[0] != lane.letter:
        raise not_center("a block of numbers")
    return block
