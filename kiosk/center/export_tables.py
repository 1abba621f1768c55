"""Tables of a period for people to work with: responses, tickets and comments of some sites or all.

As in a kiosk's own export, what fewer than ten share is held back, hours stand for times, and no ticket has
a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.center import comments as center_comments
from kiosk.center.bulk import listed, listing, quoted
from kiosk.center.context import Center
from kiosk.center.counts import columns
from kiosk.center.storage import Connection
from kiosk.export import tables as kiosk_tables
from kiosk.export.reading import Hidden
from kiosk.export.table import Cell, Column, Table
from kiosk.export.tables import ANSWERS, DAY, HOUR, LANE, LANGUAGE, NOT_REACHED, RESPONSE, SERVICE, VERSION
from kiosk.survey.cells import held_back
from kiosk.survey.period import Span
from kiosk.tickets.ticket import seconds

NAMES = ("responses", "tickets", "comments")
CHANNELS = kiosk_tables.CHANNELS | {"phone": "answered on their own phone: self-selected"}
SITE = Column("site", "The site, by its id.", shared=True)
PAGE = 5000
"""Responses that are read at once."""

_GIVEN = {0: NOT_REACHED, 1: "1", 2: "2", 3: "3", 4: "4", 5: "NA", 6: "SKIPPED"}
_ABOUT = (
    "response, home, survey, version, channel, audience, about, language, service, department, lane, wait, "
    "stratum, design, day, started_at, state, abandoned_at"
)
_TICKET = (
    "home, day, lane, first_lane, service, language, channel, priority, interpreter, state, issued_at, "
    "first_called_at, serving_at, ended_at, ahead, quote_low, quote_high, calls, printing, time_accurate"
)


def _minutes(name: str, meaning: str) -> Column:
    return Column(name, meaning, "integer", required=False, minimum=0)


_RESPONSE_COLUMNS = (
    RESPONSE,
    SITE,
    Column("survey", "The survey, by its id."),
    VERSION,
    Column("channel", "How the response came about.", codes=CHANNELS),
    Column("audience", "Who was asked.", codes=kiosk_tables.AUDIENCES),
    Column("about", "What the visit was.", codes=kiosk_tables.ABOUT, required=False),
    LANGUAGE,
    SERVICE,
    Column("department", "Whose service it is, by its id.", required=False, shared=True),
    LANE,
    Column("wait", "How long they waited for their number to be called.", codes=kiosk_tables.WAITS),
    Column("stratum", "Of invited visitors: the group they were drawn from.", required=False, shared=True),
    Column("design", "Of invited visitors: the method of sampling with its numbers.", required=False),
    DAY,
    Column("hour", "The local hour in which it began, 00 to 23.", pattern=HOUR, shared=True),
    Column("state", "How it ended.", codes=kiosk_tables.STATES),
    Column("abandoned_at", "Of abandoned ones: the statement on the screen then.", required=False),
)
_TICKET_COLUMNS = (
    SITE,
    DAY,
    LANE,
    Column("first_lane", "The waiting line it was taken for.", required=False, shared=True),
    SERVICE,
    LANGUAGE,
    Column("channel", "Where it was taken.", codes={"kiosk": "at the screen", "desk": "at the desk"}),
    Column("priority", "Why it was called earlier, if so.", codes=kiosk_tables.PRIORITIES, required=False),
    Column("interpreter", "Whether an interpreter was asked for.", codes=kiosk_tables.YES_NO),
    Column("state", "How it stands.", codes=kiosk_tables.TICKET_STATES),
    Column("hour", "The local hour in which it was taken, 00 to 23.", pattern=HOUR, shared=True),
    _minutes("wait_minutes", "Whole minutes from taking it to the first call; empty if never called."),
    _minutes("handling_minutes", "Whole minutes at the counter; empty if never served."),
    Column("ahead", "People in line before it.", "integer", minimum=0),
    _minutes("quoted_low", "The shortest wait that was told, in minutes; empty if not known then."),
    _minutes("quoted_high", "The longest wait that was told, in minutes; empty if not known then."),
    Column("calls", "How often it was called.", "integer", minimum=0),
    Column("printed", "Whether it was printed.", codes=kiosk_tables.PRINTED, required=False),
    Column("time_accurate", "no: nobody marked the end of it.", codes=kiosk_tables.YES_NO),
)


@dataclass(frozen=True)
class Wanted:
    """What is exported, read in one transaction; `homes` are sites, None for all."""

    connection: Connection
    center: Center
    period: Span
    homes: Collection[str] | None = None

    def table(self, name: str) -> Table:
        """One of NAMES."""
        return {"responses": _responses, "tickets": _tickets, "comments": _comments}[name](self)

    def rows(self, select: str, more: str = "", **values: Any) -> list[tuple[Any, ...]]:
        """`select` of the period and sites; `more` follows the condition."""
        where = "" if self.homes is None else f" AND home IN ({listed(self.connection, 'homes')})"
        sites = {} if self.homes is None else {"homes": listing(sorted(self.homes))}
        days = {"first": self.period.first.isoformat(), "last": self.period.last.isoformat()}
        return self.connection.rows(
            f"{select} WHERE day BETWEEN :first AND :last{where}{more}", **days, **sites, **values
        )

    def hour(self, stamp: str) -> str:
        """The local hour of a moment, "10"."""
        return f"{self.center.clock.local(datetime.fromisoformat(stamp)).hour:02}"

    def hidden(self, table: str, names: Iterable[str], began: str) -> Hidden:
        """What too few share in a table of the database, by column, with `hour` of the column `began`."""
        found = {
            name: _small(dict(self.rows(f"SELECT {name}, count(*) FROM {table}", f" GROUP BY {name}")))
            for name in names
        }
        hours: Counter[str] = Counter()
        group = f"substr({began}, 1, 13)"
        for utc, count in self.rows(f"SELECT {group}, count(*) FROM {table}", f" GROUP BY {group}"):
            hours[self.hour(f"{utc}:00:00.000Z")] += count
        return Hidden(found | {"hour": _small(hours)})


def _responses(wanted: Wanted) -> Table:
    hidden = wanted.hidden(
        "responses", ("home", "language", "service", "department", "lane", "stratum"), "started_at"
    )
    # A stratum is a lane: what is held back of one may not be read in the other.
    lanes = hidden.columns["lane"] | hidden.columns["stratum"]
    hidden = Hidden({**hidden.columns, "lane": lanes, "stratum": lanes})
    asked = _asked(wanted)
    named = {name: kiosk_tables.column_of(name, {*_ABOUT.split(", "), "site", "hour"}) for name in asked}

    def rows() -> Iterator[tuple[Cell, ...]]:
        answers = "".join(f", {quoted(column)}" for column in asked.values())
        after = ("", "")
        while True:
            page = wanted.rows(
                f"SELECT {_ABOUT}{answers} FROM responses",
                " AND (response > :response OR (response = :response AND home > :home)) "
                "ORDER BY response, home LIMIT :page",
                response=after[0],
                home=after[1],
                page=PAGE,
            )
            for row in page:
                yield (*_about_response(wanted, hidden, row[:18]), *map(_GIVEN.get, row[18:]))
            if len(page) < PAGE:
                return
            after = page[-1][:2]

    given = tuple(
        Column(named[name], f"The answer to the statement {name}.", codes=ANSWERS, required=False)
        for name in asked
    )
    order = "by the random id of the response"
    return Table("responses", "Survey responses", order, (*_RESPONSE_COLUMNS, *given), rows, ("response",))


def _asked(wanted: Wanted) -> dict[str, str]:
    """Statements that somebody was asked in the period, and their columns."""
    known = columns(wanted.connection)
    if not known:
        return {}
    counts = ", ".join(f"count({quoted(column)})" for column in known.values())
    found = wanted.rows(f"SELECT {counts} FROM responses")[0]
    return {name: column for (name, column), count in zip(known.items(), found, strict=True) if count}


def _about_response(wanted: Wanted, hidden: Hidden, row: tuple[Any, ...]) -> tuple[Cell, ...]:
    of = dict(zip(_ABOUT.split(", "), row, strict=True))
    shown = hidden.shown(of | {"hour": wanted.hour(of["started_at"])})
    return (
        of["response"],
        shown["home"],
        *(of[name] for name in ("survey", "version", "channel", "audience", "about")),
        *(shown[name] for name in ("language", "service", "department", "lane")),
        of["wait"],
        shown["stratum"],
        of["design"],
        of["day"],
        shown["hour"],
        of["state"],
        of["abandoned_at"],
    )


def _tickets(wanted: Wanted) -> Table:
    hidden = wanted.hidden("tickets", ("home", "lane", "first_lane", "service", "language"), "issued_at")
    lanes = hidden.columns["lane"] | hidden.columns["first_lane"]
    hidden = Hidden({**hidden.columns, "lane": lanes, "first_lane": lanes})

    def rows() -> Iterator[tuple[Cell, ...]]:
        # Their random ids say nothing, and are not in the file.
        for row in wanted.rows(f"SELECT {_TICKET} FROM tickets", " ORDER BY ticket"):
            yield _ticket(wanted, hidden, dict(zip(_TICKET.split(", "), row, strict=True)))

    order = "shuffled by something random that is not in the file"
    return Table("tickets", "Tickets, without numbers", order, _TICKET_COLUMNS, rows)


def _ticket(wanted: Wanted, hidden: Hidden, of: Mapping[str, Any]) -> tuple[Cell, ...]:
    shown = hidden.shown({**of, "hour": wanted.hour(of["issued_at"])})
    return (
        shown["home"],
        of["day"],
        *(shown[name] for name in ("lane", "first_lane", "service", "language")),
        of["channel"],
        of["priority"],
        "yes" if of["interpreter"] else "no",
        of["state"],
        shown["hour"],
        _between(of["issued_at"], of["first_called_at"]),
        _between(of["serving_at"], of["ended_at"]),
        of["ahead"],
        of["quote_low"],
        of["quote_high"],
        of["calls"],
        of["printing"],
        "yes" if of["time_accurate"] else "no",
    )


def _comments(wanted: Wanted) -> Table:
    found = center_comments.held(wanted.connection, wanted.period, wanted.homes)
    names = ("home", "language", "service", "lane")
    hidden = Hidden({name: _small(Counter(getattr(of, name) for of in found)) for name in names})

    def rows() -> Iterator[tuple[Cell, ...]]:
        for of in sorted(found, key=lambda of: of.event):
            about = hidden.shown({name: getattr(of, name) for name in names})
            yield (of.day, *about.values(), of.text, " ".join(sorted(of.flags)))

    columns = (
        DAY,
        SITE,
        LANGUAGE,
        SERVICE,
        LANE,
        Column("words", "The comment as it was written, or what staff left of it."),
        Column("flags", "What the words seem to hold: phone, email, card, ssn.", required=False),
    )
    order = "shuffled by something random that is not in the file; no response is named"
    return Table("comments", "Comments", order, columns, rows)


def _between(start: str, end: str) -> int | None:
    return int(max(seconds(start, end), 0) // 60) if start and end else None


def _small(counts: Mapping[str, int]) -> frozenset[str]:
    """The values to hold back; none at all is no value, and other columns tell it anyway."""
    return frozenset(held_back({value: count for value, count in counts.items() if value}))
