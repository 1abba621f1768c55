"""The machines that are enrolled: who asks, when each was seen last, and which are not believed any more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from kiosk.center import numbers
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.center.tokens import hashed
from kiosk.clock import Clock, stamp
from kiosk.errors import CenterError

ACTIVE, REVOKED, REPLACED = "active", "revoked", "replaced"

SEEN_EVERY = timedelta(seconds=30)
"""How often it is written down that a device was seen, as long as nothing else about it changed."""

LONGEST_NAME = 60
"""Characters of a device's name, or of a site's title."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}", re.ASCII)
_CATALOG = re.compile(r"([0-9a-f]{64})?", re.ASCII)
_LARGEST_SKEW = 10**12
"""Milliseconds; a clock that is set further off than 30 years is only said to be that far off."""

_COLUMNS = "device, home, name, state, chain, key, seen_at, skew_ms, version, catalog, copy_of, replaced_by"

_LIST = f"""SELECT {_COLUMNS}, enrolled_at,
    (SELECT CAST(coalesce(sum(last - first + 1), 0) AS BIGINT) FROM chains
        WHERE chains.device = devices.device),
    (SELECT coalesce(max(highest - last), 0) FROM chains WHERE chains.device = devices.device),
    (SELECT count(*) FROM events JOIN chains ON chains.chain = events.chain
        WHERE chains.device = devices.device AND code <> ''),
    (SELECT coalesce(max(received_at), '') FROM batches WHERE batches.device = devices.device)
    FROM devices"""


class Device(NamedTuple):
    """A row of `devices`; see the table."""

    device: str
    home: str
    name: str
    state: str
    chain: str
    key: str
    seen_at: str
    skew_ms: int
    version: str
    catalog: str
    copy_of: str
    replaced_by: str


@dataclass(frozen=True, slots=True)
class Known:
    """A device as staff see it.

    `events` of its chains are here without a gap; `gap` is how far beyond them something came early;
    `quarantined` do not count; `delivered_at` is when its latest batch came, "" before the first.
    """

    device: Device
    enrolled_at: str
    events: int
    gap: int
    quarantined: int
    delivered_at: str


def of_token(connection: Connection, token: str) -> Device | None:
    """Whose token it is, in whatever state that device is."""
    row = connection.row(f"SELECT {_COLUMNS} FROM devices WHERE token_hash = :hash", hash=hashed(token))
    return Device(*row) if row else None


def find(connection: Connection, device: str) -> Device | None:
    """The device with an id."""
    row = connection.row(f"SELECT {_COLUMNS} FROM devices WHERE device = :device", device=device)
    return Device(*row) if row else None


def known(connection: Connection, home: str = "") -> list[Known]:
    """All devices, or a site's, by site and name."""
    rows = connection.rows(
        f"{_LIST} WHERE :home = '' OR home = :home ORDER BY home, name, enrolled_at, device", home=home
    )
    width = len(Device._fields)
    return [Known(Device(*row[:width]), *row[width:]) for row in rows]


def note_seen(center: Center, device: Device, told: Mapping[str, str]) -> None:
    """Write down that a device asked something, and what it tells of itself in its headers.

    What does not have the right form is passed over: it is only for staff to look at.
    """
    now = center.clock.now()
    version = told.get("kiosk-version", "")
    version = version if _VERSION.fullmatch(version) else device.version
    catalog = told.get("kiosk-catalog", device.catalog)
    catalog = catalog if _CATALOG.fullmatch(catalog) else device.catalog
    recent = device.seen_at and stamp(now - SEEN_EVERY) < device.seen_at <= stamp(now)
    if recent and (version, catalog) == (device.version, device.catalog):
        return
    skew = _skew(told.get("kiosk-time", ""), now)
    with center.store.begin() as connection:
        connection.run(
            """UPDATE devices SET seen_at = :now, version = :version, catalog = :catalog, skew_ms = :skew
                WHERE device = :device""",
            now=stamp(now),
            version=version,
            catalog=catalog,
            skew=device.skew_ms if skew is None else skew,
            device=device.device,
        )


def revoke(connection: Connection, device: str, clock: Clock) -> Device:
    """Believe a device nothing any more; what it sent stays, its ticket numbers are free from the next day.

    Raises CenterError when there is none that is believed.
    """
    changed = connection.run(
        "UPDATE devices SET state = :revoked WHERE device = :device AND state = :active",
        revoked=REVOKED,
        active=ACTIVE,
        device=device,
    )
    found = _existing(connection, device)
    if not changed:
        raise CenterError(f"{found.name} is {found.state} already", "Nothing more is to be done.")
    numbers.release(connection, device, clock)
    return found


def rename(connection: Connection, device: str, name: str) -> Device:
    """Call a device something else; raises CenterError when there is none, or for a name that can't be."""
    check_name(name)
    connection.run("UPDATE devices SET name = :name WHERE device = :device", name=name, device=device)
    return _existing(connection, device)


def check_name(name: str) -> None:
    """Raises CenterError for a name of a device or title of a site that can't be shown in one line."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise CenterError(f"{name!r} can't be a name", "Write 1 to 60 characters in one line: Lobby 1.")


def _existing(connection: Connection, device: str) -> Device:
    found = find(connection, device)
    if found is None:
        raise CenterError("there is no such device", "See `kiosk center devices` for their ids.")
    return found


def _skew(told: str, now: datetime) -> int | None:
    """How far a device's clock is ahead of ours, in milliseconds; None when it tells no time."""
    if not _TIME.fullmatch(told):
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    skew = (moment - now) // timedelta(milliseconds=1)
    return max(-_LARGEST_SKEW, min(_LARGEST_SKEW, skew))
