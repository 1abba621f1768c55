"""What the center shows in figures: over all sites or some, and small numbers to nobody but staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

import pytest

from kiosk.center.context import Center
from kiosk.center.figures import public_scorecard, scorecard_of, trends
from kiosk.center.holding import About
from kiosk.center.published import funnels, scores, wait_times
from kiosk.center.waits import GROUPINGS, waits
from kiosk.clock import Clock, FixedClock
from kiosk.journal import Journal, new_id
from kiosk.practice.run import simulate
from kiosk.settings import Settings
from kiosk.survey.cells import LIMIT
from kiosk.survey.period import Span
from kiosk.tickets.score import Row, score
from kiosk.tickets.ticket import LEFT, NO_SHOW, VOID
from tests.support.arrivals import arrive
from tests.support.center import register, site
from tests.support.line import riverton

DAYS = Span(date(2026, 11, 18), date(2026, 11, 20))
TODAY = Span(date(2026, 11, 23), date(2026, 11, 23))


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """Three invented days of a kiosk."""
    settings = Settings(data=tmp_path_factory.mktemp("days"))
    simulate(settings, riverton(), 160, DAYS.last, days=3, seed=11)
    with Journal.open(settings.journal, Clock()) as journal:
        yield journal


@pytest.fixture
def center(center: Center) -> Center:
    """With the lines and the catalogue of the invented city."""
    return replace(center, catalog=riverton)


class Answering:
    """A machine of a site at which people answer the survey on the day that it is."""

    def __init__(self, center: Center, home: str, folder: Path) -> None:
        self.center, self.home = center, site(center, home)
        clock = FixedClock(moment=center.clock.now())
        self.journal = Journal.open(folder / home / "kiosk.db", clock, durable=False)
        register(center, home, self.journal)
        self.sent = 0

    def answers(self, people: int, channel: str = "convenience", answer: str = "4", **about: str) -> None:
        """So many go through the first statement."""
        for _ in range(people):
            response = new_id()
            known = {"department": "", "lane": "", "service": "", "language": "en"} | about
            body = {"visit": new_id(), "response": response, "survey": "exit", "version": 1}
            body |= {"channel": channel, "audience": "visitor", "about": "served", "wait": "none"}
            body |= {"stratum": "", "seed": "", "statements": ["overall"]} | known
            self.journal.append("survey.started", body)
            given = {"response": response, "statement": "overall", "answer": answer}
            self.journal.append("survey.answered", given)
            self.journal.append("survey.completed", {"response": response})

    def send(self) -> None:
        """Let everything new arrive at the center."""
        events = list(self.journal.events(self.sent))
        arrive(self.center, self.home, events)
        self.sent = events[-1].seq


@pytest.fixture
def machines(center: Center, tmp_path: Path) -> Iterator[dict[str, Answering]]:
    """One machine at each of three sites."""
    made = {name: Answering(center, name, tmp_path) for name in ("lobby", "annex", "library")}
    yield made
    for machine in made.values():
        machine.journal.close()


def test_waits_are_those_that_the_kiosk_reports(center, kiosk):
    home = site(center)
    register(center, home, kiosk)
    arrive(center, home, kiosk.events())
    tickets = [of for day in (18, 19, 20) for of in kiosk.tickets_of_day(date(2026, 11, day))]
    counted = [of for of in tickets if of.state != VOID]
    rows = [
        Row(
            of.first_lane,
            center.clock.local(datetime.fromisoformat(of.issued_at)).hour,
            of.quote_low,
            of.quote_high,
            of.waited,
            bool(of.time_accurate),
        )
        for of in counted
        if of.waited is not None
    ]
    there = score(rows)
    total, lanes = waits(center, DAYS, by="lane")
    assert total.quotes == there.total
    assert {of.group: of.quotes for of in lanes} == there.lanes
    assert total.tickets == len(counted) == sum(of.tickets for of in lanes)
    assert total.no_show == sum(of.state == NO_SHOW for of in counted)
    assert total.left == sum(of.state == LEFT for of in counted)
    assert total.middle is not None and total.nine_in_ten is not None
    assert 0 <= total.middle <= total.nine_in_ten
    for by in GROUPINGS:
        assert sum(of.tickets for of in waits(center, DAYS, [home], by)[1]) == len(counted), by


def test_phone_surveys_are_a_channel_of_their_own(center, machines):
    machines["lobby"].answers(12, "phone", "1")
    machines["lobby"].answers(20, "convenience", "4")
    machines["lobby"].send()
    card = scorecard_of(center, "en", TODAY)
    assert [(of.channel, of.completed) for of in card.channels] == [("convenience", 20), ("phone", 12)]
    phone = card.channels[1].statements[0].score
    assert phone is not None and phone.agree == 0 and phone.interval is None


def test_a_site_has_its_own_scorecard_and_its_name(center, machines):
    for name, people in (("lobby", 14), ("annex", 11), ("library", 3)):
        machines[name].answers(people)
        machines[name].send()
    assert scorecard_of(center, "en", TODAY).channels[0].completed == 28
    assert scorecard_of(center, "en", TODAY, ["annex"]).channels[0].completed == 11
    (table,) = scorecard_of(center, "en", TODAY, groupings=("site",)).groups
    assert [(row.name, row.n) for row in table.rows] == [("Lobby", 14), ("Annex", 11), ("Library", 3)]


def test_the_public_sees_no_small_group_nor_what_betrays_it(center, machines):
    """Three people at the library: the annex is held back too, or a subtraction would tell them."""
    for name, people in (("lobby", 30), ("annex", 11), ("library", 3)):
        machines[name].answers(people)
        machines[name].send()
    (table,) = public_scorecard(center, "en", TODAY, groupings=("site",)).groups
    assert [(row.name, row.n) for row in table.rows] == [("Lobby", 30), ("Annex", None), ("Library", None)]
    for rows in (scores, funnels):
        told = rows(center, About(TODAY, None, "site", "en"))
        assert {row.group for row in told if row.held_back} == {"annex", "library"}


@pytest.mark.parametrize("rows", [scores, funnels])
def test_asking_for_one_site_after_all_tells_nothing_of_a_small_one(center, machines, rows):
    """All less the lobby less the annex would be the three people at the library."""
    for name, people in (("lobby", 30), ("annex", 11), ("library", 3)):
        machines[name].answers(people)
        machines[name].send()
    asked = (None, ["lobby"], ["annex"], ["library"], ["lobby", "annex"], ["annex", "library"])
    told = [
        [of.held_back for of in rows(center, About(TODAY, homes, "", "en")) if of.channel != "invited"]
        for homes in asked
    ]
    assert told == [[False], [False], [True], [True], [True], [True]]


@pytest.mark.parametrize("rows", [scores, funnels])
def test_a_department_and_its_services_tell_nothing_of_a_small_one(center, machines, rows):
    """The department has 45 answers: 40 of one service would tell that the other has five."""
    of_finance = ("utility_pay", "pothole")
    services = [
        replace(of, department="finance" if of.id in of_finance else "works") for of in riverton().services
    ]
    catalog = replace(riverton(), services=tuple(services))
    center = replace(center, catalog=lambda: catalog)
    people = (("utility_pay", "finance", 40), ("pothole", "finance", 5), ("pet_license", "works", 12))
    for service, department, many in people:
        machines["lobby"].answers(many, service=service, department=department)
    machines["lobby"].send()
    held = {
        by: {of.group for of in rows(center, About(TODAY, None, by, "en")) if of.held_back}
        for by in ("service", "department")
    }
    assert held == {"service": set(of_finance), "department": set()}


def test_trends_show_a_department_over_periods(center, kiosk):
    home = site(center)
    register(center, home, kiosk)
    arrive(center, home, kiosk.events())
    one = Span(DAYS.last, DAYS.last)
    found = trends(center, "en", one)
    assert found and all(len(trend.points) == 9 for trend in found)
    (table, *_) = scorecard_of(center, "en", one, groupings=("department",)).groups
    overall = {row.key: row.scores.get("overall") for row in table.rows}
    for trend in found:
        assert trend.points[-1].n == (now.n if (now := overall.get(trend.key)) else 0)
        assert trend.points[-2].period == one.before()


def test_waits_of_few_people_are_held_back(center, tmp_path):
    home = site(center)
    clock = FixedClock(moment=center.clock.now())
    with Journal.open(tmp_path / "kiosk.db", clock, durable=False) as journal:
        register(center, home, journal)
        numbers = count(100)
        for lane, people in (("bills", 25), ("help", 4), ("permits", 12)):
            for place in range(people):
                issue(journal, lane, next(numbers), called=place < people - 2)
        arrive(center, home, journal.events())
    found = {of.group: of for of in wait_times(center, About(TODAY, None, "lane", "en"))}
    assert found[""].tickets == 41 and found["bills"].tickets == 25
    assert found["help"].held_back and found["permits"].held_back
    assert found["permits"].tickets is None and found["permits"].minutes_half is None
    staff = {of.group: of.tickets for of in waits(center, TODAY, by="lane")[1]}
    assert staff == {"bills": 25, "help": 4, "permits": 12}
    small = wait_times(center, About(Span(date(2026, 11, 24), date(2026, 11, 24)), None, "", "en"))
    assert [(of.tickets, of.held_back) for of in small] == [(0, False)]
    assert all(of.left is None or of.left >= LIMIT or of.left == 0 for of in found.values())


def test_waits_tell_not_how_few_were_not_called_nor_how_few_were_told_a_wait(center, tmp_path):
    """Both could be worked out: from the tickets, and from what was quoted to everybody else."""
    home = site(center)
    clock = FixedClock(moment=center.clock.now())
    with Journal.open(tmp_path / "kiosk.db", clock, durable=False) as journal:
        register(center, home, journal)
        numbers = count(100)
        for lane, quoted in (("bills", 30), ("permits", 4), ("help", 30)):
            for place in range(30):
                issue(journal, lane, next(numbers), called=place or lane != "bills", quoted=place < quoted)
        arrive(center, home, journal.events())
    found = {of.group: of for of in wait_times(center, About(TODAY, None, "lane", "en"))}
    assert {of.tickets for of in found.values()} == {30, 90}
    assert found[""].quoted == 93 - 30
    assert [name for name, of in found.items() if of.quoted is None] == ["bills", "permits"]
    assert found["permits"].longer_than_quoted is None and found["bills"].quote_error_minutes is None
    assert {name: of.called for name, of in found.items()} == {
        "": None,
        "bills": None,
        "permits": 30,
        "help": 30,
    }
    assert found["bills"].minutes_half is not None


def issue(journal: Journal, lane: str, number: int, called: bool, quoted: bool = True) -> None:
    """A ticket, with the wait that was told or none, and its call."""
    ticket = new_id()
    body = {"ticket": ticket, "code": f"B{number}", "lane": lane, "service": "", "language": "en"}
    body |= {"channel": "kiosk", "priority": "", "interpreter": "", "ahead": 0} | (
        {"low": 0, "high": 5} if quoted else {"low": -1, "high": -1}
    )
    journal.append("ticket.issued", body | {"printing": False})
    if called:
        journal.append("ticket.called", {"ticket": ticket, "counter": "1", "staff": "s1"})
