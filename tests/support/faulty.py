"""Starts the real `kiosk` with one fault put into it: faulty.py PLACE [ARGUMENTS OF kiosk]."""

from __future__ import annotations

import sys
from typing import Any

from kiosk.cli import main
from kiosk.commands import visitor

PLACES = ("handler", "worker", "timer", "drawing", "start")
WHAT = "the fault that a test put in"


def secret() -> str:
    """A value that stands nowhere in the source, so that no traceback can quote it from there."""
    return "-".join(["471", "88", "2930"])


def fail(*_: object) -> None:
    """What goes wrong, with a visitor's value in a local variable."""
    number = secret()
    raise RuntimeError(WHAT if number else number)


def _put(place: str) -> None:
    from kiosk.ui.visitor.app import VisitorApp
    from kiosk.ui.visitor.home import HomeScreen
    from kiosk.ui.visitor.ticket_number import TicketNumberScreen

    async def failing_work() -> None:
        fail()

    def press(screen: Any, value: str) -> None:
        number = secret()
        if place == "worker":
            screen.run_worker(failing_work())
        elif place == "timer":
            screen.set_timer(0.01, fail)
        else:
            fail(number)

    if place == "drawing":
        TicketNumberScreen.body = fail  # type: ignore[assignment,method-assign]
    elif place == "start":
        VisitorApp.speak = fail  # type: ignore[method-assign]
    else:
        HomeScreen.press_ticket = press  # type: ignore[method-assign]


def _faulty(place: str) -> None:
    show = visitor.show

    def show_faulty(*arguments: Any) -> int:
        _put(place)
        return show(*arguments)

    visitor.show = show_faulty


if __name__ == "__main__":
    _faulty(sys.argv.pop(1))
    main()
