"""Pages for visitors in a real browser: live, without script, in three scripts, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.center.context import Center
from kiosk.i18n.messages import load
from kiosk.tickets.page import token
from tests.center.browser import PHONE, address, chromium, findings, opened, overflows  # noqa: F401
from tests.support.visitor import Hall, Phone

NARROW = (320, 568)
"""The smallest phone that is still in use."""
LANGUAGES = ("en", "ar", "zh_Hans")
KINDS = (
    "ticket",
    "called",
    "leave",
    "done",
    "invite",
    "statement",
    "thanks",
    "nothing",
    "start",
    "link",
    "results",
    "wrong",
)

on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the browser alone does with a page; the pages themselves are tested on both."""


@pytest.fixture
def hall(center: Center) -> Hall:
    return Hall(center)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:  # noqa: F811
    with opened(chromium) as page:
        yield page


def test_the_page_follows_the_line(hall: Hall, address: str, phone: Page) -> None:  # noqa: F811
    """Nobody touches anything: the call appears by itself, and is said aloud by a screen reader."""
    first, second = hall.issue("B101"), hall.issue("B102")
    phone.goto(f"{address}/t/{token(second)}")
    expect(phone.get_by_role("status")).to_contain_text("1 person before you")
    hall.call(first)
    expect(phone.get_by_role("status")).to_contain_text("Nobody is before you")
    expect(phone.locator("#around")).to_contain_text("B101")
    hall.call(second)
    expect(phone.get_by_role("status")).to_contain_text("You are called: please go to counter 2")
    expect(phone.get_by_role("button", name="I am running late")).to_be_visible()
    hall.happens("ticket.serving", second, counter="2", staff="s1")
    expect(phone.get_by_role("button", name="I am running late")).to_have_count(0)


@on_one_database
def test_a_finger_or_the_focus_on_a_button_keeps_it(hall: Hall, address: str, phone: Page) -> None:  # noqa: F811
    """What has not changed is not put in anew."""
    first, second = hall.issue("B101"), hall.issue("B102")
    phone.goto(f"{address}/t/{token(second)}")
    late = phone.get_by_role("button", name="I am running late")
    late.focus()
    hall.call(first)
    expect(phone.get_by_role("status")).to_contain_text("Nobody is before you")
    expect(late).to_be_focused()


def test_a_ticket_that_has_not_arrived_appears(hall: Hall, address: str, phone: Page) -> None:  # noqa: F811
    phone.clock.install()
    ticket = hall.prints()
    phone.goto(f"{address}/t/{token(ticket)}")
    expect(phone.get_by_role("heading")).to_contain_text("There is nothing to show here")
    hall.send()
    phone.clock.run_for(21_000)
    expect(phone.get_by_role("heading").first).to_contain_text("B104")


def test_from_the_ticket_through_the_survey(hall: Hall, address: str, phone: Page) -> None:  # noqa: F811
    ticket = hall.issue()
    phone.goto(f"{address}/t/{token(ticket)}")
    phone.get_by_role("button", name="I am running late").click()
    expect(phone.get_by_role("status")).to_contain_text("The counter knows that you are running late.")
    hall.finish(ticket)
    phone.get_by_role("link", name="Leave feedback").click()
    phone.get_by_role("button", name="Answer").click()
    for answer in ("Strongly agree", "Not applicable", "Skip"):
        phone.get_by_role("button", name=answer).click()
    expect(phone.get_by_role("heading")).to_have_text("Thank you")
    assert [of["answer"] for of in hall.events("survey.answered")] == ["4", "na", "skipped"]


@on_one_database
def test_without_script(hall: Hall, address: str, chromium: Browser) -> None:  # noqa: F811
    """Everything can be done; the page asks for itself anew."""
    ticket = hall.issue()
    with opened(chromium, javascript=False) as phone:
        phone.goto(f"{address}/t/{token(ticket)}")
        refresh = phone.locator("meta[http-equiv=refresh]")
        assert refresh.get_attribute("content") == "20"
        phone.get_by_role("link", name="I must leave").click()
        phone.get_by_role("button", name="Yes, I must leave").click()
        expect(phone.get_by_role("status")).to_contain_text("You have given your place back.")
        phone.get_by_role("link", name="Leave feedback").click()
        phone.get_by_role("button", name="Answer").click()
        phone.get_by_role("button", name="Stop").click()
        expect(phone.get_by_role("heading")).to_have_text("Thank you")


@on_one_database
@pytest.mark.parametrize("javascript", [True, False])
def test_back_after_leaving_shows_that_the_place_is_gone(
    hall: Hall,
    address: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    javascript: bool,
) -> None:
    """Not the old page with its place and its question."""
    ticket = hall.issue()
    with opened(chromium, javascript=javascript) as phone:
        phone.goto(f"{address}/t/{token(ticket)}")
        phone.get_by_role("link", name="I must leave").click()
        phone.get_by_role("button", name="Yes, I must leave").click()
        for _ in range(2):
            expect(phone.get_by_role("status")).to_contain_text("You have given your place back.")
            expect(phone.get_by_role("link", name="I must leave")).to_have_count(0)
            phone.go_back()


@on_one_database
@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_can_use_every_page(
    hall: Hall,
    address: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    language: str,
    tmp_path: Path,
) -> None:
    """No serious finding of axe-core, nothing to be moved sideways, targets that a thumb hits."""
    pages = addresses(hall, language)
    assert set(pages) == set(KINDS)
    with opened(chromium, PHONE) as phone:
        for name, path in pages.items():
            phone.goto(f"{address}{path}")
            assert findings(phone) == [], name
            phone.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
            assert name == "results" or not overflows(phone), name
            assert name == "results" or small_targets(phone) == [], name
            phone.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


def addresses(hall: Hall, language: str) -> dict[str, str]:
    """Every kind of page, with a line in which something happens; the language is the ticket's or chosen."""
    hall.machine.append("counter.opened", {"counter": "2", "staff": "s1"})
    mine = {"language": language}
    before, ticket = hall.issue("B101"), hall.issue("B102", **mine)
    called, done = hall.issue("B103", **mine), hall.issue("B104", **mine)
    hall.call(before, "1")
    hall.call(called)
    hall.finish(done)
    begun, over = hall.issue("B105", **mine), hall.issue("B106", **mine)
    reader, messages = Phone(hall.center), load(language)
    for each in (begun, over):
        hall.finish(each)
        reader.ticket(each, "/survey")
        reader.touch(messages.tr("Answer"))
    reader.touch(messages.tr("Stop"))
    chosen = f"?lang={language}"
    return {
        "ticket": f"/t/{token(ticket)}",
        "called": f"/t/{token(called)}",
        "leave": f"/t/{token(ticket)}/leave",
        "done": f"/t/{token(done)}",
        "invite": f"/t/{token(done)}/survey",
        "statement": f"/t/{token(begun)}/survey",
        "thanks": f"/t/{token(over)}/survey",
        "nothing": f"/t/{token('nothing')}{chosen}",
        "start": f"/{chosen}",
        "link": f"/s/nothing{chosen}",
        "results": f"/results{chosen}",
        "wrong": f"/nothing/here{chosen}",
    }


def small_targets(page: Page) -> list[str]:
    """What can be touched and is less than 44 pixels high."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a, button")]
            .filter((of) => of.getBoundingClientRect().height < 44)
            .map((of) => of.outerHTML)"""
    )
    return found
