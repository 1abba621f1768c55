"""Exporting a business day: which events, which revision, and under which name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kiosk.catalog.model import Catalog
from kiosk.clock import Clock, stamp
from kiosk.errors import ExportError
from kiosk.export.package import PRACTICE, Package
from kiosk.export.reading import Day
from kiosk.export.writing import write_folder, write_zip
from kiosk.journal import Journal
from kiosk.journal import export_questions as asked
from kiosk.journal.export_questions import Span
from kiosk.journal.survey_questions import Export
from kiosk.sync import carried, membership

DOUBTFUL_DAYS = 180
"""With nothing recorded so many days before or after a day, it or the clock is probably wrong."""

_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Exported:
    """What was written of a day; without anything recorded on it `path` is None and nothing was.

    `events` are those sealed in the batch, `responses` those of the day. `already_there`: the same bytes lay
    there. `replaced` is where other content under the same name was moved. `unfinished`: the day is not over.
    `nearest` is the closest day with anything recorded when that is suspiciously far, else None. `receipts`
    are those of the center that were found there and read.
    """

    path: Path | None
    day: date
    revision: int = 0
    responses: int = 0
    events: int = 0
    already_there: bool = False
    unfinished: bool = False
    replaced: Path | None = None
    nearest: date | None = None
    receipts: int = 0


def export(
    journal: Journal,
    catalog: Catalog,
    clock: Clock,
    day: date,
    target: Path,
    zipped: bool = False,
    practice: bool = False,
) -> Exported:
    """Write the folder (or ZIP archive) of a day into `target`, a folder that is there.

    The same day gives the same bytes until something about it is recorded or taken out; then the next
    revision, beside the former one. `practice` must be what the journal is. A machine that is enrolled at a
    center encrypts its batch for that, and reads the receipts that lie there. Raises ExportError when it
    can't be written or the day has not come, BatchError when somebody changed the journal, SyncError for a
    damaged enrolment, and JournalError; the journal then is as it was.
    """
    _refuse_mixing(journal, practice)
    box, receipts = _center(journal, target)
    with asked.standing_still(journal, clock) as picture:
        span = asked.day_span(picture, day)
        if span is None:
            return replace(_nothing(picture, clock, day), receipts=receipts)
        plan = _plan(picture, clock, day, span)
        read = Day(picture, catalog, clock, day, next(picture.events(plan.last - 1, plan.chain)).site)
        name = _name(read.site, picture, plan)
        files = Package(read, plan, box).files()
        write, suffix = (write_zip, ".zip") if zipped else (write_folder, "")
        written = write(target / f"{name}{suffix}", files)
        responses = read.counted.responses
    _note(journal, plan)
    return Exported(
        written.path,
        day,
        plan.revision,
        responses,
        plan.last - plan.first + 1,
        written.how == "already there",
        clock.day() <= day,
        written.kept,
        receipts=receipts,
    )


def _center(journal: Journal, target: Path) -> tuple[str, int]:
    """The key to encrypt for, "" without a center, and how many of its receipts lie in the target."""
    member = membership.load(journal.path.parent)
    return (member.box, carried.take_all(journal, member.key, target)) if member else ("", 0)


def default_day(journal: Journal, clock: Clock) -> date:
    """The last day with anything recorded that is over; without one the first that is not."""
    today = clock.day()
    return asked.last_day_before(journal, today) or asked.first_day_from(journal, today) or today


def _refuse_mixing(journal: Journal, practice: bool) -> None:
    if journal.practice and not practice:
        raise ExportError(
            "other",
            f"{journal.path} is for practice: its visitors are invented",
            "Say that you want it all the same with --practice; then every file says so too.",
        )
    if practice and not journal.practice:
        raise ExportError(
            "other",
            f"{journal.path} is real and can't be exported as practice",
            "Leave out --practice, or name the folder for practice with --data.",
        )


def _nothing(picture: Journal, clock: Clock, day: date) -> Exported:
    today = clock.day()
    if day > today:
        raise ExportError(
            "other",
            f"{day} has not come yet: this machine's clock says that today is {today}",
            "Ask for a day that is over. If today is another day, set the clock of this machine.",
        )
    before, after = asked.last_day_before(picture, day), asked.first_day_from(picture, day)
    nearest = min(filter(None, (before, after)), key=lambda known: abs(known - day), default=None)
    far = nearest if nearest and abs(nearest - day).days > DOUBTFUL_DAYS else None
    return Exported(None, day, nearest=far)


def _plan(picture: Journal, clock: Clock, day: date, span: Span) -> Export:
    """What to write: as the latest time if nothing of it has changed since, else the next revision."""
    made = [one for one in picture.exports() if one.chain == span.chain]
    latest = max((one for one in made if one.day == day.isoformat()), default=None, key=_revision)
    # Written before this machine stepped aside, it may hold events that are kept under another name now.
    same = latest is not None and latest.last <= span.end
    if latest and same and _touched(picture, day, span, latest.first, latest.last) <= latest.touched:
        return latest
    sealed = max((one.last for one in made if one.last <= span.end), default=span.begin - 1)
    first = min(span.first, sealed + 1)
    touched = _touched(picture, day, span, first, span.end)
    revision = latest.revision + 1 if latest else 1
    return Export(day.isoformat(), revision, first, span.end, touched, stamp(clock.now()), span.chain)


def _touched(picture: Journal, day: date, span: Span, first: int, last: int) -> int:
    return max(span.last, asked.touched(picture, day, span.chain, first, last))


def _revision(made: Export) -> int:
    return made.revision


def _name(site: str, journal: Journal, plan: Export) -> str:
    """A name that every disk can hold."""
    start = PRACTICE if journal.practice else ""
    end = f"_r{plan.revision}" if plan.revision > 1 else ""
    fit = _UNFIT.sub("-", f"{site}_{plan.chain}")
    return f"{start}survey_{fit}_{plan.day}{end}"


def _note(journal: Journal, plan: Export) -> None:
    """Remember it once it is in place; another export of the same may have done so meanwhile."""

    def work() -> None:
        mine = (one for one in journal.exports() if one.chain == plan.chain)
        if not any((one.day, one.revision) == (plan.day, plan.revision) for one in mine):
            journal.note_export(plan)

    journal.decide(work)
