"""schemathesis reads openapi.json and asks everything that it allows, and much that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from kiosk.center import tokens
from kiosk.center.context import Center
from tests.support.center_server import Machine, code, served

FIGURES = "/api/v1/figures"


@schemathesis.serializer("application/x-kiosk-batch")
def _bytes(ctx: Any, value: Any) -> bytes:
    """A batch is sent as it is."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def offered(center: Center) -> Iterator[tuple[str, str, str]]:
    """The address of a served center whose limits never bite, a device's token and one for figures."""
    passing = count(step=3600)
    with served(center, lambda: float(next(passing))) as address:
        member = httpx.post(f"{address}/api/v1/enroll", json=Machine().asks(code(center))).json()
        with center.store.begin() as connection:
            figures = tokens.make(connection, center, "test", list(tokens.SCOPES), "test")
        yield address, member["token"], figures


def test_everything_that_can_be_asked(offered: tuple[str, str, str]) -> None:
    """Nothing breaks, and every answer is one that the documentation tells."""
    _ask(*offered, examples=8)


@pytest.mark.slow
def test_much_that_can_be_asked(offered: tuple[str, str, str]) -> None:
    """The same for longer."""
    _ask(*offered, examples=100)


def _ask(address: str, device: str, figures: str, examples: int) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {operation.path for operation in operations} >= {
        "/api/v1/batches",
        "/api/v1/feed",
        "/api/v1/enroll",
    }
    for operation in operations:
        token = figures if operation.path.startswith(FIGURES) else device
        _check(operation, token, examples)


def _check(operation: APIOperation, token: str, examples: int) -> None:
    """Ask one thing in many ways, right and wrong."""
    # A request that is wrong only in its token is put right below, and unknown parameters are passed over.
    excluded = [negative_data_rejection]
    if operation.path.startswith((FIGURES, "/api/v1/batches")):
        # No schema can say what a batch is, or that a period begins before it ends.
        excluded.append(positive_data_acceptance)

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)))
    def asked(case: Case) -> None:
        # Long polls are a matter of their own.
        if case.query.get("wait") in range(1, 26):
            case.query["wait"] = 0
        case.body = _whole(case.body)
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=excluded)

    asked()


def _whole(value: Any) -> Any:
    """To a schema 166.0 is an integer; to us it is none, as what is signed has no floats."""
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
