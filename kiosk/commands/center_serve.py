"""`kiosk center serve`: the center for devices and browsers."""

from __future__ import annotations

import os

import click

from kiosk.commands.center import URL, folder, opened


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="KIOSK_CENTER_WORKERS",
    help="Processes, with PostgreSQL.  [env: KIOSK_CENTER_WORKERS]",
)
@click.option(
    "--url",
    default="",
    help="The address that devices and phones use; it is remembered.  [env: KIOSK_CENTER_URL]",
)
@click.option(
    "--proxies",
    default="127.0.0.1",
    show_default=True,
    help='Addresses of proxies whose word about a client\'s address is believed, "" for none, "*" for all.',
)
@click.pass_context
def command(ctx: click.Context, host: str, port: int, workers: int, url: str, proxies: str) -> None:
    """Serve devices, phones and staff until it is stopped (Ctrl+C, or SIGTERM).

    Without a proxy in front it speaks plain HTTP: that is for this machine, or one building's own network.
    """
    from kiosk.center.opening import listening
    from kiosk.center.serving import serve
    from kiosk.center.settings import Serving

    center = opened(ctx, url)
    if not (url or os.environ.get(URL)):
        center = listening(center, port)
    click.echo(f"The center {center.url} listens at {host}, port {port}.", err=True)
    serve(center, folder(ctx), ctx.obj["database"], Serving(host, port, workers, proxies))
