"""What all pages for visitors share: the language they are in, the words around them, forms that are ours."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from kiosk.catalog.model import Catalog
from kiosk.catalog.texts import localize
from kiosk.center import publishing
from kiosk.center.context import Center
from kiosk.center.web import base_path, center_of, is_ours, render
from kiosk.errors import LocaleError
from kiosk.i18n.languages import LANGUAGES, SOURCE, Language
from kiosk.i18n.messages import Messages

# A page's address is its key: it may be told to our own pages alone. With no referrer at all browsers would
# not say either where a form was sent from.
_HEADERS = {"Referrer-Policy": "same-origin"}


@dataclass(frozen=True)
class Way:
    """What can be done on a page: a link, or with `fields` a form of one button. `look` is "" or `accent`."""

    label: str
    address: str
    look: str = ""
    fields: Mapping[str, str] | None = None


Choice = tuple[str, str, str, bool]
"""A language at the foot of a page: its tag, its own name, the page in it, and whether that is shown now."""

_localized: dict[str, tuple[Catalog, Messages, Catalog]] = {}


@dataclass(frozen=True)
class Reader:
    """Whoever reads a page: in which language, and what the catalogue says in it.

    `chosen` is the language that was chosen at the foot of a page, "" while none was.
    """

    request: Request
    messages: Messages
    catalog: Catalog
    chosen: str

    @property
    def center(self) -> Center:
        """The center that serves the page."""
        return center_of(self.request)

    @property
    def language(self) -> str:
        """Code of the language."""
        return self.messages.language.code

    def link(self, path: str, **query: object) -> str:
        """An own page; a language that was chosen goes along."""
        values = ({"lang": self.chosen} if self.chosen else {}) | query
        return base_path(self.request) + path + (f"?{urlencode(values)}" if values else "")

    def render(self, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """A page of templates/visitor/ with the words that stand on each of them.

        `title` of the context names it in the browser; "" for the city's name alone.
        """
        about = {
            **framed(self.messages, self.languages),
            "city": self.catalog.city,
            "start": self.link("/"),
            "question": self.messages.tr("Any question"),
        }
        return render(self.request, f"visitor/{template}", {**about, **context}, status, _HEADERS)

    def message(
        self,
        heading: str,
        lines: Sequence[str],
        ways: Sequence[Way] = (),
        status: int = 200,
        again: bool = False,
    ) -> HTMLResponse:
        """A page of a heading, sentences and what can be done; with `again` it looks again by itself."""
        context = {"title": heading, "heading": heading, "lines": lines, "ways": ways, "again": again}
        return self.render("message.html", context, status)

    def see(self, path: str, **query: object) -> RedirectResponse:
        """Go on at an own page, which only shows."""
        return RedirectResponse(self.link(path, **query), 303)

    @cached_property
    def languages(self) -> list[Choice]:
        """This page in every language."""
        path = base_path(self.request) + self.request.url.path
        return choices(self.messages.language, path, self.request.query_params)


def reader(request: Request, own: str = "") -> Reader:
    """Who reads: in the language they chose, else that of what they read (`own`), else their phone's."""
    center = center_of(request)
    chosen, code = spoken(request, own)
    try:
        messages = publishing.messages(center, code)
    except LocaleError:
        messages = publishing.messages(center, SOURCE)
    return Reader(request, messages, _catalog(center.catalog(), messages), chosen)


def spoken(request: Request, own: str = "") -> tuple[str, str]:
    """The language that was chosen at the foot of a page, "" for none, and the one to write in."""
    asked = request.query_params.get("lang", "")
    chosen = asked if asked in LANGUAGES else ""
    return chosen, chosen or (
        own if own in LANGUAGES else accepted(request.headers.get("accept-language", ""))
    )


def framed(messages: Messages, languages: Sequence[Choice]) -> dict[str, Any]:
    """What stands around every page that is in a language."""
    language = messages.language
    return {
        "lang": language.code.replace("_", "-"),
        "dir": "rtl" if language.rtl else "ltr",
        "choose": messages.tr("Choose your language"),
        "languages": languages,
    }


def choices(now: Language, path: str, query: Mapping[str, str]) -> list[Choice]:
    """A page in every language; it is shown in one of them `now`."""
    return [
        (
            code.replace("_", "-"),
            language.name,
            f"{path}?{urlencode({**query, 'lang': code})}",
            language is now,
        )
        for code, language in LANGUAGES.items()
    ]


def accepted(header: str) -> str:
    """The first known language of an Accept-Language header, by its weights; English without one.

    Chinese is offered in simplified characters, also to who asks for traditional ones.
    """
    wanted = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.partition(";q=")
        try:
            wanted.append((-float(weight or 1), place, tag.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    by_tag = {code.partition("_")[0]: code for code in LANGUAGES}
    return next((by_tag[tag] for weight, _, tag in sorted(wanted) if tag in by_tag and weight < 0), SOURCE)


def form_key(center: Center, page: str) -> str:
    """What a form of a page carries, to show that it came from there; another one each day."""
    secret = sha256(b"forms of pages for visitors" + center.keys.signing.encode()).digest()
    return hmac.new(secret, f"{page} {center.clock.day()}".encode(), sha256).hexdigest()[:32]


def is_own(request: Request, page: str, sent: str) -> bool:
    """Whether a form was sent by a page of ours: it has the page's key, and no other site sent it."""
    known = hmac.compare_digest(form_key(center_of(request), page).encode(), sent.encode())
    return known and is_ours(request)


async def posted(request: Request) -> dict[str, str]:
    """What a form holds; files and what is far too long are left out."""
    form = await request.form(max_files=0, max_fields=20)
    return {name: value for name, value in form.items() if isinstance(value, str) and len(value) <= 200}


def _catalog(catalog: Catalog, messages: Messages) -> Catalog:
    """The catalogue in a language, kept until either is another one."""
    code = messages.language.code
    kept = _localized.get(code)
    if kept is None or kept[0] is not catalog or kept[1] is not messages:
        kept = _localized[code] = (catalog, messages, localize(catalog, messages.service_text))
    return kept[2]
