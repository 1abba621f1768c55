"""Measures memory: of the app after its first frame against an empty Textual app, and after many visits.

Run: python tests/bench/memory.py [--visits 60]. The kiosk runs on a pseudo-terminal of 120x34 with the full
catalogue and warm caches; memory is the resident set of the process that draws, from /proc, not of its
supervisor. The visits are real ones, by touches on the terminal: in each language in turn a category, one
of its services, every third with its QR code, every fifth by typing a search first, every tenth through
the whole survey, all ended by *Start over* or *Done*. Ends with 1 when a number is not held.
1,000 visits take about a quarter of an hour: --visits 1000.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from measure import ROOT, Place, Row, Terminal, place, report
from start import ATTRACT, warm
from yardsticks import READY

from kiosk.catalog.load import load
from kiosk.catalog.model import Catalog
from kiosk.catalog.texts import localize
from kiosk.i18n import messages
from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.messages import Messages
from kiosk.i18n.script import visual
from kiosk.ui.base import DOUBLE_TOUCH

HOLD_FIRST, HOLD_VISITS = 1.8, 1.25
SETTLED = 2.0
"""Seconds after the first frame in which the app brings what the frame did not wait for."""
SETTLING_VISITS = 30
"""Visits after which every language and every kind of screen has been used."""
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Guide:
    """What stands on the screens in one language."""

    messages: Messages
    catalog: Catalog

    def shown(self, text: str, least: int = 8) -> str:
        """The words that a text begins with, short enough never to be wrapped, as its cells hold them."""
        words, length = text.split(" "), 1
        while length < len(words) and len(" ".join(words[:length])) < least:
            length += 1
        return visual(" ".join(words[:length]), self.messages.language.rtl)

    def says(self, message: str) -> str:
        return self.shown(self.messages.tr(message))


class Visitor:
    """A finger that knows where to go."""

    def __init__(self, terminal: Terminal, guides: Sequence[Guide]) -> None:
        self._terminal = terminal
        self._guides = guides
        self._services = 0

    def visit(self, number: int) -> None:
        """From the attract screen to the attract screen."""
        guide = self._guides[number % len(self._guides)]
        home = guide.says("I have a ticket number")
        self._go(visual(guide.messages.language.name, False), home)
        if number % 5 == 4:
            self._search(guide)
        category = guide.catalog.categories[number // len(self._guides) % len(guide.catalog.categories)]
        services = [guide.shown(service.name, 20) for service in guide.catalog.in_category(category.id)]
        self._go(guide.shown(category.name), lambda: self._only(services, home))
        self._services += 1
        here = [name for name in services if self._terminal.grid.find(name)]
        self._go(here[self._services % len(here)], guide.says("I have what I need"))
        if number % 10 == 9:
            self._answer(guide)
        else:
            if number % 3 == 0:
                self._look_at_code(guide)
            self._go(guide.says("Start over"), ATTRACT)

    def _only(self, texts: Sequence[str], gone: str) -> bool:
        """Whether one of some texts is on screen and another no longer."""
        grid = self._terminal.grid
        return any(grid.find(text) for text in texts) and not grid.find(gone)

    def _go(self, touched: str, shown: str | Callable[[], object]) -> None:
        """Touch where a text stands, and wait for what comes then."""
        self._terminal.tap_text(touched)
        if isinstance(shown, str):
            self._terminal.wait(shown)
        else:
            self._terminal.wait(lambda _: shown())
        self._terminal.settle(0.02)

    def _back(self, guide: Guide, shown: str) -> None:
        self._go(guide.says("Back"), shown)

    def _search(self, guide: Guide) -> None:
        """Type the name of some service, and come back."""
        typed = guide.catalog.services[self._services % len(guide.catalog.services)].name[:6].strip()
        for key in typed:
            self._terminal.send(key)
            self._terminal.wait(lambda grid: "▏" in "".join(grid.lines()))
            self._terminal.settle(0.03)
        self._back(guide, guide.says("I have a ticket number"))

    def _look_at_code(self, guide: Guide) -> None:
        for message in ("Take the form with you", "Take it with you", "Call from your phone"):
            if self._terminal.grid.find(guide.says(message)):
                self._go(guide.says(message), guide.says("I have it"))
                self._back(guide, guide.says("I have what I need"))
                return

    def _answer(self, guide: Guide) -> None:
        """*I have what I need*, yes, and every statement of the survey."""
        self._go(guide.says("I have what I need"), guide.says("Partly"))
        self._go(guide.says("Yes"), guide.says("Answer"))
        self._go(guide.says("Answer"), guide.says("Not applicable"))
        asked = guide.catalog.survey.ask
        for number in range(1, asked + 1):
            told = guide.messages.tr("{place} of {count}", place=number, count=asked)
            self._terminal.wait(visual(told, guide.messages.language.rtl))
            # The kiosk takes two touches of the same kind that follow at once for a bounce of the first.
            self._terminal.settle(DOUBLE_TOUCH + 0.05, patience=DOUBLE_TOUCH + 0.1)
            self._terminal.tap_text(guide.says("Agree"))
        self._terminal.wait(guide.says("Done"))
        self._go(guide.says("Done"), ATTRACT)


def guides() -> list[Guide]:
    """What a visitor reads, in every language."""
    catalog, found = load(ROOT / "services.yaml"), []
    for code in LANGUAGES:
        said = messages.load(code)
        found.append(Guide(said, localize(catalog, said.service_text)))
    return found


def first_frame(start: Callable[[], Terminal], shown: str) -> tuple[Terminal, float, float]:
    """A program, still running, and its megabytes at the first frame and when it has settled."""
    terminal = start()
    terminal.wait(shown)
    first = terminal.rss() / MEGABYTE
    terminal.settle(SETTLED, patience=SETTLED)
    return terminal, first, terminal.rss() / MEGABYTE


def after_visits(terminal: Terminal, visits: int) -> tuple[float, float]:
    """Megabytes after the first visits and after the last; prints them on the way."""
    visitor, settled, began = Visitor(terminal, guides()), 0.0, time.monotonic()
    steps = {SETTLING_VISITS, visits, *(visits * part // 10 for part in range(1, 10))}
    for number in range(visits):
        visitor.visit(number)
        if number + 1 in steps:
            megabytes = terminal.rss() / MEGABYTE
            print(
                f"  {number + 1:>5} visits: {megabytes:6.1f} MB, {time.monotonic() - began:5.0f} s",
                flush=True,
            )
            if number + 1 == SETTLING_VISITS:
                settled = megabytes
    return settled, terminal.rss() / MEGABYTE


def measured(where: Place, visits: int) -> list[Row]:
    warm(where)
    terminal, empty, empty_settled = first_frame(lambda: where.yardstick("empty"), READY)
    terminal.close()
    terminal, first, first_settled = first_frame(where.kiosk, ATTRACT)
    try:
        settled, last = after_visits(terminal, visits)
    finally:
        terminal.close()
    return [
        Row("at the first frame / empty app", first, empty, "MB", HOLD_FIRST),
        Row("settled after it / empty app", first_settled, empty_settled, "MB", HOLD_FIRST),
        Row(f"after {visits} visits / after the first frame", last, first_settled, "MB"),
        Row(f"after {visits} visits / after {SETTLING_VISITS}", last, settled, "MB", HOLD_VISITS),
    ]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--visits", type=int, default=60)
    visits = max(options.parse_args().visits, SETTLING_VISITS)
    with place() as where:
        return report(f"memory, {visits} visits", measured(where, visits))


if __name__ == "__main__":
    sys.exit(main())
