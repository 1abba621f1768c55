"""How a finger meets a target: anywhere on it, on release, once; and how the focus shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from unittest import mock

import pytest
from textual import events
from textual.geometry import Region

from kiosk.survey.conduct import About
from kiosk.ui.base import KioskScreen
from kiosk.ui.theme import contrast
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.visitor.service import ServiceScreen
from kiosk.ui.visitor.staff import PinScreen
from kiosk.ui.visitor.survey import InviteScreen
from kiosk.ui.widgets.target import Target
from tests.support.app import Kiosk, middle, mouse
from tests.support.gallery import THEMES, Stretch, stretches
from tests.support.scenes import SERVICE

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]


@contextmanager
def pressed() -> Iterator[list[Target]]:
    """The targets that were pressed, instead of what they do."""
    found: list[Target] = []

    def note(screen: KioskScreen, event: Target.Pressed) -> None:
        found.append(event.target)

    with mock.patch.object(KioskScreen, "on_target_pressed", note):
        yield found


def corners(region: Region) -> list[tuple[int, int]]:
    """The cells in the corners of a region, and one in its middle."""
    right, bottom = region.right - 1, region.bottom - 1
    return [(region.x, region.y), (right, region.y), (region.x, bottom), (right, bottom), middle(region)]


@pytest.mark.parametrize(
    ("size", "language", "screen"),
    [
        ((80, 24), "en", None),
        ((120, 34), "ar", lambda: ServiceScreen(SERVICE)),
        ((55, 18), "vi", lambda: ResultsScreen()),
    ],
    ids=["home", "service", "keyboard"],
)
async def test_every_corner_of_a_target_presses_it_and_the_gaps_press_nothing(
    run: Running, size: tuple[int, int], language: str, screen: Callable[[], KioskScreen] | None
) -> None:
    async with run(size) as kiosk:
        await kiosk.start(language)
        if screen:
            await kiosk.show(screen())
        targets = kiosk.targets()
        with pressed() as found:
            for target in targets[:: max(len(targets) // 10, 1)]:
                for x, y in corners(target.region):
                    await kiosk.touch_at(x, y)
                assert found == [target] * 5, f"{target} at {target.region}"
                found.clear()
            for x, y in _gaps(kiosk, targets):
                await kiosk.touch_at(x, y)
            assert not found
        assert kiosk.screen is targets[0].screen


def _gaps(kiosk: Kiosk, targets: list[Target]) -> list[tuple[int, int]]:
    """Some cells on no target, spread over the screen."""
    width, height = kiosk.app.size
    free = [
        (x, y)
        for y in range(height)
        for x in range(width)
        if not any(target.region.contains(x, y) for target in targets)
    ]
    return free[:: len(free) // 12]


async def test_a_finger_may_drift_inside_a_target_and_leave_it_to_cancel(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    first, second = kiosk.find("item-0"), kiosk.find("item-1")
    x, y = middle(first.region)
    with pressed() as found:
        await kiosk.touch_at(x, y, until=(x + 3, y + 1))
        assert found == [first]
        await kiosk.touch_at(x, y, until=middle(second.region))
        await kiosk.touch_at(x, y, until=(x, 0))
        assert found == [first]


async def test_a_press_alone_does_nothing_until_it_is_released(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    x, y = middle(kiosk.find("item-0").region)
    with pressed() as found:
        kiosk.app.post_message(mouse(events.MouseDown, x, y))
        await kiosk.settle()
        assert not found
        kiosk.app.post_message(mouse(events.MouseUp, x, y))
        await kiosk.settle()
        assert len(found) == 1


async def test_the_right_button_presses_nothing(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.touch_at(*middle(kiosk.find("item-0").region), button=3)
    assert kiosk.at == "HomeScreen"


async def test_a_bouncing_finger_answers_once_but_types_every_key(kiosk: Kiosk) -> None:
    """Two touches within a moment: one answer, two letters."""
    await kiosk.start("en")
    await kiosk.show(_asked())
    await kiosk.touch("begin")
    x, y = middle(kiosk.find("answer-3").region)
    for _ in range(2):
        await kiosk.touch_at(x, y, after=0.1)
    assert len(await kiosk.rows("survey.answered")) == 1
    await kiosk.show(ResultsScreen())
    (key,) = [target for target in kiosk.targets() if target.value == "o"]
    for _ in range(2):
        await kiosk.touch_at(*middle(key.region), after=0.1)
    assert "oo" in kiosk.find("field").title


async def test_a_finger_leaves_no_trace(kiosk: Kiosk) -> None:
    """Hovering changes nothing: a finger would leave it behind."""
    await kiosk.start("en")
    before = stretches(kiosk)
    kiosk.app.post_message(mouse(events.MouseMove, *middle(kiosk.find("item-4").region), button=0))
    await kiosk.settle()
    assert stretches(kiosk) == before


@pytest.mark.parametrize("theme", THEMES)
async def test_the_focus_shows_by_shape_and_contrast(run: Running, theme: str) -> None:
    """On every kind of target the edge changes its characters, and stands out from what it lies on."""
    async with run(theme=theme) as kiosk:
        await kiosk.start("en")
        for make in (None, ResultsScreen, lambda: ServiceScreen(SERVICE), _asked, PinScreen):
            if make:
                await kiosk.show(make())
            kinds = {(target.classes, target.action == "qr"): target for target in kiosk.targets()}
            for target in kinds.values():
                kiosk.screen.set_focus(None)
                await kiosk.settle()
                plain = _edge(kiosk, target.region)
                kiosk.screen.set_focus(target)
                await kiosk.settle()
                focused = _edge(kiosk, target.region)
                assert [part.text for part in plain] != [part.text for part in focused], target
                assert any(contrast(part.ink, part.paper) >= 3 for part in focused), (target, focused)


def _asked() -> InviteScreen:
    return InviteScreen(About("served"))


def _edge(kiosk: Kiosk, region: Region) -> list[Stretch]:
    """What is drawn in the first row of a target."""
    return [
        part
        for part in stretches(kiosk)
        if part.y == region.y and region.x <= part.x < region.right and part.text.strip()
    ]
