"""The loop that keeps the search good: what visitors missed is listed, assigned, and found from then on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.catalog import load
from kiosk.clock import FixedClock
from kiosk.commands.group import group
from kiosk.journal import Journal, new_id
from kiosk.ui.library import Library
from tests.support.app import plain_settings
from tests.support.catalog import VALID, changed, write


@pytest.fixture(autouse=True)
def _by_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_SEARCH_MEANING", "false")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "city")


@pytest.fixture
def journal(data: Path) -> Iterator[Journal]:
    """Stays open, as in a kiosk that runs beside the command."""
    with Journal.open(data / "kiosk.db", FixedClock()) as opened:
        yield opened


def missed(journal: Journal, *queries: str, language: str = "en", day: int = 23) -> None:
    """Visitors search for these and choose nothing."""
    journal.clock.moment = datetime(2026, 11, day, 18, 0, tzinfo=UTC)  # type: ignore[attr-defined]
    for query in queries:
        body = {"visit": new_id(), "language": language, "results": 3, "chosen": "", "confident": False}
        journal.append("search.made", body, text=query)


def kiosk(*arguments: str | Path, data: Path) -> tuple[int, str]:
    result = CliRunner().invoke(group, ["--data", str(data), *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def listed(*arguments: str | Path, data: Path, file: Path) -> list[dict[str, object]]:
    status, output = kiosk("--services", file, "words", "--json", *arguments, data=data)
    assert status == 0, output
    return json.loads(output)["words"]  # type: ignore[no-any-return]


def words(*arguments: str | Path, data: Path, file: Path) -> list[object]:
    return [row["words"] for row in listed(*arguments, data=data, file=file)]


def test_one_query_in_all_its_spellings_is_one_line_with_what_is_nearest(
    journal: Journal, data: Path, file: Path
) -> None:
    missed(journal, "Axle breaker", "axle-breaker!", day=21)
    missed(journal, "axle  breaker", "axle-breaker!", day=20)
    missed(journal, "deck garage pothole")
    assert listed(data=data, file=file)[0] == {
        "count": 4,
        "language": "en",
        "words": "axle-breaker!",
        "last_day": "2026-11-21",
        "guesses": [],
        "sure": False,
    }
    status, output = kiosk("--services", file, "words", data=data)
    assert status == 0
    first, second, hint = output.splitlines()
    assert first.split() == ["4", "en", "axle-breaker!", "2026-11-21", "-"]
    assert second.startswith("    1  en       deck garage pothole  2026-11-23  ")
    assert {"pothole", "building_permit"} < set(second.replace(",", "").split())
    assert "kiosk words assign" in hint


def test_most_asked_comes_first_then_the_latest(journal: Journal, data: Path, file: Path) -> None:
    missed(journal, "older", day=19)
    missed(journal, "twice", "twice", day=18)
    missed(journal, "newer", "newest", day=22)
    assert words(data=data, file=file) == ["twice", "newest", "newer", "older"]


def test_the_same_word_on_two_languages_screens_is_two_lines(
    journal: Journal, data: Path, file: Path
) -> None:
    missed(journal, "sopa", "sopa", language="es")
    missed(journal, "sopa")
    assert [(row["language"], row["count"]) for row in listed(data=data, file=file)] == [("es", 2), ("en", 1)]
    assert words("--lang", "en", data=data, file=file) == ["sopa"]
    assert words("--lang", "ar", data=data, file=file) == []


def test_the_list_can_be_cut_by_number_and_by_day(journal: Journal, data: Path, file: Path) -> None:
    missed(journal, "alpha", "beta", day=20)
    missed(journal, "gamma", "beta", day=22)
    assert words("--limit", "1", data=data, file=file) == ["beta"]
    assert "2 more: --limit 3" in kiosk("--services", file, "words", "--limit", "1", data=data)[1]
    rows = listed("--since", "2026-11-21", data=data, file=file)
    assert [(row["words"], row["count"]) for row in rows] == [("beta", 1), ("gamma", 1)]
    assert kiosk("words", "--since", "yesterday", data=data)[0] == 2


@pytest.mark.parametrize(
    "query", ["BUMPY road", "report a pothole", "Utilities Cashier", "garden shed!", "bache", "路上有坑"]
)
def test_what_leads_to_a_service_by_now_is_done_with(
    query: str, journal: Journal, data: Path, file: Path
) -> None:
    missed(journal, query, "axle breaker")
    assert words(data=data, file=file) == ["axle breaker"]
    assert sorted(map(str, words("--all", data=data, file=file))) == sorted([query, "axle breaker"])


def test_a_query_that_is_found_now_is_marked(journal: Journal, data: Path, file: Path) -> None:
    missed(journal, "the bumpy road")
    row = listed(data=data, file=file)[0]
    assert (row["guesses"][:1], row["sure"]) == (["pothole"], True)  # type: ignore[index]
    assert "pothole (sure)" in kiosk("--services", file, "words", data=data)[1]


def test_nothing_missed_is_said(journal: Journal, data: Path, file: Path) -> None:
    status, output = kiosk("--services", file, "words", data=data)
    assert status == 0
    assert "Nothing to assign" in output


def test_comments_and_chosen_searches_are_not_listed(journal: Journal, data: Path, file: Path) -> None:
    body = {"visit": new_id(), "language": "en", "results": 1, "chosen": "pothole", "confident": True}
    journal.append("search.made", body)
    journal.append("survey.commented", {"response": new_id()}, text="very kind people")
    assert listed("--all", data=data, file=file) == []


def test_words_cannot_reorder_a_line_of_the_terminal(journal: Journal, data: Path, file: Path) -> None:
    missed(journal, "axle\u202ebreaker")
    assert words(data=data, file=file) == ["axlebreaker"]


@pytest.mark.parametrize("empty", [False, True])
def test_without_a_journal_none_is_made(empty: bool, data: Path, file: Path) -> None:
    if empty:
        data.mkdir()
        (data / "kiosk.db").touch()
    status, output = kiosk("--services", file, "words", data=data)
    assert status == 2
    assert f"there is no journal {data / 'kiosk.db'}" in output
    assert "What to do: Name the kiosk's folder" in output
    assert not data.exists() or [found.stat().st_size for found in data.iterdir()] == [0]


def test_a_word_is_listed_assigned_and_found(journal: Journal, data: Path, file: Path) -> None:
    missed(journal, "Axle breaker", "axle  breaker")
    library = Library.open(replace(plain_settings(data), services=file))
    assert library.finder.search("axle breaker", "en").hits == ()
    status, output = kiosk(
        "words", "assign", "axle breaker", "pothole", "--lang", "en", "--services", file, data=data
    )
    assert status == 0
    assert output.splitlines() == [
        f"{file}:109: 'axle breaker' now leads to pothole (en).",
        "A running kiosk takes it up at its first screen, after the visit at the latest.",
    ]
    assert file.read_text(encoding="utf-8") == changed("cracked asphalt]", "cracked asphalt, axle breaker]")
    assert library.refresh()
    found = library.finder.search("axle breaker", "en")
    assert (found.hits[0].id, found.confident) == ("pothole", True)
    assert words(data=data, file=file) == []
    assert words("--all", data=data, file=file) == ["axle breaker"]
    assert kiosk("--services", file, "check", data=data)[0] == 0


def test_a_shared_word_is_assigned_with_its_reason(data: Path, file: Path) -> None:
    assign = ("--services", file, "words", "assign", "dog tag", "pothole", "--lang", "en")
    status, output = kiosk(*assign, data=data)
    assert status == 2
    assert "services.yaml:125: 'dog tag' already leads to 'pet_license'" in output
    assert file.read_text(encoding="utf-8") == VALID
    status, output = kiosk(*assign, "--shared", "Dogs fall in", data=data)
    assert status == 0
    assert "Under 'shared': Dogs fall in" in output
    assert "dog tag" not in kiosk("--services", file, "check", data=data)[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("axle", "potholes", "--lang", "en"), "did you mean 'pothole'?"),
        (("axle", "pothole", "--lang", "fr"), "Give one of en, es, vi, zh_Hans, ar with --lang."),
        (("axle", "pothole"), "Missing option '--lang'"),
        ((" ", "pothole", "--lang", "en"), "the query is empty"),
        (("bumpy road", "pothole", "--lang", "en"), "is already a keyword of 'pothole'"),
    ],
)
def test_a_refusal_says_what_to_do_and_writes_nothing(
    arguments: tuple[str, ...], said: str, data: Path, file: Path
) -> None:
    status, output = kiosk("--services", file, "words", "assign", *arguments, data=data)
    assert status == 2
    assert said in output
    assert file.read_text(encoding="utf-8") == VALID


def published(data: Path, folder: bool) -> Path:
    """The catalogue as a center publishes it: a file, or a link to a folder."""
    current = data / "catalog" / "current"
    if not folder:
        current.parent.mkdir(parents=True, exist_ok=True)
        current.write_text(VALID, encoding="utf-8")
        return current
    path = write(data / "catalog" / "7", VALID)
    current.symlink_to(path.parent)
    return current / "services.yaml"


@pytest.mark.parametrize("folder", [False, True])
def test_where_a_center_publishes_the_catalogue_a_word_is_proposed(
    folder: bool, journal: Journal, data: Path
) -> None:
    file = published(data, folder)
    status, output = kiosk("words", "assign", "Axle breaker 5", "pothole", "--lang", "en", data=data)
    assert status == 0
    assert output.splitlines() == [
        "Proposed, not written: 'Axle breaker' for pothole (en).",
        f"{file} comes from the center and is not edited here. "
        "The proposal goes to the center with the next sync.",
    ]
    assert file.read_text(encoding="utf-8") == VALID
    event = list(journal.events())[-1]
    assert (event.kind, event.body) == ("words.proposed", {"service": "pothole", "language": "en"})
    kept = journal.rows("SELECT kind, text, language FROM visitor_text WHERE event_id = ?", event.id)
    assert kept == [("words.proposed", "Axle breaker", "en")]
    assert journal.verify().bad_seq is None
    assert listed("--all", data=data, file=file) == []


def test_the_copy_that_came_with_the_kiosk_is_not_edited(
    journal: Journal, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "PACKAGE", tmp_path / "site" / "kiosk")
    file = write(tmp_path / "site" / "kiosk" / "data")
    status, output = kiosk("words", "assign", "axle breaker", "pothole", "--lang", "en", data=data)
    assert status == 0
    assert "came with the kiosk" in output
    assert "--services FILE or KIOSK_SERVICES" in output
    assert file.read_text(encoding="utf-8") == VALID
    assert list(journal.events())[-1].kind == "words.proposed"


@pytest.mark.parametrize(
    ("query", "service", "said"),
    [
        ("axle", "potholes", "did you mean 'pothole'?"),
        ("bumpy road", "pothole", "is already a keyword of 'pothole'"),
        ("W2 1040 a@b.us", "pothole", ""),
        ("918 555", "pothole", "nothing of '918 555' may be kept"),
    ],
)
def test_what_could_not_be_assigned_is_not_proposed(
    query: str, service: str, said: str, journal: Journal, data: Path
) -> None:
    published(data, folder=False)
    status, output = kiosk("words", "assign", query, service, "--lang", "en", data=data)
    assert (status, said in output) == (2 if said else 0, True)
    kinds = [event.kind for event in journal.events()]
    assert kinds == ["journal.opened"] + ([] if said else ["words.proposed"])


def test_a_proposal_needs_the_journal_of_a_kiosk(data: Path) -> None:
    published(data, folder=False)
    status, output = kiosk("words", "assign", "axle breaker", "pothole", "--lang", "en", data=data)
    assert status == 2
    assert "there is no journal" in output
    assert not (data / "kiosk.db").exists()


def test_facts_that_staff_marked_as_wrong_are_listed_too(journal, data, file):
    body = {"service": "pothole", "fact": "phones", "staff": "s1"}
    journal.append("fact.doubted", body, text="It is 555-0100\u202e now")
    journal.append("fact.doubted", body | {"fact": "hours"})
    status, output = kiosk("--services", file, "words", data=data)
    assert status == 0
    assert "Marked as wrong at the desk" in output
    assert "pothole  phones  2026-11-23  It is 555-0100 now" in output
    assert "pothole  hours  2026-11-23  -" in output
    status, output = kiosk("--services", file, "words", "--json", data=data)
    assert [row["fact"] for row in json.loads(output)["facts"]] == ["hours", "phones"]
