"""The commands as click reads them; every subcommand imports its own module only when it is run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kiosk.errors import KioskError

COMMANDS = {
    "actions": "kiosk.commands.actions",
    "board": "kiosk.commands.board",
    "center": "kiosk.commands.center",
    "check": "kiosk.commands.check",
    "comments": "kiosk.commands.comments",
    "desk": "kiosk.commands.desk",
    "enroll": "kiosk.commands.enroll",
    "export": "kiosk.commands.export",
    "pin": "kiosk.commands.pin",
    "printer": "kiosk.commands.printer",
    "report": "kiosk.commands.report",
    "search": "kiosk.commands.search",
    "simulate": "kiosk.commands.simulate",
    "survey": "kiosk.commands.survey",
    "sync": "kiosk.commands.sync",
    "words": "kiosk.commands.words",
}


class LazyGroup(click.Group):
    """Imports a subcommand's module when the subcommand is used; `modules` names each one's.

    There it is called `command`, or as it says behind a colon.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **how: Any) -> None:
        super().__init__(*arguments, **how)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module, _, name = self.modules.get(cmd_name, "").partition(":")
        found: click.Command | None = (
            getattr(importlib.import_module(module), name or "command") if module else None
        )
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KioskError as problem:
            click.echo(f"kiosk: {problem}", err=True)
            ctx.exit(2)


@click.group(
    "kiosk",
    cls=LazyGroup,
    modules=COMMANDS,
    invoke_without_command=True,
    context_settings={"max_content_width": 100},
)
@click.option("--data", type=click.Path(path_type=Path), help="Folder of this machine's journal and caches.")
@click.option("--services", type=click.Path(path_type=Path), help="The services.yaml to use.")
@click.option("--practice", is_flag=True, help="A second folder, for practice; every screen says so.")
@click.version_option(package_name="cityhall-kiosk")
@click.pass_context
def group(ctx: click.Context, data: Path | None, services: Path | None, practice: bool) -> None:
    """The city hall kiosk. Without a command: the visitor's screen."""
    ctx.obj = {"data": data, "services": services, "practice": practice}
    if ctx.invoked_subcommand is None:
        from kiosk.commands.visitor import run

        sys.exit(run(data, services, practice))
