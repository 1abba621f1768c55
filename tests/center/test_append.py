"""The center's own chain: what happens at the center is recorded as a machine would record it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from kiosk.center import append, feed, ledger
from kiosk.center.context import Center
from kiosk.clock import FixedClock
from kiosk.errors import BatchRefused, CenterError
from kiosk.journal import Event, new_id
from kiosk.journal.canonical import NO_HASH
from tests.support.center import Machine, register, site

COMMENT = {"response": new_id()}


@pytest.fixture
def home(center: Center) -> str:
    return site(center)


def late(center: Center, home: str, event_id: str | None = None, ticket: str = "") -> Event:
    with center.store.begin() as connection:
        body = {"ticket": ticket or new_id()}
        return append.append(connection, center, home, "ticket.late", body, event_id=event_id)


def texts(center: Center) -> list[tuple[str, str, str]]:
    with center.store.read() as connection:
        return connection.rows("SELECT event_id, language, text FROM texts")


def test_a_sites_chain_begins_with_the_centers_key_and_follows_on(center: Center, home: str) -> None:
    """Machines of the site receive it in the feed, and every event links to the one before."""
    made = [late(center, home) for _ in range(3)]
    page = feed.page(center, home, 0)
    events = [event for _, event in page.events]
    assert events[1:] == made
    assert events[0].kind == "journal.opened" and events[0].body["key"] == center.keys.key
    previous = NO_HASH
    for number, event in enumerate(events, 1):
        assert (event.seq, event.site, event.hash) == (number, home, event.hashed(previous))
        previous = event.hash
    assert [event.clock for event in events] == sorted({event.clock for event in events})


def test_what_is_asked_twice_happens_once(center: Center, home: str) -> None:
    """A form that is sent again gives the event of the first time; an id of another site's is refused."""
    once, ticket = str(uuid4()), new_id()
    assert late(center, home, once, ticket) == late(center, home, once, ticket)
    assert len(feed.page(center, home, 0).events) == 2
    site(center, "harbor")
    with pytest.raises(CenterError, match="another site's"):
        late(center, "harbor", once, ticket)
    with pytest.raises(CenterError, match="no site nowhere"):
        late(center, "nowhere")
    with pytest.raises(ValueError, match="missing ticket"), center.store.begin() as connection:
        append.append(connection, center, home, "ticket.late", {})
    with pytest.raises(RuntimeError), center.store.begin() as connection:
        append.append(connection, center, home, "ticket.late", {"ticket": new_id()})
        raise RuntimeError
    assert len(feed.page(center, home, 0).events) == 2


def test_it_comes_after_what_the_machines_recorded_even_when_the_clock_is_set_back(
    center: Center, home: str, clock: FixedClock
) -> None:
    """An answer on the phone is later than the question, whatever the center's clock says."""
    machine = Machine(FixedClock(moment=clock.now()))
    machine.clock.advance(200)
    call = machine.append("visit.started", {"visit": new_id(), "language": "en"})
    register(center, home, machine)
    ledger.take(center, machine.batch(), "", "network")
    first = late(center, home)
    assert first.clock > call.clock
    clock.advance(-7200)
    assert late(center, home).clock > first.clock


def test_words_of_the_phone_are_kept_apart_and_can_be_taken_away(center: Center, home: str) -> None:
    """They never stand in the event; a redaction takes them out of the center too."""
    started = {"visit": new_id(), "survey": "city", "version": 1, "channel": "phone", "audience": "visitor"}
    started |= {"about": "served", "language": "vi", "service": "", "department": "", "lane": "bills"}
    started |= {"wait": "under_5", "stratum": "", "seed": "", "statements": ["overall"], **COMMENT}
    with center.store.begin() as connection:
        append.append(connection, center, home, "survey.started", started)
        said = append.append(
            connection, center, home, "survey.commented", COMMENT, "call 918 555 0100\nplease"
        )
    assert "918 555" not in str(said)
    assert texts(center) == [(said.id, "vi", "call 918 555 0100 please")]
    for part, left in (("flagged", [(said.id, "vi", "call [removed] please")]), ("all", [])):
        with center.store.begin() as connection:
            body = {"event": said.id, "part": part, "staff": "s1"}
            append.append(connection, center, home, "survey.redacted", body)
        assert texts(center) == left


def test_many_workers_append_to_one_chain(center: Center, home: str) -> None:
    """No number is given twice, and the chain of a site begins once."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: late(center, home), range(24)))
    events = [event for _, event in feed.page(center, home, 0).events]
    assert [event.seq for event in events] == list(range(1, 26))
    assert len({event.chain for event in events}) == 1
    with center.store.read() as connection:
        assert connection.rows("SELECT first, last, highest, device FROM chains") == [(1, 25, 25, "")]


def test_nobody_else_can_write_into_the_centers_chain(center: Center, home: str) -> None:
    """A batch that pretends to be the center's is foreign."""
    chain = late(center, home).chain
    machine = Machine(center.clock)
    machine.held = []
    machine.chain, machine.signing, machine.key = chain, center.keys.signing, center.keys.key
    machine.append(
        "journal.opened",
        {"format": 4, "practice": False, "key": center.keys.key, "aside": "", "follows": ""},
    )
    with pytest.raises(BatchRefused) as raised:
        ledger.take(center, machine.batch(), "", "stick")
    assert raised.value.code == "foreign"
