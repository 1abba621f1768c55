"""The files of a day: outsiders' tools can read and check them, and nobody is found in them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Sampling
from kiosk.export.day import export
from kiosk.export.table import BOM, HELD_BACK, Column, Table, guarded
from kiosk.survey.conduct import About
from tests.support.survey_day import LANGUAGES, SurveyDay, catalog_with, plan_in

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 23)
TABLES = ("responses", "answers", "funnel", "tickets", "comments", "dictionary")
WORDS = ("=1+1", "+1", "@x", '-2 "quoted",\nand on', "＝1+1", "شكراً لكم", "谢谢，非常好", "Call 918-555-0142")


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SurveyDay]:
    """A day of 500 responses in five languages, with comments of every kind."""
    with SurveyDay(tmp_path_factory.mktemp("data")) as day:
        day.fill(500 - len(WORDS))
        for words in WORDS:
            begun = day.begin(About("lookup", "utility_pay"), "en")
            for statement in begun.statements:
                day.say(begun, statement.id, "4")
            day.complete(begun)
            day.comment(begun, words)
        yield day


@pytest.fixture(scope="module")
def folder(kiosk: SurveyDay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was exported of it."""
    return written(kiosk, tmp_path_factory.mktemp("stick"))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SurveyDay]:
    """A kiosk on a day when nobody has come yet."""
    with SurveyDay(tmp_path / "data") as day:
        yield day


def written(kiosk: SurveyDay, stick: Path) -> Path:
    stick.mkdir(exist_ok=True)
    practice = kiosk.journal.practice
    done = export(kiosk.journal, kiosk.catalog, kiosk.clock, DAY, stick, practice=practice)
    assert done.path
    return done.path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """A table read as a stranger's program would."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def frictionless(folder: Path, description: str = "datapackage.json") -> subprocess.CompletedProcess[str]:
    """The real program, on a folder."""
    command = [sys.executable, "-m", "frictionless", "validate", description]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_frictionless_finds_a_day_of_500_responses_valid(folder: Path) -> None:
    found = frictionless(folder)
    assert found.returncode == 0, found.stdout + found.stderr
    responses = rows(folder, "responses")
    assert len(responses) == 500
    described = json.loads((folder / "datapackage.json").read_bytes())
    assert len(described["resources"]) == len(list(folder.iterdir())) - len(
        ["datapackage.json", "SHA256SUMS", "SHA256SUMS.sig"]
    )
    assert "INVALID" not in found.stdout


def test_one_byte_changed_anywhere_is_found(small: SurveyDay, tmp_path: Path) -> None:
    from frictionless import Package

    small.fill(12)
    folder = written(small, tmp_path / "stick")
    for resource in Package(str(folder / "datapackage.json")).resources:
        assert resource.path
        file = folder / resource.path
        whole = file.read_bytes()
        assert resource.validate().valid
        for place in (0, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert not resource.validate().valid, (file.name, place)
            assert sha256sum(folder).returncode == 1, (file.name, place)
        file.write_bytes(whole)
    assert sha256sum(folder).returncode == 0


def sha256sum(folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True)


def test_the_checksums_are_of_every_other_file_and_signed_by_the_kiosk(
    kiosk: SurveyDay, folder: Path
) -> None:
    sums = (folder / "SHA256SUMS").read_bytes()
    assert sha256sum(folder).returncode == 0
    names = {line.split(b" *")[1].decode() for line in sums.splitlines()}
    assert names == {file.name for file in folder.iterdir()} - {"SHA256SUMS", "SHA256SUMS.sig"}
    key = json.loads((folder / "datapackage.json").read_bytes())["public_key"]
    assert key == next(kiosk.journal.events()).body["key"]
    assert key in (folder / "METHOD.md").read_text(encoding="utf-8")
    signature = bytes.fromhex((folder / "SHA256SUMS.sig").read_text())
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    public.verify(signature, sums)
    with pytest.raises(InvalidSignature):
        public.verify(signature, sums + b"\n")


def test_the_batch_verifies_with_a_script_that_knows_nothing_of_the_kiosk(folder: Path) -> None:
    batch = next(folder.glob("*.batch"))
    script = ROOT / "tests" / "support" / "verify_batch.py"
    checked = subprocess.run([sys.executable, script, batch], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("ok: ")


def test_four_kinds_of_no_number_stay_four_from_the_event_to_both_files(
    small: SurveyDay, tmp_path: Path
) -> None:
    begun = small.begin(About("served"), "en")
    given = dict(zip([one.id for one in begun.statements], ("na", "skipped", "2"), strict=False))
    for statement, value in given.items():
        small.say(begun, statement, value)
    last = begun.statements[-1].id
    small.journal.append("survey.abandoned", {"response": begun.response, "at": last})
    small.answer(small.begin(About("lookup"), "en"))
    small.answer(small.begin(About("served"), "en"))
    folder = written(small, tmp_path / "stick")
    expected = {name: value.upper() for name, value in given.items()} | {last: "NOT_REACHED"}
    assert Counter(expected.values()) == {"NA": 1, "SKIPPED": 1, "2": 1, "NOT_REACHED": 1}
    wide = next(row for row in rows(folder, "responses") if row["response"] == begun.response)
    statements = [one.id for one in small.catalog.survey.statements if one.id in wide]
    assert len(statements) > len(expected)
    assert {name: wide[name] for name in statements} == dict.fromkeys(statements, "") | expected
    long = [row for row in rows(folder, "answers") if row["response"] == begun.response]
    assert {row["statement"]: row["answer"] for row in long} == expected
    codes = {row["code"] for row in rows(folder, "dictionary") if row["column"] == last}
    assert {"NA", "SKIPPED", "NOT_REACHED", "(empty)"} <= codes


def test_wide_and_long_say_the_same(folder: Path) -> None:
    long = {(row["response"], row["statement"]): row["answer"] for row in rows(folder, "answers")}
    wide = {}
    for row in rows(folder, "responses"):
        asked = {name: row[name] for name in list(row)[list(row).index("abandoned_at") + 1 :] if row[name]}
        wide.update({(row["response"], name): value for name, value in asked.items()})
    assert wide == long


def test_comments_stand_as_written_and_are_harmless_in_a_spreadsheet(folder: Path) -> None:
    kept = [" ".join(words.split()) for words in WORDS]
    exact = [row["words"] for row in rows(folder, "comments")]
    assert set(kept) <= set(exact)
    text = (folder / "spreadsheet_comments.csv").read_bytes()
    assert text.startswith(BOM)
    copy = [row["words"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))]
    assert [words.removeprefix("'") for words in copy] == exact
    assert {words for words in copy if words.startswith("'")} == {f"'{words}" for words in kept[:5]}
    flagged = {row["words"]: row["flags"] for row in rows(folder, "comments")}
    assert flagged["Call 918-555-0142"] == "phone"
    assert flagged["谢谢，非常好"] == ""


def test_comments_lead_to_no_response_and_no_hour(folder: Path) -> None:
    assert set(rows(folder, "comments")[0]) == {"day", "language", "service", "lane", "words", "flags"}


def test_nobody_can_be_found_in_the_files_for_people(kiosk: SurveyDay, folder: Path) -> None:
    secrets: set[bytes] = set()
    for event in kiosk.journal.events():
        secrets |= {event.id.encode(), event.clock.encode(), event.at[11:19].encode()}
        fields = ("visit", "unit", "ticket", "code")
        secrets |= {str(event.body[field]).encode() for field in fields if event.body.get(field)}
    assert {len(secret) for secret in secrets} == {4, 8, 17, 32, 36}
    # Every place of the file at which a code, a time, a clock or an id could begin.
    forms = (
        rb"[A-Z]\d{3}",
        rb"\d\d:\d\d:\d\d",
        rb"[0-9a-f]{12}-[0-9a-f]{4}",
        rb"[0-9a-f]{32}",
        rb"[0-9a-f-]{36}",
    )
    for file in folder.iterdir():
        content = file.read_bytes()
        found = {word for form in forms for word in re.findall(rb"(?=(" + form + rb"))", content)}
        if file.suffix == ".batch":
            assert secrets <= found
        else:
            assert not secrets & found, file.name
            assert b'"seq"' not in content
            assert not re.search(rb"\d\d:\d\d:\d\d", content)
            assert b"Ada" not in content


def test_fewer_than_ten_are_held_back_in_every_file(folder: Path) -> None:
    shared = {
        "responses": ("language", "service", "department", "lane", "stratum", "hour"),
        "tickets": ("language", "service", "lane", "first_lane", "hour"),
        "comments": ("language", "service", "lane"),
    }
    hidden = 0
    for name, columns in shared.items():
        table = rows(folder, name)
        for column in columns:
            counts = Counter(row[column] for row in table if row[column])
            hidden += counts[HELD_BACK]
            assert all(count >= 10 for value, count in counts.items() if value != HELD_BACK), (name, column)
    assert hidden
    counts = [row["count"] for row in rows(folder, "funnel")]
    assert HELD_BACK in counts
    assert not [count for count in counts if count != HELD_BACK and 0 < int(count) < 10]
    told: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows(folder, "funnel"):
        told.setdefault((row["channel"], row["stratum"]), {})[row["step"]] = row["count"]
    for steps in told.values():
        if HELD_BACK not in (steps["started"], steps["completed"]):
            assert not 0 < int(steps["started"]) - int(steps["completed"]) < 10


def test_a_lane_held_back_is_not_told_by_department_or_stratum(folder: Path) -> None:
    for row in rows(folder, "responses"):
        if row["service"] == HELD_BACK:
            assert {row[name] for name in ("department", "lane", "stratum")} == {HELD_BACK}
        if row["lane"] == HELD_BACK and row["channel"] == "invited":
            assert row["stratum"] == HELD_BACK
    # help, with one in a hundred, has too few; permits would tell how many.
    funnel = rows(folder, "funnel")
    quiet = {row["stratum"] for row in funnel if row["step"] == "started" and row["count"] == HELD_BACK}
    assert {"help", "permits"} <= quiet


def test_a_small_stratum_is_not_told_by_its_lane(tmp_path: Path) -> None:
    with SurveyDay(tmp_path / "data", catalog=catalog_with(Sampling("everyone"))) as day:
        for number in range(29):
            lane = "permits" if number < 14 else "bills"
            unit = f"{number:032x}" if number not in range(5, 14) else ""
            if unit:
                day.conduct.enter(unit, "ticket", lane, "", "en")
            day.complete(day.begin(About("served", "", lane, "under_5", unit, "ticket"), "en"))
        table = rows(written(day, tmp_path / "stick"), "responses")
    assert Counter(row["channel"] for row in table) == {"invited": 20, "ticket": 9}
    # 5 invited in permits are few, 14 of the lane are not; 15 in bills would tell how many.
    assert {row["lane"] for row in table} == {HELD_BACK}
    assert {row["stratum"] for row in table if row["channel"] == "invited"} == {HELD_BACK}


def test_the_funnel_counts_what_happened(kiosk: SurveyDay, folder: Path) -> None:
    events = list(kiosk.journal.events())
    bills = [it.body for it in events if it.kind == "survey.eligible" and it.body["stratum"] == "bills"]
    units = {body["unit"] for body in bills}
    began = [
        it.body["response"]
        for it in events
        if it.kind == "survey.started" and it.body["stratum"] == "bills" and it.body["channel"] == "invited"
    ]
    completed = [it for it in events if it.kind == "survey.completed" and it.body["response"] in began]
    declined = [it for it in events if it.kind == "survey.declined" and it.body["unit"] in units]
    told = {row["step"]: row for row in rows(folder, "funnel") if row["stratum"] == "bills"}
    assert told["eligible"]["count"] == str(len(bills))
    assert told["selected"]["count"] == str(sum(body["selected"] for body in bills))
    assert told["declined"]["count"] == str(len(declined))
    assert told["started"]["count"] == str(len(began))
    assert told["completed"]["count"] == str(len(completed))
    assert told["started"]["seed"] == bills[0]["seed"]
    assert (told["started"]["method"], told["started"]["design"]) == ("systematic", "systematic 2")
    assert bills[0]["seed"] in (folder / "METHOD.md").read_text(encoding="utf-8")


def test_rows_are_shuffled(kiosk: SurveyDay, folder: Path) -> None:
    began = [it.body["response"] for it in kiosk.journal.events() if it.kind == "survey.started"]
    order = [row["response"] for row in rows(folder, "responses")]
    assert order == sorted(began) != began
    taken = [it.body for it in kiosk.journal.events() if it.kind == "ticket.issued"]
    services = [row["service"] for row in rows(folder, "tickets")]
    assert len(services) == len(taken)
    by_id = [body["service"] for body in sorted(taken, key=lambda body: str(body["ticket"]))]
    assert [service for service in services if service != HELD_BACK] == [
        service for service in by_id if service in services
    ]


def test_the_dictionary_has_every_column_and_every_wording(folder: Path) -> None:
    known = rows(folder, "dictionary")
    columns = {(row["file"], row["column"]) for row in known if row["kind"] == "column" and row["meaning"]}
    for name in TABLES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        assert {(f"{name}.csv", column) for column in head} <= columns
    worded = {(row["language"], row["statement"]): row for row in known if row["kind"] == "wording"}
    for language in LANGUAGES:
        for statement in plan_in(language).statements:
            row = worded[language, statement.id]
            assert (row["text"], row["since"], row["version"]) == (statement.text, "2026-11-23", "1")


def test_a_statement_that_is_changed_or_retired_shifts_no_other(small: SurveyDay, tmp_path: Path) -> None:
    first = small.begin(About("served"), "en")
    for statement in first.statements:
        small.say(first, statement.id, "1")
    small.complete(first)
    gone, changed = small.catalog.survey.statements[0], small.catalog.survey.statements[-1]
    statements = (
        replace(gone, retired=True),
        *small.catalog.survey.statements[1:-1],
        replace(changed, text="It was easy to find out what the rules are"),
        replace(changed, id="language", text="I was helped in my language"),
    )
    newer = replace(small.catalog.survey, version=2, statements=statements, ask=len(statements))
    second = small.begin(About("served"), "en", newer)
    for statement in second.statements:
        small.say(second, statement.id, "4")
    small.complete(second)
    folder = written(small, tmp_path / "stick")
    table = {row["response"]: row for row in rows(folder, "responses")}
    old, new = table[first.response], table[second.response]
    assert (old["version"], new["version"]) == ("1", "2")
    assert all(old[statement.id] == "1" for statement in first.statements)
    assert new[gone.id] == ""
    assert new[changed.id] == "4"
    # Another column has the name of this statement.
    assert (new["statement_language"], old["statement_language"]) == ("4", "")
    texts = {(row["version"], row["statement"]): row["text"] for row in rows(folder, "dictionary")}
    assert texts["1", changed.id] == changed.text
    assert texts["2", changed.id] == "It was easy to find out what the rules are"
    assert texts["2", "language"] == "I was helped in my language"


def test_every_file_of_practice_says_so(tmp_path: Path) -> None:
    with SurveyDay(tmp_path / "data", practice=True) as day:
        day.fill(12)
        folder = written(day, tmp_path / "stick")
    assert folder.name.startswith("PRACTICE_survey_")
    assert all(file.name.startswith("PRACTICE_") for file in folder.iterdir())
    assert json.loads((folder / "PRACTICE_datapackage.json").read_bytes())["practice"] is True
    assert (folder / "PRACTICE_METHOD.md").read_text(encoding="utf-8").startswith("# PRACTICE")
    for file in folder.glob("*.csv"):
        head, *content = file.read_text(encoding="utf-8-sig").splitlines()
        assert head.startswith("practice,")
        assert all(line.startswith("PRACTICE,") for line in content)
    assert b'"practice":true' in next(folder.glob("*.batch")).read_bytes().splitlines()[0]
    assert frictionless(folder, "PRACTICE_datapackage.json").returncode == 0


@pytest.mark.parametrize(
    ("sampling", "told"),
    [
        (Sampling("everyone"), "an attempted census"),
        (Sampling("systematic", every=3), "one in 3 eligible visitors"),
        (Sampling("random", percent=40), "a chance of 40 percent"),
        (Sampling("stratified", rates={"bills": 60, "self_service": 20}), "self_service 20 percent"),
    ],
)
def test_the_note_tells_how_visitors_were_chosen(tmp_path: Path, sampling: Sampling, told: str) -> None:
    with SurveyDay(tmp_path / "data", catalog=catalog_with(sampling)) as day:
        day.fill(12)
        note = (written(day, tmp_path / "stick") / "METHOD.md").read_text(encoding="utf-8")
    assert told in note
    assert ("no interval" in note) == (sampling.method == "everyone")
    assert ("95 % interval" in note) == (sampling.method != "everyone")
    assert "No sampling error can be given" in note


def test_a_day_when_nobody_came_is_valid_too(small: SurveyDay, tmp_path: Path) -> None:
    folder = written(small, tmp_path / "stick")
    assert rows(folder, "responses") == rows(folder, "tickets") == rows(folder, "funnel") == []
    assert frictionless(folder).returncode == 0


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.tuples(TEXT, st.one_of(st.none(), st.integers(), TEXT)), max_size=5))
def test_any_words_come_back_as_they_were(content: list[tuple[str, str | int | None]]) -> None:
    table = Table("t", "", "", (Column("a", ""), Column("b", "")), lambda: content)
    out = io.BytesIO()
    table.write(out)
    read = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))
    assert read == [["a", "b"], *([text, "" if other is None else str(other)] for text, other in content)]


@given(st.text(st.sampled_from("=+-@＝＋－＠\t\r \ufeffa1'"), max_size=5))
def test_no_cell_of_a_spreadsheet_begins_a_formula(words: str) -> None:
    shown = guarded(words)
    assert isinstance(shown, str)
    assert shown in (words, f"'{words}")
    assert not shown.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not shown.startswith(("\t", "\r"))
