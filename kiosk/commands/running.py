"""Running an app of the kiosk: supervised, in a terminal, on one data folder."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from kiosk import settings as settings_module
from kiosk import supervisor
from kiosk.errors import JournalError, KioskError, LocaleError

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.journal import Journal
    from kiosk.settings import Settings
    from kiosk.ui.library import Library

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at whether this machine belongs to a center."""
LONGEST_END = 2.0
"""Seconds that the end of an app waits; what it has started ends by itself."""


@dataclass(frozen=True)
class Folders:
    """What was typed before the command."""

    data: Path | None = None
    services: Path | None = None
    practice: bool = False


Show = Callable[["Settings", Folders, str], int]
"""Opens what the app needs and runs it, told the language of a visit that a fault has ended; exit status.

Raises KioskError before anything is shown."""


def run(name: str, show: Show, folders: Folders) -> int:
    """Supervise an app until staff leave it; returns the exit status. `name` is its log's."""
    # Textual draws on standard error.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        command = "kiosk" if name == "kiosk" else f"kiosk {name}"
        print(
            f"{command}: this screen needs a terminal for its input and for standard error\n"
            f"  What to do: run `{command}` in a terminal window or on a console, without < or 2>.",
            file=sys.stderr,
        )
        return supervisor.REFUSED
    # The terminal knows its size; what a shell has exported once is believed instead where it is found.
    for variable in ("COLUMNS", "LINES"):
        os.environ.pop(variable, None)
    keeper = supervisor.Keeper(
        lambda fault: child(name, show, folders, fault),
        lambda language, calm: told(language, calm, _settings(folders)),
        lambda: _locked(_settings(folders)),
    )
    with keeper:
        return supervisor.supervise(keeper.start, keeper.tell, keeper.leaves)


def child(name: str, show: Show, folders: Folders, fault: str) -> int:
    """Run the app once, in the child process; returns its exit status."""
    # Read by Textual when it is imported; composed characters get lost with the kitty protocol.
    for variable in [variable for variable in os.environ if variable.startswith("TEXTUAL")]:
        del os.environ[variable]
    os.environ.update(TEXTUAL_DISABLE_KITTY_KEY="1", TEXTUAL_ANIMATIONS="none")
    # While everything is only being built there is nothing to collect; the app turns it on again.
    gc.disable()
    try:
        settings = settings_module.load(folders.data, folders.services, folders.practice)
        log_to(settings.data / f"{name}.log")
        return show(settings, folders, fault)
    except KioskError as problem:
        # After a fault visitors may be reading, not staff.
        if fault:
            log.error("not started again: %s", problem)
        else:
            print(f"{name}: {_in_full(problem)}", file=sys.stderr)
        return supervisor.REFUSED
    except Exception:
        # The terminal is a public place: what is not foreseen goes to the log, which tells no values.
        log.exception("fault outside the app")
        return supervisor.FAULT


def open_library(settings: Settings) -> Library:
    """The catalogue and its languages; raises KioskError where nothing of this city's can be shown."""
    from kiosk.catalog.load import candidates, find, load
    from kiosk.i18n import languages
    from kiosk.ui.library import Library

    for code in settings.languages:
        languages.find(code)
    library = Library.open(settings)
    if library.loaded.stale and library.loaded.path in candidates(settings):
        # Without a last good copy another city's services would be shown: say what is wrong instead.
        load(find(settings))
    if not library.languages:
        raise LocaleError("no language can be shown", "\n".join(library.troubles))
    return library


def open_journal(settings: Settings, practice: bool, keep_aside: bool = False) -> tuple[Journal, Clock]:
    """The journal of the data folder and the clock it goes by; `practice` wants one for practice.

    A folder for practice may have a time of its own (KIOSK_CLOCK, a file as `clock.PracticeClock` says).
    """
    from kiosk.clock import Clock, PracticeClock
    from kiosk.journal import Journal
    from kiosk.journal.opening import marked_practice

    given = os.environ.get("KIOSK_CLOCK")
    clock = Clock(settings.timezone, settings.day_starts)
    if given and (practice or marked_practice(settings.journal)):
        clock = PracticeClock(settings.timezone, settings.day_starts, Path(given))
    return Journal.open(settings.journal, clock, practice or None, keep_aside), clock


def kept_journal(settings: Settings, practice: bool) -> tuple[Journal, Clock]:
    """As `open_journal`, for staff: a running kiosk may have it open too, and a new one is never made."""
    path = settings.journal
    if not path.is_file() or path.stat().st_size == 0:
        raise JournalError(
            f"there is no journal {path}: no kiosk has run with this folder",
            "Name the kiosk's folder before the command: kiosk --data DIR …",
        )
    return open_journal(settings, practice)


@contextmanager
def sending(settings: Settings, folders: Folders) -> Iterator[None]:
    """Let what is recorded be sent while an app runs, as soon as this machine belongs to a center."""
    stop = Event()
    thread = Thread(target=_keep_sending, args=(settings, folders, stop), name="sending", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LONGEST_END)


def _keep_sending(settings: Settings, folders: Folders, stop: Event) -> None:
    # The first look comes after the first frame; a machine without a center never does more.
    while not stop.wait(LOOK):
        if (settings.data / "center.json").exists():
            from kiosk.commands.sending import keep

            keep(settings, folders, stop)
            return


def printable(words: str) -> str:
    """People's words without what would reorder or hide part of a line in a terminal."""
    from unicodedata import category

    from kiosk.catalog.kinds import HARMLESS, INVISIBLE

    return "".join(char for char in words if char in HARMLESS or category(char) not in INVISIBLE)


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


def _settings(folders: Folders) -> Settings:
    """The settings, or their defaults while they can't be read."""
    try:
        return settings_module.load(folders.data, folders.services, folders.practice)
    except KioskError:
        return settings_module.Settings(data=folders.data or Path())


def _locked(settings: Settings) -> bool:
    from kiosk.ui import pin

    return pin.is_set(settings.data)


def _in_full(problem: KioskError) -> str:
    """What the first start says: the message, after every line of a refused services.yaml."""
    return "\n".join([*getattr(problem, "problems", ()), str(problem)])


def log_to(file: Path) -> None:
    """Warnings and faults, without local variables, in a file that is kept small.

    It is made when there is something to write; a log that can't be written stops nothing and says nothing.
    """
    from logging.handlers import RotatingFileHandler

    logging.raiseExceptions = False
    handler = RotatingFileHandler(file, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
