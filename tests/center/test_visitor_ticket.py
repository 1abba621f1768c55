"""The page of a ticket on the visitor's phone: what it says, what can be done on it, when it is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from kiosk.center import projecting
from kiosk.center.context import Center
from kiosk.center.web import streams, visitor_line, visitor_steps
from kiosk.center.web.pages import accepted, form_key
from kiosk.clock import FixedClock
from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.messages import load
from kiosk.tickets.page import address, token
from tests.support.visitor import Hall, Phone


@pytest.fixture
def hall(center: Center) -> Hall:
    return Hall(center)


@pytest.fixture
def phone(center: Center) -> Phone:
    return Phone(center)


def test_the_page_says_what_the_kiosk_says(hall: Hall, phone: Phone) -> None:
    """Number, line, people ahead, where to go, what to have ready."""
    hall.issue("B101")
    second = hall.issue("B102")
    said = phone.ticket(second)
    assert phone.status == 200
    for words in (
        "B102",
        "Bills and payments",
        "1 person before you",
        "The windows on the left",
        "Your bill",
    ):
        assert words in said
    assert "The waiting time is not known yet" in said
    assert "Fill in the form while you wait" in phone.ways


def test_a_ticket_that_another_process_folds_meanwhile_is_found(center: Center, hall: Hall) -> None:
    """Between a look that found nothing and the question whether anything is left to fold."""
    page = token(hall.issue("B104"))

    def known() -> str | None:
        with center.store.read() as connection:
            code = connection.value("SELECT max(code) FROM tickets WHERE page = :page", page=page)
        projecting.catch_up_all(center)
        return code

    assert visitor_line.first_known(center, known) == "B104"


def test_the_wait_is_a_range_once_the_line_is_known(hall: Hall, phone: Phone, clock: FixedClock) -> None:
    """Learned from those who were served here, at counters that are open."""
    hall.machine.append("counter.opened", {"counter": "2", "staff": "s1"})
    for number in range(6):
        ticket = hall.issue(f"B10{number}")
        hall.serve(ticket)
        clock.advance(300 + 20 * number)
        hall.happens("ticket.finished", ticket, staff="s1", accurate=True)
    hall.call(hall.issue("B110"))
    said = phone.ticket(hall.issue("B111"))
    assert "About " in said and " minutes" in said
    assert "Now serving B110 Counter 2" in said


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["called"], "You are called: please go to counter 2"),
        (["called", "serving"], "You are being helped at counter 2"),
        (["called", "serving", "held"], "Your ticket is put aside for a moment"),
        (["called", "no_show"], "You were called and nobody came"),
        (["called", "serving", "finished"], "Your visit to the counter is finished"),
        (["voided"], "This number does not count any more"),
    ],
)
def test_every_state_in_words(hall: Hall, phone: Phone, steps: list[str], said: str) -> None:
    ticket = hall.issue()
    more = {"voided": {"reason": "mistake"}, "finished": {"accurate": True}}
    for step in steps:
        by = {"counter": "2"} if step in ("called", "serving") else {}
        hall.happens(f"ticket.{step}", ticket, staff="s1", **by, **more.get(step, {}))
    assert said in phone.ticket(ticket)


def test_running_late_is_told_once(hall: Hall, phone: Phone) -> None:
    ticket = hall.issue()
    phone.ticket(ticket)
    said = phone.touch("I am running late")
    assert "The counter knows that you are running late." in said
    assert "I am running late" not in phone.ways
    _post(phone, hall, ticket, "late")
    assert hall.events("ticket") == [{"kind": "ticket.late", "ticket": ticket}]


def test_a_place_is_given_back_after_a_question(hall: Hall, phone: Phone) -> None:
    ticket = hall.issue()
    phone.ticket(ticket)
    assert "Do you want to give your place back?" in phone.touch("I must leave")
    assert hall.events("ticket") == []
    assert "You have given your place back." in phone.touch("Yes, I must leave")
    assert "I must leave" not in phone.ways
    _post(phone, hall, ticket, "leave")
    assert hall.events("ticket") == [{"kind": "ticket.left", "ticket": ticket, "how": "phone"}]


def test_a_place_is_kept_by_who_changes_their_mind(hall: Hall, phone: Phone) -> None:
    phone.ticket(hall.issue(), "/leave")
    assert "Nobody is before you" in phone.touch("No, keep my place")
    assert hall.events() == []


def test_who_is_being_served_can_not_leave(hall: Hall, phone: Phone) -> None:
    """The button is gone; an old page's button changes nothing."""
    ticket = hall.issue()
    hall.serve(ticket)
    phone.ticket(ticket)
    assert not {"I must leave", "I am running late"} & phone.ways
    said = _post(phone, hall, ticket, "leave")
    assert "You are being helped" in said and hall.events() == []


def test_a_desk_can_take_back_what_the_phone_said(hall: Hall, phone: Phone) -> None:
    """Somebody else may have found the ticket."""
    ticket = hall.issue()
    phone.ticket(ticket, "/leave")
    phone.touch("Yes, I must leave")
    with hall.center.store.read() as connection:
        left = connection.value("SELECT id FROM events WHERE kind = 'ticket.left'")
    hall.center.clock.advance(5)  # type: ignore[attr-defined]
    hall.happens("ticket.undone", ticket, undoes=left, staff="s1")
    assert "Nobody is before you" in phone.ticket(ticket)


def test_unknown_and_over_are_the_same_page(hall: Hall, phone: Phone, clock: FixedClock) -> None:
    """Nobody finds out whether a token ever was one."""
    ticket = hall.issue()
    hall.finish(ticket)
    phone.ticket(ticket)
    assert phone.status == 200
    clock.advance(24 * 3600)
    pages = set()
    for path in (token(ticket), token("nobody's"), "xyz", "a" * 500):
        assert "it appears here by itself" in phone.open(f"/t/{path}")
        pages.add((phone.status, phone.html.replace(f"/t/{path}", "")))
    assert len(pages) == 1 and phone.status == 404


@pytest.mark.parametrize("path", ["/t/%00", "/t/🙂", "/t/..%2f..%2fetc", "/t/'; DROP TABLE tickets; --"])
def test_odd_tokens(hall: Hall, phone: Phone, path: str) -> None:
    """They are unknown ones, whatever they are made of."""
    phone.open(path)
    assert phone.status == 404
    phone.ticket(hall.issue())
    assert phone.status == 200


def test_the_address_in_a_code_is_in_capitals(center: Center, hall: Hall, phone: Phone) -> None:
    """It leads to the same page, and an odd one to nothing."""
    ticket = hall.issue()
    assert "B104" in phone.open(address("", ticket).upper())
    assert phone.address == f"/t/{token(ticket)}"
    for odd in ("/T/X", "/T//EVIL.EXAMPLE", "/T/%2F%2FEVIL.EXAMPLE"):
        answer = phone.http.get(odd)
        assert answer.status_code == 404 and "location" not in answer.headers


def test_a_ticket_appears_when_it_arrives(hall: Hall, phone: Phone) -> None:
    """The kiosk had no network when it was printed."""
    ticket = hall.prints()
    phone.ticket(ticket)
    assert phone.status == 404
    hall.send()
    phone.ticket(ticket)
    assert phone.status == 200


def test_a_line_that_keeps_its_places_keeps_its_pages(hall: Hall, phone: Phone, clock: FixedClock) -> None:
    waits = hall.issue("H101", lane="help", service="")
    done = hall.issue("H102", lane="help", service="")
    hall.finish(done)
    clock.advance(24 * 3600)
    assert "H101" in phone.ticket(waits)
    assert "H102" not in phone.ticket(done)


def test_in_the_language_of_the_ticket(center: Center, hall: Hall) -> None:
    """Before the phone's own; another one is chosen at the foot, and stays."""
    spanish, phone = load("es"), Phone(center, "vi-VN")
    ticket = hall.issue(language="es")
    said = phone.ticket(ticket)
    assert spanish.tr("Nobody is before you") in said and '<html lang="es" dir="ltr">' in phone.html
    phone.touch("العربية")
    assert 'lang="ar" dir="rtl"' in phone.html
    phone.touch(load("ar").tr("I must leave"))
    assert 'lang="ar" dir="rtl"' in phone.html
    phone.touch(load("ar").tr("No, keep my place"))
    assert 'lang="ar" dir="rtl"' in phone.html
    phone.open("/")
    assert 'lang="vi"' in phone.html


def test_every_language_is_offered_by_its_own_name(hall: Hall, phone: Phone) -> None:
    phone.ticket(hall.issue())
    assert {language.name for language in LANGUAGES.values()} <= phone.ways


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de,zh-TW;q=0.7,vi;q=0.5", "zh_Hans"),
        ("en;q=0.1, ar", "ar"),
        ("vi;q=0, es;q=x, tlh", "en"),
        ("*", "en"),
    ],
)
def test_the_language_that_a_phone_asks_for(header: str, code: str) -> None:
    assert accepted(header) == code


def test_a_form_of_somebody_else_changes_nothing(center: Center, hall: Hall, phone: Phone) -> None:
    """Another site's page, another ticket's key, no key, yesterday's key."""
    ticket, other = hall.issue("B101"), hall.issue("B102")
    key = form_key(center, token(ticket))
    address = f"/t/{token(ticket)}/leave"
    for fields, headers in (
        ({}, {}),
        ({"key": "é"}, {}),
        ({"key": form_key(center, token(other))}, {}),
        ({"key": key}, {"sec_fetch_site": "cross-site"}),
        ({"key": key}, {"sec_fetch_site": "same-site"}),
        ({"key": key}, {"origin": "https://evil.example"}),
        ({"key": key}, {"origin": "null"}),
        ({"key": key}, {"origin": "http://["}),
    ):
        phone.post(address, fields, **headers)
        assert phone.status == 403, (fields, headers)
    assert hall.events() == []
    phone.post(address, {"key": key}, origin="https://center.example", sec_fetch_site="same-origin")
    assert phone.status == 200 and len(hall.events("ticket.left")) == 1


def test_nothing_on_a_page_is_taken_for_markup(hall: Hall, phone: Phone) -> None:
    """A lane that left the catalogue, a counter with an odd name."""
    ticket = hall.issue()
    hall.call(ticket, "<b>{{7*7}}")
    phone.ticket(ticket)
    assert "&lt;b&gt;{{7*7}}" in phone.html and "<b>" not in phone.html


def test_what_the_page_sends_along(hall: Hall, phone: Phone) -> None:
    """It is kept nowhere, told nobody, and holds nothing but its own files."""
    headers = phone.http.get(f"/t/{token(hall.issue())}").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "set-cookie" not in headers


def test_a_live_page_that_is_over_says_so_and_ends(phone: Phone) -> None:
    """No proxy keeps back what is sent, and nothing is kept."""
    answer = phone.http.get(f"/t/{token('nobody')}/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no" and answer.headers["cache-control"] == "no-store"
    assert answer.text == "retry: 3000\n\nevent: over\ndata:\n\n"


def test_more_live_pages_than_a_worker_holds(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are asked to come back; the others go on."""
    monkeypatch.setattr(streams, "OPEN_AT_ONCE", 0)
    answer = phone.http.get(f"/t/{token('nobody')}/live")
    assert answer.status_code == 503 and answer.headers["retry-after"]


def test_buttons_that_are_pushed_too_often_wait(hall: Hall, phone: Phone) -> None:
    ticket = hall.issue()
    for _ in range(40):
        _post(phone, hall, ticket, "late")
        if phone.status == 429:
            return
    pytest.fail("nobody was slowed down")


def test_people_on_one_network_do_not_wait_for_each_other(hall: Hall, phone: Phone) -> None:
    """The Wi-Fi of the hall has one address for all of them."""
    for number in range(30):
        _post(phone, hall, hall.issue(f"B{100 + number}"), "late")
        assert phone.status == 200


@pytest.mark.parametrize("step", [visitor_steps.late, visitor_steps.leave])
def test_a_button_that_is_pushed_on_several_phones_at_once_counts_once(
    hall: Hall, step: Callable[[Center, str, str], None]
) -> None:
    tickets = [hall.issue(f"B10{number}") for number in range(4)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda ticket: step(hall.center, hall.home, ticket), sorted(tickets * 6)))
    assert sorted(of["ticket"] for of in hall.events("ticket")) == sorted(tickets)


def test_who_took_the_survey_at_the_kiosk_is_not_asked_again(hall: Hall, phone: Phone) -> None:
    ticket = hall.issue()
    hall.finish(ticket)
    body = {"unit": ticket, "source": "ticket", "stratum": "bills", "service": "utility_pay"}
    body |= {"language": "en", "seed": "5" * 32, "code": "B104"}
    hall.machine.append("survey.eligible", {**body, "ordinal": 0, "selected": True})
    hall.machine.append("survey.invited", {"unit": ticket, "by": "screen"})
    hall.send()
    phone.ticket(ticket)
    assert "Leave feedback" in phone.ways
    hall.machine.append("survey.accepted", {"unit": ticket})
    hall.send()
    phone.ticket(ticket)
    assert "Leave feedback" not in phone.ways


def test_browsers_find_an_icon(phone: Phone) -> None:
    """Also where they look without being told."""
    answer = phone.http.get("/favicon.ico", follow_redirects=True)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/svg+xml"
    for path in ("/", "/results", "/staff/sign-in", "/api"):
        assert '<link rel="icon" href="/static/icon.svg?v=' in phone.http.get(path).text, path


def test_the_start_leads_on(phone: Phone) -> None:
    said = phone.open("/")
    assert "Welcome to City Hall" in said and "311" in said
    assert {"What visitors told us", "For staff"} <= phone.ways


def _post(phone: Phone, hall: Hall, ticket: str, step: str) -> str:
    page = token(ticket)
    return phone.post(f"/t/{page}/{step}", {"key": form_key(hall.center, page)})
