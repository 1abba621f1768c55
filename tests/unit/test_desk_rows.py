"""What the desk is made of, without a screen: rows, keys, sheets, words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import stamp
from kiosk.i18n.messages import load
from kiosk.i18n.script import cell_width
from kiosk.line.claims import Claim
from kiosk.line.line import Line
from kiosk.tickets.ticket import Ticket
from kiosk.ui.desk import keys
from kiosk.ui.desk.drawn import padded
from kiosk.ui.desk.form import Choice, Form, Option, Text
from kiosk.ui.desk.keys import Group, Key
from kiosk.ui.desk.mine import brief, card, lasted, warnings
from kiosk.ui.desk.parts import Part, cut, spread
from kiosk.ui.desk.rows import Row, Telling, age, row_line, rows
from kiosk.ui.desk.sight import language_name, look
from tests.support.line import a_line, riverton, with_lane

ENGLISH = load("en")
NOW = "2026-11-23T16:00:00.000Z"


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = a_line(tmp_path)
    yield line
    line.journal.close()


def telling(line: Line) -> Telling:
    return Telling(ENGLISH, riverton(), line.journal.staff_names(), stamp(line.view.clock.now()))


def _ticket() -> Ticket:
    """Somebody who waits."""
    return Ticket(
        ticket="0" * 32,
        code="B104",
        lane="bills",
        first_lane="bills",
        service="",
        language="en",
        channel="kiosk",
        priority="",
        interpreter="",
        state="waiting",
        day="2026-11-23",
        arrival="",
        issued_at=NOW,
        ahead=0,
        quote_low=None,
        quote_high=None,
    )


def told(line: Line, counter: str, width: int = 74) -> list[str]:
    """The rows for a counter as they are read."""
    words = telling(line)
    return [" ".join(row_line(row, words, width).text.split()) for row in rows(look(line), counter)]


def test_the_own_lines_come_first_then_whoever_is_not_waiting(line: Line) -> None:
    tom = line.journal.staff_of("Tom")
    for lane in ("help", "bills", "help", "bills"):
        line.issue(language="vi", lane=lane, channel="desk")
    line.hold(line.next("6", tom).ticket, tom)
    line.no_show(line.next("6", tom).ticket, tom)
    line.next("1", tom)
    assert told(line, "6") == [
        "H Questions and help 0 waiting",
        "B Bills and payments 1 waiting",
        "B101 0 min Vietnamese",
        "On hold 1",
        "H100 0 min Vietnamese held by Tom",
        "At other counters 1",
        "B100 0 min Vietnamese called to counter 1",
        "Did not come 1",
        "H101 0 min Vietnamese",
    ]


def test_who_is_at_the_counter_stands_beside_the_queue_not_in_it(line: Line) -> None:
    line.issue(language="en", lane="bills", channel="desk")
    line.next("1", "s1")
    assert [row for row in rows(look(line), "1") if row.ticket] == []
    shown, clock = card(look(line), "1", telling(line), (), 40, 20)
    assert "B100" in shown[2].text
    assert shown[clock].text == "Called · 0:00"


@pytest.mark.parametrize(
    ("printing", "seconds", "marked"),
    [
        ("failed", 0, True),
        ("pending", 10, False),
        ("pending", 31, True),
        ("ok", 900, False),
        ("", 900, False),
    ],
)
def test_not_printed_is_said_when_it_is_likely(line: Line, printing: str, seconds: int, marked: bool) -> None:
    ticket = line.issue(language="en", lane="bills", channel="desk")._replace(printing=printing)
    line.view.clock.advance(seconds)  # type: ignore[attr-defined]
    row = row_line(Row("bills", ticket), telling(line), 74).text
    assert ("not printed" in row) is marked


@given(st.integers(20, 200))
def test_a_row_never_leaves_its_width(width: int) -> None:
    """What has no room gives way from the side; the number never does."""
    ticket = _ticket()._replace(priority="booked", interpreter="sign", printing="failed")
    words = Telling(ENGLISH, riverton(), {}, NOW)
    drawn = row_line(Row("bills", ticket), words, width)
    assert sum(part.cells for part in drawn.parts) == max(width, 18)
    assert "B104" in drawn.text


def test_numbers_that_run_out_are_told_in_time(tmp_path: Path) -> None:
    line = a_line(tmp_path, catalog=with_lane(riverton(), "bills", numbers="100-120"))
    assert warnings(look(line), "1", ENGLISH) == []
    for _ in range(2):
        line.issue(language="en", lane="bills", channel="desk")
    assert warnings(look(line), "1", ENGLISH) == ["B: 19 numbers left today"]
    line.journal.close()


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2026-11-23T15:59:31.000Z", "0 min"),
        ("2026-11-23T15:01:00.000Z", "59 min"),
        ("2026-11-23T14:55:00.000Z", "1 h 05"),
        ("2026-11-23T16:10:00.000Z", "0 min"),
    ],
)
def test_ages(since: str, said: str) -> None:
    """Never negative, also where a clock was set back."""
    assert age(since, NOW, ENGLISH) == said


def test_time_at_the_counter() -> None:
    assert lasted("2026-11-23T15:59:51.000Z", NOW) == "0:09"
    assert lasted("2026-11-23T14:57:50.000Z", NOW) == "1:02:10"


words = st.text(st.sampled_from("abc üệ水ب "), min_size=1, max_size=12)


@given(st.text(), st.integers(0, 30))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    short = cut(text, width)
    assert cell_width(short) <= width
    assert short == text or short == "" or short.endswith("…")


@given(words, words, words, st.integers(1, 60))
def test_start_and_middle_stay_where_the_end_gives_way(a: str, b: str, c: str, width: int) -> None:
    found = spread([Part(a)], Part(b), [Part(c)], width)
    assert found[0] == Part(a)
    assert sum(part.cells for part in found) in (width, cell_width(a))


@given(words, st.integers(-1, 20), st.booleans(), st.booleans())
def test_a_part_takes_the_cells_that_are_counted_for_it(text: str, width: int, end: bool, rtl: bool) -> None:
    """Also Arabic, whose letters may join into fewer cells; the end is where the line's end is."""
    part = Part(text, width=width, end=end)
    assert cell_width(padded(part, rtl, shaping=True)) == part.cells


def test_parts_are_mirrored_where_reading_begins_at_the_right() -> None:
    assert padded(Part("● "), rtl=True, shaping=True) == " ●"
    assert padded(Part("B104", width=6), rtl=True, shaping=True) == "  B104"
    assert padded(Part("12", width=6, end=True), rtl=True, shaping=True) == "12    "
    assert padded(Part(" ▸ "), rtl=True, shaping=True) == " ◂ "


def test_a_drawn_number_stands_as_it_is_in_every_language() -> None:
    """Blanks at the ends of its rows are part of it: swapped they would tear it."""
    for row in ("  ▄█", "█▀  "):
        assert padded(Part(row, picture=True), rtl=True, shaping=True) == row


def test_the_desk_speaks_the_docents_language(line: Line) -> None:
    """The names of the lines and of visitors' languages too, not only the words around them."""
    spanish = load("es")
    catalog = riverton()
    lanes = tuple(replace(lane, name=f"{lane.name} en español") for lane in catalog.lanes)
    reading = Telling(spanish, replace(catalog, lanes=lanes), {}, NOW)
    line.issue(language="zh_Hans", lane="bills", channel="desk")
    head, ticket = rows(look(line), "1")[:2]
    assert "Bills and payments en español" in row_line(head, reading, 74).text
    assert "chino" in row_line(ticket, reading, 74).text
    assert language_name("zh_Hans", spanish) == "chino"
    assert language_name("zh_Hans", ENGLISH) == "Chinese"


groups = st.lists(
    st.builds(Group, words, st.lists(st.builds(Key, st.sampled_from("NRS"), words, words), min_size=1)),
    min_size=1,
    max_size=4,
)


@given(groups, st.integers(40, 160))
def test_every_key_has_a_place_of_its_own(found: list[Group], width: int) -> None:
    """In the order given, none over another, none beyond the edge."""
    lines = keys.flow(found, width)
    placed = [[spot for _, spot in line if spot] for line in lines]
    assert [spot.key for line in placed for spot in line] == [key for group in found for key in group.keys]
    for line, spots in zip(lines, placed, strict=True):
        assert all(one.stop < other.start for one, other in pairwise(spots))
        assert spots[-1].stop <= width or len(spots) == 1
        drawn = keys.drawn(line, "paper")
        assert sum(part.cells for part in drawn.parts) == spots[-1].stop


@given(st.integers(30, 100), st.booleans())
def test_an_answer_is_chosen_where_it_is_drawn(width: int, tall: bool) -> None:
    options = [Option(str(n), f"answer {n}", str(n)) for n in range(7)]
    form = Form([Text("name", "Name"), Choice("which", "Which", options, tall=tall)])
    lines = form.lines(width)
    for spot in [spot for spot in form.spots if spot.option]:
        line = "".join(
            part.text.ljust(part.width) if part.width > 0 else part.text for part in lines[spot.y].parts
        )
        assert spot.option is not None
        assert spot.option.label in line[spot.start : spot.stop]
        form.click(spot.start, spot.y)
        assert form.answers == {"name": "", "which": spot.option.value}


def test_letters_answer_whatever_question_they_belong_to() -> None:
    """But while something is typed they are letters."""
    form = Form([Choice("a", "A", [Option("1", "one", "x"), Option("2", "two", "y")]), Text("b", "B")])
    assert form.type("Y")
    assert not form.type("z")
    form.step(1)
    form.type("x")
    form.erase()
    form.type("é")
    assert form.answers == {"a": "2", "b": "é"}


def test_who_is_running_late_is_marked_until_they_are_served(line: Line) -> None:
    ticket = line.issue(language="en", service="utility_pay")
    line.journal.append("ticket.late", {"ticket": ticket.ticket})
    seen = row_line(Row("bills", line.find("B100")), telling(line), 80).text
    assert "running late" in seen
    line.next("1", "s1")
    shown = card(look(line), "1", telling(line), (), 40, 20)[0]
    assert any("running late" in row.text for row in shown)
    line.serve(ticket.ticket, "1", "s1")
    shown = card(look(line), "1", telling(line), (), 40, 20)[0]
    assert not any("running late" in row.text for row in shown)


def test_a_machine_without_a_center_says_nothing_of_other_desks(line: Line) -> None:
    assert look(line).company == ""
    head = card(look(line), "1", telling(line), (), 60, 20)[0][0].text
    assert "desks" not in head


@pytest.mark.parametrize(
    ("company", "said"),
    [
        ("alone", "The center can't be reached: other desks may call the same person."),
        ("refused", "The center does not accept this machine: other desks may call the same person."),
    ],
)
def test_a_desk_says_quietly_whether_it_is_with_the_others(line: Line, company: str, said: str) -> None:
    line.journal.enroll("d" * 32, "lobby", "e" * 64, [("B", 100, 199)])
    line.claims = Reached("together")
    assert "with the other desks" in card(look(line), "1", telling(line), (), 60, 20)[0][0].text
    assert warnings(look(line), "1", ENGLISH) == []
    line.claims = Reached(company)
    assert warnings(look(line), "1", ENGLISH) == [said]
    shown = card(look(line), "1", telling(line), (), 40, 20)[0]
    assert "other desks" in " ".join(row.text for row in shown[-2:])
    assert "with the other desks" not in shown[0].text


def test_a_line_without_numbers_from_the_center_is_named(line: Line) -> None:
    line.journal.enroll("d" * 32, "lobby", "e" * 64, [("H", 100, 199)])
    line.claims = Reached("together")
    assert warnings(look(line), "1", ENGLISH) == ["B: no numbers from the center yet"]


def test_a_call_that_came_second_is_shown_on_both_desks(line: Line, tmp_path: Path) -> None:
    """Two desks called the same person without the center; when they meet again both say so."""
    ticket = line.issue(language="en", service="utility_pay")
    other = a_line(tmp_path / "other")
    other.journal.receive([(event.chain, event) for event in line.journal.events()], 1)
    line.journal.append("ticket.late", {"ticket": ticket.ticket})
    line.next("1", "s1")
    other.view.clock.advance(3)  # type: ignore[attr-defined]
    other.next("2", "s1")
    line.journal.receive([(event.chain, event) for event in other.journal.events()], 1)
    sight = look(line)
    assert "also called at counter 2" in " ".join(
        row.text for row in card(sight, "1", telling(line), (), 40, 20)[0]
    )
    for width in (54, 78):
        shown = brief(sight, "1", telling(line), width, 6)[0]
        assert any("also called at counter 2" in row.text for row in shown)
        assert all(sum(part.cells for part in row.parts) <= width for row in shown)
    assert warnings(sight, "2", ENGLISH) == ["B100 goes to counter 1: it was called there first."]
    elsewhere = next(row for row in rows(sight, "2") if row.ticket and row.ticket.ticket == ticket.ticket)
    assert "also called at counter 2" in row_line(elsewhere, telling(line), 100).text
    assert "called to counter 1" in row_line(elsewhere, telling(line), 70).text, "where to send them"
    other.journal.close()


class Reached:
    """A center that grants everything where it is in `company`."""

    def __init__(self, company: str) -> None:
        self.company = company

    def ask(self, ticket: str, counter: str, command: str) -> Claim | None:
        return Claim(True, counter, "000000000000-0000") if self.company == "together" else None

    def catch_up(self) -> None:
        """Nothing comes."""
