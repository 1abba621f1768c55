"""Every screen of the visitor app in one state that shows it well, and what is seen of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from unittest import mock

from textual.geometry import Region
from textual.widget import Widget

from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.base import KioskScreen
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.category import CategoryScreen
from kiosk.ui.visitor.help import HelpScreen
from kiosk.ui.visitor.idle import IdleScreen
from kiosk.ui.visitor.language import LanguageScreen
from kiosk.ui.visitor.need import NeedScreen, OtherScreen
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.visitor.service import ServiceScreen
from kiosk.ui.visitor.staff import PinScreen, StaffScreen
from kiosk.ui.visitor.survey import FeedbackScreen, InviteScreen, NotSavedScreen, StatementScreen, ThanksScreen
from kiosk.ui.visitor.take_along import TakeAlongScreen
from kiosk.ui.visitor.ticket_number import TicketNumberScreen
from kiosk.ui.visitor.visit import Response
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import MIRRORED, Target
from kiosk.ui.widgets.words import Scripted
from tests.support.app import ARROWS, Kiosk

WORDS = {"en": "trash", "es": "basura", "vi": "rác", "zh_Hans": "垃圾", "ar": "قمامة"}
"""What a visitor types in each language."""
SERVICE = "utility_pay"
LONG = "utility_start"
"""A service with much to say: its page is turned at every size but the largest."""
BLOCKS = {chr(code) for code in (*range(0x2580, 0x25A0), *range(0x1FB00, 0x1FB3C))}
"""Half blocks, sextants and the characters edges are made of."""


async def _attract(kiosk: Kiosk, language: str) -> None:
    """The attract screen of a kiosk whose first language this is."""
    codes = kiosk.app.library.settings.languages
    first = codes.index(language)
    turned = (*codes[first:], *codes[:first])
    kiosk.app.library.settings = replace(kiosk.app.library.settings, languages=turned)
    kiosk.app.speak(language)
    attract = kiosk.screen
    assert isinstance(attract, AttractScreen)
    attract.turn = 0
    attract.renew()
    await kiosk.settle()


async def _typing(kiosk: Kiosk, language: str) -> None:
    screen = ResultsScreen(WORDS[language])
    await kiosk.open(screen)
    screen.press_keyboard("")
    await kiosk.settle()


async def _next_page(kiosk: Kiosk, language: str) -> None:
    screen = ServiceScreen(LONG)
    await kiosk.open(screen)
    screen.press_more("")
    await kiosk.settle()


async def _category_end(kiosk: Kiosk, language: str) -> None:
    screen = CategoryScreen("city")
    await kiosk.open(screen)
    screen.press_page("99")
    await kiosk.settle()


async def _statement(kiosk: Kiosk, language: str) -> None:
    """The longest statement, with an answer given before."""
    statements = kiosk.app.catalog.survey.statements
    place = max(range(len(statements)), key=lambda i: cell_width(statements[i].text))
    answers = {statements[place].id: "3"}
    kiosk.app.visit.response = Response("invited", SERVICE, statements, place=place, answers=answers)
    await kiosk.open(StatementScreen())


async def _help(kiosk: Kiosk, language: str) -> None:
    await kiosk.open(HelpScreen(ResultsScreen.hint))


def _show(make: Callable[[], Screen[Any]]) -> Open:
    async def show(kiosk: Kiosk, language: str) -> None:
        await kiosk.open(make())

    return show


Open = Callable[[Kiosk, str], Awaitable[None]]
BEFORE: dict[str, Open] = {
    "attract": _attract,
    "language-start": lambda kiosk, language: kiosk.open(LanguageScreen(starting=True)),
    "pin": lambda kiosk, language: kiosk.open(PinScreen()),
    "staff": lambda kiosk, language: kiosk.open(StaffScreen()),
}
"""Screens outside a visit."""
VISIT: dict[str, Open] = {
    "home": lambda kiosk, language: kiosk.settle(),
    "language": lambda kiosk, language: kiosk.open(LanguageScreen()),
    "category": lambda kiosk, language: kiosk.open(CategoryScreen("bills")),
    "category-end": _category_end,
    "results": _typing,
    "results-alone": lambda kiosk, language: kiosk.open(ResultsScreen(WORDS[language])),
    "results-none": lambda kiosk, language: kiosk.open(ResultsScreen("qqqzzz")),
    "service": lambda kiosk, language: kiosk.open(ServiceScreen(SERVICE)),
    "service-next": _next_page,
    "take-along": lambda kiosk, language: kiosk.open(TakeAlongScreen(SERVICE)),
    "need": lambda kiosk, language: kiosk.open(NeedScreen(SERVICE)),
    "other": lambda kiosk, language: kiosk.open(OtherScreen(SERVICE)),
    "invite": lambda kiosk, language: kiosk.open(InviteScreen()),
    "feedback": lambda kiosk, language: kiosk.open(FeedbackScreen()),
    "statement": _statement,
    "thanks": lambda kiosk, language: kiosk.open(ThanksScreen(answered=True)),
    "not-saved": lambda kiosk, language: kiosk.open(NotSavedScreen()),
    "ticket": lambda kiosk, language: kiosk.open(TicketNumberScreen()),
    "help": _help,
    "idle": lambda kiosk, language: kiosk.open(IdleScreen(25)),
}
"""Screens of a visit."""
SCENES = (*BEFORE, *VISIT)


@asynccontextmanager
async def _shown(kiosk: Kiosk, language: str, opener: Open) -> AsyncIterator[None]:
    """A screen on top of the one that is there, until the block ends."""
    below = len(kiosk.app.screen_stack)
    kiosk.app.visit.surveyed = False
    await opener(kiosk, language)
    yield
    while len(kiosk.app.screen_stack) > below:
        await kiosk.close()


async def scenes(kiosk: Kiosk, language: str) -> AsyncIterator[str]:
    """Bring the app to every screen in one language; yields the name while it is shown."""
    for name, opener in BEFORE.items():
        async with _shown(kiosk, language, opener):
            yield name
    await kiosk.start(language)
    for name, opener in VISIT.items():
        async with _shown(kiosk, language, opener):
            yield name
    kiosk.app.end_visit("finished")
    await kiosk.settle()


@dataclass(frozen=True)
class Stretch:
    """Characters drawn in one style: row, first column, colours as #RRGGBB."""

    y: int
    x: int
    text: str
    ink: str
    paper: str


@dataclass(frozen=True)
class Label:
    """Words on screen: which widget, where, what should be drawn there line by line, and what is."""

    of: str
    region: Region
    lines: tuple[str, ...]
    drawn: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Touchable:
    """A target as it lies on the screen."""

    id: str
    action: str
    region: Region
    key: bool
    edge: str
    title: str


@dataclass(frozen=True)
class View:
    """Everything that is seen and said of one screen."""

    scene: str
    language: str
    size: tuple[int, int]
    theme: str
    text: str
    stretches: tuple[Stretch, ...]
    targets: tuple[Touchable, ...]
    labels: tuple[Label, ...]
    speech: str
    spoken: tuple[str, ...]
    panel: Region
    reached: frozenset[str]

    def __str__(self) -> str:
        return f"{self.scene} {self.language} {self.size[0]}x{self.size[1]} {self.theme}"


def look(kiosk: Kiosk, scene: str, language: str, walk: bool = True) -> View:
    """Note what the screen on show looks like; `walk` also tries which targets the arrow keys reach."""
    stretches = tuple(_stretches(kiosk))
    rows = _cells(stretches, kiosk.app.size.height)
    labels = tuple(_label(widget, rows) for widget in kiosk.screen.query(Scripted) if _is_seen(widget))
    panel = kiosk.screen.query_one("#idle").region if scene == "idle" else kiosk.screen.region
    return View(
        scene=scene,
        language=language,
        size=(kiosk.app.size.width, kiosk.app.size.height),
        theme=kiosk.app.theme,
        text=joined(stretches, kiosk.app.size.height),
        stretches=stretches,
        targets=tuple(_touchable(target) for target in kiosk.targets()),
        labels=labels,
        speech=kiosk.screen.speech(),
        spoken=tuple(_spoken(kiosk)),
        panel=panel,
        reached=frozenset(_walked(kiosk)) if walk else frozenset(),
    )


def _stretches(kiosk: Kiosk) -> list[Stretch]:
    found = []
    for y, row in enumerate(kiosk.screen._compositor.render_strips()):
        x = 0
        for segment in row:
            style = segment.style
            ink = style.color.get_truecolor().hex if style and style.color else ""
            paper = style.bgcolor.get_truecolor().hex if style and style.bgcolor else ""
            found.append(Stretch(y, x, segment.text, ink, paper))
            x += segment.cell_length
    return found


def joined(stretches: tuple[Stretch, ...], height: int) -> str:
    """The screen as text, right-stripped."""
    rows = ["".join(stretch.text for stretch in stretches if stretch.y == y) for y in range(height)]
    return "\n".join(row.rstrip() for row in rows)


def _cells(stretches: tuple[Stretch, ...], height: int) -> list[list[str]]:
    """One string for each cell; marks stand with their letter, and the second half of a wide one is empty."""
    rows: list[list[str]] = [[] for _ in range(height)]
    for stretch in stretches:
        row = rows[stretch.y]
        for character in stretch.text:
            width = cell_width(character)
            if width == 0 and row:
                row[-1 if row[-1] else -2] += character
            else:
                row.extend([character, ""][:width])
    return rows


def _is_seen(widget: Widget) -> bool:
    return bool(widget.visible and widget.region and all(node.display for node in widget.ancestors_with_self))


def _label(widget: Scripted, rows: list[list[str]]) -> Label:
    region = widget.region
    drawn = tuple("".join(row[region.x : region.right]) for row in rows[region.y : region.bottom])
    lines = tuple(_lines(widget))
    whole = widget.is_on_screen and region in widget.screen.region and _unclipped(widget)
    return Label(f"{type(widget).__name__}#{widget.id}", region, lines, drawn, whole)


def _unclipped(widget: Widget) -> bool:
    """Whether nothing around the widget hides a part of it."""
    return all(widget.region in parent.region for parent in widget.ancestors if isinstance(parent, Widget))


def _lines(widget: Scripted) -> list[str]:
    """What must stand in the widget's region, line by line as the terminal gets it."""
    width = max(widget.content_size.width, 1)
    if isinstance(widget, Target):
        rtl = widget.kiosk.language.rtl
        sign = MIRRORED.get(widget.sign, widget.sign) if rtl else widget.sign
        return [*([sign] if sign else []), *(widget.shaped(line) for _, line in widget.lines(width))]
    if isinstance(widget, Heading) and widget.drawn(width):
        return list(widget.drawn(width))
    if isinstance(widget, FactCard):
        return [widget.shaped(part) for row in widget.page for part in (row.label.strip("\0"), row.text) if part]
    if isinstance(widget, TopBar):
        return [widget.shaped(widget.city)]
    return [widget.shaped(line) for line in wrap(widget.words(), width)]


def _touchable(target: Target) -> Touchable:
    edge = target.styles.border_top[1].hex
    return Touchable(
        target.id or target.title, target.action, target.region, target.has_class("-key"), edge, target.title
    )


def _spoken(kiosk: Kiosk) -> list[str]:
    """The words of everything that is read: paragraphs, headings, facts and what can be chosen."""
    seen = [w for w in kiosk.screen.query(Scripted) if _is_seen(w)]
    return [line for w in seen if not w.has_class("-bar") for line in w.words().split("\n") if line]


def _walked(kiosk: Kiosk) -> set[str]:
    """Ids of the targets that arrow keys reach from the first one."""
    landed: list[Widget] = []
    reached: dict[Widget | None, None] = {None: None}
    todo: list[Widget | None] = [None]
    # Widget.focus only asks for the focus, and styles follow it: here only the way is wanted.
    with mock.patch.object(Widget, "focus", lambda widget, scroll_visible=True: landed.append(widget)):
        while todo:
            with mock.patch.object(KioskScreen, "focused", todo.pop()):
                for direction in ARROWS:
                    kiosk.screen.action_walk(direction)
            todo += [widget for widget in dict.fromkeys(landed) if widget not in reached]
            reached.update(dict.fromkeys(landed))
            landed.clear()
    return {w.id or w.title for w in reached if isinstance(w, Target)}


def is_text(character: str) -> bool:
    """Whether a character is read: not a space, an edge or a block of a picture."""
    return not character.isspace() and character not in BLOCKS
