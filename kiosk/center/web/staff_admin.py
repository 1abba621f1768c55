"""Accounts, tokens for figures, and the book of who did what: for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from kiosk.center import accounts, audit, tokens
from kiosk.center.accounts import MEANING, ROLES
from kiosk.center.storage import Connection
from kiosk.center.web.staff_access import Page, Sent, StaffRoute, needs, posts
from kiosk.errors import CenterError

router = APIRouter(route_class=StaffRoute, include_in_schema=False)

ACCOUNTS, TOKENS, AUDIT = "/staff/accounts", "/staff/tokens", "/staff/audit"
LINES = 100
"""Lines of the book on a page."""

Admin = Annotated[Page, Depends(needs("admin"))]
ByAdmin = Annotated[Sent, Depends(posts("admin"))]


@router.get(ACCOUNTS)
def account_list(page: Admin) -> Response:
    """Who may sign in."""
    return _accounts(page)


@router.post(ACCOUNTS)
def add_account(sent: ByAdmin) -> Response:
    """A new account, and the link with which its holder sets the password."""
    page, name, role = sent.page, sent["name"], sent["role"]
    try:
        with page.center.store.begin() as connection:
            account = accounts.add(connection, page.center, name, role, page.account.name)
            _note(connection, page, "account_added", account.name, role=role)
            token = _link(connection, page, account.name)
    except CenterError as problem:
        return _accounts(page, f"{problem.what[:1].upper()}{problem.what[1:]}. {problem.next_step}", 400)
    return _show_link(page, account.name, token)


@router.post(f"{ACCOUNTS}/{{name}}/link")
def make_link(name: str, sent: ByAdmin) -> Response:
    """A link with which somebody who forgot the password sets another one."""
    page = sent.page
    with page.center.store.begin() as connection:
        account = accounts.get(connection, _name(name))
        token = _link(connection, page, account.name)
    return _show_link(page, account.name, token)


@router.post(f"{ACCOUNTS}/{{name}}/role")
def change_role(name: str, sent: ByAdmin) -> Response:
    """Another role."""
    page = sent.page
    with page.center.store.begin() as connection:
        account = accounts.change_role(connection, _name(name), sent["role"])
        _note(connection, page, "account_role", account.name, role=account.role)
    return page.go(ACCOUNTS, "role")


@router.post(f"{ACCOUNTS}/{{name}}/disable")
def disable(name: str, sent: ByAdmin) -> Response:
    """Sign somebody out and let them in no more."""
    page = sent.page
    with page.center.store.begin() as connection:
        account = accounts.disable(connection, _name(name))
        _note(connection, page, "account_disabled", account.name)
    return page.go(ACCOUNTS, "disabled")


@router.post(f"{ACCOUNTS}/{{name}}/enable")
def enable(name: str, sent: ByAdmin) -> Response:
    """Let somebody in again."""
    page = sent.page
    with page.center.store.begin() as connection:
        account = accounts.enable(connection, _name(name))
        _note(connection, page, "account_enabled", account.name)
    return page.go(ACCOUNTS, "enabled")


@router.get(TOKENS)
def token_list(page: Admin) -> Response:
    """With what other programs read figures."""
    return _tokens(page)


@router.post(TOKENS)
def make_token(sent: ByAdmin) -> Response:
    """A new token, shown this one time."""
    page, name, scopes = sent.page, sent["name"], sent.all("scope")
    try:
        with page.center.store.begin() as connection:
            token = tokens.make(connection, page.center, name, scopes, page.account.name)
            _note(connection, page, "token_made", name, scopes=" ".join(scopes))
    except CenterError as problem:
        return _tokens(page, f"{problem.what[:1].upper()}{problem.what[1:]}. {problem.next_step}", 400)
    return page.show("token.html", token=token, name=name, url=page.center.url)


@router.post(f"{TOKENS}/{{number}}/revoke")
def revoke_token(number: str, sent: ByAdmin) -> Response:
    """End a token at once."""
    page = sent.page
    with page.center.store.begin() as connection:
        token = tokens.revoke(connection, page.center, _number(number))
        _note(connection, page, "token_revoked", token.name, number=token.number)
    return page.go(TOKENS, "token_revoked")


@router.get(AUDIT)
def book(page: Admin) -> Response:
    """Who did what, the newest first."""
    who, action, before = page.asked("account"), page.asked("action"), _number(page.asked("before"))
    action = action if action in audit.ACTIONS else ""
    with page.center.store.read() as connection:
        lines = audit.entries(connection, who or None, action, before, LINES + 1)
        names = [account.name for account in accounts.listed(connection)]
    return page.show(
        "audit.html",
        lines=lines[:LINES],
        older=lines[LINES - 1].number if len(lines) > LINES else 0,
        names=names,
        who=who if who in names else "",
        action=action,
        actions=audit.ACTIONS,
    )


def _accounts(page: Page, problem: str = "", status: int = 200) -> Response:
    with page.center.store.read() as connection:
        found = accounts.listed(connection)
    return page.show("accounts.html", status, accounts=found, roles=ROLES, meaning=MEANING, problem=problem)


def _tokens(page: Page, problem: str = "", status: int = 200) -> Response:
    with page.center.store.read() as connection:
        found = tokens.listed(connection)
    return page.show("tokens.html", status, tokens=found, scopes=tokens.SCOPES, problem=problem)


def _link(connection: Connection, page: Page, name: str) -> str:
    token = accounts.link(connection, page.center, name)
    _note(connection, page, "account_link", name)
    return token


def _show_link(page: Page, name: str, token: str) -> Response:
    address = f"{page.center.url}/staff/password/{token}"
    return page.show("account_link.html", name=name, address=address, hours=accounts.LINK_HOURS)


def _note(connection: Connection, page: Page, action: str, about: str, **details: str | int) -> None:
    audit.note(connection, page.center, page.account.name, action, about, **details)


def _name(name: str) -> str:
    return name.replace("\0", "")


def _number(text: str) -> int:
    """A number of an address; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
