"""The waiting line as docents and visitors meet it: issue, call, serve, lose, find, close."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from kiosk import settings
from kiosk.catalog.model import Holiday
from kiosk.clock import FixedClock
from kiosk.errors import SettingsError, TicketRefused
from kiosk.line.line import new_command
from kiosk.tickets.fold import COOL_DOWN
from tests.support.line import MONDAY, a_line, riverton, with_lane

PAY, ASK = "utility_pay", "general_311"


@pytest.fixture
def clock():
    return FixedClock(moment=MONDAY)


@pytest.fixture
def line(tmp_path, clock):
    line = a_line(tmp_path, clock)
    yield line
    line.journal.close()


@pytest.fixture
def ana(line):
    return line.journal.staff_of("Ana")


def take(line, service=PAY, **how):
    ticket = line.issue(language="es", service=service, **how)
    line._clock.advance(1)
    return ticket


def refused(reason, command, *arguments, **named):
    with pytest.raises(TicketRefused) as caught:
        command(*arguments, **named)
    assert caught.value.reason == reason
    return str(caught.value)


def serve_one(line, staff, counter="1", minutes=5.0):
    ticket = line.next(counter, staff)
    line.serve(ticket.ticket, counter, staff)
    line._clock.advance(minutes * 60)
    return line.finish(ticket.ticket, staff)


def test_codes_follow_one_another_lane_by_lane(line):
    assert [take(line, service).code for service in (PAY, PAY, ASK, PAY)] == ["B100", "B101", "H100", "B102"]


def test_a_double_touch_gives_one_ticket(line):
    command = new_command()
    first = take(line, command=command)
    assert take(line, command=command) == first
    assert len(line.journal.tickets_open()) == 1


def test_next_calls_by_arrival_over_the_lanes_of_the_counter(line, ana):
    for service in (ASK, PAY, ASK):
        take(line, service)
    assert [line.next(counter, ana).code for counter in ("2", "1", "6")] == ["H100", "B100", "H101"]


def test_next_says_when_nobody_waits(line, ana):
    take(line, ASK)
    assert "nobody waits for counter 1" in refused("nobody", line.next, "1", ana)
    refused("counter", line.next, "99", ana)
    assert line.journal.counters() == []


def test_a_counter_has_one_person_at_a_time(line, ana):
    take(line)
    take(line)
    first = line.next("1", ana)
    assert "B100" in refused("busy", line.next, "1", ana)
    second = line.journal.tickets_open()[1]
    refused("busy", line.call, second.ticket, "1", ana)
    served = line.serve(first.ticket, "1", ana)
    refused("busy", line.call, second.ticket, "1", ana)
    assert line.journal.ticket(first.ticket).serving_at == served.serving_at


def test_next_pressed_twice_with_one_command_calls_one_person(line, ana):
    take(line)
    take(line)
    command = new_command()
    assert line.next("1", ana, command) == line.next("1", ana, command)
    assert [ticket.state for ticket in line.journal.tickets_open()] == ["called", "waiting"]


def test_two_desks_pressing_next_at_the_same_instant_never_get_the_same_person(tmp_path, clock):
    lines = [a_line(tmp_path, clock) for _ in range(4)]
    catalog = with_lane(riverton(), "bills", counters=tuple(f"{n}" for n in range(40)))
    for line in lines:
        line.view.catalog = lambda: catalog
    for _ in range(40):
        lines[0].issue(language="en", service=PAY)
    gate, got = threading.Barrier(len(lines)), []

    def press(line, counters):
        gate.wait()
        got.extend(line.next(counter, "s1").code for counter in counters)

    desks = [
        threading.Thread(target=press, args=(line, [f"{n}" for n in range(first, 40, 4)]))
        for first, line in enumerate(lines)
    ]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert sorted(got) == [f"B{number}" for number in range(100, 140)]
    assert lines[0].journal.verify().bad_seq is None
    for line in lines:
        line.journal.close()


def test_recall_waits_for_the_chime_and_is_only_for_who_called(line, clock, ana):
    take(line)
    ticket = line.next("1", ana)
    refused("cool_down", line.call, ticket.ticket, "1", ana)
    refused("counter", line.call, ticket.ticket, "2", ana)
    clock.advance(COOL_DOWN)
    assert line.call(ticket.ticket, "1", ana).calls == 2


def test_hold_no_show_put_back_and_leave(line, ana):
    one, two = take(line), take(line)
    line.next("1", ana)
    held = line.hold(one.ticket, ana)
    assert (held.state, held.staff) == ("hold", ana)
    line.next("1", ana)
    assert line.no_show(two.ticket, ana).state == "no_show"
    assert line.put_back(two.ticket, ana).state == "waiting"
    assert line.put_back(one.ticket, ana).state == "waiting"
    assert [ticket.code for ticket in line.overview().lane("bills").waiting] == ["B100", "B101"]
    assert line.leave(one.ticket, "visitor").ended_how == "visitor"
    refused("state", line.call, one.ticket, "1", ana)


def test_a_transfer_keeps_code_and_arrival_and_names_a_lane_that_exists(line, ana):
    first = take(line)
    take(line, ASK)
    line.next("1", ana)
    refused("lane", line.transfer, first.ticket, "cellar", ana)
    moved = line.transfer(first.ticket, "help", ana)
    assert (moved.code, moved.lane, moved.state) == ("B100", "help", "waiting")
    assert [ticket.code for ticket in line.overview().lane("help").waiting] == ["B100", "H100"]
    assert line.next("6", ana).code == "B100"


def test_undo_takes_back_the_last_step_once(line, ana):
    take(line)
    ticket = line.next("1", ana)
    served = line.serve(ticket.ticket, "1", ana)
    assert line.undo(ticket.ticket, served.latest, ana).state == "called"
    refused("undo", line.undo, ticket.ticket, served.latest, ana)


def test_the_docent_chooses_who_goes_first_and_the_rule_is_bounded(line, ana):
    for number in range(5):
        ticket = take(line)
        if number > 1:
            line.mark(ticket.ticket, "assisted", "", ana)
    waiting = line.overview().lane("bills").waiting
    assert [ticket.code for ticket in waiting] == ["B102", "B103", "B100", "B104", "B101"]
    called = []
    for _ in waiting:
        called.append(line.next("1", ana).code)
        line.serve(line.find(called[-1]).ticket, "1", ana)
        line._clock.advance(60)
        line.finish(line.find(called[-1]).ticket, ana)
    assert called == [ticket.code for ticket in waiting]


def test_the_wait_is_not_known_before_five_finished_visits_and_then_a_range(line, clock, ana):
    first = take(line)
    assert (first.quote_low, first.quote_high) == (None, None)  # no counter is open
    quotes = []
    for _ in range(6):
        line.next("1", ana)
        behind = take(line)
        quotes.append(behind.quote_low)
        called = next(ticket for ticket in line.journal.tickets_open() if ticket.state == "called")
        line.serve(called.ticket, "1", ana)
        clock.advance(300)
        line.finish(called.ticket, ana)
    assert quotes[:5] == [None] * 5
    assert quotes[5] is not None
    serve_one(line, ana)
    busy = take(line)
    assert (busy.quote_low, busy.quote_high) == (0, 0)  # somebody is free: now
    line.next("1", ana)
    ticket = take(line)
    assert ticket.ahead == 0
    assert 0 <= ticket.quote_low < ticket.quote_high
    place = line.place(take(line))
    assert place.ahead == 1
    assert place.quote.high >= ticket.quote_high
    line.serve(busy.ticket, "1", ana)
    line.counter("1", "paused", ana)
    assert line.place(ticket).quote is None


def test_a_counter_that_was_silent_for_an_hour_counts_as_closed(line, clock, ana):
    for _ in range(6):
        take(line)
        serve_one(line, ana)
    assert line.overview().lane("bills").counters == ("1",)
    clock.advance(3600 + 1)
    assert line.overview().lane("bills").counters == ()
    assert line.place(take(line)).quote is None


def test_closed_past_the_last_ticket_on_a_holiday_and_full_each_say_so(tmp_path, clock, line):
    clock.advance(6.8 * 3600)  # 16:48
    assert "2026-11-24 08:00" in refused("last_ticket", line.issue, language="en", service=PAY)
    assert line.issue(language="en", service=ASK).code == "H100"
    clock.advance(3600)
    refused("closed", line.issue, language="en", service=ASK)
    assert line.issue(language="en", service=PAY, channel="desk").code == "B100"
    festive = replace(riverton(), holidays=(Holiday("2026-11-23", "City Day"),))
    festive = with_lane(festive, "bills", numbers="100-101")
    clock.moment = MONDAY
    other = a_line(tmp_path / "other", clock, festive)
    refused("holiday", other.issue, language="en", service=PAY)
    for _ in range(2):
        other.issue(language="en", service=PAY, channel="desk")
    refused("full", other.issue, language="en", service=PAY, channel="desk")
    assert other.overview().lane("bills").numbers_left == 0
    other.journal.close()


@pytest.mark.parametrize(
    ("reason", "wanted"),
    [("service", {"service": "nothing"}), ("lane", {"lane": "nothing"}), ("lane", {"service": "pothole"})],
)
def test_what_does_not_exist_gives_no_ticket(line, reason, wanted):
    refused(reason, line.issue, language="en", **wanted)
    assert line.journal.tickets_open() == []


def test_a_code_typed_wrongly_finds_nobody(line):
    ticket = take(line)
    assert line.find("b 100").ticket == ticket.ticket
    for typed in ("B999", "100", "", "X100"):
        refused("ticket", line.find, typed)


def test_a_finished_ticket_takes_no_step(line, ana):
    take(line)
    done = serve_one(line, ana)
    for step in (line.finish, line.hold, line.no_show, line.put_back):
        refused("state", step, done.ticket, ana)
    refused("state", line.leave, done.ticket, "visitor")


def test_codes_are_used_once_a_day_and_begin_anew_the_next(line, clock, ana):
    take(line)
    serve_one(line, ana)
    assert take(line).code == "B101"
    clock.advance(24 * 3600)
    assert take(line).code == "B100"
    yesterday = line.journal.tickets_of_day(clock.day(MONDAY))
    assert [(ticket.code, ticket.state, ticket.ended_how) for ticket in yesterday] == [
        ("B100", "finished", ""),
        ("B101", "left", "day_end"),
    ]


def test_the_end_of_the_day_is_explicit_and_says_how_it_ended(line, clock, ana):
    for _ in range(5):
        take(line)
    line.next("1", ana)
    serving = line.serve(line.find("B100").ticket, "1", ana)
    line.next("2", ana)
    line.hold(line.find("B101").ticket, ana)
    line.next("2", ana)
    assert line.close_day() == 5
    states = {ticket.code: ticket.state for ticket in line.journal.tickets_of_day(clock.day())}
    assert states == {"B100": "finished", "B101": "left", "B102": "no_show", "B103": "left", "B104": "left"}
    assert not line.journal.ticket(serving.ticket).time_accurate
    assert line.journal.tickets_live() == []
    assert line.close_day() == 0
    latest = line.journal.ticket(serving.ticket).latest
    refused("undo", line.undo, serving.ticket, latest, ana)


def test_a_lane_may_keep_its_line_overnight(tmp_path, clock):
    line = a_line(tmp_path, clock, with_lane(riverton(), "help", keeps_overnight=True))
    night, day = take(line, ASK), take(line)
    clock.advance(24 * 3600)
    assert [ticket.ticket for ticket in line.journal.tickets_live()] == [night.ticket, day.ticket]
    line.overview()
    assert [ticket.ticket for ticket in line.journal.tickets_live()] == [night.ticket]
    assert line.journal.ticket(night.ticket).day == "2026-11-23"
    assert take(line, ASK).code == "H101"
    line.journal.close()


def test_numbers_below_a_hundred_are_counted_too(tmp_path, clock):
    line = a_line(tmp_path, clock, with_lane(riverton(), "bills", numbers="008-011"))
    codes = [take(line).code for _ in range(3)]
    assert codes == ["B008", "B009", "B010"]
    assert line.overview().lane("bills").numbers_left == 1
    line.journal.close()


def test_two_machines_with_ranges_of_their_own_never_give_the_same_code(tmp_path, clock):
    one = a_line(tmp_path / "one", clock, numbers="100-499")
    two = a_line(tmp_path / "two", clock, numbers="500-899")
    codes = [take(line).code for line in (one, two) for _ in range(50)]
    assert len(set(codes)) == 100
    one.journal.close()
    two.journal.close()


@pytest.mark.parametrize("numbers", ["1-9", "499-100", "all"])
def test_a_range_that_is_none_is_refused_at_the_start(tmp_path, monkeypatch, numbers):
    monkeypatch.setenv("KIOSK_TICKETS_RANGE", numbers)
    with pytest.raises(SettingsError, match=r"tickets\.range"):
        settings.load(tmp_path)
    monkeypatch.setenv("KIOSK_TICKETS_RANGE", "100-499")
    assert settings.load(tmp_path).tickets.range == "100-499"


def test_names_of_staff_stand_in_no_event(line):
    assert line.journal.staff_of("  Ana  María ") == line.journal.staff_of("ana maría") == "s1"
    assert line.journal.staff_of("Ben") == "s2"
    line.counter("1", "opened", "s1")
    assert line.journal.staff_names() == {"s1": "Ana María", "s2": "Ben"}
    assert not any("Ana" in event.canonical() for event in line.journal.events())


def test_an_answer_at_the_desk_is_counted_by_service(line, clock):
    command = new_command()
    for _ in range(2):
        line.answered(PAY, "en", "6", "s1", command)
    line.answered("", "vi", "6", "s1")
    assert line.journal.answered_at_desk(clock.day()) == {PAY: 1, "": 1}


def test_a_fact_that_is_wrong_is_kept_with_the_words_of_staff(line):
    line.doubt(PAY, "phones", "s1", "It is 918-596-0000 now")
    assert line.journal.facts_doubted() == [(PAY, "phones", "It is 918-596-0000 now", "2026-11-23")]
    assert not any("596-0000" in event.canonical() for event in line.journal.events())


def test_folding_everything_again_gives_the_same_lines(line, ana):
    for _ in range(4):
        take(line)
    serve_one(line, ana)
    ticket = line.next("1", ana)
    line.transfer(ticket.ticket, "help", ana)
    refused("state", line.finish, ticket.ticket, ana)
    before = line.journal.rows("SELECT * FROM tickets ORDER BY ticket"), line.journal.counters()
    assert line.journal.rebuild() == 0
    assert (line.journal.rows("SELECT * FROM tickets ORDER BY ticket"), line.journal.counters()) == before


def test_who_stands_in_a_lane_that_left_the_catalogue_is_still_shown_and_called(line, ana):
    ticket = take(line)
    without = replace(riverton(), lanes=riverton().lanes[1:])
    line.view.catalog = lambda: without
    assert [waiting.code for waiting in line.overview().lane("bills").waiting] == ["B100"]
    assert line.call(ticket.ticket, "6", ana).counter == "6"


def test_tickets_that_count_are_counted(line, clock, ana):
    take(line)
    line.void(take(line).ticket, "test", ana)
    assert line.journal.tickets_issued(clock.day()) == 1


def test_after_the_end_of_the_day_late_tickets_are_served_as_before(line, clock, ana):
    take(line)
    line.close_day()
    clock.advance(60)
    late = line.issue(language="en", service=PAY, channel="desk")
    assert late.code == "B101"
    line.next("1", ana)
    served = line.serve(late.ticket, "1", ana)
    assert line.undo(late.ticket, served.latest, ana).state == "called"
    assert line.put_back(late.ticket, ana).state == "waiting"
    clock.advance(60)
    assert line.close_day() == 1
    assert line.journal.rebuild() == 0
