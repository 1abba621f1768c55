"""A running kiosk whose journal can't be written: lookups go on, and nobody is told that it is saved."""

import json
import sqlite3
import sys
from contextlib import closing, contextmanager

import pytest

from tests.support.terminal import KIOSK
from tests.terminal.conftest import IMPATIENT, aim_again, fill, kinds, rows


@contextmanager
def held(data):
    """Another program holds the journal."""
    with closing(sqlite3.connect(data / "kiosk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def full(data):
    """The journal's disk has no byte left."""
    filler = data.parent / "filler"
    fill(filler)
    try:
        yield
    finally:
        filler.unlink()


@pytest.fixture(params=["held by another program", "on a full disk"])
def trouble(request, start, data):
    """A kiosk that runs well, and what goes wrong with its journal in a moment."""
    if request.param == "on a full disk":
        data = request.getfixturevalue("disk") / "data"
        return start(KIOSK, "--data", data), data, full
    return start(sys.executable, "-c", IMPATIENT, "--data", data), data, held


def begins_the_survey(terminal):
    terminal.touch("Leave feedback")
    terminal.see("No, thank you")
    terminal.touch("Answer")


def test_lookups_go_on_and_the_survey_says_that_it_could_not_be_saved(trouble):
    terminal, data, goes_wrong = trouble
    begins_the_survey(terminal)
    terminal.see("1 of 4")
    terminal.touch("Agree")
    terminal.see("2 of 4")
    with goes_wrong(data):
        aim_again()
        terminal.touch("Agree")
        screen = terminal.see("Your answer could not be saved", "Please tell the information desk")
        assert "Thank you" not in screen
        terminal.touch("Start over")
        terminal.see("English", "Staff: please look at the staff page.")
        begins_the_survey(terminal)
        terminal.see("Your answer could not be saved")
        terminal.touch("Start over")
        terminal.touch("English")
        terminal.touch("Animals")
        terminal.touch("lost pet")
        terminal.see("I have what I need")
        terminal.touch("Start over")
        terminal.see("Staff: please look at the staff page.")
    (asked,) = [json.loads(asked) for (asked,) in rows(data, "SELECT statements FROM survey_responses")]
    answers = ", ".join(f'"answer {statement}"' for statement in asked)
    assert rows(data, f"SELECT {answers} FROM survey_responses") == [("3", "", "", "")]
    terminal.touch("English")
    terminal.touch("Start over")
    assert "Staff:" not in terminal.see("English", "Not locked")
    begins_the_survey(terminal)
    terminal.see("1 of 4")
    terminal.press("C-q")
    assert terminal.status() == 0
    found = kinds(data)
    assert found[:5] == [
        "journal.opened",
        "visit.started",
        "survey.worded",
        "survey.started",
        "survey.answered",
    ]
