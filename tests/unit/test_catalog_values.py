"""Every wrong value and every rule between entries, with the line a person reads about it."""

from __future__ import annotations

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.parse import parse
from kiosk.catalog.rules import fits_code
from kiosk.catalog.schema import LANGUAGES
from tests.support.catalog import changed, errors, marked, warnings

LONG = "https://riverton.example/" + "a" * 60
PHONE = "a number as dialled, digits and dashes (918-596-2100, 311)"
URL = "a web address without spaces (https://www.example.org/page)"
SLUG = "small letters, digits, '_' and '-', beginning with a letter (pay_bill)"
DATE = "a date as YYYY-MM-DD (2026-11-26)"
DAYS = "one of mon, tue, wed, thu, fri, sat, sun"
AMOUNT = "dollars as a decimal (0 for free, 12, 1.50)"
HOUR = "a time of day as HH:MM, 00:00 to 24:00"
COUNTER = "a name of at most 12 characters, without a comma (3, Window 3)"
NUMBERS = "three-digit numbers as first-last (100-999)"

# What stands in the file, what is put there instead (‸ marks the place of the problem), the message.
WRONG = {
    "id that is no slug": (
        "id: standard",
        "id: ‸Standard 1",
        f"'survey.id' can't be 'Standard 1': allowed is {SLUG}",
    ),
    "id twice": (
        "id: staff, text",
        "id: ‸overall, text",
        "the statement id 'overall' is taken (line 41): each must be its own",
    ),
    "service id twice": (
        "- id: pothole",
        "- id: ‸utility_pay",
        "the service id 'utility_pay' is taken (line 51): each must be its own",
    ),
    "service name twice": (
        "name: License a pet",
        "name: ‸report a pothole",
        "the service name 'report a pothole' is taken (line 102): each must be its own",
    ),
    "letter twice": (
        "letter: H",
        "letter: ‸B",
        "the lane letter 'B' is taken (line 26): each must be its own",
    ),
    "bad letter": (
        "letter: H",
        "letter: ‸hh",
        "'lanes.letter' can't be 'hh': allowed is one capital letter A to Z",
    ),
    "reserved id": (
        "- id: general_311",
        "- id: ‸city",
        "a service can't have the id 'city': "
        "category, city, department, holiday, lane, notice, survey are reserved",
    ),
    "unknown department": (
        "department: finance",
        "department: ‸finanse",
        "unknown department 'finanse' (did you mean 'finance'?): allowed are finance, works",
    ),
    "unknown lane": ("lane: help", "lane: ‸court", "unknown lane 'court': allowed are bills, help"),
    "counter too long for the board": (
        "counters: [1, 2]",
        "counters: [1, ‸Second window]",
        f"'lanes.counters' can't be 'Second window': allowed is {COUNTER}",
    ),
    "counter with a comma": (
        "counters: [1, 2]",
        'counters: [1, ‸"2, left"]',
        f"'lanes.counters' can't be '2, left': allowed is {COUNTER}",
    ),
    "counter twice in a lane": (
        "counters: [1, 2]",
        "counters: [1, ‸1]",
        "'lanes.counters' has '1' twice (first in line 26): keep one",
    ),
    "numbers that run backwards": (
        "numbers: 100-499",
        "numbers: ‸499-100",
        f"'lanes.numbers' can't be '499-100': allowed is {NUMBERS}",
    ),
    "numbers of two digits": (
        "numbers: 100-499",
        "numbers: ‸1-99",
        f"'lanes.numbers' can't be '1-99': allowed is {NUMBERS}",
    ),
    "numbers with a leading zero": (
        "numbers: 100-499",
        "numbers: ‸001-499",
        f"'lanes.numbers' can't be '001-499': allowed is {NUMBERS}",
    ),
    "priority without end": (
        "in_a_row: 3",
        "in_a_row: ‸10",
        "'lanes.in_a_row' can't be '10': allowed is a whole number, 1 to 9",
    ),
    "priority that never comes": (
        "in_a_row: 3",
        "in_a_row: ‸0",
        "'lanes.in_a_row' can't be '0': allowed is a whole number, 1 to 9",
    ),
    "overnight in other words": (
        "keeps_overnight: true",
        "keeps_overnight: ‸yes",
        "'lanes.keeps_overnight' can't be 'yes': allowed is true or false",
    ),
    "hours of a lane that are a note alone": (
        '{days: [fri], open: "13:00", close: "16:30"}',
        "‸{note: by appointment}",
        "the row of hours needs at least one of the keys days",
    ),
    "lane that closes before it opens": (
        'close: "16:30"',
        'close: ‸"12:30"',
        "closes at 12:30, opens at 13:00: allowed is later; past midnight is a second row",
    ),
    "hours of a lane that overlap on a day": (
        'open: "13:00"',
        'open: ‸"11:59"',
        "overlaps with the row of line 26 on fri: allowed are rows that follow each other",
    ),
    "last ticket in words": (
        'last_ticket: "11:45"',
        "last_ticket: ‸noon",
        f"'lanes.last_ticket' can't be 'noon': allowed is {HOUR}",
    ),
    "last ticket in nobody's hours": (
        'last_ticket: "11:45"',
        'last_ticket: ‸"12:30"',
        "the last ticket at 12:30 is outside of every day's hours: allowed is a time within them",
    ),
    "last ticket at the opening": (
        'last_ticket: "11:45"',
        'last_ticket: ‸"09:00"',
        "the last ticket at 09:00 is outside of every day's hours: allowed is a time within them",
    ),
    "last ticket of a lane without hours": (
        "in_a_row: 3",
        'last_ticket: ‸"16:45"',
        "the last ticket at 16:45 belongs to no hours: give the lane hours, or leave the key out",
    ),
    "staff number in words": (
        "number: 555-555-0100",
        "number: ‸the red phone",
        f"'services.staff_notes.number' can't be 'the red phone': allowed is {PHONE}",
    ),
    "staff notes in one text": (
        "staff_notes: {script: Ask them to take a ticket., call: The front desk, number: 555-555-0100}",
        "staff_notes: ‸Ask them to take a ticket.",
        "'services.staff_notes' is a text: allowed is a group of keys (script, call, number)",
    ),
    "scheme that no phone opens": (
        "url: https://riverton.example/utilities",
        "url: ‸htps://riverton.example/utilities",
        f"'services.online.url' can't be 'htps://riverton.example/utilities': allowed is {URL}",
    ),
    "address with a space": (
        "form_url: https://pay.riverton.example",
        "form_url: ‸https://pay.riverton.example/my bill",
        f"'services.online.form_url' can't be 'https://pay.riverton.example/my bill': allowed is {URL}",
    ),
    "address without a host": (
        "source: https://riverton.example/streets",
        "source: ‸https:///streets",
        f"'services.source' can't be 'https:///streets': allowed is {URL}",
    ),
    "link too long for a code": (
        "url: https://riverton.example/utilities\n      form_url: https://pay.riverton.example",
        f"form_url: ‸{LONG}",
        "the address fits no QR code of 24 rows (85 bytes, 84 allowed): add a short_url",
    ),
    "short link too long for a code": (
        "short_url: https://riverton.example/permits",
        f"short_url: ‸{LONG}",
        "the address fits no QR code of 24 rows (85 bytes, 84 allowed): write a shorter one",
    ),
    "phone with spaces": (
        "number: 555-555-0111",
        "number: ‸555 555 0111",
        f"'services.phones.number' can't be '555 555 0111': allowed is {PHONE}",
    ),
    "desk phone in words": (
        'desk_phone: "311"',
        "desk_phone: ‸call us",
        f"'city.desk_phone' can't be 'call us': allowed is {PHONE}",
    ),
    "contact number too short": (
        "number: 555-555-0188",
        "number: ‸55",
        f"'city.after_hours.number' can't be '55': allowed is {PHONE}",
    ),
    "mail without a host": (
        "email: bills@riverton.example",
        "email: ‸bills@riverton",
        "'services.email' can't be 'bills@riverton': allowed is an e-mail address (name@example.org)",
    ),
    "day that does not exist": (
        "date: 2026-11-26",
        "date: ‸2026-02-30",
        f"'holidays.date' can't be '2026-02-30': allowed is {DATE}",
    ),
    "date in another order": (
        "date: 2026-10-01",
        "date: ‸10/01/2026",
        f"'services.changes.date' can't be '10/01/2026': allowed is {DATE}",
    ),
    "closed on a word": (
        "[2026-12-24]",
        "[‸Christmas]",
        f"'services.closed_on' can't be 'Christmas': allowed is {DATE}",
    ),
    "closed twice on a day": (
        "[2026-12-24]",
        "[2026-12-24, ‸2026-12-24]",
        "'services.closed_on' has '2026-12-24' twice (first in line 91): keep one",
    ),
    "day of the week in words": (
        "days: [mon, tue",
        "days: [‸monday, tue",
        f"'services.hours.days' can't be 'monday' (did you mean 'mon'?): allowed is {DAYS}",
    ),
    "time of day in words": (
        'open: "08:00"',
        "open: ‸8 a.m.",
        f"'services.hours.open' can't be '8 a.m.': allowed is {HOUR}",
    ),
    "time of day after the last": (
        'close: "17:00"',
        'close: ‸"24:30"',
        f"'services.hours.close' can't be '24:30': allowed is {HOUR}",
    ),
    "closes before it opens": (
        'close: "17:00"',
        'close: ‸"07:00"',
        "closes at 07:00, opens at 08:00: allowed is later; past midnight is a second row",
    ),
    "hours without an end": (
        '- {days: [mon, tue, wed, thu, fri], open: "08:00", close: "17:00", note: cashier windows}',
        '- ‸{days: [mon], open: "08:00"}',
        "the row of hours needs the keys days, open, close together, or none of them",
    ),
    "amount with a sign": (
        'amount: "10"',
        "amount: ‸$10",
        f"'services.fees.amount' can't be '$10': allowed is {AMOUNT}",
    ),
    "amount with a comma": (
        "amount: 1.50",
        'amount: ‸"1,50"',
        f"'services.fees.amount' can't be '1,50': allowed is {AMOUNT}",
    ),
    "confidence of another kind": (
        "confidence: medium",
        "confidence: ‸midium",
        "'services.confidence' can't be 'midium' (did you mean 'medium'?): "
        "allowed is one of high, medium, low",
    ),
    "visit of another kind": (
        "for: [served]",
        "for: [‸phone]",
        "'survey.statements.for' can't be 'phone': allowed is one of lookup, served",
    ),
    "true in other words": (
        "name: Thanksgiving Day, example: true",
        "name: Thanksgiving Day, example: ‸yes",
        "'holidays.example' can't be 'yes': allowed is true or false",
    ),
    "number in words": (
        "  version: 1",
        "  version: ‸one",
        "'survey.version' can't be 'one': allowed is a whole number, 1 or more",
    ),
    "mark of two cells": (
        "mark: ◆",
        "mark: ‸🏛🏛",
        "'city.mark' can't be '🏛🏛': allowed is one character of one cell",
    ),
    "wide mark": ("mark: ◆", "mark: ‸城", "'city.mark' can't be '城': allowed is one character of one cell"),
    "sampling without its number": (
        "{method: stratified, rates: {bills: 50, self_service: 5}}",
        "{method: ‸systematic}",
        "the method 'systematic' needs 'every'",
    ),
    "sampling with another's number": (
        "{method: stratified, rates: {bills: 50, self_service: 5}}",
        "{method: ‸everyone, percent: 20}",
        "the method 'everyone' takes no 'percent'",
    ),
    "sampling of no lane": (
        "{bills: 50, self_service: 5}",
        "{bills: 50, ‸bils: 5}",
        "there is no lane 'bils' to sample (did you mean 'bills'?): allowed are self_service, bills, help",
    ),
    "a share above all": (
        "  target: 85",
        "  target: ‸101",
        "'survey.target' can't be '101': allowed is a percentage, 1 to 100",
    ),
    "a baseline that runs backwards": (
        "to: 2026-09-30",
        "to: ‸2026-06-30",
        "the baseline ends (2026-06-30) before it begins (2026-07-01)",
    ),
    "statement of no department": (
        'department: "finance", services: [utility_pay], audience',
        "department: ‸finanse, audience",
        "the statement 'cashier' is of the unknown department 'finanse'",
    ),
    "statement about another department's service": (
        "services: [utility_pay], audience",
        "services: [‸pothole], audience",
        "the service 'pothole' is not one of the department 'finance'",
    ),
    "three statements of its own": (
        "extra: [{id: ",
        "extra: [{id: a, text: A, department: finance}, {id: b, text: B, department: finance}, {id: ‸",
        "asks 3 statements of its own about 'utility_pay': allowed are 2 at most",
    ),
    "a statement id that the City has": (
        "{id: cashier,",
        "{id: ‸staff,",
        "the statement id 'staff' is taken (line 43): each must be its own",
    ),
    "the letter of invitations": (
        "letter: H",
        "letter: ‸Z",
        "a lane can't have the letter Z: it begins the numbers of survey invitations",
    ),
    "asks more than there is": (
        "  ask: 2",
        "  ask: ‸3",
        "asks 3 statements, but 2 are for 'lookup': allowed are 2 at most",
    ),
    "notice that ends before it starts": (
        "end: 2026-12-01",
        "end: ‸2026-11-19",
        "the notice ends on 2026-11-19: allowed is its start, 2026-11-20, or later",
    ),
    "unknown language": (
        "      vi: [ổ gà, đường hỏng, hố trên đường]",
        "      ‸zh: [路]",
        "unknown language 'zh' in 'services.keywords' (did you mean 'zh_Hans'?): "
        f"allowed are {', '.join(LANGUAGES)}",
    ),
    "norwegian stays a word": (
        "      vi: [ổ gà, đường hỏng, hố trên đường]",
        "      ‸no: [hull]",
        f"unknown language 'no' in 'services.keywords': allowed are {', '.join(LANGUAGES)}",
    ),
    "empty keyword": (
        "[dog tag, cat tag",
        "[‸' ', cat tag",
        "'services.keywords.en' is empty: allowed is a text",
    ),
    "keyword twice": (
        "[dog tag, cat tag",
        "[dog tag, ‸Dog  Tag",
        "'services.keywords.en' has 'Dog Tag' twice (first in line 125): keep one",
    ),
    "keyword that is another service's name": (
        "[dog tag, cat tag",
        "[dog tag, ‸report a POTHOLE",
        "the keyword 'report a POTHOLE' is the name of the service 'pothole': use other words",
    ),
    "pin to an unknown service near a known one": (
        "garden shed: building_permit",
        "garden shed: ‸bilding_permit",
        "unknown service 'bilding_permit' in 'pin.garden shed' (did you mean 'building_permit'?): "
        "allowed is the id of a service",
    ),
    "pin to a service like no other": (
        "garden shed: building_permit",
        "garden shed: ‸xyz",
        "unknown service 'xyz' in 'pin.garden shed': allowed is the id of a service",
    ),
    "pin to a name instead of an id": (
        "garden shed: building_permit",
        "garden shed: ‸Building permit",
        "unknown service 'Building permit' in 'pin.garden shed' (did you mean 'building_permit'?): "
        "allowed is the id of a service",
    ),
    "block of an unknown service near a known one": (
        "[pet_license, marriage_license]",
        "[pet_license, ‸mariage_license]",
        "unknown service 'mariage_license' in 'block.driver license' (did you mean 'marriage_license'?): "
        "allowed is the id of a service",
    ),
    "block of a service like no other": (
        "[pet_license, marriage_license]",
        "[‸xyz, marriage_license]",
        "unknown service 'xyz' in 'block.driver license': allowed is the id of a service",
    ),
    "service blocked twice": (
        "[pet_license, marriage_license]",
        "[pet_license, ‸pet_license]",
        "'block.driver license' has 'pet_license' twice (first in line 190): keep one",
    ),
    "pin that is also blocked": (
        "garden shed: building_permit",
        "driver license: ‸marriage_license",
        "'driver license' is pinned to 'marriage_license' and blocks it (line 190): keep one",
    ),
    "pin in other letters that is also blocked": (
        "garden shed: building_permit",
        "Driver LICENSE: ‸pet_license",
        "'Driver LICENSE' is pinned to 'pet_license' and blocks it (line 190): keep one",
    ),
    "pin that is blocked in other letters": (
        "garden shed: building_permit\n\nblock:\n  driver license:",
        "driver license: ‸pet_license\n\nblock:\n  Driver LICENSE:",
        "'driver license' is pinned to 'pet_license' and blocks it (line 190): keep one",
    ),
    "invisible character in a query": (
        "  garden shed: building_permit",
        '  ‸"garden\\u200bshed": building_permit',
        "'pin' holds U+200B (ZERO WIDTH SPACE): only visible characters are allowed",
    ),
    "text that turns the line around": (
        "name: Report a pothole",
        'name: ‸"Report \\u202e a pothole"',
        "'services.name' holds U+202E (RIGHT-TO-LEFT OVERRIDE): only visible characters are allowed",
    ),
    "escape sequence in a text": (
        "name: Report a pothole",
        'name: ‸"Report \\e[31m a pothole"',
        "'services.name' holds U+001B (a control character): only visible characters are allowed",
    ),
    "invisible character in a keyword": (
        "[dog tag, cat tag",
        '[‸"dog\\u200btag", cat tag',
        "'services.keywords.en' holds U+200B (ZERO WIDTH SPACE): only visible characters are allowed",
    ),
    "category without services": (
        "  - {id: street, name: My street}",
        "  - {id: street, name: My street}\n  - {id: ‸water, name: Water}",
        "no service has the category 'water': give it services or remove it",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_with_this_line(old: str, new: str, message: str) -> None:
    text, place = marked(changed(old, new))
    assert errors(text) == (f"services.yaml:{place}: {message}",)


KEEP = "keep it at one, or give the reason under 'shared'"

# What stands in the file, what is put there instead (‸ marks the place of the problem), the warning.
DOUBTFUL = {
    "lane of no service": (
        "{id: help, letter: H",
        "{id: ‸court, letter: C, name: Court}\n  - {id: help, letter: H",
        "no service has the lane 'court': give it services or remove it",
    ),
    "keyword of two services": (
        "[dog tag, cat tag",
        "[dog tag, ‸bumpy road",
        f"the keyword 'bumpy road' also leads to 'pothole' (line 109): {KEEP}",
    ),
    "keyword of two services in other letters": (
        "[dog tag, cat tag",
        "[dog tag, ‸Bumpy  ROAD",
        f"the keyword 'Bumpy ROAD' also leads to 'pothole' (line 109): {KEEP}",
    ),
    "keyword of two services across languages": (
        "[placa del perro, registrar",
        "[‸bumpy road, registrar",
        f"the keyword 'bumpy road' also leads to 'pothole' (line 109): {KEEP}",
    ),
    "keyword of two services in Arabic": (
        "[رخصة كلب, تسجيل قطة",
        "[رخصة كلب, ‸حفرة في الشارع",
        f"the keyword 'حفرة في الشارع' also leads to 'pothole' (line 113): {KEEP}",
    ),
    "reason for no keyword": (
        "shared:\n",
        "shared:\n  ‸driver license: Both are licenses.\n",
        "'shared' gives a reason for 'driver license', which is no keyword of two services: remove it",
    ),
    "reason for the keyword of one service": (
        "shared:\n",
        "shared:\n  ‸Bumpy road: Both are streets.\n",
        "'shared' gives a reason for 'Bumpy road', which is no keyword of two services: remove it",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_doubtful_value_is_warned_about_with_this_line(old: str, new: str, message: str) -> None:
    text, place = marked(changed(old, new))
    assert warnings(text) == (f"services.yaml:{place}: {message}",)


def test_a_day_without_any_ticket_is_told_at_the_last_ticket() -> None:
    moved = changed('{days: [fri], open: "13:00"', '{days: [sat, sun], open: "13:00"')
    text, place = marked(changed('last_ticket: "11:45"', 'last_ticket: ‸"11:45"', moved))
    assert errors(text) == (
        f"services.yaml:{place}: no ticket could be taken on sat, sun: the lane opens at 11:45 or later",
    )


def test_wrong_hours_of_a_lane_are_not_told_again_at_its_last_ticket() -> None:
    text = changed('open: "09:00"', "open: nine", changed('open: "13:00"', "open: one"))
    assert [line.split(" can't")[0].split(": ")[1] for line in errors(text)] == ["'lanes.hours.open'"] * 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Questions and help", "name: Questions and help, counters: [2]"),
        ('open: "13:00"', 'open: "12:00"'),
        ('last_ticket: "11:45"', 'last_ticket: "12:00"'),
        ("numbers: 100-499", "numbers: 500-500"),
        ("counters: [1, 2]", "counters: [1, Window no. 2]"),
    ],
    ids=["counter of two lanes", "rows that touch", "last ticket at closing", "one number", "12 characters"],
)
def test_a_lane_may_have(old: str, new: str) -> None:
    assert warnings(changed(old, new)) == ()


def test_a_keyword_of_three_services_is_told_at_the_second_and_the_third() -> None:
    text = changed("[dog tag, cat tag", "[dog tag, bumpy road")
    text = changed("[build a deck, remodel", "[bumpy road, remodel", text)
    assert warnings(text) == (
        f"services.yaml:125:21: the keyword 'bumpy road' also leads to 'pothole' (line 109): {KEEP}",
        f"services.yaml:142:12: the keyword 'bumpy road' also leads to 'pothole' (line 109): {KEEP}",
    )


@pytest.mark.parametrize("old", ["[dog tag, cat tag", "[placa del perro, registrar mi perro"])
@pytest.mark.parametrize("phrase", ["bumpy road", "BUMPY  Road"])
def test_a_keyword_shared_for_a_reason_is_silent(old: str, phrase: str) -> None:
    text = changed(old, f"{old.split(', ')[0]}, Bumpy road")
    assert len(warnings(text)) == 1
    assert warnings(changed("shared:\n", f"shared:\n  {phrase}: Dogs dig there.\n", text)) == ()


def test_one_service_may_repeat_a_keyword_in_another_language() -> None:
    text = changed("[placa del perro, registrar", "[dog tag, registrar")
    assert warnings(text) == ()
    reason = changed("shared:\n", "shared:\n  dog tag: Both are tags.\n", text)
    assert [line.split(" for ")[1] for line in warnings(reason)] == [
        "'dog tag', which is no keyword of two services: remove it"
    ]


def test_blank_keywords_of_two_services_are_no_shared_keyword() -> None:
    text = changed("[dog tag, cat tag", "['', cat tag")
    found = parse(changed("[build a deck, remodel", "['', remodel", text).encode())
    assert (len(found.errors), found.warnings) == (2, ())


def test_a_blank_pin_and_a_blank_block_do_not_contradict() -> None:
    text = changed("garden shed: building_permit", "driver license: ''")
    assert len(errors(changed("[pet_license, marriage_license]", "['']", text))) == 2


def test_a_query_may_pin_one_service_and_block_others() -> None:
    assert warnings(changed("garden shed: building_permit", "driver license: building_permit")) == ()


@given(
    st.one_of(
        st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:", min_size=100, max_size=140),
        st.text(alphabet="0123456789", min_size=180, max_size=230),
        st.text(alphabet="aB3/", min_size=70, max_size=100),
        st.text(min_size=1, max_size=60),
    )
)
def test_a_link_fits_exactly_when_the_code_library_finds_room(link: str) -> None:
    """Version 5 has 37 modules: with a border of 4 on both sides 45, in half blocks 23 rows."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(link.encode(), optimize=0)
    assert fits_code(link) == (code.best_fit() <= 5)
