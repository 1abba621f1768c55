"""The waiting line of a machine that belongs to a center: numbers in blocks, and calls that are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.clock import FixedClock
from kiosk.errors import TicketRefused
from kiosk.journal import hlc
from kiosk.line import calls
from kiosk.line.claims import Claim
from kiosk.line.line import Line, new_command
from kiosk.tickets.ticket import Ticket
from tests.support.line import MONDAY, a_line

DEVICE, KEY = "d" * 32, "e" * 64


@dataclass
class Center:
    """What a center would say: `elsewhere` names the counters that have a ticket."""

    line: Line
    elsewhere: dict[str, str] = field(default_factory=dict)
    reached: bool = True
    asked: list[str] = field(default_factory=list)
    caught_up: int = 0
    clock: str = hlc.START

    @property
    def company(self) -> str:
        return "together" if self.reached else "alone"

    def ask(self, ticket: str, counter: str, command: str) -> Claim | None:
        assert not self.line.journal._connection.in_transaction, "others wait for the file meanwhile"
        self.asked.append(ticket)
        if not self.reached:
            return None
        other = self.elsewhere.get(ticket)
        return Claim(other is None, other or counter, self.clock)

    def catch_up(self) -> None:
        self.caught_up += 1


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(moment=MONDAY)


@pytest.fixture
def line(tmp_path: Path, clock: FixedClock) -> Iterator[Line]:
    """Enrolled, with twenty numbers of B in two blocks and none of H."""
    line = a_line(tmp_path, clock)
    line.journal.enroll(DEVICE, "lobby", KEY, [("B", 100, 109), ("B", 300, 309)])
    yield line
    line.journal.close()


@pytest.fixture
def center(line: Line) -> Center:
    line.claims = Center(line)
    return line.claims


def take(line: Line, lane: str = "bills") -> Ticket:
    return line.issue(language="en", lane=lane, channel="desk")


def refused(command: object, *arguments: object) -> str:
    with pytest.raises(TicketRefused) as caught:
        command(*arguments)  # type: ignore[operator]
    return caught.value.reason


def test_codes_come_from_the_machines_own_blocks_one_after_the_other(line: Line) -> None:
    assert line.overview().lane("bills").numbers_left == 20
    codes = [take(line).code for _ in range(20)]
    assert codes == [f"B{number}" for number in (*range(100, 110), *range(300, 310))]
    assert line.overview().lane("bills").numbers_left == 0
    assert refused(take, line) == "full"


def test_another_block_is_used_at_once(line: Line) -> None:
    for _ in range(20):
        take(line)
    line.journal.append("numbers.granted", {"letter": "B", "first": 500, "last": 509})
    assert line.overview().lane("bills").numbers_left == 10
    assert take(line).code == "B500"


def test_a_line_without_numbers_from_the_center_says_so(line: Line) -> None:
    assert line.overview().lane("help").numbers_left == 0
    with pytest.raises(TicketRefused, match="no numbers of it from the center yet") as caught:
        take(line, "help")
    assert caught.value.reason == "no_numbers"


def test_the_range_of_the_settings_counts_only_without_a_center(tmp_path: Path, clock: FixedClock) -> None:
    line = a_line(tmp_path, clock, numbers="500-599")
    assert take(line).code == "B500"
    line.journal.enroll(DEVICE, "lobby", KEY, [("B", 200, 299)])
    assert take(line).code == "B200"
    line.journal.close()


def test_who_is_next_is_asked_for_before_they_are_called(line: Line, center: Center) -> None:
    first, second = take(line), take(line)
    assert line.next("1", "s1").ticket == first.ticket
    assert line.next("2", "s1").ticket == second.ticket
    assert center.asked == [first.ticket, second.ticket]


def test_the_call_is_later_than_all_that_the_center_knew(
    line: Line, center: Center, clock: FixedClock
) -> None:
    take(line)
    center.clock = hlc.tick(hlc.START, clock.now().replace(minute=4))
    line.next("1", "s1")
    assert list(line.journal.events())[-1].clock > center.clock


def test_who_is_called_elsewhere_is_passed_over(line: Line, center: Center) -> None:
    first, second = take(line), take(line)
    center.elsewhere[first.ticket] = "2"
    assert line.next("1", "s1").ticket == second.ticket
    assert center.caught_up == 1


def test_where_everybody_is_called_elsewhere_nobody_is_called(line: Line, center: Center) -> None:
    tickets = [take(line) for _ in range(calls.ASKED + 2)]
    center.elsewhere = {ticket.ticket: "2" for ticket in tickets}
    assert refused(line.next, "1", "s1") == "elsewhere"
    assert len(center.asked) == calls.ASKED
    assert refused(line.call, tickets[0].ticket, "1", "s1") == "elsewhere"
    assert {ticket.state for ticket in line.journal.tickets_live()} == {"waiting"}


def test_without_an_answer_a_desk_goes_on_alone(line: Line, center: Center) -> None:
    first, second = take(line), take(line)
    center.reached = False
    assert line.next("1", "s1").ticket == first.ticket
    assert line.call(second.ticket, "2", "s1").state == "called"


def test_a_key_pressed_again_asks_nothing_more(line: Line, center: Center) -> None:
    take(line)
    take(line)
    command = new_command()
    assert line.next("1", "s1", command) == line.next("1", "s1", command)
    assert len(center.asked) == 1


def test_calling_again_at_the_own_counter_needs_no_permission(
    line: Line, center: Center, clock: FixedClock
) -> None:
    take(line)
    called = line.next("1", "s1")
    clock.advance(30)
    assert line.call(called.ticket, "1", "s1").calls == 2
    assert len(center.asked) == 1


def test_what_is_not_possible_here_is_not_asked_for(line: Line, center: Center) -> None:
    """A claim keeps the person from other desks for a minute."""
    first, second = take(line), take(line)
    line.next("1", "s1")
    assert refused(line.next, "1", "s1") == "busy"
    assert refused(line.call, second.ticket, "1", "s1") == "busy"
    assert refused(line.call, first.ticket, "2", "s1") == "counter"
    assert center.asked == [first.ticket]


def test_who_leaves_while_the_center_is_asked_is_not_called(line: Line, center: Center) -> None:
    first, second = take(line), take(line)
    ask = center.ask

    def leaving(ticket: str, counter: str, command: str) -> Claim | None:
        if ticket == first.ticket:
            line.leave(ticket, "visitor")
        return ask(ticket, counter, command)

    center.ask = leaving  # type: ignore[method-assign]
    assert line.next("1", "s1").ticket == second.ticket
    assert line.journal.ticket(first.ticket).state == "left"
