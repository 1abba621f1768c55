"""`kiosk center migrate`: bring the tables up to date before the center is started."""

from __future__ import annotations

import click

from kiosk.commands.center import opened


@click.command("migrate")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Make the center's tables, or bring them up to date; every other command does so too when it starts."""
    center = opened(ctx)
    with center.store.read() as connection:
        revision = connection.value("SELECT version_num FROM alembic_version")
    click.echo(f"The {center.store.dialect} tables are up to date (revision {revision}).")
