"""Several processes on one file, and processes that die."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.clock import Clock
from kiosk.errors import JournalLocked
from kiosk.journal import Journal, close_open, new_id

ROOT = Path(__file__).parents[2]

APPEND = """
import sys
from pathlib import Path
from kiosk.clock import Clock
from kiosk.journal import Journal, new_id
print("ready", flush=True)
sys.stdin.readline()
with Journal.open(Path(sys.argv[1]), Clock()) as journal:
    for _ in range(int(sys.argv[2])):
        visit = new_id()
        print(journal.append("visit.started", {"visit": visit, "language": "en"}).id, flush=True)
"""

HOLD = """
import sys
from pathlib import Path
from kiosk.clock import Clock
from kiosk.journal import Journal
with Journal.open(Path(sys.argv[1]), Clock()) as journal:
    print("open", flush=True)
    sys.stdin.readline()
"""


def run(program, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_three_processes_append_200_events_each_at_once_into_a_file_that_none_has_made(tmp_path):
    path = tmp_path / "kiosk.db"
    processes = [run(APPEND, path, 200) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    with Journal.open(path, Clock()) as journal:
        events = list(journal.events())
        assert [event.seq for event in events] == list(range(1, 602))
        assert {event.id for event in events[1:]} == {event_id for ids in told for event_id in ids}
        assert journal.verify().bad_seq is None
        assert journal.rows("SELECT count(*) FROM visits") == [(600,)]
        assert sum(event.kind == "journal.opened" for event in events) == 1


def test_what_append_has_returned_survives_kill_9(tmp_path):
    path = tmp_path / "kiosk.db"
    process = run(APPEND, path, 100_000)
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ready\n"
    told = [process.stdout.readline().strip() for _ in range(25)]
    os.kill(process.pid, signal.SIGKILL)
    told += process.communicate()[0].split()
    with Journal.open(path, Clock()) as journal:
        recorded = [event.id for event in journal.events()][1:]
        assert recorded[: len(told)] == told
        assert len(recorded) - len(told) <= 1, "only the last one may not have been told any more"
        assert close_open(journal) == len(recorded)
        assert journal.verify().bad_seq is None


def test_a_damaged_file_that_another_process_has_open_is_left_in_its_place(tmp_path, monkeypatch):
    path = tmp_path / "kiosk.db"
    with Journal.open(path, Clock()) as journal:
        journal.append("visit.started", {"visit": new_id(), "language": "en"})
    monkeypatch.setattr("kiosk.journal.opening.BUSY_SECONDS", 0.02)
    holder = run(HOLD, path)
    try:
        assert holder.stdout.readline() == "open\n"
        with path.open("r+b") as file:
            file.write(b"no database any more")
        with pytest.raises(JournalLocked, match="still has it open"):
            Journal.open(path, Clock(), keep_aside=True)
        assert path.exists()
    finally:
        holder.communicate("\n")
    with Journal.open(path, Clock(), keep_aside=True) as journal:
        assert journal.aside is not None
        assert journal.aside.exists()


def test_processes_that_meet_a_damaged_file_at_once_put_it_aside_once(tmp_path):
    path = tmp_path / "kiosk.db"
    path.write_bytes(b"no database any more" * 500)
    processes = [run(APPEND.replace("Clock())", "Clock(), keep_aside=True)"), path, 5) for _ in range(3)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [file.read_bytes()[:20] for file in tmp_path.glob("*.corrupt-*")] == [b"no database any more"]
    with Journal.open(path, Clock()) as journal:
        assert journal.verify().events == 16


def test_a_start_that_was_cut_off_before_the_first_event_is_made_good(tmp_path):
    path = tmp_path / "kiosk.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with Journal.open(path, Clock()) as journal:
        assert [event.kind for event in journal.events()] == ["journal.opened"]
