"""From events to the rows that people read: pure folds, the same whatever order the events came in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from kiosk.journal.event import Event
from kiosk.journal.projections import design
from kiosk.tickets.fold import fold
from kiosk.tickets.page import token

Row = dict[str, Any]
"""A row of a table by its columns' names, but for `home`; flags are 0 or 1."""

TICKET, RESPONSE, UNIT = "ticket", "response", "unit"
"""What events are folded with: all of one subject at once, anew whenever one more arrives."""

CODES = {"": 0, "1": 1, "2": 2, "3": 3, "4": 4, "na": 5, "skipped": 6}
"""How an answer stands in its column; "" where the visitor did not get to the statement."""

_OF_RESPONSE = ("started", "answered", "completed", "abandoned", "commented")
_OF_UNIT = ("eligible", "invited", "declined", "accepted")
_FOLDED = {f"survey.{name}": RESPONSE for name in _OF_RESPONSE} | {
    f"survey.{name}": UNIT for name in _OF_UNIT
}

LONGEST = 54
"""Letters of a statement's id that its column is named by; PostgreSQL cuts names after 63 bytes."""


class Rule(NamedTuple):
    """Which row a table keeps of those with the same `key`.

    Without `rank` the new one where `anew`, else the one that is there. With it the one with the greatest
    value in that column, or the smallest where `least`: whichever came first.
    """

    key: tuple[str, ...]
    anew: bool = False
    rank: str = ""
    least: bool = False

    def chosen(self, known: Row, new: Row) -> Row:
        """One of two rows with the same key."""
        if not self.rank:
            return new if self.anew else known
        better = new[self.rank] < known[self.rank] if self.least else new[self.rank] > known[self.rank]
        return new if better else known


RULES = {
    "tickets": Rule(("home", "ticket"), anew=True),
    "responses": Rule(("home", "response"), anew=True),
    "frame": Rule(("home", "unit"), anew=True),
    "statements_asked": Rule(("home", "survey", "version", "statement")),
    "samplings": Rule(("home", "seed"), rank="place", least=True),
    "wordings": Rule(("home", "survey", "version", "language", "statement", "place")),
    "actions": Rule(("home", "action"), rank="place"),
    "counters": Rule(("home", "counter"), rank="place"),
    "closed_days": Rule(("home", "day"), rank="closed_at"),
    "visits": Rule(("home", "visit"), rank="place", least=True),
    "searches": Rule(("event_id",)),
    "service_views": Rule(("event_id",)),
    "pages_taken": Rule(("event_id",)),
    "needs_met": Rule(("event_id",)),
    "desk_answers": Rule(("event_id",)),
    "doubted_facts": Rule(("event_id",)),
}
"""The tables that are folded, and what happens when a row is there already."""


class Response(NamedTuple):
    """A survey: its row without answers, and the answer to each statement asked by CODES."""

    row: Row
    answers: Mapping[str, int]


def folded_with(kind: str) -> str:
    """TICKET, RESPONSE or UNIT for events that are folded with all others of their subject, else ""."""
    return TICKET if kind.startswith("ticket.") else _FOLDED.get(kind, "")


def order(event: Event) -> tuple[str, str, int]:
    """The order of events everywhere; `chain` is the label an event is kept under."""
    return event.clock, event.chain, event.seq


def place(event: Event) -> str:
    """Sorts as `order` does, as text."""
    return f"{event.clock} {event.chain} {event.seq:010d}"


def column(statement: str) -> str:
    """The name of a statement's column, without quotes; ids that it can't hold as they are get a hash."""
    if len(statement) <= LONGEST and statement == statement.lower():
        return f"answer {statement}"
    # SQLite takes names that differ in capitals alone for the same; a space is in no id.
    return f"answer {statement.lower()[:44]} {sha256(statement.encode()).hexdigest()[:8]}"


def ticket(events: Iterable[Event]) -> Row | None:
    """The row of a ticket; None before its first event has come."""
    found = fold(events)
    if found is None:
        return None
    row = found._asdict() | {"time_accurate": int(found.time_accurate), "page": token(found.ticket)}
    return _storable(row)


def response(events: Iterable[Event]) -> Response | None:
    """A survey from its events; None before the one that began it has come.

    Its `design` is "": it stands in another event.
    """
    first, others = _from(events, "survey.started")
    if first is None:
        return None
    body = first.body
    asked = list(dict.fromkeys(body["statements"]))
    answers, state = dict.fromkeys(asked, ""), {"state": "started", "abandoned_at": "", "commented": 0}
    for event in others:
        _follow(event, answers, state)
    # Surveys from before visitors were chosen do not say all of it.
    said = {"department": "", "lane": "", "wait": "none", "audience": "visitor", "about": ""} | body
    names = ("response", "survey", "version", "channel", "language", "service", "department", "lane", "wait")
    row = {name: said[name] for name in (*names, "audience", "about")}
    row |= {name: body.get(name, "") for name in ("stratum", "seed")} | {"design": ""} | state
    row |= {"chain": first.chain, "day": first.day, "started_at": first.at}
    row["statements"] = json.dumps(body["statements"])
    row["asked"] = len(asked)
    row["given"] = sum(answer not in ("", "skipped") for answer in answers.values())
    return Response(_storable(row), {name: CODES[answer] for name, answer in answers.items()})


def _follow(event: Event, answers: dict[str, str], state: Row) -> None:
    """Change answers and state by an event that came after; what is not legal then changes nothing."""
    body, open_ = event.body, state["state"] == "started"
    if event.kind == "survey.answered" and open_ and body["statement"] in answers:
        answers[body["statement"]] = body["answer"]
    elif event.kind == "survey.completed" and open_:
        state["state"] = "completed"
    elif event.kind == "survey.abandoned" and open_:
        state |= {"state": "abandoned", "abandoned_at": body["at"]}
    elif event.kind == "survey.commented" and state["state"] != "abandoned":
        state["commented"] = 1


def unit(events: Iterable[Event]) -> Row | None:
    """The row of somebody who could be invited; None before it is known that they could. `design` is ""."""
    first, others = _from(events, "survey.eligible")
    if first is None:
        return None
    body = first.body
    names = ("unit", "source", "stratum", "service", "language", "seed", "ordinal", "code")
    row = {name: body[name] for name in names} | {"selected": int(body["selected"]), "design": ""}
    row |= {"day": first.day, "at": first.at, "invited_by": "", "outcome": "", "page": token(body["unit"])}
    for event in others if body["selected"] else ():
        if event.kind == "survey.invited" and "by" in event.body:
            row["invited_by"] = row["invited_by"] or event.body["by"]
        elif event.kind == "survey.declined":
            row["outcome"] = row["outcome"] or "declined"
        elif event.kind == "survey.accepted":
            row["outcome"] = "accepted"
    return _storable(row)


def rows(event: Event) -> list[tuple[str, Row]]:
    """The rows, with their tables, of an event that is folded with no other."""
    made = _ROWS.get(event.kind)
    return [(table, _storable(row)) for table, row in made(event)] if made else []


def _from(events: Iterable[Event], kind: str) -> tuple[Event | None, Sequence[Event]]:
    """The event that begins, and the others in their order."""
    ordered = sorted({event.id: event for event in events}.values(), key=order)
    first = next((event for event in ordered if event.kind == kind), None)
    return first, [event for event in ordered if event is not first]


def _storable(row: Row) -> Row:
    """The row; raises ValueError for a character that PostgreSQL can't store."""
    for name, value in row.items():
        if isinstance(value, str) and "\0" in value:
            raise ValueError(f"{name} holds a NUL character")
    return row


_Made = Iterable[tuple[str, Row]]


def _plain(table: str, *names: str, **fixed: str) -> Callable[[Event], _Made]:
    """A row for each event with some fields of its body."""

    def made(event: Event) -> _Made:
        row = {name: event.body[name] for name in names} | fixed
        return [(table, row | {"event_id": event.id, "day": event.day})]

    return made


def _searched(event: Event) -> _Made:
    row = {name: event.body[name] for name in ("visit", "language", "results", "chosen")}
    row |= {"event_id": event.id, "confident": int(event.body["confident"]), "day": event.day}
    return [("searches", row)]


def _printed(event: Event) -> _Made:
    if event.body["outcome"] != "ok":
        return []
    return _plain("pages_taken", "visit", "service", how="printed")(event)


def _visited(event: Event) -> _Made:
    row = {"visit": event.body["visit"], "language": event.body["language"], "day": event.day}
    return [("visits", row | {"place": place(event)})]


def _sampled(event: Event) -> _Made:
    row = {name: event.body[name] for name in ("seed", "survey", "version", "method")}
    return [("samplings", row | {"design": design(event.body), "day": event.day, "place": place(event)})]


def _worded(event: Event) -> _Made:
    said = {name: event.body[name] for name in ("survey", "version", "language")}
    said |= {"since": event.day, "place": place(event)}
    texts = event.body["statements"].items()
    return [("wordings", said | {"statement": statement, "text": text}) for statement, text in texts]


def _planned(event: Event) -> _Made:
    names = ("action", "statement", "scope", "due", "remeasure", "state")
    row = {name: event.body[name] for name in names}
    return [("actions", row | {"event_id": event.id, "day": event.day, "place": place(event)})]


def _counter(state: str) -> Callable[[Event], _Made]:
    def made(event: Event) -> _Made:
        row = {"counter": event.body["counter"], "staff": event.body["staff"], "state": state}
        return [("counters", row | {"changed_at": event.at, "place": place(event)})]

    return made


def _closed(event: Event) -> _Made:
    return [("closed_days", {"day": event.body["closed"], "closed_at": event.at})]


_ROWS: dict[str, Callable[[Event], _Made]] = {
    "visit.started": _visited,
    "search.made": _searched,
    "service.viewed": _plain("service_views", "visit", "service", "language"),
    "qr.shown": _plain("pages_taken", "visit", "service", how="qr"),
    "page.printed": _printed,
    "need.answered": _plain("needs_met", "visit", "service", "answer"),
    "desk.answered": _plain("desk_answers", "service", "language"),
    "fact.doubted": _plain("doubted_facts", "service", "fact"),
    "survey.sampled": _sampled,
    "survey.worded": _worded,
    "action.planned": _planned,
    "counter.opened": _counter("open"),
    "counter.paused": _counter("paused"),
    "counter.closed": _counter("closed"),
    "day.closed": _closed,
}
