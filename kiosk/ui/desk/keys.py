"""The keys of the desk beside what they do, in groups that flow onto as many lines as they need; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width
from kiosk.tickets.fold import LEGAL
from kiosk.tickets.ticket import CALLED, Ticket
from kiosk.ui.desk.parts import Line, Part
from kiosk.ui.desk.sight import Sight

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages

GAPS = (2, 1)
"""Cells between two keys; fewer where that saves a line."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what it does in words, the action it stands for, and whether that is possible now."""

    key: str
    label: str
    action: str
    value: str = ""
    possible: bool = True

    @property
    def cells(self) -> int:
        return cell_width(self.key) + 3 + cell_width(self.label)


class Group(NamedTuple):
    """Keys about one thing, named before them."""

    title: str
    keys: Sequence[Key]


class Placed(NamedTuple):
    """A key on a line, from a column to another, the second not included."""

    start: int
    stop: int
    key: Key


STEPS = {
    "recall": "ticket.called",
    "serve": "ticket.serving",
    "finish": "ticket.finished",
    "hold": "ticket.held",
    "no_show": "ticket.no_show",
    "transfer": "ticket.transferred",
    "call": "ticket.called",
    "put_back": "ticket.returned",
    "left": "ticket.left",
    "void": "ticket.voided",
}
"""The step of a ticket that an action is."""
AT_COUNTER = (
    ("r", N_("Recall"), "recall"),
    ("s", N_("Serve"), "serve"),
    ("f", N_("Finish"), "finish"),
    ("h", N_("Hold"), "hold"),
    ("x", N_("No-show"), "no_show"),
)
OF_TICKET = (
    ("c", N_("Call"), "call"),
    ("p", N_("Put back"), "put_back"),
    ("t", N_("Transfer"), "transfer"),
    ("m", N_("Mark"), "mark"),
    ("k", N_("Reprint"), "reprint"),
    ("g", N_("Gave up"), "left"),
    ("v", N_("Void"), "void"),
)
AT_DESK = (
    ("i", N_("Issue"), "issue"),
    ("l", N_("Look up"), "lookup"),
    ("a", N_("Answered"), "answered"),
    ("d", N_("Doubt"), "doubt"),
    ("o", N_("Counter"), "counter"),
    ("e", N_("End of day"), "day_end"),
)


def subject(action: str, sight: Sight, counter: str, chosen: Ticket | None) -> Ticket | None:
    """The ticket that an action is about: the one at the counter, or the chosen one before that."""
    here = sight.here(counter)
    if action in ("recall", "serve", "finish", "hold", "no_show"):
        return here
    return chosen or here


def possible(action: str, ticket: Ticket | None) -> bool:
    """Whether the state of a ticket allows an action."""
    if ticket is None or action not in STEPS:
        return ticket is not None
    if action == "call" and ticket.state == CALLED:
        return False
    return ticket.state in LEGAL[STEPS[action]][0] and (action != "recall" or ticket.state == CALLED)


def groups(
    sight: Sight, counter: str, chosen: Ticket | None, undoes: str, printer: bool, messages: Messages
) -> list[Group]:
    """All keys as they are now; `undoes` is the code of the ticket whose latest step can be taken back."""
    tr = messages.tr
    here, first = sight.here(counter), sight.next_up(counter)
    about = chosen or here
    call = tr("Next {code}", code=first.code) if first else tr("Next person")
    undo = tr("Undo {code}", code=undoes) if undoes else tr("Undo")

    def key(letter: str, label: str, action: str) -> Key:
        ticket = subject(action, sight, counter, chosen)
        able = possible(action, ticket) and (action != "reprint" or printer)
        # Nobody else is called while somebody is at the counter.
        able = able and (action != "call" or here is None)
        return Key(letter.upper(), tr(label), action, possible=able)

    return [
        Group(
            tr("Counter {counter}", counter=counter),
            [
                Key("N", call, "next", possible=first is not None and here is None),
                *(key(*each) for each in AT_COUNTER),
                Key("U", undo, "undo", possible=bool(undoes)),
            ],
        ),
        Group(about.code if about else tr("Ticket"), [key(*each) for each in OF_TICKET]),
        Group(
            tr("Desk"),
            [
                *(Key(letter.upper(), tr(label), action) for letter, label, action in AT_DESK),
                Key(tr("Ctrl+Q"), tr("Leave"), "leave"),
            ],
        ),
    ]


Keys = list[tuple[str, Placed | None]]
"""A line: the title of a group, then keys, each with the other left empty."""


def flow(found: Sequence[Group], width: int) -> list[Keys]:
    """Lines of keys with their columns; a group begins a line with its title, and goes on below it."""
    titled = any(group.title for group in found)
    indent = max(cell_width(group.title) for group in found) + 3 if titled else 1
    return min(([*_flow(found, width, indent, gap)] for gap in GAPS), key=len)


def _flow(found: Sequence[Group], width: int, indent: int, gap: int) -> Iterator[Keys]:
    for group in found:
        line: Keys = [(group.title, None)]
        at = indent
        for key in group.keys:
            if at + key.cells > width and len(line) > 1:
                yield line
                line, at = [("", None)], indent
            line.append(("", Placed(at, at + key.cells, key)))
            at += key.cells + gap
        yield line


def drawn(line: Keys, ground: str) -> Line:
    """A line of keys as parts."""
    parts = [Part(" ")]
    at = 1
    for title, placed in line:
        if placed is None:
            parts.append(Part(title, "quiet"))
            at += cell_width(title)
            continue
        key = placed.key
        parts.append(Part(" " * (placed.start - at)))
        parts.append(Part(f" {key.key} ", "cap" if key.possible else "flat"))
        parts.append(Part(f" {key.label}", "ink" if key.possible else "quiet"))
        at = placed.stop
    return Line(parts, ground)
