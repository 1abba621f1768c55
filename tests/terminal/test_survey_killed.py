"""`kill -9` at every step of answering a survey: as many responses are there as were thanked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest

from kiosk.clock import Clock
from kiosk.journal import Journal
from kiosk.journal.recover import close_open

ROOT = Path(__file__).parents[2]
STEPS = ("come", "choose", "begin", "answer", "complete", "thank")
ANSWERS = ("1", "2", "3", "4", "na", "skipped")
VISITOR = """
import sys
from pathlib import Path
from random import Random
from kiosk.catalog.load import load
from kiosk.catalog.model import SELF_SERVICE
from kiosk.clock import Clock
from kiosk.journal import Journal, new_id
from kiosk.journal.recover import close_open
from kiosk.survey.conduct import About, Conduct
from tests.terminal.test_survey_killed import answer_of

def step(name, *told):
    print(name, *told, flush=True)

catalog, random = load(Path("services.yaml")), Random()
with Journal.open(Path(sys.argv[1]), Clock()) as journal:
    close_open(journal)
    conduct = Conduct(journal, lambda: catalog, Clock())
    while True:
        visit = new_id()
        step("come")
        journal.append("visit.started", {"visit": visit, "language": "vi"})
        step("choose")
        conduct.enter(visit, "visit", SELF_SERVICE, "utility_pay", "vi")
        conduct.invite(visit, "screen")
        step("begin")
        begun = conduct.begin(visit, About("lookup", "utility_pay", unit=visit), "vi", catalog.survey, random)
        for asked in begun.statements:
            step("answer")
            given = {"response": begun.response, "statement": asked.id}
            journal.append("survey.answered", given | {"answer": answer_of(begun.response, asked.id)})
        step("complete")
        journal.append("survey.completed", {"response": begun.response})
        step("thank", begun.response)
        journal.append("visit.ended", {"visit": visit, "how": "finished", "language": "vi"})
"""


def answer_of(response: str, statement: str) -> str:
    """What the visitor of a response says to a statement, for whoever knows the response."""
    return ANSWERS[(int(response[:8], 16) + len(statement)) % len(ANSWERS)]


class Visitors:
    """Processes that answer surveys, one after another, each killed in the middle of a step."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.random = Random(seed)
        self.thanked: list[str] = []
        self.killed_at: Counter[str] = Counter()

    def strike(self, victim: str) -> None:
        """Kill a visitor's process in or shortly after a step, once somebody was thanked."""
        arguments = (sys.executable, "-c", VISITOR, str(self.path))
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            left = self.random.randint(1, 4)
            for line in process.stdout:
                left -= self._hears(line) == "thank"
                if left <= 0 and line.split()[0] == victim:
                    break
            pause = self.random.random() * 0.004
            signal.sigtimedwait([], pause)
            os.kill(process.pid, signal.SIGKILL)
            for line in process.stdout:
                self._hears(line)
        assert process.returncode == -signal.SIGKILL, "it was killed, and had not failed before"
        self.killed_at[victim] += 1

    def _hears(self, line: str) -> str:
        step, *told = line.split()
        self.thanked += told
        return step


def as_many_as_were_thanked(visitors: Visitors) -> None:
    with Journal.open(visitors.path, Clock()) as journal:
        close_open(journal)
        kills = visitors.killed_at.total()
        states = dict(journal.rows("SELECT response, state FROM survey_responses"))
        completed = {response for response, state in states.items() if state == "completed"}
        assert set(visitors.thanked) <= completed, "nobody was thanked for what is not there"
        # Killed between the last commit and the thanks, a process thanks nobody any more.
        assert len(completed) - len(visitors.thanked) <= visitors.killed_at["complete"]
        assert sorted(set(states.values())) == ["abandoned", "completed"]
        assert len(states) - len(completed) <= kills
        for row in (row for day in sorted(set(days(journal))) for row in journal.survey_responses(day)):
            answered = {name: value for name, value in row.answers.items() if value}
            assert answered == {name: answer_of(row.response, name) for name in answered}
            assert row.state == "abandoned" or len(answered) == len(row.asked) == 4
        (funnel,) = journal.survey_funnel(*days(journal))
        assert funnel.accepted == len(states), "every survey that began had its invitation, and used it up"
        assert funnel.eligible == funnel.selected >= funnel.invited >= funnel.accepted
        (row,) = journal.survey_counts(*days(journal))
        assert (row.started, row.completed) == (len(states), len(completed))
        ordinals = [at for (at,) in journal.rows("SELECT ordinal FROM survey_frame ORDER BY seed, ordinal")]
        assert ordinals == list(range(len(ordinals))), "no number was given twice"
        assert journal.verify().bad_seq is None
        assert journal.rows("SELECT count(*) FROM skipped_events") == [(0,)]


def days(journal: Journal) -> tuple[date, ...]:
    """The first and the last business day, which are one unless a day began meanwhile."""
    first, last = journal.rows("SELECT min(day), max(day) FROM survey_frame")[0]
    return date.fromisoformat(first), date.fromisoformat(last)


@pytest.fixture
def visitors(tmp_path, request):
    return Visitors(tmp_path / "kiosk.db", seed=request.param)


@pytest.mark.parametrize("visitors", [5], indirect=True)
def test_killed_at_each_step_they_lose_no_answer_that_was_thanked_for(visitors):
    for step in STEPS:
        visitors.strike(step)
    as_many_as_were_thanked(visitors)


@pytest.mark.slow
@pytest.mark.parametrize("visitors", [2027], indirect=True)
def test_120_kills_lose_no_answer_that_was_thanked_for(visitors):
    for step in STEPS * 20:
        visitors.strike(step)
    as_many_as_were_thanked(visitors)
    print(f"{dict(visitors.killed_at)}: {len(visitors.thanked)} surveys thanked for")
