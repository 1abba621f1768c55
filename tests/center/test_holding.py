"""What is held back: whatever is asked, subtracting answers tells no number of fewer than ten people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.center.context import Center
from kiosk.center.holding import About, Column, Place, holding
from kiosk.survey.cells import LIMIT
from kiosk.survey.period import Span

SITES = ("lobby", "annex", "library")
SERVICES = {
    "pay": ("money", "bills"),
    "tax": ("money", "bills"),
    "fee": ("money", "help"),
    "dog": ("animals", "help"),
    "cat": ("animals", ""),
}
"""The department and the lane of each."""
COUNTED: Column = ("", "people")
Atom = tuple[str, str]

people = st.one_of(st.just(0), st.integers(1, 12), st.integers(10, 60))
counts = st.fixed_dictionaries(dict.fromkeys(product(SITES, SERVICES), people))


def center() -> Center:
    services = [SimpleNamespace(id=name, department=of[0], lane=of[1]) for name, of in SERVICES.items()]
    return cast(Center, SimpleNamespace(catalog=lambda: SimpleNamespace(services=services)))


def places_of(atom: Atom) -> list[Place]:
    """All places in which somebody counts who came to a site for a service."""
    home, service = atom
    department, lane = SERVICES[service]
    groups = [("", ""), ("service", service), ("department", department), ("lane", lane)]
    return [Place(site, by, group) for site in (home, "") for by, group in groups]


def held_of(atoms: Mapping[Atom, int]) -> Collection[Place]:
    single: Counter[Place] = Counter()
    for atom, count in atoms.items():
        for place in places_of(atom):
            if place.home:
                single[place] += count
    return holding(center(), SITES, {COUNTED: single}).places[COUNTED]


def left_over(atoms: Mapping[Atom, int], held: Collection[Place]) -> list[list[int]]:
    """For each number said, what is left in it after all parts that are said are subtracted.

    The parts are the sites, or the groups of a grouping, or the services of a department or a lane.
    """
    inside: dict[Place, set[Atom]] = {}
    for atom in atoms:
        for place in places_of(atom):
            inside.setdefault(place, set()).add(atom)
    found = []
    for total in inside.keys() - set(held):
        for kind in product((False, True), ("", "service", "department", "lane")):
            parts = [
                place
                for place, of in inside.items()
                if place != total
                and of <= inside[total]
                and (place.home == total.home, place.by) == kind
                and (place.home != "" or total.home == "")
            ]
            if sum(len(inside[place]) for place in parts) == len(inside[total]):
                found.append([sum(atoms[at] for at in inside[place]) for place in parts if place in held])
    return found


@settings(deadline=None, max_examples=300)
@given(atoms=counts)
def test_no_number_told_betrays_its_parts(atoms):
    held = held_of(atoms)
    for hidden in left_over(atoms, held):
        assert not hidden or (len(hidden) >= 2 and sum(hidden) >= LIMIT)


def test_what_nobody_could_work_out_is_said():
    held = held_of(dict.fromkeys(product(SITES, SERVICES), 20))
    assert held == set()


def test_a_small_site_takes_another_with_it_and_the_rest_is_said():
    """Whoever asks for the lobby alone and for all sites must not learn how many came to the library."""
    atoms = {("lobby", "pay"): 30, ("annex", "pay"): 11, ("library", "pay"): 3}
    held = holding(center(), SITES, {COUNTED: {Place(home): many for (home, _), many in atoms.items()}})
    today = Span(date(2026, 11, 23), date(2026, 11, 23))
    said = {
        homes: not held.holds(COUNTED, About(today, homes, "", "en"))
        for homes in (None, SITES, ("lobby",), ("annex",), ("library",), ("lobby", "annex"))
    }
    assert [homes for homes, shown in said.items() if shown] == [None, SITES, ("lobby",)]


def test_a_small_service_takes_another_of_its_department_with_it():
    """The department and its other service would tell it."""
    services = {"pay": 40, "tax": 5, "dog": 25, "cat": 30}
    held = held_of({("lobby", name): many for name, many in services.items()})
    assert {place.group for place in held if place.by == "service"} == {"pay", "tax"}
    assert not [place for place in held if place.by in ("department", "lane")]
