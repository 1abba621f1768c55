"""What the answers to one statement say, and only what the way its respondents were chosen allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kiosk.survey.interval import Interval, Stratum, difference, weighted, wilson

MINIMUM = 10
"""The fewest answers of an attempted census that are judged."""

PROBABILITY = frozenset({"systematic", "random", "stratified"})
"""The designs in which chance chooses; `everyone` is a census, none at all are people who chose to answer."""

Basis = Literal["probability", "census", "self_selected", "mixed", "none"]
Status = Literal["on_target", "below_target", "not_enough", "no_judgement", "no_target"]
Change = Literal["up", "down", "no clear change", ""]


class AnswerCounts(NamedTuple):
    """How often each answer was given, from 1 (strongly disagree) to 4 (strongly agree).

    `na` chose *not applicable*, `skipped` left the statement blank; neither is an answer on the scale.
    """

    c1: int = 0
    c2: int = 0
    c3: int = 0
    c4: int = 0
    na: int = 0
    skipped: int = 0

    @property
    def n(self) -> int:
        """The answers on the scale, from which every share is taken."""
        return self.c1 + self.c2 + self.c3 + self.c4

    @property
    def agreeing(self) -> int:
        """The top-two box: 3 and 4."""
        return self.c3 + self.c4

    @property
    def points(self) -> int:
        """The sum of the answers on the scale."""
        return self.c1 + 2 * self.c2 + 3 * self.c3 + 4 * self.c4


class Cell(NamedTuple):
    """The answers to a statement of those who were chosen by one design in one stratum.

    `design` as the journal holds it: "everyone", "systematic 5", "random 20", "stratified bills 50", "" for
    people who chose themselves. `weight` counts the eligible visitors: a stratum that could have been asked
    the statement has its cell even if nobody answered, and one that it does not fit has none.
    """

    design: str
    stratum: str
    weight: int
    counts: AnswerCounts

    @property
    def method(self) -> str:
        """The first word of the design."""
        return self.design.partition(" ")[0]


@dataclass(frozen=True)
class StatementScore:
    """Counts as they are, and shares from 0 to 1: of those who answered, or of all visitors where `weighted`.

    `agree` (top-two box), `strongly` (answer 4) and `mean` (1 to 4) are None without answers, and where a
    stratum has none to weigh. `na_share` is of those who answered or said that it does not apply. `interval`
    is that of `agree`, None unless the basis is `probability` and there are answers enough.
    """

    counts: AnswerCounts
    basis: Basis
    agree: float | None
    strongly: float | None
    mean: float | None
    interval: Interval | None
    weighted: bool = False

    @property
    def n(self) -> int:
        """Answers on the scale."""
        return self.counts.n

    @property
    def na(self) -> int:
        """Those who said that the statement does not apply."""
        return self.counts.na

    @property
    def blank(self) -> int:
        """Those who were asked and left it."""
        return self.counts.skipped

    @property
    def na_share(self) -> float | None:
        """A high one means that the statement does not fit the service, not that the service is bad."""
        return _share(self.na, self.n + self.na)

    @property
    def mean_100(self) -> float | None:
        """The mean as a percentage of the way from 1 to 4; secondary, as the scale is one of order."""
        return None if self.mean is None else (self.mean - 1) / 3 * 100


def score(cells: Iterable[Cell]) -> StatementScore:
    """Score one statement; cells without visitors and answers count for nothing."""
    known = [cell for cell in cells if cell.weight > 0 or any(cell.counts)]
    total = _sum(cell.counts for cell in known)
    basis = _basis(known)
    strata = _strata(known) if basis == "probability" else []
    if not _is_weighted(strata):
        return StatementScore(
            total,
            basis,
            agree=_share(total.agreeing, total.n),
            strongly=_share(total.c4, total.n),
            mean=_share(total.points, total.n),
            interval=wilson(total.agreeing, total.n) if strata and total.n else None,
        )
    sure = weighted(Stratum(cell.weight, cell.counts.agreeing, cell.counts.n) for cell in strata)
    return StatementScore(
        total,
        basis,
        agree=_average(strata, lambda counts: counts.agreeing),
        strongly=_average(strata, lambda counts: counts.c4),
        mean=_average(strata, lambda counts: counts.points),
        interval=sure.interval if sure else None,
        weighted=True,
    )


def status(score: StatementScore, target: float, minimum: int = MINIMUM) -> Status:
    """Judge the share who agree against a target from 0 to 1, 0 when none is set.

    A sample is judged by its whole interval, a census of `minimum` answers as if chance had chosen who did,
    and people who chose to answer never.
    """
    if not 0 <= target <= 1:
        raise ValueError(f"a target is a share from 0 to 1, not {target}: 85 % is 0.85")
    if not target:
        return "no_target"
    if score.basis == "self_selected":
        return "no_judgement"
    sure = _judged(score, minimum)
    if sure is None or sure.low < target <= sure.high:
        return "not_enough"
    return "on_target" if sure.low >= target else "below_target"


def clear_gap(score: StatementScore, target: float, minimum: int = MINIMUM) -> float:
    """How far below the target even the high end is by which `status` judges; 0 if not clearly."""
    sure = _judged(score, minimum)
    if sure is None or status(score, target, minimum) != "below_target":
        return 0.0
    return target - sure.high


def changed(now: StatementScore, before: StatementScore, minimum: int = MINIMUM) -> Change:
    """Whether the share who agree rose or fell; "" where the two periods can't be compared.

    They differ when the interval of their difference leaves out 0, for censuses as in `status`.
    """
    new, old = _judged(now, minimum), _judged(before, minimum)
    if new is None or old is None or now.agree is None or before.agree is None or now.basis != before.basis:
        return ""
    change = difference(now.agree, new, before.agree, old)
    if change.low > 0:
        return "up"
    return "down" if change.high < 0 else "no clear change"


def _judged(score: StatementScore, minimum: int) -> Interval | None:
    """Where the share lies as far as it may be judged.

    A census has no sampling error, so none is shown. But not all answer, and each is asked only some of the
    statements, drawn by chance: what chance could explain is not judged.
    """
    if score.basis == "census" and score.n >= minimum:
        return wilson(score.counts.agreeing, score.n)
    return score.interval


def _basis(cells: Sequence[Cell]) -> Basis:
    kinds = {cell.method for cell in cells}
    if not kinds:
        return "none"
    if kinds <= PROBABILITY:
        return "probability"
    if kinds == {"everyone"}:
        return "census"
    return "self_selected" if kinds == {""} else "mixed"


def _strata(cells: Iterable[Cell]) -> list[Cell]:
    """One cell for each part sampled by itself: a design's stratum, or all visitors under a design."""
    parts: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        own = cell.stratum if cell.method == "stratified" else ""
        parts.setdefault((cell.design, own), []).append(cell)
    return [
        Cell(design, own, sum(cell.weight for cell in part), _sum(cell.counts for cell in part))
        for (design, own), part in parts.items()
    ]


def _is_weighted(strata: Sequence[Cell]) -> bool:
    return len(strata) > 1 or any(cell.method == "stratified" for cell in strata)


def _average(strata: Iterable[Cell], value: Callable[[AnswerCounts], int]) -> float | None:
    """The mean of a value over all visitors, each stratum by its weight; None while one has no answers."""
    weighed = [cell for cell in strata if cell.weight > 0]
    if not weighed or not all(cell.counts.n for cell in weighed):
        return None
    whole = sum(cell.weight for cell in weighed)
    return math.fsum(cell.weight * (value(cell.counts) / cell.counts.n) for cell in weighed) / whole


def _sum(counts: Iterable[AnswerCounts]) -> AnswerCounts:
    return AnswerCounts(*map(sum, zip(AnswerCounts(), *counts, strict=True)))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
