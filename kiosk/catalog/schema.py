"""The schema of services.yaml as tables: which keys an entry has, of which kind each value is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from kiosk.catalog import model
from kiosk.catalog.kinds import Kind, ListOf, PerLanguage, Record, Table, Word, choice
from kiosk.catalog.nodes import PlacedInt
from kiosk.settings import Settings

LANGUAGES = Settings.languages
"""Languages that keywords may be written in."""
VISITS = ("lookup", "served")
AUDIENCES = ("visitor", "employee")
METHODS = ("everyone", "systematic", "random", "stratified")


def _matches(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar as YYYY-MM-DD."""
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_url(text: str) -> bool:
    """An address a phone opens: http(s), a host with a dot, printable ASCII, no user name."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = re.fullmatch(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+", host) is not None and port != 0
    clean = re.fullmatch(r"""[!-~]+""", text) is not None and not set('"<>\\^`{|}') & set(text)
    return parts.scheme in ("http", "https") and named and clean and "@" not in parts.netloc


def _is_phone(text: str) -> bool:
    return (
        3 <= sum(map(str.isdigit, text)) <= 15 and re.fullmatch(r"\+?\d+(-\d+)*", text, re.ASCII) is not None
    )


def _is_range(text: str) -> bool:
    """Two numbers of three digits without a leading zero, which would be read out badly."""
    found = re.fullmatch(r"([1-9]\d\d)-([1-9]\d\d)", text, re.ASCII)
    return found is not None and found[1] <= found[2]


def _is_counter(text: str) -> bool:
    """Short enough for the board; lists of counters are divided by commas."""
    return 0 < len(text) <= 12 and "," not in text


def _is_cell(text: str) -> bool:
    wide = unicodedata.east_asian_width(text) in "WF" if len(text) == 1 else True
    return not wide and not unicodedata.combining(text)


TEXT = Word("a text")
QUERY = Word("a query")
KEYWORD = Word("a keyword")
REASON = Word("the reason why services share it")
SERVICE_ID = Word("the id of a service")
SLUG = Word(
    "small letters, digits, '_' and '-', beginning with a letter (pay_bill)",
    _matches(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"),
)
URL = Word("a web address without spaces (https://www.example.org/page)", _is_url)
PHONE = Word("a number as dialled, digits and dashes (918-596-2100, 311)", _is_phone)
EMAIL = Word("an e-mail address (name@example.org)", _matches(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"))
DATE = Word("a date as YYYY-MM-DD (2026-11-26)", is_date)
HOUR = Word("a time of day as HH:MM, 00:00 to 24:00", _matches(r"([01]\d|2[0-3]):[0-5]\d|24:00"))
AMOUNT = Word("dollars as a decimal (0 for free, 12, 1.50)", _matches(r"(0|[1-9]\d{0,6})(\.\d\d)?"))
LETTER = Word("one capital letter A to Z", _matches(r"[A-Z]"))
MARK = Word("one character of one cell", _is_cell)
NUMBER = Word("a whole number, 1 or more", _matches(r"[1-9]\d{0,5}"), PlacedInt, empty=0)
PERCENT = Word("a percentage, 1 to 100", _matches(r"[1-9]\d?|100"), PlacedInt, empty=0)
FEW = Word("a whole number, 1 to 9", _matches(r"[1-9]"), PlacedInt, empty=0)
NUMBERS = Word("three-digit numbers as first-last (100-999)", _is_range)
COUNTER = Word("a name of at most 12 characters, without a comma (3, Window 3)", _is_counter)
FLAG = Word("true or false", ("true", "false").__contains__, lambda text, place: text == "true", empty=False)
DAY = choice(*model.WEEK)

TEXTS = ListOf(TEXT)
PHONES = ListOf(Record(model.Phone, "phone", {"number": PHONE, "note": TEXT}))
CONTACTS = ListOf(Record(model.Contact, "contact", {"label": TEXT, "number": PHONE}))
FEES = ListOf(Record(model.Fee, "fee", {"amount": AMOUNT, "note": TEXT}, one_of=("amount", "note")))
HOURS_ROW = Record(
    model.Hours,
    "row of hours",
    {"days": ListOf(DAY, distinct=True), "open": HOUR, "close": HOUR, "note": TEXT},
    one_of=("days", "note"),
    together=("days", "open", "close"),
)
HOURS = ListOf(HOURS_ROW)
LOCATION = Record(
    model.Location,
    "location",
    {"building": TEXT, "address": TEXT, "floor": TEXT, "room": TEXT},
)
ONLINE = Record(model.Online, "online group", {"url": URL, "form_url": URL})
REDIRECT = Record(model.Redirect, "redirect", {"name": TEXT, "note": TEXT})
CHANGES = ListOf(Record(model.Change, "change", {"date": DATE, "what": TEXT, "why": TEXT}))
STAFF_NOTES = Record(
    model.StaffNotes,
    "group of staff notes",
    {"script": TEXT, "call": TEXT, "number": PHONE},
    one_of=("script", "call", "number"),
)

SERVICE = Record(
    model.Service,
    "service",
    {
        "id": SLUG,
        "name": TEXT,
        "summary": TEXT,
        "category": TEXT,
        "department": TEXT,
        "eligibility": TEXT,
        "bring": TEXTS,
        "fees": FEES,
        "time": TEXT,
        "steps": TEXTS,
        "location": LOCATION,
        "hours": HOURS,
        "phones": PHONES,
        "email": EMAIL,
        "online": ONLINE,
        "short_url": URL,
        "lane": TEXT,
        "redirect": REDIRECT,
        "former_names": TEXTS,
        "keywords": PerLanguage(LANGUAGES, ListOf(TEXT, distinct=True)),
        "closed_on": ListOf(DATE, distinct=True),
        "alert": TEXT,
        "changes": CHANGES,
        "reviewed": DATE,
        "source": URL,
        "source_date": TEXT,
        "confidence": choice("high", "medium", "low"),
        "caution": TEXT,
        "staff_notes": STAFF_NOTES,
    },
)

CITY = Record(
    model.City,
    "city",
    {
        "name": TEXT,
        "welcome": TEXT,
        "mark": MARK,
        "desk": TEXT,
        "desk_phone": PHONE,
        "emergency": CONTACTS,
        "after_hours": CONTACTS,
    },
)

LANE = Record(
    model.Lane,
    "lane",
    {
        "id": SLUG,
        "letter": LETTER,
        "name": TEXT,
        "where": TEXT,
        "counters": ListOf(COUNTER, distinct=True),
        # A line opens and closes by its hours: a note alone would leave it open at any time.
        "hours": ListOf(replace(HOURS_ROW, one_of=("days",))),
        "last_ticket": HOUR,
        "numbers": NUMBERS,
        "in_a_row": FEW,
        "keeps_overnight": FLAG,
        "example": FLAG,
    },
)

STATEMENT_KINDS: dict[str, Kind] = {
    "id": SLUG,
    "text": TEXT,
    "for": ListOf(choice(*VISITS), distinct=True),
    "audience": ListOf(choice(*AUDIENCES), distinct=True),
    "target": PERCENT,
    "benchmark": Record(model.Benchmark, "benchmark", {"percent": PERCENT, "source": TEXT}),
    "retired": FLAG,
}
STATEMENT = Record(
    model.Statement,
    "statement",
    STATEMENT_KINDS,
    renamed={"for": "fits"},
    may_be_empty=("benchmark",),
)
OWN_STATEMENT = Record(
    model.OwnStatement,
    "statement of a department",
    {**STATEMENT_KINDS, "department": TEXT, "services": ListOf(SERVICE_ID, distinct=True)},
    renamed={"for": "fits"},
    may_be_empty=("benchmark",),
)
SURVEY = Record(
    model.SurveyPlan,
    "survey",
    {
        "id": SLUG,
        "version": NUMBER,
        "ask": NUMBER,
        "sampling": Record(
            model.Sampling,
            "sampling",
            {
                "method": choice(*METHODS),
                "every": NUMBER,
                "percent": PERCENT,
                "rates": Table(Word("a lane, or self_service"), PERCENT),
            },
        ),
        "target": PERCENT,
        "example": FLAG,
        "baseline": Record(
            model.Period, "period", {"from": DATE, "to": DATE}, renamed={"from": "start", "to": "end"}
        ),
        "statements": ListOf(STATEMENT),
        "extra": ListOf(OWN_STATEMENT),
    },
    may_be_empty=("extra", "baseline"),
)

CATALOG = Record(
    model.Catalog,
    "catalogue",
    {
        "city": CITY,
        "categories": ListOf(Record(model.Category, "category", {"id": SLUG, "name": TEXT, "hint": TEXT})),
        "departments": ListOf(Record(model.Department, "department", {"id": SLUG, "name": TEXT})),
        "lanes": ListOf(LANE),
        "holidays": ListOf(Record(model.Holiday, "holiday", {"date": DATE, "name": TEXT, "example": FLAG})),
        "notices": ListOf(Record(model.Notice, "notice", {"text": TEXT, "start": DATE, "end": DATE})),
        "survey": SURVEY,
        "services": ListOf(SERVICE),
        "pin": Table(QUERY, SERVICE_ID),
        "block": Table(QUERY, ListOf(SERVICE_ID, distinct=True)),
        "shared": Table(KEYWORD, REASON),
    },
    may_be_empty=("departments", "lanes", "holidays", "notices", "pin", "block", "shared"),
)
