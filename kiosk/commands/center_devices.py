"""`kiosk center devices`: which machines are enrolled, how they are, and which are not believed any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from kiosk.commands.center import changing, opened

if TYPE_CHECKING:
    from kiosk.center.context import Center
    from kiosk.center.devices import Known

HEADS = ("id", "site", "name", "state", "seen", "events", "gap", "clock", "kiosk")
FIGURES = ("events", "gap", "clock")


@click.command("devices")
@click.option("--site", default="", help="Only those of one site.")
@click.option("--revoke", default="", metavar="ID", help="Believe this device nothing any more.")
@click.option("--rename", default=("", ""), type=(str, str), metavar="ID NAME", help="Call a device so.")
@click.pass_context
def command(ctx: click.Context, site: str, revoke: str, rename: tuple[str, str]) -> None:
    """List the devices: when each was seen, its events here, how many are missing, how far its clock is off.

    A device that is revoked can send nothing more; what it sent stays, its ticket numbers are free from the
    next day.
    """
    if revoke:
        _revoke(ctx, revoke)
    if rename[0]:
        _rename(ctx, *rename)
    _list(opened(ctx), site)


def _revoke(ctx: click.Context, device: str) -> None:
    from kiosk.center import devices

    with changing(ctx) as change:
        found = devices.revoke(change.connection, device, change.center.clock)
        change.note("device_revoked", device, name=found.name)
    click.echo(f"{found.name} of site {found.home} is revoked.")


def _rename(ctx: click.Context, device: str, name: str) -> None:
    from kiosk.center import devices

    with changing(ctx) as change:
        found = devices.rename(change.connection, device, name)
        change.note("device_renamed", device, name=name)
    click.echo(f"The device of site {found.home} is called {found.name}.")


def _list(center: Center, site: str) -> None:
    from kiosk.center import devices

    with center.store.read() as connection:
        found = devices.known(connection, site)
    if not found:
        click.echo("No device is enrolled. Make a code: kiosk center enroll SITE NAME")
        return
    click.echo("\n".join(_lines(center, found)))


def _lines(center: Center, found: Sequence[Known]) -> Iterator[str]:
    rows = [_cells(center, each) for each in found]
    widths = [max(map(len, column)) for column in zip(HEADS, *rows, strict=True)]
    yield _line(HEADS, widths)
    for each, row in zip(found, rows, strict=True):
        yield _line(row, widths)
        if each.device.copy_of:
            yield f"    goes on from a copy of the journal of {each.device.copy_of}"
        if each.quarantined:
            yield f"    {each.quarantined} of its events do not count: see the staff page of the device"


def _cells(center: Center, each: Known) -> tuple[str, ...]:
    device = each.device
    seen = _local(center, device.seen_at) if device.seen_at else "never"
    clock = f"{device.skew_ms / 1000:+.1f} s" if device.seen_at else ""
    known = (device.device, device.home, device.name, device.state, seen)
    return (*known, f"{each.events:,}", f"{each.gap:,}", clock, device.version)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    columns = zip(HEADS, cells, widths, strict=True)
    return "  ".join(
        cell.rjust(width) if head in FIGURES else cell.ljust(width) for head, cell, width in columns
    ).rstrip()


def _local(center: Center, at: str) -> str:
    return center.clock.local(datetime.fromisoformat(at)).strftime("%Y-%m-%d %H:%M")
