"""YAML text as a tree in which every value knows its line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Place = tuple[int, int]
"""Line and column, both from 1."""

MAX_DEPTH = 16
WRITE_YAML = (
    "allowed are 'key: value' pairs and '- ' lists, indented by spaces; quote a text that holds ': ' or ' #'"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place; a problem that is not fatal is a warning."""

    place: Place
    what: str
    fatal: bool = True

    def line(self, file: str) -> str:
        """One line to print; what a terminal would act on is escaped."""
        text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in self.what)
        return f"{file}:{self.place[0]}:{self.place[1]}: {text}"


class Placed(str):
    """A text that remembers where it stands."""

    __slots__ = ("place",)
    place: Place

    def __new__(cls, text: str, place: Place) -> Placed:
        made = super().__new__(cls, text)
        made.place = place
        return made


class PlacedInt(int):
    """A number that remembers where it stands."""

    place: Place

    def __new__(cls, number: str | int, place: Place) -> PlacedInt:
        made = super().__new__(cls, number)
        made.place = place
        return made


def place_of(value: str | int) -> Place:
    """Where a value stands; the start of the file when it does not say."""
    return value.place if isinstance(value, Placed | PlacedInt) else (1, 1)


@dataclass(slots=True)
class Scalar:
    """One text; `text` is empty for YAML's null as well."""

    place: Place
    text: str


@dataclass(slots=True)
class Items:
    place: Place
    items: list[Node] = field(default_factory=list)

    def add(self, node: Node) -> None:
        self.items.append(node)


@dataclass(slots=True)
class Pairs:
    """A mapping as written, in order, repeated keys included."""

    place: Place
    keys: list[Node] = field(default_factory=list)
    values: list[Node] = field(default_factory=list)

    def add(self, node: Node) -> None:
        (self.keys if len(self.keys) == len(self.values) else self.values).append(node)


Node = Scalar | Items | Pairs


class _Unreadable(Exception):
    def __init__(self, place: Place, what: str) -> None:
        self.problem = Problem(place, what)


def read(data: bytes) -> tuple[Node | None, list[Problem]]:
    """The tree of one YAML document (an empty text for an empty file), or the problem that prevents it."""
    try:
        return _tree(_text(data)), []
    except _Unreadable as unreadable:
        return None, [unreadable.problem]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8", "replace")
        raise _Unreadable(_place_at(before), "these bytes are not UTF-8: save the file as UTF-8") from wrong


def _place_at(before: str) -> Place:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _tree(text: str) -> Node:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # From events rather than yaml.compose: its C recursion crashes the process on deep nesting.
    try:
        return _compose(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as wrong:
        if loader is not yaml.SafeLoader and "nesting" in str(wrong.problem):
            # libyaml 0.2.6 reads ahead and stops at a depth of its own; the other parser comes to ours first.
            return _compose(yaml.parse(text, Loader=yaml.SafeLoader))
        mark = wrong.problem_mark or wrong.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        where = f" {wrong.context}" if wrong.context else ""
        raise _Unreadable(place, f"not YAML{where}: {wrong.problem}; {WRITE_YAML}") from wrong
    except yaml.reader.ReaderError as wrong:
        # `position` counts bytes in one parser and characters in the other.
        place = _place_at(text[: text.find(chr(wrong.character))])
        what = f"the control character U+{wrong.character:04X} is not allowed: remove it"
        raise _Unreadable(place, what) from wrong


def _compose(events: Any) -> Node:
    """Build the tree; aliases, foreign tags, a second document and deep nesting are refused."""
    root = Items((1, 1))
    open_nodes: list[Items | Pairs] = [root]
    for event in events:
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        name = type(event).__name__
        if name in ("SequenceEndEvent", "MappingEndEvent"):
            open_nodes.pop()
        elif name == "AliasEvent":
            raise _Unreadable(place, f"the alias '*{event.anchor}' is not allowed: write its content out")
        elif name == "DocumentStartEvent" and root.items:
            raise _Unreadable(place, "a second document ('---') begins here: only one is allowed")
        elif name in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
            _refuse_tag(event, place)
            node = _node(name, event, place)
            open_nodes[-1].add(node)
            if not isinstance(node, Scalar):
                open_nodes.append(node)
            if len(open_nodes) > MAX_DEPTH:
                raise _Unreadable(place, f"nested deeper than {MAX_DEPTH} levels, which no entry needs")
    return root.items[0] if root.items else Scalar((1, 1), "")


def _node(name: str, event: Any, place: Place) -> Node:
    if name == "ScalarEvent":
        null = event.implicit[0] and event.value in ("~", "null", "Null", "NULL")
        return Scalar(place, "" if null else event.value)
    return Items(place) if name == "SequenceStartEvent" else Pairs(place)


def _refuse_tag(event: Any, place: Place) -> None:
    if event.tag not in (None, "!") and not event.tag.startswith("tag:yaml.org,2002:"):
        raise _Unreadable(place, f"the tag '{event.tag}' is not allowed: write plain texts, lists and keys")
