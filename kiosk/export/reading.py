"""One day as an export reads it: what is counted before anything is written, and what is held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from kiosk.catalog.model import Catalog
from kiosk.clock import Clock
from kiosk.export.table import HELD_BACK
from kiosk.journal import Journal
from kiosk.journal.export_questions import FrameRow, frame_of_day
from kiosk.journal.survey_questions import Comment, ResponseRow
from kiosk.survey.cells import LIMIT, held_back
from kiosk.tickets.ticket import Ticket

INVITED = "invited"


class Kind(NamedTuple):
    """Responses that belong together: how they came about, which survey, and whose."""

    channel: str
    audience: str
    survey: str
    version: int
    design: str
    stratum: str


@dataclass
class Ends:
    """How many responses began, and how they ended; `abandoned` by the statement shown then."""

    started: int = 0
    completed: int = 0
    partial: int = 0
    abandoned: Counter[str] = field(default_factory=Counter)


_OF_SERVICE = {"department", "lane", "first_lane", "stratum"}


@dataclass(frozen=True)
class Hidden:
    """Values that too few share, by column."""

    columns: Mapping[str, frozenset[str]]

    def shown(self, of: Mapping[str, str]) -> dict[str, str]:
        """What is shown of a row's values; not what would narrow down a service that is held back."""
        shown = {name: HELD_BACK if of[name] in held else of[name] for name, held in self.columns.items()}
        if shown.get("service") == HELD_BACK:
            shown |= dict.fromkeys(shown.keys() & _OF_SERVICE, HELD_BACK)
        return shown


@dataclass(frozen=True)
class Day:
    """A business day in a journal that stands still; `site` is that of the last event."""

    journal: Journal
    catalog: Catalog
    clock: Clock
    day: date
    site: str

    def hour(self, stamp: str) -> str:
        """The local hour of a moment, "10"."""
        return f"{self.clock.local(datetime.fromisoformat(stamp)).hour:02}"

    @cached_property
    def counted(self) -> Counted:
        """What one reading of the day's responses tells."""
        return _count(self)

    @cached_property
    def frame(self) -> list[FrameRow]:
        """Who could be asked, by seed and stratum."""
        return frame_of_day(self.journal, self.day)

    @cached_property
    def tickets(self) -> list[Ticket]:
        """The day's tickets in the order of their random ids, which tells nothing."""
        return sorted(self.journal.tickets_of_day(self.day), key=lambda ticket: ticket.ticket)

    @cached_property
    def hidden_in_tickets(self) -> Hidden:
        lanes = _small(ticket.lane for ticket in self.tickets)
        lanes |= _small(ticket.first_lane for ticket in self.tickets)
        return Hidden(
            {
                "lane": lanes,
                "first_lane": lanes,
                "service": _small(ticket.service for ticket in self.tickets),
                "language": _small(ticket.language for ticket in self.tickets),
                "hour": _small(self.hour(ticket.issued_at) for ticket in self.tickets),
            }
        )

    @cached_property
    def comments(self) -> list[Comment]:
        """Comments still held, in the order of random ids that are not written."""
        return self.journal.comments(self.day, self.day)

    @cached_property
    def hidden_in_comments(self) -> Hidden:
        columns = ("language", "service", "lane")
        return Hidden({name: _small(getattr(row, name) for row in self.comments) for name in columns})


@dataclass(frozen=True)
class Counted:
    """Responses of a day: how many, by kind; the statements asked; what is held back of them."""

    responses: int
    kinds: Mapping[Kind, Ends]
    statements: tuple[str, ...]
    hidden: Hidden


def _count(day: Day) -> Counted:
    kinds: dict[Kind, Ends] = {}
    asked: set[str] = set()
    shared: dict[str, Counter[str]] = {
        name: Counter() for name in ("language", "service", "department", "lane", "stratum", "hour")
    }
    number = 0
    for row in day.journal.survey_responses(day.day):
        number += 1
        asked.update(row.asked)
        _end(kinds.setdefault(_kind(row), Ends()), row)
        for name in ("language", "service", "department", "lane", "stratum"):
            shared[name][getattr(row, name)] += 1
        shared["hour"][day.hour(row.started_at)] += 1
    hidden = {name: _small(counts) for name, counts in shared.items()}
    # A stratum is a lane: what is held back of one may not be read in the other.
    hidden["lane"] = hidden["stratum"] = hidden["lane"] | hidden["stratum"]
    statements = tuple(name for name in day.journal.survey_columns() if name in asked)
    return Counted(number, kinds, statements, Hidden(hidden))


def _kind(row: ResponseRow) -> Kind:
    return Kind(row.channel, row.audience, row.survey, row.version, row.design, row.stratum)


def _end(ends: Ends, row: ResponseRow) -> None:
    ends.started += 1
    if row.state == "completed":
        ends.completed += 1
    elif row.state == "abandoned":
        ends.abandoned[row.abandoned_at] += 1
        given = sum(value not in ("", "skipped") for value in row.answers.values())
        ends.partial += 2 * given >= len(row.asked)


def _small(values: Mapping[str, int] | Iterable[str]) -> frozenset[str]:
    """The values to hold back; none at all is no value, and other columns tell it anyway."""
    return frozenset(held_back({value: count for value, count in Counter(values).items() if value}))


def few(count: int) -> bool:
    """Whether a number of people is too small to be told."""
    return 0 < count < LIMIT
