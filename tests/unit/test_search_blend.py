"""Words decide as far as they cover what was asked; the rest is left to the meaning."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.search import confidence
from kiosk.search.blend import KEPT, Near, Nearness, blend
from kiosk.search.hit import Hit, Result

COSINES = st.integers(-100, 100).map(lambda hundredths: hundredths / 100)
SHARES = st.floats(0.01, 1)
SERVICES = [f"s{number}" for number in range(70)]


@st.composite
def results(draw: st.DrawFn, most: int = 30, coverage: st.SearchStrategy[float] = SHARES) -> Result:
    """What words found, best first."""
    ids = draw(st.lists(st.sampled_from(SERVICES), unique=True, max_size=most))
    scores = sorted((draw(st.floats(0.01, 1.2)) for _ in ids), reverse=True)
    hits = [Hit(id, score, "", draw(coverage), 0.5, 2.0, id) for id, score in zip(ids, scores, strict=True)]
    return Result(tuple(hits), draw(st.booleans()), 5, draw(st.floats(0, 1)), draw(st.booleans()))


@st.composite
def nearnesses(draw: st.DrawFn, first: Result, cosines: st.SearchStrategy[float] = COSINES) -> Nearness:
    """How near what words found is, and some others."""
    others = draw(st.lists(st.sampled_from(SERVICES), unique=True, max_size=KEPT))
    ids = dict.fromkeys([*others, *(hit.id for hit in first.hits)])
    near = {id: Near(draw(cosines), f"about {id}") for id in ids}
    return Nearness(near, draw(COSINES), draw(st.floats(-1, 1)))


@given(st.data())
def test_an_answer_is_sorted_short_and_names_each_service_once(data: st.DataObject) -> None:
    first = data.draw(results())
    nearness = data.draw(nearnesses(first))
    final = blend(first, nearness)
    ids = [hit.id for hit in final.hits]
    assert len(ids) == len(set(ids)) == min(KEPT, len(nearness.services)) or not nearness.services
    assert set(ids) <= {hit.id for hit in first.hits} | set(nearness.services)
    assert [hit.score for hit in final.hits] == sorted((hit.score for hit in final.hits), reverse=True)
    assert 0 <= final.likelihood <= 1
    assert (final.work, final.telling) == (first.work, first.telling)


@given(st.data())
def test_what_words_found_keeps_what_they_said(data: st.DataObject) -> None:
    first = data.draw(results())
    final = blend(first, data.draw(nearnesses(first)))
    by_words = {hit.id: hit for hit in first.hits}
    for hit in final.hits:
        if hit.id in by_words:
            assert hit == replace(by_words[hit.id], score=hit.score)
        else:
            assert hit == Hit(hit.id, hit.score, f"about {hit.id}", 0.0)


@given(st.data())
def test_words_that_cover_the_query_keep_their_order_unless_the_meaning_is_far_apart(
    data: st.DataObject,
) -> None:
    first = data.draw(results(most=10, coverage=st.just(1.0)))
    nearness = data.draw(nearnesses(first, st.floats(0.88, 0.89)))
    final = [hit.id for hit in blend(first, nearness).hits]
    for one, two in combinations(first.hits, 2):
        if one.score - two.score > 0.05 and {one.id, two.id} <= set(final):
            assert final.index(one.id) < final.index(two.id)


@given(st.data())
def test_what_no_word_found_stands_as_near_as_it_is(data: st.DataObject) -> None:
    nearness = data.draw(nearnesses(Result()))
    final = blend(Result(telling=True), nearness)
    cosines = [nearness.services[hit.id].cosine for hit in final.hits]
    assert cosines == sorted((near.cosine for near in nearness.services.values()), reverse=True)[:KEPT]


@pytest.mark.parametrize(("coverage", "best"), [(1.0, "said"), (0.1, "meant")])
def test_the_less_words_cover_the_less_they_decide(coverage: float, best: str) -> None:
    first = Result((Hit("said", 0.5, "said", coverage),), telling=True)
    nearness = Nearness({"said": Near(0.8, ""), "meant": Near(0.9, "")}, 0.8, 0.0)
    one, other = blend(first, nearness).hits
    assert one.id == best and one.score > other.score


def test_of_many_services_the_best_are_kept() -> None:
    first = Result((Hit("far", 0.9, "far", 1.0),), telling=True)
    near = {f"s{number}": Near(number / 1000, "") for number in range(KEPT + 5)} | {"far": Near(0.0, "")}
    wanted = ["far", *(f"s{number}" for number in reversed(range(6, KEPT + 5)))]
    assert [hit.id for hit in blend(first, Nearness(near, 0.1, 0.0)).hits] == wanted


@given(results())
def test_where_nothing_is_near_words_stand_alone(first: Result) -> None:
    assert blend(first, Nearness({}, 0.0, 0.0)) is first


@pytest.mark.parametrize("telling", [True, False])
def test_a_query_that_says_too_little_stays_unsure_however_near(telling: bool) -> None:
    nearness = Nearness({"a": Near(1.0, "")}, 0.5, 0.5)
    final = blend(Result(telling=telling, confident=True), nearness)
    assert final.likelihood > 0.99
    assert final.confident is telling


def test_what_is_nearer_to_questions_for_others_is_unsure() -> None:
    hits = (Hit("a", 0.9, "a", 0.5, 0.5, 2.0),)
    first = Result(hits, telling=True, features=confidence.words(hits, 1.0))
    near, far = (Nearness({"a": Near(0.9, "")}, 0.8, nearer) for nearer in (0.1, -0.1))
    assert blend(first, near).confident
    assert not blend(first, far).confident


def test_the_nearest_service_is_told() -> None:
    assert Nearness({"a": Near(0.1, ""), "b": Near(0.9, "")}, 0.0, 0.0).nearest == "b"
    assert Nearness({}, 0.0, 0.0).nearest == ""
