"""Comments of visitors, and taking out what should not be kept."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response

from kiosk.center import comments
from kiosk.center.web.staff_access import Page, Sent, StaffRoute, needs, own_path, posts
from kiosk.center.web.staff_asked import asked, one_of
from kiosk.i18n.languages import LANGUAGES, SOURCE
from kiosk.survey import wording

router = APIRouter(route_class=StaffRoute, include_in_schema=False)

PATH = "/staff/comments"
EACH = 50
"""Comments on a page."""
FLAGS = {
    "phone": "phone number",
    "email": "e-mail address",
    "card": "card number",
    "ssn": "social-security number",
}


@router.get(PATH)
def comment_list(page: Annotated[Page, Depends(needs("staff"))]) -> Response:
    """Comments of a period, the latest first."""
    language = one_of(page.asked("language"), tuple(LANGUAGES))
    flagged = page.asked("flagged") == "yes"
    with page.center.store.read() as connection:
        of = asked(connection, page.center.clock, page.asked("from"), page.asked("to"), page.asked("site"))
        found = comments.held(connection, of.period, of.homes, language)
    flagged_all = [one for one in found if one.flags]
    chosen = flagged_all if flagged else found
    start = _start(page.asked("start"), len(chosen))
    catalog = page.center.catalog()
    query = {"from": str(of.period.first), "to": str(of.period.last), "site": of.site, "language": language}
    query |= {"flagged": "yes"} if flagged else {}
    return page.show(
        "comments.html",
        of=of,
        language=language,
        languages=[("", "every language"), *((code, one.english) for code, one in LANGUAGES.items())],
        flagged=flagged,
        period=wording.days(of.period, SOURCE),
        comments=chosen[start : start + EACH],
        start=start,
        count=len(chosen),
        marked=len(flagged_all),
        before=f"?{urlencode(query | {'start': max(start - EACH, 0)})}" if start else "",
        after=f"?{urlencode(query | {'start': start + EACH})}" if start + EACH < len(chosen) else "",
        back=f"{PATH}?{urlencode(query | {'start': start})}",
        titles=dict(of.sites),
        services={service.id: service.name for service in catalog.services},
        flags=FLAGS,
    )


@router.post(f"{PATH}/redact")
def redact(sent: Annotated[Sent, Depends(posts("staff"))]) -> Response:
    """Take words out of a comment for ever."""
    comments.redact(sent.page.center, sent["event"], sent["part"], sent.page.account.name)
    back = sent["back"]
    return sent.page.go(back if own_path(back) == back and back.startswith(PATH) else PATH, "redacted")


def _start(text: str, count: int) -> int:
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return start if start < count else 0
