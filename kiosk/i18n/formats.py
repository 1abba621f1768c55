"""Dates, times, opening hours, money and numbers as each language writes them (Babel, imported when needed).

A language is given by its code, a date as such or as ISO text. Digits are Western in every language, so
that times, prices and numbers match the building's signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from kiosk.i18n.messages import Messages

if TYPE_CHECKING:
    from babel import Locale

AMERICAN = {"en": "en_US", "es": "es_US"}
"""Where the language of the United States has conventions of its own."""
CURRENCY = "USD"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLAIN = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200e": None, "\u200f": None, "\u061c": None}
)
"""Typographic spaces become plain ones: terminal fonts lack some; direction marks are not for cells."""
YEAR = re.compile(r"[,،]?\s*(?:'de'\s*)?y年?\s*")


class OpeningHours(Protocol):
    """One row of opening hours, as the catalogue has it."""

    @property
    def days(self) -> Sequence[str]: ...
    @property
    def open(self) -> str: ...
    @property
    def close(self) -> str: ...
    @property
    def note(self) -> str: ...


def date_line(day: date | str, language: str) -> str:
    """Weekday, month and day: "Monday, November 23"."""
    from babel.dates import format_date

    locale = _locale(language)
    return _tidy(
        format_date(_date(day), YEAR.sub("", str(locale.date_formats["full"].pattern)), locale=locale)
    )


def full_date(day: date | str, language: str) -> str:
    """Weekday and date with the year, as for a holiday: "Thursday, November 26, 2026"."""
    from babel.dates import format_date

    return _tidy(format_date(_date(day), "full", locale=_locale(language)))


def month_line(day: date | str, language: str) -> str:
    """Month and year: "November 2026"."""
    from babel.dates import format_skeleton

    return _tidy(format_skeleton("yMMMM", _date(day), locale=_locale(language)))


def clock_time(moment: time, language: str) -> str:
    """Hours and minutes: "4:41 PM", "16:41"."""
    from babel.dates import format_time

    return _plain(format_time(moment, "short", locale=_locale(language)))


def date_and_time(moment: datetime, language: str) -> str:
    """The line of the top bar, of a local time: "Monday, November 23 · 4:41 PM"."""
    return f"{date_line(moment.date(), language)} · {clock_time(moment.time(), language)}"


def money(amount: str, language: str) -> str:
    """Dollars from a decimal string: "$1.50".

    Every language gets the form of the building's bills and signs; "1,50 US$" would be right Vietnamese,
    but nobody here prints it.
    """
    from babel.numbers import format_currency

    pattern = "¤#,##0.00" if "." in amount else "¤#,##0"
    return format_currency(Decimal(amount), CURRENCY, pattern, locale="en_US", currency_digits=False)


def number(value: int | Decimal, language: str) -> str:
    """A number with the language's separators."""
    from babel.numbers import format_decimal

    return _plain(format_decimal(value, locale=_locale(language), numbering_system="latn"))


def name_of_language(code: str, language: str) -> str:
    """A language by its name in another one, without script or country: "chino"."""
    return _locale(code.partition("_")[0]).get_language_name(_locale(language)) or code


def hours_lines(hours: Iterable[OpeningHours], messages: Messages) -> list[str]:
    """Opening hours, a line for each set of days: "Monday to Friday, 8:00 AM – 5:00 PM (cashier windows)".

    Rows that follow each other with the same days and note share a line.
    """
    return [
        _hours_line(days, note, list(rows), messages)
        for (days, note), rows in groupby(hours, key=lambda row: (tuple(row.days), row.note))
    ]


def _hours_line(days: tuple[str, ...], note: str, rows: list[OpeningHours], messages: Messages) -> str:
    from babel.lists import format_list

    periods = [_span(row.open, row.close, messages) for row in rows if row.open and row.close]
    spans = format_list(periods, locale=_locale(messages.language.code))
    names = days_line(days, messages) if days else ""
    text = names or spans
    if names and spans:
        # L10n: opening hours of a place, as in "Monday to Friday, 8:00 AM – 5:00 PM"
        text = messages.tr("{days}, {hours}", days=names, hours=spans)
    if text and note:
        # L10n: opening hours and what they are for, as in "8:00 AM – 5:00 PM (cashier windows)"
        return messages.tr("{hours} ({note})", hours=text, note=note)
    return text or note


def days_line(days: Sequence[str], messages: Messages) -> str:
    """Days of the week, three or more in a row as a range: "Monday to Wednesday and Friday"."""
    from babel.dates import get_day_names
    from babel.lists import format_list

    locale = _locale(messages.language.code)
    names = get_day_names("wide", "stand-alone", locale)
    numbers = sorted({WEEK.index(day) for day in days})
    if len(numbers) == len(WEEK):
        # L10n: opening days
        return messages.tr("Every day")
    parts: list[str] = []
    for run in _runs(numbers):
        if len(run) > 2:
            # L10n: opening days, as in "Monday to Friday"
            parts.append(messages.tr("{first} to {last}", first=names[run[0]], last=names[run[-1]]))
        else:
            parts += [names[number] for number in run]
    return _tidy(format_list(parts, locale=locale))


def _runs(numbers: list[int]) -> list[list[int]]:
    """Consecutive numbers together: [0, 1, 2, 4] -> [[0, 1, 2], [4]]."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _span(opens: str, closes: str, messages: Messages) -> str:
    from babel.dates import format_interval

    language = messages.language.code
    if (opens, closes) == ("00:00", "24:00"):
        return messages.tr("24 hours")
    start = time.fromisoformat(opens)
    if closes == "24:00":
        # L10n: opening hours that end at midnight, as in "8:00 AM to midnight"
        return messages.tr("{time} to midnight", time=clock_time(start, language))
    locale = _locale(language)
    skeleton = "hm" if "h" in str(locale.time_formats["short"].pattern) else "Hm"
    return _plain(format_interval(start, time.fromisoformat(closes), skeleton, locale=locale))


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(AMERICAN.get(language, language))


def _date(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _plain(text: str) -> str:
    return text.translate(PLAIN)


def _tidy(text: str) -> str:
    """Plain spaces and a capital letter: the text stands on a line of its own."""
    plain = _plain(text)
    return plain[:1].upper() + plain[1:]
