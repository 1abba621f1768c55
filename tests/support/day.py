"""A day in real processes at one file: the practice folder, its clock, and a driver beside the screens."""

from __future__ import annotations

import fcntl
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from kiosk.catalog.load import load
from kiosk.clock import PracticeClock, stamp
from kiosk.errors import TicketRefused
from kiosk.journal import Journal
from kiosk.line.line import Line
from kiosk.line.view import is_at
from kiosk.settings import Settings
from kiosk.tickets.ticket import CALLED, HOLD, NO_SHOW, SERVING, WAITING, Ticket

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services.yaml"
MORNING = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
"""08:30 on a Monday in Tulsa."""
PLAIN = """
[screen]
display_type = "off"
motion = false
idle_seconds = 600
[search]
meaning = false
[sound]
chime = false
speech = false
"""
"""Every word can be found on the screens, nothing moves and nothing sounds."""
COUNTERS = ("3", "4", "5", "6")
"""Counters of the driver; 1 and 2 are those of the desks."""
PAUSES = {"arrive": 20.0, "work": 11.0, "serve": 5.0}
"""Seconds of the clock before each thing that the driver does."""


class Hall:
    """A practice folder whose clock stands where it is put, and runs on from there."""

    def __init__(self, data: Path, moment: datetime = MORNING) -> None:
        self.data = data
        self.file = data / "clock"
        data.mkdir(parents=True, exist_ok=True)
        (data / "kiosk.toml").write_text(PLAIN, encoding="utf-8")
        self.put(moment)
        with Journal.open(self.settings.journal, self.clock, practice=True):
            pass

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data)

    @property
    def clock(self) -> PracticeClock:
        return PracticeClock(file=self.file)

    @property
    def variables(self) -> dict[str, str]:
        """What a process needs to go by this clock."""
        return {"KIOSK_CLOCK": str(self.file)}

    def put(self, moment: datetime) -> None:
        """Move the clock of all processes at once; none of them may ever find half a file."""
        new = self.file.with_name(f"clock.{os.getpid()}")
        new.write_text(stamp(moment), encoding="ascii")
        new.replace(self.file)

    def move(self, seconds: float) -> None:
        """Let time pass; two processes that do so at once let it pass twice."""
        with self.file.with_name("clock.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.put(self.clock.now() + timedelta(seconds=seconds))

    @contextmanager
    def line(self) -> Iterator[Line]:
        """The lines of the file, as another process uses them."""
        catalog = load(SERVICES, self.settings.cache)
        with Journal.open(self.settings.journal, self.clock) as journal:
            yield Line(journal, lambda: catalog, self.clock, self.settings)


class Driver:
    """A process of its own at the same file: many people who arrive, and four counters that call them.

    `told` are the codes that it has told of so far, in order: of tickets given out, and those that `serve`
    called. A context that ends the process.
    """

    def __init__(self, hall: Hall, seed: int) -> None:
        self.told: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.day", str(hall.data), str(seed)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def begin(self, what: str, times: int) -> None:
        """Tell it what to do, so many times: `arrive`, `work`, or `serve`, which calls nobody twice."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what} {times}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Wait until it is done, or dead; what it has told by then counts."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == "done\n":
                return
            if line.endswith("\n"):
                self.told.append(line.strip())

    def do(self, what: str, times: int) -> None:
        self.begin(what, times)
        self.end()


class Crowd:
    """What the driver does, step by step, at random."""

    def __init__(self, hall: Hall, line: Line, seed: int) -> None:
        self.hall = hall
        self.line = line
        self.random = random.Random(seed)
        self.services = [service.id for service in line.view.catalog().services if service.lane]
        self.staff = {name: line.journal.staff_of(f"Driver {name}") for name in COUNTERS}

    def arrive(self) -> None:
        """Somebody takes a ticket; the code is told once it is theirs."""
        language = self.random.choice(("en", "en", "es", "vi", "zh_Hans", "ar"))
        desk = self.random.random() < 0.15
        ticket = self.line.issue(
            language=language,
            service=self.random.choice(self.services),
            channel="desk" if desk else "kiosk",
            priority=self.random.choice(("assisted", "booked", "")) if desk else "",
        )
        print(ticket.code, flush=True)

    def work(self) -> None:
        """One key at one counter; time goes on, so that nothing is too early."""
        counter = self.random.choice(COUNTERS)
        live = self.line.journal.tickets_live()
        there = next((ticket for ticket in live if is_at(ticket, counter)), None)
        ways = self._ways(there, counter) if there else self._free(live, counter)
        # Between reading and pressing somebody else may have been faster: that is refused, and no harm.
        try:
            self.random.choice(ways)()
        except TicketRefused:
            return

    def serve(self) -> None:
        """As `work`, but nobody is called more than once."""
        counter = self.random.choice(COUNTERS)
        staff, there = self.staff[counter], self.line.view.overview().at_counter(counter)
        try:
            if there is None:
                print(self.line.next(counter, staff).code, flush=True)
            elif there.state == CALLED:
                self.line.serve(there.ticket, counter, staff)
            else:
                self.line.finish(there.ticket, staff)
        except TicketRefused:
            return

    def _free(self, live: list[Ticket], counter: str) -> list[Callable[[], object]]:
        line, staff = self.line, self.staff[counter]
        ways: list[Callable[[], object]] = [lambda: line.next(counter, staff)] * 6
        lanes = [lane.id for lane in line.view.catalog().lanes if counter in lane.counters]
        for ticket in live:
            if ticket.lane in lanes and ticket.state in (HOLD, NO_SHOW):
                which = ticket.ticket
                ways.append(lambda which=which: line.call(which, counter, staff))  # type: ignore[misc]
                ways.append(lambda which=which: line.put_back(which, staff))  # type: ignore[misc]
            if ticket.lane in lanes and ticket.state in (WAITING, HOLD) and self.random.random() < 0.03:
                which = ticket.ticket
                ways.append(lambda which=which: line.leave(which, "visitor"))  # type: ignore[misc]
        return ways

    def _ways(self, ticket: Ticket, counter: str) -> list[Callable[[], object]]:
        line, staff, which = self.line, self.staff[counter], ticket.ticket
        other = self.random.choice([lane.id for lane in line.view.catalog().lanes if lane.id != ticket.lane])
        held: Callable[[], object] = lambda: line.hold(which, staff)  # noqa: E731
        sent: Callable[[], object] = lambda: line.transfer(which, other, staff)  # noqa: E731
        back: Callable[[], object] = lambda: line.undo(which, ticket.latest, staff)  # noqa: E731
        if ticket.state == CALLED:
            return [
                *[lambda: line.serve(which, counter, staff)] * 6,
                lambda: line.no_show(which, staff),
                lambda: line.call(which, counter, staff),
                lambda: line.put_back(which, staff),
                lambda: line.void(which, "duplicate", staff),
                held,
                back,
            ]
        assert ticket.state == SERVING
        return [*[lambda: line.finish(which, staff)] * 6, held, sent, back]


def drive(data: Path, seed: int) -> None:
    """Do what standard input says, line by line, and tell every code that was given out."""
    hall = Hall.__new__(Hall)
    hall.data, hall.file = data, data / "clock"
    with hall.line() as line:
        crowd = Crowd(hall, line, seed)
        for told in sys.stdin:
            what, times = told.split()
            for _ in range(int(times)):
                hall.move(PAUSES[what])
                getattr(crowd, what)()
            print("done", flush=True)


if __name__ == "__main__":
    drive(Path(sys.argv[1]), int(sys.argv[2]))
