"""Signing in and out, and setting a password."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from kiosk.center import accounts, audit, passwords, sessions
from kiosk.center.accounts import Account
from kiosk.center.limits import limited
from kiosk.center.sessions import Refused, SignedIn
from kiosk.center.web import center_of, render
from kiosk.center.web.staff_access import (
    HOME,
    SIGN_IN,
    Form,
    Instead,
    Page,
    Sent,
    StaffRoute,
    cookie_name,
    drop_cookie,
    first_form,
    form_cookie,
    form_mark,
    moved,
    needs,
    own_path,
    posts,
    refusal,
    session_of,
    set_cookie,
)
from kiosk.errors import CenterError

router = APIRouter(route_class=StaffRoute, include_in_schema=False)

OWN_PASSWORD = "/staff/password"
_KNOWN_SECONDS = int(sessions.KNOWN_FOR.total_seconds())
_slowly = Depends(limited("sign_in"))


@router.get("/staff")
def start(request: Request) -> Response:
    """The first page of staff."""
    return moved(request, HOME)


@router.get(SIGN_IN)
def sign_in_page(request: Request) -> Response:
    """Name and password; who is signed in already goes on."""
    onward = own_path(request.query_params.get("next", ""))
    if session_of(request):
        return moved(request, onward)
    return _first(request, "sign_in.html", onward=onward, name="", problem="")


@router.post(SIGN_IN, dependencies=[_slowly])
def sign_in(request: Request, form: Annotated[Form, Depends(first_form)]) -> Response:
    """Begin a session, or say that it was not right; never which of the two was wrong."""
    center, onward = center_of(request), own_path(form["next"])
    browser = request.cookies.get(cookie_name(request, "browser"), "")
    name, password = form["name"][:200], form.raw("password")[: passwords.LONGEST + 1]
    made = sessions.sign_in(center, name, password, browser)
    if isinstance(made, Refused):
        problem = "Name or password is not right."
        if made.wait:
            problem = f"It was tried too often. Wait {made.wait} seconds, then try again."
        status = 429 if made.wait else 401
        return _first(request, "sign_in.html", status, onward=onward, name=name[:60], problem=problem)
    return _begun(request, made, onward)


@router.post("/staff/sign-out")
def sign_out(sent: Annotated[Sent, Depends(posts("viewer"))]) -> Response:
    """End the session here and at the center."""
    page = sent.page
    with page.center.store.begin() as connection:
        sessions.end(connection, page.center, page.session)
    response = moved(page.request, SIGN_IN)
    drop_cookie(page.request, response, "")
    return response


@router.get(f"{OWN_PASSWORD}/{{token}}")
def link_page(request: Request, token: str) -> Response:
    """A new password for whom the link was made."""
    account = _of_link(request, token)
    return _first(request, "set_password.html", **_asked(account.name, ""))


@router.post(f"{OWN_PASSWORD}/{{token}}", dependencies=[_slowly])
def use_link(request: Request, token: str, form: Annotated[Form, Depends(first_form)]) -> Response:
    """Set the password, once, and sign in."""
    center, account = center_of(request), _of_link(request, token)
    try:
        hashed = _typed(account.name, form)
    except CenterError as problem:
        return _first(request, "set_password.html", 400, **_asked(account.name, str(problem.what)))
    with center.store.begin() as connection:
        # Two who use the link at once: the second finds it used up.
        if accounts.of_link(connection, center, token) is None:
            raise Instead(_no_link(request))
        accounts.set_password(connection, account.name, hashed)
        audit.note(connection, center, account.name, "password_set", account.name)
        made = sessions.begin(connection, center, account.name)
    return _begun(request, made, HOME)


@router.get(OWN_PASSWORD)
def own_page(page: Annotated[Page, Depends(needs("viewer"))]) -> Response:
    """Another password for oneself."""
    return page.show("own_password.html", problem="")


@router.post(OWN_PASSWORD, dependencies=[_slowly])
def change_own(sent: Annotated[Sent, Depends(posts("viewer"))]) -> Response:
    """Change one's own password; every other session of the account ends."""
    page, name = sent.page, sent.page.account.name
    try:
        if not passwords.fits(page.account.password_hash, sent.raw("present")[: passwords.LONGEST + 1]):
            raise CenterError("the present password is not right")
        hashed = _typed(name, sent)
    except CenterError as problem:
        return page.show("own_password.html", 400, problem=_sentence(problem.what))
    with page.center.store.begin() as connection:
        accounts.set_password(connection, name, hashed)
        audit.note(connection, page.center, name, "password_set", name)
        made = sessions.begin(connection, page.center, name)
    return _begun(page.request, made, f"{HOME}?done=password")


def _first(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page with a form for somebody who is not signed in."""
    cookie = form_cookie(request)
    response = render(request, f"staff/{template}", {"csrf": form_mark(cookie), **context}, status)
    set_cookie(request, response, "form", cookie, None)
    return response


def _begun(request: Request, made: SignedIn, onward: str) -> Response:
    """Go on with the new session; the old one of this browser, if any, is worth nothing any more."""
    old = session_of(request)
    if old is not None and old.token != made.session:
        with center_of(request).store.begin() as connection:
            sessions.drop(connection, old.token)
    response = moved(request, onward)
    set_cookie(request, response, "", made.session, None)
    set_cookie(request, response, "browser", made.browser, _KNOWN_SECONDS)
    return response


def _of_link(request: Request, token: str) -> Account:
    center = center_of(request)
    with center.store.read() as connection:
        account = accounts.of_link(connection, center, token.replace("\0", ""))
    if account is None:
        raise Instead(_no_link(request))
    return account


def _no_link(request: Request) -> Response:
    what = "this link was used already, or is too old"
    return refusal(request, 404, what, "Ask an admin of the center for a new one.")


def _asked(name: str, problem: str) -> dict[str, Any]:
    return {"name": name, "shortest": passwords.SHORTEST, "problem": _sentence(problem)}


def _typed(name: str, form: Form) -> str:
    """The hash of a new password that was typed twice."""
    if form.raw("password") != form.raw("again"):
        raise CenterError("the two passwords are not the same")
    return accounts.password_of(name, form.raw("password"))


def _sentence(problem: str) -> str:
    return f"{problem[:1].upper()}{problem[1:]}." if problem else ""
