"""Staff pages: who sees what, and what nobody can do to somebody else's session."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from kiosk.center import accounts, audit, devices, sessions
from kiosk.center.accounts import ROLES
from kiosk.center.context import Center
from kiosk.center.web.staff import PARTS
from kiosk.clock import FixedClock
from tests.support import center as support
from tests.support.staff import HASH, PASSWORD, Visitor, add, quick_hashes

__all__ = ["quick_hashes"]

pytestmark = pytest.mark.usefixtures("quick_hashes")

PAGES = {
    "/staff/devices": "viewer",
    "/staff/scorecard": "viewer",
    "/staff/waits": "viewer",
    "/staff/password": "viewer",
    "/staff/searches": "staff",
    "/staff/comments": "staff",
    "/staff/exports": "staff",
    "/staff/catalog": "editor",
    "/staff/devices/enroll": "admin",
    "/staff/accounts": "admin",
    "/staff/tokens": "admin",
    "/staff/audit": "admin",
}
ACTIONS = {
    "/staff/sign-out": "viewer",
    "/staff/password": "viewer",
    "/staff/comments/redact": "staff",
    "/staff/exports": "staff",
    "/staff/catalog": "editor",
    "/staff/catalog/rollback": "editor",
    "/staff/devices/enroll": "admin",
    "/staff/devices/{device}/rename": "admin",
    "/staff/devices/{device}/revoke": "admin",
    "/staff/accounts": "admin",
    "/staff/accounts/{name}/link": "admin",
    "/staff/accounts/{name}/role": "admin",
    "/staff/accounts/{name}/disable": "admin",
    "/staff/accounts/{name}/enable": "admin",
    "/staff/tokens": "admin",
    "/staff/tokens/{number}/revoke": "admin",
}
OPEN = {"/staff", "/staff/sign-in", "/staff/password/{token}"}
"""What needs no session."""
EVIL = """<script>alert(1)</script>{{ 7*7 }}'; DROP TABLE devices;--"""


@pytest.fixture
def device(center: Center, tmp_path: Path) -> str:
    """A device of the site lobby, with a few events that arrived."""
    home = support.site(center)
    journal, made = support.device(center, home, tmp_path)
    journal.close()
    return made


@pytest.fixture
def visitor(center: Center) -> Visitor:
    return Visitor(center)


def routes(method: str) -> set[str]:
    found = [route for part in PARTS for route in part.routes if isinstance(route, APIRoute)]
    return {route.path for route in found if method in route.methods}


def test_the_tables_of_this_test_name_every_page_and_action() -> None:
    assert routes("GET") == {*PAGES, *OPEN, "/staff/devices/{device}"}
    assert routes("POST") == {*ACTIONS, "/staff/sign-in", "/staff/password/{token}"}


def test_without_a_session_every_page_leads_to_sign_in(visitor: Visitor, device: str) -> None:
    for path in (*PAGES, f"/staff/devices/{device}"):
        answer = visitor.get(f"{path}?x=1")
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/staff/sign-in?next=%2Fstaff"), path


def test_without_a_session_nothing_is_done(visitor: Visitor) -> None:
    for path in ACTIONS:
        answer = visitor.client.post(path, data={"csrf": "x"})
        assert (answer.status_code, answer.headers["location"][:14]) == (303, "/staff/sign-in"), path


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_pages_and_no_others(center: Center, device: str, role: str) -> None:
    visitor = Visitor(center).signed_in(role)
    for path, needed in {**PAGES, f"/staff/devices/{device}": "viewer"}.items():
        answer = visitor.get(path)
        allowed = ROLES.index(role) >= ROLES.index(needed)
        assert answer.status_code == (200 if allowed else 403), (role, path)
        assert answer.headers["cache-control"] == "no-store", path
        if allowed:
            listed = re.findall(r'<li><a href="([^"]+)"', answer.text)
            assert all(ROLES.index(role) >= ROLES.index(PAGES[item]) for item in listed), listed


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_its_actions_and_no_others(center: Center, role: str) -> None:
    """An empty form is refused by what it lacks (4xx), never by the role that is enough."""
    visitor = Visitor(center)
    for path, needed in ACTIONS.items():
        visitor.signed_in(role)
        answer = visitor.post(path.format(device="0" * 32, name="nobody", number="7"))
        allowed = ROLES.index(role) >= ROLES.index(needed)
        text = answer.text.replace("\n", " ")
        assert ("this page is for the role" in text.lower()) == (not allowed), (role, path, text)
        assert answer.status_code < 500


@pytest.mark.parametrize("path", [path for path in ACTIONS if "{" not in path])
def test_a_form_that_no_page_of_the_session_has_is_refused(center: Center, path: str) -> None:
    visitor, other = Visitor(center).signed_in("admin"), Visitor(center).signed_in("admin", "other")
    for csrf in ("", "made up", other.csrf("/staff/devices")):
        answer = visitor.client.post(path, data={"csrf": csrf, "name": "x", "role": "admin", "what": "all"})
        assert answer.status_code == 403 and "nothing was done" in answer.text
    assert visitor.get("/staff/devices").status_code == 200, "the session goes on"
    with center.store.read() as connection:
        assert len(accounts.listed(connection)) == 2 and not audit.entries(connection)


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
def test_a_form_from_another_site_is_refused_even_with_the_right_mark(
    center: Center, headers: dict[str, str]
) -> None:
    visitor = Visitor(center).signed_in("admin")
    data = {"csrf": visitor.csrf("/staff/tokens"), "name": "Open data", "scope": "scores"}
    assert visitor.client.post("/staff/tokens", data=data, headers=headers).status_code == 403
    assert visitor.client.post("/staff/tokens", data=data).status_code == 200


def test_signing_in_and_out(center: Center, visitor: Visitor) -> None:
    add(center, "m.rivera", "staff", HASH)
    answer = visitor.sign_in("m.rivera", PASSWORD, "/staff/waits%3Fby%3Dlane")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/waits?by=lane")
    cookies = answer.headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-kiosk="))
    assert all(part in session for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert "Max-Age" not in session and "Domain" not in session
    assert visitor.get("/staff/sign-in").headers["location"] == "/staff/devices"
    stolen = visitor.client.cookies["__Host-kiosk"]
    assert visitor.post("/staff/sign-out").headers["location"] == "/staff/sign-in"
    visitor.client.cookies.set("__Host-kiosk", stolen)
    assert visitor.get("/staff/devices").status_code == 303, "it ended at the center, not only here"
    with center.store.read() as connection:
        assert [line.action for line in audit.entries(connection)] == ["signed_out", "signed_in"]


def test_a_session_that_was_there_before_is_not_the_one_that_is_signed_in(
    center: Center, visitor: Visitor
) -> None:
    """Fixation: whoever planted a cookie has nothing of it."""
    add(center, "m.rivera", "staff", HASH)
    planted = Visitor(center).signed_in("viewer", "attacker").client.cookies["__Host-kiosk"]
    csrf = visitor.csrf("/staff/sign-in")
    for value in ("made-up-by-somebody", planted):
        visitor.client.cookies.set("__Host-kiosk", value)
        data = {"csrf": csrf, "name": "m.rivera", "password": PASSWORD}
        answer = visitor.client.post("/staff/sign-in", data=data)
        assert answer.status_code == 303
        visitor.client.cookies.clear()
        visitor.client.cookies.update(answer.cookies)
        assert value not in answer.headers["set-cookie"]
        assert "m.rivera" in visitor.get("/staff/devices").text
        csrf = "x"
        visitor.client.cookies.clear()
        csrf = visitor.csrf("/staff/sign-in")
    assert sessions.find(center, planted) is None


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/staff",
        "//evil.example",
        "/\\evil.example",
        "/staff/../../evil",
        "/staff//evil.example",
        "/staff@evil.example",
        "javascript:alert(1)",
        "/staff/devices%0d%0aSet-Cookie:x=1",
        "/staff/sign-in",
        "/api/v1/center",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(center: Center, visitor: Visitor, onward: str) -> None:
    add(center, "m.rivera", "viewer", HASH)
    csrf = visitor.csrf("/staff/sign-in")
    data = {"csrf": csrf, "name": "m.rivera", "password": PASSWORD, "next": onward}
    location = visitor.client.post("/staff/sign-in", data=data).headers["location"]
    assert location == "/staff/devices" or onward == "/staff/devices%0d%0aSet-Cookie:x=1"
    assert "\r" not in location and "\n" not in location and "evil" not in location


def test_a_wrong_password_says_the_same_as_a_wrong_name(center: Center, visitor: Visitor) -> None:
    add(center, "m.rivera", "staff", HASH)
    add(center, "gone", "staff", HASH)
    with center.store.begin() as connection:
        accounts.disable(connection, "gone")
    pages = []
    for name, password in (("m.rivera", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD), (EVIL, "")):
        answer = visitor.sign_in(name, password)
        assert answer.status_code == 401 and "__Host-kiosk=" not in str(answer.headers)
        pages.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(set(pages)) == 1
    assert "<script>" not in pages[0]


def test_a_client_that_tries_too_often_waits(center: Center, visitor: Visitor) -> None:
    csrf = visitor.csrf("/staff/sign-in")
    tried = [
        visitor.client.post("/staff/sign-in", data={"csrf": csrf, "name": f"name{n}", "password": "x"})
        for n in range(12)
    ]
    assert [answer.status_code for answer in tried].count(429) == 2
    assert int(tried[-1].headers["retry-after"]) > 0
    visitor.clock[0] += 60
    assert visitor.sign_in("name", "x").status_code == 401


def test_a_disabled_account_is_out_at_its_next_page(center: Center, visitor: Visitor) -> None:
    visitor.signed_in("staff", "m.rivera")
    admin = Visitor(center).signed_in("admin")
    assert visitor.get("/staff/comments").status_code == 200
    assert admin.post("/staff/accounts/m.rivera/disable").status_code == 303
    assert visitor.get("/staff/comments").status_code == 303
    assert "is disabled and signed out" in admin.get("/staff/accounts?done=disabled").text


def test_a_role_counts_from_the_next_page(center: Center, visitor: Visitor) -> None:
    visitor.signed_in("viewer", "m.rivera")
    admin = Visitor(center).signed_in("admin")
    admin.post("/staff/accounts/m.rivera/role", role="editor")
    assert visitor.get("/staff/catalog").status_code == 200
    answer = admin.post("/staff/accounts/one-admin/role", role="viewer")
    assert answer.status_code == 409 and "only admin" in answer.text


def test_a_new_account_sets_its_password_by_a_link_once(center: Center, visitor: Visitor) -> None:
    admin = Visitor(center).signed_in("admin")
    page = admin.post("/staff/accounts", name="New.One", role="staff").text
    found = re.search(r"https://center\.example(/staff/password/[\w-]+)", page)
    assert found
    link = found.group(1)
    weak = visitor.post(link, link, password="new.one", again="new.one")
    assert weak.status_code == 400 and "fewer than 12" in weak.text
    other = visitor.post(link, link, password=PASSWORD, again=f"{PASSWORD}!")
    assert other.status_code == 400 and "not the same" in other.text
    assert visitor.post(link, link, password=PASSWORD, again=PASSWORD).headers["location"] == "/staff/devices"
    assert "new.one" in visitor.get("/staff/comments").text
    assert Visitor(center).get(link).status_code == 404
    assert Visitor(center).get("/staff/password/guess").status_code == 404


def test_changing_ones_own_password_ends_the_other_sessions(center: Center, visitor: Visitor) -> None:
    add(center, "m.rivera", "viewer", HASH)
    elsewhere = Visitor(center).signed_in("viewer", "m.rivera")
    visitor.signed_in("viewer", "m.rivera")
    new = "some other words entirely"
    wrong = visitor.post("/staff/password", present="wrong", password=new, again=new)
    assert wrong.status_code == 400 and "present password is not right" in wrong.text
    assert visitor.post("/staff/password", present=PASSWORD, password=new, again=new).status_code == 303
    assert visitor.get("/staff/devices").status_code == 200
    assert elsewhere.get("/staff/devices").status_code == 303


def test_a_device_is_renamed_and_revoked_by_an_admin_and_the_book_says_so(
    center: Center, device: str
) -> None:
    admin = Visitor(center).signed_in("admin")
    assert admin.post(f"/staff/devices/{device}/rename", name=EVIL[:59]).status_code == 303
    for path in ("/staff/devices", f"/staff/devices/{device}", "/staff/devices/enroll", "/staff/audit"):
        text = admin.get(path).text
        assert "<script>" not in text and "49" not in re.sub(r"[0-9a-f]{32}|\w{43}", "", text), path
        assert "&lt;script&gt;" in text, path
    assert admin.post(f"/staff/devices/{device}/revoke").status_code == 409, "not without the tick"
    assert admin.post(f"/staff/devices/{device}/revoke", sure="yes").status_code == 303
    assert "revoked" in admin.get(f"/staff/devices/{device}").text
    with center.store.read() as connection:
        found = devices.find(connection, device)
        assert found and found.state == "revoked"
        assert [line.action for line in audit.entries(connection)] == ["device_revoked", "device_renamed"]


def test_an_enrolment_code_is_shown_once_and_stands_nowhere(center: Center, device: str) -> None:
    admin = Visitor(center).signed_in("admin")
    page = admin.post("/staff/devices/enroll", site="lobby", name="Lobby 9", hours="24").text
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", page)
    assert found and f"kiosk enroll https://center.example {found.group()}" in page
    made = admin.post("/staff/devices/enroll", new_site="station-4", title="Station 4", name="On the Go")
    assert "kiosk enroll" in made.text
    assert "Station 4" in admin.get("/staff/devices").text
    bad = admin.post("/staff/devices/enroll", new_site="no spaces!", name="x")
    assert bad.status_code == 400 and "can&#39;t be the id of a site" in bad.text
    with center.store.read() as connection:
        stored = str([*connection.rows("SELECT * FROM audit"), *connection.rows("SELECT * FROM enrolments")])
    assert found.group() not in stored and found.group().replace("-", "") not in stored


def test_a_device_that_needs_a_look_says_why(center: Center, device: str, clock: FixedClock) -> None:
    with center.store.begin() as connection:
        connection.run("UPDATE devices SET skew_ms = 600000 WHERE device = :d", d=device)
        connection.run("UPDATE chains SET highest = 40 WHERE device = :d", d=device)
    clock.advance(7200)
    page = Visitor(center).signed_in("viewer").get("/staff/devices").text
    for said in ("1 needs a look", "Its clock is 10 min ahead", "Events are missing in between"):
        assert said in page
    assert "Not heard of since Nov 23, 10:41 AM" in page and "2 hours ago" in page


def test_a_token_is_shown_once_and_revoked(center: Center) -> None:
    admin = Visitor(center).signed_in("admin")
    page = admin.post("/staff/tokens", name=EVIL[:50], scope="scores").text
    found = re.search(r"kft_[\w-]+", page)
    assert found and "<script>" not in page
    listed = admin.get("/staff/tokens").text
    assert found.group() not in listed and "<script>" not in listed and "scores" in listed
    assert admin.post("/staff/tokens/1/revoke").status_code == 303
    assert "revoked Nov 23" in admin.get("/staff/tokens").text
    assert admin.post("/staff/tokens/1/revoke").status_code == 409


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-13-45&to=x&site=%27%20OR%201%3D1&by=%3Cscript%3E&audience=x&language=zz&start=-1",
        "from=2026-12-01&to=2026-11-01&start=99999999999&before=x&account=%00&action=%22",
        "from=0001-01-01&to=9999-12-31&by=day&done=%3Cscript%3E",
        "from=%00&to=%ff&site=%00",
    ],
)
def test_odd_questions_get_a_page_as_usual(center: Center, device: str, query: str) -> None:
    visitor = Visitor(center).signed_in("admin")
    for path in PAGES:
        answer = visitor.get(f"{path}?{query}")
        assert answer.status_code == 200 and "<script>" not in answer.text, path
    for path in ("/staff/devices/%00", "/staff/devices/x%27", "/staff/password/%00", "/staff/nothing"):
        assert visitor.get(path).status_code == 404, path


def test_names_with_a_zero_byte_do_no_harm(center: Center) -> None:
    admin = Visitor(center).signed_in("admin")
    for path in ("/staff/accounts/%00/role", "/staff/accounts/%00/link", "/staff/tokens/%00/revoke"):
        assert admin.post(path, role="viewer").status_code == 409, path
    assert admin.post("/staff/accounts", name="a\0", role="viewer\0").status_code in (200, 400)


def test_the_log_in_page_asks_browsers_to_keep_nothing_and_load_nothing_from_elsewhere(
    visitor: Visitor,
) -> None:
    answer = visitor.get("/staff/sign-in")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "style=" not in answer.text and "<script" not in answer.text
