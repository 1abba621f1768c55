"""`kiosk report`: what a day was worth, from this machine's own journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from kiosk import settings as settings_module
from kiosk.commands.running import open_journal
from kiosk.errors import JournalError
from kiosk.tickets.score import Cell, Row, Score, score
from kiosk.tickets.ticket import VOID

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.journal import Journal
    from kiosk.settings import Settings
    from kiosk.tickets.ticket import Ticket

HEADS = f"{'lane':<16}{'hour':<8}{'quoted':>8}{'not known':>11}{'error, min':>12}{'over':>7}{'under':>7}"


@click.group()
def command() -> None:
    """Figures of a day, from the journal of this machine."""


@command.command()
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="A business day: 2026-11-23.  [default: today]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.pass_obj
def waits(chosen: dict[str, Any], day: datetime | None, as_json: bool) -> None:
    """How the quoted waits held, by lane and by hour of the ticket.

    Counts everybody who was called and whose time is known. The error is the median distance of the wait from
    the middle of its quote; over and under are the shares of quotes that ended after or before their range.
    A ticket that went on to another lane counts for its first.
    """
    settings = settings_module.load(**chosen)
    journal, clock = _opened(settings, chosen["practice"])
    with journal:
        asked = day.date() if day else clock.day()
        found = score(_rows(journal.tickets_of_day(asked), clock))
        practice = journal.practice
    click.echo(_json(found, asked, practice) if as_json else "\n".join(_lines(found, asked, practice)))


def _opened(settings: Settings, practice: bool) -> tuple[Journal, Clock]:
    """This machine's journal, which a running kiosk may have open too; never a new one."""
    path = settings.journal
    if not path.is_file() or path.stat().st_size == 0:
        raise JournalError(
            f"there is no journal {path}: no kiosk has run with this folder",
            "Name the kiosk's folder: kiosk --data DIR report.",
        )
    return open_journal(settings, practice)


def _rows(tickets: Iterable[Ticket], clock: Clock) -> list[Row]:
    """Everybody who was called, in the order of arrival; a void ticket does not count."""
    return [
        Row(
            ticket.first_lane,
            clock.local(datetime.fromisoformat(ticket.issued_at)).hour,
            ticket.quote_low,
            ticket.quote_high,
            ticket.waited,
            ticket.time_accurate,
        )
        for ticket in tickets
        if ticket.waited is not None and ticket.state != VOID
    ]


def _json(found: Score, day: date, practice: bool) -> str:
    hours = [{"lane": lane, "hour": hour} | asdict(cell) for (lane, hour), cell in found.hours.items()]
    lanes = [{"lane": lane} | asdict(cell) for lane, cell in found.lanes.items()]
    total = asdict(found.total)
    return json.dumps(
        {"day": day.isoformat(), "practice": practice, "hours": hours, "lanes": lanes, "total": total}
    )


def _lines(found: Score, day: date, practice: bool) -> Iterable[str]:
    if practice:
        yield "Practice: these visitors are invented."
    if not found.lanes:
        yield f"Nobody was called on {day} whose wait is known."
        return
    yield f"Quoted waits on {day}"
    yield HEADS
    for lane, whole in found.lanes.items():
        for (of, hour), cell in found.hours.items():
            if of == lane:
                yield _line(lane, f"{hour:02}:00", cell)
        yield _line(lane, "all", whole)
    yield _line("all", "all", found.total)


def _line(lane: str, hour: str, cell: Cell) -> str:
    start = f"{lane:<16}{hour:<8}{cell.quoted:>8}{cell.not_known:>11}"
    if cell.error is None or cell.over is None or cell.under is None:
        return f"{start}  nothing was quoted"
    return f"{start}{cell.error:>12.1f}{cell.over:>7.0%}{cell.under:>7.0%}"
