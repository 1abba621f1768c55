"""`kiosk`: the visitor's screen under its supervisor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import supervisor
from kiosk.commands import running
from kiosk.commands.running import Folders

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


def show(settings: Settings, folders: Folders, fault: str) -> int:
    """Open what the app needs and run it; raises KioskError before anything is shown."""
    from kiosk.i18n import languages
    from kiosk.journal import close_open
    from kiosk.ui.recorder import Recorder
    from kiosk.ui.visitor.app import VisitorApp

    library = running.open_library(settings)
    journal, clock = running.open_journal(settings, folders.practice, keep_aside=True)
    close_open(journal)
    recorder = Recorder(journal)

    def line() -> Line:
        from kiosk.line.line import Line

        return Line(journal, lambda: library.loaded.catalog, clock, settings)

    app = VisitorApp(library, recorder, line, clock, fault)
    try:
        app.run()
        if not app.return_code:
            return supervisor.LEFT
        _close_visit(app)
        return supervisor.FAULT + list(languages.LANGUAGES).index(app.visit.language)
    finally:
        recorder.close()


def _close_visit(app: VisitorApp) -> None:
    """A fault has ended the visit; the next start must not find it open."""
    if app.visiting:
        app.abandon_survey()
        ended = {"visit": app.visit.id, "how": "fault", "language": app.visit.language}
        app.recorder.record("visit.ended", ended)
