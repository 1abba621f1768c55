"""Whom the docent should ask to the survey: the latest first, each for ten minutes; no screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.desk.keys import Group, Key
from kiosk.ui.desk.parts import Line, Part, spread
from kiosk.ui.desk.wording import fault_words

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.journal import Journal
    from kiosk.journal.survey_questions import Unit

LASTS = 600.0
"""Seconds after which somebody has surely gone; then they were not invited."""
SOON = 0.5
"""Seconds after somebody else has come to stand there in which a key was still meant for the one before."""
SAID = {"invited": N_("{number} is invited to the survey."), "declined": N_("{number} declined the survey.")}
"""What is said when it is noted."""


class Invitation(NamedTuple):
    """Somebody to ask, the number they can answer with, and when that began (monotonic seconds)."""

    unit: str
    number: str
    since: float


class Invitations:
    """Those of one docent. Whoever is neither invited nor declines was not asked, and counts so."""

    def __init__(self) -> None:
        self._open: list[Invitation] = []
        self._turned = -SOON

    @property
    def latest(self) -> Invitation | None:
        """Whom to ask now."""
        return self._open[-1] if self._open else None

    @property
    def others(self) -> int:
        """How many more there are."""
        return max(len(self._open) - 1, 0)

    @property
    def units(self) -> list[str]:
        """Everybody's."""
        return [invitation.unit for invitation in self._open]

    def meant(self, unit: str, now: float) -> Invitation | None:
        """The one that a key is about; none where it came too soon to have been meant for them."""
        if now - self._turned < SOON:
            return None
        return next((invitation for invitation in self._open if invitation.unit == unit), None)

    def add(self, unit: Unit | None, number: str, now: float) -> None:
        """Somebody was entered; they are asked if they were selected."""
        if unit and to_ask(unit):
            self._open.append(Invitation(unit.unit, number, now))

    def drop(self, units: Iterable[str], now: float) -> None:
        """They need not be asked any more."""
        gone = set(units)
        self._keep([invitation for invitation in self._open if invitation.unit not in gone], now)

    def expire(self, now: float) -> None:
        """Let go whoever has surely gone."""
        self._keep([invitation for invitation in self._open if now - invitation.since < LASTS], now)

    def _keep(self, those: list[Invitation], now: float) -> None:
        if those and those[-1] is not self._open[-1]:
            self._turned = now
        self._open = those


def to_ask(unit: Unit) -> bool:
    """Whether somebody is selected and nobody has asked them yet, the screen neither."""
    return unit.selected and not unit.invited_by and not unit.outcome


def settled(journal: Journal, units: Iterable[str]) -> list[str]:
    """Those who were asked meanwhile, or came to the survey by themselves; on the thread of the journal."""
    known = (journal.survey_unit(unit) for unit in units)
    return [unit.unit for unit in known if unit and not to_ask(unit)]


def printed(asked: Invitation, fault: str, messages: Messages) -> str:
    """What came of a printed invitation: it is noted, or why there is none and what to do."""
    if not fault:
        return messages.tr(SAID["invited"], number=asked.number)
    return messages.tr(
        "The invitation was not printed ({fault}): tell the visitor the number {number}.",
        fault=fault_words(fault, messages),
        number=asked.number,
    )


def lines(found: Invitations, width: int, messages: Messages) -> list[Line]:
    """What the docent should say now, in lines of `width` cells; none where nobody is to be asked."""
    latest = found.latest
    if latest is None:
        return []
    said = messages.tr(
        "Please ask them to answer the survey at the screen, with number {number}.", number=latest.number
    )
    others = messages.trn("and {n} other", "and {n} others", found.others) if found.others else ""
    indent = cell_width(latest.number) + 3
    rows = wrap(said, max(width - indent - 1, 1))
    if others and indent + cell_width(rows[-1]) + cell_width(others) + 3 > width:
        rows.append("")
    shown = []
    for place, row in enumerate(rows):
        start = [Part(" "), Part("" if place else latest.number, "accent", indent - 1)]
        last = [Part(others, "quiet"), Part(" ")] if others and place == len(rows) - 1 else []
        shown.append(Line(spread(start, Part(row, "bold"), last, width), "soft"))
    return shown


def group(found: Invitations, messages: Messages, typing: bool = False, prints: bool = False) -> list[Group]:
    """The keys for whom to ask now, one of them where an invitation can be printed (`prints`).

    While letters are `typing` they are shown and do nothing.
    """
    latest, tr = found.latest, messages.tr
    if latest is None:
        return []
    keys = [
        Key("Y", tr("Invited"), "survey_invited", latest.unit, not typing),
        Key("W", tr("Declined"), "survey_declined", latest.unit, not typing),
    ]
    if prints:
        keys.append(Key("Q", tr("Print invite"), "survey_print", latest.unit, not typing))
    return [Group(tr("Survey"), keys)]
