"""What the City announces on a day, in one language."""

from __future__ import annotations

from datetime import date

from kiosk.catalog.model import Catalog, Holiday
from kiosk.catalog.notices import holidays_near, in_effect
from kiosk.i18n.messages import Messages


def said(catalog: Catalog, messages: Messages, today: date) -> list[str]:
    """Notices in effect, then holidays that are near; the catalogue in the language of the messages."""
    closed = [_closed(holiday, messages) for holiday in holidays_near(catalog, today)]
    return in_effect(catalog, today) + closed


def _closed(holiday: Holiday, messages: Messages) -> str:
    # Dates need Babel's data: most first frames do without.
    from kiosk.i18n.formats import date_line

    day = date_line(holiday.date, messages.language.code)
    return messages.tr("City offices are closed on {date}: {name}", date=day, name=holiday.name)
