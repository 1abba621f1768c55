"""The bytes of services.yaml as a catalogue, with every problem at once."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.catalog.kinds import is_empty
from kiosk.catalog.model import Catalog
from kiosk.catalog.nodes import Node, Problem, read
from kiosk.catalog.rules import problems as rule_problems
from kiosk.catalog.schema import CATALOG


@dataclass(frozen=True)
class Parsed:
    """What could be read, and what is wrong with it, as lines sorted by place.

    The catalogue is good only without errors; its texts are `nodes.Placed`.
    """

    catalog: Catalog
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def parse(data: bytes, file: str = "services.yaml") -> Parsed:
    """Read and check a whole services.yaml; `file` is the name its problems are shown with."""
    node, found = read(data)
    catalog: Catalog = CATALOG.blank() if node is None else _build(node, found)
    if node is not None:
        found.extend(rule_problems(catalog))
    ordered = sorted(set(found), key=lambda problem: (problem.place, problem.what))
    errors = tuple(problem.line(file) for problem in ordered if problem.fatal)
    return Parsed(catalog, errors, tuple(problem.line(file) for problem in ordered if not problem.fatal))


def _build(node: Node, found: list[Problem]) -> Catalog:
    if is_empty(node):
        found.append(Problem(node.place, f"the file is empty: allowed is {CATALOG.allowed}"))
        return CATALOG.blank()  # type: ignore[no-any-return]
    return CATALOG.build(node, "", found)  # type: ignore[no-any-return]
