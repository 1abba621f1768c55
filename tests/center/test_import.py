"""`kiosk center import`: what was carried here counts once, and a file that anybody made does no harm."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nacl.public import PublicKey, SealedBox

from kiosk.center import feed, importing, ledger
from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.commands.center_import import command
from kiosk.journal import new_id
from kiosk.sync import receipt
from tests.support.center import Machine, register, site

Run = Callable[..., Result]


@pytest.fixture
def machine(center: Center, clock: FixedClock) -> Machine:
    """A kiosk of the lobby with 42 events."""
    machine = Machine(clock)
    for _ in range(41):
        machine.append("service.viewed", {"visit": new_id(), "service": "pets", "language": "en"})
    register(center, site(center), machine)
    return machine


@pytest.fixture
def run(center: Center) -> Run:
    """Type `kiosk center import` with these."""

    def typed(*arguments: object) -> Result:
        return CliRunner().invoke(command, [str(each) for each in arguments], obj={"center": center})

    return typed


def counted(center: Center) -> int:
    with center.store.read() as connection:
        return int(connection.value("SELECT count(*) FROM events"))


def test_a_stick_and_the_network_together_count_once(
    center: Center, machine: Machine, run: Run, tmp_path: Path
) -> None:
    """First the network took half of it; then the stick comes, twice."""
    ledger.take(center, machine.batch(1, 20), "", "network")
    day = tmp_path / "stick" / "2026-11-23"
    day.mkdir(parents=True)
    file = day / f"{machine.chain}-1-42.batch"
    file.write_bytes(machine.batch())
    (day / "responses.csv").write_text("made for people")
    first = run(tmp_path / "stick")
    assert (first.exit_code, first.output) == (0, f"{file.name}: 42 events, 22 new, 20 already here\n")
    assert run(file).output == f"{file.name}: already here: 42, added 0\n"
    assert counted(center) == 42
    carried = receipt.parse((day / f"{machine.chain}-1-42.receipt").read_bytes())
    assert receipt.verify(carried, center.keys.key) and carried.duplicate == 42
    assert sorted(each.name for each in day.iterdir() if each.name.startswith(".")) == []


def test_a_sealed_batch_is_opened_by_the_center_it_is_for(
    center: Center, machine: Machine, run: Run, tmp_path: Path
) -> None:
    """An encrypted file of another center, or one that is cut off, is refused with the reason."""
    sealed = SealedBox(PublicKey(bytes.fromhex(center.keys.box_key))).encrypt(machine.batch())
    file = tmp_path / f"{machine.chain}-1-42.batch.sealed"
    file.write_bytes(sealed[:-1])
    refused = run(file)
    assert refused.exit_code == 1 and "another center, or is cut off" in refused.stderr
    file.write_bytes(sealed)
    assert run(file).output == f"{file.name}: 42 events, 42 new\n"
    assert (tmp_path / f"{machine.chain}-1-42.receipt").exists()


def test_refusals_are_told_and_what_is_good_is_taken_all_the_same(
    center: Center, machine: Machine, run: Run, tmp_path: Path, clock: FixedClock
) -> None:
    """Each file stands for itself; staff find the refusals at the center too."""
    (tmp_path / "a.batch").write_bytes(Machine(clock).batch())
    (tmp_path / "b.batch").write_bytes(machine.batch()[:-9])
    (tmp_path / "c.batch").write_bytes(machine.batch(2, practice=True))
    (tmp_path / "d.batch").write_bytes(machine.batch())
    done = run(tmp_path)
    assert done.exit_code == 1
    assert done.stdout == "d.batch: 42 events, 42 new\n"
    assert done.stderr.count("refused: ") == 3 and done.stderr.count("What to do: ") == 3
    with center.store.read() as connection:
        noted = connection.rows("SELECT name, code, via FROM refusals ORDER BY number")
    assert noted == [
        ("a.batch", "foreign", "stick"),
        ("b.batch", "unreadable", "stick"),
        ("c.batch", "practice", "stick"),
    ]
    empty = tmp_path / "empty"
    empty.mkdir()
    nothing = run(empty)
    assert nothing.exit_code == 1 and "no batch is in it" in nothing.stderr


def test_a_sealed_batch_may_look_like_an_archive(run: Run, tmp_path: Path) -> None:
    """Encrypted bytes can be anything: a file is what its name says."""
    sealed = tmp_path / "a.batch.sealed"
    with zipfile.ZipFile(sealed, "w") as out:
        out.writestr("words", "in it")
    assert "encrypted for another center" in run(sealed).stderr


def test_an_archive_is_never_unpacked(center: Center, machine: Machine, run: Run, tmp_path: Path) -> None:
    """Names that lead elsewhere lead nowhere, and links in a folder are not followed."""
    archive = tmp_path / "in" / "day.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("../../evil.batch", machine.batch(1, 20))
        out.writestr("/etc/evil\x1b[31m.batch", machine.batch(21))
        out.writestr("../run.sh", "echo")
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    done = run("--receipts", receipts, archive)
    assert done.exit_code == 0, done.output
    assert counted(center) == 42 and "\x1b" not in done.output
    assert [file.name for file in archive.parent.iterdir()] == ["day.zip"]
    assert sorted(file.name for file in receipts.iterdir()) == sorted(
        f"{machine.chain}-{part}.receipt" for part in ("1-20", "21-42")
    )
    secret = tmp_path / "secret"
    secret.write_text("words")
    links = tmp_path / "links"
    links.mkdir()
    (links / "a.batch").symlink_to(secret)
    assert "no batch is in it" in run(links).stderr


def test_a_bomb_is_not_unpacked(
    center: Center, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would grow beyond any batch, and more entries than any stick has, are refused."""
    monkeypatch.setattr(importing, "LARGEST", 1 << 20)
    monkeypatch.setattr(importing, "MOST", 20)
    bomb, many = tmp_path / "bomb.zip", tmp_path / "many.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.batch", b"\0" * (4 << 20))
    with zipfile.ZipFile(many, "w") as out:
        for number in range(21):
            out.writestr(f"{number}.batch", b"")
    done = run(bomb, many)
    assert done.exit_code == 1
    assert "larger than 1 MB" in done.stderr and "more than 20 batches" in done.stderr
    broken = tmp_path / "broken.zip"
    broken.write_bytes(bomb.read_bytes().replace(b"\0", b"\1"))
    assert run(broken).exit_code == 1
    assert feed.page(center, "lobby", 0).events == ()


def test_a_stick_that_can_not_be_written_to_is_read_all_the_same(
    center: Center, machine: Machine, tmp_path: Path
) -> None:
    """The batch counts; where the receipt could go is said."""
    file = tmp_path / "a.batch"
    file.write_bytes(machine.batch())
    (batch,) = importing.found(file)
    done = importing.take(center, batch, tmp_path / "not there")
    assert done.receipt is not None and done.receipt.accepted == 42
    assert done.file is None


def test_what_is_in_quarantine_and_what_is_a_copy_is_said(
    center: Center, machine: Machine, run: Run, tmp_path: Path
) -> None:
    """Whoever imports learns what does not count, and that a machine was copied."""
    copy = machine.fork()
    machine.append("service.viewed", {"visit": "x"})
    file = tmp_path / "a.batch"
    file.write_bytes(machine.batch())
    said = run(file).stdout
    assert "43 events, 42 new" in said and "event 43 (body)" in said
    copy.append("visit.started", {"visit": new_id(), "language": "en"})
    file.write_bytes(copy.batch())
    said = run(file).stdout
    assert "From event 43 on this machine has another past" in said
    assert f"kept as {machine.chain}~{copy.held[42].hash[:8]}" in said
