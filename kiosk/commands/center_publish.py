"""`kiosk center publish`: a catalogue for all kiosks of the city."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.commands.center import opened
from kiosk.errors import CatalogError


@click.command()
@click.argument("services", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("locales", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--note", default="", help="What has changed, for those who look at it later.")
@click.option("--check", "only_check", is_flag=True, help="Say what would be wrong, and publish nothing.")
@click.pass_context
def command(ctx: click.Context, services: Path, locales: Path, note: str, only_check: bool) -> None:
    """Publish SERVICES (a services.yaml) with the translations in the folder LOCALES.

    It is checked as `kiosk check` does; with a single error nothing is published. Kiosks take it within a
    minute where they have a network, and show it from the next visit.
    """
    from kiosk.center import audit, publishing

    try:
        checked = publishing.check(services, locales)
    except CatalogError as problem:
        for line in problem.problems:
            click.echo(f"error: {line}", err=True)
        raise
    for line in checked.warnings:
        click.echo(f"warning: {line}", err=True)
    if only_check:
        click.echo(f"{services} can be published ({len(checked.warnings)} warnings).")
        return
    done = publishing.publish(opened(ctx), checked, note, audit.COMMAND_LINE)
    size = len(done.bundle) // 1024
    click.echo(f"Version {done.version} is published ({size} KB, {done.sha256[:12]}).")
