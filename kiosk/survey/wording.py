"""What a scorecard says in words, in any language: how people were chosen, what may be said, and what not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from kiosk.i18n.formats import AMERICAN, PLAIN, full_date
from kiosk.i18n.marks import N_
from kiosk.survey.scorecard import GroupTable, Point, Scorecard, StatementCard

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.survey.period import Span
    from kiosk.survey.score import StatementScore

STATUS = {
    "on_target": N_("on target"),
    "below_target": N_("below target"),
    "not_enough": N_("not enough answers to tell"),
    "no_judgement": N_("not judged: people chose to answer"),
    "no_target": N_("no target set"),
}
"""What `StatementCard.status` means."""
CHANGED = {
    "up": N_("up"),
    "down": N_("down"),
    "no clear change": N_("no clear change"),
    "": N_("can't be compared"),
}
"""What `StatementCard.changed` means."""
CHANNELS = {
    "invited": N_("Visitors who were chosen"),
    "convenience": N_("People who chose to leave feedback"),
    "ticket": N_("People who gave feedback on their own ticket"),
    "phone": N_("On their own phone"),
}
"""What channels are called."""
STATES = {"open": N_("under way"), "done": N_("done"), "dropped": N_("dropped")}
"""States of the action plan."""
BY = {
    "service": N_("By service"),
    "department": N_("By department"),
    "lane": N_("By line"),
    "language": N_("By language"),
    "site": N_("By place"),
    "day": N_("By day"),
    "hour": N_("By hour of the day"),
}
"""Headings of tables of groups."""
LEVELS = "▁▂▃▅▇"
NO_POINT = "·"
RANGE = 0.2
"""The least difference that a trend draws from bottom to top: 20 points."""


def percent(share: float | None) -> str:
    """A share as people read it: "86%"; a dash for none."""
    return "–" if share is None else f"{points(share)}%"


def points(share: float) -> int:
    """A share in percent; what is not quite nothing or all is not shown as such."""
    whole = int(share * 100 + 0.5)
    return min(max(whole, 1), 99) if 0 < share < 1 else whole


def interval(score: StatementScore | None) -> str:
    """Both ends of the interval: "79–91%"; "" without one."""
    if score is None or score.interval is None:
        return ""
    return f"{points(score.interval.low)}–{percent(score.interval.high)}"


def sparkline(trend: Sequence[Point]) -> str:
    """The trend as small columns, one for each period; periods without a figure are dots."""
    known = [point.agree for point in trend if point.agree is not None]
    if len(known) < 2:
        return ""
    span = max(max(known) - min(known), RANGE)
    low = min(max((max(known) + min(known) - span) / 2, 0.0), 1 - span)
    return "".join(
        NO_POINT if of.agree is None else LEVELS[min(int((of.agree - low) / span * 5), 4)] for of in trend
    )


def state_of(card: StatementCard, messages: Messages) -> str:
    """The status in words."""
    if "current" in card.held_back:
        return messages.tr("too few answers to show")
    if card.current is None or not card.current.n:
        return messages.tr("no answers")
    return messages.tr(STATUS[card.status])


def notes(card: StatementCard, messages: Messages) -> Iterator[str]:
    """What a reader of a statement's figures should know."""
    for version in card.reworded:
        yield messages.tr("Wording changed in version {version}.", version=version)
    if card.unknown:
        versions = ", ".join(map(str, card.unknown))
        yield messages.tr("Its wording in version {version} was not recorded.", version=versions)
    score = card.current
    if score and score.na_share is not None and score.na_share > 0.3 and not card.held_back:
        yield messages.tr(
            "{share} said it does not apply: it may not fit here.", share=percent(score.na_share)
        )


def below(card: StatementCard, messages: Messages) -> str:
    """How far a statement is below its target, at the least."""
    points_below = int(card.gap * 100 + 1e-9)
    if not points_below:
        return messages.tr("{statement}: below {target}%", statement=card.text, target=card.target)
    return messages.trn(
        "{statement}: at least {n} point below {target}%",
        "{statement}: at least {n} points below {target}%",
        points_below,
        statement=card.text,
        target=card.target,
    )


def method(card: Scorecard, messages: Messages) -> list[str]:
    """How respondents were chosen, how many answered, and what the figures can say; one paragraph."""
    said = [designed(design, card, messages) for design in card.sample.designs]
    total = card.sample.total
    if total and total.selected:
        said.append(
            messages.tr(
                "{completed} of {selected} people chosen answered to the end: a response rate of {rate} "
                "(AAPOR RR1).",
                completed=total.completed,
                selected=total.selected,
                rate=percent(total.rates.response_1),
            )
        )
    bases = {of.current.basis for of in card.statements if of.current and of.current.n}
    said += [
        meaning
        for basis in ("probability", "census", "mixed")
        if basis in bases
        for meaning in _meaning(basis, messages)
    ]
    return said or [self_selected(messages)]


def designed(design: str, card: Scorecard, messages: Messages) -> str:
    """How visitors were chosen, from a recorded design ("systematic 5")."""
    name, _, numbers = design.partition(" ")
    tr = messages.tr
    if name == "everyone":
        return tr("Everyone who had finished was to be invited.")
    if name == "systematic":
        return tr("One in {every} visitors was chosen, from a start drawn each day.", every=numbers)
    if name == "random":
        return tr("Each visitor had a chance of {percent}% of being chosen.", percent=numbers)
    if name == "stratified":
        parts = numbers.split()
        rates = ", ".join(
            f"{card.sample.names.get(stratum, stratum)} {rate}%"
            for stratum, rate in zip(parts[::2], parts[1::2], strict=False)
        )
        return tr(
            "Visitors were chosen by chance, by line: {rates}. Answers are weighted by the visitors of each "
            "line.",
            rates=rates,
        )
    return tr("How some of these people were chosen was not recorded.")


def _meaning(basis: str, messages: Messages) -> list[str]:
    tr = messages.tr
    return {
        "probability": [
            tr(
                "The interval is where the share of all visitors lies with 95% confidence, as far as those "
                "who did not answer think as those who did."
            )
        ],
        "census": [
            tr(
                "The figures count those who answered; those who did not may think otherwise. "
                "No sampling error applies."
            ),
            tr("A status is given only where chance in who answered what could not explain the difference."),
        ],
        "mixed": [tr("People were chosen in ways that can't be counted together, so no interval is given.")],
    }[basis]


def days(span: Span, language: str) -> str:
    """The days of a period as a language writes them: "November 1 – 30, 2026"."""
    from babel.dates import format_interval

    if span.first == span.last:
        return full_date(span.first, language)
    locale = AMERICAN.get(language, language)
    return str(format_interval(span.first, span.last, "yMMMMd", locale=locale)).translate(PLAIN)


def day(iso: str, language: str) -> str:
    """A day as a table has room for: "Nov 20, 2026"; "" for none."""
    from babel.dates import format_date

    if not iso:
        return ""
    return format_date(date.fromisoformat(iso), "medium", AMERICAN.get(language, language)).translate(PLAIN)


def self_selected(messages: Messages) -> str:
    """What can be said of people who came by themselves."""
    return messages.tr("Based on people who chose to answer; no sampling error can be given.")


def warnings(card: Scorecard, messages: Messages) -> list[str]:
    """What stands above everything: practice, an empty period, days that are not over or have not come."""
    tr = messages.tr
    found = []
    if card.practice:
        found.append(tr("Practice: these answers are invented."))
    if card.period.first > card.today:
        found.append(
            tr(
                "These days have not come yet: today is {day}. Is the clock of this machine right?",
                day=card.today,
            )
        )
    elif card.ahead:
        found.append(tr("Not all of these days have come: today is {day}.", day=card.today))
    elif card.not_over:
        found.append(tr("Today, {day}, is not over: its figures will change.", day=card.today))
    if card.later:
        found.append(tr("There are answers of days that have not come. Is the clock of this machine right?"))
    if card.example:
        found.append(tr("The target and who is invited are examples that the City has not confirmed."))
    if card.empty:
        found.append(tr("Nobody was asked and nobody answered in this period."))
    return found


def group_heading(table: GroupTable, messages: Messages) -> str:
    """What a table of groups shows, and of whom."""
    heading = messages.tr(BY[table.by])
    return heading if table.channel == "invited" else f"{heading} · {messages.tr(CHANNELS[table.channel])}"
