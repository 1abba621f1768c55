"""A sheet of questions over the desk: to choose, to mark, to issue, to confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message

from kiosk.ui.desk.base import DeskScreen, Overlay
from kiosk.ui.desk.drawn import Drawn
from kiosk.ui.desk.form import Choice, Form, Option, Question
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.desk.keys import Group, Key
from kiosk.ui.desk.parts import Line
from kiosk.ui.widgets.words import Words

Done = Callable[[dict[str, str]], str]
"""Takes the answers by name; returns why they can't be taken, or nothing."""


class FormBox(Drawn):
    """The questions of a form."""

    class Clicked(Message):
        """An answer was clicked."""

        def __init__(self, answered: bool) -> None:
            super().__init__()
            self.answered = answered

    def __init__(self, form: Form, **options: Any) -> None:
        super().__init__(**options)
        self.form = form

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.form.lines(max(width, 1)))

    def lines(self) -> list[Line]:
        return self.form.lines(max(self.size.width, 1))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and event.button == 1:
            self.lines()
            spot = self.form.click(self.column(offset.x), offset.y)
            if spot:
                self.post_message(self.Clicked(spot.option is not None))


class FormScreen(DeskScreen):
    """Questions and what is done with the answers; `at_once` where the first answer is all there is.

    Arrows go from question to question and from answer to answer, Tab too; Enter takes the answers.
    """

    def __init__(self, questions: Sequence[Question], done: Done, submit: str, at_once: bool = False) -> None:
        super().__init__()
        self.form = Form(questions)
        self.done = done
        self.submit = submit
        self.at_once = at_once

    def form_box(self) -> FormBox:
        return FormBox(self.form, id="form")

    def key_bar(self) -> KeyBar:
        keys = [Key("Enter", self.submit, "enter"), Key(self.tr("Esc"), self.tr("Back"), "back")]
        return KeyBar([Group("", keys)], "card", id="keys")

    def again(self) -> None:
        """Draw the questions as they are answered now."""
        for box in self.query(FormBox):
            box.refresh(layout=True)

    def complain(self, text: str) -> None:
        """Say why the answers can't be taken."""
        self.say("complaint", text)

    def press_enter(self, value: str) -> None:
        """Go on to what is still to be typed; take the answers where nothing is."""
        goal = self.form.onward()
        if goal is None:
            self.take()
        else:
            self.form.active = goal
            self.again()

    def take(self) -> None:
        """Take the answers, or say why not; once, also where Enter came twice."""
        if self.app.screen is not self:
            return
        complaint = self.done(self.form.answers)
        if complaint:
            self.complain(complaint)
            self.again()

    def on_form_box_clicked(self, event: FormBox.Clicked) -> None:
        self.again()
        if self.at_once and event.answered:
            self.take()

    def action_walk(self, direction: str) -> None:
        by = 1 if direction in ("down", "right") else -1
        if direction in ("left", "right") and self.kiosk.language.rtl:
            by = -by
        question = self.form.question
        tall = isinstance(question, Choice) and question.tall and len(self.form.questions) == 1
        if direction in ("left", "right") or tall:
            self.form.turn(by)
        else:
            self.form.step(by)
        self.again()

    def action_step(self, by: int) -> None:
        self.form.step(by)
        self.again()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self.press_enter("")
        elif event.key == "backspace":
            self.form.erase()
            self.again()
        elif event.is_printable and event.character:
            before = self.form.question
            taken = self.form.type(event.character)
            self.again()
            if taken and self.at_once and isinstance(before, Choice):
                self.take()
        elif not self.other_key(event.key):
            return
        event.stop()

    def other_key(self, key: str) -> bool:
        """What a key means that is no answer; False where it means nothing."""
        return False


class Sheet(FormScreen, Overlay):
    """Questions over the screen they belong to; gone with the answers, or by Escape."""

    def __init__(
        self,
        title: str,
        questions: Sequence[Question],
        done: Callable[[dict[str, str]], None],
        submit: str,
        note: str = "",
        at_once: bool = False,
    ) -> None:
        super().__init__(questions, self._leave_with, submit, at_once)
        self.heading = title
        self.note = note
        self._answered = done

    def _leave_with(self, answers: dict[str, str]) -> str:
        self.app.pop_screen()
        self._answered(answers)
        return ""

    def body(self) -> ComposeResult:
        yield Words(self.heading, id="title")
        if self.note:
            yield Words(self.note, id="note")
        yield self.form_box()
        yield self.key_bar()


def choose(
    title: str, options: Sequence[Option], chosen: Callable[[str], None], submit: str, note: str = ""
) -> Sheet:
    """A sheet with one question; its answer is taken at once."""
    question = Choice("choice", "", options, tall=True)
    return Sheet(title, [question], lambda answers: chosen(answers["choice"]), submit, note, at_once=True)
