"""The commands staff use, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.commands.group import group
from kiosk.ui import pin
from tests.support.catalog import changed


def kiosk(*arguments: str, data: Path, text: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(group, ["--data", str(data), *arguments], input=text)
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the catalogue has been read before."""
    return tmp_path_factory.mktemp("warm")


def test_check_is_green_on_the_real_catalogue(tmp_path: Path) -> None:
    status, output = kiosk("check", "--json", data=tmp_path)
    report = json.loads(output)
    assert (status, report["errors"], report["warnings"]) == (0, [], [])
    assert report["counts"]["services"] == 103
    for code in ("es", "vi", "zh_Hans", "ar"):
        row = report["languages"][code]
        assert row["interface"]["done"] == row["interface"]["total"]
        assert row["services"]["done"] == row["services"]["total"]
        assert row["keywords"]["done"] == row["keywords"]["total"]


def test_check_names_examples_the_city_has_not_confirmed(tmp_path: Path) -> None:
    assert "example, not confirmed by the City: lane B Bills and payments" in kiosk("check", data=tmp_path)[1]


def test_check_fails_on_a_bad_file_and_says_where(tmp_path: Path) -> None:
    bad = tmp_path / "services.yaml"
    bad.write_text(changed("category: street", "category: rubbish"), encoding="utf-8")
    status, output = kiosk("check", "--services", str(bad), data=tmp_path)
    assert status == 1
    assert "services.yaml:" in output and "rubbish" in output


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KIOSK_LANGUAGES", "en,xx", "unknown language 'xx'"),
        ("KIOSK_SCREEN_ACCENT", "#FFFF00", "contrast"),
        ("KIOSK_SCREEN_THEME", "pink", "Allowed: paper, night, contrast"),
    ],
)
def test_check_refuses_settings_that_cannot_be_used(
    name: str, value: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    status, output = kiosk("check", data=tmp_path)
    assert status == 1
    assert said in output


@pytest.mark.parametrize(
    ("words", "language", "service"),
    [
        ("old couch", "en", "bulky_waste"),
        ("basura", "es", "trash_service"),
        ("mất chó", "vi", "animal_reclaim"),
        ("水费", "zh_Hans", "utility_pay"),
        ("فاتورة الماء", "ar", "utility_pay"),
    ],
)
def test_search_finds_the_service_by_the_residents_word(
    words: str, language: str, service: str, warm: Path
) -> None:
    status, output = kiosk("search", words, "--lang", language, "--limit", "3", "--json", data=warm)
    assert status == 0
    assert service in [hit["id"] for hit in json.loads(output)["hits"]]


def test_search_answers_a_file_of_queries_row_by_row(tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text(
        '{"qid": "a", "query": "pothole", "lang": "en"}\n{"qid": 7, "query": ""}\n', encoding="utf-8"
    )
    status, output = kiosk("search", "--queries", str(queries), data=tmp_path)
    rows = [json.loads(line) for line in output.splitlines()]
    assert status == 0
    assert [row["qid"] for row in rows] == ["a", 7]
    assert rows[0]["ids"][0] == "pothole" and rows[0]["confident"] is True
    assert rows[1] == {"qid": 7, "ids": [], "confident": False}


def test_search_says_which_row_of_a_file_is_wrong(tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"qid": "a", "query": "pothole"}\nnonsense\n', encoding="utf-8")
    status, output = kiosk("search", "--queries", str(queries), data=tmp_path)
    assert status == 2
    assert "queries.jsonl:2" in output


def test_pin_is_kept_hashed_and_bad_ones_are_refused(tmp_path: Path) -> None:
    assert kiosk("pin", data=tmp_path, text="12\n12\n")[0] == 2
    assert not pin.is_set(tmp_path)
    assert kiosk("pin", data=tmp_path, text="24680\n24680\n")[0] == 0
    assert pin.matches(tmp_path, "24680") and not pin.matches(tmp_path, "24681")
    assert "24680" not in (tmp_path / "pin.json").read_text(encoding="utf-8")


def test_the_visitors_screen_needs_a_terminal(tmp_path: Path) -> None:
    status, output = kiosk(data=tmp_path)
    assert status == 2
    assert "needs a terminal" in output
