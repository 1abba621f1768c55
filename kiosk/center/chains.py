"""The rows of `chains`: how far each chain and each divergent tail has arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kiosk.center.placing import Placement, Slot
from kiosk.center.storage import Connection
from kiosk.center.writing import New
from kiosk.journal.canonical import LARGEST, NO_HASH
from kiosk.journal.event import FIELDS, from_row, root

_FIELDS = ", ".join(FIELDS)
_AROUND = "SELECT seq, hash, code FROM events WHERE chain = :chain AND seq BETWEEN :first AND :last"
_MAKE = """INSERT INTO chains (chain, home, device, key, first, last, last_hash, highest, follows, made_at)
    SELECT :label, home, device, key, :first, :last, '', :last, :follows, :at FROM chains WHERE chain = :chain
    ON CONFLICT (chain) DO NOTHING"""
_NEW = """INSERT INTO chains (chain, home, device, key, first, last, last_hash, highest, follows, made_at)
    VALUES (:chain, :home, :device, :key, 1, 0, :none, 0, :follows, :at) ON CONFLICT (chain) DO NOTHING"""
_END = """SELECT seq, hash FROM events AS it WHERE chain = :chain AND seq >= :start AND NOT EXISTS (
        SELECT 1 FROM events AS next WHERE next.chain = it.chain AND next.seq = it.seq + 1)
    ORDER BY seq LIMIT 1"""
_GO_ON = """UPDATE chains SET last = :seq, last_hash = :hash, highest = :seq
    WHERE chain = :chain AND last = :before AND highest = :before"""
_SETTLE = "UPDATE chains SET last = :last, last_hash = :hash, highest = :highest WHERE chain = :chain"


def make(connection: Connection, chain: str, home: str, device: str, key: str, follows: str, at: str) -> None:
    """Let a chain be known as a device's ("" for the center), from which nothing has arrived yet.

    One that is known stays as it is.
    """
    connection.run(
        _NEW,
        chain=chain,
        home=home,
        device=device,
        key=key,
        none=NO_HASH,
        follows=follows,
        at=at,
    )


def goes_on_from(connection: Connection, chain: str, before: str) -> bool:
    """Whether a machine that has one chain now had the other before, as the chains themselves tell."""
    seen: set[str] = set()
    while chain and chain not in seen:
        seen.add(chain)
        follows = connection.value("SELECT follows FROM chains WHERE chain = :chain", chain=chain)
        chain = root(follows or "")
        if chain == before:
            return True
    return False


def around(connection: Connection, chain: str, first: int, last: int) -> Mapping[Slot, tuple[str, str]]:
    """The hash and the code of every event of a chain with a number from first to last.

    Where the chain has tails, of all of them, and to the end of each: whatever may have to move.
    """
    labels = connection.rows(
        "SELECT chain FROM chains WHERE chain = :chain OR chain LIKE :tails", chain=chain, tails=f"{chain}~%"
    )
    last = last if len(labels) == 1 else LARGEST
    return {
        (label, seq): (seal, code)
        for (label,) in labels
        for seq, seal, code in connection.rows(_AROUND, chain=label, first=first, last=last)
    }


def follows(connection: Connection, chain: str, seq: int, previous: str) -> bool:
    """Whether an event that is there was recorded after the one with a hash."""
    row = connection.row(
        f"SELECT {_FIELDS} FROM events WHERE chain = :chain AND seq = :seq", chain=chain, seq=seq
    )
    if row is None:
        return False
    event = from_row(row)
    sealed = event._replace(chain=root(chain), id=root(event.id))
    return sealed.hashed(previous) == event.hash


def move(connection: Connection, chain: str, placed: Placement, at: str) -> None:
    """Make the rows of new tails, and put events that are there already where they belong."""
    for label, (first, follows) in placed.made.items():
        connection.run(_MAKE, label=label, first=first, last=first - 1, follows=follows, at=at, chain=chain)
    for source, seq, target in placed.moves:
        end, _ = connection.row(_END, chain=source, start=seq) or (seq, "")
        connection.run(
            "UPDATE events SET chain = :target WHERE chain = :source AND seq BETWEEN :seq AND :end",
            source=source,
            target=target,
            seq=seq,
            end=end,
        )


def settle(connection: Connection, new: Sequence[New], placed: Placement) -> None:
    """Note how far each chain has arrived that something was written to."""
    arrived: dict[str, list[New]] = defaultdict(list)
    for each in new:
        arrived[each.label].append(each)
    for source, _, target in placed.moves:
        arrived[source] += []
        arrived[target] += []
    for label, events in arrived.items():
        if placed.moves or not _goes_on(connection, label, events):
            _settle(connection, label)


def _goes_on(connection: Connection, label: str, events: Sequence[New]) -> bool:
    """Note that a chain without gaps goes on with these events; False when that is not so."""
    seq, count = events[-1].event.seq, len(events)
    # They are in order, so that the last one's number tells whether one is missing.
    return bool(
        connection.run(_GO_ON, chain=label, seq=seq, hash=events[-1].hash, before=seq - count)
        if seq - events[0].event.seq == count - 1
        else 0
    )


def _settle(connection: Connection, label: str) -> None:
    """Find out anew how far a chain has arrived; a tail that nothing is left of ends."""
    highest = connection.value("SELECT max(seq) FROM events WHERE chain = :chain", chain=label)
    if highest is None and "~" in label:
        connection.run("DELETE FROM chains WHERE chain = :chain", chain=label)
        return
    first, last, seal = connection.row(
        "SELECT first, last, last_hash FROM chains WHERE chain = :chain", chain=label
    ) or (1, 0, NO_HASH)
    start = max(first, last)
    if connection.value("SELECT 1 FROM events WHERE chain = :chain AND seq = :seq", chain=label, seq=start):
        last, seal = connection.row(_END, chain=label, start=start) or (last, seal)
    connection.run(_SETTLE, last=last, hash=seal, highest=highest or 0, chain=label)
