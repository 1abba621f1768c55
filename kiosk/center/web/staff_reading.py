"""What staff pages show of sites and devices, read from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kiosk.center import devices
from kiosk.center.devices import ACTIVE, Known
from kiosk.center.storage import Connection
from kiosk.center.web.staff_words import Words

RECENT = 50
"""Rows of a list that only shows the latest."""


class Site(NamedTuple):
    """A site's id and what it is called."""

    site: str
    title: str


class Batch(NamedTuple):
    """A batch that was taken; `via` is network or stick."""

    first: int
    last: int
    via: str
    accepted: int
    duplicate: int
    rejected: int
    received_at: str
    chain: str


class Refusal(NamedTuple):
    """What was not taken; `name` of the file, "" from the network."""

    at: str
    via: str
    name: str
    code: str
    what: str


class Held(NamedTuple):
    """An event in quarantine."""

    chain: str
    seq: int
    kind: str
    day: str
    code: str
    received_at: str


class Chain(NamedTuple):
    """A chain of a device: what arrived of it in one piece, up to where, and what it follows."""

    chain: str
    first: int
    last: int
    highest: int
    follows: str
    made_at: str


@dataclass(frozen=True)
class Shown:
    """A device with what needs somebody's attention, in words; nothing for one that is not in use."""

    known: Known
    catalog: str
    copy_of: str
    concerns: tuple[str, ...]


def sites(connection: Connection) -> list[Site]:
    """All sites by title."""
    return [Site(*row) for row in connection.rows("SELECT site, title FROM sites ORDER BY title, site")]


def shown(connection: Connection, words: Words) -> list[Shown]:
    """All devices as the list has them."""
    found = devices.known(connection)
    names = {of.device.device: of.device.name for of in found}
    versions = dict(connection.rows("SELECT sha256, version FROM catalogs ORDER BY version"))
    return [
        Shown(
            of,
            _catalog(of.device.catalog, versions),
            names.get(of.device.copy_of, ""),
            tuple(_concerns(of, words)),
        )
        for of in found
    ]


def _catalog(sha256: str, versions: dict[str, int]) -> str:
    if not sha256:
        return "its own"
    return f"version {versions[sha256]}" if sha256 in versions else "unknown"


def _concerns(known: Known, words: Words) -> list[str]:
    device = known.device
    found: list[str] = []
    if device.state != ACTIVE:
        return found
    if not device.seen_at:
        found.append("Not heard of yet")
    elif words.late(device.seen_at):
        found.append(f"Not heard of since {words.time(device.seen_at)}")
    if known.gap:
        found.append("Events are missing in between")
    if known.quarantined:
        found.append(f"{words.many(known.quarantined, 'event')} in quarantine")
    if words.off(device.skew_ms):
        found.append(f"Its clock is {words.skew(device.skew_ms)}")
    if device.copy_of:
        found.append("A copy of another device")
    return found


def chains(connection: Connection, device: str) -> list[Chain]:
    """The chains of a device, the oldest first."""
    rows = connection.rows(
        """SELECT chain, first, last, highest, follows, made_at FROM chains
           WHERE device = :device ORDER BY made_at, chain""",
        device=device,
    )
    return [Chain(*row) for row in rows]


def batches(connection: Connection, device: str) -> list[Batch]:
    """The latest batches of a device."""
    rows = connection.rows(
        """SELECT first, last, via, accepted, duplicate, rejected, received_at, chain FROM batches
           WHERE device = :device ORDER BY number DESC LIMIT :limit""",
        device=device,
        limit=RECENT,
    )
    return [Batch(*row) for row in rows]


def refusals(connection: Connection, device: str = "") -> list[Refusal]:
    """The latest refusals of a device; without one, of those that are nobody's."""
    rows = connection.rows(
        """SELECT at, via, name, code, what FROM refusals
           WHERE device = :device ORDER BY number DESC LIMIT :limit""",
        device=device,
        limit=RECENT,
    )
    return [Refusal(*row) for row in rows]


def quarantine(connection: Connection, device: str) -> list[Held]:
    """The latest events of a device that do not count, without their content."""
    rows = connection.rows(
        """SELECT events.chain, seq, kind, day, code, received_at
           FROM events JOIN chains ON chains.chain = events.chain
           WHERE chains.device = :device AND code <> ''
           ORDER BY received_at DESC, seq DESC LIMIT :limit""",
        device=device,
        limit=RECENT,
    )
    return [Held(*row) for row in rows]
