"""Invitations on paper: one key prints the way to the survey for the visitor's own phone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from textual import events

from kiosk.devices.printer import Outcome
from kiosk.devices.printer import Printer as Device
from kiosk.devices.slip import Code, Line, Slip
from kiosk.i18n import messages
from kiosk.journal.survey_questions import Unit
from kiosk.settings import Printer
from kiosk.sync.membership import Membership, store
from kiosk.tickets.page import token
from kiosk.ui.library import Library
from kiosk.ui.slips import invitation_slip
from tests.support.desk import Desk, desk

Open = Callable[..., AbstractAsyncContextManager[Desk]]
URL = "https://kiosks.example.gov"
PAPER = Printer(kind="file", address="never written")
"""Settings of a printer; what it prints is caught before it gets there."""
SERVED = ("n", "s", "f")
LABEL = "Q Print invite"


class Paper:
    """Every slip that comes out; nothing does while `outcome` is a fault."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []
        self.outcome = Outcome(True)

    def take(self, slip: Slip) -> Outcome:
        if self.outcome.ok:
            self.slips.append(slip)
        return self.outcome


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    """The paper of the printer."""
    caught = Paper()
    monkeypatch.setattr(Device, "__init__", lambda device, settings: None)
    monkeypatch.setattr(Device, "print_slip", lambda device, slip: caught.take(slip))
    return caught


@pytest.fixture
def open_desk(library: Library, tmp_path: Path) -> Open:
    """A docent at counter 1 with a printer, at a machine of the center of a `url`."""

    def start(url: str = URL, printer: Printer = PAPER, **options: Any) -> AbstractAsyncContextManager[Desk]:
        if url:
            key = "ab" * 32
            store(tmp_path, Membership(url, "c" * 32, "t" * 43, "lobby", "Lobby", key, key, "k3v9x2ma"))
        who = {"name": "Marisol Quintanilla", "counter": "1"}
        return desk(library, tmp_path, printer=printer, **{**who, **options})

    return start


def keys(docent: Desk) -> str:
    """The keys as they stand on the screen."""
    return " ".join(docent.shown("keys").split())


def waits(docent: Desk) -> bool:
    """Whether somebody is still to be asked."""
    return bool(docent.screen.query_one("#invitation").display)


async def frame(docent: Desk) -> list[tuple[str, str]]:
    """Who invited, and the outcome, of everybody who could be invited, in their order."""
    rows = "SELECT invited_by, outcome FROM survey_frame ORDER BY at, ordinal"
    found: list[tuple[str, str]] = await docent.app.recorder.ask(lambda journal: journal.rows(rows))
    return found


def words(slip: Slip) -> list[str]:
    return [block.text for block in slip.blocks if isinstance(block, Line)]


def codes(slip: Slip) -> list[str]:
    return [block.payload for block in slip.blocks if isinstance(block, Code)]


async def test_one_key_prints_the_invitation_and_notes_it(open_desk: Open, paper: Paper) -> None:
    """In the visitor's language, with the page of their survey and the number for the screen."""
    async with open_desk(waiting="B") as docent:
        await docent.press(*SERVED)
        assert LABEL in keys(docent)
        await docent.press("q")
        [slip] = paper.slips
        ticket = (await docent.ticket("B100")).ticket
        assert codes(slip) == [f"{URL}/t/{token(ticket)}/survey"]
        spoken = messages.load("es")
        assert spoken.tr("How did it go?") in words(slip)
        assert "B100" in words(slip)
        assert docent.told == "B100 is invited to the survey."
        assert not waits(docent) and "Survey" not in keys(docent)
        assert await frame(docent) == [("desk", "")]
        assert await docent.rows("survey.invited") == [{"unit": ticket, "by": "desk"}]


async def test_who_asked_at_the_desk_gets_their_invitation_number(open_desk: Open, paper: Paper) -> None:
    async with open_desk() as docent:
        await docent.press("l", *"perro perdido", "enter", "a")
        assert LABEL in keys(docent)
        await docent.click_key("Q")
        [slip] = paper.slips
        [entered] = await docent.rows("survey.eligible")
        assert codes(slip) == [f"{URL}/t/{token(entered['unit'])}/survey"]
        assert "Z100" in words(slip)
        assert docent.told == "Z100 is invited to the survey."


async def test_while_a_query_is_typed_q_is_a_letter(open_desk: Open, paper: Paper) -> None:
    async with open_desk() as docent:
        await docent.press("a", "enter", "l", *"quit")
        assert docent.screen.typed == "quit"  # type: ignore[attr-defined]
        assert paper.slips == []


@pytest.mark.parametrize(
    ("url", "printer"),
    [
        (URL, Printer()),
        ("", PAPER),
        ("http://10.0.0.5:8080", PAPER),
    ],
    ids=["no printer", "no center", "a center that phones do not reach"],
)
async def test_where_no_phone_could_use_it_nothing_is_offered(
    open_desk: Open, paper: Paper, url: str, printer: Printer
) -> None:
    async with open_desk(url, printer, waiting="B") as docent:
        await docent.press(*SERVED)
        assert "Y Invited W Declined" in keys(docent)
        assert "Print invite" not in docent.text()
        await docent.press("q")
        assert waits(docent)
        assert (paper.slips, await frame(docent)) == ([], [("", "")])


async def test_a_center_that_is_joined_later_is_noticed(
    open_desk: Open, paper: Paper, tmp_path: Path
) -> None:
    async with open_desk("", waiting="B") as docent:
        await docent.press(*SERVED)
        assert LABEL not in keys(docent)
        open_desk()  # writes the membership
        await docent.app.refresh_all()
        await docent.settle()
        assert LABEL in keys(docent)


async def test_what_did_not_come_out_is_no_invitation(open_desk: Open, paper: Paper) -> None:
    """The docent reads why and what to do; the other keys are still there."""
    async with open_desk(waiting="B") as docent:
        paper.outcome = Outcome(False, "no_paper")
        await docent.press(*SERVED, "q")
        assert docent.told == "The invitation was not printed (no paper): tell the visitor the number B100."
        assert waits(docent)
        assert await frame(docent) == [("", "")]
        paper.outcome = Outcome(True)
        await docent.press("q")
        assert (len(paper.slips), await frame(docent)) == (1, [("desk", "")])


async def test_pressed_twice_it_is_printed_once_and_for_one_person(open_desk: Open, paper: Paper) -> None:
    async with open_desk(waiting="BB") as docent:
        await docent.press(*SERVED, *SERVED)
        for _ in range(2):
            docent.app.post_message(events.Key("q", "q"))
        await docent.settle()
        docent.app.post_message(events.Key("q", "q"))
        await docent.settle()
        [slip] = paper.slips
        assert "B101" in words(slip)
        assert await frame(docent) == [("", ""), ("desk", "")]


@pytest.mark.parametrize("size", [(55, 18), (80, 24), (100, 30), (160, 45)])
async def test_the_key_is_seen_and_can_be_clicked(
    open_desk: Open, paper: Paper, size: tuple[int, int]
) -> None:
    async with open_desk(waiting="BBB", size=size) as docent:
        await docent.press(*SERVED, "n")
        assert docent.screen.query_one("#keys").region.bottom <= size[1]
        assert docent.codes == ["B102"] and "B102" in docent.text()
        await docent.click_key("Q")
        assert len(paper.slips) == 1


@pytest.mark.parametrize("code", ["en", "es", "vi", "zh_Hans", "ar"])
@pytest.mark.parametrize(("source", "count"), [("ticket", 4), ("visit", 4)])
def test_it_says_in_every_language_what_is_asked(
    library: Library, code: str, source: str, count: int
) -> None:
    """What it is, how much is asked, the number, and the day it is good for."""
    spoken, catalog = messages.load(code), library.catalog(code)
    unit = Unit("0" * 32, source, "", "", code, "f" * 32, True, "", "2026-11-23", "", "")
    slip = invitation_slip(unit, "Z100", catalog, spoken, URL)
    said = words(slip)
    assert slip.rtl == (code == "ar")
    assert spoken.tr("How did it go?") in said
    assert any(str(count) in line for line in said)
    assert "Z100" in said
    assert "23" in said[-1]


def test_in_practice_it_says_so(library: Library) -> None:
    spoken, catalog = messages.load("en"), library.catalog("en")
    unit = Unit("0" * 32, "answer", "", "", "en", "f" * 32, True, "", "2026-11-23", "", "")
    said = words(invitation_slip(unit, "Z100", catalog, spoken, URL, practice=True))
    assert said[0] == spoken.city(catalog.city.name, True) != catalog.city.name
