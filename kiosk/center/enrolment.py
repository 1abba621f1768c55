"""How a machine becomes a device of a site: a code for one use, a proof of its key, a token in return."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kiosk.center import chains, devices, numbers
from kiosk.center.context import Center
from kiosk.center.devices import ACTIVE, REPLACED, Device
from kiosk.center.numbers import Lane
from kiosk.center.storage import Connection
from kiosk.center.tokens import hashed
from kiosk.clock import stamp
from kiosk.errors import CenterError
from kiosk.journal import hlc

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes: none looks like another."""

HOURS = 24
"""How long a code can be used, unless staff say otherwise."""

_SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
_NEW_SITE = """INSERT INTO sites (site, title, feed, folded, clock, made_at)
    VALUES (:site, :title, 0, 0, :clock, :now) ON CONFLICT (site) DO NOTHING"""
_NEW_CODE = """INSERT INTO enrolments (code_hash, home, name, replaces, made_at, expires_at, used_at)
    VALUES (:hash, :home, :name, :replaces, :now, :until, '')"""
_NEW_DEVICE = """INSERT INTO devices (device, home, name, state, chain, key, token_hash, enrolled_at, seen_at,
    skew_ms, version, catalog, copy_of, replaced_by)
    VALUES (:device, :home, :name, :state, :chain, :key, :hash, :now, '', 0, :version, '', :copy_of, '')"""
# The row is the caller's until its transaction ends: a code that is used twice at once is used once.
_CODE = """UPDATE enrolments SET used_at = used_at WHERE code_hash = :hash
    RETURNING home, name, replaces, expires_at, used_at"""


class NotEnrolled(CenterError):
    """A machine that can't be enrolled so; `code` says why.

    `code`: no such code, or used or too old; `proof`: a signature that is not by the key; `chain_known`: the
    journal is that of another device; `other_site`: the journal belongs to another site; `tail`: what the new
    chain goes on from is not here.
    """

    def __init__(self, code: str, what: str, next_step: str) -> None:
        super().__init__(what, next_step)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """What a machine asks with; the proofs have been checked by whoever made this.

    `follows` is what its chain goes on from after a fork, "" for nothing.
    """

    chain: str
    key: str
    follows: str
    lanes: Sequence[Lane]
    version: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the chain that a new one goes on from."""

    chain: str
    last: int
    hash: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device and what it needs to know; the token is told this once."""

    device: str
    token: str
    site: str
    title: str
    numbers: list[Lane]


def make_code(
    connection: Connection,
    center: Center,
    home: str,
    name: str,
    title: str = "",
    replaces: str = "",
    hours: float = HOURS,
) -> str:
    """A code such as ABCD-EFGH for one machine of a site; the site is made when it is new.

    `replaces` is the id of the device whose place it takes. Raises CenterError for what can't be.
    """
    _check_code(connection, home, name, title, replaces)
    now = center.clock.now()
    made = connection.run(_NEW_SITE, site=home, title=title or home, clock=hlc.START, now=stamp(now))
    if title and not made:
        connection.run("UPDATE sites SET title = :title WHERE site = :site", title=title, site=home)
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    connection.run(
        _NEW_CODE,
        hash=hashed(code),
        home=home,
        name=name,
        replaces=replaces,
        now=stamp(now),
        until=stamp(now + timedelta(hours=hours)),
    )
    return f"{code[:4]}-{code[4:]}"


def _check_code(connection: Connection, home: str, name: str, title: str, replaces: str) -> None:
    devices.check_name(name)
    if not _SITE.fullmatch(home) or home == "local":
        raise CenterError(
            f"{home!r} can't be the id of a site", "Use letters, digits, _ . - such as city-hall."
        )
    if title:
        devices.check_name(title)
    replaced = devices.find(connection, replaces) if replaces else None
    if replaces and (replaced is None or replaced.home != home):
        raise CenterError(
            f"site {home} has no device {replaces}", "See `kiosk center devices` for their ids."
        )


def enrol(center: Center, code: str, asked: Asked) -> Enrolled:
    """Make a machine a device; the same code, chain and key again give the same device a new token.

    Raises NotEnrolled, and then nothing was changed.
    """
    bare = code.upper().replace("-", "").replace(" ", "")
    with center.store.begin() as connection:
        found = connection.row(_CODE, hash=hashed(bare))
        now = stamp(center.clock.now())
        if found is None or found[3] <= now:
            raise _no_code()
        home, name, replaces, _, used_at = found
        if used_at:
            device = _again(connection, asked, home, used_at)
            return _with_new_token(connection, center, device, asked)
        _check_chain(connection, asked, home, replaces)
        device = _new_device(connection, asked, home, name, now)
        if replaces:
            _replace(connection, replaces, device)
        connection.run(
            "UPDATE enrolments SET used_at = :now WHERE code_hash = :hash", now=now, hash=hashed(bare)
        )
        return _with_new_token(connection, center, device, asked)


def go_on(center: Center, before: Device, asked: Asked, tail: Tail) -> Enrolled:
    """Make the machine whose journal forked a device of its own, which goes on from the tail that it sent.

    Always a new one: whether the other holder of the journal still runs nobody knows. The same chain and key
    again give the same device a new token. Raises NotEnrolled, and then nothing was changed.
    """
    with center.store.begin() as connection:
        # The lock keeps a second request of the same machine waiting, and makes names differ.
        connection.run("UPDATE sites SET feed = feed WHERE site = :home", home=before.home)
        device = connection.value(
            "SELECT device FROM devices WHERE chain = :chain AND key = :key AND copy_of = :before",
            chain=asked.chain,
            key=asked.key,
            before=before.device,
        )
        if device is None:
            _check_tail(connection, before, tail)
            _check_chain(connection, asked, before.home, "")
            name = _next_name(connection, before)
            now = stamp(center.clock.now())
            device = _new_device(connection, asked, before.home, name, now, before.device)
        return _with_new_token(connection, center, device, asked)


def _again(connection: Connection, asked: Asked, home: str, used_at: str) -> str:
    """The device that used a code, when it is the one that asks again because the answer was lost."""
    device: str | None = connection.value(
        """SELECT device FROM devices WHERE chain = :chain AND key = :key AND home = :home
            AND enrolled_at = :used_at AND state = :active""",
        chain=asked.chain,
        key=asked.key,
        home=home,
        used_at=used_at,
        active=ACTIVE,
    )
    if device is None:
        raise _no_code()
    return device


def _check_chain(connection: Connection, asked: Asked, home: str, replaces: str) -> None:
    """Refuse a chain that belongs to somebody else who is still believed."""
    holder = connection.row(
        "SELECT device, name, home FROM devices WHERE chain = :chain AND state = :active",
        chain=asked.chain,
        active=ACTIVE,
    )
    if holder and holder[0] != replaces:
        raise NotEnrolled(
            "chain_known",
            f"this journal is that of the device {holder[1]} of site {holder[2]}",
            "If this is the same machine, make a code with --replaces and that device's id. If its disk was "
            "copied, move kiosk.db and kiosk.db.key of this one away, so that it begins its own journal.",
        )
    known = connection.row("SELECT home, key FROM chains WHERE chain = :chain", chain=asked.chain)
    if known and known[1] != asked.key:
        raise NotEnrolled(
            "chain_known", "this journal has another key than the one known here", "Tell the city's staff."
        )
    if known and known[0] != home:
        raise NotEnrolled(
            "other_site",
            f"what this machine recorded belongs to site {known[0]}",
            f"Make a code for site {known[0]}; or move kiosk.db and kiosk.db.key of this machine away once "
            "everything of it has arrived, so that it begins a new journal for the new site.",
        )


def _check_tail(connection: Connection, before: Device, tail: Tail) -> None:
    """What a new chain goes on from must be here, up to its end, and have come from the device itself."""
    arrived = connection.value(
        """SELECT hash FROM events JOIN chains ON chains.chain = events.chain
            WHERE events.chain = :chain AND seq = :last AND chains.device = :device""",
        chain=tail.chain,
        last=tail.last,
        device=before.device,
    )
    if arrived != tail.hash:
        raise NotEnrolled(
            "tail", "the events before the new journal are not all here", "Send them first, then ask again."
        )


def _next_name(connection: Connection, before: Device) -> str:
    """`Lobby 1 (2)`, or the next number that no device of the site has."""
    stem = re.sub(r" \(\d+\)$", "", before.name)
    taken = {name for (name,) in connection.rows("SELECT name FROM devices WHERE home = :h", h=before.home)}
    number = 2
    while f"{stem} ({number})" in taken:
        number += 1
    return f"{stem} ({number})"


def _new_device(
    connection: Connection, asked: Asked, home: str, name: str, now: str, copy_of: str = ""
) -> str:
    """Write it down, with its chain; nobody has its token yet. By `now` `_again` finds it."""
    device = secrets.token_hex(16)
    connection.run(
        _NEW_DEVICE,
        device=device,
        home=home,
        name=name,
        state=ACTIVE,
        chain=asked.chain,
        key=asked.key,
        hash=hashed(secrets.token_hex(32)),
        now=now,
        version=asked.version,
        copy_of=copy_of,
    )
    moved = connection.run(
        "UPDATE chains SET device = :device WHERE chain = :chain", device=device, chain=asked.chain
    )
    if not moved:
        chains.make(connection, asked.chain, home, device, asked.key, asked.follows, now)
    return device


def _replace(connection: Connection, before: str, device: str) -> None:
    connection.run(
        "UPDATE devices SET state = :replaced, replaced_by = :device WHERE device = :before",
        replaced=REPLACED,
        device=device,
        before=before,
    )
    numbers.hand_over(connection, before, device)


def _with_new_token(connection: Connection, center: Center, device: str, asked: Asked) -> Enrolled:
    token = secrets.token_urlsafe(32)
    site, title = connection.rows(
        """UPDATE devices SET token_hash = :hash WHERE device = :device
            RETURNING home, (SELECT title FROM sites WHERE site = home)""",
        hash=hashed(token),
        device=device,
    )[0]
    blocks = numbers.first_blocks(connection, site, device, asked.lanes, center.clock)
    return Enrolled(device, token, site, title, blocks)


def _no_code() -> NotEnrolled:
    return NotEnrolled(
        "code",
        "this code is not known, was used already, or is too old",
        "See that it is typed as shown, or make a new one: kiosk center enroll SITE NAME.",
    )
