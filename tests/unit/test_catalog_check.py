"""What `kiosk check` says about a catalogue, to people and to machines."""

from __future__ import annotations

import json
from pathlib import Path

from kiosk.catalog.check import Share, report
from kiosk.catalog.texts import texts
from tests.support.catalog import FILE, changed, small, write


def test_a_good_file_is_counted_and_its_examples_are_named() -> None:
    found = report(FILE)
    assert found.ok
    assert found.counts["services"] == 6
    assert found.counts["of others"] == 1
    assert found.counts["texts"] == len(list(texts(small())))
    assert found.examples == (
        "lane B Bills and payments",
        "holiday 2026-11-26 Thanksgiving Day",
        "survey standard: target and sampling",
    )
    assert "example, not confirmed by the City: lane B Bills and payments" in found.lines()
    assert found.lines()[-1] == "0 errors, 0 warnings"


def test_errors_and_warnings_are_told_apart(tmp_path: Path) -> None:
    text = changed("mark: ◆", "mark: ◆◆")
    text = changed("[狗牌, 养狗登记, 宠物执照]", "[狗牌, 养狗登记]", text)
    found = report(write(tmp_path, text))
    assert not found.ok
    assert [line.split(": ")[0] for line in found.lines() if "services.yaml:" in line] == ["error", "warning"]
    assert found.lines()[-1] == "1 errors, 1 warnings"


def test_a_missing_file_is_an_error_of_the_report(tmp_path: Path) -> None:
    found = report(tmp_path / "services.yaml")
    assert found.errors == (f"{tmp_path / 'services.yaml'} can't be read: No such file or directory",)


def test_a_file_that_is_not_yaml_is_reported_too(tmp_path: Path) -> None:
    found = report(write(tmp_path, "city: {"))
    assert not found.ok
    assert found.counts["services"] == 0


def test_keywords_are_counted_per_language(tmp_path: Path) -> None:
    found = report(write(tmp_path, changed(", nói chuyện với nhân viên]", "]")))
    assert found.languages["vi"]["keywords"] == Share(5, 6)
    assert found.languages["en"]["keywords"] == Share(6, 6)


def test_missing_translations_are_counted_and_named() -> None:
    found = report(
        FILE, {"es": lambda context, english: english != "Animals", "vi": lambda context, english: True}
    )
    total = found.counts["texts"]
    assert found.languages["es"]["services"] == Share(total - 1, total)
    assert found.languages["vi"]["services"] == Share(total, total)
    assert found.warnings == ("es: not translated: category.animals.name",)
    assert found.ok


def test_many_missing_translations_stay_one_line() -> None:
    found = report(FILE, {"ar": lambda context, english: False})
    more = found.counts["texts"] - 3
    assert found.warnings == (f"ar: not translated: city.name, city.welcome, city.desk and {more} more",)


def test_other_columns_join_the_table() -> None:
    found = report(FILE).with_columns(
        {"ar": {"to review": 12, "display font": False}, "my": {"to review": 0}}
    )
    table = found.lines()[-8:-1]
    assert table[0].split() == ["language", "keywords", "to", "review", "display", "font"]
    assert table[5].split() == ["ar", "100", "%", "(6/6)", "12", "no"]
    assert table[6].split() == ["my", "-", "0", "-"]
    assert len({line.find("12") for line in table if "12" in line}) == 1


def test_a_hundred_percent_means_nothing_is_missing() -> None:
    assert str(Share(999, 1000)) == "99 % (999/1000)"
    assert str(Share(0, 0)) == "100 % (0/0)"


def test_the_report_is_plain_json() -> None:
    found = report(FILE, {"es": lambda context, english: True}).with_columns({"es": {"to review": 3}})
    data = json.loads(json.dumps(found.as_json()))
    assert data["ok"] is True
    assert data["counts"]["services"] == 6
    assert data["languages"]["es"] == {
        "keywords": {"done": 6, "total": 6},
        "services": {"done": found.counts["texts"], "total": found.counts["texts"]},
        "to review": 3,
    }
