"""Whatever is typed, pasted or sent to the kiosk's search, it answers, and never works long for it."""

from __future__ import annotations

from collections import Counter
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.search import plan, rank, typos
from kiosk.search.blend import KEPT, blend
from kiosk.search.finder import Finder
from kiosk.search.hit import Result
from kiosk.search.index import build
from kiosk.search.lexicon import Lexicon
from tests.support.search_catalog import catalog, index
from tests.support.search_model import FakeModel, english, meaning_of, real

NASTY = (
    "",
    " ",
    "a",
    "垃",
    "\x00",
    "couch\x00old",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202eold couch\u202c\u2066\u200f",
    "\ud800",
    "old \udfff couch\ud83d",
    "\ud83d\ude00",
    "old диван 沙发 كنبة sofá ghế ソファ",
    "💩" * 50,
    "👩‍👩‍👧‍👦🏴‍☠️🇺🇸",
    "c" + "\u0316\u0321\u0336\u035f" * 60 + "ouch",
    "\u0300" * 300,
    "'; DROP TABLE events; --",
    '" OR 1=1 --',
    "<script>alert(1)</script> [red]old[/] {couch} %s %(a)s $HOME `id`",
    "../../etc/passwd",
    "!?…,;:—“”。、؟",
    "0123456789" * 30,
    "٣١١ ۳۱۱ ３１１",
    "\ufdfa" * 300,
    "ﷲ" * 300,
    "ﬃ" * 300,
    "\ufeff\ufffe\uffff\U0010ffff",
    "ကခဂ" * 100,
    "กขค" * 100,
    "\u1100\u1161" * 150,
    "I\u0307İıſKÅ",
    "a.b.c.d." * 40,
    "'s'" * 100,
    "~la ~~laji",
    "x" * 10_000,
    "s " * 5_000,
    "street " * 1_500,
    "垃圾" * 5_000,
    "certificaet " * 800,
    "old couch " + "\n" * 9_990,
)
CHARACTERS = st.characters() | st.sampled_from("\x00\x1b\u200b\u200f\u202e\ud800\ufdfa\ufdfbﷲﬃ™🇺💩\u0336")
JUNK = (
    st.text(CHARACTERS, max_size=300)
    | st.sampled_from(NASTY)
    | st.lists(st.sampled_from(NASTY) | st.text(CHARACTERS, max_size=20), max_size=6).map("".join)
    | st.builds("{0}{1}".format, st.sampled_from(["old couch", "垃圾", "dog "]), st.text(CHARACTERS))
    | st.builds(
        lambda piece, count: (piece * count)[:10_000], st.text(CHARACTERS, max_size=9), st.just(9_999)
    )
)
LANGUAGES = st.sampled_from(["en", "es", "vi", "zh_Hans", "ar", "", "\ud800"])

MOST_WORDS = 20
"""Of one query."""
NEARLY_ALL = 25_000
"""Looks into the lexicon that one query may cost; most cost fewer than a hundred."""

words = Finder(index(), {"old couch": "tree"}, {"dog": frozenset({"lost_dog"})}, {"tree": 1.0})
meant = Finder(index(), words.pinned, words.blocked, words.prior, meaning_of(FakeModel(), catalog()))


def check(result: Result, limit: int) -> None:
    """Holds for every answer to anything."""
    assert result.work <= rank.MAX_WORK
    assert len(result.hits) <= limit
    assert 0 <= result.likelihood <= 1
    assert len({hit.id for hit in result.hits}) == len(result.hits)
    assert all(isfinite(hit.score) and 0 <= hit.coverage <= 1 and 0 <= hit.told <= 1 for hit in result.hits)


def ask(query: str, lang: str, typing: bool) -> None:
    """By words and by the fake meaning."""
    check(index().search(query, lang, 5, typing), 5)
    check(words.first(query, lang, typing), rank.FINALISTS)
    check(meant.search(query, lang, 7, typing), 7)
    reading = plan.read(index(), query, lang, typing)
    assert len(reading.row) <= MOST_WORDS and len(reading.slots) <= MOST_WORDS


@pytest.mark.parametrize("typing", [False, True])
@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_nothing_that_can_be_typed_is_an_error(query: str, typing: bool) -> None:
    for lang in ("en", "zh_Hans", "xx"):
        ask(query, lang, typing)


@given(JUNK, LANGUAGES, st.booleans())
@settings(max_examples=100)
def test_nothing_at_all_is_an_error(query: str, lang: str, typing: bool) -> None:
    ask(query, lang, typing)


@pytest.mark.slow
@given(JUNK, LANGUAGES, st.booleans())
@settings(max_examples=2_000)
def test_in_a_long_campaign_nothing_at_all_is_an_error(query: str, lang: str, typing: bool) -> None:
    ask(query, lang, typing)


@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_no_query_looks_into_the_lexicon_without_end(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Counter[str]()
    number, variants = Lexicon.number, typos.variants

    def counted(lexicon: Lexicon, token: str) -> int | None:
        looks["number"] += 1
        return number(lexicon, token)

    def measured(word: str, script: str) -> set[str]:
        found = variants(word, script)
        looks["variants"] += len(found)
        return found

    monkeypatch.setattr(Lexicon, "number", counted)
    monkeypatch.setattr(typos, "variants", measured)
    index().search(query, "en", typing=True)
    assert looks["number"] <= NEARLY_ALL and looks["variants"] <= NEARLY_ALL


# The real model runs in the kiosk's own process: what it does not survive takes the kiosk down.

BRIEF = 40
"""Characters of most of what the real model is given here, which is slow for long texts."""

by_words = build(english(), {})


def ask_model(query: str, lang: str = "en") -> None:
    first = by_words.search(query, lang)
    near = real().near(query, [*(hit.id for hit in first.hits), "unknown"])
    assert all(-1.01 <= one.cosine <= 1.01 for one in near.services.values())
    assert isfinite(near.middle) and isfinite(near.nearer)
    check(blend(first, near), KEPT)


@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_the_model_survives_nasty_text(query: str) -> None:
    ask_model(query[:BRIEF])


@pytest.mark.parametrize("letter", ["\ufdfa", "\U00020000"])
def test_the_model_survives_text_that_grows_or_is_in_no_vocabulary(letter: str) -> None:
    ask_model(letter * 10_000)


@given(JUNK, LANGUAGES)
@settings(max_examples=60)
def test_the_model_survives_any_text(query: str, lang: str) -> None:
    ask_model(query[:BRIEF], lang)


@pytest.mark.slow
@given(JUNK, LANGUAGES, st.sampled_from([BRIEF] * 9 + [10_000]))
@settings(max_examples=2_000)
def test_the_model_survives_a_long_campaign(query: str, lang: str, length: int) -> None:
    ask_model(query[:length], lang)
