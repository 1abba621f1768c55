"""What a phone finds at the center: a ticket's page and short links, once this machine belongs to one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import SyncError

if TYPE_CHECKING:
    from kiosk.catalog.model import Service

ROWS = 24
"""Rows of half blocks that a code may take: the smallest usual screen."""


def center_url(data: Path, practice: bool = False) -> str:
    """The address of the center that phones can open, without a slash at the end; "" where there is none.

    A center without https is one of a network of its own, which a visitor's phone is not in.
    """
    from kiosk.sync import membership

    try:
        known = None if practice else membership.load(data)
    except SyncError:
        # Staff are told where it is sent; a visitor gets the form's own code.
        return ""
    return known.url if known and known.url.startswith("https://") else ""


def service_link(service: Service, url: str) -> str:
    """What the code of a service holds: its short link at the center, where that makes the code no worse.

    A short address of the City's own stays unless the center's is shorter.
    """
    from kiosk.devices.qr import rows_needed

    own, short = service.link, f"{url}/s/{service.id}"
    if not url or not own.startswith("http") or rows_needed(short) > ROWS:
        return own
    return short if len(short) < len(own) or not service.short_url else own
