"""Who is invited: decided by the plan, the day's seed and the visitor's number, for anybody to check."""

from __future__ import annotations

from hashlib import sha256

from kiosk.catalog.model import Sampling


def chosen(sampling: Sampling, seed: str, ordinal: int, stratum: str) -> bool:
    """Whether the eligible visitor number `ordinal` (from 0) under a seed is invited.

    `everyone`: an attempted census. `systematic`: one in `every`, from a start that the seed draws.
    `random`: each with a chance of `percent`. `stratified`: each with the chance of their stratum, none where
    it is not named.
    """
    if sampling.method == "systematic":
        return ordinal % sampling.every == start(seed, sampling.every)
    if sampling.method == "random":
        return _drawn(seed, ordinal) * 100 < sampling.percent
    if sampling.method == "stratified":
        return _drawn(seed, ordinal) * 100 < sampling.rates.get(stratum, 0)
    return True


def start(seed: str, every: int) -> int:
    """The number of the first visitor that systematic sampling selects, 0 to `every` - 1."""
    return int(_drawn(seed, -1) * every)


def _drawn(seed: str, ordinal: int) -> float:
    """A number from 0 up to 1 that only the seed and the ordinal decide."""
    return int.from_bytes(sha256(f"{seed}:{ordinal}".encode()).digest()[:6], "big") / 2**48
