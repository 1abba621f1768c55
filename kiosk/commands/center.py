"""`kiosk center`: the place where the events of many kiosks come together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from kiosk.commands.group import LazyGroup
from kiosk.errors import CenterError

if TYPE_CHECKING:
    from kiosk.center.context import Center
    from kiosk.center.storage import Connection

COMMANDS = {
    "accounts": "kiosk.commands.center_accounts",
    "backup": "kiosk.commands.center_backup:backup",
    "devices": "kiosk.commands.center_devices",
    "enroll": "kiosk.commands.center_enroll",
    "import": "kiosk.commands.center_import",
    "migrate": "kiosk.commands.center_migrate",
    "publish": "kiosk.commands.center_publish",
    "restored": "kiosk.commands.center_backup:restored",
    "rollback": "kiosk.commands.center_rollback",
    "serve": "kiosk.commands.center_serve",
    "tokens": "kiosk.commands.center_tokens",
}

URL = "KIOSK_CENTER_URL"
"""The variable with the center's public address: for all commands, as it is what they show."""

_EXTRA = ("fastapi", "uvicorn", "sqlalchemy", "alembic", "psycopg", "jinja2", "python_multipart", "argon2")


@click.group("center", cls=LazyGroup, modules=COMMANDS)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="KIOSK_CENTER",
    help="Folder of the center's key, and of its database unless one is named.  [env: KIOSK_CENTER]",
)
@click.option(
    "--database",
    default="",
    envvar="KIOSK_CENTER_DATABASE",
    metavar="URL",
    help="postgresql+psycopg://USER@HOST/NAME for many sites.  [env: KIOSK_CENTER_DATABASE; "
    "default: a SQLite file in the folder]",
)
@click.pass_context
def command(ctx: click.Context, folder: Path | None, database: str) -> None:
    """The center: takes what every kiosk recorded, exactly once, and shows it."""
    if not all(map(find_spec, _EXTRA)):
        raise CenterError(
            "what a center needs is not installed", 'Type: pip install "cityhall-kiosk[center]"'
        )
    ctx.obj = {**(ctx.obj or {}), "folder": folder or _usual_folder(), "database": database}


def opened(ctx: click.Context, url: str = "") -> Center:
    """The center that was named before the command, opened once; closed when the command ends.

    `url` is its public address when it is given now, else the environment may give it; it is remembered.
    """
    from kiosk.center.opening import open_center

    if "center" not in ctx.obj:
        center = open_center(folder(ctx), ctx.obj["database"], url or os.environ.get(URL, ""))
        ctx.obj["center"] = center
        ctx.call_on_close(center.store.close)
    found: Center = ctx.obj["center"]
    return found


class Change(NamedTuple):
    """A change that is being made at the command line: its transaction, and the center it is of."""

    connection: Connection
    center: Center

    def note(self, action: str, about: str, **details: str | int) -> None:
        """Write it into the book of who did what."""
        from kiosk.center import audit

        audit.note(self.connection, self.center, audit.COMMAND_LINE, action, about, **details)


@contextmanager
def changing(ctx: click.Context) -> Iterator[Change]:
    """Change something at the center that was named: all of it with its note, or nothing."""
    center = opened(ctx)
    with center.store.begin() as connection:
        yield Change(connection, center)


def folder(ctx: click.Context) -> Path:
    """The center's folder, as named before the command."""
    found: Path = ctx.obj["folder"]
    return found


def _usual_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("kiosk-center", appauthor=False))
