"""What is printed for a visitor, in the visitor's language: the slip of a ticket and of a service's page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.devices import slip
from kiosk.i18n.formats import date_and_time
from kiosk.line.view import Place
from kiosk.ui import ticket_words
from kiosk.ui.facts import Fact, facts, footnotes

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog, Service
    from kiosk.clock import Clock
    from kiosk.devices.slip import Slip
    from kiosk.i18n.messages import Messages
    from kiosk.tickets.ticket import Ticket


def ticket_slip(
    ticket: Ticket,
    catalog: Catalog,
    messages: Messages,
    clock: Clock,
    place: Place | None = None,
    practice: bool = False,
) -> Slip:
    """The slip of a ticket; `catalog` and `messages` are in the language it is printed in.

    Without a `place` it says what was told at the issue, whose time stands on it.
    """
    tr = messages.tr
    place = place or Place(ticket.ahead, ticket_words.quoted(ticket))
    lane = ticket_words.lane_of(ticket, catalog)
    service = catalog.by_id.get(ticket.service)
    link = form_link(service) if service else ""
    issued = clock.local(datetime.fromisoformat(ticket.issued_at))
    return slip.ticket_slip(
        slip.TicketWords(
            city=messages.city(catalog.city.name, practice),
            your_number=tr("Your number"),
            code=ticket.code,
            lane=lane.name if lane else "",
            place="\n".join(ticket_words.go_lines(lane, messages)) if lane else "",
            wait=(
                ticket_words.ahead_line(place.ahead, messages),
                ticket_words.wait_line(place.quote, messages),
            ),
            bring_label=tr("Have ready"),
            bring=service.bring if service else (),
            link=link,
            link_label=form_label(service, messages) if service and link else "",
            order=ticket_words.order_line(lane, messages) if lane else "",
            printed=date_and_time(issued, messages.language.code),
            rtl=messages.language.rtl,
        )
    )


def form_link(service: Service) -> str:
    """What is worth opening while one waits: the form, else the page; a phone number is not."""
    return "" if service.link.startswith("tel:") else service.link


def form_label(service: Service, messages: Messages) -> str:
    """What the code of `form_link` is for."""
    if service.online.form_url:
        return messages.tr("Fill in the form while you wait")
    return messages.tr("Read more while you wait")


def page_slip(
    service: Service, catalog: Catalog, messages: Messages, clock: Clock, practice: bool = False
) -> Slip:
    """The slip of a service's page: where, when, what to bring, what it costs, the phone; its code last.

    What it was called and how it was done before needs no paper.
    """
    past = (messages.tr("Formerly"), messages.tr("Changed"))
    shown = [fact for fact in facts(service, messages) if fact.label not in past]
    printed = date_and_time(clock.local(), messages.language.code)
    return slip.page_slip(
        service.name,
        [(fact.label, fact.lines) for fact in shown],
        footer=(*footnotes(service, messages, messages.pending(service.id)), printed),
        link=service.link,
        rtl=messages.language.rtl,
        city=messages.city(catalog.city.name, practice),
        listed=_listed(shown, service),
    )


def _listed(shown: list[Fact], service: Service) -> list[str]:
    """Labels whose lines stand as a list: several things to bring, or to do."""
    lists = [lines for lines in (service.bring, service.steps) if len(lines) > 1]
    return [fact.label for fact in shown if fact.lines in lists]
