"""Enrolling, sending, asking how far it is, and reading receipts, as staff type it."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from nacl.public import SealedBox

from kiosk.clock import Clock
from kiosk.commands.group import group
from kiosk.commands.sending import COMMAND
from kiosk.commands.sync import _standing
from kiosk.journal import Journal, new_id
from kiosk.sync import batch, membership
from kiosk.sync.membership import load
from kiosk.sync.status import Standing
from tests.support.stand_in import Reply, StandIn, login_page, problem


@pytest.fixture
def center() -> Iterator[StandIn]:
    with StandIn() as center:
        yield center


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A kiosk's folder in which somebody has come."""
    with opened(tmp_path / "data") as journal:
        journal.append("visit.started", {"visit": new_id(), "language": "en"})
    return tmp_path / "data"


def opened(data: Path) -> Journal:
    return Journal.open(data / "kiosk.db", Clock(), durable=False)


def kiosk(data: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(group, ["--data", str(data), *arguments])
    return result.exit_code, result.output


def test_a_machine_is_enrolled_sends_and_tells_how_far_it_is(data: Path, center: StandIn) -> None:
    status, said = kiosk(data, "enroll", center.url, "ABCD-EFGH")
    assert status == 0
    assert "belongs to The Lobby (site lobby) of the center stand-in" in said
    assert "lane B: 100 to 199" in said
    assert "clock" in said, "the stand-in's clock stands still, far from this machine's"
    assert "Careful" not in said, "nobody else is on the loopback"
    assert load(data)
    status, said = kiosk(data, "sync", "status")
    assert (status, "no receipt yet" in said, "4 events waiting" in said) == (0, True, True)
    status, said = kiosk(data, "sync", "--once")
    assert (status, "Sent: 4 events, of which 4 were new at the center." in said) == (0, True)
    status, said = kiosk(data, "sync")
    assert (status, "Nothing was waiting" in said) == (0, True)
    status, said = kiosk(data, "sync", "status")
    assert "0 surveys taken, 0 at center, last receipt 2026-11-23 16:05" in said
    assert "waiting" not in said


def test_sending_that_is_ended_in_the_middle_does_not_count_as_done(data: Path, center: StandIn) -> None:
    """A script that sends in the evening must not believe that all is at the center."""
    kiosk(data, "enroll", center.url, "ABCD-EFGH")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        membership.store(data, replace(membership.needed(data), url=url))
        command = [sys.executable, "-c", COMMAND, "--data", str(data), "sync", "--once"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            silent.settimeout(30)
            connected, _ = silent.accept()
            process.terminate()
            said = process.communicate(timeout=30)[0]
            connected.close()
    assert process.returncode != 0, said


def test_the_status_is_one_line_that_staff_compare() -> None:
    today = Clock().now().replace(hour=22, minute=5)
    stands = Standing(42, 42, today.isoformat(timespec="milliseconds")[:23] + "Z", 0)
    local = Clock().local(today)
    day = "" if local.date() == Clock().local().date() else f"{local:%Y-%m-%d} "
    (line,) = _standing(stands, Clock())
    assert line == f"42 surveys taken, 42 at center, last receipt {day}{local:%H:%M}"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (login_page(), "sign-in"),
        (Reply(0, drop=True), "can't be reached"),
        (problem(403, "revoked"), "does not accept this machine"),
    ],
    ids=["login", "dropped", "revoked"],
)
def test_what_goes_wrong_is_told_with_what_to_do_and_stays_in_the_status(
    data: Path, center: StandIn, answer: Reply, said: str
) -> None:
    kiosk(data, "enroll", center.url, "ABCD-EFGH")
    center.oddly("POST /batches", answer)
    status, told = kiosk(data, "sync")
    assert status == 1
    assert said in told
    assert "What to do:" in told
    member = load(data)
    assert member
    assert member.token not in told
    assert said in kiosk(data, "sync", "status")[1]
    assert kiosk(data, "sync")[0] == 0
    assert said not in kiosk(data, "sync", "status")[1]


def test_without_an_enrolment_it_says_how_to_get_one(data: Path) -> None:
    for arguments in (("sync",), ("sync", "status"), ("sync", "--every", "60")):
        status, said = kiosk(data, *arguments)
        assert (status, "kiosk enroll URL CODE" in said) == (1, True)


def test_an_address_in_the_open_internet_must_be_encrypted(data: Path) -> None:
    status, said = kiosk(data, "enroll", "http://kiosks.example.gov", "ABCD-EFGH")
    assert status == 1
    assert "Use https://" in said


def test_two_ways_at_once_are_refused(data: Path) -> None:
    status, said = kiosk(data, "sync", "--live", "--once")
    assert (status, "Choose one of" in said) == (2, True)


@pytest.fixture
def carried(data: Path, center: StandIn, tmp_path: Path) -> Path:
    """An export folder that was at the center, with the receipt beside the batch."""
    kiosk(data, "enroll", center.url, "ABCD-EFGH")
    stick = tmp_path / "stick"
    stick.mkdir()
    status, said = kiosk(data, "export", "--day", str(Clock().day()), "--to", str(stick))
    assert status == 0, said
    (found,) = stick.glob("survey_*/*.batch.sealed")
    receipt = center.carried(SealedBox(center.box).decrypt(found.read_bytes()))
    found.with_name(f"{found.name.removesuffix('.batch.sealed')}.receipt").write_bytes(receipt)
    return stick


def test_receipts_come_back_on_a_stick(data: Path, carried: Path) -> None:
    status, said = kiosk(data, "sync", "receipts", str(carried))
    assert (status, "4 events at the center since 2026-11-23, 4 of them new." in said) == (0, True)
    with opened(data) as journal:
        assert journal.delivered() == 4
        assert [row.via for row in journal.receipts()] == ["stick"]
    status, said = kiosk(data, "sync", "receipts", *map(str, carried.glob("*/*.receipt")))
    assert status == 0
    with opened(data) as journal:
        assert len(journal.receipts()) == 1


def test_by_network_and_by_stick_it_counts_once(data: Path, center: StandIn, carried: Path) -> None:
    assert kiosk(data, "sync")[0] == 0
    assert kiosk(data, "sync", "receipts", str(carried))[0] == 0
    assert len(center.feed) == 4


def sealed(data: Path, last: int) -> bytes:
    """The plain batch of a folder's first events."""
    out = BytesIO()
    with opened(data) as journal:
        batch.seal(journal, 1, last, out)
    return out.getvalue()


@pytest.mark.parametrize("what", ["changed", "other center", "other machine", "none", "cut"])
def test_a_receipt_that_proves_nothing_is_refused_with_the_reason(
    data: Path, carried: Path, center: StandIn, tmp_path: Path, what: str
) -> None:
    (file,) = carried.glob("*/*.receipt")
    content = file.read_bytes()
    if what == "changed":
        file.write_bytes(content.replace(b'"accepted":4', b'"accepted":3').replace(b'e":0', b'e":1'))
    elif what == "other center":
        with StandIn() as other:
            file.write_bytes(other.carried(sealed(data, 4)))
    elif what == "other machine":
        opened(tmp_path / "other").close()
        file.write_bytes(center.carried(sealed(tmp_path / "other", 1)))
    elif what == "none":
        file.write_bytes(b"\x00not a receipt")
    else:
        file.write_bytes(content[:-20])
    status, said = kiosk(data, "sync", "receipts", str(file))
    assert status == 1
    reasons = {"changed": "changed", "other center": "another center", "other machine": "another machine"}
    assert reasons.get(what, "no receipt, or is damaged") in said
    with opened(data) as journal:
        assert journal.delivered() == 0


def test_an_empty_stick_says_what_to_look_for(data: Path, center: StandIn, tmp_path: Path) -> None:
    kiosk(data, "enroll", center.url, "ABCD-EFGH")
    status, said = kiosk(data, "sync", "receipts", str(tmp_path))
    assert (status, "NAME.receipt" in said) == (1, True)
