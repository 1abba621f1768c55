"""`kiosk enroll`: make this machine a device of a center's site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from kiosk import settings as settings_module
from kiosk.commands.running import open_journal
from kiosk.errors import KioskError

if TYPE_CHECKING:
    from kiosk.sync.joining import About
    from kiosk.sync.membership import Membership

WRONG_CLOCK = 300.0
"""Seconds of difference to the center's clock that staff are told about."""


@click.command()
@click.argument("url")
@click.argument("code")
@click.pass_context
def command(context: click.Context, url: str, code: str) -> None:
    """Make this machine a device of a site, with the one-time CODE that the center at URL has shown.

    It may be typed again with the same code whatever went wrong. Running screens begin to send by themselves.
    """
    try:
        member, about = _enroll(context.obj, url, code)
    except KioskError as problem:
        click.echo(f"kiosk enroll: {problem}", err=True)
        context.exit(1)
    click.echo("\n".join(_lines(member, about)))


def _enroll(chosen: dict[str, Any], url: str, code: str) -> tuple[Membership, About]:
    from kiosk.catalog.load import load_or_last_good
    from kiosk.sync.exchange import ranges
    from kiosk.sync.joining import enroll

    settings = settings_module.load(**chosen)
    lanes = ranges(load_or_last_good(settings).catalog)
    journal, clock = open_journal(settings, chosen["practice"])
    with journal:
        return enroll(journal, url, code, lanes, clock)


def _lines(member: Membership, about: About) -> Iterator[str]:
    from kiosk.sync.wire import open_to_others

    yield f"This machine belongs to {member.title} (site {member.site}) of the center {about.name} now."
    for letter, first, last in member.numbers:
        yield f"  Its ticket numbers of lane {letter}: {first} to {last}."
    if open_to_others(member.url):
        yield f"Careful: {member.url} is not encrypted. Whoever is on that network can read what is sent."
    if abs(about.ahead) > WRONG_CLOCK:
        yield (
            f"This machine's clock is {_minutes(about.ahead)} the center's. Set it: its days and waits would "
            "be wrong."
        )
    yield "Running screens begin to send by themselves. To send now: kiosk sync"


def _minutes(ahead: float) -> str:
    minutes = round(abs(ahead) / 60)
    return f"{minutes} minutes {'behind' if ahead > 0 else 'ahead of'}"
