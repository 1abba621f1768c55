"""Who is called next: by arrival, with priority for some, never more than so many of them in a row."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.tickets.ticket import Ticket

IN_A_ROW = 2
"""Priority tickets called one after the other at most while others wait, where a lane says nothing else."""


def call_order(waiting: Sequence[Ticket], streak: int, in_a_row: int = IN_A_ROW) -> list[Ticket]:
    """The waiting tickets of a lane in the order they will be called.

    Priority tickets go first, each kind by arrival; after `in_a_row` of them one of the others is called.
    `streak` is how many priority tickets were called last without another between.
    """
    queue = sorted(waiting, key=lambda ticket: ticket.arrival)
    first = [ticket for ticket in queue if ticket.priority]
    others = [ticket for ticket in queue if not ticket.priority]
    ordered: list[Ticket] = []
    while first and others:
        favoured = streak < in_a_row
        ordered.append((first if favoured else others).pop(0))
        streak = streak + 1 if favoured else 0
    return [*ordered, *first, *others]


def streak(calls: Sequence[Ticket]) -> int:
    """How many priority tickets were called last in a row; `calls` are a lane's, the latest first."""
    count = 0
    for ticket in calls:
        if not ticket.priority:
            break
        count += 1
    return count
