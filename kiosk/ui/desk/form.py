"""A few questions on one sheet, answered by typing, letters, arrows or the mouse; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kiosk.i18n.script import cell_width, clean, wrap
from kiosk.ui.desk.parts import Line, Part

CURSOR = "▏"
DOT = "●"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: what it stands for, its words, and the key that chooses it."""

    value: str
    label: str
    key: str = ""


@dataclass
class Text:
    """Something to type, at most `limit` characters; a `secret` is shown as dots."""

    name: str
    label: str
    value: str = ""
    secret: bool = False
    limit: int = 60


@dataclass
class Choice:
    """One of several answers; `tall` where each stands on a line of its own."""

    name: str
    label: str
    options: Sequence[Option]
    value: str = ""
    tall: bool = False

    @property
    def place(self) -> int:
        """The place of the chosen answer; the first where none is."""
        values = [option.value for option in self.options]
        return values.index(self.value) if self.value in values else 0


Question = Text | Choice


class Spot(NamedTuple):
    """Where something can be clicked: a line, columns from and to, the question, and its answer."""

    y: int
    start: int
    stop: int
    question: int
    option: Option | None = None


@dataclass
class Form:
    """Questions, and which of them is being answered."""

    questions: Sequence[Question]
    active: int = 0
    spots: list[Spot] = field(default_factory=list)

    @property
    def question(self) -> Question:
        """The one that is being answered."""
        return self.questions[self.active]

    @property
    def answers(self) -> dict[str, str]:
        """The answers by the questions' names."""
        return {
            each.name: each.value if isinstance(each, Text) else each.options[each.place].value
            for each in self.questions
        }

    def step(self, by: int) -> None:
        """Go to the next or the previous question, if there is one."""
        self.active = min(max(self.active + by, 0), len(self.questions) - 1)

    def onward(self) -> int | None:
        """Where Enter goes on to: the question after one that is typed, or the next to type."""
        later = range(self.active + 1, len(self.questions))
        if isinstance(self.question, Text):
            return next(iter(later), None)
        return next((place for place in later if isinstance(self.questions[place], Text)), None)

    def turn(self, by: int) -> None:
        """Choose the next or the previous answer."""
        question = self.question
        if isinstance(question, Choice):
            question.value = question.options[(question.place + by) % len(question.options)].value

    def type(self, character: str) -> bool:
        """Take a character into the text, else as the key of an answer to any question.

        False where it means nothing.
        """
        if isinstance(self.question, Text):
            self.question.value = clean(self.question.value + character)[: self.question.limit]
            return True
        for place in (self.active, *range(len(self.questions))):
            question = self.questions[place]
            for option in question.options if isinstance(question, Choice) else ():
                if option.key.casefold() == character.casefold():
                    self._answer(place, option)
                    return True
        return False

    def erase(self) -> None:
        """Take the last character back."""
        if isinstance(self.question, Text):
            self.question.value = self.question.value[:-1]

    def click(self, x: int, y: int) -> Spot | None:
        """Go to the question, or take the answer, that was drawn there."""
        found = next((spot for spot in self.spots if spot.y == y and spot.start <= x < spot.stop), None)
        if found:
            self._answer(found.question, found.option)
        return found

    def _answer(self, place: int, option: Option | None) -> None:
        self.active = place
        if option is not None:
            self.question.value = option.value

    def lines(self, width: int) -> list[Line]:
        """The sheet in `width` cells; `spots` then says where its answers lie."""
        self.spots = []
        labelled = any(each.label for each in self.questions)
        indent = max(cell_width(each.label) for each in self.questions) + 4 if labelled else 2
        found: list[Line] = []
        for place, question in enumerate(self.questions):
            if found:
                found.append(Line())
            draw = self._text if isinstance(question, Text) else self._choice
            rows = draw(place, indent, width - indent, len(found))
            labels = [self._label(question.label, place, indent), *[Part("", width=indent)] * (len(rows) - 1)]
            found += [Line([label, *parts]) for label, parts in zip(labels, rows, strict=True)]
        return found

    def _label(self, label: str, place: int, indent: int) -> Part:
        active = place == self.active and len(self.questions) > 1
        return Part(f"▸ {label}" if active else f"  {label}", "accent" if active else "quiet", indent)

    def _text(self, place: int, indent: int, width: int, y: int) -> list[list[Part]]:
        question, active = self.questions[place], place == self.active
        assert isinstance(question, Text), "as it is called"
        shown = DOT * len(question.value) if question.secret else question.value
        rows = wrap(shown + (CURSOR if active else ""), max(width - 2, 1))
        self.spots += [Spot(y + number, indent, indent + width, place) for number in range(len(rows))]
        return [[Part(f" {row}", "field" if active else "idle", width)] for row in rows]

    def _choice(self, place: int, indent: int, width: int, y: int) -> list[list[Part]]:
        question = self.questions[place]
        assert isinstance(question, Choice), "as it is called"
        rows: list[list[Part]] = [[]]
        used = 0
        for number, option in enumerate(question.options):
            parts = _option(option, number == question.place)
            cells = sum(part.cells for part in parts)
            if rows[-1] and (question.tall or used + cells > width):
                rows.append([])
                used = 0
            self.spots.append(Spot(y + len(rows) - 1, indent + used, indent + used + cells, place, option))
            rows[-1] += [*parts, Part("  ")]
            used += cells + 2
        return rows


def _option(option: Option, chosen: bool) -> list[Part]:
    cap = [Part(f" {option.key} ", "cap"), Part(" ")] if option.key else []
    sign = Part(f"{DOT} " if chosen else "○ ", "accent" if chosen else "quiet")
    return [*cap, sign, Part(option.label, "bold" if chosen else "ink")]
