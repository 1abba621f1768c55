"""What every part of a running center works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.catalog.model import Catalog
from kiosk.center.keys import Keys
from kiosk.center.storage import Store
from kiosk.clock import Clock


@dataclass(frozen=True)
class Center:
    """One center: its database, its secrets, its time, and the catalogue that was published last.

    `url` is its public address without a slash at the end, such as https://kiosks.example.gov.
    """

    store: Store
    keys: Keys
    clock: Clock
    url: str
    catalog: Callable[[], Catalog]
