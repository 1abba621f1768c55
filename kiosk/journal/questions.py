"""What can be asked of the journal: the only other place that speaks SQL to its tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from kiosk.tickets.ticket import Ticket

# Whoever is in a line, and who did not show up on a day that nobody has closed; each part by an index.
_LIVE = """state IN ('waiting', 'called', 'serving', 'hold') OR (state = 'no_show'
    AND day >= coalesce((SELECT max(day) FROM closed_days), '')
    AND day NOT IN (SELECT day FROM closed_days))"""

OWN = "(SELECT value FROM machine WHERE name = 'chain')"
"""The chain that this machine appends to; another process may move it."""

SUBJECT = """coalesce(json_extract(body, '$.unit'), json_extract(body, '$.response'),
    json_extract(body, '$.seed'), json_extract(body, '$.visit'))"""
"""What an event is folded together with, where HAS_SUBJECT: the expression of the index events_of_subject."""
# Not IN: SQLite would build its list anew at every append.
HAS_SUBJECT = "(kind GLOB 'survey.*' OR kind GLOB 'visit.*')"
TO_FIND = "(kind = 'center.enrolled' OR kind = 'survey.completed' OR kind = 'survey.worded')"
"""Kinds that the index events_to_find finds; a question must name them all to be answered by it."""
FORKED = "json_extract(document, '$.forked') IS NOT NULL"
"""Receipts that tell of a fork: what the index receipts_of_forks finds."""

# Of what another file recorded under the same name, nothing is this machine's to end.
OPEN_VISITS = f"""SELECT visit, language FROM visits AS it WHERE chain = {OWN} AND ended_how IS NULL
    AND EXISTS (SELECT 1 FROM events WHERE {SUBJECT} = +it.visit AND {HAS_SUBJECT} AND +chain = {OWN})"""
"""Visits of this machine that nobody has ended."""
OPEN_RESPONSES = f"""SELECT response, day FROM survey_responses AS it
    WHERE state = 'started' AND chain = {OWN}
    AND EXISTS (SELECT 1 FROM events WHERE {SUBJECT} = +it.response AND {HAS_SUBJECT} AND +chain = {OWN})"""
"""Surveys of this machine that nobody has ended."""

_PAGE = 500


class Unanswered(NamedTuple):
    """Words that led to no service: as typed, the screen's language, how often, the last business day."""

    text: str
    language: str
    times: int
    day: str


class Counter(NamedTuple):
    """A counter: `open`, `paused` or `closed`, who is there, and when it last did anything (stamps)."""

    counter: str
    state: str
    staff: str
    changed_at: str
    active_at: str


class Words(NamedTuple):
    """Words kept of an event (its id and kind), in a language or "" when not known, on a business day."""

    event: str
    kind: str
    language: str
    day: str
    text: str


class Questions:
    """Reading questions; who has the file gives `rows`."""

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """All rows of a reading query."""
        raise NotImplementedError

    def events_of_day(self, day: date) -> dict[str, int]:
        """How often each kind of event happened on this machine on a business day."""
        happened = f"SELECT kind, count(*) FROM events WHERE day = ? AND +chain = {OWN} GROUP BY kind"
        return dict(self.rows(happened, day.isoformat()))

    def services_viewed(self, since: date) -> dict[str, int]:
        """How often each service's page was read on this machine, from a business day on."""
        viewed = "SELECT service, count(*) FROM service_views WHERE day >= ? GROUP BY service"
        return dict(self.rows(viewed, since.isoformat()))

    def words_unanswered(self, since: date | None = None) -> list[Unanswered]:
        """What visitors searched for and chose nothing, each spelling once, the latest first.

        With `since` only from a business day on.
        """
        typed = """SELECT text, language, count(*), max(day) FROM visitor_text
            WHERE kind = 'search.made' AND day >= ? GROUP BY text, language ORDER BY max(rowid) DESC"""
        return [Unanswered(*row) for row in self.rows(typed, since.isoformat() if since else "")]

    def texts_between(self, first: int, last: int, chain: str | None = None) -> Iterator[Words]:
        """The words still held of the events from `first` to `last` of a chain, in their order, by pages.

        `chain` may be the label of a divergent tail; None is this machine's own.
        """
        held = f"""SELECT seq, id, visitor_text.kind, language, visitor_text.day, text
            FROM events CROSS JOIN visitor_text ON event_id = id
            WHERE chain = coalesce(?, {OWN}) AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"""
        while page := self.rows(held, chain, first, last, _PAGE):
            for _, *words in page:
                yield Words(*words)
            first = page[-1][0] + 1

    def facts_doubted(self, since: date | None = None) -> list[tuple[str, str, str, str]]:
        """Facts that staff marked as wrong, the latest first: service, fact, their words, business day."""
        doubted = """SELECT service, fact, coalesce(text, ''), doubted_facts.day FROM doubted_facts
            LEFT JOIN visitor_text USING (event_id) WHERE doubted_facts.day >= ?
            ORDER BY doubted_facts.day DESC, service, fact"""
        return self.rows(doubted, since.isoformat() if since else "")

    def ticket(self, ticket: str) -> Ticket | None:
        """The ticket of an id."""
        return next(iter(self._tickets("WHERE ticket = ?", ticket)), None)

    def ticket_of_code(self, code: str, day: date) -> Ticket | None:
        """The live ticket with a code, else the latest that had it on a business day."""
        found = self._tickets(
            f"WHERE (day = ? OR {_LIVE}) AND code = ? ORDER BY ({_LIVE}) DESC, arrival DESC LIMIT 1",
            day.isoformat(),
            code,
        )
        return found[0] if found else None

    def tickets_open(self) -> list[Ticket]:
        """Everybody in a line: waiting, called, being served or on hold, in order of arrival."""
        return self._tickets("WHERE state IN ('waiting', 'called', 'serving', 'hold') ORDER BY arrival")

    def tickets_live(self) -> list[Ticket]:
        """As `tickets_open`, with those who did not show up on a day that is not closed yet."""
        return self._tickets(f"WHERE {_LIVE} ORDER BY arrival")

    def tickets_of_day(self, day: date) -> list[Ticket]:
        """All tickets of a business day in order of arrival."""
        return self._tickets("WHERE day = ? ORDER BY arrival", day.isoformat())

    def tickets_issued(self, day: date) -> int:
        """How many tickets of a business day count: all but the void ones."""
        number: int = self.rows(
            "SELECT count(*) FROM tickets WHERE day = ? AND state <> 'void'", day.isoformat()
        )[0][0]
        return number

    def calls_of_day(self, day: date, limit: int, lane: str = "") -> list[Ticket]:
        """The tickets called on a business day and not sent back to wait, the latest call first."""
        called = """WHERE last_call <> '' AND state <> 'waiting' AND day = ? AND ? IN ('', lane)
            ORDER BY last_call DESC LIMIT ?"""
        return self._tickets(called, day.isoformat(), lane, limit)

    def times_at_counter(self, lane: str, limit: int) -> list[tuple[str, str]]:
        """When the latest people of a lane were called and when they were done (stamps), the oldest first.

        Those who did not come count too; times that are not accurate do not.
        """
        ended = """SELECT last_called_at, ended_at FROM tickets WHERE lane = ? AND ended_at <> ''
            AND state IN ('finished', 'no_show') AND time_accurate ORDER BY ended_at DESC LIMIT ?"""
        return [(called, done) for called, done in self.rows(ended, lane, limit)][::-1]

    def codes_taken(self, letter: str, day: date) -> list[str]:
        """Codes with a letter that may not be given out: of that day, or still live; the latest last."""
        taken = f"""SELECT code FROM tickets WHERE (day = ? OR {_LIVE}) AND substr(code, 1, 1) = ?
            ORDER BY day = ?, arrival"""
        return [row[0] for row in self.rows(taken, day.isoformat(), letter, day.isoformat())]

    def numbers_taken(self, letter: str, day: date, first: int, last: int) -> int:
        """How many of a letter's numbers from first to last may not be given out."""
        taken = f"""SELECT count(DISTINCT code) FROM tickets WHERE (day = ? OR {_LIVE})
            AND code BETWEEN ? AND ?"""
        number: int = self.rows(taken, day.isoformat(), f"{letter}{first:03}", f"{letter}{last:03}")[0][0]
        return number

    def days_with_live_tickets(self) -> list[str]:
        """Business days with tickets that nobody has closed, the oldest first."""
        return [row[0] for row in self.rows(f"SELECT DISTINCT day FROM tickets WHERE {_LIVE} ORDER BY day")]

    def closed_days(self) -> dict[str, str]:
        """Business days whose lines were cleared, and when they were last (a stamp)."""
        return dict(self.rows("SELECT day, closed_at FROM closed_days ORDER BY day"))

    def counters(self) -> list[Counter]:
        """Every counter that was ever opened."""
        known = """SELECT counter, state, staff, changed_at, max(changed_at, coalesce((
                SELECT max(last_called_at, serving_at, ended_at) FROM tickets
                WHERE tickets.counter = counters.counter ORDER BY last_call DESC LIMIT 1), ''))
            FROM counters ORDER BY counter"""
        return [Counter(*row) for row in self.rows(known)]

    def answered_at_desk(self, day: date) -> dict[str, int]:
        """How many questions were answered at the desk on a business day, by service ("" for none)."""
        answered = "SELECT service, count(*) FROM desk_answers WHERE day = ? GROUP BY service"
        return dict(self.rows(answered, day.isoformat()))

    def staff_names(self) -> dict[str, str]:
        """Names of staff by what events call them; for this machine's own screens alone."""
        return dict(self.rows("SELECT staff, name FROM staff"))

    def _tickets(self, where: str, *parameters: object) -> list[Ticket]:
        # The first screen shows no ticket; it need not wait for what they are.
        from kiosk.tickets.ticket import Ticket

        rows = self.rows(f"SELECT {', '.join(Ticket._fields)} FROM tickets {where}", *parameters)
        return list(map(Ticket._make, rows))
