"""Scorecards and waits over all sites, and what visitors searched for and did not find."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from markupsafe import Markup

from kiosk.center import waits as center_waits
from kiosk.center.figures import Figures, scorecard_of
from kiosk.center.publishing import messages
from kiosk.center.web.staff_access import Page, StaffRoute, needs
from kiosk.center.web.staff_asked import Asked, asked, one_of
from kiosk.i18n.languages import LANGUAGES, SOURCE
from kiosk.survey import page as survey_page
from kiosk.survey import wording
from kiosk.survey.scorecard import GROUPINGS

router = APIRouter(route_class=StaffRoute, include_in_schema=False)

BY = {
    "site": "site",
    "department": "department",
    "service": "service",
    "lane": "line",
    "language": "language",
    "hour": "hour of the day",
    "day": "day",
}
"""By what figures can be shown, in words."""
AUDIENCES = (("visitor", "Visitors"), ("employee", "Employees"))
MOST = 300
"""Searches on a page."""

Viewer = Annotated[Page, Depends(needs("viewer"))]


@router.get("/staff/scorecard")
def scorecard(page: Viewer) -> Response:
    """What people agree with, in a period, at a site or all, by something."""
    of = _asked(page)
    by = one_of(page.asked("by"), GROUPINGS)
    audience = one_of(page.asked("audience"), ("visitor", "employee"), "visitor")
    card = scorecard_of(page.center, SOURCE, of.period, of.homes, (by,) if by else (), audience)
    words = messages(page.center, SOURCE)
    return page.show(
        "scorecard.html",
        of=of,
        by=by,
        options=[("", "no groups"), *BY.items()],
        audience=audience,
        audiences=AUDIENCES,
        period=wording.days(of.period, SOURCE),
        warnings=wording.warnings(card, words),
        # Every text in it was escaped where it was made.
        body=Markup(survey_page.body(card, words)),
    )


@router.get("/staff/waits")
def waits(page: Viewer) -> Response:
    """How long people waited, and what the waits that they were told were worth."""
    of = _asked(page)
    by = one_of(page.asked("by"), center_waits.GROUPINGS, "site")
    everybody, groups = center_waits.waits(page.center, of.period, of.homes, by)
    return page.show(
        "waits.html",
        of=of,
        by=by,
        heading=BY[by],
        options=list(BY.items()),
        period=wording.days(of.period, SOURCE),
        everybody=everybody,
        groups=groups,
    )


@router.get("/staff/searches")
def searches(page: Annotated[Page, Depends(needs("staff"))]) -> Response:
    """What was typed and led to no service, the most frequent first."""
    of = _asked(page)
    language = one_of(page.asked("language"), tuple(LANGUAGES))
    with page.center.store.read() as connection:
        figures = Figures(connection, of.homes)
        made, nothing = figures.searches(of.period.first, of.period.last)
        found = figures.words_unanswered(of.period.first, of.period.last)
    chosen = [one for one in found if language in ("", one.language)]
    return page.show(
        "searches.html",
        of=of,
        language=language,
        languages=[("", "every language"), *((code, of.english) for code, of in LANGUAGES.items())],
        period=wording.days(of.period, SOURCE),
        made=made,
        nothing=nothing,
        found=chosen[:MOST],
        more=max(len(chosen) - MOST, 0),
        titles=dict(of.sites),
    )


def _asked(page: Page) -> Asked:
    with page.center.store.read() as connection:
        return asked(connection, page.center.clock, page.asked("from"), page.asked("to"), page.asked("site"))
