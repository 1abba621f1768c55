"""A waiting line on a journal of its own, for tests: a small catalogue and a clock that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from kiosk.catalog.load import load
from kiosk.catalog.model import Catalog, Hours, Lane
from kiosk.clock import FixedClock
from kiosk.journal import Journal
from kiosk.line.line import Line
from kiosk.settings import Settings, Tickets

DATA = Path(__file__).parents[1] / "data" / "services.yaml"
MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""10:00 in Tulsa."""
WORKDAY = (Hours(("mon", "tue", "wed", "thu", "fri"), "08:00", "17:00"),)


@cache
def riverton() -> Catalog:
    """The test city with two lanes: B has counters 1 and 2, H has 2 and 6."""
    bills = Lane("bills", "B", "Bills and payments", ("1", "2"), hours=WORKDAY, last_ticket="16:45")
    help_ = Lane("help", "H", "Questions and help", ("2", "6"), hours=WORKDAY)
    return replace(load(DATA), lanes=(bills, help_))


def with_lane(catalog: Catalog, lane: str, **changes: object) -> Catalog:
    """The catalogue with one of its lanes changed."""
    lanes = tuple(
        replace(one, **changes) if one.id == lane else one  # type: ignore[arg-type]
        for one in catalog.lanes
    )
    return replace(catalog, lanes=lanes)


def a_line(
    folder: Path, clock: FixedClock | None = None, catalog: Catalog | None = None, numbers: str = ""
) -> Line:
    """A line on the journal of a folder; close `line.journal` when done."""
    clock = clock or FixedClock(moment=MONDAY)
    settings = Settings(data=folder, tickets=Tickets(range=numbers))
    journal = Journal.open(settings.journal, clock, practice=True, durable=False)
    return Line(journal, lambda: catalog or riverton(), clock, settings)
