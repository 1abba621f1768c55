"""While a visitor types, only the newest question is worth an answer."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from queue import Queue

import pytest

from kiosk.search import latest as module
from kiosk.search.latest import Latest

LIMIT = 10.0
"""Seconds that a test waits for what happens at once."""
NAME = "the worker of this test"


@pytest.fixture
def latest() -> Iterator[Latest[str]]:
    worker: Latest[str] = Latest(NAME)
    yield worker
    worker.close()
    for thread in workers():
        thread.join(LIMIT)


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == NAME]


class Blocked:
    """Work that is under way from `begun` until `release()`."""

    def __init__(self, answer: str = "blocked") -> None:
        self.begun = threading.Event()
        self._released = threading.Event()
        self._answer = answer

    def __call__(self) -> str:
        self.begun.set()
        assert self._released.wait(LIMIT)
        return self._answer

    def release(self) -> None:
        self._released.set()


def under_way(latest: Latest[str], answered: Callable[[str], object]) -> Blocked:
    """Asks a question and comes back when the worker is at it."""
    work = Blocked()
    latest.ask(work, answered)
    assert work.begun.wait(LIMIT)
    return work


def test_of_the_questions_that_wait_only_the_newest_is_answered(latest: Latest[str]) -> None:
    done: list[str] = []
    answers: Queue[str] = Queue()

    def work(key: str) -> str:
        done.append(key)
        return key

    first = under_way(latest, answers.put)
    for key in ("c", "co", "cou", "couch"):
        latest.ask(lambda key=key: work(key), answers.put)
    first.release()
    assert [answers.get(timeout=LIMIT) for _ in range(2)] == ["blocked", "couch"]
    assert latest.finish(LIMIT)
    assert done == ["couch"] and answers.empty()


def test_what_is_forgotten_is_never_done(latest: Latest[str]) -> None:
    answers: Queue[str] = Queue()
    first = under_way(latest, answers.put)
    latest.ask(lambda: "forgotten", answers.put)
    latest.forget()
    first.release()
    assert answers.get(timeout=LIMIT) == "blocked"
    latest.ask(lambda: "later", answers.put)
    assert answers.get(timeout=LIMIT) == "later"


def test_work_that_fails_is_given_up_and_the_next_done(
    latest: Latest[str], caplog: pytest.LogCaptureFixture
) -> None:
    answers: Queue[str] = Queue()

    def fails(_: str = "") -> str:
        raise ValueError("no such thing")

    latest.ask(fails, answers.put)
    assert latest.finish(LIMIT)
    latest.ask(lambda: "an answer", fails)
    assert latest.finish(LIMIT)
    latest.ask(lambda: "next", answers.put)
    assert answers.get(timeout=LIMIT) == "next"
    assert [record.message for record in caplog.records] == [f"{NAME}: a question was given up"] * 2


def test_nothing_runs_before_the_first_question(latest: Latest[str]) -> None:
    assert workers() == []
    assert latest.finish(LIMIT)
    under_way(latest, len).release()
    assert len(workers()) == 1


def test_one_thread_does_all_the_work_and_tells_the_answers(latest: Latest[str]) -> None:
    threads: Queue[threading.Thread] = Queue()

    def work() -> str:
        threads.put(threading.current_thread())
        return ""

    for _ in range(2):
        latest.ask(work, lambda _: threads.put(threading.current_thread()))
        assert latest.finish(LIMIT)
    found = {threads.get(timeout=LIMIT) for _ in range(4)}
    assert found == set(workers()) and threading.current_thread() not in found


def test_after_closing_the_thread_ends_and_nothing_more_is_answered(latest: Latest[str]) -> None:
    answers: Queue[str] = Queue()
    first = under_way(latest, answers.put)
    (thread,) = workers()
    latest.ask(lambda: "waiting", answers.put)
    latest.close()
    latest.close()
    latest.ask(lambda: "too late", answers.put)
    first.release()
    thread.join(LIMIT)
    assert not thread.is_alive()
    assert answers.empty() and workers() == []


def test_closing_what_was_never_asked_starts_nothing(latest: Latest[str]) -> None:
    latest.close()
    latest.ask(lambda: "too late", len)
    assert workers() == []


def test_closing_ends_a_thread_that_waits(latest: Latest[str]) -> None:
    under_way(latest, len).release()
    assert latest.finish(LIMIT)
    (thread,) = workers()
    latest.close()
    thread.join(LIMIT)
    assert not thread.is_alive()


def test_finish_waits_for_what_is_under_way_but_no_longer_than_asked(latest: Latest[str]) -> None:
    answers: Queue[str] = Queue()
    work = under_way(latest, answers.put)
    assert not latest.finish(0.01)
    work.release()
    assert latest.finish(LIMIT)
    assert answers.get_nowait() == "blocked"


class Words(str):
    """A visitor's words, which can be watched until nothing holds them."""

    __slots__ = ("__weakref__",)


@pytest.mark.parametrize("failing", [False, True])
def test_nothing_of_a_question_stays_after_its_answer(
    latest: Latest[str], failing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest keeps what is logged, with all that the frames of a traceback hold.
    monkeypatch.setattr(module.log, "disabled", True)

    def ask(words: Words) -> None:
        def work() -> str:
            if failing:
                raise ValueError("no such thing")
            return words + "?"

        latest.ask(work, lambda answer: len(words + answer))

    words = Words("my secret")
    watched = weakref.ref(words)
    ask(words)
    del words
    assert latest.finish(LIMIT)
    gc.collect()
    assert watched() is None


def test_nothing_of_a_forgotten_question_stays(latest: Latest[str]) -> None:
    first = under_way(latest, len)
    words = Words("my secret")
    watched = weakref.ref(words)
    latest.ask(lambda words=words: words, len)
    del words
    latest.forget()
    gc.collect()
    assert watched() is None
    first.release()
