"""`kiosk center devices`: which machines are enrolled, how they are, and which are not believed any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from kiosk.commands.center import opened

if TYPE_CHECKING:
    from kiosk.center.context import Center
    from kiosk.center.devices import Known

HEADS = (
    f"{'id':<34}{'site':<18}{'name':<22}{'state':<10}{'seen':<18}{'events':>9}{'gap':>6}{'clock':>10}  kiosk"
)


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
    center = opened(ctx)
    if revoke:
        _revoke(center, revoke)
    if rename[0]:
        _rename(center, *rename)
    _list(center, site)


def _revoke(center: Center, device: str) -> None:
    from kiosk.center import audit, devices

    with center.store.begin() as connection:
        found = devices.revoke(connection, device, center.clock)
        audit.note(connection, center, audit.COMMAND_LINE, "device_revoked", device, name=found.name)
    click.echo(f"{found.name} of site {found.home} is revoked.")


def _rename(center: Center, device: str, name: str) -> None:
    from kiosk.center import audit, devices

    with center.store.begin() as connection:
        found = devices.rename(connection, device, name)
        audit.note(connection, center, audit.COMMAND_LINE, "device_renamed", device, name=name)
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
    yield HEADS
    for each in found:
        device = each.device
        seen = _local(center, device.seen_at) if device.seen_at else "never"
        clock = f"{device.skew_ms / 1000:+.1f} s" if device.seen_at else ""
        yield (
            f"{device.device:<34}{device.home:<18}{device.name:<22}{device.state:<10}{seen:<18}"
            f"{each.events:>9,}{each.gap:>6,}{clock:>10}  {device.version}"
        )
        if device.copy_of:
            yield f"    goes on from a copy of the journal of {device.copy_of}"
        if each.quarantined:
            yield f"    {each.quarantined} of its events do not count: see the staff page of the device"


def _local(center: Center, at: str) -> str:
    return center.clock.local(datetime.fromisoformat(at)).strftime("%Y-%m-%d %H:%M")
