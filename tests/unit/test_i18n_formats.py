"""Dates, times, hours, money and numbers as a visitor of each language reads them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from gettext import NullTranslations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Hours
from kiosk.i18n import formats
from kiosk.i18n.formats import hours_lines
from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.messages import Messages
from kiosk.i18n.script import clean

MONDAY = date(2026, 11, 23)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = formats.WEEK


def spoken(code: str = "en", **translations: str) -> Messages:
    """Messages of a language without its file."""

    class Fixed(NullTranslations):
        def gettext(self, message: str) -> str:
            return translations.get(message, message)

    return Messages(LANGUAGES[code], Path(), Fixed())


def lines(*rows: Hours) -> list[str]:
    """Opening hours in English."""
    return hours_lines(rows, spoken())


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("en", "Monday, November 23 · 4:41 PM"),
        ("es", "Lunes, 23 de noviembre · 4:41 p.m."),
        ("vi", "Thứ Hai, 23 tháng 11 · 16:41"),
        ("zh_Hans", "11月23日星期一 · 16:41"),
        ("ar", "الاثنين، 23 نوفمبر · 4:41 م"),
    ],
)
def test_the_top_bar_tells_day_and_time(code: str, shown: str) -> None:
    assert formats.date_and_time(datetime(2026, 11, 23, 16, 41), code) == shown


def test_dates_with_their_year() -> None:
    assert formats.full_date(MONDAY, "en") == "Monday, November 23, 2026"
    assert formats.full_date("2026-11-23", "es") == "Lunes, 23 de noviembre de 2026"
    assert formats.month_line(MONDAY, "en") == "November 2026"
    assert formats.month_line("2026-11-01", "zh_Hans") == "2026年11月"


@pytest.mark.parametrize(
    ("amount", "shown"), [("1.50", "$1.50"), ("25", "$25"), ("10.00", "$10.00"), ("1313.92", "$1,313.92")]
)
@pytest.mark.parametrize("code", LANGUAGES)
def test_money_looks_as_on_the_buildings_signs(code: str, amount: str, shown: str) -> None:
    assert formats.money(amount, code) == shown


@given(st.decimals("0", "99999", places=2))
def test_money_keeps_every_cent(amount: Decimal) -> None:
    assert Decimal(formats.money(str(amount), "en").lstrip("$").replace(",", "")) == amount


def test_numbers_keep_western_digits() -> None:
    assert [formats.number(12345, code) for code in LANGUAGES] == [
        "12,345",
        "12,345",
        "12.345",
        "12,345",
        "12,345",
    ]


@pytest.mark.parametrize("code", LANGUAGES)
@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_nothing_formatted_needs_cleaning(code: str, moment: datetime) -> None:
    """No direction marks and no spaces that terminal fonts lack."""
    day = moment.date()
    rows = [Hours(WEEKDAYS, "08:00", f"{moment:%H:%M}"), Hours(("sat",), "09:00", "24:00")]
    shown = [
        formats.date_and_time(moment, code),
        formats.full_date(day, code),
        formats.month_line(day, code),
        *hours_lines(rows, spoken(code)),
    ]
    for text in shown:
        assert clean(text) == text
        assert not set(text) & set("\u00a0\u202f\u2009")
        assert not any("\u0660" <= character <= "\u0669" for character in text), "digits are Western"


def test_days_in_a_row_become_a_range() -> None:
    assert lines(Hours(WEEKDAYS, "08:00", "17:00")) == ["Monday to Friday, 8:00 AM – 5:00 PM"]
    assert lines(Hours(("mon", "tue", "wed", "fri"), "08:00", "17:00")) == [
        "Monday to Wednesday and Friday, 8:00 AM – 5:00 PM"
    ]
    assert lines(Hours(("wed", "sat"), "08:00", "17:00")) == ["Wednesday and Saturday, 8:00 AM – 5:00 PM"]
    assert lines(Hours(("thu",), "17:00", "19:00")) == ["Thursday, 5:00 – 7:00 PM"]


@given(st.lists(st.sampled_from(EVERY_DAY), min_size=1, unique=True))
def test_the_order_of_days_in_the_file_does_not_matter(days: list[str]) -> None:
    in_order = [day for day in EVERY_DAY if day in days]
    assert formats.days_line(days, spoken()) == formats.days_line(in_order, spoken())


def test_what_the_hours_are_for_stands_behind_them() -> None:
    assert lines(Hours(WEEKDAYS, "08:00", "17:00", "cashier windows")) == [
        "Monday to Friday, 8:00 AM – 5:00 PM (cashier windows)"
    ]
    assert lines(Hours(note="Regular business hours")) == ["Regular business hours"]
    assert lines(Hours(("sat", "sun"), note="by appointment")) == ["Saturday and Sunday (by appointment)"]


def test_two_spans_of_the_same_days_share_a_line() -> None:
    rows = (
        Hours(("wed",), "08:00", "11:30"),
        Hours(("wed",), "12:00", "16:30"),
        Hours(("fri",), "08:00", "12:00"),
    )
    assert lines(*rows) == ["Wednesday, 8:00 – 11:30 AM and 12:00 – 4:30 PM", "Friday, 8:00 AM – 12:00 PM"]


def test_round_the_clock_to_midnight_and_over_night() -> None:
    assert lines(Hours(EVERY_DAY, "00:00", "24:00")) == ["Every day, 24 hours"]
    assert lines(Hours(("fri",), "18:00", "24:00")) == ["Friday, 6:00 PM to midnight"]
    assert lines(Hours(EVERY_DAY, "23:00", "05:00")) == ["Every day, 11:00 PM – 5:00 AM"]
    assert lines(Hours((), "08:30", "17:00")) == ["8:30 AM – 5:00 PM"]
    assert lines() == []


def test_the_words_around_hours_are_translated_and_reordered() -> None:
    chinese = spoken(
        "zh_Hans", **{"{days}, {hours}": "{days} {hours}", "{first} to {last}": "{first}至{last}"}
    )
    assert hours_lines([Hours(WEEKDAYS, "08:00", "17:00")], chinese) == ["星期一至星期五 08:00–17:00"]
    spanish = spoken("es", **{"{first} to {last}": "{first} a {last}"})
    assert hours_lines([Hours(WEEKDAYS, "08:00", "17:00")], spanish) == [
        "Lunes a viernes, 8:00 a.m. – 5:00 p.m."
    ]


def test_a_single_clock_time() -> None:
    assert [formats.clock_time(time(8, 5), code) for code in ("en", "vi", "ar")] == [
        "8:05 AM",
        "08:05",
        "8:05 ص",
    ]
