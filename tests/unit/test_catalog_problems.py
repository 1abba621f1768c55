"""Every way in which a services.yaml can be wrong, with the line a person reads about it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from kiosk.catalog import load
from kiosk.catalog.kinds import ListOf, Record
from kiosk.catalog.parse import parse
from kiosk.catalog.schema import CATALOG
from kiosk.errors import CatalogError
from tests.support.catalog import VALID, VERDICTS, changed, errors, marked, without, write

CITY = "name, welcome, mark, desk, desk_phone, emergency, after_hours"
DATE = "a date as YYYY-MM-DD (2026-11-26)"
OUT = ", or leave the key out"
YAML = (
    "allowed are 'key: value' pairs and '- ' lists, indented by spaces; quote a text that holds ': ' or ' #'"
)
KEYS = (
    "id, name, summary, category, department, eligibility, bring, fees, time, steps, location, hours, "
    "phones, email, online, short_url, lane, redirect, former_names, keywords, closed_on, alert, changes, "
    "reviewed, source, source_date, confidence, caution, staff_notes"
)
SECTIONS = "city, categories, departments, lanes, holidays, notices, survey, services, pin, block, shared"

# What stands in the file, what is put there instead (‸ marks the place of the problem), the message.
WRONG = {
    "unknown key near a known one": (
        "    email: bills@",
        "    ‸emial: bills@",
        f"unknown key 'emial' in the service (did you mean 'email'?): allowed are {KEYS}",
    ),
    "unknown key like no other": (
        "  welcome:",
        "  ‸xyz: 1\n  welcome:",
        f"unknown key 'xyz' in the city: allowed are {CITY}",
    ),
    "a comma that begins a key": (
        "name: Thanksgiving Day",
        "name: Thanks, ‸giving",
        "unknown key 'giving' in the holiday (a comma inside {...} begins a new key: "
        "quote a text that has one): allowed are date, name, example",
    ),
    "unknown section": (
        "\nlanes:",
        "\n‸wards: []\nlanes:",
        f"unknown key 'wards' in the catalogue: allowed are {SECTIONS}",
    ),
    "merge key": (
        "  welcome:",
        "  ‸<<: {a: b}\n  welcome:",
        f"unknown key '<<' in the city: allowed are {CITY}",
    ),
    "key that is a list": (
        "  welcome:",
        "  ? ‸[a]\n  : b\n  welcome:",
        f"a key in the city is a list: allowed are {CITY}",
    ),
    "key twice": (
        "    email: bills@",
        "    ‸summary: Again\n    email: bills@",
        "the key 'summary' stands twice in the service (first in line 53): keep one",
    ),
    "section twice": (
        "\nservices:",
        "\n‸holidays: []\nservices:",
        "the key 'holidays' stands twice in the catalogue (first in line 29): keep one",
    ),
    "language key twice": (
        "      vi: [ổ gà",
        "      ‸en: [x]\n      vi: [ổ gà",
        "the language 'en' stands twice in 'services.keywords' (first in line 109): keep one",
    ),
    "empty required value": (
        "summary: Tell the City about a hole in the street.",
        "summary:‸",
        "'services.summary' is empty: allowed is a text",
    ),
    "empty optional value": (
        "hint: water · fines",
        'hint: ‸"  "',
        f"'categories.hint' is empty: allowed is a text{OUT}",
    ),
    "null": (
        "    time: Payments post in 1-2 business days",
        "    time: ‸null",
        f"'services.time' is empty: allowed is a text{OUT}",
    ),
    "empty list": (
        "[2026-12-24]",
        "‸[]",
        f"'services.closed_on' is empty: allowed is a list, each item {DATE}{OUT}",
    ),
    "empty item": ("      - Your bill", "      - ‸''", "'services.bring' is empty: allowed is a text"),
    "empty section": (
        '- {id: overall, text: My overall experience with this service was positive, benchmark: ""}',
        "- ‸{}",
        "'survey.statements' is empty: allowed is a group of keys (id, text, for, audience, "
        "target, benchmark, retired)",
    ),
    "text for a list": (
        "[Utilities cashier]",
        "‸Utilities cashier",
        "'services.former_names' is a text: allowed is a list, each item a text",
    ),
    "list for a text": (
        "    time: Payments post in 1-2 business days",
        "    time: ‸[a, b]",
        "'services.time' is a list: allowed is a text",
    ),
    "group for a text": (
        "    time: Payments post in 1-2 business days",
        "    time: ‸{a: b}",
        "'services.time' is a group of keys: allowed is a text",
    ),
    "text for a group": (
        "location:\n      building: City Hall\n      address: 1 Main St., Riverton\n      floor: 1st floor\n"
        "      room: Cashier windows",
        "location: ‸City Hall",
        "'services.location' is a text: allowed is a group of keys (building, address, floor, room)",
    ),
    "text for languages": (
        "      en: [call the city, question, talk to someone, who do i call, phone number, something else]",
        "      en: ‸call the city",
        "'services.keywords.en' is a text: allowed is a list, each item a text",
    ),
    "not YAML: a colon in a text": (
        "summary: Tell the City",
        "summary: Tell‸: the City",
        f"not YAML: mapping values are not allowed in this context; {YAML}",
    ),
    "not YAML: a bracket left open": (
        "[2026-12-24]\n    alert",
        "[2026-12-24\n    alert‸",
        f"not YAML while parsing a flow sequence: did not find expected ',' or ']'; {YAML}",
    ),
    "not YAML: a tab": (
        "    summary: Tell",
        "‸\tsummary: Tell",
        f"not YAML while scanning a plain scalar: found a tab character that violates indentation; {YAML}",
    ),
    "alias": ("hint: water · fines", "hint: ‸*x", "the alias '*x' is not allowed: write its content out"),
    "tag": (
        "hint: water · fines",
        "hint: ‸!secret x",
        "the tag '!secret' is not allowed: write plain texts, lists and keys",
    ),
    "second document": (
        "\nservices:",
        "\n‸---\nservices:",
        "a second document ('---') begins here: only one is allowed",
    ),
    "control character in the file": (
        "hint: water · fines",
        "hint: ‸\x07",
        "the control character U+0007 is not allowed: remove it",
    ),
    "verdicts as a list": (
        "pin:\n  garden shed: building_permit",
        "pin:\n  ‸- garden shed",
        "'pin' is a list: allowed is a group of pairs (a query: the id of a service)",
    ),
    "verdicts as a text": (
        "block:\n  driver license: [pet_license, marriage_license]",
        "block: ‸driver license",
        "'block' is a text: allowed is a group of pairs (a query: a list, each item the id of a service)",
    ),
    "reasons as a list": (
        "shared:\n  where do i pay: Both are paid for at the cashier windows.",
        "shared: ‸[where do i pay]",
        "'shared' is a list: allowed is a group of pairs (a keyword: the reason why services share it)",
    ),
    "list for a pin": (
        "garden shed: building_permit",
        "garden shed: ‸[building_permit]",
        "'pin.garden shed' is a list: allowed is the id of a service",
    ),
    "text for a block": (
        "[pet_license, marriage_license]",
        "‸pet_license",
        "'block.driver license' is a text: allowed is a list, each item the id of a service",
    ),
    "list in a block": (
        "[pet_license, marriage_license]",
        "[pet_license, ‸[marriage_license]]",
        "'block.driver license' is a list: allowed is the id of a service",
    ),
    "group for a reason": (
        "where do i pay: Both are paid for at the cashier windows.",
        "where do i pay: ‸{en: Both}",
        "'shared.where do i pay' is a group of keys: allowed is the reason why services share it",
    ),
    "query that is a list": (
        "garden shed: building_permit",
        "? ‸[garden, shed]\n  : building_permit",
        "a key in 'pin' is a list: allowed is a query",
    ),
    "keyword that is a group": (
        "shared:\n",
        "shared:\n  ? ‸{where: pay}\n  : Both\n",
        "a key in 'shared' is a group of keys: allowed is a keyword",
    ),
    "empty query of a pin": (
        "garden shed: building_permit",
        "garden shed: building_permit\n  ‸'': pothole",
        "a key in 'pin' is empty: allowed is a query",
    ),
    "empty query of a block": (
        "driver license: [",
        "‸'  ': [",
        "a key in 'block' is empty: allowed is a query",
    ),
    "null keyword": (
        "shared:\n",
        "shared:\n  ‸~: Both\n",
        "a key in 'shared' is empty: allowed is a keyword",
    ),
    "empty pin": (
        "garden shed: building_permit",
        "garden shed:‸",
        "'pin.garden shed' is empty: allowed is the id of a service",
    ),
    "empty block": (
        "[pet_license, marriage_license]",
        "‸[]",
        "'block.driver license' is empty: allowed is a list, each item the id of a service",
    ),
    "empty item of a block": (
        "[pet_license, marriage_license]",
        "[pet_license, ‸'']",
        "'block.driver license' is empty: allowed is the id of a service",
    ),
    "empty reason": (
        "Both are paid for at the cashier windows.",
        "‸' '",
        "'shared.where do i pay' is empty: allowed is the reason why services share it",
    ),
    "query pinned twice": (
        "garden shed: building_permit",
        "garden shed: building_permit\n  ‸garden shed: pothole",
        "'pin' has 'garden shed' twice (first in line 187): keep one",
    ),
    "query pinned twice in other letters": (
        "garden shed: building_permit",
        "garden shed: building_permit\n  ‸Garden  SHED: pothole",
        "'pin' has 'Garden SHED' twice (first in line 187): keep one",
    ),
    "query with blocks twice": (
        "driver license: [pet_license, marriage_license]",
        "driver license: [pet_license]\n  ‸Driver License: [marriage_license]",
        "'block' has 'Driver License' twice (first in line 190): keep one",
    ),
    "reason twice": (
        "  where do i pay: Both are",
        "  Where do I pay: Both\n  ‸where do i pay: Both are",
        "'shared' has 'where do i pay' twice (first in line 193): keep one",
    ),
    "deep nesting": (
        "hint: water · fines",
        "hint: [[[[[[[[[[[[‸[[[[]]]]]]]]]]]]]]]]",
        "nested deeper than 16 levels, which no entry needs",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_this_line(old: str, new: str, message: str) -> None:
    text, place = marked(changed(old, new))
    assert errors(text) == (f"services.yaml:{place}: {message}",)


def test_the_small_file_has_no_problem() -> None:
    parsed = parse(VALID.encode())
    assert (parsed.errors, parsed.warnings) == ((), ())


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("  welcome:", "3:3", "the city lacks the key 'welcome': allowed is a text"),
        (
            "  version: 1",
            "37:3",
            "the survey 'standard' lacks the key 'version': allowed is a whole number, 1 or more",
        ),
        ("name: Report a pothole", "101:5", "the service 'pothole' lacks the key 'name': allowed is a text"),
    ],
)
def test_a_missing_key_is_named_with_its_entry(line: str, place: str, message: str) -> None:
    assert errors(without(line)) == (f"services.yaml:{place}: {message}",)


@pytest.mark.parametrize("key", CATALOG.required)
def test_every_section_is_needed(key: str) -> None:
    found = errors(changed(f"\n{key}:\n", f"\nx{key}:\n"))
    assert any(f"the catalogue lacks the key '{key}': allowed is" in problem for problem in found)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{note: Card fees depend on your bank}", "the fee needs at least one of the keys amount, note"),
        ("{note: Drop box at any time}", "the row of hours needs at least one of the keys days, note"),
        (
            "{script: Ask them to take a ticket., call: The front desk, number: 555-555-0100}",
            "the group of staff notes needs at least one of the keys script, call, number",
        ),
    ],
)
def test_an_entry_needs_one_of_its_keys(row: str, message: str) -> None:
    found = errors(changed(row, "{nota: x}"))
    assert any(problem.endswith(message) for problem in found)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", f"services.yaml:1:1: the file is empty: allowed is a group of keys ({SECTIONS})"),
        (b"# nothing\n", f"services.yaml:1:1: the file is empty: allowed is a group of keys ({SECTIONS})"),
        (b"~\n", f"services.yaml:1:1: the file is empty: allowed is a group of keys ({SECTIONS})"),
        (b"just words", f"services.yaml:1:1: 'catalogue' is a text: allowed is a group of keys ({SECTIONS})"),
        (b"- a\n", f"services.yaml:1:1: 'catalogue' is a list: allowed is a group of keys ({SECTIONS})"),
        (b"city:\n  n\xff: 1", "services.yaml:2:4: these bytes are not UTF-8: save the file as UTF-8"),
        (b"[" * 100_000, "services.yaml:1:16: nested deeper than 16 levels, which no entry needs"),
    ],
)
def test_a_file_that_is_no_catalogue_at_all(data: bytes, line: str) -> None:
    assert parse(data).errors == (line,)


def test_a_dangling_category_is_told_where_it_is_named_and_where_it_is_missed() -> None:
    assert errors(changed("category: records", "category: recrods")) == (
        "services.yaml:18:10: no service has the category 'records': give it services or remove it",
        "services.yaml:154:15: unknown category 'recrods' (did you mean 'records'?): "
        "allowed are bills, street, animals, permits, records, city",
    )


def test_what_the_file_holds_cannot_command_the_terminal() -> None:
    text = changed("name: License a pet", 'name: "Report\\e[2J\\na pothole"')
    text = changed("name: Report a pothole", 'name: "Report\\e[2J\\na pothole"', text)
    found = errors(text)
    assert len(found) == 3
    assert all(line.isprintable() for line in found)


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    text = changed("mark: ◆", "mark: ◆◆")
    text = changed("letter: H", "letter: h", text)
    text = changed("department: finance", "department: nowhere", text)
    text = changed("    summary: Get the yearly", "    sumary: Get the yearly", text)
    places = [line.split(": ")[0] for line in errors(text)]
    assert places == [
        "services.yaml:5:9",
        "services.yaml:27:24",
        "services.yaml:55:17",
        "services.yaml:118:5",
        "services.yaml:120:5",
    ]


def test_one_wrong_value_is_one_problem() -> None:
    """A blank left by one problem is not reported again as a dangling reference or a duplicate."""
    assert len(errors(changed("{id: works, name: Public Works}", "{name: Public Works}"))) == 2
    assert len(errors(without("summary: Tell the City"))) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "[路上有坑, 马路坏了, 路面破损]",
            "[路上有坑, 马路坏了]",
            "services.yaml:101:9: the service 'pothole' has few keywords (zh_Hans 2 of 3): "
            "visitors' own words find it",
        ),
        (
            "category: city",
            "category: records",
            "services.yaml:14:10: 5 categories: 6 to 9 fit the home screen",
        ),
    ],
)
def test_a_warning_does_not_refuse_the_file(old: str, new: str, message: str) -> None:
    text = changed(old, new)
    if "category" in old:
        text = without("{id: city, name: The City itself}", text)
    parsed = parse(text.encode())
    assert (parsed.errors, parsed.warnings) == ((), (message,))


def test_a_catalogue_needs_no_verdicts() -> None:
    text = changed("rabies tag, where do i pay", "rabies tag, dog fee")
    for sections in ("", "\npin:\nblock: {}\nshared: ''\n"):
        parsed = parse(changed(VERDICTS, sections, text).encode())
        assert (parsed.errors, parsed.warnings) == ((), ())
        assert (parsed.catalog.pin, parsed.catalog.block, parsed.catalog.shared) == ({}, {}, {})


def test_texts_are_composed_and_on_one_line() -> None:
    text = changed(
        "summary: Tell the City about a hole in the street.", "summary: >\n      Cafe\u0301\n      today"
    )
    assert parse(text.encode()).catalog.by_id["pothole"].summary == "Café today"


def test_words_that_yaml_would_convert_stay_words() -> None:
    text = changed("- Your bill", "- no")
    text = changed("1st floor", "012", text)
    text = changed("  garden shed:", "  311: pothole\n  yes:", text)
    catalog = parse(text.encode()).catalog
    service = catalog.by_id["utility_pay"]
    assert list(catalog.pin) == ["311", "yes"]
    assert service.bring[0] == "no"
    assert service.location is not None and service.location.floor == "012"
    assert service.fees[1].amount == "1.50"


def records(kind: object) -> list[Record]:
    """Every record of the schema."""
    if isinstance(kind, Record):
        return [kind, *(found for inner in kind.kinds.values() for found in records(inner))]
    return records(kind.item) if isinstance(kind, ListOf) else []


def test_the_schema_has_every_field_of_the_model() -> None:
    for record in records(CATALOG):
        assert is_dataclass(record.cls)
        named = {record.renamed.get(key, key) for key in record.kinds}
        assert named == {field.name for field in fields(record.cls)} - {"digest"}, record.title


def test_a_refusal_carries_its_problems_and_the_next_step(tmp_path: Path) -> None:
    path = write(tmp_path, changed("mark: ◆", "mark: ◆◆"))
    with pytest.raises(CatalogError) as refused:
        load.load(path)
    assert str(path) in refused.value.what
    assert "kiosk check" in refused.value.next_step
    assert refused.value.problems == (
        "services.yaml:5:9: 'city.mark' can't be '◆◆': allowed is one character of one cell",
    )
