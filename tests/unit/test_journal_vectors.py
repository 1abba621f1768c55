"""The ten events of vectors.json, checked with nothing of ours and then with everything of ours.

After a change of the event's form: `python -m tests.unit.test_journal_vectors` writes the file again
(it must be announced: other programs check events against it).
"""

import hashlib
import json
import unicodedata
from datetime import datetime
from datetime import time as wall_time
from pathlib import Path

import pytest

from kiosk.clock import Clock
from kiosk.journal import Event, hlc
from kiosk.journal.canonical import NO_HASH, canonical

FILE = Path(__file__).with_name("vectors.json")
ABOUT = (
    "Ten events of one chain. canonical is the RFC 8785 text of event; hash is the lower-case hex SHA-256 "
    "of the previous hash (64 zeros first) and the UTF-8 bytes of canonical. given, where present, is a body "
    "whose strings are not in NFC and which must be recorded as the body of event. clock follows from the "
    "clock before and at; day from at, timezone, day_starts. Kinds beginning with example. exist only here. "
    "follows is the first event of another chain, whose machine stepped aside from the last event on: that "
    "one is kept under the label in its body from then on, and hashed as before."
)
VISIT, RESPONSE = "5f0c8f2e9b7d4c1a8e3b6d2f7a1c9e04", "b2d7e6a1c3f84a5d9e0b1c2d3e4f5a6b"
KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

STRINGS = {
    "arabic": "دفع فاتورة الماء",
    "chinese": "缴纳水费",
    "controls": "\b\t\n\f\r\u000f\x1f\x7f\u0080\u2028",
    "emoji": "\U0001f6b0\U0001f469\u200d\U0001f4bb",
    "quotes": "\"\\/'",
    "vietnamese": "Thanh toán tiền nước",
}

# at, site, kind, body, a body as given
SOURCE = [
    (
        "2026-11-23T16:41:00.000Z",
        "local",
        "journal.opened",
        {"format": 1, "practice": True, "key": KEY, "aside": ""},
        None,
    ),
    ("2026-11-23T16:41:05.120Z", "local", "visit.started", {"visit": VISIT, "language": "es"}, None),
    (
        "2026-11-23T16:41:05.120Z",
        "local",
        "search.made",
        {"visit": VISIT, "language": "es", "results": 0, "chosen": "", "confident": False},
        None,
    ),
    (
        "2026-11-23T16:39:59.999Z",
        "local",
        "service.viewed",
        {"visit": VISIT, "service": "utility_pay", "language": "zh_Hans"},
        None,
    ),
    (
        "2026-11-24T07:30:00.001Z",
        "local",
        "survey.started",
        {
            "visit": VISIT,
            "response": RESPONSE,
            "survey": "city",
            "version": 1,
            "channel": "invited",
            "language": "vi",
            "service": "",
            "statements": ["overall", "information", "hours", "facilities"],
        },
        None,
    ),
    (
        "2026-11-24T07:30:00.001Z",
        "local",
        "survey.answered",
        {"response": RESPONSE, "statement": "overall", "answer": "4"},
        None,
    ),
    (
        "2026-11-24T10:00:00.000Z",
        "city-hall",
        "visit.ended",
        {"visit": VISIT, "how": "finished", "language": "ar"},
        None,
    ),
    (
        "2026-11-24T10:00:00.250Z",
        "city-hall",
        "example.strings",
        STRINGS,
        {name: unicodedata.normalize("NFD", text) for name, text in STRINGS.items()},
    ),
    (
        "2026-11-24T10:00:00.250Z",
        "city-hall",
        "example.nested",
        {
            "\uff61 last": {"z": [], "a": {}, "\u00e9": [None, True, False, [[""]]]},
            "\U0001f600 before": {"largest": 2**53 - 1, "smallest": -(2**53 - 1), "zero": 0, "minus": -1},
            "1": "digits before letters",
            "A": "capitals before small letters",
            "": "the empty key first",
        },
        None,
    ),
    (
        "2027-01-01T09:59:59.999Z",
        "city-hall",
        "visit.started",
        {"visit": RESPONSE, "language": "ar"},
        None,
    ),
]


OPENED_AGAIN = {"format": 4, "practice": True, "key": KEY, "aside": "", "follows": ""}


def vectors():
    return json.loads(FILE.read_text(encoding="ascii"))


def moment_of(event):
    return datetime.fromisoformat(event["at"].replace("Z", "+00:00"))


def plain_rfc_8785(value):
    """RFC 8785 written from its text, sharing nothing with the kiosk: characters, one by one."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: memoryview(key.encode("utf-16-le")).cast("H").tolist())
        return "{" + ",".join(plain_rfc_8785(key) + ":" + plain_rfc_8785(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(plain_rfc_8785(item) for item in value) + "]"
    if isinstance(value, str):
        short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
        signs = (
            short.get(ord(sign)) or (f"\\u{ord(sign):04x}" if ord(sign) < 32 else sign) for sign in value
        )
        return '"' + "".join(signs) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:d}"


def test_ten_events_follow_one_another_by_the_text_of_the_standards_alone():
    previous = "0" * 64
    for number, vector in enumerate(vectors()["vectors"], start=1):
        event = vector["event"]
        assert list(event) == ["v", "chain", "seq", "id", "site", "kind", "at", "day", "clock", "body"]
        assert event["seq"] == number
        assert vector["canonical"] == plain_rfc_8785(event)
        previous = hashlib.sha256(previous.encode("ascii") + vector["canonical"].encode("utf-8")).hexdigest()
        assert vector["hash"] == previous
    assert number == 10


def test_the_journal_writes_the_same_text_and_hash():
    previous = NO_HASH
    for vector in vectors()["vectors"]:
        event = Event(**vector["event"], hash=vector["hash"])
        assert event.canonical() == vector["canonical"] == canonical(vector["event"])
        assert event.hashed(previous) == vector["hash"]
        previous = event.hash


def test_a_body_that_is_not_composed_is_recorded_composed():
    given = [vector for vector in vectors()["vectors"] if "given" in vector]
    assert given
    for vector in given:
        assert vector["given"] != vector["event"]["body"]
        assert json.loads(canonical(vector["given"])) == vector["event"]["body"]


def test_clock_and_day_follow_from_the_time():
    known = vectors()
    clock = Clock(known["timezone"], wall_time.fromisoformat(known["day_starts"]))
    last = hlc.START
    for vector in known["vectors"]:
        event = vector["event"]
        assert event["clock"] == hlc.tick(last, moment_of(event))
        assert event["day"] == clock.day(moment_of(event)).isoformat()
        last = event["clock"]
    counted = {vector["event"]["clock"][13:] for vector in known["vectors"]}
    assert counted == {"0000", "0001", "0002"}


@pytest.mark.parametrize("field", ["seq", "id", "site", "kind", "at", "day", "clock", "chain", "v", "body"])
def test_every_field_is_covered_by_the_hash(field):
    vector = vectors()["vectors"][0]
    event = Event(**vector["event"], hash=vector["hash"])
    value = getattr(event, field)
    changed = {"x": 1} if isinstance(value, dict) else value + (1 if isinstance(value, int) else "1")
    assert event._replace(**{field: changed}).hashed(NO_HASH) != event.hash


def test_a_chain_that_follows_another_names_the_label_of_its_last_event():
    known = vectors()
    tail, vector = known["vectors"][-1], known["follows"]
    event = Event(**vector["event"], hash=vector["hash"])
    label = f"{tail['event']['chain']}~{tail['hash'][:8]}"
    assert (event.seq, event.body["follows"]) == (1, label)
    assert event.canonical() == vector["canonical"] == plain_rfc_8785(vector["event"])
    assert hashlib.sha256(b"0" * 64 + vector["canonical"].encode()).hexdigest() == event.hash
    assert event.hashed(NO_HASH) == event.hash
    kept = Event(**tail["event"], hash=tail["hash"])._replace(chain=label)
    assert kept.canonical() == tail["canonical"]


def generate():
    """Write vectors.json from SOURCE, ASCII only, so that no editor can compose its strings."""
    clock, last, previous, found = Clock("America/Chicago", wall_time(4, 0)), hlc.START, NO_HASH, []
    for seq, (at, site, kind, body, given) in enumerate(SOURCE, start=1):
        moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
        last = hlc.tick(last, moment)
        event = {
            "v": 1,
            "chain": "k7m2x9qa",
            "seq": seq,
            "id": f"00000000-0000-4000-8000-{seq:012d}",
            "site": site,
            "kind": kind,
            "at": at,
            "day": clock.day(moment).isoformat(),
            "clock": last,
            "body": body,
        }
        text = canonical(event)
        previous = hashlib.sha256(previous.encode() + text.encode()).hexdigest()
        extra = {"given": given} if given else {}
        found.append({"event": event, **extra, "canonical": text, "hash": previous})
    label = f"k7m2x9qa~{previous[:8]}"
    after = found[-1]["event"] | {"chain": "p4w8z1rb", "seq": 1, "id": "00000000-0000-4000-8000-000000000011"}
    after |= {
        "kind": "journal.opened",
        "clock": hlc.tick(last, moment),
        "body": OPENED_AGAIN | {"follows": label},
    }
    text = canonical(after)
    digest = hashlib.sha256(NO_HASH.encode() + text.encode()).hexdigest()
    content = {"about": ABOUT, "timezone": "America/Chicago", "day_starts": "04:00", "vectors": found}
    content["follows"] = {"event": after, "canonical": text, "hash": digest}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    generate()
