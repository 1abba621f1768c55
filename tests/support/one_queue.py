"""Three machines of a site and its center, without a network in between: links come and go as a test says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from kiosk.catalog.model import Catalog
from kiosk.center import append, claims, feed, ledger, numbers
from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.journal import Journal, new_id
from kiosk.journal.event import FIELDS, from_row
from kiosk.line.claims import Claim
from kiosk.line.line import Line
from kiosk.settings import Settings
from kiosk.tickets.fold import fold, refusal
from kiosk.tickets.ticket import Ticket
from tests.support.center import batch, register, site
from tests.support.line import riverton, with_lane

COUNTERS = ("1", "2", "3")
_EVENTS = f"""SELECT {", ".join(FIELDS)} FROM events
    WHERE home = :home AND subject = :ticket AND code = '' AND kind LIKE 'ticket.%'"""


def catalog() -> Catalog:
    """Two lines whose people each of the three counters calls."""
    return with_lane(with_lane(riverton(), "bills", counters=COUNTERS), "help", counters=COUNTERS)


@dataclass
class Machine:
    """A machine with a counter of its own. While it is `linked` it asks before a call, and sends at once."""

    center: Center
    home: str
    line: Line
    clock: FixedClock
    device: str
    counter: str
    linked: bool = True
    sent: int = 0

    @property
    def journal(self) -> Journal:
        return self.line.journal

    @property
    def company(self) -> str:
        return "together" if self.linked else "alone"

    def ask(self, ticket: str, counter: str, command: str) -> Claim | None:
        """As kiosk.line.claims.Claims."""
        if not self.linked:
            return None
        return claims.ask(self.center, self.home, self.device, command, ticket, counter)

    def catch_up(self) -> None:
        """As kiosk.line.claims.Claims."""
        self.pull()

    def push(self, first: int = 0) -> None:
        """Send what was recorded from an event on, by default what has no receipt yet."""
        last = self.journal.head()[0]
        start = first or self.sent + 1
        if self.linked and start <= last:
            receipt = ledger.take(self.center, batch(self.journal, start, last), self.device, "network")
            assert (receipt.rejected, receipt.forked) == ((), None)
            self.sent = max(self.sent, last)

    def pull(self, pages: int = 1000) -> None:
        """Take in what the others recorded."""
        while self.linked and pages:
            page = feed.page(self.center, self.home, self.journal.feed_position(), 7)
            if page.next == page.after:
                return
            self.journal.receive(page.events, page.next)
            pages -= 1


def machines(center: Center, folder: Path, offsets: Iterable[float]) -> list[Machine]:
    """Machines of a site of their own, each with a clock that goes wrong by some seconds."""
    home = site(center, f"site-{new_id()[:12]}")
    found = []
    for number, offset in enumerate(offsets):
        clock = FixedClock(moment=center.clock.now() + timedelta(seconds=offset))
        settings = Settings(data=folder / f"{home}-{number}")
        journal = Journal.open(settings.journal, clock, durable=False)
        device = register(center, home, journal, f"Desk {number}")
        with center.store.begin() as connection:
            lanes = [(lane.letter, 100, 999) for lane in catalog().lanes]
            blocks = numbers.first_blocks(connection, home, device, lanes, center.clock)
        journal.enroll(device, home, center.keys.key, blocks)
        line = Line(journal, catalog, clock, settings)
        found.append(Machine(center, home, line, clock, device, COUNTERS[number]))
        line.claims = found[-1]
    return found


def at_center(center: Center, home: str, ticket: str) -> Ticket | None:
    """A ticket as the center's events of it say."""
    with center.store.read() as connection:
        rows = connection.rows(_EVENTS, home=home, ticket=ticket)
    return fold(map(from_row, rows))


def by_phone(center: Center, home: str, kind: str, ticket: str, **more: str) -> bool:
    """Something that a visitor says on their phone; False where the ticket does not allow it."""
    known, body = at_center(center, home, ticket), {"ticket": ticket, **more}
    if known is None or refusal(known, kind, body, known.issued_at):
        return False
    with center.store.begin() as connection:
        append.append(connection, center, home, kind, body)
    return True


def together(found: Iterable[Machine]) -> list[Machine]:
    """Everybody meets again, and takes in all that the others have recorded."""
    everybody = list(found)
    for machine in everybody:
        machine.linked = True
        machine.push()
    for machine in everybody:
        machine.pull()
    return everybody


def tickets(journal: Journal) -> dict[str, Ticket]:
    """All tickets of a journal by id."""
    rows = journal.rows("SELECT ticket FROM tickets ORDER BY ticket")
    known = [journal.ticket(name) for (name,) in rows]
    return {ticket.ticket: replaced(ticket) for ticket in known if ticket is not None}


def replaced(ticket: Ticket) -> Ticket:
    """A ticket with its flag as a truth value, as the fold has it and SQLite has not."""
    return ticket._replace(time_accurate=bool(ticket.time_accurate))
