"""What a machine knows of its own sending, in a file that its other processes read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from kiosk.clock import Clock, stamp
from kiosk.errors import KioskError, SyncError

# The apps read this file; what sends need not be loaded for that.
if TYPE_CHECKING:
    from kiosk.journal import Journal

FILE = "sync.json"
"""In the data folder; may be deleted at any time."""
AGAIN = timedelta(days=1)
"""After this time what the center would not take is offered again."""


class Held(NamedTuple):
    """Events of the own chain that the center would not take: its word for why, and since when (a stamp)."""

    chain: str
    first: int
    last: int
    code: str
    what: str
    at: str


CARE = "care"
"""The part that sees to ticket numbers and the catalogue; the others are `push` and `pull`."""
PASSING = ("unreachable", "not_center", "busy")
"""Reasons that are usual where a machine is carried about."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong with `part`: a reason of SyncError or `journal`, in words, since when (a stamp)."""

    reason: str
    what: str
    next_step: str
    since: str
    part: str = ""


@dataclass(frozen=True)
class State:
    """When the center was last reached, when that was last tried (stamps or ""), and what is wrong.

    `asked` is the latest wish to try now (kiosk.sync.agent.poke) that was fulfilled; `epoch` the center's, as
    far as its feed was taken in.
    """

    contact: str = ""
    tried: str = ""
    trouble: Trouble | None = None
    held: tuple[Held, ...] = ()
    asked: int = 0
    epoch: str = ""


class Standing(NamedTuple):
    """Surveys taken here and those at the center; the time of the last receipt; events still to be sent."""

    taken: int
    at_center: int
    last_receipt: str
    waiting: int


def read(data: Path) -> State:
    """What was noted last; nothing where the file is not there or can't be read."""
    try:
        values = json.loads((data / FILE).read_bytes())
        trouble = Trouble(**values["trouble"]) if values["trouble"] else None
        held = tuple(Held(**each) for each in values["held"])
        return State(**{**values, "trouble": trouble, "held": held})
    except (OSError, ValueError, TypeError, KeyError):
        return State()


def attention(data: Path, now: datetime) -> list[str]:
    """What staff should look after, in words; a network that is not there is told only after a day."""
    state, told = read(data), []
    trouble = state.trouble
    if trouble and (trouble.reason not in PASSING or trouble.since < stamp(now - AGAIN)):
        told.append(f"{trouble.what}\n  What to do: {trouble.next_step}".removesuffix("\n  What to do: "))
    if state.held:
        count = sum(each.last - each.first + 1 for each in state.held)
        told.append(
            f"The center would not take {count} of the events recorded here: {state.held[0].what}\n"
            "  What to do: tell whoever looks after the center. Nothing is lost; they are offered again."
        )
    return told


def standing(journal: Journal) -> Standing:
    """How far this machine's own records have come."""
    from kiosk.sync.push import due

    taken, there = journal.surveys_taken()
    last = next(iter(journal.receipts(1)), None)
    waiting = sum(end - first + 1 for first, end in due(journal))
    return Standing(taken, there, last.at if last else "", waiting)


class Notes:
    """Keeps the file up to date, for the one process that sends; may be used from any of its threads.

    `part` is what was tried, push, pull or care: a trouble of one is not over because the other works.
    """

    def __init__(self, data: Path, clock: Clock) -> None:
        self._data = data
        self._clock = clock
        self._lock = RLock()
        self._troubles: dict[str, Trouble] = {}
        self.state = read(data)

    def reached(self, part: str) -> None:
        """The center answered, and all was well."""
        with self._lock:
            self._troubles.pop(part, None)
            now = self._now()
            self._keep(contact=now, tried=now, trouble=self._first())

    def failed(self, part: str, problem: KioskError) -> None:
        """It did not go well; the same trouble as before lasts since then."""
        with self._lock:
            reason = problem.reason if isinstance(problem, SyncError) else "journal"
            before = self._troubles.get(part) or self.state.trouble
            since = before.since if before and before.reason == reason else self._now()
            self._troubles[part] = Trouble(reason, problem.what, problem.next_step, since, part)
            self._keep(tried=self._now(), trouble=self._first())

    def answer(self, asked: int) -> None:
        """What somebody wanted to be tried now was tried."""
        with self._lock:
            if asked != self.state.asked:
                self._keep(asked=asked)

    def of_epoch(self, epoch: str) -> None:
        """All of the center's feed since it was put back from a backup was taken in."""
        with self._lock:
            if epoch != self.state.epoch:
                self._keep(epoch=epoch)

    def hold(self, held: Held) -> None:
        """Remember what the center would not take, in the place of the same of before."""
        with self._lock:
            others = [each for each in self.state.held if each[:3] != held[:3]]
            self._keep(held=(*others, held))

    def held(self, everything: bool = False) -> list[Held]:
        """What is not to be offered now; with `everything` nothing is, and all of it is forgotten."""
        with self._lock:
            oldest = stamp(self._clock.now() - AGAIN)
            kept = () if everything else tuple(each for each in self.state.held if each.at > oldest)
            if kept != self.state.held:
                self._keep(held=kept)
            return list(kept)

    def _first(self) -> Trouble | None:
        """What keeps anything from being sent or taken in before all else, and the oldest first."""
        known = self._troubles.values()
        return min(known, key=lambda trouble: (trouble.part == CARE, trouble.since), default=None)

    def _now(self) -> str:
        return stamp(self._clock.now())

    def _keep(self, **changed: Any) -> None:
        self.state = replace(self.state, **changed)
        values = {**asdict(self.state), "held": [each._asdict() for each in self.state.held]}
        part = self._data / f"{FILE}.{os.getpid()}.part"
        # A note that can't be written must not keep anything from being sent.
        try:
            part.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(self._data / FILE)
        except OSError:
            part.unlink(missing_ok=True)


def moment(value: str) -> datetime | None:
    """The moment of a stamp, None for ""."""
    return datetime.fromisoformat(value) if value else None
