"""A result is shown with the visitor's own words, as they typed them."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.search.fold import fold, units
from kiosk.search.index import Index, build
from kiosk.search.plan import MAX_CHARACTERS
from tests.support.search_catalog import catalog, index, service

ELLIPSIS = "…"


def shown(query: str, lang: str = "en", among: Index | None = None) -> str:
    """The words that the first result is shown with."""
    return (among or index()).search(query, lang, typing=False).hits[0].words


@pytest.mark.parametrize(
    ("query", "lang", "words"),
    [
        ("Where can I leave an OLD  couch?", "en", "OLD couch"),
        ("how do I get rid of a refrigerator", "en", "rid of a refrigerator"),
        ("my couch, it is old!", "en", "couch it is old"),
        ("“Old couch”", "en", "Old couch"),
        ("my dog’s tag", "en", "dog’s tag"),
        ("OLD/Couch", "en", "OLD Couch"),
        ("form W-9", "en", "form W 9"),
        ("ＣＯＵＣＨ", "en", "ＣＯＵＣＨ"),
        ("Colchón VIEJO", "es", "Colchón"),
        ("我的狗丢了怎么办", "zh_Hans", "狗丢"),
        ("我要護照", "zh_Hans", "護照"),
        ("旧 沙发", "zh_Hans", "旧 沙发"),
        ("أين أدفع فاتورة الماء؟", "ar", "فاتورة الماء"),
        ("النُّفاياتُ", "ar", "النُّفاياتُ"),
        ("Mất Chó", "vi", "Mất Chó"),
        ("con chó bị mất", "vi", "chó bị mất"),
        ("mat cho", "vi", "mat cho"),
        ("HuZhao", "zh_Hans", "HuZhao"),
        ("la ji", "zh_Hans", "la ji"),
        ("мусора не вывезли", "en", "мусора не вывезли"),
        ("အမှိုက်", "en", "အမှိုက်"),
        ("Birth certficate", "en", "Birth certficate"),
        ("a pot hole", "en", "pot hole"),
        ("birthcertificate", "en", "birthcertificate"),
    ],
)
def test_the_words_that_led_here_stand_as_they_were_typed(query: str, lang: str, words: str) -> None:
    assert shown(query, lang) == words


@pytest.mark.parametrize(
    ("query", "lang", "words"),
    [
        ("old brown couch", "en", "old … couch"),
        ("旧的皮沙发", "zh_Hans", "旧…沙发"),
        ("the trash, yesterday, was not picked up", "en", "trash … not picked up"),
    ],
)
def test_an_ellipsis_stands_for_what_was_not_understood(query: str, lang: str, words: str) -> None:
    assert shown(query, lang) == words


@pytest.mark.parametrize(
    ("language", "word"), [("hi", "पानी"), ("th", "ที่"), ("vi", "pha\u0301"), ("ar", "بيتٌ"), ("en", "Acme™")]
)
def test_signs_that_belong_to_a_word_stay_at_its_end(language: str, word: str) -> None:
    one = build(catalog(service("a", "Water", **{language: word})), {})
    assert shown(f"({word})!", among=one) == word.removesuffix("™")


def test_a_sign_that_stands_for_letters_is_shown_as_them() -> None:
    one = build(catalog(service("a", "Names", en="tm")), {})
    assert shown("™", among=one) == "tm"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u00ad", "\u2066"])
def test_nothing_invisible_is_shown_again(hidden: str) -> None:
    assert shown(f"{hidden}old co{hidden}uch{hidden}") == "old couch"


def test_nothing_is_quoted_for_what_only_begins_alike() -> None:
    hits = index().search("tree guard", "en", typing=False).hits
    assert {hit.id: hit.words for hit in hits} == {"tree": "tree", "lost_dog": "guard"}


WORDS = (
    "Old COUCH pot hole, potole? W-9 mất cho\u0301 垃圾没人收 護照 旧sofa الزبالةُ အမှိုက် штраф laji the ™ 3.1.1"
)
PIECES = st.sampled_from(WORDS.split()) | st.text(max_size=8)
QUERIES = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "  ", "/", "\u200b", "-"])), max_size=12)


@given(QUERIES, st.sampled_from(["en", "vi", "zh_Hans", "ar"]), st.booleans())
def test_every_word_shown_was_typed(parts: list[tuple[str, str]], lang: str, typing: bool) -> None:
    query = "".join(piece + joint for piece, joint in parts)
    typed = fold(query[:MAX_CHARACTERS])
    for hit in index().search(query, lang, typing=typing).hits:
        assert all(unit.folded in typed for unit in units(hit.words))
        assert units(hit.words) or not hit.words
        assert not any(category(character) in ("Cc", "Cf", "Cs") for character in hit.words)
        assert hit.words.strip(ELLIPSIS + " ") == hit.words
