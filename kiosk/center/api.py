"""What devices ask of the center over HTTPS; see /api for it in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kiosk import __version__
from kiosk.center import api_models as form
from kiosk.center import claims, devices, enrolment, feed, keys, ledger, numbers, publishing
from kiosk.center.answers import Refused
from kiosk.center.context import Center
from kiosk.center.devices import ACTIVE, Device
from kiosk.center.enrolment import Asked, Enrolled, NotEnrolled, Tail
from kiosk.center.limits import LARGEST_BATCH, client, limited, slowly
from kiosk.clock import stamp
from kiosk.errors import BatchRefused
from kiosk.journal.canonical import canonical
from kiosk.sync.answer import signed_by

BATCH = "application/x-kiosk-batch"
LONGEST_WAIT = 25
"""Seconds for which a request for the feed may be kept open."""

_bearer = HTTPBearer(auto_error=False, description="The token that was answered to an enrolment.")
_STATUS = {"code": 403, "proof": 403, "chain_known": 409, "other_site": 409, "tail": 409}
_MEANINGS = {
    400: "Not HTTP or JSON as it should be.",
    401: "No token, or one that no device has.",
    403: "Not allowed: the device was revoked or replaced, or a code or proof is not right.",
    404: "Not here.",
    409: "Not possible as things stand.",
    411: "No Content-Length.",
    413: "More than is taken at once: send less.",
    415: "Another content type than is taken, or compressed.",
    422: "The content is not as it should be.",
    429: "Too often; Retry-After tells the seconds to wait.",
    500: "A mistake of the center.",
    503: "The center's database can't be reached; try again.",
}


def _says(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for its documentation; some can come everywhere."""
    return {
        status: {"model": form.Problem, "description": _MEANINGS[status]}
        for status in sorted({400, 413, 415, 422, 429, 500, 503, *statuses})
    }


router = APIRouter(prefix="/api/v1", tags=["devices"])


def _center(request: Request) -> Center:
    center: Center = request.app.state.center
    return center


def _caller(
    request: Request, told: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Device:
    """The device whose token came along; it is noted that it was seen. Raises Refused."""
    center, limits = _center(request), request.app.state.limits
    if told is None:
        limits.check("wrong_token", client(request))
        raise _no_token()
    with center.store.read() as connection:
        device = devices.of_token(connection, told.credentials)
    if device is None:
        limits.check("wrong_token", client(request))
        raise _no_token()
    limits.check("device", device.device)
    if device.state != ACTIVE:
        what = f"this device was {device.state} at the center"
        raise Refused(403, device.state, what, "Enrol this machine again if that was a mistake.")
    devices.note_seen(center, device, request.headers)
    return device


Caller = Annotated[Device, Depends(_caller)]


async def _batch(request: Request) -> bytes:
    """The bytes of a batch; what must stand in the headers is checked before they are read."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != BATCH:
        raise Refused(415, "content_type", "this is not sent as a batch", f"Send it as {BATCH}.")
    if "content-length" not in request.headers:
        raise Refused(411, "length", "the length is missing", "Send Content-Length.")
    return await request.body()


@router.get("/center", responses=_says())
def greet(request: Request) -> form.Greeting:
    """Which center this is: its keys, and its time to set clocks by."""
    center = _center(request)
    with center.store.read() as connection:
        epoch = keys.epoch(connection)
    return form.Greeting(
        name=urlsplit(center.url).netloc,
        key=center.keys.key,
        box=center.keys.box_key,
        version=__version__,
        time=stamp(center.clock.now()),
        epoch=epoch,
    )


@router.post("/enroll", status_code=201, responses=_says(403, 409), dependencies=[Depends(limited("enroll"))])
async def enroll(request: Request, asked: form.Enrolment) -> form.Member:
    """Make a machine a device of the site that a one-time code was made for.

    The same code, chain and key again, while the code is valid, give the same device a new token: the first
    answer may have been lost.
    """
    return await slowly(request, "wrong_code", lambda: run_in_threadpool(_enroll, _center(request), asked))


def _enroll(center: Center, asked: form.Enrolment) -> form.Member:
    _check_proof(asked.key, asked, asked.proof, "proof")
    try:
        enrolled = enrolment.enrol(center, asked.code, _asked(asked))
    except NotEnrolled as problem:
        raise _not_enrolled(problem) from problem
    return _member(center, enrolled)


@router.post("/chains", status_code=201, responses=_says(401, 403, 409))
def go_on(request: Request, device: Caller, asked: form.Successor) -> form.Member:
    """Register the new chain of a machine whose journal forked, once its tail has been sent.

    The machine is a device of its own from then on, with a name such as Lobby 1 (2), a token and ticket
    numbers. The same chain and key again give the same device a new token.
    """
    center = _center(request)
    with center.store.read() as connection:
        old = connection.value("SELECT key FROM chains WHERE chain = :chain", chain=asked.follows)
    _check_proof(old or device.key, asked, asked.proof, "proof")
    _check_proof(asked.key, asked, asked.proof_new, "proof_new")
    try:
        tail = Tail(asked.follows, asked.last, asked.hash)
        enrolled = enrolment.go_on(center, device, _asked(asked), tail)
    except NotEnrolled as problem:
        raise _not_enrolled(problem) from problem
    return _member(center, enrolled)


@router.get("/chains/{chain}", responses=_says(401, 403, 404))
def reached(
    request: Request,
    response: Response,
    device: Caller,
    chain: Annotated[form.Label, Path()],
    at: Annotated[int, Query(ge=0, le=form.LARGEST, description="an event to tell the hash of")] = 0,
) -> form.Reached:
    """How far a chain of the device has come here."""
    with _center(request).store.read() as connection:
        row = connection.row(
            "SELECT last, last_hash, highest FROM chains WHERE chain = :chain AND device = :device",
            chain=chain,
            device=device.device,
        )
        found = connection.value(
            "SELECT hash FROM events WHERE chain = :chain AND seq = :seq", chain=chain, seq=at
        )
        epoch = keys.epoch(connection)
    if row is None:
        raise Refused(404, "unknown", "this device has no such chain", "Ask for its own.")
    last, last_hash, highest = row
    place = form.Place(seq=at, hash=found) if found else None
    return form.Reached(chain=chain, last=last, hash=last_hash, highest=highest, at=place, epoch=epoch)


@router.post(
    "/batches",
    status_code=201,
    response_model=form.Receipt,
    responses=_says(401, 403, 411),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": f"The bytes of a sealed batch, {LARGEST_BATCH} at most; not compressed.",
            "content": {BATCH: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def push(request: Request, device: Caller, content: Annotated[bytes, Depends(_batch)]) -> Response:
    """Take a sealed batch: everything of it is kept once, or nothing. What arrived before counts no more.

    Only 201 with a receipt that is signed and names the same batch, hash and range means delivered.
    """
    try:
        receipt = ledger.take(_center(request), content, device.device, "network")
    except BatchRefused as problem:
        status = 403 if problem.code == "revoked" else 422
        raise Refused(status, problem.code, problem.what, problem.next_step) from problem
    return _json(receipt.document(), 201)


@router.get("/feed", response_model=form.FeedPage, responses=_says(401, 403))
async def follow(
    request: Request,
    device: Caller,
    after: Annotated[int, Query(ge=0, le=form.LARGEST, description="`next` of the page before")] = 0,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT, description="seconds to wait for something new")] = 0,
) -> Response:
    """What the machines of the device's site, and the center, recorded since a position.

    `Kiosk-Signature` is the center's signature (hex) of the bytes of the answer.
    """
    center = _center(request)
    page = await run_in_threadpool(feed.page, center, device.home, after)
    if wait and page.next == after and await request.app.state.watch.grown(device.home, after, wait):
        # Meanwhile the device may have been revoked.
        await run_in_threadpool(_check_active, center, device)
        page = await run_in_threadpool(feed.page, center, device.home, after)
    document = page.document()
    return _json(document, 200, {"Kiosk-Signature": center.keys.sign(document).hex()})


@router.post("/claims", responses=_says(401, 403))
def claim(request: Request, device: Caller, asked: form.ClaimAsked) -> form.ClaimAnswered:
    """Ask whether a counter may call a ticket, so that two never call the same person."""
    center = _center(request)
    found = claims.ask(center, device.home, device.device, asked.command, asked.ticket, asked.counter)
    return form.ClaimAnswered(granted=found.granted, counter=found.counter, clock=found.clock)


@router.post("/numbers", status_code=201, responses=_says(401, 403, 409))
def more_numbers(request: Request, device: Caller, lane: form.Numbers) -> form.Numbers:
    """One more block of ticket numbers, within a lane's range; 409 `none_left` when all are given out."""
    center = _center(request)
    wanted = (lane.letter, lane.first, lane.last)
    with center.store.begin() as connection:
        block = numbers.another(connection, device.home, device.device, wanted, center.clock)
    if block is None:
        what = f"all numbers of {lane.letter} are given out at this site"
        raise Refused(
            409, "none_left", what, "Widen the lane's range in services.yaml, or revoke old devices."
        )
    letter, first, last = block
    return form.Numbers(letter=letter, first=first, last=last)


@router.get(
    "/catalog",
    response_class=Response,
    responses={
        **_says(401, 403, 404),
        200: {
            "description": "The newest published catalogue. Kiosk-Catalog-Version is its number, ETag its "
            "SHA-256, Kiosk-Signature the center's of the lines `catalog`, number and SHA-256.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "The device has it already (If-None-Match)."},
    },
)
def catalog(request: Request, device: Caller) -> Response:
    """The catalogue that kiosks are to show."""
    published = publishing.current(_center(request))
    if published is None:
        raise Refused(404, "none_published", "no catalogue was published here", "Nothing to do.")
    headers = {
        "ETag": f'"{published.sha256}"',
        "Kiosk-Catalog-Version": str(published.version),
        "Kiosk-Signature": published.signature,
    }
    if _has(request.headers, published.sha256):
        return Response(status_code=304, headers=headers)
    return Response(published.bundle, headers=headers, media_type="application/zip")


def _has(headers: Mapping[str, str], sha256: str) -> bool:
    told = headers.get("if-none-match", "")
    return sha256 in (tag.strip().removeprefix("W/").strip('"') for tag in told.split(","))


def _json(document: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(document, status, dict(headers or {}), media_type="application/json")


def _asked(asked: form.Enrolment | form.Successor) -> Asked:
    lanes = [(lane.letter, lane.first, lane.last) for lane in asked.lanes]
    return Asked(asked.chain, asked.key, asked.follows, lanes, asked.version)


def _member(center: Center, enrolled: Enrolled) -> form.Member:
    return form.Member(
        device=enrolled.device,
        token=enrolled.token,
        site=enrolled.site,
        title=enrolled.title,
        key=center.keys.key,
        box=center.keys.box_key,
        numbers=[form.Numbers(letter=each[0], first=each[1], last=each[2]) for each in enrolled.numbers],
    )


def _check_proof(key: str, asked: form.Enrolment | form.Successor, proof: str, name: str) -> None:
    """What was sent must be signed by the key that it names: nobody enrols another's."""
    rest = asked.model_dump(exclude={"proof", "proof_new"})
    if not signed_by(key, canonical(rest).encode(), proof):
        what = f"{name} is not the signature of this by its key"
        raise Refused(403, "proof", what, "Put the key file back that belongs to this journal.")


def _check_active(center: Center, device: Device) -> None:
    with center.store.read() as connection:
        now = devices.find(connection, device.device)
    if now is None or now.state != ACTIVE:
        raise Refused(403, "revoked", "this device was revoked at the center", "Tell the city's staff.")


def _not_enrolled(problem: NotEnrolled) -> Refused:
    return Refused(_STATUS[problem.code], problem.code, problem.what, problem.next_step)


def _no_token() -> Refused:
    todo = "Enrol this machine: kiosk enroll URL CODE."
    return Refused(401, "token", "no device has this token", todo, {"WWW-Authenticate": "Bearer"})
