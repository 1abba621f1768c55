"""Sites, machines and batches for tests of a center."""

from __future__ import annotations

import io
from copy import copy
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from nacl.signing import SigningKey

from kiosk.center.context import Center
from kiosk.clock import Clock, stamp
from kiosk.journal import Event, Journal, hlc, new_id
from kiosk.journal.canonical import NO_HASH
from kiosk.journal.questions import Words
from kiosk.sync import batch as batches
from kiosk.sync.lines import written


def site(center: Center, name: str = "lobby") -> str:
    """A site of a center; its name."""
    with center.store.begin() as connection:
        connection.run(
            """INSERT INTO sites (site, title, feed, folded, clock, made_at)
                VALUES (:site, :title, 0, 0, '000000000000-0000', :at) ON CONFLICT (site) DO NOTHING""",
            site=name,
            title=name.title(),
            at=stamp(center.clock.now()),
        )
    return name


def device(
    center: Center, home: str, path: Path, name: str = "Lobby 1", practice: bool = False
) -> tuple[Journal, str]:
    """A journal in the folder `path`, and the id of the device that it is registered as at a site.

    Its events say the site `local`: the journal itself knows nothing of the center. Close the journal.
    """
    journal = Journal.open(path / "kiosk.db", center.clock, practice=practice, durable=False)
    return journal, register(center, home, journal, name)


def register(center: Center, home: str, journal: Journal | Machine, name: str = "Lobby 1") -> str:
    """Make a journal's chain that of a new device by rows alone; the device's id. Its token is its id."""
    made = new_id()
    key = next(iter(journal.events())).body["key"]
    chain = {
        "chain": journal.chain,
        "home": home,
        "device": made,
        "key": key,
        "at": stamp(center.clock.now()),
    }
    with center.store.begin() as connection:
        connection.run(
            """INSERT INTO devices (device, home, name, state, chain, key, token_hash,
                    enrolled_at, seen_at, skew_ms, version, catalog, copy_of, replaced_by)
                VALUES (:device, :home, :name, 'active', :chain, :key, :token,
                    :at, :at, 0, '', '', '', '')""",
            name=name,
            token=sha256(made.encode()).hexdigest(),
            **chain,
        )
        connection.run(
            """INSERT INTO chains (chain, home, device, key, first, last,
                    last_hash, highest, follows, made_at)
                VALUES (:chain, :home, :device, :key, 1, 0, :hash, 0, '', :at)""",
            hash=NO_HASH,
            **chain,
        )
    return made


def batch(journal: Journal, first: int = 1, last: int = 0) -> bytes:
    """The sealed batch of a journal's events from `first` to `last`, 0 for the latest."""
    out = io.BytesIO()
    end = last or max(event.seq for event in journal.events(first - 1))
    batches.seal(journal, first, end, out)
    return out.getvalue()


class Machine:
    """A chain without a file: a thousand times as fast as a journal, and it can be copied (`fork`)."""

    def __init__(self, clock: Clock, key: SigningKey | None = None, site: str = "local") -> None:
        self.clock = clock
        self.site = site
        self.signing = key or SigningKey.generate()
        self.key = self.signing.verify_key.encode().hex()
        self.chain = new_id()[:8]
        self.held: list[Event] = []
        self.words: dict[str, Words] = {}
        self.append(
            "journal.opened", {"format": 4, "practice": False, "key": self.key, "aside": "", "follows": ""}
        )

    def events(self) -> list[Event]:
        """All that it recorded."""
        return self.held

    def fork(self) -> Machine:
        """A machine with the same past, chain and key."""
        other = copy(self)
        other.held, other.words = list(self.held), dict(self.words)
        return other

    def append(self, kind: str, body: dict[str, Any], text: str = "", **changed: Any) -> Event:
        """Record something, whether `kinds` allows it or not; `changed` are fields of the event."""
        now, last = self.clock.now(), self.held[-1] if self.held else None
        head = (self.chain, len(self.held) + 1, str(uuid4()), self.site, kind, stamp(now))
        clock = hlc.tick(last.clock if last else hlc.START, now)
        event = Event(1, *head, self.clock.day(now).isoformat(), clock, body, "")._replace(**changed)
        event = event._replace(hash=event.hashed(last.hash if last else NO_HASH))
        self.held.append(event)
        if text:
            self.words[event.id] = Words(event.id, kind, body.get("language", ""), event.day, text)
        return event

    def batch(self, first: int = 1, last: int = 0, **changed: Any) -> bytes:
        """Its sealed batch; `changed` are fields of the header."""
        events = self.held[first - 1 : last or None]
        lines = b"".join(event.canonical().encode() + b"\n" for event in events)
        held = [self.words[event.id] for event in events if event.id in self.words]
        texts = b"".join(written(words._asdict()) for words in held)
        header = batches.Header(
            format=batches.FORMAT,
            chain=self.chain,
            site=events[-1].site,
            first=first,
            last=events[-1].seq,
            count=len(events),
            previous=self.held[first - 2].hash if first > 1 else NO_HASH,
            hash=events[-1].hash,
            sha256=sha256(lines).hexdigest(),
            texts=len(held),
            texts_sha256=sha256(texts).hexdigest(),
            practice=False,
            key=self.key,
        )
        head = written(asdict(replace(header, **changed)))
        proof = written({"signature": self.signing.sign(head[:-1]).signature.hex()})
        return head + lines + texts + proof
