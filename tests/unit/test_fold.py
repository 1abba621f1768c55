"""Words that look different to a computer and the same to a person become the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.search import chinese, traditional
from kiosk.search.fold import exact, fold, light, pairs, syllables, units

MYANMAR = st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), min_size=1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ĐỔ RÁC", "do rac"),
        ("Año", "ano"),
        ("Ёлка", "елка"),
        ("ＡＢＣ１２３", "abc123"),
        ("والنُّفايَات", "والنفايات"),
        ("فــاتورة", "فاتوره"),
        ("إلى أحمد آخر", "الي احمد اخر"),
        ("٣١١", "311"),
        ("垃圾沒人收", "垃圾没人收"),
        ("護照", "护照"),
        ("didn\u2019t", "didnt"),
        ("the city's", "the city"),
        ("D.M.V.", "dmv"),
        ("Straße", "strasse"),
        ("zero\u200bwidth \u202eevil", "zerowidth evil"),
    ],
)
def test_spellings_of_the_same_word_fold_together(typed: str, meant: str) -> None:
    assert fold(typed) == meant


def test_short_i_stays_a_letter_of_its_own_in_russian() -> None:
    assert fold("Йод") == "йод"


def test_exact_keeps_the_accents_that_fold_drops() -> None:
    assert [(unit.exact, unit.folded) for unit in units("Rác rắc")] == [("rác", "rac"), ("rắc", "rac")]


def test_composed_and_decomposed_letters_are_one() -> None:
    assert exact(unicodedata.normalize("NFD", "đổ rác")) == exact("đổ rác")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = [unit.folded for unit in units(text)]
    assert [fold(word) for word in once] == once


@given(st.text(st.characters()))
def test_any_text_has_units_and_none_is_empty_or_holds_a_blank(text: str) -> None:
    for unit in units(text):
        assert unit.folded
        assert not any(character.isspace() for character in unit.folded)


def test_chinese_comes_by_character_and_words_beside_it_whole() -> None:
    assert [unit.folded for unit in units("打311電話, OK")] == ["打", "311", "电", "话", "ok"]


def test_neighbours_join_within_a_script_only() -> None:
    row = units("pot hole 路灯")
    assert [joined for joined, _ in pairs(row)] == ["pothole", "路灯"]


def test_every_traditional_character_has_a_simplified_one_and_no_chain() -> None:
    assert len(traditional.TRADITIONAL) == len(traditional.SIMPLIFIED)
    assert len(set(traditional.TRADITIONAL)) == len(traditional.TRADITIONAL)
    assert not set(traditional.TRADITIONAL) & set(traditional.SIMPLIFIED)


@pytest.mark.parametrize(
    ("run", "parts"),
    [
        ("အမှိုက်", ["အ", "မှိုက်"]),
        ("သိမ်း", ["သိမ်း"]),
        ("တက္ကသိုလ်", ["တက္က", "သိုလ်"]),
        ("ခွေးပျောက်", ["ခွေး", "ပျောက်"]),
    ],
)
def test_burmese_is_cut_before_consonants_that_begin_a_syllable(run: str, parts: list[str]) -> None:
    assert syllables(run) == parts


@given(MYANMAR)
def test_cutting_syllables_loses_nothing(run: str) -> None:
    assert "".join(syllables(run)) == run


@pytest.mark.parametrize(
    ("word", "bare"),
    [("الماء", "ماء"), ("والنفايات", "نفايات"), ("بالشارع", "شارع"), ("وفاتوره", "فاتوره"), ("الم", "الم")],
)
def test_arabic_articles_and_joined_words_come_off_when_enough_remains(word: str, bare: str) -> None:
    assert light(word) == bare


def test_pinyin_has_no_tones_and_reads_characters_in_context() -> None:
    assert chinese.pinyin("垃圾, 银行") == [["la", "ji"], ["yin", "hang"]]


KNOWN = frozenset({"la", "ji", "tong", "lan", "xi", "an", "xian"})


@pytest.mark.parametrize(
    ("word", "unfinished", "cut"),
    [
        ("lajitong", False, ["la", "ji", "tong"]),
        ("xian", False, ["xian"]),
        ("lajit", False, []),
        ("lajit", True, ["la", "ji", "t"]),
        ("trash", True, []),
        ("zh", True, ["zh"]),
    ],
)
def test_run_together_pinyin_is_cut_into_the_fewest_syllables(
    word: str, unfinished: bool, cut: list[str]
) -> None:
    assert chinese.segment(word, KNOWN.__contains__, unfinished) == cut


@given(st.text("lajitongxb", max_size=30), st.booleans())
def test_a_cut_is_the_whole_word(word: str, unfinished: bool) -> None:
    cut = chinese.segment(word, KNOWN.__contains__, unfinished)
    assert not cut or "".join(cut) == word
