"""A fault in the app: friendly words for the visitor, nothing of it on screen, all of it in the log."""

import re
import sys
from pathlib import Path

import pytest

import kiosk
from kiosk.i18n.messages import load
from kiosk.i18n.script import visual
from kiosk.supervisor import BLANK, CALM_AFTER
from tests.support import faulty
from tests.support.terminal import wait
from tests.terminal.conftest import kinds, rows

SORRY = "Sorry, something went wrong. Please start again."
RESTING = "This screen is resting. Please ask at the information desk, or call 311."
ROOT = Path(kiosk.__file__).parents[1]


@pytest.fixture
def faulty_kiosk(start, data):
    """Start the kiosk with a fault in one place."""

    def start_faulty(*place):
        script = Path(faulty.__file__)
        return start(sys.executable, script, *place, "--data", data, variables={"PYTHONPATH": str(ROOT)})

    return start_faulty


def tells_nothing(terminal):
    """Nothing of the fault has ever been written to the terminal."""
    written = terminal.written()
    for word in ("Traceback", "RuntimeError", "Error", faulty.WHAT, faulty.secret(), "faulty.py"):
        assert word not in written


def between_two_starts(terminal):
    """What was written after each fault and before the app took the screen again."""
    return re.findall(re.escape(BLANK) + "(.*?)" + re.escape("\x1b[?1049h"), terminal.written(), re.DOTALL)


def is_logged_without_values(data, times):
    log = (data / "kiosk.log").read_text(encoding="utf-8")
    for line in ("Traceback (most recent call last)", f"RuntimeError: {faulty.WHAT}", "in fail\n"):
        assert log.count(line) == times
    assert faulty.secret() not in log


def meets_the_fault(terminal, messages, faults):
    def shaped(text):
        return visual(messages.tr(text), messages.language.rtl)

    terminal.touch(visual(messages.language.name, messages.language.rtl))
    terminal.touch(shaped("I have a ticket number"))
    wait(
        lambda: len(between_two_starts(terminal)) == faults,
        lambda: f"no new start:\n{terminal.screen()}",
    )
    assert shaped(SORRY) in between_two_starts(terminal)[-1]
    terminal.see("English", "中文", "Leave feedback")


def test_a_visitor_reads_that_it_went_wrong_and_the_attract_screen_is_back(faulty_kiosk, data):
    terminal = faulty_kiosk()
    for faults, language in enumerate(faulty.PLACES, 1):
        meets_the_fault(terminal, load(language), faults)
    tells_nothing(terminal)
    is_logged_without_values(data, times=len(faulty.PLACES))
    visits = rows(data, "SELECT language, ended_how FROM visits ORDER BY started_at")
    assert visits == [(language, "fault") for language in faulty.PLACES]
    assert set(kinds(data)) == {"journal.opened", "visit.started", "visit.ended"}


def test_the_attract_screen_goes_on_saying_it_in_the_visitors_language(faulty_kiosk):
    spanish = load("es").tr
    terminal = faulty_kiosk()
    terminal.touch("Español")
    terminal.touch(spanish("I have a ticket number"))
    terminal.see("English", "中文", "Leave feedback", spanish(SORRY))
    terminal.touch("English")
    terminal.see("In your own words")


def test_an_app_that_can_not_start_ends_in_a_calm_screen_that_staff_can_leave(faulty_kiosk, data):
    terminal = faulty_kiosk("start")
    terminal.see(RESTING)
    assert SORRY not in terminal.screen()
    assert terminal.modes()["cursor_flag"] is False
    terminal.type("nobody sees what is typed")
    terminal.press("C-c", "C-\\", "C-z")
    assert "nobody" not in terminal.see(RESTING)
    terminal.press("C-q")
    assert terminal.status() == 0
    assert terminal.modes()["alternate_on"] is False
    tells_nothing(terminal)
    is_logged_without_values(data, times=CALM_AFTER)
