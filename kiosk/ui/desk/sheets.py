"""The sheets that the desk's keys open: which line, why void, which priority, whom to give a ticket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kiosk.i18n.marks import N_
from kiosk.tickets.ticket import SIGN, Ticket
from kiosk.ui.desk.form import Choice, Option, Text
from kiosk.ui.desk.keys import Group
from kiosk.ui.desk.rows import service_name
from kiosk.ui.desk.sheet import Sheet, choose
from kiosk.ui.desk.sight import language_name

if TYPE_CHECKING:
    from kiosk.ui.desk.app import DeskApp

PRIORITIES = (("", N_("as they come")), ("assisted", N_("assisted")), ("booked", N_("booked")))
"""The order of the call, as the event says it and in words."""
REASONS = (
    ("mistake", N_("A mistake"), "M"),
    ("duplicate", N_("The same person twice"), "T"),
    ("test", N_("A test"), "E"),
    ("other", N_("Another reason"), "O"),
)
DOUBTS = (
    ("hours", N_("Opening hours"), "H"),
    ("phone", N_("Phone number"), "P"),
    ("fee", N_("Cost"), "C"),
    ("place", N_("Place"), "L"),
    ("bring", N_("What to bring"), "B"),
    ("link", N_("Link or form"), "F"),
    ("name", N_("Name"), "N"),
    ("other", N_("Something else"), "S"),
)
"""Facts that staff can doubt: what the event says, in words, and the key."""
COUNTER = (
    ("opened", N_("Open: calls people"), "O"),
    ("paused", N_("Pause: back in a while"), "P"),
    ("closed", N_("Close"), "C"),
)
NOTE = 200
"""Characters of a note."""


def transfer(desk: DeskApp, ticket: Ticket) -> Sheet:
    """To which other line."""
    lanes = [lane for lane in desk.catalog.lanes if lane.id != ticket.lane]
    return choose(
        desk.messages.tr("Send {code} on to which line?", code=ticket.code),
        [Option(lane.id, lane.name, lane.letter) for lane in lanes],
        lambda lane: desk.actions.step("transfer", lambda: ticket, lane),
        desk.messages.tr("Transfer"),
        desk.messages.tr("Number and place stay as they are."),
    )


def void(desk: DeskApp, ticket: Ticket) -> Sheet:
    """Why a ticket does not count."""
    tr = desk.messages.tr
    return choose(
        tr("Why does {code} not count?", code=ticket.code),
        [Option(reason, tr(label), key) for reason, label, key in REASONS],
        lambda reason: desk.actions.step("void", lambda: ticket, reason),
        tr("Void"),
    )


def ticket(desk: DeskApp, chosen: Ticket, group: Group, act: Callable[[str], None]) -> Sheet:
    """What can be done with a ticket that is chosen in the queue."""
    found = [key for key in group.keys if key.possible]
    return choose(
        chosen.code,
        [Option(key.action, key.label, key.key) for key in found],
        act,
        desk.messages.tr("Do it"),
        service_name(chosen, desk.catalog),
    )


def _priority(desk: DeskApp, value: str, keys: Sequence[str]) -> Choice:
    tr = desk.messages.tr
    options = [Option(v, tr(label), key) for (v, label), key in zip(PRIORITIES, keys, strict=True)]
    return Choice("priority", tr("Order"), options, value)


def _interpreter(desk: DeskApp, value: str) -> Choice:
    tr = desk.messages.tr
    codes = [code for code in desk.library.languages if code != desk.language.code]
    named = [Option(code, language_name(code, desk.messages)) for code in codes]
    options = [Option("", tr("none")), Option(SIGN, tr("sign language")), *named]
    return Choice("interpreter", tr("Interpreter"), options, value)


def mark(desk: DeskApp, chosen: Ticket) -> Sheet:
    """The order of the call, and an interpreter."""
    return Sheet(
        desk.messages.tr("Mark {code}", code=chosen.code),
        [_priority(desk, chosen.priority, ("1", "2", "3")), _interpreter(desk, chosen.interpreter)],
        lambda answers: desk.actions.mark(lambda: chosen, answers["priority"], answers["interpreter"]),
        desk.messages.tr("Mark"),
        desk.messages.tr("Nothing about health is ever written down."),
    )


def issue(desk: DeskApp, service: str = "", language: str = "") -> Sheet:
    """A ticket for a visitor; for a service, or for a line alone."""
    tr, catalog = desk.messages.tr, desk.catalog
    wanted = catalog.by_id.get(service)
    lanes = [Option(lane.id, lane.name, lane.letter) for lane in catalog.lanes]
    own = desk.sight.own_lanes(desk.docent.counter) if desk.sight and desk.docent else []
    lane = wanted.lane if wanted and wanted.lane else own[0].lane.id if own else ""
    codes = desk.library.languages
    spoken = [
        Option(code, language_name(code, desk.messages), str(place)) for place, code in enumerate(codes, 1)
    ]
    return Sheet(
        tr("A ticket for a visitor"),
        [
            Choice("lane", tr("Line"), lanes, lane),
            Choice("language", tr("Language"), spoken, language),
            _priority(desk, "", ("7", "8", "9")),
            _interpreter(desk, ""),
        ],
        lambda given: desk.actions.issue(
            service, given["lane"], given["language"], given["priority"], given["interpreter"]
        ),
        tr("Give the ticket"),
        wanted.name if wanted else "",
    )


def doubt(desk: DeskApp, service: str) -> Sheet:
    """Which fact of a service is wrong, and what is right."""
    tr = desk.messages.tr
    return Sheet(
        tr("What is wrong?"),
        [
            Choice("fact", tr("Fact"), [Option(fact, tr(label), key) for fact, label, key in DOUBTS]),
            Text("words", tr("What is right"), limit=NOTE),
        ],
        lambda answers: desk.actions.doubt(service, answers["fact"], answers["words"].strip()),
        tr("Note it"),
        desk.catalog.by_id[service].name,
    )


def counter(desk: DeskApp) -> Sheet:
    """Open, pause or close the counter."""
    tr = desk.messages.tr
    here = desk.docent.counter if desk.docent else ""
    return choose(
        tr("Counter {counter}", counter=here),
        [Option(state, tr(label), key) for state, label, key in COUNTER],
        desk.actions.counter,
        tr("Do it"),
    )


def day_end(desk: DeskApp) -> Sheet:
    """Whether the lines of today are really cleared; says whom that ends."""
    tr, trn = desk.messages.tr, desk.messages.trn
    waiting, served = desk.sight.unfinished if desk.sight else (0, 0)
    still = trn(
        "{n} person is still waiting; the ticket ends now.",
        "{n} people are still waiting; their tickets end now.",
        waiting,
    )
    there = trn("{n} person is at a counter.", "{n} people are at a counter.", served)
    said = [still if waiting else tr("Nobody is waiting any more."), there if served else ""]
    return choose(
        tr("End the day?"),
        [Option("", tr("No, go on"), "N"), Option("end", tr("Yes, clear all lines"), "Y")],
        lambda answer: desk.actions.end_day() if answer else None,
        tr("Do it"),
        "\n".join(part for part in said if part),
    )


def leave(desk: DeskApp) -> Sheet:
    """Sign out for the next docent, or end the desk; the counter closes."""
    tr = desk.messages.tr
    here = desk.sight.here(desk.docent.counter) if desk.sight and desk.docent else None

    def left(answer: str) -> None:
        if answer:
            desk.sign_out(answer == "end")

    return choose(
        tr("Leave the counter?"),
        [
            Option("", tr("No, go on"), "N"),
            Option("out", tr("Sign out: somebody else goes on"), "S"),
            Option("end", tr("Leave the desk"), "L"),
        ],
        left,
        tr("Do it"),
        tr("{code} is still at your counter.", code=here.code) if here else tr("Your counter closes."),
    )
