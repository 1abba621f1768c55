"""The catalogue as values: plain frozen dataclasses in English, translated when shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as rows of hours name them."""
SELF_SERVICE = "self_service"
"""The stratum of visitors who only looked something up; no lane has this id."""


@dataclass(frozen=True)
class Phone:
    number: str
    note: str = ""


@dataclass(frozen=True)
class Fee:
    """`amount` in dollars as a decimal string, "0" meaning free, or None with a note alone."""

    amount: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Hours:
    """Open on `days` (mon … sun) from `open` to `close`, "HH:MM", "24:00" at the end of a day.

    Without days it is a note alone ("Regular business hours").
    """

    days: tuple[str, ...] = ()
    open: str = ""
    close: str = ""
    note: str = ""


@dataclass(frozen=True)
class Location:
    building: str = ""
    address: str = ""
    floor: str = ""
    room: str = ""


@dataclass(frozen=True)
class Online:
    url: str = ""
    form_url: str = ""


@dataclass(frozen=True)
class Redirect:
    """Who does it when the City does not."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class Change:
    """A policy that changed: ISO date, what, and why."""

    date: str
    what: str
    why: str = ""


@dataclass(frozen=True)
class StaffNotes:
    """For the desk alone, in English: what to say to a frequent question, whom to call, the direct number."""

    script: str = ""
    call: str = ""
    number: str = ""


@dataclass(frozen=True)
class Service:
    """One thing people come for. Absent facts are empty, never guessed."""

    id: str
    name: str
    summary: str
    category: str
    source: str
    reviewed: str
    confidence: str
    department: str = ""
    eligibility: str = ""
    bring: tuple[str, ...] = ()
    fees: tuple[Fee, ...] = ()
    time: str = ""
    steps: tuple[str, ...] = ()
    location: Location | None = None
    hours: tuple[Hours, ...] = ()
    phones: tuple[Phone, ...] = ()
    email: str = ""
    online: Online = field(default_factory=Online)
    short_url: str = ""
    lane: str = ""
    redirect: Redirect | None = None
    former_names: tuple[str, ...] = ()
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closed_on: tuple[str, ...] = ()
    alert: str = ""
    changes: tuple[Change, ...] = ()
    source_date: str = ""
    caution: str = ""
    staff_notes: StaffNotes | None = None

    @property
    def doubtful(self) -> bool:
        """Fees and addresses of a doubtful service are not shown as fact."""
        return self.confidence == "low"

    @property
    def link(self) -> str:
        """What the QR code carries: the form, else the page, short where given, else the phone."""
        url = self.short_url or self.online.form_url or self.online.url
        return url or (f"tel:{self.phones[0].number}" if self.phones else "")


@dataclass(frozen=True)
class Category:
    """`hint` is a quiet second line of familiar words."""

    id: str
    name: str
    hint: str = ""


@dataclass(frozen=True)
class Department:
    id: str
    name: str


@dataclass(frozen=True)
class Lane:
    """A waiting line; `example` marks configuration the City has not confirmed.

    `where` says where to wait and go. Without `hours` the line is always open; `last_ticket` ("HH:MM",
    local) is when a day's tickets end before its hours do. `numbers` are those printed behind the letter.
    At most `in_a_row` tickets with priority are called one after another while others wait. A line that
    `keeps_overnight` is not cleared at the end of the day.
    """

    id: str
    letter: str
    name: str
    counters: tuple[str, ...] = ()
    example: bool = False
    where: str = ""
    hours: tuple[Hours, ...] = ()
    last_ticket: str = ""
    numbers: str = "100-999"
    in_a_row: int = 2
    keeps_overnight: bool = False

    @property
    def number_range(self) -> tuple[int, int]:
        """The first and the last printed number, both included."""
        first, last = self.numbers.split("-")
        return int(first), int(last)


@dataclass(frozen=True)
class Holiday:
    date: str
    name: str
    example: bool = False


@dataclass(frozen=True)
class Notice:
    """Shown from `start` to `end`, ISO dates, both included."""

    text: str
    start: str
    end: str


@dataclass(frozen=True)
class Benchmark:
    """What others reach: the percentage that agreed, and who measured it."""

    percent: int
    source: str


@dataclass(frozen=True)
class Statement:
    """A survey statement; `fits` says after which kind of visit it makes sense: lookup, served.

    `target` is the percentage that shall agree (0: the survey's own), `audience` who may be asked: visitor,
    employee. A `retired` one is asked no more and stays readable in reports.
    """

    id: str
    text: str
    fits: tuple[str, ...] = ("lookup", "served")
    target: int = 0
    benchmark: Benchmark | None = None
    audience: tuple[str, ...] = ("visitor", "employee")
    retired: bool = False


@dataclass(frozen=True)
class OwnStatement(Statement):
    """A department's own, asked after the drawn ones about its services, or only about those named."""

    department: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sampling:
    """How visitors are chosen: `everyone`, `systematic` (one in `every`), `random` (`percent` of them) or
    `stratified` (`rates`, a percentage for each lane and for `self_service`; none for strata not named).
    """

    method: str = "everyone"
    every: int = 0
    percent: int = 0
    rates: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Period:
    """Business days from `start` to `end`, ISO dates, both included."""

    start: str
    end: str


@dataclass(frozen=True)
class SurveyPlan:
    """The survey: at most `ask` of `statements` per visitor, then the department's `extra` ones.

    `target` is the percentage that shall agree with a statement that has none of its own, `baseline` the
    period that later ones are compared with; `example` marks target and sampling the City has not confirmed.
    """

    id: str
    version: int
    ask: int
    statements: tuple[Statement, ...]
    extra: tuple[OwnStatement, ...] = ()
    sampling: Sampling = Sampling()
    target: int = 0
    baseline: Period | None = None
    example: bool = False

    @property
    def everything(self) -> tuple[Statement, ...]:
        """Standard statements, then the departments' own; retired ones too."""
        return (*self.statements, *self.extra)


@dataclass(frozen=True)
class Contact:
    """A number to call: for what, and the number as dialled."""

    label: str
    number: str


@dataclass(frozen=True)
class City:
    """`mark` is the one-cell sign beside the name; `desk` says where the information desk is."""

    name: str
    welcome: str
    mark: str = "◆"
    desk: str = ""
    desk_phone: str = ""
    emergency: tuple[Contact, ...] = ()
    after_hours: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """The whole of services.yaml. `digest` is the SHA-256 of the file it came from.

    Where staff know better than the search: `pin` gives a query's first answer, `block` the
    services it must not show, both by service id. `shared` gives the reason why a keyword belongs
    to several services.
    """

    city: City
    categories: tuple[Category, ...]
    departments: tuple[Department, ...]
    lanes: tuple[Lane, ...]
    holidays: tuple[Holiday, ...]
    notices: tuple[Notice, ...]
    survey: SurveyPlan
    services: tuple[Service, ...]
    pin: Mapping[str, str] = field(default_factory=dict)
    block: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    @cached_property
    def by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    def in_category(self, category: str) -> list[Service]:
        """The category's services in the order of the file."""
        return [service for service in self.services if service.category == category]
