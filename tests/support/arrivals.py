"""Events that have arrived at a center, in any order, without the batches that bring them."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.center.context import Center
from kiosk.center.folds import RESPONSE, TICKET, folded_with
from kiosk.clock import stamp
from kiosk.journal import Journal
from kiosk.journal.canonical import canonical
from kiosk.journal.event import Event


def subject(event: Event) -> str:
    """What the ledger says that an event is folded with."""
    what = folded_with(event.kind)
    return event.body[what if what in (TICKET, RESPONSE) else "unit"] if what else ""


def arrive(center: Center, home: str, events: Iterable[Event]) -> None:
    """Put events into a site's feed in the order given; each chain must be known."""
    with center.store.begin() as connection:
        position = connection.value("SELECT feed FROM sites WHERE site = :home", home=home)
        rows = [
            event._asdict()
            | {
                "body": canonical(event.body),
                "home": home,
                "position": number,
                "subject": subject(event),
                "code": "",
                "received_at": stamp(center.clock.now()),
            }
            for number, event in enumerate(events, position + 1)
        ]
        names = list(rows[0]) if rows else []
        values = ", ".join(f":{name}" for name in names)
        connection.many(f"INSERT INTO events ({', '.join(names)}) VALUES ({values})", rows)
        connection.run(
            "UPDATE sites SET feed = :feed WHERE site = :home", feed=position + len(rows), home=home
        )


def texts(center: Center, home: str, journal: Journal) -> None:
    """Bring the visitors' words that a journal still holds."""
    last = max(event.seq for event in journal.events())
    with center.store.begin() as connection:
        connection.many(
            """INSERT INTO texts (event_id, home, kind, language, day, text)
                VALUES (:event, :home, :kind, :language, :day, :text)""",
            [words._asdict() | {"home": home} for words in journal.texts_between(1, last)],
        )
