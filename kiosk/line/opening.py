"""Whether a lane gives tickets now, why it does not, and when it next does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kiosk.catalog.model import WEEK, Holiday, Lane

DAYS_AHEAD = 14
"""How far the next opening is looked for; beyond it a visitor is better told nothing."""
MIDNIGHT = "24:00"

Span = tuple[datetime, datetime]
"""From a moment to another, the second not included."""


@dataclass(frozen=True)
class Opening:
    """Whether a lane gives tickets at a moment.

    `reason` is "" while it does, `closed` outside its hours or days, `holiday` with its name in
    `holiday`, or `last_ticket` when it still serves but takes nobody in. `next_open` is local, None
    while open or when it does not open within two weeks; `closes` is when today's tickets end, local,
    None while closed or for a lane without hours.
    """

    open: bool
    reason: str = ""
    holiday: str = ""
    next_open: datetime | None = None
    closes: datetime | None = None


def opening(lane: Lane, holidays: Sequence[Holiday], closed_on: Sequence[str], now: datetime) -> Opening:
    """The opening of a lane at `now`, an aware local time.

    `closed_on` are ISO dates on which the service that is asked for is closed. A holiday that the City
    has not confirmed (`example`) closes nothing, and none closes a lane without hours.
    """
    zone, moment = now.tzinfo, now.astimezone(UTC)
    free = {holiday.date: holiday.name for holiday in holidays if lane.hours and not holiday.example}
    days = [now.date() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)]
    offered = [day for day in days if day.isoformat() not in free and day.isoformat() not in closed_on]
    today = now.date() in offered
    end = _end(_spans(lane, now.date(), zone, lane.last_ticket), moment) if today else None
    if end:
        return Opening(True, closes=end.astimezone(zone) if lane.hours else None)
    starts = (start for day in offered for start, _ in _spans(lane, day, zone, lane.last_ticket))
    coming = next((start for start in starts if start > moment), None)
    holiday = free.get(now.date().isoformat(), "")
    serving = today and _end(_spans(lane, now.date(), zone), moment)
    reason = "holiday" if holiday else "last_ticket" if serving else "closed"
    return Opening(False, reason, holiday, coming.astimezone(zone) if coming else None)


def _end(spans: list[Span], moment: datetime) -> datetime | None:
    """When the span that a moment lies in ends; None in between."""
    return next((end for start, end in spans if start <= moment < end), None)


def _spans(lane: Lane, day: date, zone: tzinfo | None, last: str = "") -> list[Span]:
    """When a lane is open on a day, up to the last ticket where one is given, in order, in UTC."""
    until = last or MIDNIGHT
    rows = [(opens, min(closes, until)) for opens, closes in _rows(lane, day) if opens < until]
    spans = [(_moment(day, opens, zone), _latest(day, closes, zone)) for opens, closes in rows]
    return sorted((start, end) for start, end in spans if start < end)


def _rows(lane: Lane, day: date) -> list[tuple[str, str]]:
    """The hours of a day; rows that touch are one, as nothing ends between them."""
    if not lane.hours:
        return [("00:00", MIDNIGHT)]
    of_day = sorted((row.open, row.close) for row in lane.hours if WEEK[day.weekday()] in row.days)
    rows: list[tuple[str, str]] = []
    for opens, closes in of_day:
        if rows and opens <= rows[-1][1]:
            rows[-1] = rows[-1][0], max(closes, rows[-1][1])
        else:
            rows.append((opens, closes))
    return rows


def _moment(day: date, clock: str, zone: tzinfo | None, fold: int = 0) -> datetime:
    """A local time of day in UTC; one that is skipped in spring comes as much later as was skipped."""
    if clock == MIDNIGHT:
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), zone).replace(fold=fold).astimezone(UTC)


def _latest(day: date, clock: str, zone: tzinfo | None) -> datetime:
    """A closing time in UTC; of two, in autumn, the second, so that nobody is sent away early."""
    return max(_moment(day, clock, zone), _moment(day, clock, zone, fold=1))
