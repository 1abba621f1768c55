"""Ticket numbers from the center: another block before those of today come to an end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kiosk.survey.conduct import INVITATION_LETTER, INVITATION_NUMBERS
from kiosk.sync import membership
from kiosk.sync.answer import not_center
from kiosk.sync.replies import NotTaken
from kiosk.tickets import codes

if TYPE_CHECKING:
    from datetime import date

    from kiosk.catalog.model import Catalog
    from kiosk.clock import Clock
    from kiosk.journal import Journal
    from kiosk.sync.client import Client

log = logging.getLogger(__name__)

FEW = 20
"""Numbers of a lane that are left when another block is asked for: 80 of a hundred are taken."""


def top_up(journal: Journal, client: Client, catalog: Catalog, clock: Clock) -> list[membership.Block]:
    """Ask for another block of each lane that has few numbers left today, and record what was given.

    A desk, where staff have signed in, also has numbers for invitations to the survey. A lane whose numbers
    are all given out stays as it is. Raises what the client raises.
    """
    given = []
    wanted: list[membership.Block] = [(lane.letter, *lane.number_range) for lane in catalog.lanes]
    if journal.staff_names():
        wanted.append((INVITATION_LETTER, *INVITATION_NUMBERS))
    for lane in wanted:
        held = journal.numbers().get(lane[0], [])
        if _left(journal, clock.day(), lane, held) <= FEW:
            block = _asked(client, lane)
            if block is not None and block[1:] not in held:
                letter, first, last = block
                journal.append("numbers.granted", {"letter": letter, "first": first, "last": last})
                given.append(block)
    return given


def _left(journal: Journal, day: date, lane: membership.Block, held: list[codes.Numbers]) -> int:
    letter, lowest, highest = lane
    own = codes.within((lowest, highest), held)
    numbers = sum(last - first + 1 for first, last in own)
    if letter == INVITATION_LETTER:
        return numbers - len(set(codes.among(journal.codes_of_invitations(day), own)))
    return numbers - sum(journal.numbers_taken(letter, day, first, last) for first, last in own)


def _asked(client: Client, lane: membership.Block) -> membership.Block | None:
    """One more block of a lane, None when there is none left."""
    letter, first, last = lane
    wanted = {"letter": letter, "first": first, "last": last}
    try:
        answer = client.post("/numbers", wanted, 201)
    except NotTaken as problem:
        if problem.code != "none_left":
            raise
        log.warning("lane %s: %s", letter, problem.what)
        return None
    try:
        (block,) = membership.blocks([answer])
    except ValueError:
        raise not_center("a block of numbers") from None
    if block[0] != letter:
        raise not_center("a block of numbers")
    return block
