"""A hall whose tickets arrive at a center, and a phone without a browser that reads their pages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx
from fastapi.testclient import TestClient

from kiosk.center import ledger
from kiosk.center.app import create_app
from kiosk.center.context import Center
from kiosk.journal import new_id
from kiosk.tickets.page import token
from tests.support.center import Machine, register, site

BY = {"counter": "2", "staff": "s1"}


@dataclass
class Hall:
    """One machine of a site; `send` lets the center have what happened there."""

    center: Center
    machine: Machine = field(init=False)
    device: str = field(init=False)
    home: str = "lobby"
    sent: int = 0

    def __post_init__(self) -> None:
        site(self.center, self.home)
        self.machine = Machine(self.center.clock)
        self.device = register(self.center, self.home, self.machine)

    def send(self) -> None:
        """Bring all that is new to the center."""
        ledger.take(self.center, self.machine.batch(self.sent + 1), self.device, "network")
        self.sent = len(self.machine.events())

    def issue(self, code: str = "B104", **changed: Any) -> str:
        """A ticket that has arrived at the center; its id."""
        ticket = self.prints(code, **changed)
        self.send()
        return ticket

    def prints(self, code: str = "B104", **changed: Any) -> str:
        """A ticket of which the center does not know yet; its id."""
        ticket = new_id()
        body = {
            "ticket": ticket,
            "code": code,
            "lane": "bills",
            "service": "utility_pay",
            "language": "en",
            "channel": "kiosk",
            "priority": "",
            "interpreter": "",
            "ahead": 0,
            "low": -1,
            "high": -1,
            "printing": False,
        }
        self.machine.append("ticket.issued", body | changed)
        return ticket

    def happens(self, kind: str, ticket: str, **body: Any) -> str:
        """A step of a ticket that has arrived; the id of its event."""
        found = self.machine.append(kind, {"ticket": ticket} | body)
        self.send()
        return found.id

    def call(self, ticket: str, counter: str = "2") -> None:
        """A counter calls it."""
        self.happens("ticket.called", ticket, counter=counter, staff="s1")

    def serve(self, ticket: str) -> None:
        """It is called and its person comes."""
        self.call(ticket)
        self.happens("ticket.serving", ticket, **BY)

    def finish(self, ticket: str) -> None:
        """It is called, served, and finished."""
        self.serve(ticket)
        self.happens("ticket.finished", ticket, staff="s1", accurate=True)

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """Bodies of what the center recorded of its visitors itself, of kinds that begin so."""
        with self.center.store.read() as connection:
            rows = connection.rows(
                """SELECT kind, body FROM events JOIN chains ON chains.chain = events.chain
                    WHERE chains.device = '' AND events.home = :home AND kind <> 'journal.opened'
                    ORDER BY position""",
                home=self.home,
            )
        return [{"kind": of, **json.loads(body)} for of, body in rows if of.startswith(kind)]


class _Reading(HTMLParser):
    """Collects the text, the links and the forms of a page, by the words on their buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.forms: dict[str, tuple[str, dict[str, str]]] = {}
        self._action, self._fields = "", dict[str, str]()
        self._open: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action, self._fields = values["action"], {}
        elif tag == "input":
            self._fields[values["name"]] = values["value"]
        elif tag in ("a", "button", "title", "style", "script"):
            self._open.append((tag, values, []))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        _, values, said = self._open.pop()
        words = " ".join("".join(said).split())
        if tag == "a":
            self.links[words] = values["href"]
        elif tag == "button":
            more = {values["name"]: values["value"]} if "name" in values else {}
            self.forms[words] = (self._action, self._fields | more)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)
        if not self._open or self._open[-1][0] in ("a", "button"):
            self.words.append(data)


class Phone:
    """Reads pages of a center as somebody does who has neither script nor style."""

    def __init__(self, center: Center, language: str = "en-US") -> None:
        self.http = TestClient(create_app(center), follow_redirects=False)
        self.http.headers["accept-language"] = language
        self.address = ""
        self.status = 0
        self.html = ""

    def open(self, address: str) -> str:
        """Go to an address and on to where it leads; the words on the page."""
        return self._read(self.http.get(address), address)

    def ticket(self, ticket: str, more: str = "") -> str:
        """Open the page of a ticket."""
        return self.open(f"/t/{token(ticket)}{more}")

    def touch(self, label: str) -> str:
        """Follow the link or push the button that says so."""
        page = self.page
        if label in page.links:
            return self.open(urljoin(self.address, page.links[label]))
        action, fields = page.forms[label]
        return self.post(urljoin(self.address, action), fields)

    def post(self, address: str, fields: dict[str, str], **headers: str) -> str:
        """Send a form."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._read(self.http.post(address, data=fields, headers=sent), address)

    @property
    def page(self) -> _Reading:
        """What stands on the page."""
        reading = _Reading()
        reading.feed(self.html)
        return reading

    @property
    def ways(self) -> set[str]:
        """Everything that can be touched on the page but the languages, the start and the phone."""
        return {*self.page.links, *self.page.forms}

    def _read(self, answer: httpx.Response, address: str) -> str:
        for _ in range(5):
            if answer.status_code not in (302, 303):
                break
            address = urljoin(address, answer.headers["location"])
            answer = self.http.get(address)
        self.address, self.status, self.html = address, answer.status_code, answer.text
        return " ".join(unescape(" ".join(self.page.words)).split())
