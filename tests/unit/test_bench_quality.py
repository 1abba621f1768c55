"""The figures of the search bench: halves that stay, typos that are one edit, words in common, metrics."""

from __future__ import annotations

from collections import Counter

import pytest

from kiosk.search.typos import distance
from tests.bench.quality import Row, figures, half, misspelled, place, rated, shares_word, typos


def test_the_halves_stay_and_are_roughly_even() -> None:
    assert [half(qid) for qid in ("en-001", "es-002", "none-vi-003")] == ["tune", "report", "tune"]
    rows, _ = rated()
    sizes = Counter(row.half for row in rows)
    assert 0.45 < sizes["tune"] / len(rows) < 0.55


def test_no_query_is_in_both_halves() -> None:
    rows, repeated = rated()
    asked = Counter((row.lang, row.query.casefold()) for row in rows)
    assert asked.most_common(1)[0][1] == 1
    assert repeated >= 0


def test_a_typo_is_one_edit_in_one_word_and_never_at_its_first_letter() -> None:
    rows = {row.qid: row for row in rated()[0]}
    found = typos(rows.values())
    assert len(found) > 300
    for row in found:
        before, after = rows[row.qid].query.split(), row.query.split()
        changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert len(changed) == 1
        assert distance(*changed[0], 2) == 1
        assert changed[0][0][0] == changed[0][1][0]
        assert row.typo and row.ids and row.half == rows[row.qid].half
    assert found == typos(rows.values())


@pytest.mark.parametrize("query", ["", "pay 2026", "do rac", "垃圾没人收", "w9 311"])
def test_a_query_without_a_long_word_gets_no_typo(query: str) -> None:
    assert misspelled(query, "en-001") == ""


@pytest.mark.parametrize(
    ("query", "name", "lang", "shared"),
    [
        ("my dogs ran away", "Dog or cat license", "en", True),
        ("how do i pay for the water", "Report a leak for the City", "en", False),
        ("护照到期了", "申请美国护照", "zh_Hans", True),
        ("怎么办结婚", "丢了东西怎么办", "zh_Hans", False),
    ],
)
def test_words_in_common_are_those_that_count(query: str, name: str, lang: str, shared: bool) -> None:
    assert shares_word(query, [name], lang) is shared


def test_figures_of_a_ranking_made_by_hand() -> None:
    row = Row("en-1", "en", "?", ("b", "c"))
    places = [place(ids, row.ids) for ids in (["b", "a"], ["a", "x", "c", "b"], ["a"], ["a"] * 3 + ["b"])]
    assert places == [1, 3, 0, 4]
    assert figures(places) == (4, 0.25, 0.5, 0.75, pytest.approx((1 + 1 / 3 + 1 / 4) / 4))
    assert place(["a"] * 10 + ["b"], row.ids) == 0
