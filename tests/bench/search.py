"""Measures search: how good the answers are, whether it knows when not to know, and how long it takes.

Run: python tests/bench/search.py [--words-only] [--part tune|report|all] [--no-latency] [--json FILE]
[SERVICES ...]. Ends with 1 when a hold is broken.

The rated queries (rated/README.md) were written from the services' names and facts by people who did not
see the keywords, before keywords were raised and before anything was tuned; the keywords by others who did
not see the queries. The unanswerable ones of none.jsonl were added later. No citizen wrote them and no native
speaker reviewed those that are not English. The half `tune` may be used for tuning, the half `report` is only
reported; what asks the same twice counts once. A typo is one edit in the longest word of a row that has an
answer, made by a seeded generator; these rows count only in the groups of typos.

What is printed, each for words only and, where the extra `semantic` is installed, with meaning:
- quality: a right answer first, in the first three, in the first five, and the mean of 1 / its place (0 after
  the tenth), by language, by whether the query shares a word that counts with the official name, with typos;
  beside it FTS5 and rapidfuzz on the same rows and texts (peers.py);
- confidence: what a threshold would do, and what the built-in ones do;
- latency: milliseconds per key while everyday queries are typed (first paint), and of every fourth rated
  query as a whole (final), for services.yaml as it is and enlarged to 1,000 and 5,000 services (or the ones
  given). An enlarged catalogue repeats its names and draws its keywords from those of all services, so that
  every word becomes more common in proportion: harder than a real catalogue of that size. Its vectors are
  those of the real one repeated with a little noise: as many to compare, but not the vectors of its texts.
  Each key and each query counts with the smallest of three times; what other programs used of the processors
  meanwhile is printed beside, for the model's threads wait for one another and suffer most from them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from peers import Fts5, Fuzzy, texts
from quality import (
    CACHE,
    HALVES,
    LANGUAGES,
    Answer,
    Figures,
    Row,
    answer,
    figures,
    group_names,
    groups,
    opened,
    place,
    rated,
    typos,
)

from kiosk.catalog.model import Catalog
from kiosk.catalog.texts import localize
from kiosk.i18n import messages
from kiosk.search import confidence, meaning
from kiosk.search.finder import Finder
from kiosk.search.hit import Result
from kiosk.search.index import Index, build
from kiosk.ui.library import Library

WORDS, MEANING = "words only", "with meaning"
SIZES = (1_000, 5_000)
HOLD_KEY, HOLD_FINAL = 4.0, 16.0
"""Milliseconds at the largest size, 95th percentile."""
HOLD_QUALITY = (
    ("en", "r1", 0.80),
    ("en", "r3", 0.95),
    ("en, no shared word", "r3", 0.88),
    ("es", "r3", 0.90),
    ("vi", "r3", 0.90),
    ("zh_Hans", "r3", 0.90),
    ("ar", "r3", 0.90),
    ("typos", "r3", 0.92),
)
"""On the half that is only reported, with meaning."""
WORDS_LESS = 0.08
"""How much less words alone may reach."""
METRICS = {"r1": "R@1", "r3": "R@3", "r5": "R@5", "mrr": "MRR"}
THRESHOLDS = [step / 20 for step in range(1, 20)]
EVERY = 4
"""Of the rated queries that are timed as a whole."""
NOISE = 0.01
"""Added to every number of a repeated vector; its length is 1, it has 384."""
SAMPLE = 320
"""Passages embedded to tell what one costs."""
QUERIES = {
    "en": ["trash didn't get picked up", "pot hole", "birth certficate", "tag my dog", "pay my watre bill"],
    "es": ["no recogieron la basura", "acta de nacimiento", "bache en mi calle", "multa de estacionamineto"],
    "vi": ["mất chó", "cho tôi cái giấy khai sinh", "do rac", "trả tiền nước ở đâu"],
    "zh_Hans": ["垃圾没人收怎么办", "護照", "laji", "hu zhao", "lajichemeilai"],
    "ar": ["فاتورة الماء", "شهادة ميلاد", "حفرة في الشارع", "والنُّفايات"],
}


# Quality

Places = dict[str, dict[Row, int]]
"""The place of the right answer, by system and row."""
Quality = dict[str, dict[str, dict[str, Figures]]]
"""By half, system and group."""


def places(found: Iterable[Answer], library: Library) -> Places:
    """Of the kiosk in each mode and of each peer, for every row that has an answer."""
    said = [one for one in found if one.row.ids]
    ranked = {WORDS: {row: _ids(words) for row, words, _ in said}}
    if said[0].meaning is not None:
        ranked[MEANING] = {row: _ids(meant) for row, _, meant in said if meant}
    services = list(texts({code: library.catalog(code) for code in LANGUAGES}))
    for peer in (Fts5(services), Fuzzy(services)):
        ranked[peer.name] = {one.row: peer.answer(one.row) for one in said}
    return {
        system: {row: place(ids, row.ids) for row, ids in by_row.items()} for system, by_row in ranked.items()
    }


def _ids(result: Result) -> list[str]:
    return [hit.id for hit in result.hits]


def quality(found: Places, halves: Sequence[str], library: Library) -> Quality:
    """The figures of every group that has rows."""
    names = {code: {one.id: one.name for one in library.catalog(code).services} for code in LANGUAGES}
    member = {row: groups(row, names) for row in next(iter(found.values()))}
    table: Quality = {}
    for half in halves:
        for system, by_row in found.items():
            own = {name: [by_row[row] for row in _of(member, half, name)] for name in group_names()}
            table.setdefault(half, {})[system] = {name: figures(some) for name, some in own.items() if some}
    return table


def _of(member: Mapping[Row, Sequence[str]], half: str, group: str) -> Iterator[Row]:
    return (row for row, names in member.items() if row.half == half and group in names)


def print_quality(table: Quality) -> None:
    """A table for each half: a line a group, four columns a system."""
    for half, systems in table.items():
        print(f"\nQuality, half {half}")
        print(f"{'':<29}" + "".join(f"  {system:<24}" for system in systems))
        print(
            f"{'group':<24}{'rows':>5}"
            + ("  " + "".join(f"{one:>6}" for one in METRICS.values())) * len(systems)
        )
        for group, one in systems[WORDS].items():
            cells = ("".join(f"{value:6.3f}" for value in own[group][1:]) for own in systems.values())
            print(f"{group:<24}{one.rows:>5}" + "".join(f"  {cell}" for cell in cells))


# Confidence


class Rates(NamedTuple):
    """Shares: unanswerable rows shown as sure; answerable ones shown as unsure; answerable ones shown as
    sure whose right answer is among the first three."""

    wrongly: float
    unsure: float
    right: float


Sure = Callable[[Result], bool]


def rates(said: Sequence[tuple[Row, Result]], sure: Sure) -> Rates:
    """What visitors would be told of these rows."""
    answerable = [(row, result) for row, result in said if row.ids]
    right = [sure(result) and 0 < place(_ids(result), row.ids) <= 3 for row, result in answerable]
    return Rates(
        _share(sure(result) for row, result in said if not row.ids),
        _share(not sure(result) for _, result in answerable),
        _share(right),
    )


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / max(1, len(found))


def _from(threshold: float) -> Sure:
    return lambda result: result.telling and result.likelihood >= threshold


def curve(said: Sequence[tuple[Row, Result]], built_in: float) -> dict[str, dict[str, Rates]]:
    """By threshold, and for the built-in one by language."""
    own = {"all": rates(said, lambda result: result.confident)}
    for lang in LANGUAGES:
        own[lang] = rates([one for one in said if one[0].lang == lang], lambda result: result.confident)
    return {
        "thresholds": {f"{one:.2f}": rates(said, _from(one)) for one in THRESHOLDS},
        f"built-in {built_in:.4g}": own,
    }


def confidences(found: Sequence[Answer]) -> dict[str, dict[str, dict[str, Rates]]]:
    """The curve of each mode on the half that is only reported."""
    said = [one for one in found if one.row.half == "report" and not one.row.typo]
    modes = {WORDS: curve([(row, words) for row, words, _ in said], confidence.WORDS.threshold)}
    if said[0].meaning is not None:
        meant = [(row, result) for row, _, result in said if result]
        modes[MEANING] = curve(meant, confidence.MEANING.threshold)
    return modes


def print_confidences(modes: Mapping[str, Mapping[str, Mapping[str, Rates]]], rows: Sequence[Row]) -> None:
    """A line a threshold, then a line a language."""
    own = [row for row in rows if row.half == "report"]
    answerable = sum(bool(row.ids) for row in own)
    print(f"\nConfidence, half report: {answerable} answerable, {len(own) - answerable} unanswerable")
    for mode, parts in modes.items():
        for part, lines in parts.items():
            print(
                f"{mode + ', ' + part:<30} {'wrongly sure':>14} {'unsure':>8} {'sure and in first three':>24}"
            )
            for name, one in lines.items():
                print(f"{name:>30} {one.wrongly:14.3f} {one.unsure:8.3f} {one.right:24.3f}")


# Latency


@dataclass(frozen=True)
class Times:
    """Milliseconds: the middle, the 95th percentile, the largest."""

    p50: float
    p95: float
    most: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Times:
        """Of some times in seconds."""
        found = sorted(one * 1000 for one in seconds)
        return cls(found[len(found) // 2], found[len(found) * 95 // 100], found[-1])

    def __str__(self) -> str:
        return f"p50 {self.p50:6.2f}  p95 {self.p95:6.2f}  max {self.most:6.2f} ms"


@dataclass(frozen=True)
class Speed:
    """One size of catalogue."""

    services: int
    build_s: float
    read_ms: float
    megabytes: float
    key: Times
    postings: int
    others: float
    passages: int = 0
    final: Times | None = None


def enlarged(catalog: Catalog, count: int) -> Catalog:
    """The catalogue repeated up to `count` services, keywords dealt anew."""
    chance = random.Random(1)
    pool: dict[str, list[str]] = {}
    for service in catalog.services:
        for language, phrases in service.keywords.items():
            pool.setdefault(language, []).extend(phrases)
    services = list(catalog.services)
    while len(services) < count:
        model = catalog.services[len(services) % len(catalog.services)]
        words = {
            language: tuple(chance.sample(pool[language], len(own)))
            for language, own in model.keywords.items()
        }
        services.append(replace(model, id=f"{model.id}_{len(services)}", keywords=words))
    return replace(catalog, services=tuple(services))


def smallest(work: Callable[..., object], *given: object) -> float:
    """Seconds, the smallest of three."""
    runs = []
    for _ in range(3):
        start = time.perf_counter()
        work(*given)
        runs.append(time.perf_counter() - start)
    return min(runs)


def keys(finder: Finder) -> tuple[Times, int]:
    """The times of every key, and the most postings visited for one."""
    queries = [(query, lang) for lang, some in QUERIES.items() for query in some]
    typed = [(query[:end], lang) for query, lang in queries for end in range(1, len(query) + 1)]
    finder.first("warm", "en")
    times = [smallest(finder.first, *key) for key in typed]
    return Times.of(times), max(finder.first(*key).work for key in typed)


def whole(finder: Finder, rows: Iterable[Row]) -> Times:
    """The times of whole queries, meaning and all."""
    finder.search("warm", "en")
    return Times.of(smallest(finder.search, row.query, row.lang) for row in rows)


def larger(model: meaning.Model, passages: Sequence[meaning.Passage], library: Library) -> meaning.Meaning:
    """Compares as many vectors as there are passages: those of the real catalogue repeated, with noise."""
    import numpy

    from kiosk.search.vectors import Store

    store = Store(library.settings.cache, model.name)
    other = [line for line in meaning.ELSEWHERE.read_text(encoding="utf-8").splitlines() if line]
    real = meaning.passages(
        library.loaded.catalog, {code: library.catalog(code) for code in library.languages}
    )
    known, elsewhere = (
        numpy.stack([store[meaning.plain(text)] for text in some])
        for some in ([passage.text for passage in real], other)
    )
    chance = numpy.random.default_rng(1)
    vectors = numpy.resize(known, (len(passages), known.shape[1])).astype(numpy.float32)
    vectors += chance.normal(0, NOISE, vectors.shape).astype(numpy.float32)
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    return meaning.Meaning(model, passages, vectors, elsewhere)


def speed(count: int, library: Library, rows: Iterable[Row], model: meaning.Model | None) -> Speed:
    """Build, read and ask a catalogue of so many services."""
    large = enlarged(library.loaded.catalog, count)
    localized = {code: localize(large, messages.load(code).service_text) for code in QUERIES if code != "en"}
    start = time.perf_counter()
    text = build(large, localized).to_json()
    built = time.perf_counter()
    finder = Finder(Index.from_json(text))
    read = time.perf_counter()
    passages: list[meaning.Passage] = []
    if model is not None:
        passages = meaning.passages(large, localized)
        finder.meaning = larger(model, passages, library)
    load = Load()
    times, postings = keys(finder)
    return Speed(
        services=count,
        build_s=built - start,
        read_ms=(read - built) * 1000,
        megabytes=len(text) / 1e6,
        key=times,
        postings=postings,
        passages=len(passages),
        final=whole(finder, rows) if passages else None,
        others=load.others(),
    )


class Load:
    """What other programs use of the processors from now on."""

    def __init__(self) -> None:
        self._busy, self._own, self._since = self._used(), time.process_time(), time.perf_counter()

    def others(self) -> float:
        """Their share of all processors until now."""
        own, elapsed = time.process_time() - self._own, time.perf_counter() - self._since
        return max(0.0, self._used() - self._busy - own) / elapsed / (os.cpu_count() or 1)

    @staticmethod
    def _used() -> float:
        """Seconds that the processors were neither idle nor waiting for a disk."""
        columns = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        user, nice, system, _, _, *interrupts = map(int, columns)
        return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def print_speed(one: Speed) -> None:
    """Some lines."""
    print(
        f"{one.services:>6} services   index: build {one.build_s:.2f} s, read {one.read_ms:.0f} ms, "
        f"{one.megabytes:.1f} MB; {one.passages or 'no'} passages"
    )
    print(f"{'first paint, a key':>27}  {one.key}  at most {one.postings} postings")
    if one.final:
        print(f"{'final, a whole query':>27}  {one.final}")
    print(f"{'other programs':>27}  {one.others:.0%} of the processors meanwhile")


def learning(library: Library, cache: Path) -> dict[str, float]:
    """What the vectors of the real catalogue cost: to make, by a sample, and to read from the cache."""
    model = meaning.load()
    if model is None:
        return {}
    finder = (again := opened(cache)).finder

    def read() -> None:
        finder.meaning = None
        again.learn()

    some = meaning.passages(library.loaded.catalog, {})[:SAMPLE]
    batches = [some[start : start + meaning.BATCH] for start in range(0, len(some), meaning.BATCH)]
    start = time.perf_counter()
    for batch in batches:
        model.passages([meaning.plain(passage.text) for passage in batch])
    made = time.perf_counter() - start
    return {"read_ms": smallest(read) * 1000, "passage_ms": made / len(some) * 1000}


# Holds


@dataclass(frozen=True)
class Hold:
    """A figure that must not get worse; without a value it was not measured."""

    what: str
    value: float | None
    limit: float
    at_most: bool = False

    @property
    def broken(self) -> bool:
        return self.value is not None and (
            self.value > self.limit if self.at_most else self.value < self.limit
        )


def holds(table: Quality, speeds: Sequence[Speed]) -> list[Hold]:
    """All of them, whatever was measured."""
    last = max(speeds, key=lambda one: one.services, default=None)
    size = f"at {last.services:,} services" if last else ""
    found = [
        Hold(f"first paint p95 ms {size}", last.key.p95 if last else None, HOLD_KEY, True),
        Hold(f"final p95 ms {size}", last.final.p95 if last and last.final else None, HOLD_FINAL, True),
    ]
    systems = table.get("report", {})
    for mode, less in ((MEANING, 0.0), (WORDS, WORDS_LESS)):
        for group, metric, limit in HOLD_QUALITY:
            one = systems.get(mode, {}).get(group)
            value = getattr(one, metric) if one else None
            found.append(Hold(f"{mode}: {group} {METRICS[metric]}", value, round(limit - less, 2)))
    return found


def print_holds(found: Iterable[Hold]) -> None:
    """The last table: value, limit, and whether it is kept."""
    print(f"\n{'hold (quality: half report)':<44} {'value':>8} {'limit':>14}")
    for one in found:
        value = "-" if one.value is None else f"{one.value:.3f}"
        limit = f"{'at most' if one.at_most else 'at least'} {one.limit:5.2f}"
        state = "not measured" if one.value is None else "BROKEN" if one.broken else "ok"
        print(f"{one.what:<44} {value:>8} {limit:>14}  {state}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("services", nargs="*", type=int, help="sizes of catalogue to time")
    parser.add_argument(
        "--words-only", action="store_true", help="without meaning, even where it is installed"
    )
    parser.add_argument(
        "--part", choices=(*HALVES, "all"), default="all", help="the half whose quality is printed"
    )
    parser.add_argument("--latency", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"data folder kept between runs ({CACHE})")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser.parse_args()


def main() -> int:
    chosen = _arguments()
    halves = HALVES if chosen.part == "all" else (chosen.part,)
    library = opened(chosen.cache)
    learnt = not chosen.words_only and library.learn()
    rows, repeated = rated()
    count = len(library.loaded.catalog.services)
    print(f"{count} services; {len(rows)} rated queries, {repeated} more repeat another and are left out")
    if not learnt:
        print("words only: " + ("as asked" if chosen.words_only else "the extra `semantic` is not installed"))
    found = [answer(library.finder, row) for row in [*rows, *typos(rows)] if row.half in halves]
    table = quality(places(found, library), halves, library)
    print_quality(table)
    modes = confidences(found) if "report" in halves else {}
    if modes:
        print_confidences(modes, rows)
    speeds, costs = [], {}
    if chosen.latency:
        print("\nLatency")
        model = meaning.load() if learnt else None
        for size in chosen.services or [count, *SIZES]:
            speeds.append(speed(size, library, rows[::EVERY], model))
            print_speed(speeds[-1])
        costs = learning(library, chosen.cache) if learnt else {}
    if costs:
        print("vectors of enlarged catalogues are those of the real one repeated with noise")
        print(f"vectors: {costs['passage_ms']:.1f} ms a passage to make ({SAMPLE} of them), ", end="")
        print(f"{costs['read_ms']:.0f} ms to read all from the cache, the model included")
    kept = holds(table, speeds)
    print_holds(kept)
    if chosen.json:
        _write(chosen.json, table, modes, speeds, costs, kept)
    return int(any(one.broken for one in kept))


def _write(file: Path, table: Quality, modes: Any, speeds: list[Speed], costs: Any, kept: list[Hold]) -> None:
    whole_report = {
        "quality": {
            half: {
                system: {group: one._asdict() for group, one in own.items()}
                for system, own in systems.items()
            }
            for half, systems in table.items()
        },
        "confidence": {
            mode: {
                part: {name: one._asdict() for name, one in lines.items()} for part, lines in parts.items()
            }
            for mode, parts in modes.items()
        },
        "latency": [asdict(one) for one in speeds],
        "vectors": costs,
        "holds": [asdict(one) | {"broken": one.broken} for one in kept],
    }
    file.write_text(json.dumps(whole_report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
