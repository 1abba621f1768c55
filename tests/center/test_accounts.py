"""Accounts, passwords, and sessions that end."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kiosk.center import accounts, passwords, sessions
from kiosk.center.context import Center
from kiosk.center.sessions import FREE_TRIES, LONGEST_WAIT, Refused, SignedIn, wait
from kiosk.clock import FixedClock
from kiosk.commands.group import group
from kiosk.errors import CenterError
from tests.support.staff import HASH, PASSWORD, QUICK, add, quick_hashes

__all__ = ["quick_hashes"]


@pytest.fixture
def rivera(center: Center, quick_hashes: None) -> Center:
    """A center with one account, m.rivera, who is staff."""
    add(center, "m.rivera", "staff", HASH)
    return center


def signed_in(
    center: Center, name: str = "m.rivera", password: str = PASSWORD, browser: str = ""
) -> SignedIn:
    made = sessions.sign_in(center, name, password, browser)
    assert isinstance(made, SignedIn), made
    return made


def refused(center: Center, name: str = "m.rivera", password: str = "wrong", browser: str = "") -> int:
    made = sessions.sign_in(center, name, password, browser)
    assert isinstance(made, Refused)
    return made.wait


def test_signing_in_begins_a_session_of_its_own_each_time(rivera: Center) -> None:
    one, two = signed_in(rivera), signed_in(rivera, "  M.Rivera ")
    assert one.session != two.session
    found = sessions.find(rivera, one.session)
    assert found and found.account.name == "m.rivera"
    assert sessions.find(rivera, "made up") is None


def test_nothing_in_the_database_opens_a_session(rivera: Center) -> None:
    made = signed_in(rivera)
    with rivera.store.read() as connection:
        stored = str([*connection.rows("SELECT * FROM sessions"), *connection.rows("SELECT * FROM browsers")])
        hashes = connection.rows("SELECT password_hash FROM accounts")
    assert made.session not in stored and made.browser not in stored
    assert PASSWORD not in str(hashes)


def test_a_session_ends_after_half_an_hour_without_a_page(rivera: Center, clock: FixedClock) -> None:
    made = signed_in(rivera)
    for _ in range(3):
        clock.advance(29 * 60)
        assert sessions.find(rivera, made.session)
    clock.advance(30 * 60)
    assert sessions.find(rivera, made.session) is None


def test_a_session_ends_after_twelve_hours_however_busy(rivera: Center, clock: FixedClock) -> None:
    made = signed_in(rivera)
    for _ in range(35):
        clock.advance(20 * 60)
        assert sessions.find(rivera, made.session)
    clock.advance(20 * 60)
    assert sessions.find(rivera, made.session) is None


def test_disabling_ends_sessions_and_sign_in_at_once(rivera: Center) -> None:
    made = signed_in(rivera)
    with rivera.store.begin() as connection:
        accounts.disable(connection, "m.rivera")
    assert sessions.find(rivera, made.session) is None
    assert refused(rivera, password=PASSWORD) == 0
    with rivera.store.begin() as connection:
        accounts.enable(connection, "m.rivera")
    assert sessions.find(rivera, made.session) is None
    signed_in(rivera)


def test_another_password_ends_every_session(rivera: Center) -> None:
    made = signed_in(rivera)
    with rivera.store.begin() as connection:
        accounts.set_password(connection, "m.rivera", passwords.hashed("quite another long one"))
    assert sessions.find(rivera, made.session) is None
    refused(rivera, password=PASSWORD)


def test_guessing_gets_slower_also_for_names_that_nobody_has(rivera: Center) -> None:
    for name in ("m.rivera", "nobody"):
        assert [refused(rivera, name) for _ in range(FREE_TRIES)] == [0] * FREE_TRIES
        assert refused(rivera, name) == 3
    # The right password is no way around: it would tell that it is the right one.
    assert refused(rivera, password=PASSWORD) == 3


def test_who_waited_is_let_in_and_starts_afresh(rivera: Center, clock: FixedClock) -> None:
    for _ in range(FREE_TRIES):
        refused(rivera)
    assert refused(rivera) > 0
    clock.advance(3)
    signed_in(rivera)
    assert refused(rivera) == 0


def test_nobody_is_kept_out_by_guesses_of_others(rivera: Center, clock: FixedClock) -> None:
    """The browser that somebody signed in with before is counted by itself."""
    mine = signed_in(rivera).browser
    for _ in range(20):
        refused(rivera)
        clock.advance(LONGEST_WAIT)
    assert refused(rivera) == 0
    assert refused(rivera, password=PASSWORD) > 0, "a browser that is not known waits"
    signed_in(rivera, browser=mine)


def test_a_known_browser_of_one_is_no_help_with_another(rivera: Center) -> None:
    add(rivera, "other", "viewer", HASH)
    mine = signed_in(rivera, "other").browser
    for _ in range(FREE_TRIES):
        refused(rivera)
    assert refused(rivera, browser=mine) > 0


def test_a_known_browser_is_slowed_by_its_own_guesses(rivera: Center) -> None:
    mine = signed_in(rivera).browser
    for _ in range(FREE_TRIES):
        refused(rivera, browser=mine)
    assert refused(rivera, browser=mine) > 0
    assert refused(rivera) == 0


@given(st.integers(0, 10**6))
def test_the_wait_grows_and_has_an_end(failures: int) -> None:
    assert 0 <= wait(failures) <= wait(failures + 1) <= LONGEST_WAIT
    assert (wait(failures) == 0) == (failures < FREE_TRIES)


def test_an_unknown_name_costs_as_much_as_a_known_one(
    rivera: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in hashes, since times flap."""
    seen: list[str] = []

    class Counting:
        def verify(self, stored: str, typed: str) -> bool:
            seen.append(stored[:9])
            return QUICK.verify(stored, typed)

    passwords.fits("", "once, so that the stand-in is made")
    monkeypatch.setattr(passwords, "_hasher", Counting())
    refused(rivera, "m.rivera")
    refused(rivera, "nobody")
    with rivera.store.begin() as connection:
        accounts.disable(connection, "m.rivera")
    refused(rivera, "m.rivera")
    assert seen == ["$argon2id"] * 3


def test_passwords_are_kept_as_argon2id_with_64_mib_and_older_hashes_are_renewed(center: Center) -> None:
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    add(center, "m.rivera", "staff", HASH)
    signed_in(center)
    with center.store.read() as connection:
        kept = accounts.get(connection, "m.rivera").password_hash
    assert kept != HASH and not passwords.outdated(kept)
    signed_in(center)


@pytest.mark.parametrize(
    "password", ["short", "m.rivera", "M.Rivera2026!!", "aaaaaaaaaaaaaa", "abababababab", "x" * 300]
)
def test_passwords_that_are_easily_guessed_are_refused(password: str) -> None:
    with pytest.raises(CenterError):
        passwords.check("m.rivera", password)


def test_a_long_password_of_any_script_is_taken() -> None:
    passwords.check("m.rivera", PASSWORD)
    passwords.check("m.rivera", "四个没有关系的词语放在一起了")


def test_a_link_sets_a_password_once_and_ends(rivera: Center, clock: FixedClock) -> None:
    with rivera.store.begin() as connection:
        token = accounts.link(connection, rivera, "m.rivera")
        again = accounts.link(connection, rivera, "m.rivera")
        assert accounts.of_link(connection, rivera, token) is None, "the newest counts"
        assert accounts.of_link(connection, rivera, again)
        accounts.set_password(connection, "m.rivera", HASH)
        assert accounts.of_link(connection, rivera, again) is None
        late = accounts.link(connection, rivera, "m.rivera")
    clock.advance(accounts.LINK_HOURS * 3600)
    with rivera.store.read() as connection:
        assert accounts.of_link(connection, rivera, late) is None
        assert accounts.of_link(connection, rivera, "") is None


def test_an_account_without_a_password_can_not_sign_in(center: Center) -> None:
    add(center, "new.one", "viewer")
    assert refused(center, "new.one", "") == 0
    refused(center, "new.one", PASSWORD)


def test_the_last_admin_stays(center: Center) -> None:
    add(center, "first", "admin")
    with center.store.begin() as connection:
        with pytest.raises(CenterError, match="only admin"):
            accounts.disable(connection, "first")
        with pytest.raises(CenterError, match="only admin"):
            accounts.change_role(connection, "first", "editor")
    add(center, "second", "admin")
    with center.store.begin() as connection:
        accounts.disable(connection, "first")
        with pytest.raises(CenterError, match="only admin"):
            accounts.change_role(connection, "second", "viewer")


@pytest.mark.parametrize("name", ["", "a b", "x'; DROP TABLE accounts;--", "{{7*7}}", "<b>", "é", "a" * 61])
def test_names_that_are_none_are_refused(center: Center, name: str) -> None:
    with center.store.begin() as connection, pytest.raises(CenterError):
        accounts.add(connection, center, name, "viewer", "")


def test_a_name_is_taken_once_however_it_is_written(rivera: Center) -> None:
    with rivera.store.begin() as connection, pytest.raises(CenterError, match="already"):
        accounts.add(connection, rivera, "M.Rivera", "admin", "")


def kiosk(folder: Path, *words: str, typed: str = "") -> str:
    done = CliRunner().invoke(group, ["center", "--folder", str(folder), "accounts", *words], input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output


def test_the_first_admin_is_added_on_the_command_line(tmp_path: Path) -> None:
    assert "Nobody can sign in yet" in kiosk(tmp_path)
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    said = kiosk(tmp_path, "add", "Chief", "--role", "admin", "--password-file", str(file))
    assert "chief is added as admin" in said and PASSWORD not in said
    assert "chief  admin   active; signed in: never" in kiosk(tmp_path, "list")
    assert "only admin" in kiosk(tmp_path, "disable", "chief")
    said = kiosk(tmp_path, "add", "clerk", "--role", "viewer", "--link")
    assert "/staff/password/" in said
    assert "clerk is staff now" in kiosk(tmp_path, "role", "clerk", "staff")
    assert "clerk  staff   active, no password yet" in kiosk(tmp_path)
    kiosk(tmp_path, "disable", "clerk")
    assert "clerk  staff   disabled" in kiosk(tmp_path)
    said = kiosk(tmp_path, "password", "clerk", "--password-file", str(file))
    assert "once it is enabled: kiosk center accounts enable clerk" in said


def test_the_command_line_refuses_a_weak_password(tmp_path: Path) -> None:
    said = kiosk(tmp_path, "add", "chief", "--role", "admin", "--password-file", "-", typed="short\n")
    assert "fewer than 12 characters" in said
    assert "Nobody can sign in yet" in kiosk(tmp_path)
