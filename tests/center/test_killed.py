"""The kiosk's or the center's process is killed between two steps: the next run goes on, nothing is lost."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kiosk.center.context import Center
from kiosk.center.opening import open_center
from kiosk.clock import Clock
from kiosk.errors import SyncError
from kiosk.sync import membership
from tests.support import killing
from tests.support.campaign import SERVICES, SITE, Kiosk, whole
from tests.support.center_server import code, served

KILLED = -signal.SIGKILL


@pytest.fixture
def clock() -> Clock:
    """The time of the processes that are killed."""
    return Clock()


@pytest.fixture
def url(center: Center) -> Iterator[str]:
    """The address of the running center; nobody counts its requests."""
    seconds = map(float, count(0, 60))
    with served(center, lambda: next(seconds)) as address:
        yield address


def command(data: Path, *words: str) -> list[str]:
    return ["--data", str(data), "--services", str(SERVICES), *words]


def sync_is_killed(data: Path, step: int) -> bool:
    """False when `kiosk sync --once` came to its end before that step."""
    status = killing.kiosk(command(data, "sync", "--once"), step)
    assert status in (KILLED, 0)
    return status == KILLED


def kiosk_killed(center: Center, url: str, folder: Path, first: int, stride: int) -> int:
    kiosk, other = (
        Kiosk(folder / str(number), Clock()).enroll(center, url, f"Lobby {number}") for number in (1, 2)
    )
    for kills in count():
        kiosk.record()
        other.record()
        other.send()
        if not sync_is_killed(kiosk.data, first + kills * stride):
            break
        if kills % 7 == 3:
            assert not sync_is_killed(kiosk.data, 0), "the next run ends well"
    whole(center, kiosk, other)
    return kills


def test_a_kiosk_killed_at_some_steps_of_sending(center: Center, url: str, tmp_path: Path) -> None:
    assert kiosk_killed(center, url, tmp_path, first=2, stride=5) > 4


@pytest.mark.slow
def test_a_kiosk_killed_at_every_step_of_sending(center: Center, url: str, tmp_path: Path) -> None:
    assert kiosk_killed(center, url, tmp_path, first=1, stride=1) > 20


def copy_killed(center: Center, url: str, folder: Path, first: int, stride: int) -> int:
    """A copied disk that is killed while it becomes a machine of its own; a fresh copy for each step."""
    kiosk = Kiosk(folder / "first", Clock()).enroll(center, url)
    kiosk.record()
    kiosk.send()
    kiosk.journal.clear_log()
    shutil.copytree(kiosk.data, folder / "image")
    kiosk.record()
    kiosk.send()
    copies = []
    for kills in count():
        shutil.copytree(folder / "image", folder / f"copy {kills}")
        copies.append(Kiosk(folder / f"copy {kills}", Clock()))
        copies[-1].record()
        if not sync_is_killed(copies[-1].data, first + kills * stride):
            break
        copies[-1].record()
    whole(center, kiosk, *copies)
    assert len({each.journal.chain for each in copies} | {kiosk.journal.chain}) == len(copies) + 1
    return kills


@pytest.mark.slow
def test_a_copy_killed_at_every_second_step_of_becoming_its_own(
    center: Center, url: str, tmp_path: Path
) -> None:
    assert copy_killed(center, url, tmp_path, first=1, stride=2) > 20


def test_a_copy_killed_at_some_steps_of_becoming_its_own(center: Center, url: str, tmp_path: Path) -> None:
    assert copy_killed(center, url, tmp_path, first=12, stride=13) > 2


@pytest.mark.slow
def test_a_kiosk_killed_at_every_step_of_enrolling(center: Center, url: str, tmp_path: Path) -> None:
    kiosks = []
    for kills in count():
        kiosks.append(kiosk := Kiosk(tmp_path / str(kills), Clock()))
        kiosk.record()
        shown = command(kiosk.data, "enroll", url, code(center, SITE, f"Lobby {kills}"))
        status = killing.kiosk(shown, kills + 1)
        assert status in (KILLED, 0)
        assert killing.kiosk(shown, 0) == 0, "the same is typed again"
        assert membership.needed(kiosk.data).chain == kiosk.journal.chain
        if status == 0:
            break
    assert kills > 15
    whole(center, *kiosks)
    with center.store.read() as connection:
        assert connection.value("SELECT count(*) FROM devices") == len(kiosks)


@pytest.fixture
def serving(tmp_path: Path, database: str) -> Iterator[killing.CenterProcess]:
    """A real `kiosk center serve`."""
    process = killing.CenterProcess(tmp_path / "center", database)
    yield process
    process.end()


def center_killed(
    serving: killing.CenterProcess, center: Center, folder: Path, first: int, stride: int
) -> int:
    kiosk = Kiosk(folder / "1", Clock()).enroll(center, serving.url)
    kiosk.send()
    for kills in count():
        kiosk.record()
        serving.dies_before(first + kills * stride)
        try:
            kiosk.send()
        except SyncError as problem:
            assert problem.reason == "unreachable"
        if not serving.killed:
            break
        serving.start()
    serving.dies_before(0)
    whole(center, kiosk)
    return kills


def test_a_center_killed_in_some_transactions(
    serving: killing.CenterProcess, database: str, tmp_path: Path
) -> None:
    center = open_center(tmp_path / "center", database)
    assert center_killed(serving, center, tmp_path, first=14, stride=30) > 0
    center.store.close()


@pytest.mark.slow
def test_a_center_killed_at_every_step_of_a_push(
    serving: killing.CenterProcess, database: str, tmp_path: Path
) -> None:
    center = open_center(tmp_path / "center", database)
    assert center_killed(serving, center, tmp_path, first=1, stride=1) > 20
    center.store.close()
