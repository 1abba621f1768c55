"""The exit survey on the visitor's phone: the kiosk's survey, once for each ticket, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kiosk.center import projecting
from kiosk.center.context import Center
from kiosk.center.web.pages import form_key
from kiosk.clock import FixedClock
from kiosk.i18n.messages import load
from kiosk.journal import new_id
from kiosk.tickets.page import token
from tests.support.visitor import Hall, Phone


@pytest.fixture
def hall(center: Center) -> Hall:
    return Hall(center)


@pytest.fixture
def phone(center: Center) -> Phone:
    return Phone(center)


@pytest.fixture
def done(hall: Hall, clock: FixedClock) -> str:
    """A ticket whose person was served after seven minutes in the line."""
    ticket = hall.issue()
    clock.advance(7 * 60)
    hall.finish(ticket)
    return ticket


def test_from_the_ticket_to_thank_you(hall: Hall, phone: Phone, done: str) -> None:
    """Two of the city's statements, then the department's own, each on a page of its own."""
    phone.ticket(done)
    assert "3 short statements" in phone.touch("Leave feedback")
    assert hall.events() == []
    assert "1 of 3" in phone.touch("Answer")
    assert "My overall experience with this service was positive" in " ".join(phone.page.words)
    assert "2 of 3" in phone.touch("Agree ●●●○")
    assert "3 of 3" in phone.touch("Not applicable")
    assert "Thank you Your answers are saved." in phone.touch("Skip")
    worded, started, *answered, completed = hall.events()
    assert worded["kind"] == "survey.worded" and worded["language"] == "en"
    assert [of["answer"] for of in answered] == ["3", "na", "skipped"]
    assert [of["statement"] for of in answered] == started["statements"]
    assert completed == {"kind": "survey.completed", "response": started["response"]}


def test_what_the_response_says_of_the_visit(hall: Hall, phone: Phone, done: str) -> None:
    """Service, line and a band of waiting; never the ticket, and its own channel."""
    _begin(phone, done)
    started = _started(hall)
    said = {name: started[name] for name in ("channel", "about", "service", "lane", "wait", "department")}
    assert said == {
        "channel": "phone",
        "about": "served",
        "service": "utility_pay",
        "lane": "bills",
        "wait": "5_15",
        "department": "finance",
    }
    assert done not in str(started) and token(done) not in str(started)


def test_once_for_a_ticket(hall: Hall, phone: Phone, done: str) -> None:
    """Neither the page again nor an old button gives a second survey."""
    _begin(phone, done)
    for answer in ("Agree ●●●○", "Skip", "Skip"):
        phone.touch(answer)
    before = hall.events()
    assert "This survey is over." in phone.ticket(done, "/survey")
    for fields in ({"do": "begin"}, {"do": "answer", "statement": "overall", "answer": "1"}, {"do": "stop"}):
        _post(phone, hall, done, fields)
    assert hall.events() == before
    phone.ticket(done)
    assert "Leave feedback" not in phone.ways


def test_nothing_leads_from_a_finished_survey_to_its_ticket(hall: Hall, phone: Phone, done: str) -> None:
    _begin(phone, done)
    phone.touch("Stop")
    with hall.center.store.read() as connection:
        assert connection.rows("SELECT response FROM phone_surveys") == [("",)]


def test_on_another_day_even_that_there_was_one_is_forgotten(
    hall: Hall, phone: Phone, done: str, clock: FixedClock
) -> None:
    _begin(phone, done)
    phone.touch("Stop")
    clock.advance(24 * 3600)
    other = hall.issue("B105")
    hall.finish(other)
    _begin(phone, other)
    with hall.center.store.read() as connection:
        assert connection.rows("SELECT page FROM phone_surveys") == [(token(other),)]


def test_a_phone_that_went_dark_goes_on_where_it_was(
    center: Center, hall: Hall, phone: Phone, done: str
) -> None:
    """Each answer was kept before the next page showed."""
    _begin(phone, done)
    phone.touch("Disagree ●●○○")
    again = Phone(center)
    assert "2 of 3" in again.ticket(done, "/survey")
    again.touch("Back")
    assert "1 of 3" in " ".join(again.page.words) and "✓ Disagree ●●○○" in again.page.forms
    again.touch("Strongly agree ●●●●")
    assert "2 of 3" in " ".join(again.page.words)
    assert [of["answer"] for of in hall.events("survey.answered")] == ["2", "4"]


def test_a_button_that_is_pushed_twice_counts_once(hall: Hall, phone: Phone, done: str) -> None:
    _begin(phone, done)
    action, fields = phone.page.forms["Agree ●●●○"]
    phone.post(action, fields)
    phone.post(action, fields)
    assert len(hall.events("survey.answered")) == 1


def test_begun_twice_at_the_same_moment(center: Center, hall: Hall, done: str) -> None:
    """Two pages of the same ticket share one survey."""
    phones = [Phone(center), Phone(center)]

    def begin(phone: Phone) -> None:
        _begin(phone, done)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(begin, phones))
    assert len(hall.events("survey.started")) == 1
    assert all("1 of 3" in " ".join(phone.page.words) for phone in phones)


def test_the_last_answer_pushed_twice_at_the_same_moment(hall: Hall, phone: Phone, done: str) -> None:
    _begin(phone, done)
    phone.touch("Skip")
    phone.touch("Skip")
    action, fields = phone.page.forms["Agree ●●●○"]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: phone.http.post(action, data=fields), range(5)))
    assert len(hall.events("survey.answered")) == 3
    assert len(hall.events("survey.completed")) == 1


def test_the_last_two_answers_at_the_same_moment(hall: Hall, phone: Phone, done: str) -> None:
    """From two pages of the same survey: then it is complete."""
    _begin(phone, done)
    phone.touch("Skip")
    action, fields = phone.page.forms["Skip"]
    left = [fields | {"statement": name} for name in _started(hall)["statements"][1:]]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda sent: phone.http.post(action, data=sent), left))
    assert len(hall.events("survey.completed")) == 1


def test_left_in_the_middle(hall: Hall, phone: Phone, done: str, clock: FixedClock) -> None:
    """After half an hour, at the next look by anybody of the site."""
    _begin(phone, done)
    phone.touch("Agree ●●●○")
    clock.advance(29 * 60)
    other = hall.issue("B105")
    phone.ticket(other)
    assert hall.events("survey.abandoned") == []
    clock.advance(2 * 60)
    phone.ticket(other)
    (left,) = hall.events("survey.abandoned")
    assert left["at"] == _started(hall)["statements"][1]
    assert "This survey is over." in phone.ticket(done, "/survey")


def test_stopped(hall: Hall, phone: Phone, done: str) -> None:
    _begin(phone, done)
    assert "This survey is over." in phone.touch("Stop")
    (left,) = hall.events("survey.abandoned")
    assert left["at"] == _started(hall)["statements"][0]


def test_only_when_there_is_something_to_tell(hall: Hall, phone: Phone) -> None:
    """Who waits is not asked; who left or was missed is asked what does not take a counter."""
    waits = hall.issue("B101")
    assert "Nobody is before you" in phone.ticket(waits, "/survey")
    hall.happens("ticket.left", waits, how="desk")
    _begin(phone, waits)
    started = _started(hall)
    assert started["about"] == "lookup" and "staff" not in started["statements"]


def test_all_statements_are_covered_evenly(hall: Hall, phone: Phone) -> None:
    """One always, of the others whichever was asked least on phones."""
    for number in range(4):
        ticket = hall.issue(f"B10{number}")
        hall.finish(ticket)
        _begin(phone, ticket)
    asked = [name for of in hall.events("survey.started") for name in of["statements"]]
    assert {name: asked.count(name) for name in asked} == {
        "overall": 4,
        "information": 2,
        "staff": 2,
        "cashier": 4,
    }


def test_in_another_language(hall: Hall, phone: Phone, done: str) -> None:
    """What was shown is recorded in each language once."""
    _begin(phone, done)
    phone.touch("Español")
    phone.touch(f"{load('es').tr('Agree')} ●●●○")
    phone.touch(load("es").tr("Skip"))
    projecting.catch_up(hall.center, hall.home)
    other = hall.issue("B105", language="es")
    hall.finish(other)
    _begin(phone, other)
    assert [of["language"] for of in hall.events("survey.worded")] == ["en", "es"]


def test_an_invitation_on_paper(hall: Hall, phone: Phone) -> None:
    """Of somebody who was helped at the desk: its code leads to the survey, on the same day."""
    unit = _eligible(hall)
    assert "3 short statements" in phone.ticket(unit, "/survey")
    phone.touch("Answer")
    started = _started(hall)
    assert (started["about"], started["lane"], started["wait"]) == ("served", "bills", "none")
    hall.center.clock.advance(24 * 3600)  # type: ignore[attr-defined]
    phone.ticket(_eligible(hall, day="2026-11-23"), "/survey")
    assert phone.status == 404


def test_an_invitation_that_was_used_at_the_kiosk(hall: Hall, phone: Phone) -> None:
    unit = _eligible(hall)
    hall.machine.append("survey.invited", {"unit": unit, "by": "screen"})
    hall.machine.append("survey.accepted", {"unit": unit})
    hall.send()
    assert "This survey is over." in phone.ticket(unit, "/survey")
    _post(phone, hall, unit, {"do": "begin"})
    assert hall.events() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "answer", "statement": "overall", "answer": "5"},
        {"do": "answer", "statement": "overall'; --", "answer": "4"},
        {"do": "answer", "statement": "cashier\x00", "answer": "4"},
        {"do": "dance"},
        {},
    ],
)
def test_what_no_button_sends(hall: Hall, phone: Phone, done: str, fields: dict[str, str]) -> None:
    _begin(phone, done)
    before = hall.events()
    _post(phone, hall, done, fields)
    assert phone.status == 200 and hall.events() == before


@pytest.mark.parametrize("at", ["99", "-1", "x", "²", "1" * 400])
def test_pages_that_are_not_there(phone: Phone, done: str, at: str) -> None:
    _begin(phone, done)
    assert "1 of 3" in phone.ticket(done, f"/survey?at={at}")


def test_a_form_of_somebody_else(hall: Hall, phone: Phone, done: str) -> None:
    phone.post(f"/t/{token(done)}/survey", {"do": "begin", "key": "0" * 32})
    assert phone.status == 403 and hall.events() == []


def _begin(phone: Phone, ticket: str) -> None:
    phone.ticket(ticket, "/survey")
    form = next(form for form in phone.page.forms.values() if form[1].get("do") == "begin")
    phone.post(*form)


def _started(hall: Hall) -> dict[str, Any]:
    return hall.events("survey.started")[-1]


def _post(phone: Phone, hall: Hall, ticket: str, fields: dict[str, str]) -> None:
    page = token(ticket)
    phone.post(f"/t/{page}/survey", {"key": form_key(hall.center, page), **fields})


def _eligible(hall: Hall, **changed: str) -> str:
    """Somebody who was helped at the desk and is selected; their unit."""
    unit = new_id()
    body = {
        "unit": unit,
        "source": "answer",
        "stratum": "bills",
        "service": "utility_pay",
        "language": "en",
        "seed": "5" * 32,
        "ordinal": 0,
        "selected": True,
        "code": "Z100",
    }
    hall.machine.append("survey.eligible", body, **changed)
    hall.send()
    return unit
