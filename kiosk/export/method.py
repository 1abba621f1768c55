"""METHOD.md: how the day's visitors were chosen, what may be concluded, and how to read the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kiosk.export.funnel import STEPS, Funnel, funnels
from kiosk.export.reading import Day
from kiosk.export.table import HELD_BACK
from kiosk.journal.export_questions import FrameRow
from kiosk.survey.cells import LIMIT

_NOTE = """\
# The survey on {day}

- Site: {site}
- Business day: {day}, from {starts} on, in the time zone {timezone}
- Revision: {revision}
- Responses: {responses_made}
- Services, departments and lanes: by the catalogue with the SHA-256 `{catalog}`
{superseded}
## How visitors were chosen

Eligible, each once, are visitors whose ticket was finished or whose question was answered at the desk
(stratum: the lane), and visitors who only looked something up (stratum: self_service). The kiosk
numbers them from 0 in the order in which they come. The number, the seed and the method alone decide
who is selected, so that anybody can repeat the draw.

{chosen}

What may be concluded:

{conclusions}
- **convenience, ticket, phone**: these visitors chose to answer by themselves.
  No sampling error can be given, and nothing concluded about all visitors. Keep them apart from the
  invited ones.

## Counts

{counts}

## What the answers mean

- `1` strongly disagree, `2` disagree, `3` agree, `4` strongly agree
- `NA`: the visitor chose *not applicable*. It is no number, and never 0.
- `SKIPPED`: shown, and left without an answer
- `NOT_REACHED`: was to be asked, but the survey was not answered up to it
- an empty cell in {responses}: not asked at all

Statements are known by their ids, with a column each, so that one that is changed or retired shifts no
other. {dictionary} has the exact wording in every language and version.

## What is held back, and why

- Times are local hours of the day, never minutes.
- Rows are shuffled: by the random id of the response, or by something random that is not in the file.
  Nothing leads from a comment or a ticket to a response.
- `{held}` stands for a language, service, lane, stratum or hour that fewer than {limit} rows of a file
  share (small cells), and for the next one where it could be worked out otherwise. With a service its
  department, lane and stratum are held back.
- In {funnel} and above, `{held}` stands for the counts of a stratum with fewer than {limit} people, of
  the next one where they could be worked out otherwise, and for every count from 1 to {most}.
- Each column is looked at by itself. Several columns of {responses} together can still be rare, so
  these files are for staff: publish the scorecard, not the rows.
- {comments} holds what visitors wrote. Read it before it goes anywhere: its column flags tells what
  looks like somebody's number or address. Words can tell their language where it is held back.

## The files

- {responses}, {answers}, {funnel}, {tickets}, {comments}, {dictionary}: UTF-8, RFC 4180, exactly as
  recorded. For programs.
- Those with spreadsheet in their name hold the same rows for Excel and LibreOffice. They differ: a cell
  that a spreadsheet would calculate begins with ', and the file with a byte order mark.
- {datapackage} describes all of them (Frictionless Data Package). `frictionless validate {datapackage}`
  tells whether every file is as it was written.
{batch}
- {sums} has the checksum of every other file: `sha256sum -c {sums}`. {sums}.sig is its signature
  (Ed25519, in hex) by the kiosk's own key.

Public key of the kiosk: `{key}`
"""
_PLAIN = """\
- The .batch file is the sealed slice of the kiosk's journal, for the center alone. It holds more than
  the files for people: do not publish it."""
_ENCRYPTED = """\
- The .batch.sealed file is the slice of the kiosk's journal for the center. It is encrypted (a sealed
  box of libsodium), and the center alone can open it."""
_PRACTICE = """\
# PRACTICE: none of this is real

This was written by a kiosk for practice. Its visitors and answers are invented.

"""
_SUPERSEDED = """
Something about this day was recorded, or words were taken out, after revision {before} was written.
This revision takes its place.
"""
_METHODS = {
    "everyone": "every eligible visitor was to be invited, an attempted census.",
    "systematic": "one in {every} eligible visitors was selected, from a start that the seed drew.",
    "random": "each eligible visitor had a chance of {percent} percent to be selected.",
    "stratified": "each eligible visitor had the chance of their stratum to be selected: {rates}.",
    "": "under a plan that this kiosk does not know.",
}
_SAMPLE = """the invited responses are a probability sample. A 95 % interval (Wilson) may be given with
  each share, beside the response rate."""
_CONCLUSIONS = {
    "everyone": """nobody was drawn, so there is no sampling error and no interval. What can be told is the
  response rate, and the shares of those who answered; those who did not may think otherwise.""",
    "systematic": _SAMPLE,
    "random": _SAMPLE,
    "stratified": """the invited responses are a probability sample, drawn stratum by stratum. Weight each
  stratum by its eligible visitors before adding strata up; a 95 % interval with the weighted variance may
  then be given.""",
}
_SEVERAL = (
    """- **More than one method on this day**: do not add their responses up as if they were one sample."""
)


def method_note(
    day: Day, revision: int, key: str, named: Callable[[str], str], encrypted: bool = False
) -> str:
    """The note in Markdown; `named` gives the name of a file, `key` is the public key in hex.

    `encrypted`: the center alone can read the batch.
    """
    seeds: dict[str, FrameRow] = {}
    for row in day.frame:
        seeds.setdefault(row.seed, row)
    tables = ("responses", "answers", "funnel", "tickets", "comments", "dictionary")
    note = _NOTE.format(
        day=day.day,
        site=day.site,
        starts=f"{day.clock.day_starts:%H:%M}",
        timezone=day.clock.timezone,
        revision=revision,
        responses_made=day.counted.responses,
        catalog=day.catalog.digest,
        superseded=_SUPERSEDED.format(before=revision - 1) if revision > 1 else "",
        chosen="\n".join(_chosen(seeds.values())) or "Nobody was eligible on this day.",
        conclusions="\n".join(_conclusions(seeds.values())),
        counts="\n".join(_counts(funnels(day))),
        held=HELD_BACK,
        limit=LIMIT,
        most=LIMIT - 1,
        key=key,
        batch=_ENCRYPTED if encrypted else _PLAIN,
        sums=named("SHA256SUMS"),
        datapackage=named("datapackage.json"),
        **{table: named(f"{table}.csv") for table in tables},
    )
    return _PRACTICE + note if day.journal.practice else note


def _chosen(plans: Iterable[FrameRow]) -> Iterator[str]:
    for plan in plans:
        rates = ", ".join(f"{stratum} {rate} percent" for stratum, rate in sorted(plan.rates.items()))
        how = _METHODS[plan.method].format(every=plan.every, percent=plan.percent, rates=rates or "none")
        yield f"- Survey `{plan.survey}`, version {plan.version}: {how}"
        yield f"  Design `{plan.design}`, seed `{plan.seed}`."


def _conclusions(plans: Iterable[FrameRow]) -> Iterator[str]:
    known = {plan.design: plan.method for plan in plans if plan.method}
    for method in dict.fromkeys(known.values()):
        yield f"- **{method}**: {_CONCLUSIONS[method]}"
    if len(known) > 1:
        yield _SEVERAL


def _counts(found: list[Funnel]) -> Iterator[str]:
    if not found:
        yield "No visitor could be asked, and no survey was begun."
        return
    steps = STEPS[:-1]
    yield f"| channel | whose | design | stratum | {' | '.join(steps)} |"
    yield f"|---|---|---|---|{'---:|' * len(steps)}"
    for one in found:
        of = one.kind
        counts = " | ".join(one.steps.get(step, "") for step in steps)
        yield f"| {of.channel} | {of.audience} | {of.design} | {of.stratum} | {counts} |"
