"""What the City wants said today: notices in effect, and holidays that are near."""

from __future__ import annotations

from datetime import date, timedelta

from kiosk.catalog.model import Catalog, Holiday

AHEAD = timedelta(days=3)
"""How long before a holiday it is announced."""


def in_effect(catalog: Catalog, today: date) -> list[str]:
    """The texts of notices that hold on a local business day."""
    return [notice.text for notice in catalog.notices if notice.start <= today.isoformat() <= notice.end]


def holidays_near(catalog: Catalog, today: date) -> list[Holiday]:
    """Holidays from today on for three days; one the City has not confirmed is not announced as fact."""
    first, last = today.isoformat(), (today + AHEAD).isoformat()
    return [holiday for holiday in catalog.holidays if not holiday.example and first <= holiday.date <= last]
