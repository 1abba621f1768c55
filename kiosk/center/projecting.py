"""Brings the tables that people read up to date with the feed of a site, a page of events at a time."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError

from kiosk.center import counts, folds
from kiosk.center.bulk import listed, listing, put
from kiosk.center.context import Center
from kiosk.center.folds import RESPONSE, RULES, TICKET, UNIT, Row
from kiosk.center.storage import Connection, Store
from kiosk.journal.event import FIELDS, Event, from_row

PAGE = 2000
"""Events folded in one transaction: a second at the most for which a SQLite file is not written by others."""

FOLD = "fold"
"""The code of an event that can't be folded: a mistake of this program. It lies in quarantine."""

_LOCK = 0x4B494F54
"""Number of the advisory locks of folding; the second one is made from the site's name."""

_COLUMNS = ", ".join(FIELDS)
_NEW = f"""SELECT {_COLUMNS}, subject, code FROM events
    WHERE home = :home AND position > :after AND position <= :until ORDER BY position"""
_FOLDS: dict[str, Callable[[Iterable[Event]], Any]] = {
    TICKET: folds.ticket,
    RESPONSE: folds.response,
    UNIT: folds.unit,
}
_log = logging.getLogger(__name__)

Subject = tuple[str, str]
"""What events are folded with (TICKET, RESPONSE, UNIT), and its id."""


def catch_up(center: Center, home: str) -> int:
    """Fold what has arrived at a site since the last time; how many events. Cheap when there is nothing.

    May be called from anywhere at any time: two workers never fold a site at once, and whoever comes second
    finds it done. Nobody who takes a batch waits for it, but for a moment on SQLite.
    """
    done = 0
    with center.store.read() as connection:
        behind = _state(connection, home)[1]
    while behind > 0:
        more, behind = _step(center.store, home)
        done += more
    return done


def catch_up_all(center: Center) -> int:
    """As `catch_up`, for every site that has something new.

    The tables of a site that the database refuses to write stay behind, which is logged: others do not wait.
    """
    with center.store.read() as connection:
        behind = connection.rows("SELECT site FROM sites WHERE folded < feed ORDER BY site")
    done = 0
    for (home,) in behind:
        try:
            done += catch_up(center, home)
        except DBAPIError:
            _log.exception("the tables of %s could not be brought up to date", home)
    return done


def keep_up(center: Center, stop: threading.Event, seconds: float = 0.5) -> None:
    """Catch up again and again until `stop` is set; for a thread of a center that serves."""
    while not stop.wait(seconds):
        try:
            catch_up_all(center)
        except DBAPIError:
            # The database is away: the tables stay behind for now.
            _log.warning("the database could not be asked what is new", exc_info=True)


@dataclass
class _Page:
    """What the events at the positions after `after`, up to `until`, change at a site."""

    home: str
    after: int
    until: int
    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[str, Mapping[str, int]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def keep(self, table: str, row: Row) -> None:
        """Keep a row for its table, or of two with the same key what the rule chooses."""
        row, rule = row | {"home": self.home}, RULES[table]
        key = tuple(row[name] for name in rule.key)
        known = self.rows[table].get(key)
        self.rows[table][key] = rule.chosen(known, row) if known else row

    def of(self, table: str) -> list[Row]:
        """The rows for a table."""
        return list(self.rows[table].values()) if table in self.rows else []


def _state(connection: Connection, home: str) -> tuple[int, int]:
    """Up to which position a site is folded, and how many events it is behind; 0, 0 for no site."""
    found = connection.row("SELECT folded, feed - folded FROM sites WHERE site = :home", home=home)
    return (found[0], found[1]) if found else (0, 0)


def _step(store: Store, home: str) -> tuple[int, int]:
    """Fold a page; how many events it had, and how many are left."""
    if store.dialect == "sqlite":
        # Folding takes longer than writing: the file is locked for the latter alone.
        with store.read() as connection:
            page = _read(connection, home)
        with store.begin() as connection:
            return _write(connection, page)
    with store.begin() as connection:
        connection.value("SELECT pg_advisory_xact_lock(:lock, hashtext(:home))", lock=_LOCK, home=home)
        return _write(connection, _read(connection, home))


def _read(connection: Connection, home: str) -> _Page:
    """Fold the next events of a site, each with all others of its subject."""
    after, behind = _state(connection, home)
    page = _Page(home, after, after + min(behind, PAGE))
    touched: set[Subject] = set()
    for *row, subject, code in connection.rows(_NEW, home=home, after=after, until=page.until):
        event = from_row(tuple(row))
        what = folds.folded_with(event.kind)
        if what and not code:
            touched.add((what, subject))
        elif not code:
            for table, made in _folded(page, lambda events: folds.rows(events[0]), [event]) or ():
                page.keep(table, made)
    asked = set(counts.columns(connection))
    for (what, _), events in _together(connection, home, touched).items():
        _fold_subject(page, what, events, asked)
    _find_designs(connection, page)
    return page


def _together(connection: Connection, home: str, touched: set[Subject]) -> dict[Subject, list[Event]]:
    """All events of what was touched that count."""
    every = f"""SELECT {_COLUMNS}, subject FROM events
        WHERE subject <> '' AND subject IN ({listed(connection, "subjects")})
            AND home = :home AND code = ''"""
    found: dict[Subject, list[Event]] = defaultdict(list)
    subjects = listing(sorted({subject for _, subject in touched}))
    for *row, subject in connection.rows(every, home=home, subjects=subjects) if touched else ():
        event = from_row(tuple(row))
        # A ticket and whoever holds it have the same id.
        key = (folds.folded_with(event.kind), subject)
        if key in touched:
            found[key].append(event)
    return found


def _fold_subject(page: _Page, what: str, events: list[Event], asked: set[str]) -> None:
    """Fold one ticket, response or visitor into its row. `asked` are statements that have a column."""

    def fits(of: Iterable[Event]) -> folds.Response | None:
        found = folds.response(of)
        if found and len(asked | found.answers.keys()) > counts.MOST:
            raise ValueError(f"more than {counts.MOST} different statements were asked")
        return found

    found = _folded(page, fits if what == RESPONSE else _FOLDS[what], events)
    if found is None:
        return
    if what != RESPONSE:
        page.keep("tickets" if what == TICKET else "frame", found)
        return
    asked |= found.answers.keys()
    page.answers[found.row["response"]] = found.answers
    page.keep("responses", found.row)
    for statement in found.answers:
        row = {"survey": found.row["survey"], "version": found.row["version"], "statement": statement}
        page.keep("statements_asked", row)


def _folded(page: _Page, fold: Callable[[list[Event]], Any], events: list[Event]) -> Any:
    """What a fold makes of events, without those that it can't fold; None when none is left."""
    try:
        return fold(events)
    except Exception:  # noqa: BLE001 - it is logged, and what it was about goes to quarantine
        # A mistake of ours about one event must not stop all others for ever.
        _log.exception("events of %s %s can't be folded", page.home, events[0].kind)
    good: list[Event] = []
    for event in sorted(events, key=folds.order):
        try:
            fold([*good, event])
            good.append(event)
        except Exception:  # noqa: BLE001 - it is logged, and what it was about goes to quarantine
            _log.exception("event %s of chain %s goes to quarantine", event.seq, event.chain)
            page.failed.append(event.id)
    return fold(good) if good else None


def _find_designs(connection: Connection, page: _Page) -> None:
    """Say of responses and visitors how they were chosen, as far as the event that says it has come."""
    rows = [row for table in ("responses", "frame") for row in page.of(table) if row["seed"]]
    if not rows:
        return
    known = {row["seed"]: row["design"] for row in page.of("samplings")}
    found = connection.rows(
        f"""SELECT seed, design FROM samplings
            WHERE home = :home AND seed IN ({listed(connection, "seeds")})""",
        home=page.home,
        seeds=listing(sorted({row["seed"] for row in rows})),
    )
    known |= dict(found)
    for row in rows:
        row["design"] = known.get(row["seed"], "")


def _write(connection: Connection, page: _Page) -> tuple[int, int]:
    """Put a page into the tables; how many events it had (0: another worker was faster), and are left."""
    if _state(connection, page.home)[0] != page.after:
        return 0, _state(connection, page.home)[1]
    columns = counts.ensure(connection, {name for of in page.answers.values() for name in of})
    days = (
        _days_before(connection, page, "responses", "response"),
        _days_before(connection, page, "frame", "unit"),
    )
    for row in page.of("responses"):
        given = page.answers[row["response"]]
        row |= {name: given.get(statement) for statement, name in columns.items()}
    for table, rule in RULES.items():
        put(connection, table, rule, page.of(table))
    for table, changed in zip(("responses", "frame"), days, strict=True):
        changed.update(row["day"] for row in page.of(table))
        changed.update(_redesign(connection, page, table))
    counts.count_responses(connection, page.home, days[0], columns)
    counts.count_frame(connection, page.home, days[1])
    if page.failed:
        which = f"id IN ({listed(connection, 'failed')})"
        connection.run(
            f"UPDATE events SET code = '{FOLD}' WHERE {which}", failed=listing(sorted(page.failed))
        )
    # Last: whoever takes a batch writes this row too, and shall not wait.
    left = connection.value(
        "UPDATE sites SET folded = :until WHERE site = :home RETURNING feed - folded",
        until=page.until,
        home=page.home,
    )
    return page.until - page.after, left


def _days_before(connection: Connection, page: _Page, table: str, key: str) -> set[str]:
    """The days of the page's rows as they are in a table now."""
    ids = [row[key] for row in page.of(table)]
    known = f"SELECT DISTINCT day FROM {table} WHERE home = :home AND {key} IN ({listed(connection, 'ids')})"
    return {day for (day,) in connection.rows(known, home=page.home, ids=listing(ids))} if ids else set()


def _redesign(connection: Connection, page: _Page, table: str) -> set[str]:
    """Tell rows that came before the event about their sampling how they were chosen; their days."""
    seeds = [row["seed"] for row in page.of("samplings")]
    changed = f"""UPDATE {table} SET design = it.design FROM samplings AS it
        WHERE it.home = :home AND it.seed IN ({listed(connection, "seeds")}) AND {table}.home = it.home
            AND {table}.seed = it.seed AND {table}.seed <> '' AND {table}.design <> it.design
        RETURNING {table}.day"""
    return (
        {day for (day,) in connection.rows(changed, home=page.home, seeds=listing(seeds))} if seeds else set()
    )
