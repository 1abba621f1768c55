"""Why a step is not possible now, in words for logs and commands; screens translate the reason."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.catalog.model import Lane
from kiosk.errors import TicketRefused
from kiosk.line.opening import Opening
from kiosk.tickets.fold import COOL_DOWN
from kiosk.tickets.ticket import Ticket

_STEPS = {
    "state": "Look at the ticket's state; `undo` takes back the latest step.",
    "cool_down": f"Call again {COOL_DOWN:.0f} seconds after the last call.",
    "counter": "Somebody else called it; ask there, or put it back first.",
    "lane": "Choose another lane.",
    "undo": "Only the ticket's latest step can be taken back.",
}


def step(why: str, ticket: Ticket, kind: str) -> TicketRefused:
    """A step that the ticket's state does not allow."""
    return TicketRefused(why, f"{kind} is not possible for {ticket.code}: it is {ticket.state}", _STEPS[why])


def no_ticket(typed: str) -> TicketRefused:
    return TicketRefused("ticket", f"there is no ticket {typed!r} today", "Check the letter and the digits.")


def no_service(service: str) -> TicketRefused:
    return TicketRefused("service", f"there is no service {service!r}", "Use an id of services.yaml.")


def no_lane(lane: str, known: Sequence[str]) -> TicketRefused:
    return TicketRefused("lane", f"there is no lane {lane!r}", f"Lanes: {', '.join(known) or 'none'}.")


def no_counter(counter: str) -> TicketRefused:
    what = f"no lane has a counter {counter!r}"
    return TicketRefused("counter", what, "Counters stand under `lanes` in services.yaml.")


def closed(lane: Lane, opening: Opening) -> TicketRefused:
    when = f"It opens {opening.next_open:%Y-%m-%d %H:%M}." if opening.next_open else ""
    return TicketRefused(opening.reason, f"lane {lane.letter} ({lane.name}) gives out no tickets now", when)


def full(lane: Lane) -> TicketRefused:
    what = f"lane {lane.letter} ({lane.name}) has no number left today"
    return TicketRefused("full", what, "Widen `numbers` of the lane, or `tickets.range` of this machine.")


def no_numbers(lane: Lane) -> TicketRefused:
    what = f"lane {lane.letter} ({lane.name}): this machine has no numbers of it from the center yet"
    return TicketRefused("no_numbers", what, "Run `kiosk sync --once` while the center can be reached.")


def busy(counter: str, there: Ticket) -> TicketRefused:
    what = f"counter {counter} still has {there.code} ({there.state})"
    return TicketRefused("busy", what, "Finish it, put it on hold, or say that nobody came.")


def elsewhere(counter: str) -> TicketRefused:
    """Others call the same people at this moment; a `counter` that is not known is ""."""
    what = f"counter {counter}" if counter else "another counter"
    return TicketRefused("elsewhere", f"{what} calls the same person now", "Try again in a moment.")


def nobody(counter: str) -> TicketRefused:
    return TicketRefused("nobody", f"nobody waits for counter {counter}")
