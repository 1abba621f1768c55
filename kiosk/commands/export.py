"""`kiosk export`: a day's batch and its files for people, in a folder that can be carried away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk import settings as settings_module
from kiosk.commands.running import kept_journal
from kiosk.errors import KioskError

if TYPE_CHECKING:
    from kiosk.export.day import Exported


@click.command()
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="A business day: 2026-11-23.  [default: the last one that is over]",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="A folder that is there, such as a USB stick.",
)
@click.option("--zip", "zipped", is_flag=True, help="One ZIP archive instead of a folder.")
@click.option("--practice", is_flag=True, help="Export invented visits; every file says so.")
@click.pass_context
def command(context: click.Context, day: datetime | None, target: Path, zipped: bool, practice: bool) -> None:
    """Write a day's sealed batch and files for people: surveys, tickets without numbers, comments.

    The same day gives the same files until something about it changes; then revision 2 is written beside
    them.
    """
    try:
        done, today = _export(context.obj, day.date() if day else None, target, zipped, practice)
    except KioskError as problem:
        click.echo(f"kiosk export: {problem}", err=True)
        context.exit(1)
    click.echo("\n".join(_lines(done, today, chosen=day is not None)))


def _export(
    chosen: dict[str, Any], day: date | None, target: Path, zipped: bool, practice: bool
) -> tuple[Exported, date]:
    """What was written, and which day it is by this machine's clock."""
    from kiosk.catalog.load import load_or_last_good
    from kiosk.export.day import default_day, export

    settings = settings_module.load(**chosen)
    journal, clock = kept_journal(settings, chosen["practice"])
    with journal:
        catalog = load_or_last_good(settings).catalog
        asked = day or default_day(journal, clock)
        practice = practice or chosen["practice"]
        return export(journal, catalog, clock, asked, target, zipped, practice), clock.day()


def _lines(done: Exported, today: date, chosen: bool) -> Iterator[str]:
    if not chosen:
        yield f"The last day with anything recorded that is over: {done.day}."
    if done.path is None:
        yield f"Nothing was recorded on {done.day}, so nothing was written."
        if done.nearest:
            yield (
                f"The nearest day with anything is {done.nearest}. Is {done.day} the day that you mean? "
                f"If so, this machine's clock was wrong; it says that today is {today}."
            )
        return
    if done.already_there:
        yield f"{done.path} is there already, with the same content. Nothing has changed since."
    else:
        yield f"Written: {done.path}"
    if done.receipts:
        yield f"Read from there: {_many(done.receipts, 'receipt')} of the center."
    if done.replaced:
        yield f"What had that name before is now {done.replaced.name}."
    yield (
        f"{done.day}, revision {done.revision}: {_many(done.responses, 'survey')}; "
        f"the sealed batch holds {_many(done.events, 'event')}."
    )
    if done.unfinished:
        yield from _not_over(done, today)
    yield "What to do next: eject the stick before you pull it out, and carry it to the center."
    yield "  For people: open METHOD.md first. The files named spreadsheet are for Excel."


def _not_over(done: Exported, today: date) -> Iterator[str]:
    if done.day > today:
        yield f"By this machine's clock {done.day} lies in the future (today is {today}): set the clock."
        return
    yield f"{done.day} is not over yet. Export it again tomorrow: what is added then makes the next revision."


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
