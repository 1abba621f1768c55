"""Pages for visitors: their ticket on the phone, the way out of the line, the survey, links to forms.

What visitors do comes from a form of ours (`pages.is_own`); looking records only who left a survey long ago.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from kiosk.center.context import Center
from kiosk.center.limits import client, limited
from kiosk.center.web import (
    ICON,
    base_path,
    center_of,
    rendered,
    static,
    visitor_line,
    visitor_links,
    visitor_results,
    visitor_steps,
    visitor_survey,
)
from kiosk.center.web.pages import Reader, Way, form_key, is_own, posted, reader
from kiosk.center.web.streams import HEADERS, Part, Streams
from kiosk.center.web.visitor_line import Standing
from kiosk.center.web.visitor_ticket import MAY_LEAVE, TicketView
from kiosk.survey.scale import SCALE
from kiosk.tickets.page import LENGTH, is_token

router = APIRouter()
router.include_router(visitor_links.router)
router.include_router(visitor_results.router)
streams = Streams()


def by_ticket(request: Request, token: str) -> None:
    """So often for each ticket, else 429: people who share an address don't slow each other down."""
    request.app.state.limits.check("page", client(request))
    request.app.state.limits.check("ticket", token[:LENGTH])


LOOK, DO = [Depends(limited("page"))], [Depends(by_ticket)]
Posted = Annotated[Mapping[str, str], Depends(posted)]


class Shown(NamedTuple):
    """A ticket as somebody reads it."""

    home: str
    position: int
    standing: Standing
    reader: Reader
    view: TicketView


@router.get("/", dependencies=LOOK)
def start(request: Request) -> HTMLResponse:
    """What this is, and the ways on."""
    who = reader(request)
    tr = who.messages.tr
    lines = [tr("To follow your place in the line, point your phone's camera at the square on your ticket.")]
    ways = [Way(tr("What visitors told us"), who.link("/results")), Way(tr("For staff"), who.link("/staff"))]
    return who.message(who.catalog.city.welcome or who.catalog.city.name, lines, ways)


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """What browsers ask for beside pages that name none, such as an answer of JSON."""
    return RedirectResponse(base_path(request) + static(ICON), 302)


@router.get("/t/{token}", dependencies=LOOK)
def ticket(request: Request, token: str) -> HTMLResponse:
    """The page of a ticket."""
    shown = _shown(request, token)
    if shown is None:
        return nothing(request)
    visitor_survey.sweep(center_of(request), shown.home)
    return shown.reader.render("ticket.html", _context(shown, token))


@router.get("/T/{token}", dependencies=LOOK)
def from_a_code(request: Request, token: str) -> Response:
    """The address as the code on a ticket holds it."""
    return reader(request).see(f"/t/{token.lower()}") if is_token(token.lower()) else nothing(request)


@router.get("/t/{token}/live", dependencies=LOOK)
async def live(request: Request, token: str, seen: str = "") -> Response:
    """The same page as server-sent events; `seen` is the mark of what is shown already."""
    if streams.full:
        return Response(status_code=503, headers={"Retry-After": "30"})

    def look() -> Part | None:
        shown = _shown(request, token)
        if shown is None:
            return None
        html = rendered(request, "visitor/ticket_live.html", _context(shown, token))
        return Part(shown.home, shown.position, shown.view.seen, html)

    watch, monotonic = request.app.state.watch, center_of(request).clock.monotonic
    events = streams.events(watch, look, request.headers.get("last-event-id", seen), monotonic)
    return StreamingResponse(events, headers=HEADERS, media_type="text/event-stream")


@router.post("/t/{token}/late", dependencies=DO)
def late(request: Request, token: str, form: Posted) -> Response:
    """*I am running late.*"""
    return _stepped(request, token, form, visitor_steps.late)


@router.get("/t/{token}/leave", dependencies=LOOK)
def ask_to_leave(request: Request, token: str) -> Response:
    """One question before a place is given back."""
    shown = _shown(request, token)
    if shown is None:
        return nothing(request)
    ticket, who = shown.standing.ticket, shown.reader
    if ticket.state not in MAY_LEAVE:
        return who.see(f"/t/{token}")
    tr = who.messages.tr
    told = tr("Number {code} is then called no more, and everybody behind you moves up.", code=ticket.code)
    ways = [
        Way(tr("No, keep my place"), who.link(f"/t/{token}"), "accent"),
        _form(who, token, tr("Yes, I must leave"), f"/t/{token}/leave"),
    ]
    return who.message(tr("Do you want to give your place back?"), [told], ways)


@router.post("/t/{token}/leave", dependencies=DO)
def leave(request: Request, token: str, form: Posted) -> Response:
    """*Yes, I must leave.*"""
    return _stepped(request, token, form, visitor_steps.leave)


@router.get("/t/{token}/survey", dependencies=LOOK)
def survey(request: Request, token: str, at: str = "", saved: str = "") -> Response:
    """The invitation, then the statements one by one, then thanks."""
    center = center_of(request)
    of = visitor_survey.occasion(center, token)
    if of is None:
        return nothing(request) if _shown(request, token) is None else reader(request).see(f"/t/{token}")
    visitor_survey.sweep(center, of.home)
    who = reader(request, of.language)
    tr, trn = who.messages.tr, who.messages.trn
    with center.store.read() as connection:
        over = of.used or visitor_survey.is_over(connection, token)
        progress = visitor_survey.progress(connection, token)
    if over:
        told = tr("Your answers are saved.") if saved else tr("This survey is over.")
        return who.message(tr("Thank you"), [told], [])
    if progress is not None:
        return who.render("survey.html", _statement(who, token, progress, at))
    promise = trn(
        "{n} short statement. Anonymous. Stop whenever you like.",
        "{n} short statements. Anonymous. Stop whenever you like.",
        visitor_survey.count(of, who.catalog),
    )
    ways = [_form(who, token, tr("Answer"), f"/t/{token}/survey", "accent", {"do": "begin"})]
    return who.message(tr("How did it go?"), [promise], ways)


@router.post("/t/{token}/survey", dependencies=DO)
def take_survey(request: Request, token: str, form: Posted) -> Response:
    """Begin, answer one statement, or stop; the next page shows when it is on disk."""
    center = center_of(request)
    of = visitor_survey.occasion(center, token)
    if of is None:
        return nothing(request)
    who = reader(request, of.language)
    if not is_own(request, token, form.get("key", "")):
        return _refused(who, token)
    visitor_survey.sweep(center, of.home)
    do, plan = form.get("do"), who.catalog.survey
    with center.store.begin() as connection:
        if do == "begin" and not of.used:
            visitor_survey.begin(connection, center, of, who.catalog, who.language)
        elif do == "answer":
            said = form.get("statement", ""), form.get("answer", "")
            visitor_survey.answer(connection, center, of, *said, plan, who.language)
        elif do == "stop":
            visitor_survey.stop(connection, center, token, of.home)
        over = visitor_survey.is_over(connection, token)
    saved = {"saved": 1} if over and do == "answer" else {}
    return who.see(f"/t/{token}/survey", **saved)


def nothing(request: Request) -> HTMLResponse:
    """Instead of a ticket that has not arrived, is over or never was: the same for all."""
    who = reader(request)
    tr = who.messages.tr
    lines = [
        tr("If you have just taken your ticket, it appears here by itself in a while."),
        tr("Your number counts in any case: please listen for it."),
        tr("The page of a ticket is gone on the next day."),
    ]
    return who.message(tr("There is nothing to show here"), lines, [], status=404, again=True)


def _stepped(
    request: Request, token: str, form: Mapping[str, str], step: Callable[[Center, str, str], None]
) -> Response:
    """What a button of a ticket's page does, then the page."""
    shown = _shown(request, token)
    if shown is None:
        return nothing(request)
    if not is_own(request, token, form.get("key", "")):
        return _refused(shown.reader, token)
    step(center_of(request), shown.home, shown.standing.ticket.ticket)
    return shown.reader.see(f"/t/{token}")


def _shown(request: Request, token: str) -> Shown | None:
    """The ticket of a token in the words of who reads it; None when there is nothing to show."""
    center = center_of(request)
    found = visitor_line.standing(center, token)
    if found is None:
        return None
    home, position, standing = found
    who = reader(request, standing.ticket.language)
    with center.store.read() as connection:
        answered = visitor_survey.is_answered(connection, token, home, standing.ticket.ticket)
    return Shown(home, position, standing, who, TicketView.of(standing, who.catalog, who.messages, answered))


def _context(shown: Shown, token: str) -> dict[str, Any]:
    who, page = shown.reader, f"/t/{token}"
    return {
        "title": f"{shown.view.code} · {who.catalog.city.name}",
        "view": shown.view,
        "key": form_key(who.center, token),
        "late": who.link(f"{page}/late"),
        "leave": who.link(f"{page}/leave"),
        "survey": who.link(f"{page}/survey"),
        "live": who.link(f"{page}/live"),
    }


def _statement(who: Reader, token: str, progress: visitor_survey.Progress, at: str) -> dict[str, Any]:
    """One statement with its scale; an earlier one when it was asked for."""
    tr, page = who.messages.tr, f"/t/{token}/survey"
    place = min(int(at), progress.place) if at.isascii() and at.isdigit() and len(at) < 3 else progress.place
    statement = progress.statements[place]
    texts = {of.id: of.text for of in who.catalog.survey.everything}
    chosen = progress.answers.get(statement, "")
    return {
        "title": tr("How did it go?"),
        "place": tr("{place} of {count}", place=place + 1, count=len(progress.statements)),
        "statement": statement,
        "text": texts.get(statement, statement),
        "scale": [(value, tr(label), dots, value == chosen) for value, label, dots in SCALE],
        "others": [("na", tr("Not applicable")), ("skipped", tr("Skip"))],
        "stop": tr("Stop"),
        "back": (tr("Back"), who.link(page, at=place - 1)) if place else (),
        "action": who.link(page),
        "key": form_key(who.center, token),
    }


def _form(
    who: Reader, token: str, label: str, path: str, look: str = "", more: Mapping[str, str] | None = None
) -> Way:
    """A button that does something."""
    return Way(label, who.link(path), look, {"key": form_key(who.center, token), **(more or {})})


def _refused(who: Reader, token: str) -> HTMLResponse:
    """A form that did not come from a page of ours, or from yesterday's."""
    tr = who.messages.tr
    ways = [Way(tr("Back"), who.link(f"/t/{token}"), "accent")]
    return who.message(tr("Sorry, something went wrong. Please start again."), [], ways, status=403)
