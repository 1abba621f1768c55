"""`kiosk`: the visitor's screen under its supervisor."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import settings as settings_module
from kiosk import supervisor
from kiosk.errors import KioskError, LocaleError

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.settings import Settings
    from kiosk.ui.visitor.app import VisitorApp

log = logging.getLogger(__name__)


def run(data: Path | None, services: Path | None) -> int:
    """Supervise the visitor app until staff leave it; returns the exit status."""
    # Textual draws on standard error.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(
            "kiosk: the visitor's screen needs a terminal for its input and for standard error\n"
            "  What to do: run `kiosk` in a terminal window or on a console, without < or 2>.",
            file=sys.stderr,
        )
        return supervisor.REFUSED
    keeper = supervisor.Keeper(
        lambda fault: visitor(data, services, fault),
        lambda language, calm: told(language, calm, _settings(data, services)),
        lambda: _locked(_settings(data, services)),
    )
    with keeper:
        return supervisor.supervise(keeper.start, keeper.tell, keeper.leaves)


def visitor(data: Path | None, services: Path | None, fault: str) -> int:
    """Run the app once, in the child process; returns its exit status."""
    # Read by Textual when it is imported; composed characters get lost with the kitty protocol.
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        del os.environ[name]
    os.environ.update(TEXTUAL_DISABLE_KITTY_KEY="1", TEXTUAL_ANIMATIONS="none")
    # While everything is only being built there is nothing to collect; the app turns it on again.
    gc.disable()
    from kiosk.clock import Clock

    try:
        settings = settings_module.load(data, services)
        _log_to(settings.data / "kiosk.log")
        return show(settings, Clock(settings.timezone, settings.day_starts), fault)
    except KioskError as problem:
        # After a fault visitors may be reading, not staff.
        if fault:
            log.error("not started again: %s", problem)
        else:
            print(f"kiosk: {_in_full(problem)}", file=sys.stderr)
        return supervisor.REFUSED
    except Exception:
        # The terminal is a public place: what is not foreseen goes to the log, which tells no values.
        log.exception("fault outside the app")
        return supervisor.FAULT


def show(settings: Settings, clock: Clock, fault: str) -> int:
    """Open what the app needs and run it; raises KioskError before anything is shown."""
    from kiosk.catalog.load import candidates, find, load
    from kiosk.i18n import languages
    from kiosk.journal import Journal, close_open
    from kiosk.ui.library import Library
    from kiosk.ui.visitor.app import VisitorApp
    from kiosk.ui.visitor.recorder import Recorder

    for code in settings.languages:
        languages.find(code)
    library = Library.open(settings)
    if library.loaded.stale and library.loaded.path in candidates(settings):
        # Without a last good copy another city's services would be shown: say what is wrong instead.
        load(find(settings))
    if not library.languages:
        raise LocaleError("no language can be shown", "\n".join(library.troubles))
    journal = Journal.open(settings.journal, clock, keep_aside=True)
    close_open(journal)
    recorder = Recorder(journal)
    app = VisitorApp(library, recorder, clock, fault)
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


def told(language: str, calm: bool, settings: Settings) -> str:
    """What a visitor reads between a fault and the next start, in the middle of the screen."""
    from shutil import get_terminal_size

    from kiosk.i18n.languages import SOURCE
    from kiosk.i18n.messages import load
    from kiosk.i18n.script import cell_width, visual, wrap

    try:
        messages = load(language)
    except LocaleError:
        messages = load(SOURCE)
    text = messages.tr("Sorry, something went wrong. Please start again.")
    if calm:
        text = messages.tr("This screen is resting. Please ask at the information desk.")
        phone = _desk_phone(settings)
        if phone:
            text = messages.tr(
                "This screen is resting. Please ask at the information desk, or call {phone}.", phone=phone
            )
    width, height = get_terminal_size()
    lines = wrap(text, max(width - 4, 1))
    if settings.screen.bidi == "app":
        lines = [visual(line, messages.language.rtl) for line in lines]
    top = max(height - len(lines), 0) // 2
    return "\n" * top + "\n".join(" " * (max(width - cell_width(line), 0) // 2) + line for line in lines)


def _desk_phone(settings: Settings) -> str:
    """The information desk's number, as far as the catalogue can be read."""
    from kiosk.catalog.load import load_or_last_good

    try:
        return load_or_last_good(settings).catalog.city.desk_phone
    except KioskError:
        return ""


def _settings(data: Path | None, services: Path | None) -> Settings:
    """The settings, or their defaults while they can't be read."""
    try:
        return settings_module.load(data, services)
    except KioskError:
        return settings_module.Settings(data=data or Path())


def _locked(settings: Settings) -> bool:
    from kiosk.ui import pin

    return pin.is_set(settings.data)


def _in_full(problem: KioskError) -> str:
    """What the first start says: the message, after every line of a refused services.yaml."""
    return "\n".join([*getattr(problem, "problems", ()), str(problem)])


def _log_to(file: Path) -> None:
    """Warnings and faults, without local variables, in a file that is kept small.

    It is made when there is something to write; a log that can't be written stops nothing and says nothing.
    """
    from logging.handlers import RotatingFileHandler

    logging.raiseExceptions = False
    handler = RotatingFileHandler(file, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
