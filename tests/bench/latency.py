"""Measures what a visitor waits for: a key on the same screen, and a touch that opens another.

Run: python tests/bench/latency.py [--rounds 25]. Everything happens on pseudo-terminals of 120x34 with the
full catalogue and warm caches, and the yardstick takes its turn after every step of the kiosk. Time runs
from the moment a key or touch is written to the one at which the bytes arrive that make its result stand
on screen: the letter in the search field, the last item of a category's list, the last button of a
service's page. Both the smallest and the median of all rounds are printed; the median must hold. Textual
itself waits up to a sixtieth of a second with each frame, and 50 ms with each change of screens.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from measure import ROOT, Grid, Row, Terminal, low_and_middle, place, report
from start import ATTRACT, HOME, warm
from yardsticks import READY

from kiosk.catalog.load import load
from kiosk.catalog.model import Catalog
from kiosk.ui.base import DOUBLE_TOUCH

HOLD_KEY, HOLD_TAP = 2.0, 1.5
WORD = "passport"
CURSOR = "▏"
BACK = "Back"
SERVICE = "I have what I need"
CATEGORIES = 9
PAUSE = 0.15
"""Seconds without any drawing before the next key or touch."""

Times = dict[str, list[float]]


def timed(terminal: Terminal, sent: float, shown: str) -> float:
    """Seconds from a moment until a text is on screen; then everything else is let through."""
    seconds = terminal.wait(lambda grid: shown in "\n".join(grid.lines())) - sent
    terminal.settle(PAUSE)
    return seconds


def key(terminal: Terminal, letter: str, shown: str) -> float:
    return timed(terminal, terminal.send(letter), shown)


def tap(terminal: Terminal, text: str, shown: str) -> float:
    terminal.wait(text)
    found = terminal.grid.find(text)
    assert found is not None, "wait found it"
    return timed(terminal, terminal.tap(found), shown)


def clear(kiosk: Terminal, echo: Terminal) -> None:
    """Take back what was typed in both."""
    if kiosk.grid.find("Type what you need") is None:
        for _ in WORD:
            kiosk.send("\x7f")
            kiosk.settle(0.05)
    echo.send("\r")
    echo.settle(PAUSE)
    kiosk.settle(PAUSE)


def keys(kiosk: Terminal, echo: Terminal, rounds: int) -> Times:
    """Letters typed on a keyboard, against the same letters echoed."""
    times: Times = {"kiosk": [], "echo": []}
    for _ in range(rounds):
        kiosk.send(WORD[0])
        kiosk.wait(lambda grid: WORD[0] + CURSOR in "".join(grid.lines()))
        kiosk.settle(PAUSE)
        key(echo, WORD[0], WORD[0])
        for end in range(2, len(WORD) + 1):
            times["kiosk"].append(key(kiosk, WORD[end - 1], WORD[:end] + CURSOR))
            times["echo"].append(key(echo, WORD[end - 1], WORD[:end]))
        clear(kiosk, echo)
    return times


def touches(kiosk: Terminal, echo: Terminal, rounds: int) -> Times:
    """Letters touched on the screen's own keyboard, against a star for each touch."""
    times: Times = {"kiosk": [], "echo": []}
    # The first key of a real keyboard has put the screen's own away.
    tap(kiosk, "Type what you need", "␣")
    for _ in range(rounds):
        for end in range(1, len(WORD) + 1):
            place = _on_keyboard(kiosk.grid, WORD[end - 1])
            times["kiosk"].append(timed(kiosk, kiosk.tap(place), WORD[:end] + CURSOR))
            times["echo"].append(timed(echo, echo.tap((0, 0)), "*" * end))
        tap(kiosk, "Erase", "Type what you need")
        kiosk.settle(DOUBLE_TOUCH, patience=DOUBLE_TOUCH)
        clear(kiosk, echo)
    return times


def _on_keyboard(grid: Grid, letter: str) -> tuple[int, int]:
    """Where a letter's key is: alone between the edges of a target."""
    for y, line in reversed(list(enumerate(grid.lines()))):
        for x, character in enumerate(line):
            if character == letter and not (line[x - 2 : x] + line[x + 1 : x + 3]).strip():
                return x, y
    raise RuntimeError(f"the on-screen keyboard has no {letter}")


def ways(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    """(category, a service that its list shows first, the list's last item on the first page)."""
    while True:
        for category in catalog.categories:
            names = [beginning(service.name) for service in catalog.in_category(category.id)]
            yield category.name, names[0], names[min(len(names), 4) - 1]


def switches(kiosk: Terminal, two: Terminal, rounds: int) -> Times:
    """A category opened from home and a service from there, against a second screen of twelve buttons."""
    times: Times = {"category": [], "service": [], "two": []}
    for _, (category, service, last) in zip(range(rounds), ways(load(ROOT / "services.yaml")), strict=False):
        times["category"].append(tap(kiosk, category, last))
        times["two"].append(tap(two, READY, "second 12"))
        times["service"].append(tap(kiosk, service, SERVICE))
        _escape(two, READY)
        times["two"].append(tap(two, READY, "second 12"))
        _escape(two, READY)
        tap(kiosk, BACK, last)
        kiosk.settle(DOUBLE_TOUCH)
        tap(kiosk, BACK, HOME)
    return times


def beginning(text: str) -> str:
    """As many whole words as stand on one line of any target."""
    return text if len(text) <= 30 else text[:31].rpartition(" ")[0]


def _escape(terminal: Terminal, shown: str) -> None:
    terminal.send("\x1b")
    terminal.wait(shown)
    terminal.settle(PAUSE)


def rows(what: str, measured: list[float], against: list[float], hold: float) -> list[Row]:
    (low, middle), (bare_low, bare_middle) = low_and_middle(measured), low_and_middle(against)
    return [
        Row(f"{what}: minimum", low, bare_low, "ms"),
        Row(f"{what}: median", middle, bare_middle, "ms", hold),
    ]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=25)
    rounds = options.parse_args().rounds
    with place() as where:
        warm(where)
        kiosk, echo, two = where.kiosk(), where.yardstick("echo"), where.yardstick("two")
        try:
            for terminal, shown in ((echo, READY), (two, READY), (kiosk, ATTRACT)):
                terminal.wait(shown)
                terminal.settle(1, patience=2)
            tap(kiosk, "English", HOME)
            # The first time a heading is drawn it is drawn for all days to come.
            switches(kiosk, two, CATEGORIES)
            switched = switches(kiosk, two, rounds)
            kiosk.send(WORD[0])
            kiosk.settle(0.5)
            clear(kiosk, echo)
            typed = keys(kiosk, echo, max(rounds // 5, 2))
            touched = touches(kiosk, echo, max(rounds // 5, 2))
        finally:
            for terminal in (kiosk, echo, two):
                terminal.close()
    return report(
        f"latency through a pseudo-terminal, {rounds} rounds",
        rows("key typed in the search", typed["kiosk"], typed["echo"], HOLD_KEY)
        + rows("key touched on the screen", touched["kiosk"], touched["echo"], HOLD_KEY)
        + rows("touch: home to category", switched["category"], switched["two"], HOLD_TAP)
        + rows("touch: category to service", switched["service"], switched["two"], HOLD_TAP),
    )


if __name__ == "__main__":
    sys.exit(main())
