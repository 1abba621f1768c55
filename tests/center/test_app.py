"""The web application as a whole: what every answer carries, how it says no, and its documentation."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError

from kiosk.center.answers import Refused
from kiosk.center.app import create_app
from kiosk.center.context import Center
from kiosk.center.limits import RATES, Limits, client
from kiosk.clock import FixedClock
from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.messages import load

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}


@contextmanager
def asking(app: FastAPI) -> Iterator[httpx.AsyncClient]:
    """A client that calls the application itself; what it can't answer is raised here."""
    yield httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://center.example")


@pytest.mark.parametrize(
    "path", ["/api/v1/center", "/api/v1/feed", "/api/v1/nothing", "/api", "/nothing", "/static/nothing.css"]
)
async def test_every_answer_is_safe(center: Center, path: str) -> None:
    """Pages run nothing that is not ours, addresses with tokens are told to nobody, nothing is kept."""
    with asking(create_app(center)) as asked:
        answer = await asked.get(path)
    assert ALWAYS.items() <= dict(answer.headers).items()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'" if path.startswith("/api/") else "default-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"


async def test_what_is_missing_is_not_remembered(center: Center) -> None:
    """A file that only a newer worker has is asked for again; one that is there is kept."""
    with asking(create_app(center)) as asked:
        missing = await asked.get("/static/nothing.css?v=1")
        there = await asked.get("/static/visitor.css?v=1")
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")
    assert (there.status_code, "immutable" in there.headers["cache-control"]) == (200, True)


async def test_a_center_without_tls(center: Center) -> None:
    """Browsers are not told to insist on what it does not have."""
    with asking(create_app(replace(center, url="http://192.0.2.7:8080"))) as asked:
        answer = await asked.get("/api/v1/center")
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/api/v1/nothing", "GET", 404), ("/api/v1/center", "POST", 405)]
)
async def test_programs_read_json(center: Center, path: str, method: str, status: int) -> None:
    """Whatever is refused has a code, what happened and what to do."""
    with asking(create_app(center)) as asked:
        answer = await asked.request(method, path)
    assert answer.status_code == status
    assert answer.json().keys() == {"code", "what", "next"}


@pytest.mark.parametrize("language", list(LANGUAGES))
async def test_people_read_a_page_in_their_language(center: Center, language: str) -> None:
    """A wrong address is answered in words, with the way to the first page."""
    tag, tr = language.replace("_", "-"), load(language).tr
    with asking(create_app(center)) as asked:
        answer = await asked.get("/nothing", headers={"accept-language": tag})
        chosen = await asked.get(f"/nothing?lang={language}", headers={"accept-language": "en"})
    assert answer.status_code == 404
    for found, start in ((answer, "/"), (chosen, f"/?lang={language}")):
        assert f'<html lang="{tag}" dir="{"rtl" if language == "ar" else "ltr"}">' in found.text
        assert f"<h1>{tr('There is no such page')}</h1>" in found.text
        assert f'href="{start}">{tr("Start over")}</a>' in found.text


@pytest.mark.parametrize(
    ("problem", "status", "said"),
    [
        (OperationalError("SELECT", {}, Exception("away")), 503, "Sorry, something went wrong"),
        (RuntimeError("a mistake"), 500, "Sorry, something went wrong"),
        (Refused(429, "slow_down", "", "", {"Retry-After": "7"}), 429, "Please try again in a minute"),
        (Refused(403, "forbidden", ""), 403, "That is not possible here"),
    ],
)
async def test_people_are_told_in_their_language_what_went_wrong(
    center: Center, monkeypatch: pytest.MonkeyPatch, problem: Exception, status: int, said: str
) -> None:
    """Also while the database is away: nothing of the page comes from there."""
    app = create_app(center)

    def broken() -> None:
        raise problem

    app.router.routes.insert(0, APIRoute("/broken", broken))
    monkeypatch.setattr(center.store, "read", broken)
    monkeypatch.setattr(center.store, "begin", broken)
    with asking(app) as asked:
        answer = await asked.get("/broken", headers={"accept-language": "zh-TW"})
    assert answer.status_code == status
    assert f"<h1>{load('zh_Hans').tr(said)}</h1>" in answer.text
    assert answer.headers.get("retry-after") == {503: "5", 429: "7"}.get(status)


async def test_nobody_is_sent_elsewhere(center: Center) -> None:
    """A host that somebody made up appears in no answer."""
    with asking(create_app(center)) as asked:
        for path in ("/api/", "/api/v1/center/", "//evil.example/x", "/static"):
            answer = await asked.get(
                path, headers={"host": "evil.example", "x-forwarded-host": "evil.example"}
            )
            assert answer.status_code == 404, path
            assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/broken/SECRET", "application/json"), ("/broken/SECRET", "text/html")]
)
async def test_a_mistake_of_the_program(
    center: Center, caplog: pytest.LogCaptureFixture, path: str, kind: str
) -> None:
    """It is answered, and logged without the address that was asked and without what was in hand."""
    app = create_app(center)

    def broken(token: str) -> None:
        raise RuntimeError(f"words of a visitor, and {token}")

    app.router.routes.insert(0, APIRoute(path.replace("SECRET", "{token}"), broken))
    with asking(app) as asked, caplog.at_level(logging.ERROR):
        answer = await asked.get(f"{path}?also=SECRET")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith(kind)
    assert ALWAYS.items() <= dict(answer.headers).items()
    assert "RuntimeError" in caplog.text
    assert "{token}" in caplog.text
    assert "SECRET" not in caplog.text + answer.text
    assert "visitor" not in caplog.text


async def test_a_database_that_can_not_be_reached(center: Center) -> None:
    """Devices are told to try again, not that they did something wrong."""
    app = create_app(center)

    def broken() -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    app.router.routes.insert(0, APIRoute("/api/v1/broken", broken))
    with asking(app) as asked:
        answer = await asked.get("/api/v1/broken")
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["retry-after"] == "5"


async def test_the_documentation_is_complete(center: Center) -> None:
    """Everything devices send and get has an example, and every refusal is told."""
    description = create_app(center).openapi()
    schemas = description["components"]["schemas"]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["description"], where
            assert {"429", "503"} <= operation["responses"].keys(), where
            if operation.get("security"):
                assert {"401", "403"} <= operation["responses"].keys(), where
            for content in (operation.get("requestBody", {}), *operation["responses"].values()):
                for kind, told in content.get("content", {}).items():
                    if kind == "application/json" and "$ref" in told["schema"]:
                        name = told["schema"]["$ref"].rpartition("/")[2]
                        assert schemas[name].get("examples") or "example" in told or "examples" in told, (
                            where,
                            name,
                        )


async def test_the_documentation_as_a_page(center: Center) -> None:
    """/api lists all of it without a script, and loads nothing from elsewhere."""
    app = create_app(center)
    with asking(app) as asked:
        shown = await asked.get("/api")
        told = (await asked.get("/api/openapi.json")).json()
        style = re.search(r'href="(/static/[^"]+)"', shown.text)
        assert style is not None
        assert (await asked.get(style[1])).status_code == 200
    for path in told["paths"]:
        assert path in shown.text
    assert "<script" not in shown.text
    assert not re.search(r"(src|href)=.?https?:", shown.text)
    assert json.dumps("ABCD-EFGH").replace('"', "&#34;") in shown.text


def test_a_bucket_fills_again() -> None:
    """So many at once, then one each few seconds; each client has a bucket of its own."""
    clock = FixedClock()
    limits = Limits(clock.monotonic)
    rate = RATES["enroll"]
    assert [limits.take("enroll", "a") for _ in range(int(rate.burst))] == [0.0] * int(rate.burst)
    wait = limits.take("enroll", "a")
    assert 0 < wait <= 60 / rate.per_minute
    assert limits.take("enroll", "b") == 0
    clock.advance(wait)
    assert limits.take("enroll", "a") == 0
    assert limits.take("enroll", "a") > 0
    with pytest.raises(Refused):
        limits.check("enroll", "a")


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("nonsense", "nonsense"),
    ],
)
def test_who_a_client_is(address: str, who: str) -> None:
    """A household has more IPv6 addresses than anybody could count: they are told apart by its half."""
    from fastapi import Request

    assert client(Request({"type": "http", "client": (address, 1)})) == who
