"""What a page of figures was asked for: days, sites, and by what; whatever is not clear is the usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.center.storage import Connection
from kiosk.center.web import staff_reading as reading
from kiosk.clock import Clock
from kiosk.survey.period import Span, chosen

EVERYWHERE = ("", "All sites")


@dataclass(frozen=True)
class Asked:
    """Days, a site ("" for all), and the sites there are to choose from."""

    period: Span
    site: str
    sites: list[tuple[str, str]]

    @property
    def homes(self) -> list[str] | None:
        """As figures take it."""
        return [self.site] if self.site else None

    @property
    def said(self) -> str:
        """The site as people call it."""
        return dict(self.sites)[self.site]


def asked(connection: Connection, clock: Clock, first: str, last: str, site: str) -> Asked:
    """From what stands in an address or form; days the wrong way round are turned."""
    sites = [EVERYWHERE, *((of.site, of.title) for of in reading.sites(connection))]
    days = [_day(first), _day(last)]
    if days[0] and days[1] and days[0] > days[1]:
        days.reverse()
    return Asked(chosen(clock.day(), *days), site if site in dict(sites) else "", sites)


def one_of(value: str, options: tuple[str, ...], usual: str = "") -> str:
    """A value that is allowed, else the usual one."""
    return value if value in options else usual


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
