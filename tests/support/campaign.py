"""Kiosks that go through a fault, and what must be true of them and their center afterwards."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

from click.testing import CliRunner

from kiosk.catalog.load import load
from kiosk.catalog.model import Catalog
from kiosk.center.context import Center
from kiosk.clock import Clock
from kiosk.commands.group import group
from kiosk.errors import SyncError
from kiosk.journal import Journal, new_id
from kiosk.journal.canonical import NO_HASH
from kiosk.journal.event import FIELDS, Event, from_row, root
from kiosk.settings import Settings
from kiosk.survey.conduct import About, Conduct
from kiosk.sync import membership, receipt
from kiosk.sync.agent import now
from kiosk.sync.exchange import Done, ranges
from kiosk.sync.joining import enroll
from tests.support.center_server import code

SERVICES = Path(__file__).parents[1] / "data" / "services.yaml"
SITE = "lobby"
_COUNTED = re.compile(r"(\d+) surveys? taken, (\d+) at center")
_DOUBT = re.compile(r"waiting to be sent|would not take|What to do|^Since ", re.MULTILINE)


@cache
def catalog() -> Catalog:
    """What every kiosk offers."""
    return load(SERVICES)


class Kiosk:
    """A data folder with an open journal."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self.data, self.clock = data, clock
        self.settings = Settings(data=data, services=SERVICES)
        self.journal = Journal.open(data / "kiosk.db", clock, durable=False)

    def enroll(self, center: Center, url: str, name: str = "Lobby 1") -> Kiosk:
        """Make it a device of the site; itself."""
        enroll(self.journal, url, code(center, SITE, name), ranges(catalog()), self.clock)
        return self

    def reached_by(self, url: str) -> Kiosk:
        """Let it find the center at another address; itself."""
        membership.store(self.data, replace(membership.needed(self.data), url=url))
        return self

    def record(self, surveys: int = 1) -> None:
        """Surveys that are answered to their end."""
        conduct = Conduct(self.journal, catalog, self.clock)
        for _ in range(surveys):
            begun = conduct.begin(new_id(), About("served"), "en", catalog().survey, Random(1))
            for asked in begun.statements:
                given = {"response": begun.response, "statement": asked.id, "answer": "4"}
                self.journal.append("survey.answered", given)
            self.journal.append("survey.completed", {"response": begun.response})

    def send(self) -> Done:
        """As `kiosk sync --once`."""
        return now(self.settings, self.journal, self.clock, lambda done, total: None)

    def send_until_it_works(self, tries: int = 20) -> int:
        """How many times it failed before."""
        for failed in range(tries):
            try:
                self.send()
            except SyncError:
                continue
            return failed
        raise AssertionError(f"it does not get through, after {tries} tries")

    def own(self) -> Iterator[Event]:
        """All that it recorded itself, under each chain that it had; of a copy also what was before."""
        for chain, _, last in self.journal.stretches():
            yield from (event for event in self.journal.events(0, chain) if event.seq <= last)

    def ids(self) -> set[str]:
        """Of all events that it holds."""
        return {name for (name,) in self.journal.rows("SELECT id FROM events")}

    def close(self) -> None:
        self.journal.close()


def whole(center: Center, *kiosks: Kiosk, lost: Collection[str] = ()) -> None:
    """Send and take in a last time; then every event is at the center once, and nothing is in doubt.

    `lost` are events of the center's own that went when a backup was put back; kiosks may still hold them.
    """
    for kiosk in (*kiosks, *kiosks):
        kiosk.send()
    at_center = _events(center)
    of_devices = [event.id for event in at_center if _device_of(center, event.chain)]
    recorded = {event.id: event.hash for kiosk in kiosks for event in kiosk.own()}
    assert Counter(of_devices) == Counter(recorded.keys()), "each event of the kiosks is there just once"
    assert {event.id: event.hash for event in at_center if event.id in recorded} == recorded
    _chains_are_whole(center, at_center)
    everything = {event.id for event in at_center}
    for kiosk in kiosks:
        assert kiosk.ids() - set(lost) == everything, "whoever belongs to the site has all of it"
        _receipts_prove_it(center, kiosk)
        assert kiosk.journal.verify().bad_seq is None
        _status_says_so(kiosk)


def _events(center: Center) -> list[Event]:
    with center.store.read() as connection:
        rows = connection.rows(f"SELECT {', '.join(FIELDS)} FROM events ORDER BY chain, seq")
        codes = connection.rows("SELECT chain, seq, code FROM events WHERE code <> ''")
        assert not codes, "nothing lies in quarantine"
        for home, feed in connection.rows("SELECT site, feed FROM sites"):
            places = connection.rows("SELECT position FROM events WHERE home = :home", home=home)
            assert sorted(place for (place,) in places) == list(range(1, feed + 1))
    return [from_row(row) for row in rows]


def _device_of(center: Center, chain: str) -> str:
    with center.store.read() as connection:
        found = connection.value("SELECT device FROM chains WHERE chain = :chain", chain=chain)
    return str(found)


def _chains_are_whole(center: Center, events: list[Event]) -> None:
    """Every event follows the one before, in its chain or in the one that its tail goes on from."""
    hashes = {(event.chain, event.seq): event.hash for event in events}
    assert len(hashes) == len(events)
    chains = defaultdict(list)
    for event in events:
        chains[event.chain].append(event)
    with center.store.read() as connection:
        rows = connection.rows("SELECT chain, first, last, last_hash, highest, follows FROM chains")
    assert {row[0] for row in rows if row[4]} == set(chains)
    for chain, first, last, last_hash, highest, follows in rows:
        own = chains[chain]
        if not own:
            continue
        assert (own[0].seq, own[-1].seq, own[-1].seq, own[-1].hash) == (first, last, highest, last_hash)
        assert all(later.seq == earlier.seq + 1 for earlier, later in pairwise(own))
        previous = NO_HASH if first == 1 else hashes[follows, first - 1]
        for event in own:
            assert event._replace(chain=root(chain)).hashed(previous) == event.hash
            previous = event.hash


def _receipts_prove_it(center: Center, kiosk: Kiosk) -> None:
    """Each was signed by the center, and together they are for all of the own chain."""
    rows = kiosk.journal.receipts()
    covered: set[int] = set()
    for row in rows:
        told = receipt.parse(row.document.encode())
        assert receipt.verify(told, center.keys.key)
        assert (told.sha256, told.chain, told.first, told.last) == (
            row.sha256,
            row.chain,
            row.first,
            row.last,
        )
        if row.chain == kiosk.journal.chain:
            covered |= set(range(row.first, row.last + 1))
    last = kiosk.journal.head()[0]
    assert covered == set(range(1, last + 1))
    assert kiosk.journal.delivered() == last


def _status_says_so(kiosk: Kiosk) -> None:
    said = run_kiosk(kiosk.data, "sync", "status")
    counted = _COUNTED.search(said)
    assert counted, said
    completed = sum(event.kind == "survey.completed" for event in kiosk.own())
    assert [int(number) for number in counted.groups()] == [completed, completed], said
    assert "no receipt yet" not in said
    assert not _DOUBT.search(said), said


def run_kiosk(data: Path, *arguments: str) -> str:
    """What a command of a kiosk says; it must end well."""
    result = CliRunner().invoke(group, ["--data", str(data), "--services", str(SERVICES), *arguments])
    assert result.exit_code == 0, result.output
    return result.output
