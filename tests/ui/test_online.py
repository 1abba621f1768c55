"""Codes on screen and paper once the machine belongs to a center: a ticket's page, short links to forms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.catalog.model import Online, Service
from kiosk.devices.slip import Code, Slip
from kiosk.i18n import messages
from kiosk.sync.membership import FILE, Membership, store
from kiosk.tickets.page import address, is_token, token
from kiosk.ui.online import center_url, service_link
from kiosk.ui.slips import page_slip, ticket_slip
from kiosk.ui.visitor.service import ServiceScreen
from kiosk.ui.visitor.take_along import TakeAlongScreen
from kiosk.ui.visitor.ticket import TicketScreen
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.qr_code import QRCode
from tests.support.app import Kiosk
from tests.support.codes import read
from tests.support.gallery import seen, stretches

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]

URL = "https://kiosks.example.gov"
SERVICE = "utility_pay"


def enroll(data: Path, url: str = URL) -> None:
    """Let a data folder belong to a center."""
    key = "ab" * 32
    store(data, Membership(url, "c" * 32, "t" * 43, "lobby", "Lobby", key, key, "k3v9x2ma"))


async def take(kiosk: Kiosk) -> TicketScreen:
    """A visitor takes a ticket."""
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    await kiosk.touch("ticket")
    assert isinstance(kiosk.screen, TicketScreen)
    return kiosk.screen


async def test_the_code_of_a_ticket_leads_to_its_page(run: Running) -> None:
    """The form stands on that page; no code of it was shown."""
    async with run((120, 34)) as kiosk:
        enroll(kiosk.app.settings.data)
        screen = await take(kiosk)
        shown = read(stretches(kiosk), screen.query_one(QRCode).region)
        assert shown == f"{URL}/t/{token(screen.ticket.ticket)}".upper()
        told = " ".join(" ".join(seen(kiosk, "code-told").drawn).split())
        assert told == "Follow your place in the line on your phone"
        assert await kiosk.rows("qr.shown") == []
        slip = ticket_slip(screen.ticket, kiosk.app.catalog, kiosk.app.messages, kiosk.clock, url=URL)
        assert _codes(slip) == [shown]


async def test_where_no_code_has_room_the_form_is_what_can_be_typed(run: Running) -> None:
    async with run((80, 24)) as kiosk:
        enroll(kiosk.app.settings.data)
        screen = await take(kiosk)
        assert not screen.query(QRCode)
        facts = screen.query_one("#facts", FactCard).words()
        while "munisselfservice" not in facts:
            await kiosk.touch("more")
            facts += kiosk.screen.query_one("#facts", FactCard).words()
        assert "/t/" not in facts


async def test_a_code_without_room_beside_the_ticket_has_a_screen_of_its_own(run: Running) -> None:
    """One touch there, one back; on the smallest screen there is no room for it at all."""
    async with run((80, 24)) as kiosk:
        enroll(kiosk.app.settings.data)
        screen = await take(kiosk)
        await kiosk.touch("on-phone")
        shown = read(stretches(kiosk), kiosk.screen.query_one(QRCode).region)
        assert shown == f"{URL}/t/{token(screen.ticket.ticket)}".upper()
        assert "Follow your place" in kiosk.text()
        assert await kiosk.rows("qr.shown") == []
        await kiosk.touch("done")
        assert kiosk.screen is screen
    async with run((55, 18)) as kiosk:
        enroll(kiosk.app.settings.data)
        assert not (await take(kiosk)).query("#on-phone")


async def test_the_code_of_a_form_is_the_centers_where_it_is_shorter(run: Running) -> None:
    """On the screen, in words below it, and on paper; the City's own short addresses stay."""
    async with run((120, 34)) as kiosk:
        enroll(kiosk.app.settings.data)
        await kiosk.start("en")
        services = [s for s in kiosk.app.catalog.services if s.link.startswith("http")]
        longer = next(s for s in services if not s.short_url and len(s.link) > len(f"{URL}/s/{s.id}"))
        await kiosk.show(TakeAlongScreen(longer.id))
        shown = f"{URL}/s/{longer.id}"
        assert read(stretches(kiosk), kiosk.screen.query_one(QRCode).region) == shown
        assert shown.removeprefix("https://") in "".join(kiosk.text().split())
        slip = page_slip(longer, kiosk.app.catalog, kiosk.app.messages, kiosk.clock, url=URL)
        assert _codes(slip) == [shown]


@pytest.mark.parametrize(
    ("short_url", "form", "url", "own"),
    [
        ("", "https://city.example/forms/a-long-name-of-a-form", URL, False),
        ("https://c.example/f", "https://city.example/forms/a-long-name-of-a-form", URL, True),
        ("https://c.example/something-much-longer-than-that", "", URL, False),
        ("", "https://c.example", URL, False),
        ("", "https://c.example", f"{URL}/{'deep/' * 20}kiosks", True),
        ("", "https://city.example/forms/a-long-name-of-a-form", "", True),
        ("", "", URL, True),
    ],
)
def test_which_link_a_code_holds(short_url: str, form: str, url: str, own: bool) -> None:
    """Never one that fits no small screen, never one in the place of a telephone number."""
    service = replace(_service(), short_url=short_url, online=Online(form_url=form))
    assert service_link(service, url) == (service.link if own else f"{url}/s/pay")


@pytest.mark.parametrize("url", ["http://10.0.0.5:8080", "http://127.0.0.1:8080"])
def test_a_center_that_phones_do_not_reach(tmp_path: Path, url: str) -> None:
    """One without https lives in a network of its own: codes lead to the City's pages as before."""
    assert center_url(tmp_path) == ""
    enroll(tmp_path, url)
    assert center_url(tmp_path) == ""
    enroll(tmp_path)
    assert center_url(tmp_path) == URL
    assert center_url(tmp_path, practice=True) == ""


def test_a_damaged_membership_costs_no_visitor_a_code(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    assert center_url(tmp_path) == ""


def test_tokens_lead_one_way() -> None:
    """The same ticket always has the same page, and its address tells nothing of it."""
    assert token("a" * 32) == token("a" * 32) != token("b" * 32)
    assert is_token(token("a" * 32)) and "a" * 8 not in address(URL, "a" * 32).lower()
    assert address(f"{URL}/deep", "a" * 32) == f"{URL}/deep/t/{token('a' * 32)}"
    assert not any(map(is_token, ("", "x", token("a") + "a", token("a").upper(), token("a")[:-1] + "\n")))


@pytest.mark.parametrize("code", ["en", "ar"])
def test_paper_without_a_center_leads_to_the_form(kiosk: Kiosk, code: str) -> None:
    words, catalog = messages.load(code), kiosk.app.library.catalog(code)
    service = catalog.by_id[SERVICE]
    assert _codes(page_slip(service, catalog, words, kiosk.clock)) == [service.link]


def _codes(slip: Slip) -> list[str]:
    return [block.payload for block in slip.blocks if isinstance(block, Code)]


def _service() -> Service:
    from kiosk.catalog.model import Phone

    return Service(
        "pay", "Pay", "Pay it.", "bills", "s", "2026-01-01", "high", phones=(Phone("918-555-0100"),)
    )
