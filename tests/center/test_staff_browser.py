"""Staff pages in a real browser: signing in, looking at devices, exporting; and what axe-core finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kiosk.center import accounts, ledger, projecting
from kiosk.center.context import Center
from kiosk.sync.bundle import pack
from tests.center.browser import chromium, findings, opened, overflows, served
from tests.center.test_staff_figures import SERVICES, response
from tests.support import center as support
from tests.support.center import Machine
from tests.support.staff import HASH, PASSWORD, add, quick_hashes

__all__ = ["chromium", "quick_hashes"]

pytestmark = [
    pytest.mark.usefixtures("quick_hashes"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
PATHS = (
    "devices",
    "devices/enroll",
    "scorecard?by=site&from=2026-11-23&to=2026-11-23",
    "waits?by=lane",
    "searches?from=2026-11-23&to=2026-11-23",
    "comments?from=2026-11-23&to=2026-11-23",
    "exports",
    "catalog",
    "accounts",
    "tokens",
    "audit",
    "password",
)


@pytest.fixture
def address(center: Center) -> Iterator[str]:
    """A center at which two devices were heard of, with an admin and what there is to look at."""
    center = replace(center, url="http://127.0.0.1")
    for home, name in (("city-hall", "Lobby 1"), ("station-4", "On the Go")):
        machine = Machine(center.clock)
        support.site(center, home)
        support.register(center, home, machine, name)
        for number in range(12):
            response(machine, words="Call 918-555-0143" if number < 2 else "")
        for words in ("dog licence", "رخصة كلب"):
            search = {"visit": "0" * 32, "language": "en", "results": 0, "chosen": "", "confident": False}
            machine.append("search.made", search, text=words)
        machine.append("ticket.issued", {"not": "as it should be"})
        ledger.take(center, machine.batch(), "", "stick")
    projecting.catch_up_all(center)
    add(center, "m.rivera", "admin", HASH)
    add(center, "gone", "viewer", HASH)
    with center.store.begin() as connection:
        accounts.disable(connection, "gone")
    with served(center) as url:
        yield url


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/staff")
    page.get_by_label("Name").fill("m.rivera")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Sites and devices").wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_staff_sign_in_look_at_a_device_export_and_sign_out(
    chromium: Browser, address: str, javascript: bool, tmp_path: Path
) -> None:
    with opened(chromium, SIZES["desk"], javascript=javascript) as page:
        page.goto(f"{address}/staff/waits?by=lane")
        assert page.get_by_role("heading", name="Sign in").is_visible()
        page.get_by_label("Name").fill("m.rivera")
        page.get_by_label("Password").fill("not this one")
        page.get_by_role("button", name="Sign in").click()
        assert page.get_by_text("Name or password is not right.").is_visible()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        assert page.url == f"{address}/staff/waits?by=lane"

        page.get_by_role("link", name="Devices").click()
        page.get_by_role("link", name="Lobby 1").click()
        assert page.get_by_text("1 event in quarantine.").is_visible()
        page.get_by_label("Name").fill("Lobby <b>north</b>")
        page.get_by_role("button", name="Rename").click()
        assert page.get_by_role("heading", name="Lobby <b>north</b>").is_visible()
        assert page.get_by_text("The device has its new name.").is_visible()

        page.get_by_role("link", name="Exports").click()
        page.get_by_label("From").fill("2026-11-23")
        page.get_by_label("To").fill("2026-11-23")
        with page.expect_download() as download:
            page.get_by_role("button", name="Survey responses").click()
        assert download.value.suggested_filename == "responses_2026-11-23_2026-11-23.csv"
        download.value.save_as(tmp_path / "responses.csv")
        assert len((tmp_path / "responses.csv").read_text("utf-8-sig").splitlines()) == 25
        page.get_by_role("link", name="Audit log").click()
        assert page.get_by_role("cell", name="Exported", exact=True).is_visible()

        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{address}/staff/devices")
        assert page.get_by_role("heading", name="Sign in").is_visible()


@pytest.mark.parametrize("size", SIZES)
def test_every_page_can_be_used_by_everybody(
    chromium: Browser, address: str, size: str, tmp_path: Path
) -> None:
    found: list[str] = []

    def look(page: Page) -> None:
        found.extend(f"{page.url}: {finding}" for finding in findings(page))
        if overflows(page):
            found.append(f"{page.url} is wider than the screen")

    with opened(chromium, SIZES[size]) as page:
        page.goto(f"{address}/staff/sign-in")
        look(page)
        sign_in(page, address)
        for path in PATHS:
            page.goto(f"{address}/staff/{path}")
            look(page)
        page.goto(f"{address}/staff/devices")
        page.get_by_role("link", name="On the Go").click()
        page.get_by_text("Revoke this device").click()
        look(page)
        page.get_by_role("button", name="Revoke", exact=True).wait_for()
        page.goto(f"{address}/staff/tokens")
        page.get_by_label("Who will use it").fill("Open data")
        page.get_by_role("button", name="Make it").click()
        look(page)
        page.goto(f"{address}/staff/accounts")
        page.get_by_label("Name", exact=True).fill("new.one")
        page.get_by_role("button", name="Add", exact=True).click()
        look(page)
        page.goto(page.locator(".secret").inner_text().replace("http://127.0.0.1/", f"{address}/"))
        look(page)
        bundle = tmp_path / "catalog.zip"
        bundle.write_bytes(pack({"services.yaml": SERVICES.read_bytes()}))
        page.goto(f"{address}/staff/catalog")
        page.get_by_label("ZIP with services.yaml").set_input_files(bundle)
        page.get_by_role("button", name="Check and publish").click()
        assert page.get_by_text("Version 1 is published.").is_visible()
        look(page)
        page.goto(f"{address}/staff/devices/nothing")
        look(page)
    assert not found, "\n".join(found)
