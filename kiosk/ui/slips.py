"""What is printed for a visitor, in their language: a ticket, a service's page, the way to the survey."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from kiosk.devices import slip
from kiosk.i18n.formats import date_and_time, date_line
from kiosk.line import words as ticket_words
from kiosk.line.view import Place
from kiosk.line.words import form_label, form_link
from kiosk.survey.draw import draw, own
from kiosk.tickets import page
from kiosk.ui.facts import Fact, facts, footnotes
from kiosk.ui.online import service_link

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog, Service
    from kiosk.clock import Clock
    from kiosk.devices.slip import Slip
    from kiosk.i18n.messages import Messages
    from kiosk.journal.survey_questions import Unit
    from kiosk.tickets.ticket import Ticket


def ticket_slip(
    ticket: Ticket,
    catalog: Catalog,
    messages: Messages,
    clock: Clock,
    place: Place | None = None,
    practice: bool = False,
    url: str = "",
) -> Slip:
    """The slip of a ticket; `catalog` and `messages` are in the language it is printed in.

    Without a `place` it says what was told at the issue, whose time stands on it. Its code leads to the
    ticket's page at the center of a `url`, without one to the service's form.
    """
    tr = messages.tr
    place = place or Place(ticket.ahead, ticket_words.quoted(ticket))
    lane = ticket_words.lane_of(ticket, catalog)
    service = catalog.by_id.get(ticket.service)
    link, link_label = phone_link(ticket, service, messages, url)
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
            link_label=link_label,
            order=ticket_words.order_line(lane, messages) if lane else "",
            printed=date_and_time(issued, messages.language.code),
            rtl=messages.language.rtl,
        )
    )


def phone_link(ticket: Ticket, service: Service | None, messages: Messages, url: str = "") -> tuple[str, str]:
    """What the code of a ticket holds, and what it is for: its page at the center, else the form."""
    if url:
        return page.address(url, ticket.ticket), messages.tr("Follow your place in the line on your phone")
    link = form_link(service) if service else ""
    return (link, form_label(service, messages)) if service and link else ("", "")


def invitation_slip(
    unit: Unit, number: str, catalog: Catalog, messages: Messages, url: str, practice: bool = False
) -> Slip:
    """The slip of an invitation to the survey: its page at the center of a `url`, and the `number` that is
    typed at the screen instead; both end with the day.
    """
    tr = messages.tr
    return slip.invitation_slip(
        slip.InvitationWords(
            city=messages.city(catalog.city.name, practice),
            title=tr("How did it go?"),
            told=(tr("Please tell us: it takes about a minute."), _promise(unit, catalog, messages)),
            link=survey_link(url, unit.unit),
            link_label=tr("Point your phone's camera at the square."),
            number_label=tr("Or answer at the screen, with this number:"),
            number=number,
            day=tr("For today only: {date}", date=date_line(unit.day, messages.language.code)),
            rtl=messages.language.rtl,
        )
    )


def survey_link(url: str, unit: str) -> str:
    """The page of somebody's survey at the center of a `url`, as the center knows it: in small letters."""
    return f"{url}/t/{page.token(unit)}/survey"


def _promise(unit: Unit, catalog: Catalog, messages: Messages) -> str:
    """How many statements there will be; which ones is drawn when they begin."""
    about, plan = "lookup" if unit.source == "visit" else "served", catalog.survey
    asked = draw(plan, about, {}, Random(0))
    return messages.trn(
        "{n} short statement. Anonymous. Stop whenever you like.",
        "{n} short statements. Anonymous. Stop whenever you like.",
        len(asked) + len(own(plan, catalog.by_id.get(unit.service), about)),
    )


def page_slip(
    service: Service,
    catalog: Catalog,
    messages: Messages,
    clock: Clock,
    practice: bool = False,
    url: str = "",
) -> Slip:
    """The slip of a service's page: where, when, what to bring, what it costs, the phone; its code last.

    What it was called and how it was done before needs no paper. With the `url` of a center the code may
    hold its short link.
    """
    past = (messages.tr("Formerly"), messages.tr("Changed"))
    shown = [fact for fact in facts(service, messages) if fact.label not in past]
    printed = date_and_time(clock.local(), messages.language.code)
    return slip.page_slip(
        service.name,
        [(fact.label, fact.lines) for fact in shown],
        footer=(*footnotes(service, messages, messages.pending(service.id)), printed),
        link=service_link(service, url),
        rtl=messages.language.rtl,
        city=messages.city(catalog.city.name, practice),
        listed=_listed(shown, service),
    )


def _listed(shown: list[Fact], service: Service) -> list[str]:
    """Labels whose lines stand as a list: several things to bring, or to do."""
    lists = [lines for lines in (service.bring, service.steps) if len(lines) > 1]
    return [fact.label for fact in shown if fact.lines in lists]
