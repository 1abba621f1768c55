"""*I have a ticket number*: a pad for a letter and three digits, which leads to the place in the line."""

from __future__ import annotations

from contextlib import suppress

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget

from kiosk.errors import JournalError, TicketRefused
from kiosk.i18n.marks import N_
from kiosk.journal import Journal
from kiosk.line import words as ticket_words
from kiosk.line.view import Place
from kiosk.survey.conduct import INVITATION_LETTER, About
from kiosk.tickets.codes import typed_code
from kiosk.tickets.ticket import Ticket
from kiosk.ui.visitor.base import VisitScreen
from kiosk.ui.visitor.survey import InviteScreen, NotSavedScreen
from kiosk.ui.visitor.ticket_code import TicketCode
from kiosk.ui.visitor.ticket_plan import SMALLEST, USUAL
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

PAD = ("123", "456", "789", "<0>")
"""Keys as on a telephone; < erases, > looks the number up."""
LENGTH = 4
OPEN = "–"
"""Stands for a character that is still to be typed."""
ASKED = N_("Type the letter and the three digits on your ticket.")
ASKED_TOO = N_("Type the letter and the three digits on your ticket. Without the letter if it is Z.")
UNKNOWN = N_("There is no ticket {code} today. Check the letter and the three digits.")
NOT_INVITED = N_("There is no invitation {code} today. Check the three digits.")
OVER = {
    "accepted": N_("Invitation {code} was used already. Thank you."),
    "declined": N_("Invitation {code} was declined. You can still leave feedback."),
}
"""Why an invitation from the desk opens no survey, by what became of it."""


class TicketNumberScreen(VisitScreen):
    """What is typed is the screen's state; nobody can look up anything but a number they know.

    The desk's invitations to the survey have numbers too. Three digits alone are one of them: their letter
    has a key only where the pad has a place left, and on days on which one was given out.
    """

    hint = N_("Touch the letter and the three digits on your ticket, then Find. The desk can help too.")

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""
        self.told = ASKED
        self._unknown = ""
        self._invitations = False

    def on_mount(self) -> None:
        self.run_worker(self._count_invitations(), group="invitations")

    async def _count_invitations(self) -> None:
        today = self.kiosk.clock.day()
        with suppress(JournalError):  # the digits alone do, too
            self._invitations = bool(
                await self.visitor.recorder.ask(lambda journal: journal.codes_of_invitations(today))
            )
        if INVITATION_LETTER in self._letters():
            self.renew()
        else:
            self.say("told", self._told())

    def on_unmount(self) -> None:
        """Textual may keep a screen that was left a little longer; its number goes now."""
        self.typed = self._unknown = ""

    @property
    def top_bar(self) -> bool:
        """The pad takes its row on small screens, but never the word that this is practice."""
        return self.kiosk.practice or not self.metrics.small

    def body(self) -> ComposeResult:
        code = TicketCode(self._shown(), self._code_rows, id="ticket-code")
        told = Words(self._told(), id="told")
        heading = Heading(self.tr("Your ticket number"), 0, id="heading")
        if self.metrics.small:
            if not (self._cramped and self._refused):
                yield Horizontal(*self.sided([heading, code]), id="top")
            if self._refused or not self._cramped:
                yield told
            yield self._pad()
            return
        desk = Words(self.visitor.catalog.city.desk, classes="-quiet", id="desk")
        words = Vertical(heading, code, told, desk, id="number")
        parts: list[Widget] = self.sided([words, self._pad()])
        yield Container(*parts, id="standing", classes="-two")

    @property
    def _cramped(self) -> bool:
        """Whether the bar above leaves two rows for words: what is wrong stands in the place of the rest."""
        return self.metrics.small and self.top_bar

    @property
    def _refused(self) -> bool:
        return self.told != ASKED

    @property
    def _code_rows(self) -> int:
        drawn = self.kiosk.settings.screen.display_type != "off" and not self.metrics.small
        return (USUAL if self.metrics.air else SMALLEST) if drawn else 0

    def _pad(self) -> Vertical:
        """The lanes' letters beside the digits, in four rows; alike in both directions of writing."""
        letters = self._letters()
        columns = [letters[place :: len(PAD)] for place in range(len(PAD))]
        most = max(map(len, columns))
        rows = []
        for marks, keys in zip(columns, PAD, strict=True):
            blanks = [Container(classes="-blank") for _ in range(most - len(marks))]
            row = Horizontal(*blanks, *map(self._key, marks), *map(self._key, keys))
            row.styles.height = self._key_rows
            row.styles.margin = (0, 0, 0 if keys == PAD[-1] else self.metrics.gap, 0)
            rows.append(row)
        return Vertical(*rows, id="pad")

    def _letters(self) -> list[str]:
        """Those of the lanes, and of invitations where a place is free: no key gets narrower for it."""
        letters = sorted({lane.letter for lane in self.visitor.catalog.lanes})
        if self._invitations and len(letters) % len(PAD):
            letters.append(INVITATION_LETTER)
        return letters

    @property
    def _key_rows(self) -> int:
        return 3 if self.metrics.small else min((self.metrics.body - 3 * self.metrics.gap) // len(PAD), 5)

    def _key(self, key: str) -> Target:
        if key == "<":
            return Target(self.tr("Erase"), "erase", repeats=True, id="erase")
        if key == ">":
            return Target(self.tr("Find"), "find", id="find", classes="-accent")
        look = "-letter" if key.isalpha() else ""
        return Target(key, "key", key, repeats=True, id=f"key-{key}", classes=look)

    def _shown(self) -> str:
        return self.typed.ljust(LENGTH, OPEN)

    def _told(self) -> str:
        if self._unknown:
            return self.tr(self.told, code=self._unknown)
        digits_alone = self._invitations and INVITATION_LETTER not in self._letters()
        return self.tr(ASKED_TOO if digits_alone and not self._refused else self.told)

    def press_key(self, key: str) -> None:
        """Another character; after a number that was not found it begins a new one."""
        before = "" if len(self.typed) == LENGTH else self.typed
        self._type(before + key.upper())

    def press_erase(self, value: str) -> None:
        self._type(self.typed[:-1])

    def _type(self, text: str) -> None:
        self.typed = text
        self._tell(ASKED)

    def _tell(self, told: str, unknown: str = "") -> None:
        anew = self._cramped and self.told != told
        self.told, self._unknown = told, unknown
        if anew:
            self.renew()
            return
        self.say("ticket-code", self._shown())
        self.say("told", self._told())

    def press_find(self, value: str) -> None:
        code = typed_code(self.typed) or typed_code(INVITATION_LETTER + self.typed)
        if code is None:
            self._tell(N_("A ticket number has one letter and three digits."))
        elif code.startswith(INVITATION_LETTER):
            self.run_worker(self._open(code), group="find", exclusive=True)
        else:
            self.run_worker(self._find(code), group="find", exclusive=True)

    async def _open(self, code: str) -> None:
        """An invitation by the desk: the survey about what was answered there."""
        today = self.kiosk.clock.day()
        try:
            unit = await self.visitor.recorder.ask(lambda journal: journal.survey_unit_of_code(code, today))
        except JournalError:
            self.app.switch_screen(NotSavedScreen(N_("The survey can't be opened now")))
            return
        if unit is None or unit.outcome:
            self._tell(OVER[unit.outcome] if unit else NOT_INVITED, code)
        else:
            lane = unit.stratum if unit.stratum in {lane.id for lane in self.visitor.catalog.lanes} else ""
            self.app.switch_screen(InviteScreen(About("served", unit.service, lane, unit=unit.unit)))

    async def _find(self, code: str) -> None:
        from kiosk.ui.visitor.standing import StandingScreen

        line = self.visitor.line

        def find(journal: Journal) -> tuple[Ticket, Place]:
            line.close_past_days()
            ticket = line.find(code)
            return ticket, line.place(ticket)

        try:
            ticket, place = await self.visitor.recorder.ask(find)
        except TicketRefused:
            self._tell(UNKNOWN, code)
        except JournalError:
            self.app.switch_screen(NotSavedScreen(N_("The line can't be looked up now")))
        else:
            self.app.switch_screen(StandingScreen(ticket, place))

    def speech(self) -> str:
        """A number is said letter by letter."""
        return ticket_words.spelled(super().speech())

    def on_key(self, event: events.Key) -> None:
        """A real keyboard types too; Enter looks the number up unless a target has the focus."""
        if event.key == "backspace":
            self.press_erase("")
        elif event.key == "enter" and self.focused is None:
            self.press_find("")
        elif event.is_printable and event.character and event.character.isalnum():
            self.press_key(event.character)
        else:
            return
        event.stop()
