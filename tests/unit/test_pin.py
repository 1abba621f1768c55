"""The staff PIN: only its hash is kept, and only the right digits match."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import SettingsError
from kiosk.ui import pin


def test_a_pin_that_was_stored_matches_and_no_other_does(tmp_path: Path) -> None:
    assert not pin.is_set(tmp_path)
    pin.store(tmp_path, "2468")
    assert pin.is_set(tmp_path)
    assert pin.matches(tmp_path, "2468")
    for other in ("2469", "246", "24680", "", "８６４２", "2468\n"):
        assert not pin.matches(tmp_path, other)


def test_the_digits_are_nowhere_in_the_file_and_nobody_else_reads_it(tmp_path: Path) -> None:
    pin.store(tmp_path, "135792468")
    (file,) = tmp_path.iterdir()
    assert "135792468" not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_same_pin_is_stored_differently_each_time(tmp_path: Path) -> None:
    kept = set()
    for _ in range(2):
        pin.store(tmp_path, "2468")
        kept.add(next(tmp_path.iterdir()).read_text(encoding="utf-8"))
    assert len(kept) == 2


def test_a_new_pin_replaces_the_old_one(tmp_path: Path) -> None:
    pin.store(tmp_path, "1111")
    pin.store(tmp_path, "2222")
    assert pin.matches(tmp_path, "2222")
    assert not pin.matches(tmp_path, "1111")


@pytest.mark.parametrize("bad", ["", "123", "1234567890123", "12a4", "１２３４", "-123", " 1234", "12 34"])
def test_what_is_no_pin_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(SettingsError, match="4 to 12 digits"):
        pin.store(tmp_path, bad)
    assert not pin.is_set(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", '{"salt": 1, "scrypt": 2}', '{"salt": "zz", "scrypt": "00"}']
)
def test_a_damaged_file_opens_to_nobody(tmp_path: Path, content: str) -> None:
    """And still counts as locked: nobody leaves the kiosk because a file is broken."""
    pin.store(tmp_path, "2468")
    next(tmp_path.iterdir()).write_text(content, encoding="utf-8")
    assert pin.is_set(tmp_path)
    assert not pin.matches(tmp_path, "2468")


@settings(max_examples=5, deadline=None)
@given(st.from_regex(r"[0-9]{4,12}", fullmatch=True), st.from_regex(r"[0-9]{4,12}", fullmatch=True))
def test_one_pin_matches_exactly_itself(
    tmp_path_factory: pytest.TempPathFactory, one: str, other: str
) -> None:
    folder = tmp_path_factory.mktemp("pin")
    pin.store(folder, one)
    assert pin.matches(folder, one)
    assert pin.matches(folder, other) == (one == other)
