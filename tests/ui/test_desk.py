"""A docent's morning at the desk, by keys and by the mouse."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from textual import events

from kiosk.clock import FixedClock
from kiosk.errors import JournalFull, SyncError
from kiosk.journal import Journal
from kiosk.settings import Printer
from kiosk.sync import membership
from kiosk.sync.membership import Membership
from kiosk.sync.status import Notes
from kiosk.ui import pin
from kiosk.ui.library import Library
from tests.support.app import middle, mouse
from tests.support.desk import Desk, a_line, desk

Open = Callable[..., AbstractAsyncContextManager[Desk]]
NAME = "Marisol Quintanilla"


@pytest.fixture
def open_desk(library: Library, tmp_path: Path) -> Open:
    """Start a desk: `async with open_desk(waiting="BBC") as docent`; all share one folder."""

    def start(**options: Any) -> AbstractAsyncContextManager[Desk]:
        return desk(library, tmp_path, **options)

    return start


def signed_in(open_desk: Open, **options: Any) -> AbstractAsyncContextManager[Desk]:
    """A docent at counter 1, which calls bills."""
    return open_desk(**{"name": NAME, "counter": "1", **options})


async def test_signing_in_opens_the_counter_and_signing_out_closes_it(open_desk: Open) -> None:
    async with open_desk() as docent:
        await docent.sign_in(NAME, "3")
        assert docent.at == "QueueScreen"
        assert NAME in docent.text()
        assert [row["counter"] for row in await docent.rows("counter.opened")] == ["3"]
        await docent.press("ctrl+q", "s")
        assert docent.at == "SignInScreen"
        assert NAME not in docent.text()
        assert [row["counter"] for row in await docent.rows("counter.closed")] == ["3"]


async def test_without_a_name_nobody_signs_in(open_desk: Open) -> None:
    async with open_desk() as docent:
        await docent.press("enter", "2", "enter")
        assert docent.at == "SignInScreen"
        assert "type your name" in docent.text()


async def test_the_pin_is_asked_and_closes_for_a_minute(open_desk: Open, tmp_path: Path) -> None:
    """Also where name and counter came on the command line; Ctrl+Q does not leave before it."""
    pin.store(tmp_path, "4711")
    async with signed_in(open_desk) as docent:
        assert docent.at == "SignInScreen"
        await docent.press("ctrl+q", "enter", "enter", *"1111", "enter")
        assert "not the PIN" in docent.text()
        for _ in range(4):
            await docent.press(*"1111", "enter")
        await docent.press(*"4711", "enter")
        assert "wait a minute" in docent.text()
        assert docent.app.is_running
        docent.clock.advance(60)
        await docent.press(*"4711", "enter")
        assert docent.at == "QueueScreen"


async def test_the_name_of_a_docent_is_in_no_event(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BB") as docent:
        await docent.press("n", "s", "h", "n", "x", "ctrl+q", "s")
        bodies = json.dumps([dict(event.body) for event in await docent.events()])
        assert '"staff": "s1"' in bodies
        for part in NAME.split():
            assert part.casefold() not in bodies.casefold()


async def test_the_order_of_the_calls_is_the_order_of_the_rows(open_desk: Open) -> None:
    """The counter's own line first, priority as it will be called, and who is next is marked."""
    async with signed_in(open_desk, waiting="CBBB") as docent:
        await docent.choose("B102")
        await docent.press("m", "3", "enter")
        assert docent.codes == ["B102", "B100", "B101", "C100"]
        assert docent.row("B102").endswith("★ booked")
        await docent.press("escape")
        assert "Next B102" in docent.shown("keys")
        await docent.press("n")
        assert docent.here == "B102 called"
        assert docent.codes == ["B100", "B101", "C100"]


async def test_a_visit_from_the_call_to_the_end(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BB") as docent:
        await docent.press("n")
        assert docent.told == "B100 is called to counter 1."
        await docent.press("s")
        assert docent.here == "B100 serving"
        assert "Online there is no fee" in " ".join(docent.shown("mine").split())
        await docent.press("f")
        assert (docent.here, docent.told) == ("", "B100 is finished.")
        assert docent.codes == ["B101"]


async def test_what_is_not_possible_says_why_and_changes_nothing(open_desk: Open) -> None:
    """A second Next while somebody is served never resets the time of the service."""
    async with signed_in(open_desk, waiting="BBC") as docent:
        await docent.press("s")
        assert docent.told == "Nobody is at your counter."
        await docent.press("c")
        assert docent.told.startswith("Choose a ticket first")
        await docent.press("n", "f")
        assert docent.told == "B100 is called: press S when the person is here."
        await docent.press("r")
        assert docent.told == "Called 2 seconds ago."
        await docent.press("s")
        began = (await docent.ticket("B100")).serving_at
        await docent.press("n")
        assert docent.told == "Finish B100 first."
        await docent.choose("C100")
        await docent.press("c")
        assert docent.told == "Finish B100 first."
        assert (await docent.ticket("B100")).serving_at == began
        await docent.press("escape", "f", "n", "s", "f", "n")
        assert docent.told == "Nobody is waiting."


async def test_recall_after_a_while(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="B") as docent:
        await docent.press("n")
        docent.clock.advance(30)
        await docent.press("r")
        assert docent.told == "B100 is called once more."
        assert (await docent.ticket("B100")).calls == 2


async def test_hold_no_show_and_back_again(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BBB") as docent:
        await docent.press("n", "s", "h")
        assert docent.row("B100").endswith(f"held by {NAME}")
        await docent.press("n", "x")
        assert "Did not come" in docent.shown("queue")
        await docent.choose("B101")
        await docent.press("p")
        assert docent.codes == ["B101", "B102", "B100"]
        await docent.choose("B100")
        await docent.press("c")
        assert docent.here == "B100 called"


async def test_transfer_keeps_the_number(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BC") as docent:
        await docent.press("n", "s", "t")
        assert "Send B100 on to which line?" in docent.text()
        await docent.press("c")
        assert docent.told == "B100 waits for Court and fines now."
        assert ((await docent.ticket("B100")).lane, docent.codes) == ("court", ["B100", "C100"])


async def test_who_still_waits_is_not_sent_on(open_desk: Open) -> None:
    """Nothing is asked that would lead to nothing."""
    async with signed_in(open_desk, waiting="B") as docent:
        await docent.choose("B100")
        await docent.press("t")
        assert (docent.at, docent.told) == ("QueueScreen", "B100 is waiting: call it first.")


async def test_undo_takes_back_ones_own_steps_one_after_the_other(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="B") as docent:
        await docent.press("n", "s", "f", "u")
        assert docent.here == "B100 serving"
        await docent.press("u")
        assert docent.here == "B100 called"
        await docent.press("u")
        assert (docent.here, docent.codes) == ("", ["B100"])
        await docent.press("u")
        assert docent.told == "There is nothing to take back."


async def test_undo_of_a_ticket_and_of_a_mark(open_desk: Open) -> None:
    """What U takes back is the latest thing done, also where the journal has no undo for it."""
    async with signed_in(open_desk, waiting="B") as docent:
        await docent.press("i", "c", "enter")
        await docent.choose("B100")
        await docent.press("m", "2", "enter")
        assert (await docent.ticket("B100")).priority == "assisted"
        await docent.press("u")
        assert (await docent.ticket("B100")).priority == ""
        await docent.press("u")
        assert docent.codes == ["B100"]
        assert (await docent.ticket("C100")).state == "void"


async def test_gave_up_and_void(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BB") as docent:
        await docent.choose("B100")
        await docent.press("g")
        await docent.choose("B101")
        await docent.press("v", "t")
        assert docent.codes == []
        left, void = await docent.ticket("B100"), await docent.ticket("B101")
        assert (left.ended_how, void.ended_how) == ("desk", "duplicate")


async def test_a_ticket_for_a_visitor(open_desk: Open) -> None:
    """Line, language and order by keys of their own; the interpreter by arrows."""
    async with signed_in(open_desk) as docent:
        await docent.press("i", "h", "3", "8", "down", "right", "enter")
        assert docent.told.startswith("H100 · ")
        ticket = await docent.ticket("H100")
        asked = (ticket.language, ticket.priority, ticket.interpreter, ticket.channel, ticket.printing)
        assert asked == ("vi", "assisted", "sign", "desk", "")
        assert "sign interpreter" in docent.row("H100")


async def test_a_ticket_is_printed_and_printed_again(open_desk: Open, tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    paper.touch()
    async with signed_in(open_desk, printer=Printer("file", str(paper))) as docent:
        await docent.press("i", "enter")
        await docent.app.printing.finish()
        await docent.settle()
        assert (await docent.ticket("B100")).printing == "ok"
        await docent.choose("B100")
        await docent.press("k")
        await docent.app.printing.finish()
        assert (await docent.ticket("B100")).printing == "reprinted"


async def test_a_ticket_that_did_not_come_out(open_desk: Open, tmp_path: Path) -> None:
    nowhere = Printer("file", str(tmp_path / "unplugged" / "lp0"))
    async with signed_in(open_desk, printer=nowhere) as docent:
        await docent.press("i", "enter")
        await docent.app.printing.finish()
        await docent.settle()
        assert "B100 was not printed" in docent.told
        assert docent.row("B100").endswith("not printed")


async def test_looking_up_in_spanish_and_answering(open_desk: Open) -> None:
    """The language of the words is taken for the visitor's; nobody had to wait."""
    async with signed_in(open_desk) as docent:
        await docent.press("l", *"perro perdido", "enter")
        assert "Find or reclaim a lost pet" in docent.shown("service")
        await docent.press("a")
        assert docent.told == "Answered: 1 question at the desk today."
        (row,) = await docent.rows("desk.answered")
        assert (row["service"], row["language"], row["counter"]) == ("animal_reclaim", "es", "1")
        await docent.press("escape", "escape")
        assert "100 % did not have to wait" in " ".join(docent.shown("mine").split())


async def test_a_ticket_from_the_lookup(open_desk: Open) -> None:
    async with signed_in(open_desk) as docent:
        await docent.press("l", *"pagar agua", "enter", "i", "enter")
        ticket = await docent.ticket("B100")
        assert (ticket.service, ticket.language) == ("utility_pay", "es")


async def test_answered_without_a_service(open_desk: Open) -> None:
    async with signed_in(open_desk) as docent:
        await docent.press("a", "enter")
        assert docent.at == "QueueScreen"
        (row,) = await docent.rows("desk.answered")
        assert row["service"] == ""


async def test_a_fact_that_is_wrong(open_desk: Open) -> None:
    """Which one, and what is right, for `kiosk words`."""
    async with signed_in(open_desk) as docent:
        await docent.press("d", *"marriage license", "enter")
        await docent.press("c", "down", *"now $55", "enter")
        doubted = await docent.app.recorder.ask(lambda journal: journal.facts_doubted())
        assert [row[:3] for row in doubted] == [("marriage_license", "fee", "now $55")]


async def test_the_counter_pauses_and_opens_with_the_next_call(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="B") as docent:
        await docent.press("o", "p")
        assert docent.app.sight.state("1") == "paused"
        assert "paused" in docent.shown("mine")
        await docent.press("n")
        assert docent.app.sight.state("1") == "open"


async def test_the_end_of_the_day_says_who_still_waits_and_asks(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BBC") as docent:
        await docent.press("n", "s", "e")
        assert "2 people are still waiting" in docent.text()
        assert "1 person is at a counter" in docent.text()
        await docent.press("enter")
        assert len(docent.codes) == 2
        await docent.press("e", "y")
        assert docent.told == "The day is closed: 3 tickets were ended."
        assert docent.codes == []


async def test_leaving_says_who_is_still_there(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="B") as docent:
        await docent.press("n", "ctrl+q")
        assert "B100 is still at your counter." in docent.text()
        await docent.press("l")
        assert docent.app._exit


async def test_a_new_ticket_appears(open_desk: Open, library: Library) -> None:
    """Another process of this machine gives out a ticket; the desk looks ten times a second."""
    async with signed_in(open_desk) as docent:
        kiosk = a_line(library, docent.app.settings, docent.clock)
        await docent.app.changes.look()
        kiosk.issue(language="ar", service="utility_pay", channel="desk")
        async with asyncio.timeout(10):
            # A look of the desk's own may be under way already, and see it instead.
            while "B100" not in docent.codes:
                await docent.app.changes.look()
                await docent.settle()
        assert "Arabic" in docent.row("B100")
        kiosk.journal.close()


async def test_two_desks_never_call_the_same_person(open_desk: Open) -> None:
    clock = FixedClock()
    async with (
        signed_in(open_desk, clock=clock, waiting="BBBB") as one,
        signed_in(open_desk, clock=clock, counter="2", name="Tom") as two,
    ):
        for _ in range(2):
            await one.press("n")
            await two.press("n")
            assert one.here.endswith("called")
            assert one.here != two.here
            await two.app.changes.look()
            await two.settle()
            assert two.row(one.here.split()[0]).endswith("called to counter 1")
            await one.press("s", "f")
            await two.press("s", "f")
        called = [row["ticket"] for row in await one.rows("ticket.called")]
        assert len(called) == len(set(called)) == 4


async def test_a_key_pressed_twice_at_once_is_heard_once(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BB") as docent:
        docent.app.actions.next()
        docent.app.actions.next()
        await docent.settle()
        assert len(await docent.rows("ticket.called")) == 1
        assert docent.told == "B100 is called to counter 1."


async def test_a_full_disk_is_told_and_the_desk_goes_on(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(open_desk, waiting="B") as docent:

        def full(*_: Any) -> None:
            raise JournalFull("no space left on the disk", "Free some.")

        with monkeypatch.context() as patch:
            patch.setattr(docent.app.line, "next", full)
            await docent.press("n")
        assert (docent.told, docent.here) == ("no space left on the disk", "")
        await docent.press("n")
        assert docent.here == "B100 called"


async def test_the_mouse_alone_is_enough(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BBB") as docent:
        await docent.click_key("N")
        await docent.click_key("S")
        assert docent.here == "B100 serving"
        await docent.click_row("B102")
        assert docent.table.ticket
        assert docent.table.ticket.code == "B102"
        await docent.click_row("B102")
        assert docent.at == "Sheet"
        await docent.press("escape")
        await docent.click_key("F")
        await docent.click_key("C")
        assert docent.here == "B102 called"


async def test_the_wheel_looks_further_down_and_chooses_nothing(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="B" * 60) as docent:
        assert "B159" not in docent.text()
        x, y = middle(docent.table.region)
        for _ in range(20):
            docent.app.post_message(mouse(events.MouseScrollDown, x, y))
        await docent.settle()
        assert "B159" in docent.text()
        assert docent.table.ticket is None


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_five_hundred_are_all_within_reach(open_desk: Open, size: tuple[int, int]) -> None:
    """The last of them by one key, the other lines by another, at every size."""
    async with signed_in(open_desk, waiting="B" * 500 + "C", size=size) as docent:
        assert "500 waiting" in docent.text()
        await docent.press("end")
        assert "▸ C100" in docent.text()
        await docent.press("up")
        assert "▸ B599" in docent.text()
        await docent.press("home", "tab")
        assert "▸ C100" in docent.text()
        docent.clock.advance(300)
        docent.screen.show()
        await docent.settle()
        assert docent.row("C100").startswith("▸ C100 6 min")


@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
@pytest.mark.parametrize("language", ["en", "ar", "zh_Hans"])
async def test_every_key_can_be_seen_and_clicked(
    open_desk: Open, size: tuple[int, int], language: str
) -> None:
    """In whatever language the desk is, and nothing reaches over the edge."""
    languages = tuple(dict.fromkeys([language, "en", "es"]))
    async with signed_in(open_desk, waiting="BC", size=size, languages=languages) as docent:
        bar = docent.screen.query_one("#keys")
        assert bar.region.bottom <= size[1]
        for group in bar.groups:  # type: ignore[attr-defined]
            for key in group.keys:
                assert re.search(rf"(?<!\S){re.escape(key.key)}(?!\S)", docent.text()), key
        await docent.click_key("N")
        assert docent.here == "B100 called"
        assert all(len(line) <= size[0] for line in docent.text().splitlines())


def enroll(data: Path) -> None:
    """Let the machine belong to a center that is not there."""
    member = Membership("http://127.0.0.1:9", "d" * 32, "t" * 32, "lobby", "Lobby", *["e" * 64] * 2, "a" * 8)
    membership.store(data, member)
    with Journal.open(data / "kiosk.db", FixedClock()) as journal:
        journal.enroll(member.device, "lobby", member.key, [("B", 100, 199)])


async def test_a_desk_that_can_not_reach_its_center_calls_alone_and_says_so(
    open_desk: Open, tmp_path: Path
) -> None:
    """Nobody waits for a network that is not there; the docent reads quietly that others may call too."""
    enroll(tmp_path)
    async with signed_in(open_desk, waiting="BB") as docent:
        assert docent.app.line.claims is not None
        await docent.press("n")
        assert docent.here == "B100 called"
        said = " ".join(docent.shown("mine").split())
        assert "The center can't be reached: other desks may call the same person." in said
        await docent.press("s", "f", "n")
        assert docent.here == "B101 called"


async def test_the_docent_sees_soon_whether_the_other_desks_are_reached(
    open_desk: Open, tmp_path: Path
) -> None:
    """Without a key: nothing in the journal tells that a network went away, or came back."""
    enroll(tmp_path)
    async with signed_in(open_desk) as docent:
        notes = Notes(tmp_path, docent.clock)
        notes.reached("push")
        await docent.app.watch_company()
        await docent.settle()
        assert "with the other desks · open" in docent.text()
        notes.failed("push", SyncError("unreachable", "the center does not answer"))
        await docent.app.watch_company()
        await docent.settle()
        assert "The center can't be reached" in docent.text()
        notes.reached("push")
        await docent.app.watch_company()
        await docent.settle()
        assert "with the other desks" in docent.text()


async def test_a_visitor_who_is_running_late_is_marked(open_desk: Open) -> None:
    async with signed_in(open_desk, waiting="BB") as docent:
        ticket = await docent.ticket("B101")
        await docent.app.recorder.ask(
            lambda journal: journal.append("ticket.late", {"ticket": ticket.ticket})
        )
        await docent.app.reread()
        assert "running late" in docent.row("B101")
        assert "running late" not in docent.row("B100")
