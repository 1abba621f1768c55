"""What a docent sees of the lines: one reading of the journal, and what follows from it; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.i18n.formats import name_of_language
from kiosk.i18n.languages import LANGUAGES, SOURCE
from kiosk.line.view import LaneView, Overview
from kiosk.tickets.ticket import CALLED, HOLD, SERVING, Ticket

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.line.line import Line

FEW = 20
"""Numbers left of a lane's at which a docent should know, besides a tenth of them."""


@dataclass(frozen=True)
class Sight:
    """The lines as they stood at a moment; `names` are those of staff by what events call them (s3).

    `answered` counts today's questions answered at the desk by service, `issued` today's tickets that count.
    `numbers` says how many numbers each lane has for a day on this machine. `company` is "" for a machine
    that belongs to no center, else whether the other desks are reached through it, as Claims.company.
    """

    overview: Overview
    names: dict[str, str] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    issued: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    company: str = ""

    def here(self, counter: str) -> Ticket | None:
        """Who is called to a counter or being served there."""
        return self.overview.at_counter(counter)

    def state(self, counter: str) -> str:
        """Whether a counter is open, paused or closed."""
        known = self.overview.counters.get(counter)
        return known.state if known else "closed"

    def own_lanes(self, counter: str) -> list[LaneView]:
        """The lines that a counter calls people of."""
        return [view for view in self.overview.lanes if counter in view.lane.counters]

    def next_up(self, counter: str) -> Ticket | None:
        """Whom *Next* would call."""
        heads = [view.waiting[0] for view in self.own_lanes(counter) if view.waiting]
        return min(heads, key=lambda ticket: ticket.arrival, default=None)

    def others(self, *states: str) -> list[Ticket]:
        """Tickets of all lines in one of some states, by arrival."""
        found = [ticket for view in self.overview.lanes for ticket in view.others if ticket.state in states]
        return sorted(found, key=lambda ticket: ticket.arrival)

    def elsewhere(self, counter: str) -> list[Ticket]:
        """Who is called to the other counters or being served there."""
        return [ticket for ticket in self.others(CALLED, SERVING) if ticket.counter != counter]

    def lost(self, counter: str) -> list[Ticket]:
        """Who was called here too, but first at another counter."""
        return [one for one in self.elsewhere(counter) if counter in one.also_called.split(",")]

    def ticket(self, ticket_id: str) -> Ticket | None:
        """The live ticket of an id."""
        everybody = (ticket for view in self.overview.lanes for ticket in (*view.waiting, *view.others))
        return next((ticket for ticket in everybody if ticket.ticket == ticket_id), None)

    @property
    def unfinished(self) -> tuple[int, int]:
        """How many wait or are on hold, and how many are at a counter: what the end of the day ends."""
        waiting = sum(len(view.waiting) for view in self.overview.lanes if not view.lane.keeps_overnight)
        held = [ticket for ticket in self.others(CALLED, SERVING, HOLD) if not self._kept(ticket)]
        return waiting + sum(ticket.state == HOLD for ticket in held), sum(
            ticket.state != HOLD for ticket in held
        )

    def _kept(self, ticket: Ticket) -> bool:
        view = self.overview.lane(ticket.lane)
        return view is not None and view.lane.keeps_overnight

    def scarce(self, view: LaneView) -> bool:
        """Whether a line's numbers come to an end."""
        return view.numbers_left < max(FEW, self.numbers.get(view.lane.id, 0) / 10)

    @property
    def solved(self) -> tuple[int, int]:
        """Questions answered at the desk today, and those together with the tickets given out here."""
        answered = sum(self.answered.values())
        return answered, answered + self.issued


def look(line: Line) -> Sight:
    """Read everything once; on the thread of the journal."""
    overview, journal = line.overview(), line.journal
    numbers = {
        view.lane.id: sum(last - first + 1 for first, last in line.view.own_numbers(view.lane))
        for view in overview.lanes
    }
    return Sight(
        overview,
        journal.staff_names(),
        journal.answered_at_desk(overview.day),
        journal.tickets_issued(overview.day),
        numbers,
        company(line),
    )


def company(line: Line) -> str:
    """Whether a desk is in company, as `Sight` says it."""
    if line.journal.enrolled() is None:
        return ""
    return line.claims.company if line.claims else "alone"


def language_name(code: str, messages: Messages) -> str:
    """How staff call a visitor's language: Spanish, Chinese; in the language of the desk."""
    known = LANGUAGES.get(code)
    if known is None:
        return code
    if messages.language.code == SOURCE:
        return known.english.partition(" (")[0]
    return name_of_language(code, messages.language.code)
