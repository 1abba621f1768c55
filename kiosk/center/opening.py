"""Opening a center: its folder, its database, its keys and the address it was given."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from kiosk import settings as settings_module
from kiosk.catalog.model import Catalog
from kiosk.center import keys as center_keys
from kiosk.center.context import Center
from kiosk.center.settings import Serving
from kiosk.center.storage import Store, sqlite_url
from kiosk.clock import Clock
from kiosk.errors import CenterError

_REMEMBER = """INSERT INTO center (name, value) VALUES ('url', :url)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
_OWN = re.compile(r"http://127\.0\.0\.1:[0-9]+", re.ASCII)
_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~/-]*)?", re.ASCII)


def open_center(folder: Path, database: str = "", url: str = "") -> Center:
    """The center of a folder, made at the first time; its tables are brought up to date.

    `database` is SQLAlchemy's address, a SQLite file in the folder without; a `url` that is given is
    remembered for all who open it later. Raises CenterError, and SettingsError for the folder's kiosk.toml.
    """
    keys = center_keys.load(folder)
    settings = settings_module.load(folder)
    store = Store.open(database or sqlite_url(folder))
    try:
        center_keys.settle(store, keys)
        clock = Clock(settings.timezone, settings.day_starts)
        center = Center(store, keys, clock, _address(store, url), lambda: _catalog(center))
    except BaseException:
        store.close()
        raise
    return center


def listening(center: Center, port: int) -> Center:
    """The center as it listens: an address of this machine alone, which nobody had to give, has its port."""
    if not _OWN.fullmatch(center.url):
        return center
    return replace(center, url=_address(center.store, Serving(port=port).address))


def _catalog(center: Center) -> Catalog:
    from kiosk.center import publishing

    return publishing.catalog(center)


def _address(store: Store, url: str) -> str:
    """The public address: the one given now, else the one given last."""
    if not url:
        with store.read() as connection:
            known = connection.value("SELECT value FROM center WHERE name = 'url'")
        return str(known or Serving().address)
    if not _URL.fullmatch(url):
        raise CenterError(f"{url} is not the address of a center", "Write it as https://kiosks.example.gov")
    url = url.rstrip("/")
    with store.begin() as connection:
        connection.run(_REMEMBER, url=url)
    return url
