"""What visitors really choose, as a hint for the order of results."""

from __future__ import annotations

from collections.abc import Mapping
from math import log1p


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """How usual each service is, 0 to 1 for the one chosen most; a tenth of its visits is not a tenth."""
    most = log1p(max(counts.values(), default=0))
    return {service: log1p(count) / most for service, count in counts.items()} if most else {}
