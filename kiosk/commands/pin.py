"""`kiosk pin`: set the staff PIN that locks this kiosk."""

from __future__ import annotations

import click

from kiosk import settings
from kiosk.ui import pin


@click.command()
@click.pass_obj
def command(chosen: dict[str, object]) -> None:
    """Set the staff PIN; it is asked twice and stored hashed."""
    data = settings.load(**chosen).data  # type: ignore[arg-type]
    typed = click.prompt("New PIN (4 to 12 digits)", hide_input=True, confirmation_prompt="Once more")
    pin.store(data, typed)
    click.echo("The PIN is set.")
    click.echo("Staff leave by touching the four corners of the first screen, clockwise from top left.")
