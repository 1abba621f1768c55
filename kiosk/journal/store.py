"""The journal: open the machine's file, append events, read and check them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from kiosk.clock import Clock
from kiosk.errors import JournalCorrupt, JournalError
from kiosk.journal import failures, kinds, opening
from kiosk.journal.canonical import NO_HASH, canonical
from kiosk.journal.device import Device
from kiosk.journal.event import FIELDS, Event, from_row
from kiosk.journal.projections import TABLES, apply
from kiosk.journal.questions import OWN
from kiosk.journal.survey_questions import Export
from kiosk.journal.writing import COLUMNS, begin, head_of, insert, keep_words

PAGE = 500
"""Events read at once, so that a long reading never holds up an append."""

_OF_CHAIN = f"""SELECT {COLUMNS} FROM events WHERE chain = coalesce(?, {OWN}) AND seq > ?
    ORDER BY seq LIMIT ?"""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many events follow one another, and the first that does not."""

    events: int
    bad_seq: int | None = None
    problem: str = ""


class Journal(Device):
    """One SQLite file per machine. May be used from any thread; calls follow one another.

    `path`, `chain` and `practice` say which journal this is; `aside` is where a damaged file was put
    when it was opened, else None. What can be asked of it stands in `questions` and `survey_questions`,
    what it does as one of several machines in `device`.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock, aside: Path | None) -> None:
        self.path = path
        self.practice = opening.identity(connection, path).practice
        self.aside = aside
        self.clock = clock
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
                begin(connection, path, clock, bool(practice), aside)

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
            event = insert(cursor, self.clock, head_of(cursor), kind, content, event_id)
            if text is not None:
                keep_words(cursor, event, text)
            return event

        return self.write(follow)

    def decide(self, work: Callable[[], Result]) -> Result:
        """Ask and append in one transaction that no other process can come between; all of it or nothing.

        What `work` raises undoes what it appended.
        """
        return self.write(lambda cursor: work())

    def event(self, event_id: str) -> Event | None:
        """The event of an id, if it has happened."""
        found = self.rows(f"SELECT {COLUMNS} FROM events WHERE id = ?", event_id)
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

        return self.write(enter)

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

        return self.write(work)

    def clear_log(self) -> None:
        """Empty the log beside the file, which still holds pages as they were; while others read, later."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def note_export(self, export: Export) -> None:
        """Remember what was written for somebody to carry, so that written again it is the same."""
        fields = ", ".join(Export._fields)
        note = f"INSERT INTO exports ({fields}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        mine = export._replace(chain=export.chain or self.chain)
        self.write(lambda cursor: cursor.execute(note, mine))

    @property
    def chain(self) -> str:
        """The chain that this machine appends to; read from the file, since another process may move it."""
        return str(self.rows(f"SELECT {OWN}")[0][0])

    def events(self, after: int = 0, chain: str | None = None) -> Iterator[Event]:
        """The events of a chain with a `seq` greater than `after`, in order.

        `chain` may be another machine's, or the label of a divergent tail; None is this machine's own.
        """
        while page := self.rows(_OF_CHAIN, chain, after, PAGE):
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
            rows = self._connection.execute(f"SELECT {COLUMNS} FROM events ORDER BY clock, chain, seq")
            others = (from_row(row) for row in rows)
            return sum(
                not apply(cursor, event) for event in others if not event.kind.startswith("ticket.")
            ) + project_all_tickets(cursor)

        return self.write(fold)

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

    def write(self, work: Callable[[sqlite3.Cursor], Result]) -> Result:
        """Do it in one transaction that has the file to itself from its first read; all of it or nothing.

        For this package alone, as `rows` is. Within `decide` it is part of that transaction; the lock keeps
        other threads out.
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
