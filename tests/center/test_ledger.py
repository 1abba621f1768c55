"""The ledger: whatever way batches come, every event counts once, and what is not right is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.center import feed, ledger
from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.errors import BatchRefused
from kiosk.journal import new_id
from kiosk.sync import page as pages
from kiosk.sync import receipt
from kiosk.sync.receipt import Fork, Rejected
from tests.support.center import Machine, batch, device, register, site

VISIT = new_id()


def looks(machine: Machine, count: int) -> None:
    """Visitors read service pages."""
    for _ in range(count):
        machine.append("service.viewed", {"visit": VISIT, "service": "pets", "language": "en"})


def searches(machine: Machine, text: str) -> str:
    body = {"visit": VISIT, "language": "es", "results": 0, "chosen": "", "confident": False}
    return machine.append("search.made", body, text).id


@pytest.fixture
def machine(center: Center, clock: FixedClock) -> Machine:
    """A kiosk of the lobby with 42 events."""
    machine = Machine(clock)
    looks(machine, 41)
    site(center)
    register(center, "lobby", machine)
    return machine


def take(center: Center, content: bytes, device: str = "", via: str = "stick") -> receipt.Receipt:
    return ledger.take(center, content, device, via)


def held(center: Center) -> list[tuple[str, int, str, str]]:
    with center.store.read() as connection:
        return connection.rows("SELECT chain, seq, hash, code FROM events ORDER BY chain, seq")


def chain(center: Center, name: str) -> tuple[int, int, str, int, str]:
    with center.store.read() as connection:
        return connection.row(
            "SELECT first, last, last_hash, highest, follows FROM chains WHERE chain = :name", name=name
        )


def refused(center: Center, content: bytes, device: str = "") -> str:
    """Why a batch is refused; nothing of it is kept, and staff see it."""
    before = held(center)
    with pytest.raises(BatchRefused) as raised:
        ledger.take(center, content, device, "network", "a.batch")
    assert raised.value.next_step
    assert held(center) == before
    with center.store.read() as connection:
        noted = connection.row("SELECT code, name, what FROM refusals ORDER BY number DESC LIMIT 1")
    assert noted[0] == raised.value.code and noted[1] == "a.batch" and noted[2]
    return raised.value.code


def test_a_real_journals_batch_arrives_and_its_receipt_says_so(center: Center, tmp_path: Path) -> None:
    """What a kiosk recorded is at the center, in the site's feed, and the center signs for it."""
    journal, known = device(center, site(center), tmp_path / "kiosk")
    with journal:
        journal.append("visit.started", {"visit": VISIT, "language": "es"})
        content = batch(journal)
        given = ledger.take(center, content, known, "network")
        assert (given.accepted, given.duplicate, given.rejected, given.forked) == (2, 0, (), None)
        assert given.batch_id == f"{journal.chain}-1-2"
        assert receipt.verify(receipt.parse(given.document()), center.keys.key)
        page = feed.page(center, "lobby", 0)
        assert [event for _, event in page.events] == list(journal.events())
        assert {label for label, _ in page.events} == {journal.chain}
        assert pages.parse(page.document()) == page
        assert feed.page(center, "lobby", page.next).events == ()


def test_the_same_batch_again_adds_nothing(center: Center, machine: Machine) -> None:
    """By network and by stick, whole and in part: 42 events stay 42."""
    assert take(center, machine.batch()).accepted == 42
    again = take(center, machine.batch())
    assert (again.accepted, again.duplicate) == (0, 42)
    part = take(center, machine.batch(10, 20))
    assert (part.accepted, part.duplicate) == (0, 11)
    assert [seq for _, seq, _, _ in held(center)] == list(range(1, 43))
    assert chain(center, machine.chain) == (1, 42, machine.held[-1].hash, 42, "")


def test_batches_that_come_out_of_order_leave_a_gap_until_it_is_filled(
    center: Center, machine: Machine
) -> None:
    """Staff can see how far a chain has arrived without holes."""
    take(center, machine.batch(1, 10))
    take(center, machine.batch(21, 30))
    assert chain(center, machine.chain)[1:4] == (10, machine.held[9].hash, 30)
    take(center, machine.batch(31, 42))
    assert chain(center, machine.chain)[1:4] == (10, machine.held[9].hash, 42)
    assert take(center, machine.batch(5, 25)).accepted == 10
    assert chain(center, machine.chain)[1:4] == (42, machine.held[-1].hash, 42)


def test_a_restored_backup_is_a_fork_that_loses_nothing(center: Center, machine: Machine) -> None:
    """Two pasts of one chain: the one that came first keeps the name, the other goes under a label."""
    restored = machine.fork()
    restored.held = restored.held[:30]
    looks(restored, 8)
    take(center, machine.batch())
    given = take(center, restored.batch(25))
    label = f"{machine.chain}~{restored.held[30].hash[:8]}"
    assert (given.accepted, given.duplicate, given.forked) == (8, 6, Fork(31, label))
    assert chain(center, label) == (31, 38, restored.held[-1].hash, 38, machine.chain)
    assert chain(center, machine.chain)[1] == 42
    looks(restored, 3)
    later = take(center, restored.batch(39))
    assert (later.accepted, later.forked) == (3, Fork(31, label))
    assert take(center, restored.batch()).duplicate == 41
    third = machine.fork()
    third.held = third.held[:30]
    looks(third, 2)
    assert take(center, third.batch()).forked == Fork(31, f"{machine.chain}~{third.held[30].hash[:8]}")
    assert len(held(center)) == 42 + 11 + 2
    assert {seal for _, _, seal, _ in held(center)} == {
        event.hash for one in (machine, restored, third) for event in one.held
    }


def test_events_keep_the_bytes_they_were_sealed_with_under_a_label(center: Center, machine: Machine) -> None:
    """A page of the feed says where an event is kept; its own chain is the one that its hash covers."""
    restored = machine.fork()
    looks(machine, 1)
    looks(restored, 1)
    take(center, machine.batch())
    take(center, restored.batch())
    label, event = feed.page(center, "lobby", 42).events[-1]
    assert label == f"{machine.chain}~{event.hash[:8]}"
    assert event == restored.held[-1]
    assert event.hashed(restored.held[-2].hash) == event.hash


def test_what_was_copied_behind_a_gap_finds_its_own_past(center: Center, machine: Machine) -> None:
    """A late batch of a copy, taken before what it follows, is moved to it; no number is there twice."""
    other = machine.fork()
    looks(machine, 20)
    looks(other, 20)
    take(center, machine.batch(1, 42))
    take(center, other.batch(51, 62))
    assert chain(center, machine.chain)[3] == 62
    take(center, machine.batch(43, 62))
    given = take(center, other.batch(43, 50))
    label = f"{machine.chain}~{other.held[42].hash[:8]}"
    assert given.forked == Fork(43, label)
    assert chain(center, label)[:4] == (43, 62, other.held[-1].hash, 62)
    assert chain(center, machine.chain)[:4] == (1, 62, machine.held[-1].hash, 62)
    assert len(held(center)) == 82
    assert len({kept[0] for kept in held(center)}) == 2


def test_an_event_that_does_not_fit_lies_in_quarantine_and_blocks_nothing(
    center: Center, machine: Machine
) -> None:
    """It is kept, named in the receipt (again at the second time), and passed on to nobody."""
    page = {"visit": VISIT, "service": "pets", "language": "en"}
    machine.append("service.viewed", page | {"more": 1})
    machine.append("service.viewed", page, day="2026-02-30")
    machine.append("service.viewed", page, site="harbor")
    machine.append("service.viewed", page, id="1234")
    machine.append("service.viewed", page, v=2)
    machine.append("service.viewed", page, "words where none belong")
    machine.append("a.kind_of_tomorrow", {"anything": "goes"})
    codes = ("body", "time", "site", "id", "version", "words")
    rejected = tuple(Rejected(seq, code) for seq, code in enumerate(codes, 43))
    first, second = take(center, machine.batch()), take(center, machine.batch())
    assert (first.accepted, first.duplicate, first.rejected) == (43, 0, rejected)
    assert (second.accepted, second.duplicate, second.rejected) == (0, 43, rejected)
    assert set(codes) < set(ledger.CODES)
    passed = feed.page(center, "lobby", 0)
    assert [event.seq for _, event in passed.events] == [*range(1, 43), 49]
    assert chain(center, machine.chain)[1] == 49
    looks(machine, 1)
    assert take(center, machine.batch(50)).accepted == 1


@pytest.mark.parametrize(
    ("year", "codes"), [("0001", ("time",)), ("1970", ()), ("2999", ()), ("9999", ("time",))]
)
def test_a_clock_that_was_never_set_is_no_reason(
    center: Center, machine: Machine, year: str, codes: tuple[str, ...]
) -> None:
    """But for times that have no local time."""
    page = {"visit": VISIT, "service": "pets", "language": "en"}
    machine.append("service.viewed", page, at=f"{year}-01-01T00:00:00.000Z", day=f"{year}-01-01")
    assert tuple(each.code for each in take(center, machine.batch()).rejected) == codes


def test_an_id_counts_once_wherever_it_comes_from(
    center: Center, machine: Machine, clock: FixedClock
) -> None:
    """Another machine's event with an id that is known is kept apart; the rest of its batch counts."""
    take(center, machine.batch())
    other = Machine(clock)
    register(center, "lobby", other)
    event_id = searches(other, "agua")
    other.held.pop()
    page = {"visit": VISIT, "service": "pets", "language": "en"}
    other.append("service.viewed", page, id=machine.held[5].id)
    other.append("service.viewed", page, id=event_id)
    other.append("service.viewed", page, id=event_id)
    del other.words[event_id]
    given = take(center, other.batch())
    assert (given.accepted, given.rejected) == (2, (Rejected(2, "id"), Rejected(4, "id")))
    assert take(center, other.batch()).rejected == given.rejected
    assert take(center, machine.batch()).duplicate == 42


def test_what_is_refused_and_why(center: Center, machine: Machine, clock: FixedClock) -> None:
    """Forged, cut off, foreign, somebody else's or for practice: nothing of it is kept."""
    site(center, "harbor")
    stranger, other = Machine(clock), Machine(clock)
    known = register(center, "harbor", other)
    content = machine.batch()
    assert refused(center, stranger.batch()) == "foreign"
    assert refused(center, content, known) == "device"
    assert refused(center, content, new_id()) == "device"
    assert refused(center, content[:-40]) == "unreadable"
    assert refused(center, content[: content.rindex(b'{"signature')]) == "unreadable"
    assert refused(center, content.replace(b"pets", b"taxi", 1)) == "unreadable"
    assert refused(center, b"") == "unreadable"
    assert refused(center, b"\x00\xff<html>") == "unreadable"
    assert refused(center, machine.batch(2, practice=True)) == "practice"
    forged = machine.fork()
    forged.signing = stranger.signing
    assert refused(center, forged.batch()) == "unreadable"
    forged.key = stranger.key
    assert refused(center, forged.batch(2)) == "unreadable"
    machine.words["elsewhere"] = machine.words[searches(machine, "agua")]._replace(event=new_id())
    machine.words[machine.held[-1].id] = machine.words["elsewhere"]
    assert refused(center, machine.batch()) == "unreadable"
    machine.held[-1:] = []
    machine.append("service.viewed", {"visit": VISIT, "service": "x", "language": "en"}, site="a\x00b")
    assert refused(center, machine.batch()) == "unreadable"


def test_a_revoked_device_is_turned_away_and_a_replaced_ones_stick_is_not(
    center: Center, machine: Machine
) -> None:
    """What a device recorded before it was replaced still counts when somebody brings it."""
    with center.store.begin() as connection:
        known = connection.value("SELECT device FROM devices")
        connection.run("UPDATE devices SET state = 'replaced'")
    assert refused(center, machine.batch(), known) == "revoked"
    assert take(center, machine.batch(1, 5)).accepted == 5
    with center.store.begin() as connection:
        connection.run("UPDATE devices SET state = 'revoked'")
    assert refused(center, machine.batch(), known) == "revoked"
    assert refused(center, machine.batch()) == "revoked"


def test_a_machine_sends_what_it_recorded_under_an_earlier_chain(
    center: Center, machine: Machine, clock: FixedClock
) -> None:
    """Though this center has lost that chain, or never knew it; nobody else may send it before or after."""
    now, before = Machine(clock), Machine(clock)
    sender = register(center, "lobby", now)
    with center.store.begin() as connection:
        stranger = connection.value("SELECT device FROM devices WHERE device <> :sender", sender=sender)
        connection.run(
            "UPDATE chains SET follows = :tail WHERE chain = :chain",
            tail=f"{before.chain}~0123abcd",
            chain=now.chain,
        )
    page_read(before)
    assert refused(center, before.batch(), stranger) == "foreign"
    assert refused(center, before.batch()) == "foreign"
    assert refused(center, before.batch(2), sender) == "foreign", "it tells its key with its first event"
    assert take(center, before.batch(), sender).accepted == 2
    assert refused(center, before.batch(), stranger) == "device"
    forged = before.fork()
    page_read(forged)
    forged.signing = machine.signing
    assert refused(center, forged.batch(), sender) == "unreadable"
    page_read(before)
    with center.store.begin() as connection:
        connection.run("UPDATE devices SET state = 'revoked' WHERE device = :stranger", stranger=stranger)
        connection.run(
            "UPDATE chains SET device = :stranger WHERE chain = :chain", stranger=stranger, chain=before.chain
        )
    assert take(center, before.batch(), sender).accepted == 1, "whoever has it now may have been turned away"
    assert refused(center, before.batch(), stranger) == "revoked"


def page_read(machine: Machine) -> None:
    machine.append("service.viewed", {"visit": VISIT, "service": "pets", "language": "en"})


def texts(center: Center) -> dict[str, str]:
    with center.store.read() as connection:
        return dict(connection.rows("SELECT event_id, text FROM texts"))


def test_words_come_with_their_events_and_never_come_back(center: Center, machine: Machine) -> None:
    """What somebody took away stays away, also when an older batch with the words is taken later."""
    kept, gone, flagged = (searches(machine, text) for text in ("agua", "mi primo Juan", "luz"))
    comment = {"response": new_id()}
    phone = machine.append("survey.commented", comment, "Call me: 918 555 0100, thanks").id
    for event, part in ((gone, "all"), (phone, "flagged")):
        machine.append("survey.redacted", {"event": event, "part": part, "staff": "s1"})
    take(center, machine.batch(1, 46))
    assert texts(center)[gone] == "mi primo Juan" and "555" in texts(center)[phone]
    take(center, machine.batch(47))
    after = {kept: "agua", flagged: "luz", phone: "Call me: [removed], thanks"}
    assert texts(center) == after
    take(center, machine.batch())
    assert texts(center) == after


def test_words_that_were_taken_away_before_they_came_are_not_kept(center: Center, machine: Machine) -> None:
    """The batch that says so may come first."""
    gone = searches(machine, "mi primo Juan")
    phone = machine.append("survey.commented", {"response": new_id()}, "918 555 0100 please").id
    machine.append("survey.redacted", {"event": gone, "part": "all", "staff": "s1"})
    machine.append("survey.redacted", {"event": phone, "part": "flagged", "staff": "s1"})
    take(center, machine.batch(45))
    take(center, machine.batch(1, 44))
    assert texts(center) == {phone: "[removed] please"}


def test_a_site_takes_away_its_own_words_alone(center: Center, machine: Machine, clock: FixedClock) -> None:
    """Another site's event that names them changes nothing."""
    words = searches(machine, "agua")
    take(center, machine.batch())
    other = Machine(clock)
    register(center, site(center, "harbor"), other)
    other.append("survey.redacted", {"event": words, "part": "all", "staff": "s1"})
    assert take(center, other.batch()).accepted == 2
    assert texts(center) == {words: "agua"}


def test_words_in_every_script_and_with_marks_arrive_as_they_are(center: Center, machine: Machine) -> None:
    """Nothing that a visitor types can break a batch or the database."""
    said = [
        "دفع فاتورة الماء",
        "缴纳水费",
        "a\\tb\\N \\. 'x'; DROP TABLE events",
        'say "agua" 💧 {{ 7 * 7 }}',
    ]
    for text in said:
        machine.append("survey.commented", {"response": new_id()}, text)
    assert take(center, machine.batch()).accepted == 46
    assert sorted(texts(center).values()) == sorted(said)


def test_the_sites_clock_follows_but_not_a_clock_that_runs_ahead(center: Center, machine: Machine) -> None:
    """A machine whose clock is an hour fast does not take the others along."""
    take(center, machine.batch())

    def clock_of_site() -> str:
        with center.store.read() as connection:
            return str(connection.value("SELECT clock FROM sites"))

    assert clock_of_site() == machine.held[-1].clock
    late = machine.fork()
    late.clock = FixedClock(moment=center.clock.now())
    late.clock.advance(3600)
    looks(late, 1)
    assert take(center, late.batch()).accepted == 1
    assert clock_of_site() == machine.held[-1].clock
    assert feed.page(center, "lobby", 42).events[0][1].clock == late.held[-1].clock


def test_what_an_event_is_folded_with() -> None:
    """A ticket, a response, somebody who can be invited, or the event whose words went; else nothing."""
    one, event = new_id(), "8f14e45f-ceea-4d2b-9c5f-0d3a6a4c8e21"
    assert ledger.subject("ticket.called", {"ticket": one}) == one
    assert ledger.subject("survey.answered", {"response": one}) == one
    assert ledger.subject("survey.invited", {"unit": one}) == one
    assert ledger.subject("survey.redacted", {"event": event}) == event
    assert ledger.subject("survey.worded", {"survey": "city"}) == ""
    assert ledger.subject("visit.started", {"visit": one}) == ""
