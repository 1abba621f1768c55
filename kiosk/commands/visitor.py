"""`kiosk`: the visitor's screen under its supervisor."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import supervisor
from kiosk.commands import running
from kiosk.commands.running import Folders
from kiosk.errors import JournalLocked

if TYPE_CHECKING:
    from kiosk.line.line import Line
    from kiosk.settings import Settings
    from kiosk.ui.visitor.app import VisitorApp


def run(data: Path | None, services: Path | None, practice: bool = False) -> int:
    """Supervise the visitor app until staff leave it; returns the exit status."""
    return running.run("kiosk", show, Folders(data, services, practice))


def visitor(data: Path | None, services: Path | None, fault: str) -> int:
    """Run the app once, in the child process; returns its exit status."""
    return running.child("kiosk", show, Folders(data, services), fault)


def show(
    settings: Settings, folders: Folders, fault: str, make: Callable[..., VisitorApp] | None = None
) -> int:
    """Open what the app needs and run it, or the one that `make` makes; raises KioskError before
    anything is shown.
    """
    from kiosk.i18n import languages
    from kiosk.journal import close_open
    from kiosk.ui.base import AGAIN
    from kiosk.ui.recorder import Recorder
    from kiosk.ui.visitor.app import VisitorApp

    library = running.open_library(settings)
    journal, clock = running.open_journal(settings, folders.practice, keep_aside=True)
    folder = _alone_in(settings.data)
    close_open(journal)
    recorder = Recorder(journal)

    def line() -> Line:
        from kiosk.line.line import Line

        return Line(journal, lambda: library.loaded.catalog, clock, settings)

    app = (make or VisitorApp)(library, recorder, line, clock, fault)
    try:
        with running.sending(settings, folders):
            app.run()
        if not app.return_code:
            return supervisor.LEFT
        if app.return_code == AGAIN:
            return supervisor.AGAIN
        _close_visit(app)
        return supervisor.FAULT + list(languages.LANGUAGES).index(app.visit.language)
    finally:
        recorder.close()
        os.close(folder)


def _alone_in(data: Path) -> int:
    """Hold the folder against a second screen that makes visits: each would end what it finds open.

    Returns what to close at the end; raises JournalLocked when there is one.
    """
    import fcntl

    folder = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise JournalLocked(
            f"another visitors' screen runs on {data}",
            "Leave that one first, or give this one a folder of its own: kiosk --data DIR.",
        ) from None
    return folder


def _close_visit(app: VisitorApp) -> None:
    """A fault has ended the visit; the next start must not find it open."""
    if app.visiting:
        app.surveying.abandon()
        app.surveying.enter_frame()
        ended = {"visit": app.visit.id, "how": "fault", "language": app.visit.language}
        app.recorder.record("visit.ended", ended)
