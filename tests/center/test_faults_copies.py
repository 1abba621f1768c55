"""Copied disks, folders put back from last week, batches in any order by any way: every event counts once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest

from kiosk.catalog.load import load
from kiosk.center import importing
from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.export.day import export
from kiosk.sync.sealing import sealed_box
from tests.support.campaign import SERVICES, Kiosk, run_kiosk, whole
from tests.support.center import batch
from tests.support.center_server import served

WEEK = timedelta(days=7).total_seconds()


@pytest.fixture
def url(center: Center) -> Iterator[str]:
    seconds = map(float, count())
    with served(center, lambda: next(seconds)) as address:
        yield address


def copied(kiosk: Kiosk, to: Path) -> Path:
    """The data folder as a backup or an image of the disk has it."""
    kiosk.journal.clear_log()
    shutil.copytree(kiosk.data, to)
    return to


def test_a_clone_goes_on_beside_its_original(center: Center, url: str, tmp_path: Path) -> None:
    first = Kiosk(tmp_path / "1", center.clock).enroll(center, url)
    first.record()
    first.send()
    image = copied(first, tmp_path / "image")
    clones = []
    for number in (1, 2):
        shutil.copytree(image, tmp_path / f"clone {number}")
        clones.append(Kiosk(tmp_path / f"clone {number}", center.clock))
    for _ in range(3):
        for kiosk in (first, *clones):
            kiosk.record(2)
            kiosk.send()
    whole(center, first, *clones)
    assert len({kiosk.journal.chain for kiosk in (first, *clones)}) == 3


def test_a_clone_of_a_clone_and_one_that_was_not_sent_yet(center: Center, url: str, tmp_path: Path) -> None:
    first = Kiosk(tmp_path / "1", center.clock).enroll(center, url)
    first.record()
    second = Kiosk(copied(first, tmp_path / "2"), center.clock)
    second.record()
    second.send()
    third = Kiosk(copied(second, tmp_path / "3"), center.clock)
    for kiosk in (third, first, second):
        kiosk.record(2)
    for kiosk in (third, first, second):
        kiosk.send()
    whole(center, first, second, third)


def test_a_folder_put_back_from_last_week_and_the_broken_machine_mended(
    center: Center, url: str, tmp_path: Path, clock: FixedClock
) -> None:
    """The spare runs on last week's folder, and later the old disk turns out to be readable: both go on."""
    old = Kiosk(tmp_path / "old", clock).enroll(center, url)
    old.record()
    old.send()
    backup = copied(old, tmp_path / "spare")
    clock.advance(WEEK)
    old.record(3)
    old.send()
    old.record()
    spare = Kiosk(backup, clock)
    spare.record(2)
    spare.send()
    clock.advance(WEEK)
    for _ in range(2):
        for kiosk in (old, spare):
            kiosk.record()
            kiosk.send()
    whole(center, old, spare)


def test_put_back_twice_from_the_same_backup(center: Center, url: str, tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path / "1", center.clock).enroll(center, url)
    kiosk.record()
    kiosk.send()
    backup = copied(kiosk, tmp_path / "backup")
    lives = [kiosk]
    for life in range(2):
        lives[-1].record(2)
        lives[-1].send()
        lives.append(Kiosk(Path(shutil.copytree(backup, tmp_path / f"life {life}")), center.clock))
    lives[-1].record()
    whole(center, *lives)


@pytest.mark.parametrize("seed", range(2))
def test_batches_in_any_order_twice_by_network_and_stick_together(
    center: Center, url: str, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    kiosk = Kiosk(tmp_path / "1", center.clock).enroll(center, url)
    kiosk.record(4)
    last, box = kiosk.journal.head()[0], center.keys.box_key
    (stick := tmp_path / "stick").mkdir()
    for number in range(12):
        first = random.randint(1, last)
        content = batch(kiosk.journal, first, random.randint(first, last))
        plain = random.random() < 0.5
        file = stick / (f"{number}.batch" if plain else f"{number}.batch.sealed")
        file.write_bytes(content if plain else sealed_box(kiosk.settings.journal, content, box))
    carried = [each for each in importing.found(stick) for _ in range(2)]
    random.shuffle(carried)
    for number, each in enumerate(carried):
        assert importing.take(center, each, stick).receipt
        if number == 9:
            kiosk.record()
            kiosk.send()
    assert "at the center since" in run_kiosk(kiosk.data, "sync", "receipts", str(stick))
    whole(center, kiosk)


def test_the_evenings_stick_and_the_nights_network(
    center: Center, url: str, tmp_path: Path, clock: FixedClock
) -> None:
    kiosk = Kiosk(tmp_path / "1", clock).enroll(center, url)
    kiosk.record(2)
    (stick := tmp_path / "stick").mkdir()
    done = export(kiosk.journal, load(SERVICES), clock, clock.day(), stick)
    assert done.path
    kiosk.record()
    kiosk.send()
    for each in importing.found(done.path):
        taken = importing.take(center, each, None).receipt
        assert taken
        assert (taken.accepted, taken.duplicate) == (0, taken.last)
    assert "at the center since" in run_kiosk(kiosk.data, "sync", "receipts", str(done.path))
    whole(center, kiosk)
