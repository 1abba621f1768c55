"""What staff see of the scorecard: bars as long as the figures say, targets in their place, all in words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.survey.public import public
from kiosk.survey.score import AnswerCounts, Cell, score, status
from kiosk.survey.scorecard import GroupTable, Sample
from kiosk.ui.report.bars import EIGHTHS, TICK
from tests.support.report import PERIOD, TARGET, TEXTS, a_row, a_scorecard, a_table, report

SIZES = ((80, 24), (120, 34), (160, 45))
CODES = ("en", "ar")
BAR = re.compile(f"[█{EIGHTHS[1:]}{TICK}]{{12,}}")
"""A bar as it stands in a row of the screen; trends are shorter."""


# ---- the overview


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("size", SIZES)
async def test_every_statement_has_its_share_answers_status_and_bar(
    tmp_path: Path, size: tuple[int, int], code: str
) -> None:
    """In words and numbers, so that neither colours nor drawings are needed."""
    async with report(tmp_path, size, code) as staff:
        text = await staff.seen()
        for card in staff.app.card.statements:
            assert card.current
            assert f"{round(100 * card.current.agree)}%" in text
            assert str(card.current.n) in text
            low, high = (round(100 * end) for end in card.current.interval)
            assert f"{low}–{high}%" in text
            assert " ".join(card.text.split()[:2]) in text
        for words in ("on target", "below target"):
            assert staff.said(words) in text
        assert staff.said("not enough answers to tell") in text or staff.said("can't tell yet") in text
        assert "2026" in text.split("\n")[1 if size[1] < 30 else 4]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("size", SIZES)
async def test_bars_on_screen_are_proportional_and_ticks_stand_at_the_target(
    tmp_path: Path, size: tuple[int, int], code: str
) -> None:
    async with report(tmp_path, size, code) as staff:
        accent = staff.app.colours.accent.casefold()
        rows = staff.text().split("\n")
        bars = {y: found for y, row in enumerate(rows) if (found := BAR.search(row))}
        cards = staff.app.card.statements
        assert len(bars) >= min(len(cards), 9)
        for (y, found), card in zip(bars.items(), cards, strict=False):
            width, tick = found.end() - found.start(), rows[y].index(TICK) - found.start()
            assert (width - 1 - tick if code == "ar" else tick) == int(TARGET / 100 * width)
            cells = staff.painted(y)[found.start() : found.end()]
            full = sum(
                accent == (ground if character == TICK else colour) for character, colour, ground in cells
            )
            assert abs(full - card.current.interval.low * width) <= 1.5


async def test_arrows_choose_enter_opens_and_escape_comes_back_to_the_same(tmp_path: Path) -> None:
    async with report(tmp_path, (80, 24)) as staff:
        assert (staff.at, staff.chosen) == ("OverviewScreen", "overall")
        await staff.press("down", "down")
        assert staff.chosen == "convenience"
        assert "▸ Business hours" in staff.text()
        await staff.press("enter")
        assert staff.at == "StatementScreen"
        assert TEXTS["convenience"] in staff.text()
        await staff.press("right")
        assert TEXTS["facilities"] in staff.text()
        await staff.press("escape")
        assert (staff.at, staff.chosen) == ("OverviewScreen", "facilities")
        await staff.press("end")
        assert staff.chosen == "information"
        assert TEXTS["information"][:40] in staff.text()
        await staff.press("home")
        assert staff.chosen == "overall"


async def test_in_arabic_left_goes_on(tmp_path: Path) -> None:
    async with report(tmp_path, (80, 24), "ar") as staff:
        await staff.press("enter", "left")
        assert TEXTS["knowledge"] in staff.text()


async def test_a_click_chooses_and_another_opens(tmp_path: Path) -> None:
    async with report(tmp_path) as staff:
        y = staff.row("timely manner") - 1
        await staff.touch_at(20, y)
        assert staff.chosen == "timeliness"
        await staff.touch_at(20, y)
        assert staff.at == "StatementScreen"
        await staff.click_key("Esc")
        assert staff.at == "OverviewScreen"
        await staff.click_key("3")
        assert staff.at == "PeopleScreen"


@pytest.mark.parametrize("keys", [("q",), ("escape",), ("ctrl+q",), ("3", "escape"), ("enter", "q")])
async def test_q_and_escape_leave(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with report(tmp_path) as staff:
        await staff.press(*keys)
        assert not staff.app.is_running or staff.app._exit
        assert staff.app.return_code == 0


# ---- one statement


@pytest.mark.parametrize("size", SIZES)
async def test_a_statement_says_everything_that_is_known(tmp_path: Path, size: tuple[int, int]) -> None:
    async with report(tmp_path, size) as staff:
        await staff.press("enter")
        text = await staff.seen()
        for words in (TEXTS["overall"], "Strongly agree", "Not applicable", "Left blank", "no baseline set"):
            assert words in text
        for count in (219, 160, 21, 12, 6, 3):
            assert re.search(rf"[█▇▉▊▋▌▍▎▏ ]\s+{count}\b", text)
        assert "National Community Survey 2025" in text
        assert "between 89 and 94% agree" in " ".join(text.split())
        assert "The target of 85% is reached." in " ".join(text.split())
        assert "kiosk actions set overall" in text


async def test_the_plan_stands_with_its_statement(tmp_path: Path) -> None:
    async with report(tmp_path, (160, 45)) as staff:
        await staff.press("down", "down", "down", "down", "enter")
        text = staff.text()
        assert "Two windows are closed over lunch" in text
        assert "Utility Billing, shift lead" in text
        assert "Dec 15, 2026" in text


async def test_a_census_has_no_interval_and_few_answers_are_not_judged(tmp_path: Path) -> None:
    few = score([Cell("everyone", "", 9, AnswerCounts(0, 1, 2, 4, 0, 0))])
    card = a_scorecard().statements[0]
    whole = replace(card, current=few, status=status(few, TARGET / 100), changed="", gap=0.0)
    async with report(tmp_path, card=a_scorecard(statements=(whole,))) as staff:
        text = staff.text()
        assert "86%" in text and "? not enough answers to tell" in text
        assert "19 times in 20" not in text
        await staff.press("enter")
        assert "Everybody was to be invited; of the 7 who answered 86% agree." in staff.text()


async def test_what_is_held_back_or_unknown_says_so(tmp_path: Path) -> None:
    card = a_scorecard().statements[0]
    hidden = replace(
        card,
        current=None,
        previous=None,
        status="not_enough",
        held_back=("current", "previous"),
        unknown=(3,),
    )
    async with report(tmp_path, card=a_scorecard(statements=(hidden,), public=True)) as staff:
        assert "For the public" in staff.text()
        await staff.press("enter")
        assert staff.text().count("held back") >= 2
        assert "Its wording in version 3 was not recorded." in staff.text()
        assert "412" not in staff.text()


async def test_the_public_sees_no_counts_of_single_answers_and_no_small_parts(tmp_path: Path) -> None:
    async with report(tmp_path, card=public(a_scorecard())) as staff:
        await staff.press("enter")
        text = await staff.seen()
        assert "How often each answer was given is for staff." in text
        assert "219" not in text and "Strongly agree" not in text
        await staff.press("3")
        text = await staff.seen()
        assert "RR1" in text and "REF1" not in text
        for words in ("Declined", "271", "512", "Bills and payments", "28 finished"):
            assert words not in text
        assert "22 finished" in text


# ---- groups


@pytest.mark.parametrize("size", SIZES)
async def test_groups_change_by_key_and_few_answers_are_marked(tmp_path: Path, size: tuple[int, int]) -> None:
    asked: list[str] = []

    def tables(by: str) -> list[GroupTable]:
        asked.append(by)
        return [a_table(by, {"4:00 PM": (1, 2, 3, 40)})]

    async with report(tmp_path, size, load=tables) as staff:
        await staff.press("2")
        text = staff.text()
        assert "Pay a City utility bill" in text and "● Service" in text
        rows = text.split("\n")
        assert "?" in rows[staff.row("Building permit")]
        assert "?" not in rows[staff.row("Pay a traffic ticket")]
        await staff.press("a")
        assert "Español" in staff.text() and asked == []
        await staff.press("h")
        assert "4:00 PM" in staff.text() and "93%" in staff.text()
        await staff.press("s", "h")
        assert asked == ["hour"]
        await staff.press("right")
        assert "not asked" in staff.text()


async def test_it_may_begin_with_groups_and_leads_back_to_all_statements(tmp_path: Path) -> None:
    async with report(tmp_path, by="language") as staff:
        assert staff.at == "GroupsScreen"
        assert "Español" in staff.text()
        await staff.press("d")
        assert "There are no answers to show in this way." in staff.text()
        await staff.press("1")
        assert staff.at == "OverviewScreen"


# ---- how people were chosen


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("size", SIZES)
async def test_the_funnel_narrows_and_rates_have_their_names(
    tmp_path: Path, size: tuple[int, int], code: str
) -> None:
    async with report(tmp_path, size, code) as staff:
        await staff.press("3")
        rows = staff.text().split("\n")
        steps = ("Could be asked", "Chosen", "Invited", "Began", "Finished")
        counts = ("4,812", "962", "874", "512", "431")
        shown = [
            next(row for row in rows if staff.said(step) in row and re.search(rf"\s{count}(\s|$)", row))
            for step, count in zip(steps, counts, strict=True)
        ]
        lengths = [sum(row.count(block) for block in "█▐▌") for row in shown]
        assert lengths == sorted(lengths, reverse=True)
        assert abs(lengths[1] / lengths[0] - 962 / 4812) < 0.1
        text = await staff.seen()
        for name in ("RR1", "RR2", "COOP1", "REF1", "CON1"):
            assert name in text
        if code == "en":
            assert "One in 5 visitors was chosen" in text


async def test_people_who_chose_to_answer_are_apart_and_never_judged(tmp_path: Path) -> None:
    async with report(tmp_path, (80, 24)) as staff:
        await staff.press("3", "end")
        text = staff.text()
        apart = text[text.index("People who chose to leave feedback") :]
        assert "no sampling error can be given" in apart
        assert "41%" in apart and "22 of 28 finished" in apart
        assert TICK not in apart and "–" not in apart
        assert "on target" not in apart and "below target" not in apart


# ---- what to work on


@pytest.mark.parametrize("size", SIZES)
async def test_the_largest_clear_gap_comes_first_with_its_plan(tmp_path: Path, size: tuple[int, int]) -> None:
    async with report(tmp_path, size) as staff:
        await staff.press("4")
        text = " ".join(staff.text().split())
        assert text.index("1 Services were provided") < text.index("2 Business hours")
        assert "! at least 18 points below 85%" in text
        assert "Keep three cashier windows open" in text
        assert "Nothing is planned." in text
        await staff.press("down", "enter")
        assert (staff.at, TEXTS["convenience"] in staff.text()) == ("StatementScreen", True)
        await staff.press("escape")
        assert (staff.at, staff.chosen) == ("PlansScreen", "convenience")


async def test_an_overdue_plan_says_so_and_nothing_to_do_says_so(tmp_path: Path) -> None:
    late = replace(a_scorecard().plans[0], overdue=True)
    async with report(tmp_path, card=a_scorecard(focus=(), plans=(late,))) as staff:
        await staff.press("4")
        assert "No statement is clearly below its target" in staff.text()
        assert "! Dec 15, 2026: overdue" in staff.text()
        await staff.press("enter")
        assert staff.at == "PlansScreen"


# ---- the period, and practice


@pytest.mark.parametrize("size", SIZES)
async def test_practice_and_an_unfinished_day_are_said_at_the_top(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    card = a_scorecard(practice=True, today=PERIOD.last)
    async with report(tmp_path, size, card=card) as staff:
        for key in ("1", "2", "3", "4"):
            await staff.press(key)
            head = "\n".join(staff.text().split("\n")[:9])
            assert "City of Tulsa · Practice" in head
            assert "Oct 28 – Nov 26, 2026" in head
            assert "! Today, 2026-11-26, is not over" in head


async def test_an_empty_period_is_shown_and_says_so(tmp_path: Path) -> None:
    """Every view opens, with nothing in it."""
    none = score([])
    cards = tuple(
        replace(card, current=none, previous=none, status="not_enough", changed="", gap=0.0, trend=())
        for card in a_scorecard().statements
    )
    empty = Sample((), a_row("", "All", 0, 0, 0, 0, 0, 0, 0), ())
    card = a_scorecard(started=0, statements=cards, sample=empty, channels=(), focus=(), plans=(), groups=())
    for size in SIZES:
        async with report(tmp_path, size, card=card) as staff:
            assert "! Nobody was asked and nobody answered" in staff.text()
            await staff.press("enter")
            assert "Nobody has answered this in the period." in staff.text()
            for key in ("2", "3", "4"):
                await staff.press(key)
                assert "Oct 28 – Nov 26, 2026" in staff.text()


async def test_all_is_said_aloud_without_the_drawings(tmp_path: Path) -> None:
    async with report(tmp_path) as staff:
        for key in ("1", "3", "4"):
            await staff.press(key)
            screen: Any = staff.screen
            spoken = screen.speech()
            assert not set("█▇▏┃▐▌─") & set(spoken)
            assert "85%" in spoken or "45%" in spoken


async def test_the_size_may_change_and_the_choice_stays(tmp_path: Path) -> None:
    async with report(tmp_path) as staff:
        await staff.press("down", "down", "down")
        await staff.pilot.resize_terminal(80, 24)
        await staff.settle()
        assert staff.chosen == "facilities"
        assert "▸ Facilities were safe and clean" in staff.text()
