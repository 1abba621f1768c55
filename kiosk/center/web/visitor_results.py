"""What visitors told us, for everybody: the scorecard with small groups held back."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from hashlib import sha256
from html import escape
from threading import Lock
from typing import NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from kiosk.center import figures
from kiosk.center.limits import limited
from kiosk.center.web import ICON, base_path, center_of, static
from kiosk.center.web.pages import Reader, reader
from kiosk.survey.page import page
from kiosk.survey.period import Span

router = APIRouter()

FRESH = 60.0
"""Seconds for which a page that was made is shown to others too."""
DAYS = 28
"""Of a period: four weeks from Monday to Sunday."""

_POLICY = (
    "default-src 'self'; style-src 'self' 'sha256-{style}'; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)


class _Kept(NamedTuple):
    """A page, the days and the catalogue that it is of, and until when it is fresh (monotonic seconds)."""

    html: str
    of: tuple[Span, str]
    until: float


_making = Lock()


@router.get("/results", dependencies=[Depends(limited("page"))])
def results(request: Request) -> HTMLResponse:
    """The scorecard of the latest four weeks that are over (`period`)."""
    who = reader(request)
    html = _made(who, period(center_of(request).clock.day()))
    return HTMLResponse(_within(html, who), headers={"Content-Security-Policy": _policy(html)})


def period(today: date) -> Span:
    """The days that everybody may see now: four weeks, which lie beside those before and after them.

    Of periods that overlap, as those of days that anybody may choose or of the last 30 days would, the
    difference tells what one visitor answered, however large both are.
    """
    first = (today.toordinal() - 1) // DAYS * DAYS + 1 - DAYS
    return Span(date.fromordinal(first), date.fromordinal(first + DAYS - 1))


def _made(who: Reader, span: Span) -> str:
    """The page of a period in a language; one is made at a time, as it takes a while."""
    state, center = who.request.app.state, who.center
    with _making:
        if not hasattr(state, "results"):
            state.results = {}
        pages: dict[str, _Kept] = state.results
        kept, now = pages.get(who.language), center.clock.monotonic()
        of = (span, who.catalog.digest)
        if kept is None or kept.until <= now or kept.of != of:
            card = figures.public_scorecard(center, who.language, span)
            kept = pages[who.language] = _Kept(page(card, who.messages), of, now + FRESH)
    return kept.html


def _within(html: str, who: Reader) -> str:
    """The page with the ways to it in other languages."""
    links = [
        f'<a href="{escape(address)}" lang="{tag}" hreflang="{tag}">{escape(name)}</a>'
        for tag, name, address, shown in who.languages
        if not shown
    ]
    words = escape(who.messages.tr("Choose your language"))
    row = f'<nav aria-label="{words}">{" ".join(links)}</nav>'
    base = base_path(who.request)
    more = f'<link rel="stylesheet" href="{base}{static("results.css")}">'
    more += f'<link rel="icon" href="{base}{static(ICON)}" type="image/svg+xml">'
    return html.replace("</head>", f"{more}</head>", 1).replace("</footer>", f"{row}</footer>", 1)


def _policy(html: str) -> str:
    """Allows the page's own style and nothing else that stands in it."""
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = sha256(style[1].encode() if style else b"").digest()
    return _POLICY.format(style=b64encode(digest).decode())
