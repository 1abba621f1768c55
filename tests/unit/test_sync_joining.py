"""Enrolling, and turning out to be a copy: whatever is cut off, the next run finds its way."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.clock import FixedClock
from kiosk.errors import KioskError, SyncError
from kiosk.journal import Journal, new_id
from kiosk.settings import Settings
from kiosk.sync import joining, membership, status
from kiosk.sync.exchange import Exchange
from kiosk.sync.joining import enroll
from kiosk.sync.replies import Later, Refused
from kiosk.sync.status import Notes
from tests.support.stand_in import Reply, StandIn, login_page

LANES = (("B", 100, 499),)
CODE = "ABCD-EFGH"
CLOCK = FixedClock()


@pytest.fixture
def center() -> Iterator[StandIn]:
    with StandIn() as center:
        yield center


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def opened(data: Path, practice: bool = False) -> Journal:
    return Journal.open(data / "kiosk.db", CLOCK, practice=practice, durable=False)


def visits(journal: Journal, count: int) -> None:
    for _ in range(count):
        visit = new_id()
        journal.append("visit.started", {"visit": visit, "language": "en"})
        journal.append("visit.ended", {"visit": visit, "how": "finished", "language": "en"})


def kinds(journal: Journal) -> list[str]:
    return [event.kind for event in journal.events()]


def exchange(data: Path, journal: Journal) -> bool:
    """Send everything once; whether this machine became one of its own."""
    run = Exchange(Settings(data=data), journal, CLOCK, Notes(data, CLOCK))
    try:
        return run.push(check=True)[1]
    finally:
        run.close()


def test_an_enrolled_machine_keeps_its_place_for_its_owner_alone(data: Path, center: StandIn) -> None:
    with opened(data) as journal:
        member, about = enroll(journal, center.url + "/", f" {CODE} ", LANES, CLOCK)
        assert membership.load(data) == member
        assert (member.site, member.title, member.key) == ("lobby", "The Lobby", center.key)
        assert (about.name, about.ahead) == ("stand-in", 0.0)
        enrolled = journal.enrolled()
        assert enrolled
        assert (enrolled.device, enrolled.site, enrolled.key) == (member.device, "lobby", center.key)
        assert journal.numbers() == {"B": [(100, 199)]}
        journal.append("visit.started", {"visit": new_id(), "language": "en"})
        assert list(journal.events())[-1].site == "lobby"
    assert stat.S_IMODE((data / "center.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "answer",
    [login_page(), login_page(201), Reply(0, drop=True), Reply(201, b'{"de', cut=True), login_page(503)],
    ids=["login", "login 201", "dropped", "cut", "503"],
)
@pytest.mark.parametrize("where", ["GET /center", "POST /enroll"])
def test_an_enrolment_that_fails_changes_nothing_and_can_be_tried_again(
    data: Path, center: StandIn, where: str, answer: Reply
) -> None:
    center.oddly(where, answer)
    with opened(data) as journal:
        with pytest.raises(SyncError):
            enroll(journal, center.url, CODE, LANES, CLOCK)
        assert membership.load(data) is None
        assert kinds(journal) == ["journal.opened"]
        enroll(journal, center.url, CODE, LANES, CLOCK)
        assert kinds(journal) == ["journal.opened", "center.enrolled", "numbers.granted"]


def test_the_answer_to_a_code_may_be_lost_after_it_was_used(data: Path, center: StandIn) -> None:
    def lost(asked: object, usual: object) -> Reply:
        usual()  # type: ignore[operator]
        return Reply(0, drop=True)

    center.oddly("POST /enroll", lost)  # type: ignore[arg-type]
    with opened(data) as journal:
        with pytest.raises(Later):
            enroll(journal, center.url, CODE, LANES, CLOCK)
        member, _ = enroll(journal, center.url, CODE, LANES, CLOCK)
        assert len(center.devices) == 1
        assert member.device in center.devices


def test_cut_off_before_the_journal_knew_the_next_run_tells_it(
    data: Path, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(data) as journal:
        with monkeypatch.context() as cut:
            cut.setattr(joining, "_tell_journal", _power_cut)
            with pytest.raises(KeyboardInterrupt):
                enroll(journal, center.url, CODE, LANES, CLOCK)
        assert journal.enrolled() is None
        exchange(data, journal)
        assert kinds(journal) == ["journal.opened", "center.enrolled", "numbers.granted"]
        assert journal.delivered() == 3
        assert len([one for one in center.asked if one.path == "/enroll"]) == 1


def _power_cut(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_wrong_code_is_told_with_what_to_do(data: Path, center: StandIn) -> None:
    with opened(data) as journal, pytest.raises(Refused, match="tell the staff"):
        enroll(journal, center.url, "NOPE-NOPE", LANES, CLOCK)


def test_a_folder_for_practice_belongs_to_no_center(data: Path, center: StandIn) -> None:
    with opened(data, practice=True) as journal, pytest.raises(SyncError, match="practice"):
        enroll(journal, center.url, CODE, LANES, CLOCK)
    assert not center.asked


def test_a_machine_of_one_center_is_not_taken_to_another_by_mistake(data: Path, center: StandIn) -> None:
    """The other one would miss all that was sent to the first."""
    with opened(data) as journal, StandIn() as other:
        enroll(journal, center.url, CODE, LANES, CLOCK)
        with pytest.raises(SyncError, match="another center"):
            enroll(journal, other.url, CODE, LANES, CLOCK)
        found = membership.load(data)
        assert found
        assert found.key == center.key


def test_a_machine_can_be_enrolled_again_at_its_own_center(data: Path, center: StandIn) -> None:
    with opened(data) as journal:
        enroll(journal, center.url, CODE, LANES, CLOCK)
        (data / "center.json").unlink()
        center.codes["SECOND-1"] = ("", "")
        enroll(journal, center.url, "SECOND-1", LANES, CLOCK)
        exchange(data, journal)
        assert journal.delivered() == journal.head()[0]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"url": 1}', "\x00"])
def test_a_damaged_membership_is_told_without_its_secrets(data: Path, content: str) -> None:
    data.mkdir()
    (data / "center.json").write_text(content)
    with pytest.raises(SyncError, match=r"center\.json") as problem:
        membership.load(data)
    assert problem.value.reason == "not_enrolled"


def test_what_is_not_a_membership_is_refused_field_by_field(data: Path, center: StandIn) -> None:
    with opened(data) as journal:
        member, _ = enroll(journal, center.url, CODE, LANES, CLOCK)
    whole = json.loads((data / "center.json").read_text())
    odd = {"url": "ftp://x", "device": "7", "token": "a b", "site": "", "key": "k", "chain": "x", "box": None}
    for name, value in {**odd, "numbers": [{"letter": "BB", "first": 1, "last": 2}]}.items():
        with pytest.raises(ValueError):
            membership.of_values({**whole, name: value})
    assert membership.of_values(whole) == member


def copied(data: Path, to: Path) -> Path:
    """The whole folder, as a disk image has it."""
    shutil.copytree(data, to)
    return to


@pytest.fixture
def twins(data: Path, center: StandIn, tmp_path: Path) -> Iterator[tuple[Journal, Journal]]:
    """Two machines from one disk image; the first has sent what it recorded since."""
    with opened(data) as first:
        enroll(first, center.url, CODE, LANES, CLOCK)
        visits(first, 3)
        exchange(data, first)
        first.clear_log()
        other = copied(data, tmp_path / "twin")
        visits(first, 2)
        exchange(data, first)
        with opened(other) as second:
            visits(second, 4)
            yield first, second


def all_there(center: StandIn, *journals: Journal) -> bool:
    """Whether every event that a machine recorded, under whatever chain, is at the center just once."""
    recorded = {
        (event.id, event.hash)
        for journal in journals
        for chain in _chains(journal)
        for event in journal.events(0, chain)
    }
    there = [(event.id, event.hash) for _, event in center.feed]
    return sorted(there) == sorted(recorded)


def _chains(journal: Journal) -> list[str]:
    return [name for (name,) in journal.rows("SELECT DISTINCT chain FROM events")]


def test_a_copied_machine_becomes_one_of_its_own_and_nothing_is_lost(
    twins: tuple[Journal, Journal], center: StandIn
) -> None:
    first, second = twins
    before = second.chain
    assert exchange(second.path.parent, second)
    assert second.chain != before == first.chain
    assert all_there(center, first, second)
    opened = next(second.events())
    assert opened.body["follows"].startswith(f"{before}~")
    assert kinds(second) == ["journal.opened", "center.enrolled", "numbers.granted"]
    theirs, ours = membership.load(first.path.parent), membership.load(second.path.parent)
    assert theirs
    assert ours
    assert (ours.chain, ours.url) == (second.chain, theirs.url)
    assert (ours.device, ours.token) != (theirs.device, theirs.token)
    assert second.numbers() != first.numbers()
    assert second.delivered() == second.head()[0]
    for journal in twins:
        visits(journal, 1)
        assert not exchange(journal.path.parent, journal)
    assert all_there(center, first, second)


def test_a_file_put_back_from_a_backup_loses_nothing(data: Path, center: StandIn, tmp_path: Path) -> None:
    with opened(data) as journal:
        enroll(journal, center.url, CODE, LANES, CLOCK)
        visits(journal, 2)
        exchange(data, journal)
        journal.clear_log()
        backup = copied(data, tmp_path / "backup")
        visits(journal, 3)
        exchange(data, journal)
        sent = len(center.feed)
    with opened(backup) as journal:
        assert not exchange(backup, journal), "nothing was recorded since: there is no other past yet"
        visits(journal, 5)
        assert exchange(backup, journal)
        assert len(center.feed) == sent + 10 + 3
        assert len({event.id for _, event in center.feed}) == len(center.feed)


STEPS = (
    "kiosk.sync.push.row",
    "kiosk.sync.joining.step_aside",
    "kiosk.sync.joining._go_on",
    "kiosk.sync.membership.store",
    "kiosk.sync.joining._tell_journal",
)
"""What comes after another between a fork and a machine of its own; each is cut off before it begins."""


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_between_any_two_steps_a_copy_still_becomes_one_of_its_own(
    twins: tuple[Journal, Journal], center: StandIn, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = twins
    data = second.path.parent
    with monkeypatch.context() as cut:
        cut.setattr(step, _power_cut)
        with pytest.raises(KeyboardInterrupt):
            exchange(data, second)
    second.close()
    with opened(data) as again:
        exchange(data, again)
        member = membership.load(data)
        assert member
        assert member.chain == again.chain != first.chain
        enrolled = again.enrolled()
        assert enrolled
        assert enrolled.device == member.device
        assert again.numbers()
        assert again.delivered() == again.head()[0]
        assert all_there(center, first, again)
        assert len(center.devices) == 2


@pytest.mark.parametrize("times", [1, 3])
def test_the_answer_to_a_new_chain_may_be_lost(
    twins: tuple[Journal, Journal], center: StandIn, times: int
) -> None:
    def lost(asked: object, usual: object) -> Reply:
        usual()  # type: ignore[operator]
        return Reply(0, drop=True)

    first, second = twins
    center.oddly("POST /chains", *[lost] * times)  # type: ignore[list-item]
    for _ in range(times):
        with pytest.raises(Later):
            exchange(second.path.parent, second)
    exchange(second.path.parent, second)
    assert len(center.devices) == 2
    assert all_there(center, first, second)


def test_while_somebody_is_served_a_copy_stays_what_it_is(
    twins: tuple[Journal, Journal], center: StandIn
) -> None:
    first, second = twins
    visit = new_id()
    second.append("visit.started", {"visit": visit, "language": "en"})
    assert not exchange(second.path.parent, second)
    assert second.chain == first.chain
    second.append("visit.ended", {"visit": visit, "how": "finished", "language": "en"})
    assert exchange(second.path.parent, second)
    assert all_there(center, first, second)


def test_a_membership_of_another_journal_is_not_used(twins: tuple[Journal, Journal], tmp_path: Path) -> None:
    first, _ = twins
    strange = tmp_path / "strange"
    with opened(strange) as journal:
        member = membership.load(first.path.parent)
        assert member
        membership.store(strange, member)
        with pytest.raises(SyncError, match="another journal"):
            exchange(strange, journal)


def test_a_center_put_back_from_a_backup_gets_again_what_it_lost(data: Path, center: StandIn) -> None:
    with opened(data) as journal:
        enroll(journal, center.url, CODE, LANES, CLOCK)
        visits(journal, 5)
        exchange(data, journal)
        kept = dict(sorted(center.hashes.items(), key=lambda item: item[0][1])[:6])
        center.hashes, center.feed = kept, center.feed[:6]
        visits(journal, 1)
        exchange(data, journal)
        assert center.sequence(journal.chain) == list(range(1, journal.head()[0] + 1))
        assert all_there(center, journal)


def test_after_a_center_was_put_back_its_feed_is_read_from_the_beginning(
    data: Path, center: StandIn, tmp_path: Path
) -> None:
    with opened(data) as journal, opened(tmp_path / "other") as other:
        enroll(journal, center.url, CODE, LANES, CLOCK)
        center.codes["SECOND-1"] = ("", "")
        enroll(other, center.url, "SECOND-1", LANES, CLOCK)
        visits(other, 5)
        exchange(other.path.parent, other)
        run = Exchange(Settings(data=data), journal, CLOCK, Notes(data, CLOCK))
        assert run.pull() == other.head()[0]
        # What comes now has positions that were passed before.
        center.feed.clear()
        center.hashes.clear()
        visits(other, 1)
        exchange(other.path.parent, other)
        center.epoch = "11" * 8
        run.unsure()
        assert run.pull() == 2
        assert status.read(data).epoch == "11" * 8
        run.close()


def test_what_can_not_be_written_leaves_the_membership_of_before(
    data: Path, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(data) as journal:
        member, _ = enroll(journal, center.url, CODE, LANES, CLOCK)
    monkeypatch.setattr(os, "fsync", _disk_full)
    with suppress(KioskError):
        membership.store(data, replace(member, title="New"))
    assert membership.load(data) == member


def _disk_full(handle: int) -> None:
    raise OSError(28, "No space left on device")
