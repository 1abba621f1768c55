"""Clocks of kiosks and center an hour apart: everything counts once, in an order that all agree on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.journal import hlc
from kiosk.sync.exchange import ranges
from kiosk.sync.joining import enroll
from tests.support.campaign import SITE, Kiosk, catalog, whole
from tests.support.center_server import code, served

HOUR = 3600.0


@pytest.fixture
def url(center: Center) -> Iterator[str]:
    seconds = map(float, count())
    with served(center, lambda: next(seconds)) as address:
        yield address


def wrong(clock: FixedClock, seconds: float) -> FixedClock:
    return FixedClock(moment=clock.moment + timedelta(seconds=seconds))


def skews(center: Center) -> dict[str, int]:
    """How wrong each device's clock is, in seconds, as staff see it."""
    with center.store.read() as connection:
        return {name: round(ms / 1000) for name, ms in connection.rows("SELECT name, skew_ms FROM devices")}


def test_an_hour_ahead_and_an_hour_behind(
    center: Center, url: str, tmp_path: Path, clock: FixedClock
) -> None:
    clocks = {"right": clock, "ahead": wrong(clock, HOUR), "behind": wrong(clock, -HOUR)}
    kiosks = [Kiosk(tmp_path / name, each).enroll(center, url, name) for name, each in clocks.items()]
    for _ in range(3):
        for kiosk in kiosks:
            kiosk.record()
            kiosk.send()
        for own in clocks.values():
            own.advance(60)
    whole(center, *kiosks)
    assert skews(center) == {"right": 0, "ahead": HOUR, "behind": -HOUR}
    with center.store.read() as connection:
        merged = connection.value("SELECT clock FROM sites WHERE site = :site", site=SITE)
    assert hlc.believable(merged, clock.now()), "the clock that is ahead moves nobody else's"
    right = max(event.clock for event in kiosks[0].own())
    assert hlc.believable(right, clock.now())


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["it was ahead", "it was behind"])
def test_a_clock_that_is_put_right(
    center: Center, url: str, tmp_path: Path, clock: FixedClock, seconds: float
) -> None:
    own = wrong(clock, seconds)
    kiosk = Kiosk(tmp_path / "1", own).enroll(center, url)
    kiosk.record()
    kiosk.send()
    kiosk.record()
    clock.advance(60)
    own.moment = clock.moment
    kiosk.record()
    whole(center, kiosk)
    recorded = sorted(kiosk.own(), key=lambda event: event.seq)
    clocks = [event.clock for event in recorded]
    assert clocks == sorted(set(clocks)), "later events are later, whatever the clock does"
    assert skews(center) == {"Lobby 1": 0}


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["back", "forward"])
def test_the_centers_own_clock_is_put_right(
    center: Center, url: str, tmp_path: Path, clock: FixedClock, seconds: float
) -> None:
    kiosks = [Kiosk(tmp_path / str(n), wrong(clock, 0)).enroll(center, url, f"Lobby {n}") for n in (1, 2)]
    for _ in range(2):
        for kiosk in kiosks:
            kiosk.record()
            kiosk.send()
        clock.moment -= timedelta(seconds=seconds)
    whole(center, *kiosks)


class Ticking(FixedClock):
    """Time passes whenever somebody looks."""

    def now(self) -> datetime:
        self.advance(0.001)
        return self.moment


def test_a_code_may_be_typed_again_though_time_passes_within_a_request(
    center: Center, tmp_path: Path
) -> None:
    ticking = replace(center, clock=Ticking())
    with served(ticking) as url:
        shown = code(ticking, SITE)
        kiosk = Kiosk(tmp_path / "1", center.clock)
        first, second = (
            enroll(kiosk.journal, url, shown, ranges(catalog()), center.clock)[0] for _ in range(2)
        )
        assert first.device == second.device
        kiosk.record()
        whole(ticking, kiosk)
