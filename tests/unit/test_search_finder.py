"""What staff know better, what others chose, and what a query means, each in its place."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.search.finder import Finder
from kiosk.search.hit import Result
from kiosk.search.index import Index, build
from kiosk.search.rank import FINALISTS
from tests.support.search_catalog import catalog, index, service
from tests.support.search_model import FakeModel, Told, meaning_of


def finder(
    pin: dict[str, str] | None = None,
    block: dict[str, tuple[str, ...]] | None = None,
    prior: dict[str, float] | None = None,
) -> Finder:
    """The twelve services with these verdicts, by words alone."""
    return Finder.of(index(), replace(catalog(), pin=pin or {}, block=block or {}), prior or {})


def ids(result: Result) -> list[str]:
    return [hit.id for hit in result.hits]


# Pins

SPELLINGS = [
    "old couch",
    "OLD Couch",
    "  old \t couch ",
    "óld coüch",
    "old-couch!",
    "“old couch”",
    "ｏｌｄ couch",
]


@pytest.mark.parametrize("query", SPELLINGS)
@pytest.mark.parametrize("pinned", SPELLINGS)
def test_a_pinned_service_comes_first_however_the_query_is_spelt(pinned: str, query: str) -> None:
    found = finder(pin={pinned: "pothole"}).first(query, "en")
    assert ids(found)[:2] == ["pothole", "bulky"]
    assert found.confident
    assert found.hits[0].words == " ".join(query.split())


@pytest.mark.parametrize("query", ["old", "old couc", "old couch please", "couch old", "oldcouch", ""])
def test_a_pin_is_for_the_exact_query_alone(query: str) -> None:
    pinned = finder(pin={"old couch": "pothole"})
    assert pinned.first(query, "en") == finder().first(query, "en")


def test_a_pin_makes_sure_of_what_nothing_else_finds() -> None:
    assert finder().first("zorb", "en").hits == ()
    found = finder(pin={"zorb": "tree"}).search("Zorb", "en")
    assert (ids(found), found.confident, found.hits[0].words) == (["tree"], True, "Zorb")


def test_a_pinned_service_that_was_found_anyway_appears_once() -> None:
    found = finder(pin={"street": "tree"}).first("street", "en")
    assert ids(found)[0] == "tree"
    assert sorted(ids(found)) == sorted(ids(finder().first("street", "en")))


def test_a_pinned_service_is_not_one_more_than_an_answer_names() -> None:
    services = [service(f"s{n}", f"Street permit {n}") for n in range(FINALISTS + 5)]
    full = catalog(*services, service("other", "Other"))
    pinned = Finder.of(build(full, {}), replace(full, pin={"street": "other"}), {})
    found = pinned.first("street", "en")
    assert len(found.hits) == FINALISTS
    assert found.hits[0].id == "other"


@pytest.mark.parametrize("query", ["", "   ", "!", "\u200b", "?"])
def test_a_pin_or_block_of_signs_alone_answers_nothing(query: str) -> None:
    verdicts = finder(pin={"?": "tree"}, block={"!": ("tree",)})
    assert verdicts.search(query, "en") == Result()


# Blocks


@pytest.mark.parametrize("query", SPELLINGS)
def test_a_blocked_service_is_not_shown_however_the_query_is_spelt(query: str) -> None:
    found = finder(block={"old couch": ("bulky",)}).first(query, "en")
    assert "bulky" not in ids(found)
    assert not found.confident


def test_a_block_is_for_the_exact_query_alone() -> None:
    found = finder(block={"old couch": ("bulky",)}).first("my old couch", "en")
    assert (ids(found)[0], found.confident) == ("bulky", True)


def test_without_a_blocked_one_further_down_the_first_is_as_sure_as_before() -> None:
    usual = finder().first("register my dog", "en")
    assert usual.confident and ids(usual)[:2] == ["dog_license", "lost_dog"]
    found = finder(block={"register my dog": ("lost_dog",)}).first("register my dog", "en")
    assert (found.hits[0], found.confident) == (usual.hits[0], True)
    assert "lost_dog" not in ids(found)


def test_blocks_of_one_query_spelt_in_two_ways_add_up() -> None:
    found = finder(block={"dog": ("dog_license",), "Dóg": ("lost_dog",)}).first("dog", "en")
    assert ids(finder().first("dog", "en")) and ids(found) == []


# Verdicts and meaning


def test_verdicts_hold_when_the_meaning_says_otherwise() -> None:
    verdicts = finder(pin={"divan": "tree"}, block={"puppy": ("dog_license", "lost_dog")})
    verdicts.meaning = meaning_of(FakeModel(), catalog())
    usual = Finder(index(), meaning=verdicts.meaning)

    assert ids(usual.search("divan", "en"))[0] == "bulky"
    pinned = verdicts.search("Divan!", "en")
    assert (ids(pinned)[:2], pinned.confident) == (["tree", "bulky"], True)

    assert set(ids(usual.search("puppy", "en"))[:2]) == {"dog_license", "lost_dog"}
    blocked = verdicts.search("PUPPY", "en")
    assert blocked.hits and not {"dog_license", "lost_dog"} & set(ids(blocked))
    assert not blocked.confident


def test_how_near_a_blocked_service_is_makes_no_other_one_sure() -> None:
    trucks = catalog(service("truck", "Food truck", en="taco trailer"), service("tags", "Trailer tags"))
    near = Told({"truck": 0.9, "tags": 0.89}, middle=0.88, nearer=0.15)
    usual = Finder(build(trucks, {}), meaning=near)
    assert usual.search("trailer tags", "en").confident
    blocking = Finder.of(build(trucks, {}), replace(trucks, block={"trailer tags": ("truck",)}), {})
    blocking.meaning = near
    found = blocking.search("trailer tags", "en")
    assert (ids(found), found.confident) == (["tags"], False)


def test_what_words_said_of_a_blocked_service_makes_no_other_one_sure() -> None:
    near = Told({"tree": 0.9, "bulky": 0.85}, middle=0.8, nearer=0.02)
    assert Finder(index(), meaning=near).search("old couch", "en").confident
    blocking = finder(block={"old couch": ("bulky",)})
    blocking.meaning = near
    found = blocking.search("old couch", "en")
    assert (ids(found), found.confident) == (["tree"], False)


def test_what_a_query_means_is_found_where_its_words_are_not() -> None:
    with_meaning = Finder(index(), meaning=meaning_of(FakeModel(), catalog()))
    first = with_meaning.first("divan", "en")
    assert first.hits == ()
    final = with_meaning.final("divan", first)
    assert (ids(final)[0], final.confident) == ("bulky", True)


def test_without_meaning_the_final_answer_is_the_first() -> None:
    words = finder(pin={"dog": "tree"})
    for query in ("old couch", "dog", "zzzz", ""):
        first = words.first(query, "en")
        assert words.final(query, first) is first


def test_the_limit_cuts_the_whole_answer() -> None:
    with_meaning = finder(pin={"street": "birth"})
    with_meaning.meaning = meaning_of(FakeModel(), catalog())
    whole, cut = (with_meaning.search("street", "en", limit=limit) for limit in (10, 2))
    assert cut == replace(whole, hits=whole.hits[:2])
    assert len(whole.hits) > 2


# What others chose


def test_of_two_that_fit_alike_the_usual_choice_comes_first() -> None:
    twins = build(catalog(service("a", "Parks", en="dog park"), service("b", "Parks", en="dog park")), {})
    assert ids(Finder(twins).first("dog park", "en")) == ["a", "b"]
    assert ids(Finder(twins, prior={"b": 0.2}).first("dog park", "en")) == ["b", "a"]
    assert ids(Finder(twins, prior={"a": 1.0, "b": 0.2}).first("dog park", "en")) == ["a", "b"]


@given(st.dictionaries(st.sampled_from(["exact", "longer", "part"]), st.floats(0, 1)))
def test_no_choices_of_others_beat_a_clearly_better_fit(prior: dict[str, float]) -> None:
    found = ids(Finder(parks(), prior=prior).first("dog park", "en", typing=False))
    assert found == ["exact", "longer", "part"]


@cache
def parks() -> Index:
    return build(
        catalog(
            service("part", "One", en="park"),
            service("longer", "Two", en="dog park map"),
            service("exact", "Three", en="dog park"),
        ),
        {},
    )


def test_choices_of_services_that_are_gone_are_no_harm() -> None:
    gone = finder(prior={"closed_office": 1.0, "": 0.5})
    assert gone.search("old couch", "en") == finder().search("old couch", "en")
