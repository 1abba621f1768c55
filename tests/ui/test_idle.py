"""When nobody touches the screen, and when somebody wants another language."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from textual import events

from kiosk.survey.conduct import About
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.category import CategoryScreen
from kiosk.ui.visitor.idle import IdleScreen
from kiosk.ui.visitor.language import LanguageScreen
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.visitor.service import ServiceScreen
from kiosk.ui.visitor.staff import PinScreen
from kiosk.ui.visitor.survey import InviteScreen, ThanksScreen
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.touch_list import TouchList
from tests.support.app import Kiosk, mouse
from tests.support.scenes import LONG

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]
QUIET, COUNTDOWN = 60, 25
"""The settings' own seconds."""


async def wait(kiosk: Kiosk, seconds: float) -> None:
    """Let time pass: the clock, and what looks at it every second."""
    kiosk.clock.advance(seconds)
    kiosk.app.watch_idle()
    await kiosk.settle()
    if isinstance(kiosk.screen, IdleScreen):
        kiosk.screen.count()
    await kiosk.settle()


async def test_the_warning_comes_when_nobody_touches_the_screen(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await wait(kiosk, QUIET - 0.5)
    assert kiosk.at == "HomeScreen"
    await wait(kiosk, 0.5)
    assert kiosk.at == "IdleScreen"
    assert f"{COUNTDOWN} seconds" in kiosk.text()
    await wait(kiosk, 5)
    assert f"{COUNTDOWN - 5} seconds" in kiosk.text()
    await wait(kiosk, COUNTDOWN - 6)
    assert "1 second." in kiosk.text()


async def test_any_touch_or_key_extends_the_visit_ten_times(kiosk: Kiosk) -> None:
    """Wherever the finger lands, and whichever key it is; what lies below is not touched."""
    await kiosk.start("en")
    for turn in range(10):
        await wait(kiosk, QUIET)
        assert kiosk.at == "IdleScreen", turn
        if turn % 2:
            await kiosk.press(("x", "enter", "escape", "f5", "up")[turn // 2])
        else:
            await kiosk.touch_at(*((3, 3), (40, 12), (70, 20), (40, 15), (0, 0))[turn // 2])
        assert kiosk.at == "HomeScreen", turn
        await wait(kiosk, QUIET - 1)
        assert kiosk.at == "HomeScreen", turn
        kiosk.app.idle.touch()


async def test_a_pointer_that_drifts_is_nobody(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    kiosk.clock.advance(QUIET)
    kiosk.app.post_message(mouse(events.MouseMove, 10, 10, button=0))
    await kiosk.settle()
    await wait(kiosk, 0)
    assert kiosk.at == "IdleScreen"


async def test_nobody_there_means_nothing_is_left(kiosk: Kiosk) -> None:
    await kiosk.start("ar")
    await kiosk.show(ResultsScreen("my secret"))
    await wait(kiosk, QUIET)
    await wait(kiosk, COUNTDOWN)
    assert (kiosk.at, kiosk.app.language.code) == ("AttractScreen", "en")
    assert "secret" not in kiosk.text()
    assert not kiosk.app.visit.query
    (ended,) = await kiosk.rows("visit.ended")
    assert (ended["how"], ended["language"]) == ("idle", "ar")
    await kiosk.start("en")
    await kiosk.touch("field")
    assert "secret" not in kiosk.text()


async def test_a_survey_left_alone_counts_as_abandoned(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.show(InviteScreen(About("served")))
    await kiosk.touch("begin")
    await kiosk.touch("answer-2")
    await wait(kiosk, QUIET)
    await wait(kiosk, COUNTDOWN)
    (started,), (left,) = await kiosk.rows("survey.started"), await kiosk.rows("survey.abandoned")
    assert left == {"response": started["response"], "at": started["statements"][1]}
    assert not await kiosk.rows("survey.completed")


async def test_a_clock_that_jumps_cannot_extend_the_warning(kiosk: Kiosk) -> None:
    """After a stalled hour the visit is over at the first look."""
    await kiosk.start("en")
    await wait(kiosk, QUIET)
    await wait(kiosk, 3600)
    assert kiosk.at == "AttractScreen"


async def test_outside_a_visit_forgotten_screens_close(kiosk: Kiosk) -> None:
    """The attract screen itself never warns; what was opened on it gives way."""
    await wait(kiosk, 10 * QUIET)
    assert kiosk.at == "AttractScreen"
    for screen in (LanguageScreen(starting=True), PinScreen()):
        kiosk.app.watch_idle()
        await kiosk.show(screen)
        await wait(kiosk, QUIET)
        assert kiosk.at == "IdleScreen"
        await wait(kiosk, COUNTDOWN)
        assert kiosk.at == "AttractScreen"
    assert not await kiosk.events()


async def test_the_warning_speaks_the_visitors_language(kiosk: Kiosk) -> None:
    await kiosk.start("es")
    await wait(kiosk, QUIET)
    assert isinstance(kiosk.screen, IdleScreen)
    assert "25 segundos" in kiosk.screen.speech()


async def test_the_last_screen_leaves_by_itself(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ThanksScreen, "STAYS", 0.01)
    await kiosk.start("vi")
    await kiosk.show(ThanksScreen(answered=True))
    for _ in range(100):
        await kiosk.pilot.pause(0.01)
        await kiosk.settle()
        if kiosk.at == "AttractScreen":
            break
    (ended,) = await kiosk.rows("visit.ended")
    assert (ended["how"], kiosk.at) == ("finished", "AttractScreen")


async def test_the_welcome_turns_through_the_languages(kiosk: Kiosk) -> None:
    """Each is read before the next comes, and the first again after the last."""
    assert isinstance(kiosk.screen, AttractScreen)
    seen = []
    for _ in range(6):
        seen.append(kiosk.screen.query_one("#welcome", Heading).words())
        kiosk.screen.turn_welcome()
        await kiosk.settle()
    assert len(set(seen[:5])) == 5
    assert seen[5] == seen[0]


async def test_the_clock_on_the_bar_goes_on(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    assert "10:41" in kiosk.text()
    kiosk.clock.advance(60)
    kiosk.screen.query_one(TopBar).tell_time()
    await kiosk.settle()
    assert "10:42" in kiosk.text()


async def change_language(kiosk: Kiosk, to: str) -> None:
    """Touch *Language*, then the language."""
    await kiosk.touch("bar-language")
    (wanted,) = [target for target in kiosk.targets() if target.value == to]
    await kiosk.touch_target(wanted)


async def test_another_language_keeps_the_words_typed(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.show(ResultsScreen("water"))
    await change_language(kiosk, "ar")
    assert (kiosk.at, kiosk.app.language.code) == ("ResultsScreen", "ar")
    assert kiosk.find("field").title.startswith("water")
    assert kiosk.screen.has_class("-rtl")
    await change_language(kiosk, "en")
    assert not kiosk.screen.has_class("-rtl")
    assert kiosk.app.visit.language == "en"


async def test_another_language_keeps_the_page_of_a_service(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    screen = ServiceScreen(LONG)
    await kiosk.show(screen)
    await kiosk.touch("more")
    await change_language(kiosk, "vi")
    assert (kiosk.screen, screen.page) == (screen, 1)
    assert kiosk.app.service(LONG).name.split()[0] in kiosk.text()


async def test_another_language_keeps_the_page_of_a_list(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.show(CategoryScreen("city"))
    await kiosk.touch("page-next")
    before = kiosk.find("item-0").value
    await change_language(kiosk, "es")
    assert kiosk.screen.query_one(TouchList).page == 1
    assert kiosk.find("item-0").value == before


async def test_another_language_keeps_the_statement_and_its_answer(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.show(InviteScreen(About("served")))
    for which in ("begin", "answer-2", "answer-3", "bar-back"):
        await kiosk.touch(which)
    response = kiosk.app.visit.response
    await change_language(kiosk, "zh_Hans")
    assert (kiosk.at, response and response.place) == ("StatementScreen", 1)
    assert kiosk.find("answer-3").has_class("-chosen")


async def test_another_language_keeps_the_focus(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.choose("bar-language")
    await kiosk.walk_to("item-1")
    await kiosk.press("enter")
    assert (kiosk.at, kiosk.app.language.code) == ("HomeScreen", "es")
    assert kiosk.focus == "bar-language"


async def test_another_size_keeps_the_place(kiosk: Kiosk) -> None:
    """A terminal that changes its size composes the same screen for the new one."""
    await kiosk.start("en")
    await kiosk.show(ResultsScreen("water"))
    await kiosk.pilot.resize_terminal(55, 18)
    await kiosk.settle()
    assert (kiosk.at, kiosk.screen.has_class("-small")) == ("ResultsScreen", True)
    assert kiosk.find("field").title.startswith("water")
