"""A desk and its center over HTTP: who is called, which numbers come, and what happens without an answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from kiosk.center import claims, ledger
from kiosk.center.append import append
from kiosk.center.context import Center
from kiosk.clock import FixedClock, stamp
from kiosk.errors import SyncError
from kiosk.line.line import Line, new_command
from kiosk.settings import Settings
from kiosk.sync import membership, numbers, status
from kiosk.sync.claiming import ALONE, PATIENCE, CenterClaims
from kiosk.sync.client import Client
from kiosk.sync.membership import Membership
from kiosk.tickets.ticket import Ticket
from tests.support.center import batch, device, site
from tests.support.center_server import served
from tests.support.line import riverton, with_lane


@pytest.fixture
def desk(center: Center, tmp_path: Path) -> Iterator[tuple[Line, CenterClaims]]:
    """A desk of a center that is served meanwhile."""
    home = site(center)
    journal, made = device(center, home, tmp_path / "desk")
    journal.enroll(made, home, center.keys.key, [("B", 100, 199)])
    with served(center) as address:
        member = Membership(
            address, made, made, home, "Desk", center.keys.key, center.keys.box_key, journal.chain
        )
        membership.store(tmp_path / "desk", member)
        line = Line(journal, riverton, center.clock, Settings(data=tmp_path / "desk"))
        way = CenterClaims(tmp_path / "desk", journal, center.clock)
        line.claims = way
        yield line, way
        way.close()
    journal.close()


def pushed(center: Center, line: Line) -> None:
    who = membership.needed(line.journal.path.parent).device
    ledger.take(center, batch(line.journal), who, "network")


def take(line: Line) -> Ticket:
    return line.issue(language="en", lane="bills", channel="desk")


def claimed(center: Center, home: str, ticket: Ticket, tmp_path: Path) -> None:
    """Another desk was quicker."""
    journal, made = device(center, home, tmp_path / "other", "Other desk")
    assert claims.ask(center, home, made, new_command(), ticket.ticket, "2").granted
    journal.close()


def test_a_desk_asks_and_calls(center: Center, desk: tuple[Line, CenterClaims]) -> None:
    line, _ = desk
    take(line)
    pushed(center, line)
    called = line.next("1", "s1")
    assert called.state == "called"
    with center.store.read() as connection:
        assert connection.row("SELECT ticket, counter FROM claims") == (called.ticket, "1")


def test_the_desk_that_comes_second_calls_the_next_in_line(
    center: Center, desk: tuple[Line, CenterClaims], tmp_path: Path
) -> None:
    line, _ = desk
    first, second = take(line), take(line)
    pushed(center, line)
    claimed(center, "lobby", first, tmp_path)
    assert line.next("1", "s1").ticket == second.ticket


def test_what_happened_elsewhere_is_taken_in_before_anybody_is_called(
    center: Center, desk: tuple[Line, CenterClaims]
) -> None:
    """A visitor said on the phone that they left; the desk had not heard of it."""
    line, _ = desk
    first, second = take(line), take(line)
    pushed(center, line)
    with center.store.begin() as connection:
        append(connection, center, "lobby", "ticket.left", {"ticket": first.ticket, "how": "phone"})
    assert line.next("1", "s1").ticket == second.ticket
    assert line.journal.ticket(first.ticket).state == "left"


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of something that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_an_answer_the_docent_waits_no_longer_than_that(
    desk: tuple[Line, CenterClaims], silent: str, clock: FixedClock, tmp_path: Path
) -> None:
    """One call waits; those after it do not, until it is time to ask again."""
    line, way = desk
    data = line.journal.path.parent
    membership.store(data, replace(membership.needed(data), url=silent))
    tickets = [take(line) for _ in range(3)]
    began = perf_counter()
    assert line.next("1", "s1").ticket == tickets[0].ticket
    assert PATIENCE / 2 < perf_counter() - began < 3 * PATIENCE
    assert way.company == "alone"
    began = perf_counter()
    assert line.next("2", "s1").ticket == tickets[1].ticket
    assert perf_counter() - began < PATIENCE / 2
    clock.advance(ALONE)
    began = perf_counter()
    line.call(tickets[2].ticket, "6", "s1")
    assert perf_counter() - began < 3 * PATIENCE


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_desk_is_alone_when_sending_does_not_work(
    desk: tuple[Line, CenterClaims], clock: FixedClock
) -> None:
    line, way = desk
    data = line.journal.path.parent
    assert way.company == "alone"  # nothing was ever sent from here
    notes = status.Notes(data, clock)
    notes.reached("push")
    assert way.company == "together"
    notes.failed("push", SyncError("unreachable", "no network"))
    assert way.company == "alone"
    notes.reached("push")
    assert way.company == "together"
    notes.failed(status.CARE, SyncError("other", "the catalogue can't be written"))
    assert way.company == "together", "calls are not in danger"
    notes.failed("pull", SyncError("unreachable", "no network"))
    assert way.company == "alone"
    notes.failed("pull", SyncError("refused", "the center does not accept this machine: revoked"))
    assert way.company == "refused"
    notes.reached("pull")
    clock.advance(600)
    assert way.company == "alone"
    assert stamp(clock.now()) > status.read(data).contact


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_answers_in_the_centers_name_grants_nothing(
    desk: tuple[Line, CenterClaims], center: Center
) -> None:
    """A token that is not known any more: the desk goes on alone."""
    line, _ = desk
    data = line.journal.path.parent
    membership.store(data, replace(membership.needed(data), token="x" * 32))
    take(line)
    pushed(center, line)
    assert line.next("1", "s1").state == "called"
    with center.store.read() as connection:
        assert connection.rows("SELECT * FROM claims") == []


def test_numbers_are_topped_up_before_they_end(center: Center, desk: tuple[Line, CenterClaims]) -> None:
    """80 of a hundred are taken: another block comes; a lane without numbers gets its first."""
    line, _ = desk
    line.claims = None
    with center.store.begin() as connection:
        who = membership.needed(line.journal.path.parent).device
        connection.run(
            "INSERT INTO number_blocks VALUES ('lobby', 'B', 100, 199, :who, :at)",
            who=who,
            at=stamp(center.clock.now()),
        )
    with Client(membership.needed(line.journal.path.parent), center.clock) as client:
        shown = riverton()
        pushed(center, line)
        assert numbers.top_up(line.journal, client, shown, center.clock) == [("H", 100, 199)]
        for _ in range(79):
            take(line)
        assert numbers.top_up(line.journal, client, shown, center.clock) == []
        take(line)
        pushed(center, line)
        assert numbers.top_up(line.journal, client, shown, center.clock) == [("B", 200, 299)]
        assert line.overview().lane("bills").numbers_left == 120
        assert numbers.top_up(line.journal, client, shown, center.clock) == []


def test_a_desk_has_numbers_of_its_own_for_invitations(
    center: Center, desk: tuple[Line, CenterClaims]
) -> None:
    """Two desks that do not reach each other send two visitors to the survey with two numbers."""
    line, _ = desk
    with Client(membership.needed(line.journal.path.parent), center.clock) as client:
        numbers.top_up(line.journal, client, riverton(), center.clock)
        assert "Z" not in line.journal.numbers(), "a screen without a docent gives none"
        staff = line.journal.staff_of("Ana")
        for block in ([("Z", 100, 199)], []):
            pushed(center, line)
            assert numbers.top_up(line.journal, client, riverton(), center.clock) == block
        given: list[str] = []
        while len(given) < 80:
            given += filter(None, [line.answered("", "en", "1", staff).code])
        assert given == [f"Z{number}" for number in range(100, 180)]
        pushed(center, line)
        assert numbers.top_up(line.journal, client, riverton(), center.clock) == [("Z", 200, 299)]


def test_when_all_numbers_are_given_out_it_stays_as_it_is(
    center: Center, desk: tuple[Line, CenterClaims]
) -> None:
    line, _ = desk
    small = with_lane(with_lane(riverton(), "bills", numbers="100-119"), "help", numbers="100-119")
    with Client(membership.needed(line.journal.path.parent), center.clock) as client:
        pushed(center, line)
        assert numbers.top_up(line.journal, client, small, center.clock)
        pushed(center, line)
        assert numbers.top_up(line.journal, client, small, center.clock) == []
