"""What is seen and said of every screen, at every size, in every language and theme."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from kiosk.i18n.script import cell_width, wrap
from kiosk.ui.base import KioskScreen
from kiosk.ui.library import Library
from kiosk.ui.widgets.bars import TopBar
from kiosk.ui.widgets.fact_card import FactCard
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Scripted
from tests.support.app import ARROWS, LANGUAGES, Kiosk, is_seen, running, shared_library
from tests.support.scenes import scenes

BLOCKS = {chr(code) for code in (*range(0x2580, 0x25A0), *range(0x1FB00, 0x1FB3C))}
"""Half blocks, sextants and the characters edges are made of."""


@dataclass(frozen=True)
class Walk:
    """One way through all screens."""

    size: tuple[int, int]
    language: str
    theme: str
    display_type: str = "off"


SIZES = ((55, 18), (80, 24), (120, 34), (160, 45))
THEMES = ("paper", "night", "contrast")
WALKS = (
    *(
        Walk(size, code, THEMES[(turn + place) % 3])
        for turn, size in enumerate(SIZES[:2])
        for place, code in enumerate(LANGUAGES)
    ),
    Walk((80, 24), "es", "paper", "sextant"),
    Walk((120, 34), "es", "paper"),
    Walk((120, 34), "ar", "night"),
    Walk((120, 34), "vi", "contrast", "sextant"),
    Walk((160, 45), "en", "paper"),
    Walk((160, 45), "zh_Hans", "night"),
    Walk((160, 45), "ar", "contrast", "sextant"),
)
"""Every language where room is short, every theme at every size, headings typed and drawn."""
ARROWED = (((55, 18), "en"), ((55, 18), "ar"), ((80, 24), "en"), ((80, 24), "ar"), ((120, 34), "ar"))
"""Where the arrow keys are tried: in each direction of writing, and with gaps between the targets."""


def views(walk: Walk, shared: Path) -> list[View]:
    """What is seen on a walk; the library's caches lie in the folder `shared`."""
    with TemporaryDirectory() as data:
        return asyncio.run(_views(walk, shared_library(shared), Path(data)))


async def _views(walk: Walk, library: Library, data: Path) -> list[View]:
    options = {"theme": walk.theme, "display_type": walk.display_type}
    async with running(library, data, walk.size, **options) as kiosk:
        return [look(kiosk, scene, walk.language) async for scene in scenes(kiosk, walk.language)]


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
    kind: str
    edge: str
    title: str

    @property
    def is_key(self) -> bool:
        """Whether it is a key of the on-screen keyboard, which may be smaller."""
        return "-key" in self.kind


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
    reached: frozenset[str] | None
    drawn: bool
    parsing: tuple[str, ...]

    def __str__(self) -> str:
        width, height = self.size
        return f"{self.scene} {self.language} {width}x{height} {self.theme}{' drawn' if self.drawn else ''}"


def look(kiosk: Kiosk, scene: str, language: str) -> View:
    """Note what the screen on show looks like, and in some languages which targets the arrow keys reach."""
    found = stretches(kiosk)
    rows = _cells(found, kiosk.app.size.height)
    labels = tuple(_label(widget, rows) for widget in kiosk.screen.query(Scripted) if is_seen(widget))
    panel = kiosk.screen.query_one("#idle").region if scene == "idle" else kiosk.screen.region
    return View(
        scene=scene,
        language=language,
        size=(kiosk.app.size.width, kiosk.app.size.height),
        theme=kiosk.app.theme,
        text=joined(found, kiosk.app.size.height),
        stretches=found,
        targets=tuple(_touchable(target) for target in kiosk.targets()),
        labels=labels,
        speech=kiosk.screen.speech(),
        spoken=tuple(_spoken(kiosk)),
        panel=panel,
        reached=frozenset(_walked(kiosk)) if (kiosk.app.size, language) in ARROWED else None,
        drawn=kiosk.app.settings.screen.display_type != "off",
        parsing=tuple(repr(widget) for widget in kiosk.screen.walk_children() if _may_parse(widget)),
    )


def stretches(kiosk: Kiosk) -> tuple[Stretch, ...]:
    """The cells of the screen, in stretches of one style."""
    found = []
    for y, row in enumerate(kiosk.screen._compositor.render_strips()):
        x = 0
        for segment in row:
            style = segment.style
            ink = style.color.get_truecolor().hex if style and style.color else ""
            paper = style.bgcolor.get_truecolor().hex if style and style.bgcolor else ""
            found.append(Stretch(y, x, segment.text, ink, paper))
            x += segment.cell_length
    return tuple(found)


def joined(parts: tuple[Stretch, ...], height: int) -> str:
    """The screen as text, right-stripped."""
    rows = ["".join(stretch.text for stretch in parts if stretch.y == y) for y in range(height)]
    return "\n".join(row.rstrip() for row in rows)


def _cells(parts: tuple[Stretch, ...], height: int) -> list[list[str]]:
    """One string for each cell; marks stand with their letter, and the second half of a wide one is empty."""
    rows: list[list[str]] = [[] for _ in range(height)]
    for stretch in parts:
        row = rows[stretch.y]
        for character in stretch.text:
            width = cell_width(character)
            if width == 0 and row:
                row[-1 if row[-1] else -2] += character
            else:
                row.extend([character, ""][:width])
    return rows


def seen(kiosk: Kiosk, which: str) -> Label:
    """How the words of the widget with an id stand on the screen now."""
    rows = _cells(stretches(kiosk), kiosk.app.size.height)
    return _label(kiosk.screen.query_one(f"#{which}", Scripted), rows)


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
        return [widget.shaped(line) for _, line in widget.lines(width)]
    if isinstance(widget, Heading) and widget.drawn(width):
        return list(widget.drawn(width))
    if isinstance(widget, FactCard):
        parts = [part for row in widget.page for part in (row.label.strip("\0"), row.text)]
        return [widget.shaped(part) for part in parts if part]
    if isinstance(widget, TopBar):
        return [widget.shaped(widget.city)]
    return [widget.shaped(line) for line in wrap(widget.words(), width)]


def _touchable(target: Target) -> Touchable:
    return Touchable(
        id=target.id or target.title,
        action=target.action,
        region=target.region,
        kind=" ".join(sorted(target.classes)),
        edge=target.styles.border_top[1].hex,
        title=target.title,
    )


def _spoken(kiosk: Kiosk) -> list[str]:
    """The words of everything that is read: paragraphs, headings, facts and what can be chosen."""
    seen = [w for w in kiosk.screen.query(Scripted) if is_seen(w)]
    return [line for w in seen if not w.has_class("-bar") for line in w.words().split("\n") if line]


def _may_parse(widget: Widget) -> bool:
    """Whether brackets in a widget's words could be taken for markup."""
    if isinstance(widget, Static) or widget.tooltip is not None or widget.border_title:
        return True
    return isinstance(widget, Scripted) and not isinstance(widget.render(), Content)


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
