"""A page of a site's feed: what the machines of the site, and the center, recorded since a position."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kiosk.journal.canonical import canonical
from kiosk.journal.event import FIELDS, Event, root
from kiosk.sync.answer import is_count, not_center, object_of

Labelled = tuple[str, Event]
"""The chain under which an event is kept (the label of a divergent tail, else its own), and the event."""

_SEALED = FIELDS[:-1]
_TEXTS = ("id", "site", "kind", "at", "day", "clock")
_LABEL = re.compile(r"[a-z0-9]{8}(~[0-9a-f]{8})?")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Page:
    """Events of `site` after a position, in the order of its feed; `next` is where the next page begins.

    A page whose `next` is its `after` says that there is nothing more now. Events keep the bytes they were
    sealed with: `chain` of a divergent tail's events is still the name they were recorded under.
    """

    site: str
    after: int
    next: int
    events: tuple[Labelled, ...]

    def document(self) -> bytes:
        """Canonical JSON; what the center signs is these bytes."""
        listed = ",".join(_written(label, event) for label, event in self.events)
        head = f'{{"after":{self.after},"events":[{listed}],"next":{self.next}'
        return f'{head},"site":{canonical(self.site)}}}'.encode()


def parse(document: bytes) -> Page:
    """The page that a document holds; raises SyncError (`not_center`) when it is none.

    Whose it is only the signature that came with it says: kiosk.sync.answer.signed_by.
    """
    values = object_of(document, "a page")
    if (
        values.keys() != {"site", "after", "next", "events"}
        or not isinstance(values["site"], str)
        or not is_count(values["after"])
        or not is_count(values["next"])
        or values["next"] < values["after"]
        or not isinstance(values["events"], list)
    ):
        raise not_center("a page")
    events = tuple(map(_labelled, values["events"]))
    return Page(values["site"], values["after"], values["next"], events)


def _written(label: str, event: Event) -> str:
    """Canonical by hand, as the event's own text is already."""
    text = event._replace(chain=root(label)).canonical()
    return f'{{"chain":"{label}","event":{text},"hash":"{event.hash}"}}'


def _labelled(value: Any) -> Labelled:
    if not isinstance(value, dict) or value.keys() != {"chain", "event", "hash"}:
        raise not_center("a page")
    label, held, seal = value["chain"], value["event"], value["hash"]
    if not (
        isinstance(label, str)
        and _LABEL.fullmatch(label)
        and isinstance(seal, str)
        and _HASH.fullmatch(seal)
        and isinstance(held, dict)
        and held.keys() == set(_SEALED)
        and held["chain"] == root(label)
        and all(isinstance(held[name], str) for name in _TEXTS)
        and is_count(held["v"])
        and is_count(held["seq"])
        and isinstance(held["body"], dict)
    ):
        raise not_center("a page")
    return label, Event(**held, hash=seal)
