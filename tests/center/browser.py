"""A real browser for the tests of web pages: the system's Chromium, a served center, and axe-core."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kiosk.center.context import Center
from tests.support.center_server import served

NAMES = ("chromium", "chromium-browser", "google-chrome")
PHONE = (360, 740)
"""A small phone of today, in CSS pixels."""
_AXE = Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module: Playwright's loop must be gone before tests that have one of their own."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("needs a browser: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(center: Center) -> Iterator[str]:
    """Where the test's center is served: `http://127.0.0.1:PORT`."""
    with served(center) as url:
        yield url


@contextmanager
def opened(
    browser: Browser, size: tuple[int, int] = PHONE, locale: str = "en-US", javascript: bool = True
) -> Iterator[Page]:
    """A page of a browser that knows nothing yet; whatever its console complains of fails the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=locale, java_script_enabled=javascript
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: _note(complaints, message))
    yield page
    context.close()
    assert not complaints, complaints


def _note(complaints: list[str], message: Any) -> None:
    # A status such as 404 is complained of as well; tests that ask for one look at the page itself.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        complaints.append(message.text)


def findings(page: Page) -> list[str]:
    """What axe-core finds on a page that is serious or critical: rule and elements, one a line."""
    page.evaluate(_AXE)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{rule['id']}: {[node['target'] for node in rule['nodes']]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


def overflows(page: Page) -> bool:
    """Whether a page has to be moved sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
