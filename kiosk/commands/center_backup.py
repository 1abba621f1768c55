"""`kiosk center backup` and `kiosk center restored`: a copy of everything, and what to do after using one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from kiosk.center import append, keys
from kiosk.center.context import Center
from kiosk.commands.center import folder, opened
from kiosk.errors import CenterError

DATABASE = {"sqlite": "center.db", "postgresql": "center.dump"}
"""What the copy of the database is called: a SQLite file, or an archive for `pg_restore`."""

SETTINGS = "kiosk.toml"
"""In the center's folder, if anything was set there."""


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
def backup(ctx: click.Context, target: Path) -> None:
    """Copy database, key and settings into a new folder TARGET, the database at one moment, while it runs."""
    center = opened(ctx)
    part = target.with_name(f"{target.name}.part")
    try:
        if target.exists():
            raise CenterError(f"{target} is there already", "Give a new name, such as one with the date.")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700, parents=True)
        copy = part / DATABASE[center.store.dialect]
        (_copy_file if center.store.dialect == "sqlite" else _dump)(center, copy)
        shutil.copy(folder(ctx) / keys.FILE, part)
        if (folder(ctx) / SETTINGS).exists():
            shutil.copy(folder(ctx) / SETTINGS, part)
        for path in part.iterdir():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
        part.rename(target)
    except OSError as problem:
        raise CenterError(
            f"{target} can't be written: {problem.strerror}",
            "Give a folder on a disk with room, in which the user that the center runs as may write.",
        ) from problem
    finally:
        shutil.rmtree(part, ignore_errors=True)
    size = (target / copy.name).stat().st_size
    rest = " and ".join(path.name for path in sorted(target.iterdir()) if path.name != copy.name)
    click.echo(f"{target}: {copy.name} ({size:,} bytes) and {rest}. Keep it where nobody else reads it.")


def _copy_file(center: Center, copy: Path) -> None:
    try:
        with center.store.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
    except DBAPIError as problem:
        raise CenterError(
            f"{copy} can't be written: {problem.orig}", "Give a folder on a disk with room."
        ) from problem


def _dump(center: Center, copy: Path) -> None:
    """`pg_dump` of the server's own version, found on the path."""
    url = center.store.engine.url.set(drivername="postgresql")
    password = {"PGPASSWORD": url.password} if url.password else {}
    shown = make_url(url).set(password=None).render_as_string(hide_password=False)
    command = ["pg_dump", "--format=custom", f"--file={copy}", shown]
    try:
        done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True, check=False)
    except FileNotFoundError as problem:
        raise CenterError("pg_dump is not on the path", "Install PostgreSQL's client tools.") from problem
    if done.returncode:
        raise CenterError(f"pg_dump: {done.stderr.strip()}", "Mend this and run the backup again.")


@click.command("restored")
@click.pass_context
def restored(ctx: click.Context) -> None:
    """Say, after a backup was put back, that devices have sent more than this database knows.

    They then send again what is missing, and read the site's queue from the beginning.
    """
    center = opened(ctx)
    append.begin_again(center)
    keys.begin_epoch(center.store)
    click.echo("Devices send again what this database does not have, at their next contact.")
