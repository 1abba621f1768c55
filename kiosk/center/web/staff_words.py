"""How staff pages say times, numbers and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from kiosk.clock import Clock
from kiosk.i18n.formats import clock_time, number
from kiosk.i18n.languages import LANGUAGES, SOURCE

LATE_MINUTES = 60
"""A device that was not heard of for so long is pointed out."""
WRONG_CLOCK = 60_000
"""Milliseconds by which a device's clock may differ before it is pointed out."""


class Item(NamedTuple):
    """An entry of the navigation, and who sees it."""

    path: str
    name: str
    role: str


NAVIGATION = (
    Item("/staff/devices", "Devices", "viewer"),
    Item("/staff/scorecard", "Scorecard", "viewer"),
    Item("/staff/waits", "Waits", "viewer"),
    Item("/staff/searches", "Searches", "staff"),
    Item("/staff/comments", "Comments", "staff"),
    Item("/staff/exports", "Exports", "staff"),
    Item("/staff/catalog", "Catalogue", "editor"),
    Item("/staff/accounts", "Accounts", "admin"),
    Item("/staff/tokens", "Tokens", "admin"),
    Item("/staff/audit", "Audit log", "admin"),
)

DONE = {
    "renamed": "The device has its new name.",
    "revoked": "The device is revoked: nothing it sends is taken any more.",
    "redacted": "The words are taken out.",
    "rolled_back": "The earlier catalogue is published again. Kiosks take it within some minutes.",
    "role": "The role is changed.",
    "disabled": "The account is disabled and signed out.",
    "enabled": "The account can sign in again.",
    "password": "Your password is changed.",
    "token_revoked": "The token is revoked.",
}
"""What a page says about what was done before it, by the word in its address."""

STATES = {"active": "in use", "revoked": "revoked", "replaced": "replaced"}


@dataclass(frozen=True)
class Words:
    """Writes what a page shows, as people in the city's zone say it."""

    clock: Clock

    def time(self, stamp: str) -> str:
        """A moment: "Nov 23, 10:41 AM", with the year when it is another one; "never" for none."""
        if not stamp:
            return "never"
        local = self.clock.local(datetime.fromisoformat(stamp))
        return f"{self.day_of(stamp)}, {clock_time(local.time(), SOURCE)}"

    def day_of(self, stamp: str) -> str:
        """The local day of a moment."""
        return self.day(self.clock.local(datetime.fromisoformat(stamp)).date())

    def day(self, day: date | str) -> str:
        """A day: "Nov 23", with the year when it is another one; what is no day as it stands."""
        try:
            of = date.fromisoformat(day) if isinstance(day, str) else day
        except ValueError:
            return str(day)
        year = "" if of.year == self.clock.day().year else f", {of.year}"
        return f"{of:%b} {of.day}{year}"

    def ago(self, stamp: str) -> str:
        """How long ago: "just now", "5 minutes ago", "3 days ago", "never"."""
        if not stamp:
            return "never"
        minutes = self.minutes_since(stamp)
        if minutes < 1:
            return "just now"
        for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
            if minutes >= size:
                return f"{_many(minutes // size, name)} ago"
        raise AssertionError("a minute or more is some minutes")

    def minutes_since(self, stamp: str) -> int:
        """Whole minutes, 0 for what lies ahead."""
        return max(int((self.clock.now() - datetime.fromisoformat(stamp)).total_seconds() // 60), 0)

    def late(self, stamp: str) -> bool:
        """Whether a device should have been heard of since."""
        return bool(stamp) and self.minutes_since(stamp) >= LATE_MINUTES

    def skew(self, milliseconds: int) -> str:
        """How far a clock is off: "right", "40 s behind", "2 min ahead"."""
        seconds = round(abs(milliseconds) / 1000)
        if seconds < 5:
            return "right"
        side = "ahead" if milliseconds > 0 else "behind"
        if seconds < 120:
            return f"{seconds} s {side}"
        if seconds < 7200:
            return f"{seconds // 60} min {side}"
        return f"{_many(seconds // 3600, 'hour')} {side}"

    def off(self, milliseconds: int) -> bool:
        """Whether a clock is so far off that somebody should set it."""
        return abs(milliseconds) >= WRONG_CLOCK

    def number(self, value: int) -> str:
        """With separators: "12,480"."""
        return number(value, SOURCE)

    def many(self, count: int, one: str, several: str = "") -> str:
        """A number with its word: "1 event", "12,480 events"."""
        return f"{self.number(count)} {one if count == 1 else several or f'{one}s'}"

    def percent(self, share: float | None) -> str:
        """A share: "82%", "–" for none."""
        return "–" if share is None else f"{share:.0%}"

    def language(self, code: str) -> str:
        """What a language is called in English."""
        return LANGUAGES[code].english if code in LANGUAGES else code or "–"


def _many(count: int, name: str) -> str:
    return f"{count} {name if count == 1 else f'{name}s'}"
