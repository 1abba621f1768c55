"""Looking a service up, in any language, with what only staff see."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from kiosk.search.hit import Hit, Result
from kiosk.ui.desk import sheets
from kiosk.ui.desk.base import DeskScreen
from kiosk.ui.desk.form import CURSOR
from kiosk.ui.desk.invitation_card import InvitationCard
from kiosk.ui.desk.invitations import group as survey_keys
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.desk.keys import Group, Key
from kiosk.ui.desk.mine import today
from kiosk.ui.desk.pages import Found, FoundList, ServiceCard
from kiosk.ui.desk.sight import language_name
from kiosk.ui.widgets.words import Words

LIMIT = 12
"""Services shown at most."""
SOON = 0.3
"""Seconds after which a search is tried again while there is no index yet."""
LONGEST = 60
"""Characters of a query."""


class LookupScreen(DeskScreen):
    """Type, choose by arrows, Enter reads: then letters are keys again, and Escape types on.

    `purpose` is what Enter does instead of reading: `answered` or `doubt`. `service` is offered first.
    """

    class Reconsidered(Message):
        """The meaning of a query has been weighed."""

        def __init__(self, query: str, result: Result) -> None:
            super().__init__()
            self.query = query
            self.result = result

    def __init__(self, purpose: str = "", service: str = "") -> None:
        super().__init__()
        self.purpose = purpose
        self.typed = ""
        self.reading = False
        self.language = ""
        self._first = service
        self._hits: tuple[Hit, ...] = ()

    def body(self) -> ComposeResult:
        yield Words(self._field(), id="query")
        with Horizontal(id="lookup") if self.wide else Vertical(id="lookup"):
            yield FoundList(id="found")
            yield ServiceCard(id="service")
        yield self.told()
        yield InvitationCard(self.invitations, id="invitation")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        self.desk.tell(self._figures())
        self.search()
        self.call_after_refresh(self.again)

    def _figures(self) -> str:
        """The figure that a city wants: the share solved without waiting."""
        sight = self.desk.sight
        return today(sight, self.kiosk.messages) if sight else ""

    async def recompose(self) -> None:
        await super().recompose()
        self.call_after_refresh(self.search)

    @property
    def chosen(self) -> str:
        """The service that is chosen; nothing where it is about none."""
        return next((found.chosen for found in self.query(FoundList)), "")

    def _field(self) -> str:
        if self.reading:
            return self.typed or self.tr("What does the visitor need? Any language.")
        if not self.typed:
            return self.tr("{cursor}What does the visitor need? Any language.", cursor=CURSOR)
        return f"{self.typed}{CURSOR}"

    def search(self) -> None:
        """Answer what was typed, at once by words, then by meaning."""
        if not self.desk.thinker.ready:
            for box in self.query(FoundList):
                box.show([], self.tr("One moment: the catalogue is being learned."))
            self.set_timer(SOON, self.search)
            return
        query, finder = self.typed, self.desk.library.finder
        first = finder.first(query, self.kiosk.language.code)
        self._show(first)
        if finder.meaning is not None and first.telling:
            self.desk.thinker.think(
                lambda: finder.final(query, first),
                lambda result: self.post_message(self.Reconsidered(query, result)),
            )

    def on_lookup_screen_reconsidered(self, message: Reconsidered) -> None:
        if message.query == self.typed and not self.reading:
            self._show(message.result)

    def _show(self, result: Result) -> None:
        by_id = self.desk.catalog.by_id
        self._hits = tuple(hit for hit in result.hits if hit.id in by_id)[:LIMIT]
        found = [Found(hit.id, by_id[hit.id].name, hit.matched) for hit in self._hits]
        if not self.typed.strip():
            found = self._usual()
        unsure = bool(self._hits) and not result.confident
        for box in self.query(FoundList):
            box.show(found, self.tr("Not sure: perhaps one of these") if unsure else "")
        self.again()

    def _usual(self) -> list[Found]:
        """Without words: the service the docent is at, what was asked today, and none of them."""
        by_id, sight = self.desk.catalog.by_id, self.desk.sight
        asked = sight.answered if sight else {}
        often = sorted(asked, key=lambda service: -asked[service])
        usual = [service for service in dict.fromkeys([self._first, *often]) if service in by_id]
        found = [Found(service, by_id[service].name, self._asked(asked.get(service, 0))) for service in usual]
        if self.purpose == "answered":
            found.append(Found("", self.tr("None of the services"), self._asked(asked.get("", 0))))
        return found[:LIMIT]

    def _asked(self, times: int) -> str:
        return self.trn("answered once today", "answered {n} times today", times) if times else ""

    def show(self) -> None:
        self.show_invitations()
        for bar in self.query(KeyBar):
            bar.show(self._keys())

    def again(self) -> None:
        """Show what is chosen, and the keys that fit."""
        self.say("query", self._field())
        self.set_class(self.reading, "-reading")
        service = self.desk.catalog.by_id.get(self.chosen)
        for card in self.query(ServiceCard):
            card.show(service)
        self.show()

    def _keys(self) -> list[Group]:
        tr, service = self.tr, self.chosen
        known = service in self.desk.catalog.by_id
        ways = {"answered": tr("Answered"), "doubt": tr("Doubt a fact")}
        enter = Key("Enter", ways.get(self.purpose, tr("Read")), "enter", possible=known or self._none)
        ready = known and self.reading
        letters = [
            Key("I", tr("Issue a ticket"), "issue", possible=ready),
            Key("A", tr("Answered"), "answered", possible=ready),
            Key("D", tr("Doubt"), "doubt", possible=ready),
        ]
        back = Key(tr("Esc"), tr("Type on") if self.reading else tr("Back"), "back")
        pages = [Key(tr("Page"), tr("More"), "more")] if self._more else []
        first = [] if self.reading else [enter]
        prints = bool(self.desk.survey_url)
        return [
            *survey_keys(self.invitations, self.kiosk.messages, not self.reading, prints),
            Group(tr("Service"), [*first, *letters, Key("↑ ↓", tr("Choose"), "down"), *pages, back]),
            Group(tr("Visitor speaks"), [self._language(*each) for each in self._languages()]),
        ]

    def _languages(self) -> Iterable[tuple[int, str]]:
        return enumerate(self.desk.library.languages, 1)

    def _language(self, place: int, code: str) -> Key:
        name = language_name(code, self.kiosk.messages)
        label = self.tr("● {language}", language=name) if code == self.spoken else name
        return Key(str(place), label, "speak", code, possible=self.reading)

    @property
    def _none(self) -> bool:
        return self.purpose == "answered" and not self.typed.strip()

    @property
    def _more(self) -> bool:
        return any(card.pages > 1 for card in self.query(ServiceCard))

    @property
    def spoken(self) -> str:
        """The visitor's language: as chosen, else the one whose words led to the service."""
        if self.language:
            return self.language
        hit = next((hit for hit in self._hits if hit.id == self.chosen), None)
        codes = self.desk.library.languages
        return next((code for code in codes if hit and self._says(code, hit)), codes[0])

    def _says(self, code: str, hit: Hit) -> bool:
        """Whether what fits best is said so in a language."""
        service = self.desk.library.catalog(code).by_id[hit.id]
        return hit.matched in (service.name, *service.keywords.get(code, ()), *service.former_names)

    def type(self, text: str) -> None:
        """Search for other words."""
        from kiosk.i18n.script import clean

        text = clean(text)[:LONGEST]
        if text != self.typed:
            self.typed, self._first = text, ""
            self.search()

    def press_enter(self, value: str) -> None:
        """Read the service; or what this was opened for."""
        if self.purpose == "answered" and (self.chosen or self._none):
            self.press_answered("")
        elif self.chosen and self.purpose == "doubt":
            self.press_doubt("")
        elif self.chosen:
            self.reading = True
            self.again()

    def press_back(self, value: str) -> None:
        if self.reading:
            self.reading = False
            self.again()
        else:
            super().press_back(value)

    def press_issue(self, value: str) -> None:
        if self.chosen:
            self.app.push_screen(sheets.issue(self.desk, self.chosen, self.spoken))

    def press_answered(self, value: str) -> None:
        if self.app.screen is self and (self.chosen or self._none):
            self.desk.actions.answered(self.chosen, self.spoken)
            if self.purpose:
                self.app.pop_screen()

    def press_doubt(self, value: str) -> None:
        if self.chosen:
            if self.purpose:
                self.app.switch_screen(sheets.doubt(self.desk, self.chosen))
            else:
                self.app.push_screen(sheets.doubt(self.desk, self.chosen))

    def press_speak(self, code: str) -> None:
        self.language = code
        self.again()

    def press_down(self, value: str) -> None:
        self.action_walk("down")

    def press_more(self, value: str) -> None:
        for card in self.query(ServiceCard):
            card.turn(1)

    def on_found_list_chosen(self) -> None:
        self.again()

    def on_found_list_opened(self) -> None:
        self.press_enter("")

    def action_walk(self, direction: str) -> None:
        for box in self.query(FoundList):
            if direction in ("up", "down"):
                box.move(1 if direction == "down" else -1)

    def action_step(self, by: int) -> None:
        self.action_walk("down" if by > 0 else "up")

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self.press_enter("")
        elif event.key in ("pagedown", "pageup"):
            for card in self.query(ServiceCard):
                card.turn(1 if event.key == "pagedown" else -1)
        elif event.key == "backspace" and not self.reading:
            self.type(self.typed[:-1])
        elif event.is_printable and event.character:
            self._character(event.character)
        else:
            return
        event.stop()

    def _character(self, character: str) -> None:
        if not self.reading:
            self.type(self.typed + character)
            return
        key = self.query_one(KeyBar).find(character)
        if key:
            self.act(key.action, key.value)
