"""Somebody at a browser who uses the staff pages of a center, without a real browser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

import pytest
from argon2 import PasswordHasher
from httpx import Response
from starlette.testclient import TestClient

from kiosk.center import accounts, audit, passwords, sessions
from kiosk.center.app import create_app
from kiosk.center.context import Center

PASSWORD = "four words that nobody guesses"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = QUICK.hash(PASSWORD)
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost next to nothing, where it is not about them."""
    monkeypatch.setattr(passwords, "_hasher", QUICK)


def add(center: Center, name: str, role: str, password_hash: str = "") -> None:
    """An account, with the hash of a password where it is needed."""
    with center.store.begin() as connection:
        accounts.add(connection, center, name, role, audit.COMMAND_LINE)
        if password_hash:
            accounts.set_password(connection, name, password_hash)


@dataclass
class Visitor:
    """A browser with its cookies; `signed_in` makes an account of a role and begins a session for it."""

    center: Center
    clock: list[float] = field(default_factory=lambda: [0.0])

    def __post_init__(self) -> None:
        app = create_app(self.center, monotonic=lambda: self.clock[0])
        self.client = TestClient(app, base_url="https://center.example", follow_redirects=False)

    def signed_in(self, role: str, name: str = "") -> Visitor:
        name = name or f"one-{role}"
        with self.center.store.begin() as connection:
            if accounts.find(connection, name) is None:
                accounts.add(connection, self.center, name, role, audit.COMMAND_LINE)
            made = sessions.begin(connection, self.center, name)
        self.client.cookies.set("__Host-kiosk", made.session)
        return self

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def csrf(self, path: str) -> str:
        """What the forms of a page carry."""
        found = _CSRF.search(self.get(path).text)
        assert found, f"{path} has no form"
        return found.group(1)

    def post(self, path: str, page: str = "/staff/devices", **fields: object) -> Response:
        """Send a form that a page has (each page has the one that signs out, with the same mark)."""
        return self.client.post(path, data={"csrf": self.csrf(page), **fields})

    def sign_in(self, name: str, password: str, onward: str = "") -> Response:
        """Fill in the first form."""
        page = f"/staff/sign-in?next={onward}" if onward else "/staff/sign-in"
        hidden = re.search(r'name="next" value="([^"]*)"', self.get(page).text)
        assert hidden
        return self.post("/staff/sign-in", page, name=name, password=password, next=unescape(hidden.group(1)))
