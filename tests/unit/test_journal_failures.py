"""A locked, read-only, damaged or foreign file and a full disk: clear words, and nothing recorded is lost."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kiosk.clock import FixedClock
from kiosk.errors import (
    JournalCorrupt,
    JournalError,
    JournalFull,
    JournalLocked,
    JournalReadOnly,
)
from kiosk.journal import Journal, new_id, opening
from kiosk.journal.aside import set_aside

NOBODY = 65534


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def path(tmp_path, clock):
    """A journal of three events, closed."""
    path = tmp_path / "kiosk.db"
    with Journal.open(path, clock) as journal:
        start(journal)
        view(journal)
    return path


def start(journal):
    return journal.append("visit.started", {"visit": new_id(), "language": "en"})


def view(journal):
    return journal.append("service.viewed", {"visit": new_id(), "service": "pets", "language": "en"})


def counts(journal):
    """Events recorded, and service views in events and in their table."""
    kinds = [event.kind for event in journal.events()]
    return len(kinds), kinds.count("service.viewed"), journal.rows("SELECT count(*) FROM service_views")[0][0]


def says(error, path, *words):
    """The message names the file and the next step."""
    assert str(path) in error.value.what
    assert error.value.next_step
    for word in words:
        assert word in str(error.value)


@contextmanager
def another_writer(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def as_somebody_else():
    """Permissions mean nothing to root; become an ordinary user for a while where tests run as root."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


@pytest.fixture
def unwritable(clock):
    """A folder with a journal in which this user may read and not write."""
    folder = Path(tempfile.mkdtemp())
    with Journal.open(folder / "kiosk.db", clock) as journal:
        start(journal)
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def damage(path, table):
    """Overwrite the page on which a table begins."""
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_opening_a_locked_file_says_who_must_let_go(path, clock, monkeypatch):
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.01)
    with another_writer(path), pytest.raises(JournalLocked) as error:
        Journal.open(path, clock)
    says(error, path, "in use", "Close other programs")


def test_an_append_that_finds_the_file_locked_writes_nothing_and_works_again_later(path, clock, monkeypatch):
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.01)
    with Journal.open(path, clock) as journal:
        with another_writer(path), pytest.raises(JournalLocked) as error:
            view(journal)
        says(error, path, "in use")
        assert counts(journal) == (3, 1, 1)
        assert view(journal).seq == 4


def test_opening_a_file_that_may_not_be_written(unwritable, clock):
    with as_somebody_else():
        with pytest.raises(PermissionError):
            (unwritable / "probe").touch()
        with pytest.raises(JournalReadOnly) as error:
            Journal.open(unwritable / "kiosk.db", clock)
    says(error, unwritable / "kiosk.db", "Let this user write", "--data")


def test_opening_a_new_file_where_none_may_be_made(unwritable, clock):
    with as_somebody_else():
        with pytest.raises(JournalReadOnly) as error:
            Journal.open(unwritable / "new.db", clock)
        with pytest.raises(JournalReadOnly):
            Journal.open(unwritable / "folder" / "kiosk.db", clock)
    says(error, unwritable / "new.db")


def test_an_append_to_a_connection_that_may_not_write(path, clock):
    """SQLite's own refusal (result code READONLY), which the pragma brings about for root too."""
    with Journal.open(path, clock) as journal:
        journal.rows("PRAGMA query_only = ON")
        with pytest.raises(JournalReadOnly) as error:
            view(journal)
        says(error, path, "Let this user write")
        journal.rows("PRAGMA query_only = OFF")
        assert counts(journal) == (3, 1, 1)
        assert view(journal).seq == 4


def test_a_disk_that_is_full_at_an_append_leaves_nothing_half_written(path, clock):
    with Journal.open(path, clock) as journal:
        pages = journal.rows("PRAGMA page_count")[0][0]
        journal.rows(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalFull) as error:
            for _ in range(200):
                view(journal)
        says(error, path, "no space left", "nothing was recorded", "Free some space")
        events, viewed, in_table = counts(journal)
        assert viewed == in_table
        journal.rows("PRAGMA max_page_count = 1000000")
        assert view(journal).seq == events + 1
        assert journal.verify().bad_seq is None


def test_a_disk_that_is_full_at_the_first_start_can_be_freed_and_used(tmp_path, clock, monkeypatch):
    path = tmp_path / "kiosk.db"
    with monkeypatch.context() as patch:
        patch.setattr(opening, "PRAGMAS", (*opening.PRAGMAS, "PRAGMA max_page_count = 8"))
        with pytest.raises(JournalFull) as error:
            Journal.open(path, clock)
    says(error, path, "no space left")
    with Journal.open(path, clock) as journal:
        assert counts(journal) == (1, 0, 0)


@pytest.mark.parametrize("content", [b"not a database at all\n" * 400, b"short"], ids=["long", "short"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path, clock, content):
    path = tmp_path / "kiosk.db"
    path.write_bytes(content)
    with pytest.raises(JournalCorrupt) as error:
        Journal.open(path, clock)
    says(error, path, "damaged", "keeps the damaged file aside")
    assert path.read_bytes() == content


def test_a_damaged_file_is_kept_aside_with_its_key_and_a_new_chain_begins(path, clock):
    key = path.with_name("kiosk.db.key").read_bytes()
    path.write_bytes(b"garbage" + path.read_bytes()[7:])
    content = path.read_bytes()
    with Journal.open(path, clock, keep_aside=True) as journal:
        assert journal.aside == path.with_name("kiosk.db.corrupt-20261123T164100")
        assert journal.aside.read_bytes() == content
        assert path.with_name("kiosk.db.corrupt-20261123T164100.key").read_bytes() == key
        assert path.with_name("kiosk.db.key").read_bytes() != key
        assert next(journal.events()).body["aside"] == journal.aside.name
        assert counts(journal) == (1, 0, 0)
        assert start(journal).seq == 2
    with Journal.open(path, clock, keep_aside=True) as journal:
        assert journal.aside is None


def test_a_second_damaged_file_of_the_same_second_does_not_replace_the_first(tmp_path, clock):
    path = tmp_path / "kiosk.db"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        Journal.open(path, clock, keep_aside=True).close()
    aside = path.with_name("kiosk.db.corrupt-20261123T164100")
    assert aside.read_bytes() == b"first"
    assert aside.with_name(f"{aside.name}-2").read_bytes() == b"second"


def test_a_healthy_file_is_not_put_aside(path, clock):
    assert set_aside(path, "20261123T164100") is None, "another process may have made it good meanwhile"
    with Journal.open(path, clock, keep_aside=True) as journal:
        assert journal.aside is None
        assert counts(journal) == (3, 1, 1)


def test_a_damaged_page_met_by_an_append_is_found_at_the_next_start(path, clock):
    damage(path, "service_views")
    with Journal.open(path, clock) as journal:
        assert start(journal).seq == 4
        with pytest.raises(JournalCorrupt) as error:
            view(journal)
        says(error, path, "damaged")
        assert len(list(journal.events())) == 4
    with pytest.raises(JournalCorrupt):
        Journal.open(path, clock)
    with Journal.open(path, clock, keep_aside=True) as journal:
        assert counts(journal) == (1, 0, 0)
        with closing(sqlite3.connect(journal.aside)) as old:
            assert old.execute("SELECT count(*) FROM events").fetchone() == (4,)


def test_a_suspicion_that_proves_wrong_is_forgotten(path, clock):
    mark = path.with_name("kiosk.db.suspect")
    mark.touch()
    with Journal.open(path, clock) as journal:
        assert counts(journal) == (3, 1, 1)
    assert not mark.exists()


def test_a_file_that_was_cut_short_is_kept_aside(path, clock):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(JournalCorrupt):
        Journal.open(path, clock)
    with Journal.open(path, clock, keep_aside=True) as journal:
        assert journal.aside is not None
        assert start(journal).seq == 2


@pytest.mark.parametrize("left", ["empty", "gone"])
def test_a_log_without_its_file_is_never_deleted(tmp_path, clock, left):
    """SQLite deletes the log of an empty file; here it holds all that was recorded."""
    with Journal.open(tmp_path / "running.db", clock) as journal:
        view(journal)
        log = (tmp_path / "running.db-wal").read_bytes()
    path = tmp_path / "kiosk.db"
    path.with_name("kiosk.db-wal").write_bytes(log)
    if left == "empty":
        path.touch()
    with pytest.raises(JournalCorrupt) as error:
        Journal.open(path, clock)
    says(error, path, "kiosk.db-wal")
    assert path.with_name("kiosk.db-wal").read_bytes() == log
    with Journal.open(path, clock, keep_aside=True) as journal:
        assert journal.aside is not None
        assert journal.aside.with_name(f"{journal.aside.name}-wal").read_bytes() == log


def test_the_database_of_another_program_is_refused_and_stays(tmp_path, clock):
    path = tmp_path / "kiosk.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    content = path.read_bytes()
    with pytest.raises(JournalError, match="database of another program") as error:
        Journal.open(path, clock, keep_aside=True)
    says(error, path, "--data")
    assert path.read_bytes() == content


def test_a_newer_format_is_refused_and_stays(path, clock):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="format 99; this kiosk knows up to") as error:
        Journal.open(path, clock, keep_aside=True)
    says(error, path, "Install the newer kiosk")


def test_a_key_file_that_is_no_key_is_named_and_left(tmp_path, clock):
    key = tmp_path / "kiosk.db.key"
    key.write_text("not a key")
    with pytest.raises(JournalError, match="not an Ed25519 private key") as error:
        Journal.open(tmp_path / "kiosk.db", clock)
    assert str(key) in error.value.what
    assert key.read_text() == "not a key"


def test_a_folder_in_place_of_the_file(tmp_path, clock):
    (tmp_path / "kiosk.db").mkdir()
    with pytest.raises(JournalError) as error:
        Journal.open(tmp_path / "kiosk.db", clock, keep_aside=True)
    says(error, tmp_path / "kiosk.db")


def test_a_closed_journal_says_so(path, clock):
    journal = Journal.open(path, clock)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        start(journal)
