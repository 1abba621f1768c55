"""Whom the docent asks to the survey: two keys that stand in nobody's way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events

from kiosk.catalog.model import Sampling
from kiosk.errors import JournalFull
from kiosk.journal import Journal
from kiosk.ui.desk.invitations import LASTS
from kiosk.ui.library import Library
from tests.support.desk import Desk, a_line, desk

Open = Callable[..., AbstractAsyncContextManager[Desk]]
ASK = "Please ask them to answer the survey at the screen, with number {}."
SERVED = ("n", "s", "f")
"""The keys of a visit to the counter."""


@pytest.fixture
def open_desk(library: Library, tmp_path: Path) -> Open:
    """A docent at counter 1, which calls bills: `async with open_desk(waiting="BBC") as docent`."""

    def start(**options: Any) -> AbstractAsyncContextManager[Desk]:
        return desk(library, tmp_path, **{"name": "Marisol Quintanilla", "counter": "1", **options})

    return start


def asked(docent: Desk) -> str:
    """What the docent reads about the survey; nothing where nobody is to be asked."""
    card = docent.screen.query_one("#invitation")
    return " ".join(docent.shown("invitation").split()) if card.display and card.region else ""


async def frame(docent: Desk) -> list[tuple[str, str]]:
    """Who invited, and the outcome, of everybody who could be invited, in their order."""
    rows = "SELECT invited_by, outcome FROM survey_frame ORDER BY at, ordinal"
    found: list[tuple[str, str]] = await docent.app.recorder.ask(lambda journal: journal.rows(rows))
    return found


async def test_after_a_finish_the_docent_asks_and_says_so_by_one_key(open_desk: Open) -> None:
    async with open_desk(waiting="B") as docent:
        assert asked(docent) == ""
        assert "Invited" not in docent.text()
        await docent.press(*SERVED)
        assert asked(docent) == f"B100 {ASK.format('B100')}"
        assert "Y Invited W Declined" in " ".join(docent.shown("keys").split())
        assert docent.told == "B100 is finished."
        await docent.press("y")
        assert (asked(docent), docent.told) == ("", "B100 is invited to the survey.")
        assert "Invited" not in docent.text()
        assert await frame(docent) == [("desk", "")]


async def test_who_declines_was_invited_as_well(open_desk: Open) -> None:
    async with open_desk(waiting="B") as docent:
        await docent.press(*SERVED, "w")
        assert (asked(docent), docent.told) == ("", "B100 declined the survey.")
        assert await frame(docent) == [("desk", "declined")]


async def test_the_next_call_waits_for_no_answer(open_desk: Open) -> None:
    """Nothing pressed is nobody invited; the card stays while others are served."""
    async with open_desk(waiting="BB") as docent:
        await docent.press(*SERVED, "n")
        assert docent.here == "B101 called"
        await docent.press("s")
        assert asked(docent).startswith("B100 ")
        assert await frame(docent) == [("", "")]


async def test_a_question_answered_at_the_desk_has_a_number_for_the_screen(open_desk: Open) -> None:
    async with open_desk() as docent:
        await docent.press("a", "enter")
        assert asked(docent) == f"Z100 {ASK.format('Z100')}"
        await docent.press("y")
        assert docent.told == "Z100 is invited to the survey."
        unit = await docent.app.recorder.ask(
            lambda journal: journal.survey_unit_of_code("Z100", docent.clock.day())
        )
        assert (unit.invited_by, unit.source) == ("desk", "answer")


async def test_in_the_lookup_too(open_desk: Open) -> None:
    """While a query is typed, letters are letters; reading, they are keys."""
    async with open_desk() as docent:
        await docent.press("l", *"perro perdido", "enter", "a")
        assert docent.at == "LookupScreen"
        assert asked(docent).startswith("Z100 ")
        await docent.press("escape", "y")
        assert docent.screen.typed == "perro perdidoy"  # type: ignore[attr-defined]
        assert await frame(docent) == [("", "")]
        await docent.press("backspace", "enter", "y")
        assert asked(docent) == ""
        assert await frame(docent) == [("desk", "")]
        await docent.press("escape", "escape")
        assert (docent.at, asked(docent)) == ("QueueScreen", "")


async def test_of_several_the_latest_comes_first_and_the_others_are_counted(open_desk: Open) -> None:
    async with open_desk(waiting="BBB") as docent:
        await docent.press(*SERVED, *SERVED)
        assert asked(docent) == f"B101 {ASK.format('B101')} and 1 other"
        await docent.press(*SERVED)
        assert asked(docent) == f"B102 {ASK.format('B102')} and 2 others"
        await docent.press("y")
        assert asked(docent) == f"B101 {ASK.format('B101')} and 1 other"
        await docent.press("w")
        assert asked(docent) == f"B100 {ASK.format('B100')}"
        assert await frame(docent) == [("", ""), ("desk", "declined"), ("desk", "")]


async def test_who_comes_to_the_screen_by_themselves_need_not_be_asked(
    open_desk: Open, library: Library
) -> None:
    """The visitor's screen is another process of this machine."""
    async with open_desk(waiting="BB") as docent:
        await docent.press(*SERVED, *SERVED)
        ticket = (await docent.ticket("B101")).ticket
        screen = a_line(library, docent.app.settings, docent.clock)
        screen.survey.invite(ticket, "screen")
        screen.journal.append("survey.accepted", {"unit": ticket})
        for _ in range(100):
            # The desk's own timer may be looking just now, and began before this happened.
            await docent.app.changes.look()
            await docent.settle()
            if asked(docent) == f"B100 {ASK.format('B100')}":
                break
        else:
            raise AssertionError(f"still to be asked: {asked(docent)}")
        screen.journal.close()


async def test_after_ten_minutes_they_have_gone_and_were_not_invited(open_desk: Open) -> None:
    async with open_desk(waiting="BB") as docent:
        await docent.press(*SERVED)
        docent.clock.advance(LASTS / 2)
        await docent.press(*SERVED)
        docent.clock.advance(LASTS / 2)
        docent.screen.show()  # type: ignore[attr-defined]
        await docent.settle()
        assert asked(docent) == f"B101 {ASK.format('B101')}"
        docent.clock.advance(LASTS / 2)
        await docent.app.refresh_all()
        await docent.settle()
        assert asked(docent) == ""
        await docent.press("y", "w")
        assert await frame(docent) == [("", ""), ("", "")]


async def test_undo_leaves_them_in_and_a_second_finish_asks_no_second_time(open_desk: Open) -> None:
    async with open_desk(waiting="B") as docent:
        await docent.press(*SERVED, "y", "u")
        assert docent.here == "B100 serving"
        assert await frame(docent) == [("desk", "")]
        await docent.press("f")
        assert (docent.told, asked(docent)) == ("B100 is finished.", "")
        assert await frame(docent) == [("desk", "")]


async def test_a_second_finish_after_nobody_was_asked(open_desk: Open) -> None:
    """One card while it lasts, and none when the time is over; also for a docent who came later."""
    async with open_desk(waiting="B") as docent:
        await docent.press(*SERVED, "u", "f")
        assert asked(docent) == f"B100 {ASK.format('B100')}"
        docent.clock.advance(LASTS)
        await docent.press("u", "f")
        assert asked(docent) == ""
        await docent.press("u", "ctrl+q", "s")
        await docent.sign_in("Tom", "1")
        assert docent.here == "B100 serving"
        await docent.press("f")
        assert (docent.told, asked(docent)) == ("B100 is finished.", "")
        assert len(await frame(docent)) == 1


async def test_only_who_is_selected_is_asked(open_desk: Open) -> None:
    async with open_desk(waiting="BBBB") as docent:
        catalog = docent.app.catalog
        survey = replace(catalog.survey, sampling=Sampling("systematic", every=2))
        docent.app.line.survey.catalog = lambda: replace(catalog, survey=survey)
        seen = []
        for number in range(100, 104):
            await docent.press(*SERVED)
            seen.append(asked(docent).startswith(f"B{number}"))
            await docent.press("y")
        assert seen in ([True, False] * 2, [False, True] * 2)
        assert [by for by, _ in await frame(docent)] == ["desk" if one else "" for one in seen]


async def test_whom_to_ask_is_forgotten_with_the_docent(open_desk: Open) -> None:
    async with open_desk(waiting="B") as docent:
        await docent.press(*SERVED, "ctrl+q", "s")
        await docent.sign_in("Tom", "1")
        assert asked(docent) == ""


async def test_a_key_pressed_twice_is_not_for_whoever_stands_there_then(open_desk: Open) -> None:
    async with open_desk(waiting="BB") as docent:
        await docent.press(*SERVED, *SERVED)
        for _ in range(2):
            docent.app.post_message(events.Key("y", "y"))
            await docent.settle()
        assert asked(docent).startswith("B100 ")
        assert docent.told == "B101 is invited to the survey."
        assert await frame(docent) == [("", ""), ("desk", "")]
        docent.clock.advance(1)
        await docent.press("y")
        assert await frame(docent) == [("desk", ""), ("desk", "")]


async def test_a_full_disk_is_told_and_they_can_still_be_asked(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invitation and its refusal are both recorded, or neither."""
    async with open_desk(waiting="B") as docent:
        await docent.press(*SERVED)
        with monkeypatch.context() as patch:
            append = Journal.append

            def full(journal: Journal, kind: str, *rest: Any, **more: Any) -> Any:
                if kind == "survey.declined":
                    raise JournalFull("no space left on the disk", "Free some.")
                return append(journal, kind, *rest, **more)

            patch.setattr(Journal, "append", full)
            await docent.press("w")
        assert docent.told == "no space left on the disk"
        assert await frame(docent) == [("", "")]
        await docent.press("w")
        assert await frame(docent) == [("desk", "declined")]


@pytest.mark.parametrize("size", [(55, 18), (80, 24), (100, 30), (160, 45)])
async def test_all_of_it_is_seen_and_can_be_clicked(open_desk: Open, size: tuple[int, int]) -> None:
    async with open_desk(waiting="BB", size=size) as docent:
        await docent.press(*SERVED, *SERVED)
        seen = " ".join(docent.text().split())
        assert all(word in seen for word in (*ASK.format("B101").split(), "and 1 other"))
        await docent.click_key("Y")
        assert asked(docent).startswith("B100 ")
        await docent.click_key("W")
        assert await frame(docent) == [("desk", "declined"), ("desk", "")]


@pytest.mark.parametrize("language", ["ar", "zh_Hans"])
async def test_every_key_fits_beside_the_survey_in_other_languages(open_desk: Open, language: str) -> None:
    async with open_desk(waiting="BBC", languages=(language, "en")) as docent:
        await docent.press(*SERVED, "n")
        bar = docent.screen.query_one("#keys")
        assert bar.region.bottom <= 30
        assert docent.screen.query_one("#invitation").region.bottom <= bar.region.y
        assert len(docent.codes) == 1
        await docent.click_key("W")
        assert await frame(docent) == [("desk", "declined")]
        assert docent.here == "B101 called"
