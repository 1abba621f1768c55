"""`kiosk survey`: the survey alone, for visitors or for employees, at a desk of its own."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from kiosk.commands import running, visitor
from kiosk.commands.running import Folders

if TYPE_CHECKING:
    from kiosk.settings import Settings


@click.command()
@click.option(
    "--audience",
    type=click.Choice(("visitor", "employee")),
    default="visitor",
    show_default=True,
    help="Who answers: visitors, or employees of the City whom a department has helped.",
)
@click.pass_obj
def command(chosen: dict[str, object], audience: str) -> None:
    """The survey alone, for a screen at a staff desk; its answers are not the sample."""
    folders = Folders(**chosen)  # type: ignore[arg-type]
    sys.exit(running.run("survey", partial(show, audience=audience), folders))


def show(settings: Settings, folders: Folders, fault: str, audience: str = "visitor") -> int:
    """Run the survey's screen; raises KioskError before anything is shown."""
    from kiosk.ui.visitor.station import StationApp

    return visitor.show(settings, folders, fault, partial(StationApp, audience=audience))
