"""`kiosk comments`: what visitors wrote, and the way to take out what should not be kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kiosk import settings as settings_module
from kiosk.commands.running import kept_journal, printable
from kiosk.errors import KioskError

if TYPE_CHECKING:
    from kiosk.journal import Journal
    from kiosk.journal.survey_questions import Comment

SHORT = 8
"""Characters of a comment's number, unless two comments begin alike."""
KINDS = {"phone": "phone", "email": "e-mail", "card": "card", "ssn": "social-security number"}
"""What a comment may be flagged for, in words."""
DAY = click.DateTime(["%Y-%m-%d"])


class Held(NamedTuple):
    """A comment under the number that staff name it by, and what in it looks like somebody's data."""

    number: str
    comment: Comment
    flags: frozenset[str]


@click.group(invoke_without_command=True)
@click.option("--from", "first", type=DAY, metavar="DAY", help="From a business day on: 2026-11-23.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Up to a business day, that day included.")
@click.option("--flagged", is_flag=True, help="Only those with what looks like somebody's data.")
@click.pass_context
def command(ctx: click.Context, first: datetime | None, last: datetime | None, flagged: bool) -> None:
    """What visitors wrote after the survey, day by day.

    Marked is what looks like a phone number, an e-mail address, a payment card or a social-security number.
    Nothing leads from here to a response or a ticket.
    """
    if ctx.invoked_subcommand is not None:
        return
    start, end = first.date() if first else date.min, last.date() if last else date.max
    if start > end:
        raise click.UsageError(f"--from {start} is after --to {end}.")
    with _journal(ctx.obj) as journal:
        held, practice = _held(journal), journal.practice
    chosen = [
        one
        for one in held
        if start.isoformat() <= one.comment.day <= end.isoformat() and (one.flags or not flagged)
    ]
    click.echo("\n".join(_lines(chosen, practice)))


@command.command()
@click.argument("number", metavar="N")
@click.option("--all", "all_", is_flag=True, help="Delete the whole comment.")
@click.option(
    "--staff", required=True, metavar="NAME", help="Who does it, as at the desk; the name is not sent."
)
@click.pass_obj
def redact(chosen: dict[str, Any], number: str, all_: bool, staff: str) -> None:
    """Take out of the comment N, as `kiosk comments` numbers it, what is flagged; for ever.

    An event says that words were taken out and by whom; neither the words nor the name is in it.
    """
    if not staff.strip():
        raise click.BadParameter("say who takes the words out.", param_hint="--staff")
    with _journal(chosen) as journal:
        left = journal.decide(lambda: _redact(journal, number, all_, staff))
        journal.clear_log()
    click.echo(f"What is left of it: {printable(left)}" if left else "The comment is deleted.")


def _redact(journal: Journal, number: str, all_: bool, staff: str) -> str:
    """What is left of a comment; raises KioskError, with nothing changed, for one that is not clear."""
    from kiosk.survey.flags import redacted

    found = _find(_held(journal), number)
    if not found.flags and not all_:
        raise KioskError(
            f"nothing in comment {found.number} looks like somebody's data: {printable(found.comment.text)}",
            "To delete the whole comment, add --all.",
        )
    words = "" if all_ else redacted(found.comment.text)
    journal.redact(found.comment.event_id, words, "all" if all_ else "flagged", journal.staff_of(staff))
    return words


def _find(held: Iterable[Held], number: str) -> Held:
    """The only comment whose number begins so; with fewer characters the wrong one could be meant."""
    start = number.strip().casefold()
    if len(start) < SHORT:
        raise KioskError(
            f"'{number}' is not the whole number of a comment", "Copy all of it from `kiosk comments`."
        )
    found = [one for one in held if one.comment.event_id.startswith(start)]
    if not found:
        raise KioskError(
            f"there is no comment {number} any more, or there never was",
            "Look at `kiosk comments`: it lists those that are held.",
        )
    if len(found) > 1:
        ids = ", ".join(one.comment.event_id for one in found)
        raise KioskError(f"{len(found)} comments begin with {number}: {ids}", "Give more of its number.")
    return found[0]


def _held(journal: Journal) -> list[Held]:
    """All comments by day, numbered with as many characters as tell them apart."""
    from kiosk.survey.flags import flags

    comments = sorted(journal.comments(date.min, date.max), key=lambda one: (one.day, one.event_id))
    ids = [one.event_id for one in comments]
    length = SHORT
    while len({event_id[:length] for event_id in ids}) < len(ids):
        length += 1
    return [Held(one.event_id[:length], one, flags(one.text)) for one in comments]


def _journal(chosen: dict[str, Any]) -> Journal:
    return kept_journal(settings_module.load(**chosen), chosen["practice"])[0]


def _lines(chosen: list[Held], practice: bool) -> Iterable[str]:
    if practice:
        yield "Practice: these visitors are invented."
    for number, comment, flags in chosen:
        about = "  ".join(part or "-" for part in (comment.language, comment.service, comment.lane))
        marks = ", ".join(word for kind, word in KINDS.items() if kind in flags)
        yield f"{number}  {comment.day}  {about}{f'  ! {marks}' if marks else ''}"
        yield f"    {printable(comment.text)}"
    if not chosen:
        yield "There are no such comments."
        return
    flagged = sum(bool(one.flags) for one in chosen)
    yield f"{len(chosen)} comment{'' if len(chosen) == 1 else 's'}, {flagged} flagged."
    if flagged:
        yield "To take out what is flagged: kiosk comments redact N --staff NAME (--all: the whole comment)"
