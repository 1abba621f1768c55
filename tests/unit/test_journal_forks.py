"""Receipts, and what a machine does when another file has used its numbers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.clock import Clock, FixedClock
from kiosk.errors import JournalError
from kiosk.journal import Journal, close_open, new_id, receipts
from kiosk.journal.device import ReceiptRow
from kiosk.journal.signing import key_file, sign, sign_as
from tests.unit.test_journal_others import KEY, PLAN, START, TICKET, feed, tables, visit

ROOT = Path(__file__).parents[2]


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / "kiosk" / "kiosk.db", FixedClock()) as journal:
        yield journal


def survey(journal):
    """A completed survey."""
    response = new_id()
    journal.append(
        "survey.started", START | {"visit": new_id(), "response": response, "seed": "", "statements": ["a"]}
    )
    journal.append("survey.completed", {"response": response})


def receipt(chain, first, last, via="network", at="2026-11-23T17:00:00.000Z"):
    digest = sha256(f"{chain} {first} {last}".encode()).hexdigest()
    return ReceiptRow(digest, chain, first, last, 1, 0, "[]", at, via, "{}")


def copied(journal, folder):
    """The file as somebody copies it: a backup, or the image of a disk."""
    journal.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(journal.path.parent, folder)
    return folder / journal.path.name


def label_of(journal, first):
    return f"{journal.chain}~{journal.hash_at(first)[:8]}"


def valid(key, signature, message):
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    return True


def test_delivered_is_what_has_receipts_without_a_gap(journal):
    for _ in range(4):
        visit(journal)
    chain = journal.chain
    assert journal.delivered() == 0
    journal.note_receipt(receipt(chain, 5, 6))
    assert journal.delivered() == 0
    journal.note_receipt(receipt("another0", 1, 9))
    journal.note_receipt(receipt(chain, 1, 3))
    assert journal.delivered() == 3
    journal.note_receipt(receipt(chain, 2, 4, "stick", "2026-11-23T18:00:00.000Z"))
    assert journal.delivered() == 6
    again = journal.receipts()
    journal.note_receipt(receipt(chain, 5, 6))
    assert journal.receipts() == again
    assert journal.receipts(1) == [receipt(chain, 2, 4, "stick", "2026-11-23T18:00:00.000Z")]


def test_receipts_are_found_by_what_they_say(journal):
    for _ in range(4):
        visit(journal)
    chain = journal.chain
    forked = receipt(chain, 7, 8)._replace(document='{"forked":{"chain":"abcdefgh~01234567","first":7}}')
    elsewhere = receipt("another0", 1, 2)._replace(document=forked.document)
    plain = [receipt(chain, 1, 2), receipt(chain, 4, 5)]
    for each in (*plain, forked, elsewhere):
        journal.note_receipt(each._replace(document=each.document.replace("{}", '{"forked":null}')))
    assert receipts.of_forks(journal) == [forked.document]
    assert receipts.beyond(journal, journal.delivered()) == [(4, 5), (7, 8)]
    assert receipts.beyond(journal, 4) == [(4, 5), (7, 8)]
    assert receipts.beyond(journal, 8) == []
    assert receipts.known(journal, forked.sha256, forked.document)
    assert not receipts.known(journal, forked.sha256, plain[0].document)
    assert not receipts.known(journal, "0" * 64, forked.document)


def test_a_receipt_is_noted_as_fast_after_a_year_of_them(journal):
    """A machine that sends at once gets hundreds a day, and visitors wait for the file meanwhile."""

    def seconds(first):
        took = []
        for number in range(first, first + 5):
            begun = time.process_time()
            journal.note_receipt(receipt(journal.chain, number, number))
            took.append(time.process_time() - begun)
        assert journal.delivered() == first + 4
        return min(took)

    few = seconds(1)
    fields = ", ".join("?" * len(ReceiptRow._fields))
    rows = [receipt(journal.chain, number, number) for number in range(6, 20_001)]
    journal.write(lambda cursor: cursor.executemany(f"INSERT INTO receipts VALUES ({fields})", rows))
    journal.write(lambda cursor: cursor.execute("UPDATE delivered SET last = 20000"))
    assert seconds(20_001) < 20 * few


def test_surveys_taken_are_counted_with_those_at_the_center_under_every_chain(journal):
    survey(journal)
    first = journal.head()[0] + 1
    survey(journal)
    chain, last = journal.chain, journal.head()[0]
    journal.note_receipt(receipt(chain, 1, first - 1))
    assert journal.surveys_taken() == (2, 1)
    assert journal.step_aside(first, last, label_of(journal, first))
    survey(journal)
    assert journal.surveys_taken() == (3, 1)
    journal.note_receipt(receipt(chain, first, last))
    assert journal.surveys_taken() == (3, 2)
    journal.note_receipt(receipt(journal.chain, 1, journal.head()[0]))
    assert journal.surveys_taken() == (3, 3)


def test_a_machine_steps_aside_with_all_it_has_and_begins_a_chain_that_names_the_old_one(journal):
    journal.enroll(new_id(), "city-hall", KEY, [("B", 100, 199)])
    ticket = new_id()
    journal.append("survey.sampled", PLAN | {"seed": new_id()})
    visit(journal)
    first = journal.head()[0] + 1
    journal.append("ticket.issued", TICKET | {"ticket": ticket, "code": "B101"})
    journal.append("counter.opened", {"counter": "1", "staff": "s1"})
    survey(journal)
    old, last, label = journal.chain, journal.head()[0], label_of(journal, first)
    before = {event.id: event.canonical() for event in journal.events()}
    journal.receive([], 42)

    assert journal.step_aside(first, last, label)

    new = journal.chain
    assert new != old
    (opened,) = journal.events()
    assert (opened.seq, opened.site, opened.body["follows"]) == (1, "city-hall", label)
    assert opened.body["key"] != next(journal.events(chain=old)).body["key"]
    assert journal.verify().events == 1
    assert [event.seq for event in journal.events(chain=label)] == list(range(first, last + 1))
    kept = [*journal.events(chain=old), *journal.events(chain=label)]
    assert {event.id: event.canonical() for event in kept} == before
    previous = journal.rows("SELECT hash FROM events WHERE chain = ? AND seq = ?", old, first - 1)[0][0]
    for event in journal.events(chain=label):
        assert event.hash == event.hashed(previous)
        previous = event.hash
    assert opened.clock > kept[-1].clock
    assert label in journal.ticket(ticket).arrival
    assert (journal.numbers(), journal.survey_chosen(), journal.feed_position()) == ({}, None, 0)
    assert journal.enrolled().site == "city-hall"
    now = tables(journal)
    assert journal.rebuild() == len(now["skipped_events"]) == 0
    assert tables(journal) == now


def test_both_keys_sign_after_a_machine_has_stepped_aside(journal):
    visit(journal)
    old, key = journal.chain, next(journal.events()).body["key"]
    assert journal.step_aside(2, 3, label := label_of(journal, 2))
    assert valid(next(journal.events()).body["key"], sign(journal.path, b"mine"), b"mine")
    assert valid(key, sign_as(journal.path, old, b"before"), b"before")
    assert valid(key, sign_as(journal.path, label, b"before"), b"before")
    assert key_file(journal.path, journal.chain).stat().st_mode & 0o777 == 0o600
    key_file(journal.path, journal.chain).unlink()
    with pytest.raises(JournalError, match="is not the key"):
        sign(journal.path, b"mine")


def test_a_machine_that_has_moved_on_or_has_a_visitor_does_not_step_aside(journal):
    visit(journal)
    visit(journal)
    label = label_of(journal, 2)
    files = sorted(journal.path.parent.iterdir())
    assert not journal.step_aside(2, 4, label)
    open_visit = {"visit": new_id(), "language": "en"}
    journal.append("visit.started", open_visit)
    assert not journal.step_aside(2, 6, label)
    for first, last, wrong in (
        (1, 6, label),
        (4, 3, label),
        (2, 6, "another0~01234567"),
        (2, 6, journal.chain),
    ):
        with pytest.raises(ValueError, match="can't be kept under"):
            journal.step_aside(first, last, wrong)
    assert sorted(journal.path.parent.iterdir()) == files
    assert journal.verify().events == 6
    close_open(journal)
    assert journal.step_aside(2, 7, label)


def test_a_restored_file_gets_back_what_it_had_forgotten_and_loses_nothing(journal, tmp_path):
    visit(journal)
    shared = journal.head()[0]
    path = copied(journal, tmp_path / "backup")
    lost = visit(journal)
    center = [(event.chain, event) for event in journal.events()]
    with Journal.open(path, FixedClock()) as restored:
        mine = visit(restored)
        label = label_of(restored, shared + 1)
        assert restored.receive(center, 9) == 0, "what was recorded under the own name waits"
        assert restored.step_aside(shared + 1, restored.head()[0], label)
        assert (
            restored.receive([*center, *((label, event) for event in restored.events(chain=label))], 9) == 2
        )
        visits = {name for (name,) in restored.rows("SELECT visit FROM visits WHERE ended_how = 'finished'")}
        assert {lost, mine} < visits
        assert len(visits) == 3
        now = tables(restored)
        restored.rebuild()
        assert tables(restored) == now
        # The machine that goes on under the old name takes in the tail under its label.
        assert journal.receive(feed(restored) + [(label, it) for it in restored.events(chain=label)], 3) == 3
        assert journal.verify().events == 5
        assert {name for (name,) in journal.rows("SELECT visit FROM visits")} == visits


def test_a_visit_that_was_open_when_the_file_was_copied_ends_once(journal, tmp_path):
    name = new_id()
    journal.append("visit.started", {"visit": name, "language": "en"})
    path = copied(journal, tmp_path / "backup")
    journal.append("visit.ended", {"visit": name, "how": "finished", "language": "en"})
    with Journal.open(path, FixedClock()) as clone:
        close_open(clone)
        assert clone.step_aside(3, 3, label_of(clone, 3))
        clone.receive(feed(journal), 1)
        assert len(clone.rows("SELECT visit FROM visits")) == 1
        now = tables(clone)
        assert clone.rebuild() == len(now["skipped_events"]) == 1
        assert tables(clone) == now


def test_ones_own_visitor_is_still_ones_own_where_a_copy_has_another(journal, tmp_path):
    path = copied(journal, tmp_path / "image")
    with Journal.open(path, FixedClock()) as clone:
        clone.append("visit.started", {"visit": new_id(), "language": "en"})
        label = label_of(clone, 2)
        journal.receive([(label, event) for event in clone.events(1)], 1)
    assert close_open(journal) == 0
    visit(journal)
    assert journal.step_aside(2, 3, label_of(journal, 2))


RECEIVE = """
import sys
from pathlib import Path
from kiosk.clock import Clock
from kiosk.journal import Journal
with Journal.open(Path(sys.argv[2]), Clock()) as there:
    page = [(event.chain, event) for event in there.events()]
with Journal.open(Path(sys.argv[1]), Clock()) as here:
    print("ready", flush=True)
    sys.stdin.readline()
    for at in range(0, len(page), 50):
        here.receive(page[at : at + 50], at + 50)
        print(at + 50, flush=True)
"""

ASIDE = """
import sys
from pathlib import Path
from kiosk.clock import Clock
from kiosk.journal import Journal
with Journal.open(Path(sys.argv[1]), Clock()) as journal:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(10_000):
        label = f"{journal.chain}~{journal.hash_at(2)[:8]}"
        journal.step_aside(2, journal.head()[0], label)
        visit = {"visit": f"{_:032x}", "language": "en"}
        journal.append("visit.started", visit)
        journal.append("visit.ended", visit | {"how": "idle"})
        print(journal.chain, flush=True)
"""


def run(program, *arguments):
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def busy(tmp_path):
    """The file of another machine with 600 events."""
    path = tmp_path / "there" / "kiosk.db"
    with Journal.open(path, Clock(), durable=False) as there:
        while there.head()[0] < 599:
            visit(there)
    return path


def test_one_process_records_while_another_takes_in_the_feed(journal, busy):
    process = run(RECEIVE, journal.path, busy)
    process.stdin.write("go\n")
    process.stdin.flush()
    while process.poll() is None:
        visit(journal)
    assert process.returncode == 0
    assert journal.verify().bad_seq is None
    assert journal.feed_position() == 600
    assert journal.rows("SELECT count(*) FROM visits WHERE ended_how IS NULL") == [(0,)]
    with Journal.open(busy, Clock()) as there:
        assert len(list(journal.events(chain=there.chain))) == there.head()[0] == 599


def test_a_process_that_is_killed_while_it_receives_has_whole_pages(journal, busy):
    process = run(RECEIVE, journal.path, busy)
    process.stdin.write("go\n")
    process.stdin.flush()
    process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    position = journal.feed_position()
    assert 50 <= position <= 600
    assert journal.rows("SELECT count(*) FROM events") == [(1 + min(position, 599),)]
    now = tables(journal)
    journal.rebuild()
    assert tables(journal) == now


def test_a_process_that_is_killed_while_it_steps_aside_has_done_all_or_nothing(journal):
    visit(journal)
    process = run(ASIDE, journal.path)
    process.stdin.write("go\n")
    process.stdin.flush()
    for _ in range(3):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert journal.verify().bad_seq is None
    assert valid(next(journal.events()).body["key"], sign(journal.path, b"still"), b"still")
    chains = [
        json.loads(body)["follows"] for (body,) in journal.rows("SELECT body FROM events WHERE seq = 1")
    ]
    assert len(chains) >= 3
    now = tables(journal)
    journal.rebuild()
    assert tables(journal) == now


def test_a_process_that_has_the_file_open_follows_to_the_new_chain(journal):
    visit(journal)
    with Journal.open(journal.path, FixedClock()) as sync:
        assert sync.step_aside(2, 3, label_of(sync, 2))
    event = journal.append("visit.started", {"visit": new_id(), "language": "en"})
    assert (event.chain, event.seq) == (journal.chain, 2)
    assert journal.verify().events == 2


def test_a_damaged_file_is_put_aside_with_all_its_keys(journal, tmp_path):
    visit(journal)
    journal.step_aside(2, 3, label_of(journal, 2))
    chain = journal.chain
    journal.close()
    journal.path.write_bytes(b"no database any more" * 500)
    with Journal.open(journal.path, FixedClock(), keep_aside=True) as again:
        assert key_file(again.aside, chain).exists()
        assert not key_file(journal.path, chain).exists()
        assert valid(next(again.events()).body["key"], sign(again.path, b"new"), b"new")
