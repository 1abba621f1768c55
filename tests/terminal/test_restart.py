"""Staff restart the kiosk from its own pages: another app, the same supervisor, no word of a fault."""

from __future__ import annotations

from tests.terminal.conftest import aim_again, kinds, open_staff_page


def test_staff_restart_the_app_and_visitors_read_of_no_fault(kiosk, data, plain):
    terminal = kiosk()
    terminal.see("English", "Leave feedback")
    before, supervisor = terminal.app, terminal.supervisor
    open_staff_page(terminal)
    terminal.touch("Restart")
    terminal.see_gone("Close the day")
    after = terminal.see("English", "Leave feedback")
    assert "Sorry" not in after
    assert (terminal.app != before, terminal.supervisor) == (True, supervisor)
    assert "visit.ended" not in kinds(data)
    aim_again()
    open_staff_page(terminal)
    terminal.touch("Leave the kiosk")
    assert terminal.status() == 0
    assert "Sorry, something went wrong" not in terminal.written()
