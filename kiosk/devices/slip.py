"""A printed slip as data: blocks of words that are already in the visitor's language, and the three slips."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

SizeName = Literal["small", "normal", "large", "huge"]
Align = Literal["start", "center", "end"]
BULLET = "•"


@dataclass(frozen=True)
class Line:
    """A paragraph; broken where it is too wide, but `huge` text is made smaller instead.

    `mark` hangs before it, as a bullet does. `rtl` is its direction; None takes the slip's.
    """

    text: str
    size: SizeName = "normal"
    bold: bool = False
    align: Align = "start"
    mark: str = ""
    rtl: bool | None = None


@dataclass(frozen=True)
class Code:
    """A QR code of a link or `tel:` number."""

    payload: str


@dataclass(frozen=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True)
class Space:
    """Nothing, so many millimeters high."""

    millimeters: float = 2.0


Block = Line | Code | Rule | Space
PARTED: tuple[Block, ...] = (Space(), Rule(), Space(1.5))
"""What stands between two parts of a slip."""


@dataclass(frozen=True)
class Slip:
    """What is printed from top to bottom; `rtl` is the direction of its lines."""

    blocks: tuple[Block, ...]
    rtl: bool = False


@dataclass(frozen=True)
class TicketWords:
    """Everything a ticket says, translated; what is empty is left out."""

    city: str
    your_number: str
    """Label above the code: "Your number"."""
    code: str
    lane: str
    place: str = ""
    """Where to go: "Counters 4 and 5"."""
    wait: Sequence[str] = ()
    """People ahead and the range in minutes, or that it is not known yet."""
    bring_label: str = ""
    """Heading above `bring`: "Have ready"."""
    bring: Sequence[str] = ()
    link: str = ""
    """What the QR code holds: the ticket's page at the center, or the service's form."""
    link_label: str = ""
    """What the code is for: "Follow your place in the line on your phone"."""
    order: str = ""
    """The rule of the call order in one sentence."""
    printed: str = ""
    """Date and time of issue."""
    rtl: bool = False


def ticket_slip(words: TicketWords) -> Slip:
    """The slip of a ticket: the number first, then where and how long, what to have ready, the form."""
    blocks: list[Block] = [
        *_lines([words.city], bold=True, align="center"),
        *_lines([words.printed], size="small", align="center"),
        *PARTED,
        *_lines([words.your_number], align="center"),
        Space(2),
        Line(words.code, "huge", bold=True, align="center"),
        Space(4),
        *_lines([words.lane], size="large", bold=True, align="center"),
        *_lines([words.place], align="center"),
    ]
    if any(words.wait):
        blocks += [*PARTED, *_lines(words.wait, align="center")]
    if any(words.bring):
        blocks += [*PARTED, *_lines([words.bring_label], bold=True), *_lines(words.bring, mark=BULLET)]
    if words.link:
        blocks += [*PARTED, *_lines([words.link_label], align="center"), Code(words.link)]
    if words.order:
        blocks += [*PARTED, *_lines([words.order], size="small", align="center")]
    return Slip(tuple(blocks), words.rtl)


@dataclass(frozen=True)
class InvitationWords:
    """Everything an invitation to the survey says, translated."""

    city: str
    title: str
    """What it asks: "How did it go?"."""
    told: Sequence[str]
    """How much is asked, and how long that takes."""
    link: str
    """What the QR code holds: the survey's page at the center."""
    link_label: str
    """How the code is used: "Point your phone's camera at the square."."""
    number_label: str
    """The other way, above the number: "Or answer at the screen, with this number:"."""
    number: str
    day: str
    """Until when both are good."""
    rtl: bool = False


def invitation_slip(words: InvitationWords) -> Slip:
    """The slip of an invitation: what it is, the code for the phone, then the number for the screen."""
    blocks: list[Block] = [
        *_lines([words.city], bold=True, align="center"),
        *PARTED,
        *_lines([words.title], size="large", bold=True, align="center"),
        *_lines(words.told, align="center"),
        *PARTED,
        *_lines([words.link_label], align="center"),
        Code(words.link),
        *PARTED,
        *_lines([words.number_label], align="center"),
        *_lines([words.number], size="large", bold=True, align="center"),
        *PARTED,
        *_lines([words.day], size="small", align="center"),
    ]
    return Slip(tuple(blocks), words.rtl)


def page_slip(
    title: str,
    rows: Sequence[tuple[str, Sequence[str]]],
    footer: Sequence[str] = (),
    link: str = "",
    rtl: bool = False,
    *,
    city: str = "",
    listed: Collection[str] = (),
) -> Slip:
    """The slip of a service page: (label, lines) in the order given, then the code of `link` and the footer.

    Lines under the labels in `listed` stand as a list. The address is also written, for who has no camera.
    """
    blocks = [*_lines([city], size="small"), *_lines([title], size="large", bold=True), Space(1), Rule()]
    for label, lines in rows:
        if not any(lines):
            continue
        mark = BULLET if label in listed else ""
        blocks += [Space(), *_lines([label], size="small", bold=True), *_lines(lines, mark=mark)]
    if link:
        written = "" if link.startswith("tel:") else link.partition("://")[2] or link
        blocks += [*PARTED, Code(link), *_lines([written], size="small", align="center")]
    if any(footer):
        blocks += [*PARTED, *_lines(footer, size="small")]
    return Slip(tuple(blocks), rtl)


def _lines(
    texts: Sequence[str],
    *,
    size: SizeName = "normal",
    bold: bool = False,
    align: Align = "start",
    mark: str = "",
) -> list[Block]:
    return [Line(text, size, bold, align, mark) for text in texts if text]
