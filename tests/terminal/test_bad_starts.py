"""A start that can't go well says why and what to do, with status 2; nothing recorded before is lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import kiosk as package
from kiosk.clock import Clock
from kiosk.journal import Journal, new_id
from tests.support.terminal import KIOSK
from tests.terminal.conftest import IMPATIENT, fill, kinds, open_staff_page, rows, settings

ROOT = Path(package.__file__).parents[1]
LINES = (ROOT / "services.yaml").read_text(encoding="utf-8").split("\n")
WHERE = f"services.yaml:{next(n for n, line in enumerate(LINES, 1) if '  desk_phone:' in line)}:3: "
"""Where a slip of the pen is found."""
RECORDED = ["journal.opened", "visit.started", "visit.ended"]
WITHOUT_LEAVE = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
"""What makes permissions hold for root too."""


@pytest.fixture
def recorded(data):
    """A data folder with a visit in its journal."""
    with Journal.open(data / "kiosk.db", Clock()) as journal:
        visit = {"visit": new_id(), "language": "en"}
        journal.append("visit.started", visit)
        journal.append("visit.ended", {**visit, "how": "finished"})
    return data


def is_refused(terminal, *words):
    """Status 2 and a message that stays where it is; the screen is never taken."""
    assert terminal.status() == 2
    said = " ".join(terminal.written().split())
    assert "\x1b[?" not in said
    assert said.startswith(("kiosk: ", "services.yaml:"))
    for word in ("What to do:", *words):
        assert word in said
    assert {"icanon", "echo", "isig"} <= set(terminal.settings().split())


def shows_staff(terminal, *words):
    """The attract screen calls staff, and their page says what it is about."""
    terminal.see("English", "Staff: please look at the staff page.")
    open_staff_page(terminal)
    screen = " ".join(terminal.see("Leave the kiosk").split())
    for word in ("What to do:", *words):
        assert word in screen


def test_a_journal_that_another_program_holds(start, recorded):
    with closing(sqlite3.connect(recorded / "kiosk.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        terminal = start(sys.executable, "-c", IMPATIENT, "--data", recorded)
        is_refused(terminal, "kiosk.db is in use", "Close other programs")
    assert kinds(recorded) == RECORDED


@pytest.fixture
def unwritable(recorded):
    """The same folder, in which nothing may be written."""
    for path in (*recorded.iterdir(), recorded):
        path.chmod(0o555)
    yield recorded
    for path in (recorded, *recorded.iterdir()):
        path.chmod(0o755)


def test_a_folder_that_may_not_be_written(start, unwritable):
    terminal = start(*WITHOUT_LEAVE, KIOSK, "--data", unwritable)
    is_refused(terminal, "kiosk.db can't be opened for writing", "Let this user write the file", "--data")
    unwritable.chmod(0o755)
    assert kinds(unwritable) == RECORDED


def test_a_folder_that_can_not_be_made(start, unwritable):
    terminal = start(*WITHOUT_LEAVE, KIOSK, "--data", unwritable / "kiosk")
    is_refused(terminal, "can't be opened for writing", "--data")


def test_a_damaged_journal_is_kept_aside_and_staff_are_told(kiosk, recorded):
    path = recorded / "kiosk.db"
    damaged = b"damaged!" + path.read_bytes()[8:]
    path.write_bytes(damaged)
    terminal = kiosk(size=(120, 34))
    shows_staff(terminal, "The journal was damaged", "kiosk.db.corrupt-", "copy that file to a safe place")
    (aside,) = (file for file in recorded.glob("kiosk.db.corrupt-*") if file.suffix != ".key")
    assert aside.read_bytes() == damaged
    terminal.touch("Leave the kiosk")
    assert terminal.status() == 0
    assert kinds(recorded) == ["journal.opened"]

    again = kiosk()
    again.see("Staff: please look at the staff page.")
    for part in recorded.glob("kiosk.db.corrupt-*"):
        part.rename(recorded.parent / part.name)
    again.touch("English")
    again.touch("Start over")
    assert "Staff:" not in again.see("English", "Not locked")


def test_a_disk_that_is_full_from_the_start(start, disk):
    fill(disk / "filler")
    is_refused(start(KIOSK, "--data", disk / "data"), "no space left on the disk", "Free some space")
    (disk / "filler").unlink()
    start(KIOSK, "--data", disk / "data").see("English", "Leave feedback")


def test_a_disk_that_is_full_when_something_is_recorded(start, disk, recorded):
    data = shutil.copytree(recorded, disk / "data")
    fill(disk / "filler")
    is_refused(start(KIOSK, "--data", data), "no space left on the disk", "Free some space")
    (disk / "filler").unlink()
    assert kinds(data) == RECORDED


def test_settings_that_can_not_be_read(kiosk, recorded):
    settings(recorded, "[screen\ntheme = 1")
    is_refused(kiosk(), "kiosk.toml", "line 1", "Mend or remove the file")
    assert kinds(recorded) == RECORDED


def test_a_language_nobody_knows(kiosk, recorded):
    settings(recorded, 'languages = ["en", "tlh"]')
    is_refused(kiosk(), "unknown language 'tlh'", "zh_Hans (Chinese (Simplified))", "in kiosk.toml")
    assert kinds(recorded) == RECORDED


@pytest.fixture
def checkout(tmp_path):
    """A copy of the checkout in which a language has been lost."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "kiosk", folder / "kiosk")
    shutil.copytree(ROOT / "locales", folder / "locales", ignore=shutil.ignore_patterns("vi"))
    shutil.copy2(ROOT / "services.yaml", folder)
    return folder


CHECKOUT = "import sys; sys.path.insert(0, '.'); from kiosk.cli import main; main()"


def test_a_language_that_is_not_installed_is_left_out_and_staff_are_told(start, recorded, checkout):
    terminal = start(sys.executable, "-c", CHECKOUT, "--data", recorded, folder=checkout, size=(120, 34))
    assert "Tiếng Việt" not in terminal.see("English", "Español", "中文")
    shows_staff(
        terminal, "missing, so Vietnamese can't be shown", "take 'vi' out of `languages` in kiosk.toml"
    )


def test_no_language_that_is_installed(start, recorded, checkout):
    settings(recorded, 'languages = ["vi"]')
    terminal = start(sys.executable, "-c", CHECKOUT, "--data", recorded, folder=checkout)
    is_refused(terminal, "no language can be shown", "Vietnamese can't be shown", "install the kiosk again")
    assert kinds(recorded) == RECORDED


def test_services_that_are_not_there(kiosk, recorded):
    is_refused(kiosk("--services", "nowhere.yaml"), "nowhere.yaml can't be read", "Give a services.yaml")
    assert kinds(recorded) == RECORDED


@pytest.fixture
def broken(tmp_path):
    """A services.yaml with two mistakes."""
    text = (ROOT / "services.yaml").read_text(encoding="utf-8")
    file = tmp_path / "services.yaml"
    file.write_text(text.replace("  desk_phone:", "  desk_fone:", 1), encoding="utf-8")
    return file


def test_bad_services_without_a_good_copy(kiosk, recorded, broken):
    terminal = kiosk("--services", broken)
    is_refused(terminal, WHERE, "'desk_fone'", "is refused", "kiosk check")
    assert kinds(recorded) == RECORDED


def test_bad_services_with_a_good_copy(kiosk, recorded, broken):
    good = kiosk("--services", shutil.copy(ROOT / "services.yaml", broken))
    good.touch("English")
    good.see("In your own words")
    broken.write_text(broken.read_text(encoding="utf-8").replace("  desk_phone:", "  desk_fone:", 1))
    good.touch("Start over")
    good.see("Staff: please look at the staff page.")
    good.press("C-q")
    assert good.status() == 0

    terminal = kiosk("--services", broken, size=(120, 34))
    terminal.see("English", "Staff: please look at the staff page.")
    open_staff_page(terminal)
    terminal.see(WHERE, "desk_fone")
    terminal.touch("Back")
    terminal.touch("English")
    terminal.see("In your own words")
    assert rows(recorded, "SELECT count(*) FROM visits") == [(3,)]


def test_a_shell_without_a_terminal_says_so_before_anything_is_made(data):
    done = subprocess.run([KIOSK, "--data", data], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert (done.returncode, data.exists()) == (2, False)
    assert "needs a terminal" in done.stderr
    assert "What to do: run `kiosk` in a terminal window" in done.stderr
