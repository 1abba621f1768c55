"""`kiosk board`: the display that shows and announces whose turn it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from kiosk import supervisor
from kiosk.commands import running
from kiosk.commands.running import Folders

if TYPE_CHECKING:
    from kiosk.settings import Settings


@click.command()
@click.pass_obj
def command(chosen: dict[str, Any]) -> None:
    """Show which number is called, and to which counter, on a display without touch."""
    folders = Folders(chosen["data"], chosen["services"], chosen["practice"])
    sys.exit(running.run("board", show, folders))


def show(settings: Settings, folders: Folders, fault: str) -> int:
    """Open what the board needs and run it; raises KioskError before anything is shown."""
    from kiosk.devices import volume
    from kiosk.devices.announcer import Announcer
    from kiosk.ui.board.app import BoardApp
    from kiosk.ui.board.calls import ANNOUNCED
    from kiosk.ui.recorder import Recorder

    library = running.open_library(settings)
    journal, clock = running.open_journal(settings, folders.practice)
    recorder = Recorder(journal)
    app = BoardApp(
        library,
        recorder,
        clock,
        lambda shown, bell: Announcer(
            shown,
            bell,
            settings.sound,
            settings.cache,
            clock,
            ANNOUNCED,
            volume=lambda: volume.read(settings.data),
        ),
    )
    try:
        with running.sending(settings, folders):
            app.run()
        return supervisor.FAULT if app.return_code else supervisor.LEFT
    finally:
        recorder.close()
