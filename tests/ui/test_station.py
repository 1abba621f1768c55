"""`kiosk survey`: the survey alone, for visitors and for employees."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from kiosk.ui.visitor.station import DepartmentScreen, StationApp
from tests.support.app import Kiosk
from tests.ui.test_idle import COUNTDOWN, QUIET, wait
from tests.ui.test_survey import DEPARTMENT, extra, kinds, plan
from tests.ui.test_tickets import shown

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]


@pytest.fixture
def station(run: Running) -> Running:
    """Start `kiosk survey` for an audience."""
    return lambda audience, **how: run(make=partial(StationApp, audience=audience), **how)


async def test_employees_say_which_department_helped_and_are_counted_apart(
    station: Running,
) -> None:
    async with station("employee") as kiosk:
        inside = extra("inside", audience=("employee",))
        plan(kiosk, extra=(inside, extra("outside", audience=("visitor",))))
        assert not kiosk.screen.query("#feedback")
        await kiosk.touch("start-en")
        assert isinstance(kiosk.screen, DepartmentScreen)
        while not (helped := [target for target in kiosk.targets() if target.value == DEPARTMENT]):
            await kiosk.touch("page-next")
        await kiosk.touch_target(helped[0])
        assert "5 short statements" in shown(kiosk, "promise")
        for which in ("begin", *["answer-3"] * 5):
            await kiosk.touch(which)
        assert kiosk.at == "ThanksScreen"
        await kiosk.touch("done")
        assert kiosk.at == "StationScreen"
        (started,) = await kiosk.rows("survey.started")
        assert (started["audience"], started["channel"], started["service"]) == (
            "employee",
            "convenience",
            "",
        )
        assert started["statements"][4:] == ["inside"]
        assert "survey.eligible" not in await kinds(kiosk)


async def test_the_department_may_be_skipped_and_its_page_turned(
    station: Running,
) -> None:
    async with station("employee") as kiosk:
        await kiosk.choose("start-es")
        first = kiosk.find("item-0").value
        await kiosk.touch("page-next")
        assert kiosk.find("item-0").value != first
        await kiosk.touch("skip")
        await kiosk.touch("begin")
        assert kiosk.at == "StatementScreen"
        (started,) = await kiosk.rows("survey.started")
        assert (started["audience"], started["language"]) == ("employee", "es")


async def test_visitors_at_a_station_are_asked_at_once(
    station: Running,
) -> None:
    """Back leads to the first screen; who stops in the middle has abandoned the survey."""
    async with station("visitor") as kiosk:
        await kiosk.touch("start-ar")
        assert kiosk.at == "InviteScreen"
        await kiosk.touch("bar-back")
        assert kiosk.at == "StationScreen"
        await kiosk.touch("start-vi")
        await kiosk.touch("begin")
        await wait(kiosk, QUIET)
        await wait(kiosk, COUNTDOWN)
        assert kiosk.at == "StationScreen"
        (started,) = await kiosk.rows("survey.started")
        assert (started["audience"], started["channel"], started["language"]) == (
            "visitor",
            "convenience",
            "vi",
        )
        assert len(await kiosk.rows("survey.abandoned")) == 1


async def test_a_station_calls_staff_by_the_same_corners(
    station: Running,
) -> None:
    async with station("visitor") as kiosk:
        for x, y in ((0, 0), (79, 0), (79, 23), (0, 23)):
            await kiosk.touch_at(x, y)
        assert kiosk.at == "StaffScreen"
