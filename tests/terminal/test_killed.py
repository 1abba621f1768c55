"""`kill -9` of the screens and of who else uses the file, at random moments: nobody's ticket suffers."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from kiosk.line.line import Line
from kiosk.tickets.ticket import CALLED
from tests.support.day import Driver, Hall
from tests.support.terminal import Terminal, children, wait
from tests.terminal.conftest import aim_again

STEADY = """
from kiosk import supervisor
supervisor.STEADY_SECONDS = 0.0
from kiosk.cli import main
main()
"""
"""The real command, but for how long a start must last for its end to count as the first in a row."""
CODE = re.compile(r"\b[BCPH]\d{3}\b")
KEYS = {"": "n", CALLED: "s", "serving": "f"}
"""What a docent presses next, by the state of whoever is at the counter."""
AT_MOST = {"visitor": 0.25, "desk": 0.1, "board": 0.1, "driver": 0.3}
"""Seconds after something was begun within which the process is killed."""


class Campaign:
    """Four screens and a driver at one file; each kill hits one of them in the middle of something."""

    def __init__(self, hall: Hall, line: Line, start: Callable[..., Terminal], seed: int) -> None:
        self.hall = hall
        self.line = line
        self.random = Random(seed)
        self.visitor = self._screen(start)
        self.desks = {
            "1": self._screen(start, "desk", "--name", "Ana", "--counter", "1"),
            "2": self._screen(start, "desk", "--name", "Ben", "--counter", "2"),
        }
        self.board = self._screen(start, "board", KIOSK_LANGUAGES="en")
        self.driver = Driver(hall, seed)
        self.told: list[str] = []
        self.kills: Counter[str] = Counter()
        self._ready: dict[Terminal, int] = {}

    def _screen(self, start: Callable[..., Terminal], *arguments: str, **variables: str) -> Terminal:
        command = (sys.executable, "-c", STEADY, "--data", self.hall.data, *arguments)
        return start(*command, size=(120, 34), variables={**self.hall.variables, **variables})

    def strike(self, victim: str) -> None:
        """Begin something, kill the victim in the middle of it; the supervisor starts it again."""
        self.kills[victim] += 1
        self.driver.do("arrive", 2)
        getattr(self, f"_strike_{victim}")()

    def _strike_visitor(self) -> None:
        """Between the touch that takes a ticket and the screen that shows it, or a little later."""
        screen = self.visitor
        self._await(screen, "English", "Leave feedback")
        aim_again()
        screen.touch("English")
        screen.touch("Bills and payments")
        screen.touch("Pay a City utility bill")
        screen.see("Take a ticket")
        self.driver.begin("serve", 4)
        screen.touch("Take a ticket")
        self._kill("visitor", screen)
        self.driver.end()

    def _strike_desk(self) -> None:
        """Between a key and what it does."""
        counter = self.random.choice(list(self.desks))
        desk = self.desks[counter]
        self._await(desk, f"Counter {counter} · ", "open", "Next")
        self.driver.begin("serve", 4)
        there = self.line.view.overview().at_counter(counter)
        desk.press(KEYS[there.state if there else ""])
        self._kill("desk", desk)
        self.driver.end()

    def _strike_board(self) -> None:
        """While it reads what the others write."""
        self._await(self.board, "Practice")
        self.driver.begin("serve", 6)
        self._kill("board", self.board)
        self.driver.end()

    def _strike_driver(self) -> None:
        """In the middle of issuing or calling; what it has told before counts."""
        self.driver.begin(*self.random.choice((("arrive", 100), ("serve", 200))))
        self._pause("driver")
        os.kill(self.driver.process.pid, signal.SIGKILL)
        self.driver.end()
        self.driver.process.wait()
        self.told += self.driver.told
        self.driver = Driver(self.hall, self.random.randrange(10**6))

    def _pause(self, victim: str) -> None:
        time.sleep(self.random.uniform(0, AT_MOST[victim]))

    def _kill(self, victim: str, screen: Terminal) -> None:
        app = screen.app
        self._pause(victim)
        os.kill(app, signal.SIGKILL)
        self._ready[screen] = app

    def _await(self, screen: Terminal, *texts: str) -> None:
        """Wait until the supervisor has started an app that was killed again, and it shows itself."""
        killed = self._ready.pop(screen, 0)
        supervisor = screen.supervisor
        wait(
            lambda: any(pid != killed for pid in children(supervisor)),
            lambda: f"not started again\n{screen.screen()}",
        )
        screen.see(*texts)

    def end(self) -> None:
        """All are there again; what was told and shown is known."""
        self._await(self.visitor, "English", "Leave feedback")
        self._await(self.board, "Practice")
        for counter, desk in self.desks.items():
            self._await(desk, f"Counter {counter} · ", "open", "Next")
        self.driver.process.kill()
        self.driver.end()
        self.driver.process.wait()
        self.told += self.driver.told

    def shown(self) -> set[str]:
        """Every code that any of the screens has ever shown."""
        screens = (self.visitor, self.board, *self.desks.values())
        return {code for screen in screens for code in CODE.findall(screen.written())}


def nothing_is_lost(campaign: Campaign) -> None:
    """Every code that anybody has seen is there, none twice; nobody was called twice; the chain is whole."""
    journal = campaign.line.journal
    events = list(journal.events())
    issued = [event.body["code"] for event in events if event.kind == "ticket.issued"]
    assert len(set(issued)) == len(issued), "no code is used again"
    assert {*campaign.told, *campaign.shown()} <= set(issued), "no ticket is lost"
    called = Counter(event.body["ticket"] for event in events if event.kind == "ticket.called")
    assert called, "somebody was called"
    assert set(called.values()) == {1}, "nobody is called twice"
    assert journal.verify().bad_seq is None
    assert journal.rows("SELECT count(*) FROM skipped_events") == [(0,)]
    tickets = journal.tickets_of_day(campaign.hall.clock.day())
    assert len(tickets) == len(issued)
    assert {ticket.code for ticket in tickets} == set(issued)
    at_counters = [ticket.counter for ticket in journal.tickets_live() if ticket.state in KEYS]
    assert len(set(at_counters)) == len(at_counters), "one person at a counter"
    assert journal.rows("SELECT count(*) FROM visits WHERE ended_how IS NULL") == [(0,)]
    assert journal.rebuild() == 0
    assert journal.tickets_of_day(campaign.hall.clock.day()) == tickets


@pytest.fixture
def campaign(tmp_path, start, request):
    hall = Hall(tmp_path / "data")
    with hall.line() as line:
        found = Campaign(hall, line, start, seed=request.param)
        yield found
        found.driver.__exit__()


@pytest.mark.parametrize("campaign", [1], indirect=True)
def test_killed_in_the_middle_of_their_work_they_lose_nobodys_ticket(campaign):
    for victim in ("driver", "visitor", "desk", "board", "desk", "driver"):
        campaign.strike(victim)
    campaign.end()
    nothing_is_lost(campaign)


@pytest.mark.slow
@pytest.mark.parametrize("campaign", [2026], indirect=True)
def test_200_kills_lose_nobodys_ticket(campaign):
    victims = ["driver"] * 60 + ["desk"] * 60 + ["visitor"] * 45 + ["board"] * 35
    campaign.random.shuffle(victims)
    for victim in victims:
        campaign.strike(victim)
    campaign.end()
    assert campaign.kills.total() == 200
    nothing_is_lost(campaign)
    kinds = Counter(event.kind for event in campaign.line.journal.events())
    print(f"{dict(campaign.kills)}: {kinds['ticket.issued']} tickets, {kinds['ticket.called']} calls")
