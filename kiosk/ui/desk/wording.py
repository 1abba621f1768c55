"""What the desk says: that a step is done, or in one quiet line why it is not possible; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.errors import TicketRefused
from kiosk.i18n.marks import N_
from kiosk.line.view import Place
from kiosk.line.words import ahead_line, wait_line
from kiosk.tickets.ticket import (
    CALLED,
    FINISHED,
    HOLD,
    LEFT,
    NO_SHOW,
    SERVING,
    VOID,
    WAITING,
    Ticket,
    seconds,
)
from kiosk.ui.desk.sight import Sight

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages

STATES = {
    WAITING: N_("{code} is waiting: call it first."),
    CALLED: N_("{code} is called: press S when the person is here."),
    SERVING: N_("{code} is being served: finish or hold it first."),
    HOLD: N_("{code} is on hold."),
    NO_SHOW: N_("{code} was called and did not come."),
    FINISHED: N_("{code} is finished."),
    LEFT: N_("{code} has left."),
    VOID: N_("{code} is void."),
}
"""Why a step is not possible in a state."""
DONE = {
    "next": N_("{code} is called to counter {counter}."),
    "call": N_("{code} is called to counter {counter}."),
    "recall": N_("{code} is called once more."),
    "serve": N_("{code} is being served."),
    "finish": N_("{code} is finished."),
    "hold": N_("{code} is on hold."),
    "no_show": N_("{code} did not come."),
    "put_back": N_("{code} waits again, at the old place."),
    "left": N_("{code} gave the place back."),
    "void": N_("{code} is void."),
    "mark": N_("{code} is marked."),
    "undo": N_("Taken back: {code} is as it was before."),
}
"""What is said when a step is done."""
COUNTERS = {
    "opened": N_("Counter {counter} is open."),
    "paused": N_("Counter {counter} is paused: the board says so."),
    "closed": N_("Counter {counter} is closed."),
}
"""What is said when a counter has changed."""
FAULTS = {
    "no_paper": N_("no paper"),
    "cover_open": N_("the cover is open"),
    "offline": N_("the printer is off or not connected"),
    "no_answer": N_("the printer does not answer"),
    "error": N_("the printer reports an error"),
}
NOBODY_HERE = N_("Nobody is at your counter.")
CHOOSE_FIRST = N_("Choose a ticket first, with ↑ ↓ or the mouse.")


def done(action: str, ticket: Ticket, messages: Messages) -> str:
    """That a step is done."""
    return messages.tr(DONE[action], code=ticket.code, counter=ticket.counter)


def refused(
    problem: TicketRefused, ticket: Ticket | None, sight: Sight, counter: str, now: str, messages: Messages
) -> str:
    """Why a step is not possible, in words for the docent at a counter; `now` is a stamp."""
    tr, here = messages.tr, sight.here(counter)
    if problem.reason == "busy" and here:
        busy = N_("Finish {code} first.") if here.state == SERVING else STATES[CALLED]
        return tr(busy, code=here.code)
    if problem.reason == "nobody":
        return tr("Nobody is waiting.")
    if problem.reason == "cool_down" and ticket:
        ago = int(seconds(ticket.last_called_at, now))
        return messages.trn("Called {n} second ago.", "Called {n} seconds ago.", ago)
    if problem.reason == "counter" and not ticket:
        return tr("No line has a counter {counter}.", counter=counter)
    if problem.reason == "counter" and ticket:
        return tr("{code} is called to counter {counter}.", code=ticket.code, counter=ticket.counter)
    if problem.reason == "lane" and ticket:
        return tr("{code} is in that line already.", code=ticket.code)
    if problem.reason == "undo":
        return tr("Something else happened to it since: that can't be taken back any more.")
    if problem.reason == "elsewhere":
        return tr("Another counter is calling the same person. Try again in a moment.")
    if problem.reason == "no_numbers":
        return tr("This machine has no numbers of this line from the center yet.")
    if problem.reason == "full":
        return tr("This line has no number left today.")
    if problem.reason in ("ticket", "service"):
        return tr("It is not there any more.")
    if problem.reason == "state" and ticket:
        return _state(ticket, counter, messages)
    return problem.what


def _state(ticket: Ticket, counter: str, messages: Messages) -> str:
    if ticket.state in (CALLED, SERVING) and ticket.counter != counter:
        return messages.tr("{code} is at counter {counter}.", code=ticket.code, counter=ticket.counter)
    return messages.tr(STATES[ticket.state], code=ticket.code)


def issued(ticket: Ticket, place: Place, messages: Messages) -> str:
    """What the docent tells a visitor who was given a ticket."""
    return messages.tr(
        "{code} · {ahead} · {wait}",
        code=ticket.code,
        ahead=ahead_line(place.ahead, messages),
        wait=wait_line(place.quote, messages),
    )


def fault_words(fault: str, messages: Messages) -> str:
    """Why the printer does not print."""
    return messages.tr(FAULTS.get(fault, FAULTS["error"]))


def unprinted(ticket: Ticket, fault: str, messages: Messages) -> str:
    """That a ticket did not come out, and what to do."""
    return messages.tr(
        "{code} was not printed ({fault}): tell the visitor the number.",
        code=ticket.code,
        fault=fault_words(fault, messages),
    )
