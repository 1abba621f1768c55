"""What visitors told us, for everybody: the scorecard with small groups held back."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import OrderedDict
from datetime import date
from hashlib import sha256
from html import escape
from threading import Lock
from typing import NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from kiosk.center import figures
from kiosk.center.limits import limited
from kiosk.center.web import base_path, static
from kiosk.center.web.pages import Reader, Way, center_of, reader
from kiosk.survey.page import page
from kiosk.survey.period import Span, chosen

router = APIRouter()

FRESH = 60.0
"""Seconds for which a page that was made is shown to others too."""
KEPT = 20
"""Pages that are kept, the latest asked for."""

_POLICY = (
    "default-src 'self'; style-src 'self' 'sha256-{style}'; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)


class _Kept(NamedTuple):
    """A page, and until when it is fresh (monotonic seconds)."""

    html: str
    until: float


_making = Lock()


@router.get("/results", dependencies=[Depends(limited("page"))])
def results(request: Request) -> HTMLResponse:
    """The scorecard of a period (`from`, `to`: days), a month up to yesterday without."""
    who = reader(request)
    try:
        period = _period(request)
    except ValueError:
        tr = who.messages.tr
        ways = [Way(tr("What visitors told us"), who.link("/results"), "accent")]
        return who.message(tr("There is nothing to show here"), [], ways, 400)
    html = _made(who, period)
    return HTMLResponse(_within(html, who), headers={"Content-Security-Policy": _policy(html)})


def _period(request: Request) -> Span:
    """Raises ValueError for what are no days, or no period."""
    first, last = (request.query_params.get(name) for name in ("from", "to"))
    today = center_of(request).clock.day()
    return chosen(
        today, date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
    )


def _made(who: Reader, period: Span) -> str:
    """The page of a period in a language; one is made at a time, as it takes a while."""
    state, center = who.request.app.state, who.center
    with _making:
        if not hasattr(state, "results"):
            state.results = OrderedDict()
        pages: OrderedDict[tuple[str, Span, str], _Kept] = state.results
        key = (who.language, period, who.catalog.digest)
        kept, now = pages.get(key), center.clock.monotonic()
        if kept is None or kept.until <= now:
            card = figures.public_scorecard(center, who.language, period)
            kept = pages[key] = _Kept(page(card, who.messages), now + FRESH)
            pages.move_to_end(key)
            while len(pages) > KEPT:
                pages.popitem(last=False)
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
    style = f'<link rel="stylesheet" href="{base_path(who.request)}{static("results.css")}">'
    return html.replace("</head>", f"{style}</head>", 1).replace("</footer>", f"{row}</footer>", 1)


def _policy(html: str) -> str:
    """Allows the page's own style and nothing else that stands in it."""
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = sha256(style[1].encode() if style else b"").digest()
    return _POLICY.format(style=b64encode(digest).decode())
