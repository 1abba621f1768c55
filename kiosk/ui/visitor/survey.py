"""The exit survey: an invitation, one statement a screen, each answer on disk before the next shows."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from kiosk.catalog.model import Statement
from kiosk.errors import JournalError
from kiosk.i18n.marks import N_
from kiosk.survey.draw import draw
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.visit import Response
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

SCALE = (
    ("1", N_("Strongly disagree"), "●○○○"),
    ("2", N_("Disagree"), "●●○○"),
    ("3", N_("Agree"), "●●●○"),
    ("4", N_("Strongly agree"), "●●●●"),
)


SCALE_ROWS = 9
"""Rows of the scale, with the air around it."""


class InviteScreen(VisitScreen):
    """Asked after a lookup; declining is one touch."""

    hint = N_("The survey is short and anonymous. You may say no.")
    channel = "invited"
    kind = "lookup"

    def on_mount(self) -> None:
        if self.visit.surveyed:
            self.call_after_refresh(self.visitor.finish_visit)
            return
        self.visit.surveyed = True
        self.visitor.recorder.record("survey.invited", {"visit": self.visit.id, "channel": self.channel})

    def body(self) -> ComposeResult:
        yield Heading(self.tr("How did it go?"), self.metrics.heading, id="heading")
        yield Words(self._promise(), id="promise")
        ways = [
            Target(self.tr("Answer"), "begin", sign="★", id="begin", classes="-accent -answer"),
            Target(self.tr("No, thank you"), "decline", id="decline", classes="-answer"),
        ]
        yield Horizontal(*self.sided(ways), id="answers")

    def _promise(self) -> str:
        count = self.visitor.catalog.survey.ask
        return self.trn(
            "{n} short statement. Anonymous. Stop whenever you like.",
            "{n} short statements. Anonymous. Stop whenever you like.",
            count,
        )

    def press_decline(self, value: str) -> None:
        self.visitor.recorder.record("survey.declined", {"visit": self.visit.id, "channel": self.channel})
        self.app.switch_screen(ThanksScreen(answered=False))

    def response(self, statements: tuple[Statement, ...]) -> Response:
        """What the answers are about."""
        return Response(self.channel, self.visit.service, statements)

    async def press_begin_(self) -> None:
        """Draw the statements, record the start, show the first."""
        plan = self.visitor.catalog.survey
        recorder = self.visitor.recorder
        try:
            asked = await recorder.ask(lambda journal: journal.times_asked(plan.id, plan.version))
        except JournalError:
            # What can't be read can't be written either.
            self.app.switch_screen(NotSavedScreen())
            return
        statements = draw(plan, self.kind, asked, self.visitor.random)
        response = self.response(statements)
        self.visit.response = response
        started = await recorder.record_durably(
            "survey.started",
            {
                "visit": self.visit.id,
                "response": response.id,
                "survey": plan.id,
                "version": plan.version,
                "channel": response.channel,
                "language": self.kiosk.language.code,
                "service": response.service,
                "lane": response.lane,
                "wait": response.wait,
                "statements": [statement.id for statement in statements],
            },
        )
        if not started:
            self.visit.response = None
        self.app.switch_screen(StatementScreen() if started else NotSavedScreen())

    def press_begin(self, value: str) -> None:
        self.run_worker(self.press_begin_(), exclusive=True)


class FeedbackScreen(InviteScreen):
    """*Leave feedback*: the convenience channel, kept apart; all statements may be drawn."""

    channel = "convenience"
    kind = "served"

    def press_back(self, value: str) -> None:
        self.visitor.back_or_end()


class TicketFeedbackScreen(FeedbackScreen):
    """Feedback on a visit to a counter: of its ticket only service, lane and wait band are kept."""

    channel = "ticket"

    def __init__(self, service: str, lane: str, wait: str, served: bool) -> None:
        super().__init__()
        self.about = (service, lane, wait)
        self.kind = "served" if served else "lookup"

    def response(self, statements: tuple[Statement, ...]) -> Response:
        service, lane, wait = self.about
        return Response(self.channel, service, statements, lane=lane, wait=wait)


class StatementScreen(VisitScreen):
    """The scale and *not applicable* never leave one page."""

    hint = N_("Touch how much you agree. Skip what you do not want to answer.")

    @property
    def response(self) -> Response:
        response = self.visit.response
        assert response is not None, "a statement is shown only while a survey is in progress"
        return response

    def body(self) -> ComposeResult:
        response = self.visit.response
        if response is None:
            return
        statement = self._statement()
        place = self.tr("{place} of {count}", place=response.place + 1, count=len(response.statements))
        yield Words(place, classes="-quiet", id="place")
        room = self.metrics.body - SCALE_ROWS - 4
        yield Heading(statement, self.metrics.heading, lines=2, room=room, id="heading")
        yield self._scale()
        others = [
            Target(self.tr("Not applicable"), "answer", "na", id="na", classes="-other"),
            Target(self.tr("Skip"), "answer", "skipped", sign="→", id="skip", classes="-other"),
            Target(self.tr("Stop"), "stop", sign="■", id="stop", classes="-other"),
        ]
        yield Horizontal(*self.sided(others), id="others")

    def _statement(self) -> str:
        wanted = self.response.statements[self.response.place].id
        return next(s.text for s in self.visitor.catalog.survey.statements if s.id == wanted)

    def _scale(self) -> Vertical | Horizontal:
        chosen = self.response.answers.get(self.response.statements[self.response.place].id)
        targets = self.sided(
            [
                Target(
                    self.tr(label),
                    "answer",
                    value,
                    detail=f"✓ {dots}" if value == chosen else dots,
                    id=f"answer-{value}",
                    classes="-answer -chosen" if value == chosen else "-answer",
                )
                for value, label, dots in SCALE
            ]
        )
        if self.metrics.width >= 80:
            return Horizontal(*targets, id="scale")
        return Vertical(Horizontal(*targets[:2]), Horizontal(*targets[2:]), id="scale")

    def press_answer(self, answer: str) -> None:
        self.run_worker(self._answer(answer), exclusive=True)

    async def _answer(self, answer: str) -> None:
        response = self.response
        statement = response.statements[response.place].id
        saved = await self.visitor.recorder.record_durably(
            "survey.answered", {"response": response.id, "statement": statement, "answer": answer}
        )
        response.answers[statement] = answer
        last = response.place + 1 == len(response.statements)
        if not saved:
            self.app.switch_screen(NotSavedScreen())
        elif last and self.visitor.settings.survey.comment:
            from kiosk.ui.visitor.comment import CommentScreen

            self.app.switch_screen(CommentScreen())
        elif last:
            await self.visitor.complete_survey()
        else:
            response.place += 1
            # The focus does not stay on the last answer: it would suggest the next one.
            self.renew(keep_focus=False)

    def press_stop(self, value: str) -> None:
        self.visitor.abandon_survey()
        self.app.switch_screen(ThanksScreen(answered=False))

    def press_back(self, value: str) -> None:
        if self.response.place:
            self.response.place -= 1
            self.renew()
        else:
            self.press_stop(value)


class NotSavedScreen(VisitScreen):
    """The journal could not be written: said plainly, with what else can be done. `what` was not saved."""

    hint = N_("Please tell the information desk.")

    def __init__(self, what: str = N_("Your answer could not be saved")) -> None:
        super().__init__()
        self.what = what

    def body(self) -> ComposeResult:
        yield Heading(self.tr(self.what), self.metrics.heading, lines=2, id="heading")
        yield Words(self.tr("Please tell the information desk. We are sorry."), id="promise")
        yield Words(self.visitor.catalog.city.desk, id="desk")

    def press_back(self, value: str) -> None:
        self.visitor.end_visit("finished")


class ThanksScreen(VisitScreen):
    """Thank you, only after the last answer is on disk; then the attract screen."""

    hint = N_("You are done here.")
    STAYS = 12

    def __init__(self, answered: bool) -> None:
        super().__init__()
        self.answered = answered

    def on_mount(self) -> None:
        self.set_timer(self.STAYS, self.visitor.finish_visit)

    def body(self) -> ComposeResult:
        yield Heading(self.tr("Thank you"), self.metrics.heading, id="heading")
        told = self.tr("Your answers are saved.") if self.answered else self.tr("Thank you for coming.")
        yield Words(told, id="promise")
        with Horizontal(id="answers"):
            yield Target(self.tr("Done"), "done", sign="✓", id="done", classes="-accent -answer")

    def press_done(self, value: str) -> None:
        self.visitor.finish_visit()

    def press_back(self, value: str) -> None:
        self.visitor.finish_visit()
