"""What is translated, under which context, and that nothing else is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.catalog import model
from kiosk.catalog.texts import FIELDS, OWNERS, localize, texts
from tests.support.catalog import small


def strings(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Every text inside a value with its path, in order."""
    if isinstance(value, str):
        return [(path, value)]
    if isinstance(value, tuple):
        return [found for item in value for found in strings(item, path)]
    if isinstance(value, Mapping):
        return [found for key, item in value.items() for found in strings(item, f"{path}.{key}")]
    if is_dataclass(value):
        return [found for f in fields(value) for found in strings(getattr(value, f.name), f"{path}.{f.name}")]
    return []


def mark(context: str, english: str) -> str:
    return f"«{context}|{english}»"


@settings(max_examples=25)
@given(st.from_type(model.Catalog))
def test_localizing_changes_exactly_the_listed_texts(catalog: model.Catalog) -> None:
    before, after = strings(catalog), strings(localize(catalog, mark))
    assert [path for path, _ in before] == [path for path, _ in after]
    changed = [(old, new) for (_, old), (_, new) in zip(before, after, strict=True) if old != new]
    assert {new for _, new in changed} == {mark(context, english) for context, english in texts(catalog)}
    assert all(new.endswith(f"|{old}»") for old, new in changed)


@settings(max_examples=25)
@given(st.from_type(model.Catalog))
def test_localizing_into_english_changes_nothing(catalog: model.Catalog) -> None:
    assert localize(catalog, lambda _context, english: english) == catalog


def test_contexts_name_entry_and_field() -> None:
    found = list(texts(small()))
    assert found[:5] == [
        ("city.name", "City of Riverton"),
        ("city.welcome", "Welcome to City Hall"),
        ("city.desk", "The information desk is in the lobby."),
        ("city.emergency", "Danger to life"),
        ("city.after_hours", "Broken water main"),
    ]
    assert ("category.bills.name", "Bills and payments") in found
    assert ("category.bills.hint", "water · fines") in found
    assert ("department.works.name", "Public Works") in found
    assert ("lane.help.name", "Questions and help") in found
    assert ("lane.bills.where", "The windows on the left") in found
    assert ("lane.bills.hours", "mornings") in found
    assert ("holiday.name", "Thanksgiving Day") in found
    assert ("notice.text", "The elevator is being repaired.") in found
    assert ("survey.staff.text", "Staff communicated clearly") in found


def test_a_service_gives_all_its_texts_under_its_id() -> None:
    found = [text for text in texts(small()) if text[0].startswith("utility_pay.")]
    assert found == [
        ("utility_pay.name", "Pay a City utility bill"),
        ("utility_pay.summary", "Pay the combined water, sewer and trash bill."),
        ("utility_pay.eligibility", "Any customer, or someone paying for them"),
        ("utility_pay.bring", "Your bill"),
        ("utility_pay.bring", "Cash, check or money order"),
        ("utility_pay.fees", "online"),
        ("utility_pay.fees", "at authorized pay locations"),
        ("utility_pay.fees", "Card fees depend on your bank"),
        ("utility_pay.time", "Payments post in 1-2 business days"),
        ("utility_pay.steps", "Find your account number on the bill"),
        ("utility_pay.steps", "Pay"),
        ("utility_pay.location", "City Hall"),
        ("utility_pay.location", "1st floor"),
        ("utility_pay.location", "Cashier windows"),
        ("utility_pay.hours", "cashier windows"),
        ("utility_pay.hours", "Drop box at any time"),
        ("utility_pay.phones", "automated pay-by-phone"),
        ("utility_pay.former_names", "Utilities cashier"),
        ("utility_pay.alert", "If your water is off, call 311 first."),
        ("utility_pay.changes", "Cards are taken at the windows"),
        ("utility_pay.changes", "Visitors asked for it"),
        ("utility_pay.caution", "Please confirm the fee with staff."),
    ]


def test_numbers_addresses_ids_keywords_and_verdicts_are_not_translated() -> None:
    service = localize(small(), mark).by_id["utility_pay"]
    assert service.location is not None
    assert service.location.address == "1 Main St., Riverton"
    assert service.phones[0].number == "555-555-0111"
    assert service.keywords == small().by_id["utility_pay"].keywords
    catalog, translated = small(), localize(small(), mark)
    assert (translated.pin, translated.block) == (catalog.pin, catalog.block)
    assert translated.shared == catalog.shared
    assert (service.email, service.source, service.lane) == (
        "bills@riverton.example",
        "https://riverton.example/utilities/faq",
        "bills",
    )


def test_what_staff_say_and_how_a_lane_runs_is_not_translated() -> None:
    catalog, translated = small(), localize(small(), mark)
    notes = catalog.by_id["general_311"].staff_notes
    assert notes is not None and translated.by_id["general_311"].staff_notes == notes
    assert notes.script not in {english for _, english in texts(catalog)}
    lane, shown = catalog.lanes[0], translated.lanes[0]
    assert (shown.counters, shown.last_ticket, shown.numbers) == (lane.counters, "11:45", "100-499")
    assert [(row.days, row.open, row.close) for row in shown.hours] == [
        (row.days, row.open, row.close) for row in lane.hours
    ]


def test_a_translated_catalogue_keeps_digest_and_order() -> None:
    catalog, translated = small(), localize(small(), mark)
    assert translated.digest == catalog.digest
    assert list(translated.by_id) == list(catalog.by_id)


def test_the_table_names_fields_that_exist() -> None:
    for cls, names in FIELDS.items():
        assert set(names) <= {field.name for field in fields(cls)}, cls
    assert set(OWNERS) <= set(FIELDS)
