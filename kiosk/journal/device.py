"""A machine among others: its enrolment, its numbers, events of other machines, receipts, a new chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kiosk.clock import Clock
from kiosk.journal.survey_questions import SurveyQuestions

# A start without a center loads none of what does the work.
if TYPE_CHECKING:
    from kiosk.journal.event import Event
    from kiosk.journal.forks import Stretch

Result = TypeVar("Result")


class Enrolled(NamedTuple):
    """As which device a center knows this machine, at which site, and the key that the center signs with."""

    device: str
    site: str
    key: str


class ReceiptRow(NamedTuple):
    """What the center confirmed of a batch; `rejected` is JSON, `via` network or stick, `at` its stamp."""

    sha256: str
    chain: str
    first: int
    last: int
    accepted: int
    duplicate: int
    rejected: str
    at: str
    via: str
    document: str


class Device(SurveyQuestions):
    """What a journal knows and does as one of several machines of a site; the file gives the rest."""

    path: Path
    clock: Clock
    practice: bool

    @property
    def chain(self) -> str:
        """The chain that this machine appends to; read from the file, since another process may move it."""
        raise NotImplementedError

    def write(self, work: Callable[[sqlite3.Cursor], Result]) -> Result:
        """Do it in one transaction that has the file to itself; all of it or nothing."""
        raise NotImplementedError

    def clear_log(self) -> None:
        """Empty the log beside the file."""
        raise NotImplementedError

    def enrolled(self) -> Enrolled | None:
        """The latest enrolment of the own chain, or of the chain that it goes on from; None without one."""
        from kiosk.journal import enrolment

        return enrolment.enrolled(self)

    def enroll(self, device: str, site: str, key: str, numbers: Sequence[tuple[str, int, int]] = ()) -> Event:
        """Record that a center took this machine in, with its ticket numbers; later events carry the site.

        Said again it only adds numbers that are not known. Raises ValueError for what `kinds` does not allow.
        """
        from kiosk.journal import enrolment

        return enrolment.enroll(self, Enrolled(device, site, key), numbers)

    def numbers(self) -> dict[str, list[tuple[int, int]]]:
        """The blocks of ticket numbers granted to the own chain, by letter; those of a chain before not."""
        from kiosk.journal import enrolment

        return enrolment.numbers(self)

    def stretches(self) -> Iterator[Stretch]:
        """Everything that this machine recorded, the latest first.

        Its chain; then, where it once turned out to be a copy, the tail that it goes on from, and the
        beginning of the chain that the tail belongs to; and so on.
        """
        from kiosk.journal import forks

        return forks.stretches(self)

    def receive(self, page: Sequence[tuple[str, Event]], position: int) -> int:
        """Take in a page of the site's feed in one transaction; how many of its events are new.

        Each stands with the chain, or label, that it is kept under. Known events and those under the own
        chain's name are passed over. `position` is remembered. Clocks are merged, but not those that are
        more than 5 minutes ahead of this machine's time.
        """
        from kiosk.journal import others

        return others.receive(self, page, position)

    def feed_position(self) -> int:
        """Up to where the site's feed was taken in, 0 at first and after `step_aside`."""
        from kiosk.journal import others

        return others.feed_position(self)

    def merge_clock(self, clock: str) -> bool:
        """Make later events later than a clock; False when it is too far ahead to be believed."""
        from kiosk.journal import others

        return others.merge_clock(self, clock)

    def head(self) -> tuple[int, str]:
        """Number and hash of the own chain's last event."""
        from kiosk.journal import forks

        return forks.head(self)

    def hash_at(self, seq: int) -> str | None:
        """The hash of an event of the own chain; None when it is not there."""
        from kiosk.journal import forks

        return forks.hash_at(self, seq)

    def step_aside(self, first: int, last: int, label: str) -> bool:
        """Put the own events from `first` on under a label, and begin a new chain with a new key.

        For a fork: the center has other events under the same numbers. False, and nothing done, when the head
        is not `last` any more, or a visit or survey of this machine is open. The feed is read from its
        beginning again. Raises ValueError for a label that is none of the own chain's.
        """
        from kiosk.journal import forks

        return forks.step_aside(self, first, last, label)

    def note_receipt(self, receipt: ReceiptRow) -> None:
        """Remember what the center confirmed; the same receipt again changes nothing."""
        from kiosk.journal import receipts

        receipts.note(self, receipt)

    def receipts(self, limit: int = -1) -> list[ReceiptRow]:
        """What the center confirmed, the latest first."""
        from kiosk.journal import receipts

        return receipts.noted(self, limit)

    def delivered(self) -> int:
        """Up to which number all events of the own chain have a receipt; 0 for none."""
        from kiosk.journal import receipts

        return receipts.delivered(self)

    def surveys_taken(self) -> tuple[int, int]:
        """Surveys completed on this machine, under every chain it had, and how many have a receipt."""
        from kiosk.journal import receipts

        return receipts.surveys_taken(self)
