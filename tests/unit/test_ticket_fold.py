"""A ticket from its events: every step of the table, in any order of arrival, however often it came."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.journal import hlc
from kiosk.journal.kinds import KINDS
from kiosk.tickets.fold import BESIDE, COOL_DOWN, LEGAL, fold, folded, refusal
from kiosk.tickets.ticket import FINAL, STATES, Ticket, wait_band

START = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
ISSUED = {
    "code": "B104",
    "lane": "bills",
    "service": "utility_pay",
    "language": "es",
    "channel": "kiosk",
    "priority": "",
    "interpreter": "",
    "ahead": 3,
    "low": 5,
    "high": 10,
    "printing": True,
}
AT = {"counter": "1", "staff": "s1"}
BODIES: dict[str, dict[str, Any]] = {
    "ticket.called": AT,
    "ticket.serving": AT,
    "ticket.finished": {"staff": "s1", "accurate": True},
    "ticket.held": {"staff": "s1"},
    "ticket.returned": {"staff": "s1"},
    "ticket.no_show": {"staff": "s1"},
    "ticket.left": {"how": "visitor"},
    "ticket.transferred": {"lane": "court", "staff": "s1"},
    "ticket.voided": {"reason": "mistake", "staff": "s1"},
    "ticket.marked": {"priority": "assisted", "interpreter": "sign", "staff": "s1"},
    "ticket.printed": {"outcome": "ok", "fault": ""},
    "ticket.late": {},
}


@dataclass(frozen=True)
class Event:
    """An event as the journal has it; two of the same id are the same event."""

    kind: str
    body: dict[str, Any] = field(hash=False)
    at: str
    clock: str
    id: str
    chain: str = "aaaaaaaa"
    seq: int = 1
    day: str = "2026-11-23"


class Story:
    """Events of one ticket, a minute after each other unless said otherwise."""

    def __init__(self) -> None:
        self.now = START
        self.clock = hlc.START
        self.numbers = count(1)
        self.events: list[Event] = []
        self.add("ticket.issued", **ISSUED)

    def add(self, kind: str, after: float = 60, **body: Any) -> Event:
        self.now += timedelta(seconds=after)
        self.clock = hlc.tick(self.clock, self.now)
        seq = next(self.numbers)
        at = self.now.isoformat(timespec="milliseconds")[:23] + "Z"
        event = Event(
            kind, {"ticket": "f" * 32, **BODIES.get(kind, {}), **body}, at, self.clock, f"e{seq}", seq=seq
        )
        self.events.append(event)
        return event

    def ticket(self) -> Ticket:
        ticket = fold(self.events)
        assert ticket is not None
        return ticket


def told(*kinds: str) -> Story:
    story = Story()
    for kind in kinds:
        story.add(f"ticket.{kind}")
    return story


PATHS = {
    "waiting": (),
    "called": ("called",),
    "serving": ("called", "serving"),
    "hold": ("called", "held"),
    "no_show": ("called", "no_show"),
    "finished": ("called", "serving", "finished"),
    "left": ("left",),
    "void": ("voided",),
}
"""A way to every state."""

TABLE = {
    "called": ({"waiting", "hold", "no_show", "called"}, "called"),
    "serving": ({"called"}, "serving"),
    "finished": ({"serving"}, "finished"),
    "held": ({"called", "serving"}, "hold"),
    "returned": ({"called", "hold", "no_show"}, "waiting"),
    "no_show": ({"called"}, "no_show"),
    "left": ({"waiting", "called", "hold", "no_show"}, "left"),
    "transferred": ({"called", "serving", "hold"}, "waiting"),
    "voided": ({"waiting", "called", "serving", "hold", "no_show"}, "void"),
}
"""The table of the design, written a second time."""


def test_there_is_a_way_to_every_state():
    assert {told(*path).ticket().state for path in PATHS.values()} == set(STATES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", TABLE)
def test_each_step_is_legal_just_where_the_table_says(state, command):
    story = told(*PATHS[state])
    assert story.ticket().state == state
    event = story.add(f"ticket.{command}")
    allowed, to = TABLE[command]
    ticket, skipped = folded(story.events)
    assert ticket.state == (to if state in allowed else state)
    assert skipped == ([] if state in allowed else [event.id])
    assert ticket.skipped == len(skipped)


def test_a_whole_visit_keeps_first_and_last_call_and_its_times():
    story = told("called", "called", "serving")
    story.add("ticket.finished", after=600)
    ticket = story.ticket()
    assert (ticket.code, ticket.calls, ticket.counter, ticket.staff) == ("B104", 2, "1", "s1")
    assert ticket.waited == 60
    assert ticket.occupied == 60 + 600
    assert ticket.handled == 600
    assert (ticket.quote_low, ticket.quote_high, ticket.ahead) == (5, 10, 3)


def test_nothing_is_quoted_where_nothing_was_known():
    story = Story()
    story.events[0] = replace(story.events[0], body=story.events[0].body | {"low": -1, "high": -1})
    assert (story.ticket().quote_low, story.ticket().quote_high) == (None, None)


def test_called_again_only_after_the_cool_down():
    story = told("called")
    story.add("ticket.called", after=COOL_DOWN - 1)
    assert story.ticket().calls == 1
    story.add("ticket.called", after=1)
    assert story.ticket().calls == 2


def test_a_clock_set_back_locks_no_recall_and_its_times_count_as_not_accurate():
    story = told("called")
    story.now -= timedelta(hours=1)
    story.add("ticket.called")
    ticket = story.ticket()
    assert ticket.calls == 2
    assert not ticket.time_accurate


def test_a_call_that_lost_is_shown_as_also_called():
    story = told("called")
    lost = story.add("ticket.called", counter="2")
    ticket, skipped = folded(story.events)
    assert (ticket.counter, ticket.also_called, skipped) == ("1", "2", [lost.id])
    story.add("ticket.returned")
    story.add("ticket.called", counter="2")
    assert (story.ticket().counter, story.ticket().also_called) == ("2", "")


def test_a_transfer_keeps_code_arrival_and_the_first_lane():
    story = told("called")
    before = story.ticket()
    story.add("ticket.transferred")
    ticket = story.ticket()
    assert (ticket.code, ticket.arrival, ticket.first_lane) == (before.code, before.arrival, "bills")
    assert (ticket.lane, ticket.counter, ticket.staff) == ("court", "", "")


def test_a_transfer_to_the_same_lane_is_none():
    story = told("called")
    story.add("ticket.transferred", lane="bills")
    assert story.ticket().state == "called"


def test_undo_takes_back_step_after_step_and_nothing_but_the_latest():
    story = told("called", "serving", "finished")
    called, serving, finished = story.events[1:]
    story.add("ticket.undone", undoes=serving.id)
    assert story.ticket().state == "finished"
    story.add("ticket.undone", undoes=finished.id)
    assert (story.ticket().state, story.ticket().ended_at) == ("serving", "")
    story.add("ticket.undone", undoes=finished.id)
    assert story.ticket().state == "serving"
    story.add("ticket.undone", undoes=serving.id)
    story.add("ticket.undone", undoes=called.id)
    ticket = story.ticket()
    assert (ticket.state, ticket.calls, ticket.first_called_at, ticket.latest) == ("waiting", 0, "", "")
    story.add("ticket.undone", undoes=story.events[0].id)
    assert story.ticket().state == "waiting"


def test_an_undo_does_not_take_back_what_was_printed_or_chosen():
    story = told("called", "printed", "marked")
    story.add("ticket.undone", undoes=story.events[1].id)
    ticket = story.ticket()
    assert (ticket.state, ticket.printing, ticket.priority, ticket.interpreter) == (
        "waiting",
        "ok",
        "assisted",
        "sign",
    )


def test_who_said_that_they_are_late_keeps_their_place_until_they_are_served():
    story = told("called")
    late = story.add("ticket.late")
    assert (story.ticket().state, story.ticket().late_at) == ("called", late.at)
    story.add("ticket.undone", staff="s1", undoes=story.ticket().latest)
    assert (story.ticket().state, story.ticket().late_at) == ("waiting", late.at)
    story.add("ticket.called")
    story.add("ticket.serving")
    assert story.ticket().late_at == ""
    story.add("ticket.undone", staff="s1", undoes=story.ticket().latest)
    assert (story.ticket().state, story.ticket().late_at) == ("called", late.at)
    assert story.ticket().skipped == 0


def test_printing_is_part_of_the_ticket():
    story = Story()
    assert story.ticket().printing == "pending"
    story.add("ticket.printed", outcome="failed", fault="no_paper")
    assert (story.ticket().printing, story.ticket().print_fault) == ("failed", "no_paper")
    story.add("ticket.printed")
    assert (story.ticket().printing, story.ticket().print_fault) == ("ok", "")
    story.add("ticket.printed")
    assert story.ticket().printing == "reprinted"


def test_a_finish_that_nobody_pressed_is_not_accurate():
    story = told("called", "serving")
    story.add("ticket.finished", accurate=False)
    assert not story.ticket().time_accurate


def test_events_whose_first_has_not_arrived_wait_aside():
    story = told("called", "serving")
    assert fold(story.events[1:]) is None
    assert fold([]) is None


KINDS_HERE = sorted(BODIES)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*KINDS_HERE, "ticket.undone"]),
        st.sampled_from(["1", "2"]),
        st.floats(0.001, 90),
        st.integers(0, 8),
    ),
    max_size=14,
)


def tale(steps) -> Story:
    """Steps as two desks may press them, legal or not."""
    story = Story()
    for kind, counter, after, back in steps:
        body: dict[str, Any] = {}
        if "counter" in KINDS[kind].fields:
            body["counter"] = counter
        if kind == "ticket.undone":
            body = {"undoes": story.events[max(len(story.events) - 1 - back, 0)].id, "staff": "s1"}
        if kind == "ticket.transferred":
            body["lane"] = ("bills", "court")[back % 2]
        story.add(kind, after, **body)
    return story


@given(STEPS, st.randoms(use_true_random=False))
def test_any_order_of_arrival_and_any_repetition_fold_to_the_same_ticket(steps, random):
    story = tale(steps)
    shuffled = [*story.events, *random.sample(story.events, len(story.events) // 2)]
    random.shuffle(shuffled)
    assert folded(shuffled) == folded(story.events)


@given(STEPS)
def test_no_sequence_of_commands_reaches_an_illegal_state(steps):
    """Event by event, the state moves only along an arrow of the table, or back by an undo."""
    story, legal = tale(steps), 0
    history = [fold(story.events[:1])]
    for number, event in enumerate(story.events[1:], 2):
        before, after = history[-1], fold(story.events[:number])
        moved = after.skipped == before.skipped
        assert moved == (refusal(before, event.kind, event.body, event.at) == "")
        if not moved or event.kind in BESIDE:
            assert after.state == before.state
        elif event.kind == "ticket.undone":
            assert before.latest == event.body["undoes"]
            assert after.state in {ticket.state for ticket in history}
        else:
            states, to = LEGAL[event.kind]
            assert before.state in states
            assert before.state not in FINAL
            assert after.state == to
        assert (after.code, after.arrival, after.first_lane, after.day) == (
            "B104",
            before.arrival,
            "bills",
            before.day,
        )
        legal += moved
        history.append(after)
    assert history[-1].skipped + legal == len(steps)


@pytest.mark.parametrize(
    ("minutes", "band"),
    [(0, "under_5"), (4.99, "under_5"), (5, "5_15"), (15, "15_30"), (30, "30_60"), (60, "over_60")],
)
def test_waits_are_told_in_bands(minutes, band):
    assert wait_band(minutes * 60) == band


def test_who_took_no_ticket_has_not_waited():
    assert wait_band(None) == "none"
