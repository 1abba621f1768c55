"""The journal: open the machine's file, append events, read and check them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar
from uuid import uuid4

from kiosk.clock import Clock, stamp
from kiosk.errors import JournalCorrupt, JournalError
from kiosk.journal import failures, hlc, kinds, opening
from kiosk.journal.canonical import NO_HASH, canonical
from kiosk.journal.event import FIELDS, VERSION, Event, from_row, sealed
from kiosk.journal.privacy import keepable
from kiosk.journal.projections import TABLES, project
from kiosk.journal.survey_questions import Export, SurveyQuestions

PAGE = 500
"""Events read at once, so that a long reading never holds up an append."""

_COLUMNS = ", ".join(FIELDS)
_INSERT = f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join('?' * len(FIELDS))})"
_HEAD = """SELECT chain, seq, hash, clock, site FROM events
    WHERE chain = (SELECT value FROM machine WHERE name = 'chain') ORDER BY seq DESC LIMIT 1"""
_OWN = f"""SELECT {_COLUMNS} FROM events
    WHERE chain = (SELECT value FROM machine WHERE name = 'chain') AND seq > ? ORDER BY seq LIMIT ?"""
_KEEP_WORDS = """INSERT INTO visitor_text (event_id, kind, text, language, day) VALUES (?, ?, ?, coalesce(?,
    (SELECT language FROM survey_responses WHERE chain = ? AND response = ?), ''), ?)"""


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many events follow one another, and the first that does not."""

    events: int
    bad_seq: int | None = None
    problem: str = ""


class _Head(NamedTuple):
    """What the next event follows."""

    chain: str
    seq: int
    hash: str
    clock: str
    site: str


class Journal(SurveyQuestions):
    """One SQLite file per machine. May be used from any thread; calls follow one another.

    `path`, `chain` and `practice` say which journal this is; `aside` is where a damaged file was put
    when it was opened, else None. What can be asked of it stands in `questions` and `survey_questions`.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock, aside: Path | None) -> None:
        known = opening.identity(connection, path)
        self.path = path
        self.chain = known.chain
        self.practice = known.practice
        self.aside = aside
        self._clock = clock
        self._connection = connection
        self._lock = threading.RLock()
        self._deciding = False

    @classmethod
    def open(
        cls,
        path: Path,
        clock: Clock,
        practice: bool | None = None,
        keep_aside: bool = False,
        durable: bool = True,
    ) -> Journal:
        """Open the file, made on first use; with `keep_aside` a damaged one is renamed and a new one begins.

        `practice` None takes the file as it is, and makes a new one real. Only invented visits may do
        without `durable`, which is much faster.

        Raises JournalLocked, JournalReadOnly, JournalCorrupt, JournalFull, and JournalError when the file
        is another program's, of a newer format, or a real one opened for practice or the other way round.
        """
        try:
            return cls._open(path, clock, practice, None, durable)
        except JournalCorrupt:
            if not keep_aside:
                raise
        from kiosk.journal.aside import set_aside

        with failures.told(path):
            aside = set_aside(path, f"{clock.now():%Y%m%dT%H%M%S}")
        return cls._open(path, clock, practice, aside, durable)

    @classmethod
    def _open(
        cls, path: Path, clock: Clock, practice: bool | None, aside: Path | None, durable: bool
    ) -> Journal:
        def make(connection: sqlite3.Connection) -> None:
            from kiosk.journal.schema import migrate

            migrate(connection)
            if connection.execute("SELECT count(*) FROM machine").fetchone()[0] == 0:
                _begin(connection, path, clock, bool(practice), aside)

        with failures.told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = opening.connect(path, make, durable)
            try:
                journal = cls(connection, path, clock, aside)
                journal._refuse_mixing(practice)
            except BaseException:
                connection.close()
                raise
        return journal

    def _refuse_mixing(self, practice: bool | None) -> None:
        if practice is not None and self.practice != practice:
            kind, wanted = ("for practice", "real") if self.practice else ("real", "practice")
            raise JournalError(
                f"{self.path} is {kind} and can't hold {wanted} visits",
                "Choose another folder with --data, one for practice and one for real visits.",
            )

    def append(
        self, kind: str, body: Mapping[str, Any], text: str | None = None, event_id: str | None = None
    ) -> Event:
        """Record that something happened, durably, with its tables; returns once it is on the disk.

        `text` is what a visitor typed; it goes to the table `visitor_text`, never into the event. With an
        `event_id` appended before, the event of that time is returned and nothing is written. Raises
        ValueError for what `kinds` does not allow, else JournalError; then nothing of it is in the file.
        """
        kinds.check(kind, body, text)
        if event_id is not None:
            kinds.check_event_id(event_id)
        content = canonical(dict(body))

        def follow(cursor: sqlite3.Cursor) -> Event:
            known = self.event(event_id) if event_id else None
            if known is not None:
                return known
            head = _Head(*cursor.execute(_HEAD).fetchone())
            event = _insert(cursor, self._clock, head, kind, content, event_id)
            if text is not None:
                _keep_words(cursor, event, text)
            return event

        return self._write(follow)

    def decide(self, work: Callable[[], Result]) -> Result:
        """Ask and append in one transaction that no other process can come between; all of it or nothing.

        What `work` raises undoes what it appended.
        """
        return self._write(lambda cursor: work())

    def event(self, event_id: str) -> Event | None:
        """The event of an id, if it has happened."""
        found = self.rows(f"SELECT {_COLUMNS} FROM events WHERE id = ?", event_id)
        return from_row(found[0]) if found else None

    def staff_of(self, name: str) -> str:
        """How events call somebody (`s3`), given a number at the first time; the name stays in this file."""
        folded = " ".join(name.split()).casefold()

        def enter(cursor: sqlite3.Cursor) -> str:
            known = cursor.execute("SELECT staff FROM staff WHERE folded = ?", (folded,)).fetchone()
            if known:
                return str(known[0])
            number = f"s{cursor.execute('SELECT count(*) FROM staff').fetchone()[0] + 1}"
            cursor.execute("INSERT INTO staff VALUES (?, ?, ?)", (number, " ".join(name.split()), folded))
            return number

        return self._write(enter)

    def redact(self, event_id: str, words: str, part: str, staff: str) -> Event:
        """Put `words` in the place of a comment, "" for none, and record that (not which) words went.

        `part` is `flagged` or `all`, `staff` who did it (s3). What stood there is overwritten in the file;
        `clear_log` takes it out of the log too.
        """

        def work(cursor: sqlite3.Cursor) -> Event:
            if words:
                cursor.execute("UPDATE visitor_text SET text = ? WHERE event_id = ?", (words, event_id))
            else:
                cursor.execute("DELETE FROM visitor_text WHERE event_id = ?", (event_id,))
            return self.append("survey.redacted", {"event": event_id, "part": part, "staff": staff})

        return self._write(work)

    def clear_log(self) -> None:
        """Empty the log beside the file, which still holds pages as they were; while others read, later."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def note_export(self, export: Export) -> None:
        """Remember what was written for somebody to carry, so that written again it is the same."""
        self._write(lambda cursor: cursor.execute("INSERT INTO exports VALUES (?, ?, ?, ?, ?, ?)", export))

    def events(self, after: int = 0) -> Iterator[Event]:
        """The events of this machine's chain with a `seq` greater than `after`, in order."""
        while page := self.rows(_OWN, after, PAGE):
            for row in page:
                yield from_row(row)
            after = page[-1][FIELDS.index("seq")]

    def data_version(self) -> int:
        """A number that changes when another connection or process has changed the file."""
        version: int = self.rows("PRAGMA data_version")[0][0]
        return version

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """All rows of a reading query; for this package, the only one that speaks SQL."""
        with self._lock, failures.told(self.path):
            return self._connection.execute(query, parameters).fetchall()

    def verify(self) -> Verdict:
        """Walk the chain from its first event: numbers without a gap, every hash right."""
        previous, count = NO_HASH, 0
        for event in self.events():
            if event.seq != count + 1:
                return Verdict(count, count + 1, f"event {count + 1} is missing")
            if event.hash != event.hashed(previous):
                return Verdict(count, event.seq, f"event {event.seq} does not match its hash")
            previous, count = event.hash, event.seq
        return Verdict(count)

    def rebuild(self) -> int:
        """Fold every event again into empty tables; the number of events that were not legal."""

        from kiosk.journal.ticket_rows import project_all_tickets

        def fold(cursor: sqlite3.Cursor) -> int:
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table}")
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM events ORDER BY clock, chain, seq")
            others = (from_row(row) for row in rows)
            return sum(
                not project(cursor, event) for event in others if not event.kind.startswith("ticket.")
            ) + project_all_tickets(cursor)

        return self._write(fold)

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        with self._lock, failures.told(self.path):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, work: Callable[[sqlite3.Cursor], Result]) -> Result:
        """Do it in one transaction that has the file to itself from its first read; all of it or nothing.

        Within `decide` it is part of that transaction; the lock keeps other threads out.
        """
        with self._lock:
            if self._deciding:
                return work(self._connection.cursor())
            try:
                cursor = self._connection.cursor()
                cursor.execute("BEGIN IMMEDIATE")
                self._deciding = True
                result = work(cursor)
                cursor.execute("COMMIT")
                return result
            except sqlite3.Error as problem:
                raise failures.of_sqlite(problem, self.path) from problem
            finally:
                self._deciding = False
                # SQLite may have rolled back by itself; what went wrong first is what is told.
                with suppress(sqlite3.Error):
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")


def _begin(
    connection: sqlite3.Connection, path: Path, clock: Clock, practice: bool, aside: Path | None
) -> None:
    """Write event 1 of a new chain, with the public half of a new key."""
    from secrets import choice
    from string import ascii_lowercase, digits

    from kiosk.journal.signing import public_key

    chain = "".join(choice(ascii_lowercase + digits) for _ in range(8))
    connection.execute("INSERT INTO machine (name, value) VALUES ('chain', ?)", (chain,))
    body = {
        "format": opening.FORMAT,
        "practice": practice,
        "key": public_key(path),
        "aside": aside.name if aside else "",
    }
    kinds.check("journal.opened", body)
    head = _Head(chain, 0, NO_HASH, hlc.START, "local")
    _insert(connection.cursor(), clock, head, "journal.opened", canonical(body))


def _insert(
    cursor: sqlite3.Cursor,
    clock: Clock,
    head: _Head,
    kind: str,
    body: str,
    event_id: str | None = None,
) -> Event:
    """Write the event that follows the head, with a body of canonical text, and fold it into the tables."""
    now = clock.now()
    values = (
        VERSION,
        head.chain,
        head.seq + 1,
        event_id or str(uuid4()),
        head.site,
        kind,
        stamp(now),
        clock.day(now).isoformat(),
        hlc.tick(head.clock, now),
    )
    row = sealed(values, body, head.hash)
    cursor.execute(_INSERT, row)
    event = from_row(row)
    project(cursor, event)
    return event


def _keep_words(cursor: sqlite3.Cursor, event: Event, text: str) -> None:
    words = keepable(event.kind, text)
    if words:
        body = event.body
        cursor.execute(
            _KEEP_WORDS,
            (event.id, event.kind, words, body.get("language"), event.chain, body.get("response"), event.day),
        )
