"""What a reply means, and how long a machine waits before it tries again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import Clock
from kiosk.errors import SyncError
from kiosk.sync.replies import (
    LONGEST_WISH,
    MOST,
    MOST_UNREACHED,
    Later,
    NotTaken,
    Refused,
    Reply,
    pause,
    problem,
    wished,
)
from kiosk.sync.wire import Wire, address, open_to_others

NOW = datetime(2026, 11, 23, 16, 41, tzinfo=UTC)
TOLD = json.dumps({"code": "word", "what": "it is so", "next": "do this"}).encode()
PAGE = b"<html>Sign in to the Wi-Fi</html>"


def reply(status: int, content: bytes = TOLD, kind: str = "application/json", **headers: str) -> Reply:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, kind, fields, content)


@given(st.integers(1, 400), st.booleans(), st.integers(0, 2**32))
def test_a_pause_grows_from_a_second_to_an_hour_and_no_further(tries: int, answered: bool, seed: int) -> None:
    waited = pause(tries, answered, 0.0, Random(seed))
    assert (
        1.0 <= waited <= min(2.0**tries if tries < 12 else MOST, MOST if answered else MOST_UNREACHED, MOST)
    )


def test_kiosks_that_lost_the_center_together_do_not_come_back_together() -> None:
    pauses = {round(pause(12, True, 0.0, Random(seed))) for seed in range(100)}
    assert len(pauses) > 80


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_by_itself_is_tried_again_whoever_says_so(status: int) -> None:
    """A proxy in front of the center does not know its form of an error."""
    for found in (problem(reply(status), NOW), problem(reply(status, PAGE, "text/html"), NOW)):
        assert isinstance(found, Later)
        assert found.answered


@pytest.mark.parametrize("status", [200, 202, 204, 301, 302, 303, 307, 400, 401, 403, 404, 451])
def test_what_a_login_page_answers_is_never_taken_for_the_center(status: int) -> None:
    found = problem(reply(status, PAGE, "text/html"), NOW)
    assert (type(found), found.reason) == (SyncError, "not_center")


@pytest.mark.parametrize("status", [401, 403])
def test_the_center_itself_can_turn_a_machine_away(status: int) -> None:
    found = problem(reply(status), NOW)
    assert isinstance(found, Refused)
    assert (found.reason, found.code) == ("refused", "word")
    assert "it is so" in str(found)
    assert "do this" in str(found)


@pytest.mark.parametrize("status", [400, 404, 409, 413, 415, 422])
def test_what_the_center_does_not_take_is_told_with_its_word(status: int) -> None:
    found = problem(reply(status), NOW)
    assert isinstance(found, NotTaken)
    assert (found.status, found.code) == (status, "word")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 23 Nov 2026 16:43:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 16:40:00 GMT", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("", 0.0),
        ("99999999999999999999", 999999999.0),
    ],
)
def test_a_wish_to_be_left_alone_is_read_in_both_forms(value: str, seconds: float) -> None:
    assert wished(reply(503, retry_after=value), NOW) == seconds


def test_a_date_is_read_by_the_clock_of_who_wrote_it() -> None:
    """This machine's own clock may be hours off."""
    told = reply(503, retry_after="Mon, 23 Nov 2026 20:02:00 GMT", date="Mon, 23 Nov 2026 20:00:00 GMT")
    assert wished(told, NOW) == 120.0


@given(st.floats(0.1, 1e12), st.integers(1, 100), st.integers(0, 2**32))
def test_a_wish_is_kept_but_nobody_is_silenced_for_ever(wish: float, tries: int, seed: int) -> None:
    waited = pause(tries, True, wish, Random(seed))
    assert min(wish, LONGEST_WISH) < waited <= LONGEST_WISH + MOST_UNREACHED


def test_words_from_outside_come_on_one_short_line() -> None:
    odd = json.dumps({"code": "x", "what": "a\n\x1b[2Jb" + "c" * 5000, "next": ""}).encode()
    found = problem(reply(422, odd), NOW)
    assert "\n" not in found.what
    assert "\x1b" not in found.what
    assert len(found.what) < 600


@pytest.mark.parametrize(
    "url",
    ["https://kiosks.example.gov/", "http://127.0.0.1:8080", "http://192.168.1.20:8080", "http://localhost"],
)
def test_a_center_is_reached_encrypted_or_within_the_building(url: str) -> None:
    assert address(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://kiosks.example.gov",
        "http://8.8.8.8",
        "http://0.0.0.0",
        "ftp://kiosks.example.gov",
        "kiosks.example.gov",
        "https://user:word@kiosks.example.gov",
        "https://kiosks.example.gov/?a=b",
        "https://kiosks.example.gov:99999",
        "https://",
        "https://[::1",
        "",
    ],
)
def test_other_addresses_are_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(SyncError, match=r"Write it as|Use https"):
        address(url)


@pytest.mark.parametrize("host", ["a..gov", "-x..gov", "a" * 64 + ".gov", "xn--.gov"])
def test_a_name_that_no_host_can_have_is_refused_too(host: str) -> None:
    with Wire(f"https://{host}", Clock()) as wire, pytest.raises(SyncError, match="Write it as"):
        wire.ask("GET", "/center")


def test_only_a_network_shared_with_others_is_warned_of() -> None:
    assert open_to_others("http://192.168.1.20:8080")
    assert not open_to_others("http://127.0.0.1:8080")
    assert not open_to_others("http://localhost:8080")
    assert not open_to_others("https://kiosks.example.gov")
