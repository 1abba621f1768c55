"""A visitor's way from "touch to start" to "thank you", by touches or by keys alone, in every language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from kiosk.errors import JournalFull
from kiosk.ui.keyboards import LAYOUTS
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.visitor.visit import Visit
from tests.support.app import LANGUAGES, Kiosk
from tests.support.gallery import seen

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]
ANSWERS = {"answer-3": "3", "answer-4": "4", "na": "na", "skip": "skipped"}
"""What is chosen for the four statements, and what the journal calls it."""
TYPED = {"en": "trash", "es": "baño", "vi": "rác", "zh_Hans": "laji", "ar": "ماء"}
"""Words that can be typed on the on-screen keyboard of each language, in several layers of keys."""
VISIT = [
    "visit.started",
    "service.viewed",
    "qr.shown",
    "need.answered",
    "survey.sampled",
    "survey.eligible",
    "survey.invited",
    "survey.accepted",
    "survey.worded",
    "survey.started",
    *["survey.answered"] * 4,
    "survey.completed",
    "visit.ended",
]


async def test_the_journey_by_touches(run: Running, language: str) -> None:
    """Touch the picture, a language, a category, a service, its code, and answer what is asked."""
    async with run() as kiosk:
        before = kiosk.app.visit.id
        await kiosk.touch_at(40, 5)
        assert kiosk.at == "LanguageScreen"
        await kiosk.touch(f"item-{LANGUAGES.index(language)}")
        assert (kiosk.at, kiosk.app.language.code) == ("HomeScreen", language)
        await kiosk.touch("item-0")
        assert kiosk.at == "CategoryScreen"
        await kiosk.touch("item-0")
        assert kiosk.at == "ServiceScreen"
        await _to_thanks(kiosk, kiosk.touch)
        await kiosk.touch("done")
        await _says_what_happened(kiosk, language)
        await _is_forgotten(kiosk, before)


async def test_the_journey_by_keys(run: Running, language: str) -> None:
    """Arrows, Enter and Escape do all of it: nothing else is pressed."""
    async with run() as kiosk:
        before = kiosk.app.visit.id
        await kiosk.press("enter")
        assert kiosk.at == "LanguageScreen"
        await kiosk.press("escape")
        assert kiosk.at == "AttractScreen"
        await kiosk.choose(f"start-{language}")
        assert (kiosk.at, kiosk.app.language.code) == ("HomeScreen", language)
        await kiosk.choose("item-1")
        assert kiosk.at == "CategoryScreen"
        await kiosk.press("escape")
        assert (kiosk.at, kiosk.focus) == ("HomeScreen", "item-1")
        await kiosk.choose("item-0")
        await kiosk.choose("item-0")
        assert kiosk.at == "ServiceScreen"
        await _to_thanks(kiosk, kiosk.choose)
        await kiosk.choose("done")
        await _says_what_happened(kiosk, language)
        await _is_forgotten(kiosk, before)


async def _to_thanks(kiosk: Kiosk, choose: Callable[[str], Awaitable[None]]) -> None:
    """From a service page through its code and the questions to the last screen."""
    for which, screen in (("qr", "TakeAlong"), ("done", "Need"), ("yes", "Invite"), ("begin", "Statement")):
        await choose(which)
        assert kiosk.at == f"{screen}Screen"
    for answer in ANSWERS:
        assert kiosk.at == "StatementScreen"
        await choose(answer)
    assert kiosk.at == "ThanksScreen"


async def _says_what_happened(kiosk: Kiosk, language: str) -> None:
    """The journal tells the visit as it was, in one visit and one response, and no more."""
    events = await kiosk.events()
    assert [event.kind for event in events] == VISIT
    rows = {event.kind: dict(event.body) for event in events}
    visit, response = rows["visit.started"]["visit"], rows["survey.started"]["response"]
    service = kiosk.app.library.loaded.catalog.services[0].id
    assert {row["visit"] for row in rows.values() if "visit" in row} == {visit}
    assert {row["response"] for row in rows.values() if "response" in row} == {response}
    assert {row["language"] for row in rows.values() if "language" in row} == {language}
    assert {row["service"] for row in rows.values() if "service" in row} == {service}
    answered = [event.body for event in events if event.kind == "survey.answered"]
    assert [row["statement"] for row in answered] == rows["survey.started"]["statements"]
    assert [row["answer"] for row in answered] == list(ANSWERS.values())
    assert rows["need.answered"]["answer"] == "yes"
    assert rows["visit.ended"]["how"] == "finished"


async def _is_forgotten(kiosk: Kiosk, before: str) -> None:
    """The attract screen is all that is left, in the first language, with a visit that knows nothing."""
    assert (kiosk.at, kiosk.app.language.code) == ("AttractScreen", "en")
    fresh = replace(Visit("en"), id=kiosk.app.visit.id)
    assert kiosk.app.visit == fresh
    assert kiosk.app.visit.id != before
    await kiosk.let_go()
    assert [type(screen) for screen in kiosk.met] == [AttractScreen]


async def test_a_search_by_touches(run: Running, language: str) -> None:
    """Type on the on-screen keyboard, watch the results come, touch one: the words are not kept."""
    async with run() as kiosk:
        await kiosk.touch(f"start-{language}")
        await kiosk.touch("field")
        assert kiosk.at == "ResultsScreen"
        for letter in TYPED[language]:
            await _touch_key(kiosk, language, letter)
        assert TYPED[language] in kiosk.find("field").title
        chosen = kiosk.find("item-0").value
        await kiosk.touch("item-0")
        assert kiosk.at == "ServiceScreen"
        await kiosk.touch("bar-start_over")
        (row,) = await kiosk.rows("search.made")
        assert (row["chosen"], row["language"]) == (chosen, language)
        (ended,) = await kiosk.rows("visit.ended")
        assert ended["how"] == "start_over"


async def _touch_key(kiosk: Kiosk, language: str, letter: str) -> None:
    """Touch the key of a letter, in whichever layer it is; "á" in Vietnamese is a letter and a tone."""
    layers = LAYOUTS[language].layers
    if language == "vi" and letter == "á":
        await _touch_key(kiosk, language, "a")
    wanted = next(number for number, rows in enumerate(layers) if letter in "".join(rows))
    while not any(target.value == letter for target in kiosk.targets() if target.action == "key"):
        (layer,) = [target for target in kiosk.targets() if target.action == "layer"]
        await kiosk.touch_target(layer)
    (key,) = [target for target in kiosk.targets() if target.value == letter and target.action == "key"]
    await kiosk.touch_target(key)
    assert wanted < len(layers)


async def test_a_search_by_arrow_keys_alone(kiosk: Kiosk) -> None:
    """Arrows and Enter type on the on-screen keyboard too."""
    await kiosk.start("en")
    await kiosk.choose("field")
    for letter in "dog":
        (key,) = [target for target in kiosk.targets() if target.value == letter]
        await kiosk.walk_to_target(key)
        await kiosk.press("enter")
    assert "dog" in kiosk.find("field").title
    await kiosk.choose("item-0")
    assert kiosk.at == "ServiceScreen"


async def test_a_real_keyboard_types_into_the_search(kiosk: Kiosk) -> None:
    """From home the first letter opens the search; composed characters arrive as they are."""
    await kiosk.start("zh_Hans")
    await kiosk.press("水", "费", "x", "backspace")
    assert kiosk.at == "ResultsScreen"
    assert "水费" in kiosk.find("field").title
    assert not kiosk.screen.query("Keyboard")


async def test_words_that_led_nowhere_are_kept_without_digits(kiosk: Kiosk) -> None:
    """Only what found nothing or was not chosen is kept, apart from the event."""
    await kiosk.start("en")
    await kiosk.press(*"qq 918")
    await kiosk.press("escape")
    (row,) = await kiosk.rows("search.made")
    assert (row["chosen"], row["results"]) == ("", 0)
    kept = await kiosk.app.recorder.ask(lambda journal: journal.rows("SELECT text FROM visitor_text"))
    assert [text.strip() for (text,) in kept] == ["qq"]


@pytest.mark.parametrize("size", [(55, 18), (80, 24)])
async def test_finding_nothing_is_said_beside_the_keyboard_too(run: Running, size: tuple[int, int]) -> None:
    """And what else can be done; a letter less, and the results are back."""
    async with run(size) as kiosk:
        await kiosk.start("es")
        await kiosk.show(ResultsScreen("basura"))
        await kiosk.touch("field")
        assert kiosk.find("item-0").value
        for letter in "qqq":
            await _touch_key(kiosk, "es", letter)
        told = seen(kiosk, "said")
        assert told.whole
        assert "mostrador" in " ".join(told.drawn)
        assert not [target for target in kiosk.targets() if target.action == "service"]
        for _ in range(3):
            (erase,) = [target for target in kiosk.targets() if target.action == "erase"]
            await kiosk.touch_target(erase)
        assert [target for target in kiosk.targets() if target.action == "service"]


async def test_no_leads_to_other_services_and_the_desk(kiosk: Kiosk) -> None:
    """ "No" comes with what else can be done."""
    await kiosk.start("en")
    for which in ("item-0", "item-0", "done", "no"):
        await kiosk.touch(which)
    assert kiosk.at == "OtherScreen"
    assert kiosk.app.catalog.city.desk.split(",")[0] in " ".join(kiosk.text().split())
    await kiosk.touch("item-0")
    assert kiosk.at == "ServiceScreen"


async def test_the_survey_may_be_declined_and_stopped(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    for which in ("item-0", "item-0", "done", "partly", "decline"):
        await kiosk.touch(which)
    assert kiosk.at == "ThanksScreen"
    (invited,), (declined,) = await kiosk.rows("survey.invited"), await kiosk.rows("survey.declined")
    assert (invited["by"], declined["unit"]) == ("screen", invited["unit"])
    await kiosk.touch("done")
    await kiosk.touch("feedback")
    for which in ("begin", "answer-1", "stop"):
        await kiosk.touch(which)
    assert kiosk.at == "ThanksScreen"
    (started,), (left,) = await kiosk.rows("survey.started"), await kiosk.rows("survey.abandoned")
    assert started["channel"] == "convenience"
    assert left == {"response": started["response"], "at": started["statements"][1]}


async def test_back_shows_the_answer_given_before(kiosk: Kiosk) -> None:
    """Going back keeps the answer, chosen by more than colour, and a new one counts too."""
    await kiosk.start("en")
    await kiosk.touch("feedback")
    for which in ("begin", "answer-2", "bar-back"):
        await kiosk.touch(which)
    assert kiosk.find("answer-2").has_class("-chosen")
    await kiosk.touch("answer-4")
    first, second = await kiosk.rows("survey.answered")
    assert (first["statement"], first["answer"], second["answer"]) == (second["statement"], "2", "4")


async def test_thank_you_appears_only_when_the_answers_are_on_disk(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kiosk.start("en")
    await kiosk.touch("feedback")
    await kiosk.touch("begin")

    def full(*values: object) -> None:
        raise JournalFull("the disk is full", "Make room.")

    monkeypatch.setattr(kiosk.app.recorder.journal, "append", full)
    await kiosk.touch("answer-3")
    assert kiosk.at == "NotSavedScreen"
    assert any("the disk is full" in trouble for trouble in kiosk.app.troubles())


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    return str(request.param)
