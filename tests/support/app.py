"""The visitor app on the real catalogue, driven by touches and keys, with a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from textual import events
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from kiosk.clock import FixedClock
from kiosk.journal import Journal
from kiosk.settings import Settings
from kiosk.ui.library import Library
from kiosk.ui.visitor.app import VisitorApp
from kiosk.ui.visitor.recorder import Recorder
from kiosk.ui.widgets.target import Target

LANGUAGES = ("en", "es", "vi", "zh_Hans", "ar")
TOUCH = 1.0
"""Seconds of the clock between two touches."""
ARROWS = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}


def plain_settings(data: Path, **screen: Any) -> Settings:
    """Settings for tests: nothing moves, headings are typed; `screen` overrides."""
    still = Settings(data=data)
    return replace(still, screen=replace(still.screen, **{"motion": False, "display_type": "off", **screen}))


class Kiosk:
    """A running app and the hands that use it."""

    def __init__(self, app: VisitorApp, pilot: Pilot[None], clock: FixedClock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

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
        shown = [t for t in self.screen.query(Target) if t.display and t.visible and t.region]
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
        queued = app._message_queue.qsize() + screen._message_queue.qsize()
        return not (waiting or working or queued or screen._callbacks or app._batch_count)

    async def touch(self, which: str) -> None:
        """Touch the middle of a target: press and release, through the app as a terminal sends them."""
        await self.touch_at(*middle(self.find(which).region))

    async def touch_at(self, x: int, y: int, until: tuple[int, int] | None = None, button: int = 1) -> None:
        """Press at a cell and release there, or at `until`."""
        self.clock.advance(TOUCH)
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
        """Move the focus to a target with arrow keys, as somebody would who sees where it is."""
        tried: set[tuple[str, str]] = set()
        goal = self.find(which)
        while self.app.focused is not goal:
            here = self.app.focused
            keys = [key for key in _towards(here, goal) if (_name(here), key) not in tried]
            assert keys, f"{which} can't be reached by arrow keys on {self.at}; tried {sorted(tried)}"
            tried.add((_name(here), keys[0]))
            await self.press(keys[0])

    async def choose(self, which: str) -> None:
        """Walk to a target and press Enter."""
        await self.walk_to(which)
        await self.press("enter")

    async def open(self, screen: Screen[Any]) -> None:
        """Show a screen as if it had been chosen."""
        self.app.push_screen(screen)
        await self.settle()

    async def close(self) -> None:
        """Leave the screen on top."""
        self.app.pop_screen()
        await self.settle()

    async def start(self, language: str) -> None:
        """Begin a visit."""
        self.app.begin_visit(language)
        await self.settle()

    async def rows(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the journal's events of a kind, in order."""
        found = await self.app.recorder.ask(lambda journal: list(journal.events()))
        return [dict(event.body) for event in found if event.kind == kind]


def _name(widget: Widget | None) -> str:
    return "nothing" if widget is None else widget.id or f"{id(widget)}"


def _towards(here: Widget | None, goal: Widget) -> list[str]:
    """Arrow keys, the most promising first."""
    if here is None:
        return ["down"]
    across, down = goal.region.center[0] - here.region.center[0], goal.region.center[1] - here.region.center[1]
    return sorted(ARROWS, key=lambda key: -(ARROWS[key][0] * across + 2 * ARROWS[key][1] * down))


def mouse(kind: type[events.MouseEvent], x: int, y: int, button: int = 1) -> events.MouseEvent:
    """What a terminal reports of a finger at a cell."""
    return kind(None, x, y, 0, 0, button, False, False, False, x, y)


def middle(region: Region) -> tuple[int, int]:
    return region.x + region.width // 2, region.y + region.height // 2


@asynccontextmanager
async def running(
    library: Library, data: Path, size: tuple[int, int] = (80, 24), **screen: Any
) -> AsyncIterator[Kiosk]:
    """The app in a folder of its own; `library` is shared, `screen` overrides settings of the screen."""
    settings = plain_settings(data, **screen)
    clock = FixedClock()
    recorder = Recorder(Journal.open(settings.journal, clock))
    app = VisitorApp(replace(library, settings=settings, troubles=[]), recorder, clock)
    app.random = Random(7)
    try:
        async with app.run_test(size=size) as pilot:
            kiosk = Kiosk(app, pilot, clock)
            await kiosk.settle()
            yield kiosk
    finally:
        recorder.close()
