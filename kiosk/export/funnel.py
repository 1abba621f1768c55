"""The funnel: from everybody who could be asked to those who finished, by stratum and method."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kiosk.export.reading import INVITED, Day, Ends, Kind, few
from kiosk.export.table import HELD_BACK, Cell
from kiosk.journal.export_questions import FrameRow
from kiosk.survey.cells import held_back

SAMPLE = ("eligible", "selected", "invited", "declined")
"""Steps of visitors who could be asked; the others are those of respondents."""
STEPS = (*SAMPLE, "accepted", "started", "completed", "partial", "abandoned")


@dataclass(frozen=True)
class Funnel:
    """One stratum under one method: `steps`, and `abandoned` by statement, as they may be shown."""

    kind: Kind
    method: str
    seeds: str
    steps: Mapping[str, str]
    abandoned: Mapping[str, str]

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The rows of funnel.csv."""
        channel, audience, survey, version, design, stratum = self.kind
        head = (channel, audience, survey, version, self.method, design, self.seeds, stratum)
        for step, count in self.steps.items():
            yield (*head, step, "", count)
        for statement, count in sorted(self.abandoned.items()):
            yield (*head, "abandoned", statement, count)


def funnels(day: Day) -> list[Funnel]:
    """Every kind of response of a day, with those who could have given it; small cells are held back."""
    frame: dict[Kind, list[FrameRow]] = defaultdict(list)
    for row in day.frame:
        kind = Kind(INVITED, "visitor", row.survey, row.version, row.design, row.stratum)
        frame[kind].append(row)
    ends = {kind: day.counted.kinds.get(kind, Ends()) for kind in {*frame, *day.counted.kinds}}
    few_visitors = _small(ends, lambda kind: sum(row.eligible for row in frame[kind]))
    few_responses = few_visitors | _small(ends, lambda kind: ends[kind].started)
    found = []
    for kind in sorted(ends):
        rows, hidden = frame[kind], day.counted.hidden.columns["stratum"]
        small = kind in few_responses or (kind.stratum in hidden and ends[kind].started > 0)
        steps = _visitors(rows, kind in few_visitors) if kind.channel == INVITED else {}
        seeds = " ".join(dict.fromkeys(row.seed for row in rows))
        method = rows[0].method if rows else kind.design.partition(" ")[0]
        steps |= _respondents(rows, ends[kind], small)
        found.append(Funnel(kind, method, seeds, steps, _abandoned(ends[kind], small)))
    return found


def _small(kinds: Iterable[Kind], count: Callable[[Kind], int]) -> set[Kind]:
    """The strata that too few people are in, with the next smallest under the same method."""
    methods: dict[Kind, dict[str, int]] = defaultdict(dict)
    for kind in kinds:
        methods[kind._replace(stratum="")][kind.stratum] = count(kind)
    return {
        method._replace(stratum=stratum)
        for method, counts in methods.items()
        for stratum in held_back(counts)
    }


def _visitors(rows: list[FrameRow], small: bool) -> dict[str, str]:
    return {step: _shown(sum(getattr(row, step) for row in rows), small) for step in SAMPLE}


def _respondents(rows: list[FrameRow], ends: Ends, small: bool) -> dict[str, str]:
    # Who began and did not finish is a number too, even where it is not written.
    betraying = small or few(ends.started - ends.completed)
    accepted = {"accepted": _shown(sum(row.accepted for row in rows), betraying)} if rows else {}
    return accepted | {
        "started": _shown(ends.started, betraying),
        "completed": _shown(ends.completed, small),
        "partial": _shown(ends.partial, small),
    }


def _abandoned(ends: Ends, small: bool) -> dict[str, str]:
    held = held_back(ends.abandoned)
    return {name: _shown(count, small or name in held) for name, count in ends.abandoned.items()}


def _shown(count: int, small: bool) -> str:
    return HELD_BACK if count and (small or few(count)) else str(count)
