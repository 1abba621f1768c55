"""Sites and devices: who was heard of, what is missing, what is refused; enrolment codes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from kiosk.center import audit, devices, enrolment
from kiosk.center.checking import CODES
from kiosk.center.web import staff_reading as reading
from kiosk.center.web.staff_access import Instead, Page, Sent, StaffRoute, needs, posts, refusal
from kiosk.center.web.staff_words import STATES
from kiosk.errors import CenterError

router = APIRouter(route_class=StaffRoute, include_in_schema=False)

LIST = "/staff/devices"
ENROL = "/staff/devices/enroll"
HOURS = (1, 24, 24 * 7)
"""For how long a code may be made to hold."""


@router.get(LIST)
def device_list(page: Annotated[Page, Depends(needs("viewer"))]) -> Response:
    """All sites with their devices."""
    with page.center.store.read() as connection:
        sites = reading.sites(connection)
        found = reading.shown(connection, page.words)
        refused = reading.refusals(connection)
    by_site = [(site, [of for of in found if of.known.device.home == site.site]) for site in sites]
    concerned = sum(bool(of.concerns) for of in found)
    active = sum(of.known.device.state == devices.ACTIVE for of in found)
    return page.show(
        "devices.html", sites=by_site, refused=refused, concerned=concerned, active=active, states=STATES
    )


@router.get(ENROL)
def enrol_page(page: Annotated[Page, Depends(needs("admin"))]) -> Response:
    """What a code is made for."""
    return _enrol(page)


@router.post(ENROL)
def make_code(sent: Annotated[Sent, Depends(posts("admin"))]) -> Response:
    """Make a code and show it, this one time."""
    page = sent.page
    site, name, replaces = sent["site"] or sent["new_site"], sent["name"], sent["replaces"]
    title = "" if sent["site"] else sent["title"]
    hours = int(sent["hours"]) if sent["hours"] in map(str, HOURS) else enrolment.HOURS
    try:
        with page.center.store.begin() as connection:
            code = enrolment.make_code(connection, page.center, site, name, title, replaces, hours)
            details = {"site": site, "name": name} | ({"replaces": replaces} if replaces else {})
            audit.note(connection, page.center, page.account.name, "enrolment_code", name, **details)
    except CenterError as problem:
        return _enrol(page, f"{problem.what[:1].upper()}{problem.what[1:]}. {problem.next_step}", 400, site)
    return page.show("enrolment_code.html", code=code, name=name, url=page.center.url, hours=hours)


@router.get(f"{LIST}/{{device}}")
def device_page(device: str, page: Annotated[Page, Depends(needs("viewer"))]) -> Response:
    """A device: its chains, batches, refusals and quarantine."""
    with page.center.store.read() as connection:
        shown = [of for of in reading.shown(connection, page.words) if of.known.device.device == device]
        if not shown:
            raise Instead(_unknown(page))
        titles = {site.site: site.title for site in reading.sites(connection)}
        return page.show(
            "device.html",
            of=shown[0],
            device=shown[0].known.device,
            site=titles[shown[0].known.device.home],
            chains=reading.chains(connection, device),
            batches=reading.batches(connection, device),
            refused=reading.refusals(connection, device),
            held=reading.quarantine(connection, device),
            codes=CODES,
            states=STATES,
            most=reading.RECENT,
            may_manage=page.account.may("admin"),
        )


@router.post(f"{LIST}/{{device}}/rename")
def rename(device: str, sent: Annotated[Sent, Depends(posts("admin"))]) -> Response:
    """Call it something else."""
    page = sent.page
    with page.center.store.begin() as connection:
        before = _existing(page, devices.find(connection, _id(device)))
        devices.rename(connection, before.device, sent["name"])
        audit.note(
            connection,
            page.center,
            page.account.name,
            "device_renamed",
            before.device,
            before=before.name,
            name=sent["name"],
        )
    return page.go(f"{LIST}/{before.device}", "renamed")


@router.post(f"{LIST}/{{device}}/revoke")
def revoke(device: str, sent: Annotated[Sent, Depends(posts("admin"))]) -> Response:
    """Take nothing from it any more, once it was said twice."""
    page = sent.page
    if not sent["sure"]:
        raise CenterError(
            "the device was not revoked, because the box was not ticked", "Go back and tick it first."
        )
    with page.center.store.begin() as connection:
        before = _existing(page, devices.find(connection, _id(device)))
        devices.revoke(connection, before.device, page.center.clock)
        audit.note(
            connection,
            page.center,
            page.account.name,
            "device_revoked",
            before.device,
            name=before.name,
            site=before.home,
        )
    return page.go(f"{LIST}/{before.device}", "revoked")


def _enrol(page: Page, problem: str = "", status: int = 200, chosen: str = "") -> Response:
    with page.center.store.read() as connection:
        sites = reading.sites(connection)
        found = [of.device for of in devices.known(connection) if of.device.state == devices.ACTIVE]
    return page.show(
        "enroll.html", status, sites=sites, devices=found, problem=problem, chosen=chosen, hours=HOURS
    )


def _existing(page: Page, found: devices.Device | None) -> devices.Device:
    if found is None:
        raise Instead(_unknown(page))
    return found


def _unknown(page: Page) -> Response:
    return refusal(page.request, 404, "there is no such device", "See the list of devices.")


def _id(device: str) -> str:
    return device.replace("\0", "")
