"""Signing in: a name that stays on this machine, a counter, and the PIN where one is set."""

from __future__ import annotations

from contextlib import suppress

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.errors import JournalError
from kiosk.ui import pin
from kiosk.ui.desk.form import Choice, Option, Question, Text
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.desk.keys import Group, Key
from kiosk.ui.desk.sheet import FormScreen
from kiosk.ui.desk.sight import look
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.words import Words

LONGEST = 40
"""Characters of a name."""


class SignInScreen(FormScreen):
    """The first screen; asked again after each docent, with nothing left of the one before."""

    def __init__(self, name: str = "", counter: str = "") -> None:
        super().__init__([Text("name", "", name, limit=LONGEST)], self._sign_in, "")
        self._given = (name, counter)
        self._open: frozenset[str] = frozenset()

    def on_screen_resume(self) -> None:
        self._ask()

    def _ask(self) -> None:
        """Ask anew; what was given on the command line is filled in."""
        tr = self.tr
        (name, counter), self._given = self._given, ("", "")
        options = [self._option(each) for each in self.desk.counters]
        questions: list[Question] = [
            Text("name", tr("Your name"), name, limit=LONGEST),
            Choice("counter", tr("Counter"), options, counter, tall=True),
        ]
        if self.desk.locked:
            questions.append(Text("pin", tr("PIN"), secret=True, limit=12))
        self.form.questions, self.form.active = questions, 0
        self.submit = tr("Open the counter")
        self.complain("")
        for bar in self.query(KeyBar):
            bar.show(self._keys())
        self.again()
        self._look_around()

    @work(exclusive=True)
    async def _look_around(self) -> None:
        """Say which counters are open already; yesterday's lines are closed by the way."""
        with suppress(JournalError):
            sight = await self.desk.recorder.ask(lambda _: look(self.desk.line))
            counters = self.desk.counters
            self._open = frozenset(each for each in counters if sight.state(each) == "open")
            for question in self.form.questions:
                if isinstance(question, Choice):
                    question.options = [self._option(each) for each in counters]
            self.again()

    def _option(self, counter: str) -> Option:
        label = self._counter(counter)
        label = self.tr("{counter} · open", counter=label) if counter in self._open else label
        return Option(counter, label, counter if len(counter) == 1 else "")

    def _counter(self, counter: str) -> str:
        lanes = ", ".join(lane.name for lane in self.desk.catalog.lanes if counter in lane.counters)
        return lanes if len(counter) == 1 else self.tr("{counter} · {lanes}", counter=counter, lanes=lanes)

    def _keys(self) -> list[Group]:
        keys = [Key("Enter", self.submit, "enter"), Key("↑ ↓", self.tr("Choose"), "next_question")]
        if not self.desk.locked:
            keys.append(Key(self.tr("Ctrl+Q"), self.tr("Leave"), "leave"))
        return [Group("", keys)]

    def body(self) -> ComposeResult:
        with Vertical(id="sign-in"):
            yield Heading(self.tr("Information desk"), min(self.metrics.heading, 4), id="heading")
            yield self.form_box()
            yield Words("", id="complaint")
            yield self.told()
            yield Words(
                self.tr("Your name stays on this machine. Nothing else is told of you."), classes="-quiet"
            )
        yield KeyBar(self._keys(), id="keys")

    def _sign_in(self, answers: dict[str, str]) -> str:
        """Open the counter; or say what is missing."""
        if not answers["name"].strip():
            self.form.active = 0
            return self.tr("Please type your name.")
        if self.desk.locked and not self._passed(answers["pin"]):
            self._forget_pin()
            closed = self.desk.gate.closed
            wait = self.tr("Too many wrong PINs. Please wait a minute.")
            return wait if closed else self.tr("That is not the PIN.")
        self.desk.sign_in(answers["name"].strip(), answers["counter"])
        return ""

    def _passed(self, typed: str) -> bool:
        gate = self.desk.gate
        if gate.closed or not pin.matches(self.desk.settings.data, typed):
            if not gate.closed:
                gate.failed()
            return False
        gate.passed()
        return True

    def _forget_pin(self) -> None:
        last = self.form.questions[-1]
        if isinstance(last, Text) and last.secret:
            last.value, self.form.active = "", len(self.form.questions) - 1

    def press_next_question(self, value: str) -> None:
        self.action_step(1)

    def press_leave(self, value: str) -> None:
        """Until a PIN is set anybody may leave; then only who has signed in."""
        if not self.desk.locked:
            self.app.exit(return_code=0)

    def action_escape(self) -> None:
        """There is nothing behind this screen."""

    def other_key(self, key: str) -> bool:
        if key == "ctrl+q":
            self.press_leave("")
        return key == "ctrl+q"
