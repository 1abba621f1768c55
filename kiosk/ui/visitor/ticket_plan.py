"""Where a ticket's number, its words, the facts and the code for the phone stand on a screen; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.geometry import Size

from kiosk.devices.qr import columns_needed, rows_needed
from kiosk.i18n.script import wrap
from kiosk.ui.metrics import Metrics

SMALLEST = 5
"""Rows of a drawn number at least: with fewer it is not legible in half blocks."""
USUAL, LARGE = 7, 9
WIDE = {SMALLEST: 29, USUAL: 35, LARGE: 44}
"""Columns of a column for a number, by its rows."""
TYPED = 12
"""Columns of that column where the number is typed."""
LEAST_WORDS = 60
"""Columns that the words need beside a code for the phone."""
LEAST_FACTS = 6
"""Rows of facts without which no code stands beside them."""


@dataclass(frozen=True)
class Plan:
    """Measures in cells.

    `number` is the rows of the number (0: typed), `column` the columns of its column; its words stand
    `beside` it or below it. `facts` is the room for facts, `code` the columns of the code for the phone,
    0 where it has no room.
    """

    number: int
    column: int
    beside: bool
    facts: Size
    code: int = 0


def arrange(
    metrics: Metrics,
    drawn: bool,
    taken: int,
    words: Sequence[str],
    slip: Sequence[str],
    link: str,
    told: str = "",
) -> Plan:
    """The plan for a screen on which targets take `taken` rows.

    `drawn` says whether numbers can be drawn, `words` what stands with the number, `slip` everything that
    may come to stand there about printing; nothing moves when that changes. `told` stands under the code.
    """
    height = metrics.body - taken - metrics.gap
    if metrics.small:
        return _small(metrics, drawn, height, words, slip)
    plan = _with_code(metrics, drawn, height, words, slip, link, told) if link else None
    return plan or _two_columns(metrics, drawn, height, words, slip)


def _small(metrics: Metrics, drawn: bool, height: int, words: Sequence[str], slip: Sequence[str]) -> Plan:
    column = WIDE[SMALLEST] if drawn else TYPED
    top = max(SMALLEST if drawn else 1, _rows(words, metrics.inner - column - 2))
    facts = Size(metrics.inner - 2, max(height - top - _most(slip, metrics.inner - 2), 1))
    return Plan(SMALLEST if drawn else 0, column, True, facts)


def _with_code(
    metrics: Metrics,
    drawn: bool,
    height: int,
    words: Sequence[str],
    slip: Sequence[str],
    link: str,
    told: str,
) -> Plan | None:
    """Number and words above the facts, the code at their side; None where it has no room."""
    code = columns_needed(link)
    left = metrics.inner - code - 2
    number = (LARGE if metrics.height >= 40 else USUAL) if drawn else 0
    column = WIDE[number] if drawn else TYPED
    if left < LEAST_WORDS or rows_needed(link) + _rows([told], code - 2) > height:
        return None
    top = max(number, _rows(words, left - column - 2) + 1)
    facts = Size(left - 4, height - top - _most(slip, left - 2) - 2 * metrics.gap - 2)
    return Plan(number, column, True, facts, code) if facts.height >= LEAST_FACTS else None


def _two_columns(
    metrics: Metrics, drawn: bool, height: int, words: Sequence[str], slip: Sequence[str]
) -> Plan:
    """Number and words in one column, the facts in the other."""
    column = min(max(metrics.inner * 2 // 5, 34), 48)
    below = _rows(words, column - 2) + _most(slip, column - 2) + 2 * metrics.gap
    number = min(LARGE if metrics.height >= 40 else USUAL, max(height - below, SMALLEST)) if drawn else 0
    return Plan(number, column, False, Size(metrics.inner - column - metrics.gutter - 4, height - 2))


def row_height(metrics: Metrics, titles: Sequence[str]) -> int:
    """Rows of targets side by side that hold the longest of the titles, edges included."""
    each = (metrics.inner - metrics.gutter * (len(titles) - 1)) // len(titles)
    return 2 + _most(titles, each - (2 if metrics.small else 4))


def _rows(texts: Sequence[str], width: int) -> int:
    return sum(len(wrap(text, max(width, 1))) for text in texts)


def _most(texts: Sequence[str], width: int) -> int:
    """Rows of the longest of the texts."""
    return max((len(wrap(text, max(width, 1))) for text in texts), default=0)
