"""The process that sends all the time: at once, one per data folder, and as long as its app lives."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.clock import Clock
from kiosk.commands.running import Folders
from kiosk.commands.sending import COMMAND, keep
from kiosk.errors import SyncError
from kiosk.journal import Journal, new_id
from kiosk.settings import Settings
from kiosk.sync import agent as agents
from kiosk.sync import status
from kiosk.sync.agent import Agent, now
from kiosk.sync.joining import enroll
from kiosk.sync.lock import alone, poke
from tests.support.stand_in import Reply, StandIn, login_page, problem

LANES = (("B", 100, 499),)
LONG = 30.0
"""Seconds in which a busy machine does what takes a moment."""


@pytest.fixture
def center() -> Iterator[StandIn]:
    with StandIn() as center:
        yield center


@pytest.fixture
def settings(tmp_path: Path, center: StandIn) -> Settings:
    """A data folder that is enrolled."""
    data = tmp_path / "data"
    with opened(data) as journal:
        enroll(journal, center.url, "ABCD-EFGH", LANES, Clock())
    return Settings(data=data)


def opened(data: Path) -> Journal:
    return Journal.open(data / "kiosk.db", Clock(), durable=False)


@contextmanager
def running(settings: Settings) -> Iterator[Agent]:
    """The agent, in a thread, with a journal of its own."""
    stop = threading.Event()
    with opened(settings.data) as journal, alone(settings.data):
        agent = Agent(settings, journal, Clock(), stop)
        thread = threading.Thread(target=agent.run)
        thread.start()
        try:
            yield agent
        finally:
            stop.set()
            thread.join(LONG)


def until(true: Callable[[], bool]) -> None:
    """Wait for what another thread or process does."""
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def visit(journal: Journal) -> str:
    return journal.append("visit.started", {"visit": new_id(), "language": "en"}).id


def there(center: StandIn, event: str) -> bool:
    return any(known.id == event for _, known in center.feed)


def test_what_is_recorded_is_at_the_center_at_once(settings: Settings, center: StandIn) -> None:
    with running(settings), opened(settings.data) as journal:
        until(lambda: journal.delivered() == journal.head()[0])
        for _ in range(3):
            event = visit(journal)
            until(lambda event=event: there(center, event))  # type: ignore[misc]
        until(lambda: journal.delivered() == journal.head()[0])
        assert status.read(settings.data).trouble is None
        assert status.read(settings.data).contact


def test_what_others_record_is_here_at_once(settings: Settings, center: StandIn, tmp_path: Path) -> None:
    center.codes["SECOND-1"] = ("", "")
    other = tmp_path / "other"
    with opened(other) as theirs, running(settings), opened(settings.data) as journal:
        enroll(theirs, center.url, "SECOND-1", LANES, Clock())
        for _ in range(2):
            event = visit(theirs)
            now(Settings(data=other), theirs, Clock(), lambda done, total: None)
            until(lambda event=event: journal.event(event) is not None)  # type: ignore[misc]


def test_trouble_is_noted_and_over_when_it_is_over(
    settings: Settings, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "pause", lambda *_: 0.05)
    center.oddly("GET /chains", *[login_page()] * 40)
    with running(settings), opened(settings.data) as journal:
        until(lambda: (found := status.read(settings.data).trouble) is not None and "what came" in found.what)
        since = status.read(settings.data).trouble
        assert since
        assert since.reason == "not_center"
        until(lambda: journal.delivered() == journal.head()[0] and status.read(settings.data).trouble is None)


def test_a_machine_that_is_turned_away_waits_until_somebody_asks(settings: Settings, center: StandIn) -> None:
    center.oddly("GET /chains", *[problem(403, "revoked")] * 2)
    with running(settings), opened(settings.data) as journal:
        until(lambda: status.read(settings.data).trouble is not None)
        visit(journal)
        until(lambda: not center.odd)
        assert not [one for one in center.asked if one.path == "/batches"]
        poke(settings.data)
        until(lambda: journal.delivered() == journal.head()[0])


def test_a_catalogue_that_can_not_be_had_keeps_nothing_from_being_sent(
    settings: Settings, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "pause", lambda *_: 3600.0)
    center.oddly("GET /catalog", login_page())
    with running(settings), opened(settings.data) as journal:
        until(lambda: status.read(settings.data).trouble is not None)
        for _ in range(2):
            event = visit(journal)
            until(lambda event=event: there(center, event))  # type: ignore[misc]
        assert status.read(settings.data).trouble is not None
        poke(settings.data)
        until(lambda: status.read(settings.data).trouble is None)


def test_who_wants_it_sent_now_is_served_by_the_process_that_sends(
    settings: Settings, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when that waits after failures."""
    monkeypatch.setattr(agents, "pause", lambda *_: 3600.0)
    center.oddly("GET /chains", *[Reply(0, drop=True)] * 2)
    with running(settings), opened(settings.data) as journal:
        until(lambda: status.read(settings.data).trouble is not None)
        center.odd.clear()
        visit(journal)
        now(settings, journal, Clock(), lambda done, total: None)
        assert journal.delivered() == journal.head()[0]
        center.oddly("GET /chains", *[problem(403, "revoked")] * 2)
        with pytest.raises(SyncError) as refused:
            now(settings, journal, Clock(), lambda done, total: None)
        assert refused.value.reason == "refused"


def test_one_process_sends_at_a_time(settings: Settings) -> None:
    with alone(settings.data):
        with pytest.raises(SyncError) as busy, alone(settings.data):
            pass
        assert busy.value.reason == "busy"
    with alone(settings.data):
        pass


def test_a_folder_that_can_not_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(SyncError) as problem, alone(tmp_path / "gone"):
        pass
    assert problem.value.reason == "other"


def started(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", COMMAND, "--data", str(settings.data), "sync", "--live", "--attached"]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def is_busy(settings: Settings) -> bool:
    try:
        with alone(settings.data):
            return False
    except SyncError:
        return True


def test_a_second_process_waits_and_takes_over_when_the_first_is_killed(
    settings: Settings, center: StandIn
) -> None:
    with opened(settings.data) as journal:
        first = started(settings)
        until(lambda: journal.delivered() == journal.head()[0])
        second = started(settings)
        first.kill()
        first.wait()
        until(lambda: is_busy(settings))
        event = visit(journal)
        until(lambda: there(center, event))
        assert second.poll() is None
        assert second.stdin
        second.stdin.close()
        assert second.wait(LONG) == 0
    assert not is_busy(settings)


def test_it_runs_beside_an_app_is_started_again_and_ends_with_it(
    settings: Settings, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    faults = [OSError("no memory")]

    def remember(*arguments: object, **named: object) -> subprocess.Popen[bytes]:
        if faults:
            raise faults.pop()
        made.append(popen(*arguments, **named))  # type: ignore[call-overload]
        return made[-1]

    monkeypatch.setattr("kiosk.commands.sending.LOOK", 0.05)
    monkeypatch.setattr("kiosk.commands.sending.PAUSES", (0.05,))
    monkeypatch.setattr(subprocess, "Popen", remember)
    stop = threading.Event()
    app = threading.Thread(target=keep, args=(settings, Folders(settings.data), stop))
    app.start()
    try:
        with opened(settings.data) as journal:
            until(lambda: journal.delivered() == journal.head()[0])
            made[0].kill()
            event = visit(journal)
            until(lambda: there(center, event))
    finally:
        stop.set()
        app.join(LONG)
    assert len(made) >= 2
    assert made[-1].wait(LONG) == 0
