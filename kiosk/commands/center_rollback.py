"""`kiosk center rollback`: back to an earlier catalogue."""

from __future__ import annotations

import click

from kiosk.commands.center import opened


@click.command()
@click.argument("version", type=click.IntRange(1, 10**9), required=False)
@click.option("--list", "listed", is_flag=True, help="Show what was published, and change nothing.")
@click.pass_context
def command(ctx: click.Context, version: int | None, listed: bool) -> None:
    """Publish an earlier VERSION once more; without a number the latest that was different.

    It gets a number of its own: kiosks follow the newest.
    """
    from kiosk.center import audit, publishing

    center = opened(ctx)
    if listed:
        for one in publishing.history(center):
            at, by = one.at[:16].replace("T", " "), one.by or "command line"
            click.echo(f"{one.version:>4}  {at}  {one.sha256[:12]}  {by}  {one.note}".rstrip())
        return
    done = publishing.rollback(center, version, audit.COMMAND_LINE)
    click.echo(f"Version {done.version} is published, an earlier one again ({done.sha256[:12]}).")
