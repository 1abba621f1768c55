"""Whatever the network does on the way, every event arrives at the center once, and the kiosk has proof."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import get_args

import pytest

from kiosk.center.context import Center
from kiosk.clock import Clock
from kiosk.journal import Journal
from kiosk.sync import status
from kiosk.sync.agent import Agent
from kiosk.sync.lock import alone
from tests.support.bad_network import BadNetwork, Fault, What
from tests.support.campaign import Kiosk, whole
from tests.support.center_server import served

FAULTS = {
    "dropped": Fault("drop"),
    "half of the request": Fault("cut_request"),
    "the reply lost after the commit": Fault("lose_reply"),
    "half of the reply": Fault("cut_reply"),
    "twice": Fault("twice"),
    "late": Fault("late"),
    "a login page with 200": Fault("login_page"),
    "redirected": Fault("redirect"),
    "429": Fault("status", 429, {"Retry-After": "7"}),
    "500": Fault("status", 500),
    "502 in HTML": Fault("status", 502, {"Content-Type": "text/html"}),
}
UNHARMED = ("twice", "late")


@pytest.fixture
def port(center: Center) -> Iterator[int]:
    """Where the center is served."""
    seconds = map(float, count())
    # Time flies for whoever counts requests: this is about the network alone.
    with served(center, lambda: next(seconds)) as address:
        yield int(address.rpartition(":")[2])


@pytest.fixture
def kiosks(center: Center, port: int, tmp_path: Path) -> Iterator[list[Kiosk]]:
    """Two kiosks of a site, the second of which is reached without any fault."""
    url = f"http://127.0.0.1:{port}"
    found = [
        Kiosk(tmp_path / str(number), center.clock).enroll(center, url, f"Lobby {number}")
        for number in (1, 2)
    ]
    yield found
    for kiosk in found:
        kiosk.close()


def each_fault(center: Center, port: int, kiosks: list[Kiosk], place: str) -> None:
    first, second = kiosks
    with BadNetwork(port, place) as network:
        first.reached_by(network.url)
        for name, fault in FAULTS.items():
            first.record()
            second.record()
            second.send()
            network.plan(fault)
            assert first.send_until_it_works() == (name not in UNHARMED), name
            assert network.met[fault.what], name
        whole(center, *kiosks)


def test_each_fault_that_meets_a_batch(center: Center, port: int, kiosks: list[Kiosk]) -> None:
    each_fault(center, port, kiosks, "/api/v1/batches")


@pytest.mark.slow
@pytest.mark.parametrize("place", ["chains", "feed", "catalog", ""])
def test_each_fault_that_meets_another_request(
    center: Center, port: int, kiosks: list[Kiosk], place: str
) -> None:
    each_fault(center, port, kiosks, f"/api/v1/{place}")


def test_a_batch_that_is_too_large_on_the_way_goes_in_halves(
    center: Center, port: int, kiosks: list[Kiosk]
) -> None:
    first, _ = kiosks
    told = b'{"code": "too_large", "what": "too large", "next": "Send less."}'
    refused = Fault("status", 413, {"Content-Type": "application/json"}, content=told)
    with BadNetwork(port, "/api/v1/batches") as network:
        first.reached_by(network.url).record(3)
        network.plan(refused, refused, refused)
        assert first.send_until_it_works() == 0
        pushes = [path for _, path in network.requests if path.endswith("/batches")]
        assert len(pushes) > 4
        whole(center, *kiosks)


def test_a_proxy_that_takes_no_more_at_once_gets_less(center: Center, port: int, kiosks: list[Kiosk]) -> None:
    """It knows no form of the center; what it says of a single event sets that one not aside."""
    first, _ = kiosks
    refused = Fault("status", 413, {"Content-Type": "text/html"})
    with BadNetwork(port, "/api/v1/batches") as network:
        first.reached_by(network.url).record(3)
        network.plan(refused, refused)
        assert first.send_until_it_works() == 0
        first.record()
        network.plan(*[refused] * 12)
        assert first.send_until_it_works() > 0
        assert not status.read(first.data).held
        whole(center, *kiosks)


class Pauses:
    """Waits for nothing, and remembers how long it was to be."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, bool, float]] = []

    def __call__(self, tries: int, answered: bool, wish: float, random: Random) -> float:
        self.asked.append((tries, answered, wish))
        return 0.0


@pytest.mark.parametrize(
    ("faults", "pauses"),
    [
        ([Fault("status", 500)] * 13, [(tries, True, 0.0) for tries in range(1, 14)]),
        ([Fault("status", 429, {"Retry-After": "7"})] * 2, [(1, True, 7.0), (2, True, 7.0)]),
        ([Fault("drop"), Fault("login_page")], [(1, False, 0.0), (2, False, 0.0)]),
    ],
    ids=["500 x 13", "429 with Retry-After", "nobody, then somebody else"],
)
def test_the_process_that_sends_waits_as_it_should_and_gives_up_never(
    center: Center,
    port: int,
    kiosks: list[Kiosk],
    faults: list[Fault],
    pauses: list[tuple[int, bool, float]],
) -> None:
    first, _ = kiosks
    first.send()
    stop, waited = threading.Event(), Pauses()
    with BadNetwork(port, "/api/v1/batches") as network, alone(first.data):
        first.reached_by(network.url).record()
        network.plan(*faults)
        with Journal.open(first.data / "kiosk.db", Clock(), durable=False) as journal:
            agent = Agent(first.settings, journal, first.clock, stop, pauses=waited)
            thread = threading.Thread(target=agent.run, daemon=True)
            thread.start()
            try:
                assert network.through.wait(30)
            finally:
                stop.set()
                thread.join(40)
    assert waited.asked[: len(pauses)] == pauses
    first.reached_by(f"http://127.0.0.1:{port}")
    whole(center, *kiosks)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_a_bad_day(center: Center, port: int, kiosks: list[Kiosk], seed: int) -> None:
    """Both kiosks record and send through a network that does something to four of ten requests."""
    random = Random(seed)
    faults = [fault for name, fault in FAULTS.items() if name != "late"]
    with BadNetwork(port) as network:
        for kiosk in kiosks:
            kiosk.reached_by(network.url)
        for _ in range(40):
            kiosk = random.choice(kiosks)
            kiosk.record()
            bad = [random.choice(faults) for _ in range(10)]
            network.plan(*(fault if random.random() < 0.4 else Fault("pass") for fault in bad))
            if random.random() < 0.5:
                kiosk.send_until_it_works(60)
        network.planned.clear()
        whole(center, *kiosks)
        assert set(get_args(What)) - {"late"} <= set(network.met)
