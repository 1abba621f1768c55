"""Starts the real `kiosk` with faults put into it: faulty.py [start] [ARGUMENTS OF kiosk].

With `start` the app can't start. Otherwise *I have a ticket number* goes wrong, in another place of the
app for each of the languages in PLACES.
"""

from __future__ import annotations

import sys
from typing import Any

from kiosk.cli import main
from kiosk.commands import visitor

PLACES = {"es": "in a handler", "ar": "in a worker", "zh_Hans": "while drawing"}
WHAT = "the fault that a test put in"


def secret() -> str:
    """A value that stands nowhere in the source, so that no traceback can quote it from there."""
    return "-".join(["471", "88", "2930"])


def fail(*_: object) -> None:
    """What goes wrong, with a visitor's value in a local variable."""
    number = secret()
    raise RuntimeError(WHAT if number else number)


def _put_on_the_way() -> None:
    from kiosk.ui.visitor.home import HomeScreen
    from kiosk.ui.visitor.ticket_number import TicketNumberScreen

    shown = HomeScreen.press_ticket

    async def work() -> None:
        fail()

    def press(screen: HomeScreen, value: str) -> None:
        number = secret()
        match PLACES[screen.kiosk.language.code]:
            case "in a handler":
                fail(number)
            case "in a worker":
                screen.run_worker(work())
            case _:
                TicketNumberScreen.body = fail  # type: ignore[assignment,method-assign]
                shown(screen, value)

    HomeScreen.press_ticket = press  # type: ignore[method-assign]


def _put_at_the_start() -> None:
    from kiosk.ui.visitor.app import VisitorApp

    VisitorApp.speak = fail  # type: ignore[method-assign]


if __name__ == "__main__":
    at_start = "start" in sys.argv
    if at_start:
        sys.argv.remove("start")
    show = visitor.show

    def show_faulty(*arguments: Any) -> int:
        """In the child process, where the app is imported."""
        _put_at_the_start() if at_start else _put_on_the_way()
        return show(*arguments)

    visitor.show = show_faulty
    main()
