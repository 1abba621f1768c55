"""Which desk calls somebody: one of them, however they ask, and the others are told which."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import NamedTuple

import pytest

from kiosk.center import claims, feed, ledger
from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.journal import new_id
from kiosk.line.claims import Claim
from kiosk.line.line import Line, new_command
from kiosk.settings import Settings
from kiosk.tickets.ticket import Ticket
from tests.support.center import batch, device, site
from tests.support.line import riverton


class Desk(NamedTuple):
    """A machine of the site: its line, and the device that the center knows it as."""

    line: Line
    device: str
    home: str
    center: Center

    def push(self) -> None:
        """Send all that was recorded."""
        ledger.take(self.center, batch(self.line.journal), self.device, "network")

    def pull(self) -> None:
        """Take in what the others recorded."""
        journal = self.line.journal
        page = feed.page(self.center, self.home, journal.feed_position(), 5000)
        journal.receive(page.events, page.next)

    def claim(self, ticket: Ticket, counter: str, command: str = "") -> Claim:
        return claims.ask(
            self.center, self.home, self.device, command or new_command(), ticket.ticket, counter
        )


def a_desk(center: Center, home: str, path: Path, number: int) -> Desk:
    journal, made = device(center, home, path / str(number), f"Desk {number}")
    # Numbers apart, as the center would have given them.
    journal.enroll(made, home, center.keys.key, [("B", number * 100, number * 100 + 99)])
    line = Line(journal, riverton, center.clock, Settings(data=path / str(number)))
    return Desk(line, made, home, center)


@pytest.fixture
def desks(center: Center, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Two machines of one site, which know the same ticket."""
    home = site(center)
    one, two = a_desk(center, home, tmp_path, 1), a_desk(center, home, tmp_path, 2)
    yield one, two
    one.line.journal.close()
    two.line.journal.close()


def a_ticket(one: Desk, two: Desk) -> Ticket:
    ticket = one.line.issue(language="en", lane="bills", channel="desk")
    one.push()
    two.pull()
    return ticket


def test_the_first_who_asks_has_the_person(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    ticket = a_ticket(one, two)
    assert one.claim(ticket, "1").granted
    assert two.claim(ticket, "2")[:2] == (False, "1")


def test_the_same_question_again_has_the_same_answer(desks: tuple[Desk, Desk]) -> None:
    """The first answer was lost on the way."""
    one, two = desks
    ticket, command = a_ticket(one, two), new_command()
    assert one.claim(ticket, "1", command) == one.claim(ticket, "1", command)


def test_two_machines_with_the_same_counter_are_still_two(desks: tuple[Desk, Desk]) -> None:
    """Somebody gave both the same number: one of them calls, and the other is told so."""
    one, two = desks
    ticket = a_ticket(one, two)
    assert one.claim(ticket, "1").granted
    assert two.claim(ticket, "1")[:2] == (False, "1")
    assert one.claim(ticket, "1").granted


def test_once_the_call_has_arrived_the_ticket_itself_says_who_has_it(
    desks: tuple[Desk, Desk], clock: FixedClock
) -> None:
    one, two = desks
    ticket = a_ticket(one, two)
    claim = one.claim(ticket, "1")
    one.line.journal.merge_clock(claim.clock)
    called = one.line.call(ticket.ticket, "1", "s1")
    one.push()
    clock.advance(600)
    assert two.claim(ticket, "2")[:2] == (False, "1")
    one.line.put_back(called.ticket, "s1")
    one.push()
    assert two.claim(ticket, "2").granted


def test_a_call_that_never_comes_keeps_nobody_for_long(desks: tuple[Desk, Desk], clock: FixedClock) -> None:
    one, two = desks
    ticket = a_ticket(one, two)
    assert one.claim(ticket, "1").granted
    clock.advance(59)
    assert not two.claim(ticket, "2").granted
    clock.advance(2)
    assert two.claim(ticket, "2").granted


def test_who_left_can_not_be_called(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    ticket = a_ticket(one, two)
    one.line.leave(ticket.ticket, "visitor")
    one.push()
    assert two.claim(ticket, "2")[:2] == (False, "")


def test_a_ticket_that_has_not_arrived_is_only_known_where_it_was_issued(desks: tuple[Desk, Desk]) -> None:
    one, _ = desks
    ticket = one.line.issue(language="en", lane="bills", channel="desk")
    assert one.claim(ticket, "1").granted


def test_a_claim_is_later_than_all_that_the_center_knows(desks: tuple[Desk, Desk], clock: FixedClock) -> None:
    one, two = desks
    clock.advance(120)
    ticket = a_ticket(one, two)
    latest = max(event.clock for event in one.line.journal.events())
    clock.advance(-120)
    assert two.claim(ticket, "2").clock > latest


def test_another_site_has_its_own_tickets(desks: tuple[Desk, Desk], center: Center, tmp_path: Path) -> None:
    one, two = desks
    ticket = a_ticket(one, two)
    other = a_desk(center, site(center, "library"), tmp_path, 3)
    assert one.claim(ticket, "1").granted
    assert not other.claim(ticket, "9").granted
    one.line.call(ticket.ticket, "1", "s1")
    one.push()
    other.line.journal.close()
    assert two.claim(ticket, "2")[:2] == (False, "1")


def test_another_site_can_not_spoil_a_claim(
    desks: tuple[Desk, Desk], center: Center, clock: FixedClock, tmp_path: Path
) -> None:
    """A machine that knows another site's ticket keeps it from nobody for longer than a claim lasts."""
    one, two = desks
    ticket = a_ticket(one, two)
    other = a_desk(center, site(center, "library"), tmp_path, 3)
    assert other.claim(ticket, "9").granted
    other.line.journal.close()
    clock.advance(61)
    command = new_command()
    assert one.claim(ticket, "1", command).granted
    assert one.claim(ticket, "1", command).granted
    assert two.claim(ticket, "2")[:2] == (False, "1")


def test_desks_that_ask_at_the_same_instant(desks: tuple[Desk, Desk]) -> None:
    """Twenty people, two desks, each asks for everybody: each person is granted to one."""
    one, two = desks
    tickets = [one.line.issue(language="en", lane="bills", channel="desk") for _ in range(8)]
    one.push()
    gate = Barrier(2)

    def ask(desk: Desk, counter: str) -> list[bool]:
        gate.wait()
        return [desk.claim(ticket, counter).granted for ticket in tickets]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ask, (one, two), ("1", "2"))
    assert [mine != theirs for mine, theirs in zip(first, second, strict=True)] == [True] * len(tickets)


def test_an_unknown_ticket_id_harms_nobody(desks: tuple[Desk, Desk], center: Center) -> None:
    one, _ = desks
    assert claims.ask(center, one.home, one.device, new_command(), new_id(), "1").granted
