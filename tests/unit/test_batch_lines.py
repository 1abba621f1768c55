"""The quick way to read a batch's line believes nothing that the careful way does not."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.clock import FixedClock
from kiosk.errors import BatchError
from kiosk.journal import Journal, new_id
from kiosk.journal.canonical import canonical
from kiosk.sync import batch, lines

HEAD = {
    "v": 1,
    "chain": "abcd1234",
    "seq": 2,
    "id": "8f14e45f-ceea-4d2b-9c5f-0d3a6a4c8e21",
    "site": "lobby",
    "kind": "visit.started",
    "at": "2026-11-23T16:41:00.000Z",
    "day": "2026-11-23",
    "clock": "019ab1c2d3e4-0000",
}
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([2**53, 2**53 - 1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def outcome(read: object) -> object:
    try:
        return read()  # type: ignore[operator]
    except BatchError as problem:
        return problem.what


def both(line: bytes) -> tuple[object, object]:
    """What the quick way makes of a line, and what the careful way makes of it."""

    def careful() -> lines.EventLine:
        values = lines.object_of(line, 3, "event 2", lines._EVENT_FORMS)
        return lines.EventLine(**values | {"body": canonical(values["body"])}, value=values["body"])

    return outcome(lambda: lines.event_of(line, 3, 2)), outcome(careful)


@given(
    body=st.dictionaries(st.text(), _values, max_size=4),
    head=st.fixed_dictionaries({}, optional=dict.fromkeys(HEAD, _values)),
    ascii_only=st.booleans(),
)
@example(body={"a": 2**53}, head={}, ascii_only=True)
@example(body={"a": 1.0}, head={}, ascii_only=True)
@example(body={"a": float("nan")}, head={}, ascii_only=True)
@example(body={}, head={"site": 'a","v":1}'}, ascii_only=True)
def test_every_line_is_read_as_the_careful_way_reads_it(
    body: dict[str, object], head: dict[str, object], ascii_only: bool
) -> None:
    """Whatever a line holds: floats, numbers too large, escapes, other scripts, fields of other types."""
    text = json.dumps(
        {**HEAD, **head, "body": body}, sort_keys=True, separators=(",", ":"), ensure_ascii=ascii_only
    )
    quick, careful = both(f"{text}\n".encode(errors="replace"))
    assert quick == careful
    assert type(quick) is type(careful)


@given(place=st.integers(0, 400), change=st.binary(max_size=6), lost=st.integers(0, 6))
def test_a_line_that_somebody_changed_is_read_as_the_careful_way_reads_it(
    place: int, change: bytes, lost: int
) -> None:
    """Also when the change makes another line of it that looks nearly right."""
    line = f"{canonical({**HEAD, 'body': {'language': 'en', 'chain': {'b': [1, -2]}}})}\n".encode()
    place %= len(line)
    quick, careful = both(line[:place] + change + line[place + lost :])
    assert quick == careful


@pytest.mark.parametrize(
    "body",
    [
        '{"a":1,"a":1}',
        '{"b":1,"a":1}',
        '{"a": 1}',
        '{"a":01}',
        '{"a":-0}',
        '{"a":1e3}',
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":"\\u0041"}',
        '{"a":"\\/"}',
        '{"a":1},"body":{"a":1}',
        '{"a":9007199254740992}',
        '{"a":' + "[" * 100_000 + "]" * 100_000 + "}",
        "{}{}",
        "{} ",
    ],
)
def test_a_body_that_is_not_canonical_is_refused(body: str) -> None:
    """One form for one content, else two hashes could stand for the same."""
    head = canonical({**HEAD, "body": {}})
    line = f"{head.replace('{}', body)}\n".encode()
    quick, careful = both(line)
    assert quick == careful
    assert isinstance(quick, str)


def test_a_tail_is_sealed_under_its_label_with_the_bytes_it_was_recorded_with(tmp_path: Path) -> None:
    """What a copied machine recorded before it stepped aside can still be carried to the center."""
    with Journal.open(tmp_path / "kiosk.db", FixedClock()) as journal:
        for _ in range(5):
            journal.append("visit.started", {"visit": (visit := new_id()), "language": "en"})
            journal.append("visit.ended", {"visit": visit, "how": "finished", "language": "en"})
        chain, before = journal.chain, list(journal.events())
        label = f"{chain}~{before[5].hash[:8]}"
        assert journal.step_aside(6, 11, label)
        assert journal.chain != chain
        out = io.BytesIO()
        sealed = batch.seal(journal, 6, 11, out, label)
        assert sealed.name == f"{label}-6-11.batch"
        header, *events = batch.read(io.BytesIO(out.getvalue()), before[0].body["key"])
        assert header.chain == label and header.previous == before[4].hash
        assert events == before[5:]
