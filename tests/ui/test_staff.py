"""What staff do behind the PIN: carry the day away on a stick, see its numbers, close it, set the volume."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl.public import SealedBox
from textual import events

from kiosk import supervisor
from kiosk.clock import stamp
from kiosk.devices import volume
from kiosk.devices.sticks import Stick
from kiosk.devices.volume import Volume
from kiosk.journal.device import ReceiptRow
from kiosk.journal.kinds import new_id
from kiosk.settings import Printer
from kiosk.sync.agent import now
from kiosk.sync.exchange import Done
from kiosk.sync.joining import enroll
from kiosk.sync.status import Standing
from kiosk.ui.base import AGAIN
from kiosk.ui.library import Library
from kiosk.ui.visitor.idle import IdleScreen
from kiosk.ui.visitor.staff import StaffScreen
from kiosk.ui.visitor.staff_center import ReceiptsScreen, SyncScreen
from kiosk.ui.visitor.staff_export import ExportDayScreen, ExportStickScreen
from kiosk.ui.visitor.staff_pages import (
    AttentionScreen,
    CloseDayScreen,
    PrinterScreen,
)
from kiosk.ui.visitor.staff_volume import VolumeScreen
from kiosk.ui.visitor.staff_writing import ExportScreen
from tests.support.app import LANGUAGES, Kiosk, middle, mouse, running
from tests.support.gallery import SIZES, THEMES, View, look
from tests.support.stand_in import Reply, StandIn, login_page, problem
from tests.ui import test_screens as rules

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]
SERVICE = "utility_pay"
A_DAY = 24 * 3600.0
PLAYER = '#!/bin/sh\nfor last in "$@"; do :; done\necho "$last" >>{heard}\nexit {status}\n'


class Usb:
    """A made-up /proc, /sys and /media, in which sticks are plugged in and pulled out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "proc/self").mkdir(parents=True)
        (root / "sys/class/block").mkdir(parents=True)
        self._mounts: dict[str, str] = {}
        self._tell()

    def plug(self, name: str, options: str = "rw") -> Path:
        """Plug in a stick; the folder it is mounted at."""
        device = f"sd{'bcdefgh'[len(self._mounts)]}"
        disk = self.root / f"sys/devices/usb1/{device}"
        (disk / f"{device}1").mkdir(parents=True)
        (disk / "removable").write_text("1\n")
        (disk / f"{device}1/partition").write_text("1\n")
        (self.root / f"sys/class/block/{device}1").symlink_to(disk / f"{device}1")
        folder = self.root / "media" / name
        folder.mkdir(parents=True)
        place = f"/media/{name}".replace(" ", "\\040")
        self._mounts[name] = f"/dev/{device}1 {place} vfat {options} 0 0"
        self._tell()
        return folder

    def pull(self, name: str) -> None:
        """Pull a stick out, with all that is on it."""
        del self._mounts[name]
        self._tell()
        shutil.rmtree(self.root / "media" / name)

    def _tell(self) -> None:
        lines = ["/dev/sda1 / ext4 rw 0 0", *self._mounts.values()]
        (self.root / "proc/self/mounts").write_text("\n".join(lines) + "\n")


@pytest.fixture
def usb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Usb:
    made = Usb(tmp_path / "machine")
    monkeypatch.setattr(ExportStickScreen, "root", made.root)
    monkeypatch.setattr(os, "sync", lambda: None)
    return made


async def visit(kiosk: Kiosk) -> None:
    """Somebody looks something up."""
    record, one = kiosk.app.recorder.record, new_id()
    record("visit.started", {"visit": one, "language": "en"})
    record("service.viewed", {"visit": one, "service": SERVICE, "language": "en"})
    record("visit.ended", {"visit": one, "how": "finished", "language": "en"})
    await kiosk.events()


async def open_staff(kiosk: Kiosk) -> None:
    """To the first page for staff; no PIN is set."""
    await kiosk.close()
    kiosk.app.open_staff()
    await kiosk.settle()
    assert kiosk.at == "StaffScreen"


async def to_sticks(kiosk: Kiosk) -> None:
    """To the list of sticks, for the newest day that is over."""
    await open_staff(kiosk)
    await kiosk.touch("export")
    await kiosk.touch("item-0")
    assert kiosk.at == "ExportStickScreen"


@pytest.fixture
async def yesterday(kiosk: Kiosk) -> AsyncIterator[Kiosk]:
    """The app on the day after one with a visit; nobody has come today."""
    await visit(kiosk)
    kiosk.clock.advance(A_DAY)
    yield kiosk


async def test_the_first_page_shows_the_numbers_of_today_alone(kiosk: Kiosk) -> None:
    await visit(kiosk)
    kiosk.clock.advance(A_DAY)
    await open_staff(kiosk)
    assert "Visits today: 0 · Pages read: 0" in kiosk.text()
    for _ in range(2):
        await visit(kiosk)
    first, *_ = [await kiosk.line(lambda line: line.issue(language="en", service=SERVICE)) for _ in range(3)]
    await kiosk.line(lambda line: line.next("1", "s1"))
    await kiosk.line(lambda line: line.serve(first.ticket, "1", "s1"))
    await kiosk.line(lambda line: line.finish(first.ticket, "s1"))
    await open_staff(kiosk)
    shown = " ".join(kiosk.text().split())
    assert "Nothing needs attention." in shown
    assert "Visits today: 2 · Pages read: 2 · Comments: 0" in shown
    assert "Tickets: 3 given out, 1 finished" in shown
    assert "Surveys: 0 invited, 0 completed, 0 declined" in shown


@pytest.mark.parametrize("size", [(55, 18), (80, 24), (120, 34), (160, 45)], ids=lambda size: f"{size[0]}")
async def test_a_docent_carries_the_day_away_by_touch(run: Running, usb: Usb, size: tuple[int, int]) -> None:
    """Four touches from the first page, the stick plugged in on the way."""
    async with run(size) as kiosk:
        await visit(kiosk)
        kiosk.clock.advance(A_DAY)
        await to_sticks(kiosk)
        assert "Plug in a USB stick" in kiosk.text()
        stick = usb.plug("LIBRARY 2")
        kiosk.screen.look()  # type: ignore[attr-defined]
        await kiosk.settle()
        assert "LIBRARY 2" in kiosk.text()
        await kiosk.touch("item-0")
        assert "Done. You may pull out the stick." in kiosk.text()
        (folder,) = [entry for entry in stick.iterdir() if not entry.name.startswith(".")]
        assert folder.name in kiosk.text().replace("\n", "")
        assert "2026-11-23" in folder.name
        assert {"responses.csv", "METHOD.md", "SHA256SUMS"} <= {file.name for file in folder.iterdir()}
        assert list(folder.glob("*.batch"))
        await kiosk.touch("done")
        assert kiosk.at == "StaffScreen"
        await kiosk.show(ReceiptsScreen())
        assert "Monday, November 23" in kiosk.text()
        assert "Revision 1" in kiosk.text()


async def test_the_day_is_carried_away_with_keys_alone(yesterday: Kiosk, usb: Usb) -> None:
    stick = usb.plug("KEYS")
    await open_staff(yesterday)
    for which in ("export", "item-0", "item-0", "done"):
        await yesterday.choose(which)
    assert yesterday.at == "StaffScreen"
    assert list(stick.glob("survey_*/*.batch"))


async def test_the_newest_day_that_is_over_comes_first_and_today_says_that_it_is_not(kiosk: Kiosk) -> None:
    for _ in range(3):
        await visit(kiosk)
        kiosk.clock.advance(A_DAY)
    await visit(kiosk)
    await open_staff(kiosk)
    await kiosk.touch("export")
    titles = [target.title for target in kiosk.targets() if target.action == "day"]
    assert titles == [
        "Wednesday, November 25",
        "Tuesday, November 24",
        "Monday, November 23",
        "Thursday, November 26",
    ]
    assert kiosk.find("item-3").detail == "Today: not over yet"
    assert kiosk.find("item-0").detail == "Not exported yet"


async def test_today_may_be_carried_away_and_says_that_it_is_not_over(kiosk: Kiosk, usb: Usb) -> None:
    await visit(kiosk)
    usb.plug("STICK")
    await to_sticks(kiosk)
    await kiosk.touch("item-0")
    assert "Done." in kiosk.text()
    assert "The day is not over yet." in kiosk.text()


async def test_exported_again_it_is_there_already(yesterday: Kiosk, usb: Usb) -> None:
    stick = usb.plug("STICK")
    for _ in range(2):
        await to_sticks(yesterday)
        await yesterday.touch("item-0")
    assert "The stick already had all of it" in yesterday.text()
    assert len(list(stick.glob("survey_*"))) == 1
    await yesterday.touch("done")
    await yesterday.touch("export")
    assert yesterday.find("item-0").detail == "Exported before, revision 1"


async def test_before_anything_has_happened_there_is_no_day(kiosk: Kiosk, usb: Usb) -> None:
    """But for the day on which the journal was made."""
    await open_staff(kiosk)
    await kiosk.touch("export")
    assert [target.detail for target in kiosk.targets() if target.action == "day"] == ["Today: not over yet"]


async def test_the_sticks_say_their_names_and_what_is_free(yesterday: Kiosk, usb: Usb) -> None:
    usb.plug("قسم المياه")
    usb.plug("LOCKED", "ro")
    await to_sticks(yesterday)
    titles = {target.title: target.detail for target in yesterday.targets() if target.action == "stick"}
    assert titles["LOCKED"] == "Can't be written on"
    assert titles["قسم المياه"].endswith("B free")
    usb.pull("LOCKED")
    yesterday.screen.look()  # type: ignore[attr-defined]
    await yesterday.settle()
    assert [target.title for target in yesterday.targets() if target.action == "stick"] == ["قسم المياه"]


@pytest.mark.parametrize(
    ("number", "words", "what_to_do"),
    [
        (errno.ENOSPC, "The stick is full", "Take another stick"),
        (errno.EROFS, "The stick can't be written on", "slide it back"),
        (errno.EIO, "The stick was pulled out too early", "Plug it in again"),
        (errno.EFBIG, "The stick can't hold so large a file", "exFAT"),
        (errno.EBADMSG, "The day could not be written", "Take another stick"),
    ],
)
async def test_what_went_wrong_is_said_with_what_to_do(
    yesterday: Kiosk, usb: Usb, monkeypatch: pytest.MonkeyPatch, number: int, words: str, what_to_do: str
) -> None:
    stick, fsync = usb.plug("STICK"), os.fsync

    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    await to_sticks(yesterday)
    monkeypatch.setattr(os, "fsync", refuse)
    await yesterday.touch("item-0")
    shown = " ".join(yesterday.text().split())
    assert words in shown
    assert what_to_do in shown
    assert "Done." not in shown
    assert not list(stick.glob("survey_*"))
    monkeypatch.setattr(os, "fsync", fsync)
    await yesterday.touch("again")
    assert yesterday.at == "ExportStickScreen"
    await yesterday.touch("item-0")
    assert "Done. You may pull out the stick." in yesterday.text()


async def test_a_stick_that_vanishes_while_it_is_written_is_told(
    yesterday: Kiosk, usb: Usb, monkeypatch: pytest.MonkeyPatch
) -> None:
    usb.plug("STICK")
    fsync, seen = os.fsync, []

    def pull_out(handle: int) -> None:
        seen.append(handle)
        if len(seen) == 2:
            usb.pull("STICK")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", pull_out)
    await to_sticks(yesterday)
    await yesterday.touch("item-0")
    assert "The stick was pulled out too early" in yesterday.text()
    assert not (usb.root / "media/STICK").exists(), "what is written must not land beside the stick"


async def test_a_stick_pulled_out_before_all_of_it_is_written_is_told(
    yesterday: Kiosk, usb: Usb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system may still hold back what the kiosk has written."""
    usb.plug("STICK")
    monkeypatch.setattr(os, "sync", lambda: usb.pull("STICK"))
    await to_sticks(yesterday)
    await yesterday.touch("item-0")
    assert "The stick was pulled out too early" in yesterday.text()


@pytest.fixture
def slow(usb: Usb, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A stick on which everything takes until the event."""
    usb.plug("SLOW")
    go_on = threading.Event()
    monkeypatch.setattr(os, "sync", lambda: go_on.wait(30))
    yield go_on
    go_on.set()


async def writing(kiosk: Kiosk) -> ExportScreen:
    """Touch the stick; the page that writes, which does not come to rest."""
    await to_sticks(kiosk)
    kiosk.find("item-0").action_press()
    while not isinstance(kiosk.screen, ExportScreen) or "Please wait" not in kiosk.text():
        await kiosk.pilot.pause(0.01)
    return kiosk.screen


async def test_while_it_writes_the_screen_lives_and_nothing_leads_away(
    yesterday: Kiosk, slow: threading.Event
) -> None:
    page = await writing(yesterday)
    for _ in range(2):
        page.count()
        await yesterday.pilot.pause(0.01)
    page._on_timer_update()
    assert "2 seconds so far" in yesterday.text()
    for leave in (page.press_back, page.press_start_over):
        leave("")
        await yesterday.pilot.pause(0.01)
    assert yesterday.screen is page
    assert "pull out" not in yesterday.text()
    slow.set()
    await yesterday.settle()
    assert "Done. You may pull out the stick." in yesterday.text()


async def test_whoever_waits_for_a_slow_stick_is_not_sent_away(
    yesterday: Kiosk, slow: threading.Event
) -> None:
    page = await writing(yesterday)
    yesterday.clock.advance(300)
    yesterday.app.watch_idle()
    await yesterday.pilot.pause(0.01)
    assert yesterday.screen is page
    slow.set()
    await yesterday.settle()
    yesterday.app.watch_idle()
    await yesterday.settle()
    assert yesterday.screen is page, "there is time to read what came of it"


async def test_what_is_exported_for_practice_says_so(library: Library, tmp_path: Path, usb: Usb) -> None:
    stick = usb.plug("STICK")
    async with running(library, tmp_path / "data", practice=True) as kiosk:
        await visit(kiosk)
        kiosk.clock.advance(A_DAY)
        await to_sticks(kiosk)
        await kiosk.touch("item-0")
        assert "invented visits, for practice" in " ".join(kiosk.text().split())
        assert "PRACTICE" in kiosk.text()
    (folder,) = stick.iterdir()
    assert folder.name.startswith("PRACTICE_")


async def test_a_journal_that_was_changed_is_not_carried_away(yesterday: Kiosk, usb: Usb) -> None:
    """And it is said plainly that this is nothing that another stick would help."""
    import sqlite3

    stick = usb.plug("STICK")
    with sqlite3.connect(yesterday.app.settings.journal) as file:
        file.execute("UPDATE events SET body = replace(body, 'utility_pay', 'trash_days')")
    await to_sticks(yesterday)
    await yesterday.touch("item-0")
    assert "The day could not be put together" in yesterday.text()
    assert not list(stick.glob("survey_*"))


async def test_no_center_is_said_plainly_and_leads_to_the_stick(kiosk: Kiosk) -> None:
    await open_staff(kiosk)
    await kiosk.touch("sync")
    assert "No center is set up on this machine" in kiosk.text()
    await kiosk.touch("export")
    assert kiosk.at == "ExportDayScreen"
    await kiosk.touch("bar-back")
    assert kiosk.at == "StaffScreen"


@pytest.fixture
def center() -> Iterator[StandIn]:
    with StandIn() as center:
        yield center


async def join(kiosk: Kiosk, center: StandIn) -> None:
    """Enrol the machine and let somebody come."""
    journal, clock = kiosk.app.recorder.journal, kiosk.clock
    enroll(journal, center.url, "ABCD-EFGH", (("B", 100, 499),), clock)
    await visit(kiosk)


async def test_everything_is_sent_by_one_touch_and_the_receipt_is_shown(
    kiosk: Kiosk, center: StandIn
) -> None:
    await join(kiosk, center)
    await open_staff(kiosk)
    await kiosk.touch("sync")
    assert "Everything is at the center" in kiosk.text()
    assert "0 taken, 0 at the center" in kiosk.text()
    assert "Last receipt" in kiosk.text()
    journal = kiosk.app.recorder.journal
    assert center.sequence(journal.chain) == list(range(1, journal.head()[0] + 1))
    await kiosk.touch("done")
    await kiosk.touch("receipts")
    shown = " ".join(kiosk.text().split())
    assert f"{journal.head()[0]} entries arrived over the network" in shown
    assert "Receipts of the center appear here" not in shown


@pytest.mark.parametrize(
    ("answer", "words", "what_to_do"),
    [
        (login_page(), "Something else answers", "sign in first"),
        (Reply(0, drop=True), "The center can't be reached", "has a network"),
        (problem(403, "revoked"), "does not accept this machine", "enrolled again"),
        (problem(404, "odd"), "It could not be sent", "Nothing is lost"),
    ],
    ids=["login", "unreachable", "refused", "other"],
)
async def test_what_keeps_it_from_being_sent_is_said_and_may_be_tried_again(
    kiosk: Kiosk, center: StandIn, answer: Reply, words: str, what_to_do: str
) -> None:
    await join(kiosk, center)
    center.oddly("GET /chains", answer)
    await open_staff(kiosk)
    await kiosk.touch("sync")
    shown = " ".join(kiosk.text().split())
    assert words in shown
    assert what_to_do in shown
    await kiosk.touch("again")
    assert "Everything is at the center" in kiosk.text()


async def test_what_the_center_would_not_take_is_not_called_sent(kiosk: Kiosk, center: StandIn) -> None:
    await join(kiosk, center)
    center.oddly("POST /batches", *[problem(422, "unreadable")] * 2)
    await open_staff(kiosk)
    await kiosk.touch("sync")
    assert "Not all was taken" in kiosk.text()
    await kiosk.touch("done")
    assert "The center would not take" in kiosk.text(), "the first page for staff says so too"


async def test_what_somebody_does_while_it_is_sent_was_not_refused(
    kiosk: Kiosk, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A docent gives out a ticket just after the last of it has gone: it is sent by itself."""
    await join(kiosk, center)

    def busy(*given: Any) -> Done:
        done = now(*given)
        kiosk.app.line.issue(language="en", service=SERVICE)
        return done

    monkeypatch.setattr("kiosk.sync.agent.now", busy)
    await open_staff(kiosk)
    await kiosk.touch("sync")
    assert "Everything is at the center" in kiosk.text()
    assert "would not take" not in kiosk.text()


async def test_while_another_process_sends_there_is_nothing_to_do_but_wait(kiosk: Kiosk) -> None:
    """The stick is for where it can't be sent."""
    await kiosk.show(sync_page("busy"))
    actions = {target.action: target.has_class("-accent") for target in kiosk.targets()}
    assert actions["done"]
    assert "again" in actions
    assert "export" not in actions


async def test_what_came_by_stick_and_over_the_network_on_one_day_stands_together(kiosk: Kiosk) -> None:
    """Ten days at most, each with its date once and with all of it."""
    journal, now = kiosk.app.recorder.journal, kiosk.clock.now()
    for days in range(12):
        for place, via in enumerate(("network", "stick")):
            first, at = 100 * days + 10 * place + 1, stamp(now - timedelta(days=days))
            seal, document = f"{first:064x}", "{}"
            journal.note_receipt(
                ReceiptRow(seal, "abcd1234", first, first + 7, 8, 0, "[]", at, via, document)
            )
    await kiosk.show(ReceiptsScreen())
    found = kiosk.screen.facts()  # type: ignore[attr-defined]
    assert len(found) == 10
    assert found[0].label == "Monday, November 23"
    assert found[0].lines == (
        "8 entries arrived on a stick, confirmed at 10:41 AM",
        "8 entries arrived over the network, the last at 10:41 AM",
    )
    assert all(len(day.lines) == 2 for day in found)


async def test_on_a_stick_only_the_center_can_read_it_and_receipts_come_back(
    kiosk: Kiosk, center: StandIn, usb: Usb
) -> None:
    await join(kiosk, center)
    kiosk.clock.advance(A_DAY)
    stick = usb.plug("STICK")
    await to_sticks(kiosk)
    await kiosk.touch("item-0")
    (sealed,) = stick.glob("survey_*/*.batch.sealed")
    content = SealedBox(center.box).decrypt(sealed.read_bytes())
    assert not list(stick.glob("survey_*/*.batch"))
    receipt = center.carried(content)
    sealed.with_name(f"{sealed.name.removesuffix('.batch.sealed')}.receipt").write_bytes(receipt)
    await kiosk.touch("done")
    await to_sticks(kiosk)
    await kiosk.touch("item-0")
    assert "1 receipt of the center was on the stick" in " ".join(kiosk.text().split())
    assert len(list(stick.glob("survey_*"))) == 1
    journal = kiosk.app.recorder.journal
    assert journal.delivered() >= 5
    await kiosk.show(ReceiptsScreen())
    assert "arrived on a stick" in " ".join(kiosk.text().split())


async def test_without_an_export_the_receipts_say_so(kiosk: Kiosk) -> None:
    await open_staff(kiosk)
    await kiosk.touch("receipts")
    assert "Nothing has been exported from this machine yet." in kiosk.text()
    assert "Receipts of the center appear here once there is one." in kiosk.text()


async def test_the_printer_test_prints_and_says_that_it_came_out(library: Library, tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    paper.touch()
    async with running(library, tmp_path / "data", printer=Printer("file", str(paper))) as kiosk:
        kiosk.app.printing.trouble = "The printer does not print: no_paper"
        await open_staff(kiosk)
        await kiosk.touch("printer")
        assert "The test came out" in kiosk.text()
        assert paper.stat().st_size > 1000
        await kiosk.touch("done")
        assert "Nothing needs attention." in kiosk.text()


async def test_a_printer_that_is_not_there_is_told_and_may_be_tried_again(
    library: Library, tmp_path: Path
) -> None:
    paper = tmp_path / "tray/paper"
    async with running(library, tmp_path / "data", printer=Printer("file", str(paper))) as kiosk:
        await open_staff(kiosk)
        await kiosk.touch("printer")
        assert "The printer can't be reached" in kiosk.text()
        assert "No such file or directory" in kiosk.text(), "what the system says, for whoever looks after it"
        paper.parent.mkdir()
        await kiosk.touch("again")
        assert "The test came out" in kiosk.text()


async def test_without_a_printer_it_says_how_to_set_one(kiosk: Kiosk) -> None:
    await open_staff(kiosk)
    await kiosk.touch("printer")
    assert "No printer is set" in kiosk.text()
    assert [target.action for target in kiosk.targets() if not target.has_class("-bar")] == ["done"]


async def test_closing_the_day_says_first_what_will_happen_and_then_what_did(kiosk: Kiosk) -> None:
    taken = [await kiosk.line(lambda line: line.issue(language="en", service=SERVICE)) for _ in range(4)]
    await kiosk.line(lambda line: line.next("1", "s1"))
    await kiosk.line(lambda line: line.next("2", "s2"))
    await kiosk.line(lambda line: line.serve(taken[1].ticket, "2", "s2"))
    await open_staff(kiosk)
    await kiosk.touch("close")
    shown = " ".join(kiosk.text().split())
    assert "2 people are still waiting and will be marked as left." in shown
    assert "1 person was called and has not come; they will be marked as not here." in shown
    assert "1 person is being served; they will be marked as finished." in shown
    assert not await kiosk.rows("day.closed")
    await kiosk.touch("close")
    assert "The day is closed" in kiosk.text()
    assert "4 tickets were ended." in kiosk.text()
    states = [(await kiosk.line(lambda line, one=one: line.find(one.code))).state for one in taken]
    assert states == ["no_show", "finished", "left", "left"]


async def test_not_now_closes_nothing(kiosk: Kiosk) -> None:
    await kiosk.line(lambda line: line.issue(language="en", service=SERVICE))
    await open_staff(kiosk)
    await kiosk.touch("close")
    await kiosk.touch("done")
    assert kiosk.at == "StaffScreen"
    assert not await kiosk.rows("day.closed")


async def test_the_volume_is_kept_and_the_chosen_one_is_marked(kiosk: Kiosk) -> None:
    data = kiosk.app.settings.data
    await open_staff(kiosk)
    await kiosk.touch("volume")
    assert kiosk.find("high").sign == "✓"
    await kiosk.touch("low")
    assert (kiosk.find("low").sign, kiosk.find("high").sign) == ("✓", "")
    assert volume.read(data) is Volume.LOW
    await kiosk.touch("off")
    assert volume.read(data) is Volume.OFF
    assert not kiosk.screen.query("#hear"), "there is nothing to hear"


@pytest.mark.parametrize(("level", "file"), [("medium", "chime-medium.wav"), ("high", "chime.wav")])
async def test_the_chime_can_be_tried_as_loud_as_it_will_be(
    kiosk: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str, file: str
) -> None:
    programs, heard = tmp_path / "bin", tmp_path / "heard"
    programs.mkdir()
    (programs / "aplay").write_text(PLAYER.format(heard=heard, status=0))
    (programs / "aplay").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    await open_staff(kiosk)
    await kiosk.touch("volume")
    await kiosk.touch(level)
    await kiosk.touch("hear")
    assert [Path(line).name for line in heard.read_text().splitlines()] == [file]


async def test_a_machine_without_a_player_says_so(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    await open_staff(kiosk)
    await kiosk.touch("volume")
    await kiosk.touch("hear")
    assert "no program that plays sounds" in " ".join(kiosk.text().split())


async def test_a_target_that_gives_way_under_a_finger_is_no_fault(kiosk: Kiosk) -> None:
    """As when a stick appears in the list in the very moment of a touch."""
    await open_staff(kiosk)
    x, y = middle(kiosk.find("volume").region)
    for _ in range(8):
        kiosk.screen.renew()  # type: ignore[attr-defined]
        for kind in (events.MouseDown, events.MouseUp):
            kiosk.app.post_message(mouse(kind, x, y))
        await kiosk.settle()
    assert kiosk.app.is_running


async def test_restart_ends_the_app_for_the_supervisor_to_start_it_again(kiosk: Kiosk) -> None:
    await open_staff(kiosk)
    await kiosk.touch("restart")
    assert kiosk.app.return_code == AGAIN


def test_the_supervisor_starts_again_at_once_and_tells_visitors_of_no_fault() -> None:
    ends, told, starts = [supervisor.FAULT, supervisor.AGAIN, supervisor.REFUSED, supervisor.LEFT], [], []

    def start(fault: str) -> int:
        starts.append(fault)
        return ends[len(starts) - 1]

    pauses: list[float] = []
    status = supervisor.supervise(
        start, lambda *words: told.append(words), lambda pause: bool(pauses.append(pause)), lambda: 0.0
    )
    assert status == supervisor.LEFT, "a start refused after a restart is tried again: nobody may be near"
    assert starts == ["", "en", "", "en"]
    assert told == [("en", False), ("", False), ("en", False)]
    assert pauses == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("which", ["export", "sync", "receipts", "printer", "close", "volume"])
async def test_a_page_left_alone_gives_way_to_the_attract_screen(kiosk: Kiosk, which: str) -> None:
    await open_staff(kiosk)
    await kiosk.touch(which)
    kiosk.clock.advance(60)
    kiosk.app.watch_idle()
    await kiosk.settle()
    assert isinstance(kiosk.screen, IdleScreen)
    kiosk.clock.advance(25)
    kiosk.screen.count()
    await kiosk.settle()
    assert kiosk.at == "AttractScreen"


async def test_the_language_of_staff_leaves_with_them(kiosk: Kiosk) -> None:
    await open_staff(kiosk)
    await kiosk.touch("bar-language")
    (spanish,) = [target for target in kiosk.targets() if target.value == "es"]
    await kiosk.touch_target(spanish)
    assert (kiosk.at, kiosk.app.language.code) == ("StaffScreen", "es")
    await kiosk.touch("bar-start_over")
    assert (kiosk.at, kiosk.app.language.code) == ("AttractScreen", "en")
    assert "Leave feedback" in kiosk.text()


@pytest.mark.parametrize("which", ["bar-help", "bar-language"])
async def test_start_over_leads_out_of_every_page(kiosk: Kiosk, which: str) -> None:
    await open_staff(kiosk)
    await kiosk.touch("volume")
    await kiosk.touch(which)
    await kiosk.touch("bar-start_over")
    assert kiosk.at == "AttractScreen"


async def test_what_needs_attention_is_cut_on_the_first_page_and_whole_on_its_own(run: Running) -> None:
    async with run((55, 18)) as kiosk:
        troubles = [f"services.yaml:{line}:1: unknown key 'nmae{line}'" for line in range(1, 31)]
        kiosk.app.library.troubles.extend(troubles)
        await open_staff(kiosk)
        await kiosk.touch("attention")
        read = ""
        for _ in range(10):
            read += kiosk.text()
            await kiosk.touch("more")
        assert all(f"'nmae{line}'" in read for line in range(1, 31))


TROUBLE = "services.yaml:3:1: unknown key 'nmae'\n  What to do: write one of name, id, category."


SENT = Standing(42, 42, "2026-11-24T22:05:00.000Z", 0)


def sync_page(state: str, **values: object) -> SyncScreen:
    """The page in a state, without sending anything."""
    page = SyncScreen()
    page._begin = lambda: None  # type: ignore[method-assign]
    vars(page).update(values, state=state)
    return page


async def pages(kiosk: Kiosk, usb: Usb, language: str) -> AsyncIterator[str]:
    """Every page for staff in a state that shows it well; yields its name while it is shown."""
    await open_staff(kiosk)
    kiosk.app.speak(language)
    kiosk.screen.renew()  # type: ignore[attr-defined]
    await kiosk.settle()
    yield "staff"
    yesterday, root = kiosk.clock.day() - timedelta(days=1), usb.root
    stick, locked = Stick(root / "media/LIBRARY 2", "LIBRARY 2", 5, True), Stick(root, "LOCKED", 5, False)
    for name, page in (
        ("days", ExportDayScreen()),
        ("sticks", ExportStickScreen(yesterday)),
        ("done", ExportScreen(yesterday, stick, root)),
        ("failed", ExportScreen(yesterday, locked, root)),
        ("receipts", ReceiptsScreen()),
        ("sync", SyncScreen()),
        ("sending", sync_page("sending", progress=(1200, 48000))),
        ("sent", sync_page("done", standing=SENT)),
        ("not sent", sync_page("not_center", detail="what came is not an answer of the center")),
        ("printer", PrinterScreen()),
        ("close", CloseDayScreen()),
        ("volume", VolumeScreen()),
    ):
        await kiosk.show(page)
        yield name
    kiosk.app.library.troubles.extend([TROUBLE] * 5)
    for name, other in (("troubled", StaffScreen()), ("attention", AttentionScreen())):
        await kiosk.show(other)
        yield name


async def seen(library: Library, data: Path, usb: Usb, language: str, walk: int) -> list[View]:
    """All pages in a language, at a size and in a theme that change with the walk."""
    size, theme = SIZES[walk % len(SIZES)], THEMES[walk % len(THEMES)]
    async with running(library, data, size, theme=theme) as kiosk:
        await visit(kiosk)
        kiosk.clock.advance(A_DAY)
        for _ in range(3):
            await kiosk.line(lambda line: line.issue(language="en", service=SERVICE))
        return [look(kiosk, name, language) async for name in pages(kiosk, usb, language)]


@pytest.mark.parametrize("turn", range(len(LANGUAGES)), ids=LANGUAGES)
async def test_every_page_can_be_read_touched_reached_and_heard(
    library: Library, tmp_path: Path, usb: Usb, turn: int
) -> None:
    """What holds for every screen of a visit, in every language at two sizes."""
    usb.plug("LIBRARY 2")
    usb.plug("LOCKED", "ro")
    shown = []
    for walk in (turn, turn + 2):
        shown += await seen(library, tmp_path / f"data-{walk}", usb, LANGUAGES[turn], walk)
    for holds in (
        rules.test_text_can_be_read_in_every_theme,
        rules.test_the_edge_of_every_target_can_be_seen,
        rules.test_targets_are_large_enough_for_a_finger,
        rules.test_targets_lie_inside_the_screen_and_apart_from_each_other,
        rules.test_no_word_is_cut,
        rules.test_arrow_keys_reach_every_target,
        rules.test_every_screen_says_itself_aloud,
        rules.test_arabic_is_drawn_in_joined_letters,
    ):
        holds(shown)
    assert not [str(view) for view in shown if view.parsing]
