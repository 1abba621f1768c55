"""The exit survey: an invitation, one statement a screen, each answer on disk before the next shows."""

from __future__ import annotations

from random import Random

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from kiosk.i18n.marks import N_
from kiosk.survey.conduct import About
from kiosk.survey.draw import draw, own
from kiosk.survey.scale import SCALE
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.visit import Response
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

SCALE_ROWS = 9
"""Rows of the scale, with the air around it."""


class InviteScreen(VisitScreen):
    """Asks whether somebody wants to answer; declining is one touch. `about` is what they would judge.

    Whoever is selected is invited by this; for others nothing is recorded until they answer.
    """

    hint = N_("The survey is short and anonymous. You may say no.")

    def __init__(self, about: About) -> None:
        super().__init__()
        self.about = about
        self._begun = False

    def on_mount(self) -> None:
        unit, survey = self.about.unit, self.visitor.line.survey
        if unit:
            self.visitor.recorder.do(lambda _: survey.invite(unit, "screen"))

    def body(self) -> ComposeResult:
        yield Heading(self.tr("How did it go?"), self.metrics.heading, id="heading")
        yield Words(self._promise(), id="promise")
        ways = [
            Target(self.tr("Answer"), "begin", sign="★", id="begin", classes="-accent -answer"),
            Target(self.tr("No, thank you"), "decline", id="decline", classes="-answer"),
        ]
        yield Horizontal(*self.sided(ways), id="answers")

    def _promise(self) -> str:
        """How many statements there will be; which ones is drawn later."""
        about, catalog = self.about, self.visitor.catalog
        plan, service = catalog.survey, catalog.by_id.get(about.service)
        drawn = draw(plan, about.kind, {}, Random(0), about.audience)
        return self.trn(
            "{n} short statement. Anonymous. Stop whenever you like.",
            "{n} short statements. Anonymous. Stop whenever you like.",
            len(drawn) + len(own(plan, service, about.kind, about.audience, about.department)),
        )

    def press_decline(self, value: str) -> None:
        unit, survey = self.about.unit, self.visitor.line.survey
        if unit:
            self.visitor.recorder.do(lambda _: survey.decline(unit))
        self.app.switch_screen(ThanksScreen(answered=False))

    def press_begin(self, value: str) -> None:
        if not self._begun:
            self._begun = True
            self.visitor.surveying.begin(self.about)

    def press_back(self, value: str) -> None:
        self.visitor.back_or_end()


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
        return next(s.text for s in self.visitor.catalog.survey.everything if s.id == wanted)

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
            await self.visitor.surveying.complete()
        else:
            response.place += 1
            # The focus does not stay on the last answer: it would suggest the next one.
            self.renew(keep_focus=False)

    def press_stop(self, value: str) -> None:
        self.visitor.surveying.abandon()
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
