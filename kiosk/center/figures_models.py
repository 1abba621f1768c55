"""What other programs of the city are answered about figures, with the examples that the documentation shows.

No number here has fewer than ten people behind it, nor do two tell one that has; what is held back is null,
with `held_back` true where it is the whole row.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

_PERIOD = {"first": "2026-10-24", "last": "2026-11-22"}
_SCORE = {
    "channel": "invited",
    "group": "billing",
    "name": "Billing",
    "statement": "overall",
    "text": "Overall, I am satisfied with the service I received today.",
    "n": 412,
    "agree": 0.8811,
    "strongly": 0.4417,
    "mean": 3.29,
    "low": 0.8464,
    "high": 0.9089,
    "basis": "probability",
    "held_back": False,
}
_FUNNEL = {
    "channel": "invited",
    "group": "bills",
    "name": "Bills and payments",
    "eligible": 2104,
    "selected": 421,
    "invited": 415,
    "completed": 301,
    "response_rate": 0.715,
    "held_back": False,
}
_WAIT = {
    "group": "10:00",
    "name": "10:00",
    "tickets": 318,
    "called": 290,
    "minutes_half": 6.5,
    "minutes_nine_in_ten": 19.0,
    "quoted": 274,
    "quote_error_minutes": 2.5,
    "longer_than_quoted": 0.0912,
    "shorter_than_quoted": 0.1058,
    "no_show": 14,
    "left": None,
    "held_back": False,
}


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [values]})


class Period(BaseModel):
    """Business days, both included."""

    model_config = _example(**_PERIOD)
    first: str
    last: str


class Score(BaseModel):
    """How a group answered a statement; `group` is "" for everybody.

    Shares are from 0 to 1: `agree` of those who agreed or strongly agreed, `strongly` of the latter, `mean`
    from 1 to 4. `low` and `high` are the 95 % interval of `agree`, null unless chance chose who was asked
    (`basis` probability). `channel` invited is the sample; the others came by themselves.
    """

    model_config = _example(**_SCORE)
    channel: str
    group: str
    name: str
    statement: str
    text: str
    n: int | None
    agree: float | None
    strongly: float | None
    mean: float | None
    low: float | None
    high: float | None
    basis: str | None
    held_back: bool


class Funnel(BaseModel):
    """How many visitors of a group could be asked, were chosen, asked, and went through to the end.

    Of people who came by themselves only `completed` is known.
    """

    model_config = _example(**_FUNNEL)
    channel: str
    group: str
    name: str
    eligible: int | None
    selected: int | None
    invited: int | None
    completed: int | None
    response_rate: float | None
    held_back: bool


class Wait(BaseModel):
    """The tickets of a group: how long people waited to be called, and what the quoted waits were worth.

    `minutes_half` and `minutes_nine_in_ten` are what half and nine in ten of the `called` waited at most,
    `quote_error_minutes` the median distance from the middle of the quote. `quoted` with what it is about,
    `no_show`, `left` and `called` are null where they, or how many were not called, are small or would tell
    what is.
    """

    model_config = _example(**_WAIT)
    group: str
    name: str
    tickets: int | None
    called: int | None
    minutes_half: float | None
    minutes_nine_in_ten: float | None
    quoted: int | None
    quote_error_minutes: float | None
    longer_than_quoted: float | None
    shorter_than_quoted: float | None
    no_show: int | None
    left: int | None
    held_back: bool


class _Figures(BaseModel):
    city: str
    period: Period
    sites: list[str]
    by: str
    limit: int


_HEAD = {"city": "Riverton", "period": _PERIOD, "sites": ["lobby", "annex"], "limit": 10}


class Scores(_Figures):
    """Scores of a period, at all sites or those asked for; fewer than `limit` people are held back."""

    model_config = _example(**_HEAD, by="department", rows=[_SCORE])
    rows: list[Score]


class Funnels(_Figures):
    """Who was asked in a period."""

    model_config = _example(**_HEAD, by="lane", rows=[_FUNNEL])
    rows: list[Funnel]


class WaitTimes(_Figures):
    """Waits of a period."""

    model_config = _example(**_HEAD, by="hour", rows=[_WAIT])
    rows: list[Wait]
