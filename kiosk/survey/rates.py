"""How many of those who should be heard were heard: the rates of AAPOR's Standard Definitions, by its names.

They are for visitors whom the kiosk chose. Of people who chose themselves nobody knows how many could have
answered: for them there is the completion rate alone.
"""

from __future__ import annotations

from typing import NamedTuple


class Dispositions(NamedTuple):
    """What became of the visitors who were chosen; AAPOR's letter of each in its line.

    The kiosk knows of everybody whether they are eligible, so `other` and `unknown` are 0 for its own counts.
    """

    complete: int  # I
    partial: int  # P
    refusal: int  # R: declined, or broke off before half of the statements
    noncontact: int  # NC: never shown the invitation, or went without a word
    other: int = 0  # O
    unknown: int = 0  # UH + UO


class Rates(NamedTuple):
    """Shares from 0 to 1, each None where there is nobody to divide by."""

    response_1: float | None
    response_2: float | None
    cooperation_1: float | None
    refusal_1: float | None
    contact_1: float | None


def dispositions(selected: int, declined: int, completed: int, abandoned: int, partial: int) -> Dispositions:
    """Sort `selected` visitors; `partial` of the `abandoned` surveys were at least half answered.

    An answer to an invitation of the day before leaves nobody without contact, never fewer than that.
    """
    refusal = declined + abandoned - partial
    return Dispositions(completed, partial, refusal, max(selected - completed - partial - refusal, 0))


def rates(of: Dispositions) -> Rates:
    """RR1, RR2, COOP1, REF1 and CON1. Source: AAPOR Standard Definitions, 10th edition, 2023."""
    heard = of.complete + of.partial
    contacted = heard + of.refusal + of.other
    everybody = contacted + of.noncontact + of.unknown
    return Rates(
        response_1=share(of.complete, everybody),
        response_2=share(heard, everybody),
        cooperation_1=share(of.complete, contacted),
        refusal_1=share(of.refusal, everybody),
        contact_1=share(contacted, everybody),
    )


def completion_rate(completed: int, started: int) -> float | None:
    """The share of surveys begun that were answered to the end; the only rate of a self-selected channel."""
    return share(completed, started)


def share(part: int, whole: int) -> float | None:
    """A part of a whole from 0 to 1, None of nothing."""
    return part / whole if whole else None
