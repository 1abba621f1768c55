"""The database of a center: both dialects do the same, and nothing is half done."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from kiosk.center import keys as center_keys
from kiosk.center.context import Center
from kiosk.center.storage import Store
from kiosk.errors import CenterError

_SITE = "INSERT INTO sites VALUES (:site, 'A site', 0, 0, '000000000000-0000', '2026-11-23T16:41:00.000Z')"


def test_what_is_raised_undoes_all(store: Store) -> None:
    """A transaction that fails leaves nothing."""
    with pytest.raises(RuntimeError), store.begin() as connection:
        connection.run(_SITE, site="lobby")
        raise RuntimeError
    with store.read() as connection:
        assert connection.rows("SELECT site FROM sites") == []


def test_a_reader_sees_one_moment(store: Store) -> None:
    """What others commit meanwhile does not appear in the middle of a report."""
    with store.read() as reading:
        assert reading.value("SELECT count(*) FROM sites") == 0
        with store.begin() as writing:
            writing.run(_SITE, site="lobby")
        assert reading.value("SELECT count(*) FROM sites") == 0
    with store.read() as reading:
        assert reading.value("SELECT count(*) FROM sites") == 1


def test_rows_one_by_one_are_never_all_in_memory(store: Store) -> None:
    """A year of a large city's tickets does not fit beside everything else that a center does."""
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i FROM n"
    with store.read() as connection:
        tracemalloc.start()
        total = sum(i for (i,) in connection.each(many))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert total == 60000 * 60001 // 2
    assert most < 3_000_000, "all of them take twice as much"


def test_workers_that_start_at_once(blank: str) -> None:
    """Several workers bring one new database up to date together."""
    start = Barrier(3)

    def worker() -> None:
        start.wait()
        Store.open(blank).close()

    with ThreadPoolExecutor(3) as pool:
        for running in [pool.submit(worker) for _ in range(3)]:
            running.result()


def test_another_centers_key_is_refused(center: Center, tmp_path: Path) -> None:
    """A database and a key file that do not belong together are noticed at the start."""
    center_keys.settle(center.store, center.keys)
    with pytest.raises(CenterError, match="another key"):
        center_keys.settle(center.store, center_keys.load(tmp_path / "others"))


def test_a_database_that_can_not_be_reached() -> None:
    """The error names the address without its password."""
    with pytest.raises(CenterError) as raised:
        Store.open("postgresql+psycopg://me:secret@127.0.0.1:1/center")
    assert "127.0.0.1:1/center" in str(raised.value) and "secret" not in str(raised.value)


@pytest.mark.parametrize("address", ["center", "postgresql://host:port/x", "mysql://host/x"])
def test_what_is_no_address_of_a_database(address: str) -> None:
    """Staff are told how to write one."""
    with pytest.raises(CenterError, match=r"address|mysql"):
        Store.open(address)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is named, and left as it is."""
    file = tmp_path / "center.db"
    file.write_text("Dear diary, " * 100)
    with pytest.raises(CenterError, match=r"center\.db can't be used: file is not a database"):
        Store.open(f"sqlite:///{file}")
    assert file.read_text().startswith("Dear diary")


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CenterError, match="can't be used"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'center.db'}")


def test_tables_of_a_later_version(database: str) -> None:
    """An older program leaves them alone, and says so."""
    store = Store.open(database)
    with store.begin() as connection:
        connection.run("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(CenterError, match="later version"):
        Store.open(database)


def test_a_user_that_may_not_make_tables(database: str) -> None:
    """PostgreSQL's refusal is told with what to do about it, not as a fault of the program."""
    if database.startswith("sqlite"):
        pytest.skip("a SQLite file has no users")
    store = Store.connect(database)
    with store.begin() as connection:
        connection.run("DROP SCHEMA public CASCADE")
    store.close()
    with pytest.raises(CenterError, match="may create tables"):
        Store.open(database)


def test_a_key_that_is_another_users(tmp_path: Path) -> None:
    """Whoever types a command as the wrong user is told so, and not that the key is broken."""
    (tmp_path / "center.key").mkdir()
    with pytest.raises(CenterError, match="can't be read or made") as raised:
        center_keys.load(tmp_path)
    assert "as the user" in raised.value.next_step


def test_two_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    """The second keeps what the first has made; nothing else is left there, and nobody else reads it."""
    start = Barrier(4)

    def begin() -> str:
        start.wait()
        return center_keys.load(tmp_path / "new").key

    with ThreadPoolExecutor(4) as pool:
        assert len({running.result() for running in [pool.submit(begin) for _ in range(4)]}) == 1
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["center.key"]
    assert (tmp_path / "new" / "center.key").stat().st_mode & 0o077 == 0


def test_a_sealed_box_is_opened_by_its_center_alone(tmp_path: Path) -> None:
    """Somebody who finds a stick reads nothing; another center says so."""
    from nacl.public import PublicKey, SealedBox

    mine, other = center_keys.load(tmp_path / "a"), center_keys.load(tmp_path / "b")
    sealed = SealedBox(PublicKey(bytes.fromhex(mine.box_key))).encrypt(b"words")
    assert mine.open(sealed) == b"words" and b"words" not in sealed
    with pytest.raises(CenterError, match="another center"):
        other.open(sealed)
    assert center_keys.load(tmp_path / "a").key == mine.key
