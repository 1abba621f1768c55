"""What could stop or bend the tables that people read: odd surveys, new statements, copies of a machine."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from kiosk.center import folds, ledger, projecting
from kiosk.center.context import Center
from kiosk.center.figures import Figures
from kiosk.center.folds import Row, Rule
from kiosk.center.storage import Connection
from kiosk.journal import new_id
from tests.support.center import Machine, register, site


def kept(center: Center, table: str, names: str) -> list[tuple[Any, ...]]:
    with center.store.read() as connection:
        return sorted(connection.rows(f"SELECT {names} FROM {table}"), key=repr)


def started(machine: Machine, *statements: str) -> str:
    """A survey with these statements begins."""
    response = new_id()
    body = {"visit": new_id(), "response": response, "survey": "exit", "version": 1, "channel": "phone"}
    machine.append("survey.started", body | {"language": "en", "service": "", "statements": list(statements)})
    return response


def test_what_the_database_refuses_keeps_no_other_site_behind(center, monkeypatch):
    """A mistake of the program about one site, and everything else is up to date all the same."""
    for name in ("annex", "lobby"):
        machine = Machine(center.clock)
        register(center, site(center, name), machine)
        started(machine, "overall")
        ledger.take(center, machine.batch(), "", "stick")
    put = projecting.put

    def refused(connection: Connection, table: str, rule: Rule, rows: list[Row]) -> None:
        if rows and rows[0]["home"] == "annex":
            connection.run("INSERT INTO tickets (home) VALUES (NULL)")
        put(connection, table, rule, rows)

    monkeypatch.setattr(projecting, "put", refused)
    assert projecting.catch_up_all(center) == 2
    assert kept(center, "responses", "home") == [("lobby",)]
    monkeypatch.undo()
    assert projecting.catch_up_all(center) == 2
    assert kept(center, "responses", "home") == [("annex",), ("lobby",)]


def test_a_survey_that_names_a_statement_again_and_again_stops_nothing(center):
    machine = Machine(center.clock)
    home = site(center)
    register(center, home, machine)
    response = started(machine, *["overall"] * 40_000)
    machine.append("survey.answered", {"response": response, "statement": "overall", "answer": "4"})
    machine.append("survey.completed", {"response": response})
    ledger.take(center, machine.batch(), "", "stick")
    assert projecting.catch_up(center, home) == 4
    assert kept(center, "responses", "response, asked, given, state") == [(response, 1, 1, "completed")]


def test_a_reader_and_a_new_statement_do_not_wait_for_each_other(center):
    """The reader looks at the counts and then at single responses while a statement gets its columns."""
    machine = Machine(center.clock)
    home, today = site(center), center.clock.day()
    register(center, home, machine)
    started(machine, "overall")
    ledger.take(center, machine.batch(), "", "stick")
    with ThreadPoolExecutor(1) as other, center.store.read() as connection:
        figures = Figures(connection)
        figures.survey_counts(today, today)
        folding = other.submit(projecting.catch_up, center, home)
        # Until it waits for this reader; where it need not it is done.
        wait([folding], timeout=0.3)
        figures.survey_counts(today, today, "service")
    assert folding.result() == 2


@pytest.mark.parametrize("seed", range(3))
def test_copies_of_a_machine_in_any_order_give_what_folding_all_anew_gives(center, seed):
    """Batches of three copies with pasts of their own; between them events move to where they belong."""
    random, home = Random(seed), site(center)
    machine = Machine(center.clock)
    register(center, home, machine)
    opened: list[str] = []
    copies = [machine]
    for _ in range(3):
        for copy in copies:
            live(copy, random, opened)
        copies.append(random.choice(copies).fork())
    pieces = [(copy, *sorted(random.sample(range(1, len(copy.held) + 1), 2))) for copy in copies * 4]
    pieces += [(copy, 1, len(copy.held)) for copy in copies]
    for copy, first, last in random.sample(pieces, len(pieces)):
        ledger.take(center, copy.batch(first, last), "", "stick")
        if random.random() < 0.6:
            projecting.catch_up(center, home)
    projecting.catch_up(center, home)
    tables = (*folds.RULES, "response_counts", "frame_counts")
    before = {table: unlabelled(kept(center, table, "*")) for table in tables}
    with center.store.begin() as connection:
        for table in tables:
            connection.run(f"DELETE FROM {table}")
        connection.run("UPDATE sites SET folded = 0")
    projecting.catch_up(center, home)
    assert {table: unlabelled(kept(center, table, "*")) for table in tables} == before
    assert kept(center, "chains WHERE chain LIKE '%~%'", "chain") and before["response_counts"]


def live(machine: Machine, random: Random, opened: list[str]) -> None:
    """Something happens at a machine; now and then what goes to quarantine."""
    for _ in range(8):
        machine.clock.moment += timedelta(milliseconds=random.choice((1, 30_000)))
        opened.append(started(machine, "overall", "clarity"))
        body: dict[str, Any] = {"response": random.choice(opened)}
        answer = {"statement": random.choice(("overall", "clarity")), "answer": random.choice("1234")}
        machine.append("survey.answered", body | answer)
        machine.append("survey.completed", body if random.random() < 0.8 else {"response": 5})
        unit = {"unit": new_id(), "source": "ticket", "stratum": "bills", "service": "", "language": "en"}
        unit |= {"seed": "5eed" * 8, "ordinal": 0, "selected": True, "code": ""}
        machine.append("survey.eligible", unit)


def unlabelled(rows: list[tuple[Any, ...]]) -> list[str]:
    """The rows without the labels of tails: those that a row was folded with may have moved since."""
    return sorted(re.sub("~[0-9a-f]{8}", "", repr(row)) for row in rows)
