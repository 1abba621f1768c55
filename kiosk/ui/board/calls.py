"""What the board shows of the tickets: the call of now, those beside it, how many wait; knows no screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from kiosk.tickets.ticket import CALLED, FINISHED, HOLD, NO_SHOW, SERVING, WAITING, Ticket

ANNOUNCED = 8.0
"""Seconds that a call is new, and the board speaks its visitor's language."""
LONGEST = 45.0
"""Seconds after which a call gives way to the next even if that is not announced: a sound may hang."""
LISTED = 6
"""Calls that are shown at most, with the one of now."""
KEPT = 5000
"""Calls that are remembered as noticed: those of several days."""

CALLS = (CALLED, SERVING, HOLD, NO_SHOW, FINISHED)
"""States of a ticket whose call is shown; who was sent back to wait, has left or is void, is not."""

Key = tuple[str, int, str]
"""A call: its ticket, the how manieth it is of that, and its stamp. A recall is another one."""


def key(ticket: Ticket) -> Key:
    """The latest call of a ticket."""
    return ticket.ticket, ticket.calls, ticket.last_called_at


@dataclass(frozen=True)
class BoardView:
    """The call in large type (None: nobody is called), the others with the latest first, who waits.

    `announced` says whether `now` is new: it flashes, and is in its visitor's language. `waiting` are
    people by lane.
    """

    now: Ticket | None = None
    announced: bool = False
    others: tuple[Ticket, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Today:
    """Which tickets belong to a business day: its own, and of lanes that stay `overnight` older ones too.

    `day_of` is the business day of a moment.
    """

    day: date
    overnight: Collection[str]
    day_of: Callable[[datetime], date]

    def waits(self, ticket: Ticket) -> bool:
        """Whether somebody waits today."""
        return ticket.state == WAITING and (self._issued(ticket) or ticket.lane in self.overnight)

    def called(self, ticket: Ticket) -> bool:
        """Whether a call is one of today."""
        if not ticket.last_called_at or ticket.state not in CALLS:
            return False
        late = ticket.lane in self.overnight
        return self._issued(ticket) or (
            late and self.day_of(datetime.fromisoformat(ticket.last_called_at)) == self.day
        )

    def _issued(self, ticket: Ticket) -> bool:
        return ticket.day == self.day.isoformat()


class Calls:
    """The calls in the order in which they were noticed: by their times a clock set back would mix them.

    Seconds are those of a monotonic clock.
    """

    def __init__(self) -> None:
        self._noticed: dict[Key, None] = {}
        self._started = False
        self._calls: tuple[Ticket, ...] = ()
        self._waiting: dict[str, int] = {}
        self._handed_out: set[Key] = set()
        self._announced: Key | None = None
        self._since = 0.0

    def take(self, tickets: Iterable[Ticket], today: Today) -> list[Ticket]:
        """Take up the tickets as they are now, in any order; the calls to be announced, the first one first.

        What the board finds when it starts is not announced.
        """
        tickets = list({ticket.ticket: ticket for ticket in tickets}.values())
        calls = sorted(filter(today.called, tickets), key=lambda t: (t.last_called_at, t.arrival))
        new = [ticket for ticket in calls if key(ticket) not in self._noticed]
        self._noticed.update(dict.fromkeys(map(key, new)))
        for old in list(islice(self._noticed, max(len(self._noticed) - KEPT, 0))):
            del self._noticed[old]
        order = {noticed: place for place, noticed in enumerate(self._noticed)}
        self._calls = tuple(sorted(calls, key=lambda ticket: order.get(key(ticket), 0)))
        self._waiting = dict(Counter(ticket.lane for ticket in tickets if today.waits(ticket)))
        fresh = [ticket for ticket in new if self._started and ticket.state == CALLED]
        self._started = True
        self._handed_out = (self._handed_out | set(map(key, fresh))) & set(map(key, self._calls))
        return fresh

    @property
    def noticed_last(self) -> tuple[str, ...]:
        """Tickets of the latest calls that were noticed, some perhaps twice."""
        return tuple(noticed[0] for noticed in islice(reversed(self._noticed), 2 * LISTED))

    @property
    def still_called(self) -> frozenset[tuple[str, str]]:
        """Code and stamp of the calls that nobody has followed or taken back yet."""
        return frozenset((t.code, t.last_called_at) for t in self._calls if t.state == CALLED)

    def announce(self, code: str, at: str, now: float) -> Ticket | None:
        """The turn of a call has come; its ticket, or None when it is not to be announced any more."""
        call = next((t for t in self._calls if (t.code, t.last_called_at) == (code, at)), None)
        if call is None:
            return None
        self._handed_out.discard(key(call))
        if call.state != CALLED:
            return None
        self._announced, self._since = key(call), now
        return call

    def lapse(self, now: float) -> bool:
        """Let a call be no longer new after its time; says whether anything changed."""
        passed = now - self._since
        if self._announced is None or passed < (LONGEST if self._handed_out else ANNOUNCED):
            return False
        self._announced = None
        return True

    @property
    def view(self) -> BoardView:
        """What is to be shown now."""
        announced = next((t for t in self._calls if key(t) == self._announced), None)
        present = (t for t in reversed(self._calls) if t.state in (CALLED, SERVING))
        now = announced or next(present, None)
        others = tuple(ticket for ticket in reversed(self._calls) if ticket is not now)
        return BoardView(now, announced is not None, others[: LISTED - 1], self._waiting)
