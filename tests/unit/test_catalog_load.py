"""Which services.yaml is used, the cache of it, and what a kiosk does when the file goes bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import is_dataclass, make_dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.catalog import cache, load, model
from kiosk.errors import CatalogError
from kiosk.settings import Settings
from tests.support.catalog import FILE, VALID, changed, small, write

BROKEN = changed("mark: ◆", "mark: ◆◆")
OTHER = changed("City of Riverton", "City of Lakeside")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with DATA and an installation of its own that has no services.yaml yet."""
    (tmp_path / "installed" / "kiosk" / "data").mkdir(parents=True)
    monkeypatch.setattr(load, "PACKAGE", tmp_path / "installed" / "kiosk")
    return tmp_path


@pytest.fixture
def config(home: Path) -> Settings:
    return Settings(data=home / "DATA")


def touched(path: Path, text: str) -> None:
    """Write a file so that its time is another one, whatever the clock's grain."""
    before = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_places_are_searched_in_order(home: Path, config: Settings) -> None:
    packaged = write(home / "installed" / "kiosk" / "data")
    assert load.find(config) == packaged
    checkout = write(home / "installed")
    assert load.find(config) == checkout
    published = write(home / "DATA" / "catalog" / "current")
    assert load.find(config) == published
    assert load.find(replace(config, services=FILE)) == FILE


def test_a_published_catalogue_may_be_a_single_file(home: Path, config: Settings) -> None:
    write(home / "DATA" / "catalog").rename(home / "DATA" / "catalog" / "current")
    assert load.find(config) == home / "DATA" / "catalog" / "current"


def test_without_any_file_the_places_looked_at_are_named(home: Path, config: Settings) -> None:
    with pytest.raises(CatalogError) as none:
        load.find(config)
    assert str(home / "installed" / "services.yaml") in none.value.what
    assert "--services" in none.value.next_step


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_file_that_cannot_be_read_says_which_and_why(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "services.yaml"
    if kind == "folder":
        path.mkdir()
    with pytest.raises(CatalogError) as refused:
        load.load(path)
    assert str(path) in refused.value.what
    assert refused.value.problems == (refused.value.what,)


def test_the_catalogue_holds_what_the_file_says() -> None:
    catalog = small()
    service = catalog.by_id["utility_pay"]
    assert catalog.city.emergency == (model.Contact("Danger to life", "911"),)
    assert catalog.lanes[0] == model.Lane(
        "bills",
        "B",
        "Bills and payments",
        ("1", "2"),
        True,
        "The windows on the left",
        (
            model.Hours(("mon", "fri"), "09:00", "12:00", "mornings"),
            model.Hours(("fri",), "13:00", "16:30"),
        ),
        "11:45",
        "100-499",
    )
    assert catalog.lanes[1] == model.Lane("help", "H", "Questions and help", in_a_row=3, keeps_overnight=True)
    assert [lane.number_range for lane in catalog.lanes] == [(100, 499), (100, 999)]
    assert catalog.by_id["general_311"].staff_notes == model.StaffNotes(
        "Ask them to take a ticket.", "The front desk", "555-555-0100"
    )
    assert service.staff_notes is None
    assert catalog.survey.ask == 2
    assert catalog.survey.statements[0].fits == ("lookup", "served")
    assert catalog.survey.statements[2].fits == ("served",)
    assert service.fees[2] == model.Fee(None, "Card fees depend on your bank")
    assert service.hours[1] == model.Hours(note="Drop box at any time")
    assert service.keywords["zh_Hans"] == ("交水费", "水费账单", "欠费通知")
    assert catalog.by_id["pothole"].location is None
    assert catalog.pin == {"garden shed": "building_permit"}
    assert catalog.block == {"driver license": ("pet_license", "marriage_license")}
    assert catalog.shared == {"where do i pay": "Both are paid for at the cashier windows."}
    assert [found.id for found in catalog.in_category("animals")] == ["pet_license"]


def test_a_cached_load_gives_the_same_catalogue(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    fresh, cached = load.load(FILE, folder), load.load(FILE, folder)
    assert fresh == cached
    assert len(list(folder.iterdir())) == 1
    assert all(type(text) is str for text in (fresh.city.name, cached.city.name))


def test_the_cache_keeps_what_staff_decided(tmp_path: Path) -> None:
    load.load(FILE, tmp_path)
    cached = cache.read(tmp_path, small().digest)
    assert cached is not None
    for kept, fresh in zip(
        (cached.pin, cached.block, cached.shared), (small().pin, small().block, small().shared), strict=True
    ):
        assert kept and kept == fresh
        assert all(type(text) is str for text in kept)
    assert all(type(services) is tuple for services in cached.block.values())


def test_a_cached_load_does_not_read_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load.load(FILE, tmp_path)
    monkeypatch.setattr("kiosk.catalog.parse.parse", None)
    assert load.load(FILE, tmp_path).city.name == "City of Riverton"


def test_another_content_is_another_cache_file(tmp_path: Path) -> None:
    path = write(tmp_path)
    load.load(path, tmp_path / "cache")
    touched(path, OTHER)
    assert load.load(path, tmp_path / "cache").city.name == "City of Lakeside"


def test_the_cache_keeps_only_the_latest_files(tmp_path: Path) -> None:
    for number in range(cache.KEPT + 3):
        cache.write(tmp_path, replace(small(), digest=f"{number:064x}"))
    assert len(list(tmp_path.glob("catalog-*.json"))) == cache.KEPT


@given(cut=st.integers(0, 9_000), flipped=st.integers(0, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_cache_is_ignored_and_rebuilt(tmp_path: Path, cut: int, flipped: int) -> None:
    catalog = load.load(FILE, tmp_path)
    file = cache.cache_file(tmp_path, catalog.digest)
    whole = file.read_bytes()
    at = cut % len(whole)
    file.write_bytes(whole[:at] if flipped == whole[at] else whole[:at] + bytes([flipped]) + whole[at + 1 :])
    assert load.load(FILE, tmp_path) == catalog
    assert file.read_bytes() == whole


def test_a_cache_of_another_format_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load.load(FILE, tmp_path)
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    assert cache.read(tmp_path, small().digest) is None


def test_a_cache_of_another_model_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk that has learned a new key of lanes must read the file again."""
    load.load(FILE, tmp_path)
    lane = make_dataclass("Lane", [("fast", bool, False)], bases=(model.Lane,), frozen=True)
    assert cache.read(tmp_path, small().digest)
    monkeypatch.setattr(model, "Lane", lane)
    assert cache.read(tmp_path, small().digest) is None


def test_a_cache_folder_that_cannot_be_written_is_no_problem(tmp_path: Path) -> None:
    occupied = tmp_path / "cache"
    occupied.write_text("a file where the folder should be")
    assert load.load(FILE, occupied).city.name == "City of Riverton"


@settings(max_examples=25)
@given(st.from_type(model.Catalog))
def test_every_catalogue_survives_json(catalog: model.Catalog) -> None:
    rows = json.loads(cache.dumps(catalog))
    assert not is_dataclass(rows)
    assert cache.loads(cache.dumps(catalog)) == catalog


def test_a_warm_start_imports_nothing_heavy(tmp_path: Path) -> None:
    """The cached path of the visitor app: no YAML, no schema, no suggestions, no codes."""
    load.load(FILE, tmp_path)
    program = (
        "import sys; from pathlib import Path; from kiosk.catalog import load;"
        f"load.load(Path({str(FILE)!r}), Path({str(tmp_path)!r})); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "kiosk.catalog.cache" in imported
    assert not imported & {"yaml", "difflib", "qrcode", "kiosk.catalog.schema", "kiosk.catalog.parse"}


def test_a_good_file_is_used_and_kept(home: Path, config: Settings) -> None:
    path = write(home / "installed")
    loaded = load.load_or_last_good(config)
    assert (loaded.path, loaded.problems, loaded.stale) == (path, (), False)
    assert (config.data / "catalog" / "last-good.yaml").read_text(encoding="utf-8") == VALID


def test_a_file_that_goes_bad_leaves_the_last_good_copy_on_screen(home: Path, config: Settings) -> None:
    path = write(home / "installed", OTHER)
    load.load_or_last_good(config)
    touched(path, BROKEN)
    loaded = load.load_or_last_good(config)
    assert loaded.catalog.city.name == "City of Lakeside"
    assert loaded.stale
    assert loaded.path == config.data / "catalog" / "last-good.yaml"
    assert loaded.problems == (
        "services.yaml:5:9: 'city.mark' can't be '◆◆': allowed is one character of one cell",
    )


def test_a_file_that_disappears_leaves_the_last_good_copy_on_screen(home: Path, config: Settings) -> None:
    path = write(home / "installed")
    load.load_or_last_good(config)
    path.unlink()
    loaded = load.load_or_last_good(config)
    assert loaded.stale
    assert "no services.yaml" in loaded.problems[0]


def test_without_a_last_good_copy_the_one_that_came_along_is_used(home: Path, config: Settings) -> None:
    packaged = write(home / "installed" / "kiosk" / "data")
    write(home / "DATA" / "catalog" / "current", BROKEN)
    loaded = load.load_or_last_good(config)
    assert (loaded.path, loaded.stale) == (packaged, True)
    assert loaded.problems


def test_a_damaged_last_good_copy_is_passed_over(home: Path, config: Settings) -> None:
    packaged = write(home / "installed" / "kiosk" / "data")
    write(home / "DATA" / "catalog" / "current", BROKEN)
    (config.data / "catalog" / "last-good.yaml").write_bytes(b"\x00\xff")
    assert load.load_or_last_good(config).path == packaged


def test_when_nothing_loads_the_first_problem_is_raised(home: Path, config: Settings) -> None:
    write(home / "installed", BROKEN)
    with pytest.raises(CatalogError) as refused:
        load.load_or_last_good(config)
    assert refused.value.problems[0].startswith("services.yaml:5:9:")


def test_the_last_good_copy_follows_the_file_and_is_not_written_for_nothing(
    home: Path, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    write_really = cache.write_atomically

    def counted(file: Path, data: bytes) -> None:
        written.append(file)
        write_really(file, data)

    monkeypatch.setattr(cache, "write_atomically", counted)
    path = write(home / "installed")
    load.load_or_last_good(config)
    load.load_or_last_good(config)
    assert [file.name for file in written].count("last-good.yaml") == 1
    touched(path, OTHER)
    load.load_or_last_good(config)
    assert [file.name for file in written].count("last-good.yaml") == 2
    assert "Lakeside" in (config.data / "catalog" / "last-good.yaml").read_text(encoding="utf-8")


def test_a_data_folder_that_cannot_be_written_still_shows_the_catalogue(home: Path) -> None:
    write(home / "installed")
    (home / "DATA").write_text("a file where the folder should be")
    loaded = load.load_or_last_good(Settings(data=home / "DATA"))
    assert (loaded.stale, loaded.catalog.city.name) == (False, "City of Riverton")


def test_a_change_is_noticed_once(home: Path, config: Settings) -> None:
    path = write(home / "installed")
    loaded = load.load_or_last_good(config)
    assert not load.changed(loaded)
    touched(path, BROKEN)
    assert load.changed(loaded)
    assert not load.changed(load.load_or_last_good(config))


def test_a_newly_published_catalogue_is_a_change(home: Path, config: Settings) -> None:
    write(home / "installed")
    loaded = load.load_or_last_good(config)
    published = write(home / "DATA" / "catalog" / "current", OTHER)
    assert load.changed(loaded)
    again = load.load_or_last_good(config)
    assert (again.path, load.changed(again)) == (published, False)
    published.unlink()
    assert load.changed(again)


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kept"
    cache.write_atomically(file, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        cache.write_atomically(file, b"new")
    assert [found.name for found in tmp_path.iterdir()] == ["kept"]
    assert file.read_bytes() == b"old"
