"""`kiosk printer`: try the ticket printer, or see on the screen what it would print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk import settings as settings_module
from kiosk.devices.sample import sample_slip

if TYPE_CHECKING:
    from kiosk.settings import Settings

WORDS = {
    "no_paper": ("The printer has no paper.", "Put in a new roll, close the cover, and try again."),
    "cover_open": ("The printer's cover is open.", "Close it until it clicks, and try again."),
    "offline": (
        "The printer can't be reached.",
        "See that it is switched on, that its cable is in at both ends, and that `printer.address` in "
        "kiosk.toml is right.",
    ),
    "no_answer": (
        "The printer took the connection and then stopped answering.",
        "Switch it off and on again; take off the paper that has come out. If another machine prints on it, "
        "wait until it has finished.",
    ),
    "error": (
        "The printer reports an error, or this machine may not use it.",
        "Look for a blinking light on the printer and for jammed paper. Where permission is denied, give the "
        "kiosk's user access to the device: on Debian by the group `lp` (USB) or `dialout` (serial).",
    ),
}
"""What has happened, by fault, and what to do."""
SET_UP = """No printer is set.
  What to do: in kiosk.toml, under [printer], set kind (network, usb, serial or file) and address."""


@click.group()
def command() -> None:
    """The ticket printer."""


@command.command("test")
@click.option(
    "--image", type=click.Path(path_type=Path), metavar="FILE.png", help="Draw it there instead of printing."
)
@click.pass_obj
def try_out(chosen: dict[str, Any], image: Path | None) -> None:
    """Print a slip in every language, with a code.

    Says what went wrong and what to do about it; exit status 1 if it was not printed.
    """
    settings = settings_module.load(**chosen)
    sys.exit(_draw(settings, image) if image else _print(settings))


def _draw(settings: Settings, path: Path) -> int:
    from kiosk.devices.drawing import render

    try:
        render(sample_slip(settings), settings.printer.paper).save(path, "PNG")
    except OSError as problem:
        click.echo(f"{path} can't be written: {problem}", err=True)
        return 1
    click.echo(f"{path}: what would be printed on paper of {settings.printer.paper} mm.")
    return 0


def _print(settings: Settings) -> int:
    from kiosk.devices.printer import Printer

    printer = Printer(settings.printer)
    if not printer.available:
        click.echo(SET_UP, err=True)
        return 1
    outcome = printer.print_slip(sample_slip(settings))
    if outcome.ok:
        click.echo("Printed. Every language must be legible, and a phone must read the code.")
        return 0
    what, next_step = WORDS[outcome.fault]
    click.echo(f"Not printed. {what}\n  What to do: {next_step}", err=True)
    if outcome.detail:
        click.echo(f"  The system says: {outcome.detail}", err=True)
    return 1
