"""Fits what search believes of itself, on the tuning half of the rated queries alone.

Run: python tests/bench/calibrate.py. Fits the logistic models of kiosk/search/confidence.py: every feature
brought to mean 0 and deviation 1, both classes given equal weight, L2, Newton's method. The threshold is
chosen so that of the tuning half's unanswerable queries at most WRONGLY are shown as sure, each judged by a
model fitted without its fold. Prints lines to paste and what they do on both halves.

With --blend instead: a grid of what kiosk/search/blend.py weighs words and meaning with, best on the tuning
half first, the other half beside it. It chooses nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy
from quality import CACHE, HALVES, LANGUAGES, Row, figures, opened, place, rated, typos

from kiosk.search import blend, confidence
from kiosk.search.confidence import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kiosk.search.blend import Nearness
    from kiosk.search.finder import Finder
    from kiosk.search.hit import Result

    Numbers = NDArray[numpy.float64]

WRONGLY = (0.08, 0.05)
"""By words, and with meaning, which needs more to spare: the other half is worse than its folds foretell."""
L2 = 0.01
FOLDS = 5
STEPS = 50
"""Of Newton's method, which needs some eight."""
DIGITS = 4
NEARNESS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.3, 3.6, 4.0, 4.5, 5.0, 6.0, 8.0)
UNCOVERED = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
SHOWN = 10


class Asked(NamedTuple):
    """A row, what words alone found, and how near everything is where meaning is installed."""

    row: Row
    first: Result
    nearness: Nearness | None


def ask(finder: Finder, row: Row) -> Asked:
    """A row as a whole query."""
    first = finder.first(row.query, row.lang, typing=False)
    near = finder.meaning.near(first.asked, (hit.id for hit in first.hits)) if finder.meaning else None
    return Asked(row, first, near)


# Confidence


class Sample(NamedTuple):
    """What a model sees of some rows, and what it should say: numbers, answerable or not, fold.

    `telling` is false where nothing may be shown as sure; `right` says whether a right answer is in the
    first three.
    """

    features: Numbers
    answerable: NDArray[numpy.bool_]
    telling: NDArray[numpy.bool_]
    right: NDArray[numpy.bool_]
    fold: NDArray[numpy.int_]


def sample(asked: Sequence[Asked], meant: bool) -> Sample:
    """Of rows of one half, for the model with or without meaning."""
    ranked = [blend.blend(one.first, one.nearness) if meant and one.nearness else one.first for one in asked]
    return Sample(
        numpy.array([features(one, meant) for one in asked]),
        numpy.array([bool(one.row.ids) for one in asked]),
        numpy.array([one.first.telling for one in asked]),
        numpy.array([_right(result, one.row) for result, one in zip(ranked, asked, strict=True)]),
        numpy.array([crc32(one.row.qid.encode()) // 2 % FOLDS for one in asked]),
    )


def features(one: Asked, meant: bool) -> tuple[float, ...]:
    """As rank.py and blend.py give them to the models."""
    if not meant or one.nearness is None:
        return one.first.features
    return confidence.meaning(one.first.features, one.nearness.nearer)


def _right(result: Result, row: Row) -> bool:
    return 0 < place([hit.id for hit in result.hits], row.ids) <= 3


def fit(features: Numbers, answerable: NDArray[numpy.bool_]) -> tuple[float, Numbers]:
    """Bias and weights for the features as they are; the bias is not held down by L2."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    # A feature that is always the same says nothing; it must not be divided by 0.
    spread[spread == 0] = 1.0
    rows = numpy.column_stack([numpy.ones(len(features)), (features - mean) / spread])
    share = numpy.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())
    held = numpy.diag([0.0] + [L2] * features.shape[1])
    weights = numpy.zeros(rows.shape[1])
    for _ in range(STEPS):
        likely = logistic(rows @ weights)
        slope = rows.T @ (share * (likely - answerable)) + held @ weights
        bend = (rows * (share * likely * (1 - likely))[:, None]).T @ rows + held
        weights = weights - numpy.linalg.solve(bend, slope)
    scaled = weights[1:] / spread
    return float(weights[0] - scaled @ mean), scaled


def logistic(totals: Numbers) -> Numbers:
    """Likelihoods."""
    return 1 / (1 + numpy.exp(-totals))


def out_of_fold(tune: Sample) -> Numbers:
    """The likelihood of each row by the model fitted without its fold."""
    found = numpy.zeros(len(tune.fold))
    for fold in range(FOLDS):
        out = tune.fold == fold
        bias, weights = fit(tune.features[~out], tune.answerable[~out])
        found[out] = logistic(bias + tune.features[out] @ weights)
    return found


def threshold(likely: Numbers, tune: Sample, wrongly: float) -> float:
    """The lowest at which few enough unanswerable rows are shown as sure: midway to the next such row."""
    none = ~tune.answerable
    allowed = int(wrongly * none.sum())
    wrong = numpy.sort(numpy.where(tune.telling, likely, 0.0)[none])[::-1]
    return float(wrong[allowed - 1 : allowed + 1].mean())


def calibrated(tune: Sample, wrongly: float) -> tuple[Weights, Numbers]:
    """The model of the whole half, rounded as it will be pasted; and the likelihoods it was judged by."""
    likely = out_of_fold(tune)
    bias, weights = fit(tune.features, tune.answerable)
    found = Weights(_round(bias), tuple(map(_round, weights)), _round(threshold(likely, tune, wrongly)))
    return found, likely


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def rates(likely: Numbers, some: Sample, limit: float) -> str:
    """What visitors would be told."""
    sure = some.telling & (likely >= limit)
    return (
        f"wrongly sure {sure[~some.answerable].mean():.3f}   unsure {(~sure)[some.answerable].mean():.3f}   "
        f"sure and in first three {(sure & some.right)[some.answerable].mean():.3f}"
    )


def calibrate(asked: Sequence[Asked]) -> None:
    """Print the lines for confidence.py and what they do."""
    halves = [[one for one in asked if one.row.half == half] for half in HALVES]
    print(f"{len(halves[0])} rows to tune on, {len(halves[1])} to report")
    for name, meant in (("WORDS", False), ("MEANING", True)):
        if meant and asked[0].nearness is None:
            print("the extra `semantic` is not installed: MEANING is not fitted")
            continue
        tune, report = (sample(half, meant) for half in halves)
        weights, likely = calibrated(tune, WRONGLY[meant])
        given = numpy.array([weights.likelihood(row) for row in report.features])
        print(f"\n{name} = Weights({weights.bias}, {weights.features}, {weights.threshold})")
        print(f"  tune, out of fold  {rates(likely, tune, weights.threshold)}")
        print(f"  report             {rates(given, report, weights.threshold)}")


# Blend


def worth(asked: Sequence[Asked]) -> tuple[float, float]:
    """R@1 and R@3, the mean over the languages; rows with a typo count as any other."""
    found: dict[str, list[int]] = {lang: [] for lang in LANGUAGES}
    for one in asked:
        assert one.nearness is not None, "a grid of blends is made with meaning"
        ids = [hit.id for hit in blend.blend(one.first, one.nearness).hits]
        found[one.row.lang].append(place(ids, one.row.ids))
    some = [figures(places) for places in found.values()]
    return sum(one.r1 for one in some) / len(some), sum(one.r3 for one in some) / len(some)


def grid(asked: Sequence[Asked]) -> None:
    """Print the best of the grid, and where the constants as they are stand."""
    tune, report = ([one for one in asked if one.row.half == half] for half in HALVES)
    built_in = blend.NEARNESS, blend.UNCOVERED
    found = []
    for nearness, uncovered in {*product(NEARNESS, UNCOVERED), built_in}:
        blend.NEARNESS, blend.UNCOVERED = nearness, uncovered
        found.append((worth(tune), worth(report), (nearness, uncovered)))
    found.sort(key=lambda one: (-sum(one[0]), one[2]))
    print(f"{'':>9} {'':>9}   {'tune':^13}   {'report':^13}")
    print(f"{'NEARNESS':>9} {'UNCOVERED':>9}   {'R@1':>6} {'R@3':>6}   {'R@1':>6} {'R@3':>6}")
    for number, (tuned, told, constants) in enumerate(found, 1):
        if number <= SHOWN or constants == built_in:
            mark = f"  built in, place {number} of {len(found)}" if constants == built_in else ""
            cells = "   ".join(f"{r1:6.3f} {r3:6.3f}" for r1, r3 in (tuned, told))
            print(f"{constants[0]:>9} {constants[1]:>9}   {cells}{mark}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--blend", action="store_true", help="a grid of NEARNESS and UNCOVERED instead")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"data folder kept between runs ({CACHE})")
    chosen = parser.parse_args()
    library = opened(chosen.cache)
    learnt = library.learn()
    rows, _ = rated()
    if not chosen.blend:
        calibrate([ask(library.finder, row) for row in rows])
        return 0
    if not learnt:
        print("the extra `semantic` is not installed: there is nothing to blend")
        return 1
    grid([ask(library.finder, row) for row in [*rows, *typos(rows)] if row.ids])
    return 0


if __name__ == "__main__":
    sys.exit(main())
