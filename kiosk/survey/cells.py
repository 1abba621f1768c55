"""Which counts must not be published because so few people stand behind them, or because they betray such.

Published are the other counts with the totals, noughts included: a reader subtracts, and knows that what is
held back is at least one. Rates follow the count they are made of. Sources: Washington State Department of
Health, Standards for Working with Small Numbers, 2018; for tables, cheapest cycles as in Kelly, Golden and
Assad, Networks 22 (1992).
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LIMIT = 10
"""The fewest respondents behind a number that is published."""

Place = tuple[str | None, str | None]
"""Row and column of a number in a table; None for the total of all rows or all columns."""

# What it costs to hold back a total, in respondents of the whole table: it tells more than any cell, and that
# of everybody more than all others together.
_MARGIN, _EVERYBODY = 1, 1_000_000


def held_back(counts: Mapping[str, int], limit: int = LIMIT) -> set[str]:
    """The names of the counts to leave out beside their published total.

    Those are the ones from 1 to under `limit`, and the next smallest ones until at least two are left out
    that have `limit` respondents together. `total_held_back` tells when even that is not enough.
    """
    rising = sorted((name for name, count in counts.items() if count), key=lambda name: counts[name])
    held = [name for name in rising if counts[name] < limit]
    if not held:
        return set()
    while len(held) < len(rising) and not _enough([counts[name] for name in held], limit):
        held.append(rising[len(held)])
    return set(held)


def total_held_back(counts: Mapping[str, int], limit: int = LIMIT) -> bool:
    """Whether the total itself must be left out: too small, or it would betray the counts that are."""
    held = held_back(counts, limit)
    return bool(held) and not _enough([counts[name] for name in held], limit)


def _enough(values: list[int], limit: int) -> bool:
    """Whether the sum of values known to be at least 1 tells none of them, and is not under the limit."""
    return len(values) >= 2 and sum(values) >= limit and sum(values) > len(values)


def held_back_table(table: Mapping[str, Mapping[str, int]], limit: int = LIMIT) -> set[Place]:
    """The places to leave out of a table of rows by columns that is published with all its totals.

    `(row, column)` is a cell, `(row, None)` the row's total, `(None, column)` the column's, `(None, None)`
    that of everybody; totals are left out only where they are small themselves or no other way remains. A
    column that a row lacks counts 0 there. By what is published, every place left out can have more than one
    value.
    """
    values = _with_totals(table)
    held = {place for place, value in values.items() if 0 < value < limit}
    order = {place: number for number, place in enumerate(values)}
    network = _Network(values)
    for line in _lines(values):
        held |= _beside(line, values, held, limit)
    # What a cycle adds has `limit` respondents itself, so that no sum gets small again.
    waiting = deque(sorted(held, key=order.__getitem__))
    while waiting:
        more = network.cover(waiting.popleft(), held) - held
        held |= more
        waiting.extend(sorted(more, key=order.__getitem__))
    return held


def _with_totals(table: Mapping[str, Mapping[str, int]]) -> dict[Place, int]:
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    values: dict[Place, int] = {}
    for row, counts in table.items():
        values |= {(row, column): counts.get(column, 0) for column in columns}
        values[row, None] = sum(counts.values())
    values |= {(None, column): sum(counts.get(column, 0) for counts in table.values()) for column in columns}
    values[None, None] = sum(sum(counts.values()) for counts in table.values())
    return values


def _lines(values: Iterable[Place]) -> Iterator[tuple[Place, list[Place]]]:
    """The places of each sum: its total, and what it is the sum of."""
    places = list(values)
    for row in dict.fromkeys(row for row, _ in places):
        yield (row, None), [place for place in places if place[0] == row and place[1] is not None]
    for column in dict.fromkeys(column for _, column in places):
        yield (None, column), [place for place in places if place[1] == column and place[0] is not None]


def _beside(
    line: tuple[Place, list[Place]], values: Mapping[Place, int], held: set[Place], limit: int
) -> set[Place]:
    """What must be held back beside the held places of one sum, so that its total does not betray them."""
    total, parts = line
    hidden = [place for place in parts if place in held]
    if total in held or not hidden:
        return set()
    rest = iter(sorted((p for p in parts if values[p] and p not in held), key=lambda place: values[place]))
    more: set[Place] = set()
    while not _enough([values[place] for place in [*hidden, *more]], limit) and (place := next(rest, None)):
        more.add(place)
    return more


@dataclass(frozen=True)
class _Arc:
    """A change by one of a place that moves the imbalance from one sum to another."""

    place: Place
    start: str
    end: str


class _Network:
    """The sums of a table as the nodes of a network, its numbers as the edges.

    Values that fit the same published numbers differ by cycles of changes along held places; so a place has
    more than one possible value exactly when a cycle runs through it, and the cheapest cycle is what to hold
    back with it.
    """

    def __init__(self, values: Mapping[Place, int]) -> None:
        self.values = values
        self.leaving: dict[str, list[_Arc]] = {}
        for place, value in values.items():
            if not value:
                continue
            start, end = _ends(place)
            self.leaving.setdefault(start, []).append(_Arc(place, start, end))
            # Known to be at least one, a number above it can also be one less.
            if value > 1:
                self.leaving.setdefault(end, []).append(_Arc(place, end, start))

    def cover(self, place: Place, held: set[Place]) -> set[Place]:
        """The places of the cheapest cycle through a place; those already held cost nothing."""
        start, end = _ends(place)
        found = [self._way(end, start, place, held)]
        if self.values[place] > 1:
            found.append(self._way(start, end, place, held))
        ways = [way for way in found if way is not None]
        return min(ways, key=lambda way: way[0])[1] if ways else set()

    def _way(self, start: str, end: str, without: Place, held: set[Place]) -> tuple[int, set[Place]] | None:
        """Dijkstra's cheapest way between two sums: its cost and its places."""
        best: dict[str, int] = {start: 0}
        came: dict[str, _Arc] = {}
        heap = [(0, start)]
        while heap:
            cost, node = heapq.heappop(heap)
            if node == end:
                return cost, _back(came, start, end)
            if cost > best[node]:
                continue
            for arc in self.leaving.get(node, ()):
                further = cost + (0 if arc.place in held else self._cost(arc.place))
                if arc.place != without and further < best.get(arc.end, further + 1):
                    best[arc.end], came[arc.end] = further, arc
                    heapq.heappush(heap, (further, arc.end))
        return None

    def _cost(self, place: Place) -> int:
        everybody = self.values[None, None]
        totals = _EVERYBODY if place == (None, None) else _MARGIN if None in place else 0
        return self.values[place] + totals * everybody


def _ends(place: Place) -> tuple[str, str]:
    """The sums that a number is part of, in the direction in which one more of it moves the imbalance."""
    row, column = place
    across = "rows" if row is None else f"row {row}"
    down = "columns" if column is None else f"column {column}"
    return (across, down) if (row is None) == (column is None) else (down, across)


def _back(came: Mapping[str, _Arc], start: str, end: str) -> set[Place]:
    places: set[Place] = set()
    while end != start:
        places.add(came[end].place)
        end = came[end].start
    return places
