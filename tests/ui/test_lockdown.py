"""What a visitor can't do: leave, copy, open, inject, look behind the screen."""

from __future__ import annotations

import logging
import re
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

import kiosk.ui
from kiosk.i18n.messages import Messages
from kiosk.ui import pin
from kiosk.ui.base import KioskScreen
from kiosk.ui.library import Library
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.category import CategoryScreen
from kiosk.ui.visitor.home import HomeScreen
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.visitor.service import ServiceScreen
from kiosk.ui.watches import PAUSE, TRIES
from kiosk.ui.widgets.words import Scripted
from tests.support.app import Kiosk, mouse, running
from tests.support.gallery import View
from tests.support.scenes import SERVICE, scenes

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]
MARKUP = "[b]Form[/b] [DS-11] [/b] [@click=app.exit]tap[/] [link=http://x.y]z"
"""What Textual would take for style, for a link, for an action, and for a mistake that ends the app."""
CORNERS = ((0, 0), (79, 0), (79, 23), (0, 23))
"""Clockwise from the top left at 80x24."""


async def test_no_key_leaves_opens_or_shows_anything(kiosk: Kiosk, tmp_path: Path) -> None:
    pin.store(tmp_path, "2468")
    await kiosk.start("en")
    before = kiosk.text()
    keys = [
        "ctrl+p",
        "ctrl+c",
        "ctrl+z",
        "ctrl+q",
        "ctrl+d",
        "ctrl+backslash",
        "f1",
        "f10",
        "f12",
        "super+c",
        "alt+f4",
    ]
    await kiosk.press(*keys)
    assert kiosk.app.is_running
    assert (kiosk.at, len(kiosk.app.screen_stack)) == ("HomeScreen", 1)
    assert kiosk.text() == before


async def test_ctrl_q_leaves_until_a_pin_is_set(run: Running, tmp_path: Path) -> None:
    """And the attract screen says so."""
    async with run() as kiosk:
        assert "Not locked" in kiosk.text()
        await kiosk.press("ctrl+q")
        assert not kiosk.app.is_running or kiosk.app._exit
    pin.store(tmp_path, "2468")
    async with run() as kiosk:
        assert "Not locked" not in kiosk.text()
        await kiosk.press("ctrl+q")
        assert kiosk.app.is_running
        assert not kiosk.app._exit


async def test_a_drag_selects_nothing(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    kiosk.app.post_message(mouse(events.MouseDown, 5, 3))
    for x in range(5, 40, 5):
        kiosk.app.post_message(mouse(events.MouseMove, x, 6))
    kiosk.app.post_message(mouse(events.MouseUp, 40, 6))
    await kiosk.settle()
    assert not kiosk.screen.selections
    assert not kiosk.screen.get_selected_text()


async def test_a_paste_is_dropped(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.show(ResultsScreen("dog"))
    kiosk.app.post_message(events.Paste("somebody's password"))
    await kiosk.settle()
    assert "password" not in kiosk.text()
    assert kiosk.find("field").title.startswith("dog")


async def test_no_browser_and_no_clipboard(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url, *more: opened.append(url))
    kiosk.app.open_url("https://example.org")
    kiosk.app.copy_to_clipboard("a name")
    await kiosk.app.action_quit()
    await kiosk.settle()
    assert not opened
    assert not kiosk.app.clipboard
    assert kiosk.app.is_running


class Bracketed(Messages):
    """Translations that bring markup along."""

    def __init__(self, real: Messages) -> None:
        vars(self).update(vars(real))

    def tr(self, msgid: str, **values: object) -> str:
        return f"[/x]{super().tr(msgid, **values)}[b]" if msgid else ""

    def trn(self, one: str, many: str, n: int, **values: object) -> str:
        return f"[/x]{super().trn(one, many, n, **values)}[b]"


def bracketed(library: Library) -> Library:
    """A library in which every service, category and translation carries markup."""
    catalog = library.catalog("en")
    city = replace(catalog.city, name=f"City {MARKUP}", welcome=MARKUP, desk=MARKUP)
    changed = replace(
        catalog,
        city=city,
        categories=tuple(replace(c, name=f"{c.id} [/b]", hint=MARKUP) for c in catalog.categories),
        services=tuple(replace(s, name=MARKUP, summary=MARKUP, alert=MARKUP) for s in catalog.services),
    )
    messages = {**library._messages, "en": Bracketed(library.messages("en"))}
    return replace(library, _catalogs={"en": changed}, _messages=messages)


async def test_markup_from_the_catalogue_and_translations_is_only_text(
    library: Library, tmp_path: Path
) -> None:
    """Every screen shows the brackets as they are, and none ends the app or runs what they name."""
    async with running(bracketed(library), tmp_path) as kiosk:
        async for scene in scenes(kiosk, "en"):
            assert kiosk.app.is_running, scene
            assert "[/x]" in kiosk.text() or scene == "attract", scene
            if scene in ("category", "service", "need", "take-along"):
                assert "[b]Form[/b]" in kiosk.text(), scene


async def test_markup_that_is_typed_is_only_text(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.press(*"[/b][b][@click=app.exit]x")
    assert "[/b][b][@click=app.exit]x" in kiosk.text()
    assert kiosk.app.is_running


def test_no_widget_parses_markup(gallery: list[View]) -> None:
    """Every widget draws Content; none is one of Textual's that read brackets, and none has a tooltip."""
    assert not {f"{view.scene}: {widget}" for view in gallery for widget in view.parsing}


FORBIDDEN = {
    r"from textual\.widgets import": "these parse markup; use Words, Heading and Target",
    r"from_markup|Text\.from_markup": "text is never parsed as markup",
    r"\.notify\(": "toasts eat Chinese characters below them (textual#6357)",
    r"await self\.app\.(pop|push|switch)_screen|await self\.dismiss": "freezes the app in a handler",
    r"tooltip\s*=": "a finger makes it appear",
}


def sources() -> Iterator[Path]:
    """The modules and styles of the screens."""
    folder = Path(kiosk.ui.__file__).parent
    yield from sorted(folder.rglob("*.py"))
    yield from sorted(folder.rglob("*.tcss"))


def test_the_sources_keep_to_what_is_safe_on_a_public_screen() -> None:
    problems = [
        f"{file.name}: {pattern}: {why}"
        for file in sources()
        for pattern, why in FORBIDDEN.items()
        if re.search(pattern, file.read_text(encoding="utf-8"))
    ]
    problems += [
        f"{f.name}: :hover stays after a touch"
        for f in sources()
        if re.search(r"^[^/*]*:hover", f.read_text(), re.M)
    ]
    assert not problems


async def gesture(kiosk: Kiosk, corners: tuple[tuple[int, int], ...] = CORNERS, seconds: float = 1) -> None:
    """Touch corners of the screen one after the other."""
    for x, y in corners:
        await kiosk.touch_at(x, y, after=seconds)


async def test_the_four_corners_clockwise_open_the_pin_pad(kiosk: Kiosk, tmp_path: Path) -> None:
    """Without a PIN there is nothing to ask for: what staff should look after shows at once."""
    await gesture(kiosk)
    assert kiosk.at == "StaffScreen"
    await kiosk.press("escape")
    pin.store(tmp_path, "2468")
    await gesture(kiosk)
    assert kiosk.at == "PinScreen"


@pytest.mark.parametrize(
    ("corners", "seconds"), [(CORNERS[::-1], 1), ((*CORNERS[:3], CORNERS[0]), 1), (CORNERS, 5)]
)
async def test_other_touches_do_not(
    kiosk: Kiosk, tmp_path: Path, corners: tuple[tuple[int, int], ...], seconds: float
) -> None:
    """Another order, another corner, or too slowly."""
    pin.store(tmp_path, "2468")
    await gesture(kiosk, corners, seconds)
    assert kiosk.at == "AttractScreen"


async def test_the_corners_of_a_visit_open_nothing(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await gesture(kiosk, ((0, 0), (79, 0), (0, 0), (79, 0)))
    assert kiosk.at == "HomeScreen"


async def enter(kiosk: Kiosk, digits: str) -> None:
    """Touch digits on the pad, then its *Enter*."""
    for digit in digits:
        (key,) = [target for target in kiosk.targets() if target.value == digit]
        await kiosk.touch_target(key)
    (ok,) = [target for target in kiosk.targets() if target.action == "enter"]
    await kiosk.touch_target(ok)


async def test_the_right_pin_shows_what_needs_attention_and_the_way_out(kiosk: Kiosk, tmp_path: Path) -> None:
    pin.store(tmp_path, "2468")
    kiosk.app.library.troubles.append("services.yaml:3:1: unknown key")
    await gesture(kiosk)
    assert "2468" not in kiosk.text()
    await enter(kiosk, "2468")
    assert kiosk.at == "StaffScreen"
    assert "services.yaml:3:1: unknown key" in kiosk.text()
    await kiosk.touch("leave")
    assert kiosk.app.return_code == 0


async def test_the_pin_is_never_shown(kiosk: Kiosk, tmp_path: Path) -> None:
    pin.store(tmp_path, "9753")
    await gesture(kiosk)
    for digit in "9753":
        await kiosk.press(digit)
    shown = kiosk.screen.query_one("#pin-shown", Scripted)
    assert shown.words() == "●●●●"
    await kiosk.press("enter")
    assert kiosk.at == "StaffScreen"


async def test_five_wrong_pins_close_the_pad_for_a_while(kiosk: Kiosk, tmp_path: Path) -> None:
    """Also for the right one, also after the pad was left and opened again."""
    pin.store(tmp_path, "2468")
    await gesture(kiosk)
    for _ in range(TRIES):
        await enter(kiosk, "1")
        assert kiosk.at == "PinScreen"
    await kiosk.touch("bar-back")
    await gesture(kiosk)
    await enter(kiosk, "2468")
    assert kiosk.at == "PinScreen"
    kiosk.clock.advance(PAUSE)
    await enter(kiosk, "2468")
    assert kiosk.at == "StaffScreen"


async def test_a_fault_is_logged_without_what_the_visitor_typed(
    run: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app closes at once with status 1: the supervisor starts it again."""

    def broken(screen: HomeScreen, value: str) -> None:
        secret = "typed-by-a-visitor"
        raise RuntimeError(f"something is wrong with {len(secret)} letters")

    monkeypatch.setattr(HomeScreen, "press_ticket", broken)
    with caplog.at_level(logging.ERROR), pytest.raises(RuntimeError):
        async with run() as kiosk:
            await kiosk.start("en")
            await kiosk.touch("ticket")
            assert kiosk.app.return_code == 1
    assert "something is wrong" in caplog.text
    assert "typed-by-a-visitor" not in caplog.text


async def test_a_fault_before_the_first_screen_is_logged_as_what_it_is(
    run: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(screen: KioskScreen) -> None:
        raise RuntimeError("no screen could be made")

    monkeypatch.setattr(AttractScreen, "__init__", broken)
    with caplog.at_level(logging.ERROR), pytest.raises(RuntimeError):
        async with run():
            pass
    assert "no screen could be made" in caplog.text


async def test_the_attract_screen_apologizes_after_a_fault(library: Library, tmp_path: Path) -> None:
    """In the language of the visitor who met it, until the next welcome."""
    async with running(library, tmp_path) as kiosk:
        kiosk.app.fault = "es"
        kiosk.screen.renew()  # type: ignore[attr-defined]
        await kiosk.settle()
        assert library.messages("es").tr("Sorry, something went wrong. Please start again.") in kiosk.text()


async def test_a_bad_catalogue_is_said_to_staff_only(kiosk: Kiosk, tmp_path: Path) -> None:
    pin.store(tmp_path, "2468")
    kiosk.app.library.troubles.append("services.yaml:3:1: unknown key 'nmae'")
    kiosk.screen.renew()  # type: ignore[attr-defined]
    await kiosk.settle()
    assert "nmae" not in kiosk.text()
    assert "Staff: please look at the staff page." in kiosk.text()


async def test_lists_hold_what_their_names_say(kiosk: Kiosk) -> None:
    """Each target of a category leads to the service whose name it shows."""
    await kiosk.start("en")
    await kiosk.show(CategoryScreen("animals"))
    catalog = kiosk.app.catalog
    assert [t.title for t in kiosk.targets() if t.action == "service"] == [
        service.name for service in catalog.in_category("animals")
    ]
