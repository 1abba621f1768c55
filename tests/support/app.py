"""The visitor app on the real catalogue, driven by touches and keys, with a clock that stands still."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import cache
from heapq import heapify
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from unittest import mock
from weakref import WeakSet

from textual import events
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from kiosk.clock import FixedClock
from kiosk.journal import Journal
from kiosk.journal.event import Event
from kiosk.line.line import Line
from kiosk.settings import Printer, Search, Settings
from kiosk.ui.library import Library
from kiosk.ui.recorder import Recorder
from kiosk.ui.visitor.app import VisitorApp
from kiosk.ui.widgets.target import Target

T = TypeVar("T")
LANGUAGES = ("en", "es", "vi", "zh_Hans", "ar")
A_WHILE = 0.4
"""Seconds; what the app does later than that, or as rarely, it does in tests when it is told to."""
NEVER = 3600.0
"""Seconds that no test lasts."""
TOUCH = 1.0
"""Seconds of the clock between two touches."""
ARROWS = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}


def plain_settings(data: Path, **screen: Any) -> Settings:
    """Settings for tests: nothing moves, headings are typed; `screen` overrides."""
    still = Settings(data=data, search=Search(meaning=False))
    return replace(still, screen=replace(still.screen, **{"motion": False, "display_type": "off", **screen}))


class Kiosk:
    """A running app and the hands that use it; `met` holds the screens seen so far that still exist."""

    def __init__(self, app: VisitorApp, pilot: Pilot[None], clock: FixedClock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock
        self.met: WeakSet[Screen[Any]] = WeakSet()

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def at(self) -> str:
        """The name of the screen that is shown."""
        return type(self.screen).__name__

    @property
    def focus(self) -> str:
        """The id of the focused widget, or nothing."""
        return (self.app.focused.id or "") if self.app.focused else ""

    def find(self, which: str) -> Target:
        """A target by its id."""
        return self.screen.query_one(f"#{which}", Target)

    def targets(self) -> list[Target]:
        """What can be touched now, from the top left."""
        shown = filter(is_seen, self.screen.query(Target))
        return sorted(shown, key=lambda t: (t.region.y, t.region.x))

    def text(self) -> str:
        """The screen as it is drawn, right-stripped."""
        rows = self.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)

    async def settle(self) -> None:
        """Wait until every message is handled, every worker done and the screen painted."""
        calm = 0
        for _ in range(2000):
            if self.app._exception is not None or not self.app.is_running:
                return
            await self.pilot._wait_for_screen()
            self.screen._on_timer_update()
            self.met.add(self.screen)
            calm = calm + 1 if self._calm() else 0
            if calm == 2:
                return
            if not calm:
                await asyncio.sleep(0.001)
        raise AssertionError(f"{self.at} never came to rest")

    def _calm(self) -> bool:
        app, screen = self.app, self.screen
        waiting = screen._layout_required or screen._repaint_required or screen._recompose_required
        working = [worker for worker in app.workers if not worker.is_finished]
        queued = any(pump._message_queue.qsize() for pump in (app, *screen.walk_children(with_self=True)))
        return not (waiting or working or queued or screen._callbacks or app._batch_count)

    async def touch(self, which: str) -> None:
        """Touch the middle of the target with an id."""
        await self.touch_target(self.find(which))

    async def touch_target(self, target: Target) -> None:
        """Press and release in the middle of a target, through the app as a terminal sends it."""
        x, y = middle(target.region)
        assert self.app.get_widget_at(x, y)[0] is target, f"{target} is covered on {self.at}"
        await self.touch_at(x, y)

    async def touch_at(
        self, x: int, y: int, until: tuple[int, int] | None = None, button: int = 1, after: float = TOUCH
    ) -> None:
        """Press at a cell and release there, or at `until`, so many seconds after what was before."""
        self.clock.advance(after)
        self.app.post_message(mouse(events.MouseDown, x, y, button))
        self.app.post_message(mouse(events.MouseUp, *(until or (x, y)), button))
        await self.settle()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.clock.advance(TOUCH)
            name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            self.app.post_message(events.Key(name, key if len(key) == 1 else None))
            await self.settle()

    async def walk_to(self, which: str) -> None:
        """Move the focus to the target with an id by arrow keys."""
        await self.walk_to_target(self.find(which))

    async def walk_to_target(self, goal: Target) -> None:
        """Move the focus to a target with arrow keys, as somebody would who sees where it is."""
        tried: set[tuple[str, str]] = set()
        while self.app.focused is not goal:
            here = self.app.focused
            keys = [key for key in _towards(here, goal) if (_name(here), key) not in tried]
            assert keys, f"{goal} can't be reached by arrow keys on {self.at}; tried {sorted(tried)}"
            tried.add((_name(here), keys[0]))
            await self.press(keys[0])

    async def choose(self, which: str) -> None:
        """Walk to a target and press Enter."""
        await self.walk_to(which)
        await self.press("enter")

    async def show(self, screen: Screen[Any]) -> None:
        """Show a screen on top of the first one."""
        if len(self.app.screen_stack) > 1:
            self.app.switch_screen(screen)
        else:
            self.app.push_screen(screen)
        await self.settle()

    async def close(self) -> None:
        """Back to the first screen."""
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        await self.settle()

    async def let_go(self) -> None:
        """Free what is not used any more: asyncio keeps cancelled timers until they would be due, Textual
        the screens under the last touch until the next."""
        await self.touch_at(0, 0)
        loop: Any = asyncio.get_running_loop()
        # On a slow machine a thread of the first round may still hold what it was given.
        for _ in range(3):
            loop._scheduled[:] = [handle for handle in loop._scheduled if not handle.cancelled()]
            heapify(loop._scheduled)
            gc.collect()
            await self.settle()

    async def start(self, language: str) -> None:
        """Begin a visit."""
        self.app.begin_visit(language)
        await self.settle()

    async def line(self, work: Callable[[Line], T]) -> T:
        """What somebody else, as a docent, does with the waiting line."""
        return await self.app.recorder.ask(lambda _: work(self.app.line))

    async def printed(self) -> None:
        """Wait until everything is printed, and seen."""
        await self.app.printing.finish()
        await self.settle()

    async def events(self) -> list[Event]:
        """What the journal holds, without the event that opened it."""
        found: list[Event] = await self.app.recorder.ask(lambda journal: list(journal.events(after=1)))
        return found

    async def rows(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the journal's events of a kind, in order."""
        return [dict(event.body) for event in await self.events() if event.kind == kind]


def _name(widget: Widget | None) -> str:
    return "nothing" if widget is None else widget.id or f"{id(widget)}"


def _towards(here: Widget | None, goal: Widget) -> list[str]:
    """Arrow keys, the most promising first."""
    if here is None:
        return ["down"]
    (x, y), (goal_x, goal_y) = middle(here.region), middle(goal.region)
    across, down = goal_x - x, goal_y - y
    return sorted(ARROWS, key=lambda key: -(ARROWS[key][0] * across + 2 * ARROWS[key][1] * down))


def is_seen(widget: Widget) -> bool:
    """Whether a widget is on the screen."""
    shown = widget.visible and not getattr(widget, "empty", False)
    return bool(shown and widget.region and all(node.display for node in widget.ancestors_with_self))


def mouse(kind: type[events.MouseEvent], x: int, y: int, button: int = 1) -> events.MouseEvent:
    """What a terminal reports of a finger at a cell."""
    return kind(None, x, y, 0, 0, button, False, False, False, x, y)


def middle(region: Region) -> tuple[int, int]:
    return region.x + region.width // 2, region.y + region.height // 2


@cache
def shared_library(data: Path) -> Library:
    """The real catalogue, the messages and the index in every language, loaded once; caches lie in `data`."""
    library = Library.open(plain_settings(data))
    assert library.finder
    for language in LANGUAGES:
        library.catalog(language)
    # The collector would walk through all of it again and again: a sixth of the time of every test.
    gc.freeze()
    gc.set_threshold(20_000)
    return library


@contextmanager
def still_timers() -> Iterator[None]:
    """Hold what would happen by itself after a while: the tests say when, however slow the machine is."""
    start = Timer.__init__

    def hold(timer: Timer, target: Any, interval: float, **options: Any) -> None:
        start(timer, target, interval if interval < A_WHILE else NEVER, **options)

    with mock.patch.object(Timer, "__init__", hold):
        yield


@asynccontextmanager
async def running(
    library: Library,
    data: Path,
    size: tuple[int, int] = (80, 24),
    printer: Printer | None = None,
    practice: bool = False,
    make: Callable[..., VisitorApp] = VisitorApp,
    **screen: Any,
) -> AsyncIterator[Kiosk]:
    """The app in a folder of its own; `library` is shared, `screen` overrides settings of the screen.

    `make` is for another app than the visitors'.
    """
    settings = replace(plain_settings(data, **screen), printer=printer or Printer())
    clock = FixedClock()
    recorder = Recorder(Journal.open(settings.journal, clock, practice))
    choices: dict[str, float] = {}
    finder = replace(library.finder, prior=choices)
    own = replace(library, settings=settings, troubles=[], choices=choices, _finder=finder)
    line = Line(recorder.journal, lambda: own.loaded.catalog, clock, settings)
    app = make(own, recorder, lambda: line, clock)
    app.random = Random(7)
    try:
        with still_timers():
            async with app.run_test(size=size) as pilot:
                kiosk = Kiosk(app, pilot, clock)
                await kiosk.settle()
                yield kiosk
    finally:
        recorder.close()
