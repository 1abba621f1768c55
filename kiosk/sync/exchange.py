"""One machine's whole dealings with its center: what it sends, takes in, and looks after."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from kiosk.catalog.load import load_or_last_good
from kiosk.catalog.model import Catalog
from kiosk.clock import Clock
from kiosk.errors import SyncError
from kiosk.journal import Journal
from kiosk.settings import Settings
from kiosk.sync import catalog, joining, numbers
from kiosk.sync import membership as memberships
from kiosk.sync.client import Client
from kiosk.sync.membership import Block
from kiosk.sync.pull import pull
from kiosk.sync.push import Progress, Pushed, due, push
from kiosk.sync.replies import Refused
from kiosk.sync.status import Notes

ROUNDS = 10
"""Times that sending begins again for what was recorded, or turned out, meanwhile."""


@dataclass
class Done:
    """What came of a whole exchange; `moved`: this machine turned out to be a copy, and is its own now."""

    pushed: Pushed = field(default_factory=Pushed)
    received: int = 0
    moved: bool = False


def ranges(shown: Catalog) -> tuple[Block, ...]:
    """The ranges of ticket numbers of a catalogue's lanes."""
    return tuple((lane.letter, *lane.number_range) for lane in shown.lanes)


class Exchange:
    """What is to be done with the center, for the one process that may (kiosk.sync.agent.alone).

    `push` and `care` are for one thread, `pull` for another. All raise SyncError and JournalError.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        clock: Clock,
        notes: Notes,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._notes = notes
        self._transport = transport
        self._clients: list[Client] = []
        self._mark: tuple[Any, ...] = ()
        self._forked = True  # as long as nobody has looked
        self._unsure = True

    @property
    def client(self) -> Client | None:
        """The connection that is used now, None before the first."""
        return self._clients[-1] if self._clients else None

    @property
    def answers(self) -> int:
        """How many answers of the center were believed so far."""
        return sum(client.answers for client in self._clients)

    def all(self, progress: Progress) -> Done:
        """Everything once: also what the center would not take before."""
        done = Done()
        done.pushed, done.moved = self.push(progress, check=True, everything=True)
        done.received = self.pull()
        self.care()
        again, moved = self.push()
        done.pushed, done.moved = done.pushed + again, done.moved or moved
        return done

    def push(
        self, progress: Progress = lambda done, total: None, check: bool = False, everything: bool = False
    ) -> tuple[Pushed, bool]:
        """Send all that the center has not signed for; whether this machine has become one of its own.

        With `check` the center is asked first how far it is, with `everything` offered also what it would not
        take.
        """
        client, done, moved = self._joined(), Pushed(), False
        since = self._lost(client) if check else None
        for _ in range(ROUNDS):
            left = due(self._journal, self._notes.held(everything), since)
            if not left and not self._forked:
                break
            sent = push(self._journal, client, progress, left, self._notes.hold)
            done, since, everything = done + sent, None, False
            self._forked |= sent.forked
            if self._forked and not self._step_aside():
                break
            moved |= client is not (client := self._joined())
        if client.membership.earlier and (check or everything):
            done += self._push_earlier(client, progress)
        return done, moved

    def pull(self, wait: int = 0) -> int:
        """Take in the site's feed, from its beginning after the center was put back from a backup.

        How many events were new. `wait` so many seconds for something to come.
        """
        client = self.client or self._joined()
        if not self._unsure:
            return pull(self._journal, client, wait)
        epoch, known = client.reached(self._journal.chain, 0).epoch, self._notes.state.epoch
        new = pull(self._journal, client, after=None if known in ("", epoch) else 0)
        self._notes.of_epoch(epoch)
        self._unsure = False
        return new

    def unsure(self) -> None:
        """The center was not there for a while, and may have been put back from a backup."""
        self._unsure = True

    def care(self) -> None:
        """See that there are ticket numbers enough, and that the newest catalogue is shown."""
        client = self._joined()
        numbers.top_up(self._journal, client, load_or_last_good(self._settings).catalog, self._clock)
        catalog.take(self._settings, client, self._journal)

    def close(self) -> None:
        """Let go of the connections; may be called twice."""
        for client in self._clients:
            client.close()

    def _joined(self) -> Client:
        """The connection of this machine as it is enrolled now."""
        file = self._journal.path.with_name(memberships.FILE)
        found: tuple[Any, ...] = ()
        with suppress(FileNotFoundError):
            stat = file.stat()
            found = (stat.st_ino, stat.st_mtime_ns, self._journal.chain)
        if self.client is None or found != self._mark:
            lanes = ranges(load_or_last_good(self._settings).catalog)
            member = joining.join(self._journal, lanes, self._clock, self._transport)
            stat = file.stat()
            self._mark = (stat.st_ino, stat.st_mtime_ns, self._journal.chain)
            data = file.parent
            # A connection of before may be in use by the other thread; it is closed at the end.
            self._clients.append(Client(member, self._clock, lambda: catalog.in_force(data), self._transport))
        return self._clients[-1]

    def _push_earlier(self, client: Client, progress: Progress) -> Pushed:
        """Send what was recorded under chains before the own one: enrolled anew, it may be nowhere else."""
        done = Pushed()
        _, *before = self._journal.stretches()
        # The latest chain first, since it tells the center which one it goes on from; its tail at its end.
        for tail, beginning in zip(before[::2], before[1::2], strict=True):
            for chain, first, last in (beginning, tail):
                done += push(self._journal, client, progress, [(first, last)], self._notes.hold, chain)
        if not done.held:
            memberships.store(self._journal.path.parent, replace(client.membership, earlier=False))
        return replace(done, forked=False)

    def _lost(self, client: Client) -> int | None:
        """Up to where the center has all, if that is less than it has signed for: put back from a backup."""
        reached = client.reached(self._journal.chain, 0)
        return reached.last if reached.last < self._journal.delivered() else None

    def _step_aside(self) -> bool:
        """Whether there is something new to do about a fork: none, or a chain of its own was begun."""
        found = joining.fork(self._journal)
        if found is None or joining.step_aside(self._journal, found):
            self._forked = False
            return True
        return False


def refusal(problem: Exception) -> bool:
    """Whether it is no use to try again before somebody has done something."""
    return isinstance(problem, Refused) or (
        isinstance(problem, SyncError) and problem.reason == "not_enrolled"
    )
