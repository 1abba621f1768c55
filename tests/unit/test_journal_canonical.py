"""Canonical JSON and the hybrid logical clock: the ground the chain stands on."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.journal import hlc
from kiosk.journal.canonical import LARGEST, canonical
from kiosk.journal.privacy import keepable

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXT.map(lambda key: unicodedata.normalize("NFC", key)), inner, max_size=4)
    ),
    max_leaves=12,
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def composed(value):
    """The value with every string in NFC, done the slow and obvious way."""
    return json.loads(unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False)))


@given(VALUES)
def test_nothing_but_the_form_of_strings_changes(value):
    assert json.loads(canonical(value)) == composed(value)


@given(VALUES)
def test_canonical_text_is_its_own_canonical_text(value):
    text = canonical(value)
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(TEXT.map(lambda key: unicodedata.normalize("NFC", key)), st.integers(0, 9)))
def test_the_order_in_which_keys_were_written_makes_no_difference(members):
    assert canonical(dict(reversed(members.items()))) == canonical(members)


def test_keys_are_sorted_as_in_the_example_of_rfc_8785():
    names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    in_order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600"]
    # U+FB33 has a canonical decomposition and is excluded from composition, so NFC takes it apart.
    assert list(json.loads(canonical(names))) == sorted(
        [*in_order, "\u05d3\u05bc"], key=lambda name: name.encode("utf-16-be")
    )
    assert in_order == [name for name in json.loads(canonical(names)) if name in in_order]


def test_astral_characters_sort_before_the_end_of_the_basic_plane():
    assert canonical({"\uff61": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\uff61":1}'


def test_strings_are_escaped_as_rfc_8785_says():
    written = canonical('\u20ac$\u000f\nA\'B"\\"/\x7f\u2028')
    assert written == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/\x7f\u2028"'


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.0, "float 1.0"),
        ({"a": [float("nan")]}, "float nan"),
        (LARGEST + 1, "beyond 2^53-1"),
        (-LARGEST - 1, "beyond 2^53-1"),
        ("\ud800", "surrogate"),
        ({1: 2}, "key 1 is not a string"),
        ({"e\u0301": 1, "\u00e9": 2}, "two are the same in NFC"),
        (b"x", "bytes has no form in JSON"),
    ],
)
def test_what_has_no_single_form_is_refused(value, said):
    with pytest.raises(ValueError, match=said.replace("^", r"\^")):
        canonical(value)


@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_the_clock_never_runs_backwards_as_text(moments):
    last = hlc.START
    for moment in moments:
        now = hlc.tick(last, moment)
        assert now > last
        assert len(now) == 17
        last = now


@given(MOMENTS)
def test_the_clock_shows_utc_milliseconds(moment):
    shown = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        milliseconds=int(hlc.tick(hlc.START, moment)[:12], 16)
    )
    assert shown == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_the_clock_counts_when_time_stands_still_and_borrows_a_millisecond_when_the_count_is_full():
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    first = hlc.tick(hlc.START, moment)
    assert hlc.tick(first, moment) == f"{first[:12]}-0001"
    assert hlc.tick(f"{first[:12]}-ffff", moment) == f"{int(first[:12], 16) + 1:012x}-0000"


@given(st.text())
def test_kept_searches_hold_no_digit_and_no_address(text):
    kept = keepable("search.made", text)
    assert not any(character.isdecimal() or character == "@" for character in kept)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("dog license 12", "dog license"),
        ("pay bill ana.lopez@example.org now", "pay bill now"),
        ("ana @ example.org", ""),
        ("call +1 (918) 555-0100", "call"),
        ("  \u7f34\u7eb3\u6c34\u8d39\u0662\u0663 ", "\u7f34\u7eb3\u6c34\u8d39"),
        ("line\nbreak\x1b[31m", "line break [m"),
    ],
)
def test_searches_are_stripped_before_they_are_kept(typed, kept):
    assert keepable("search.made", typed) == kept


def test_a_search_is_kept_up_to_60_characters_after_it_is_stripped():
    assert keepable("search.made", "x" * 61) == "x" * 60
    assert keepable("search.made", "1234 " * 20 + "a\u0301" * 70) == "\u00e1" * 60
    assert keepable("search.made", "word " * 30) == ("word " * 12).strip()


def test_a_proposed_word_is_stripped_as_a_search_is():
    assert keepable("words.proposed", "form 1040 ana@example.org " + "x" * 99) == "form " + "x" * 55


def test_comments_are_kept_as_written_up_to_their_length():
    assert keepable("survey.commented", "Window 3 was great\x00") == "Window 3 was great"
    assert len(keepable("survey.commented", "x" * 5000)) == 1000
