"""The center from the command line: served by real processes, with codes and devices for staff."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from kiosk.center.enrolment import LETTERS
from kiosk.center.opening import listening, open_center
from kiosk.commands.group import group
from kiosk.errors import CenterError
from tests.support.center import device, site
from tests.support.center_server import Machine, by

CODE = re.compile(f"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}")


def test_a_day_at_the_command_line(tmp_path: Path, database: str) -> None:
    """Staff make a code, a machine enrols, they see it, rename and revoke it."""
    with _serving(tmp_path, database) as served:
        client = served.client
        made = _run(tmp_path, database, "enroll", "city-hall", "Lobby 1", "--title", "City Hall")
        shown = CODE.search(made)
        assert shown is not None
        assert f"kiosk enroll {client.base_url.scheme}://{client.base_url.host}" in made
        member = client.post("/api/v1/enroll", json=Machine().asks(shown[0])).json()
        assert client.get("/api/v1/feed", headers=by(member)).status_code == 200
        listed = _run(tmp_path, database, "devices")
        assert all(word in listed for word in (member["device"], "city-hall", "Lobby 1", "active"))
        assert "Front door" in _run(tmp_path, database, "devices", "--rename", member["device"], "Front door")
        assert "revoked" in _run(tmp_path, database, "devices", "--revoke", member["device"])
        assert client.get("/api/v1/feed", headers=by(member)).status_code == 403


def test_it_stops_when_asked(tmp_path: Path) -> None:
    """SIGTERM ends it at once, also while a device waits for news: it is answered, and the log is quiet."""
    database = f"sqlite:///{tmp_path / 'center.db'}"
    with _serving(tmp_path, database) as served:
        client = served.client
        code = CODE.search(_run(tmp_path, database, "enroll", "city-hall", "Lobby 1"))
        assert code is not None
        member = client.post("/api/v1/enroll", json=Machine().asks(code[0])).json()
        after = client.get("/api/v1/feed", headers=by(member)).json()["next"]
        parts = client.base_url
        with closing(socket.create_connection((parts.host, parts.port or 80))) as wire:
            head = f"GET /api/v1/feed?after={after}&wait=25 HTTP/1.1\r\nHost: x\r\nAuthorization: "
            wire.sendall(f"{head}{by(member)['Authorization']}\r\n\r\n".encode())
            # It has no sign of its own that a request waits.
            time.sleep(0.3)
            since = time.monotonic()
            served.stop()
            assert time.monotonic() - since < 10
            assert wire.recv(100).startswith(b"HTTP/1.1 200")
    log = (tmp_path / "log").read_text()
    assert "ERROR" not in log
    assert "Traceback" not in log


def test_nothing_of_visitors_or_secrets_is_logged(tmp_path: Path) -> None:
    """Requests leave no trace: no address, no token, no path."""
    database = f"sqlite:///{tmp_path / 'center.db'}"
    with _serving(tmp_path, database) as served:
        client = served.client
        for path in ("/t/secret-token", "/s/marriage", "/api/v1/feed?token=secret-token", "/nothing"):
            client.get(path, headers={"Authorization": "Bearer secret-token", "X-Forwarded-For": "192.0.2.7"})
        served.stop()
    log = (tmp_path / "log").read_text()
    assert "Uvicorn running" in log
    assert "secret-token" not in log
    assert "192.0.2.7" not in log
    assert "GET" not in log


def test_the_address_is_remembered(tmp_path: Path) -> None:
    """What was given once is what codes are told with later; one that is none is refused."""
    center = open_center(tmp_path, url="https://kiosks.example.gov/")
    center.store.close()
    center = open_center(tmp_path)
    assert center.url == "https://kiosks.example.gov"
    center.store.close()
    with pytest.raises(CenterError, match="address"):
        open_center(tmp_path, url="kiosks.example.gov")


def test_without_an_address_the_port_is_told_that_it_listens_at(tmp_path: Path) -> None:
    """Also by the commands beside it, and at another port the next time; one that was given stays."""
    center = open_center(tmp_path)
    assert listening(center, 8097).url == "http://127.0.0.1:8097"
    center.store.close()
    assert "http://127.0.0.1:8097" in _run(tmp_path, "", "enroll", "city-hall", "Lobby 1")
    center = open_center(tmp_path)
    assert listening(center, 8098).url == "http://127.0.0.1:8098"
    center.store.close()
    center = open_center(tmp_path, url="https://kiosks.example.gov")
    assert listening(center, 8099).url == "https://kiosks.example.gov"
    center.store.close()


def test_every_command_knows_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the service's environment stands in what staff are told to type, before it ever ran."""
    monkeypatch.setenv("KIOSK_CENTER_URL", "https://kiosks.example.gov")
    assert "kiosk enroll https://kiosks.example.gov" in _run(tmp_path, "", "enroll", "city-hall", "Lobby 1")


def test_a_backup_holds_the_settings(tmp_path: Path) -> None:
    """What day it is at a site depends on them."""
    folder = tmp_path / "center"
    folder.mkdir()
    (folder / "kiosk.toml").write_text('timezone = "America/Denver"\n')
    assert "kiosk.toml" in _run(folder, "", "backup", str(tmp_path / "copy"))
    assert "Denver" in (tmp_path / "copy" / "kiosk.toml").read_text()


def test_a_backup_that_can_not_be_written(tmp_path: Path) -> None:
    """Staff are told why, and no half of one is left."""
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "backup"
    result = CliRunner().invoke(group, ["center", "--folder", str(tmp_path / "c"), "backup", str(target)])
    assert result.exit_code == 2
    assert "can't be written: Not a directory" in result.output


def test_long_names_stay_apart(tmp_path: Path) -> None:
    """However long the names of sites and devices are, the columns of the list are."""
    folder, home, name = tmp_path / "center", "branch-library-north-side", "Lobby " + 40 * "x"
    center = open_center(folder)
    journal, made = device(center, site(center, home), tmp_path / "kiosk", name)
    journal.close()
    center.store.close()
    listed = _run(folder, "", "devices").splitlines()
    assert listed[1].split()[:5] == [made, home, *name.split(), "active"]
    assert listed[0].index("state") == listed[1].index("active")


@pytest.mark.parametrize("name", ["a\x9b2J", "a\u2028b", "abc\u202egpj.exe", "a\nb", " ", "x" * 61])
def test_names_that_can_not_be_shown(tmp_path: Path, name: str) -> None:
    """Nothing that moves the cursor of a terminal or turns the direction of a page comes into a list."""
    words = ["center", "--folder", str(tmp_path), "enroll", "city-hall", name]
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 2
    assert "can't be a name" in result.output


@pytest.mark.parametrize("words", [("tokens", "revoke"), ("rollback",)])
def test_a_number_that_none_has(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(group, ["center", "--folder", str(tmp_path), *words, "9" * 30])
    assert result.exit_code == 2
    assert "not in the range" in result.output


def test_a_sqlite_file_has_one_worker(tmp_path: Path) -> None:
    """More are refused, with what to do."""
    result = CliRunner().invoke(group, ["center", "--folder", str(tmp_path), "serve", "--workers", "2"])
    assert result.exit_code == 2
    assert "PostgreSQL" in result.output or "postgresql" in result.output


@pytest.mark.slow
def test_several_workers(tmp_path: Path, database: str) -> None:
    """On PostgreSQL all of them serve the same center: each knows every device at once."""
    if database.startswith("sqlite"):
        pytest.skip("a SQLite file has one worker")
    with _serving(tmp_path, database, "--workers", "2") as served:
        client = served.client
        code = CODE.search(_run(tmp_path, database, "enroll", "city-hall", "Lobby 1"))
        assert code is not None
        member = client.post("/api/v1/enroll", json=Machine().asks(code[0])).json()
        for _ in range(20):
            with httpx.Client(base_url=client.base_url) as other:
                assert other.get("/api/v1/feed", headers=by(member)).status_code == 200


def test_an_unknown_device(tmp_path: Path) -> None:
    """Staff are told that there is none, and where ids are."""
    result = CliRunner().invoke(
        group, ["center", "--folder", str(tmp_path), "devices", "--revoke", "ab" * 16]
    )
    assert result.exit_code == 2
    assert "no such device" in result.output


def test_a_new_center_says_how_to_begin(tmp_path: Path) -> None:
    """The list of devices is empty at first; the folder with the key is for its owner alone."""
    folder = tmp_path / "center"
    result = CliRunner().invoke(group, ["center", "--folder", str(folder), "devices"])
    assert result.exit_code == 0
    assert "kiosk center enroll" in result.output
    assert folder.stat().st_mode & 0o077 == 0


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installed the kiosk alone is told what to type."""
    # Stands for an installation without these packages.
    monkeypatch.setattr("kiosk.commands.center.find_spec", lambda name: None)
    result = CliRunner().invoke(group, ["center", "devices"])
    assert result.exit_code == 2
    assert 'pip install "cityhall-kiosk[center]"' in result.output


def test_the_tables_are_made_before_the_start(tmp_path: Path, blank: str) -> None:
    """`migrate` says what they are at, and does nothing the second time."""
    first, second = (_run(tmp_path, blank, "migrate") for _ in range(2))
    assert first == second
    assert "up to date" in first


def _run(folder: Path, database: str, *arguments: str) -> str:
    result = CliRunner().invoke(
        group, ["center", "--folder", str(folder), "--database", database, *arguments]
    )
    assert result.exit_code == 0, result.output
    return result.output


@dataclass
class Served:
    """A center that runs as a process of its own, and a client of it."""

    client: httpx.Client
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it as systemd does; raises when it does not end."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)


@contextmanager
def _serving(folder: Path, database: str, *more: str) -> Iterator[Served]:
    """`kiosk center serve` at a free port."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", "from kiosk.cli import main; main()", "center"]
    command += ["--folder", str(folder), "--database", database, "serve", "--port", str(port), "--url", url]
    log = folder / "log"
    with (
        log.open("wb") as out,
        httpx.Client(base_url=url, timeout=20) as client,
        subprocess.Popen([*command, *more], stderr=out, stdout=out) as process,
    ):
        try:
            _until_it_answers(client, process, log)
            yield Served(client, process)
            if process.poll() is None:
                Served(client, process).stop()
        finally:
            process.kill()


def _until_it_answers(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            client.get("/api/v1/center")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())
