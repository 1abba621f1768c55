"""`kiosk actions`: what is done about a statement, written down and kept."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import Clock
from kiosk.commands.group import group
from kiosk.errors import KioskError
from kiosk.journal import Journal
from kiosk.journal.survey_questions import Action
from kiosk.survey.actions import open_plan, plans, write
from tests.support.answers import Hall
from tests.support.catalog import FILE

TODAY = date(2026, 11, 23)


@pytest.fixture
def hall(tmp_path):
    hall = Hall(tmp_path)
    yield hall
    hall.journal.close()


def kiosk(folder, *arguments):
    result = CliRunner().invoke(
        group, ["--data", str(folder), "--services", str(FILE), "actions", *map(str, arguments)]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def kept(hall):
    return plans(hall.journal.actions(), {}, {}, TODAY)


def test_what_is_set_is_kept_with_its_words_apart_from_the_event(tmp_path, hall):
    status, said = kiosk(
        tmp_path, "set", "overall", "--cause", "Long lines", "--action", 'A "third" counter',
        "--owner", "Ana",
        "--due", "2026-12-31", "--remeasure", "2027-02-28", "--staff", "Ben",
    )  # fmt: skip
    assert status == 0, said
    assert "Owner: Ana · Due: 2026-12-31 · Re-measure: 2027-02-28 · open" in said
    (plan,) = kept(hall)
    assert (plan.cause, plan.action, plan.owner) == ("Long lines", 'A "third" counter', "Ana")
    body = next(event.body for event in hall.journal.events() if event.kind == "action.planned")
    assert body["staff"] == "s1"
    assert "Ana" not in str(body)
    assert hall.journal.staff_names() == {"s1": "Ben"}


def test_what_is_not_given_stays_and_an_empty_text_takes_it_away(tmp_path, hall):
    kiosk(tmp_path, "set", "overall", "--cause", "Noise", "--action", "Carpets", "--due", "2026-12-31")
    kiosk(tmp_path, "set", "overall", "--state", "done", "--owner", "Ana")
    (plan,) = kept(hall)
    assert (plan.cause, plan.action, plan.owner) == ("Noise", "Carpets", "Ana")
    assert (plan.due, plan.state) == ("2026-12-31", "done")
    kiosk(tmp_path, "set", "overall", "--due", "", "--cause", "")
    (plan,) = kept(hall)
    assert (plan.due, plan.cause, plan.action) == ("", "", "Carpets")


def test_each_scope_has_a_plan_of_its_own(tmp_path, hall):
    for scope in ("", "bills", "finance", "utility_pay"):
        status, said = kiosk(tmp_path, "set", "overall", "--scope", scope, "--action", f"For {scope}")
        assert status == 0, said
    found = kept(hall)
    assert len(found) == len({plan.id for plan in found}) == 4
    assert open_plan(found, "overall").scope == ""
    assert open_plan(found, "staff") is None
    status, said = kiosk(tmp_path, "set", "overall", "--scope", "finance", "--state", "dropped")
    assert "(Finance)" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("set", "nothing", "--action", "x"),
            ("no statement 'nothing'", "overall, information, staff, cashier"),
        ),
        (
            ("set", "overall", "--scope", "moon", "--action", "x"),
            ("lane 'moon'", "bills, help, finance, works"),
        ),
        (("set", "overall", "--due", "2026-02-30"), ("--due can't be '2026-02-30'", "2026-12-31")),
        (("set", "overall", "--remeasure", "soon"), ("--remeasure can't be 'soon'",)),
        (("set", "overall", "--due", "20261231"), ("--due can't be '20261231'",)),
        (
            ("set", "overall", "--due", "2026-12-31", "--remeasure", "2026-12-01"),
            ("measured again on 2026-12-01, before it is due on 2026-12-31",),
        ),
        (("set", "overall", "--action", "x" * 501), ("501 characters; at most 500",)),
        (("set", "overall"), ("nothing was given",)),
        (("set", "overall", "--state", "maybe"), ("'open', 'done', 'dropped'",)),
    ],
)
def test_what_can_not_be_is_refused_with_what_can_and_nothing_is_kept(tmp_path, hall, arguments, told):
    status, said = kiosk(tmp_path, *arguments)
    assert status == 2
    for part in told:
        assert part in said
    assert hall.journal.actions() == []


def test_the_list_says_what_to_work_on_first_and_what_is_overdue(tmp_path, hall):
    today = Clock().day()
    hall.on(date.fromordinal(today.toordinal() - 3))
    hall.many(15, {"overall": "1", "information": "4", "staff": "4"})
    status, said = kiosk(tmp_path)
    assert status == 0
    assert "1. My overall experience with this service was positive: at least 64 points" in said
    assert "Nothing is planned yet: kiosk actions set overall" in said
    kiosk(tmp_path, "set", "overall", "--action", "Chairs", "--due", "2020-01-01")
    kiosk(tmp_path, "set", "staff", "--action", "Courses", "--due", "2020-01-01", "--state", "done")
    said = kiosk(tmp_path)[1]
    assert "Nothing is planned yet" not in said
    assert said.index("Chairs") < said.index("Courses"), "the open ones first"
    assert said.count("OVERDUE") == 1
    assert "· done" in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_folder_may_be_named_behind_the_command_too(tmp_path, hall):
    result = CliRunner().invoke(
        group,
        ["--services", str(FILE), "actions", "--data", str(tmp_path), "set", "overall", "--action", "Chairs"],
    )
    assert result.exit_code == 0, result.output
    assert kept(hall)[0].action == "Chairs"


def test_a_folder_without_a_journal_is_refused(tmp_path):
    status, said = kiosk(tmp_path / "nowhere")
    assert status == 2
    assert "there is no journal" in said


@given(cause=st.text(max_size=80), owner=st.text(max_size=80))
def test_any_words_are_kept_as_they_were_but_for_spaces_and_control_characters(
    tmp_path_factory, cause, owner
):
    from unicodedata import category, normalize

    hall = Hall(tmp_path_factory.mktemp("words"))
    try:
        write(hall.journal, "overall", "", {"cause": cause, "owner": owner}, "", TODAY)
        (plan,) = kept(hall)
    finally:
        hall.journal.close()

    def plain(text):
        shown = "".join(" " if category(one) in ("Cc", "Cs") else one for one in text)
        return normalize("NFC", " ".join(shown.split()))

    assert (plan.cause, plan.owner) == (plain(cause), plain(owner))


def test_words_too_long_together_are_refused_not_cut(hall):
    quotes = '"' * 500
    with pytest.raises(KioskError, match="too long together"):
        write(hall.journal, "overall", "", {"cause": quotes, "action": quotes, "owner": quotes}, "", TODAY)
    assert hall.journal.actions() == []


@pytest.mark.parametrize(
    ("words", "action"), [("", ""), ("{broken", "{broken"), ("[1]", ""), ('{"action": 3}', "3")]
)
def test_words_of_another_form_break_nothing(words, action):
    (plan,) = plans([Action("a" * 32, "overall", "", "", "", "open", "2026-11-23", words)], {}, {}, TODAY)
    assert plan.action == action


def test_a_plan_is_overdue_the_day_after_it_is_due():
    def overdue(due, state="open"):
        action = Action("a" * 32, "overall", "", due, "", state, "2026-11-01", "")
        return plans([action], {}, {}, TODAY)[0].overdue

    assert not overdue("2026-11-23")
    assert overdue("2026-11-22")
    assert not overdue("2026-11-22", "done")
    assert not overdue("")


def test_rebuilding_keeps_the_plan(tmp_path, hall):
    write(hall.journal, "overall", "", {"action": "One"}, "", TODAY)
    write(hall.journal, "overall", "", {"action": "Two"}, "", TODAY)
    hall.journal.rebuild()
    assert [plan.action for plan in kept(hall)] == ["Two"]
    with Journal.open(tmp_path / "kiosk.db", hall.clock) as again:
        assert plans(again.actions(), {}, {}, TODAY) == kept(hall)
