"""What the attract screen announces: notices in their time, confirmed holidays a few days ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.catalog.model import Holiday, Notice
from kiosk.catalog.notices import holidays_near, in_effect
from kiosk.i18n import messages
from kiosk.ui.notices import said
from tests.support.catalog import small

CITY = replace(
    small(),
    notices=(Notice("Pools open.", "2027-06-01", "2027-06-03"),),
    holidays=(Holiday("2026-12-25", "Christmas Day"), Holiday("2026-12-24", "Christmas Eve", example=True)),
)


def test_a_notice_is_said_from_its_first_to_its_last_day() -> None:
    days = [date(2027, 5, 31), date(2027, 6, 1), date(2027, 6, 3), date(2027, 6, 4)]
    assert [in_effect(CITY, day) for day in days] == [[], ["Pools open."], ["Pools open."], []]


def test_a_holiday_is_announced_three_days_ahead_and_on_the_day() -> None:
    days = [date(2026, 12, 21), date(2026, 12, 22), date(2026, 12, 25), date(2026, 12, 26)]
    assert [len(holidays_near(CITY, day)) for day in days] == [0, 1, 1, 0]


def test_an_unconfirmed_holiday_is_not_announced() -> None:
    assert [holiday.name for holiday in holidays_near(CITY, date(2026, 12, 24))] == ["Christmas Day"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "City offices are closed on Friday, December 25: Christmas Day"),
        ("zh_Hans", "12月25日星期五"),
    ],
)
def test_notices_come_before_holidays_and_each_is_said_in_the_language(language: str, line: str) -> None:
    both = replace(CITY, notices=(Notice("The elevator waits.", "2026-12-20", "2026-12-31"),))
    first, second = said(both, messages.load(language), date(2026, 12, 24))
    assert first == "The elevator waits."
    assert line in second
    assert said(both, messages.load(language), date(2027, 1, 4)) == []
