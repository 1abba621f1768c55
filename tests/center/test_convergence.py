"""One queue over three machines that lose sight of each other: afterwards all of them show the same."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.center.context import Center
from kiosk.errors import TicketRefused
from kiosk.tickets.ticket import CALLED, LEFT, Ticket
from tests.support.one_queue import Machine, at_center, by_phone, machines, tickets, together

DESKS = st.integers(0, 2)
PEOPLE = st.integers(0, 30)
NEAR, FAR = (0, 45, -100), (0, 3600, -3600)
"""Seconds by which the machines' clocks are wrong: as in a well kept city, and as in a bad one."""


class OneQueue(RuleBasedStateMachine):
    """What people do at three desks, on their phones, and what happens to the network meanwhile."""

    center: Center
    folder: Path
    offsets: tuple[float, float, float] = NEAR

    @initialize()
    def open(self) -> None:
        self.machines = machines(self.center, self.folder, self.offsets)
        self.home = self.machines[0].home
        self.alone: set[str] = set()
        self.codes: list[str] = []

    @rule(desk=DESKS, lane=st.sampled_from(["bills", "help"]))
    def issue(self, desk: int, lane: str) -> None:
        machine = self.machines[desk]
        self.codes.append(machine.line.issue(language="en", lane=lane, channel="desk").code)
        machine.push()

    @rule(desk=DESKS)
    def next(self, desk: int) -> None:
        machine = self.machines[desk]
        with suppress(TicketRefused):
            self._called(machine, machine.line.next(machine.counter, "s1"))

    @rule(lane=st.sampled_from(["bills", "help"]), order=st.permutations([0, 1, 2]), then=st.booleans())
    def all_press_next(self, lane: str, order: list[int], then: bool) -> None:
        """Everybody sees one line and calls before hearing of the others; some put back whom they call."""
        self.issue(order[0], lane)
        for machine in self.machines:
            machine.pull()
        for desk in order:
            machine = self.machines[desk]
            self.next(desk)
            called = machine.line.view.overview().at_counter(machine.counter)
            if then and called is not None and called.state == CALLED and machine.linked:
                machine.line.put_back(called.ticket, "s1")
                machine.push()

    @rule(desk=DESKS, person=PEOPLE)
    def call(self, desk: int, person: int) -> None:
        machine = self.machines[desk]
        with suppress(TicketRefused):
            ticket = self._whom(machine, person)
            self._called(machine, machine.line.call(ticket.ticket, machine.counter, "s1"))

    def _called(self, machine: Machine, ticket: Ticket) -> None:
        """Who could ask the center has the person, as long as nobody else called without asking."""
        machine.push()
        if not machine.linked:
            self.alone.add(ticket.ticket)
        elif ticket.ticket not in self.alone and self.offsets == NEAR:
            known = at_center(self.center, self.home, ticket.ticket)
            assert known is not None
            if (known.state, known.ended_how) == (LEFT, "phone"):
                return  # they said so a moment ago, and this desk calls its own person once more
            assert (known.state, known.counter, known.also_called) == (CALLED, machine.counter, "")

    @rule(
        desk=DESKS,
        person=PEOPLE,
        step=st.sampled_from(["serve", "finish", "hold", "put_back", "no_show", "leave", "transfer", "undo"]),
    )
    def step(self, desk: int, person: int, step: str) -> None:
        machine = self.machines[desk]
        line, counter = machine.line, machine.counter
        with suppress(TicketRefused):
            ticket = self._whom(machine, person)
            match step:
                case "serve":
                    line.serve(ticket.ticket, counter, "s1")
                case "leave":
                    line.leave(ticket.ticket, "desk")
                case "transfer":
                    line.transfer(ticket.ticket, "help" if ticket.lane == "bills" else "bills", "s1")
                case "undo":
                    line.undo(ticket.ticket, ticket.latest, "s1")
                case _:
                    getattr(line, step)(ticket.ticket, "s1")
        if not machine.linked:
            # What was done without the others may undo what they did later.
            self.alone.update(ticket.ticket for ticket in machine.journal.tickets_live())
        machine.push()

    def _whom(self, machine: Machine, person: int) -> Ticket:
        live = machine.journal.tickets_live()
        if not live:
            raise TicketRefused("nobody", "nobody is there")
        return live[person % len(live)]

    @rule(person=PEOPLE, kind=st.sampled_from(["ticket.left", "ticket.late"]))
    def phone(self, person: int, kind: str) -> None:
        live = self.machines[0].journal.tickets_live()
        if live:
            how = {"how": "phone"} if kind == "ticket.left" else {}
            by_phone(self.center, self.home, kind, live[person % len(live)].ticket, **how)

    @rule(desk=DESKS)
    def lose_the_network(self, desk: int) -> None:
        self.machines[desk].linked = False

    @precondition(lambda self: not all(machine.linked for machine in self.machines))
    @rule()
    def find_it_again(self) -> None:
        machine = next(machine for machine in self.machines if not machine.linked)
        machine.linked = True
        machine.push()

    @rule(desk=DESKS, pages=st.integers(1, 3))
    def pull(self, desk: int, pages: int) -> None:
        self.machines[desk].pull(pages)

    @rule(desk=DESKS, back=st.integers(0, 20))
    def push_again(self, desk: int, back: int) -> None:
        """The answer was lost: the same is sent once more."""
        machine = self.machines[desk]
        machine.push(max(1, machine.sent - back))

    @rule(seconds=st.sampled_from([1, 25, 70]))
    def wait(self, seconds: int) -> None:
        for clock in (self.center.clock, *(machine.clock for machine in self.machines)):
            clock.advance(seconds)

    def teardown(self) -> None:
        if not hasattr(self, "home"):
            return
        try:
            self._meet()
        finally:
            for machine in self.machines:
                machine.journal.close()

    def _meet(self) -> None:
        first, *others = (tickets(machine.journal) for machine in together(self.machines))
        assert all(other == first for other in others)
        assert {name: at_center(self.center, self.home, name) for name in first} == first
        assert len(set(self.codes)) == len(self.codes) == len(first)
        assert sorted(ticket.code for ticket in first.values()) == sorted(self.codes)
        counters = [machine.journal.counters() for machine in self.machines]
        assert counters[0] == counters[1] == counters[2]
        for machine in self.machines:
            assert machine.journal.verify().bad_seq is None
        with self.center.store.read() as connection:
            count = "SELECT count(*) FROM events JOIN chains USING (chain) WHERE device = :device"
            for machine in self.machines:
                assert connection.value(count, device=machine.device) == machine.journal.head()[0]


def play(center: Center, folder: Path, offsets: tuple[float, float, float], **how: int) -> None:
    """Let hypothesis find an order of all this after which the machines differ."""

    class Queue(OneQueue):
        pass

    Queue.center, Queue.folder, Queue.offsets = center, folder, offsets
    run_state_machine_as_test(
        Queue,
        settings=settings(
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
            **how,  # type: ignore[arg-type]
        ),
    )


@pytest.mark.parametrize("offsets", [NEAR, FAR], ids=["near", "far"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_all_show_the_same_queue_when_they_meet_again(
    center: Center, tmp_path: Path, offsets: tuple[float, float, float]
) -> None:
    play(center, tmp_path, offsets, max_examples=12, stateful_step_count=30)


@pytest.mark.slow
@pytest.mark.parametrize("offsets", [NEAR, FAR], ids=["near", "far"])
def test_all_show_the_same_queue_after_long_days(
    center: Center, tmp_path: Path, offsets: tuple[float, float, float]
) -> None:
    play(center, tmp_path, offsets, max_examples=120, stateful_step_count=60)
