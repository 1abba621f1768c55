"""Whatever a resident types, in any of the languages, the right service is among the first."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.search import rank
from kiosk.search.index import Index, build, cached
from tests.support.search_catalog import catalog, index, service


def first(query: str, lang: str = "en", typing: bool = False) -> str:
    """The id of the first hit, or nothing."""
    hits = index().search(query, lang, typing=typing).hits
    return hits[0].id if hits else ""


@pytest.mark.parametrize(
    ("query", "lang", "wanted"),
    [
        ("trash didn't get picked up", "en", "missed"),
        ("they never picked up my trash", "en", "missed"),
        ("pot hole", "en", "pothole"),
        ("birthcertificate", "en", "birth"),
        ("birth certficate", "en", "birth"),
        ("get rid of mattresses", "en", "bulky"),
        ("register my dogs", "en", "dog_license"),
        ("heavy haul", "en", "bulky"),
        ("W9", "en", "call_311"),
        ("no recogieron mi basura", "es", "missed"),
        ("baches", "es", "pothole"),
        ("sofa viejo", "es", "bulky"),
        ("mất chó", "vi", "lost_dog"),
        ("mat cho", "vi", "lost_dog"),
        ("cho tôi cái giấy khai sinh", "vi", "birth"),
        ("khaisinh", "vi", "birth"),
        ("垃圾没人收", "zh_Hans", "missed"),
        ("護照", "zh_Hans", "passport"),
        ("我的狗丢了怎么办", "zh_Hans", "lost_dog"),
        ("فاتورة المياه", "ar", "water_bill"),
        ("النُّفايات", "ar", "missed"),
        ("حفره بالشارع", "ar", "pothole"),
        ("мусора не вывезли", "en", "missed"),
        ("штрафы", "en", "parking_ticket"),
        ("အမှိုက်", "en", "missed"),
    ],
)
def test_everyday_words_find_the_service(query: str, lang: str, wanted: str) -> None:
    assert first(query, lang) == wanted


@pytest.mark.parametrize("query", ["basura", "laji", "垃圾", "الزبالة", "rác"])
@pytest.mark.parametrize("lang", ["en", "es", "vi", "zh_Hans", "ar", "xx"])
def test_any_language_may_be_typed_on_any_screen(query: str, lang: str) -> None:
    assert first(query, lang) == "missed"


@pytest.mark.parametrize("query", ["laji", "la ji", "LaJi", "lai ji", "lajiche"])
def test_pinyin_finds_chinese_words_together_apart_and_nearly_right(query: str) -> None:
    assert first(query, "zh_Hans") == "missed"


def test_a_name_is_found_at_every_key_from_the_fourth_letter() -> None:
    for end in range(4, len("passport") + 1):
        assert first("passport"[:end], typing=True) == "passport"


@pytest.mark.parametrize(
    ("query", "lang"), [("giấy khai si", "vi"), ("hu zh", "zh_Hans"), ("huzha", "zh_Hans")]
)
def test_the_last_word_may_be_unfinished_in_any_language(query: str, lang: str) -> None:
    assert first(query, lang, typing=True) in ("birth", "passport")


def test_a_typo_in_an_unfinished_word_does_not_empty_the_list() -> None:
    assert first("certfica", typing=True) == "birth"


def test_a_complete_query_matches_no_beginnings() -> None:
    assert first("passp") == ""
    assert first("passp ", typing=True) == ""


@pytest.mark.parametrize("query", ["potole", "pothoel", "potholle", "pothxle", "certificaet", "refrigirater"])
def test_a_misspelt_word_finds_the_nearest(query: str) -> None:
    wanted = {"p": "pothole", "c": "birth", "r": "bulky"}[query[0]]
    assert first(query) == wanted


@pytest.mark.parametrize("query", ["312", "3111", "dgo", "tere"])
def test_numbers_and_short_words_are_never_corrected(query: str) -> None:
    assert first(query) == ""


def test_a_known_word_is_not_expanded_to_its_neighbours() -> None:
    one = build(catalog(service("a", "Parks"), service("b", "Barks")), {})
    assert [hit.id for hit in one.search("parks", "en").hits] == ["a"]


def test_a_run_together_word_is_cut_only_into_words_of_one_language() -> None:
    mixed = build(
        catalog(
            service("a", "One", vi="trầm cảm"),
            service("b", "Two", es="era"),
            service("c", "Three", es="sala"),
        ),
        {},
    )
    assert mixed.search("camera", "en", typing=False).hits == ()
    assert {hit.id for hit in mixed.search("erasala", "en", typing=False).hits} == {"b", "c"}


def test_covering_the_whole_query_beats_one_rare_word_of_it() -> None:
    assert first("tree in the street") == "tree"
    hits = {hit.id: hit.coverage for hit in index().search("tree guard", "en", typing=False).hits}
    assert hits["tree"] < 0.8 and hits["lost_dog"] < 0.8


def test_the_accents_that_were_typed_decide_between_words_alike() -> None:
    scattered = build(catalog(service("sprinkle", "Rắc"), service("trash", "Rác")), {})
    assert [hit.id for hit in scattered.search("rác", "vi").hits] == ["trash", "sprinkle"]
    assert [hit.id for hit in scattered.search("rắc", "vi").hits] == ["sprinkle", "trash"]
    assert len(scattered.search("rac", "vi").hits) == 2


def test_the_language_of_the_screen_breaks_a_tie() -> None:
    both = catalog(service("first", "One", es="papel"), service("second", "Two", en="papel"))
    hits = build(both, {})
    assert hits.search("papel", "es").hits[0].id == "first"
    assert hits.search("papel", "en").hits[0].id == "second"


def test_a_chinese_screen_may_call_its_language_as_it_likes() -> None:
    scores = {index().search("hu zhao", lang).hits[0].score for lang in ("zh", "zh-CN", "zh_Hans")}
    assert len(scores) == 1


def test_a_keyword_weighs_more_than_the_summary_and_the_category_least() -> None:
    fields = build(
        catalog(
            service("by_category", "One", category="animals"),
            service("by_summary", "Two", "About animals."),
            service("by_keyword", "Three", en="animals"),
        ),
        {},
    )
    assert [hit.id for hit in fields.search("animals", "en").hits] == [
        "by_keyword",
        "by_summary",
        "by_category",
    ]


def test_a_translated_name_and_summary_are_found_too() -> None:
    english = catalog(service("a", "Old couch", "Large things."))
    spanish = catalog(service("a", "Sofá viejo", "Cosas grandes."))
    both = build(english, {"es": spanish})
    assert both.search("cosas", "es").hits[0].id == "a"
    assert both.search("sofa", "es").hits[0].matched == "Sofá viejo"


@pytest.mark.parametrize("query", ["what is this", "the", "como", "的"])
def test_words_that_say_nothing_are_no_error_and_never_sure(query: str) -> None:
    assert not index().search(query, "en").confident


def test_words_that_say_nothing_do_not_count_beside_others() -> None:
    plain, wordy = (
        index().search(query, "en", typing=False).hits[0] for query in ("mattress", "i have a mattress")
    )
    assert plain.coverage == wordy.coverage
    assert plain.id == wordy.id == "bulky"


def test_the_phrase_that_fits_best_is_told_as_written() -> None:
    assert index().search("sofa viejo", "es").hits[0].matched == "sofá viejo"
    assert index().search("old sofa couch", "en").hits[0].matched == "old couch"


def test_nothing_is_claimed_where_only_the_summary_fits() -> None:
    assert index().search("emptied", "en").hits[0].matched == ""


def test_confidence_is_for_what_the_catalogue_explains() -> None:
    assert index().search("old couch", "en").confident
    assert not index().search("netflix password", "en").confident
    assert not index().search("couch potato recipes tonight", "en").confident
    assert not index().search("p", "en").confident


def test_the_more_is_unknown_the_less_sure_is_the_little_that_is_known() -> None:
    large = build(catalog(*(service(f"s{n}", f"Topic{n}", en=f"about{n} thing{n}") for n in range(300))), {})
    unknown = [f"zorb{n}" for n in range(18)]
    found = [
        large.search(" ".join(["about7", *unknown[:count]]), "en", typing=False) for count in (2, 6, 12, 18)
    ]
    assert {result.hits[0].id for result in found} == {"s7"}
    likely = [result.likelihood for result in found]
    assert likely == sorted(likely, reverse=True)
    assert not any(result.confident for result in found)


@pytest.mark.parametrize("query", ["couch", "trash", "street", "dog", "my cat"])
def test_how_many_are_shown_makes_no_answer_surer(query: str) -> None:
    shown = [index().search(query, "en", limit=limit) for limit in (1, 2, 10)]
    assert len(shown[0].hits) == 1
    assert len({(one.likelihood, one.confident) for one in shown}) == 1


@pytest.mark.parametrize("query", ["", "   ", "\t\n", "\u202e\u200b", "!?…", "💩", "\x00\x07"])
def test_a_query_without_words_has_no_hits(query: str) -> None:
    assert index().search(query, "en") == rank.Result()


def test_the_limit_holds_and_the_best_come_first() -> None:
    hits = index().search("street", "en", limit=2).hits
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score


ANYTHING = st.text(st.characters(), max_size=60) | st.text("abcdefghij pothle垃圾路灯رباسхд ", max_size=60)


@given(ANYTHING, st.sampled_from(["en", "es", "vi", "zh_Hans", "ar", ""]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered_within_bounds(query: str, lang: str, typing: bool) -> None:
    result = index().search(query, lang, typing=typing)
    assert result.work <= rank.MAX_WORK
    assert all(0 <= hit.coverage <= 1 and hit.score > 0 for hit in result.hits)
    assert len({hit.id for hit in result.hits}) == len(result.hits)


@pytest.mark.parametrize(
    "query",
    [
        "street " * 2_000,
        "s" * 10_000,
        "垃圾" * 5_000,
        "; DROP TABLE events; -- " * 400,
        "<b>[red]" * 1_250,
        "\u202eabc" * 2_500,
        "\ufdfa" * 10_000,
    ],
)
def test_ten_thousand_characters_cost_no_more_than_a_long_sentence(query: str) -> None:
    assert index().search(query, "en").work <= rank.MAX_WORK


def test_a_common_word_in_a_large_catalogue_visits_a_bounded_number_of_phrases() -> None:
    large = catalog(
        *(service(f"s{n}", f"Street permit {n}", en="street sign; street tree") for n in range(900))
    )
    result = build(large, {}).search("street street", "en", typing=False)
    assert 0 < result.work <= 2 * rank.MAX_POSTINGS
    assert len(result.hits) == 10


def test_the_file_answers_as_the_index_it_was_made_from() -> None:
    again = Index.from_json(index().to_json())
    for query in ("trash", "pot hole", "laji", "birth certficate", "mất chó", "الزبالة"):
        assert again.search(query, "en") == index().search(query, "en")
    assert again.to_json() == index().to_json()


def test_a_catalogue_without_services_can_be_searched() -> None:
    empty = build(replace(catalog(), services=()), {})
    for one in (empty, Index.from_json(empty.to_json())):
        found = one.search("trash", "en")
        assert (found.hits, found.confident) == ((), False)


class Counted:
    """Makes the index and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Index:
        self.times += 1
        return index()


def test_the_index_is_made_once_per_content(tmp_path: Path) -> None:
    make = Counted()
    for _ in range(3):
        assert cached(tmp_path / "cache", "one", make).search("trash", "en").hits
    assert make.times == 1
    cached(tmp_path / "cache", "two", make)
    assert make.times == 2
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"format":0}', "null", "\x00", "half"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    make = Counted()
    cached(tmp_path, "one", make)
    file = next(tmp_path.iterdir())
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[: len(whole) // 2] if damage == "half" else damage, encoding="utf-8")
    assert cached(tmp_path, "one", make).search("trash", "en").hits
    assert make.times == 2
    assert file.read_text(encoding="utf-8") == whole


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert cached(tmp_path / "cache", "one", Counted()).search("trash", "en").hits


def test_reading_the_file_imports_neither_pinyin_nor_stemmers(tmp_path: Path) -> None:
    file = tmp_path / "index.json"
    file.write_text(index().to_json(), encoding="utf-8")
    script = (
        "import sys, pathlib; from kiosk.search.index import Index;"
        "found = Index.from_json(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'));"
        "heavy = {'pypinyin', 'snowballstemmer', 'yaml', 'sqlite3', 'textual', 'babel'} & set(sys.modules);"
        "first = found.search('laji', 'zh_Hans').hits[0].id;"
        "print(sorted(heavy), first, 'pypinyin' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[] missed False"
