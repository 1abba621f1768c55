"""Exporting a day: the same bytes every time, another revision when it changed, whole or not at all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.commands.group import group
from kiosk.errors import ExportError
from kiosk.export.day import Exported, default_day, export
from kiosk.journal import Journal, close_open
from kiosk.survey.conduct import About
from kiosk.sync.batch import check
from tests.support.day import Hall
from tests.support.survey_day import MONDAY, SurveyDay

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
KIOSK = "from kiosk.cli import main; main()"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[SurveyDay]:
    """A Monday with a few responses, seen from the same afternoon."""
    with SurveyDay(tmp_path / "data") as day:
        day.fill(6)
        yield day


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def carried(kiosk: SurveyDay, stick: Path, day: date = DAY, zipped: bool = False) -> Exported:
    return export(kiosk.journal, kiosk.catalog, kiosk.clock, day, stick, zipped)


def content(folder: Path | None) -> dict[str, bytes]:
    assert folder
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def batch_of(folder: Path | None) -> Path:
    assert folder
    return next(folder.glob("*.batch"))


class TestSameBytes:
    def test_a_second_time_and_on_another_stick(self, kiosk: SurveyDay, stick: Path, tmp_path: Path) -> None:
        first = carried(kiosk, stick)
        before = content(first.path)
        kiosk.clock.advance(3600)
        again = carried(kiosk, stick)
        assert (again.path, again.revision, again.already_there) == (first.path, 1, True)
        other = tmp_path / "other"
        other.mkdir()
        elsewhere = carried(kiosk, other)
        assert not elsewhere.already_there
        assert content(elsewhere.path) == content(first.path) == before
        assert [file.name for file in stick.iterdir()] == [first.path.name if first.path else ""]

    def test_an_archive_holds_the_same(self, kiosk: SurveyDay, stick: Path, tmp_path: Path) -> None:
        folder = carried(kiosk, stick)
        archive = carried(kiosk, stick, zipped=True)
        assert archive.path and folder.path
        assert archive.path.name == f"{folder.path.name}.zip"
        with zipfile.ZipFile(archive.path) as opened:
            assert {name: opened.read(name) for name in opened.namelist()} == content(folder.path)
        bytes_before = archive.path.read_bytes()
        archive.path.unlink()
        kiosk.clock.advance(3600)
        assert carried(kiosk, stick, zipped=True).path == archive.path
        assert archive.path.read_bytes() == bytes_before

    def test_what_happens_on_other_days_changes_nothing(self, kiosk: SurveyDay, stick: Path) -> None:
        before = content(carried(kiosk, stick).path)
        kiosk.clock.moment = TUESDAY
        kiosk.fill(12)
        again = carried(kiosk, stick)
        assert (again.revision, again.already_there) == (1, True)
        assert content(again.path) == before

    def test_an_export_that_was_cut_off_before_it_was_noted(self, kiosk: SurveyDay, stick: Path) -> None:
        first = carried(kiosk, stick)
        kiosk.journal.rows("DELETE FROM exports")
        again = carried(kiosk, stick)
        assert (again.path, again.revision, again.already_there) == (first.path, 1, True)
        assert len(kiosk.journal.exports()) == 1


class TestAfterACopy:
    """A machine that turned out to be one goes on under another name, and still has what it recorded."""

    @pytest.fixture
    def moved(self, kiosk: SurveyDay) -> SurveyDay:
        """Monday ends under the old name, Tuesday begins under it; the tail of Tuesday is the copy's."""
        journal = kiosk.journal
        kiosk.clock.moment = TUESDAY
        kiosk.fill(8)
        first = journal.head()[0] + 1
        kiosk.fill(11)
        kiosk.clock.moment = TUESDAY + timedelta(days=1)
        label = f"{journal.chain}~{(journal.hash_at(first) or '')[:8]}"
        assert journal.step_aside(first, journal.head()[0], label)
        return kiosk

    def test_days_before_are_still_there(self, moved: SurveyDay, stick: Path) -> None:
        monday, tuesday = carried(moved, stick), carried(moved, stick, TUESDAY.date())
        assert (monday.responses, tuesday.responses) == (6, 5)
        assert default_day(moved.journal, moved.clock) == TUESDAY.date()
        for each in (monday, tuesday):
            assert each.path
            assert check(batch_of(each.path)) is None
            about = json.loads((each.path / "datapackage.json").read_text())
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(about["public_key"]))
            signature = bytes.fromhex((each.path / "SHA256SUMS.sig").read_text())
            key.verify(signature, (each.path / "SHA256SUMS").read_bytes())
        _, tail, beginning = (stretch.chain for stretch in moved.journal.stretches())
        assert batch_of(monday.path).name.startswith(f"{beginning}-1-")
        assert batch_of(tuesday.path).name.startswith(f"{tail}-")

    def test_what_was_written_before_it_stays_the_same_where_it_can(
        self, kiosk: SurveyDay, stick: Path
    ) -> None:
        """Only what lies beyond the name's end now is written anew, as another revision."""
        journal = kiosk.journal
        monday = carried(kiosk, stick)
        before = content(monday.path)
        kiosk.clock.moment = TUESDAY
        kiosk.fill(8)
        first = journal.head()[0] + 1
        kiosk.clock.moment = TUESDAY + timedelta(days=1)
        kiosk.fill(9)
        assert carried(kiosk, stick, TUESDAY.date()).revision == 1
        label = f"{journal.chain}~{(journal.hash_at(first) or '')[:8]}"
        assert journal.step_aside(first, journal.head()[0], label)
        again = carried(kiosk, stick)
        assert (again.revision, again.already_there) == (1, True)
        assert content(again.path) == before
        tuesday = carried(kiosk, stick, TUESDAY.date())
        assert tuesday.revision == 2
        assert check(batch_of(tuesday.path)) is None
        assert carried(kiosk, stick, TUESDAY.date()).already_there


class TestRevisions:
    def test_a_later_event_of_the_day_makes_the_second(self, kiosk: SurveyDay, stick: Path) -> None:
        first = carried(kiosk, stick)
        before = content(first.path)
        kiosk.fill(7)
        second = carried(kiosk, stick)
        assert first.path and second.path
        assert second.path.name == f"{first.path.name}_r2"
        assert (second.revision, second.responses) == (2, first.responses + 1)
        assert content(first.path) == before
        assert "revision 1" in (second.path / "METHOD.md").read_text(encoding="utf-8")
        assert carried(kiosk, stick).revision == 2

    def test_words_taken_out_are_in_no_later_file(self, kiosk: SurveyDay, stick: Path) -> None:
        begun = kiosk.begin(About("lookup"), "en")
        kiosk.complete(begun)
        comment = kiosk.comment(begun, "Call Rosalind on 918-555-0142")
        first = carried(kiosk, stick)
        assert b"Rosalind" in content(first.path)["comments.csv"]
        kiosk.clock.moment = TUESDAY
        kiosk.journal.redact(comment, "", "all", kiosk.staff)
        second = carried(kiosk, stick)
        assert second.revision == 2
        assert not [name for name, data in content(second.path).items() if b"Rosalind" in data]
        assert check(batch_of(second.path)) is None

    def test_words_of_another_day_in_the_batch_count_too(self, kiosk: SurveyDay, stick: Path) -> None:
        begun = kiosk.begin(About("lookup"), "en")
        kiosk.complete(begun)
        comment = kiosk.comment(begun, "Rosalind was here")
        kiosk.clock.moment = TUESDAY
        kiosk.fill(kiosk.responses + 1)
        tuesday = carried(kiosk, stick, TUESDAY.date())
        assert b"Rosalind" in batch_of(tuesday.path).read_bytes()
        kiosk.clock.moment += timedelta(days=1)
        kiosk.journal.redact(comment, "", "all", kiosk.staff)
        again = carried(kiosk, stick, TUESDAY.date())
        assert again.revision == 2
        assert b"Rosalind" not in batch_of(again.path).read_bytes()

    def test_a_machine_that_was_off_at_night_ends_the_day_in_the_morning(
        self, kiosk: SurveyDay, stick: Path
    ) -> None:
        kiosk.begin(About("lookup"), "en")
        first = carried(kiosk, stick)
        assert b",started," in content(first.path)["responses.csv"]
        kiosk.clock.moment = TUESDAY
        close_open(kiosk.journal)
        second = carried(kiosk, stick)
        assert second.revision == 2
        assert b",started," not in content(second.path)["responses.csv"]
        assert carried(kiosk, stick).already_there

    def test_who_still_waited_has_left_in_the_morning(self, kiosk: SurveyDay, stick: Path) -> None:
        kiosk.line.issue(language="en", service="utility_pay")
        first = carried(kiosk, stick)
        assert b",waiting," in content(first.path)["tickets.csv"]
        kiosk.clock.moment = TUESDAY
        kiosk.line.close_past_days()
        second = carried(kiosk, stick)
        assert second.revision == 2
        assert b",left," in content(second.path)["tickets.csv"]

    def test_batches_of_days_leave_nothing_out(self, kiosk: SurveyDay, stick: Path) -> None:
        monday = batch_of(carried(kiosk, stick).path)
        kiosk.clock.moment = TUESDAY
        kiosk.fill(9)
        kiosk.clock.moment = TUESDAY + timedelta(days=1)
        kiosk.fill(12)
        wednesday = batch_of(carried(kiosk, stick, date(2026, 11, 25)).path)
        last = int(monday.stem.split("-")[2])
        assert wednesday.stem.split("-")[1] == str(last + 1)
        assert all(check(batch) is None for batch in (monday, wednesday))
        tuesday = carried(kiosk, stick, TUESDAY.date())
        assert batch_of(tuesday.path).stem.split("-")[1] == str(last + 1)


class TestDays:
    def test_an_empty_day_writes_nothing(self, kiosk: SurveyDay, stick: Path) -> None:
        done = carried(kiosk, stick, DAY - timedelta(days=1))
        assert (done.path, done.nearest) == (None, None)
        assert not list(stick.iterdir())
        assert not kiosk.journal.exports()

    def test_a_day_that_has_not_come_is_refused(self, kiosk: SurveyDay, stick: Path) -> None:
        with pytest.raises(ExportError, match=r"has not come yet: .* today is 2026-11-23"):
            carried(kiosk, stick, DAY + timedelta(days=1))
        assert not list(stick.iterdir())

    def test_a_day_a_year_off_says_where_the_events_are(self, kiosk: SurveyDay, stick: Path) -> None:
        assert carried(kiosk, stick, date(2025, 11, 23)).nearest == DAY

    def test_a_day_recorded_with_a_clock_a_year_ahead_can_be_carried_away(
        self, kiosk: SurveyDay, stick: Path
    ) -> None:
        kiosk.clock.moment -= timedelta(days=365)
        assert default_day(kiosk.journal, kiosk.clock) == DAY
        done = carried(kiosk, stick)
        assert done.unfinished
        assert done.path

    def test_a_day_that_is_not_over_says_so(self, kiosk: SurveyDay, stick: Path) -> None:
        assert carried(kiosk, stick).unfinished
        kiosk.clock.moment = datetime(2026, 11, 24, 10, 1, tzinfo=UTC)
        assert not carried(kiosk, stick).unfinished

    def test_the_last_day_that_is_over_is_meant(self, kiosk: SurveyDay) -> None:
        assert default_day(kiosk.journal, kiosk.clock) == DAY
        kiosk.clock.moment = TUESDAY
        kiosk.fill(8)
        assert default_day(kiosk.journal, kiosk.clock) == DAY
        kiosk.clock.moment += timedelta(days=4)
        assert default_day(kiosk.journal, kiosk.clock) == TUESDAY.date()

    def test_practice_and_real_are_not_mixed_up(self, kiosk: SurveyDay, stick: Path, tmp_path: Path) -> None:
        with pytest.raises(ExportError, match="is real"):
            export(kiosk.journal, kiosk.catalog, kiosk.clock, DAY, stick, practice=True)
        other = SurveyDay(tmp_path / "practice", practice=True)
        with other, pytest.raises(ExportError, match="is for practice"):
            carried(other, stick)
        assert not list(stick.iterdir())

    def test_a_picture_stands_still_while_visitors_go_on(self, kiosk: SurveyDay, stick: Path) -> None:
        """The kiosk appends between the files; none of them has heard of it."""
        from kiosk.export import day as exporting

        real, done = exporting.write_folder, []

        def busy(target: Path, files):  # type: ignore[no-untyped-def]
            def appending():  # type: ignore[no-untyped-def]
                for file in files:
                    kiosk.fill(kiosk.responses + 1)
                    yield file

            done.append(True)
            return real(target, appending())

        exporting.write_folder = busy  # type: ignore[assignment]
        try:
            first = carried(kiosk, stick)
        finally:
            exporting.write_folder = real
        assert done and first.responses == 6
        assert len(content(first.path)["responses.csv"].splitlines()) == 7
        assert check(batch_of(first.path)) is None
        assert carried(kiosk, stick).revision == 2


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A practice folder with a Monday, on the Tuesday after it, as commands find it."""
    data = tmp_path / "hall"
    with SurveyDay(data, practice=True) as day:
        day.fill(12)
    hall = Hall(data, TUESDAY)
    for name, value in hall.variables.items():
        monkeypatch.setenv(name, value)
    return data


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


class TestCommand:
    def test_it_says_what_was_written_and_what_to_do_next(self, hall: Path, stick: Path) -> None:
        done = run("--data", hall, "export", "--to", stick, "--practice")
        assert done.exit_code == 0, done.output
        (folder,) = stick.iterdir()
        assert "The last day with anything recorded that is over: 2026-11-23." in done.output
        assert f"Written: {folder}" in done.output
        assert "revision 1: 12 surveys" in done.output
        assert "eject the stick" in done.output
        assert "not over" not in done.output
        again = run("--data", hall, "export", "--to", stick, "--practice", "--day", "2026-11-23")
        assert again.exit_code == 0
        assert "is there already" in again.output

    def test_a_zip(self, hall: Path, stick: Path) -> None:
        assert run("--data", hall, "export", "--to", stick, "--practice", "--zip").exit_code == 0
        assert [file.suffix for file in stick.iterdir()] == [".zip"]

    def test_an_empty_day_is_no_failure(self, hall: Path, stick: Path) -> None:
        done = run("--data", hall, "export", "--to", stick, "--practice", "--day", "2026-11-22")
        assert (done.exit_code, list(stick.iterdir())) == (0, [])
        assert done.output == "Nothing was recorded on 2026-11-22, so nothing was written.\n"

    def test_a_clock_wrong_by_a_year(self, hall: Path, stick: Path) -> None:
        done = run("--data", hall, "export", "--to", stick, "--practice", "--day", "2025-11-22")
        assert done.exit_code == 0
        assert "The nearest day with anything is 2026-11-23." in done.output
        future = run("--data", hall, "export", "--to", stick, "--practice", "--day", "2027-11-22")
        assert future.exit_code == 1
        assert "today is 2026-11-24" in future.output
        assert "set the clock" in future.output

    def test_a_day_that_is_not_over(self, hall: Path, stick: Path) -> None:
        Hall(hall, MONDAY + timedelta(hours=8))
        done = run("--data", hall, "export", "--to", stick, "--practice", "--day", "2026-11-23")
        assert done.exit_code == 0
        assert "2026-11-23 is not over yet." in done.output

    def test_practice_needs_its_word(self, hall: Path, stick: Path) -> None:
        done = run("--data", hall, "export", "--to", stick)
        assert done.exit_code == 1
        assert "--practice" in done.output
        assert not list(stick.iterdir())

    def test_the_folder_for_practice_is_found_by_its_option(self, stick: Path, tmp_path: Path) -> None:
        with SurveyDay(tmp_path / "real" / "practice", practice=True) as day:
            day.fill(2)
        done = run("--data", tmp_path / "real", "--practice", "export", "--to", stick, "--day", "2026-11-23")
        assert done.exit_code == 0, done.output
        assert [folder.name[:9] for folder in stick.iterdir()] == ["PRACTICE_"]

    def test_where_no_kiosk_has_run_nothing_is_made(self, stick: Path, tmp_path: Path) -> None:
        done = run("--data", tmp_path / "nowhere", "export", "--to", stick)
        assert done.exit_code == 1
        assert "there is no journal" in done.output
        assert not (tmp_path / "nowhere").exists()

    def test_a_stick_that_is_not_there(self, hall: Path, stick: Path) -> None:
        stick.rmdir()
        done = run("--data", hall, "export", "--to", stick, "--practice")
        assert done.exit_code == 1
        assert "What to do" in done.output


def small_disk(folder: Path, *options: str) -> None:
    """Mount a small disk, or skip where that is not allowed."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", *options, "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk can't be mounted here: {mounted.stderr}")


@pytest.mark.parametrize(("option", "told"), [("size=64k", "no space left"), ("ro", "may not be written")])
def test_a_stick_that_is_full_or_read_only(
    kiosk: SurveyDay, stick: Path, tmp_path: Path, option: str, told: str
) -> None:
    small_disk(stick, "-o", option)
    try:
        with pytest.raises(ExportError, match=told):
            carried(kiosk, stick)
        assert not list(stick.iterdir())
    finally:
        subprocess.run(["umount", "--lazy", stick], check=True)
    assert not kiosk.journal.exports()
    assert carried(kiosk, stick).revision == 1


def kill_and_try_again(data: Path, stick: Path, whole: dict[str, bytes], delay: float) -> bool:
    """Kill a real export some time after it began to write; then another one must do it all."""
    command = [sys.executable, "-c", KIOSK, "--data", str(data), "export", "--to", str(stick), "--practice"]
    with Journal.open(data / "kiosk.db", SurveyDay.a_clock(), practice=True) as journal:
        journal.rows("DELETE FROM exports")
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while child.poll() is None and not list(stick.iterdir()):
        time.sleep(0.001)
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    killed = child.wait() == -signal.SIGKILL
    seen = [folder for folder in stick.iterdir() if not folder.name.startswith(".")]
    assert all(content(folder) == whole for folder in seen), "half a folder that looks whole"
    assert subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0
    (folder,) = stick.iterdir()
    assert content(folder) == whole
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    return killed


def campaign(data: Path, stick: Path, times: int, seed: int) -> int:
    """How many of so many exports were killed before they were done."""
    command = [sys.executable, "-c", KIOSK, "--data", str(data), "export", "--to", str(stick), "--practice"]
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    lasted = time.monotonic() - began
    (folder,) = stick.iterdir()
    whole = content(folder)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    moments = random.Random(seed)
    delays = [0.0, *(moments.random() * lasted / 3 for _ in range(times - 1))]
    killed = sum(kill_and_try_again(data, stick, whole, delay) for delay in delays)
    with Journal.open(data / "kiosk.db", SurveyDay.a_clock(), practice=True) as journal:
        assert journal.verify().bad_seq is None
    return killed


def test_killed_while_it_writes(hall: Path, stick: Path) -> None:
    assert campaign(hall, stick, 3, seed=1)


@pytest.mark.slow
def test_killed_often_while_it_writes(hall: Path, stick: Path) -> None:
    seed = int(os.environ.get("KIOSK_TEST_SEED", "2"))
    assert campaign(hall, stick, 60, seed) > 10
