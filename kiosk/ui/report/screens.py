"""The screens of the scorecard, one a view; letters and numbers are keys, arrows move."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from kiosk.i18n.marks import N_
from kiosk.ui.base import KioskScreen
from kiosk.ui.desk.key_bar import KeyBar
from kiosk.ui.desk.keys import Group, Key
from kiosk.ui.desk.parts import Part
from kiosk.ui.report import groups, overview, people, plans, statement
from kiosk.ui.report.chart import Chart, Room, Sheet
from kiosk.ui.report.head import Figures, Foot
from kiosk.ui.report.words import Telling
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.heading import Heading

if TYPE_CHECKING:
    from kiosk.survey.scorecard import GroupTable, StatementCard
    from kiosk.ui.report.app import ReportApp

MOVES: dict[str, Callable[[Chart], None]] = {
    "down": lambda chart: chart.move(1),
    "up": lambda chart: chart.move(-1),
    "pagedown": lambda chart: chart.turn(1),
    "pageup": lambda chart: chart.turn(-1),
    "home": lambda chart: chart.go_to_end(False),
    "end": lambda chart: chart.go_to_end(True),
}
"""What keys do in a chart."""
ROOMY = 30
"""Rows of the screen from which the title is drawn and stands beside the figures."""


class ReportScreen(KioskScreen):
    """A view: its title and the period above, one chart, what its signs mean, and the keys."""

    NAME: ClassVar[str] = ""
    TITLE_WORDS: ClassVar[str] = ""
    KEY_WORDS: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._chosen = ""

    @property
    def report(self) -> ReportApp:
        return cast("ReportApp", self.app)

    @property
    def telling(self) -> Telling:
        """What the charts are written with."""
        return Telling(self.kiosk.messages, self.report.card)

    def compose(self) -> ComposeResult:
        self.remember()
        roomy = self.metrics.height >= ROOMY and self.metrics.width >= overview.WIDE
        self.set_class(roomy, "-roomy")
        yield TopBar(self.report.mark, self.report.card.city)
        figures = Figures("" if roomy else self.title_words(), id="figures")
        if roomy:
            heading = Heading(self.title_words(), self.metrics.heading, id="title")
            yield Horizontal(*self.sided([heading, figures]), id="head")
        else:
            yield figures
        yield Chart(self.sheet, self._chosen, id="chart")
        yield Foot(self.legend, id="foot")
        yield KeyBar(self.keys(), id="keys")

    def title_words(self) -> str:
        """What the view is called."""
        return self.tr(self.TITLE_WORDS)

    def sheet(self, room: Room) -> Sheet:
        """What the chart shows."""
        raise NotImplementedError

    def legend(self) -> list[Part]:
        """What the drawings mean; nothing where words say it."""
        return []

    @property
    def chart(self) -> Chart:
        return self.query_one(Chart)

    def own_keys(self) -> list[Key]:
        """Keys of this view alone."""
        return []

    def keys(self) -> list[Group]:
        """The view's own keys, then the ways to the others and out."""
        own = [*self.own_keys(), Key("↑ ↓", self.tr("Move"), "down")]
        views = [
            Key(str(number), self._marked(view), "view", view.NAME) for number, view in enumerate(VIEWS, 1)
        ]
        return [
            Group(self.tr("Here"), [*own, Key("Q", self.tr("Leave"), "leave")]),
            Group(self.tr("Show"), views),
        ]

    def _marked(self, view: type[ReportScreen]) -> str:
        words = self.tr(view.KEY_WORDS)
        return self.tr("● {language}", language=words) if isinstance(self, view) else words

    def renew_keys(self) -> None:
        """Show the keys that fit now."""
        for bar in self.query(KeyBar):
            bar.show(self.keys())

    def on_chart_chosen(self) -> None:
        self._chosen = self.chart.chosen
        for foot in self.query(Foot):
            foot.refresh()

    def on_chart_opened(self) -> None:
        self.press_open("")

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """A click on a key is a press of it."""
        event.stop()
        self.act(event.key)

    def act(self, key: Key) -> None:
        """Carry out `press_<action>`."""
        if self.app.screen is self and key.possible:
            getattr(self, f"press_{key.action}")(key.value)

    def press_view(self, name: str) -> None:
        self.report.show(name)

    def press_leave(self, value: str) -> None:
        self.app.exit(return_code=0)

    def press_down(self, value: str) -> None:
        self.chart.move(1)

    def press_open(self, value: str) -> None:
        """Open the chosen statement."""
        if self.app.screen is self and self.chart.chosen:
            self.report.open_statement(self.chart.chosen)

    def action_escape(self) -> None:
        self.press_leave("")

    def press_aside(self, by: str) -> None:
        """What lies beside: nothing here."""

    def on_key(self, event: events.Key) -> None:
        """All keys, the arrows too: as bindings they would take a turn through the app first."""
        if event.key in MOVES:
            MOVES[event.key](self.chart)
        elif event.key == "enter":
            self.press_open("")
        elif event.key in ("left", "right"):
            forward = (event.key == "right") != self.kiosk.language.rtl
            self.press_aside("1" if forward else "-1")
        elif event.key in ("tab", "shift+tab"):
            self.report.step(1 if event.key == "tab" else -1)
        elif event.key == "ctrl+q":
            self.press_leave("")
        elif event.is_printable and event.character:
            key = self.query_one(KeyBar).find(event.character)
            if key:
                self.act(key)
        else:
            return
        event.stop()


class OverviewScreen(ReportScreen):
    """All statements."""

    NAME = "overview"
    TITLE_WORDS = N_("What people say")
    KEY_WORDS = N_("Statements")

    def sheet(self, room: Room) -> Sheet:
        return overview.sheet(self.telling, room)

    def legend(self) -> list[Part]:
        return overview.legend(self.telling)

    def own_keys(self) -> list[Key]:
        return [Key("Enter", self.tr("Details"), "open")]


class StatementScreen(ReportScreen):
    """One statement; left and right lead to its neighbours, Escape back."""

    NAME = "statement"
    TITLE_WORDS = N_("One statement")

    def __init__(self, statement_id: str) -> None:
        super().__init__()
        self.statement = statement_id

    @property
    def card(self) -> StatementCard:
        return next(card for card in self.report.card.statements if card.id == self.statement)

    def title_words(self) -> str:
        ids = [card.id for card in self.report.card.statements]
        return self.tr("Statement {n} of {total}", n=ids.index(self.statement) + 1, total=len(ids))

    def sheet(self, room: Room) -> Sheet:
        return statement.sheet(self.card, self.telling, room)

    def legend(self) -> list[Part]:
        return overview.legend(self.telling)

    def own_keys(self) -> list[Key]:
        return [
            Key(self.tr("Esc"), self.tr("Back"), "back"),
            Key("← →", self.tr("Other statement"), "aside", "1"),
        ]

    def press_back(self, value: str) -> None:
        if self.app.screen is self:
            self.app.pop_screen()

    def action_escape(self) -> None:
        self.press_back("")

    def press_aside(self, by: str) -> None:
        ids = [card.id for card in self.report.card.statements]
        self.statement = ids[(ids.index(self.statement) + int(by)) % len(ids)]
        self.report.remember_statement(self.statement)
        self.renew()


class GroupsScreen(ReportScreen):
    """One statement by groups."""

    NAME = "groups"
    TITLE_WORDS = N_("Group by group")
    KEY_WORDS = N_("Groups")

    def __init__(self, by: str, statement_id: str = "") -> None:
        super().__init__()
        self.by = by
        self.statement = statement_id

    @property
    def choice(self) -> groups.Choice:
        cards = self.report.card.statements
        card = next((card for card in cards if card.id == self.statement), cards[0] if cards else None)
        return groups.Choice(self.table(), card)

    def table(self) -> GroupTable | None:
        """The sample by what was chosen."""
        tables = self.report.tables(self.by)
        return next((table for table in tables if table.channel == groups.INVITED), None)

    def sheet(self, room: Room) -> Sheet:
        return groups.sheet(self.choice, self.telling, room)

    def legend(self) -> list[Part]:
        return groups.legend(self.telling)

    def own_keys(self) -> list[Key]:
        tr = self.tr
        keys = [
            Key(
                letter.upper(),
                tr("● {language}", language=tr(name)) if by == self.by else tr(name),
                "by",
                by,
            )
            for letter, name, by in groups.BY
        ]
        return [*keys, Key("← →", tr("Other statement"), "aside", "1")]

    def press_by(self, by: str) -> None:
        self.by = by
        self.report.by = by
        self._again()

    def press_aside(self, by: str) -> None:
        cards = self.report.card.statements
        here = self.choice.statement
        if here:
            self.statement = cards[(cards.index(here) + int(by)) % len(cards)].id
            self._again()

    def _again(self) -> None:
        self.chart.renew()
        self.renew_keys()


class PeopleScreen(ReportScreen):
    """How people were chosen."""

    NAME = "people"
    TITLE_WORDS = N_("Who was asked")
    KEY_WORDS = N_("Who was asked")

    def sheet(self, room: Room) -> Sheet:
        return people.sheet(self.telling, room)


class PlansScreen(ReportScreen):
    """What to work on first."""

    NAME = "plans"
    TITLE_WORDS = N_("Work on first")
    KEY_WORDS = N_("Work on first")

    def sheet(self, room: Room) -> Sheet:
        return plans.sheet(self.telling, room)

    def own_keys(self) -> list[Key]:
        possible = bool(self.report.card.focus)
        return [Key("Enter", self.tr("Details"), "open", possible=possible)]


VIEWS: tuple[type[ReportScreen], ...] = (OverviewScreen, GroupsScreen, PeopleScreen, PlansScreen)
"""The views in the order of their keys."""
