"""The tables of a day: responses wide and long, the funnel, tickets without codes, comments apart."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.export.funnel import STEPS, funnels
from kiosk.export.reading import Day
from kiosk.export.table import Cell, Column, Table
from kiosk.journal.survey_questions import ResponseRow
from kiosk.survey.flags import flags
from kiosk.tickets.ticket import Ticket

NOT_REACHED = "NOT_REACHED"
ANSWERS = {
    "1": "strongly disagree",
    "2": "disagree",
    "3": "agree",
    "4": "strongly agree",
    "NA": "the visitor chose: not applicable",
    "SKIPPED": "the visitor was shown it and went on without an answer",
    NOT_REACHED: "it was to be asked, but the survey was not answered up to it",
}
"""What an answer may be; an empty cell says that the statement was not asked at all."""
CHANNELS = {
    "invited": "selected by the method of sampling and invited: the sample",
    "convenience": "came to the survey by themselves: self-selected",
    "ticket": "gave feedback on their own ticket without being selected: self-selected",
    "phone": "answered on their own phone: self-selected",
}
AUDIENCES = {"visitor": "a visitor", "employee": "an employee of the City as an internal customer"}
ABOUT = {"lookup": "looked something up on the screen", "served": "was served by staff"}
WAITS = {
    "none": "took no ticket",
    "under_5": "waited less than 5 minutes",
    "5_15": "waited 5 to under 15 minutes",
    "15_30": "waited 15 to under 30 minutes",
    "30_60": "waited 30 to under 60 minutes",
    "over_60": "waited 60 minutes or longer",
}
STATES = {
    "started": "not ended yet when this was exported",
    "completed": "went through to the end",
    "abandoned": "stopped before the end",
}
TICKET_STATES = {
    "waiting": "waiting to be called",
    "called": "called to a counter",
    "serving": "at a counter",
    "hold": "put aside for now",
    "no_show": "called, and nobody came",
    "finished": "served",
    "left": "left without being served",
    "void": "does not count",
}
PRINTED = {
    "pending": "not known",
    "ok": "printed",
    "failed": "the printer had a fault",
    "reprinted": "printed again",
}
PRIORITIES = {"assisted": "needed help", "booked": "had an appointment"}
YES_NO = {"yes": "yes", "no": "no"}
HOUR = r"(\d\d|HELD_BACK)"
NUMBER = r"(\d+|HELD_BACK)"

LANGUAGE = Column("language", "The language shown.", required=False, shared=True)
SERVICE = Column("service", "The service, by its id; empty where none is known.", required=False, shared=True)
LANE = Column("lane", "The waiting line, by its id; empty where there was none.", required=False, shared=True)
DAY = Column("day", "The business day, as in 2026-11-23.", "date")
RESPONSE = Column("response", "A random id that leads to no person and to no ticket.")
VERSION = Column("version", "Version of the survey.", "integer", minimum=0)


def tables(day: Day) -> list[Table]:
    """All tables of a day but the dictionary."""
    return [responses(day), answers(day), funnel(day), tickets(day), comments(day)]


def responses(day: Day) -> Table:
    """A row for each response, a column for each statement that was asked on the day."""
    counted = day.counted
    columns = (
        RESPONSE,
        Column("survey", "The survey, by its id."),
        VERSION,
        Column("channel", "How the response came about.", codes=CHANNELS),
        Column("audience", "Who was asked.", codes=AUDIENCES),
        Column("about", "What the visit was.", codes=ABOUT, required=False),
        LANGUAGE,
        SERVICE,
        Column("department", "Whose service it is, by its id.", required=False, shared=True),
        LANE,
        Column("wait", "How long they waited for their number to be called.", codes=WAITS),
        Column(
            "stratum",
            "Of invited visitors: the group they were drawn from, a lane or self_service.",
            required=False,
            shared=True,
        ),
        Column("design", "Of invited visitors: the method of sampling with its numbers.", required=False),
        DAY,
        Column("hour", "The local hour in which it began, 00 to 23.", pattern=HOUR, shared=True),
        Column("state", "How it ended.", codes=STATES),
        Column("abandoned_at", "Of abandoned ones: the statement on the screen then.", required=False),
    )
    taken = {column.name for column in columns}
    asked = tuple(
        Column(column_of(name, taken), f"The answer to the statement {name}.", codes=ANSWERS, required=False)
        for name in counted.statements
    )

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in day.journal.survey_responses(day.day):
            given = (_answer(row, name) for name in counted.statements)
            yield (*_about_response(day, row), *given)

    order = "by the random id of the response"
    return Table("responses", "Survey responses", order, (*columns, *asked), rows, ("response",))


def column_of(statement: str, taken: set[str]) -> str:
    """The name of a statement's column: its id, unless another column has that name."""
    return f"statement_{statement}" if statement in taken else statement


def _about_response(day: Day, row: ResponseRow) -> tuple[Cell, ...]:
    shown = day.counted.hidden.shown({**row._asdict(), "hour": day.hour(row.started_at)})
    return (
        row.response,
        row.survey,
        row.version,
        row.channel,
        row.audience,
        row.about,
        *(shown[name] for name in ("language", "service", "department", "lane")),
        row.wait,
        shown["stratum"],
        row.design,
        row.day,
        shown["hour"],
        row.state,
        row.abandoned_at,
    )


def _answer(row: ResponseRow, statement: str) -> str | None:
    """The code of an answer; None where the statement was not asked."""
    if statement not in row.answers:
        return None
    value = row.answers[statement]
    return value.upper() if value else NOT_REACHED


def answers(day: Day) -> Table:
    """A row for each statement that was asked, whatever became of it."""

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in day.journal.survey_responses(day.day):
            for statement in row.asked:
                yield row.response, statement, row.version, _answer(row, statement)

    columns = (
        RESPONSE,
        Column("statement", "The statement, by its id; its wording is in the dictionary."),
        VERSION,
        Column("answer", "The answer.", codes=ANSWERS),
    )
    return Table(
        "answers",
        "Survey answers, one a row",
        "by the random id of the response, then as the statements were asked",
        columns,
        rows,
        ("response", "statement"),
        {"response": "responses"},
    )


def funnel(day: Day) -> Table:
    """How many could be asked, were, and went how far."""
    steps = {
        "eligible": "visitors who could be asked",
        "selected": "of these, selected by the method",
        "invited": "of these, asked on the screen or at the desk",
        "declined": "of these, said no",
        "accepted": "of those invited, began the survey",
        "started": "responses that began",
        "completed": "responses that were gone through to the end",
        "partial": "responses that were abandoned with at least half of the statements answered",
        "abandoned": "responses that were abandoned at the statement named; partial ones too",
    }
    assert tuple(steps) == STEPS
    columns = (
        Column("channel", "How the responses came about.", codes=CHANNELS),
        Column("audience", "Who was asked.", codes=AUDIENCES),
        Column("survey", "The survey, by its id.", required=False),
        VERSION,
        Column("method", "The method of sampling; empty for who came by themselves.", required=False),
        Column("design", "The method with its numbers.", required=False),
        Column("seed", "What the draw was made with, for anybody to repeat it.", required=False),
        Column("stratum", "The group that was drawn from: a lane, or self_service.", required=False),
        Column("step", "How far they came.", codes=steps),
        Column("statement", "Of abandoned ones: the statement on the screen then.", required=False),
        Column("count", "How many people.", pattern=NUMBER, shared=True),
    )
    return Table(
        "funnel",
        "From everybody who could be asked to those who finished",
        "by channel, method and stratum, then by step",
        columns,
        lambda: (row for one in funnels(day) for row in one.rows()),
    )


def tickets(day: Day) -> Table:
    """The day's tickets without codes or ids, shuffled."""
    columns = (
        LANE,
        Column("first_lane", "The waiting line it was taken for.", required=False, shared=True),
        SERVICE,
        LANGUAGE,
        Column("channel", "Where it was taken.", codes={"kiosk": "at the screen", "desk": "at the desk"}),
        Column("priority", "Why it was called earlier, if it was.", codes=PRIORITIES, required=False),
        Column("interpreter", "Whether an interpreter was asked for.", codes=YES_NO),
        Column(
            "state",
            "How it stood when this was exported.",
            codes=TICKET_STATES,
        ),
        Column("hour", "The local hour in which it was taken, 00 to 23.", pattern=HOUR, shared=True),
        _minutes("wait_minutes", "Whole minutes from taking it to the first call; empty if never called."),
        _minutes("handling_minutes", "Whole minutes at the counter; empty if never served."),
        Column("ahead", "People in line before it.", "integer", minimum=0),
        _minutes("quoted_low", "The shortest wait that was told, in minutes; empty if not known then."),
        _minutes("quoted_high", "The longest wait that was told, in minutes; empty if not known then."),
        Column("calls", "How often it was called.", "integer", minimum=0),
        Column(
            "printed",
            "Whether it was printed; empty without a printer.",
            codes=PRINTED,
            required=False,
        ),
        Column("time_accurate", "no: nobody marked the end, so handling_minutes mean little.", codes=YES_NO),
    )
    return Table(
        "tickets",
        "Tickets of the day, without numbers",
        "shuffled by something random that is not in the file",
        columns,
        lambda: (_ticket(day, ticket) for ticket in day.tickets),
    )


def _minutes(name: str, meaning: str) -> Column:
    return Column(name, meaning, "integer", required=False, minimum=0)


def _ticket(day: Day, ticket: Ticket) -> tuple[Cell, ...]:
    shown = day.hidden_in_tickets.shown({**ticket._asdict(), "hour": day.hour(ticket.issued_at)})
    return (
        *(shown[name] for name in ("lane", "first_lane", "service", "language")),
        ticket.channel,
        ticket.priority,
        "yes" if ticket.interpreter else "no",
        ticket.state,
        shown["hour"],
        _whole_minutes(ticket.waited),
        _whole_minutes(ticket.handled),
        ticket.ahead,
        ticket.quote_low,
        ticket.quote_high,
        ticket.calls,
        ticket.printing,
        "yes" if ticket.time_accurate else "no",
    )


def _whole_minutes(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds // 60)


def comments(day: Day) -> Table:
    """What visitors wrote, apart from everything that they answered."""

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in day.comments:
            about = day.hidden_in_comments.shown(row._asdict())
            yield (row.day, *about.values(), row.text, " ".join(sorted(flags(row.text))))

    columns = (
        DAY,
        LANGUAGE,
        SERVICE,
        LANE,
        Column("words", "The comment as it was written, or what staff left of it."),
        Column(
            "flags",
            "What the words seem to hold, divided by spaces: phone, email, card, ssn. Look before sharing.",
            required=False,
        ),
    )
    order = "shuffled by something random that is not in the file; no response is named"
    return Table("comments", "Comments", order, columns, rows)
