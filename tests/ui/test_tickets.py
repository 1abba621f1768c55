"""Taking a ticket, looking after one's place in the line, and giving it back, as a visitor meets them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.catalog.model import Catalog, Holiday
from kiosk.devices.printer import Outcome
from kiosk.devices.printer import Printer as Device
from kiosk.devices.slip import Line as SlipLine
from kiosk.devices.slip import Slip
from kiosk.errors import JournalFull
from kiosk.i18n import messages
from kiosk.line import words as ticket_words
from kiosk.settings import Printer
from kiosk.tickets.estimate import Quote
from kiosk.tickets.ticket import CALLED, LEFT, SERVING, WAITING
from kiosk.ui.visitor.service import ServiceScreen
from kiosk.ui.visitor.standing import StandingScreen
from kiosk.ui.visitor.ticket import TicketScreen
from kiosk.ui.visitor.ticket_code import TicketCode
from kiosk.ui.visitor.ticket_number import TicketNumberScreen
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.qr_code import QRCode
from tests.support.app import Kiosk
from tests.support.codes import read
from tests.support.gallery import SIZES, seen, stretches
from tests.support.scenes import PLACE, TICKET
from tests.ui.test_idle import wait

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]
SERVICE = "utility_pay"
PAPER = Printer(kind="file", address="never written")
"""Settings of a printer; what it prints is caught before it gets there."""
STAFF = "s1"


class Paper:
    """Catches every slip; holds printing up until it may `go`, and answers `outcome`."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []
        self.outcome = Outcome(True)
        self.go = threading.Event()
        self.go.set()

    def take(self, printer: Device, slip: Slip) -> Outcome:
        assert self.go.wait(60)
        self.slips.append(slip)
        return self.outcome

    def words(self) -> list[list[str]]:
        """What stands on each slip, line by line."""
        return [[block.text for block in slip.blocks if isinstance(block, SlipLine)] for slip in self.slips]


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Paper]:
    """The paper that comes out of the printer."""
    caught = Paper()
    monkeypatch.setattr(Device, "__init__", lambda device, settings: None)
    monkeypatch.setattr(Device, "print_slip", lambda device, slip: caught.take(device, slip))
    yield caught
    caught.go.set()


async def take(kiosk: Kiosk, service: str = SERVICE, language: str = "en") -> str:
    """A visitor takes a ticket; the number on the screen."""
    await kiosk.start(language)
    await kiosk.show(ServiceScreen(service))
    await kiosk.touch("ticket")
    assert isinstance(kiosk.screen, TicketScreen)
    return kiosk.screen.ticket.code


async def look_up(kiosk: Kiosk, code: str) -> None:
    """Another visit, to the place in the line of a number."""
    await kiosk.start("en")
    await kiosk.touch("ticket")
    assert kiosk.at == "TicketNumberScreen"
    for key in code:
        await kiosk.touch(f"key-{key}")
    await kiosk.touch("find")


def shown(kiosk: Kiosk, which: str) -> str:
    """The words at a place of the screen, in one line."""
    return " ".join(" ".join(seen(kiosk, which).drawn).split())


async def serve(kiosk: Kiosk, until: str = "finish", minutes: float = 7) -> str:
    """A docent calls whoever is next, serves and finishes them, or stops before; the number."""
    ticket = await kiosk.line(lambda line: line.next("1", STAFF))
    if until in ("serve", "finish"):
        await kiosk.line(lambda line: line.serve(ticket.ticket, "1", STAFF))
    if until == "finish":
        kiosk.clock.advance(60 * minutes)
        await kiosk.line(lambda line: line.finish(ticket.ticket, STAFF))
    return ticket.code


async def test_a_ticket_is_three_touches_and_one_from_home(kiosk: Kiosk) -> None:
    """Its number, its lane, who is before, how long and what to have ready stand on the screen."""
    await kiosk.start("en")
    for which in ("item-0", "item-0", "ticket"):
        await kiosk.touch(which)
    assert kiosk.at == "TicketScreen"
    assert shown(kiosk, "ticket-code") == "B100"
    assert shown(kiosk, "lane") == "Bills and payments"
    assert shown(kiosk, "ahead") == "Nobody is before you"
    assert shown(kiosk, "wait") == "The waiting time is not known yet"
    assert shown(kiosk, "slip") == "Please remember your number, or photograph it."
    assert "Cashier windows just" in kiosk.text()
    assert "Have ready" in kiosk.text()
    assert not kiosk.screen.query("#again")
    (row,) = await kiosk.rows("ticket.issued")
    assert (row["code"], row["lane"], row["service"]) == ("B100", "bills", SERVICE)
    assert (row["channel"], row["language"], row["printing"]) == ("kiosk", "en", False)


async def test_the_number_is_said_letter_by_letter(kiosk: Kiosk) -> None:
    code = await take(kiosk)
    assert "B 1 0 0" in kiosk.screen.speech()  # type: ignore[attr-defined]
    assert code not in kiosk.screen.speech()  # type: ignore[attr-defined]


async def test_done_ends_the_visit_without_a_survey_and_leaves_no_number(run: Running) -> None:
    """Drawn or typed, on the screen, in memory or in a file of the cache: it is gone."""
    async with run((120, 34), display_type="sextant") as kiosk:
        code = await take(kiosk)
        assert code in kiosk.screen.query_one("#ticket-code").words()  # type: ignore[attr-defined]
        await kiosk.touch("done")
        assert kiosk.at == "AttractScreen"
        assert code not in kiosk.text()
        assert not any(request.text == code for request in kiosk.app._drawn)
        drawings = kiosk.app.settings.cache.glob("display-type/*")
        assert not [file for file in drawings if code in file.read_text(encoding="utf-8")]
        await kiosk.let_go()
        assert [type(screen).__name__ for screen in kiosk.met] == ["AttractScreen"]
        assert [event.kind for event in await kiosk.events()][-1] == "visit.ended"
        assert not await kiosk.rows("survey.invited")


@pytest.mark.parametrize("after", [0.0, 0.1, 0.5])
async def test_a_double_touch_takes_one_ticket(kiosk: Kiosk, after: float) -> None:
    """However fast, and also when the visitor goes back and touches again."""
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    page = kiosk.screen
    assert isinstance(page, ServiceScreen)
    page.press_ticket("")
    kiosk.clock.advance(after)
    page.press_ticket("")
    await kiosk.settle()
    assert [type(screen).__name__ for screen in kiosk.app.screen_stack].count("TicketScreen") == 1
    await kiosk.touch("bar-back")
    await kiosk.touch("ticket")
    assert shown(kiosk, "ticket-code") == "B100"
    assert len(await kiosk.rows("ticket.issued")) == 1


async def test_two_visits_take_two_tickets(kiosk: Kiosk) -> None:
    assert await take(kiosk) == "B100"
    await kiosk.touch("done")
    assert await take(kiosk) == "B101"
    assert shown(kiosk, "ahead") == "1 person before you"


async def test_whoever_is_gone_before_the_number_came_does_not_wait(kiosk: Kiosk) -> None:
    """Start over while the disk is slow: the place goes back to the line."""
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    slow = threading.Event()
    kiosk.app.recorder._submit(slow.wait)
    page = kiosk.screen
    assert isinstance(page, ServiceScreen)
    page.press_ticket("")
    kiosk.app.end_visit("start_over")
    slow.set()
    await kiosk.settle()
    assert kiosk.at == "AttractScreen"
    (left,) = await kiosk.rows("ticket.left")
    assert left["how"] == "visitor"
    assert not await kiosk.line(lambda line: line.journal.tickets_open())


async def test_a_ticket_that_is_not_on_the_disk_shows_no_number(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))

    def full(*values: object, **named: object) -> None:
        raise JournalFull("the disk is full", "Make room.")

    monkeypatch.setattr(kiosk.app.recorder.journal, "append", full)
    await kiosk.touch("ticket")
    assert kiosk.at == "NotSavedScreen"
    assert shown(kiosk, "heading") == "Your ticket could not be saved"
    assert "B100" not in kiosk.text()
    assert any("the disk is full" in trouble for trouble in kiosk.app.troubles())


async def test_a_ticket_is_printed_once_and_again_only_when_asked(run: Running, paper: Paper) -> None:
    """The screen says where it is; the reprint has the same number."""
    async with run(printer=PAPER) as kiosk:
        paper.go.clear()
        code = await take(kiosk, language="es")
        tr = kiosk.app.messages.tr
        assert kiosk.screen.slip_line() == tr("Your ticket is printing below.")  # type: ignore[attr-defined]
        assert not kiosk.find("again").visible
        await kiosk.touch("bar-back")
        await kiosk.touch("ticket")
        paper.go.set()
        await kiosk.printed()
        assert shown(kiosk, "slip") == tr("Take your ticket below.")
        assert [code in words for words in paper.words()] == [True]
        assert kiosk.app.catalog.by_id[SERVICE].bring[0] in paper.words()[0]
        await kiosk.touch("again")
        await kiosk.printed()
        assert [code in words for words in paper.words()] == [True, True]
        assert len(await kiosk.rows("ticket.issued")) == 1
        printed = await kiosk.rows("ticket.printed")
        assert [(row["outcome"], row["fault"]) for row in printed] == [("ok", "")] * 2
        assert (await kiosk.line(lambda line: line.find(code))).printing == "reprinted"


async def test_without_paper_the_visitor_is_told_to_remember_the_number(run: Running, paper: Paper) -> None:
    """And staff are told; the number stays on the screen, and the printer may be tried again."""
    paper.outcome = Outcome(False, "no_paper")
    async with run(printer=PAPER) as kiosk:
        code = await take(kiosk)
        await kiosk.printed()
        assert "please remember your number or photograph it" in shown(kiosk, "slip")
        assert shown(kiosk, "ticket-code") == code
        (row,) = await kiosk.rows("ticket.printed")
        assert (row["outcome"], row["fault"]) == ("failed", "no_paper")
        assert any("no_paper" in trouble for trouble in kiosk.app.troubles())
        paper.outcome = Outcome(True)
        await kiosk.touch("again")
        await kiosk.printed()
        assert shown(kiosk, "slip") == "Take your ticket below."
        assert not kiosk.app.troubles()


async def test_printing_goes_on_when_the_visitor_leaves(run: Running, paper: Paper) -> None:
    async with run(printer=PAPER) as kiosk:
        paper.go.clear()
        code = await take(kiosk)
        await kiosk.touch("done")
        assert kiosk.at == "AttractScreen"
        paper.go.set()
        await kiosk.printed()
        assert [code in words for words in paper.words()] == [True]
        assert len(await kiosk.rows("ticket.printed")) == 1


async def test_a_printer_that_breaks_breaks_nothing_else(
    run: Running, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(device: Device, slip: Slip) -> Outcome:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(Device, "print_slip", broken)
    async with run(printer=PAPER) as kiosk:
        await take(kiosk)
        await kiosk.printed()
        assert "The printer is not working" in shown(kiosk, "slip")


async def test_a_real_job_reaches_the_printer_once(run: Running, tmp_path: Path) -> None:
    """Two touches on the way, one slip in the device, in Arabic."""
    device = tmp_path / "lp0"
    device.touch()
    async with run(printer=Printer(kind="file", address=str(device))) as kiosk:
        await take(kiosk, language="ar")
        await kiosk.touch("bar-back")
        await kiosk.touch("ticket")
        await kiosk.printed()
        once = device.stat().st_size
        assert once > 1000
        await kiosk.touch("again")
        await kiosk.printed()
        assert device.stat().st_size in (once, 2 * once)
        assert len(await kiosk.rows("ticket.printed")) == 2


@pytest.mark.parametrize(
    ("moment", "title", "again"),
    [
        ("2026-11-28T16:00", "This line is closed now", "Monday, November 30 · 8:00 AM"),
        ("2026-11-23T22:50", "No more tickets today", "Tuesday, November 24 · 8:00 AM"),
        ("2026-11-24T12:00", "This line is closed now", "Tuesday, November 24 · 8:00 AM"),
    ],
    ids=["weekend", "after the last ticket", "early"],
)
async def test_no_comes_with_the_reason_the_next_opening_and_what_else_can_be_done(
    kiosk: Kiosk, moment: str, title: str, again: str
) -> None:
    kiosk.clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    await kiosk.touch("ticket")
    assert kiosk.at == "NoTicketScreen"
    assert shown(kiosk, "heading") == title
    assert again in shown(kiosk, "again")
    service = kiosk.app.service(SERVICE)
    instead = " ".join(kiosk.screen.query_one("#facts", FactCard).words().split())
    assert service.phones[0].number in instead
    assert kiosk.app.catalog.city.desk in instead
    assert not await kiosk.rows("ticket.issued")
    await kiosk.touch("qr")
    assert kiosk.at == "TakeAlongScreen"


async def test_a_holiday_is_named(kiosk: Kiosk) -> None:
    """In the visitor's words; the line opens on the next day that is none."""
    own(kiosk, lambda catalog: replace(catalog, holidays=(Holiday("2026-11-23", "Founders' Day"),)))
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    await kiosk.touch("ticket")
    assert "Founders' Day" in shown(kiosk, "why")
    assert "Tuesday, November 24 · 8:00 AM" in shown(kiosk, "again")


async def test_a_full_line_says_when_there_are_numbers_again(kiosk: Kiosk) -> None:
    def small(catalog: Catalog) -> Catalog:
        return replace(catalog, lanes=tuple(replace(lane, numbers="100-100") for lane in catalog.lanes))

    own(kiosk, small)
    assert await take(kiosk) == "B100"
    await kiosk.touch("done")
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    await kiosk.touch("ticket")
    assert shown(kiosk, "why") == "All numbers of today have been given out."
    assert "Tuesday, November 24 · 8:00 AM" in shown(kiosk, "again")


def own(kiosk: Kiosk, change: Callable[[Catalog], Catalog]) -> None:
    """Give this kiosk a catalogue of its own."""
    library = kiosk.app.library
    library.loaded = replace(library.loaded, catalog=change(library.loaded.catalog))
    library._catalogs = {}


async def test_a_number_is_looked_up_by_touches(kiosk: Kiosk) -> None:
    """Somebody sees their own place, and how it gets better while they look."""
    for _ in range(3):
        code = await take(kiosk)
        await kiosk.touch("done")
    await look_up(kiosk, code)
    assert kiosk.at == "StandingScreen"
    assert shown(kiosk, "ahead") == "2 people before you"
    await serve(kiosk)
    kiosk.screen.look()  # type: ignore[attr-defined]
    await kiosk.settle()
    assert shown(kiosk, "ahead") == "1 person before you"
    await kiosk.touch("done")
    assert kiosk.at == "AttractScreen"
    assert (await kiosk.rows("visit.ended"))[-1]["how"] == "finished"


async def test_a_number_is_typed_on_a_real_keyboard(kiosk: Kiosk) -> None:
    """Small letters, blanks and a correction are all right."""
    await take(kiosk)
    await kiosk.touch("done")
    await kiosk.start("en")
    await kiosk.show(TicketNumberScreen())
    await kiosk.press("b", " ", "1", "0", "7", "backspace", "0", "enter")
    assert kiosk.at == "StandingScreen"
    assert shown(kiosk, "ticket-code") == "B100"


async def test_arrow_keys_alone_reach_the_pad(kiosk: Kiosk) -> None:
    await take(kiosk)
    await kiosk.touch("done")
    await kiosk.start("en")
    await kiosk.choose("ticket")
    for which in ("key-B", "key-1", "key-0", "key-0", "find"):
        await kiosk.choose(which)
    assert kiosk.at == "StandingScreen"


@pytest.mark.parametrize("size", [(55, 18), (80, 24)], ids=["55x18", "80x24"])
async def test_a_number_that_is_wrong_may_be_typed_again(run: Running, size: tuple[int, int]) -> None:
    """The pad stays, with the reason; the next key begins anew."""
    async with run(size) as kiosk:
        await take(kiosk)
        await kiosk.touch("done")
        await look_up(kiosk, "B999") if size != (55, 18) else await small_look_up(kiosk, "B999")
        assert kiosk.at == "TicketNumberScreen"
        told = "There is no ticket B999 today. Check the letter and the three digits."
        assert shown(kiosk, "told") == told
        for key in "B100":
            await kiosk.touch(f"key-{key}")
        assert shown(kiosk, "ticket-code") == "B100"
        assert told not in kiosk.text()
        await kiosk.touch("find")
        assert kiosk.at == "StandingScreen"


async def small_look_up(kiosk: Kiosk, code: str) -> None:
    """As `look_up`, where home has the pad on another page."""
    await kiosk.start("en")
    await kiosk.show(TicketNumberScreen())
    for key in code:
        await kiosk.touch(f"key-{key}")
    await kiosk.touch("find")


async def test_half_a_number_is_none(kiosk: Kiosk) -> None:
    await look_up(kiosk, "B1")
    assert kiosk.at == "TicketNumberScreen"
    assert shown(kiosk, "told") == "A ticket number has one letter and three digits."


async def test_a_number_of_yesterday_is_not_there_today(kiosk: Kiosk) -> None:
    """The same answer as for a number that never was."""
    await take(kiosk)
    await kiosk.touch("done")
    kiosk.clock.moment += timedelta(days=1)
    await look_up(kiosk, "B100")
    assert "There is no ticket B100 today." in shown(kiosk, "told")


async def test_whoever_is_called_reads_the_counter_at_once(kiosk: Kiosk) -> None:
    """Also on the screen of a ticket that was just taken; then that they are being helped."""
    code = await take(kiosk)
    assert await serve(kiosk, until="call") == code
    kiosk.screen.look()  # type: ignore[attr-defined]
    await kiosk.settle()
    assert shown(kiosk, "state") == "You are called: please go to counter 1"
    await kiosk.touch("done")
    await look_up(kiosk, code)
    assert shown(kiosk, "state") == "You are called: please go to counter 1"
    which = (await kiosk.line(lambda line: line.find(code))).ticket
    await kiosk.line(lambda line: line.serve(which, "1", STAFF))
    kiosk.screen.look()  # type: ignore[attr-defined]
    await kiosk.settle()
    assert shown(kiosk, "state") == "You are being helped at counter 1"
    assert not kiosk.screen.query("#leave")


async def test_nothing_is_composed_anew_under_a_finger(kiosk: Kiosk) -> None:
    """The line moves between the touch and its release; the touch counts all the same."""
    first = await take(kiosk)
    await kiosk.touch("done")
    second = await take(kiosk)
    await kiosk.touch("done")
    await look_up(kiosk, second)
    assert await serve(kiosk) == first
    page: Any = kiosk.screen
    page.on_mouse_down(None)
    page.look()
    await kiosk.settle()
    assert shown(kiosk, "ahead") == "1 person before you"
    kiosk.clock.advance(1)
    page.show_anew()
    await kiosk.settle()
    assert shown(kiosk, "ahead") == "Nobody is before you"


async def test_a_place_is_given_back_after_one_question(kiosk: Kiosk) -> None:
    """Whoever waits behind moves up; saying no changes nothing."""
    first = await take(kiosk)
    await kiosk.touch("done")
    second = await take(kiosk)
    await kiosk.touch("done")
    await look_up(kiosk, first)
    await kiosk.touch("leave")
    assert kiosk.at == "LeaveScreen"
    await kiosk.touch("keep")
    assert kiosk.at == "StandingScreen"
    assert (await kiosk.line(lambda line: line.find(first))).state == WAITING
    await kiosk.touch("leave")
    await kiosk.touch("leave")
    assert kiosk.at == "StandingScreen"
    assert shown(kiosk, "state") == "You have given your place back. Thank you for telling us."
    (left,) = await kiosk.rows("ticket.left")
    assert left["how"] == "visitor"
    await kiosk.touch("done")
    await look_up(kiosk, second)
    assert shown(kiosk, "ahead") == "Nobody is before you"


async def test_nobody_leaves_from_under_a_docents_hands(kiosk: Kiosk) -> None:
    """Called and served while the question stands there: the answer comes too late, and is told so."""
    code = await take(kiosk)
    await kiosk.touch("done")
    await look_up(kiosk, code)
    await kiosk.touch("leave")
    await serve(kiosk, until="serve")
    await kiosk.touch("leave")
    assert kiosk.at == "StandingScreen"
    assert shown(kiosk, "state") == "You are being helped at counter 1"
    assert (await kiosk.line(lambda line: line.find(code))).state == SERVING


@pytest.mark.parametrize("waited", [4, 20])
async def test_feedback_on_a_visit_keeps_service_lane_and_wait_but_no_number(
    kiosk: Kiosk, waited: int
) -> None:
    """After a finished ticket all statements may be asked; the code stands in no event of the survey."""
    code = await take(kiosk)
    await kiosk.touch("done")
    kiosk.clock.advance(60 * waited)
    await serve(kiosk)
    await look_up(kiosk, code)
    assert shown(kiosk, "state") == "Your visit to the counter is finished. Thank you."
    await kiosk.touch("feedback")
    await kiosk.touch("begin")
    for _ in range(4):
        await kiosk.touch("answer-4")
    assert kiosk.at == "ThanksScreen"
    (started,) = await kiosk.rows("survey.started")
    assert (started["channel"], started["service"], started["lane"]) == ("invited", SERVICE, "bills")
    assert started["wait"] == {4: "under_5", 20: "15_30"}[waited]
    assert len(await kiosk.rows("survey.completed")) == 1
    kinds = ("survey.", "visit.")
    told = [str(dict(event.body)) for event in await kiosk.events() if event.kind.startswith(kinds)]
    assert not [body for body in told if code in body]
    await kiosk.touch("done")
    assert code not in str(vars(kiosk.app.visit))


@pytest.mark.parametrize("how", ["left", "no_show"])
async def test_whoever_was_not_served_is_asked_nothing_about_staff(kiosk: Kiosk, how: str) -> None:
    code = await take(kiosk)
    await kiosk.touch("done")
    if how == "no_show":
        await serve(kiosk, until="call")
    which = (await kiosk.line(lambda line: line.find(code))).ticket
    await kiosk.line(
        lambda line: line.no_show(which, STAFF) if how == "no_show" else line.leave(which, "desk")
    )
    await look_up(kiosk, code)
    await kiosk.touch("feedback")
    await kiosk.touch("begin")
    (started,) = await kiosk.rows("survey.started")
    statements = {s.id: s.fits for s in kiosk.app.catalog.survey.statements}
    assert all("lookup" in statements[asked] for asked in started["statements"])


async def test_a_number_stays_a_minute_however_short_the_idle_time(run: Running) -> None:
    async with run(idle_seconds=10) as kiosk:
        await take(kiosk)
        await wait(kiosk, 59)
        assert kiosk.at == "TicketScreen"
        await wait(kiosk, 2)
        assert kiosk.at == "IdleScreen"
        await wait(kiosk, 26)
        assert kiosk.at == "AttractScreen"
        assert "B100" not in kiosk.text()


async def test_the_code_beside_the_number_leads_to_the_form(run: Running) -> None:
    """Where there is room for it; elsewhere the address stands among the facts."""
    async with run((120, 34)) as kiosk:
        await take(kiosk)
        region = kiosk.screen.query_one(QRCode).region
        assert read(stretches(kiosk), region) == kiosk.app.service(SERVICE).link
        assert len(await kiosk.rows("qr.shown")) == 1
    async with run((80, 24)) as kiosk:
        await take(kiosk)
        assert not kiosk.screen.query(QRCode)
        facts = kiosk.screen.query_one("#facts", FactCard).words()
        while "munisselfservice" not in facts:
            await kiosk.touch("more")
            facts += kiosk.screen.query_one("#facts", FactCard).words()


async def test_the_number_is_large_on_the_smallest_screen_too(run: Running) -> None:
    """Beside its words, whatever its digits; and while it is typed."""
    async with run((55, 18), display_type="sextant") as kiosk:
        await kiosk.start("en")
        for code in ("B104", "B444", "P888"):
            await kiosk.show(StandingScreen(TICKET._replace(code=code), PLACE))
            number = kiosk.screen.query_one(TicketCode)
            assert len(number.drawn(number.content_size.width)) > 3, code
    async with run((80, 24), display_type="sextant") as kiosk:
        await kiosk.start("en")
        await kiosk.show(TicketNumberScreen())
        for key in "B444":
            await kiosk.touch(f"key-{key}")
            number = kiosk.screen.query_one(TicketCode)
            assert len(number.drawn(number.content_size.width)) > 3, key


async def test_the_rule_of_the_line_can_be_read(run: Running) -> None:
    async with run((160, 45)) as kiosk:
        await take(kiosk)
        rule = "People with a booking or who need assistance may be called first, at most 2 in a row."
        assert rule in " ".join(kiosk.text().split())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_page_can_be_printed_at_every_size(
    run: Running, paper: Paper, size: tuple[int, int]
) -> None:
    """Directly, or behind *Take it with you* where there is no room for both."""
    async with run(size, printer=PAPER) as kiosk:
        await kiosk.start("en")
        for service in (SERVICE, "pothole", "animal_adopt"):
            if service not in kiosk.app.catalog.by_id:
                continue
            await kiosk.show(ServiceScreen(service))
            shown_now = {target.action for target in kiosk.targets()}
            await kiosk.touch("print" if "print" in shown_now else "take")
            if kiosk.at == "TakeHowScreen":
                await kiosk.touch("print")
            assert kiosk.at == "PrintPageScreen"
            await kiosk.printed()
            assert shown(kiosk, "heading") == "Take your page below"
            assert kiosk.app.service(service).name in paper.words()[-1]
        rows = await kiosk.rows("page.printed")
        assert {row["outcome"] for row in rows} == {"ok"}
        assert rows[0]["service"] == SERVICE


async def test_a_page_that_can_not_be_printed_goes_along_on_the_phone(run: Running, paper: Paper) -> None:
    paper.outcome = Outcome(False, "cover_open")
    async with run(printer=PAPER) as kiosk:
        await kiosk.start("en")
        await kiosk.show(ServiceScreen(SERVICE))
        await kiosk.touch("print")
        await kiosk.printed()
        assert shown(kiosk, "heading") == "The printer is not working"
        (row,) = await kiosk.rows("page.printed")
        assert (row["outcome"], row["fault"]) == ("failed", "cover_open")
        await kiosk.touch("qr")
        assert kiosk.at == "TakeAlongScreen"


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        (None, "The waiting time is not known yet"),
        (Quote(0, 0), "Now: please listen for your number"),
        (Quote(0, 1), "1 minute at most"),
        (Quote(0, 5), "About 5 minutes at most"),
        (Quote(10, 15), "About 10 to 15 minutes"),
    ],
    ids=lambda value: str(value),
)
def test_a_wait_is_said_in_whole_minutes_or_not_at_all(quote: Quote | None, words: str) -> None:
    assert ticket_words.wait_line(quote, messages.load("en")) == words


def test_every_state_of_a_ticket_is_said_in_words() -> None:
    from tests.support.scenes import TICKET

    english = messages.load("en")
    said = {
        state: ticket_words.state_line(TICKET._replace(state=state, counter="3"), english)
        for state in ticket_words.STATES
    }
    assert said.pop(WAITING) == ""
    assert all(said.values())
    assert len(set(said.values())) == len(said)
    assert "3" in said[CALLED]
    given_back = TICKET._replace(state=LEFT, ended_how="visitor")
    assert ticket_words.state_line(given_back, english) != said[LEFT]
