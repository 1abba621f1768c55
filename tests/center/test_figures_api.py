"""Figures for other programs of the city: with a token, in JSON and CSV, small numbers held back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import httpx
import pytest

from kiosk.center import tokens
from kiosk.center.context import Center
from kiosk.center.figures_api import _table
from kiosk.center.figures_models import Wait
from kiosk.center.holding import About
from kiosk.center.published import wait_times
from kiosk.clock import Clock
from kiosk.journal import Journal
from kiosk.practice.run import simulate
from kiosk.settings import Settings
from kiosk.survey.cells import LIMIT
from kiosk.survey.period import Span
from tests.support.arrivals import arrive
from tests.support.center import register, site
from tests.support.center_server import served
from tests.support.line import riverton

PERIOD = {"from": "2026-11-18", "to": "2026-11-20"}
ALL = ("scores", "funnels", "waits")
BY = ("site", "department", "service", "lane", "language", "hour", "day")


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """Three invented days of a kiosk."""
    settings = Settings(data=tmp_path_factory.mktemp("days"))
    simulate(settings, riverton(), 220, date(2026, 11, 20), days=3, seed=5)
    with Journal.open(settings.journal, Clock()) as journal:
        yield journal


@pytest.fixture
def asking(center: Center, kiosk: Journal) -> Iterator[httpx.Client]:
    """A client with a token for everything, of a center with those days."""
    center = replace(center, catalog=lambda: replace(riverton(), city=named("=Riverton")))
    home = site(center)
    register(center, home, kiosk)
    arrive(center, home, kiosk.events())
    token = made(center, *ALL)
    with served(center) as address:
        headers = {"Authorization": f"Bearer {token}"}
        base = f"{address}/api/v1/figures"
        with httpx.Client(base_url=base, headers=headers, timeout=30) as client:
            yield client


def named(name: str):
    return replace(riverton().city, name=name)


def made(center: Center, *scopes: str) -> str:
    """A token."""
    with center.store.begin() as connection:
        return tokens.make(connection, center, f"for {' '.join(scopes)}", scopes, "test")


@pytest.mark.parametrize("what", ALL)
def test_figures_by_everything_and_as_a_table(asking, what):
    """Each number has ten people behind it, times are hours, and both forms say the same."""
    for by in ("", *BY):
        asked = PERIOD | ({"by": by} if by else {})
        found = asking.get(f"/{what}", params=asked)
        assert found.status_code == 200, found.text
        told = found.json()
        assert told["by"] == by and told["sites"] == ["lobby"] and told["limit"] == LIMIT
        assert told["rows"], by
        for row in told["rows"]:
            for name in ("n", "completed", "eligible", "invited", "tickets", "called", "no_show", "left"):
                assert not 0 < (row.get(name) or 0) < LIMIT, row
        table = asking.get(f"/{what}", params=asked | {"format": "csv"})
        assert table.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert [list(row) for row in rows] == [list(row) for row in told["rows"]]
        assert [row["group"] for row in rows] == [row["group"] for row in told["rows"]]
    assert not re.search(r"\d{2}:\d{2}:\d{2}|[0-9a-f]{32}", found.text)


def test_a_total_tells_no_part_that_is_held_back(asking):
    """What is left out beside a total has at least two groups and ten people."""
    for what, name in (("funnels", "completed"), ("waits", "tickets")):
        for by in BY:
            rows = asking.get(f"/{what}", params=PERIOD | {"by": by}).json()["rows"]
            rows = [row for row in rows if row.get("channel", "invited") == "invited"]
            total, groups = rows[0], rows[1:]
            hidden = [row for row in groups if row["held_back"]]
            if total["held_back"] or not hidden:
                continue
            rest = total[name] - sum(row[name] for row in groups if not row["held_back"])
            assert len(hidden) >= 2 and rest >= LIMIT, (what, by)


def test_only_a_token_for_these_figures_opens_them(asking, center):
    scores = made(center, "scores")
    plain = httpx.Client(base_url=asking.base_url)
    with plain:
        assert plain.get("/scores").status_code == 401
        for wrong in ("kft_wrong", scores[:-1], "x"):
            answered = plain.get("/scores", headers={"Authorization": f"Bearer {wrong}"})
            assert (answered.status_code, answered.json()["code"]) == (401, "token")
        own = {"Authorization": f"Bearer {scores}"}
        assert plain.get("/scores", headers=own).status_code == 200
        assert plain.get("/waits", headers=own).json()["code"] == "scope"
        with center.store.begin() as connection:
            number = next(one.number for one in tokens.listed(connection) if one.scopes == ("scores",))
            tokens.revoke(connection, center, number)
        assert plain.get("/scores", headers=own).status_code == 401
        assert plain.post("/scores", headers=own).status_code == 405


REFUSED = [
    ({"from": "2026-02-30"}, 422),
    ({"from": "2026-11-20", "to": "2026-11-18"}, 422),
    ({"from": "2001-01-01", "to": "2026-11-20"}, 422),
    ({"by": "visit"}, 422),
    ({"language": "xx"}, 422),
    ({"sites": "lobby"}, 422),
    ({"site": "nowhere"}, 404),
    ({"site": "lobby' OR '1'='1"}, 404),
    ({"format": "xlsx"}, 422),
]


def test_what_can_not_be_answered_is_said(asking):
    for what in ALL:
        for asked, status in REFUSED:
            answered = asking.get(f"/{what}", params=asked)
            assert answered.status_code == status, (asked, answered.text)
            assert answered.json().keys() == {"code", "what", "next"}


def test_a_site_is_asked_for_by_its_name_and_texts_come_in_a_language(asking, center):
    empty = site(center, "annex")
    assert asking.get("/waits", params=PERIOD | {"site": empty}).json()["rows"][0]["tickets"] == 0
    both = asking.get("/waits", params={**PERIOD, "site": ["annex", "lobby"]}).json()
    assert both["sites"] == ["annex", "lobby"]
    assert both["rows"] == asking.get("/waits", params=PERIOD).json()["rows"]
    english, spanish = (
        asking.get("/scores", params=PERIOD | {"language": code}).json()["rows"] for code in ("en", "es")
    )
    assert [row["n"] for row in english] == [row["n"] for row in spanish]


def test_no_cell_of_a_table_is_calculated_by_a_spreadsheet(center):
    catalog = riverton()
    odd = replace(catalog.lanes[0], name="=1+1")
    center = replace(center, catalog=lambda: replace(catalog, lanes=(odd, *catalog.lanes[1:])))
    rows = wait_times(center, About(Span(date(2026, 11, 18), date(2026, 11, 20)), None, "", "en"))
    assert _table(Wait, [rows[0].model_copy(update={"name": odd.name})]).splitlines()[1].startswith(",'=1+1,")
