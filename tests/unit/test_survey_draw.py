"""Which statements a visitor is asked: the first always, the others so that all are covered evenly."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import OwnStatement, Service, Statement, SurveyPlan
from kiosk.survey.draw import draw, own

KINDS = ("lookup", "served")
FITS = (("lookup", "served"), ("served",), ("lookup",))


@st.composite
def plans(draw_value: st.DrawFn) -> SurveyPlan:
    """Surveys of one to twelve statements, of which any number may be asked."""
    fits = draw_value(st.lists(st.sampled_from(FITS), min_size=1, max_size=12))
    statements = tuple(Statement(f"s{n}", f"Statement {n}", kinds) for n, kinds in enumerate(fits))
    return SurveyPlan("exit", 1, draw_value(st.integers(1, 8)), statements)


def fitting(plan: SurveyPlan, kind: str) -> list[Statement]:
    return [statement for statement in plan.statements if kind in statement.fits]


@given(
    plans(),
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(["s0", "s1", "s2", "s3"]), st.integers(0, 9)),
)
def test_what_is_drawn_fits_the_visit_in_the_surveys_order(
    plan: SurveyPlan, kind: str, asked: dict[str, int]
) -> None:
    able = fitting(plan, kind)
    drawn = draw(plan, kind, asked, Random(1))
    assert len(drawn) == min(plan.ask, len(able))
    assert list(drawn) == [statement for statement in able if statement in drawn]
    assert drawn[:1] == tuple(able[:1])


@given(plans(), st.sampled_from(KINDS), st.integers(0, 2**32), st.integers(1, 60))
def test_over_many_visits_all_are_covered_evenly(plan: SurveyPlan, kind: str, seed: int, visits: int) -> None:
    """With the counts fed back, two statements differ by one visit at most."""
    asked: Counter[str] = Counter()
    random = Random(seed)
    for _ in range(visits):
        asked.update(statement.id for statement in draw(plan, kind, asked, random))
    others = [asked[statement.id] for statement in fitting(plan, kind)[1:]]
    assert not others or max(others) - min(others) <= 1
    assert asked[fitting(plan, kind)[0].id] == visits if fitting(plan, kind) else not asked


@given(plans(), st.lists(st.sampled_from(KINDS), min_size=10, max_size=60), st.integers(0, 2**32))
def test_with_visits_of_both_kinds_nothing_that_could_be_asked_stays_behind(
    plan: SurveyPlan, kinds: list[str], seed: int
) -> None:
    """No statement is passed over for one that was asked more often."""
    asked: Counter[str] = Counter()
    random = Random(seed)
    for kind in kinds:
        before = dict(asked)
        drawn = draw(plan, kind, asked, random)
        left = [statement for statement in fitting(plan, kind) if statement not in drawn]
        for chosen in drawn[1:]:
            assert all(before.get(chosen.id, 0) <= before.get(other.id, 0) for other in left)
        asked.update(statement.id for statement in drawn)


@given(st.integers(0, 2**32))
def test_ties_are_drawn_by_chance_and_a_seed_repeats_them(seed: int) -> None:
    plan = SurveyPlan("exit", 1, 4, tuple(Statement(f"s{n}", "") for n in range(10)))
    assert draw(plan, "lookup", {}, Random(seed)) == draw(plan, "lookup", {}, Random(seed))


def test_every_statement_can_come_first_to_a_new_kiosk() -> None:
    """The draw of the first visit is not always the head of the list."""
    plan = SurveyPlan("exit", 1, 4, tuple(Statement(f"s{n}", "") for n in range(10)))
    seen = {statement.id for seed in range(60) for statement in draw(plan, "served", {}, Random(seed))}
    assert seen == {statement.id for statement in plan.statements}


OWN = st.builds(
    OwnStatement,
    id=st.sampled_from(["o1", "o2", "o3", "o4"]),
    text=st.just("Own"),
    fits=st.sampled_from(FITS),
    audience=st.sampled_from((("visitor",), ("employee",), ("visitor", "employee"))),
    retired=st.booleans(),
    department=st.sampled_from(["finance", "parks", ""]),
    services=st.sampled_from(((), ("pay",), ("pay", "move"))),
)


@given(
    st.lists(OWN, max_size=4, unique_by=lambda statement: statement.id),
    st.sampled_from(KINDS),
    st.sampled_from(["visitor", "employee"]),
    st.sampled_from(["pay", "move", "swim", ""]),
    st.sampled_from(["finance", "parks", ""]),
)
def test_a_departments_own_are_asked_of_whom_they_are_for(
    extra: list[OwnStatement], kind: str, audience: str, service: str, department: str
) -> None:
    """Each in the survey's order, about its department's services or those it names; retired ones never."""
    of = {"pay": "finance", "move": "finance", "swim": "parks"}
    known = Service(service, service, "", "c", "", "", "high", department=of[service]) if service else None
    plan = SurveyPlan("exit", 1, 1, (Statement("s0", ""),), tuple(extra))
    asked = own(plan, known, kind, audience, department)
    about = of.get(service, department)
    for statement in extra:
        wanted = not statement.retired and kind in statement.fits and audience in statement.audience
        wanted = wanted and bool(about) and statement.department == about
        wanted = wanted and (not statement.services or service in statement.services)
        assert (statement in asked) == wanted
    assert list(asked) == [statement for statement in extra if statement in asked]


@given(plans(), st.sampled_from(KINDS), st.integers(0, 2**32), st.data())
def test_whoever_a_statement_is_not_for_never_draws_it(
    plan: SurveyPlan, kind: str, seed: int, data: st.DataObject
) -> None:
    """A retired one neither; the first of the others is the one that is always asked."""
    changed = tuple(
        replace(
            statement,
            retired=data.draw(st.booleans()),
            audience=data.draw(st.sampled_from([("visitor",), ("visitor", "employee")])),
        )
        for statement in plan.statements
    )
    drawn = draw(replace(plan, statements=changed), kind, {}, Random(seed), "employee")
    able = [s for s in changed if not s.retired and kind in s.fits and "employee" in s.audience]
    assert set(drawn) <= set(able)
    assert drawn[:1] == tuple(able[:1])
    assert len(drawn) == min(plan.ask, len(able))
