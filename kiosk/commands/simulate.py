"""`kiosk simulate`: days that never were, in a folder for practice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="The folder to fill; it must hold no journal.")
@click.option("--visits", type=click.IntRange(1), required=True, metavar="N", help="People who come.")
@click.option(
    "--days", type=click.IntRange(1, 1000), metavar="D", help="Days they come on; else some 300 a day."
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same number, the same days.")
@click.pass_obj
def command(chosen: dict[str, Any], data: Path | None, visits: int, days: int | None, seed: int) -> None:
    """Invent visits, tickets and surveys, for training and tests.

    They happen on the last days with open lanes, up to yesterday, in a journal that is marked as practice
    for ever: every screen says so, and it can't be exported as real.
    """
    from datetime import timedelta

    from kiosk import settings as settings_module
    from kiosk.catalog.load import find, load
    from kiosk.clock import Clock
    from kiosk.practice.run import simulate

    folder = data or chosen["data"]
    if folder is None and not chosen["practice"]:
        raise click.UsageError(
            "Name the folder to fill: kiosk simulate --data DIR, or kiosk --practice simulate."
        )
    settings = settings_module.load(folder, chosen["services"], chosen["practice"])
    yesterday = Clock(settings.timezone, settings.day_starts).day() - timedelta(days=1)
    done = simulate(settings, load(find(settings), settings.cache), visits, yesterday, days, seed)
    days_told = f"{done.first} to {done.last}" if done.first != done.last else f"{done.last}"
    click.echo(f"{days_told}: {done.people} people, {done.visits} visits at the screen.")
    click.echo(f"{done.tickets} tickets, {done.calls} calls, {done.surveys} surveys begun.")
    click.echo(f"{done.events} events in {done.seconds:.1f} s, {done.a_minute} a minute.")
    click.echo(f"Open them with: kiosk --data {settings.data}")
