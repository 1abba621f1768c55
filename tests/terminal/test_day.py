"""A day at one machine: the visitor's screen, two desks and the board as real processes, and 300 people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.journal import KINDS
from kiosk.line.line import Line
from kiosk.tickets.ticket import CALLED, FINAL, FINISHED, HOLD, LEFT, NO_SHOW, SERVING, WAITING, Ticket
from tests.support.day import Driver, Hall
from tests.support.terminal import KIOSK, Terminal, wait
from tests.terminal.conftest import aim_again

ROUNDS, ARRIVALS, STEPS = 20, 14, 55
"""Rounds of the day, and in each what the driver does; one more visitor comes to the screen."""
ELSEWHERE = {"ticket.printed", "ticket.marked", "ticket.late"}
"""Events that need a printer, a docent's choice or a phone."""
SERVICES = (
    ("Bills and payments", "Pay a City utility bill"),
    ("Bills and payments", "Payment plan for an overdue utility bill"),
    ("Bills and payments", "Pay a traffic or city-code ticket"),
    ("Records and papers", "City open records request"),
)
"""What visitors at the screen take tickets for: three of the desks' own line, one of each other's."""


class Day:
    """The four screens at one file, and what stands in it."""

    def __init__(self, hall: Hall, line: Line, start: Callable[..., Terminal]) -> None:
        self.hall = hall
        self.line = line
        self.start = start
        self.visitor = self.screen("--data", hall.data)
        self.desks = {
            "1": self.screen("--data", hall.data, "desk", "--name", "Ana", "--counter", "1"),
            "2": self.screen("--data", hall.data, "desk", "--name", "Ben", "--counter", "2"),
        }
        self.board = self.screen("--data", hall.data, "board", KIOSK_LANGUAGES="en")
        self.keys = 0

    def screen(self, *arguments: str | Path, **variables: str) -> Terminal:
        return self.start(KIOSK, *arguments, size=(120, 34), variables={**self.hall.variables, **variables})

    def there(self, counter: str) -> Ticket | None:
        """Who is at a counter, as the journal says."""
        return self.line.view.overview().at_counter(counter)

    def now(self, ticket: Ticket) -> Ticket:
        found = self.line.journal.ticket(ticket.ticket)
        assert found is not None
        return found

    def sent_to(self, ticket: Ticket, staff: str) -> list[str]:
        """The lanes that somebody sent a ticket on to."""
        events = (event for event in self.line.journal.events() if event.kind == "ticket.transferred")
        about = (ticket.ticket, staff)
        return [of.body["lane"] for of in events if (of.body["ticket"], of.body["staff"]) == about]

    def take(self, category: str, service: str) -> str:
        """A visitor takes a ticket by touches alone; the code they read."""
        screen = self.visitor
        screen.see("English", "Leave feedback")
        aim_again()
        screen.touch("English")
        screen.see("I have a ticket number", category)
        screen.touch(category)
        screen.see(service)
        screen.touch(service)
        screen.see("Take a ticket")
        screen.touch("Take a ticket")
        shown = screen.see("Your number", "before you")
        found = re.search(r"\b[BCPH]\d{3}\b", shown)
        assert found, shown
        aim_again()
        screen.touch("✓")
        return found[0]

    def press(self, counter: str, *keys: str) -> None:
        """A docent presses keys one after the other, faster than anything could be read."""
        self.keys += len(keys)
        self.desks[counter].press(*keys)

    def until(self, counter: str, ticket: Ticket, state: str, said: str) -> Ticket:
        """Wait until a ticket is in a state, and the desk says so."""
        self.desks[counter].see(said)
        found = self.now(ticket)
        assert found.state == state, f"{found}\n{self.desks[counter].screen()}"
        return found

    def call(self, counter: str) -> Ticket:
        """N: the next one is called, and stands on the docent's card."""
        before = self.there(counter)
        assert before is None, f"{before} is still at counter {counter}"
        self.press(counter, "n")
        found = wait(lambda: self.there(counter), lambda: f"nobody called\n{self.desks[counter].screen()}")
        self.desks[counter].see(f"{found.code} is called to counter {counter}.")
        return found


@pytest.fixture
def day(tmp_path, start) -> Iterator[Day]:
    hall = Hall(tmp_path / "data")
    with hall.line() as line:
        found = Day(hall, line, start)
        for counter, desk in found.desks.items():
            desk.see(f"Counter {counter}", "open")
        found.visitor.see("English", "Practice")
        found.board.see("Practice")
        yield found


def serves(day: Day, counter: str) -> None:
    """The usual way: next, serve, finish."""
    ticket = day.call(counter)
    day.press(counter, "s")
    day.until(counter, ticket, SERVING, f"{ticket.code} is being served.")
    day.press(counter, "f")
    day.until(counter, ticket, FINISHED, f"{ticket.code} is finished.")


def holds(day: Day, counter: str) -> None:
    """Next, hold: somebody has to fetch a paper first."""
    ticket = day.call(counter)
    day.press(counter, "h")
    day.until(counter, ticket, HOLD, f"{ticket.code} is on hold.")


def waits_in_vain(day: Day, counter: str) -> None:
    """Next, recall after the cool-down, no-show."""
    ticket = day.call(counter)
    day.hall.move(25)
    day.press(counter, "r")
    day.desks[counter].see(f"{ticket.code} is called once more.")
    assert day.now(ticket).calls == ticket.calls + 1
    day.press(counter, "x")
    day.until(counter, ticket, NO_SHOW, f"{ticket.code} did not come.")


def sends_on(day: Day, counter: str) -> None:
    """Next, serve, transfer: number and arrival stay."""
    ticket = day.call(counter)
    day.press(counter, "s")
    docent = day.until(counter, ticket, SERVING, f"{ticket.code} is being served.").staff
    day.press(counter, "t")
    day.desks[counter].see(f"Send {ticket.code} on to which line?")
    day.press(counter, "h")
    day.desks[counter].see(f"{ticket.code} waits for Questions and help now.")
    # Whoever came long ago may be called there at once, and sent on once more.
    sent = day.now(ticket)
    assert (sent.code, sent.arrival) == (ticket.code, ticket.arrival)
    assert day.sent_to(ticket, docent)[-1:] == ["help"]


def slips(day: Day, counter: str) -> None:
    """Next, serve, undo, serve, finish: a key pressed too early."""
    ticket = day.call(counter)
    day.press(counter, "s")
    day.until(counter, ticket, SERVING, f"{ticket.code} is being served.")
    day.press(counter, "u")
    day.until(counter, ticket, CALLED, f"Taken back: {ticket.code} is as it was before.")
    day.press(counter, "s")
    day.until(counter, ticket, SERVING, f"{ticket.code} is being served.")
    day.press(counter, "f")
    day.until(counter, ticket, FINISHED, f"{ticket.code} is finished.")


WAYS = (serves, holds, waits_in_vain, sends_on, slips)


def both_press_next_at_once(day: Day) -> None:
    """Two desks, one line, the same instant: two people."""
    for counter in day.desks:
        day.press(counter, "n")
    found = [wait(lambda c=counter: day.there(c), lambda: "nobody called") for counter in day.desks]
    assert found[0].ticket != found[1].ticket
    for counter, ticket in zip(day.desks, found, strict=True):
        day.desks[counter].see(f"{ticket.code} is called to counter {counter}.")
        day.press(counter, "s")
        day.until(counter, ticket, SERVING, f"{ticket.code} is being served.")
        day.press(counter, "f")
        day.until(counter, ticket, FINISHED, f"{ticket.code} is finished.")


def calls_on(board: str) -> dict[str, str]:
    """The calls that stand on the board, by code: the one in large type, and the row of the latest."""
    now, _, latest = board.partition("Latest calls")
    found = {}
    for part in (now.partition("Now serving")[2], latest.partition("Waiting:")[0]):
        codes, counters = re.findall(r"\b[A-Z]\d{3}\b", part), re.findall(r"Counter (\w+)", part)
        assert len(codes) == len(counters), board
        found.update(zip(codes, counters, strict=True))
    return found


def the_board_is_in_step(day: Day, called: Ticket) -> None:
    """The last call stands on it with its counter, and it counts who waits as the journal does."""
    lanes = day.line.view.overview().lanes
    waiting = " · ".join(f"{view.lane.name} {len(view.waiting)}" for view in lanes)

    def in_step() -> bool:
        screen = day.board.screen()
        return calls_on(screen).get(called.code) == called.counter and waiting in screen

    wait(
        in_step,
        lambda: f"not in step with {called.code} at {called.counter}, {waiting}\n{day.board.screen()}",
    )


def the_desks_are_in_step(day: Day) -> None:
    """What the strip of each desk counts is what the journal says."""
    lanes = day.line.view.overview().lanes
    others = [ticket for view in lanes for ticket in view.others]
    for counter, desk in day.desks.items():
        counts = {
            "hold": sum(ticket.state == HOLD for ticket in others),
            "called": sum(
                ticket.state in (CALLED, SERVING) and ticket.counter != counter for ticket in others
            ),
            "no-shows": sum(ticket.state == NO_SHOW for ticket in others),
        }
        strip = [f"{view.lane.letter} {len(view.waiting)}" for view in lanes]
        desk.see("   ".join([*strip, *(f"{name} {count}" for name, count in counts.items() if count)]))


def somebody_gives_the_place_back(day: Day) -> None:
    """At the screen: I have a ticket number, where am I, I must leave."""
    queue = day.line.view.overview().lane("bills").waiting
    ticket, screen = queue[-1], day.visitor
    screen.see("English", "Leave feedback")
    aim_again()
    screen.touch("English")
    screen.see("Bills and payments")
    screen.touch("I have a ticket number")
    screen.see("Type the letter and the three digits")
    screen.type(ticket.code)
    screen.touch("Find")
    screen.see(ticket.code, "before you")
    aim_again()
    screen.touch("I must leave")
    screen.see("Do you want to give your place back?")
    aim_again()
    screen.touch("Yes, I must leave")
    wait(lambda: day.now(ticket).state == LEFT, lambda: f"not left\n{screen.screen()}")
    assert day.now(ticket).ended_how == "visitor"
    screen.see_gone("Do you want to give your place back?")
    aim_again()
    screen.touch("✓")
    screen.see("English", "Leave feedback")


def the_day_is_ended_at_a_desk(day: Day) -> None:
    """E and Y: whoever is left goes home, and every screen says so."""
    day.press("1", "e")
    day.desks["1"].see("End the day?")
    day.press("1", "y")
    day.desks["1"].see("The day is closed")
    wait(lambda: not day.line.journal.tickets_live(), lambda: day.desks["1"].screen())
    the_desks_are_in_step(day)
    day.board.see("Bills and payments 0 · Court and fines 0 · Permits and licenses 0")


def everything_adds_up(day: Day, codes: list[str]) -> None:
    """Codes are unique, nobody is lost, every state was reached, the chain is whole, tables are folds."""
    journal = day.line.journal
    tickets = journal.tickets_of_day(day.hall.clock.day())
    assert Counter(ticket.code for ticket in tickets) == Counter(codes)
    assert len(set(codes)) == len(codes) == ROUNDS * (ARRIVALS + 1)
    kinds = Counter(event.kind for event in journal.events())
    assert kinds["ticket.issued"] == len(codes)
    moves = {kind for kind in KINDS if kind.startswith("ticket.")} - ELSEWHERE
    assert moves <= kinds.keys(), f"never happened: {moves - kinds.keys()}"
    states = Counter(ticket.state for ticket in tickets)
    assert states.total() == len(codes)
    assert all(states[state] > 0 for state in (*FINAL, NO_SHOW))
    assert states.keys() <= {*FINAL, NO_SHOW}
    assert kinds["visit.started"] == kinds["visit.ended"] == ROUNDS + 1
    assert journal.verify().bad_seq is None
    before = [tickets, journal.counters(), journal.closed_days()]
    assert journal.rebuild() == 0, "every event was legal"
    assert [journal.tickets_of_day(day.hall.clock.day()), journal.counters(), journal.closed_days()] == before


def test_300_people_are_called_transferred_lost_and_found_again(day):
    codes = []
    with ExitStack() as stack:
        driver = stack.enter_context(Driver(day.hall, seed=4))
        for number in range(ROUNDS):
            driver.begin("arrive", ARRIVALS)
            codes.append(day.take(*SERVICES[number % len(SERVICES)]))
            driver.end()
            driver.begin("work", STEPS)
            if number % 3 == 2:
                both_press_next_at_once(day)
            else:
                WAYS[number % len(WAYS)](day, "12"[number % 2])
            driver.end()
            if number % 4 == 0:
                the_board_is_in_step(day, day.call("1"))
                the_desks_are_in_step(day)
                day.press("1", "s", "f")
                wait(lambda: day.there("1") is None, lambda: day.desks["1"].screen())
        codes += driver.told
    somebody_gives_the_place_back(day)
    assert day.keys >= 40
    live = day.line.journal.tickets_live()
    assert {ticket.state for ticket in live} >= {WAITING, NO_SHOW}
    the_day_is_ended_at_a_desk(day)
    everything_adds_up(day, codes)


def test_a_folder_of_invented_days_opens_like_any_other_and_says_what_it_is(kiosk):
    filling = kiosk("simulate", "--visits", "20")
    assert filling.status() == 0
    filling.see("20 people")
    terminal = kiosk()
    terminal.see("English", "Leave feedback", "Practice")
    refused = kiosk("simulate", "--visits", "20")
    assert refused.status() == 2
    refused.see("What to do: Name a folder that is empty")
