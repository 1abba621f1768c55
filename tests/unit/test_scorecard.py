"""The scorecard's figures against answers counted by hand, and what it may say of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Benchmark, OwnStatement, Period, Sampling, Statement
from kiosk.i18n.messages import load
from kiosk.journal.kinds import new_id
from kiosk.survey import wording
from kiosk.survey.interval import Interval, wilson
from kiosk.survey.period import Span, chosen, earlier
from kiosk.survey.public import _table as public_table
from kiosk.survey.public import public
from kiosk.survey.score import AnswerCounts, Cell, StatementScore, score
from kiosk.survey.scorecard import FORMER, OWN, STANDARD, GroupRow, GroupTable, Point, StatementCard
from tests.support.answers import NOVEMBER, Hall, of

EN = load("en")
PLEASED = {"overall": "4", "information": "3", "staff": "4"}
CROSS = {"overall": "1", "information": "2", "staff": "1"}


@pytest.fixture
def hall(tmp_path):
    hall = Hall(tmp_path)
    yield hall
    hall.journal.close()


def with_plan(hall, **changes):
    """Change the survey's plan a minute later."""
    hall.clock.advance(60)
    hall.catalog = replace(hall.catalog, survey=replace(hall.catalog.survey, **changes))


def test_every_answer_is_counted_as_what_it_was(hall):
    hall.many(3, {"overall": "4"})
    hall.many(2, {"overall": "1", "information": "na"})
    hall.answers({"overall": "na", "staff": "2"})
    hall.answers({"staff": "3"}, left_at="information")
    card = hall.card()
    assert of(card, "overall").current.counts == AnswerCounts(2, 0, 0, 3, 1, 0)
    assert of(card, "overall").current.agree == pytest.approx(3 / 5)
    assert of(card, "information").current.counts == AnswerCounts(0, 0, 0, 0, 2, 4)
    assert of(card, "information").current.agree is None
    assert of(card, "staff").current.counts == AnswerCounts(0, 1, 0, 0, 0, 5)
    total = card.sample.total
    assert (total.eligible, total.selected, total.started, total.completed, total.abandoned) == (
        7,
        7,
        7,
        6,
        1,
    )


def test_a_statement_that_does_not_fit_the_visit_was_not_asked_at_all(hall):
    hall.many(4, PLEASED, lane="")
    hall.answers(PLEASED, lane="bills")
    assert of(hall.card(), "staff").current.counts == AnswerCounts(c4=1)
    assert of(hall.card(), "overall").current.n == 5


def test_everyone_is_a_census_with_a_response_rate_and_no_interval(hall):
    hall.many(18, PLEASED)
    hall.many(2, CROSS)
    for _ in range(5):
        hall.conduct.decline(hall.comes("bills"))
    for _ in range(15):
        hall.comes("bills")
    card = hall.card()
    overall = of(card, "overall")
    assert (overall.current.basis, overall.current.interval) == ("census", None)
    assert overall.current.agree == pytest.approx(0.9)
    assert overall.status == "not_enough", "18 of 20, and the target is 85"
    assert card.sample.total.rates.response_1 == pytest.approx(0.5)
    assert card.sample.total.rates.refusal_1 == pytest.approx(5 / 40)
    said = " ".join(wording.method(card, EN))
    assert "Everyone who had finished was to be invited." in said
    assert "20 of 40 people chosen answered to the end: a response rate of 50%" in said
    assert "No sampling error applies." in said
    assert "interval" not in said


def test_one_in_three_has_wilsons_interval(hall):
    with_plan(hall, sampling=Sampling("systematic", every=3))
    hall.many(60, PLEASED)
    hall.many(90, CROSS)
    card = hall.card()
    overall = of(card, "overall")
    assert overall.current.n == card.sample.total.completed == 50
    assert overall.current.counts.c4 == 20
    assert overall.current.interval == wilson(20, 50)
    assert overall.status == "below_target"
    assert overall.gap == pytest.approx(0.85 - wilson(20, 50).high)
    assert [focus.card.id for focus in card.focus][:1] == ["overall"]
    assert card.sample.designs == ("systematic 3",)
    assert "One in 3 visitors was chosen" in wording.method(card, EN)[0]


def test_strata_count_by_their_visitors_not_by_their_answers(hall):
    with_plan(hall, sampling=Sampling("stratified", rates={"bills": 100, "help": 100}))
    hall.many(10, PLEASED, lane="bills")
    hall.many(10, CROSS, lane="help")
    for _ in range(20):
        hall.comes("help")
    card = hall.card()
    overall = of(card, "overall").current
    # 10 of 40 visitors were at bills and all agree; 30 at help, where none does.
    assert overall.weighted
    assert overall.agree == pytest.approx(0.25)
    assert overall.counts.agreeing / overall.n == pytest.approx(0.5)
    assert overall.interval.low < 0.25 < overall.interval.high
    assert "by line: Bills and payments 100%, Questions and help 100%" in wording.method(card, EN)[0]
    assert {row.stratum: row.eligible for row in card.sample.strata} == {"bills": 10, "help": 30}


def test_a_stratum_that_a_statement_does_not_fit_has_no_weight_in_it(hall):
    with_plan(hall, sampling=Sampling("stratified", rates={"bills": 100, "self_service": 100}))
    hall.many(10, PLEASED, lane="bills")
    hall.many(10, CROSS, lane="")
    card = hall.card()
    assert of(card, "staff").current.agree == 1.0
    assert of(card, "staff").current.interval is not None
    assert of(card, "overall").current.agree == pytest.approx(0.5)


def test_people_who_came_by_themselves_are_apart_and_never_judged(hall):
    hall.many(30, CROSS, channel="convenience")
    hall.many(4, PLEASED, channel="ticket")
    card = hall.card()
    assert of(card, "overall").current.n == 0
    assert of(card, "overall").status == "not_enough"
    assert not card.focus
    own, ticket = card.channels
    assert (own.channel, own.completed, ticket.channel, ticket.completed) == ("convenience", 30, "ticket", 4)
    for channel in card.channels:
        for said in channel.statements:
            assert said.score.basis == "self_selected"
            assert said.score.interval is None
    assert own.statements[0].score.counts == AnswerCounts(c1=30)
    assert not hasattr(own.statements[0], "status")


def test_designs_that_cannot_be_counted_together_have_no_interval(hall):
    hall.many(12, PLEASED)
    with_plan(hall, sampling=Sampling("random", percent=100))
    hall.many(12, PLEASED)
    card = hall.card()
    assert of(card, "overall").current.basis == "mixed"
    assert of(card, "overall").current.interval is None
    assert of(card, "overall").status == "not_enough"
    assert "can't be counted together" in wording.method(card, EN)[-1]


def test_each_period_has_its_own_figures(hall):
    with_plan(hall, baseline=Period("2026-07-01", "2026-07-31"))
    for day, good, bad in (
        (date(2026, 7, 15), 5, 5),
        (date(2026, 9, 20), 12, 3),
        (date(2026, 10, 20), 20, 20),
        (date(2026, 11, 12), 19, 1),
    ):
        hall.on(day)
        hall.many(good, PLEASED)
        hall.many(bad, CROSS)
    hall.on(date(2026, 12, 1))
    card = hall.card()
    overall = of(card, "overall")
    assert (overall.baseline.n, overall.previous.n, overall.current.n) == (10, 40, 20)
    assert overall.changed == "up"
    assert len(overall.trend) == 9
    assert [point.agree for point in overall.trend[-3:]] == pytest.approx([0.8, 0.5, 0.95])
    assert overall.trend[-1].period == NOVEMBER
    assert overall.trend[-2].period == card.previous == Span(date(2026, 10, 2), date(2026, 10, 31))
    assert of(replace(card), "staff").baseline.n == 10


def test_without_a_baseline_there_is_none(hall):
    hall.answers(PLEASED)
    card = hall.card()
    assert card.baseline is None
    assert of(card, "overall").baseline is None


def test_targets_and_benchmarks_are_the_statements_own_or_the_surveys(hall):
    first, *others = hall.catalog.survey.statements
    with_plan(
        hall,
        statements=(replace(first, target=70, benchmark=Benchmark(80, "A survey of cities, 2025")), *others),
        target=90,
    )
    card = hall.card()
    assert (of(card, "overall").target, of(card, "information").target) == (70, 90)
    assert of(card, "overall").benchmark.source == "A survey of cities, 2025"
    assert of(card, "information").benchmark is None
    with_plan(hall, target=0)
    assert of(hall.card(), "information").status == "no_target"


def test_statements_stand_in_the_surveys_order_then_the_departments_then_those_asked_no_more(hall):
    hall.many(3, {**PLEASED, "cashier": "2"})
    statements = [one for one in hall.catalog.survey.statements if one.id != "staff"]
    retired = replace(hall.catalog.survey.extra[0], retired=True)
    with_plan(
        hall,
        version=2,
        statements=(*statements, Statement("hours", "Hours were good")),
        extra=(
            retired,
            OwnStatement("parking", "Parking was easy", ("served",), department="works", services=()),
        ),
    )
    hall.many(2, {"hours": "4"})
    card = hall.card()
    assert [(one.id, one.kind) for one in card.statements] == [
        ("overall", STANDARD),
        ("information", STANDARD),
        ("hours", STANDARD),
        ("parking", OWN),
        ("cashier", FORMER),
        ("staff", FORMER),
    ]
    assert of(card, "staff").text == "Staff communicated clearly", "as it was recorded"
    assert of(card, "staff").current.counts == AnswerCounts(c4=3)
    assert of(card, "staff").status == "no_target"
    assert of(card, "parking").department == "Public Works"
    assert of(card, "overall").current.n == 3


def test_a_new_text_in_a_new_version_is_noted(hall):
    hall.on(date(2026, 11, 3)).many(2, PLEASED)
    first, *others = hall.catalog.survey.statements
    with_plan(hall, version=2, statements=(replace(first, text="All in all it was good"), *others))
    hall.on(date(2026, 11, 20)).many(2, PLEASED)
    card = hall.card()
    assert of(card, "overall").reworded == (2,)
    assert list(wording.notes(of(card, "overall"), EN)) == ["Wording changed in version 2."]
    assert of(card, "information").reworded == ()
    before = hall.card(period=Span(date(2026, 11, 1), date(2026, 11, 10)))
    assert of(before, "overall").reworded == ()


def test_a_version_whose_wording_nobody_recorded_is_named(hall):
    response = new_id()
    body = {
        "visit": new_id(),
        "response": response,
        "survey": "other",
        "version": 9,
        "channel": "invited",
        "audience": "visitor",
        "about": "served",
        "language": "en",
        "service": "",
        "lane": "bills",
        "wait": "none",
        "department": "",
        "stratum": "bills",
        "seed": new_id(),
        "statements": ["forgotten"],
    }
    hall.record("survey.started", body)
    hall.record("survey.answered", {"response": response, "statement": "forgotten", "answer": "3"})
    hall.record("survey.completed", {"response": response})
    card = hall.card()
    lost = of(card, "forgotten")
    assert lost.text == "forgotten (its wording was not recorded)"
    assert lost.unknown == (9,)
    assert "Its wording in version 9 was not recorded." in wording.notes(lost, EN)
    assert lost.current.interval is None, "how they were chosen is not known"
    assert "How some of these people were chosen was not recorded." in wording.method(card, EN)


def test_statements_stand_in_the_language_of_the_report(tmp_path):
    from kiosk.catalog.load import find
    from kiosk.catalog.load import load as load_catalog
    from kiosk.settings import Settings

    hall = Hall(tmp_path, load_catalog(find(Settings())))
    english, spanish = hall.card(), hall.card(language="es")
    assert of(english, "overall").text != of(spanish, "overall").text
    assert spanish.language == "es"
    hall.journal.close()


def test_groups_have_their_own_figures_and_local_hours(hall):
    hall.on(date(2026, 11, 3), 16).many(3, PLEASED, lane="bills", language="es")
    hall.on(date(2026, 11, 4), 16).many(2, CROSS, lane="help", service="general_311")
    hall.on(date(2026, 11, 4), 21).many(1, PLEASED, lane="", service="pothole", channel="convenience")
    card = hall.card("lane", "hour", "department", "language", "day", "service", "site")

    def rows(by, channel="invited"):
        return {
            row.name: (row.n, row.scores["overall"].agree)
            for table in card.groups
            if (table.by, table.channel) == (by, channel)
            for row in table.rows
        }

    assert rows("lane") == {"Bills and payments": (3, 1.0), "Questions and help": (2, 0.0)}
    assert rows("hour") == {"10:00 AM": (5, pytest.approx(0.6))}
    assert rows("hour", "convenience") == {"3:00 PM": (1, 1.0)}
    assert rows("department") == {"Finance": (3, 1.0), "No department": (2, 0.0)}
    assert rows("department", "convenience") == {"Public Works": (1, 1.0)}
    assert rows("language") == {"Español": (3, 1.0), "English": (2, 0.0)}
    assert rows("day") == {"2026-11-03": (3, 1.0), "2026-11-04": (2, 0.0)}
    assert set(rows("site")) == {"local"}
    assert sum(n for n, _ in rows("service").values()) == 5


def test_employees_are_counted_by_themselves(hall):
    from random import Random

    from kiosk.survey.conduct import About

    hall.many(5, PLEASED)
    about = About("served", "utility_pay", audience="employee")
    begun = hall.conduct.begin(new_id(), about, "en", hall.catalog.survey, Random(1))
    for said in begun.statements:
        hall.record("survey.answered", {"response": begun.response, "statement": said.id, "answer": "2"})
    hall.record("survey.completed", {"response": begun.response})
    card = hall.card(audience="employee")
    assert "cashier" not in [one.id for one in card.statements], "asked of visitors alone"
    assert card.started == 1
    assert card.channels[0].statements[0].score.counts == AnswerCounts(c2=1)
    assert card.sample.total.eligible == 0
    assert of(hall.card(), "overall").current.n == 5


def test_an_empty_period_is_empty_and_today_is_not_over(hall):
    assert hall.card(period=Span(date(2026, 3, 1), date(2026, 3, 31))).empty
    hall.comes("bills")
    card = hall.card()
    assert not card.empty
    assert (card.not_over, card.ahead) == (True, True)
    example = "The target and who is invited are examples that the City has not confirmed."
    assert wording.warnings(card, EN) == ["Not all of these days have come: today is 2026-11-23.", example]
    today = hall.card(period=Span(date(2026, 11, 1), date(2026, 11, 23)))
    not_over = "Today, 2026-11-23, is not over: its figures will change."
    assert wording.warnings(today, EN) == [not_over, example]
    over = hall.card(period=Span(date(2026, 11, 1), date(2026, 11, 22)))
    assert wording.warnings(over, EN) == [example, "Nobody was asked and nobody answered in this period."]
    later = hall.card(period=Span(date(2027, 11, 1), date(2027, 11, 30)))
    assert "Is the clock of this machine right?" in wording.warnings(later, EN)[0]


def test_a_clock_that_went_back_a_year_is_asked_about(hall):
    hall.answers(PLEASED)
    hall.on(date(2025, 11, 23))
    card = hall.card(period=chosen(hall.clock.day()))
    assert card.empty
    assert wording.warnings(card, EN)[0] == (
        "There are answers of days that have not come. Is the clock of this machine right?"
    )


def test_the_public_sees_nothing_of_fewer_than_ten(hall):
    hall.on(date(2026, 10, 20)).many(4, PLEASED)
    hall.on(date(2026, 11, 12))
    hall.many(30, PLEASED, lane="bills", language="en")
    hall.many(7, CROSS, lane="help", service="general_311", language="vi")
    hall.many(12, PLEASED, lane="", language="es")
    hall.many(9, PLEASED, channel="convenience")
    card = public(hall.card("lane", "language"))
    overall = of(card, "overall")
    assert overall.current.n == 49
    assert overall.previous is None
    assert overall.held_back == ("previous",)
    assert overall.trend[-2].agree is None
    assert overall.trend[-2].n is None
    # Seven at help; twelve who looked something up would give them away beside the total.
    lanes = {row.key: row.n for row in card.groups[0].rows}
    assert lanes == {"bills": 30, "": None, "help": None}
    assert all(score is None for row in card.groups[0].rows if row.n is None for score in row.scores.values())
    assert card.sample.strata == ()
    assert card.channels[0].completed is None
    assert all(said.score is None for said in card.channels[0].statements)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), min_size=1, max_size=8))
def test_no_public_number_of_a_group_follows_from_the_others(groups):
    rows = tuple(
        GroupRow(str(place), str(place), surveys, {"overall": score([Cell("", "", 0, AnswerCounts(c4=n))])})
        for place, (surveys, n) in enumerate(groups)
    )
    shown = public_table(GroupTable("lane", "invited", rows), 10).rows
    before = {row.key: row for row in rows}
    for column in (lambda row: row.n, lambda row: (of := row.scores["overall"]) and of.n):
        hidden = [column(before[row.key]) for row in shown if column(row) is None]
        assert all(column(row) is None or column(row) >= 10 or column(row) == 0 for row in shown)
        total = sum(column(row) for row in rows)
        if any(0 < number < 10 for number in hidden) and total >= 10:
            assert len([number for number in hidden if number]) >= 2
            assert sum(hidden) >= 10


def test_the_public_reads_which_lines_were_drawn_from_by_their_names(hall):
    with_plan(hall, sampling=Sampling("stratified", rates={"bills": 100, "self_service": 50}))
    hall.many(12, PLEASED)
    said = wording.method(public(hall.card()), EN)[0]
    assert "by line: Bills and payments 100%, Looked something up 50%." in said


def test_the_public_is_told_what_is_done_but_not_by_whom(hall):
    from kiosk.survey.actions import write

    day = hall.clock.day()
    write(
        hall.journal,
        "overall",
        "",
        {"action": "More chairs", "owner": "Ana", "cause": "Nobody cares"},
        "",
        day,
    )
    write(hall.journal, "staff", "", {"action": "Gave up", "state": "dropped"}, "", day)
    (plan,) = public(hall.card()).plans
    assert (plan.action, plan.owner, plan.cause) == ("More chairs", "", "")


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=2, max_size=9),
)
def test_a_trend_has_a_sign_for_each_period(shares):
    span = Span(date(2026, 1, 1), date(2026, 1, 30))
    line = wording.sparkline([Point(span, 10, share) for share in shares])
    known = [share for share in shares if share is not None]
    if len(known) < 2:
        assert line == ""
        return
    assert len(line) == len(shares)
    assert [sign == "·" for sign in line] == [share is None for share in shares]
    drawn = [wording.LEVELS.index(sign) for sign in line if sign != "·"]
    for one, share in zip(drawn, known, strict=True):
        for other, beside in zip(drawn, known, strict=True):
            assert share >= beside or one <= other


@given(st.floats(0, 1))
def test_only_all_is_shown_as_all_and_only_nothing_as_nothing(share):
    shown = wording.points(share)
    assert (shown == 100) == (share == 1)
    assert (shown == 0) == (share == 0)
    assert abs(shown - share * 100) <= 1


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_periods_follow_one_another_without_a_gap(first, length):
    span = Span(first, first + timedelta(days=length - 1))
    spans = [*earlier(span), span]
    assert len(spans) == 9
    assert all(one.days == length for one in spans)
    assert all(one.last + timedelta(days=1) == two.first for one, two in pairwise(spans))


def test_the_days_of_a_report():
    today = date(2026, 11, 23)
    assert chosen(today) == Span(date(2026, 10, 24), date(2026, 11, 22))
    assert chosen(today, date(2026, 11, 1)) == Span(date(2026, 11, 1), date(2026, 11, 22))
    assert chosen(today, today) == Span(today, today)
    assert chosen(today, None, date(2026, 9, 30)) == Span(date(2026, 9, 1), date(2026, 9, 30))
    assert Span(date.min, today).before(8) == Span(date.min, date.min)
    with pytest.raises(ValueError, match="comes after"):
        chosen(today, date(2026, 11, 5), date(2026, 11, 1))


def test_a_bar_has_as_many_full_cells_as_the_low_end_of_its_interval():
    from kiosk.survey.plain import bar

    score = StatementScore(AnswerCounts(), "probability", 0.5, None, None, Interval(0.4, 0.6))
    assert bar(score, 0, 10) == "████▒▒····"
    assert bar(score, 80, 10) == "████▒▒··│·"
    assert bar(replace(score, interval=None), 100, 10) == "█████····│"


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (0.004, "so: below 85%"),
        (0.01, "so: at least 1 point below 85%"),
        (0.199, "so: at least 19 points below 85%"),
    ],
)
def test_a_gap_is_never_said_to_be_larger_than_it_is(gap, told):
    none = StatementScore(AnswerCounts(), "none", None, None, None, None)
    card = StatementCard("so", "so", STANDARD, "", 85, None, None, none, none, "below_target", "", gap, ())
    assert wording.below(card, EN) == told
