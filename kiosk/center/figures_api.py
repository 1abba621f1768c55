"""Scores, funnels and waits for other programs of the city: read-only, JSON or CSV, with own tokens."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from kiosk.center import published, tokens
from kiosk.center.answers import Refused
from kiosk.center.api_models import Problem
from kiosk.center.context import Center
from kiosk.center.figures import Figures
from kiosk.center.figures_models import Funnel, Funnels, Period, Score, Scores, Wait, WaitTimes
from kiosk.center.holding import About
from kiosk.center.limits import client, limited
from kiosk.export.table import guarded
from kiosk.i18n.languages import LANGUAGES, SOURCE
from kiosk.survey.cells import LIMIT
from kiosk.survey.period import chosen

LONGEST = 1830
"""Days of the longest period: five years."""

PARAMETERS = {"from", "to", "by", "site", "language", "format"}

_bearer = HTTPBearer(auto_error=False, description="A token for figures: kiosk center tokens add.")
_REFUSALS = {
    400: "Not HTTP as it should be.",
    401: "No token, or one that is not known (any more).",
    403: "The token is not for these figures.",
    404: "There is no such site.",
    413: "More than is taken.",
    415: "Compressed.",
    422: "A parameter is not as it should be.",
    429: "Too often; Retry-After tells the seconds to wait.",
    500: "A mistake of the center.",
    503: "The center's database can't be reached; try again.",
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": meaning} for status, meaning in _REFUSALS.items()
}
_ANSWERS[200] = {
    "description": "The figures; with format=csv the rows as a table (UTF-8, comma, first line names).",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}

router = APIRouter(prefix="/api/v1/figures", tags=["figures"], dependencies=[Depends(limited("page"))])

By = Literal["site", "department", "service", "lane", "language", "hour", "day"]
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
T = TypeVar("T", bound=BaseModel)
Told = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class Asked:
    """The parameters that all figures have.

    `from` and `to` are business days, a month up to yesterday without them; `site` may come more than once;
    `language` is that of names and statements.
    """

    def __init__(
        self,
        request: Request,
        first: Annotated[str | None, Query(alias="from", pattern=DAY, examples=["2026-11-01"])] = None,
        last: Annotated[str | None, Query(alias="to", pattern=DAY, examples=["2026-11-30"])] = None,
        site: Annotated[list[str] | None, Query(description="A site, or more of them; else all.")] = None,
        language: Annotated[
            str, Query(pattern=f"^({'|'.join(LANGUAGES)})$", description="Of names and statements.")
        ] = SOURCE,
        form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    ) -> None:
        if request.query_params.keys() - PARAMETERS:
            raise Refused(422, "form", "there is no such parameter", f"Use {', '.join(sorted(PARAMETERS))}.")
        self.center: Center = request.app.state.center
        self.first, self.last, self.sites = first, last, site
        self.language, self.form = language, form

    def about(self, by: str) -> About:
        """What is asked; raises Refused for days that are none, and sites that there are not."""
        try:
            first, last = (date.fromisoformat(day) if day else None for day in (self.first, self.last))
            period = chosen(self.center.clock.day(), first, last)
        except ValueError as problem:
            raise Refused(422, "period", str(problem), "Give days as 2026-11-01, from before to.") from None
        if period.days > LONGEST:
            raise Refused(422, "period", f"{period.days} days are too many", f"Ask for up to {LONGEST} days.")
        homes = None if self.sites is None else frozenset(self.sites)
        return About(period, homes, by, self.language)

    def head(self, about: About) -> dict[str, Any]:
        """What stands above the rows; raises Refused for a site that there is not."""
        with self.center.store.read() as connection:
            known = Figures(connection).sites()
        wanted = known.keys() if about.homes is None else about.homes
        missing = sorted(set(wanted) - known.keys())
        if missing:
            raise Refused(404, "site", "there is no such site", "Leave site out to see all there are.")
        period = Period(first=about.period.first.isoformat(), last=about.period.last.isoformat())
        city = self.center.catalog().city.name
        return {"city": city, "period": period, "sites": sorted(wanted), "by": about.by, "limit": LIMIT}


def _for(scope: str) -> Callable[[Request, Told], None]:
    """A dependency of a route: the token must be for these figures."""

    def check(request: Request, told: Told) -> None:
        limits = request.app.state.limits
        holder = tokens.admit(request.app.state.center, told.credentials) if told else None
        if holder is None:
            limits.check("wrong_token", client(request))
            what, todo = "no token, or one that is not known", "Send Authorization: Bearer with your token."
            raise Refused(401, "token", what, todo, {"WWW-Authenticate": "Bearer"})
        if not holder.may(scope):
            raise Refused(403, "scope", f"this token is not for {scope}", "Ask for one that is.")

    return check


Parameters = Annotated[Asked, Depends()]


@router.get("/scores", response_model=Scores, responses=_ANSWERS, dependencies=[Depends(_for("scores"))])
def scores(asked: Parameters, by: By | None = None) -> Any:
    """How visitors answered the statements of the survey, of everybody and by group."""
    about = asked.about(by or "")
    head = asked.head(about)
    return _answered(asked, "scores", Scores, Score, head, published.scores(asked.center, about))


@router.get("/funnels", response_model=Funnels, responses=_ANSWERS, dependencies=[Depends(_for("funnels"))])
def funnels(asked: Parameters, by: By | None = None) -> Any:
    """How many visitors could be asked, were chosen, asked, and answered to the end."""
    about = asked.about(by or "")
    head = asked.head(about)
    return _answered(asked, "funnels", Funnels, Funnel, head, published.funnels(asked.center, about))


@router.get("/waits", response_model=WaitTimes, responses=_ANSWERS, dependencies=[Depends(_for("waits"))])
def waits(asked: Parameters, by: By | None = None) -> Any:
    """How long people with tickets waited, and what the quoted waits were worth."""
    about = asked.about(by or "")
    head = asked.head(about)
    return _answered(asked, "waits", WaitTimes, Wait, head, published.wait_times(asked.center, about))


def _answered(
    asked: Asked,
    name: str,
    whole: type[T],
    row: type[BaseModel],
    head: dict[str, Any],
    rows: Sequence[BaseModel],
) -> Response | T:
    """The figures in the form that was asked for."""
    if asked.form == "json":
        return whole(**head, rows=rows)
    period = head["period"]
    file = f'attachment; filename="{name}-{period.first}-{period.last}.csv"'
    return Response(_table(row, rows), media_type="text/csv", headers={"Content-Disposition": file})


def _table(row: type[BaseModel], rows: Sequence[BaseModel]) -> str:
    """Rows of a kind as CSV, whose cells no spreadsheet calculates."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(row.model_fields)
    writer.writerows([guarded(_cell(cell)) for _, cell in each] for each in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Yes and no as 1 and 0, as in the tables of an export."""
    return int(value) if isinstance(value, bool) else value
