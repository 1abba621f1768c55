"""Ticket numbers of many devices: blocks that never overlap, and what becomes of those of devices that go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.center import ledger, numbers
from kiosk.center.context import Center
from kiosk.clock import FixedClock, stamp
from kiosk.journal import Journal, new_id
from tests.support.center import batch, device, site

BILLS = ("B", 100, 999)
HELP = ("H", 150, 420)


def first(center: Center, home: str, who: str, *lanes: tuple[str, int, int]) -> list[tuple[str, int, int]]:
    with center.store.begin() as connection:
        return numbers.first_blocks(connection, home, who, lanes, center.clock)


def more(center: Center, home: str, who: str, lane: tuple[str, int, int]) -> tuple[str, int, int] | None:
    with center.store.begin() as connection:
        return numbers.another(connection, home, who, lane, center.clock)


def granted(center: Center, journal: Journal, block: tuple[str, int, int]) -> None:
    """The device has recorded a block, and the center has the event."""
    letter, low, high = block
    journal.append("numbers.granted", {"letter": letter, "first": low, "last": high})
    with center.store.read() as connection:
        who = connection.value("SELECT device FROM chains WHERE chain = :chain", chain=journal.chain)
    ledger.take(center, batch(journal), who, "network")


@pytest.fixture
def lobby(center: Center, tmp_path: Path) -> tuple[Journal, str, str]:
    home = site(center)
    journal, who = device(center, home, tmp_path / "one")
    yield journal, who, home
    journal.close()


def another_device(center: Center, home: str, path: Path) -> tuple[Journal, str]:
    return device(center, home, path, "Lobby 2")


def test_blocks_follow_the_hundreds_of_the_lane(center: Center, lobby: tuple[Journal, str, str]) -> None:
    journal, who, home = lobby
    assert first(center, home, who, BILLS, HELP) == [("B", 100, 199), ("H", 150, 199)]
    given_out = []
    while (block := more(center, home, who, HELP)) is not None:
        granted(center, journal, block)
        given_out.append(block)
    # The first was never recorded, so it is given once more.
    assert given_out == [("H", 150, 199), ("H", 200, 299), ("H", 300, 399), ("H", 400, 420)]


def test_an_answer_that_was_lost_is_given_again(center: Center, lobby: tuple[Journal, str, str]) -> None:
    """Enrolling twice, or asking twice, uses up no numbers."""
    journal, who, home = lobby
    assert first(center, home, who, BILLS) == first(center, home, who, BILLS) == [("B", 100, 199)]
    granted(center, journal, ("B", 100, 199))
    assert more(center, home, who, BILLS) == more(center, home, who, BILLS) == ("B", 200, 299)


def test_two_devices_share_nothing_and_sites_do_not_matter_to_each_other(
    center: Center, lobby: tuple[Journal, str, str], tmp_path: Path
) -> None:
    _, who, home = lobby
    second, two = another_device(center, home, tmp_path / "two")
    third, three = device(center, site(center, "library"), tmp_path / "three", "Library")
    assert first(center, home, who, BILLS) == [("B", 100, 199)]
    assert first(center, home, two, BILLS) == [("B", 200, 299)]
    assert first(center, "library", three, BILLS) == [("B", 100, 199)]
    second.close()
    third.close()


def test_numbers_of_a_revoked_device_are_free_the_next_day(
    center: Center, lobby: tuple[Journal, str, str], tmp_path: Path, clock: FixedClock
) -> None:
    """Not on the same day: people still hold its tickets."""
    _, who, home = lobby
    small = ("B", 100, 199)
    assert first(center, home, who, small) == [small]
    second, two = another_device(center, home, tmp_path / "two")
    clock.advance(3600)
    with center.store.begin() as connection:
        connection.run("UPDATE devices SET state = 'revoked' WHERE device = :who", who=who)
        numbers.release(connection, who, clock)
    assert first(center, home, two, small) == []
    clock.advance(24 * 3600)
    assert first(center, home, two, small) == [small]
    second.close()


def test_a_device_that_replaces_another_goes_on_with_its_numbers(
    center: Center, lobby: tuple[Journal, str, str], tmp_path: Path
) -> None:
    _, who, home = lobby
    assert first(center, home, who, BILLS) == [("B", 100, 199)]
    second, two = another_device(center, home, tmp_path / "two")
    with center.store.begin() as connection:
        numbers.hand_over(connection, who, two)
    assert first(center, home, two, BILLS) == [("B", 100, 199)]
    second.close()


def test_devices_that_ask_at_the_same_instant(center: Center, lobby: tuple[Journal, str, str]) -> None:
    """Every worker of a center may give out numbers; no number goes to two."""
    home = lobby[2]
    devices = [register_more(center, home, f"d{number}") for number in range(6)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda who: first(center, home, who, BILLS), devices))
    blocks = [block for blocks in found for block in blocks]
    assert len(blocks) == 6
    assert not any(one[1] <= other[2] and other[1] <= one[2] for one, other in combinations(blocks, 2))


def register_more(center: Center, home: str, name: str) -> str:
    """A device without a journal."""
    made = new_id()
    with center.store.begin() as connection:
        connection.run(
            """INSERT INTO devices
                VALUES (:made, :home, :name, 'active', :name, '', :made, :at, :at, 0, '', '', '', '')""",
            made=made,
            home=home,
            name=name,
            at=stamp(center.clock.now()),
        )
    return made


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([(100, 999), (100, 350), (50, 120), (300, 999)])),
        max_size=12,
    )
)
def test_however_ranges_change_no_number_is_given_to_two(
    center: Center, wishes: list[tuple[int, tuple[int, int]]]
) -> None:
    """A lane's range may be changed in services.yaml while devices have numbers of the old one."""
    home = site(center, new_id())
    devices = [register_more(center, home, f"d{number}") for number in range(4)]
    for place, (low, high) in wishes:
        first(center, home, devices[place], ("B", low, high))
        more(center, home, devices[place], ("B", low, high))
    with center.store.read() as connection:
        rows = connection.rows("SELECT first, last FROM number_blocks WHERE home = :home", home=home)
    assert not any(one[0] <= other[1] and other[0] <= one[1] for one, other in combinations(rows, 2))
