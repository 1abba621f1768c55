"""The survey as it is carried out: who could be asked, who is, what they are asked; all of it recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from math import sqrt
from pathlib import Path

import pytest

from kiosk.catalog.model import OwnStatement, Sampling, Statement
from kiosk.journal import new_id
from kiosk.survey.conduct import About
from kiosk.survey.sample import chosen, start
from tests.support.line import riverton
from tests.support.survey import DAY, STATEMENTS, Hall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.journal.close()


def crowd(hall: Hall, days: int, a_day: int, between: Callable[[Hall], None] = lambda hall: None) -> None:
    """So many eligible visitors on each of some days, of three strata in turn."""
    for _ in range(days):

        def come() -> None:
            for number in range(a_day // 2):
                hall.enter(("self_service", "bills", "help")[number % 3])

        hall.journal.decide(come)
        between(hall)
        hall.journal.decide(come)
        hall.clock.advance(DAY)


def recomputed(hall: Hall) -> list[bool]:
    """Whether each eligible visitor is selected, by what the events of the sampling say alone."""
    plans = {event.body["seed"]: event.body for event in hall.events("survey.sampled")}
    found = []
    for event in hall.events("survey.eligible"):
        told = plans[event.body["seed"]]
        sampling = Sampling(told["method"], told["every"], told["percent"], told["rates"])
        found.append(chosen(sampling, told["seed"], event.body["ordinal"], event.body["stratum"]))
    return found


def selected(hall: Hall) -> list[bool]:
    return [event.body["selected"] for event in hall.events("survey.eligible")]


def test_systematic_invites_exactly_every_nth_of_a_thousand_from_each_days_recorded_start(
    tmp_path: Path,
) -> None:
    hall = Hall(tmp_path, Sampling("systematic", every=7))
    crowd(hall, days=10, a_day=100)
    sampled, eligible = hall.events("survey.sampled"), hall.events("survey.eligible")
    assert len(eligible) == 1000
    assert len({event.day for event in sampled}) == len(sampled) == 10
    for plan in sampled:
        that_day = [event.body for event in eligible if event.body["seed"] == plan.body["seed"]]
        assert [body["ordinal"] for body in that_day] == list(range(100))
        taken = [body["ordinal"] for body in that_day if body["selected"]]
        assert taken == list(range(start(plan.body["seed"], 7), 100, 7))
    assert len({start(plan.body["seed"], 7) for plan in sampled}) > 2, "the start is drawn anew each day"
    assert selected(hall) == recomputed(hall)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_stays_within_binomial_bounds(tmp_path: Path, seed: int) -> None:
    hall = Hall(tmp_path, Sampling("random", percent=20), seed)
    crowd(hall, days=5, a_day=200)
    assert abs(sum(selected(hall)) - 200) <= 3.9 * sqrt(1000 * 0.2 * 0.8)
    assert selected(hall) == recomputed(hall)


def test_stratified_invites_by_the_rate_of_each_stratum(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Sampling("stratified", rates={"bills": 60, "self_service": 10}))
    crowd(hall, days=3, a_day=400)
    rows = {row.stratum: row for row in hall.journal.survey_funnel(date(2026, 11, 1), date(2026, 12, 31))}
    for stratum, rate in (("bills", 0.6), ("self_service", 0.1)):
        count = rows[stratum].eligible
        assert count > 390
        assert abs(rows[stratum].selected - rate * count) <= 3.9 * sqrt(count * rate * (1 - rate))
    assert rows["help"].selected == 0
    assert selected(hall) == recomputed(hall)


def test_reopening_in_the_middle_of_every_day_changes_nothing(tmp_path: Path) -> None:
    """The same selections and the same draws as a machine that ran through."""

    def asks(hall: Hall) -> None:
        asked.append([s.id for s in hall.begin().statements])

    def dies(hall: Hall) -> None:
        asks(hall)
        hall.journal.close()
        hall.open()

    told, draws = [], []
    for name, between in (("through", asks), ("killed", dies)):
        asked: list[list[str]] = []
        hall = Hall(tmp_path / name, Sampling("random", percent=30))
        crowd(hall, days=4, a_day=60, between=between)
        told.append(
            [(e.body["seed"], e.body["ordinal"], e.body["selected"]) for e in hall.events("survey.eligible")]
        )
        draws.append(asked)
        assert len(hall.events("survey.sampled")) == 4
        assert hall.journal.verify().bad_seq is None
        hall.journal.close()
    assert told[0] == told[1]
    assert draws[0] == draws[1]


@pytest.mark.parametrize(
    "changes",
    [{"sampling": Sampling("systematic", every=3)}, {"version": 2}, {"id": "other"}],
    ids=["sampling", "version", "survey"],
)
def test_a_plan_changed_in_the_middle_of_a_day_is_recorded_and_counts_from_none(
    hall: Hall, changes: dict[str, object]
) -> None:
    for _ in range(4):
        hall.enter()
    hall.clock.advance(1)
    hall.change(**changes)
    for _ in range(4):
        hall.enter()
    before, after = hall.events("survey.sampled")
    assert before.day == after.day
    assert before.body["seed"] != after.body["seed"]
    ordinals = [(e.body["seed"], e.body["ordinal"]) for e in hall.events("survey.eligible")]
    assert ordinals == [(plan.body["seed"], number) for plan in (before, after) for number in range(4)]
    assert selected(hall) == recomputed(hall)


def test_a_wording_changed_is_no_other_plan(hall: Hall) -> None:
    hall.enter()
    hall.change(statements=(replace(STATEMENTS[0], text="It was very good"), *STATEMENTS[1:]))
    hall.enter()
    assert len(hall.events("survey.sampled")) == 1


@pytest.mark.parametrize("kind", ["lookup", "served"])
def test_the_rotation_covers_all_statements_within_one_over_700_respondents(hall: Hall, kind: str) -> None:
    """Whatever visits of the other kind come between."""

    def respond() -> None:
        for number in range(700):
            begun = hall.begin(About(kind))
            asked.update(statement.id for statement in begun.statements)
            assert len(begun.statements) == 4
            if number % 5 == 0:
                hall.begin(About("served" if kind == "lookup" else "lookup"))

    asked: Counter[str] = Counter()
    hall.journal.decide(respond)
    fitting = [statement.id for statement in STATEMENTS if kind in statement.fits]
    assert asked.keys() == set(fitting)
    assert asked["overall"] == 700
    others = [asked[name] for name in fitting[1:]]
    assert max(others) - min(others) <= 1


def own(name: str, department: str = "finance", **changes: object) -> OwnStatement:
    return replace(OwnStatement(name, f"About {name}", department=department), **changes)  # type: ignore[arg-type]


def test_a_departments_own_are_asked_after_the_four_about_its_services_alone(hall: Hall) -> None:
    """Retired ones never; some only about the services they name."""
    catalog = riverton()
    mine = next(service for service in catalog.services if service.department)
    others = next(service for service in catalog.services if service.department != mine.department)
    hall.change(
        extra=(
            own("all", mine.department),
            own("one", mine.department, services=(mine.id,)),
            own("gone", mine.department, retired=True),
            own("elsewhere", "no_such"),
        )
    )

    def asked(**about: str) -> list[str]:
        return [statement.id for statement in hall.begin(About("served", **about)).statements[4:]]

    assert asked(service=mine.id) == ["all", "one"]
    assert asked(service=others.id) == []
    assert asked() == []
    assert asked(department=mine.department) == ["all"], "of a department without a service"


def test_a_retired_statement_is_never_drawn(hall: Hall) -> None:
    hall.change(statements=(*STATEMENTS[:1], replace(STATEMENTS[1], retired=True), *STATEMENTS[2:]))
    drawn = {statement.id for _ in range(30) for statement in hall.begin().statements}
    assert drawn == {statement.id for statement in STATEMENTS} - {"both0"}


def test_changing_or_retiring_a_statement_shifts_nobody_elses_answers(hall: Hall) -> None:
    """Answers lie under the statement's own name: the same before, after, and after a rebuild."""
    for value in ("1", "2", "3"):
        hall.answer(hall.begin(), value)
    today = hall.clock.day()
    before = {row.response: row.answers for row in hall.journal.survey_responses(today)}
    hall.change(
        version=2,
        statements=(
            Statement("new", "Something new"),
            *(s if s.id != "staff2" else replace(s, retired=True) for s in reversed(STATEMENTS)),
        ),
    )
    hall.answer(hall.begin(), "4")
    after = {row.response: row.answers for row in hall.journal.survey_responses(today)}
    assert after.items() >= before.items()
    (latest,) = after.keys() - before.keys()
    assert set(after[latest].values()) == {"4"}
    assert "new" in after[latest]
    hall.journal.rebuild()
    assert {row.response: row.answers for row in hall.journal.survey_responses(today)} == after


def test_what_statements_say_is_recorded_once_and_again_when_a_text_changes(hall: Hall) -> None:
    for language in ("en", "es", "en", "es"):
        hall.begin(language=language)
    said = hall.events("survey.worded")
    assert [event.body["language"] for event in said] == ["en", "es"]
    assert said[0].body["statements"] == {statement.id: statement.text for statement in STATEMENTS}
    hall.change(statements=(replace(STATEMENTS[0], text="It was very good"), *STATEMENTS[1:]))
    hall.begin()
    hall.begin()
    assert [event.body["language"] for event in hall.events("survey.worded")] == ["en", "es", "en"]
    hall.change(version=2)
    hall.begin()
    assert [event.body["version"] for event in hall.events("survey.worded")] == [1, 1, 1, 2]
    texts = [w.text for w in hall.journal.survey_wordings() if (w.language, w.statement) == ("en", "overall")]
    assert texts == ["It was good", "It was very good", "It was very good"]


def test_an_invitation_counts_once(hall: Hall) -> None:
    """A second survey on the same visit chose itself."""
    unit = hall.enter("bills", "ticket")
    hall.conduct.invite(unit.unit, "desk")
    hall.conduct.invite(unit.unit, "screen")
    about = About("served", lane="bills", unit=unit.unit, channel="ticket")
    hall.begin(about)
    hall.begin(about)
    first, second = (event.body for event in hall.events("survey.started"))
    assert (first["channel"], first["stratum"], first["seed"]) == ("invited", "bills", unit.seed)
    assert (second["channel"], second["stratum"], second["seed"]) == ("ticket", "", "")
    assert [event.body["by"] for event in hall.events("survey.invited")] == ["desk"]
    assert len(hall.events("survey.accepted")) == 1
    hall.conduct.decline(unit.unit)
    assert not hall.events("survey.declined"), "whoever answered has not declined"
    assert hall.journal.rows("SELECT count(*) FROM skipped_events") == [(0,)]


def test_whoever_comes_without_being_asked_first_was_invited_by_the_screen(hall: Hall) -> None:
    unit = hall.enter("bills", "ticket")
    hall.begin(About("served", unit=unit.unit, channel="ticket"))
    kinds = [event.kind for event in hall.journal.events()][-4:]
    assert kinds == ["survey.invited", "survey.accepted", "survey.worded", "survey.started"]


def test_nothing_leads_from_a_response_to_who_was_invited(hall: Hall) -> None:
    unit = hall.enter("bills", "ticket")
    hall.begin(About("served", unit=unit.unit))
    (started,) = hall.events("survey.started")
    assert unit.unit not in str(dict(started.body))


def test_who_is_not_selected_is_neither_invited_nor_in_the_sample(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Sampling("random", percent=0))
    unit = hall.enter("bills", "ticket")
    hall.conduct.invite(unit.unit, "screen")
    hall.conduct.decline(unit.unit)
    hall.begin(About("served", unit=unit.unit, channel="ticket"))
    hall.begin(About("served", unit=new_id()))
    assert not hall.events("survey.invited") + hall.events("survey.declined")
    assert [event.body["channel"] for event in hall.events("survey.started")] == ["ticket", "convenience"]


def test_entering_twice_counts_once(hall: Hall) -> None:
    which = new_id()
    first = hall.conduct.enter(which, "visit", "self_service", "utility_pay", "en")
    hall.clock.advance(DAY)
    assert hall.conduct.enter(which, "visit", "self_service", "utility_pay", "es") == first
    assert len(hall.events("survey.eligible")) == 1


def test_a_machine_among_others_gives_invitation_numbers_of_its_own(hall: Hall) -> None:
    hall.enter("bills", "answer")
    hall.journal.enroll(new_id(), "lobby", "ab" * 32, [("B", 100, 199), ("Z", 300, 301), ("Z", 700, 700)])
    given = []
    for _ in range(5):
        hall.clock.advance(60)
        given.append(hall.enter("bills", "answer"))
    assert [unit.code for unit in given] == ["Z300", "Z301", "Z700", "Z300", "Z301"]
    today = hall.clock.day()
    assert hall.journal.survey_unit_of_code("Z300", today) == given[3]
    hall.begin(replace(About("served"), unit=given[3].unit))
    assert hall.journal.survey_unit_of_code("Z300", today) == given[0], "whose number it is still"


def test_only_selected_answers_at_the_desk_get_a_number(hall: Hall) -> None:
    codes = [hall.enter("bills", source).code for source in ("answer", "visit", "answer", "ticket")]
    assert codes == ["Z100", "", "Z101", ""]
    today = hall.clock.day()
    assert hall.journal.survey_unit_of_code("Z102", today) is None
    found = hall.journal.survey_unit_of_code("Z101", today)
    assert found is not None and found.source == "answer"
    hall.clock.advance(DAY)
    assert hall.enter("bills", "answer").code == "Z100", "numbers begin again each day"
    assert hall.journal.survey_unit_of_code("Z101", hall.clock.day()) is None


def test_employees_are_asked_what_is_for_them_and_kept_apart(hall: Hall) -> None:
    only = Statement("inside", "The intranet was clear", audience=("employee",))
    never = replace(STATEMENTS[1], audience=("visitor",))
    hall.change(statements=(STATEMENTS[0], never, *STATEMENTS[2:], only), ask=8)
    asked = {s.id for _ in range(9) for s in hall.begin(About("served", audience="employee")).statements}
    assert "inside" in asked and "both0" not in asked
    assert "inside" not in {s.id for _ in range(9) for s in hall.begin().statements}
    today = hall.clock.day()
    assert sum(row.started for row in hall.journal.survey_counts(today, today, audience="employee")) == 9
    assert sum(row.started for row in hall.journal.survey_counts(today, today)) == 9
