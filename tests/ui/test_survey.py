"""Who is invited to the survey, and where the answers go, as visitors and employees meet it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from kiosk.catalog.model import OwnStatement, Sampling, SurveyPlan
from kiosk.errors import JournalFull
from kiosk.journal.survey_questions import Unit
from kiosk.line.line import Line
from kiosk.ui.visitor.service import ServiceScreen
from tests.support.app import Kiosk
from tests.support.scenes import SERVICE
from tests.ui.test_idle import COUNTDOWN, QUIET, wait
from tests.ui.test_tickets import look_up, own, serve, shown, take

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]
NOBODY = Sampling("random", percent=0)
DEPARTMENT = "utility_billing"
"""The department of SERVICE."""


def plan(kiosk: Kiosk, **changes: object) -> None:
    """Change this kiosk's survey."""

    def changed(survey: SurveyPlan) -> SurveyPlan:
        return replace(survey, **changes)  # type: ignore[arg-type]

    own(kiosk, lambda catalog: replace(catalog, survey=changed(catalog.survey)))


async def look(kiosk: Kiosk, *then: str) -> None:
    """A visitor reads a service page, then touches one thing after another."""
    await kiosk.start("en")
    await kiosk.show(ServiceScreen(SERVICE))
    for which in then:
        await kiosk.touch(which)


async def frame(kiosk: Kiosk) -> list[tuple[str, str, bool]]:
    """(source, stratum, selected) of everybody who could be asked."""
    rows = await kiosk.rows("survey.eligible")
    return [(row["source"], row["stratum"], row["selected"]) for row in rows]


async def kinds(kiosk: Kiosk, prefix: str = "survey.") -> list[str]:
    return [event.kind for event in await kiosk.events() if event.kind.startswith(prefix)]


@pytest.mark.parametrize("answer", ["yes", "partly"])
async def test_who_is_not_selected_sees_no_invitation(kiosk: Kiosk, answer: str) -> None:
    plan(kiosk, sampling=NOBODY)
    await look(kiosk, "done", answer)
    assert kiosk.at == "ThanksScreen"
    assert await frame(kiosk) == [("visit", "self_service", False)]
    assert await kinds(kiosk) == ["survey.sampled", "survey.eligible"]


async def test_every_second_visitor_is_invited(kiosk: Kiosk) -> None:
    """By the recorded start of the day, whoever answers and whoever declines."""
    plan(kiosk, sampling=Sampling("systematic", every=2))
    asked = []
    for _ in range(4):
        await look(kiosk, "done", "no", "finish")
        asked.append(kiosk.at == "InviteScreen")
        kiosk.app.end_visit("finished")
        await kiosk.settle()
    assert asked in ([True, False, True, False], [False, True, False, True])
    assert [selected for _, _, selected in await frame(kiosk)] == asked
    assert [row["by"] for row in await kiosk.rows("survey.invited")] == ["screen", "screen"]


async def test_declining_is_one_touch(kiosk: Kiosk) -> None:
    await look(kiosk, "done", "yes")
    assert kiosk.at == "InviteScreen"
    await kiosk.touch("decline")
    assert kiosk.at == "ThanksScreen"
    (declined,) = await kiosk.rows("survey.declined")
    (invited,) = await kiosk.rows("survey.invited")
    assert declined["unit"] == invited["unit"]
    assert not await kiosk.rows("survey.started")


async def test_who_goes_without_a_word_was_invited_and_said_nothing(kiosk: Kiosk) -> None:
    await look(kiosk, "done", "yes")
    await wait(kiosk, QUIET)
    await wait(kiosk, COUNTDOWN)
    assert kiosk.at == "AttractScreen"
    assert await kinds(kiosk) == ["survey.sampled", "survey.eligible", "survey.invited"]


async def test_finishing_twice_enters_and_invites_once(kiosk: Kiosk) -> None:
    """Back from the invitation to the service and on again: the second time is only thanked."""
    await look(kiosk, "done", "yes")
    await kiosk.touch("bar-back")
    assert kiosk.at == "ServiceScreen"
    for which in ("done", "yes"):
        await kiosk.touch(which)
    assert kiosk.at == "ThanksScreen"
    await kiosk.touch("done")
    assert len(await frame(kiosk)) == 1
    assert len(await kiosk.rows("survey.invited")) == 1


async def test_two_presses_before_the_disk_answers_enter_once(kiosk: Kiosk) -> None:
    await look(kiosk, "done", "no")
    slow = threading.Event()
    kiosk.app.recorder._submit(slow.wait)
    for _ in range(2):
        kiosk.screen.press_finish("")  # type: ignore[attr-defined]
    slow.set()
    await kiosk.settle()
    assert kiosk.at == "InviteScreen"
    assert len(await frame(kiosk)) == 1


@pytest.mark.parametrize("how", ["idle", "start_over", "finished"])
async def test_a_lookup_that_ends_otherwise_is_in_the_frame_and_not_invited(kiosk: Kiosk, how: str) -> None:
    await look(kiosk)
    kiosk.app.end_visit(how)
    await kiosk.settle()
    assert kiosk.at == "AttractScreen"
    assert await frame(kiosk) == [("visit", "self_service", True)]
    assert not await kiosk.rows("survey.invited")
    (entered,), (viewed,) = await kiosk.rows("survey.eligible"), await kiosk.rows("service.viewed")
    assert (entered["unit"], entered["service"]) == (viewed["visit"], SERVICE)


async def test_who_read_no_page_or_took_a_ticket_made_no_lookup(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    await kiosk.touch("bar-start_over")
    await take(kiosk)
    await kiosk.touch("done")
    assert kiosk.at == "AttractScreen"
    assert not await frame(kiosk)


async def test_a_ticket_and_then_what_i_needed_is_no_lookup_either(kiosk: Kiosk) -> None:
    await take(kiosk)
    for which in ("bar-back", "done", "yes"):
        await kiosk.touch(which)
    assert kiosk.at == "ThanksScreen"
    assert not await frame(kiosk)


@pytest.mark.parametrize("where", ["attract", "home"])
async def test_leaving_feedback_is_kept_apart_from_the_sample(kiosk: Kiosk, where: str) -> None:
    if where == "home":
        await kiosk.start("en")
    for which in ("feedback", "begin", "answer-4", "answer-4", "answer-4", "answer-4", "done"):
        await kiosk.touch(which)
    (started,) = await kiosk.rows("survey.started")
    assert (started["channel"], started["about"], started["service"]) == ("convenience", "served", "")
    assert (started["stratum"], started["seed"]) == ("", "")
    assert "survey.eligible" not in await kinds(kiosk)
    assert "survey.invited" not in await kinds(kiosk)


async def test_no_thank_you_to_feedback_is_nobodys_refusal(kiosk: Kiosk) -> None:
    await kiosk.touch("feedback")
    await kiosk.touch("decline")
    assert kiosk.at == "ThanksScreen"
    assert await kinds(kiosk) == []


async def test_a_finished_ticket_that_is_selected_answers_for_the_sample_once(kiosk: Kiosk) -> None:
    code = await take(kiosk)
    await kiosk.touch("done")
    await serve(kiosk)
    for _ in range(2):
        await look_up(kiosk, code)
        for which in ("feedback", "begin", *["answer-3"] * 4, "done"):
            await kiosk.touch(which)
    first, second = await kiosk.rows("survey.started")
    assert (first["channel"], first["stratum"], first["about"]) == ("invited", "bills", "served")
    assert (second["channel"], second["stratum"]) == ("ticket", "")
    assert len(await kiosk.rows("survey.accepted")) == 1


async def test_a_finished_ticket_that_is_not_selected_may_still_tell(kiosk: Kiosk) -> None:
    plan(kiosk, sampling=NOBODY)
    code = await take(kiosk)
    await kiosk.touch("done")
    await serve(kiosk)
    await look_up(kiosk, code)
    for which in ("feedback", "begin"):
        await kiosk.touch(which)
    (started,) = await kiosk.rows("survey.started")
    assert (started["channel"], started["lane"], started["stratum"]) == ("ticket", "bills", "")
    assert not await kiosk.rows("survey.invited")


def answered(line: Line) -> Unit:
    unit = line.answered(SERVICE, "en", "1", "s1")
    line.survey.invite(unit.unit, "desk")
    return unit


async def find(kiosk: Kiosk, typed: str) -> None:
    """Another visit, to what a number typed on the pad's keys or a keyboard leads to."""
    await kiosk.start("en")
    await kiosk.touch("ticket")
    await kiosk.press(*typed)
    await kiosk.touch("find")


@pytest.mark.parametrize("typed", ["z100", "100"])
async def test_an_invitation_from_the_desk_opens_the_survey_about_that_service(
    kiosk: Kiosk, typed: str
) -> None:
    """With its letter from a keyboard or by the digits alone; once."""
    unit = await kiosk.line(answered)
    await find(kiosk, typed)
    assert kiosk.at == "InviteScreen"
    for which in ("begin", *["answer-2"] * 4, "done"):
        await kiosk.touch(which)
    (started,) = await kiosk.rows("survey.started")
    assert (started["channel"], started["service"], started["about"]) == ("invited", SERVICE, "served")
    assert (started["lane"], started["stratum"], started["wait"]) == ("bills", "bills", "none")
    assert [row["by"] for row in await kiosk.rows("survey.invited")] == ["desk"]
    assert unit.unit not in str(started)
    await find(kiosk, typed)
    assert kiosk.at == "TicketNumberScreen"
    assert shown(kiosk, "told") == "Invitation Z100 was used already. Thank you."


async def test_an_invitation_that_was_declined_or_never_given_says_so(kiosk: Kiosk) -> None:
    unit = await kiosk.line(answered)
    await kiosk.line(lambda line: line.survey.decline(unit.unit))
    await find(kiosk, "z100")
    assert "was declined" in shown(kiosk, "told")
    await kiosk.press(*"z777")
    await kiosk.touch("find")
    assert shown(kiosk, "told") == "There is no invitation Z777 today. Check the three digits."
    await kiosk.touch("bar-start_over")
    kiosk.clock.advance(24 * 3600)
    await find(kiosk, "z100")
    assert "no invitation Z100 today" in shown(kiosk, "told")


async def test_the_pad_tells_of_invitations_only_on_days_that_have_some(kiosk: Kiosk) -> None:
    """Four lanes fill its letters: then the digits are enough, and that is said."""
    await kiosk.start("en")
    await kiosk.touch("ticket")
    assert "Z" not in shown(kiosk, "told")
    await kiosk.touch("bar-start_over")
    await kiosk.line(answered)
    await kiosk.start("en")
    await kiosk.touch("ticket")
    assert shown(kiosk, "told").endswith("Without the letter if it is Z.")
    assert not kiosk.screen.query("#key-Z")
    for key in "100":
        await kiosk.touch(f"key-{key}")
    await kiosk.touch("find")
    assert kiosk.at == "InviteScreen"


async def test_where_the_pad_has_a_place_left_invitations_have_a_key(kiosk: Kiosk) -> None:
    own(kiosk, lambda catalog: replace(catalog, lanes=catalog.lanes[:2]))
    await kiosk.line(answered)
    await kiosk.start("en")
    await kiosk.touch("ticket")
    assert "Z" not in shown(kiosk, "told")
    for key in "Z100":
        await kiosk.touch(f"key-{key}")
    await kiosk.touch("find")
    assert kiosk.at == "InviteScreen"


def extra(name: str, **changes: object) -> OwnStatement:
    made = OwnStatement(name, f"My {name} question", department=DEPARTMENT)
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_the_departments_own_statements_come_last_and_are_counted(kiosk: Kiosk) -> None:
    plan(kiosk, extra=(extra("first"), extra("other", services=("utility_start",)), extra("last")))
    await look(kiosk, "done", "yes")
    assert "6 short statements" in shown(kiosk, "promise")
    await kiosk.touch("begin")
    for place in range(1, 7):
        assert shown(kiosk, "place") == f"{place} of 6"
        if place > 4:
            assert shown(kiosk, "heading") == f"My {('first', 'last')[place - 5]} question"
        await kiosk.touch("answer-4")
    assert kiosk.at == "ThanksScreen"
    (started,) = await kiosk.rows("survey.started")
    assert started["statements"][4:] == ["first", "last"]


async def test_what_was_promised_is_what_is_asked_without_a_service(kiosk: Kiosk) -> None:
    plan(kiosk, extra=(extra("first"),))
    await kiosk.touch("feedback")
    assert "4 short statements" in shown(kiosk, "promise")
    await kiosk.touch("begin")
    assert shown(kiosk, "place") == "1 of 4"


async def test_whoever_is_gone_before_the_first_statement_has_stopped_there(kiosk: Kiosk) -> None:
    """Start over while the disk is slow: no survey stays open."""
    await kiosk.touch("feedback")
    slow = threading.Event()
    kiosk.app.recorder._submit(slow.wait)
    for _ in range(2):
        kiosk.screen.press_begin("")  # type: ignore[attr-defined]
    kiosk.app.end_visit("start_over")
    slow.set()
    await kiosk.settle()
    assert kiosk.at == "AttractScreen"
    (started,), (left,) = await kiosk.rows("survey.started"), await kiosk.rows("survey.abandoned")
    assert left == {"response": started["response"], "at": started["statements"][0]}


async def test_a_lookup_ends_well_when_the_disk_is_full(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked what can't be kept, and staff are told."""
    await look(kiosk, "done")

    def full(*values: object, **named: object) -> None:
        raise JournalFull("the disk is full", "Make room.")

    monkeypatch.setattr(kiosk.app.recorder.journal, "append", full)
    await kiosk.touch("yes")
    assert kiosk.at == "ThanksScreen"
    assert any("the disk is full" in trouble for trouble in kiosk.app.troubles())
