"""Short links to forms, and what visitors told us for everybody to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Online
from kiosk.center.context import Center
from kiosk.center.web.visitor_links import target
from kiosk.center.web.visitor_results import period
from kiosk.clock import FixedClock
from kiosk.i18n.messages import load
from tests.center.test_staff_figures import response
from tests.support.visitor import Hall, Phone

DAY = 24 * 3600


@pytest.fixture
def phone(center: Center) -> Phone:
    return Phone(center)


def test_a_link_leads_to_the_form(center: Center, phone: Phone) -> None:
    """And is counted by day and service."""
    form = center.catalog().by_id["utility_pay"].online.form_url
    for _ in range(2):
        answer = phone.http.get("/s/utility_pay?lang=es")
        assert (answer.status_code, answer.headers["location"]) == (302, form)
    assert _counts(center) == [("2026-11-23", "utility_pay", 2)]


def test_only_people_are_counted(center: Center, phone: Phone) -> None:
    """Not programs that try a link, or load it before anybody touched it."""
    assert phone.http.head("/s/utility_pay").status_code == 302
    for name in ("purpose", "sec-purpose"):
        phone.http.get("/s/utility_pay", headers={name: "prefetch;prerender"})
    assert _counts(center) == []


@pytest.mark.parametrize(
    "path",
    ["nothing", "https://evil.example", "//evil.example", "utility_pay@evil.example", "%00", "a" * 999],
)
def test_an_unknown_link_leads_nowhere(center: Center, phone: Phone, path: str) -> None:
    """A page with the City's number; nobody can make a link that leads away."""
    answer = phone.http.get(f"/s/{path}")
    assert answer.status_code == 404 and "location" not in answer.headers
    assert "evil" not in answer.text.replace(path, "")
    assert _counts(center) == []


@pytest.mark.parametrize(
    "query", ["?next=https://evil.example", "?lang=//evil.example", "?url=//evil.example"]
)
def test_nothing_that_is_asked_along_changes_where_it_leads(phone: Phone, center: Center, query: str) -> None:
    answer = phone.http.get(f"/s/utility_pay{query}")
    assert answer.headers["location"] == center.catalog().by_id["utility_pay"].online.form_url


def test_a_service_without_a_page_has_a_number(center: Center, phone: Phone) -> None:
    service = next(s for s in center.catalog().services if s.link.startswith("tel:"))
    said = phone.open(f"/s/{service.id}")
    assert phone.status == 200 and service.phones[0].number in said and service.name in said


def test_a_short_address_at_the_center_itself_goes_on(center: Center) -> None:
    """It would lead in a circle for ever."""
    service = center.catalog().by_id["utility_pay"]
    own = replace(
        service, short_url=f"{center.url}/s/utility_pay", online=Online(url="https://city.example/w")
    )
    assert target(own, center.url) == "https://city.example/w"
    assert target(replace(own, online=Online()), center.url) == ""
    assert target(replace(own, online=Online(url="javascript:alert(1)")), center.url) == ""


def test_results_without_any(phone: Phone) -> None:
    assert "Nobody was asked and nobody answered in this period." in phone.open("/results")
    assert phone.status == 200


@pytest.mark.parametrize("code", ["en", "es", "vi", "zh_Hans", "ar"])
def test_results_in_every_language(phone: Phone, code: str) -> None:
    phone.open(f"/results?lang={code}")
    assert load(code).tr("What visitors told us") in phone.html
    assert f'lang="{code.replace("_", "-")}"' in phone.html


@pytest.mark.parametrize(("people", "shown"), [(9, False), (12, True)])
def test_results_of_few_people_are_not_shown(
    center: Center, phone: Phone, clock: FixedClock, people: int, shown: bool
) -> None:
    """All strongly agree; of nine nobody but staff may see that."""
    hall = Hall(center)
    for number in range(people):
        _answers(hall, Phone(center), f"B{100 + number}")
    clock.advance(14 * DAY)
    said = phone.open("/results")
    assert ("100%" in said) is shown
    assert "Nov 9 – Dec 6, 2026" in said and "fewer than 10: not shown" in said


def test_nobody_finds_out_what_one_person_answered_by_subtracting(
    center: Center, phone: Phone, clock: FixedClock
) -> None:
    """Twelve agree on Monday, one disagrees on Tuesday: no two pages tell these days apart."""
    hall = Hall(center)
    for number in range(12):
        _answers(hall, Phone(center), f"B{100 + number}")
    clock.advance(DAY)
    _answers(hall, Phone(center), "B200", "Strongly disagree ●○○○")
    clock.advance(13 * DAY)
    both = phone.open("/results")
    assert "92%" in both
    for query in ("from=2026-11-23&to=2026-11-23", "to=2026-11-23", "from=2026-11-24", "from=x"):
        assert phone.open(f"/results?{query}") == both
    for _ in range(27):
        clock.advance(DAY)
        assert phone.open("/results") == both


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_periods_that_everybody_sees_never_overlap(today: date) -> None:
    """Whole weeks that are over, the same until the next ones are."""
    now, tomorrow = period(today), period(today + timedelta(1))
    assert now.last < today and now.days == 28 and now.first.weekday() == 0
    assert tomorrow in (now, now.before(-1))


def test_a_page_of_results_is_kept_for_a_minute(center: Center, phone: Phone, clock: FixedClock) -> None:
    """What arrives late is on it after that."""
    hall = Hall(center)
    for _ in range(12):
        response(hall.machine)
    clock.advance(14 * DAY)
    first = phone.open("/results")
    hall.send()
    assert phone.open("/results") == first
    clock.advance(61)
    assert phone.open("/results") != first


def _counts(center: Center) -> list[tuple[object, ...]]:
    with center.store.read() as connection:
        return connection.rows("SELECT day, service, times FROM link_counts")


def _answers(hall: Hall, phone: Phone, code: str, label: str = "Strongly agree ●●●●") -> None:
    ticket = hall.issue(code)
    hall.finish(ticket)
    phone.ticket(ticket, "/survey")
    phone.touch("Answer")
    for _ in range(3):
        phone.touch(label)
