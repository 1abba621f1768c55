"""What the room sees and hears: whose turn it is and where, in step with the desk, each call once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Semaphore
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Holiday, Notice
from kiosk.clock import Clock, FixedClock
from kiosk.devices.announcer import Announcer, Call
from kiosk.errors import JournalError
from kiosk.line.line import Line
from kiosk.settings import Sound
from kiosk.tickets.ticket import CALLED, FINISHED, LEFT, SERVING, STATES, VOID, WAITING, Ticket
from kiosk.ui import display_type, pin
from kiosk.ui.blocks import PIXELS, unpack
from kiosk.ui.board.app import ENDED
from kiosk.ui.board.calls import ANNOUNCED, CALLS, LISTED, LONGEST, Calls, Today
from kiosk.ui.board.cells import DOTS, draw_plain
from kiosk.ui.board.large import largest
from kiosk.ui.library import Library
from kiosk.ui.recorder import Recorder
from kiosk.ui.widgets.words import Scripted
from tests.support.app import LANGUAGES, is_seen
from tests.support.board import Board, board
from tests.support.gallery import joined, seen, stretches

Running = Callable[..., AbstractAsyncContextManager[Board]]
NOTICE = Notice("The elevator is being repaired", "2026-11-20", "2026-12-01")
SECOND = Notice("The parking lot is closed", "2026-11-20", "2026-12-01")
BLOCKS = "█▀▄▌▐"


@pytest.fixture
def run(library: Library, tmp_path: Path) -> Running:
    """Start the board: `async with run(size, theme=…) as board`."""
    return lambda *size, **options: board(library, tmp_path, *size, **options)


async def until(seen: Callable[[], bool]) -> None:
    """Wait for what another thread or a timer brings about."""
    for _ in range(2000):
        if seen():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came")


# ---- what is called


async def test_the_latest_call_is_large_with_its_counter_and_those_before_it_are_listed(run: Running) -> None:
    async with run() as board:
        first = board.call("1")
        second = board.call("3", "court")
        await board.catch_up()
        assert board.now == (second.code, "Counter 3")
        assert board.others == [first.code]
        assert board.words("counter-0") == "Counter 1"
        assert "Now serving" in board.text()


async def test_a_call_shows_by_itself_soon_after_the_desk_made_it(run: Running) -> None:
    """Nobody tells the board: it looks at the file."""
    async with run() as board:
        ticket = board.call("1")
        await until(lambda: board.now == (ticket.code, "Counter 1"))


async def test_before_the_first_call_the_board_says_where_numbers_will_be(run: Running) -> None:
    async with run() as board:
        assert board.now == ("", "")
        assert "Your number will be shown here." in board.text()
        assert "Now serving" not in board.text()


async def test_whoever_is_served_stays_large_and_whoever_is_done_moves_to_the_list(run: Running) -> None:
    async with run() as board:
        first, second = board.call("1"), board.call("2")
        board.line.serve(second.ticket, "2", board.staff)
        await board.catch_up()
        assert board.now == (second.code, "Counter 2")
        board.finish(board.line.find(second.code))
        await board.catch_up()
        assert board.now == (first.code, "Counter 1")
        assert board.others == [second.code]
        board.line.no_show(first.ticket, board.staff)
        await board.catch_up()
        assert board.now == ("", "")
        assert board.others == [second.code, first.code]


@pytest.mark.parametrize("size", [(80, 24), (120, 34)], ids=str)
async def test_four_or_five_calls_are_listed_with_their_counters(run: Running, size: tuple[int, int]) -> None:
    async with run(size) as board:
        called = []
        for _ in range(8):
            called.append(board.call("1"))
            board.finish(called[-1])
        await board.catch_up()
        codes = [ticket.code for ticket in reversed(called)]
        assert board.others == codes[: 4 if size[0] == 80 else 5]


async def test_a_call_that_was_undone_disappears(run: Running) -> None:
    async with run() as board:
        first, second = board.call("1"), board.call("2")
        await board.catch_up()
        board.line.undo(second.ticket, second.latest, board.staff)
        await board.catch_up()
        assert board.now == (first.code, "Counter 1")
        assert second.code not in board.text()


async def test_who_left_and_what_is_void_is_not_shown(run: Running) -> None:
    async with run() as board:
        left, void = board.call("1"), board.call("2")
        await board.catch_up()
        board.line.leave(left.ticket, "desk")
        board.line.void(void.ticket, "test", board.staff)
        await board.catch_up()
        assert board.now == ("", "")
        assert board.others == []


async def test_how_many_wait_in_each_line(run: Running) -> None:
    async with run() as board:
        for lane in ("bills", "bills", "court"):
            board.issue(lane)
        await board.catch_up()
        assert "Bills and payments 2 · Court and fines 1 · Permits and licenses 0" in board.text()


# ---- what is announced


async def test_two_calls_at_once_are_announced_one_after_the_other(run: Running) -> None:
    async with run() as board:
        first, second = board.call("1"), board.call("2")
        await board.catch_up()
        await board.listen()
        assert board.now == (first.code, "Counter 1")
        assert second.code in board.others
        await board.wait(ANNOUNCED)
        assert board.now == (first.code, "Counter 1")
        await board.listen()
        assert board.now == (second.code, "Counter 2")
        assert [call.code for call in board.room.heard] == [first.code, second.code]


async def test_the_announcement_names_the_code_sign_by_sign(run: Running) -> None:
    async with run() as board:
        board.call("3", "court")
        await board.catch_up()
        assert board.room.waiting[0].text == "Number C 1 0 0, counter 3"


async def test_a_board_that_starts_in_the_middle_of_the_day_announces_nothing_old(run: Running) -> None:
    def morning(line: Line, clock: FixedClock) -> None:
        ticket = line.issue(language="es", lane="bills", channel="desk")
        line.call(ticket.ticket, "1", line.journal.staff_of("Ana"))
        clock.advance(600)

    async with run(before=morning) as board:
        assert board.now == ("B100", "Counter 1")
        assert not board.room.waiting
        board.call("2")
        await board.catch_up()
        assert [call.code for call in board.room.waiting] == ["B101"]


async def test_a_call_is_announced_once_however_often_the_journal_changes(run: Running) -> None:
    async with run() as board:
        ticket = board.call("1")
        await board.catch_up()
        board.issue()
        board.line.serve(ticket.ticket, "1", board.staff)
        await board.catch_up()
        assert len(board.room.waiting) == 1


async def test_a_recall_is_announced_again(run: Running) -> None:
    async with run() as board:
        ticket = board.call("1")
        await board.catch_up()
        await board.listen()
        await board.wait(60)
        board.line.call(ticket.ticket, "1", board.staff)
        await board.catch_up()
        await board.listen()
        assert [call.code for call in board.room.heard] == [ticket.code] * 2
        assert board.now == (ticket.code, "Counter 1")


async def test_who_is_called_again_after_being_sent_back_is_announced_again(run: Running) -> None:
    async with run() as board:
        ticket = board.call("1")
        await board.catch_up()
        board.line.put_back(ticket.ticket, board.staff)
        await board.catch_up()
        assert board.now == ("", "")
        board.clock.advance(5)
        board.line.call(ticket.ticket, "2", board.staff)
        await board.catch_up()
        assert board.now == (ticket.code, "Counter 2")
        assert len(board.room.waiting) == 2


async def test_an_undone_recall_is_not_announced_a_third_time(run: Running) -> None:
    async with run() as board:
        ticket = board.call("1")
        await board.catch_up()
        board.clock.advance(60)
        recalled = board.line.call(ticket.ticket, "1", board.staff)
        await board.catch_up()
        board.line.undo(ticket.ticket, recalled.latest, board.staff)
        await board.catch_up()
        assert len(board.room.waiting) == 2
        assert board.now == (ticket.code, "Counter 1")


async def test_a_call_taken_back_before_its_turn_is_not_heard(run: Running) -> None:
    async with run() as board:
        first, second = board.call("1"), board.call("2")
        await board.catch_up()
        await board.listen()
        board.line.undo(second.ticket, second.latest, board.staff)
        await board.catch_up()
        await board.listen()
        assert [call.code for call in board.room.heard] == [first.code]
        assert board.now == (first.code, "Counter 1")


async def test_a_call_stays_for_its_time_even_when_the_desk_is_quicker(run: Running) -> None:
    async with run() as board:
        before, quick = board.call("1"), board.call("2")
        await board.catch_up()
        await board.listen()
        await board.listen()
        board.finish(quick)
        await board.catch_up()
        assert board.now == (quick.code, "Counter 2")
        await board.wait(ANNOUNCED)
        assert board.now == (before.code, "Counter 1")


async def test_a_loudspeaker_that_hangs_holds_nothing_up(run: Running) -> None:
    async with run() as board:
        board.call("1")
        await board.catch_up()
        await board.listen()
        second = board.call("2")
        await board.catch_up()
        await board.wait(LONGEST)
        assert board.now == (second.code, "Counter 2")


async def test_the_real_announcer_gives_every_call_its_time(run: Running, tmp_path: Path) -> None:
    over = Semaphore(0)
    silent = Sound(chime=False, speech=False)

    def announcer(shown: Callable[[Call], bool], bell: Callable[[], object]) -> Announcer:
        def rest(seconds: float) -> None:
            over.acquire(timeout=30)

        return Announcer(shown, bell, silent, tmp_path, FixedClock(), ANNOUNCED, rest)

    async with run(announcer=announcer) as board:
        first, second = board.call("1"), board.call("2")
        await board.catch_up()
        await until(lambda: board.app.calls.view.announced)
        assert board.now == (first.code, "Counter 1")
        over.release()
        await until(lambda: board.now == (second.code, "Counter 2"))
        over.release()


async def test_the_flash_is_slow_and_ends(run: Running) -> None:
    async with run(motion=True) as board:
        board.call("1")
        await board.catch_up()
        await board.listen()
        lit = []
        for _ in range(9):
            lit.append(board.shown.query_one("#now").has_class("-lit"))
            board.shown.flash()
        assert lit == [True, False, True, False, True, False, False, False, False]
        assert board.shown._flashing is None


async def test_without_motion_nothing_flashes_but_a_mark_stands_beside_a_new_call(run: Running) -> None:
    async with run() as board:
        board.call("1")
        await board.catch_up()
        await board.listen()
        now = board.shown.query_one("#now")
        assert not now.has_class("-lit")
        accent = board.app.colours.accent.lower()
        marked = [part for part in stretches(board) if part.ink == accent and part.text.strip() in ("▌", "▐")]
        assert marked
        await board.wait(ANNOUNCED)
        again = [part for part in stretches(board) if part.ink == accent and part.text.strip() in ("▌", "▐")]
        assert not again


# ---- languages


async def test_languages_take_turns(run: Running) -> None:
    async with run(languages=("en", "es", "ar")) as board:
        seen = []
        for _ in range(4):
            seen.append(board.app.language.code)
            await board.wait(ANNOUNCED)
        assert seen == ["en", "es", "ar", "en"]


async def test_no_turn_comes_early(run: Running) -> None:
    async with run(languages=("en", "es")) as board:
        await board.wait(ANNOUNCED - 1)
        assert board.app.language.code == "en"


async def test_a_call_is_first_shown_and_spoken_in_its_visitors_language(run: Running) -> None:
    async with run(languages=("en", "es", "vi")) as board:
        await board.wait(ANNOUNCED - 2)
        board.call("2", language="vi")
        await board.catch_up()
        assert board.app.language.code == "en"
        await board.listen()
        assert board.app.language.code == "vi"
        assert board.room.heard[0].language == "vi"
        await board.wait(ANNOUNCED - 1)
        assert board.app.language.code == "vi"
        await board.wait(1)
        assert board.app.language.code == "en"


async def test_a_language_that_is_not_offered_leaves_the_board_as_it_is(run: Running) -> None:
    async with run(languages=("en", "es")) as board:
        ticket = board.call("2", language="vi")
        await board.catch_up()
        await board.listen()
        assert board.app.language.code == "en"
        assert board.now == (ticket.code, "Counter 2")


@pytest.mark.parametrize("size", [(80, 24), (120, 34), (240, 67)], ids=str)
async def test_in_arabic_the_board_is_mirrored(run: Running, size: tuple[int, int]) -> None:
    async with run(size, languages=("en", "ar")) as board:
        for counter in ("1", "3"):
            board.call(counter, "bills" if counter == "1" else "court")
        board.call("2", language="ar")
        await board.catch_up()
        left = {which: board.shown.query_one(f"#{which}").region.x for which in ("code-0", "code-1")}
        for _ in range(3):
            await board.listen()
        assert board.app.language.code == "ar"
        right = {which: board.shown.query_one(f"#{which}").region.right for which in ("code-0", "code-1")}
        assert left["code-0"] < left["code-1"]
        assert right["code-0"] > right["code-1"]
        row = next(line for line in board.text().splitlines() if board.now[0] in line)
        assert row.index(board.now[0]) > size[0] // 2


# ---- what else it says


async def test_notices_in_effect_and_holidays_near_are_said_one_after_the_other(run: Running) -> None:
    over = Notice("Long over", "2026-01-01", "2026-01-02")
    async with run(languages=("en",), notices=(NOTICE, over, SECOND)) as board:
        said = []
        for _ in range(3):
            said.append(board.words("notice"))
            await board.wait(ANNOUNCED)
        assert said == [NOTICE.text, SECOND.text, NOTICE.text]


async def test_a_holiday_is_announced_when_it_is_near(run: Running) -> None:
    async with run(languages=("en",)) as board:
        loaded = board.app.library.loaded
        near = replace(loaded.catalog, holidays=(Holiday("2026-11-26", "Thanksgiving Day"),))
        board.app.library.loaded = replace(loaded, catalog=near)
        board.app.library._catalogs.clear()
        await board.catch_up()
        assert board.words("notice") == "City offices are closed on Thursday, November 26: Thanksgiving Day"


async def test_where_room_is_short_notices_and_lines_take_turns(run: Running) -> None:
    async with run((80, 24), languages=("en",), notices=(NOTICE,)) as board:
        assert "Waiting:" in board.words("waiting")
        assert not board.words("notice")
        await board.wait(ANNOUNCED)
        assert board.words("notice") == NOTICE.text
        assert not board.words("waiting")


async def test_nothing_moves_when_the_language_changes(run: Running) -> None:
    async with run((80, 24), languages=("en", "es", "vi"), notices=(NOTICE,)) as board:
        board.call("1")
        await board.catch_up()
        places = set()
        for _ in range(6):
            places.add(board.shown.query_one("#code").region)
            await board.wait(ANNOUNCED)
        assert len(places) == 1


async def test_date_and_time_and_practice_stand_in_the_bar(run: Running) -> None:
    async with run(practice=True) as board:
        first = board.text().splitlines()[1]
        assert "Practice" in first
        assert "Monday, November 23 · 10:" in first


async def test_a_changed_catalogue_is_taken_up_between_two_languages(run: Running) -> None:
    async with run(languages=("en",)) as board:
        with mock.patch.object(Library, "refresh") as refresh:
            await board.wait(ANNOUNCED)
        refresh.assert_called_once()


# ---- days and clocks


async def test_midnight_changes_nothing_and_a_new_business_day_clears_the_board(run: Running) -> None:
    async with run(languages=("en",)) as board:
        board.clock.moment = datetime(2026, 11, 24, 5, 55, tzinfo=UTC)
        ticket = board.call("1")
        board.issue("court")
        await board.catch_up()
        await board.wait(600)
        assert board.clock.local().hour == 0
        assert board.now == (ticket.code, "Counter 1")
        assert "Court and fines 1" in board.text()
        await board.wait(4 * 3600)
        assert board.now == ("", "")
        assert "Court and fines 0" in board.text()
        assert ticket.code not in board.text()


async def test_a_clock_set_back_neither_hides_a_call_nor_repeats_one(run: Running) -> None:
    async with run() as board:
        early = [board.call("1")]
        for _ in range(ENDED):
            board.finish(early[-1])
            early.append(board.call("1"))
        await board.catch_up()
        board.room.waiting.clear()
        board.clock.moment = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
        late = board.call("2")
        await board.catch_up()
        assert [call.code for call in board.room.waiting] == [late.code]
        assert board.now == (late.code, "Counter 2")
        board.finish(late)
        await board.catch_up()
        assert board.others[0] == late.code


async def test_what_can_not_be_read_now_is_read_at_the_next_beat(run: Running) -> None:
    async with run() as board:
        ticket = board.call("1")
        with mock.patch.object(Recorder, "ask", side_effect=JournalError("busy", "Wait.")):
            await board.app.update()
        assert board.now == ("", "")
        await board.wait(1)
        assert board.now == (ticket.code, "Counter 1")


# ---- a display without touch


async def test_ctrl_q_leaves_until_a_pin_is_set(run: Running, tmp_path: Path) -> None:
    pin.store(tmp_path, "2468")
    async with run() as board:
        await board.press("ctrl+q", "ctrl+c", "ctrl+p", "escape", "enter", "tab", "f1")
        assert board.app.is_running
        assert not board.app._exit
        (tmp_path / "pin.json").unlink()
        await board.press("ctrl+q")
        assert board.app._exit


async def test_there_is_nothing_to_touch(run: Running) -> None:
    async with run() as board:
        board.call("1")
        await board.catch_up()
        before = board.text()
        for place in ((0, 0), (60, 12), (20, 30)):
            await board.touch_at(*place)
        assert board.text() == before
        assert not board.targets()


@pytest.mark.parametrize("size", [(55, 18), (80, 24), (120, 34), (160, 45), (240, 67)], ids=str)
async def test_everything_is_whole_at_every_size_in_every_language(
    run: Running, size: tuple[int, int]
) -> None:
    async with run(size, languages=LANGUAGES, notices=(NOTICE,)) as board:
        for counter in ("1", "2", "3", "4", "5", "6"):
            board.call(counter, {"3": "court", "6": "help"}.get(counter, "bills"))
        await board.catch_up()
        for language in LANGUAGES:
            assert board.app.language.code == language
            for widget in filter(is_seen, board.shown.query(Scripted)):
                if widget.id:
                    label = seen(board, widget.id)
                    assert label.whole, label
                    assert all(line.strip() in "\n".join(label.drawn) for line in label.lines), label
            for code in (board.now[0], *board.others):
                assert code in board.text()
            await board.wait(ANNOUNCED)


# ---- drawn from cells


@pytest.mark.parametrize("size", [(80, 24), (120, 34), (160, 45), (240, 67)], ids=str)
async def test_code_and_counter_fill_most_of_the_board(run: Running, size: tuple[int, int]) -> None:
    async with run(size, display_type="sextant") as board:
        board.call("3", "court")
        await board.catch_up()
        code, counter = board.shown.query_one("#code"), board.shown.query_one("#counter")
        rows = len(code.drawn(code.content_size.width)), len(counter.drawn(counter.content_size.width))
        assert rows[0] > rows[1] > 0
        assert sum(rows) > 0.5 * size[1]


async def test_where_no_font_can_be_drawn_digits_are_built_of_cells(run: Running) -> None:
    async with run((120, 34), languages=("ar",), display_type="half") as board:
        with mock.patch.object(display_type, "_draw_lines", return_value=None):
            largest.cache_clear()
            board.call("3", "court")
            await board.catch_up()
            drawn = joined(stretches(board), 34)
            counter = board.shown.query_one("#counter")
            rows = counter.drawn(counter.content_size.width)
        largest.cache_clear()
        assert sum(drawn.count(block) for block in BLOCKS) > 200
        assert "3" in "".join(rows)
        assert sum(any(block in row for block in BLOCKS) for row in rows) > 4


def test_every_digit_and_letter_has_a_shape_of_its_own() -> None:
    shapes = {sign: draw_plain(sign, 5, 3, "sextant") for sign in DOTS}
    assert all(shapes.values())
    assert set(shapes) == set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    # Zero is the letter O: in a code they never stand in the same place.
    assert len(set(shapes.values())) == len(shapes) - 1


@given(
    st.text("0123456789ABCZ", min_size=1, max_size=6),
    st.integers(1, 250),
    st.integers(1, 70),
    st.sampled_from(["half", "sextant"]),
)
def test_built_digits_fit_their_room_and_touch_its_edge(
    text: str, width: int, height: int, mode: Any
) -> None:
    lines = draw_plain(text, width, height, mode)
    across, down = PIXELS[mode]
    if not lines:
        assert 6 * len(text) - 1 > width * across or height * down < 10
        return
    assert len(lines) <= height
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= width
    assert any(unpack(lines, mode).rows)


def test_type_is_as_large_as_its_room_allows() -> None:
    for text, rtl in (("B107", False), ("Ventanilla 3", False), ("3号", False)):
        lines = largest(text, 100, 12, "sextant", rtl)
        assert 6 <= len(lines) <= 12
        assert len(lines) >= 11 or len(lines[0]) > 80
        assert len(lines[0]) <= 100


# ---- which call is shown, whatever the order


DAY = date(2026, 11, 23)
TODAY = Today(DAY, {"help"}, Clock().day)


def ticket(number: int, state: str = CALLED, at: str = "", calls: int = 1, **more: Any) -> Ticket:
    """A ticket as the journal gives it."""
    known = {"day": DAY.isoformat(), "lane": "bills", "counter": "1", **more}
    return Ticket(
        ticket=f"t{number}",
        code=f"B{100 + number}",
        first_lane="bills",
        service="",
        language="en",
        channel="desk",
        priority="",
        interpreter="",
        state=state,
        arrival=f"{number:04d}",
        issued_at=f"2026-11-23T15:00:{number:02d}.000Z",
        ahead=0,
        quote_low=None,
        quote_high=None,
        last_called_at=at or f"2026-11-23T16:00:{number:02d}.000Z",
        calls=calls,
        **known,
    )


some_tickets = st.lists(st.sampled_from(STATES), max_size=12).map(
    lambda states: [ticket(number, state) for number, state in enumerate(states)]
)


@given(some_tickets, st.randoms())
def test_the_order_in_which_tickets_are_read_changes_nothing(tickets: list[Ticket], random: Any) -> None:
    mixed = tickets * 2
    random.shuffle(mixed)
    one, other = Calls(), Calls()
    one.take([], TODAY)
    other.take([], TODAY)
    assert one.take(tickets, TODAY) == other.take(mixed, TODAY)
    assert one.view == other.view


@given(some_tickets)
def test_the_view_holds_the_latest_of_those_who_are_here_and_nobody_else(tickets: list[Ticket]) -> None:
    calls = Calls()
    calls.take(tickets, TODAY)
    view = calls.view
    here = [t for t in tickets if t.state in (CALLED, SERVING)]
    assert view.now == (here[-1] if here else None)
    shown = [t for t in reversed(tickets) if t.state in CALLS and t is not view.now]
    assert list(view.others) == shown[: LISTED - 1]
    assert view.waiting.get("bills", 0) == sum(t.state == WAITING for t in tickets)
    assert not {t.state for t in view.others} & {WAITING, LEFT, VOID}


moves = st.lists(st.tuples(st.integers(0, 5), st.sampled_from([*STATES, "again"])), max_size=40)


@given(moves)
def test_every_call_is_announced_exactly_once(moves: list[tuple[int, str]]) -> None:
    """Whatever becomes of the tickets afterwards, and however often they are read."""
    calls = Calls()
    calls.take([], TODAY)
    tickets: dict[int, Ticket] = {}
    told, expected = [], []
    for step, (number, state) in enumerate(moves):
        before = tickets.get(number)
        if state == "again" or before is None:
            at = f"2026-11-23T17:{step:02d}:00.000Z"
            tickets[number] = ticket(number, at=at, calls=before.calls + 1 if before else 1)
            expected.append((number, at))
        else:
            tickets[number] = before._replace(state=state)
        for _ in range(2):
            told += [(int(t.ticket[1:]), t.last_called_at) for t in calls.take(tickets.values(), TODAY)]
    assert told == expected


def test_a_day_that_comes_back_repeats_nothing() -> None:
    """A clock set forward over the day's start, and back."""
    calls = Calls()
    calls.take([], TODAY)
    assert calls.take([ticket(1)], TODAY)
    assert calls.take([ticket(1)], replace(TODAY, day=date(2026, 11, 24))) == []
    assert calls.view.now is None
    assert calls.take([ticket(1)], TODAY) == []
    assert calls.view.now == ticket(1)


def test_a_line_kept_overnight_is_counted_and_its_calls_of_today_are_shown() -> None:
    calls = Calls()
    old = {"day": "2026-11-20", "lane": "help"}
    called_now = ticket(2, **old)
    called_then = ticket(3, state=FINISHED, at="2026-11-20T16:00:00.000Z", **old)
    calls.take(
        [ticket(1, WAITING, **old), called_now, called_then, ticket(4, WAITING, day="2026-11-20")], TODAY
    )
    assert calls.view.waiting == {"help": 1}
    assert calls.view.now == called_now
    assert calls.view.others == ()


def test_memory_of_calls_is_bounded() -> None:
    calls = Calls()
    with mock.patch("kiosk.ui.board.calls.KEPT", 50):
        for number in range(99):
            calls.take([ticket(number)], TODAY)
    assert len(calls._noticed) == 50
