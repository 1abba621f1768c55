"""Measures the wait estimate in an invented town hall: the range holds, and it is nearer than simpler ways.

Run: python tests/bench/waits.py [--tune] [--json FILE]. Ends with 1 when a hold is broken.

The hall (hall.py) has three counters, one of them away over noon; handling times are log-normal (deviation
0.8 of the mean) around 12 minutes times a factor that differs from day to day, 0.8 to 1.25; 6 % do not come
when called, 8 % have priority. All of it is assumed, none of it comes from a real hall: the numbers say what
an estimate is worth under these assumptions, and the other halls what becomes of it when they are wrong.

The estimate is told what a kiosk knows when a ticket is issued: the people ahead, the counters open, the
seconds since their calls, and how long past visitors took from the last call to the end. Beside it, on the
same people: people ahead x configured mean / counters open (with the mean that these very days turn out to
have, and with wrong ones), the wait of the person called last, and the mean of the last ten waits of the day.
The estimate's one number is the middle of its range. Only people who got a range count: "now" would almost
always be right, and where nothing is known yet there is nothing to compare.

Two lists of seeds, each seed 40 days of a hall: the constants of kiosk/tickets/estimate.py were chosen on
TUNING alone, where the other halls were looked at too; REPORT was run when they stood. Only REPORT is held;
`--tune` shows the other list.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kiosk.tickets.score import over, under
from tests.bench.hall import DAYS, HOUR, Hall, Run, Visitor, simulated

TUNING = (1, 2, 3, 4, 5, 6, 7, 8)
REPORT = (101, 102, 103, 104, 105, 106, 107, 108)
OTHER_SEEDS = 2
"""How many of the seeds the other halls get."""
HOLD_COVERAGE, HOLD_OVER = (0.75, 0.85), 0.12
WRONG = (8.0, 18.0)
"""Configured means in minutes that are not those of the hall, which is near 12."""
DEPTHS = (0, 1, 3, 6, 12)
"""How many were ahead, the parts of the first table."""
OTHER = {
    "nobody away": Hall(away=()),
    "every day alike": Hall(mix=(1.0, 1.0)),
    "no priority": Hall(priority=0.0),
    "one counter": Hall(desks=1, away=((4 * HOUR, 4.5 * HOUR),)),
    "two counters": Hall(desks=2),
    "six counters": Hall(desks=6, away=((3.5 * HOUR, 4.25 * HOUR), (4.25 * HOUR, 5 * HOUR))),
    "a quiet hall": Hall(load=0.6),
    "short errands": Hall(mean=240.0, breath=15.0),
    "alike errands": Hall(variation=0.4),
    "errands of all kinds": Hall(variation=1.2),
}


# Figures


@dataclass(frozen=True)
class Range:
    """How the ranges held: of how many people, shares, mean width in minutes."""

    people: int
    covered: float
    over: float
    under: float
    width: float


@dataclass(frozen=True)
class Point:
    """How near one number was, in minutes; `late` is the share that waited over 5 minutes longer."""

    mean: float
    median: float
    late: float


def ranged(visitors: Iterable[Visitor]) -> list[Visitor]:
    """Those who got a range: something was known, and it was not "now"."""
    return [one for one in visitors if one.quote and one.quote.high > 0]


def range_held(visitors: Sequence[Visitor]) -> Range:
    """The figures of people who got a range."""
    quotes = [(one.quote, one.waited * 60) for one in visitors if one.quote]
    late = fmean(over(quote.high, waited) for quote, waited in quotes)
    early = fmean(under(quote.low, waited) for quote, waited in quotes)
    width = fmean(quote.high - quote.low for quote, _ in quotes)
    return Range(len(quotes), 1 - late - early, late, early, width)


def point(visitors: Sequence[Visitor], says: Callable[[Visitor], float]) -> Point:
    """The figures of what a predictor says."""
    longer = [one.waited - says(one) for one in visitors]
    distances = [abs(minutes) for minutes in longer]
    return Point(fmean(distances), median(distances), fmean(minutes > 5 for minutes in longer))


def middle(visitor: Visitor) -> float:
    """The estimate as one number."""
    return (visitor.quote.low + visitor.quote.high) / 2 if visitor.quote else 0.0


def by_rule(mean: float) -> Callable[[Visitor], float]:
    """People ahead x configured mean / counters open."""
    return lambda one: one.situation.ahead * mean / one.situation.desks


def baselines(mean: float) -> dict[str, Callable[[Visitor], float]]:
    """The simpler ways, with a configured mean."""
    return {
        f"ahead x {mean:.1f} / counters": by_rule(mean),
        "the last person's wait": lambda one: one.last,
        "mean of the last ten waits": lambda one: one.last_ten,
    }


# What is printed


def print_ranges(run: Run) -> dict[str, Range]:
    """A line for all, then by how many were ahead."""
    quoted = ranged(run.visitors)
    parts = {"all": quoted}
    for first, end in zip(DEPTHS, [*DEPTHS[1:], math.inf], strict=True):
        parts[_depth(first, end)] = [one for one in quoted if first <= one.situation.ahead < end]
    print(f"\n{'range':<30}{'people':>8}{'covered':>9}{'over':>7}{'under':>7}{'width':>7}{'waited':>8}")
    held = {name: range_held(some) for name, some in parts.items()}
    for name, one in held.items():
        waited = fmean(visitor.waited for visitor in parts[name])
        shares = f"{one.covered:>9.3f}{one.over:>7.3f}{one.under:>7.3f}"
        print(f"{name:<30}{one.people:>8}{shares}{one.width:>7.1f}{waited:>8.1f}")
    now = [one.waited for one in run.visitors if one.quote and one.quote.high == 0]
    unknown = sum(one.quote is None for one in run.visitors)
    print(f'"now": {len(now)}, called within a minute {fmean(one <= 1 for one in now):.3f}; ', end="")
    print(f"not known yet: {unknown}")
    return held


def _depth(first: int, end: float) -> str:
    if end == math.inf:
        return f"{first} and more ahead"
    return f"{first} ahead" if end == first + 1 else f"{first} to {end - 1:.0f} ahead"


def print_points(run: Run) -> dict[str, Point]:
    """A line for each way to say one number; the configured mean right, then wrong."""
    quoted = ranged(run.visitors)
    ways = {"estimate, middle of its range": middle, **baselines(run.mean)}
    ways |= {f"ahead x {mean:.1f} / counters, wrong": by_rule(mean) for mean in WRONG}
    print(f"\n{'one number, minutes':<34}{'MAE':>7}{'median':>8}{'over 5 late':>13}")
    found = {name: point(quoted, says) for name, says in ways.items()}
    for name, one in found.items():
        print(f"{name:<34}{one.mean:>7.2f}{one.median:>8.2f}{one.late:>13.3f}")
    return found


def print_others(seeds: Sequence[int]) -> dict[str, dict[str, float]]:
    """A line for each hall that the estimate was not tuned for; nothing of it is held."""
    heads = f"{'people':>8}{'covered':>9}{'over':>7}{'under':>7}{'MAE':>8}{'best simpler':>14}"
    print(f"\n{'other halls':<24}{heads}")
    lines = {}
    for name, hall in OTHER.items():
        run = simulated(hall, seeds)
        quoted = ranged(run.visitors)
        one, near = range_held(quoted), point(quoted, middle).mean
        best = min(point(quoted, says).mean for says in baselines(run.mean).values())
        shares = f"{one.covered:>9.3f}{one.over:>7.3f}{one.under:>7.3f}"
        print(f"{name:<24}{one.people:>8}{shares}{near:>8.2f}{best:>14.2f}")
        lines[name] = asdict(one) | {"mae": near, "best_baseline": best}
    return lines


def broken(whole: Range, points: dict[str, Point]) -> list[str]:
    """Which holds are broken, printed with those that are not."""
    estimated, *simpler = points.values()
    best = min(one.mean for one in simpler)
    low, high = HOLD_COVERAGE
    holds = {
        f"covered {whole.covered:.3f} (hold {low} to {high})": low <= whole.covered <= high,
        f"over {whole.over:.3f} (hold {HOLD_OVER})": whole.over <= HOLD_OVER,
        f"MAE {estimated.mean:.2f} (hold {best:.2f}, the best simpler one)": estimated.mean <= best,
    }
    print()
    for text, good in holds.items():
        print(f"{'held  ' if good else 'BROKEN'}  {text}")
    return [text for text, good in holds.items() if not good]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--tune", action="store_true", help="the seeds for tuning instead")
    options.add_argument("--json", type=Path, metavar="FILE")
    chosen = options.parse_args()
    seeds = TUNING if chosen.tune else REPORT
    run = simulated(Hall(), seeds)
    print(
        f"seeds {seeds[0]} to {seeds[-1]}, {'for tuning' if chosen.tune else 'not used for tuning'}, ", end=""
    )
    print(f"{DAYS} days each: ", end="")
    print(f"{len(run.visitors)} visitors, {run.mean:.1f} minutes at a counter, ", end="")
    print(f"waited {fmean(one.waited for one in run.visitors):.1f} minutes")
    ranges, points = print_ranges(run), print_points(run)
    others = print_others(seeds[:OTHER_SEEDS])
    problems = broken(ranges["all"], points)
    if chosen.json:
        _write(chosen.json, ranges, points, others, problems)
    return int(bool(problems))


def _write(
    file: Path,
    ranges: dict[str, Range],
    points: dict[str, Point],
    others: dict[str, dict[str, float]],
    problems: list[str],
) -> None:
    figures = {
        "ranges": {name: asdict(one) for name, one in ranges.items()},
        "points": {name: asdict(one) for name, one in points.items()},
        "other_halls": others,
        "broken": problems,
    }
    file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
