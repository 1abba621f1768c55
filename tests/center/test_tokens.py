"""Tokens for figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.center import tokens
from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.commands.group import group
from kiosk.errors import CenterError


def make(center: Center, *scopes: str) -> str:
    with center.store.begin() as connection:
        return tokens.make(connection, center, "Open data", scopes or ("scores",), "chief")


def test_a_token_says_whose_it_is_and_what_it_may_read(center: Center) -> None:
    token = make(center, "waits", "scores")
    found = tokens.admit(center, token)
    assert found and found.name == "Open data" and found.may("scores") and not found.may("funnels")
    with center.store.read() as connection:
        assert token not in str(connection.rows("SELECT * FROM api_tokens"))


def test_it_is_remembered_on_which_day_it_was_used(center: Center, clock: FixedClock) -> None:
    token = make(center)
    for _ in range(2):
        assert tokens.admit(center, token)
    with center.store.read() as connection:
        assert [one.last_used_day for one in tokens.listed(connection)] == ["2026-11-23"]


@pytest.mark.parametrize("token", ["", "kft_wrong", "kft_wrong\x00", "\ud800", "' OR 1=1 --"])
def test_what_is_no_token_opens_nothing(center: Center, token: str) -> None:
    make(center)
    assert tokens.admit(center, token) is None


def test_a_revoked_token_is_worth_nothing(center: Center) -> None:
    token = make(center)
    with center.store.begin() as connection:
        tokens.revoke(connection, center, 1)
        with pytest.raises(CenterError, match="no token 1 is in use"):
            tokens.revoke(connection, center, 1)
    assert tokens.admit(center, token) is None


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ("scores",)), ("Open data", ()), ("Open data", ("all",)), ("a\nb", ("scores",))]
)
def test_a_token_needs_a_name_and_something_to_read(
    center: Center, name: str, scopes: tuple[str, ...]
) -> None:
    with center.store.begin() as connection, pytest.raises(CenterError):
        tokens.make(connection, center, name, scopes, "chief")


def test_tokens_on_the_command_line(tmp_path: Path) -> None:
    def kiosk(*words: str) -> str:
        done = CliRunner().invoke(group, ["center", "--folder", str(tmp_path), "tokens", *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert "There are no tokens" in kiosk()
    said = kiosk("add", "Open data", "--scope", "scores")
    assert said.startswith(tokens.PREFIX) and "not shown again" in said
    assert "Open data  (scores)  in use; used last: never" in kiosk()
    assert "worth nothing" in kiosk("revoke", "1")
    assert "revoked" in kiosk("list")
