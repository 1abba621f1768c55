"""What the survey does with the visit on screen: who is asked, and how their survey begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.catalog.model import SELF_SERVICE
from kiosk.errors import JournalError
from kiosk.survey.conduct import About
from kiosk.ui.visitor.visit import Response

if TYPE_CHECKING:
    from kiosk.journal import Journal
    from kiosk.journal.survey_questions import Unit
    from kiosk.ui.visitor.app import VisitorApp


class Surveying:
    """Beside the app; every step is recorded in the recorder's order, and nobody waits for the disk."""

    def __init__(self, app: VisitorApp) -> None:
        self._app = app

    def enter_frame(self) -> None:
        """A lookup is over: whoever made it could have been asked; said again it changes nothing."""
        if self._app.visit.is_lookup:
            self._app.recorder.do(self._entering())

    def finish_lookup(self) -> None:
        """The visitor has seen what there is: an invitation, once, for who is selected; else thanks."""
        self._app.run_worker(self._finish_lookup(), group="lookup")

    async def _finish_lookup(self) -> None:
        from kiosk.ui.visitor.survey import InviteScreen, ThanksScreen

        app, visit, unit = self._app, self._app.visit, None
        if visit.is_lookup:
            try:
                unit = await app.recorder.ask(self._entering())
            except JournalError as problem:
                app.recorder.trouble = str(problem)
        if not app.visiting or app.visit is not visit:
            return
        if unit and unit.selected and not unit.invited_by:
            app.switch_screen(InviteScreen(About("lookup", visit.service, unit=unit.unit)))
        else:
            app.switch_screen(ThanksScreen(answered=False))

    def _entering(self) -> Callable[[Journal], Unit]:
        survey, visit = self._app.line.survey, self._app.visit
        return lambda _: survey.enter(visit.id, "visit", SELF_SERVICE, visit.service, visit.language)

    def begin(self, about: About) -> None:
        """Draw the statements, record the start, show the first."""
        self._app.run_worker(self._begin(about), group="survey")

    async def _begin(self, about: About) -> None:
        from kiosk.ui.visitor.survey import NotSavedScreen, StatementScreen

        app, visit = self._app, self._app.visit
        survey, plan, random = app.line.survey, app.catalog.survey, app.random
        try:
            begun = await app.recorder.ask(
                lambda _: survey.begin(visit.id, about, visit.language, plan, random)
            )
        except JournalError as problem:
            app.recorder.trouble = str(problem)
            if app.visiting and app.visit is visit:
                app.switch_screen(NotSavedScreen())
            return
        response = Response(begun.response, begun.statements)
        if app.visiting and app.visit is visit:
            visit.response = response
            app.switch_screen(StatementScreen())
        else:
            self._abandon(response)

    def reword(self) -> None:
        """The language has changed: in the middle of a survey its statements now say something else."""
        app = self._app
        if app.visit.response is not None:
            survey, plan, language = app.line.survey, app.catalog.survey, app.visit.language
            app.recorder.do(lambda _: survey.word(plan, language))

    def abandon(self) -> None:
        """Record a survey that was left in the middle."""
        visit = self._app.visit
        if visit.response is not None:
            self._abandon(visit.response)
            visit.response = None

    def _abandon(self, response: Response) -> None:
        statement = response.statements[min(response.place, len(response.statements) - 1)]
        self._app.recorder.record("survey.abandoned", {"response": response.id, "at": statement.id})

    async def complete(self) -> None:
        """Record that the survey is complete; thank the visitor only when that is on disk."""
        from kiosk.ui.visitor.survey import NotSavedScreen, ThanksScreen

        app, response = self._app, self._app.visit.response
        app.visit.response = None
        saved = response is not None and await app.recorder.record_durably(
            "survey.completed", {"response": response.id}
        )
        app.switch_screen(ThanksScreen(answered=True) if saved else NotSavedScreen())
