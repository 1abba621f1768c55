"""`kiosk desk`: the docent's console at the information desk."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from kiosk import supervisor
from kiosk.commands import running
from kiosk.commands.running import Folders

if TYPE_CHECKING:
    from kiosk.settings import Settings


@click.command()
@click.option("--name", default="", help="Sign in under this name, with --counter, where no PIN is set.")
@click.option("--counter", default="", help="The counter to open.")
@click.pass_obj
def command(chosen: dict[str, object], name: str, counter: str) -> None:
    """The docent's console: call, serve, look up, issue tickets; by keyboard and mouse."""
    folders = Folders(**chosen)  # type: ignore[arg-type]
    sys.exit(running.run("desk", partial(show, name=name, counter=counter), folders))


def show(settings: Settings, folders: Folders, fault: str, name: str = "", counter: str = "") -> int:
    """Open what the desk needs and run it; raises KioskError before anything is shown."""
    from kiosk.line.line import Line
    from kiosk.ui.desk.app import DeskApp
    from kiosk.ui.recorder import Recorder

    library = running.open_library(settings)
    journal, clock = running.open_journal(settings, folders.practice)
    line = Line(journal, lambda: library.loaded.catalog, clock, settings)
    recorder = Recorder(journal)
    app = DeskApp(library, recorder, line, clock, name, counter)
    try:
        with running.sending(settings, folders):
            app.run()
        return supervisor.FAULT if app.return_code else supervisor.LEFT
    finally:
        recorder.close()
