"""`kiosk report`: what days were worth, from this machine's own journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk import settings as settings_module
from kiosk.commands.running import kept_journal
from kiosk.i18n.languages import LANGUAGES, SOURCE
from kiosk.survey.scorecard import GROUPINGS
from kiosk.tickets.score import Cell, Row, Score, score
from kiosk.tickets.ticket import VOID

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.tickets.ticket import Ticket

DAY = click.DateTime(["%Y-%m-%d"])
HEADS = f"{'lane':<16}{'hour':<8}{'quoted':>8}{'not known':>11}{'error, min':>12}{'over':>7}{'under':>7}"


@click.group()
def command() -> None:
    """Figures of days, from the journal of this machine."""


@command.command()
@click.option(
    "--day",
    type=DAY,
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
    journal, clock = kept_journal(settings, chosen["practice"])
    with journal:
        asked = day.date() if day else clock.day()
        found = score(_rows(journal.tickets_of_day(asked), clock))
        practice = journal.practice
    click.echo(_json(found, asked, practice) if as_json else "\n".join(_lines(found, asked, practice)))


@command.command()
@click.option("--data", type=click.Path(path_type=Path), help="The kiosk's folder, if not named before.")
@click.option("--from", "first", type=DAY, metavar="DAY", help="First business day.  [default: a month back]")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Last business day.  [default: yesterday]")
@click.option("--by", type=click.Choice(GROUPINGS), help="A table by this as well.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    help="[default: as --out ends; else the screen on a terminal, text elsewhere]",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file to write it to.")
@click.option("--public", is_flag=True, help="Without small numbers, to be posted.")
@click.option("--audience", type=click.Choice(["visitor", "employee"]), default="visitor", show_default=True)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=SOURCE, show_default=True)
@click.pass_obj
def survey(
    chosen: dict[str, Any],
    /,
    data: Path | None,
    first: datetime | None,
    last: datetime | None,
    **how: Any,
) -> None:
    """The scorecard of the survey: what visitors said, and how much of it can be said.

    Each statement with its baseline, the period before and this one, target, interval and status; how
    visitors were chosen and how many answered; those who came by themselves apart; what to work on first,
    with the action plan that `kiosk actions` keeps. Text is in English; a page, the screen and the statements
    are in --language.
    """
    from kiosk.commands.survey_report import Wanted, report

    folders = chosen | ({"data": data} if data else {})
    settings = settings_module.load(**folders)
    journal, clock = kept_journal(settings, folders["practice"])
    days = (first.date() if first else None, last.date() if last else None)
    with journal:
        report(Wanted(*days, **how), settings, journal, clock)


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
