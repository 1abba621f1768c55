"""The database of a center: both dialects do the same, and nothing is half done."""

from __future__ import annotations

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


def test_workers_that_start_at_once(database: str) -> None:
    """Several workers bring one new database up to date together."""
    start = Barrier(3)

    def worker() -> None:
        start.wait()
        Store.open(database).close()

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


def test_a_sealed_box_is_opened_by_its_center_alone(tmp_path: Path) -> None:
    """Somebody who finds a stick reads nothing; another center says so."""
    from nacl.public import PublicKey, SealedBox

    mine, other = center_keys.load(tmp_path / "a"), center_keys.load(tmp_path / "b")
    sealed = SealedBox(PublicKey(bytes.fromhex(mine.box_key))).encrypt(b"words")
    assert mine.open(sealed) == b"words" and b"words" not in sealed
    with pytest.raises(CenterError, match="another center"):
        other.open(sealed)
    assert center_keys.load(tmp_path / "a").key == mine.key
