"""A ticket in the words of its page on the phone; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from kiosk.catalog.model import Catalog
from kiosk.center.web.visitor_line import Standing
from kiosk.i18n.messages import Messages
from kiosk.line import words
from kiosk.tickets.ticket import CALLED, FINAL, FINISHED, HOLD, LEFT, NO_SHOW, SERVING, WAITING, Ticket

MAY_LEAVE = (WAITING, CALLED, HOLD, NO_SHOW)
MAY_BE_LATE = (WAITING, CALLED, HOLD)
MAY_TELL = (FINISHED, LEFT, NO_SHOW)
"""States after which there is something to give feedback on."""
SHOWN = 3
"""Counters whose numbers are shown as being served."""


@dataclass(frozen=True)
class TicketView:
    """All that a ticket's page shows, in one language; what is empty is left out.

    `state` are sentences, the first the most important; `urgent` when the visitor must go now. `late`,
    `leave` and `survey` say what can be done; `form` is (address, words) of what is worth opening.
    """

    your_number: str
    code: str
    lane: str
    urgent: bool
    state: tuple[str, ...]
    told: str
    serving_label: str
    serving: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    form: tuple[str, str]
    late: str
    leave: str
    survey: str
    order: str
    privacy: str
    seen: str = ""

    @classmethod
    def of(cls, standing: Standing, catalog: Catalog, messages: Messages, answered: bool) -> TicketView:
        """The page of a ticket; `answered` once its survey is over."""
        view = _view(standing, catalog, messages, answered)
        return replace(view, seen=sha256(repr(view).encode()).hexdigest()[:16])


def _view(standing: Standing, catalog: Catalog, messages: Messages, answered: bool) -> TicketView:
    ticket, tr = standing.ticket, messages.tr
    lane = words.lane_of(ticket, catalog)
    here = ticket.state not in FINAL
    late = here and ticket.state in MAY_BE_LATE and not ticket.late_at
    return TicketView(
        your_number=tr("Your number"),
        code=ticket.code,
        lane=lane.name if lane else "",
        urgent=ticket.state == CALLED,
        state=_state(standing, messages),
        told=tr("The counter knows that you are running late.") if here and ticket.late_at else "",
        serving_label=tr("Now serving"),
        serving=_serving(standing, messages) if here else (),
        facts=_facts(ticket, catalog, messages),
        form=_form(ticket, catalog, messages),
        late=tr("I am running late") if late else "",
        leave=tr("I must leave") if ticket.state in MAY_LEAVE else "",
        survey=tr("Leave feedback") if ticket.state in MAY_TELL and not answered else "",
        order=words.order_line(lane, messages) if lane and ticket.state == WAITING else "",
        privacy=tr("This page does not know who you are. Tomorrow it is gone."),
    )


def _state(standing: Standing, messages: Messages) -> tuple[str, ...]:
    """How long it takes, or what became of the ticket."""
    ticket, place = standing.ticket, standing.place
    if ticket.state == WAITING:
        return words.wait_line(place.quote, messages), words.ahead_line(place.ahead, messages)
    return (words.state_line(ticket, messages),)


def _serving(standing: Standing, messages: Messages) -> tuple[tuple[str, str], ...]:
    """Numbers at the counters of the line, and at which."""
    if standing.ticket.state in (CALLED, SERVING):
        return ()
    found = standing.serving[:SHOWN]
    return tuple((code, messages.tr("Counter {counter}", counter=counter)) for code, counter in found)


def _facts(ticket: Ticket, catalog: Catalog, messages: Messages) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Where to go and what to have ready, as long as that is ahead."""
    lane, service = words.lane_of(ticket, catalog), catalog.by_id.get(ticket.service)
    if ticket.state in FINAL:
        return ()
    found = (
        (messages.tr("Where"), words.go_lines(lane, messages) if lane else ()),
        (messages.tr("Have ready"), service.bring if service else ()),
    )
    return tuple((label, lines) for label, lines in found if lines)


def _form(ticket: Ticket, catalog: Catalog, messages: Messages) -> tuple[str, str]:
    """The form of the service, its page without one; its own address, as no code has to hold it here."""
    service = catalog.by_id.get(ticket.service)
    link = (service.online.form_url or service.online.url) if service else ""
    return (
        (link, words.form_label(service, messages))
        if service and link and ticket.state == WAITING
        else ("", "")
    )
