"""The docent's own counter as lines: who is there, since when, and what staff should say; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.i18n.marks import N_
from kiosk.i18n.script import cell_width, wrap
from kiosk.tickets.ticket import SERVING, Ticket, seconds
from kiosk.ui.desk.parts import Line, Part, cut, spread
from kiosk.ui.desk.rows import Telling, age, marks, service_name
from kiosk.ui.desk.sight import Sight, language_name
from kiosk.ui.facts import Fact, Row, facts, rows

if TYPE_CHECKING:
    from kiosk.catalog.model import Service
    from kiosk.i18n.messages import Messages
    from kiosk.line.view import LaneView

STATES = {"open": N_("open"), "paused": N_("paused"), "closed": N_("closed")}
TONES = {"plain": "ink", "alert": "warm", "quiet": "quiet"}


def lasted(since: str, now: str) -> str:
    """Minutes and seconds since a moment: "4:12", "1:02:10"."""
    total = max(int(seconds(since, now)), 0)
    minutes, hours = total // 60 % 60, total // 3600
    return f"{hours}:{minutes:02}:{total % 60:02}" if hours else f"{minutes}:{total % 60:02}"


def staff_facts(service: Service, messages: Messages) -> list[Fact]:
    """What only staff see of a service: what to say, whom to call."""
    notes = service.staff_notes
    if notes is None:
        return []
    found = [
        Fact(messages.tr("Say"), (notes.script,)),
        Fact(messages.tr("Ask"), (notes.call,)),
        Fact(messages.tr("Direct"), (notes.number,)),
    ]
    return [fact for fact in found if any(fact.lines)]


def all_facts(service: Service, messages: Messages) -> list[Fact]:
    """Staff's facts, then everything that visitors read, what to bring and to pay first."""
    found = facts(service, messages)
    first = (messages.tr("Bring"), messages.tr("Cost"))
    ahead = [fact for fact in found if fact.label in first or fact.tone == "alert"]
    return [*staff_facts(service, messages), *ahead, *(fact for fact in found if fact not in ahead)]


def fact_lines(found: list[Fact], width: int, height: int) -> list[Line]:
    """Facts in two columns, as many as stand in `height` lines; an ellipsis where one is cut."""
    rows = [row for block in fact_blocks(found, width) for row in block]
    if len(rows) > height > 0:
        last = rows[height - 1]
        rows = [
            *rows[: height - 1],
            replace(last, text=cut(f"{last.text} …", width - 2 - label_width(found))),
        ]
    return [fact_line(row, label_width(found)) for row in rows[: max(height, 0)]]


def label_width(found: list[Fact]) -> int:
    """Cells of the labels' column."""
    return max((cell_width(fact.label) for fact in found), default=0) + 2


def fact_blocks(found: list[Fact], width: int, airy: bool = False) -> list[list[Row]]:
    """Each fact as rows for a card of `width` cells with a cell at either edge."""
    return rows(found, max(width - 2, 1), label_width(found), airy)


def fact_line(row: Row, label: int) -> Line:
    """A row of a fact, its label in so many cells."""
    text = Part(row.text, TONES[row.tone])
    return Line(
        [Part(" "), text] if row.label == "\0" else [Part(" "), Part(row.label, "quiet", label), text]
    )


def warnings(sight: Sight, counter: str, messages: Messages) -> list[str]:
    """What the docent should know: desks that are not reached, calls that came second, numbers that end."""
    tr = messages.tr
    apart = {
        "alone": tr("The center can't be reached: other desks may call the same person."),
        "refused": tr("The center does not accept this machine: other desks may call the same person."),
    }
    return [
        *([apart[sight.company]] if sight.company in apart else []),
        *(
            tr(
                "{code} goes to counter {counter}: it was called there first.",
                code=one.code,
                counter=one.counter,
            )
            for one in sight.lost(counter)
        ),
        *(_numbers(view, sight, messages) for view in sight.own_lanes(counter) if sight.scarce(view)),
    ]


def _numbers(view: LaneView, sight: Sight, messages: Messages) -> str:
    """How many numbers a line has left."""
    if sight.company and not sight.numbers.get(view.lane.id):
        return messages.tr("{letter}: no numbers from the center yet", letter=view.lane.letter)
    return messages.trn(
        "{letter}: {n} number left today",
        "{letter}: {n} numbers left today",
        view.numbers_left,
        letter=view.lane.letter,
    )


def elapsed(ticket: Ticket, now: str, messages: Messages) -> str:
    """What goes on, and since when."""
    if ticket.state == SERVING:
        return messages.tr("Being served · {time}", time=lasted(ticket.serving_at, now))
    time = lasted(ticket.last_called_at, now)
    if ticket.calls > 1:
        # L10n: somebody was called several times, the last time so many minutes and seconds ago
        return messages.tr("Called {n} times · {time}", n=ticket.calls, time=time)
    return messages.tr("Called · {time}", time=time)


def head(sight: Sight, counter: str, width: int, messages: Messages) -> Line:
    """The counter and whether it is open."""
    state = sight.state(counter)
    end = [Part(messages.tr(STATES[state]), "accent" if state == "open" else "warm"), Part(" ")]
    if sight.company == "together":
        end = [Part(messages.tr("with the other desks"), "quiet"), Part(" · ", "quiet"), *end]
    name = Part(messages.tr("Counter {counter}", counter=counter), "bold")
    return Line(spread([Part(" ")], name, end, width), "soft")


def card(
    sight: Sight, counter: str, telling: Telling, drawn: Sequence[str], width: int, height: int
) -> tuple[list[Line], int]:
    """The card in `width` x `height` cells, and the line on which time goes on (-1 for none).

    `drawn` is the code in display type, empty where it must be typed.
    """
    messages, ticket = telling.messages, sight.here(counter)
    foot = _warm(warnings(sight, counter, messages), width)
    top = head(sight, counter, width, messages)
    if ticket is None:
        return [top, *_nobody(sight, counter, telling, width, height - 1 - len(foot)), *foot], -1
    picture = [line for line in drawn if line.strip() or line is drawn[0]]
    across = max(map(cell_width, picture), default=0)
    code = [Line([Part(" "), Part(line.ljust(across), "accent", picture=True)]) for line in picture]
    code = code or [Line([Part(" "), Part(ticket.code, "accent")])]
    lines = [top, Line(), *code, *([Line()] if drawn else [])]
    lines.append(Line([Part(" "), Part(elapsed(ticket, telling.now, messages), "bold")]))
    clock = len(lines) - 1
    lines += _person(ticket, telling, width)
    service = telling.catalog.by_id.get(ticket.service)
    room = height - len(lines) - len(foot) - (2 if foot else 1)
    if service and room > 0:
        lines += [Line(), *fact_lines(all_facts(service, messages), width, room)]
    return _filled(lines, height - len(foot)) + foot, clock


def _filled(lines: list[Line], height: int) -> list[Line]:
    return [*lines, *[Line()] * (height - len(lines))][: max(height, 0)]


def _person(ticket: Ticket, telling: Telling, width: int) -> list[Line]:
    """Language, service, and what must not be missed."""
    messages = telling.messages
    waited = age(ticket.issued_at, ticket.first_called_at or telling.now, messages)
    said = messages.tr(
        "{language} · waited {time}", language=language_name(ticket.language, messages), time=waited
    )
    lines = [Line([Part(" "), Part(cut(said, width - 2))])]
    kept = [part for part in marks(ticket, telling) if part.tone != "quiet"]
    lines += [Line([Part(" "), Part(cut(part.text, width - 2), part.tone)]) for part in kept]
    name = service_name(ticket, telling.catalog)
    return [
        *lines,
        *(Line([Part(" "), Part(row, "bold")]) for row in (wrap(name, width - 2) if name else [])),
    ]


def _nobody(sight: Sight, counter: str, telling: Telling, width: int, height: int) -> list[Line]:
    """What comes next, and how the day has been."""
    tr, first = telling.messages.tr, sight.next_up(counter)
    lines = [Line(), Line([Part(" "), Part(tr("Nobody is at your counter."))])]
    if first:
        waiting = age(first.issued_at, telling.now, telling.messages)
        said = tr("Next is {code}, waiting {time}.", code=first.code, time=waiting)
        lines += [Line([Part(" "), Part(row)]) for row in wrap(said, width - 2)]
        lines += [Line(), *_person_ahead(first, telling, width)]
    else:
        lines.append(Line([Part(" "), Part(tr("Nobody is waiting for you."))]))
    figures = _quiet(today(sight, telling.messages), width)
    service = telling.catalog.by_id.get(first.service) if first else None
    room = height - len(lines) - len(figures) - 2
    if service and room > 0:
        lines += [Line(), *fact_lines(all_facts(service, telling.messages), width, room)]
    return [*_filled(lines, height - len(figures)), *figures]


def _person_ahead(ticket: Ticket, telling: Telling, width: int) -> list[Line]:
    """Who is next: language and service."""
    said = [language_name(ticket.language, telling.messages), *(part.text for part in marks(ticket, telling))]
    return [*_quiet(" · ".join(said), width), *_quiet(service_name(ticket, telling.catalog), width)]


def today(sight: Sight, messages: Messages) -> str:
    """The figure a city wants: how many were helped without waiting."""
    answered, everybody = sight.solved
    if not answered:
        return ""
    return messages.trn(
        "{n} question answered here today: {share} % did not have to wait.",
        "{n} questions answered here today: {share} % did not have to wait.",
        answered,
        share=round(100 * answered / everybody),
    )


def _warm(texts: Sequence[str], width: int) -> list[Line]:
    return [Line([Part(" "), Part(row, "warm")]) for text in texts for row in wrap(text, width - 2) if row]


def _quiet(text: str, width: int) -> list[Line]:
    return [Line([Part(" "), Part(row, "quiet")]) for row in wrap(text, width - 2) if row]


def brief(sight: Sight, counter: str, telling: Telling, width: int, height: int) -> tuple[list[Line], int]:
    """The card where it stands above the queue: two lines about the person, then what to say."""
    messages, ticket = telling.messages, sight.here(counter)
    top = head(sight, counter, width, messages)
    notes = _warm(warnings(sight, counter, messages), width)
    if ticket is None:
        first = sight.next_up(counter)
        said = (
            messages.tr("Next is {code}.", code=first.code)
            if first
            else messages.tr("Nobody is waiting for you.")
        )
        parts = [Part(" "), Part(messages.tr("Nobody is at your counter.")), Part("  "), Part(said, "quiet")]
        lines = [top, Line(parts), *notes]
        return _filled([*lines, *_quiet(today(sight, messages), width)], height), -1
    name = Line([Part(" "), Part(cut(service_name(ticket, telling.catalog), width - 2), "bold")])
    lines = [top, *_person_in_brief(ticket, telling, width), name]
    service = telling.catalog.by_id.get(ticket.service)
    if service:
        lines += fact_lines(all_facts(service, messages), width, height - len(lines) - len(notes))
    lines = _filled(lines, height - len(notes))
    return [*lines, *notes], 1


def _person_in_brief(ticket: Ticket, telling: Telling, width: int) -> list[Line]:
    """Who is there and since when, and what must not be missed beside it, or below where it has no room."""
    first = [
        Part(" "),
        Part(ticket.code, "accent"),
        Part("  "),
        Part(elapsed(ticket, telling.now, telling.messages), "bold"),
        Part("  "),
        Part(language_name(ticket.language, telling.messages)),
    ]
    tags = [mark for mark in marks(ticket, telling) if mark.tone != "quiet"]
    beside = [*first, *(part for tag in tags for part in (Part("  "), tag))]
    if sum(part.cells for part in beside) < width:
        return [Line(beside)]
    return [Line(first), *_warm([" · ".join(tag.text for tag in tags)], width)]
