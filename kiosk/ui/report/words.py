"""What the figures are called, and what they allow to say, in one sentence each; pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, NamedTuple

from kiosk.i18n.marks import N_
from kiosk.survey import wording
from kiosk.ui.desk.parts import Part
from kiosk.ui.report.bars import Scale

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.survey.score import StatementScore
    from kiosk.survey.scorecard import Scorecard, StatementCard


class Standing(NamedTuple):
    """How a statement stands: a sign, the words, and their tone."""

    sign: str
    words: str
    tone: str


STANDINGS = {
    "on_target": Standing("✓", N_("on target"), "accent"),
    "below_target": Standing("!", N_("below target"), "warm"),
    "not_enough": Standing("?", N_("not enough answers to tell"), "quiet"),
    "no_judgement": Standing("○", N_("not judged"), "quiet"),
    "no_target": Standing("○", N_("no target set"), "quiet"),
}
BRIEF = {"not_enough": N_("can't tell yet")}
"""Fewer words, where there is little room."""
CHANGES = {"up": N_("↑ better"), "down": N_("↓ worse"), "no clear change": N_("= no clear change")}


class Telling(NamedTuple):
    """What everything here is written with."""

    messages: Messages
    card: Scorecard

    @property
    def rtl(self) -> bool:
        return self.messages.language.rtl


def percent(share: float | None, target: int = 0) -> str:
    """A share as "91%", or "84.9%" where it would seem to reach a target but does not; a dash for none."""
    if share is not None and share * 100 < target == wording.points(share):
        return f"{Decimal(share * 100).quantize(Decimal('0.1'), ROUND_FLOOR)}%"
    return wording.percent(share)


def standing(status: str, messages: Messages, brief: bool = False) -> Part:
    """The status in words with its sign."""
    found = STANDINGS[status]
    words = BRIEF.get(status, found.words) if brief else found.words
    return Part(f"{found.sign} {messages.tr(words)}", found.tone)


def scale(card: StatementCard, score: StatementScore | None) -> Scale | None:
    """What a bar shows of a score of a statement."""
    if score is None or score.agree is None:
        return None
    low, high = score.interval or (None, None)
    return Scale(score.agree, low, high, card.target / 100)


def meaning(card: StatementCard, messages: Messages) -> str:
    """What the current figures allow to say about a statement."""
    tr, score = messages.tr, card.current
    if score is None:
        return tr("Too few people answered for figures that everybody may see.")
    if score.n == 0:
        return tr("Nobody has answered this in the period.")
    if score.basis == "probability":
        return _of_sample(card, score, messages)
    if score.basis == "census":
        return _of_census(card, score, messages)
    if score.basis == "mixed":
        return tr(
            "The way in which people are chosen changed within the period: these answers can't be judged "
            "together."
        )
    return wording.self_selected(messages)


def _of_sample(card: StatementCard, score: StatementScore, messages: Messages) -> str:
    tr = messages.tr
    if score.interval is None:
        return tr("Some of the groups that were asked have too few answers to say anything about everybody.")
    low, high = map(wording.points, score.interval)
    said = tr(
        "Of everybody who could be asked, between {low} and {high}% agree; such a range is right "
        "19 times in 20.",
        low=low,
        high=high,
    )
    return f"{said} {_verdict(card, messages)}"


def _of_census(card: StatementCard, score: StatementScore, messages: Messages) -> str:
    said = messages.trn(
        "Everybody was to be invited; of the one who answered {share} agree.",
        "Everybody was to be invited; of the {n} who answered {share} agree.",
        score.n,
        share=percent(score.agree or 0.0, card.target),
    )
    return f"{said} {_verdict(card, messages)}"


def _verdict(card: StatementCard, messages: Messages) -> str:
    tr, target = messages.tr, card.target
    if card.status == "on_target":
        return tr("The target of {target}% is reached.", target=target)
    if card.status == "below_target":
        return tr("The target of {target}% is not reached.", target=target)
    if card.status == "not_enough":
        return tr("That is too little to tell whether the target of {target}% is reached.", target=target)
    return tr("No target is set.")


def counted(statements: int, reached: int, messages: Messages) -> str:
    """How many of the statements that are asked are on target."""
    return messages.trn(
        "{reached} of {n} statement on target",
        "{reached} of {n} statements on target",
        statements,
        reached=reached,
    )


def warnings(card: Scorecard, messages: Messages) -> list[str]:
    """What must be known of the figures as a whole; the bar at the top says already where it is practice."""
    found = wording.warnings(replace(card, practice=False), messages)
    if card.public:
        found.append(messages.tr("For the public: small groups are held back."))
    return found
