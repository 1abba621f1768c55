"""Short links to the forms of services: `/s/SERVICE`, counted by day and by nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kiosk.catalog.model import Service
from kiosk.center.context import Center
from kiosk.center.limits import limited
from kiosk.center.web import center_of
from kiosk.center.web.pages import Reader, Way, reader

router = APIRouter()

_COUNT = """INSERT INTO link_counts VALUES (:day, :service, 1)
    ON CONFLICT (day, service) DO UPDATE SET times = link_counts.times + 1"""


@router.api_route("/s/{service}", methods=["GET", "HEAD"], dependencies=[Depends(limited("page"))])
def short_link(request: Request, service: str) -> Response:
    """Go to the form of a service, to its page without one; only the catalogue says where that is."""
    who = reader(request)
    known = who.catalog.by_id.get(service)
    address = target(known, center_of(request).url) if known else ""
    if known is not None and address:
        if _is_somebody(request):
            count(center_of(request), known.id)
        return RedirectResponse(address, 302)
    return _by_phone(who, known)


def target(service: Service, url: str) -> str:
    """Where the link of a service leads; "" where there is only a phone number. Never back to here."""
    known = (service.online.form_url, service.online.url, service.short_url)
    here = urlsplit(url).netloc
    fitting = (link for link in known if urlsplit(link).scheme in ("http", "https"))
    return next((link for link in fitting if urlsplit(link).netloc != here), "")


def count(center: Center, service: str) -> None:
    """Once more today."""
    with center.store.begin() as connection:
        connection.run(_COUNT, day=center.clock.day().isoformat(), service=service)


def _is_somebody(request: Request) -> bool:
    """Whether a person follows the link, not a program that tries it or loads it in advance."""
    purpose = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return request.method == "GET" and "prefetch" not in purpose


def _by_phone(who: Reader, service: Service | None) -> HTMLResponse:
    """For a service without a link the number to call; for an unknown one that of the City."""
    tr, city = who.messages.tr, who.catalog.city
    number = service.phones[0].number if service and service.phones else city.desk_phone
    ways = [Way(number, f"tel:{number.replace(' ', '')}", "accent")] if number else []
    heading = service.name if service else tr("This link leads nowhere any more")
    lines = [tr("Call this number:")] if number else [city.desk]
    return who.message(heading, lines, ways, 200 if service else 404)
