"""A ticket in sentences: people ahead, the wait, where to go, what became of it; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.i18n.marks import N_
from kiosk.tickets.estimate import Quote
from kiosk.tickets.ticket import CALLED, FINISHED, HOLD, LEFT, NO_SHOW, SERVING, VOID, WAITING, Ticket

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog, Lane, Service
    from kiosk.i18n.messages import Messages

STATES = {
    WAITING: "",
    CALLED: N_("You are called: please go to counter {counter}"),
    SERVING: N_("You are being helped at counter {counter}"),
    HOLD: N_("Your ticket is put aside for a moment. You will be called again."),
    NO_SHOW: N_("You were called and nobody came. Please tell the information desk."),
    FINISHED: N_("Your visit to the counter is finished. Thank you."),
    LEFT: N_("This number is no longer in the line. The information desk can help you."),
    VOID: N_("This number does not count any more. Please ask at the information desk."),
}
GIVEN_BACK = N_("You have given your place back. Thank you for telling us.")
"""What is said of a ticket whose visitor left, where the visitor said so, here or on the phone."""

CODE = re.compile(r"\b([A-Z])(\d)(\d)(\d)\b", re.ASCII)


def lane_of(ticket: Ticket, catalog: Catalog) -> Lane | None:
    """The lane that a ticket waits in now, unless the catalogue has lost it."""
    return next((lane for lane in catalog.lanes if lane.id == ticket.lane), None)


def quoted(ticket: Ticket) -> Quote | None:
    """The wait that was told when the ticket was issued; None while it was not known."""
    if ticket.quote_low is None or ticket.quote_high is None:
        return None
    return Quote(ticket.quote_low, ticket.quote_high)


def ahead_line(ahead: int, messages: Messages) -> str:
    """How many people are called first: "3 people before you"."""
    if not ahead:
        return messages.tr("Nobody is before you")
    return messages.trn("{n} person before you", "{n} people before you", ahead)


def wait_line(quote: Quote | None, messages: Messages) -> str:
    """How long it may take: a range in minutes, not known yet, or now."""
    if quote is None:
        return messages.tr("The waiting time is not known yet")
    if quote.high == 0:
        return messages.tr("Now: please listen for your number")
    if quote.low == 0:
        return messages.trn("{n} minute at most", "About {n} minutes at most", quote.high)
    # L10n: how long somebody will wait
    return messages.trn("About {low} to {n} minute", "About {low} to {n} minutes", quote.high, low=quote.low)


def go_lines(lane: Lane, messages: Messages) -> tuple[str, ...]:
    """Where people of a lane wait and are called to: the place, then "Counter 1 or 2"."""
    return tuple(line for line in (lane.where, _counters(lane.counters, messages)) if line)


def _counters(counters: Sequence[str], messages: Messages) -> str:
    from babel.lists import format_list

    if not counters:
        return ""
    names = format_list(list(counters), style="or", locale=messages.language.code)
    # L10n: where people are called to, as in "Counter 1" and "Counter 1 or 2"
    return messages.trn("Counter {counters}", "Counter {counters}", len(counters), counters=names)


def order_line(lane: Lane, messages: Messages) -> str:
    """The rule by which people are called, in one sentence."""
    if lane.in_a_row < 1:
        return messages.tr("People are called in the order in which they came.")
    return messages.trn(
        "People with a booking or who need assistance may be called first, at most {n} in a row.",
        "People with a booking or who need assistance may be called first, at most {n} in a row.",
        lane.in_a_row,
    )


def state_line(ticket: Ticket, messages: Messages) -> str:
    """What has become of a ticket; nothing for one that waits."""
    if ticket.state == LEFT and ticket.ended_how in ("visitor", "phone"):
        return messages.tr(GIVEN_BACK)
    if ticket.state in (CALLED, SERVING):
        return messages.tr(STATES[ticket.state], counter=ticket.counter)
    return messages.tr(STATES[ticket.state])


def spelled(text: str) -> str:
    """The text with every ticket's code in single letters and digits, as it is read aloud: "B 1 0 4"."""
    return CODE.sub(r"\1 \2 \3 \4", text)


def form_link(service: Service) -> str:
    """What is worth opening while one waits: the form, else the page; a phone number is not."""
    return "" if service.link.startswith("tel:") else service.link


def form_label(service: Service, messages: Messages) -> str:
    """What the code of `form_link` is for."""
    if service.online.form_url:
        return messages.tr("Fill in the form while you wait")
    return messages.tr("Read more while you wait")
