"""Who is at the desk, and what their keys do to tickets; no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kiosk.ui.desk.invitations import Invitations

if TYPE_CHECKING:
    from kiosk.line.line import Line
    from kiosk.tickets.ticket import Ticket


class Step(NamedTuple):
    """Something a docent did to a ticket, and how it is taken back with a command id."""

    code: str
    take_back: Callable[[str], Ticket]


@dataclass
class Docent:
    """Somebody signed in at a counter; events call them by `staff`, and `name` is in none."""

    name: str
    staff: str
    counter: str
    steps: list[Step] = field(default_factory=list)
    """What they did that can be taken back, the latest last."""
    invitations: Invitations = field(default_factory=Invitations)
    """Whom they should ask to the survey."""


Deed = Callable[["Line", Docent, "Ticket", str, str], "Ticket"]
"""Line, docent, ticket, a value that was chosen, command id: the ticket as it is afterwards."""

DEEDS: dict[str, Deed] = {
    "recall": lambda line, who, t, value, command: line.call(t.ticket, who.counter, who.staff, command),
    "call": lambda line, who, t, value, command: line.call(t.ticket, who.counter, who.staff, command),
    "serve": lambda line, who, t, value, command: line.serve(t.ticket, who.counter, who.staff, command),
    "finish": lambda line, who, t, value, command: line.finish(t.ticket, who.staff, command),
    "hold": lambda line, who, t, value, command: line.hold(t.ticket, who.staff, command),
    "no_show": lambda line, who, t, value, command: line.no_show(t.ticket, who.staff, command),
    "put_back": lambda line, who, t, value, command: line.put_back(t.ticket, who.staff, command),
    "left": lambda line, who, t, value, command: line.leave(t.ticket, "desk", command),
    "transfer": lambda line, who, t, value, command: line.transfer(t.ticket, value, who.staff, command),
    "void": lambda line, who, t, value, command: line.void(t.ticket, value, who.staff, command),
}
"""What a key does to a ticket."""


def step_of(line: Line, who: Docent, ticket: Ticket) -> Step:
    """How the latest step of a ticket is taken back."""
    latest = ticket.latest
    return Step(ticket.code, lambda command: line.undo(ticket.ticket, latest, who.staff, command))


def issue_of(line: Line, who: Docent, ticket: Ticket) -> Step:
    """A ticket given out by mistake is void."""
    return Step(ticket.code, lambda command: line.void(ticket.ticket, "mistake", who.staff, command))


def mark_of(line: Line, who: Docent, before: Ticket) -> Step:
    """A mark is taken back by the one before."""
    priority, interpreter = before.priority, before.interpreter
    return Step(
        before.code, lambda command: line.mark(before.ticket, priority, interpreter, who.staff, command)
    )
