"""Measures search: milliseconds per key while everyday queries are typed, and what an index costs.

Run: python tests/bench/search.py [SERVICES ...]. Uses services.yaml and its translations as they are,
then enlarged to 1,000 and 5,000 services (or the numbers given). An enlarged catalogue repeats its names
and draws its keywords from those of all services, so that every word becomes more common in proportion:
harder than a real catalogue of that size. Each key counts with the smallest of three times. Ends with 1
when the hold is broken. Says nothing of how good the answers are.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kiosk.catalog.load import find, load
from kiosk.catalog.model import Catalog
from kiosk.catalog.texts import localize
from kiosk.i18n import messages
from kiosk.search.index import Index, build
from kiosk.settings import Settings

HOLD_P95 = 4.0
QUERIES = {
    "en": ["trash didn't get picked up", "pot hole", "birth certficate", "tag my dog", "pay my watre bill"],
    "es": ["no recogieron la basura", "acta de nacimiento", "bache en mi calle", "multa de estacionamineto"],
    "vi": ["mất chó", "cho tôi cái giấy khai sinh", "do rac", "trả tiền nước ở đâu"],
    "zh_Hans": ["垃圾没人收怎么办", "護照", "laji", "hu zhao", "lajichemeilai"],
    "ar": ["فاتورة الماء", "شهادة ميلاد", "حفرة في الشارع", "والنُّفايات"],
}


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


def keys(index: Index) -> tuple[list[float], int]:
    """Milliseconds of every key, ascending, and the most postings visited for one."""
    times: list[float] = []
    work = 0
    index.search("warm", "en")
    for lang, queries in QUERIES.items():
        for query in queries:
            for end in range(1, len(query) + 1):
                runs = []
                for _ in range(3):
                    start = time.perf_counter()
                    result = index.search(query[:end], lang)
                    runs.append(time.perf_counter() - start)
                times.append(min(runs) * 1000)
                work = max(work, result.work)
    return sorted(times), work


def measure(count: int, catalog: Catalog) -> float:
    """Print one line and return the 95th percentile of a key."""
    large = enlarged(catalog, count)
    localized = {code: localize(large, messages.load(code).service_text) for code in QUERIES if code != "en"}
    start = time.perf_counter()
    text = build(large, localized).to_json()
    built = time.perf_counter()
    index = Index.from_json(text)
    read = time.perf_counter()
    times, work = keys(index)
    middle, high, highest = times[len(times) // 2], times[len(times) * 95 // 100], times[-1]
    print(
        f"{count:>6} services  build {built - start:6.2f} s  read {(read - built) * 1000:6.1f} ms"
        f"  {len(text) / 1e6:5.1f} MB  key p50 {middle:5.2f}  p95 {high:5.2f}  max {highest:5.2f} ms"
        f"  at most {work} postings"
    )
    return high


def main() -> int:
    catalog = load(find(Settings()))
    sizes = [int(size) for size in sys.argv[1:]] or [len(catalog.services), 1_000, 5_000]
    worst = max(measure(size, catalog) for size in sizes)
    print(f"hold: p95 of a key {worst:.2f} ms, at most {HOLD_P95:.0f}")
    return 0 if worst <= HOLD_P95 else 1


if __name__ == "__main__":
    sys.exit(main())
