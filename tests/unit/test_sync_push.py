"""A machine sends what it recorded over real HTTP: whatever comes back, every event arrives once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from kiosk.clock import FixedClock
from kiosk.errors import SyncError
from kiosk.journal import Journal, new_id
from kiosk.sync import receipt as receipts
from kiosk.sync import status
from kiosk.sync.client import Client
from kiosk.sync.joining import enroll
from kiosk.sync.membership import needed
from kiosk.sync.pull import pull
from kiosk.sync.push import Pushed, due, push, spans
from kiosk.sync.replies import Later, Refused
from kiosk.sync.status import Notes
from tests.support.stand_in import JSON, Asked, Reply, StandIn, login_page, problem

LANES = (("B", 100, 499),)


@pytest.fixture
def center() -> Iterator[StandIn]:
    with StandIn() as center:
        yield center


@pytest.fixture
def journal(tmp_path: Path, center: StandIn) -> Iterator[Journal]:
    """An enrolled machine that has sent nothing yet."""
    with Journal.open(tmp_path / "kiosk.db", FixedClock(), durable=False) as journal:
        enroll(journal, center.url, "ABCD-EFGH", LANES, FixedClock())
        yield journal


@pytest.fixture
def client(journal: Journal, tmp_path: Path) -> Iterator[Client]:
    with Client(needed(tmp_path), FixedClock()) as client:
        yield client


def visits(journal: Journal, count: int) -> None:
    for _ in range(count):
        journal.append("visit.started", {"visit": new_id(), "language": "en"})


def send(journal: Journal, client: Client, **more: object) -> Pushed:
    return push(journal, client, lambda done, total: None, due(journal), **more)  # type: ignore[arg-type]


def everything_is_there_once(journal: Journal, center: StandIn) -> bool:
    mine = {(event.chain, event.seq): event.hash for event in journal.events()}
    return center.hashes == mine and len(center.feed) == len(mine)


def test_all_that_was_recorded_arrives_and_nothing_is_sent_twice(
    journal: Journal, client: Client, center: StandIn
) -> None:
    visits(journal, 5)
    sent = send(journal, client)
    assert everything_is_there_once(journal, center)
    assert (sent.events, sent.accepted, sent.batches) == (journal.head()[0], journal.head()[0], 1)
    assert journal.delivered() == journal.head()[0]
    assert send(journal, client).batches == 0
    visits(journal, 1)
    assert send(journal, client).events == 1
    assert center.pushes() == [(1, journal.head()[0] - 1), (journal.head()[0], journal.head()[0])]


def test_a_long_time_without_a_network_goes_in_slices_with_progress(
    journal: Journal, client: Client, center: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sync.push.MOST_EVENTS", 10)
    visits(journal, 32)
    told: list[tuple[int, int]] = []
    push(journal, client, lambda done, total: told.append((done, total)), due(journal))
    last = journal.head()[0]
    assert told == [(10, last), (20, last), (30, last), (last, last)]
    assert everything_is_there_once(journal, center)


def test_the_token_travels_in_its_header_alone(journal: Journal, client: Client, center: StandIn) -> None:
    send(journal, client)
    (asked,) = [one for one in center.asked if one.path == "/batches"]
    token = client.membership.token
    assert asked.headers["authorization"] == f"Bearer {token}"
    assert asked.headers["kiosk-time"] == "2026-11-23T16:41:00.000Z"
    assert token not in repr(client.membership)
    center.oddly("POST /batches", problem(403, "revoked"))
    visits(journal, 1)
    with pytest.raises(Refused) as refused:
        send(journal, client)
    assert token not in str(refused.value)


def signed_anew(center: StandIn, **changed: object) -> Callable[[Asked, Callable[[], Reply]], Reply]:
    """The receipt that the center would give, but for something."""

    def answer(asked: Asked, usual: Callable[[], Reply]) -> Reply:
        receipt = replace(receipts.parse(usual().content), **changed)  # type: ignore[arg-type]
        signature = center.signing.sign(receipt.message()).signature.hex()
        return Reply(201, replace(receipt, signature=signature).document(), JSON)

    return answer


def forged(asked: Asked, usual: Callable[[], Reply]) -> Reply:
    """A receipt by somebody else's key, who says it is the center's."""
    receipt = receipts.parse(usual().content)
    signature = SigningKey.generate().sign(receipt.message()).signature.hex()
    return Reply(201, replace(receipt, signature=signature).document(), JSON)


def changed(asked: Asked, usual: Callable[[], Reply]) -> Reply:
    values = json.loads(usual().content)
    return Reply(201, json.dumps({**values, "accepted": 0}).encode(), JSON)


NO_RECEIPTS = {
    "a login page": login_page(),
    "a login page with the right status": login_page(201),
    "a redirect to a login page": Reply(302, b"", {"Location": "http://127.0.0.1:1/login"}),
    "a forbidding proxy": login_page(403),
    "nothing at all": Reply(201, b"", JSON),
    "no JSON": Reply(201, b"{", JSON),
    "another status": Reply(200, b"{}", JSON),
    "no content": Reply(204),
    "a packed answer": Reply(201, b"\x1f\x8b\x08", {**JSON, "Content-Encoding": "gzip"}),
    "a forged receipt": forged,
    "a changed receipt": changed,
}


@pytest.mark.parametrize("answer", NO_RECEIPTS.values(), ids=NO_RECEIPTS)
def test_what_is_no_receipt_delivers_nothing(
    journal: Journal, client: Client, center: StandIn, answer: Reply
) -> None:
    center.oddly("POST /batches", answer)
    with pytest.raises(SyncError) as problem:
        send(journal, client)
    assert problem.value.reason == "not_center"
    assert (journal.delivered(), journal.receipts()) == (0, [])
    send(journal, client)
    assert everything_is_there_once(journal, center)


@pytest.mark.parametrize(
    "other",
    [{"batch_id": "abcd1234-1-3"}, {"sha256": "0" * 64}, {"chain": "abcd1234"}, {"first": 2, "accepted": 2}],
    ids=lambda other: next(iter(other)),
)
def test_the_receipt_for_another_batch_delivers_nothing(
    journal: Journal, client: Client, center: StandIn, other: dict[str, object]
) -> None:
    """Even signed by the center: an answer of before, sent again by something in between."""
    assert journal.head()[0] == 3
    center.oddly("POST /batches", signed_anew(center, **other))
    with pytest.raises(SyncError) as problem:
        send(journal, client)
    assert problem.value.reason == "not_center"
    assert journal.delivered() == 0


def lost(asked: Asked, usual: Callable[[], Reply]) -> Reply:
    """The center has committed, and the answer does not arrive."""
    usual()
    return Reply(0, drop=True)


@pytest.mark.parametrize(
    "answer",
    [lost, Reply(0, drop=True), Reply(201, b'{"acc', JSON, cut=True), *map(login_page, (408, 429, 500, 503))],
    ids=["lost", "dropped", "cut", "408", "429", "500", "503"],
)
def test_what_failed_on_the_way_is_sent_again_and_counts_once(
    journal: Journal, client: Client, center: StandIn, answer: Reply
) -> None:
    visits(journal, 3)
    center.oddly("POST /batches", *[answer] * 3)
    for _ in range(3):
        with pytest.raises(Later):
            send(journal, client)
        assert journal.delivered() == 0
    send(journal, client)
    assert everything_is_there_once(journal, center)
    assert journal.delivered() == journal.head()[0]


def test_nobody_there_is_told_as_such(journal: Journal, client: Client) -> None:
    with StandIn() as gone:
        nobody = replace(client.membership, url=gone.url)
    with Client(nobody, FixedClock()) as client, pytest.raises(Later) as problem:
        send(journal, client)
    assert (problem.value.reason, problem.value.answered) == ("unreachable", False)


def only_up_to(most: int) -> Callable[[Asked, Callable[[], Reply]], Reply]:
    def answer(asked: Asked, usual: Callable[[], Reply]) -> Reply:
        return problem(413, "too_large") if len(asked.content) > most else usual()

    return answer


def test_a_batch_that_is_too_large_is_halved_until_it_fits(
    journal: Journal, client: Client, center: StandIn
) -> None:
    visits(journal, 40)
    center.oddly("POST /batches", *[only_up_to(4000)] * 100)
    assert send(journal, client).events == journal.head()[0]
    assert everything_is_there_once(journal, center)
    assert journal.delivered() == journal.head()[0]


def test_an_event_that_is_too_large_alone_is_told_and_stops_nothing_else(
    journal: Journal, client: Client, center: StandIn, tmp_path: Path
) -> None:
    visits(journal, 10)
    journal.append("survey.commented", {"response": new_id()}, "long " * 200)
    large = journal.head()[0]
    visits(journal, 10)
    center.oddly("POST /batches", *[only_up_to(1800)] * 200)
    notes = Notes(tmp_path, FixedClock())
    sent = send(journal, client, hold=notes.hold)
    assert [(held.first, held.last, held.code) for held in sent.held] == [(large, large, "too_large")]
    assert center.sequence(journal.chain) == [n for n in range(1, journal.head()[0] + 1) if n != large]
    assert journal.delivered() == large - 1
    assert status.read(tmp_path).held == tuple(sent.held), "staff must find it"
    assert due(journal, notes.held()) == []
    assert due(journal, notes.held(everything=True)) == [(large, journal.head()[0])]
    center.odd.clear()
    send(journal, client)
    assert everything_is_there_once(journal, center)


def test_a_batch_that_the_center_would_not_take_is_offered_again_after_a_day(
    journal: Journal, client: Client, center: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sync.push.MOST_EVENTS", 5)
    clock = FixedClock()
    visits(journal, 12)
    notes = Notes(tmp_path, clock)
    client.wire.clock = clock
    center.oddly("POST /batches", problem(422, "unreadable"))
    (held,) = send(journal, client, hold=notes.hold).held
    assert (held.first, held.last, held.code) == (1, 5, "unreadable")
    assert (journal.delivered(), due(journal, notes.held())) == (0, [])
    clock.advance(24 * 3600 - 1)
    assert due(journal, Notes(tmp_path, clock).held()) == []
    clock.advance(2)
    assert due(journal, Notes(tmp_path, clock).held()) == [(1, journal.head()[0])]
    send(journal, client)
    assert everything_is_there_once(journal, center)


@pytest.mark.parametrize(
    "answer",
    [problem(401, "token"), problem(403, "revoked"), problem(422, "foreign"), problem(422, "device")],
    ids=["401", "403", "foreign", "device"],
)
def test_a_machine_that_is_turned_away_stops_at_the_first_batch(
    journal: Journal, client: Client, center: StandIn, answer: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sync.push.MOST_EVENTS", 2)
    visits(journal, 10)
    center.oddly("POST /batches", answer)
    with pytest.raises(Refused) as refused:
        send(journal, client)
    assert refused.value.reason == "refused"
    assert len(center.pushes()) == 1
    assert journal.delivered() == 0


def test_words_go_along_and_what_staff_took_out_does_not(
    journal: Journal, client: Client, center: StandIn
) -> None:
    kept = journal.append("survey.commented", {"response": new_id()}, "thank you")
    gone = journal.append("survey.commented", {"response": new_id()}, "call 918-555-0142")
    journal.redact(gone.id, "", "all", "s1")
    send(journal, client)
    (asked,) = [one for one in center.asked if one.path == "/batches"]
    assert b"thank you" in asked.content
    assert b"918-555-0142" not in asked.content
    assert kept.id.encode() in asked.content


def test_the_others_of_the_site_are_taken_in_once(
    journal: Journal, client: Client, center: StandIn, tmp_path: Path
) -> None:
    send(journal, client)
    with Journal.open(tmp_path / "other" / "kiosk.db", FixedClock(), durable=False) as other:
        center.codes["SECOND-1"] = ("", "")
        enroll(other, center.url, "SECOND-1", LANES, FixedClock())
        visits(other, 700)
        with Client(needed(tmp_path / "other"), FixedClock()) as theirs:
            send(other, theirs)
            assert pull(journal, client) == other.head()[0]
            assert pull(journal, client) == 0
            assert pull(other, theirs) == journal.head()[0]
            assert pull(journal, client, after=0) == 0


@pytest.mark.parametrize("answer", ["login", "unsigned", "other_site"])
def test_a_page_that_the_center_did_not_sign_is_not_taken_in(
    journal: Journal, client: Client, center: StandIn, answer: str
) -> None:
    send(journal, client)

    def odd(asked: Asked, usual: Callable[[], Reply]) -> Reply:
        page = usual()
        if answer == "login":
            return login_page()
        if answer == "unsigned":
            return Reply(200, page.content, {**JSON, "Kiosk-Signature": "00" * 64})
        content = page.content.replace(b'"site":"lobby"}', b'"site":"other"}')
        return Reply(200, content, {**JSON, "Kiosk-Signature": center.signing.sign(content).signature.hex()})

    center.oddly("GET /feed", odd)
    with pytest.raises(SyncError) as problem:
        pull(journal, client)
    assert problem.value.reason == "not_center"
    assert journal.feed_position() == 0


@given(
    st.integers(1, 60),
    st.integers(0, 80),
    st.lists(st.tuples(st.integers(1, 80), st.integers(0, 20)).map(lambda t: (t[0], t[0] + t[1]))),
)
def test_spans_are_just_the_numbers_that_no_range_holds(
    first: int, last: int, taken: list[tuple[int, int]]
) -> None:
    left = spans(first, last, taken)
    numbers = [number for start, end in left for number in range(start, end + 1)]
    held = {number for start, end in taken for number in range(start, end + 1)}
    assert numbers == [number for number in range(first, last + 1) if number not in held]
    assert all(start <= end for start, end in left)
