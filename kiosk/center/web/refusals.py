"""A page for people that says no, in their language; made without the database, which may be what fails."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse

from kiosk.center.web import base_path, render
from kiosk.center.web.pages import Way, choices, framed, spoken
from kiosk.errors import LocaleError
from kiosk.i18n.languages import SOURCE
from kiosk.i18n.messages import Messages, load


def refusal(request: Request, status: int, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """What happened and what to do.

    What was asked, which may be a secret, does not stand in it: other languages lead to the first page.
    """
    chosen, code = spoken(request)
    try:
        messages = load(code)
    except LocaleError:
        messages = load(SOURCE)
    heading, line = _words(status, messages)
    start = base_path(request) + "/"
    context = {
        **framed(messages, choices(messages.language, start, {})),
        "city": None,
        "title": heading,
        "heading": heading,
        "lines": [line],
        "ways": [Way(messages.tr("Start over"), start + (f"?lang={chosen}" if chosen else ""))],
        "again": False,
    }
    return render(request, "visitor/message.html", context, status, headers)


def _words(status: int, messages: Messages) -> tuple[str, str]:
    """Heading and what to do."""
    tr = messages.tr
    if status == 404:
        return tr("There is no such page"), tr("Please check the address, or ask at the information desk.")
    if status == 429:
        return tr("Please try again in a minute"), tr("Too much was asked from here at once.")
    if status >= 500:
        told = tr("Please try again in a minute, or ask at the information desk.")
        return tr("Sorry, something went wrong"), told
    return tr("That is not possible here"), tr("Please ask at the information desk.")
