"""The sealed batch: the same bytes for the same events, and not one of them can be changed unnoticed."""

import hashlib
import io
import json
import sqlite3
import subprocess
import sys
import tracemalloc
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clock import FixedClock
from kiosk.errors import BatchError, JournalError
from kiosk.export.writing import write_folder
from kiosk.journal import Journal, new_id
from kiosk.journal.canonical import NO_HASH
from kiosk.journal.event import FIELDS
from kiosk.journal.questions import Words
from kiosk.journal.signing import key_file, public_key, sign
from kiosk.sync import batch

SCRIPT = Path(__file__).parents[1] / "support" / "verify_batch.py"
VISIT = new_id()
WORDS = ["pagar agua", "دفع فاتورة الماء", "缴纳水费"]


def open_journal(folder, **how):
    return Journal.open(folder / "kiosk.db", FixedClock(), **how)


def search(journal, text):
    body = {"visit": VISIT, "language": "es", "results": 0, "chosen": "", "confident": False}
    return journal.append("search.made", body, text)


def record(journal):
    """Ten more events, three of them with words."""
    journal.append("visit.started", {"visit": VISIT, "language": "es"})
    for text in WORDS:
        search(journal, text)
    for _ in range(6):
        journal.append("service.viewed", {"visit": VISIT, "service": "pets", "language": "es"})


@pytest.fixture
def journal(tmp_path):
    with open_journal(tmp_path) as journal:
        record(journal)
        yield journal


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """A batch of eleven events and three texts."""
    with open_journal(tmp_path_factory.mktemp("content")) as journal:
        record(journal)
        return seal(journal, 1, 11)


@pytest.fixture(scope="module")
def refused_by_script():
    """Ask the script for one file after another in one process of its own: a start takes long."""
    driver = (
        "import io, runpy, sys\nfrom contextlib import redirect_stdout\n"
        "for name in sys.stdin:\n"
        f"    sys.argv = ['', name[:-1]]\n"
        "    try:\n        with redirect_stdout(io.StringIO()) as said: runpy.run_path("
        f"{str(SCRIPT)!r})\n        print(said.getvalue().strip(), flush=True)\n"
        "    except SystemExit as problem: print('exit', bool(problem.code), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def ask(file):
            process.stdin.write(f"{file}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.stdin.close()


def seal(journal, first, last):
    out = io.BytesIO()
    batch.seal(journal, first, last, out)
    return out.getvalue()


def sealed_again(lines, key, **changed):
    """The lines under a header changed at will, signed properly by a key: what a cheat would send."""
    events, texts = lines[1 : 1 + json.loads(lines[0])["count"]], []
    header = json.loads(lines[0]) | {"key": key.public_key().public_bytes_raw().hex()}
    link = header["previous"]
    for line in events:
        link = hashlib.sha256(link.encode() + line[:-1]).hexdigest()
    texts = lines[1 + len(events) : -1]
    header |= {"hash": link, "sha256": hashlib.sha256(b"".join(events)).hexdigest()}
    header |= {"texts_sha256": hashlib.sha256(b"".join(texts)).hexdigest()} | changed
    head = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    proof = b'{"signature":"%s"}\n' % key.sign(head).hex().encode()
    return [head + b"\n", *events, *texts, proof]


def problem_of(lines, key=""):
    """What is wrong with these lines, and with which."""
    with pytest.raises(BatchError) as error:
        list(batch.read(io.BytesIO(b"".join(lines)), key))
    assert error.value.next_step
    return error.value.line, error.value.what


@contextmanager
def changed_file(path):
    """The journal's file, to be changed behind the kiosk's back."""
    with closing(sqlite3.connect(path)) as connection:
        yield connection
        connection.commit()


def test_a_batch_holds_a_header_the_events_the_words_and_a_signature(journal):
    out = io.BytesIO()
    sealed = batch.seal(journal, 1, 11, out)
    lines = out.getvalue().splitlines()
    events = list(journal.events())
    assert json.loads(lines[0]) == {
        "format": 1,
        "chain": journal.chain,
        "site": "local",
        "first": 1,
        "last": 11,
        "count": 11,
        "previous": NO_HASH,
        "hash": events[-1].hash,
        "sha256": hashlib.sha256(b"".join(line + b"\n" for line in lines[1:12])).hexdigest(),
        "texts": 3,
        "texts_sha256": hashlib.sha256(b"".join(line + b"\n" for line in lines[12:15])).hexdigest(),
        "practice": False,
        "key": events[0].body["key"],
    }
    assert [line.decode() for line in lines[1:12]] == [event.canonical() for event in events]
    assert [json.loads(line) for line in lines[12:15]] == [
        {"event": event.id, "kind": "search.made", "language": "es", "day": event.day, "text": text}
        for event, text in zip(events[2:5], WORDS, strict=True)
    ]
    assert len(lines) == 16
    assert sealed == batch.Sealed(
        name=f"{journal.chain}-1-11.batch",
        sha256=hashlib.sha256(out.getvalue()).hexdigest(),
        size=len(out.getvalue()),
        first=1,
        last=11,
        count=11,
        texts=3,
        practice=False,
    )


@given(st.data())
@settings(max_examples=40)
def test_any_range_reads_back_as_it_was_recorded_and_seals_to_the_same_bytes(tmp_path_factory, data):
    with open_journal(shared(tmp_path_factory)) as journal:
        first = data.draw(st.integers(1, 11))
        last = data.draw(st.integers(first, 11))
        content = seal(journal, first, last)
        key = next(journal.events()).body["key"]
        header, *rest = batch.read(io.BytesIO(content), key)
        events = [event for event in journal.events() if first <= event.seq <= last]
        assert rest[: len(events)] == events
        assert [words.text for words in rest[len(events) :]] == WORDS[max(first - 3, 0) : max(last - 2, 0)]
        assert all(isinstance(words, Words) for words in rest[len(events) :])
        assert (header.first, header.last, header.count) == (first, last, len(events))
        assert seal(journal, first, last) == content


def shared(factory, made=[]):  # noqa: B006 - one journal for all examples
    if not made:
        made.append(factory.mktemp("shared"))
        with open_journal(made[0]) as journal:
            record(journal)
    return made[0]


def test_the_next_batch_follows_the_one_before(journal):
    one, two = (next(batch.read(io.BytesIO(seal(journal, *part)))) for part in ((1, 5), (6, 11)))
    assert two.previous == one.hash


def test_the_practice_mark_is_in_the_header(tmp_path):
    with open_journal(tmp_path, practice=True) as journal:
        assert next(batch.read(io.BytesIO(seal(journal, 1, 1)))).practice


def test_the_script_says_how_many_events_a_batch_holds(tmp_path, content):
    file = tmp_path / "a.batch"
    file.write_bytes(content)
    said = subprocess.run([sys.executable, SCRIPT, file], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "ok: 11 events\n")
    file.write_bytes(content.replace(b"pets", b"pots", 1))
    said = subprocess.run([sys.executable, SCRIPT, file], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("problem: ")
    code = [line for line in SCRIPT.read_text().splitlines() if line.strip()]
    assert len(code) <= 30
    assert not any("kiosk" in line for line in code[1:])


@pytest.mark.parametrize("kind", ["header", "event", "text", "signature"])
def test_one_byte_changed_anywhere_is_refused(tmp_path_factory, content, refused_by_script, kind):
    lines = content.splitlines(keepends=True)
    file = tmp_path_factory.mktemp("changed") / "a.batch"
    numbers = {"header": [0], "event": range(1, 12), "text": range(12, 15), "signature": [15]}[kind]
    file.write_bytes(content)
    assert batch.check(file) is None
    assert refused_by_script(file) == "ok: 11 events"

    @given(st.sampled_from(numbers), st.data())
    @settings(max_examples=60)
    def change(number, data):
        place = data.draw(st.integers(0, len(lines[number]) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != lines[number][place]))
        broken = bytearray(content)
        broken[sum(map(len, lines[:number])) + place] = byte
        file.write_bytes(broken)
        problem = batch.check(file)
        assert problem is not None
        assert 1 <= problem.line <= 17
        assert f"line {problem.line}: " in problem.what
        assert refused_by_script(file) == "exit True"

    change()


@given(st.data())
@settings(max_examples=60)
def test_a_file_cut_off_or_with_more_in_it_is_refused(tmp_path_factory, content, refused_by_script, data):
    file = shared(tmp_path_factory) / "cut.batch"
    place = data.draw(st.integers(0, len(content) - 1))
    more = data.draw(st.binary(min_size=0, max_size=3))
    lost = 0 if more else data.draw(st.integers(1, len(content) - place))
    end = data.draw(st.booleans()) and bool(more)
    broken = content + more if end else content[:place] + more + content[place + lost :]
    file.write_bytes(broken)
    assert batch.check(file) is not None
    assert refused_by_script(file) == "exit True"


@pytest.mark.parametrize("order", [[0, 2, 1, *range(3, 16)], [0, 1, *range(3, 16)], [0, 1, 1, *range(2, 16)]])
def test_events_in_another_order_left_out_or_twice_are_named_by_line(content, order):
    lines = content.splitlines(keepends=True)
    line, what = problem_of([lines[number] for number in order])
    assert line in (2, 3)
    assert "should be here" in what


def test_what_a_proper_key_signed_must_still_agree_with_itself(content):
    lines = content.splitlines(keepends=True)
    key = Ed25519PrivateKey.generate()
    assert problem_of(sealed_again(lines, key))[0] == 2  # event 1 names another key
    assert problem_of(sealed_again(lines, key, practice=True))[0] == 2
    later = [lines[0].replace(b'"first":1', b'"first":2').replace(b'"count":11', b'"count":10'), *lines[2:]]
    fine = sealed_again(later, key)
    assert len(list(batch.read(io.BytesIO(b"".join(fine))))) == 14
    assert problem_of(sealed_again(later, key, count=11))[0] == 1
    assert problem_of(sealed_again(later, key, texts=2))[0] == 13
    assert problem_of(sealed_again(later, key, texts=4))[0] == 15
    assert problem_of(sealed_again(later, key, hash=NO_HASH)) == (
        11,
        "line 11: the events of lines 2 to 11 are not those of the header",
    )
    assert problem_of(sealed_again(later, key, site="elsewhere"))[0] == 11
    assert problem_of(sealed_again(later, key, more=1))[1].startswith("line 1: the header has other fields")
    assert problem_of(sealed_again(later, key, format=2)) == (
        1,
        "line 1: the batch has format 2; this kiosk knows 1",
    )
    spaced = [later[0], later[1].replace(b'","', b'", "', 1), *later[2:]]
    assert problem_of(sealed_again(spaced, key)) == (2, "line 2: event 2 is not canonical JSON")
    typed = [later[0], later[1].replace(b'"v":1', b'"v":"1"', 1), *later[2:]]
    assert "field v" in problem_of(sealed_again(typed, key))[1]


def test_a_batch_of_another_key_is_refused_where_the_key_is_known(journal, content):
    key = next(journal.events()).body["key"]
    assert problem_of([content], key)[0] == 1
    assert f"not with {key}" in problem_of([content], key)[1]


def test_no_batch_at_all_is_said_to_be_none(tmp_path):
    file = tmp_path / "a.batch"
    assert "can't be read" in batch.check(file).what
    for bad in (b"", b"\n", b"[]\n", b"[" * 100_000 + b"\n", b"name,value\n", b"\xff\n", b"x" * (3 << 20)):
        file.write_bytes(bad)
        assert batch.check(file).line == 1


@pytest.mark.parametrize(("first", "last"), [(0, 3), (3, 2), (5, 12), (12, 12), (-3, -1), (40, 50)])
def test_events_that_are_not_there_are_not_sealed(journal, first, last):
    with pytest.raises(BatchError, match=f"events {first} to {last} are not all in"):
        seal(journal, first, last)


@pytest.mark.parametrize(
    ("change", "bad"),
    [
        ("UPDATE events SET body = replace(body, 'pets', 'taxi') WHERE seq = 8", 8),
        ("UPDATE events SET day = '2026-11-22' WHERE seq = 3", 3),
        ("UPDATE events SET hash = replace(hash, substr(hash, 1, 1), '_') WHERE seq = 6", 6),
        ("DELETE FROM events WHERE seq = 9", 9),
    ],
)
def test_a_journal_that_somebody_changed_is_not_sealed(journal, change, bad):
    with changed_file(journal.path) as file:
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute(change)
    out = io.BytesIO()
    with pytest.raises(BatchError, match=f"event {bad} of .*kiosk.db is not as it was recorded") as error:
        batch.seal(journal, 1, 11, out)
    assert "Keep the folder" in error.value.next_step
    assert out.getvalue() == b""
    assert seal(journal, 1, bad - 1)


def test_an_event_taken_out_with_the_hashes_made_to_fit_is_missed(journal):
    before, _, last = list(journal.events(8))
    with changed_file(journal.path) as file:
        file.execute("DELETE FROM events WHERE seq = 10")
        file.execute("UPDATE events SET hash = ? WHERE seq = 11", (last.hashed(before.hash),))
    with pytest.raises(BatchError, match="event 10 of"):
        seal(journal, 1, 11)


def test_words_that_were_deleted_are_not_in_the_batch(journal):
    whole = seal(journal, 1, 11)
    with changed_file(journal.path) as file:
        file.execute("DELETE FROM visitor_text WHERE text = 'pagar agua'")
    header, *rest = batch.read(io.BytesIO(seal(journal, 1, 11)))
    assert header.texts == 2
    assert [words.text for words in rest[11:]] == WORDS[1:]
    assert header.hash == next(batch.read(io.BytesIO(whole))).hash


def test_words_redacted_while_a_batch_is_sealed_make_it_fail(journal):
    class Slow(io.BytesIO):
        def write(self, data):
            with changed_file(journal.path) as file:
                file.execute("DELETE FROM visitor_text")
            return super().write(data)

    with pytest.raises(BatchError, match="removed or changed while"):
        batch.seal(journal, 1, 11, Slow())


def test_events_of_other_machines_are_not_in_the_batch(journal):
    with changed_file(journal.path) as file:
        theirs = [{"id": "'x' || id", "chain": "'otherone'"}.get(name, name) for name in FIELDS]
        file.execute(
            f"""INSERT INTO events ({", ".join(FIELDS)})
               SELECT {", ".join(theirs)} FROM events WHERE kind = 'search.made'"""
        )
        file.execute(
            """INSERT INTO visitor_text (event_id, kind, text, language, day)
               SELECT 'x' || event_id, kind, 'elsewhere', language, day FROM visitor_text"""
        )
    content = seal(journal, 1, 11)
    assert b"elsewhere" not in content
    assert next(batch.read(io.BytesIO(content))).texts == 3


def test_a_long_range_is_sealed_and_read_in_little_memory(tmp_path):
    with open_journal(tmp_path, durable=False) as journal:
        for number in range(1500):
            search(journal, f"word {chr(97 + number % 26) * 40}")
        with (tmp_path / "a.batch").open("wb") as out:
            batch.seal(journal, 1, 1, out)  # loads what signing needs
        tracemalloc.start()
        with (tmp_path / "a.batch").open("wb") as out:
            sealed = batch.seal(journal, 1, 1501, out)
        assert batch.check(tmp_path / "a.batch") is None
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (sealed.count, sealed.texts) == (1501, 1500)
    assert peak < 2 << 20


def test_a_signature_is_that_of_the_key_in_event_1(journal):
    public = next(journal.events()).body["key"]
    assert public_key(journal.path) == public
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(sign(journal.path, b"words"), b"words")


def test_without_its_own_key_a_journal_signs_nothing_and_says_what_to_do(journal, tmp_path):
    file = key_file(journal.path)
    own = file.read_bytes()
    file.unlink()
    with pytest.raises(JournalError, match=r"kiosk\.db\.key is missing") as error:
        seal(journal, 1, 11)
    assert "Put kiosk.db.key back" in error.value.next_step
    assert not file.exists()
    public_key(journal.path)  # makes another one
    with pytest.raises(JournalError, match="not the key that this journal was opened with"):
        seal(journal, 1, 11)
    file.write_text("no key")
    with pytest.raises(JournalError, match="not an Ed25519 private key"):
        seal(journal, 1, 11)
    file.write_bytes(own)
    assert seal(journal, 1, 11)


def test_a_batch_is_put_on_a_stick_once_and_whole(journal, tmp_path):
    target = tmp_path / "2026-11-23"
    file = batch.name(journal.chain, 1, 11)
    files = [(file, lambda out: batch.seal(journal, 1, 11, out))]
    assert write_folder(target, files).how == "written"
    assert batch.check(target / file, next(journal.events()).body["key"]) is None
    assert write_folder(target, files).how == "already there"


def test_a_batch_that_can_not_be_sealed_leaves_no_file(journal, tmp_path):
    with changed_file(journal.path) as file:
        file.execute("UPDATE events SET day = '2026-11-22' WHERE seq = 7")
    with pytest.raises(BatchError, match="event 7"):
        write_folder(tmp_path / "day", [("a.batch", lambda out: batch.seal(journal, 1, 11, out))])
    assert not [path for path in tmp_path.iterdir() if path.name.endswith((".part", "day"))]
