"""What fits: rows, columns and margins for a screen size, decided in one place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Metrics:
    """Measures in cells for one screen size.

    `heading` is the height of display type (0: the heading is typed, not drawn);
    `columns` how many targets stand side by side in a list; `gap` the rows between them and
    `gutter` the columns. `air` is the rows above the body and above the bottom bar, `below` those
    under the bar.
    """

    width: int
    height: int
    margin: int
    top: int
    gap: int
    gutter: int
    heading: int
    columns: int
    air: int
    below: int

    @property
    def small(self) -> bool:
        """One column, no signs, no gutters."""
        return self.columns == 1

    @property
    def inner(self) -> int:
        """Columns between the margins."""
        return self.width - 2 * self.margin

    @property
    def body(self) -> int:
        """Rows between the bars and the air below and above them."""
        return self.height - self.top - 3 - 2 * self.air - self.below


@lru_cache(maxsize=64)
def measure(width: int, height: int, drawn: bool = True, dense: bool = False) -> Metrics:
    """The measures for a terminal of `width` x `height` cells, 55x18 and up.

    Without display type (`drawn`) headings take one row; a `dense` script needs four at least.
    """
    small, tight = width < 80 or height < 24, width < 110 or height < 30
    large = width >= 140 and height >= 40
    return Metrics(
        width=width,
        height=height,
        margin=1 if width < 80 else 2 if width < 110 else 4,
        top=1 if tight else 3,
        gap=0 if tight else 1,
        gutter=0 if small else 1 if tight else 2,
        heading=0 if small or not drawn else 3 + dense if tight else 5 if large else 4,
        columns=1 if small else 2,
        air=0 if tight else 1,
        below=1 if height >= 36 and not tight else 0,
    )
