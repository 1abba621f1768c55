"""The command under its supervisor: what kills it, what must not, and how staff leave it."""

import json
import os
import signal
import sys

import pytest

from kiosk.supervisor import RESTORE
from kiosk.ui import pin
from tests.terminal.conftest import aim_again, kinds, open_staff_page, rows

UNTOUCHED = {
    "alternate_on": False,
    "mouse_any_flag": False,
    "mouse_all_flag": False,
    "mouse_sgr_flag": False,
    "cursor_flag": True,
    "wrap_flag": True,
}
IN_USE = {
    "alternate_on": True,
    "mouse_any_flag": True,
    "mouse_all_flag": True,
    "mouse_sgr_flag": True,
    "cursor_flag": False,
    "wrap_flag": False,
}


def is_as_it_was_found(terminal):
    """The shell after the command finds its terminal as the command did: the app's modes are all off."""
    assert terminal.modes() == UNTOUCHED
    assert RESTORE in terminal.written()
    settings = terminal.settings().split()
    assert {"icanon", "echo", "isig", "iexten", "icrnl", "ixon", "opost", "onlcr"} <= set(settings)


def test_killed_in_the_middle_of_the_survey_it_restarts_and_keeps_what_was_answered(kiosk, data):
    terminal = kiosk()
    terminal.touch("Leave feedback")
    terminal.touch("Answer")
    for place, answer in ((1, "Agree"), (2, "Skip")):
        terminal.see(f"{place} of 4")
        aim_again()
        terminal.touch(answer)
    terminal.see("3 of 4")
    killed = terminal.app
    os.kill(killed, signal.SIGKILL)

    terminal.see("English", "Sorry, something went wrong. Please start again.")
    assert terminal.modes() == IN_USE
    assert terminal.app != killed
    asked = json.loads(rows(data, "SELECT statements FROM survey_responses")[0][0])
    answers = ", ".join(f'"answer {statement}"' for statement in asked)
    assert rows(data, f"SELECT {answers} FROM survey_responses") == [("3", "skipped", "", "")]
    assert rows(data, "SELECT state, abandoned_at FROM survey_responses") == [("abandoned", asked[2])]
    assert rows(data, "SELECT language, ended_how FROM visits") == [("en", "restart")]

    terminal.touch("English")
    terminal.see("In your own words")
    os.kill(terminal.supervisor, signal.SIGTERM)
    assert terminal.status() == 0
    assert kinds(data)[-3:] == ["survey.abandoned", "visit.ended", "visit.started"]


def test_the_survey_alone_is_supervised_too_and_has_its_folder_for_itself(kiosk, data):
    """An employee's survey: killed, it comes back, and what was begun counts as abandoned."""
    terminal = kiosk("survey", "--audience", "employee")
    terminal.touch("English")
    terminal.see("Which department helped you?")
    terminal.touch("City Clerk")
    terminal.touch("Answer")
    terminal.see("1 of 4")
    other = kiosk()
    other.see("another visitors' screen runs on", "a folder of its own")
    assert other.status() != 0
    os.kill(terminal.app, signal.SIGKILL)
    terminal.see("English", "Sorry, something went wrong. Please start again.")
    answers = "SELECT state, channel, audience FROM survey_responses"
    assert rows(data, answers) == [("abandoned", "convenience", "employee")]
    terminal.press("C-q")
    assert terminal.status() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])
def test_told_to_stop_it_leaves_the_terminal_as_it_was(kiosk, number):
    terminal = kiosk()
    terminal.see("English", "Leave feedback")
    assert terminal.modes() == IN_USE
    os.kill(terminal.supervisor, number)
    assert terminal.status() == 0
    is_as_it_was_found(terminal)


HANGING = """
import signal, sys, time
from kiosk import supervisor

def hang(fault):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("\\x1b[?1049h\\x1b[?1003hhanging", flush=True)
    time.sleep(600)

supervisor.GRACE_SECONDS = 0.2
with supervisor.Keeper(hang, lambda language, calm: "", lambda: True) as keeper:
    status = supervisor.supervise(keeper.start, keeper.tell, keeper.leaves)
sys.exit(status)
"""


def test_an_app_that_does_not_leave_when_told_is_killed(start):
    terminal = start(sys.executable, "-c", HANGING)
    terminal.see("hanging")
    os.kill(terminal.supervisor, signal.SIGTERM)
    assert terminal.status() == 0
    is_as_it_was_found(terminal)


def test_no_key_of_a_visitor_leaves_stops_or_opens_anything(kiosk, data):
    pin.store(data, "2468")
    terminal = kiosk()
    app = terminal.app
    terminal.press("C-c", "C-\\", "C-z")  # while it starts, these keys are still signals
    terminal.see("English", "Leave feedback")
    for key in ("C-c", "C-z", "C-p", "C-\\", "C-q", "C-d", "C-s", "F1"):
        terminal.press(key)
    terminal.touch("English")
    terminal.see("In your own words")
    for key in ("C-c", "C-z", "C-p", "C-\\", "C-q", "C-d", "C-s", "F1"):
        terminal.press(key)
    terminal.touch("Start over")
    terminal.see("English", "Leave feedback")
    assert terminal.app == app


def test_until_a_pin_is_set_ctrl_q_leaves(kiosk):
    terminal = kiosk()
    terminal.see("Not locked: set a PIN with `kiosk pin`. Ctrl+Q leaves.")
    terminal.press("C-q")
    assert terminal.status() == 0
    is_as_it_was_found(terminal)


def test_staff_set_a_pin_and_leave_with_it_through_the_four_corners(kiosk, data):
    asking = kiosk("pin")
    asking.see("New PIN (4 to 12 digits)")
    asking.type("2468\n")
    asking.see("Once more")
    asking.type("2468\n")
    assert asking.status() == 0
    asking.see("The PIN is set.", "four corners")
    kept = (data / "pin.json").read_text()
    assert "2468" not in kept + asking.written()
    assert (data / "pin.json").stat().st_mode & 0o077 == 0
    assert pin.matches(data, "2468")

    terminal = kiosk()
    assert "Not locked" not in terminal.see("English", "Leave feedback")
    open_staff_page(terminal)
    terminal.see("Staff only", "Enter the PIN")
    for digit in "1111":
        terminal.touch(f"  {digit}  ")
    terminal.see("●●●●")
    terminal.touch("Enter  ")
    terminal.see("That is not the PIN.")
    terminal.type("2468")
    terminal.see("●●●●")
    aim_again()
    terminal.touch("Enter  ")
    terminal.touch("Leave the kiosk")
    assert terminal.status() == 0
    is_as_it_was_found(terminal)
