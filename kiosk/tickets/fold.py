"""A ticket from its events: the state machine, as a pure fold that skips what is not legal.

| command | from | to |
| --- | --- | --- |
| ticket.called | waiting, hold, no_show; called, by the same counter after the cool-down | called |
| ticket.serving | called | serving |
| ticket.finished | serving | finished |
| ticket.held / ticket.returned | called, serving / called, hold, no_show | hold / waiting |
| ticket.no_show | called | no_show |
| ticket.left | waiting, called, hold, no_show | left |
| ticket.transferred | called, serving, hold | waiting, in another lane |
| ticket.voided | all but the final ones | void |
| ticket.undone | names the latest of these that counts; both are skipped | as before it |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from kiosk.tickets.ticket import (
    CALLED,
    FINAL,
    FINISHED,
    HOLD,
    LEFT,
    NO_SHOW,
    SERVING,
    STATES,
    VOID,
    WAITING,
    Ticket,
    seconds,
)

COOL_DOWN = 20.0
"""Seconds between two calls of one ticket by its counter: chime and words of the first are over then."""
SKEW = 2.0
"""Seconds that a wall clock may lag behind the logical one before a time is marked as not accurate."""


class TicketEvent(Protocol):
    """What the fold reads of an event of the journal."""

    @property
    def id(self) -> str: ...
    @property
    def chain(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def day(self) -> str: ...
    @property
    def clock(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


LEGAL: dict[str, tuple[tuple[str, ...], str]] = {
    "ticket.called": ((WAITING, HOLD, NO_SHOW, CALLED), CALLED),
    "ticket.serving": ((CALLED,), SERVING),
    "ticket.finished": ((SERVING,), FINISHED),
    "ticket.held": ((CALLED, SERVING), HOLD),
    "ticket.returned": ((CALLED, HOLD, NO_SHOW), WAITING),
    "ticket.no_show": ((CALLED,), NO_SHOW),
    "ticket.left": ((WAITING, CALLED, HOLD, NO_SHOW), LEFT),
    "ticket.transferred": ((CALLED, SERVING, HOLD), WAITING),
    "ticket.voided": (tuple(state for state in STATES if state not in FINAL), VOID),
}
"""For each event that moves a ticket the states it is legal in, and the state it leads to."""

BESIDE = ("ticket.printed", "ticket.marked", "ticket.late")
"""Events that change what is known of a ticket, not its state; an undo passes over them."""


def refusal(ticket: Ticket, kind: str, body: Mapping[str, Any], at: str) -> str:
    """Why an event is not legal for a ticket now: state, cool_down, counter, lane, undo; "" when it is."""
    if kind in BESIDE:
        return ""
    if kind == "ticket.undone":
        return "" if ticket.latest and body["undoes"] == ticket.latest else "undo"
    if kind not in LEGAL or ticket.state not in LEGAL[kind][0]:
        return "state"
    if kind == "ticket.called" and ticket.state == CALLED:
        if body["counter"] != ticket.counter:
            return "counter"
        # A clock that was set back in between says nothing about how long ago the call was.
        return "cool_down" if 0 <= seconds(ticket.last_called_at, at) < COOL_DOWN else ""
    return "lane" if kind == "ticket.transferred" and body["lane"] == ticket.lane else ""


def fold(events: Iterable[TicketEvent]) -> Ticket | None:
    """The ticket after its events, in whatever order and however often they came.

    None while the first one, `ticket.issued`, has not arrived: the others wait aside.
    """
    return folded(events)[0]


def folded(events: Iterable[TicketEvent]) -> tuple[Ticket | None, list[str]]:
    """The ticket, and the ids of the events that were not legal."""
    ordered = sorted({event.id: event for event in events}.values(), key=_order)
    first = next((event for event in ordered if event.kind == "ticket.issued"), None)
    if first is None:
        return None, []
    ticket = _issued(first)
    before: list[Ticket] = []
    skipped: list[str] = []
    for event in ordered:
        if event is first:
            continue
        why = refusal(ticket, event.kind, event.body, event.at) if event.kind != "ticket.issued" else "state"
        if why:
            skipped.append(event.id)
            if why == "counter":
                ticket = ticket._replace(also_called=_listed(ticket.also_called, event.body["counter"]))
        elif event.kind == "ticket.undone":
            ticket = _beside(before.pop(), ticket)
        elif event.kind in BESIDE:
            ticket = _BESIDE[event.kind](ticket, event)
        else:
            before.append(ticket)
            ticket = _moved(ticket, event)
    return ticket._replace(skipped=len(skipped)), skipped


def _place(event: TicketEvent) -> str:
    """Sorts as `_order` does, as text."""
    return f"{event.clock} {event.chain} {event.seq:010d}"


def _order(event: TicketEvent) -> tuple[str, str, int]:
    return event.clock, event.chain, event.seq


def _issued(event: TicketEvent) -> Ticket:
    body = event.body
    known = body["low"] >= 0
    return Ticket(
        ticket=body["ticket"],
        code=body["code"],
        lane=body["lane"],
        first_lane=body["lane"],
        service=body["service"],
        language=body["language"],
        channel=body["channel"],
        priority=body["priority"],
        interpreter=body["interpreter"],
        state=WAITING,
        day=event.day,
        arrival=_place(event),
        issued_at=event.at,
        ahead=body["ahead"],
        quote_low=body["low"] if known else None,
        quote_high=body["high"] if known else None,
        time_accurate=not _lags(event),
        printing="pending" if body["printing"] else "",
    )


def _moved(ticket: Ticket, event: TicketEvent) -> Ticket:
    change = _MOVES.get(event.kind)
    changed = change(ticket, event) if change else {}
    accurate = ticket.time_accurate and not _lags(event) and event.body.get("accurate", True)
    state = LEGAL[event.kind][1]
    ended = event.at if state in (*FINAL, NO_SHOW) else ""
    return ticket._replace(**changed, ended_at=ended, state=state, time_accurate=accurate, latest=event.id)


def _called(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    return {
        "first_called_at": ticket.first_called_at or event.at,
        "last_called_at": event.at,
        "last_call": _place(event),
        "calls": ticket.calls + 1,
        "counter": event.body["counter"],
        "staff": event.body["staff"],
        "serving_at": "",
        "also_called": "" if ticket.state != CALLED else ticket.also_called,
    }


def _serving(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    by = {"counter": event.body["counter"], "staff": event.body["staff"]}
    return {"serving_at": event.at, "late_at": "", **by}


def _waiting(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    return {
        "counter": "",
        "staff": "",
        "serving_at": "",
        "also_called": "",
        "lane": event.body.get("lane", ticket.lane),
    }


_MOVES: dict[str, Callable[[Ticket, TicketEvent], dict[str, Any]]] = {
    "ticket.called": _called,
    "ticket.serving": _serving,
    "ticket.held": lambda ticket, event: {"staff": event.body["staff"]},
    "ticket.returned": _waiting,
    "ticket.transferred": _waiting,
    "ticket.left": lambda ticket, event: {"ended_how": event.body["how"]},
    "ticket.voided": lambda ticket, event: {"ended_how": event.body["reason"]},
}


def _printed(ticket: Ticket, event: TicketEvent) -> Ticket:
    body = event.body
    return ticket._replace(printing=_printing(ticket, body["outcome"]), print_fault=body["fault"])


def _marked(ticket: Ticket, event: TicketEvent) -> Ticket:
    return ticket._replace(priority=event.body["priority"], interpreter=event.body["interpreter"])


_BESIDE: dict[str, Callable[[Ticket, TicketEvent], Ticket]] = {
    "ticket.printed": _printed,
    "ticket.marked": _marked,
    "ticket.late": lambda ticket, event: ticket._replace(late_at=event.at),
}


def _printing(ticket: Ticket, outcome: str) -> str:
    """A ticket that came out again after the first time is a reprint."""
    return "reprinted" if outcome == "ok" and ticket.printing in ("ok", "reprinted") else outcome


def _beside(before: Ticket, now: Ticket) -> Ticket:
    """A ticket as it was, but for what an undo passes over."""
    return before._replace(
        printing=now.printing,
        print_fault=now.print_fault,
        priority=now.priority,
        interpreter=now.interpreter,
        late_at=now.late_at or before.late_at,
    )


def _listed(names: str, name: str) -> str:
    return ",".join(dict.fromkeys([*filter(None, names.split(",")), name]))


def _lags(event: TicketEvent) -> bool:
    """Whether the wall clock was behind the logical one: it was set back, so the time says little."""
    logical = int(event.clock[:12], 16) / 1000
    return logical - datetime.fromisoformat(event.at).timestamp() > SKEW
