"""Who sees which staff page: sessions, roles, and forms that only a page of ours can have sent."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from kiosk.center import sessions
from kiosk.center.accounts import Account
from kiosk.center.context import Center
from kiosk.center.sessions import Session
from kiosk.center.tokens import hashed
from kiosk.center.web import base_path, center_of, is_ours, render
from kiosk.center.web.staff_words import DONE, NAVIGATION, Words
from kiosk.errors import KioskError

SIGN_IN = "/staff/sign-in"
HOME = "/staff/devices"
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""Of every staff page. Without a referrer browsers would not say either whose form it is that they send."""

MOST_FIELDS = 60
# No dots and no %, so that a browser can't read another path in it.
_OWN_PATH = re.compile(r"/staff(/[A-Za-z0-9_-]+)*(\?[A-Za-z0-9._~%=&+-]*)?", re.ASCII)


class Instead(Exception):
    """Another answer than the page that was asked for."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class StaffRoute(APIRoute):
    """Answers with a page also where something is refused."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except Instead as instead:
                response = instead.response
            except KioskError as problem:
                response = refusal(request, 409, problem.what, problem.next_step)
            except HTTPException as problem:
                next_step = getattr(problem, "next", "") or "Go back and try again."
                response = refusal(request, problem.status_code, str(problem.detail), next_step)
                response.headers.update(problem.headers or {})
            response.headers.update(HEADERS)
            return response

        return answer


@dataclass(frozen=True)
class Page:
    """A page that somebody may see: who they are, and how to answer them."""

    request: Request
    session: Session

    @property
    def center(self) -> Center:
        return center_of(self.request)

    @property
    def account(self) -> Account:
        return self.session.account

    @property
    def words(self) -> Words:
        """How times and numbers are written."""
        return Words(self.center.clock)

    def asked(self, name: str, longest: int = 200) -> str:
        """A parameter of the address; "" without."""
        return _clean(self.request.query_params.get(name, ""))[:longest]

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page of templates/staff."""
        done = DONE.get(self.asked("done"), "")
        return render(self.request, f"staff/{template}", {**self._frame(), "done": done, **context}, status)

    def go(self, path: str, done: str = "") -> Response:
        """On to another page, which says what was done (a key of DONE)."""
        mark = "&" if "?" in path else "?"
        return moved(self.request, f"{path}{mark}done={done}" if done else path)

    def _frame(self) -> dict[str, Any]:
        return {
            "account": self.account,
            "csrf": self.session.csrf,
            "words": self.words,
            "navigation": [item for item in NAVIGATION if self.account.may(item.role)],
            "here": self.request.url.path,
        }


@dataclass(frozen=True)
class Form:
    """What was typed into a form."""

    fields: FormData

    def __getitem__(self, name: str) -> str:
        """What a field holds, without spaces around it; "" where there is none."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """What a field holds, as it was typed (passwords)."""
        value = self.fields.get(name, "")
        return _clean(value) if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that can have several."""
        return [_clean(value) for value in self.fields.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> UploadFile | None:
        """A file that was chosen."""
        found = self.fields.get(name)
        return found if isinstance(found, UploadFile) and found.filename else None


@dataclass(frozen=True)
class Sent(Form):
    """A form that was sent from a page of this session."""

    page: Page


def needs(role: str) -> Callable[[Request], Page]:
    """A dependency: the page for whoever has that role; else to sign in, or a page that says no."""

    def page(request: Request) -> Page:
        session = session_of(request)
        if session is None:
            raise Instead(moved(request, f"{SIGN_IN}?next={quote(_here(request), safe='')}"))
        if not session.account.may(role):
            raise Instead(
                refusal(
                    request,
                    403,
                    f"this page is for the role {role}, and {session.account.name} is {session.account.role}",
                    "Ask somebody who is admin for another role, or sign in with another account.",
                )
            )
        return Page(request, session)

    return page


def posts(role: str) -> Callable[..., Awaitable[Sent]]:
    """A dependency: a form that somebody with that role sent from a page of their own session."""
    allowed = needs(role)

    async def sent(request: Request, page: Page = Depends(allowed)) -> Sent:  # noqa: B008 (FastAPI's way)
        sent = Sent(await request.form(max_files=1, max_fields=MOST_FIELDS), page)
        if not is_ours(request) or not page.session.allows(sent["csrf"]):
            raise Instead(stale(request))
        return sent

    return sent


async def first_form(request: Request) -> Form:
    """A dependency: a form that one of our pages had before anybody signed in."""
    form = Form(await request.form(max_files=0, max_fields=MOST_FIELDS))
    cookie = request.cookies.get(cookie_name(request, "form"), "")
    if not cookie or not is_ours(request) or not same(form_mark(cookie), form["csrf"]):
        raise Instead(stale(request))
    return form


def same(expected: str, given: str) -> bool:
    """Compare secrets in a time that tells nothing of them."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def form_mark(cookie: str) -> str:
    """What a form holds for a cookie that only pages of this address can have set."""
    return hashed(f"form\n{cookie}")


def form_cookie(request: Request) -> str:
    """The browser's own one, or a new one."""
    return request.cookies.get(cookie_name(request, "form"), "") or secrets.token_urlsafe(24)


def session_of(request: Request) -> Session | None:
    """Who is signed in."""
    token = request.cookies.get(cookie_name(request), "")
    return sessions.find(center_of(request), token) if token else None


def cookie_name(request: Request, what: str = "") -> str:
    """`__Host-kiosk` where the center has https: the browser then takes it from no other address."""
    name = f"kiosk-{what}" if what else "kiosk"
    return f"__Host-{name}" if _secure(request) else name


def set_cookie(request: Request, response: Response, what: str, value: str, seconds: int | None) -> None:
    """Keep something in the browser; until it is closed where `seconds` is None."""
    response.set_cookie(
        cookie_name(request, what),
        value,
        max_age=seconds,
        path="/",
        secure=_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, what: str) -> None:
    """Forget it in the browser."""
    set_cookie(request, response, what, "", 0)


def moved(request: Request, path: str) -> Response:
    """On to a page of ours, whatever was sent before."""
    return RedirectResponse(base_path(request) + path, 303)


def own_path(path: str) -> str:
    """A page of staff to go on to; the first one for whatever is none, so that nobody is led elsewhere."""
    return path if _OWN_PATH.fullmatch(path) and not path.startswith(SIGN_IN) else HOME


def stale(request: Request) -> Response:
    return refusal(
        request,
        403,
        "this form does not belong to your session any more, so nothing was done",
        "Open the page again and send it once more.",
    )


def refusal(request: Request, status: int, what: str, next_step: str) -> Response:
    """A page that says what was not done, why, and what to do."""
    context = {"what": what[:1].upper() + what[1:], "next_step": next_step, "home": HOME}
    return render(request, "staff/refused.html", context, status)


def _here(request: Request) -> str:
    """The page itself, to come back to; a form that was sent is not sent again."""
    if request.method != "GET":
        return HOME
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _secure(request: Request) -> bool:
    return center_of(request).url.startswith("https:")


def _clean(text: str) -> str:
    """Without what no database keeps: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
